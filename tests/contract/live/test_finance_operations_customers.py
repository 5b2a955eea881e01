"""Customers of Finance & Operations: what is read of them, single ones, and the recount by their keys."""

from __future__ import annotations

import pytest

from tests.contract.live.finance_operations_setting import (
    Environment,
    asked,
    customer,
    decoded,
    masters,
    read,
    stream,
    the_world,
)
from unposted.connectors.formats import Bad
from unposted.connectors.live import Light
from unposted.domain.records import Key, Master, record_id
from unposted.errors import BadAnswer
from unposted.sandbox.finance_operations import EXTERNAL_ID_FIELD, finance_operations_files
from unposted.sandbox.services.finance_operations import FinanceOperationsService, FinanceOperationsSwitches
from unposted.sandbox.wire import Answer, Call


def _one(**changes: object) -> Master:
    environment = Environment()
    environment.service.put("CustomersV3", customer("usti", 1, **changes))
    (found,) = masters(environment.connect())
    return found


def test_the_world_read_live_is_the_world_in_files() -> None:
    """Every record has the same account, name, state and keys as in the demo's files."""
    files = b"".join(text.encode() for _, text in finance_operations_files(the_world()))
    found = masters(Environment(world=the_world()).connect(further_emails=True))
    assert len(found) == len(the_world().masters) == len({record_id(master) for master in found})
    assert all(master.account.encode() in files for master in found)
    assert {master.blocked for master in found} == {"", "on hold: All", "on hold: Invoice", "missing: customer group"}


def test_only_what_is_read_is_asked_for() -> None:
    """The storefront's field is among it; credit limits and payment terms are not."""
    environment = Environment()
    environment.fill(1)
    masters(environment.connect())
    fields = set((asked(environment, "CustomersV3")[0].first("$select") or "").split(","))
    assert {"dataAreaId", "CustomerAccount", "TaxExemptNumber", EXTERNAL_ID_FIELD} <= fields
    assert not {"CreditLimit", "PaymentTerms", "LanguageId"} & fields
    assert len(fields) == 29


def test_the_company_code_is_upper_case_in_the_record() -> None:
    """On the wire it is lower-case."""
    assert _one().entity == "USTI"


@pytest.mark.parametrize(("kind", "is_company"), [("Organization", True), ("Person", False)])
def test_the_party_type_is_a_text(kind: str, is_company: bool) -> None:
    """`Organization` or `Person`: no enum."""
    assert _one(PartyType=kind, OrganizationName="Mill Ltd").is_company is is_company


@pytest.mark.parametrize("status", ["Invoice", "All", "Payment", "Requisition", "PurchOrder"])
def test_a_hold_blocks(status: str) -> None:
    """Its kind stays readable."""
    assert _one(OnHoldStatus=status).blocked == f"on hold: {status}"


@pytest.mark.parametrize("status", ["No", "Never"])
def test_no_hold_does_not_block(status: str) -> None:
    """`Never` says that the account is never put on hold."""
    assert _one(OnHoldStatus=status).blocked == ""


def test_a_one_time_customer_is_marked() -> None:
    """The flag is an enum's member name."""
    assert [_one(IsOneTimeCustomer=flag).one_time for flag in ("Yes", "No")] == [True, False]


def test_a_country_of_three_letters_is_understood() -> None:
    """Without the ISO code, F&O's own country tells how a national phone number is read."""
    changes = {
        "AddressCountryRegionISOCode": "",
        "AddressCountryRegionId": "USA",
        "PrimaryContactPhone": "518 555 0142",
    }
    assert Key("phone", "+15185550142") in _one(**changes).keys


def test_the_storefronts_id_is_a_key() -> None:
    """It is read from the field that the connection names."""
    assert Key("external_id", "7001") in _one().keys


def test_without_a_field_there_is_no_storefronts_id() -> None:
    """The extension is neither asked for nor needed."""
    environment = Environment(FinanceOperationsSwitches(has_extension=False), the_world())
    found = masters(environment.connect(external_id_field=None))
    assert found
    assert not [key for master in found for key in master.keys if key.kind == "external_id"]


def test_the_retail_map_may_hold_the_storefronts_ids() -> None:
    """An active external identity is a key; one that is not activated is none."""
    environment = Environment(FinanceOperationsSwitches(has_extension=False))
    environment.fill(2)
    for number, state in ((1, "Yes"), (2, "No")):
        environment.service.put("RetailExternalIdToCustomerMaps", {
            "dataAreaId": "usti", "ExternalIdentityId": f"shop-{number}", "ProviderId": "https://shop.example",
            "CustomerAccountNumber": f"XX-00000{number}", "IsActivated": state,
        })  # fmt: skip
    first, second = masters(environment.connect(external_ids="retail_map"))
    assert Key("external_id", "shop-1") in first.keys
    assert not [key for key in second.keys if key.kind == "external_id"]
    (call,) = asked(environment, "RetailExternalIdToCustomerMaps")
    assert call.first("$filter") == "IsActivated eq Microsoft.Dynamics.DataEntities.NoYes'Yes'"


def test_an_enum_must_name_its_type() -> None:
    """The emulator refuses a bare text, as the service does."""
    service = FinanceOperationsService.of_world(the_world(), Environment().clock.now, "http://here")
    call = Call("GET", "/data/CustomersV3", (("$filter", "IsOneTimeCustomer eq 'Yes'"),))
    answer = service(call)
    assert answer.status == 400
    assert b"innererror" in answer.body


