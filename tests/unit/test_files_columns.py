"""Tables that bear our own column names: every kind, every platform's meaning of a status."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from tests.support.storefronts import bad_codes, keys_of, setting
from unposted.connectors.columns import COLUMN_NAMES, NECESSARY_COLUMNS, column_names, generic_format
from unposted.connectors.formats import Context, Item, Stream, Table
from unposted.domain.records import Company, Customer, Master, Order, Staged
from unposted.domain.status import order_state

_ORDER = {
    "order_id": "'007",
    "order_name": "A-7",
    "created_at": "10.04.2026 09:30",
    "updated_at": "11.04.2026 09:30",
    "currency": "EUR",
    "total": "1.190,00",
    "tax": "190,00",
    "refunded": "119,00",
    "status": "paid",
    "customer_id": "77",
    "customer_name": "Ana Adler",
    "email": "Ana@Example.com",
    "ship_country": "Germany",
    "bill_country": "AT",
    "postcode": "20457",
    "street": "Hafenstr. 5",
    "tags": "VIP, vip",
}
_PERSON = {"name": "Acme GmbH", "email": "office@example.org", "tax_id": "DE136695976", "external_id": "ERP-1"}


def _read(platform: str, stream: Stream, row: Mapping[str, str], context: Context | None = None) -> list[Item]:
    form = generic_format(platform, stream)
    table = Table({name: place for place, name in enumerate(row)}, [(2, list(row.values()))])
    return list(form.decode(table, context or setting("Europe/Berlin")))


def _order(platform: str = "shopify", **changes: str) -> Order:
    (found,) = _read(platform, "orders", {**_ORDER, **changes})
    assert isinstance(found, Order), found
    return found


def test_an_order_is_read_whole() -> None:
    """Every field of the record; grouping and decimal comma, dotted dates, country names."""
    found = _order()
    assert found._replace(keys=()) == Order(
        order_id="007",
        name="A-7",
        created_at=datetime(2026, 4, 10, 7, 30, tzinfo=UTC),
        signals="financial_status=PAID",
        currency="EUR",
        total=119000,
        refunded=11900,
        net=90000,
        updated_at=datetime(2026, 4, 11, 7, 30, tzinfo=UTC),
        customer_id="77",
        buyer_name="Ana Adler",
        email="ana@example.com",
        country="DE",
        tags=("vip",),
    )
    assert set(found.keys) == {("email", "ana@example.com"), ("name_address", "ana adler|20457|5")}


@pytest.mark.parametrize(
    ("platform", "changes", "state"),
    [
        ("shopify", {"status": "paid"}, "active"),
        ("shopify", {"status": "", "financial_status": "Partially refunded"}, "active"),
        ("shopify", {"status": "refunded"}, "refunded"),
        ("shopify", {"status": "paid", "cancelled_at": "2026-04-11"}, "cancelled"),
        ("shopify", {"status": "Cancelled"}, "cancelled"),
        ("shopify", {"status": "paid", "test": "yes"}, "test"),
        ("shopify", {"status": ""}, "active"),
        ("bigcommerce", {"status": "11"}, "active"),
        ("bigcommerce", {"status": "Incomplete"}, "incomplete"),
        ("bigcommerce", {"status": "Shipped", "cancelled_at": "false"}, "active"),
        ("bigcommerce", {"status": "canceled"}, "cancelled"),
        ("adobe_commerce", {"status": "processing"}, "active"),
        ("adobe_commerce", {"status": "closed"}, "refunded"),
        ("adobe_commerce", {"status": "complete", "cancelled_at": "true"}, "cancelled"),
    ],
)
def test_a_status_means_what_it_means_on_its_platform(platform: str, changes: dict[str, str], state: str) -> None:
    """Every one of these is in the platform's table of states."""
    assert order_state(platform, _order(platform, **changes).signals, {}) == (state, ())


def test_an_order_for_a_company_is_b2b_with_the_companys_keys() -> None:
    """A company id, its external id and its tax id may be columns."""
    found = _order(company_id="9", company_name="Acme", external_id="ERP-1", tax_id="DE136695976")
    assert (found.company_id, found.company_name, found.b2b) == ("9", "Acme", True)
    assert keys_of(found, "external_id") == ["erp-1"]
    assert keys_of(found, "tax_id") == ["DE136695976", "~136695976"]
    assert not _order().b2b
    assert _order(tags="Wholesale").b2b


def test_a_guest_is_no_customer_zero() -> None:
    """Some platforms write 0 for none."""
    assert _order(customer_id="0", company_id="0").customer_id is None


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"order_id": ""}, "missing-field"),
        ({"created_at": "32.04.2026"}, "bad-date"),
        ({"created_at": "04/05/2026"}, "ambiguous-date"),
        ({"total": "ten"}, "bad-amount"),
        ({"total": ""}, "missing-field"),
        ({"total": "-1"}, "negative-amount"),
        ({"currency": "EURO"}, "unknown-currency"),
        ({"currency": ""}, "missing-currency"),
    ],
)
def test_an_order_that_cannot_be_read_goes_to_quarantine(changes: dict[str, str], code: str) -> None:
    """With a code that the documentation lists."""
    assert bad_codes(_read("shopify", "orders", {**_ORDER, **changes})) == [code]


