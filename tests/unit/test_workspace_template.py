"""The workspace file that `unposted init` writes: valid, explained, and read back as what was answered."""

from __future__ import annotations

import re
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.workspace_files import faults_of, write_files
from unposted.connectors.business_central.settings import BusinessCentralConnection
from unposted.connectors.columns import COLUMN_NAMES
from unposted.connectors.shopify.connection import ShopifyConnection
from unposted.workspace import keys
from unposted.workspace.model import Dynamics, Entity, FieldMap, Fx, Store
from unposted.workspace.reading import read_workspace
from unposted.workspace.template import (
    TemplateAnswers,
    TemplateDynamics,
    TemplateEntity,
    TemplateStore,
    workspace_text,
)

ANSWERS = TemplateAnswers(
    name='"Ünited" \\ Trade {status}',
    timezone="America/New_York",
    reporting_currency="USD",
    stores=(
        TemplateStore("dtc", "shopify", "exports/orders*.csv", "exports/customers.csv", None, "dtc", "USTI"),
        TemplateStore("b2b", "bigcommerce", "exports/bc-1.json", None, "exports/bc-2.json"),
        TemplateStore("live", "shopify", connect={"url": "https://us-trade.myshopify.com"}),
    ),
    dynamics=(
        TemplateDynamics("fno", "finance_operations", customers="exports/CustomersV3.csv", entity="CATU"),
        TemplateDynamics("crm", "dataverse", accounts="exports/accounts.json"),
        TemplateDynamics("bc", "business_central", connect={"tenant": "ustrade.example", "environment": "Production"}),
    ),
    entities=(TemplateEntity("USTI", "US Trade Inc", "USD"), TemplateEntity("CATU", "CA Trade ULC", "CAD")),
)


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder with the files that the answers name."""
    with tempfile.TemporaryDirectory() as name:
        write_files(Path(name))
        yield Path(name)


def test_the_written_file_is_read_back_as_what_was_answered(folder: Path) -> None:
    """Every answer comes back, and everything else has its default."""
    path = folder / "unposted.toml"
    path.write_text(workspace_text(ANSWERS), encoding="utf-8")
    workspace = read_workspace(path)
    assert workspace.name == ANSWERS.name
    assert workspace.timezone.key == "America/New_York"
    assert workspace.reporting_currency == "USD"
    assert workspace.stores == (
        Store(
            "dtc",
            "shopify",
            {"orders": ("exports/orders*.csv",), "customers": ("exports/customers.csv",)},
            segment="dtc",
            entity="USTI",
        ),
        Store("b2b", "bigcommerce", {"orders": ("exports/bc-1.json",), "companies": ("exports/bc-2.json",)}),
        Store("live", "shopify", {}, connect=ShopifyConnection(url="https://us-trade.myshopify.com")),
    )
    assert workspace.dynamics == (
        Dynamics("fno", "finance_operations", {"customers": ("exports/CustomersV3.csv",)}, entity="CATU"),
        Dynamics("crm", "dataverse", {"accounts": ("exports/accounts.json",)}),
        Dynamics("bc", "business_central", {}, connect=BusinessCentralConnection(tenant="ustrade.example")),
    )
    assert workspace.entities == tuple(Entity(*entity) for entity in ANSWERS.entities)
    assert workspace.field_map == FieldMap()
    assert workspace.fx == Fx()


def test_every_setting_that_is_switched_off_can_be_switched_on(folder: Path) -> None:
    """With all the leading # taken away there is still no fault but the rate to fill in."""
    text = re.sub(r"^#(?=\S)", "", workspace_text(ANSWERS), flags=re.MULTILINE)
    (fault,) = faults_of(folder, text)
    assert fault.message == "The rate 0.00 is not positive."
    tables = tomllib.loads(text)
    assert {key for store in tables["stores"] for key in store} == set(keys.STORE)
    assert {key for system in tables["dynamics"] for key in system} == set(keys.DYNAMICS)
    assert set(tables["field_map"]) == set(keys.FIELD_MAP)
    assert {key for rule in tables["field_map"]["rules"] for key in rule} == set(keys.RULE)
    assert set(tables["fx"]) == set(keys.FX)


def test_the_names_of_our_columns_are_listed() -> None:
    """Whoever maps the headers of an own file finds our names for each kind of table at the end."""
    text = workspace_text(ANSWERS)
    listed = text[text.index("--- Our column names") :]
    sections = re.split(r"^# .*:$", listed, flags=re.MULTILINE)[1:]
    assert [tuple(re.findall(r"\w+", section)) for section in sections] == list(COLUMN_NAMES.values())


def test_every_setting_is_explained() -> None:
    """No line is too long to read, and each optional setting stands under a remark or beside one of its kind."""
    lines = workspace_text(ANSWERS).splitlines()
    assert max(map(len, lines)) <= 120
    assert sum(line.startswith("# ") for line in lines) >= 50


def test_business_central_gets_the_only_entity(folder: Path) -> None:
    """A Business Central list shows no company; with one legal entity there is no question whose it is."""
    answers = TemplateAnswers(
        name="N",
        timezone="UTC",
        reporting_currency="EUR",
        stores=(TemplateStore("web", "adobe_commerce", "exports/bc-1.json"),),
        dynamics=(TemplateDynamics("bc", "business_central", customers="exports/customers.csv"),),
        entities=(TemplateEntity("DEUG", "Handels GmbH", "EUR"),),
    )
    path = folder / "unposted.toml"
    path.write_text(workspace_text(answers), encoding="utf-8")
    assert read_workspace(path).dynamics[0].entity == "DEUG"


_NAMES = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=12).filter(
    lambda name: name != "several"
)


@given(name=_NAMES, store=_NAMES, entity=_NAMES, segment=st.sampled_from([None, "b2b", "dtc"]))
def test_any_answer_survives_the_writing(folder: Path, name: str, store: str, entity: str, segment: str | None) -> None:
    """Quotes, backslashes, braces and every script come back as they were answered."""
    answers = TemplateAnswers(
        name=name,
        timezone="UTC",
        reporting_currency="USD",
        stores=(TemplateStore(f"s{store}", "shopify", "exports/orders*.csv", segment=segment, entity=entity),),
        dynamics=(TemplateDynamics(f"d{store}", "finance_operations", "exports/customers.csv"),),
        entities=(TemplateEntity(entity, name, "USD"),),
    )
    path = folder / "unposted.toml"
    path.write_text(workspace_text(answers), encoding="utf-8")
    workspace = read_workspace(path)
    assert (workspace.name, workspace.stores[0].name) == (name, f"s{store}")
    assert workspace.entities == (Entity(entity.upper(), name, "USD"),)
    assert (workspace.stores[0].segment, workspace.stores[0].entity) == (segment, entity.upper())
