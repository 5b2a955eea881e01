"""Windows: calendar days of the workspace's zone as exact instants."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from unposted.domain.window import day_start, window_of

_NEW_YORK = ZoneInfo("America/New_York")
_AS_OF = datetime(2026, 4, 12, 16, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("1D", datetime(2026, 4, 12, 4, tzinfo=UTC)),
        ("7D", datetime(2026, 4, 6, 4, tzinfo=UTC)),
        (" 7d ", datetime(2026, 4, 6, 4, tzinfo=UTC)),
        ("30D", datetime(2026, 3, 14, 4, tzinfo=UTC)),
        ("90D", datetime(2026, 1, 13, 5, tzinfo=UTC)),
    ],
)
def test_days_are_the_zones_calendar_days_up_to_the_as_of_instant(text: str, start: datetime) -> None:
    """The as-of day is the last of them; in January a New York day begins at five UTC, in April at four."""
    window = window_of(text, _AS_OF, _NEW_YORK)
    assert (window.start, window.end, window.zone) == (start, _AS_OF, "America/New_York")


def test_the_as_of_day_is_that_of_the_zone_not_of_utc() -> None:
    """At three in the morning UTC New York is still on the day before."""
    late = datetime(2026, 4, 13, 3, tzinfo=UTC)
    assert window_of("1D", late, _NEW_YORK).start == datetime(2026, 4, 12, 4, tzinfo=UTC)


def test_a_day_with_a_clock_change_is_an_hour_shorter_or_longer() -> None:
    """Both edges of the day are midnights of the clock on the wall."""
    for day, hours in ((date(2026, 3, 8), 23), (date(2025, 11, 2), 25), (date(2026, 4, 12), 24)):
        length = day_start(day + timedelta(days=1), _NEW_YORK) - day_start(day, _NEW_YORK)
        assert length == timedelta(hours=hours)


def test_a_day_whose_midnight_is_skipped_begins_at_the_first_instant_that_exists() -> None:
    """Santiago goes from 23:59:59 straight to one o'clock."""
    begins = day_start(date(2025, 9, 7), ZoneInfo("America/Santiago"))
    assert begins == datetime(2025, 9, 7, 4, tzinfo=UTC)


def test_two_dates_are_both_included() -> None:
    """The window ends a microsecond before the day after the last one."""
    window = window_of("2026-04-06..2026-04-08", _AS_OF, _NEW_YORK)
    assert window.start == datetime(2026, 4, 6, 4, tzinfo=UTC)
    assert window.end == datetime(2026, 4, 9, 3, 59, 59, 999999, tzinfo=UTC)


def test_a_window_never_goes_beyond_the_as_of_instant() -> None:
    """What is placed later is not known yet."""
    assert window_of("2026-04-12..2026-04-20", _AS_OF, _NEW_YORK).end == _AS_OF


def test_an_as_of_instant_in_another_zone_is_the_same_instant() -> None:
    """The bounds are in UTC whatever the clock that the instant was told in."""
    window = window_of("7D", _AS_OF.astimezone(ZoneInfo("Asia/Kathmandu")), _NEW_YORK)
    assert (window.end, window.end.tzinfo) == (_AS_OF, UTC)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("0D", "at least one day"),
        ("last week", "is no window; write 7D"),
        ("2026-04-06", "is no window"),
        ("2026-04-06..", "is no window"),
        ("2026-02-30..2026-03-01", "is no window"),
        ("2026-04-08..2026-04-06", "ends before it begins"),
    ],
)
def test_what_is_no_window_is_told_in_a_sentence(text: str, words: str) -> None:
    """The user reads what to write instead."""
    with pytest.raises(ValueError, match=words):
        window_of(text, _AS_OF, _NEW_YORK)
