"""Exports of what is listed, the jobs of large ones, and the feeds that spreadsheets refresh from."""

from __future__ import annotations

from io import BytesIO

from starlette.responses import FileResponse, RedirectResponse, Response

from unposted.cards.catalogue import ABSENT_CUSTOMERS
from unposted.web.api_tokens import find_token
from unposted.web.exporting import AT_ONCE, FORMS, STYLES, export_name, seen_reading, write_export
from unposted.web.people import Person
from unposted.web.rendering import error_page, page_of
from unposted.web.roles import PUBLIC, may, sight_of
from unposted.web.visit import Page, Visit, page

__all__ = ["PAGES"]

_EXPORTERS = frozenset(role for role in ABSENT_CUSTOMERS.roles if may(role, "export"))


@page("/export/worklist.{form}", _EXPORTERS)
def export(visit: Visit) -> Response:
    """Give all rows that match as a file, or begin to make it when they are very many."""
    kept, form = visit.known.kept, visit.params["form"]
    if form not in FORMS:
        return error_page(visit, 404, "There is no such format", f"There are: {', '.join(FORMS)}.")
    if kept is None:
        return error_page(visit, 503, "No numbers yet", "The sources are being read. Try again in a moment.")
    wanted = visit.wanted()
    count = kept.found(wanted, visit.sight).count
    visit.desk.audit.note(visit.who, "export", "worklist", visit.now, form=form, filter=wanted.text, rows=count)
    if count > AT_ONCE:
        job = visit.desk.jobs.start(visit.who.person_id, kept, wanted, visit.sight, form, _style(visit))
        return RedirectResponse(f"/exports/{job.job_id}", 303)
    return _file(visit, visit.who, form, _style(visit), is_feed=False)


@page("/exports/{job}", _EXPORTERS)
def job(visit: Visit) -> Response:
    """Show how far a large export is."""
    found = visit.desk.jobs.find(visit.params["job"], visit.who.person_id)
    if found is None:
        return error_page(
            visit, 404, "This export is gone", "Exports are kept until the server ends. Ask for it again."
        )
    return page_of(visit, "export.html", job=found)


@page("/exports/{job}/file", _EXPORTERS)
def job_file(visit: Visit) -> Response:
    """Give a large export that is done."""
    found = visit.desk.jobs.find(visit.params["job"], visit.who.person_id)
    if found is None or found.state != "done" or found.path is None:
        return error_page(visit, 404, "This export is not there", "It may still be going on, or have been removed.")
    return FileResponse(found.path, media_type=FORMS[found.form], filename=found.name)


@page("/feed/{token}/worklist.{form}", PUBLIC)
def feed(visit: Visit) -> Response:
    """Give the rows to a spreadsheet that shows a token made for feeds; it sees what the token's person sees."""
    person = feed_person(visit, visit.params["token"])
    if person is None:
        return Response("This feed is good no more. Make a new token.", 401, media_type="text/plain")
    if visit.params["form"] not in FORMS or visit.known.kept is None:
        return Response("There is nothing here yet.", 404, media_type="text/plain")
    return _file(visit, person, visit.params["form"], _style(visit, "plain"), is_feed=True)


def feed_person(visit: Visit, secret: str) -> Person | None:
    """Return whose feed token a secret is, if they may see the rows."""
    token = find_token(visit.desk.shelf, secret, visit.now)
    person = visit.desk.people.by_id(token.person_id) if token and token.scope == "feed" else None
    return person if person and person.role in _EXPORTERS else None


def _file(visit: Visit, person: Person, form: str, style: str, *, is_feed: bool) -> Response:
    kept = visit.known.kept
    assert kept is not None
    reading = seen_reading(kept, visit.wanted(person), sight_of(person.role))
    if is_feed:
        visit.desk.audit.seen(person, "worklist", visit.now, feed=form, rows=reading.value)
    body = BytesIO()
    write_export(reading, form, style, body)
    headers = {"content-disposition": f'attachment; filename="{export_name(reading, form)}"'}
    return Response(body.getvalue(), media_type=FORMS[form], headers=headers)


def _style(visit: Visit, usual: str = "excel") -> str:
    asked = visit.query.get("for", usual)
    if asked not in STYLES:
        raise ValueError(f"there is no way {asked[:40]!r} of writing CSV; there are: {', '.join(STYLES)}")
    return asked


PAGES: tuple[Page, ...] = (export, job, job_file, feed)
