"""The operations of the API: cards, readings, rows, parties, notes, sources, runs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec

from unposted.cards.catalogue import ABSENT_CUSTOMERS, Card
from unposted.cards.reading import Blocked, CurrencyAmount
from unposted.domain.money import amount_text
from unposted.web.api import shapes
from unposted.web.api.beside_calls import BESIDE_OPERATIONS
from unposted.web.api.operations import BASE, Operation, Parameter, kept_of, operation, taken
from unposted.web.asked import SORTS, Asked
from unposted.web.kept import PAGE, SeenRow
from unposted.web.pages.sources import run_lines, stream_lines
from unposted.web.party import Ordered, facts_of_party
from unposted.web.problems import Problem
from unposted.web.roles import SIGNED_IN
from unposted.web.told import told_of
from unposted.web.visit import Visit
from unposted.web.work import Note, PartyWork

__all__ = ["OPERATIONS"]

_SEERS = frozenset(ABSENT_CUSTOMERS.roles)
_WORKERS = frozenset({"owner", "finance", "operations"})
_HEALTH = frozenset({"owner", "finance", "operations", "engineering"})
_CARD = Parameter("card", "path", {"type": "string"}, "The card's id.")
_PARTY = Parameter("party", "path", {"type": "string"}, "The party, as a row names it.")
_LIST = (
    Parameter("q", "query", {"type": "string", "maxLength": 2000}, "A filter as people type it: segment:b2b min:1000."),
    Parameter("sort", "query", {"type": "string", "enum": [s for n in SORTS for s in (n, f"-{n}")]}, "The order."),
    Parameter("at", "query", {"type": "string"}, "Where the page begins: as `next` and `previous` say."),
    Parameter("limit", "query", {"type": "integer", "minimum": 1, "maximum": 1000, "default": PAGE}, "Rows of a page."),
)


@operation("GET", "/cards", SIGNED_IN, shapes.CardsAnswer)
def list_cards(visit: Visit) -> shapes.CardsAnswer:
    """List the cards of the asking role."""
    cards = [ABSENT_CUSTOMERS] if visit.who.role in ABSENT_CUSTOMERS.roles else []
    return shapes.CardsAnswer([_card(card) for card in cards])


@operation("GET", "/cards/{card}", _SEERS, shapes.CardAnswer, _CARD)
def read_card_definition(visit: Visit) -> shapes.CardAnswer:
    """Read the definition of a card."""
    return _card(_known_card(visit))


@operation("GET", "/readings/{card}", _SEERS, shapes.ReadingAnswer, _CARD)
def read_reading(visit: Visit) -> shapes.ReadingAnswer:
    """Read what a card says now."""
    card = _known_card(visit)
    kept_of(visit)
    told = told_of(visit.known, card, visit.sight)
    assert told is not None
    reading = told.reading
    currency = reading.blocked.currency
    blocked = reading.blocked if visit.sight.money else Blocked(currency, None, reading.value, ())
    return shapes.ReadingAnswer(
        card=card.id, label=card.label, value=reading.value, as_of=reading.as_of, window_from=reading.window.start,
        window_to=reading.window.end, zone=reading.window.zone, definition_version=reading.definition_version,
        alert="firing" if reading.alert.state == "firing" else "ok", alert_above=reading.alert.threshold,
        colour=told.colour, blocked=_blocked(blocked),
        splits=[
            shapes.SplitAnswer(split.name, [
                shapes.BucketAnswer(part.name, part.count, _amount(part.blocked, currency), _api_url(part.url))
                for part in split.parts
            ])
            for split in told.splits
        ],
        in_dataverse=reading.in_dataverse, quarantined=reading.quarantined,
        inputs=[
            shapes.InputAnswer(one.source, one.stream, one.records, one.newest, one.read_at) for one in reading.inputs
        ],
        trend=[
            shapes.PointAnswer(one.day, one.value, _amount(one.blocked if visit.sight.money else None, currency))
            for one in told.trend
        ],
        change=told.change,
    )  # fmt: skip


@operation("GET", "/rows", _SEERS, shapes.RowsAnswer, *_LIST)
def list_rows(visit: Visit) -> shapes.RowsAnswer:
    """List a page of the rows that match, with the totals of all that match."""
    kept = kept_of(visit)
    asked = Asked.of(visit.query, visit.person_of())
    limit = visit.query.get("limit", str(PAGE))
    if not (limit.isascii() and limit.isdigit() and len(limit) < 5 and 1 <= int(limit) <= 1000):
        raise Problem(400, "That is no limit", "A page has 1 to 1000 rows.", "bad-limit")
    page = kept.page(asked, visit.sight, int(limit))
    works = visit.desk.works.of(ABSENT_CUSTOMERS.id, [one.label for one in page.rows])
    more = f"&limit={limit}" if "limit" in visit.query else ""
    return shapes.RowsAnswer(
        page.found.count, _blocked(page.found.blocked), page.first,
        [_row(visit, one, works[one.label]) for one in page.rows],
        _api_url(asked.at(page.before).url()) + more if page.before else None,
        _api_url(asked.at(page.after).url()) + more if page.after else None,
    )  # fmt: skip


@operation("GET", "/parties/{party}", _SEERS, shapes.PartyAnswer, _PARTY)
def read_party(visit: Visit) -> shapes.PartyAnswer:
    """Read a party with its orders and what was compared."""
    kept, seen = kept_of(visit), _seen(visit)
    if visit.sight.persons:
        visit.desk.audit.seen(visit.who, seen.label, visit.now, page="api")
    facts = facts_of_party(kept, seen.label, visit.sight, visit.desk.workspace.field_map.match_on)
    work = visit.desk.works.of(ABSENT_CUSTOMERS.id, [seen.label])[seen.label]
    return shapes.PartyAnswer(
        _row(visit, seen, work), [_order(order) for order in facts.orders],
        [
            shapes.TriedAnswer(one.kind, one.count, list(one.values), sorted({held.entity for held in one.held}))
            for one in facts.compared
        ],
    )  # fmt: skip


@operation("PATCH", "/parties/{party}", _WORKERS, shapes.PartyWorkAnswer, _PARTY, takes=shapes.WorkChange)
def change_party(visit: Visit) -> shapes.PartyWorkAnswer:
    """Change the owner, due date, state or reason of a party."""
    asked = taken(visit, shapes.WorkChange)
    seen = _seen(visit)
    changes: dict[str, Any] = {
        name: value
        for name in ("owner", "due", "state", "reason")
        if (value := getattr(asked, name)) is not msgspec.UNSET
    }
    if changes.get("owner"):
        person = visit.desk.people.by_id(visit.who.person_id if changes["owner"] == "me" else changes["owner"])
        if person is None:
            raise Problem(422, "There is no such person", "Name a person's id, `me`, or null.", "no-person")
        changes["owner"] = person.person_id
    visit.desk.works.change(ABSENT_CUSTOMERS.id, [seen.label], visit.who, visit.now, "", **changes)
    return _work(visit, visit.desk.works.of(ABSENT_CUSTOMERS.id, [seen.label])[seen.label])


@operation("GET", "/parties/{party}/notes", _WORKERS, shapes.NotesAnswer, _PARTY)
def list_notes(visit: Visit) -> shapes.NotesAnswer:
    """List the notes on a party."""
    return shapes.NotesAnswer([_note(n) for n in visit.desk.works.notes(ABSENT_CUSTOMERS.id, _seen(visit).label)])


@operation(
    "POST", "/parties/{party}/notes", _WORKERS, shapes.NoteAnswer, _PARTY, takes=shapes.NewNote, status=201
)  # fmt: skip
def write_note(visit: Visit) -> shapes.NoteAnswer:
    """Write a note on a party."""
    text = taken(visit, shapes.NewNote).text
    return _note(visit.desk.works.write_note(ABSENT_CUSTOMERS.id, _seen(visit).label, text, visit.who, visit.now))


@operation("GET", "/sources", _HEALTH, shapes.SourcesAnswer)
def list_sources(visit: Visit) -> shapes.SourcesAnswer:
    """List every stream that was read, and how that went."""
    return shapes.SourcesAnswer(
        visit.known.phase,
        [
            shapes.SourceAnswer(
                one.source, one.stream, one.records, one.newest, one.read_at, one.quarantined, one.outcome, one.remark,
                None if one.recount is None else list(one.recount),
            )
            for one in stream_lines(visit.desk)
        ],
    )  # fmt: skip


@operation("GET", "/runs", _HEALTH, shapes.RunsAnswer)
def list_runs(visit: Visit) -> shapes.RunsAnswer:
    """List the newest runs."""
    return shapes.RunsAnswer([
        shapes.RunAnswer(
            run.run_id, run.source, run.stream, run.started_at, run.ended_at, run.fetched, run.stored, run.unchanged,
            run.quarantined, run.gone, run.calls, run.outcome, run.remark,
        )
        for run in run_lines(visit.desk)
    ])  # fmt: skip


OPERATIONS: tuple[Operation, ...] = (
    list_cards, read_card_definition, read_reading, list_rows, read_party, change_party, list_notes, write_note,
    list_sources, list_runs, *BESIDE_OPERATIONS,
)  # fmt: skip


def _known_card(visit: Visit) -> Card:
    if visit.params["card"] != ABSENT_CUSTOMERS.id:
        raise Problem(404, "There is no such card", f"{BASE}/cards lists those that there are.", "no-card")
    return ABSENT_CUSTOMERS


def _seen(visit: Visit) -> SeenRow:
    seen = kept_of(visit).row(visit.params["party"], visit.sight)
    if seen is None:
        raise Problem(404, "This party is not on the list", f"{BASE}/rows lists those that are.", "no-party")
    return seen


def _card(card: Card) -> shapes.CardAnswer:
    return shapes.CardAnswer(
        card.id, card.label, card.question, card.card_class, card.category, card.window, card.alert_above,
        card.sentiment, card.format, list(card.roles), card.version, card.definition,
    )  # fmt: skip


def _row(visit: Visit, seen: SeenRow, work: PartyWork) -> shapes.RowAnswer:
    row = seen.row
    currency = visit.desk.workspace.reporting_currency
    return shapes.RowAnswer(
        rank=row.rank, party=row.party, name=row.name, kind=row.kind, company=row.company, segment=row.segment,
        stores=list(row.stores), platforms=list(row.platforms), emails=list(row.emails), tax_ids=list(row.tax_ids),
        external_ids=list(row.external_ids), expected_entities=list(row.expected_entities), ambiguous=row.ambiguous,
        missing_entities=list(row.missing_entities), exists_in=list(row.exists_in), status=row.status,
        flags=list(row.flags), matched_evidence=row.matched_evidence, blocked=_amount(row.blocked, currency),
        blocked_net=_amount(row.blocked_net, currency),
        blocked_by_currency=[_money(amount) for amount in row.blocked_by_currency], orders=row.orders,
        first_order_at=row.first_order_at, last_order_at=row.last_order_at, age_days=row.age_days, route=row.route,
        recommended_action=row.recommended_action,
        near=[
            shapes.NearAnswer(one.account, one.entity, one.name, one.verdict, one.score, list(one.evidence))
            for one in row.near
        ],
        first_seen=seen.standing.first_seen, usual_clear_minutes=seen.standing.usual_clear_minutes,
        stuck=seen.standing.stuck, is_new=seen.is_new, work=_work(visit, work),
    )  # fmt: skip


def _work(visit: Visit, work: PartyWork) -> shapes.PartyWorkAnswer:
    owner = visit.desk.people.by_id(work.owner) if work.owner else None
    work = replace(work, reason=work.reason if visit.may("work") else None)
    name = owner.name if owner else None
    return shapes.PartyWorkAnswer(work.owner, name, work.due, work.state, work.reason, work.changed_at)


def _order(order: Ordered) -> shapes.OrderAnswer:
    return shapes.OrderAnswer(
        order.store, order.platform, order.order_id, order.name, order.created_at,
        None if order.value is None else _money(CurrencyAmount(order.currency, order.value)),
        None if order.net is None else _money(CurrencyAmount(order.currency, order.net)), order.is_blocked,
        list(order.entities),
    )  # fmt: skip


def _note(note: Note) -> shapes.NoteAnswer:
    return shapes.NoteAnswer(note.note_id, note.text, note.written_at, note.written_by)


def _blocked(blocked: Blocked) -> shapes.BlockedAnswer:
    return shapes.BlockedAnswer(
        blocked.currency, _amount(blocked.units, blocked.currency), blocked.unknown_rate_rows,
        [_money(amount) for amount in blocked.by_currency],
    )  # fmt: skip


def _money(amount: CurrencyAmount) -> shapes.Amount:
    return shapes.Amount(amount.currency, amount_text(amount.units, amount.currency))


def _amount(units: int | None, currency: str) -> str | None:
    return None if units is None else amount_text(units, currency)


def _api_url(url: str) -> str:
    return url.replace("/worklist", f"{BASE}/rows", 1)
