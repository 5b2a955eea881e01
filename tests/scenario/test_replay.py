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
    _edit(shop, 'entity = "USTI"\nfiles = { orders', 'files = { orders')
    said.append(shop.run("check", "--json").out)
    text = (shop.folder / "unposted.toml").read_text("utf-8")
    shop.workspace(text + '\n[field_map]\nmatch_on = ["tax_id"]\n')
    said.append(shop.run("check", "--json").out)
    shop.order("1005", "eve@example.com", "broken", recent(1))
    shop.orders = [line.replace("paid", "refunded") if line.startswith("#1004") else line for line in shop.orders]
    shop.order("1006", "fay@example.com", "7.00", recent(1))
    said.append(shop.run("check", "--json").out)
    assert [json.loads(text)["value"] for text in said] == [2, 1, 1, 2, 2]
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
