"""Finds out what a shop's token lets us see, and says what it hides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from unposted.connectors.live import Fact
from unposted.connectors.shopify.admin import Admin, Asked
from unposted.connectors.shopify.answers import Envelope
from unposted.connectors.shopify.queries import COMPANIES_SEEN, CUSTOMERS, DRAFT_ORDERS, ORDERS, WHO_WE_ARE
from unposted.connectors.shopify.window import Window
from unposted.errors import SourceRefused

__all__ = ["examined"]

_MOST_SKEW = 120.0
_NEEDED = (
    ("orders", ("read_orders",), "no order can be read"),
    ("customers", ("read_customers",), "customers cannot be read; orders show fewer identities"),
    ("companies", ("read_companies", "read_customers"), "companies, their tax ids and external ids cannot be read"),
    ("draft_orders", ("read_draft_orders",), "draft orders cannot be read"),
)


class _Shop(msgspec.Struct, rename="camel"):
    name: str = ""
    myshopify_domain: str = ""
    currency_code: str = ""


class _Scope(msgspec.Struct):
    handle: str


class _Installation(msgspec.Struct, rename="camel"):
    access_scopes: list[_Scope] = []


class _Who(msgspec.Struct, rename="camel"):
    shop: _Shop
    current_app_installation: _Installation


class _Count(msgspec.Struct):
    count: int = 0


class _Companies(msgspec.Struct, rename="camel"):
    companies_count: _Count | None = None


class _Id(msgspec.Struct):
    id: str


_who = msgspec.json.Decoder(Envelope[_Who]).decode
_companies = msgspec.json.Decoder(Envelope[_Companies]).decode
_id = msgspec.json.Decoder(_Id).decode


def examined(admin: Admin, streams: Sequence[str]) -> Iterator[Fact]:
    """Tell what the token lets us see of these streams; raises SignIn when it is refused."""
    data = admin.send(WHO_WE_ARE, {}, _who).value.data
    assert data is not None  # an answer without data is an error to the judge
    shop = data.shop
    yield Fact("credentials", "ok", f"signed in to {shop.name} ({shop.myshopify_domain}), {shop.currency_code}")
    scopes = {scope.handle for scope in data.current_app_installation.access_scopes}
    yield from _scopes(scopes, streams)
    yield from _version(admin)
    if _has(scopes, "read_orders"):
        yield _oldest_order(admin, "read_all_orders" in scopes)
    if _has(scopes, "read_companies") or _has(scopes, "read_customers"):
        yield from _companies_seen(admin)
    yield from _paging(admin, scopes)
    _probe(admin, scopes)
    yield from _fields(admin)
    skew = admin.caller.spent.skew
    if skew is not None:
        level = "warn" if abs(skew) > _MOST_SKEW else "ok"
        yield Fact("clock", level, f"Shopify's clock is {skew:+.0f} s from ours")  # type: ignore[arg-type]
    points = admin.caller.spent.limits.get("points")
    yield Fact("limits", "ok", points or "Shopify shows no limits")


def _has(scopes: set[str], scope: str) -> bool:
    """Tell that a scope is granted; the right to write includes the right to read."""
    return scope in scopes or scope.replace("read_", "write_", 1) in scopes


def _scopes(scopes: set[str], streams: Sequence[str]) -> Iterator[Fact]:
    for stream, ways, hides in _NEEDED:
        if stream not in streams:
            continue
        if any(_has(scopes, scope) for scope in ways):
            yield Fact(f"scope {ways[0]}", "ok", f"{stream} can be read")
        else:
            level = "fail" if stream == "orders" else "warn"
            yield Fact(f"scope {ways[0]}", level, f"the scope is missing: {hides}")  # type: ignore[arg-type]
    if "orders" in streams and "read_all_orders" not in scopes:
        yield Fact(
            "scope read_all_orders",
            "warn",
            "the scope is missing: Shopify shows orders of the last 60 days only, and older ones as if they were not",
        )
    writing = sorted(scope for scope in scopes if scope.startswith("write_"))
    if writing:
        yield Fact("rights", "warn", f"the token may also write ({', '.join(writing)}); reading is enough")


def _version(admin: Admin) -> Iterator[Fact]:
    if admin.version == admin.asked_version:
        yield Fact("version", "ok", f"API version {admin.version}")
    else:
        yield Fact(
            "version",
            "warn",
            f"API version {admin.asked_version} was asked for, but Shopify answers as {admin.version}: set api_version",
        )


def _oldest_order(admin: Admin, sees_all: bool) -> Fact:
    oldest = Window(admin).oldest()
    if oldest is None:
        return Fact("oldest record", "warn", "no order can be seen")
    day = f"{oldest.created_at:%d %b %Y}"
    if sees_all:
        return Fact("oldest record", "ok", f"the oldest order is of {day}")
    return Fact("oldest record", "warn", f"the oldest order that Shopify shows is of {day}; older ones stay hidden")


def _companies_seen(admin: Admin) -> Iterator[Fact]:
    try:
        data = admin.send(COMPANIES_SEEN, {}, _companies).value.data
    except SourceRefused:
        yield Fact("companies", "warn", "companies cannot be seen: the shop has no B2B, or the scope is missing")
        return
    count = data.companies_count.count if data is not None and data.companies_count is not None else 0
    yield Fact("companies", "ok", f"{count} companies can be seen")


def _paging(admin: Admin, scopes: set[str]) -> Iterator[Fact]:
    """Read two tiny pages: the second must go on where the first ends."""
    kind = ORDERS if _has(scopes, "read_orders") else CUSTOMERS if _has(scopes, "read_customers") else None
    if kind is None:
        return
    first = admin.page(kind, Asked(size=2))
    ids = [_id(row).id for row in first.items]
    if not first.page_info.has_next_page:
        yield Fact("paging", "ok", f"the list of {kind.stream} ends after {len(ids)}")
        return
    second = [_id(row).id for row in admin.page(kind, Asked(2, first.page_info.end_cursor)).items]
    if set(ids) & set(second) or not second:
        yield Fact("paging", "fail", f"the second page of {kind.stream} repeats the first")
    else:
        yield Fact("paging", "ok", f"two pages of {kind.stream}, no record twice")


def _probe(admin: Admin, scopes: set[str]) -> None:
    """Read one record of the other lists too, so that fields which are denied there are known."""
    for kind, scope in ((CUSTOMERS, "read_customers"), (DRAFT_ORDERS, "read_draft_orders")):
        if _has(scopes, scope):
            admin.page(kind, Asked(size=1))


def _fields(admin: Admin) -> Iterator[Fact]:
    for path in sorted(admin.narrowed):
        stream, _, field = path.partition(".")
        yield Fact(
            "protected fields",
            "warn",
            f"{stream}: the app may not read {field}; ask for protected customer data access, or match without it",
        )
