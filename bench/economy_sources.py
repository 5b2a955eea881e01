"""A shop and an F&O environment of a large merchant, in process: rows are made when a page asks for them.

The services are the sandbox's own, so calls are counted, priced and throttled as the platforms publish it; only their
shelves are endless. Buyer number n of the shop is customer number n of the master, but for one in fifty.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, overload

from bench.shop import TOKEN, order_node
from unposted.sandbox.credentials import CLIENT_SECRET, ENTRA_APP
from unposted.sandbox.erp import books_of
from unposted.sandbox.services.finance_operations import FinanceOperationsService
from unposted.sandbox.services.finance_operations_sets import shelves_of
from unposted.sandbox.services.login import LoginService
from unposted.sandbox.services.shopify import ShopifyService, ShopifySwitches
from unposted.sandbox.shelf import Entry, Shelf
from unposted.sandbox.transport import InProcess
from unposted.sandbox.wire import Answer, Call, Service, SteppedClock
from unposted.sandbox.world import make_world

__all__ = ["BASE", "SECRETS", "Merchant", "Plan", "buyer_of", "is_absent", "opened"]

BASE = "http://sandbox"
SECRETS = {"UNPOSTED_SHOP_TOKEN": TOKEN, "UNPOSTED_FNO_CLIENT_SECRET": CLIENT_SECRET}
_BUYERS_A_WEEK = 0.8  # of the orders: some people order twice
_LATELY = 50  # customers that changed in the last minutes


@dataclass(frozen=True, slots=True)
class Plan:
    """A Shopify plan: the points of its bucket and how many come back in a second.

    Restore rates are published (shopify.dev, API limits); the bucket is 20 times as large, as answers show.
    """

    name: str
    restore: float

    @property
    def switches(self) -> ShopifySwitches:
        """The emulator's dialect for this plan."""
        return ShopifySwitches(token=TOKEN, maximum=20 * self.restore, restore=self.restore)


@dataclass(frozen=True, slots=True)
class Merchant:
    """How large the merchant is."""

    customers: int
    orders_a_week: int
    masters: int
    weeks: int

    def over(self, divisor: int) -> Merchant:
        """Return the same merchant with a fraction of everything but the weeks."""
        return Merchant(self.customers // divisor, self.orders_a_week // divisor, self.masters // divisor, self.weeks)


def buyer_of(number: int, merchant: Merchant) -> int:
    """Tell who placed an order."""
    return number % int(merchant.orders_a_week * _BUYERS_A_WEEK) * 7919 % merchant.customers


def is_absent(buyer: int) -> bool:
    """Tell the buyers whom the master lacks."""
    return buyer % 50 == 7


def opened(
    merchant: Merchant, plan: Plan, start: datetime, now: datetime, listed: int = _LATELY, is_drained: bool = False
) -> tuple[SteppedClock, InProcess]:
    """Open the shop and the environment as they are `now`, with a week of orders from `start` on.

    `listed` is how many customers stand in the shop's list; all of them can be asked for by their ids.
    `is_drained`: the shop's points were used up just now, as they are throughout a long reading.
    """
    clock = SteppedClock(now)
    login = LoginService(clock.now, (ENTRA_APP,))
    shop = _shop(merchant, plan, clock, start, listed)
    if is_drained:
        shop.bucket.drain(20 * plan.restore)
    mounts: dict[str, Service] = {
        f"{BASE}/login": login,
        f"{BASE}/shopify": shop,
        f"{BASE}/fno": _Environment(merchant, clock, login),
    }
    return clock, InProcess(mounts, clock)


def _shop(merchant: Merchant, plan: Plan, clock: SteppedClock, start: datetime, listed: int) -> ShopifyService:
    shop = ShopifyService(clock.now, f"{BASE}/shopify", plan.switches)
    shop.shelves["customers"] = _Customers(clock, listed)
    step = (clock.now() - timedelta(minutes=5) - start) / (merchant.orders_a_week + 1)
    for number in range(merchant.orders_a_week):
        shop.put_order(_order(number, buyer_of(number, merchant), start + step * (number + 1)))
    return shop


def _order(number: int, buyer: int, changed: datetime) -> dict[str, Any]:
    customer = f"gid://shopify/Customer/{buyer}"
    node = order_node(number, changed)
    return node | {
        "email": _email(buyer),
        "displayFinancialStatus": "PAID",
        "totalRefundedSet": None,
        "customer": {**_person(buyer), "id": customer},
        "purchasingEntity": {"__typename": "Customer", "id": customer},
    }


def _email(buyer: int) -> str:
    return f"buyer{buyer}@mail{buyer % 977}.example"


def _person(buyer: int) -> dict[str, Any]:
    return {
        "id": f"gid://shopify/Customer/{buyer}", "firstName": "Buyer", "lastName": str(buyer), "tags": [],
        "defaultEmailAddress": {"emailAddress": _email(buyer)}, "defaultPhoneNumber": None, "taxSettings": None,
    }  # fmt: skip


class _Customers(Shelf):
    """A shelf of customers that makes each one when it is asked for; those that are listed changed lately."""

    def __init__(self, clock: SteppedClock, listed: int) -> None:
        super().__init__(clock.now)
        self._at = clock.now()
        self.listed = range(listed)

    def get(self, record_id: str) -> Entry | None:
        buyer = int(record_id)
        joined = self._at - timedelta(days=400, seconds=buyer)
        changed = self._at - timedelta(minutes=10) if buyer in self.listed else joined
        times = {"createdAt": f"{joined:%Y-%m-%dT%H:%M:%SZ}", "updatedAt": f"{changed:%Y-%m-%dT%H:%M:%SZ}"}
        row = {**_person(buyer), **times, "companyContactProfiles": [], "defaultAddress": None}
        return Entry(record_id, row, joined, changed, joined)

    def entries(self) -> Iterator[Entry]:
        return (entry for buyer in self.listed if (entry := self.get(str(buyer))) is not None)


class _Rows(Sequence[dict[str, Any]]):
    """So many rows, each made when it is looked at."""

    def __init__(self, count: int, make: Callable[[int], dict[str, Any]]) -> None:
        self._count = count
        self._make = make

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, place: int) -> dict[str, Any]: ...
    @overload
    def __getitem__(self, place: slice) -> list[dict[str, Any]]: ...
    def __getitem__(self, place: int | slice) -> dict[str, Any] | list[dict[str, Any]]:
        if isinstance(place, slice):
            return [self._make(one) for one in range(*place.indices(self._count))]
        return self._make(place)


