"""Bugs that somebody could write into the sync and its cursor; `check` is `sync` (see tests/support/caught.py)."""

from __future__ import annotations

from tests.property.planted import Bug

__all__ = ["BUGS"]

_CURSOR = "domain/cursor.py"
_LIVE = "sync/live.py"

BUGS = (
    Bug("a reading begins behind the last one's end", _CURSOR, 'return "news", until - pace.each_run',
        'return "news", until + timedelta(minutes=20)', "sync"),
    Bug("nothing is read again", _CURSOR, "- pace.daily", "", "sync:late"),
    Bug("the looks back begin at the last run, not at the last look back", _CURSOR,
        "min(until, cursor.daily_at or until) - pace.daily", "until - pace.daily",
        "tests/unit/test_cursor.py"),
    Bug("the weekly look back is forgotten", _CURSOR, "now - cursor.weekly_at >= timedelta(days=7)", "False",
        "sync:late"),
    Bug("the cursor moves with every page", _LIVE, "if page.next is None:\n                    cursor = finish(cursor)",
        "if True:\n                    cursor = finish(cursor)", "tests/unit/test_sync_crash.py"),
    Bug(
        "what is just being written counts as read", _CURSOR, "end = now - pace.lag", "end = now",
        "tests/unit/test_cursor.py",
    ),
    Bug("only the first page is read", _LIVE, "            if token is None:\n                return",
        "            return", "sync"),
    Bug("a token is used for another span", _LIVE, "token = cursor.token if cursor.span == span else None",
        "token = cursor.token", "tests/unit/test_sync_crash.py"),
    Bug("a batch that is not full is lost", _LIVE, "if is_due or page.next is None or self.is_stopped():",
        "if is_due:", "sync"),
    Bug("deletions are never noticed", _LIVE, "self.single((*found.missing, *found.stale, *found.incorrect, *gone))",
        "self.single((*found.missing, *found.stale, *found.incorrect))", "sync"),
    Bug("what a recount finds stale stays", _LIVE, "self.single((*found.missing, *found.stale,",
        "self.single((*found.missing,", "tests/unit/test_sync_live.py"),
)  # fmt: skip