def test_further_addresses_are_keys_too() -> None:
    """CustomersV3 shows the primary one alone; the others stand in a set of their own, phone numbers among them."""
    environment = Environment(world=the_world())
    plain = {key for master in masters(environment.connect()) for key in master.keys}
    more = {key for master in masters(environment.connect(further_emails=True)) for key in master.keys}
    assert plain < more
    assert {key.kind for key in more - plain} == {"email"}
    call = asked(environment, "CustomerElectronicAddresses")[0]
    assert "LogisticsElectronicAddressMethodType'Email'" in (call.first("$filter") or "")


def test_further_addresses_go_to_their_own_customer() -> None:
    """The same account in another company gets none of them."""
    environment = Environment()
    environment.fill(1, "usti", "catu")
    environment.service.put("CustomerElectronicAddresses", {
        "dataAreaId": "catu", "CustomerAccount": "XX-000001", "ElectronicAddressId": "1", "Type": "Email",
        "Locator": "Office@Firm.example", "IsPrimary": "No",
    })  # fmt: skip
    found = {master.entity: Key("email", "office@firm.example") in master.keys
             for master in masters(environment.connect(further_emails=True))}  # fmt: skip
    assert found == {"CATU": True, "USTI": False}


def test_single_customers_of_any_company_are_found() -> None:
    """By company and account; one that is gone is left out."""
    environment = Environment(world=the_world())
    found = stream(environment.connect(further_emails=True), "customers")
    wanted = [f"{record.entity.upper()}|{record.account}" for record in the_world().masters[::9]]
    assert found.by_id is not None
    items = [item for page in found.by_id([*wanted, "USTI|NOBODY", "nonsense"]) for item in page.items]
    assert sorted(record_id(record) for record in decoded(found, items)) == sorted(wanted)  # type: ignore[arg-type]


def test_a_single_customer_is_the_same_as_in_the_list() -> None:
    """What stands beside it comes along."""
    environment = Environment(world=the_world())
    connector = environment.connect(further_emails=True)
    listed = {record_id(master): master for master in masters(connector)}
    found = stream(connector, "customers")
    assert found.by_id is not None
    items = [item for page in found.by_id(list(listed)) for item in page.items]
    assert {record_id(one): one for one in decoded(found, items)} == listed  # type: ignore[arg-type]


def test_an_account_with_a_quote_is_found() -> None:
    """A quote within a text is doubled."""
    environment = Environment()
    environment.service.put("CustomersV3", customer("usti", 1, CustomerAccount="O'NEIL-1"))
    found = stream(environment.connect(), "customers")
    assert found.by_id is not None
    (page,) = found.by_id(["USTI|O'NEIL-1"])
    assert len(page.items) == 1


def test_a_row_without_an_account_is_told_and_the_rest_is_read() -> None:
    """Its fields are named, never a person's data."""
    environment = Environment()
    environment.fill(2)
    environment.service.put("CustomersV3", customer("usti", 3, CustomerAccount="  "))
    found = read(environment.connect(), "customers")
    (bad,) = [item for item in found if isinstance(item, Bad)]
    assert (bad.code, len(found)) == ("missing-field", 3)
    assert "ada" not in bad.reason


def test_a_row_of_another_shape_is_told() -> None:
    """The field is named, its value is not."""
    found = stream(Environment().connect(), "customers")
    body = b'{"dataAreaId":"usti","CustomerAccount":"XX-000001","PrimaryContactEmail":["ada@usti.example"]}'
    (bad,) = decoded(found, [body])
    assert isinstance(bad, Bad)
    assert bad.code == "bad-shape"
    assert "PrimaryContactEmail" in bad.reason
    assert "ada@" not in bad.reason


def test_the_recount_lists_every_key_of_every_company() -> None:
    """Company by company, by key and count: not the way in which the list is read."""
    environment = Environment(FinanceOperationsSwitches(page_size=50), the_world())
    connector = environment.connect()
    found = stream(connector, "customers")
    assert found.recount is not None
    lights = list(found.recount(None, None))
    assert {light.record_id for light in lights} == {record_id(master) for master in masters(connector)}
    assert lights[0] == Light(lights[0].record_id, None, None)
    counts = asked(environment, "CustomersV3/$count")
    assert {call.first("$filter") for call in counts} == {"dataAreaId eq 'usti'", "dataAreaId eq 'catu'"}


def test_the_recount_asks_for_keys_alone() -> None:
    """`$select` names company and account."""
    environment = Environment(world=the_world())
    found = stream(environment.connect(), "customers")
    assert found.recount is not None
    list(found.recount(None, None))
    selects = {call.first("$select") for call in asked(environment, "CustomersV3") if "/$count" not in call.path}
    assert selects == {"dataAreaId,CustomerAccount"}


def test_a_recount_that_shows_less_than_the_count_is_no_recount() -> None:
    """A list that is short would end records that are there."""

    class Short(Environment):
        """A service that counts one more than it shows."""

        def _heard(self, call: Call) -> Answer:
            answer = super()._heard(call)
            return answer._replace(body=b"4") if call.path.endswith("/$count") else answer

    environment = Short()
    environment.fill(3)
    environment.service.put("LegalEntities", {"LegalEntityId": "usti", "Name": "US Trade Inc"})
    found = stream(environment.connect(), "customers")
    assert found.recount is not None
    with pytest.raises(BadAnswer) as caught:
        list(found.recount(None, None))
    assert caught.value.code == "list-short"


def test_deletions_are_seen_by_the_recount_alone() -> None:
    """The service tells no changes: the stream is a list, and is recounted daily."""
    environment = Environment(world=the_world())
    found = stream(environment.connect(), "customers")
    assert (found.way, found.recount_daily, found.main) == ("list", True, True)
    gone = the_world().masters[0]
    environment.service.remove("CustomersV3", gone.entity, gone.account)
    assert found.recount is not None
    there = {light.record_id for light in found.recount(None, None)}
    assert f"{gone.entity.upper()}|{gone.account}" not in there
    assert len(there) == len(the_world().masters) - 1
