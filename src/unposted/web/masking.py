"""Turns a row into what a role may see of it. Every page, API, export and feed gets its rows through here."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from unposted.cards.beside import Lane
from unposted.cards.bridge import BridgeStep
from unposted.cards.reading import CurrencyAmount, Row
from unposted.cards.sensitivity import Policy
from unposted.web.roles import Sight

if TYPE_CHECKING:
    from unposted.web.beside import Stood

__all__ = ["alias_of", "open_name", "seen", "seen_beside"]

_Sum = TypeVar("_Sum", Lane, BridgeStep)


def alias_of(party: str, key: bytes) -> str:
    """Name a party by a pseudonym that only this store can make: a known address cannot be tried against it."""
    import hashlib

    kind = "Company" if party.startswith("c-") else "Person"
    return f"{kind} {hashlib.blake2b(party.encode(), key=key, digest_size=5).hexdigest().upper()}"


def open_name(kind: str, company: str | None, alias: str) -> str:
    """Tell the name that everybody may see: a company's own, else the pseudonym."""
    return company if kind == "company" and company and "@" not in company else alias


def seen(row: Row, alias: str, sight: Sight) -> Row:
    """Leave of a row what a sight allows; what is hidden is empty, never made up."""
    if not sight.persons:
        shown = open_name(row.kind, row.company, alias)
        row = row._replace(
            party=alias.replace(" ", "-").lower(),
            name=shown,
            company=shown if row.kind == "company" else None,
            emails=(),
            tax_ids=(),
            external_ids=(),
            matched_evidence=None,
            near=(),
        )
    if not sight.money:
        row = row._replace(blocked=None, blocked_net=None, blocked_by_currency=_no_amounts())
    return row


def seen_beside(stood: Stood, sight: Sight) -> Stood:
    """Leave of what stands beside a reading what a sight allows: counts always, values and lines with persons if so."""
    lanes, tested = stood.lanes, stood.sensitivity
    return replace(
        stood,
        lanes=replace(
            lanes, aged_out=_seen_sum(lanes.aged_out, sight), cannot_bill=_seen_sum(lanes.cannot_bill, sight),
            conflicts=_seen_sum(lanes.conflicts, sight),
        ),
        bridge=tuple(_seen_sum(step, sight) for step in stood.bridge),
        sensitivity=replace(tested, policies=tuple(_seen_policy(one, sight) for one in tested.policies)),
    )  # fmt: skip


def _seen_sum(one: _Sum, sight: Sight) -> _Sum:
    shows_lines = sight.persons and sight.money
    return replace(one, blocked=one.blocked if sight.money else None, rows=one.rows if shows_lines else ())


def _seen_policy(policy: Policy, sight: Sight) -> Policy:
    shows_lines = sight.persons and sight.money
    return replace(
        policy, blocked=policy.blocked if sight.money else None, flipped=policy.flipped if shows_lines else ()
    )


def _no_amounts() -> tuple[CurrencyAmount, ...]:
    return ()
