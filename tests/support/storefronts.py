"""Runs a storefront decoder on small payloads, and finds the published payloads beside the repository."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from unposted.connectors.formats import Bad, Context, Format, Item, JsonFormat, RawItem, Table, TableFormat
from unposted.connectors.keys import KeyMaker
from unposted.domain.records import Company, Customer, Key, Order, Record

__all__ = [
    "bad_codes",
    "company",
    "customer",
    "decoded",
    "keys_of",
    "order",
    "published",
    "recognised",
    "rows",
    "setting",
]


def setting(
    zone: str = "America/New_York",
    currency: str | None = None,
    groups: Iterable[str] = (),
    decimal_comma: bool | None = None,
    columns: Mapping[str, str] | None = None,
) -> Context:
    """Make the context of a store, by default one in New York."""
    return Context(
        KeyMaker(),
        ZoneInfo(zone),
        b2b_groups=frozenset(groups),
        decimal_comma=decimal_comma,
        columns=tuple((columns or {}).items()),
        currency=currency,
    )


def decoded(form: JsonFormat, payloads: Iterable[object], context: Context | None = None) -> list[Item]:
    """Decode payloads, each a JSON object or the raw text of one, as the lines of a file."""
    bodies = [payload if isinstance(payload, str) else json.dumps(payload) for payload in payloads]
    items = [RawItem(line, body.encode()) for line, body in enumerate(bodies, 1)]
    return list(form.decode(items, context or setting()))


def rows(form: TableFormat, lines: Iterable[Mapping[str, str]], context: Context | None = None) -> list[Item]:
    """Decode the rows of a table; its header is what any of the rows has."""
    listed = list(lines)
    header = list(dict.fromkeys(name for line in listed for name in line))
    places = {name.casefold(): place for place, name in enumerate(header)}
    assert form.signature <= places.keys()
    cells = [(number, [line.get(name, "") for name in header]) for number, line in enumerate(listed, 2)]
    return list(form.decode(Table(places, cells), context or setting()))


def order(items: Iterable[Item]) -> Order:
    """Return the only item, which is an order."""
    (found,) = items
    assert isinstance(found, Order), found
    return found


def customer(items: Iterable[Item]) -> Customer:
    """Return the only item, which is a customer."""
    (found,) = items
    assert isinstance(found, Customer), found
    return found


def company(items: Iterable[Item]) -> Company:
    """Return the first item, which is a company."""
    found = next(iter(items))
    assert isinstance(found, Company), found
    return found


def keys_of(record: Record, kind: str) -> list[str]:
    """List a record's key values of one kind."""
    keys: tuple[Key, ...] = getattr(record, "keys", ())
    return [key.value for key in keys if key.kind == kind]


def recognised(formats: Iterable[Format], payload: dict[str, object]) -> list[str]:
    """List the names of the JSON formats that take a payload for theirs."""
    return [form.name for form in formats if isinstance(form, JsonFormat) and form.recognise(payload)]


def bad_codes(items: Iterable[Item]) -> list[str]:
    """List the codes of the quarantined items."""
    return [item.code for item in items if isinstance(item, Bad)]


def published(*parts: str) -> Any:
    """Read a published JSON payload, or the lines of a JSONL file of them; skip where there is none."""
    folder = Path(os.environ.get("UNPOSTED_SHARED") or Path(__file__).parents[3] / "shared")
    path = folder.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"the shared payload {'/'.join(parts)} is missing; set UNPOSTED_SHARED")
    text = path.read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()] if path.suffix == ".jsonl" else json.loads(text)
