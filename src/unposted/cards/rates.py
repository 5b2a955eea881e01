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
from unposted.store.past import history_begins
from unposted.workspace.model import Workspace

if TYPE_CHECKING:
    import duckdb

__all__ = ["FILE_RANK", "file_days", "known_rates", "workspace_rates"]

FILE_RANK = 2

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
    rates += _file_rates(workspace, *file_days(window))
    fixed = workspace.fx.rates.items()
    return rates + [Rate(currency, rate, "fixed in the workspace", _FIXED) for currency, rate in fixed]


def file_days(window: Window) -> tuple[date, date]:
    """Return the first and the last day that a file's rates are taken of: a rate may serve a week on."""
    first, last = _days(window)
    return first - timedelta(days=7), last


def _file_rates(workspace: Workspace, first: date, last: date) -> list[Rate]:
    """Take the rates of some days from the file; what was kept of its days stands before what it says now."""
    kept, file = workspace.fx.kept, workspace.fx.file
    is_covered = kept is not None and kept.first <= first and last <= kept.last
    found: list[Rate] = []
    if file and not is_covered and file.is_file():
        found = read_rates(file, file.name, workspace.reporting_currency, first, last)
    if kept is None:
        return found
    told = [rate for rate in kept.rates if rate.day and first <= rate.day <= last]
    return told + [rate for rate in found if rate.day and not kept.first <= rate.day <= kept.last]


def _erp_rates(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace, as_of: datetime, window: Window
) -> list[Rate]:
    """Read the ERPs' tables; the rate of the other direction serves where a currency has none of its own.

    A rate is good from its day to the last day that the ERP names, else until a later one begins.
    """
    reporting, (first, last) = workspace.reporting_currency, _days(window)
    names = [source.name for source in workspace.dynamics]
    later = [number for number, begins in history_begins(connection).items() if begins > as_of]
    known_at = as_of.astimezone(UTC).replace(tzinfo=None)
    rows = connection.execute(
        """SELECT s.name, e.currency, e.to_currency, e.rate, e.day, e.until
        FROM exchange_rate_version AS e JOIN source AS s USING (source_id)
        WHERE CASE WHEN list_contains(?, e.source_id) THEN e.version = 1
                   ELSE e.known_from <= ? AND e.known_to > ? END
          AND list_contains(?, s.name) AND e.day <= ? AND coalesce(e.until, DATE '9999-12-31') >= ?
          AND (e.to_currency = ? OR e.currency = ?) AND e.currency <> e.to_currency
        ORDER BY ALL""",
        [later, known_at, known_at, names, last, first, reporting, reporting],
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
