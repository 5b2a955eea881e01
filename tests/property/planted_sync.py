"""Bugs that somebody could write into the sync and its cursor; `check` is `sync` (see tests/support/caught.py)."""

from __future__ import annotations

from tests.property.planted import Bug

__all__ = ["BUGS"]

_CURSOR = "domain/cursor.py"
_LIVE = "sync/live.py"
_QUEUE = "store/streams.py"
_HINTS = "tests/property/test_hints.py::test_a_known_schedule_changes_nothing"
_FORGED = "tests/property/test_hints.py::test_a_forged_delivery_is_refused_and_stored_nowhere"

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
    Bug("a hint is forgotten before its record was fetched", "sync/run.py",
        "reader.news(self._begin(stream, now))", "hints.done(now)\n        reader.news(self._begin(stream, now))",
        _HINTS),
    Bug("a hint that comes meanwhile is forgotten with the others", _QUEUE,
        "AND list_contains(?, coalesce(record_id", "OR list_contains(?, coalesce(record_id", _HINTS),
    Bug("a hinted record is fetched for ever", _QUEUE, "AND done_at IS NULL ORDER BY ALL", "ORDER BY ALL", _HINTS),
    Bug("a repeated delivery is another hint", _QUEUE, "    if known:\n        return False", "", _HINTS),
    Bug("hints are taken and nothing is fetched", "sync/run.py", "if hints.ids and stream.by_id is not None:",
        "if not hints.ids:", _HINTS),
    Bug("a webhook's signature is not looked at", "connectors/shopify/webhooks.py", "if not _is_signed(secrets, ",
        "if False and not _is_signed(secrets, ", _FORGED),
    Bug("a webhook's secret is not looked at", "connectors/business_central/webhooks.py",
        "return bool(secret) and compare_digest(", "return bool(secret) or compare_digest(", _FORGED),
)  # fmt: skip
