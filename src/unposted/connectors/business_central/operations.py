"""Reads the log of the job queue, where a failed interface shows itself, and items."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from unposted.connectors.business_central.words import changed_at, choice, without_correlation
from unposted.connectors.fields import instant, needed
from unposted.connectors.formats import Context, Item, RawItem
from unposted.connectors.items import json_records
from unposted.connectors.masters import legal_entity, trimmed
from unposted.domain.records import JobRun, StockItem

__all__ = ["ItemRow", "JobRow", "items_from_json", "jobs_from_json"]


class JobRow(msgspec.Struct, gc=False, rename="camel"):
    """The fields of jobQueueLogEntries that are read."""

    id: str | None = None
    start_date_time: str | None = None
    end_date_time: str | None = None
    object_id_to_run: int | str | None = None
    object_type_to_run: str | None = None
    status: Any = None
    error_message: str | None = None
    last_modified: str | None = msgspec.field(default=None, name="lastModifiedDateTime")


class ItemRow(msgspec.Struct, gc=False, rename="camel"):
    """The fields of items that are read."""

    number: str | None = None
    display_name: str | None = None
    blocked: bool | None = None
    last_modified: str | None = msgspec.field(default=None, name="lastModifiedDateTime")


def jobs_from_json(items: Iterable[RawItem], context: Context) -> Iterator[Item]:
    """Make job runs of log entries."""
    return json_records(items, context, msgspec.json.Decoder(JobRow).decode, _job, lambda row: row.id)


def items_from_json(items: Iterable[RawItem], context: Context) -> Iterator[Item]:
    """Make items."""
    return json_records(items, context, msgspec.json.Decoder(ItemRow).decode, _item, lambda row: row.number)


def _job(row: JobRow, context: Context) -> JobRun:
    ran = f"{choice(row.object_type_to_run)} {row.object_id_to_run or ''}".strip()
    return JobRun(
        legal_entity(None, context, "the company"),
        needed(row.id, "id"),
        needed(ran, "objectIdToRun"),
        choice(row.status),
        instant(row.start_date_time, "startDateTime", context.zone),
        changed_at(row.end_date_time, context, "endDateTime"),
        without_correlation(row.error_message),
        changed_at(row.last_modified, context),
    )


def _item(row: ItemRow, context: Context) -> StockItem:
    return StockItem(
        legal_entity(None, context, "the company"),
        needed(row.number, "number"),
        trimmed(row.display_name),
        row.blocked is True,
        changed_at(row.last_modified, context),
    )
