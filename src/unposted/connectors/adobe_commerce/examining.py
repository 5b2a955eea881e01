"""Finds out what a store's credentials let us see, and says what stays hidden."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, TypeAlias

import msgspec

from unposted.connectors.adobe_commerce.answers import NotThere
from unposted.connectors.adobe_commerce.connection import AdobeCommerceConnection
from unposted.connectors.adobe_commerce.criteria import Condition, Direction, Group, Search
from unposted.connectors.adobe_commerce.listings import CARTS, COMPANY, CUSTOMER, ORDER, Listing
from unposted.connectors.adobe_commerce.searching import Found, Searcher
from unposted.connectors.adobe_commerce.walking import keys_in
from unposted.connectors.live import Fact
from unposted.errors import SignIn, SourceRefused

__all__ = ["examined"]

_Level: TypeAlias = Literal["ok", "warn", "fail"]
_MOST_SKEW = 120
_HIDDEN = {
    "orders": "no order can be read",
    "customers": "parties are only known by what their orders show",
    "companies": "company names, tax ids and addresses are only known as far as orders show them",
    "quotes": "negotiable quotes are not read",
}


class _Config(msgspec.Struct):
    code: str = ""
    timezone: str = ""


class _Created(msgspec.Struct):
    created_at: str = ""


def examined(searcher: Searcher, connection: AdobeCommerceConnection) -> Iterator[Fact]:
    """List the facts, the credentials' first; raises SignIn when nothing is let in."""
    yield _credentials(searcher)
    totals: dict[str, int] = {}
    wanted = [ORDER, CUSTOMER]
    wanted += [COMPANY] if connection.b2b is not False else []
    wanted += [CARTS] if connection.quotes or "quotes" in connection.streams else []
    for listing in wanted:
        yield _permission(searcher, connection, listing, totals)
    if "orders" in totals:
        yield _oldest(searcher, totals["orders"])
    yield _companies(connection, totals)
    if "orders" in totals:
        yield _paging(searcher)
    yield from _skew(searcher)
    yield _limits(searcher)


def _search(searcher: Searcher, listing: Listing, *sort: tuple[str, Direction], groups: tuple[Group, ...] = (),
            size: int = 1, page: int = 1) -> Found:  # fmt: skip
    return searcher.find(listing, Search(groups, sort, size, listing.light_fields, page))


def _credentials(searcher: Searcher) -> Fact:
    try:
        configs = searcher.get("store/storeConfigs", list[_Config]).value
    except (SignIn, SourceRefused) as error:
        if not searcher.lets_in():
            raise error if isinstance(error, SignIn) else _as_sign_in(error) from None
        return Fact("credentials", "ok", "The store takes the credentials; it does not show its store views.")
    codes = ", ".join(config.code for config in configs)
    zones = ", ".join(dict.fromkeys(config.timezone for config in configs if config.timezone))
    return Fact("credentials", "ok", f"The store takes the credentials. Store views: {codes}; time zone {zones}.")


def _as_sign_in(error: SourceRefused) -> SignIn:
    return SignIn("sign-in-refused", error.message, error.next_step)


def _permission(
    searcher: Searcher, connection: AdobeCommerceConnection, listing: Listing, totals: dict[str, int]
) -> Fact:
    try:
        totals[listing.name] = _search(searcher, listing).total_count
    except NotThere:
        level: _Level = "fail" if listing is ORDER or (listing is COMPANY and connection.b2b) else "warn"
        why = "the B2B modules are absent" if listing is COMPANY else "the store has no such path"
        return Fact("permissions", level, f"{listing.name}: skipped, for {why}: {_HIDDEN[listing.name]}.")
    except SourceRefused:
        level = "fail" if listing is ORDER else "warn"
        return Fact(
            "permissions", level, f"{listing.name}: {listing.resource} is not granted: {_HIDDEN[listing.name]}."
        )
    return Fact("permissions", "ok", f"{listing.name}: {totals[listing.name]} can be read.")


def _oldest(searcher: Searcher, total: int) -> Fact:
    found = _search(searcher, ORDER, ("created_at", "ASC"))
    if not found.items:
        return Fact("oldest record", "warn", f"No order can be seen ({total} are counted): nothing to compare.")
    return Fact(
        "oldest record", "ok", f"Orders go back to {msgspec.json.decode(found.items[0], type=_Created).created_at} UTC."
    )


def _companies(connection: AdobeCommerceConnection, totals: dict[str, int]) -> Fact:
    if connection.b2b is False:
        return Fact("companies seen", "ok", "Companies are not read: b2b = false.")
    if "companies" not in totals:
        return Fact("companies seen", "warn", "No company list: orders still tell their company's id and name.")
    return Fact("companies seen", "ok", f"{totals['companies']} companies.")


def _paging(searcher: Searcher) -> Fact:
    """Read two tiny pages, one past the end, and one by the time that a record shows."""
    first, second = (_search(searcher, ORDER, ("entity_id", "ASC"), size=2, page=page) for page in (1, 2))
    ids = [{key.number for key in keys_in(ORDER, found)} for found in (first, second)]
    if first.total_count > 3 and ids[0] & ids[1]:
        return Fact("paging", "fail", "The second page repeats rows of the first: something before the API caches it.")
    newest = keys_in(ORDER, _search(searcher, ORDER, ("updated_at", "DESC"), ("entity_id", "DESC")))
    if newest:
        key = newest[0]
        groups = ([Condition("entity_id", "eq", str(key.number))], [Condition("updated_at", "eq", key.at)])
        again = _search(searcher, ORDER, groups=groups)
        if not again.total_count and _is_unchanged(searcher, key):
            return Fact(
                "paging", "fail", "An order is not found by the time that it shows: the database is not in UTC."
            )
    end = _search(searcher, ORDER, ("entity_id", "ASC"), size=2, page=first.total_count // 2 + 2)
    past = "repeats the last page" if end.items else "is empty"
    return Fact(
        "paging", "ok", f"Pages follow each other; a page past the end {past}, and total_count ends the reading."
    )


def _is_unchanged(searcher: Searcher, key: tuple[str, int]) -> bool:
    again = keys_in(ORDER, _search(searcher, ORDER, groups=([Condition("entity_id", "eq", str(key[1]))],)))
    return bool(again) and tuple(again[0]) == tuple(key)


def _skew(searcher: Searcher) -> Iterator[Fact]:
    skew = searcher.caller.spent.skew
    if skew is None:
        yield Fact("clock skew", "warn", "The store does not tell its time.")
    elif abs(skew) > _MOST_SKEW:
        yield Fact("clock skew", "warn", f"The store's clock and ours differ by {abs(skew):.0f} s.")
    else:
        yield Fact("clock skew", "ok", f"The store's clock and ours differ by {abs(skew):.0f} s.")


def _limits(searcher: Searcher) -> Fact:
    shown = searcher.caller.spent.limits
    rate = "; ".join(f"{name} {value}" for name, value in shown.items()) or "the store names no rate"
    return Fact("limits", "ok", f"Pages of {searcher.page_size(None)} records; {rate}.")
