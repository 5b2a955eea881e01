"""A reading that is kept in the process: its rows in a table, found by filter, order and place, seen as a role may."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from unposted.cards.catalogue import ABSENT_CUSTOMERS
from unposted.cards.conditions import Condition, condition_of
from unposted.cards.near import near_of_ranks
from unposted.cards.reading import Blocked, CurrencyAmount, Reading, Row
from unposted.cards.rows import selected_rows
from unposted.cards.standing import Standing
from unposted.web.asked import Asked, Place, Wanted
from unposted.web.beside import Beside
from unposted.web.masking import seen
from unposted.web.roles import Sight
from unposted.web.shelf import Shelf

__all__ = ["PAGE", "Found", "Kept", "Page", "SeenRow"]

PAGE = 100
_BATCH = 2_000
_SORT_COLUMNS = {
    "name": "sort_name",
    "segment": "segment",
    "store": "store_bucket",
    "entity": "entity_bucket",
    "status": "status",
    "orders": "orders",
    "first": "epoch_us(first_order_at)",
    "last": "epoch_us(last_order_at)",
    "age": "age_days",
}


@dataclass(frozen=True, slots=True)
class SeenRow:
    """A row as a role sees it. `ref` names its party in addresses; `is_new`: it was not there a day before.

    `label` is the party's own, for looking things up, never for showing. `standing`: since when it is on the list.
    """

    row: Row
    ref: str
    is_new: bool
    label: str
    standing: Standing


@dataclass(frozen=True, slots=True)
class Found:
    """What the lines that meet a filter add up to."""

    count: int
    blocked: Blocked


@dataclass(frozen=True, slots=True)
class Page:
    """A page of lines. `first` is the number of its first line among those found, from 1."""

    rows: tuple[SeenRow, ...]
    found: Found
    first: int
    before: Place | None
    after: Place | None


@dataclass(frozen=True)
class Kept:
    """A reading whose rows are in a table of this process, and nowhere else: they are seen through a sight.

    `number` tells it from those before and after it; `new_parties` is None when nobody knows what was there before.
    """

    number: int
    reading: Reading
    table: str
    stores: tuple[str, ...]
    entities: tuple[str, ...]
    shelf: Shelf
    new_parties: int | None
    beside: Beside
    _totals: Any = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Remember the totals of the last filters: each page of a list asks for them again."""
        object.__setattr__(self, "_totals", lru_cache(maxsize=256)(self._add_up))

    def found(self, wanted: Wanted, sight: Sight) -> Found:
        """Tell what the wanted lines add up to."""
        found: Found = self._add_up(wanted, sight) if wanted.needs_work else self._totals(wanted, sight)
        return found

    def page(self, asked: Asked, sight: Sight, size: int = PAGE) -> Page:
        """Return a page of lines as a sight shows them."""
        condition = self._condition(asked.wanted, sight)
        order = _Order(asked, sight)
        where, values = order.after(condition)
        with self.shelf.cursor() as cursor:
            tail = f"WHERE {where} ORDER BY {order.sql} LIMIT {size + 1}"
            lines = cursor.execute(
                f"SELECT rank, alias, is_new, {order.key} FROM {self.table} {tail}", list(values)
            ).fetchall()
            is_more, lines = len(lines) > size, lines[:size]
            if order.is_back:
                lines.reverse()
            rows = self._rows(cursor, lines, sight)
            skipped = order.count_before(cursor, self.table, condition, lines)
        return Page(
            rows, self.found(asked.wanted, sight), skipped + 1, *_places(lines, order, skipped, is_more=is_more)
        )

    def every(self, wanted: Wanted, sight: Sight) -> Iterator[SeenRow]:
        """Go through all wanted lines in rank order; some thousands are in memory at a time."""
        condition = self._condition(wanted, sight)
        last = 0
        while True:
            with self.shelf.cursor() as cursor:
                lines = cursor.execute(
                    f"SELECT rank, alias, is_new FROM {self.table} WHERE {condition.sql} AND rank > ?"
                    f" ORDER BY rank LIMIT {_BATCH}",
                    [*condition.values, last],
                ).fetchall()
                if not lines:
                    return
                batch = self._rows(cursor, lines, sight)
            yield from batch
            last = lines[-1][0]

    def row(self, ref: str, sight: Sight) -> SeenRow | None:
        """Find the line of a party by the name it has in addresses; a sight without persons knows only pseudonyms."""
        column = "party" if sight.persons else "alias_ref"
        with self.shelf.cursor() as cursor:
            lines = cursor.execute(f"SELECT rank, alias, is_new FROM {self.table} WHERE {column} = ?", [ref]).fetchall()
            return self._rows(cursor, lines, sight)[0] if lines else None

    def neighbours(self, asked: Asked, sight: Sight, rank: int) -> tuple[str | None, str | None]:
        """Return the parties before and after a line in a list."""
        condition = self._condition(asked.wanted, sight)
        order = _Order(asked.at(None), sight)
        ref = "party" if sight.persons else "alias_ref"
        with self.shelf.cursor() as cursor:
            rows = cursor.execute(
                f"""SELECT before, after FROM (
                    SELECT rank, lag({ref}) OVER (ORDER BY {order.sql}) AS before,
                        lead({ref}) OVER (ORDER BY {order.sql}) AS after
                    FROM {self.table} WHERE {condition.sql}) WHERE rank = ?""",
                [*condition.values, rank],
            ).fetchall()
        return rows[0] if rows else (None, None)

    def labels(self, wanted: Wanted, sight: Sight) -> list[str]:
        """Return the parties' own labels of all wanted lines: for changing them, not for showing."""
        condition = self._condition(wanted, sight)
        rows = self.shelf.rows(
            f"SELECT party FROM {self.table} WHERE {condition.sql} ORDER BY rank", list(condition.values)
        )
        return [row[0] for row in rows]

    def _condition(self, wanted: Wanted, sight: Sight) -> Condition:
        text = "search_text" if sight.persons else "open_text"
        found = condition_of(wanted.filter, self.reading.blocked.currency, self.stores, self.entities, text)
        return Condition(" AND ".join([found.sql, *_work(wanted)]), found.values + _work_values(wanted))

    def _rows(self, cursor: Any, lines: list[tuple[Any, ...]], sight: Sight) -> tuple[SeenRow, ...]:
        ranks = [line[0] for line in lines]
        found = selected_rows(cursor, self.table, "WHERE rank IN (SELECT unnest(?))", [ranks])
        near = near_of_ranks(cursor, ranks, f"kept.near_{self.number}") if sight.persons else {}
        rows = {row.rank: row._replace(near=near.get(row.rank, ())) for row in found}
        return tuple(self._seen(rows[rank], alias, is_new, sight) for rank, alias, is_new, *_ in lines)

    def _seen(self, row: Row, alias: str, is_new: bool, sight: Sight) -> SeenRow:
        shown = seen(row, alias, sight)
        return SeenRow(shown, shown.party, is_new, row.party, self.reading.standing(row))

    def _add_up(self, wanted: Wanted, sight: Sight) -> Found:
        condition = self._condition(wanted, sight)
        currency = self.reading.blocked.currency
        with self.shelf.cursor() as cursor:
            ((count, blocked, unknown),) = cursor.execute(
                f"SELECT count(*), sum(blocked), count(*) - count(blocked) FROM {self.table} WHERE {condition.sql}",
                list(condition.values),
            ).fetchall()
            amounts = cursor.execute(
                f"""SELECT currency, sum(amount) FROM (
                    SELECT unnest(currencies) AS currency, unnest(currency_values) AS amount
                    FROM {self.table} WHERE {condition.sql}) GROUP BY currency ORDER BY currency""",
                list(condition.values),
            ).fetchall()
        if not sight.money:
            return Found(count, Blocked(currency, None, count, ()))
        units = 0 if count == 0 else None if blocked is None else int(blocked)
        return Found(
            count, Blocked(currency, units, unknown, tuple(CurrencyAmount(name, int(sum_)) for name, sum_ in amounts))
        )


