"""Single rows by their keys, and the recount: every key of a table, page by page.

`$count` stops at 5,000 and says nothing of it, so it is never asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec

from unposted.connectors.dataverse.web_api import Query, Table, WebApi
from unposted.connectors.live import Light
from unposted.connectors.odata import ODataPage, instant_literal

__all__ = ["LightColumns", "by_keys", "lights"]

_TOGETHER = 25  # keys in one filter: the address stays short


class LightColumns(NamedTuple):
    """The columns that a recount looks at; `id` None: the table's key, as a GUID."""

    created: str = "createdon"
    updated: str = "modifiedon"
    state: str = "statecode"
    id: str | None = None


def by_keys(
    api: WebApi, query: Query, column: str, keys: Sequence[str], literal: Callable[[str], str] = str
) -> Iterator[ODataPage]:
    """Get the rows with these values in a column; `literal` writes a value as the filter needs it."""
    wanted = list(dict.fromkeys(keys))
    for place in range(0, len(wanted), _TOGETHER):
        tests = [f"{column} eq {literal(key)}" for key in wanted[place : place + _TOGETHER]]
        yield from api.pages(query._replace(is_tracked=False), {"$filter": " or ".join(tests)})


def lights(
    api: WebApi,
    table: Table,
    start: datetime | None,
    end: datetime | None,
    columns: LightColumns | None = None,
    only: str = "",
) -> Iterator[Light]:
    """List what was created from one instant to before another (None: without an end), by its keys alone."""
    columns = columns or LightColumns()
    key = columns.id or table.key
    tests = [only] if only else []
    tests += [f"{columns.created} ge {instant_literal(start)}"] if start else []
    tests += [f"{columns.created} lt {instant_literal(end)}"] if end else []
    options = {"$filter": " and ".join(tests)} if tests else {}
    select = tuple(dict.fromkeys((key, columns.created, columns.updated, columns.state)))
    for page in api.pages(Query(table, select), options):
        for row in map(_row, page.value):
            found = str(row[key])
            yield Light(
                found if columns.id else found.strip("{}").lower(),
                _instant(row.get(columns.created)),
                _instant(row.get(columns.updated)),
                str(row.get(columns.state, "")),
            )


def _row(raw: msgspec.Raw) -> dict[str, Any]:
    row: dict[str, Any] = msgspec.json.decode(raw)
    return row


def _instant(text: object) -> datetime | None:
    if not isinstance(text, str) or not text:
        return None
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
