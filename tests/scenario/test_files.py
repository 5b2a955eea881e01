"""From export files to the number, through the command line, as a merchant would."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.support.shop import AS_OF, Said, Shop, recent
from unposted.exports import schema_text


@pytest.fixture
def shop(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shop:
    """Stand in the folder of a small merchant."""
    monkeypatch.chdir(tmp_path)
    made = Shop(tmp_path, capsys)
    made.write()
    return made


def _reading(said: Said) -> dict[str, Any]:
    assert said.code == 0, said.err
    reading = json.loads(said.out)
    jsonschema.validate(reading, json.loads(schema_text()))
    assert isinstance(reading, dict)
    return reading


def test_two_export_files_give_the_number(shop: Shop) -> None:
    """Ann's order is blocked, Bob's is not; the JSON follows its schema."""
    reading = _reading(shop.check())
    assert reading["value"] == 1
    assert reading["blocked"]["amount"] == "120.50"
    assert [row["emails"] for row in reading["rows"]] == [["ann@example.com"]]


def test_unchanged_files_are_not_read_twice_and_say_the_same(shop: Shop) -> None:
    """A second check prints the same bytes, also when the files were only touched."""
    first = shop.check()
    for path in (shop.folder / "exports").iterdir():
        path.touch()
    assert shop.check() == first
    assert shop.check("--no-sync") == first


def test_a_changed_file_brings_in_its_changes(shop: Shop) -> None:
    """An order that is new in the export, and one that was cancelled, change the number as of now."""
    shop.order("1003", "cat@example.com", "10.00", recent(20))
    shop.order("1004", "dan@example.com", "30.00", recent(20))
    assert _reading(shop.run("check", "--json"))["blocked"]["amount"] == "40.00"
    shop.orders = [line.replace("paid", "refunded") if line.startswith("#1003") else line for line in shop.orders]
    shop.order("1005", "eve@example.com", "5.00", recent(19))
    assert _reading(shop.run("check", "--json"))["blocked"]["amount"] == "35.00"


def test_a_new_master_record_takes_its_party_off_the_list(shop: Shop) -> None:
    """When the master's next export holds the customer, the party is present; when it vanishes, absent again."""
    shop.order("1003", "cat@example.com", "10.00", recent(20))
    assert _reading(shop.run("check", "--json"))["value"] == 1
    shop.masters("bob@example.com", "cat@example.com")
    assert _reading(shop.run("check", "--json"))["value"] == 0
    shop.masters("bob@example.com")
    assert _reading(shop.run("check", "--json"))["value"] == 1


@pytest.mark.parametrize(
    ("number", "total", "created", "word"),
    [
        ("1003", "ten", "2026-04-10 10:00:00 -0400", "Total"),
        ("1003", "-5.00", "2026-04-10 10:00:00 -0400", "negative"),
        ("1003", "5.00", "yesterday", "Created at"),
    ],
)
def test_a_bad_record_is_named_and_counted_and_stops_nothing(
    shop: Shop, number: str, total: str, created: str, word: str
) -> None:
    """Quarantine names file, line and reason, never the person; --strict makes it exit code 8."""
    shop.order(number, "cat@example.com", total, created)
    said = shop.check()
    reading = _reading(said)
    assert (reading["value"], reading["quarantined"]) == (1, 1)
    assert "exports/orders.csv, line 6" in said.err
    assert word in said.err
    assert "cat@example.com" not in said.err
    assert shop.check("--strict").code == 8


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "empty"),
        ("Order ID,Customer ID,Order Status,Order Total (inc tax)\n1,2,Completed,5.00\n", "orders.csv"),
        ("CUSTOMERACCOUNT,ORGANIZATIONNAME,CUSTOMERGROUPID\nC-1,Acme,10\n", "orders.csv"),
        ("a,b\n1,2\n", "columns"),
    ],
    ids=["empty", "other platform", "other side", "unknown"],
)
def test_a_file_that_cannot_be_used_leaves_the_store_as_it_was(shop: Shop, text: str, word: str) -> None:
    """The error names the file and what to do, the exit code is 2, and the last reading still stands."""
    first = shop.check()
    shop.export(text)
    said = shop.check()
    assert said.code == 2
    assert "orders.csv" in said.err
    assert word in said.err
    assert "next:" in said.err
    assert shop.check("--no-sync") == first


