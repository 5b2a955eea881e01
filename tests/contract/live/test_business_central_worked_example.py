"""The worked example of the card comes out when the customer master is read from Business Central."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from tests.contract.live.business_central_setting import CA, EVER, LINKS, US, Environment, decoded, pages
from tests.support.shop import Shop
from unposted.domain.records import Master
from unposted.sandbox.demo import workspace_text, write_demo
from unposted.sandbox.world import make_world

_SHOP_FILES = """\
[stores.files]
orders = ["exports/shopify/orders*.json", "exports/shopify/draft_orders.json"]
customers = "exports/shopify/customers*.json"
"""
_MASTERS = """\
[[dynamics]]
name = "bc_us"
system = "business_central"
entity = "USTI"
external_id = "shopifyId"
files = { customers = "exports/business_central/USTI-*.json" }

[[dynamics]]
name = "bc_ca"
system = "business_central"
entity = "CATU"
external_id = "shopifyId"
files = { customers = "exports/business_central/CATU-*.json" }
"""


@pytest.fixture
def shop(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shop:
    """The demo's folder with pages of Business Central in the place of Finance & Operations' files."""
    monkeypatch.chdir(tmp_path)
    write_demo(tmp_path)
    folder = tmp_path / "exports" / "business_central"
    folder.mkdir()
    for name, text in _pages():
        (folder / name).write_text(text, "utf-8")
    (tmp_path / "unposted.toml").write_text(workspace_text(_SHOP_FILES, _MASTERS), "utf-8")
    return Shop(tmp_path, capsys)


def _pages() -> Iterator[tuple[str, str]]:
    bc = Environment(world=make_world(2026))
    for number, page in enumerate(pages(bc.stream("customers", external_ids=LINKS), size=40)):
        yield f"{page.entity}-{number:03d}.json", json.dumps({"value": [json.loads(item) for item in page.items]})


def test_business_central_s_masters_give_the_same_reading(shop: Shop) -> None:
    """17 absent, 6 B2B, 11 DTC, USD 61,200.00 blocked, 4 in Dataverse."""
    reading = json.loads(shop.run("check", "--json", "--as-of", "2026-04-12T18:00:00-04:00").out)
    assert reading["value"] == 17
    assert {name: part["count"] for name, part in reading["splits"]["segment"].items()} == {"b2b": 6, "dtc": 11}
    assert reading["blocked"]["amount"] == "61200.00"
    assert (reading["largest"]["name"], reading["largest"]["blocked"]) == ("Wholesale-X", "18400.00")
    assert reading["in_dataverse"] == 4
    assert reading["quarantined"] == 0
    assert sum(Decimal(row["blocked"]) for row in reading["rows"]) == Decimal("61200.00")


def test_the_reading_is_the_one_that_finance_and_operations_gives(shop: Shop, tmp_path: Path) -> None:
    """Row for row: who is absent does not depend on which ERP keeps the master."""
    ours = json.loads(shop.run("check", "--json", "--as-of", "2026-04-12T18:00:00-04:00").out)
    (tmp_path / "other").mkdir()
    write_demo(tmp_path / "other")
    workspace = str(tmp_path / "other" / "unposted.toml")
    theirs = json.loads(shop.run("check", "-w", workspace, "--json", "--as-of", "2026-04-12T18:00:00-04:00").out)
    assert [(row["name"], row["blocked"]) for row in ours["rows"]] == [
        (row["name"], row["blocked"]) for row in theirs["rows"]
    ]


@pytest.mark.parametrize("seed", [1, 7, 2026])
def test_every_master_of_the_world_is_read_with_its_hold(seed: int) -> None:
    """Nobody is lost on the way, and who is on hold is `blocked`."""
    world = make_world(seed)
    bc = Environment(world=world)
    stream = bc.stream("customers", external_ids=LINKS)
    met = decoded(stream, list(pages(stream, EVER, 50)))
    holds = {(one.entity.lower(), one.account): one.blocked for one in met if isinstance(one, Master)}
    assert holds == {
        (one.entity, one.account): "" if one.hold == "No" else f"blocked: {one.hold}" for one in world.masters
    }
    assert set(holds.values()) > {""}
    assert {call.path.split("(")[0] for call in bc.asked("shopCustomers")} == {
        "/v2.0/ustrade.example/Production/api/contoso/shop/v1.0/companies"
    }
    assert {US, CA} == {row["name"] for row in json.loads(bc.answers[0].body)["value"]}
