"""Turns a row into what a role may see of it. Every page, API, export and feed gets its rows through here."""

from __future__ import annotations

from unposted.cards.reading import CurrencyAmount, Row
from unposted.web.roles import Sight

__all__ = ["alias_of", "open_name", "seen"]


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


def _no_amounts() -> tuple[CurrencyAmount, ...]:
    return ()
