"""Finds out what the credentials of a store let us see, and says aloud what narrows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from unposted.connectors.bigcommerce.api import B2bApi, StoreApi
from unposted.connectors.bigcommerce.connection import BigCommerceConnection
from unposted.connectors.bigcommerce.order_parts import has_consignments
from unposted.connectors.fields import instant, optional_instant
from unposted.connectors.live import Fact
from unposted.errors import Incomplete, SourceRefused

__all__ = ["Examination"]

_UTC = ZoneInfo("UTC")
_MOST_SKEW = 120.0
_YEAR = timedelta(days=365)


class _Store(msgspec.Struct):
    name: str | None = None
    plan_name: str | None = None


class _Time(msgspec.Struct):
    time: int | None = None


class _Order(msgspec.Struct):
    id: int
    date_created: str = ""
    consignments: object = None


class _B2bOrder(msgspec.Struct, rename="camel"):
    created_at: int | str | None = None


@dataclass(frozen=True, slots=True)
class Examination:
    """The questions that are asked of a store."""

    api: StoreApi
    b2b: B2bApi | None
    connection: BigCommerceConnection

    def facts(self) -> Iterator[Fact]:
        """Ask them all. Raises SignIn when the token is refused."""
        yield self._credentials()
        orders = self._allowed("orders", "orders", "store_v2_orders_read_only", lambda: self.api.rows("orders", _ONE))
        yield orders
        yield self._allowed(
            "customers", "customers", "store_v2_customers_read_only", lambda: self.api.v3("customers", _ONE)
        )
        if self.connection.refunds:
            yield self._allowed(
                "refunds", "refunds, so that refunded orders count in full", "store_v2_transactions_read_only",
                lambda: self.api.v3("orders/payment_actions/refunds", _ONE),
            )  # fmt: skip
        oldest = None
        if orders.level != "fail":
            oldest = self._oldest_order()
            yield from self._orders(oldest)
        yield from self._companies(oldest)
        if orders.level != "fail":
            yield self._paging()
        yield self._skew()
        yield self._limits()

    def _credentials(self) -> Fact:
        try:
            store = self.api.one("store", _Store)
        except SourceRefused as refused:
            if refused.code != "not-allowed":
                raise
            self.api.one("time", _Time)
            text = f"store {self.connection.store_hash}; its name is hidden without store_v2_information_read_only"
            return Fact("credentials", "warn", text)
        plan = f", plan {store.plan_name}" if store.plan_name else ""
        return Fact("credentials", "ok", f"store {store.name or self.connection.store_hash}{plan}")

    def _allowed(self, check: str, hides: str, scope: str, ask: Callable[[], object]) -> Fact:
        try:
            ask()
        except SourceRefused as refused:
            if refused.code != "not-allowed":
                raise
            level = "fail" if check == "orders" else "warn"
            return Fact(f"scope {check}", level, f"the token may not read {hides}: grant {scope}")  # type: ignore[arg-type]
        return Fact(f"scope {check}", "ok", f"the token may read {check}")

    def _oldest_order(self) -> _Order | None:
        include = () if self.connection.shipping_country == "billing" else _CONSIGNMENTS
        found = self.api.rows("orders", (("sort", "date_created:asc"), *_ONE, *include))
        return msgspec.json.decode(found[0], type=_Order) if found else None

    def _orders(self, oldest: _Order | None) -> Iterator[Fact]:
        if oldest is None:
            yield Fact("oldest order", "warn", "the store shows no order at all")
            return
        placed = instant(oldest.date_created, "date_created", _UTC)
        yield Fact("oldest order", "ok", f"the oldest order that can be seen is of {placed:%d %b %Y}")
        if self.connection.shipping_country == "billing":
            yield Fact("ship-to country", "warn", "by setting the billing country stands for the ship-to country")
        elif has_consignments(oldest.consignments):
            yield Fact("ship-to country", "ok", "the orders bring their consignments")
        elif self.connection.shipping_country == "addresses":
            yield Fact("ship-to country", "warn", "no consignments in the orders: one more call for every order")
        else:
            yield Fact(
                "ship-to country", "warn",
                "the store returns no consignments, so the billing country stands for the ship-to country; "
                'shipping_country = "addresses" asks for each order\'s address, at one call an order',
            )  # fmt: skip

    def _companies(self, oldest: _Order | None) -> Iterator[Fact]:
        if self.b2b is None:
            yield Fact("companies", "ok", "B2B Edition is not read (b2b = false): orders name no company")
            return
        try:
            companies = self.b2b.list("companies", (("limit", "1"), ("offset", "0")))
        except SourceRefused as refused:
            yield Fact("companies", "warn", f"B2B Edition cannot be read, orders name no company: {refused.message}")
            return
        except Incomplete as failed:
            text = f"B2B Edition fails, as it does for a store_hash that is not the token's: {failed.message}"
            yield Fact("companies", "warn", text)
            return
        yield Fact("companies", "warn" if not companies.total else "ok", f"{companies.total or 0:,} companies")
        yield self._b2b_orders(self.b2b, oldest)

    def _b2b_orders(self, b2b: B2bApi, oldest_order: _Order | None) -> Fact:
        """Tell how far back the B2B orders reach: unless it is asked for more, the API shows one year.

        They are all of the store's orders, so where they begin later than these something is hidden.
        """
        params = (("minModified", "1"), ("sortBy", "createdAt"), ("orderBy", "ASC"), ("limit", "1"), ("offset", "0"))
        found = b2b.list("orders", params).data
        if not found:
            return Fact("oldest B2B order", "warn", "B2B Edition shows no order: b2b_channels may have to be named")
        seconds = msgspec.json.decode(found[0], type=_B2bOrder).created_at
        oldest = datetime.fromtimestamp(int(seconds or 0), UTC)
        now = self.api.caller.clock.now()
        wanted = now - timedelta(days=self.connection.history_days)
        text = f"the oldest B2B order that can be seen is of {oldest:%d %b %Y}"
        first = optional_instant(oldest_order.date_created, "date_created", _UTC) if oldest_order else None
        is_cut = first is None or first < oldest - timedelta(days=1)
        if is_cut and wanted < now - _YEAR < oldest + timedelta(days=1):
            return Fact("oldest B2B order", "warn", f"{text}: B2B Edition may hide what is older than a year")
        return Fact("oldest B2B order", "ok", text)

    def _paging(self) -> Fact:
        """Read two tiny pages and one behind the end."""
        pages = [
            {msgspec.json.decode(body, type=_Order).id for body in self.api.rows("orders", (*_TWO, ("page", page)))}
            for page in ("1", "2", "1000000")
        ]
        if pages[0] & pages[1] or pages[2]:
            return Fact("paging", "fail", "pages of orders overlap or never end")
        return Fact("paging", "ok", "pages of orders do not overlap and end")

    def _skew(self) -> Fact:
        skew = self.api.caller.spent.skew
        if skew is None:
            return Fact("clock", "warn", "the store's answers show no time")
        level = "warn" if abs(skew) > _MOST_SKEW else "ok"
        return Fact("clock", level, f"the store's clock is {skew:+.0f} s from ours")  # type: ignore[arg-type]

    def _limits(self) -> Fact:
        shown = self.api.quota.shown
        if not shown:
            return Fact("limits", "warn", "the store's answers show no limits")
        left, quota, window = (
            shown.get(f"x-rate-limit-{name}", "?") for name in ("requests-left", "requests-quota", "time-window-ms")
        )
        return Fact(
            "limits", "ok", f"{left} of {quota} calls left in this window of {window} ms, for all apps together"
        )


_ONE = (("limit", "1"),)
_TWO = (("limit", "2"), ("sort", "id:asc"))
_CONSIGNMENTS = (("include", "consignments"), ("consignment_structure", "object"))
