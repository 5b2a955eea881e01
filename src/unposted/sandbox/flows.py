"""The made-up merchant's cloud flows and their runs: they follow from the world, and from nothing else.

Four flows carry the storefronts' orders to the ERP. Where an order's buyer has the master record that it needs, the
run that posted the order succeeded. Of the absent buyers one third never got a run, for one third the run that should
have made the customer failed, and for one third the run that should have posted the order did. Runs are kept for four
weeks. Nothing here knows how Dataverse writes them down.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Literal, NamedTuple, TypeAlias

from unposted.sandbox.known import trades
from unposted.sandbox.scene import EXPORTED, WINDOW_START
from unposted.sandbox.shopify import order_names
from unposted.sandbox.values import World, local

__all__ = ["FLOWS", "CloudFlow", "FlowBook", "FlowGapEvent", "FlowRunRow", "flow_book"]

FlowName: TypeAlias = Literal["Create customer in D365", "Post order", "Sync company", "Nightly stock"]
Ending: TypeAlias = Literal["Success", "Succeeded", "Failed", "Cancelled", "Running"]

_KEPT_FROM = EXPORTED - timedelta(days=27)
_RESPELT = local("2026-03-30 00:00:00")  # since then a good run is `Succeeded`, before it was `Success`
_SUSPENDED = local("2026-04-08 06:00:00")
_GONE_FINANCIAL = frozenset({"VOIDED"})
_GONE_STATUSES = frozenset({0, 1, 4, 5, 6})
_PLAIN = ("ActionFailed", "An action failed. No dependent actions succeeded.")


class CloudFlow(NamedTuple):
    """A flow; `state` is Dataverse's: 0 off, 1 on, 2 suspended."""

    name: FlowName
    state: Literal[0, 1, 2]
    created: datetime
    changed: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowRunRow:
    """A run. Without an end it is still running; `error` is a code and what is said, text or JSON."""

    flow: FlowName
    name: str
    status: Ending
    started: datetime
    ended: datetime | None
    trigger: Literal["Automated", "Scheduled"] = "Automated"
    error: tuple[str, str] | None = None


class FlowGapEvent(NamedTuple):
    """A report that the history of runs lacks some."""

    number: int
    code: str
    at: datetime


class FlowBook(NamedTuple):
    """Everything that Dataverse knows about the flows, runs by their start."""

    flows: tuple[CloudFlow, ...]
    runs: tuple[FlowRunRow, ...]
    gaps: tuple[FlowGapEvent, ...]


_MADE = local("2025-09-15 11:00:00")
FLOWS: tuple[CloudFlow, ...] = (
    CloudFlow("Create customer in D365", 1, _MADE, local("2026-02-20 16:30:00")),
    CloudFlow("Post order", 1, _MADE, local("2026-01-12 09:45:00")),
    CloudFlow("Sync company", 2, local("2025-10-02 14:20:00"), _SUSPENDED),
    CloudFlow("Nightly stock", 1, _MADE, _MADE),
)


class _Order(NamedTuple):
    """An order that stands; `party` is the same for all of one buyer or firm."""

    reference: str
    placed: datetime
    party: str
    email: str
    is_firm: bool


def flow_book(world: World) -> FlowBook:
    """Derive the flows, their runs and the gaps in their history."""
    known = {(trade.source == "dtc", trade.number) for trade in trades(world)}
    orders = [(order, number in known) for number, order in _orders(world) if order.placed >= _KEPT_FROM]
    runs = [_posted(order) for order, is_known in orders if is_known]
    runs += _failures([order for order, is_known in orders if not is_known and order.placed >= WINDOW_START])
    runs += _company_runs([order for order, _ in orders if order.is_firm])
    runs += _nightly()
    runs.sort(key=lambda run: (run.started, run.name))
    gaps = (FlowGapEvent(1, "IngestionRateDataLoss", local("2026-04-09 03:10:00")),)
    return FlowBook(FLOWS, tuple(_last_running(runs)), gaps)


