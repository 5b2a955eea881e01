"""The exchange rates that a reading may use: the ERP's own table, the ECB's reference file, fixed ones."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Context, Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from unposted.connectors.ecb import read_rates
from unposted.domain.currencies import is_currency
from unposted.domain.fx import Rate
from unposted.domain.window import Window
from unposted.workspace.model import Workspace

if TYPE_CHECKING:
    import duckdb

__all__ = ["known_rates", "workspace_rates"]

_ERP, _FIXED = 1, 3
_INVERSE = Context(prec=15)


def known_rates(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace, as_of: datetime, window: Window
) -> list[Rate]:
    """Collect the rates for the days of a window, those of the ERPs as they were known at an instant."""
    return [*workspace_rates(workspace, window), *_erp_rates(connection, workspace, as_of, window)]


def workspace_rates(workspace: Workspace, window: Window) -> list[Rate]:
    """Collect the rates that the workspace names for the days of a window."""
    rates = [Rate(workspace.reporting_currency, Decimal(1), "own currency", 0)]
    if workspace.fx.file:
        first, last = _days(window)
        name = workspace.fx.file.name
        rates += read_rates(workspace.fx.file, name, workspace.reporting_currency, first - timedelta(days=7), last)
    fixed = workspace.fx.rates.items()
    return rates + [Rate(currency, rate, "fixed in the workspace", _FIXED) for currency, rate in fixed]


def _erp_rates(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace, as_of: datetime, window: Window
) -> list[Rate]:
    """Read the ERPs' tables; the rate of the other direction serves where a currency has none of its own.

    A rate is good from its day to the last day that the ERP names, else until a later one begins.
    """
    reporting, (first, last) = workspace.reporting_currency, _days(window)
    names = [source.name for source in workspace.dynamics]
    rows = connection.execute(
        """SELECT s.name, e.currency, e.to_currency, e.rate, e.day, e.until
        FROM exchange_rate_version AS e JOIN source AS s USING (source_id)
        WHERE CASE WHEN s.first_synced_at > ? THEN e.version = 1 ELSE e.known_from <= ? AND e.known_to > ? END
          AND list_contains(?, s.name) AND e.day <= ? AND coalesce(e.until, DATE '9999-12-31') >= ?
          AND (e.to_currency = ? OR e.currency = ?) AND e.currency <> e.to_currency
        ORDER BY ALL""",
        [*[as_of.astimezone(UTC).replace(tzinfo=None)] * 3, names, last, first, reporting, reporting],
    ).fetchall()
    direct = [
        _rate(name, currency, Decimal(rate), day, until)
        for name, currency, to_currency, rate, day, until in rows
        if to_currency == reporting and _is_usable(currency, rate)
    ]
    own = {rate.currency for rate in direct}
    inverse = [
        _rate(name, to_currency, _INVERSE.divide(Decimal(1), Decimal(rate)), day, until)
        for name, currency, to_currency, rate, day, until in rows
        if currency == reporting and to_currency not in own and _is_usable(to_currency, rate)
    ]
    return direct + inverse


def _rate(source: str, currency: str, rate: Decimal, day: date, until: date | None) -> Rate:
    return Rate(currency, rate, f"{source} exchange rates", _ERP, day, until or date.max)


def _is_usable(currency: str, rate: str) -> bool:
    return is_currency(currency) and Decimal(rate) > 0


def _days(window: Window) -> tuple[date, date]:
    zone = ZoneInfo(window.zone)
    return window.start.astimezone(zone).date(), window.end.astimezone(zone).date()
