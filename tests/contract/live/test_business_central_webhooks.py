"""Business Central's notifications: verified, then no more than a hint of what to fetch."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.contract.live.business_central_setting import BASE, US, Environment, customer, document
from unposted.connectors.business_central.webhooks import read_hints
from unposted.connectors.hints import Handshake, Hint, HintRefused
from unposted.connectors.secrets import Secret
from unposted.sandbox.business_central import guid
from unposted.sandbox.services.business_central import BusinessCentralService
from unposted.sandbox.services.business_central_switches import BusinessCentralSwitches
from unposted.sandbox.wire import Answer, Call

STATE = "canary-client-state-51"
COMPANY = guid("company", "usti")
ROOT = "/v2.0/ustrade.example/Production/api/v2.0"


@pytest.fixture
def bc() -> Environment:
    """An environment that calls us back."""
    found = Environment(BusinessCentralSwitches(most_notified=3))
    found.service = BusinessCentralService(
        found.clock.now, BASE, found.switches, call_back=lambda address: _shake(address, found.clock.now())
    )
    found.company(US, "usti")
    return found


def _shake(address: str, now: datetime) -> tuple[int, str]:
    """Answer a handshake as the receiver will."""
    query = dict(pair.split("=", 1) for pair in address.partition("?")[2].split("&"))
    found = read_hints(Secret(STATE), query, b"", now)
    assert isinstance(found, Handshake)
    return 200, found.body.decode()


def _subscribe(bc: Environment, entity_set: str = "customers", state: str = STATE) -> Answer:
    body = {"notificationUrl": "https://unposted.example/hooks/bc", "clientState": state,
            "resource": f"/api/v2.0/companies({COMPANY})/{entity_set}"}  # fmt: skip
    return bc.service(Call("POST", f"{ROOT}/subscriptions", body=json.dumps(body).encode()))


def _hints(body: bytes, now: datetime, state: str = STATE) -> list[Hint]:
    found = read_hints(Secret(state), {}, body, now)
    assert isinstance(found, list)
    return found


def _notice(**fields: Any) -> bytes:
    usual = {
        "subscriptionId": "s1", "clientState": STATE, "expirationDateTime": "2026-04-15T12:00:00Z",
        "resource": f"api/v2.0/companies({COMPANY})/customers({guid('c')})", "changeType": "updated",
        "lastModifiedDateTime": "2026-04-12T12:00:00Z",
    }  # fmt: skip
    return json.dumps({"value": [usual | fields]}).encode()


NOON = datetime(2026, 4, 12, 12, tzinfo=UTC)


def test_the_handshake_gives_the_token_back(bc: Environment) -> None:
    """A subscription is made only when the token comes back as plain text; renewing asks again."""
    made = _subscribe(bc)
    assert made.status == 201
    row = json.loads(made.body)
    renewed = bc.service(
        Call("PATCH", f"{ROOT}/subscriptions('{row['subscriptionId']}')", headers={"if-match": row["@odata.etag"]},
             body=json.dumps({"notificationUrl": row["notificationUrl"]}).encode())
    )  # fmt: skip
    assert renewed.status == 200
    found = read_hints(Secret(STATE), {"validationToken": "a b<c"}, b"", NOON)
    assert found == Handshake(b"a b<c", "text/plain")


def test_a_change_becomes_a_hint_that_the_stream_understands(bc: Environment) -> None:
    """Company and record come as Business Central's own ids; `by_id` fetches the customer by them."""
    row = json.loads(_subscribe(bc).body)
    bc.service.put(US, "customers", customer("C1"))
    (hint,) = _hints(bc.service.subscriptions.delivery(row["subscriptionId"]), bc.clock.now())
    assert (hint.stream, hint.record_id, hint.is_gone) == ("customers", f"{COMPANY}|{guid('customer', 'C1')}", False)
    stream = next(one for one in _plain(bc).streams if one.name == "customers")
    assert stream.by_id is not None
    (page,) = stream.by_id([hint.record_id or ""])
    assert (page.entity, len(page.items)) == ("USTI", 1)


def test_a_document_s_hint_names_its_kind(bc: Environment) -> None:
    """Three sets share the store's documents."""
    row = json.loads(_subscribe(bc, "salesInvoices").body)
    bc.service.put(US, "salesInvoices", document("I1"))
    (hint,) = _hints(bc.service.subscriptions.delivery(row["subscriptionId"]), bc.clock.now())
    assert (hint.stream, hint.record_id) == ("sales_invoices", f"{COMPANY}|invoice|{guid('document', 'I1')}")
    stream = next(one for one in _plain(bc).streams if one.name == "sales_invoices")
    assert stream.by_id is not None
    assert [len(page.items) for page in stream.by_id([hint.record_id or ""])] == [1]