def _orders(world: World) -> Iterator[tuple[tuple[bool, int], _Order]]:
    names = order_names(world)
    for sale in world.shop_sales:
        if not (sale.test or sale.cancelled or sale.financial in _GONE_FINANCIAL):
            person = sale.shopper.person
            party = sale.firm.name if sale.firm else person.email or names[sale.number]
            yield (
                (True, sale.number),
                _Order(names[sale.number], sale.placed, party, person.email or "", bool(sale.firm)),
            )
    for trade in world.trade_sales:
        if not (trade.status in _GONE_STATUSES or trade.paid == "void" or "Test" in trade.method):
            buyer = trade.buyer
            email = buyer.person.email or ""
            party = buyer.firm.name if buyer.firm else email or str(trade.number)
            yield (False, trade.number), _Order(str(trade.number), trade.placed, party, email, bool(buyer.firm))


def _run(
    flow: FlowName, about: str, started: datetime, seconds: float, error: tuple[str, str] | None = None
) -> FlowRunRow:
    number = int(sha256(f"{flow} {about}".encode()).hexdigest()[:15], 16)
    name = f"08584{10**20 - 1 - int(started.timestamp() * 1000):020d}{number % 10**8:08d}CU{number % 90 + 10}"
    good: Ending = "Succeeded" if started >= _RESPELT else "Success"
    return FlowRunRow(
        flow=flow, name=name, status="Failed" if error else good, started=started,
        ended=started + timedelta(seconds=seconds), error=error,
        trigger="Scheduled" if flow == "Nightly stock" else "Automated",
    )  # fmt: skip


def _posted(order: _Order) -> FlowRunRow:
    return _run("Post order", order.reference, order.placed + timedelta(seconds=95), 5.123)


def _failures(orders: list[_Order]) -> Iterator[FlowRunRow]:
    """Let one third of the absent parties have no run, one third a failed customer, one third a failed order."""
    ranks = {party: rank for rank, party in enumerate(sorted({order.party for order in orders}))}
    for order in orders:
        started = order.placed + timedelta(seconds=80)
        match ranks[order.party] % 3:
            case 1:
                yield _run("Create customer in D365", order.reference, started, 8.4, _not_created(order))
            case 2:
                yield _run(
                    "Post order", order.reference, started, 3.75, _PLAIN if len(order.party) % 2 else _not_posted(order)
                )


def _not_created(order: _Order) -> tuple[str, str]:
    said = (
        "Write failed for table row of type 'CustCustomerV3Entity'. Infolog: Warning: Field 'Customer group' must be "
        f"filled in.; order {order.reference}, {order.email or 'no e-mail'}"
    )
    return "BadRequest", f'{{"error":{{"code":"400","message":"{said}"}}}}'


def _not_posted(order: _Order) -> tuple[str, str]:
    return "NotFound", f"No customer account for {order.email or order.party}, order {order.reference}."


def _company_runs(orders: list[_Order]) -> Iterator[FlowRunRow]:
    """Sync a firm when it orders for the first time in these weeks, until the flow is suspended."""
    met: set[str] = set()
    for order in sorted(orders, key=lambda order: order.placed):
        if order.party not in met and order.placed < _SUSPENDED:
            met.add(order.party)
            yield _run("Sync company", order.party, order.placed + timedelta(seconds=40), 2.5)


def _nightly() -> Iterator[FlowRunRow]:
    """Count stock every night; once it was cut short, and once the ERP was busy."""
    night = local("2026-03-17 02:00:00")
    while night < EXPORTED:
        run = _run("Nightly stock", night.isoformat(), night, 412.0)
        if night == local("2026-03-29 02:00:00"):
            run = replace(run, status="Cancelled")
        if night == local("2026-04-04 02:00:00"):
            run = replace(
                run, status="Failed", error=("429", '{"message":"Rate limit is exceeded. Try again in 33 seconds."}')
            )
        yield run
        night += timedelta(days=1)


def _last_running(runs: list[FlowRunRow]) -> Iterator[FlowRunRow]:
    """Let the very last run still be under way."""
    yield from runs[:-1]
    yield replace(runs[-1], status="Running", ended=None, error=None)
