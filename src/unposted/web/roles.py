"""Who may see and do what: the roles, what each may see of a row, and the access that a route declares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

__all__ = ["PUBLIC", "ROLES", "ROLE_WORDS", "SIGNED_IN", "Access", "Sight", "may", "sight_of"]

ROLES: tuple[str, ...] = ("owner", "finance", "operations", "marketing", "engineering")
ROLE_WORDS: Mapping[str, str] = {
    "owner": "Everything: the numbers, the people, the settings.",
    "finance": "Money, worklist, exports and the log.",
    "operations": "Worklist, actions and the connectors' health.",
    "marketing": "Counts, splits and trends; personal data is masked.",
    "engineering": "Runs and errors; no money, no persons.",
}


class Sight(NamedTuple):
    """What of a row is shown: who the persons are, and amounts of money."""

    persons: bool
    money: bool


_SIGHTS = {
    "owner": Sight(persons=True, money=True),
    "finance": Sight(persons=True, money=True),
    "operations": Sight(persons=True, money=True),
    "marketing": Sight(persons=False, money=True),
    "engineering": Sight(persons=False, money=False),
}


def sight_of(role: str) -> Sight:
    """Tell what a role sees of a row; an unknown role sees nothing."""
    return _SIGHTS.get(role, Sight(persons=False, money=False))


@dataclass(frozen=True, slots=True)
class _Everybody:
    """Whoever asks."""

    is_public: bool


Access: TypeAlias = "frozenset[str] | _Everybody"
PUBLIC: Access = _Everybody(is_public=True)
"""Anybody, signed in or not."""
SIGNED_IN: Access = _Everybody(is_public=False)
"""Anybody who is signed in."""

_ACTIONS: Mapping[str, frozenset[str]] = {
    "work": frozenset({"owner", "finance", "operations"}),
    "export": frozenset({"owner", "finance", "operations", "marketing"}),
    "sync": frozenset({"owner", "operations", "engineering"}),
    "people": frozenset({"owner"}),
    "audit": frozenset({"owner", "finance"}),
    "settings": frozenset({"owner", "finance", "operations", "engineering"}),
    "rules": frozenset({"owner"}),
}


def may(role: str, action: str) -> bool:
    """Tell whether a role may do something; an action that nobody declared is nobody's."""
    return role in _ACTIONS.get(action, frozenset())
