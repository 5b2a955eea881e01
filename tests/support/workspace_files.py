"""A workspace file without faults, the files that it names, and its faults after a change."""

from __future__ import annotations

from pathlib import Path

from unposted.errors import Fault, WorkspaceError
from unposted.workspace.reading import read_workspace

__all__ = ["GOOD", "faults_of", "line_of", "write_files"]

GOOD = """\
[workspace]
name = "US Trade"
timezone = "America/New_York"
reporting_currency = "USD"

[[stores]]
name = "dtc"
platform = "shopify"
segment = "dtc"
entity = "USTI"
files = { orders = "exports/orders*.csv", customers = "exports/customers.csv" }

[[stores]]
name = "trade"
platform = "bigcommerce"
files = { orders = ["exports/bc-1.json", "exports/bc-2.json"] }
timezone = "UTC"
decimal_comma = false
columns = { order_id = "Order No", total = "Amount" }
statuses = { "status_id=1" = "active", "status_id=7" = "incomplete" }

[[dynamics]]
name = "fno"
system = "finance_operations"
entity = "USTI"
external_id = "CUSTREF"
files = { customers = "exports/CustomersV3.csv" }

[[dynamics]]
name = "crm"
system = "dataverse"
files = { accounts = "exports/accounts.json" }

[[entities]]
id = "USTI"
name = "US Trade Inc"
currency = "USD"

[[entities]]
id = "CATU"
name = "CA Trade ULC"
currency = "CAD"

[field_map]
match_on = ["external_id", "tax_id", "email"]
awaiting_sync_minutes = 15
overrides = "overrides.csv"
placeholders = ["Orders@Market.example"]
not_placeholders = ["test"]
b2b_tags = ["Trade"]
b2b_groups = ["Dealers", 7]

[[field_map.rules]]
ship_to = ["CA"]
entity = "CATU"

[[field_map.rules]]
tag = "Canada"
store = "trade"
entity = "CATU"

[fx]
rates = { CAD = "0.73" }
file = "eurofxref-hist.csv"
"""

_FILES = (
    *("exports/orders-1.csv", "exports/orders-2.csv", "exports/customers.csv", "exports/bc-1.json"),
    *("exports/bc-2.json", "exports/CustomersV3.csv", "exports/accounts.json", "eurofxref-hist.csv"),
)


def write_files(folder: Path) -> None:
    """Write the files that the good workspace names; what is in them does not matter to it, but for the overrides."""
    (folder / "exports").mkdir(exist_ok=True)
    for name in _FILES:
        (folder / name).write_text("x\n", encoding="utf-8")
    (folder / "overrides.csv").write_text("customer_key,entity\nann@example.com,CATU\n", encoding="utf-8")


def faults_of(folder: Path, text: str | bytes) -> tuple[Fault, ...]:
    """Write a workspace file and return its faults."""
    path = folder / "unposted.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    try:
        read_workspace(path)
    except WorkspaceError as error:
        return error.faults
    return ()


def line_of(text: str, marker: str, nth: int = 1) -> int:
    """Tell the number of the nth line that holds a text."""
    return [number for number, line in enumerate(text.splitlines(), 1) if marker in line][nth - 1]
