"""What stands behind one line: the orders, and what was compared with the customer master and how that ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from unposted.web.kept import Kept
from unposted.web.roles import Sight
from unposted.web.shelf import utc

__all__ = ["Compared", "Held", "Ordered", "PartyFacts", "facts_of_party"]


@dataclass(frozen=True, slots=True)
class Ordered:
    """An active order of the party. Amounts are minor units of its currency, None when they are not to be seen."""

    store: str
    platform: str
    order_id: str | None
    name: str | None
    created_at: datetime
    currency: str
    value: int | None
    net: int | None
    is_blocked: bool
    entities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """A master record that carries one of the party's values."""

    entity: str
    account: str | None
    name: str | None


@dataclass(frozen=True, slots=True)
class Compared:
    """What one key of the field map came to; `values` are hidden from those who may not see persons, `count` is not."""

    kind: str
    count: int
    values: tuple[str, ...]
    held: tuple[Held, ...]


@dataclass(frozen=True, slots=True)
class PartyFacts:
    """The orders of a party, newest first, and what was compared, in the order of the field map."""

    orders: tuple[Ordered, ...]
    compared: tuple[Compared, ...]


def facts_of_party(kept: Kept, party: str, sight: Sight, keys: Sequence[str]) -> PartyFacts:
    """Look up what stands behind a line, as a sight shows it; `keys` are the field map's, in order."""
    return PartyFacts(_orders(kept, party, sight), tuple(_compared(kept, party, sight, kind) for kind in keys))


def _orders(kept: Kept, party: str, sight: Sight) -> tuple[Ordered, ...]:
    rows = kept.shelf.rows(
        f"""SELECT store, platform, order_id, order_name, created_at, currency, value, net, is_blocked, entities
        FROM kept.bought_{kept.number} WHERE party = ? ORDER BY created_at DESC, order_id""",
        [party],
    )
    return tuple(_order(sight, *row) for row in rows)


def _order(
    sight: Sight, store: str, platform: str, order_id: str, name: str, at: datetime, currency: str, value: int,
    net: int, is_blocked: bool, entities: list[str] | None,
) -> Ordered:  # fmt: skip
    return Ordered(
        store, platform, order_id if sight.persons else None, name if sight.persons else None, utc(at), currency,
        value if sight.money else None, net if sight.money else None, is_blocked,
        tuple(entity for entity in entities or () if entity),
    )  # fmt: skip


def _compared(kept: Kept, party: str, sight: Sight, kind: str) -> Compared:
    values = [
        row[0] for row in kept.shelf.rows(
            f"SELECT value FROM kept.tried_{kept.number} WHERE party = ? AND kind = ? ORDER BY value", [party, kind]
        )
    ]  # fmt: skip
    rows: list[tuple[Any, ...]] = kept.shelf.rows(
        f"""SELECT h.entity, h.account, any_value(m.name)
        FROM kept.held_{kept.number} AS h
        LEFT JOIN master_version AS m
            ON m.entity = h.entity AND m.account = h.account AND m.known_to = TIMESTAMP '9999-12-31'
        WHERE h.party = ? AND h.kind = ? GROUP BY h.entity, h.account ORDER BY h.entity, h.account""",
        [party, kind],
    )
    shown = tuple(dict.fromkeys(value.removeprefix("~") for value in values))
    if not sight.persons:
        return Compared(kind, len(shown), (), tuple(Held(row[0], None, None) for row in rows))
    return Compared(kind, len(shown), shown, tuple(Held(*row) for row in rows))
