"""Puts the demo into a folder: the made-up merchant's workspace file and its platforms' raw payloads."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from unposted.sandbox.bigcommerce import bigcommerce_files
from unposted.sandbox.dataverse import dataverse_files
from unposted.sandbox.finance_operations import finance_operations_files
from unposted.sandbox.scene import AS_OF
from unposted.sandbox.shopify import shopify_files
from unposted.sandbox.values import ZONE
from unposted.sandbox.world import make_world

__all__ = ["DEMO_AS_OF", "workspace_text", "write_demo"]

DEMO_AS_OF: datetime = AS_OF.astimezone(ZONE)

_WORKSPACE = """\
# The demo: US Trade, a made-up wholesale distributor. Everything under exports/ is what its platforms gave out
# on 12 April 2026 at half past six in the evening. Run `unposted check --as-of 2026-04-12T18:00:00-04:00` here.

[workspace]
name = "US Trade"
timezone = "America/New_York"     # days begin and end here
reporting_currency = "USD"        # one figure for all currencies

# The wholesale store. Its orders do not say which company they are for: companies and company users do.
[[stores]]
name = "wholesale"
platform = "bigcommerce"
segment = "b2b"
entity = "USTI"                   # who bills, unless a rule below says otherwise

[stores.files]
orders = "exports/bigcommerce/orders*.json"
customers = "exports/bigcommerce/customers*.json"
companies = ["exports/bigcommerce/companies*.json", "exports/bigcommerce/company_users*.json"]

# The direct-to-consumer shop.
[[stores]]
name = "dtc"
platform = "shopify"
segment = "dtc"
entity = "USTI"
default_customers = ["US-000900"]  # the catch-all record: it bills nobody in particular

@shop_files@
# The customer master of both legal entities; each record says which one it belongs to.
@master@

# Where sales and service keep accounts and contacts; dual-write promotes them into the customer master.
[[dynamics]]
name = "crm"
system = "dataverse"
files = { accounts = "exports/dataverse/accounts.json", contacts = "exports/dataverse/contacts.json" }

[[entities]]
id = "USTI"
name = "US Trade Inc"
currency = "USD"

[[entities]]
id = "CATU"
name = "CA Trade ULC"
currency = "CAD"

[field_map]
match_on = ["external_id", "tax_id", "email"]   # the first that hits is the evidence
awaiting_sync_minutes = 15                      # younger orders may still be on their way

# What is shipped to Canada, and what is tagged for it, is billed by the Canadian company.
[[field_map.rules]]
ship_to = ["CA"]
entity = "CATU"

[[field_map.rules]]
tag = "canada"
entity = "CATU"

[fx]
rates = { CAD = "0.73" }          # US dollars for one Canadian dollar
"""
_SHOP_FILES = """\
[stores.files]
orders = ["exports/shopify/orders*.json", "exports/shopify/draft_orders.json"]   # drafts are quotes
customers = "exports/shopify/customers*.json"
"""
_MASTER = """\
[[dynamics]]
name = "fno"
system = "finance_operations"
external_id = "EcomCustomerId"    # the extension field that holds the storefront's id
files = { customers = "exports/finance_operations/CustomersV3*.json" }
"""


def write_demo(folder: Path, seed: int = 2026) -> Path:
    """Write the demo's workspace file and payloads into a folder, and return the workspace file.

    The folder is made if need be; files of the same names are replaced. The bytes depend on the seed alone.
    """
    world = make_world(seed)
    for system, files in (
        ("bigcommerce", bigcommerce_files(world)),
        ("shopify", shopify_files(world)),
        ("finance_operations", finance_operations_files(world)),
        ("dataverse", dataverse_files(world)),
    ):
        place = folder / "exports" / system
        place.mkdir(parents=True, exist_ok=True)
        for name, text in files:
            (place / name).write_text(text, encoding="utf-8", newline="\n")
    workspace = folder / "unposted.toml"
    workspace.write_text(workspace_text(_SHOP_FILES, _MASTER), encoding="utf-8", newline="\n")
    return workspace


def workspace_text(shop_files: str, master: str) -> str:
    """Write the workspace file with the shop's files and the customer master's sources given as TOML."""
    return _WORKSPACE.replace("@shop_files@", shop_files).replace("@master@\n", master)
