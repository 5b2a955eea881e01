"""Readings for tests: a plain one to look at, and Hypothesis strategies for all that a reading can hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from unposted.cards.reading import CurrencyAmount, Input, Reading, Row
from unposted.cards.totals import totals_of
from unposted.domain.filters import FLAGS, PLATFORMS, SEGMENTS, STATUSES, Filter
from unposted.domain.window import window_of

__all__ = ["NAUGHTY", "a_row", "filters", "reading_of", "readings", "rows", "texts"]

AS_OF = datetime(2026, 4, 12, 22, 30, tzinfo=UTC)
STORES = ("dtc", "wholesale", "shop; berlin", "Läden, süd", "=store")
ENTITIES = ("USTI", "CATU", "DE-01")
CURRENCIES = ("USD", "CAD", "JPY", "KWD", "CLF")
ZONES = ("America/New_York", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe", "UTC")

NAUGHTY = (
    "=1+1", "+491701234567", "-5", "-", "@SUM(1)", "\t=1", "\r=1", "\n=1", "＝1", "'=1", "=cmd|' /C calc'!A0",
    "00123", "1e5", "1,5", "TRUE", "#N/A", "2026-04-12", "NULL", "None", "", " ", " lead", "trail ", 'say "hi"', '"',
    "a,b", "a;b", "a\tb", "a\nb", "a\r\nb", "a\rb", "_x0041_", "_x0041_x0042_", "<r>bold</r>", "<r>a&b</r>", "]]>",
    "&amp;", "a\x00b", "\x1b[31mred\x1b[0m", "\x1b]0;title\x07", "\x9b2J", "\x7f", "\ufeffbom", "\u202eevil",
    "\u2028", "\ufffe", "\uffff", "[bold]x[/bold]", "[/]", ":smile:", "[link=https://example.com]x[/link]",
    "Ω≈ç", "田中さん", "👩\u200d👧", "Z\u0351\u036b", "https://example.com/?a=1&b=2",
    "{{7*7}}", "%s%n", "../../etc", "{0}", "\\", "'; DROP TABLE rows; --",
)  # fmt: skip


def a_row(rank: int = 1, **changes: Any) -> Row:
    """Make one plain row, changed where a test says so."""
    plain = Row(
        rank=rank,
        party=f"p-{rank:016x}",
        name=f"Customer {rank}",
        kind="person",
        company=None,
        segment="dtc",
        stores=("dtc",),
        platforms=("shopify",),
        emails=(f"customer{rank}@example.com",),
        tax_ids=(),
        external_ids=(f"00{rank}",),
        expected_entities=("USTI",),
        ambiguous=False,
        missing_entities=("USTI",),
        exists_in=(),
        status="no_match",
        flags=(),
        matched_evidence=None,
        blocked_by_currency=(CurrencyAmount("USD", 10_000 - rank),),
        blocked=10_000 - rank,
        blocked_net=9_000 - rank,
        orders=1,
        first_order_at=AS_OF - timedelta(days=2),
        last_order_at=AS_OF - timedelta(days=1),
        age_days=2,
        route="auto_create",
        recommended_action="Create the customer.",
    )
    return plain._replace(**changes)


def reading_of(
    found: Sequence[Row], *, currency: str = "USD", zone: str = "America/New_York", **changes: Any
) -> Reading:
    """Make the reading whose rows these are; its totals follow from them."""
    totals = totals_of(found, currency, 10)
    plain = Reading(
        card="ecom-customers-absent-from-d365-customer-master",
        label="Ecom Customers Absent from D365 Customer Master",
        workspace="US Trade",
        definition_version="1",
        as_of=AS_OF,
        window=window_of("7D", AS_OF, ZoneInfo(zone)),
        value=totals.value,
        alert=totals.alert,
        blocked=totals.blocked,
        splits=totals.splits,
        in_dataverse=totals.in_dataverse,
        quarantined=0,
        unmapped_statuses=(),
        inputs=(
            Input("dtc", "orders", 120, AS_OF - timedelta(hours=1), AS_OF),
            Input("fno", "customers", 0, None, AS_OF),
        ),
        fx=("CAD 0.73 (fixed in the workspace)",),
        rows=tuple(found),
    )
    return replace(plain, **changes)


def texts() -> st.SearchStrategy[str]:
    """Text as people and attackers write it."""
    return st.one_of(st.sampled_from(NAUGHTY), st.text(max_size=12))


def _lists(values: st.SearchStrategy[str], least: int = 0) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(values, min_size=least, max_size=3, unique=True).map(tuple)


_UNITS = st.integers(-(10**9), 10**12)
_MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@st.composite
def rows(draw: st.DrawFn) -> Row:
    """Any row; its rank is set by the reading it goes into."""
    first, last = sorted((draw(_MOMENTS), draw(_MOMENTS)))
    expected = draw(_lists(st.sampled_from(ENTITIES)))
    blocked = draw(st.one_of(st.none(), _UNITS))
    currencies = draw(st.lists(st.sampled_from(CURRENCIES), min_size=1, max_size=3, unique=True).map(sorted))
    status = draw(st.sampled_from(STATUSES))
    others = [flag for flag in (*STATUSES[:-1], *FLAGS) if flag != status]
    return Row(
        rank=1,
        party=draw(st.sampled_from("cp")) + "-" + draw(st.text("0123456789abcdef", min_size=16, max_size=16)),
        name=draw(texts()),
        kind=draw(st.sampled_from(("company", "person"))),
        company=draw(st.one_of(st.none(), texts())),
        segment=draw(st.sampled_from(SEGMENTS)),
        stores=draw(_lists(st.sampled_from(STORES), 1)),
        platforms=draw(_lists(st.sampled_from(PLATFORMS), 1)),
        emails=draw(_lists(texts())),
        tax_ids=draw(_lists(texts())),
        external_ids=draw(_lists(texts())),
        expected_entities=expected,
        ambiguous=len(expected) > 1,
        missing_entities=expected[:1],
        exists_in=draw(_lists(st.sampled_from(ENTITIES))),
        status=status,
        flags=draw(_lists(st.sampled_from(others))),
        matched_evidence=draw(st.one_of(st.none(), texts())),
        blocked_by_currency=tuple(CurrencyAmount(currency, draw(_UNITS)) for currency in currencies),
        blocked=blocked,
        blocked_net=None if blocked is None else draw(_UNITS),
        orders=draw(st.integers(1, 500)),
        first_order_at=first,
        last_order_at=last,
        age_days=draw(st.integers(0, 4000)),
        route=draw(st.sampled_from(("wait", "promote", "link", "extend", "find_key", "onboard", "auto_create"))),
        recommended_action=draw(texts()),
    )


@st.composite
def readings(draw: st.DrawFn, most: int = 6) -> Reading:
    """Any reading, its rows ranked as the contract says and its totals counted from them."""
    found = draw(st.lists(rows(), max_size=most, unique_by=lambda row: row.party))
    found.sort(key=lambda row: (row.blocked is None, -(row.blocked or 0), -row.orders, row.first_order_at, row.party))
    return reading_of(
        [row._replace(rank=rank) for rank, row in enumerate(found, start=1)],
        currency=draw(st.sampled_from(CURRENCIES)),
        zone=draw(st.sampled_from(ZONES)),
        workspace=draw(texts()),
        quarantined=draw(st.integers(0, 3)),
        unmapped_statuses=draw(st.sampled_from(((), (("status_id=99", 2),), (("dtc: [weird]", 1), ("=x", 4))))),
    )


@st.composite
def filters(draw: st.DrawFn) -> Filter:
    """Any filter, with values that rows of `readings` can meet and some that none does."""
    return Filter(
        segment=draw(_lists(st.sampled_from(SEGMENTS))),
        platform=draw(_lists(st.sampled_from(PLATFORMS))),
        store=draw(_lists(st.one_of(st.sampled_from(STORES), st.text(max_size=5)))),
        entity=draw(_lists(st.one_of(st.sampled_from(ENTITIES), st.text(max_size=5)))),
        status=draw(_lists(st.sampled_from(STATUSES + FLAGS))),
        min_value=draw(st.one_of(st.none(), st.decimals(-(10**6), 10**6, places=2))),
        search=draw(st.one_of(st.just(""), st.sampled_from(("a", "p-", "=1", "example", "1 2")), st.text(max_size=8))),
    )
