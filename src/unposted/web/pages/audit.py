"""The log: who saw, changed and exported what; found by words, exported as CSV, checked as a chain."""

from __future__ import annotations

from starlette.responses import Response

from unposted.exports.safety import formula_safe, whole
from unposted.web.rendering import page_of
from unposted.web.visit import Page, Visit, page

__all__ = ["PAGES"]

_SEERS = frozenset({"owner", "finance"})
_PAGE = 100
_MOST = 1_000_000
_COLUMNS = ("number", "at", "person", "action", "subject", "detail", "hash")


@page("/audit", _SEERS)
def audit(visit: Visit) -> Response:
    """Show a page of the log, the newest first."""
    visit.desk.audit.flush()
    before = visit.query.get("before", "")
    start = int(before) if before.isascii() and before.isdigit() and len(before) < 16 else None
    words = visit.query.get("q", "")[:200]
    lines = visit.desk.audit.lines(most=_PAGE + 1, before=start, words=words)
    return page_of(
        visit, "audit.html", lines=lines[:_PAGE], more=lines[_PAGE - 1].number if len(lines) > _PAGE else None,
        words=words, broken=visit.desk.audit.first_broken(),
    )  # fmt: skip


@page("/audit.csv", _SEERS)
def audit_csv(visit: Visit) -> Response:
    """Give the whole log, or the lines that hold the words."""
    import csv
    from io import StringIO

    visit.desk.audit.flush()
    words = visit.query.get("q", "")[:200]
    lines = visit.desk.audit.lines(most=_MOST, words=words)
    visit.desk.audit.note(visit.who, "export", "audit", visit.now, rows=len(lines), filter=words)
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(_COLUMNS)
    for line in lines:
        cells = (line.person, line.action, line.subject, line.detail, line.hash)
        writer.writerow([line.number, line.at.isoformat(), *[formula_safe(whole(cell)) for cell in cells]])
    headers = {"content-disposition": 'attachment; filename="audit.csv"'}
    return Response("\ufeff" + text.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


PAGES: tuple[Page, ...] = (audit, audit_csv)
