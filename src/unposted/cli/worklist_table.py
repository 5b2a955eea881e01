"""The worklist as a table on the screen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from unposted.cards.reading import Reading, Row
from unposted.exports.safety import screen_safe
from unposted.exports.words import FLAG_WORDS, ROUTE_WORDS, SEGMENT_WORDS, STATUS_WORDS, money_words

if TYPE_CHECKING:
    from rich.table import Table

__all__ = ["worklist_table"]

_LONGEST_NAME = 40
_NARROW = ("#", "Customer", "Segment", "Missing in", "Status", "Blocked", "Orders", "Do")
_WHO = ("#", "Customer", "E-mail", "Segment", "Store", "Missing in", "Status")
_WIDE = (*_WHO, "Blocked", "In order currency", "Orders", "Age", "Do")
_RIGHT = ("#", "Blocked", "In order currency", "Orders", "Age")


def worklist_table(reading: Reading, rows: Sequence[Row], *, wide: bool) -> Table:
    """Lay out rows for the screen; a wide one has room for e-mail, store, order currency and age too.

    Names and addresses are shown as they are, but cannot steer the terminal.
    """
    from rich.table import Table
    from rich.text import Text

    reporting = reading.blocked.currency
    mixed = any(amount.currency != reporting for row in reading.rows for amount in row.blocked_by_currency)
    headers = [name for name in (_WIDE if wide else _NARROW) if mixed or name != "In order currency"]
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for name in headers:
        right = name in _RIGHT
        table.add_column(name, justify="right" if right else "left", no_wrap=right, overflow="fold")
    for row in rows:
        cells = _cells(row, reporting, mixed)
        table.add_row(*(Text(screen_safe(cells[name])) for name in headers))
    return table


def _cells(row: Row, reporting: str, mixed: bool) -> dict[str, str]:
    return {
        "#": str(row.rank),
        "Customer": _short(row.name or row.company or row.party),
        "E-mail": _short(_first(row.emails)),
        "Segment": SEGMENT_WORDS.get(row.segment, row.segment),
        "Store": ", ".join(row.stores),
        "Missing in": ", ".join(row.missing_entities) or "no entity named",
        "Status": _status(row),
        "Blocked": money_words(row.blocked, reporting, with_code=mixed),
        "In order currency": " + ".join(
            money_words(amount.units, amount.currency, with_code=True) for amount in row.blocked_by_currency
        ),
        "Orders": f"{row.orders:,}",
        "Age": "1 day" if row.age_days == 1 else f"{row.age_days:,} days",
        "Do": ROUTE_WORDS.get(row.route, row.route),
    }


def _status(row: Row) -> str:
    return "; ".join([STATUS_WORDS.get(row.status, row.status), *_in_words(row.flags)])


def _in_words(flags: Iterable[str]) -> list[str]:
    return [FLAG_WORDS.get(flag, flag) for flag in flags]


def _first(values: Sequence[str]) -> str:
    more = f" (+{len(values) - 1})" if len(values) > 1 else ""
    return f"{values[0]}{more}" if values else ""


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_NAME else text[: _LONGEST_NAME - 1] + "…"
