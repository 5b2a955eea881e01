"""The demo reproduces the worked example of the card, from raw platform payloads."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.shop import Shop


@pytest.fixture
def shop(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shop:
    """Stand in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return Shop(tmp_path, capsys)


def test_the_demo_is_the_worked_example(shop: Shop) -> None:
    """17 absent, 6 B2B, 11 DTC, 61,200.00 blocked, Wholesale-X first with 18,400.00, 4 in Dataverse, alert firing."""
    reading = json.loads(shop.run("demo", "--json").out)
    assert reading["value"] == 17
    assert reading["alert"] == {"state": "firing", "threshold": 10}
    assert {name: part["count"] for name, part in reading["splits"]["segment"].items()} == {"b2b": 6, "dtc": 11}
    assert reading["blocked"]["amount"] == "61200.00"
    assert (reading["largest"]["name"], reading["largest"]["blocked"]) == ("Wholesale-X", "18400.00")
    assert reading["in_dataverse"] == 4
    assert reading["quarantined"] == 0
    assert reading["unmapped_statuses"] == {}


def test_the_demo_says_the_same_every_time(shop: Shop) -> None:
    """Two runs print the same but for the time at which each source was read."""
    first, second = (json.loads(shop.run("demo", "--json").out) for _ in range(2))
    for reading in (first, second):
        for stream in reading["inputs"]:
            stream.pop("read_at")
    assert first == second


def test_the_demo_prints_the_card_and_writes_the_exports(shop: Shop) -> None:
    """A person sees the number, the ranked rows and where the files are."""
    said = shop.run("demo", "--once")
    assert "$61,200.00" in said.out
    assert "Wholesale-X" in said.out
    for name in ("worklist.csv", "worklist.xlsx", "reading.json"):
        assert f"unposted-demo/{name}" in said.out
        assert (shop.folder / "unposted-demo" / name).stat().st_size > 0


def test_every_row_of_the_demo_is_in_one_bucket_of_each_split(shop: Shop) -> None:
    """Each split adds up to the headline and to the blocked value, to the cent."""
    from decimal import Decimal

    reading = json.loads(shop.run("demo", "--json").out)
    for parts in reading["splits"].values():
        assert sum(part["count"] for part in parts.values()) == 17
        assert sum(Decimal(part["blocked"]) for part in parts.values()) == Decimal("61200.00")
    assert sum(Decimal(row["blocked"]) for row in reading["rows"]) == Decimal("61200.00")
