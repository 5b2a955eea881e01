"""Writes the commented workspace file that `unposted init` gives to a finance person to complete."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from unposted.workspace.template_connect import connect_lines

__all__ = ["TemplateAnswers", "TemplateDynamics", "TemplateEntity", "TemplateStore", "workspace_text"]

_TITLES = {
    "orders": "orders of a store",
    "customers": "customers of a store",
    "companies": "companies of a store",
    "masters": "customers of Finance & Operations or Business Central",
    "accounts": "accounts of Dataverse",
    "contacts": "contacts of Dataverse",
}


class TemplateStore(NamedTuple):
    """A storefront to write: its platform, the globs of its exports or (`connect`) where it is read live, its default
    segment and entity.
    """

    name: str
    platform: str
    orders: str | None = None
    customers: str | None = None
    companies: str | None = None
    segment: str | None = None
    entity: str | None = None
    connect: Mapping[str, object] | None = None


class TemplateDynamics(NamedTuple):
    """A Dynamics 365 system to write, from exports or (`connect`) read live.

    Dataverse has accounts and contacts, the others have customers.
    """

    name: str
    system: str
    customers: str | None = None
    accounts: str | None = None
    contacts: str | None = None
    entity: str | None = None
    connect: Mapping[str, object] | None = None


class TemplateEntity(NamedTuple):
    """A legal entity to write: its company code, its name and its currency."""

    id: str
    name: str
    currency: str


@dataclass(frozen=True, slots=True)
class TemplateAnswers:
    """What `unposted init` has asked for."""

    name: str
    timezone: str
    reporting_currency: str
    stores: tuple[TemplateStore, ...]
    dynamics: tuple[TemplateDynamics, ...]
    entities: tuple[TemplateEntity, ...]


_HEAD = """\
# The workspace file of unposted: which files to read, and which legal entity bills which order.
# Run `unposted check` beside it. Text stands in "quotes"; a line that begins with # is a remark.
# A setting with # right before it is switched off; take away the # to switch it on.
# Paths start from the folder of this file. A * stands for any characters: "exports/orders*.csv" reads all such files.
"""
_WORKSPACE = """\
# Days begin and end in this time zone, whatever the clock of this computer says.
"""
_STORES = """\
# --- Stores -----------------------------------------------------------------------------------------------------------
# One [[stores]] table for each storefront. platform: shopify, bigcommerce or adobe_commerce.
# files: the exports of orders; customers and companies make the matching better. CSV, XLSX, JSON and .gz are read.
# connect, in place of files: the store is read live; `unposted init --live` writes it.
"""
_STORE_OPTIONS = """\
# What every order of this store is, b2b or dtc; without it, the orders and accounts show it themselves.
{segment}
# The legal entity that bills this store's orders when no rule below says otherwise.
{entity}
# For times without an offset in this store's files; without it, the time zone above.
#timezone = "America/Chicago"
# Amounts are written 1.234,56; without it, the file's own way is found.
#decimal_comma = true
# The currency of amounts that show none.
#currency = "{currency}"
# Another meaning for a status: active, cancelled, refunded, quote, test or incomplete.
#statuses = { {status} = "incomplete" }
# Catch-all records of the customer master that bill nobody in particular: ACCOUNT, or ENTITY/ACCOUNT.
#default_customers = ["US-000900"]
# For a file with headers of your own: our column name = "the header in the file". The names stand at the end.
#columns = { order_id = "Order No", created_at = "Order date" }
"""
_STATUS_EXAMPLES = {
    "bigcommerce": '"status_id=7"',
    "adobe_commerce": '"state=holded"',
    "shopify": '"financial_status=PENDING"',
}
_DYNAMICS = """\
# --- Dynamics 365 -----------------------------------------------------------------------------------------------------
# One [[dynamics]] table for each system. system: finance_operations, business_central or dataverse.
# files: customers, the customer master, for the first two; accounts and contacts for dataverse.
# connect, in place of files: the system is read live. power_automate, the flows between shop and ERP, is only live.
"""
_DYNAMICS_OPTIONS = """\
# The legal entity of records that show no company. Business Central lists never show one.
{entity}
# The field of the master that holds the storefront's customer id, if there is one.
#external_id = "CUSTOMERREFERENCE"
# As for stores:
#timezone = "America/Chicago"
#decimal_comma = true
#columns = { {column} }
"""
_ENTITIES = """\
# --- Legal entities ---------------------------------------------------------------------------------------------------
# One [[entities]] table for each company that can bill. id: its company code in Dynamics 365, such as USTI.
"""
_FIELD_MAP = """\
# --- The field map ----------------------------------------------------------------------------------------------------
[field_map]
# A customer is in the customer master when one of these is equal, the best one first.
# Known: external_id, tax_id, email, phone, name_address.
match_on = ["external_id", "tax_id", "email"]
# Orders younger than this may still be on their way into Dynamics; they count, with the status awaiting_sync.
awaiting_sync_minutes = 15
# How many days before the window to look for those whose last order left it while they were still absent.
aged_out_days = 30
# A CSV file that sends single customers to a legal entity. Its first line: customer_key,entity
#overrides = "overrides.csv"
# More values that mean nobody, beside the usual n/a, noreply@… and so on; * stands for any characters.
#placeholders = ["orders@marketplace.example"]
# Values of the usual list that are somebody here.
#not_placeholders = ["test"]
# Customer or order tags, and customer groups, that mean business customers.
b2b_tags = ["b2b", "wholesale"]
#b2b_groups = ["Wholesale"]