class _Environment(FinanceOperationsService):
    """The environment of the sandbox's world with a master, orders and invoices of any number of rows."""

    def __init__(self, merchant: Merchant, clock: SteppedClock, login: LoginService) -> None:
        super().__init__(clock.now, f"{BASE}/fno", None, login)
        world = make_world(2026)
        few = dict(shelves_of(world, books_of(world), self.switches))
        for row in few["LegalEntities"]:
            self.put("LegalEntities", row)
        documents = merchant.orders_a_week * merchant.weeks
        self._made: dict[str, Sequence[dict[str, Any]]] = {
            "CustomersV3": _Rows(merchant.masters, self._maker("CustomersV3", few["CustomersV3"][0], _customer)),
            "SalesOrderHeadersV2": _Rows(
                documents,
                self._maker("SalesOrderHeadersV2", few["SalesOrderHeadersV2"][0], _numbered("SalesOrderNumber")),
            ),
            "SalesInvoiceHeadersV2": _Rows(
                documents,
                self._maker("SalesInvoiceHeadersV2", few["SalesInvoiceHeadersV2"][0], _numbered("InvoiceNumber")),
            ),
        }

    def _maker(
        self, name: str, template: dict[str, Any], change: Callable[[int], dict[str, Any]]
    ) -> Callable[[int], dict[str, Any]]:
        self.put(name, template)  # the names of a set's fields are those of its rows
        return lambda place: {**template, "dataAreaId": "usti", **change(place)}

    def _answered(self, call: Call, path: str) -> Answer:
        name, _, rest = path.partition("/")
        found = self._set_named(name)
        if found is not None and not rest and found.name in self._made:
            return self._page(found, self._made[found.name], call, name)  # type: ignore[arg-type]
        return super()._answered(call, path)


def _customer(place: int) -> dict[str, Any]:
    email = f"walk-in{place}@mail.example" if is_absent(place) else _email(place)
    return {"CustomerAccount": f"US-{place:08d}", "PrimaryContactEmail": email, "TaxExemptNumber": "",
            "PrimaryContactPhone": "", "EcomCustomerId": ""}  # fmt: skip


def _numbered(field: str) -> Callable[[int], dict[str, Any]]:
    return lambda place: {field: f"N-{place:09d}"}
