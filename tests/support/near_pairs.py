"""The oracle of near matches: every party against every record, and what must be found of that.

Scores come from the product's own rules (they have their examples); that no pair is lost on the way, that a party is
looked for where it is missing, and what the join status promises is worked out here with lists and loops.
"""

from __future__ import annotations

from tests.support.oracle_identity import near
from tests.support.world import World
from unposted.cards.near_score import Judged, Profile, judge
from unposted.cards.near_score import Master as Rarities
from unposted.domain.records import Key, Master, Order

__all__ = ["expected_near", "shares_a_key"]


def expected_near(world: World, order: Order, rarities: Rarities) -> dict[str, Judged]:
    """Judge the records of the missing entity against the party of an order, by account."""
    party = _profile(order.buyer_name, order.keys, is_company=False)
    return {
        record.account: judge(party, _profile(record.name, record.keys, is_company=record.is_company), rarities)
        for record in _masters(world)
        if record.entity == "USTI"
    }


def shares_a_key(world: World, order: Order, account: str) -> bool:
    """Tell whether a record shares with the party what the status near_match looks for."""
    record = next(record for record in _masters(world) if record.account == account)
    return near(_values(order.keys), _values(record.keys))


def _masters(world: World) -> list[Master]:
    return [record for records in world.facts.values() for record in records if isinstance(record, Master)]


def _values(keys: tuple[Key, ...]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for key in keys:
        found.setdefault(key.kind, set()).add(key.value)
    return found


def _profile(name: str | None, keys: tuple[Key, ...], *, is_company: bool) -> Profile:
    values = {kind: tuple(sorted(found)) for kind, found in _values(keys).items()}
    return Profile((name,) if name else (), is_company, values)
