"""The demo's second day: every reason that files can give, and both days' cards as they were."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import jsonschema
import pytest

from tests.support.shop import AS_OF, Shop
from unposted.cards.reasons import ENTERED, LEFT
from unposted.exports import schema_text

_SECOND = "2026-04-13T18:00:00-04:00"
_NOT_IN_THE_DEMO = {"other", "workspace_changed", "order_removed"}


@pytest.fixture
def shop(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shop:
    """Stand in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return Shop(tmp_path, capsys)


def test_the_second_day_has_a_party_for_each_reason(shop: Shop) -> None:
    """17 rows and 61,200.00 become what the parts say; each reason of files is there, told alike by the command."""
    told = shop.run("demo", "--two-days", "--json")
    change = json.loads(told.out)
    sides = {side: {part["reason"] for part in change["parts"] if part["side"] == side} for side in ("entered", "left")}
    assert set(ENTERED) - sides["entered"] <= _NOT_IN_THE_DEMO | {"merged"}
    assert set(LEFT) - sides["left"] <= _NOT_IN_THE_DEMO | {"status_changed", "entity_changed", "entity_rule_changed"}
    assert (change["from"]["value"], change["from"]["blocked"]) == (17, "61200.00")
    assert change["from"]["value"] + sum(part["count"] for part in change["parts"]) == change["to"]["value"]
    moved = sum(Decimal(row["change"]) for part in change["parts"] for row in part["rows"])
    assert Decimal(change["from"]["blocked"]) + moved == Decimal(change["to"]["blocked"])
    assert sum(Decimal(part["blocked"]) for part in change["parts"]) == moved
    again = shop.run("explain", "-w", "unposted-demo/two-days/unposted.toml", "--no-sync", AS_OF, _SECOND, "--json")
    assert again.out == told.out


def test_the_first_day_is_still_what_it_was(shop: Shop) -> None:
    """After the second day's files and field map, the first day's card is the worked example; rows know their day."""
    shop.run("demo", "--two-days")
    where = ("-w", "unposted-demo/two-days/unposted.toml", "--no-sync")
    first = json.loads(shop.run("check", *where, "--json", "--as-of", AS_OF).out)
    jsonschema.validate(first, json.loads(schema_text()))
    assert (first["value"], first["blocked"]["amount"], first["in_dataverse"]) == (17, "61200.00", 4)
    Path("list.csv").write_text("Name,E-Mail\nWholesale-X,\n", encoding="utf-8")
    bridge = json.loads(shop.run("bridge", *where, "--json", "--as-of", AS_OF).out)["bridge"][-1]
    compared = json.loads(shop.run("compare", "list.csv", *where, "--json", "--as-of", AS_OF).out)["steps"][-1]
    assert (bridge["count"], bridge["blocked"]) == (compared["count"], compared["amount"]) == (17, "61200.00")
    second = json.loads(shop.run("check", *where, "--json", "--as-of", _SECOND).out)
    seen = {row["name"]: row["first_seen"] for row in second["rows"]}
    assert (seen["Wholesale-X"], seen["Amara Nwosu"]) == ("2026-04-12T22:00:00Z", "2026-04-13T22:00:00Z")
    assert {(row["usual_clear_minutes"], row["stuck"]) for row in second["rows"]} == {(None, None)}


@pytest.mark.parametrize("asked", ["oskar.lindqvist@example.net", "OSKAR.Lindqvist@example.net ", "p-bb9d85815481c8ee"])
def test_a_party_tells_its_orders_matches_and_stays(shop: Shop, asked: str) -> None:
    """Oskar stood on the list until his contact was promoted; the record that he meets is named."""
    shop.run("demo", "--two-days")
    where = ("-w", "unposted-demo/two-days/unposted.toml", "--no-sync", "--as-of")
    then = json.loads(shop.run("party", asked, *where, AS_OF, "--json").out)
    now = json.loads(shop.run("party", asked, *where, _SECOND, "--json").out)
    assert (then["absent"], then["status"], then["in_dataverse"]) == (True, "in_dataverse", True)
    assert {match["outcome"] for match in then["matches"] if match["key"] == "email"} == {"no master record shows it"}
    assert (now["absent"], now["history"][0]["minutes"]) == (False, 24 * 60)
    assert "meets US-009002 in USTI" in {match["outcome"] for match in now["matches"]}
    assert "Oskar" in shop.run("party", asked, *where, AS_OF).out


def test_whom_nobody_knows_is_refused_with_those_that_are_near(shop: Shop) -> None:
    """No one goes by the text: the error names near parties, never repeats an address, and its code is 2."""
    shop.run("demo", "--two-days")
    where = ("-w", "unposted-demo/two-days/unposted.toml", "--no-sync", "--as-of", AS_OF)
    near = shop.run("party", "oskar.lindquist@example.net", *where)
    assert near.code == 2
    assert "p-bb9d85815481c8ee" in near.err
    assert "oskar" not in near.err
    assert shop.run("party", "", *where).code == 2
    assert shop.run("party", "🙃" * 3000, *where).code == 2
    wrong = shop.run("explain", "-w", "unposted-demo/two-days/unposted.toml", "--no-sync", "now", "7d")
    assert wrong.code == 2
    assert "later" in wrong.err
