"""A record that lacks the group it posts by cannot bill; a table that does not show the group tells nothing."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from unposted.connectors.business_central import formats as business_central
from unposted.connectors.finance_operations import formats as finance_operations
from unposted.connectors.formats import Context, RawItem, Table, TableFormat
from unposted.connectors.keys import KeyMaker
from unposted.domain.records import Master
from unposted.workspace.model import Dynamics, FieldMap, Store

_CONTEXT = Context(KeyMaker(), ZoneInfo("UTC"), entity="USTI")


def _blocked(form: TableFormat, **cells: str) -> str:
    header = {name: place for place, name in enumerate(cells)}
    (item,) = form.decode(Table(header, [(2, list(cells.values()))]), _CONTEXT)
    assert isinstance(item, Master)
    return item.blocked


def _form(formats: tuple[object, ...], name: str) -> TableFormat:
    return next(form for form in formats if isinstance(form, TableFormat) and form.name == name)


@pytest.mark.parametrize(
    ("cells", "blocked"),
    [
        ({}, ""),
        ({"customergroupid": "10"}, ""),
        ({"customergroupid": " "}, "missing: customer group"),
        ({"customergroupid": "", "onholdstatus": "All"}, "on hold: All; missing: customer group"),
    ],
)
def test_a_blank_customer_group_is_told(cells: dict[str, str], blocked: str) -> None:
    """In an export of CustomersV3."""
    form = _form(finance_operations.FORMATS, "F&O CustomersV3 export")
    assert _blocked(form, customeraccount="C-1", organizationname="Acme", **cells) == blocked


@pytest.mark.parametrize(("group", "blocked"), [("null", ""), ('"10"', ""), ('""', "missing: customer group")])
def test_a_blank_customer_group_is_told_of_the_api(group: str, blocked: str) -> None:
    """On the wire a group that is not there is unknown, a blank one is missing."""
    form = finance_operations.FORMATS[0]
    body = f'{{"CustomerAccount": "C-1", "PartyType": "Person", "CustomerGroupId": {group}}}'
    (item,) = form.decode([RawItem(1, body.encode())], _CONTEXT)  # type: ignore[arg-type]
    assert isinstance(item, Master)
    assert item.blocked == blocked


@pytest.mark.parametrize(
    ("cells", "blocked"),
    [
        ({}, ""),
        ({"customer posting group": "DOMESTIC", "gen. bus. posting group": "DOMESTIC"}, ""),
        ({"customer posting group": ""}, "missing: customer posting group"),
        (
            {"customer posting group": "", "gen. bus. posting group": "", "blocked": "All"},
            "blocked: All; missing: customer posting group, gen. bus. posting group",
        ),
    ],
)
def test_blank_posting_groups_are_told(cells: dict[str, str], blocked: str) -> None:
    """In the Customers list of Business Central."""
    form = _form(business_central.FORMATS, "Business Central Customers list (English)")
    assert _blocked(form, **{"no.": "C-1", "name": "Acme", **cells}) == blocked


def test_the_settings_have_their_defaults() -> None:
    """A month of looking back, and no catch-all customer."""
    assert FieldMap().aged_out_days == 30
    assert Store(name="a", platform="shopify", files={}).default_customers == ()
    assert Dynamics(name="b", system="dataverse", files={}).entity is None