def test_a_file_cut_in_the_middle_is_an_error(shop: Shop) -> None:
    """A last row that ends early is no order with blank fields."""
    whole = (shop.folder / "exports" / "orders.csv").read_text("utf-8")
    shop.export(whole[:-40])
    said = shop.check()
    assert said.code == 2
    assert "line" in said.err


def test_overlapping_exports_count_an_order_once(shop: Shop) -> None:
    """The same order in two files of the glob is one order."""
    whole = (shop.folder / "exports" / "orders.csv").read_text("utf-8")
    shop.export(whole, "orders-2.csv")
    assert _reading(shop.check())["rows"][0]["orders"] == 1


def test_the_exit_code_tells_the_alert_only_when_asked(shop: Shop) -> None:
    """Eleven absent parties fire the alert; without --exit-code the command still succeeds."""
    for number in range(1003, 1014):
        shop.order(str(number), f"guest{number}@example.org", "1.00")
    assert shop.check().code == 0
    assert shop.check("--exit-code").code == 1


def test_the_worklist_narrows_and_its_files_agree(shop: Shop) -> None:
    """CSV, XLSX and JSON hold the rows of the filter."""
    shop.order("1003", "cat@example.com", "10.00")
    table = shop.run("worklist", "--as-of", AS_OF, "--min-value", "100")
    assert "ann@example.com" in table.out
    assert "cat@example.com" not in table.out
    for name in ("w.csv", "w.xlsx", "w.json"):
        said = shop.run("export", "--as-of", AS_OF, "--min-value", "100", "-o", name)
        assert said.code == 0, said.err
        assert (shop.folder / name).stat().st_size > 0
    assert json.loads((shop.folder / "w.json").read_text("utf-8"))["value"] == 1


def test_three_mistakes_are_told_at_once(shop: Shop) -> None:
    """Each fault has its line and a suggestion; the exit code is 2."""
    text = (shop.folder / "unposted.toml").read_text("utf-8")
    shop.workspace(
        text.replace("segment", "segmnt").replace("America/New_York", "New York").replace("shopify", "shopfy")
    )
    said = shop.check()
    assert said.code == 2
    assert said.err.count("unposted.toml:") == 3
    assert 'Did you mean "segment"?' in said.err


def test_doctor_tells_what_narrows_the_result(shop: Shop) -> None:
    """An unfilled key of the field map is named with its consequence."""
    said = shop.run("doctor")
    assert said.code == 0
    assert "100 % of master records carry an e-mail" in said.out
    assert "0 % of master records carry an external id: matching on external_id finds nothing" in said.out


def test_nothing_was_read_yet(shop: Shop) -> None:
    """--no-sync before the first check says what to run."""
    said = shop.check("--no-sync")
    assert said.code == 2
    assert "unposted check" in said.err


def test_a_folder_without_a_workspace_says_how_to_begin(shop: Shop) -> None:
    """The error points to init and to -w."""
    (shop.folder / "unposted.toml").unlink()
    said = shop.check()
    assert said.code == 2
    assert "unposted init" in said.err


def test_init_writes_a_workspace_that_works(shop: Shop) -> None:
    """What init writes, with files where it says, checks without a fault."""
    said = shop.run(
        *("init", "-w", "new.toml", "--name", "Mine", "--timezone", "America/New_York", "--currency", "USD"),
        *("--platform", "shopify", "--orders", "exports/orders*.csv", "--system", "finance_operations"),
        *("--customers", "exports/CustomersV3.csv", "--entity", "USTI"),
    )
    assert said.code == 0, said.err
    assert _reading(shop.check("-w", "new.toml"))["value"] == 1
    assert shop.run("init", "-w", "new.toml", "--name", "Mine").code == 2
