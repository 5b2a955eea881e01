"""A past instant says what it said then, byte for byte, whatever was read, edited or mapped otherwise since."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.shop import Shop, recent


@pytest.fixture
def shop(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shop:
    """Stand in the folder of a small merchant with two orders of today."""
    monkeypatch.chdir(tmp_path)
    made = Shop(tmp_path, capsys)
    made.write()
    made.order("1003", "cat@example.com", "10.00", recent(20))
    made.order("1004", "dan@example.com", "30.00", recent(20))
    return made


def _edit(shop: Shop, old: str, new: str) -> None:
    text = (shop.folder / "unposted.toml").read_text("utf-8")
    assert old in text
    shop.workspace(text.replace(old, new))


def test_replay_is_byte_identical_after_syncs_edits_and_field_map_changes(shop: Shop) -> None:
    """Every reading that was taken is said again by --as-of its instant, at any later time."""
    said = [shop.run("check", "--json").out]
    shop.masters("bob@example.com", "cat@example.com")
    said.append(shop.run("check", "--json").out)
    _edit(shop, 'entity = "USTI"\nfiles = { orders', "files = { orders")
    said.append(shop.run("check", "--json").out)
    text = (shop.folder / "unposted.toml").read_text("utf-8")
    shop.workspace(text + '\n[field_map]\nmatch_on = ["tax_id"]\n')
    said.append(shop.run("check", "--json").out)
    shop.order("1005", "eve@example.com", "broken", recent(1))
    shop.orders = [line.replace("paid", "refunded") if line.startswith("#1004") else line for line in shop.orders]
    shop.order("1006", "fay@example.com", "7.00", recent(1))
    said.append(shop.run("check", "--json").out)
    assert [json.loads(text)["value"] for text in said] == [2, 1, 1, 2, 2]
    assert "changed since" in shop.run("check", "--as-of", json.loads(said[0])["as_of"]).err
    for text in said:
        moment = json.loads(text)["as_of"]
        assert shop.run("check", "--json", "--as-of", moment).out == text
        assert shop.run("check", "--json", "--no-sync", "--as-of", moment).out == text


def test_the_same_reading_again_stores_nothing_twice(shop: Shop) -> None:
    """Two checks that say the same leave one line of a reading, one copy of the definition and the same stays."""
    import duckdb

    for _ in range(3):
        assert shop.run("check").code == 0
    store = duckdb.connect(str(shop.folder / ".unposted" / "unposted.duckdb"))
    try:
        counts = [
            store.execute(f"SELECT count(*) FROM {name}").fetchall() for name in ("reading", "definition", "membership")
        ]
    finally:
        store.close()
    assert counts == [[(1,)], [(1,)], [(2,)]]


def test_explain_names_the_reason_of_each_party_and_sums_to_the_change(shop: Shop) -> None:
    """A record that came, a first order and a refund are told apart; the parts add up to both figures."""
    shop.order("1007", "gil@example.com", "4.00", recent(20))
    first = json.loads(shop.run("check", "--json").out)
    shop.masters("bob@example.com", "cat@example.com")
    shop.orders = [line.replace("paid", "refunded") if line.startswith("#1004") else line for line in shop.orders]
    shop.order("1006", "fay@example.com", "7.00", recent(1))
    shop.order("1008", "gil@example.com", "2.50", recent(1))
    last = json.loads(shop.run("check", "--json").out)
    told = json.loads(shop.run("explain", first["as_of"], last["as_of"], "--json").out)
    parts = {(part["side"], part["reason"]): (part["count"], part["blocked"]) for part in told["parts"]}
    assert parts == {
        ("entered", "first_order"): (1, "7.00"),
        ("left", "created"): (-1, "-10.00"),
        ("left", "refunded"): (-1, "-30.00"),
        ("still", "up"): (0, "2.50"),
    }
    assert told["change"] == {"count": last["value"] - first["value"], "blocked": "-30.50"}
    assert (told["from"]["blocked"], told["to"]["blocked"]) == ("44.00", "13.50")
    said = shop.run("explain", first["as_of"])
    assert said.code == 0, said.err
    assert "created in D365" in said.out
