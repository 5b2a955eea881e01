"""Exports and feeds: all rows that match, as the asking role sees them, and the same in every format."""

from __future__ import annotations

import csv
import io
import json
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest

from tests.web.serving import SAME, Web, demo_web
from unposted.web import exporting
from unposted.web.api_tokens import make_token


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Web]:
    """Serve a web that a test may change."""
    with demo_web(tmp_path) as served:
        yield served


def _rows(web: Web, role: str, query: str = "") -> dict[str, list[tuple[str, Decimal]]]:
    """Export the same in each format and return (party, blocked) of each row."""
    client, found = web.client(role), {}
    text = client.get(f"/export/worklist.csv{query}").content.decode("utf-8-sig")
    found["csv"] = [(row["party"], Decimal(row["blocked"])) for row in csv.DictReader(io.StringIO(text))]
    rows = json.loads(client.get(f"/export/worklist.json{query}").text)["rows"]
    found["json"] = [(row["party"], Decimal(row["blocked"])) for row in rows]
    table = pq.read_table(io.BytesIO(client.get(f"/export/worklist.parquet{query}").content)).to_pylist()
    found["parquet"] = [(row["party"], row["blocked"]) for row in table]
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"/export/worklist.xlsx{query}").content))
    lines = list(book["Worklist"].values)
    place = {name: number for number, name in enumerate(lines[0])}
    found["xlsx"] = [
        (line[place["party"]], Decimal(str(line[place["blocked"]])).quantize(Decimal("0.01"))) for line in lines[1:]
    ]
    return found


@pytest.mark.parametrize(
    ("query", "count"), [("", 17), ("?q=segment%3Ab2b", 6), ("?q=min%3A1000+status%3Ano_match", 2)]
)
def test_every_format_holds_all_rows_that_match(web: Web, query: str, count: int) -> None:
    """The same parties with the same amounts in CSV, XLSX, Parquet and JSON, and as many as the page says."""
    found = _rows(web, "finance", query)
    assert len(found["csv"]) == count
    for form in ("json", "parquet", "xlsx"):
        assert found[form] == found["csv"], form
    if not query:
        assert sum(amount for _, amount in found["csv"]) == Decimal("61200.00")


@pytest.mark.parametrize("form", ["csv", "xlsx", "parquet", "json"])
def test_an_export_of_a_masked_role_holds_no_person(web: Web, form: str) -> None:
    """Marketing gets the rows without who they are."""
    content = web.client("marketing").get(f"/export/worklist.{form}").content
    if form == "xlsx":
        book = openpyxl.load_workbook(io.BytesIO(content))
        content = str([list(sheet.values) for sheet in book.worksheets]).encode()
    if form == "parquet":
        content = str(pq.read_table(io.BytesIO(content)).to_pylist()).encode()
    for secret in (b"okonjo", b"Okonjo", b"example.com", b"7214300249273", b"471180364", b"#us106", b"p-73124dc3"):
        assert secret not in content
    assert b"Wholesale-X" in content


def test_an_export_is_a_line_of_the_log(own: Web) -> None:
    """Who, which rows, how many, in what format."""
    own.client("finance").get("/export/worklist.csv?q=segment%3Ab2b")
    line = own.desk.audit.lines(most=1)[0]
    assert (line.person, line.action) == ("Finance", "export")
    assert json.loads(line.detail) == {"filter": "segment:b2b", "form": "csv", "rows": 6}


def test_csv_for_germany_has_its_separators(web: Web) -> None:
    """Semicolons, decimal commas and a byte order mark."""
    content = web.client("owner").get("/export/worklist.csv?for=de").content
    assert content.startswith(b"\xef\xbb\xbfrank;party")
    assert b"18400,00" in content


def test_a_large_export_is_a_job_of_its_own_person(own: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is made beside the request; nobody else finds it; the file holds all rows."""
    monkeypatch.setattr("unposted.web.pages.exports.AT_ONCE", 5)
    client = own.client("finance")
    place = client.get("/export/worklist.csv").headers["location"]
    for _ in range(100):
        if "is ready" in client.get(place).text:
            break
        time.sleep(0.05)
    assert client.get(f"{place}/file").content.decode("utf-8-sig").count("\n") == 18
    assert own.client("owner").get(place).status_code == 404
    own.desk.jobs.close()
    assert exporting.AT_ONCE == 20_000


def test_a_feed_shows_what_its_person_sees_until_the_token_ends(own: Web) -> None:
    """No session, no cookie: the token in the address, good for feeds only."""
    clock, shelf = own.clock, own.desk.shelf
    secret = make_token(shelf, own.people["finance"].person_id, "Power BI", "feed", 30, clock())
    masked = make_token(shelf, own.people["marketing"].person_id, "Plots", "feed", 30, clock())
    reader = make_token(shelf, own.people["finance"].person_id, "Script", "read", 30, clock())
    engineer = make_token(shelf, own.people["engineering"].person_id, "Plots", "feed", 30, clock())
    client = own.client()
    assert client.get(f"/feed/{secret}/worklist.csv?q=segment%3Adtc").text.count("\n") == 12
    assert "Okonjo" in client.get(f"/feed/{secret}/worklist.csv").text
    assert "Okonjo" not in client.get(f"/feed/{masked}/worklist.csv").text
    for wrong in (reader, engineer, "nothing"):
        assert client.get(f"/feed/{wrong}/worklist.csv").status_code == 401
    clock.go(days=31)
    assert client.get(f"/feed/{secret}/worklist.csv").status_code == 401


def test_a_token_is_shown_once_and_ended_by_its_person(own: Web) -> None:
    """The page shows the secret when it is made, never again; ended, it is good for nothing."""
    client = own.client("finance")
    made = client.post("/tokens", data={"name": "BI", "scope": "feed", "days": "90"}, headers=SAME).text
    secret = made.split('<code class="secret">')[1].split("<")[0]
    assert secret not in client.get("/tokens").text
    assert own.client().get(f"/feed/{secret}/worklist.csv").status_code == 200
    token = own.desk.shelf.rows("SELECT token_id FROM web_token")[0][0]
    own.client("owner").post(f"/tokens/{token}/end", headers=SAME)
    assert own.client().get(f"/feed/{secret}/worklist.csv").status_code == 200
    client.post(f"/tokens/{token}/end", headers=SAME)
    assert own.client().get(f"/feed/{secret}/worklist.csv").status_code == 401
    for form in (
        {"name": "", "scope": "feed"},
        {"name": "x", "scope": "root"},
        {"name": "x", "scope": "read", "days": "0"},
    ):
        assert client.post("/tokens", data=form, headers=SAME).status_code == 400
