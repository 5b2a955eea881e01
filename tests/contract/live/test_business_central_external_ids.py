"""The storefront's ids, which the standard customers page cannot carry, joined from a page of the merchant's own."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.live.business_central_setting import (
    CA,
    LINKS,
    US,
    Environment,
    context,
    customer,
    read,
    span,
)
from unposted.connectors.business_central import ExternalIds
from unposted.connectors.live import PageRequest
from unposted.domain.records import Master
from unposted.errors import SourceDown, SourceRefused
from unposted.sandbox.business_central import guid

OVER = span("2026-04-10T00:00:00+00:00", "2026-04-11T00:00:00+00:00")


@pytest.fixture
def bc() -> Environment:
    """The same number in both companies, with another storefront id in each."""
    found = Environment()
    for company, code in ((US, "7214300118201"), (CA, "7214300999999")):
        found.service.put(company, "customers", customer("C1"))
        found.service.put(company, "customers", customer("C2"))
        found.service.put(company, "shopCustomers", _link("C1", code))
    return found


def _link(number: str, code: Any, changed: str = "2026-04-10T10:00:00Z") -> dict[str, Any]:
    return {"id": guid("link", number), "number": number, "shopifyId": code, "lastModifiedDateTime": changed}


def _ids(masters: list[Master]) -> dict[str, list[str]]:
    return {
        f"{one.entity} {one.account}": [key.value for key in one.keys if key.kind == "external_id"] for one in masters
    }


def test_each_company_s_ids_are_joined_by_number(bc: Environment) -> None:
    """A customer without a link has no external id; one of another company does not lend its own."""
    assert _ids(read(bc.stream("customers", external_ids=LINKS))) == {
        "USTI C1": ["7214300118201"], "USTI C2": [], "CATU C1": ["7214300999999"], "CATU C2": [],
    }  # fmt: skip


def test_the_joined_field_is_read_whatever_the_source_names(bc: Environment) -> None:
    """The connector knows the field's name; the source's `external_id` need not say it again."""
    found = read(bc.stream("customers", external_ids=LINKS), given=context(external_id_field="somethingElse"))
    assert _ids(found)["USTI C1"] == ["7214300118201"]


def test_the_join_does_not_mind_the_case_of_a_code(bc: Environment) -> None:
    """Business Central stores codes in upper case; an extension's own table may not."""
    bc.service.put(US, "customers", customer("ABC"))
    bc.service.put(US, "shopCustomers", _link(" abc ", "77001"))
    settings = ExternalIds(path=LINKS.path, set=LINKS.set, field=LINKS.field, modified="lastModifiedDateTime")
    for number in range(200):
        bc.service.put(US, "customers", customer(f"N{number}"))
    assert _ids(read(bc.stream("customers", external_ids=settings)))["USTI ABC"] == ["77001"]


@pytest.mark.parametrize(("code", "keys"), [(7214300118201, ["7214300118201"]), (0, []), ("", []), (None, [])])
def test_an_id_may_be_text_or_a_number(bc: Environment, code: Any, keys: list[str]) -> None:
    """BigInteger fields are numbers; zero and blank are no id."""
    bc.service.put(US, "shopCustomers", _link("C1", code))
    assert _ids(read(bc.stream("customers", external_ids=LINKS)))["USTI C1"] == keys


def test_a_page_of_the_odata_web_services_will_do(bc: Environment) -> None:
    """A published web service stands below ODataV4, by the company's name, with captions for field names."""
    settings = ExternalIds(path="ODataV4", set="ShopCustomerCard", number="No", field="Shopify_Id")
    assert _ids(read(bc.stream("customers", external_ids=settings)))["CATU C1"] == ["7214300999999"]
    (asked, *_) = bc.asked("ODataV4")
    assert asked.path == f"/v2.0/ustrade.example/Production/ODataV4/Company('{CA}')/ShopCustomerCard"


def test_few_customers_cost_one_question_by_number(bc: Environment) -> None:
    """A short page of news does not read the whole list of links."""
    read(bc.stream("customers", external_ids=LINKS), OVER)
    assert [call.first("$filter") for call in bc.asked("/shopCustomers")] == ["number eq 'C1' or number eq 'C2'"] * 2


def test_many_customers_cost_one_reading_of_the_list(bc: Environment) -> None:
    """A full page reads the links once for its company, and not again for the next page."""
    for number in range(400):
        bc.service.put(US, "customers", customer(f"N{number}"))
        bc.service.put(US, "shopCustomers", _link(f"N{number}", 9_000 + number))
    found = _ids(read(bc.stream("customers", external_ids=LINKS, companies={US: "USTI"}), size=200))
    assert found["USTI N399"] == ["9399"]
    assert [call.first("$filter") for call in bc.asked("/shopCustomers")] == [None]


def test_a_link_made_later_brings_its_customer(bc: Environment) -> None:
    """The link is set, the customer itself does not change: it is read again by the link's own time of change."""
    settings = ExternalIds(path=LINKS.path, set=LINKS.set, field=LINKS.field, modified="lastModifiedDateTime")
    bc.service.put(US, "customers", customer("C9", "2024-01-01T00:00:00Z"))
    bc.service.put(US, "shopCustomers", _link("C9", "99", "2026-04-10T23:00:00Z"))
    over = span("2026-04-10T22:00:00+00:00", "2026-04-11T00:00:00+00:00")
    assert _ids(read(bc.stream("customers", external_ids=settings), over)) == {"USTI C9": ["99"]}
    assert _ids(read(bc.stream("customers", external_ids=LINKS), over)) == {}


def test_a_linked_customer_that_cannot_be_delivered_is_passed_over(bc: Environment) -> None:
    """Its link has changed, its own row fails: the reading names it and ends."""
    settings = ExternalIds(path=LINKS.path, set=LINKS.set, field=LINKS.field, modified="lastModifiedDateTime")
    bc.service.put(US, "customers", customer("C9", "2024-01-01T00:00:00Z"))
    bc.service.put(US, "shopCustomers", _link("C9", "99", "2026-04-10T23:00:00Z"))
    bc.change(poison=frozenset({guid("customer", "C9")}))
    stream = bc.stream("customers", external_ids=settings, companies={US: "USTI"})
    assert stream.skip is not None
    request = PageRequest(span("2026-04-10T22:00:00+00:00", "2026-04-11T00:00:00+00:00"), None, 1)
    request = request._replace(token=stream.fetch(request).next)
    with pytest.raises(SourceDown):
        stream.fetch(request)
    assert stream.skip(request) == ("USTI|C9", None)


def test_single_customers_have_their_ids_too(bc: Environment) -> None:
    """A customer that is fetched because of a notification is as whole as one of a page."""
    stream = bc.stream("customers", external_ids=LINKS)
    assert stream.by_id is not None
    (page,) = stream.by_id(["USTI|C1"])
    assert b'"shopifyId":"7214300118201"' in page.items[0]


def test_a_page_that_is_not_published_is_told(bc: Environment) -> None:
    """The custom API is missing in this environment: the error names it and says that it must be published."""
    bc.change(has_custom_page=False)
    with pytest.raises(SourceRefused, match="shopCustomers of the company") as caught:
        read(bc.stream("customers", external_ids=LINKS))
    assert caught.value.code == "no-such-set"
    assert "published" in caught.value.next_step


def test_without_the_setting_no_other_page_is_asked_for(bc: Environment) -> None:
    """Who matches by tax id and e-mail alone needs no custom page."""
    assert len(read(bc.stream("customers"))) == 4
    assert not bc.asked("/shopCustomers")