_DECIDED = f"SELECT party FROM party_work WHERE card = '{ABSENT_CUSTOMERS.id}' AND"


def _work(wanted: Wanted) -> list[str]:
    """Write what people decided as conditions; a party that nobody touched is open and nobody's."""
    parts = ["is_new"] if wanted.is_new else []
    if wanted.owner_id:
        parts.append(f"party IN ({_DECIDED} owner = ?)")
    elif wanted.owner:
        parts.append(f"party NOT IN ({_DECIDED} owner IS NOT NULL)")
    if "open" in wanted.states:
        parts.append(f"party NOT IN ({_DECIDED} NOT list_contains(?, state))")
    elif wanted.states:
        parts.append(f"party IN ({_DECIDED} list_contains(?, state))")
    return parts


def _work_values(wanted: Wanted) -> tuple[object, ...]:
    return (*([wanted.owner_id] if wanted.owner_id else ()), *([list(wanted.states)] if wanted.states else ()))


class _Order:
    """How a list is ordered, and how that is written."""

    def __init__(self, asked: Asked, sight: Sight) -> None:
        self.place = asked.place
        self.is_back = asked.place is not None and asked.place.is_before
        if asked.sort == "blocked":
            self.key, is_down = "rank", not asked.is_down
        else:
            self.key, is_down = _SORT_COLUMNS[asked.sort], asked.is_down
        if self.key == "sort_name" and not sight.persons:
            self.key = "open_name"
        self._is_down = is_down
        down = is_down != self.is_back
        self.sql = f"{self.key} {'DESC' if down else 'ASC'}, rank {'DESC' if self.is_back else 'ASC'}"

    def after(self, condition: Condition) -> tuple[str, list[object]]:
        """Add to a condition that lines stand beyond the place."""
        if self.place is None:
            return condition.sql, list(condition.values)
        beyond = "<" if self._is_down != self.is_back else ">"
        rank = "<" if self.is_back else ">"
        value = self._value(self.place.value)
        return (
            f"{condition.sql} AND ({self.key} {beyond} ? OR ({self.key} = ? AND rank {rank} ?))",
            [*condition.values, value, value, self.place.rank],
        )

    def count_before(self, cursor: Any, table: str, condition: Condition, lines: list[tuple[Any, ...]]) -> int:
        """Count the lines before a page."""
        if self.place is None or not lines:
            return 0
        before = ">" if self._is_down else "<"
        value = lines[0][3]
        rows = cursor.execute(
            f"SELECT count(*) FROM {table} WHERE {condition.sql}"
            f" AND ({self.key} {before} ? OR ({self.key} = ? AND rank < ?))",
            [*condition.values, value, value, lines[0][0]],
        ).fetchall()
        return int(rows[0][0])

    def _value(self, value: str | int) -> str | int:
        is_text = self.key in {"sort_name", "open_name", "segment", "store_bucket", "entity_bucket", "status"}
        if is_text != isinstance(value, str):
            raise ValueError("the address of this page is of another order; begin the list anew")
        return value


def _places(
    lines: list[tuple[Any, ...]], order: _Order, skipped: int, *, is_more: bool
) -> tuple[Place | None, Place | None]:
    if not lines:
        return None, None
    before = Place(lines[0][3], lines[0][0], is_before=True) if skipped else None
    after = Place(lines[-1][3], lines[-1][0]) if is_more or order.is_back else None
    return before, after
