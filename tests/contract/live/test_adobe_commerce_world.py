"""A merchant with Adobe Commerce in the place of BigCommerce gets the same worked example."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.adobe_shop import ALL, drained, world_shop
from tests.support.shop import Shop
from unposted.domain.status import order_state
from unposted.sandbox.adobe_commerce import adobe_commerce_files, order_row
from unposted.sandbox.demo import write_demo
from unposted.sandbox.world import make_world

_AS_OF = "2026-04-12T18:00:00-04:00"
_OWN = frozenset({"store", "stores", "platform", "platforms", "party", "order_name", "external_ids", "id"})


@pytest.fixture
def shop(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shop:
    """Stand in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return Shop(tmp_path, capsys)


def _with_adobe(folder: Path) -> Path:
    """Write the demo with another wholesale store; its files are still to be written."""
    workspace = write_demo(folder)
    text = workspace.read_text("utf-8")
    start = text.index("[stores.files]")
    end = text.index("# The direct-to-consumer shop.")
    files = '[stores.files]\norders = "adobe/orders*.json"\ncustomers = "adobe/customers*.json"\n'
    text = text[:start] + files + 'companies = "adobe/companies*.json"\n\n' + text[end:]
    workspace.write_text(text.replace('platform = "bigcommerce"', 'platform = "adobe_commerce"'), encoding="utf-8")
    (folder / "adobe").mkdir()
    return workspace


def _reading(shop: Shop, workspace: Path) -> dict[str, Any]:
    said = shop.run("check", "-w", str(workspace), "--as-of", _AS_OF, "--json")
    found: dict[str, Any] = json.loads(said.out)
    return found


def _is_worked_example(reading: dict[str, Any]) -> None:
    assert reading["value"] == 17
    assert {name: part["count"] for name, part in reading["splits"]["segment"].items()} == {"b2b": 6, "dtc": 11}
    assert reading["blocked"]["amount"] == "61200.00"
    assert (reading["largest"]["name"], reading["largest"]["blocked"]) == ("Wholesale-X", "18400.00")
    assert reading["in_dataverse"] == 4
    assert reading["quarantined"] == 0
    assert reading["unmapped_statuses"] == {}
    assert reading["alert"] == {"state": "firing", "threshold": 10}


def test_what_the_connector_fetches_is_the_worked_example(shop: Shop, tmp_path: Path) -> None:
    """17 absent, 6 B2B, 61,200.00 blocked, Wholesale-X first: from the pages that the emulator gave the connector."""
    workspace = _with_adobe(tmp_path / "live")
    store = world_shop(page_size=40)
    for name, span in (("orders", ALL), ("customers", ALL), ("companies", None)):
        for number, page in enumerate(drained(store.stream(name), span), 1):
            found = {"items": [json.loads(item) for item in page.items], "total_count": len(page.items)}
            (tmp_path / "live" / "adobe" / f"{name}-{number:03d}.json").write_text(json.dumps(found), "utf-8")
    _is_worked_example(_reading(shop, workspace))


def test_the_stores_files_are_the_worked_example_too(shop: Shop, tmp_path: Path) -> None:
    """With an older version of an order among them, and whole payloads."""
    workspace = _with_adobe(tmp_path / "files")
    for name, text in adobe_commerce_files(make_world(2026)):
        (tmp_path / "files" / "adobe" / name).write_text(text, "utf-8")
    _is_worked_example(_reading(shop, workspace))


def test_row_by_row_it_is_what_bigcommerce_gives(shop: Shop, tmp_path: Path) -> None:
    """The same parties with the same orders, totals, entities and statuses; only the platform's own names differ."""
    adobe = _with_adobe(tmp_path / "adobe")
    for name, text in adobe_commerce_files(make_world(2026)):
        (tmp_path / "adobe" / "adobe" / name).write_text(text, "utf-8")
    rows = [_reading(shop, workspace)["rows"] for workspace in (write_demo(tmp_path / "big"), adobe)]
    shown = [[{name: value for name, value in row.items() if name not in _OWN} for row in found] for found in rows]
    assert shown[0] == shown[1]


def test_every_sale_has_the_state_that_bigcommerce_gives_it() -> None:
    """Each of the wholesale store's orders counts, or not, for the reason that it has on the other platform.

    Adobe has no test orders: the one of the other platform is cancelled here.
    """
    states = {"test": "cancelled"}
    for sale in make_world(2026).trade_sales:
        signals = [f"status_id={sale.status}", f"payment_method={sale.method}"]
        signals += [f"payment_status={sale.paid}"] if sale.paid else []
        known = [signal for signal in signals if not order_state("bigcommerce", signal, {})[1]]
        wanted = order_state("bigcommerce", ";".join(known), {})[0]
        got, unknown = order_state("adobe_commerce", f"state={order_row(sale)['state']}", {})
        assert (got, unknown) == (states.get(wanted, wanted), ())


def test_the_files_depend_on_the_seed_alone() -> None:
    """The same seed gives the same bytes, another one others."""
    assert list(adobe_commerce_files(make_world(2026))) == list(adobe_commerce_files(make_world(2026)))
    assert list(adobe_commerce_files(make_world(1))) != list(adobe_commerce_files(make_world(2026)))
