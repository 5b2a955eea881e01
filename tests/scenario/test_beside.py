"""What stands beside the number, tried as a user would: the commands on the made-up world, and lists made by hand."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from python_calamine import CalamineWorkbook

from tests.support.shop import AS_OF, Said
from unposted.cli.main import main
from unposted.exports import schema_text
from unposted.sandbox.demo import write_demo


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the made-up merchant's workspace and files, read once."""
    place = tmp_path_factory.mktemp("merchant")
    write_demo(place)
    with pytest.raises(SystemExit):
        main(["check", "-w", str(place / "unposted.toml"), "--as-of", AS_OF])
    return place


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """Run a command on the merchant as of the usual instant, without reading the files again."""

    def command(name: str, *args: str) -> Said:
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main([name, "-w", str(folder / "unposted.toml"), "--no-sync", "--as-of", AS_OF, *args])
        told = capsys.readouterr()
        return Said(left.value.code if isinstance(left.value.code, int) else 0, told.out, told.err)

    return command


def _named(rows: list[dict[str, Any]]) -> set[str]:
    return {row["name"] for row in rows}


def test_the_json_holds_what_stands_beside_the_number(run: Any) -> None:
    """Somebody is in every lane and step, the sums are those of the rows, and the worked example stands as it did."""
    found = json.loads(run("check", "--json").out)
    assert not list(Draft202012Validator(json.loads(schema_text())).iter_errors(found))
    assert (found["value"], found["blocked"]["amount"], found["in_dataverse"]) == (17, "61200.00", 4)
    beside = found["beside"]
    assert "Clara Langstrom" in _named(beside["aged_out"]["rows"])
    reasons = {row["name"]: row["reasons"] for row in beside["cannot_bill"]["rows"]}
    assert reasons == {
        "Saltmarsh Hardware": ["blocked"], "Larkspur Hardware": ["blocked"], "Freya Ravenscroft": ["blocked"],
        "Petra Vandermeer": ["one_time"], "Emil Okafor-Lund": ["incomplete"], "Trade Fair": ["default_customer"],
    }  # fmt: skip
    conflicts = {row["name"]: row["reasons"] for row in beside["conflicts"]["rows"]}
    assert conflicts == {
        "Larkspur Hospitality": ["two_records"],
        "Imogen Castellan": ["two_parties"],
        "Beatrix Castellan": ["two_parties"],
    }
    for lane in beside.values():
        assert lane["count"] == len(lane["rows"])
        assert sum(Decimal(row["blocked"]) for row in lane["rows"]) == Decimal(lane["blocked"])


def test_the_bridge_goes_from_everyone_to_the_number(run: Any) -> None:
    """Every step of these platforms has somebody, and the steps leave no difference in count and value."""
    steps = json.loads(run("bridge", "--json").out)["bridge"]
    counts = {step["step"]: step["count"] for step in steps}
    assert [name for name, count in counts.items() if not count] == ["superseded"]
    assert steps[0]["count"] - sum(step["count"] for step in steps[1:-1]) == steps[-1]["count"] == 17
    values = [Decimal(step["blocked"]) for step in steps]
    assert values[0] - sum(values[1:-1]) == values[-1] == Decimal("61200.00")
    assert len(steps[0]["rows"]) == steps[0]["count"]


def test_people_are_told_the_same(run: Any) -> None:
    """Check --explain, bridge and sensitivity print the figures; plain check says nothing of them."""
    assert "Beside the number" not in run("check").out
    explained = run("check", "--explain").out
    for words in ("Aged out, still open", "catch-all customer of the store", "Present: e-mail", "Match on"):
        assert words in explained
    assert "Ida Strand" in run("bridge", "--rows").out
    flips = run("sensitivity", "--rows").out
    assert "leaves the count" in flips
    assert "enters the count" in flips


