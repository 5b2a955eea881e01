"""The page of a card: its definition, splits, trend, and where each figure comes from."""

from __future__ import annotations

from starlette.responses import Response

from unposted.cards.catalogue import ABSENT_CUSTOMERS
from unposted.cards.chain import chain
from unposted.web.freshness import freshness_of
from unposted.web.masking import seen_beside
from unposted.web.rendering import error_page, page_of
from unposted.web.roles import SIGNED_IN
from unposted.web.standing_beside import falls_of, lanes_of, policies_of
from unposted.web.told import told_of
from unposted.web.visit import Page, Visit, page

__all__ = ["PAGES"]

_DIFFERS = (
    "A list made by hand usually counts quotes, cancelled and test orders, or every contact who ever bought. Here a"
    " customer counts once, with at least one active order in the window, against the entity that should bill it."
)
_EXISTS = (
    "It exists in another legal entity, or under another key. The party's page shows each key that was compared,"
    " what it met, and records that look alike."
)
_LEAVES = (
    "When the entity's customer master shows a record with one of the party's keys at the next sync, or when its"
    " last active order leaves the window."
)
_QUESTIONS = (
    ("Why does my own list differ?", _DIFFERS),
    ("The customer exists in Dynamics. Why is it here?", _EXISTS),
    ("When does a row go away?", _LEAVES),
)
_WHERE = (
    ("Finance & Operations", "Accounts receivable › Customers › All customers, in the row's company"),
    ("Business Central", "Sales › Customers, in the row's company"),
    ("Dataverse", "Accounts or Contacts › the record › Customer details: promote it with dual-write"),
)

_PATIENCE = 1.0
"""Seconds that the page waits for what stands beside; later it asks again by itself."""


@page("/cards/{card}", SIGNED_IN)
def card(visit: Visit) -> Response:
    """Show a card."""
    if visit.params["card"] != ABSENT_CUSTOMERS.id:
        return error_page(visit, 404, "There is no such card", "The board lists the cards that there are.")
    if visit.who.role not in ABSENT_CUSTOMERS.roles:
        return error_page(visit, 403, "Not for your role", f"As {visit.who.role} you may not see this card.")
    kept = visit.known.kept
    found = kept.beside.stood(_PATIENCE) if kept else None
    stood = seen_beside(found, visit.sight) if found else None
    return page_of(
        visit, "card.html", is_failed=bool(kept and kept.beside.is_failed), stood=stood,
        lanes=lanes_of(stood.lanes) if stood else (), falls=falls_of(stood.bridge) if stood else (),
        policies=policies_of(stood) if stood else (), card=ABSENT_CUSTOMERS,
        told=told_of(visit.known, ABSENT_CUSTOMERS, visit.sight),
        freshness=freshness_of(visit.desk, visit.known), questions=_QUESTIONS, where=_WHERE,
        relations=[(one.name, one.sql) for one in reversed(chain((ABSENT_CUSTOMERS.relation,)))],
        match_on=visit.desk.workspace.field_map.match_on, changes=visit.known.changes,
    )  # fmt: skip


PAGES: tuple[Page, ...] = (card,)
