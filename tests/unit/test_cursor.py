"""Where a reading begins and ends, and what moves the cursor."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from unposted.domain.cursor import Cursor, Pace, Span, drained, history_plan, news_plan, paused

_NOW = datetime(2026, 4, 12, 18, tzinfo=UTC)
_PACE = Pace()
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


def _read(**values: Any) -> Cursor:
    """A cursor of a stream that was read not long ago."""
    usual = Cursor(since=_NOW - 90 * _DAY, until=_NOW - _HOUR, daily_at=_NOW - _HOUR, weekly_at=_NOW - _HOUR)
    return replace(usual, **values)


def test_a_first_reading_begins_where_the_window_does() -> None:
    """Nothing older is needed for a first answer; nothing younger than two minutes is read."""
    plan = news_plan(Cursor(), _NOW, _PACE, _NOW - 3 * _DAY)
    assert plan.spans == (Span(_NOW - 3 * _DAY, _NOW - timedelta(minutes=2)),)


def test_long_readings_are_cut_into_weeks() -> None:
    """A span that is drained need not be read again when the next one breaks off."""
    plan = news_plan(Cursor(), _NOW, _PACE, _NOW - 20 * _DAY)
    assert [span.end - span.start for span in plan.spans[:2]] == [7 * _DAY, 7 * _DAY]
    assert all(before.end == after.start for before, after in zip(plan.spans, plan.spans[1:], strict=False))


def test_each_run_reads_the_half_hour_before_the_last_one_again() -> None:
    """What became visible a little after its time is found by the next run."""
    plan = news_plan(_read(), _NOW, _PACE, _NOW - _DAY)
    assert (plan.purpose, plan.spans[0].start) == ("news", _NOW - _HOUR - timedelta(minutes=30))


def test_the_daily_look_back_begins_three_days_before_the_last_one() -> None:
    """What was seen by no run in between is not forgotten because a run came after it."""
    cursor = _read(daily_at=_NOW - 25 * _HOUR, until=_NOW - _HOUR)
    plan = news_plan(cursor, _NOW, _PACE, _NOW - _DAY)
    assert (plan.purpose, plan.spans[0].start) == ("daily", _NOW - 25 * _HOUR - 72 * _HOUR)


def test_the_weekly_look_back_is_due_after_seven_days() -> None:
    """It begins 45 days before the last one."""
    cursor = _read(weekly_at=_NOW - 7 * _DAY)
    plan = news_plan(cursor, _NOW, _PACE, _NOW - _DAY)
    assert (plan.purpose, plan.spans[0].start) == ("weekly", _NOW - 52 * _DAY)


def test_a_look_back_does_not_reach_behind_what_was_ever_read() -> None:
    """What is older than the first reading is the history's business."""
    cursor = _read(since=_NOW - 2 * _DAY, weekly_at=_NOW - 8 * _DAY)
    assert news_plan(cursor, _NOW, _PACE, _NOW - _DAY).spans[0].start == _NOW - 2 * _DAY


def test_the_cursor_moves_only_when_a_span_is_drained() -> None:
    """While pages are being read, only the place among them is noted."""
    span = Span(_NOW - _DAY, _NOW - _HOUR)
    between = paused(_read(until=_NOW - 2 * _HOUR), span, "page 2", _NOW)
    assert (between.until, between.span, between.token) == (_NOW - 2 * _HOUR, span, "page 2")
    plan = news_plan(_read(until=_NOW - 2 * _HOUR), _NOW, _PACE, _NOW - _DAY)
    assert drained(between, plan, 0, _NOW).until == plan.spans[0].end


def test_a_cursor_never_goes_back() -> None:
    """A look back drains older spans; what is known to be read stays read."""
    cursor = _read(weekly_at=_NOW - 8 * _DAY)
    plan = news_plan(cursor, _NOW, _PACE, _NOW - _DAY)
    assert drained(cursor, plan, 0, _NOW).until == cursor.until


def test_a_span_that_was_left_is_gone_on_with() -> None:
    """The reading of a large first window is not begun again because somebody stopped it."""
    first = news_plan(Cursor(), _NOW, _PACE, _NOW - 3 * _DAY)
    left = paused(Cursor(), first.spans[0], "page 7", _NOW)
    again = news_plan(left, _NOW + _HOUR, _PACE, _NOW - 3 * _DAY)
    assert again.spans[0] == first.spans[0]
    assert again.spans[1].end == _NOW + _HOUR - timedelta(minutes=2)


def test_a_span_that_was_left_days_ago_is_read_anew() -> None:
    """Its tokens have grown old, and what came late meanwhile stands before them."""
    first = news_plan(Cursor(), _NOW, _PACE, _NOW - 3 * _DAY)
    left = paused(Cursor(), first.spans[0], "page 7", _NOW)
    again = news_plan(left, _NOW + 2 * _DAY, _PACE, _NOW - _DAY)
    assert again.spans[0].start == _NOW - _DAY


def test_the_history_is_read_backwards_from_what_is_known() -> None:
    """The newest comes first, and the same spans come again however far back the reading goes."""
    cursor = Cursor(since=_NOW, until=_NOW)
    near, far = (history_plan(cursor, _NOW - days * _DAY, _PACE).spans for days in (100, 200))
    assert near[0] == far[0] == Span(_NOW - 91 * _DAY, _NOW)
    assert (near[-1].start, far[-1].start) == (_NOW - 100 * _DAY, _NOW - 200 * _DAY)
    assert drained(cursor, history_plan(cursor, _NOW - 100 * _DAY, _PACE), 0, _NOW).since == _NOW - 91 * _DAY


def test_a_clock_that_was_put_back_reads_before_the_present() -> None:
    """A cursor ahead of our clock does not make the next reading empty."""
    ahead = _read(until=_NOW + 18 * _HOUR)
    plan = news_plan(ahead, _NOW, _PACE, _NOW - _DAY)
    assert plan.spans[0].start < _NOW - timedelta(minutes=30)
    assert plan.spans[-1].end == _NOW - timedelta(minutes=2)


def test_a_cursor_survives_being_written() -> None:
    """What is read back is what was written."""
    cursor = paused(_read(), Span(_NOW - _DAY, _NOW), "a token", _NOW)
    assert Cursor.loads(cursor.dumps()) == cursor
    assert Cursor.loads(Cursor().dumps()) == Cursor()