def test_bridge_and_sensitivity_are_written_to_files(run: Any, tmp_path: Path) -> None:
    """The workbook holds the rows and the steps; what is taken away stands negative."""
    assert run("bridge", "-o", str(tmp_path / "bridge.xlsx")).code == 0
    book = CalamineWorkbook.from_path(str(tmp_path / "bridge.xlsx"))
    assert book.sheet_names == ["Rows", "Bridge"]
    steps = book.get_sheet_by_name("Bridge").to_python()
    assert sum(float(str(row[2])) for row in steps[1:-1]) == steps[-1][2] == 17
    assert run("sensitivity", "-o", str(tmp_path / "keys.xlsx")).code == 0
    assert CalamineWorkbook.from_path(str(tmp_path / "keys.xlsx")).sheet_names == ["Policies", "Flipped", "Keys"]
    assert run("bridge", "--format", "csv").out.startswith("step,party,")


_LIST = """\
Kunde;E-Mail;Betrag;Legal entity
Wholesale-X;ap@wholesale-x.example;18.400,00;USTI
wholesale x;;;
Granite Peak;jonah@granitepeak.example;10.000,00;
Nobody;nobody@nowhere.example;5,00;
=Saltmarsh Hardware;;1,00;CATU
too short
Ida Strand;;3.400,00;
Clara Langstrom;;99,00;
;noreply@marketplace.example;3,00;
Caleb Okonjo;caleb.okonjo@example.com;900 EUR;CATU
"""


def test_a_list_made_by_hand_is_explained_line_by_line(run: Any, tmp_path: Path) -> None:
    """Whatever is in it: every line has a reason, formulas stay text, bad lines are told, and nothing is left over."""
    listed = tmp_path / "list.csv"
    listed.write_bytes(_LIST.encode("utf-16"))
    found = json.loads(run("compare", str(listed), "--decimal-comma", "--json").out)
    rows = {row["line"]: row for row in found["steps"][0]["rows"]}
    assert {line: row["reason"] for line, row in rows.items()} == {
        2: "agreed", 3: "twice", 4: "agreed", 5: "unknown", 6: "entity", 7: "bad_row", 8: "quote_only",
        9: "not_in_window", 10: "no_key", 11: "agreed",
    }  # fmt: skip
    assert rows[11]["evidence"] == "the amount is in EUR"
    assert (found["difference"], found["amount_difference"]) == (0, "0.00")
    steps = {step["step"]: step for step in found["steps"]}
    assert steps["missing_staging"]["count"] == 2
    assert steps["absent"]["count"] == 17
    written = run("compare", str(listed), "--decimal-comma", "--format", "csv").out
    assert "'=Saltmarsh Hardware" in {row["name"] for row in csv.DictReader(io.StringIO(written))}
    told = run("compare", str(listed), "--decimal-comma").out
    assert "Left unexplained" in told
    assert "not on the list: ordered minutes ago" in told


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_our_own_export_is_no_different(run: Any, tmp_path: Path, suffix: str) -> None:
    """The worklist, exported and compared, agrees to the last row and cent."""
    file = tmp_path / f"worklist.{suffix}"
    run("export", "-o", str(file))
    found = json.loads(run("compare", str(file), "--json").out)
    counts = {step["step"]: step["count"] for step in found["steps"] if step["count"]}
    assert counts == {"list": 17, "agreed": 17, "absent": 17}
    assert not [step for step in found["steps"] if step["step"] == "amount" and step["rows"]]


def test_a_column_of_another_name_is_named(run: Any, tmp_path: Path) -> None:
    """--column says which column is which; what it cannot be is told with what it can be."""
    file = tmp_path / "list.csv"
    file.write_text("who,Mail (work)\nx,caleb.okonjo@example.com\n", "utf-8")
    refused = run("compare", str(file))
    assert refused.code == 2
    assert "no column to find a customer by" in refused.err
    found = json.loads(run("compare", str(file), "--column", "email=Mail (work)", "--json").out)
    assert found["columns"] == {"email": "Mail (work)"}
    assert found["steps"][0]["rows"][0]["reason"] == "agreed"
    assert run("compare", str(file), "--column", "mail=Mail (work)").code == 2
    assert run("compare", str(file), "--column", "email=Post").code == 2
    assert run("compare", str(tmp_path / "none.csv")).code == 2
