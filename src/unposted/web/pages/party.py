"""The page of a party: the shop's side, the D365 side, what was compared, what people decided, and its history."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from starlette.responses import RedirectResponse, Response

from unposted.cards.catalogue import ABSENT_CUSTOMERS
from unposted.web.asked import Asked
from unposted.web.deep_links import order_link, record_link
from unposted.web.kept import SeenRow
from unposted.web.party import PartyFacts, facts_of_party
from unposted.web.rendering import error_page, page_of
from unposted.web.visit import Page, Visit, page
from unposted.web.work import STATES

__all__ = ["PAGES", "party_url"]

_WORKERS = frozenset({"owner", "finance", "operations"})
_KEYS = {
    "external_id": "External id",
    "tax_id": "Tax id",
    "email": "E-mail",
    "phone": "Phone",
    "name_address": "Name and address",
}


@dataclass(frozen=True, slots=True)
class _Event:
    """One line of a party's history."""

    happened_at: datetime
    words: str
    who: str = ""


def party_url(ref: str, asked: Asked) -> str:
    """Return the address of a party, with the list that it was opened from."""
    query = asked.at(None).url("").removeprefix("?")
    return f"/parties/{ref}?{query}" if query else f"/parties/{ref}"


@page("/parties/{party}", frozenset(ABSENT_CUSTOMERS.roles))
def party(visit: Visit) -> Response:
    """Show a party."""
    kept = visit.known.kept
    seen = kept.row(visit.params["party"], visit.sight) if kept else None
    if kept is None or seen is None:
        return _not_there(visit)
    asked, desk = _list_of(visit), visit.desk
    if visit.sight.persons:
        desk.audit.seen(visit.who, seen.label, visit.now, page="party")
    before, after = kept.neighbours(asked, visit.sight, seen.row.rank)
    facts = facts_of_party(kept, seen.label, visit.sight, desk.workspace.field_map.match_on)
    return page_of(
        visit, "party.html", row=seen.row, seen=seen, asked=asked, reading=kept.reading, facts=facts, key_words=_KEYS,
        before=party_url(before, asked) if before else None, after=party_url(after, asked) if after else None,
        back=asked.url(), work=desk.works.of(ABSENT_CUSTOMERS.id, [seen.label])[seen.label], states=STATES,
        notes=desk.works.notes(ABSENT_CUSTOMERS.id, seen.label) if visit.may("work") else [],
        people=desk.people.all(), names={person.person_id: person.name for person in desk.people.all()},
        history=_history(visit, seen, facts) if visit.may("work") else [], here=party_url(seen.ref, asked),
        order_link=lambda order: order_link(desk.workspace, order),
        record_link=lambda held: record_link(desk.workspace, held.entity, held.account),
    )  # fmt: skip


@page("/parties/{party}/work", _WORKERS, "POST")
def work(visit: Visit) -> Response:
    """Change a party's owner, due date, state or reason."""
    kept = visit.known.kept
    seen = kept.row(visit.params["party"], visit.sight) if kept else None
    if seen is None:
        return _not_there(visit)
    changes = visit.work_changes()
    url = party_url(seen.ref, Asked.of(visit.form, visit.person_of()))
    if not changes:
        return RedirectResponse(url, 303)
    undo = visit.desk.works.change(ABSENT_CUSTOMERS.id, [seen.label], visit.who, visit.now, "Changed.", **changes)
    return RedirectResponse(f"{url}{'&' if '?' in url else '?'}undo={undo.undo_id}", 303)


@page("/parties/{party}/notes", _WORKERS, "POST")
def note(visit: Visit) -> Response:
    """Write a note on a party."""
    kept = visit.known.kept
    seen = kept.row(visit.params["party"], visit.sight) if kept else None
    if seen is None:
        return _not_there(visit)
    text = visit.form.get("text", "")
    visit.desk.works.write_note(ABSENT_CUSTOMERS.id, seen.label, text, visit.who, visit.now)
    return RedirectResponse(f"{party_url(seen.ref, Asked.of(visit.form, visit.person_of()))}#notes", 303)


def _list_of(visit: Visit) -> Asked:
    """Return the list that the party was opened from; an address that cannot be read is the whole list."""
    try:
        return Asked.of({name: visit.query.get(name, "") for name in ("q", "sort")}, visit.person_of())
    except ValueError:
        return Asked()


def _not_there(visit: Visit) -> Response:
    words = "It may have been created in Dynamics since, or its last order left the window. Look at the worklist."
    return error_page(visit, 404, "This party is not on the list", words)


def _history(visit: Visit, seen: SeenRow, facts: PartyFacts) -> list[_Event]:
    """Put together what happened to a party: its orders, and what people did, the newest first."""
    events = [_Event(order.created_at, f"Order {order.name} in {order.store}") for order in facts.orders]
    events += [
        _Event(line.at, _said(line.action, json.loads(line.detail), visit), line.person)
        for line in visit.desk.audit.of_subject(seen.label)
        if line.action in {"change", "undo", "note"}
    ]
    return sorted(events, key=lambda event: event.happened_at, reverse=True)


def _said(action: str, detail: dict[str, str], visit: Visit) -> str:
    if action == "note":
        return "Note written"
    if action == "undo":
        return "Change taken back"
    names = {person.person_id: person.name for person in visit.desk.people.all()}
    told = [
        f"{name} {names.get(str(value), str(value)).replace('_', ' ')}"
        for name, value in detail.items()
        if name != "was"
    ]
    return "Set " + ", ".join(told) if told else "Cleared"


PAGES: tuple[Page, ...] = (party, work, note)