def test_a_deletion_is_told_as_one(bc: Environment) -> None:
    """It is checked like everything else."""
    row = json.loads(_subscribe(bc).body)
    bc.service.put(US, "customers", customer("C1"))
    bc.service.subscriptions.delivery(row["subscriptionId"])
    bc.service.remove(US, "customers", guid("customer", "C1"))
    (hint,) = _hints(bc.service.subscriptions.delivery(row["subscriptionId"]), bc.clock.now())
    assert hint.is_gone


def test_a_collection_means_the_stream_s_news(bc: Environment) -> None:
    """After very many changes only one notification comes; no record is named."""
    row = json.loads(_subscribe(bc).body)
    for number in range(4):
        bc.service.put(US, "customers", customer(f"C{number}"))
    body = bc.service.subscriptions.delivery(row["subscriptionId"])
    assert json.loads(body)["value"][0]["changeType"] == "collection"
    (hint,) = _hints(body, bc.clock.now())
    assert (hint.stream, hint.record_id, hint.is_gone) == ("customers", None, False)


def test_a_subscription_dies_after_three_days(bc: Environment) -> None:
    """Nothing is told any more; polling goes on."""
    row = json.loads(_subscribe(bc).body)
    bc.clock.step(timedelta(days=3, minutes=1).total_seconds())
    bc.service.put(US, "customers", customer("C1"))
    assert bc.service.subscriptions.delivery(row["subscriptionId"]) == b""


@pytest.mark.parametrize("state", ["", "canary-client-state-5", "canary-client-state-511", "ünicode", STATE.upper()])
def test_a_forged_delivery_is_refused(state: str) -> None:
    """The clientState must be the subscription's own, to the letter; the reason does not show it."""
    with pytest.raises(HintRefused) as caught:
        read_hints(Secret(STATE), {}, _notice(clientState=state), NOON)
    assert caught.value.status == 401
    assert STATE not in caught.value.reason


def test_without_a_secret_every_delivery_is_refused() -> None:
    """A subscription without a clientState could be anybody's."""
    with pytest.raises(HintRefused):
        read_hints(Secret(""), {}, _notice(clientState=""), NOON)


def test_one_forged_notification_spoils_the_delivery() -> None:
    """A batch is of one sender."""
    good, bad = (json.loads(_notice(clientState=state))["value"][0] for state in (STATE, "x"))
    with pytest.raises(HintRefused):
        read_hints(Secret(STATE), {}, json.dumps({"value": [good, bad]}).encode(), NOON)


@pytest.mark.parametrize("moment", ["2026-04-09T12:00:00Z", "2026-04-12T13:00:00Z"])
def test_a_delivery_of_another_time_is_refused(moment: str) -> None:
    """Deliveries are tried for 36 hours; what is older, or of the future, is replayed."""
    with pytest.raises(HintRefused) as caught:
        read_hints(Secret(STATE), {}, _notice(lastModifiedDateTime=moment), NOON)
    assert caught.value.status == 400


def test_a_late_delivery_within_the_tries_is_taken() -> None:
    """A receiver that was down for a day hears what it missed."""
    assert len(_hints(_notice(lastModifiedDateTime="2026-04-11T01:00:00Z"), NOON)) == 1


def test_a_repeated_delivery_has_the_same_mark() -> None:
    """So that a repeat can be told; another change of the same record has another mark."""
    first, again = _hints(_notice(), NOON), _hints(_notice(), NOON + timedelta(hours=1))
    other = _hints(_notice(lastModifiedDateTime="2026-04-12T12:00:01Z"), NOON)
    assert first[0].delivery == again[0].delivery != other[0].delivery


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"value":{}}', b"\xff", b'{"value":[{"clientState":1}]}'])
def test_what_is_no_list_of_notifications_is_refused(body: bytes) -> None:
    """Garbage is answered with 400."""
    with pytest.raises(HintRefused) as caught:
        read_hints(Secret(STATE), {}, body, NOON)
    assert caught.value.status == 400


@pytest.mark.parametrize(
    "resource",
    [
        "api/v2.0/companies(x)/customers(y)", f"api/v2.0/companies({COMPANY})/vendors({guid('v')})",
        "https://elsewhere/customers", "", f"api/v2.0/companies({COMPANY})",
    ],
)  # fmt: skip
def test_a_resource_that_is_not_read_gives_no_hint(resource: str) -> None:
    """Other sets and odd resources are passed over."""
    assert _hints(_notice(resource=resource), NOON) == []


def test_an_absolute_resource_is_understood() -> None:
    """The resource may be a whole address."""
    resource = (
        f"https://api.businesscentral.dynamics.com/v2.0/t/Production/api/v2.0/companies({COMPANY})/items({guid('i')})"
    )
    assert [hint.stream for hint in _hints(_notice(resource=resource), NOON)] == ["items"]


def _plain(bc: Environment) -> Any:
    return bc.connector(companies={US: "USTI"})
