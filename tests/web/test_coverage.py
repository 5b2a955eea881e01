"""What was not read is not shown: no change, no trend, no zero of days before the orders begin."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.web.serving import Web, demo_web
from unposted.errors import SourceDown
from unposted.web.coverage import covered_from
from unposted.web.desk import Knowledge
from unposted.web.refreshing import Refresher, compute_now, compute_trend


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


def test_a_master_that_was_never_read_gives_no_number_and_is_named(own: Web) -> None:
    """Without the customer master everybody would be absent: the page says which source is missing instead."""
    with own.desk.shelf.writing() as cursor:
        cursor.execute("UPDATE source SET first_synced_at = NULL WHERE name = 'fno'")
    own.desk.know(lambda _known: Knowledge())
    refresher = Refresher(own.desk, first_sync=False)
    refresher.start()
    for _ in range(100):
        if own.desk.known.phase == "ready":
            break
        time.sleep(0.05)
    refresher.stop()
    assert own.desk.known.kept is None
    page = own.client("owner").get("/").text
    assert "No numbers yet" in page
    assert "<strong>fno</strong>" in page
    assert own.client("owner").get("/readyz").status_code == 503
    assert own.client("owner").get("/api/v1/rows").status_code == 503
    assert own.client("owner").get("/export/worklist.csv").status_code == 503


def test_a_source_that_failed_is_told_and_the_number_is_never_green(own: Web) -> None:
    """The figures of before stay, with what they stand on and what to do; a card on partial input is not green."""
    error = SourceDown("source-down", "dtc did not answer.", "Look at its status page, then try again.")
    own.desk.know(lambda known: replace(known, failures=(("dtc", error),)))
    client = own.client("owner")
    page = client.get("/").text
    assert "Partial: dtc could not be read" in page
    assert "dtc did not answer. Look at its status page, then try again." in page
    assert '<span class="value">17</span>' in page
    kept = own.desk.known.kept
    assert kept is not None
    few = replace(kept, reading=replace(kept.reading, value=1))
    own.desk.know(lambda known: replace(known, kept=few))
    card = "/api/v1/readings/ecom-customers-absent-from-d365-customer-master"
    assert client.get(card).json()["colour"] == "amber"
    own.desk.know(lambda known: replace(known, failures=()))
    assert client.get(card).json()["colour"] == "green"