def test_the_stores_currency_is_that_of_bare_amounts() -> None:
    """A shop with one currency seldom writes it down."""
    (found,) = _read("shopify", "orders", {**_ORDER, "currency": ""}, setting("Europe/Berlin", currency="CHF"))
    assert getattr(found, "currency", None) == "CHF"


def test_a_customer_and_a_company_are_read() -> None:
    """With all their keys, the folded e-mail too."""
    (found,) = _read(
        "adobe_commerce", "customers", {"customer_id": "7", **_PERSON, "group": "x", "email": "a.b@x.example"}
    )
    assert isinstance(found, Customer)
    assert (found.customer_id, found.name, found.email, found.b2b) == ("7", "Acme GmbH", "a.b@x.example", True)
    assert keys_of(found, "email_folded") == ["ab@x.example"]
    (firm,) = _read("bigcommerce", "companies", {"company_id": "9", **_PERSON})
    assert isinstance(firm, Company)
    assert keys_of(firm, "external_id") == ["erp-1"]


@pytest.mark.parametrize(
    "changes",
    [{"company_id": "9"}, {"company_name": "Acme"}, {"tax_id": "DE136695976"}, {"group": "Resellers"}, {"tags": "B2B"}],
)
def test_b2b_shows_in_any_of_a_customers_columns(changes: dict[str, str]) -> None:
    """Company, tax id, group or tag."""
    context = setting(groups=["resellers"])
    (plain,) = _read("shopify", "customers", {"customer_id": "7", "group": "Retail"}, context)
    (found,) = _read("shopify", "customers", {"customer_id": "7", **changes}, context)
    assert getattr(plain, "b2b", None) is False
    assert getattr(found, "b2b", None) is True


def test_a_master_record_is_read() -> None:
    """The entity in upper case, what blocks it in its own words."""
    row = {"account": "'C001", "entity": "usti", "kind": "Person", **_PERSON, "blocked": "Invoice", "one_time": "yes"}
    (found,) = _read("finance_operations", "customers", row)
    assert isinstance(found, Master)
    assert found[:6] == ("USTI", "C001", "Acme GmbH", False, "Invoice", True)


@pytest.mark.parametrize(("blocked", "words"), [("no", ""), ("0", ""), ("", ""), ("yes", "blocked"), ("All", "All")])
def test_blocked_may_be_a_word_or_a_flag(blocked: str, words: str) -> None:
    """A flag says no reason."""
    (found,) = _read("business_central", "customers", {"account": "C1", "entity": "USTI", "blocked": blocked})
    assert getattr(found, "blocked", None) == words


def test_a_master_record_without_an_entity_cannot_be_placed() -> None:
    """Neither a column nor the source names one."""
    assert bad_codes(_read("finance_operations", "customers", {"account": "C1"})) == ["missing-entity"]


@pytest.mark.parametrize(("stream", "table"), [("accounts", "account"), ("contacts", "contact")])
def test_a_dataverse_record_is_read(stream: Stream, table: str) -> None:
    """Account number and company code tell whether it was promoted."""
    row = {"record_id": "r-1", **_PERSON, "account_number": "C1", "company_code": "usti", "customer_type": "3",
           "sellable": "true", "active": "false"}  # fmt: skip
    (found,) = _read("dataverse", stream, row)
    assert isinstance(found, Staged)
    assert found[:8] == (table, "r-1", "Acme GmbH", "C1", "USTI", 3, True, False)


def test_every_necessary_column_is_a_known_one() -> None:
    """The names of a Dynamics system's customers are not those of a store's."""
    assert all(set(NECESSARY_COLUMNS[kind]) <= set(names) for kind, names in COLUMN_NAMES.items())
    assert "entity" in column_names("business_central", "customers")
    assert "customer_id" in column_names("shopify", "customers")


@pytest.mark.parametrize(
    ("platform", "stream", "kind"),
    [("shopify", "orders", "orders"), ("shopify", "customers", "customers"), ("bigcommerce", "companies", "companies"),
     ("business_central", "customers", "masters"), ("dataverse", "accounts", "accounts")],
)  # fmt: skip
def test_every_column_is_read_or_harmless(platform: str, stream: Stream, kind: str) -> None:
    """A table with all of our columns, and one with only the necessary ones, give a record."""
    values = {"created_at": "2026-04-10", "updated_at": "2026-04-10", "cancelled_at": "", "total": "5", "tax": "1",
              "refunded": "0", "currency": "EUR", "entity": "USTI", "customer_type": "3"}  # fmt: skip
    whole = {name: values.get(name, "x1") for name in COLUMN_NAMES[kind]}
    least = {name: whole[name] for name in NECESSARY_COLUMNS[kind]} | ({"entity": "USTI"} if kind == "masters" else {})
    for row in (whole, least):
        assert bad_codes(_read(platform, stream, row)) == []
