"""Counts the calls and the waiting that a large merchant's first right answer costs, beside a full copy of all streams.

Time passes only where the platforms' published limits make us wait: the clock is simulated. The first answer is
measured whole, by the product's own connectors and sync; of the full copy each stream is measured on a slice and
extrapolated by its rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bench.economy_sources import BASE, SECRETS, Merchant, Plan, buyer_of, is_absent, opened
from bench.folders import in_folder
from unposted.connectors.finance_operations import FinanceOperationsConnection
from unposted.connectors.live import Connector, LiveStream, PageRequest
from unposted.connectors.secrets import SecretStore
from unposted.connectors.shopify.connection import ShopifyConnection
from unposted.domain.cursor import Span
from unposted.sandbox.credentials import CLIENT_ID, TENANT
from unposted.sync.connecting import Connecting
from unposted.sync.sources import Source, sources_of
from unposted.workspace.model import Dynamics, Entity, FieldMap, Fx, Store, Workspace

__all__ = ["MERCHANT", "PLANS", "Cost", "Merchant", "Plan", "first_answer", "full_copy"]

MERCHANT = Merchant(customers=1_000_000, orders_a_week=100_000, masters=1_000_000, weeks=104)
PLANS = (Plan("Standard", 100.0), Plan("Plus", 1000.0))
_WINDOW = "7D"
_NOW = datetime(2026, 4, 12, 18, tzinfo=UTC)
_ZONE = ZoneInfo("America/New_York")
_SLICE = 40_000  # rows of a stream


@dataclass(frozen=True, slots=True)
class Cost:
    """What some reading cost: calls to a system, and the seconds that its limits made us wait."""

    source: str
    stream: str
    calls: float
    waited: float
    rows: int


def first_answer(merchant: Merchant, plan: Plan) -> tuple[list[Cost], int, int]:
    """Sync what the card needs into a new store; returns the costs, the card's answer and the right one."""
    answers: list[int] = []
    costs: list[Cost] = []
    in_folder(lambda folder: _answered(merchant, plan, folder, costs, answers))
    buyers = {buyer_of(number, merchant) for number in range(merchant.orders_a_week)}
    return costs, answers[0], sum(map(is_absent, buyers))


def _answered(merchant: Merchant, plan: Plan, folder: Path, costs: list[Cost], answers: list[int]) -> int:
    from unposted.cards.engine import read_card
    from unposted.store.database import open_store
    from unposted.sync.run import LiveSync, live_sources

    workspace = _workspace(folder)
    start = _window_start()
    clock, transport = opened(merchant, plan, start, _NOW)
    connecting = Connecting(SecretStore(SECRETS), clock, transport=transport)
    store = open_store(folder / "store.duckdb")
    made: dict[str, Connector] = {}

    def connector(source: Source) -> Connector:
        made[source.name] = connecting(source)
        return made[source.name]

    sync = LiveSync(store, workspace, connector, clock, start)
    try:
        for source in live_sources(workspace):
            sync.news([source])
            spent = made[source.name].spent
            rows = sum(report.fetched for report in sync.reports if report.source == source.name)
            costs.append(Cost(source.name, "", spent.calls, spent.waited, rows))
        for report in sync.reports:
            if report.error is not None:
                raise report.error
        answers.append(read_card(store, workspace, clock.now(), _WINDOW).value)
    finally:
        sync.close()
        store.close()
    return answers[0]


def _window_start() -> datetime:
    from unposted.domain.window import window_of

    return window_of(_WINDOW, _NOW, _ZONE).start


def full_copy(merchant: Merchant, plan: Plan, *, in_bulk: bool = False) -> list[Cost]:
    """Measure a slice of every stream and extrapolate to all of its rows; `in_bulk`: the shop alone, by files."""
    start = _window_start()
    slice_of = replace(merchant, orders_a_week=min(merchant.orders_a_week, _SLICE))
    clock, transport = opened(slice_of, plan, start, _NOW, listed=min(merchant.customers, _SLICE), is_drained=True)
    connecting = Connecting(SecretStore(SECRETS), clock, transport=transport)
    workspace = _workspace(Path(), bulk_from_days=1 if in_bulk else 0)
    orders = merchant.orders_a_week * merchant.weeks
    totals = {
        ("shop", "orders"): orders, ("shop", "customers"): merchant.customers, ("fno", "customers"): merchant.masters,
        ("fno", "sales_orders"): orders, ("fno", "invoices"): orders,
    }  # fmt: skip
    costs = []
    for source in sources_of(workspace)[: 1 if in_bulk else None]:
        connector = connecting(source)
        streams = {stream.name: stream for stream in connector.streams}
        costs += [
            _extrapolated(name, streams[stream], connector, total, Span(start, _NOW))
            for (name, stream), total in totals.items()
            if name == source.name
        ]
        connector.close()
    return costs


def _extrapolated(source: str, stream: LiveStream, connector: Connector, total: int, span: Span) -> Cost:
    """Read some pages; as much as they cost, all others cost."""
    spent = connector.spent
    calls, waited = spent.calls, spent.waited
    *_, rows = _rows_read(stream, span if stream.way == "changes" else None)
    share = total / rows
    return Cost(source, stream.name, share * (spent.calls - calls), share * (spent.waited - waited), total)


def _rows_read(stream: LiveStream, span: Span | None) -> Iterator[int]:
    """Follow the pages of a stream for a while and tell after each how many rows there were so far."""
    rows, token = 0, None
    while rows < _SLICE:
        page = stream.fetch(PageRequest(span, token))
        rows, token = rows + len(page.items), page.next
        if page.items:
            yield rows
        if token is None:
            return


def _workspace(folder: Path, bulk_from_days: int = 30) -> Workspace:
    shop = ShopifyConnection(url=f"{BASE}/shopify", history_days=7, bulk_from_days=bulk_from_days)
    environment = FinanceOperationsConnection(
        url=f"{BASE}/fno", tenant=TENANT, client_id=CLIENT_ID, authority=f"{BASE}/login"
    )
    return Workspace(
        path=folder / "unposted.toml",
        name="Bench",
        timezone=_ZONE,
        reporting_currency="USD",
        stores=(Store("shop", "shopify", {}, entity="USTI", connect=shop),),
        dynamics=(Dynamics("fno", "finance_operations", {}, connect=environment),),
        entities=(Entity("USTI", "US Trade Inc", "USD"),),
        field_map=FieldMap(),
        fx=Fx(),
    )
