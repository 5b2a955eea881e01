"""Business Central, company by company: nobody's records are mixed up, and no company is silently left out."""

from __future__ import annotations

import json

import pytest

from tests.contract.live.business_central_setting import CA, EVER, US, Environment, context, customer, pages, read
from unposted.connectors.live import PageRequest
from unposted.domain.records import LegalEntity
from unposted.errors import SourceRefused
from unposted.sandbox.business_central import guid


@pytest.fixture
def bc() -> Environment:
    """Two companies that share a customer number, as companies do."""
    found = Environment()
    found.service.put(US, "customers", customer("C1"))
    found.service.put(CA, "customers", customer("C1", displayName="Nordic Ltd") | {"id": guid("customer", "CA", "C1")})
    found.service.put(CA, "customers", customer("C2") | {"id": guid("customer", "CA", "C2")})
    return found


def test_every_company_is_read_into_its_own_legal_entity(bc: Environment) -> None:
    """The same number in two companies is two customers."""
    assert {(one.entity, one.account) for one in read(bc.stream("customers"))} == {
        ("USTI", "C1"), ("CATU", "C1"), ("CATU", "C2"),
    }  # fmt: skip


def test_a_page_is_of_one_company_and_names_its_legal_entity(bc: Environment) -> None:
    """No page mixes companies, for the rows do not say whose they are."""
    found = list(pages(bc.stream("customers")))
    assert [(page.entity, len(page.items)) for page in found] == [("CATU", 2), ("USTI", 1)]


def test_the_token_goes_on_in_the_company_where_it_stopped(bc: Environment) -> None:
    """A new connector goes on from a token of an old one."""
    first = next(iter(pages(bc.stream("customers"), size=1)))
    rest = bc.stream("customers").fetch
    second = rest(PageRequest(EVER, first.next, 1))
    third = rest(PageRequest(EVER, second.next, 1))
    assert [(page.entity, len(page.items)) for page in (first, second, third)] == [
        ("CATU", 1), ("CATU", 1), ("USTI", 1),
    ]  # fmt: skip
    assert first.items != second.items
    assert third.next is None


@pytest.mark.parametrize("name", [US, US.upper(), f" {US} ", guid("company", "usti")])
def test_a_company_is_named_by_name_in_any_case_or_by_id(bc: Environment, name: str) -> None:
    """The workspace may write a company's name in any case, or its id."""
    assert [one.entity for one in read(bc.stream("customers", companies={name: "usti"}))] == ["USTI"]


def test_a_company_that_the_credentials_do_not_see_is_named(bc: Environment) -> None:
    """A company that is mapped and not listed ends the reading, by name: its customers would all seem absent."""
    bc.change(hidden=frozenset({CA}))
    with pytest.raises(SourceRefused, match="do not see the company CA Trade ULC; they see US Trade Inc") as caught:
        read(bc.stream("customers"))
    assert caught.value.code == "company-not-seen"


def test_a_company_that_is_listed_and_closed_is_named(bc: Environment) -> None:
    """The list of companies shows one in which the application has no rights; reading it says which."""
    bc.change(closed=frozenset({CA}))
    with pytest.raises(SourceRefused, match="may not read customers of the company CA Trade ULC") as caught:
        read(bc.stream("customers"))
    assert caught.value.code == "not-allowed"


def test_an_unmapped_company_is_told_and_not_read(bc: Environment) -> None:
    """A company that the workspace does not name is a fact that warns, and stands among the legal entities."""
    bc.company("Trial Company", "trial", "EUR")
    bc.service.put("Trial Company", "customers", customer("T1"))
    facts = [fact for fact in bc.connector().examine() if fact.check == "companies" and fact.level == "warn"]
    assert [fact.text for fact in facts] == ["the company Trial Company is not named in `companies` and is not read"]
    assert {one.entity for one in read(bc.stream("customers"))} == {"USTI", "CATU"}
    assert {one.entity for one in read(bc.stream("companies"))} == {"USTI", "CATU", "TRIAL COMPANY"}


def test_without_a_map_every_company_goes_by_its_own_name(bc: Environment) -> None:
    """Nothing is left out when nothing is mapped."""
    assert {one.entity for one in read(bc.stream("customers", companies={}))} == {US.upper(), CA.upper()}


def test_two_companies_of_one_legal_entity_are_refused(bc: Environment) -> None:
    """Their numbers would overwrite each other."""
    with pytest.raises(SourceRefused, match="two companies are the legal entity USTI") as caught:
        read(bc.stream("customers", companies={US: "USTI", CA: "usti"}))
    assert caught.value.code == "company-twice"


def test_a_mapping_that_lost_a_company_goes_on_with_the_next_one(bc: Environment) -> None:
    """A token that names a company which is not read any more skips to the company after it."""
    first = bc.stream("customers").fetch(PageRequest(EVER, None, 1))
    assert first.next is not None
    page = bc.stream("customers", companies={US: "USTI"}).fetch(PageRequest(EVER, first.next, 1))
    assert (page.entity, len(page.items), page.next) == ("USTI", 1, None)


def test_companies_become_legal_entities_with_their_ledger_s_currency(bc: Environment) -> None:
    """Name and local currency come from the company and its General Ledger Setup."""
    assert [(one.entity, one.name, one.currency) for one in read(bc.stream("companies"))] == [
        ("USTI", US, "USD"), ("CATU", CA, "CAD"),
    ]  # fmt: skip


def test_the_currency_is_found_where_general_ledger_setup_is_not(bc: Environment) -> None:
    """An older version has no generalLedgerSetup; companyInformation tells the currency too."""
    bc.change(has_setup=False)
    assert [one.currency for one in read(bc.stream("companies"))] == ["USD", "CAD"]


def test_the_settings_tell_a_currency_that_may_not_be_read(bc: Environment) -> None:
    """Where both pages are denied the workspace names the currency; else there is none."""
    bc.change(denied=frozenset({"generalLedgerSetup", "companyInformation"}))
    found = read(bc.stream("companies", currencies={"USTI": "USD"}))
    assert [one.currency for one in found] == ["USD", None]


def test_the_list_of_companies_is_asked_for_once(bc: Environment) -> None:
    """Each page costs one call, not two."""
    read(bc.stream("customers"), size=1)
    assert len([call for call in bc.calls if call.path.endswith("/companies")]) == 1


def test_a_company_s_name_of_another_script_reads_whole(bc: Environment) -> None:
    """Names keep their letters, in entities and in errors."""
    bc.company("Žluť & Söhne 日本", "zlut", "JPY")
    (found,) = (one for one in read(bc.stream("companies")) if one.currency is None)
    assert isinstance(found, LegalEntity)
    assert found.name == "Žluť & Söhne 日本"


def test_no_entity_of_the_source_s_own_is_put_over_a_page_s(bc: Environment) -> None:
    """The source's `entity` stands back behind what the page says."""
    assert {one.entity for one in read(bc.stream("customers"), given=context(entity="OTHER"))} == {"USTI", "CATU"}


def test_each_row_is_asked_for_with_the_least_fields(bc: Environment) -> None:
    """Only what the decoder reads is asked for: no balance, no credit limit, no website."""
    read(bc.stream("customers"))
    (asked, *_) = bc.asked("/customers")
    fields = set((asked.first("$select") or "").split(","))
    assert {"number", "email", "blocked", "lastModifiedDateTime"} <= fields
    assert not fields & {"balanceDue", "creditLimit", "website", "salespersonCode", "currencyCode"}
    rows = [json.loads(item) for page in pages(bc.stream("customers")) for item in page.items]
    assert all("balanceDue" not in row for row in rows)
