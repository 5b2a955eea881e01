"""Workspace files that are ready to read the sandbox live, with the variables that hold its made-up credentials."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from unposted.sandbox import business_central
from unposted.sandbox.beside import CATCH_ALL_ACCOUNT
from unposted.sandbox.credentials import (
    ADOBE_OAUTH,
    BIGCOMMERCE_HASH,
    BIGCOMMERCE_TOKEN,
    CLIENT_ID,
    CLIENT_SECRET,
    SHOPIFY_TOKEN,
    TENANT,
)
from unposted.sandbox.erp import COMPANIES
from unposted.sandbox.finance_operations import EXTERNAL_ID_FIELD

__all__ = ["WORKSPACES", "Written", "variables", "workspace_text", "write_workspace"]

_HISTORY = "history_days = 3650              # the made-up world ends on 12 April 2026"
_HEAD = """\
# US Trade, a made-up distributor, read live from the sandbox at @base@.@note@
# Its credentials stand in sandbox.env beside this file; they are made up and good for nothing else.

[workspace]
name = "US Trade"
timezone = "America/New_York"
reporting_currency = "USD"
"""
_NOTES = {
    "all": "\n# Two platforms hold the same wholesale orders, two ERPs the same customers: for trying only.",
}
_TAIL = """\
@entities@
[field_map]
match_on = ["external_id", "tax_id", "email"]
awaiting_sync_minutes = 15

# What is shipped to Canada, and what is tagged for it, is billed by the Canadian company.
[[field_map.rules]]
ship_to = ["CA"]
entity = "CATU"

[[field_map.rules]]
tag = "canada"
entity = "CATU"

[fx]
rates = { CAD = "0.73" }
"""
_ENTRA = f"""\
tenant = "{TENANT}"
client_id = "{CLIENT_ID}"
authority = "@base@/login"
"""


@dataclass(frozen=True, slots=True)
class _Source:
    """A source of a workspace: its table, and its secrets by name."""

    name: str
    text: str
    secrets: Mapping[str, str] = field(default_factory=dict)


_SHOPIFY = _Source(
    "dtc",
    f"""\
[[stores]]
name = "dtc"
platform = "shopify"
segment = "dtc"
entity = "USTI"
default_customers = ["{CATCH_ALL_ACCOUNT}"]  # the catch-all record: it bills nobody in particular

[stores.connect]
url = "@base@/shopify"
{_HISTORY}
""",
    {"token": SHOPIFY_TOKEN},
)
_BIGCOMMERCE = _Source(
    "wholesale",
    f"""\
[[stores]]
name = "wholesale"
platform = "bigcommerce"
segment = "b2b"
entity = "USTI"

[stores.connect]
url = "@base@/bigcommerce"
store_hash = "{BIGCOMMERCE_HASH}"
b2b = true
b2b_url = "@base@/bigcommerce-b2b/api/v3/io"
{_HISTORY}
""",
    {"token": BIGCOMMERCE_TOKEN},
)
_ADOBE = _Source(
    "trade",
    f"""\
[[stores]]
name = "trade"
platform = "adobe_commerce"
segment = "b2b"
entity = "USTI"

[stores.connect]
url = "@base@/adobe"
auth = "oauth1"
{_HISTORY}
""",
    ADOBE_OAUTH,
)
_FNO = _Source(
    "fno",
    f"""\
[[dynamics]]
name = "fno"
system = "finance_operations"
external_id = "{EXTERNAL_ID_FIELD}"

[dynamics.connect]
url = "@base@/fno"
{_ENTRA}external_id_field = "{EXTERNAL_ID_FIELD}"
further_emails = true             # some customers have several addresses; CustomersV3 shows one
revenue_accounts = ["401100", "401200", "401900"]
{_HISTORY}
""",
    {"client_secret": CLIENT_SECRET},
)
_BC = _Source(
    "bc",
    f"""\
[[dynamics]]
name = "bc"
system = "business_central"

[dynamics.connect]
url = "@base@/business-central"
environment = "Production"
{_ENTRA}companies = {{ {", ".join(f'"{company.name}" = "{company.entity.upper()}"' for company in COMPANIES)} }}
revenue_accounts = ["401100", "401200", "401900"]
{_HISTORY}

[dynamics.connect.external_ids]
path = "{business_central.EXTERNAL_ID_PATH}"
set = "{business_central.EXTERNAL_ID_SET}"
field = "{business_central.EXTERNAL_ID_FIELD}"
""",
    {"client_secret": CLIENT_SECRET},
)
_DATAVERSE = _Source(
    "crm",
    f"""\
[[dynamics]]
name = "crm"
system = "dataverse"

[dynamics.connect]
url = "@base@/dataverse"
{_ENTRA}{_HISTORY}
""",
    {"client_secret": CLIENT_SECRET},
)
_FLOWS = _Source(
    "flows",
    f"""\
[[dynamics]]
name = "flows"
system = "power_automate"

[dynamics.connect]
url = "@base@/dataverse"
{_ENTRA}{_HISTORY}
""",
    {"client_secret": CLIENT_SECRET},
)

WORKSPACES: Mapping[str, Sequence[_Source]] = {
    "demo": (_BIGCOMMERCE, _SHOPIFY, _FNO, _DATAVERSE),
    "adobe-bc": (_ADOBE, _SHOPIFY, _BC, _DATAVERSE),
    "all": (_BIGCOMMERCE, _ADOBE, _SHOPIFY, _FNO, _BC, _DATAVERSE, _FLOWS),
}
"""The sources of each ready workspace."""


class Written(NamedTuple):
    """A workspace that was written: its file, the file of its variables, and these."""

    workspace: Path
    environment: Path
    variables: Mapping[str, str]


def workspace_text(name: str, base: str) -> str:
    """Write a ready workspace's file for a sandbox at an address."""
    parts = [_HEAD, *(source.text for source in WORKSPACES[name]), _TAIL.replace("@entities@\n", _entities())]
    return "\n".join(parts).replace("@note@", _NOTES.get(name, "")).replace("@base@", base)


def variables(name: str) -> dict[str, str]:
    """Give the environment variables that hold the secrets of a ready workspace."""
    return {
        "UNPOSTED_" + re.sub(r"[^A-Z0-9]+", "_", f"{source.name}_{secret}".upper()): value
        for source in WORKSPACES[name]
        for secret, value in source.secrets.items()
    }


def write_workspace(name: str, base: str, folder: Path) -> Written:
    """Write a ready workspace and its variables into a folder, which is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    held = variables(name)
    workspace, environment = folder / "unposted.toml", folder / "sandbox.env"
    workspace.write_text(workspace_text(name, base), encoding="utf-8", newline="\n")
    environment.write_text("".join(f"{key}={value}\n" for key, value in held.items()), encoding="utf-8", newline="\n")
    return Written(workspace, environment, held)


def _entities() -> str:
    return "".join(
        f'[[entities]]\nid = "{company.entity.upper()}"\nname = "{company.name}"\ncurrency = "{company.currency}"\n\n'
        for company in COMPANIES
    )