# Rules send orders to a legal entity by the order's tag, or by the country it ships to. First come the overrides,
# then tags, then countries, then the store's own entity. Each rule has one condition.
#[[field_map.rules]]
#ship_to = ["CA"]
#entity = {entity}

#[[field_map.rules]]
#tag = "wholesale-ca"
#entity = {entity}
# Only for this store:
#store = {store}
"""
_FX = """\
# --- Exchange rates ---------------------------------------------------------------------------------------------------
# What one unit of a currency is worth in {reporting}, in quotes. Fill in your rates; or name the file of the ECB's
# reference rates.
[fx]
{rates}
#file = "eurofxref-hist.csv"
"""
_COLUMNS = """\
# --- Our column names -------------------------------------------------------------------------------------------------
# Exports of the platforms are known by their headers. For any other file, columns = { our_name = "its header" }
# under its store or system. Other columns of the file are ignored.
"""


def workspace_text(answers: TemplateAnswers) -> str:
    """Return the workspace file as TOML text, with every setting that there is and what it is for."""
    return "\n".join(
        [
            _HEAD,
            *_workspace(answers),
            _STORES,
            *[text for store in answers.stores for text in _store(store, answers.entities, answers.reporting_currency)],
            _DYNAMICS,
            *[text for system in answers.dynamics for text in _system(system, answers.entities)],
            _ENTITIES,
            *[text for entity in answers.entities for text in _table("[entities]", entity._asdict().items())],
            _filled(_FIELD_MAP, entity=_entity(answers.entities), store=_store_name(answers.stores)),
            _filled(_FX, reporting=answers.reporting_currency, rates=_rates(answers)),
            _COLUMNS + "".join(_column_names()),
        ]
    )


def _workspace(answers: TemplateAnswers) -> Iterator[str]:
    yield "[workspace]"
    yield _setting("name", answers.name)
    yield _WORKSPACE + _setting("timezone", answers.timezone)
    yield "# Totals are shown in this currency."
    yield _setting("reporting_currency", answers.reporting_currency) + "\n"


def _store(store: TemplateStore, entities: Iterable[TemplateEntity], currency: str) -> Iterator[str]:
    files = (("orders", store.orders), ("customers", store.customers), ("companies", store.companies))
    yield from _table("[stores]", [("name", store.name), ("platform", store.platform)], files)
    yield _filled(
        _STORE_OPTIONS,
        segment=_setting("segment", store.segment or "dtc", off=store.segment is None),
        entity=_setting("entity", store.entity or _any_id(entities), off=store.entity is None),
        currency=currency,
        status=_STATUS_EXAMPLES.get(store.platform, '"status=on hold"'),
    )
    if store.connect is not None:
        yield from connect_lines("stores", store.platform, store.name, store.connect)


def _system(system: TemplateDynamics, entities: Sequence[TemplateEntity]) -> Iterator[str]:
    entity = system.entity or _only_id(system, entities)
    files = (("customers", system.customers), ("accounts", system.accounts), ("contacts", system.contacts))
    yield from _table("[dynamics]", [("name", system.name), ("system", system.system)], files)
    yield _filled(
        _DYNAMICS_OPTIONS,
        entity=_setting("entity", entity or _any_id(entities), off=entity is None),
        column='record_id = "Account ID"'
        if system.system == "dataverse"
        else 'account = "Customer No", email = "E-mail"',
    )
    if system.connect is not None:
        yield from connect_lines("dynamics", system.system, system.name, system.connect)


def _table(
    header: str, settings: Iterable[tuple[str, str]], files: Iterable[tuple[str, str | None]] = ()
) -> Iterator[str]:
    yield f"[{header}]"
    yield from (_setting(key, value) for key, value in settings)
    named = ", ".join(_setting(stream, glob) for stream, glob in files if glob is not None)
    yield f"files = {{ {named} }}" if named else ""


def _rates(answers: TemplateAnswers) -> str:
    """Show where to write a rate for each currency of the entities; the file cannot know the rates."""
    foreign = {entity.currency for entity in answers.entities} - {answers.reporting_currency}
    examples = sorted(foreign) or ["EUR" if answers.reporting_currency != "EUR" else "USD"]
    return "#rates = { " + ", ".join(f'{currency} = "0.00"' for currency in examples) + " }"


def _column_names() -> Iterator[str]:
    from unposted.connectors.columns import COLUMN_NAMES

    for kind, names in COLUMN_NAMES.items():
        yield f"# {_TITLES.get(kind, kind)}:\n"
        lines = textwrap.wrap(", ".join(names), 112, initial_indent="#   ", subsequent_indent="#   ")
        yield "".join(f"{line}\n" for line in lines)


def _filled(text: str, **values: str) -> str:
    """Put values in the places `{name}`; other braces are TOML and stay."""
    return re.sub(r"\{(\w+)\}", lambda place: values[place[1]], text)


def _only_id(system: TemplateDynamics, entities: Sequence[TemplateEntity]) -> str | None:
    """Tell the entity of a Business Central system, which must be named, when there is no other choice."""
    return entities[0].id if system.system == "business_central" and len(entities) == 1 else None


def _any_id(entities: Iterable[TemplateEntity]) -> str:
    return next((entity.id for entity in entities), "USTI")


def _entity(entities: Iterable[TemplateEntity]) -> str:
    return _quoted(_any_id(entities))


def _store_name(stores: Iterable[TemplateStore]) -> str:
    return _quoted(next((store.name for store in stores), "dtc"))


def _setting(key: str, value: str, *, off: bool = False) -> str:
    return f"{'#' if off else ''}{key} = {_quoted(value)}"


def _quoted(value: str) -> str:
    """Write a TOML basic string; JSON's escapes are a part of TOML's."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")
