"""What was not read is not shown: no change, no trend, no zero of days before the orders begin."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.web.serving import Web, demo_web
from unposted.web.coverage import covered_from
from unposted.web.refreshing import compute_now, compute_trend


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Web]:
    """Serve a web that a test may change."""
    with demo_web(tmp_path) as served:
        yield served


def _forget_before(web: Web, day: str) -> None:
    with web.desk.shelf.writing() as cursor:
        cursor.execute(f"DELETE FROM order_version WHERE created_at < TIMESTAMP '{day}'")


def test_all_stores_count_and_one_that_was_never_read_covers_nothing(own: Web) -> None:
    """The store that begins last tells from when on the orders are known."""
    with own.desk.shelf.cursor() as cursor:
        begins = [
            row[0] for row in cursor.execute("SELECT min(created_at) FROM order_version GROUP BY source_id").fetchall()
        ]
        covered = covered_from(cursor, own.desk.workspace)
        assert covered is not None
        assert covered.replace(tzinfo=None) == max(begins)
        cursor.execute("DELETE FROM source WHERE role = 'store' AND name = 'dtc'")
        assert covered_from(cursor, own.desk.workspace) is None


def test_the_trend_begins_where_the_orders_do(own: Web) -> None:
    """With orders from 30 March on the first window that was read whole ends on 5 April."""
    _forget_before(own, "2026-03-30")
    own.desk.know(lambda known: known)
    compute_now(own.desk)
    compute_trend(own.desk)
    trend, changes = own.desk.known.trend, own.desk.known.changes
    assert trend is not None
    with own.desk.shelf.cursor() as cursor:
        covered = covered_from(cursor, own.desk.workspace)
    assert covered is not None
    first = covered.astimezone(own.desk.workspace.timezone).date() + timedelta(days=7)
    assert trend[0].day >= first - timedelta(days=1)
    assert trend[-1].value == 17
    assert changes is not None


def test_without_the_days_before_nothing_is_said_to_have_changed(own: Web) -> None:
    """Orders of the window alone give the number, and no sentence on yesterday."""
    _forget_before(own, "2026-04-06 04:00:00")
    compute_now(own.desk)
    compute_trend(own.desk)
    assert own.desk.known.kept is not None
    assert own.desk.known.kept.reading.value == 17
    assert own.desk.known.changes is None
    assert len(own.desk.known.trend or ()) == 1
    page = own.client("owner").get("/").text
    assert "Since this time yesterday" not in page
    assert "against the same weekday" not in page
