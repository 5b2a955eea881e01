"""Workspace files with one live source, for the tests of what stands under `connect`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests.support.workspace_files import faults_of
from unposted.connectors.live import Connection
from unposted.errors import Fault
from unposted.workspace.reading import read_workspace

__all__ = ["NEEDED", "STORES", "connect_faults", "live_text", "read_live"]

STORES = frozenset({"shopify", "bigcommerce", "adobe_commerce"})
_ENTRA = {"tenant": '"contoso.onmicrosoft.com"', "client_id": '"0f2b6c1e-7f0e-4b0e-9d7e-3a52f0a8f6b1"'}
NEEDED: Mapping[str, Mapping[str, str]] = {
    "shopify": {"url": '"https://us-trade.myshopify.com"'},
    "bigcommerce": {"url": '"https://api.bigcommerce.com"', "store_hash": '"abc123"'},
    "adobe_commerce": {"url": '"https://shop.example"'},
    "finance_operations": {"url": '"https://ustrade.operations.dynamics.com"', **_ENTRA},
    "business_central": {"url": '"https://api.businesscentral.dynamics.com"', **_ENTRA},
    "dataverse": {"url": '"https://contoso.crm4.dynamics.com"', **_ENTRA},
    "power_automate": {"url": '"https://contoso.crm4.dynamics.com"', **_ENTRA},
}
"""What each system's `connect` holds at least, as TOML."""
_OTHERS = f"""
[[stores]]
name = "shop"
platform = "shopify"
connect = {{ url = "https://other.example" }}

[[dynamics]]
name = "erp"
system = "finance_operations"
connect = {{ url = "https://other.example", tenant = {_ENTRA["tenant"]}, client_id = {_ENTRA["client_id"]} }}
"""
_REST = """
[workspace]
name = "US Trade"
timezone = "America/New_York"
reporting_currency = "USD"

[[entities]]
id = "USTI"
name = "US Trade Inc"
currency = "USD"
"""


def live_text(system: str, settings: Mapping[str, str] | None = None, above: str = "") -> str:
    """Write a workspace whose source `src` is of this system: `settings` are its `connect`, `above` stands before it.

    A store and a customer master stand behind it, for every workspace has both.
    """
    table, kind = ("stores", "platform") if system in STORES else ("dynamics", "system")
    lines = [f"{key} = {value}" for key, value in (NEEDED[system] if settings is None else settings).items()]
    head = [f"[[{table}]]", 'name = "src"', f'{kind} = "{system}"', above, f"[{table}.connect]"]
    return "\n".join([*head, *lines, _OTHERS, _REST])


def connect_faults(folder: Path, system: str, change: Mapping[str, str | None]) -> tuple[Fault, ...]:
    """Return the faults of a sound `connect` with these settings put in, or (None) taken out."""
    settings = {key: value for key, value in {**NEEDED[system], **change}.items() if value is not None}
    return faults_of(folder, live_text(system, settings))


def read_live(folder: Path, text: str) -> Connection:
    """Read a workspace without a fault, and return the connection of its source `src`."""
    path = folder / "unposted.toml"
    path.write_text(text, encoding="utf-8")
    workspace = read_workspace(path)
    found = [store.connect for store in workspace.stores if store.name == "src"]
    found += [system.connect for system in workspace.dynamics if system.name == "src"]
    assert found[0] is not None
    return found[0]
