"""The emulator of Business Central has the traps of the real one, whoever calls it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import pytest

from tests.contract.live.business_central_setting import APP, BASE, CA, US, Environment, customer
from unposted.sandbox.business_central import guid, wire_name
from unposted.sandbox.services.business_central_switches import PUBLIC
from unposted.sandbox.wire import Answer, Call

ROOT = "/v2.0/ustrade.example/Production/api/v2.0"
CUSTOMERS = f"{ROOT}/companies({guid('company', 'usti')})/customers"


@pytest.fixture
def bc() -> Environment:
    """Five customers, named Anna to Emil."""
    found = Environment()
    for number, name in enumerate(("Anna", "Bert", "Cleo", "Dora", "Emil"), 1):
        found.service.put(US, "customers", customer(f"C{number}", displayName=name, phoneNumber="1"))
    return found


def _get(bc: Environment, path: str = CUSTOMERS, headers: dict[str, str] | None = None, **query: str) -> Answer:
    pairs = tuple((f"${name}" if name != "company" else name, value) for name, value in query.items())
    raw = "&".join(f"{name}={quote(value)}" for name, value in pairs)
    token = bc.login.issue([PUBLIC], APP)
    given = {"authorization": f"Bearer {token}"} | (headers or {})
    return bc.service(Call("GET", path, pairs, given, b"", raw))


def _names(answer: Answer) -> list[str]:
    assert answer.status == 200, answer.body
    return [row["displayName"] for row in json.loads(answer.body)["value"]]


def _error(answer: Answer) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(answer.body)["error"]
    return found


def test_or_across_fields_is_refused(bc: Environment) -> None:
    """`or` works on one field, and on no two."""
    assert _names(_get(bc, filter="displayName eq 'Anna' or displayName eq 'Emil'")) == ["Anna", "Emil"]
    refused = _get(bc, filter="displayName eq 'Anna' or number eq 'C5'")
    assert (refused.status, _error(refused)["code"]) == (400, "BadRequest")
    assert "'OR' operator is not supported on distinct fields" in _error(refused)["message"]


def test_comparison_minds_the_case(bc: Environment) -> None:
    """Unless the field is wrapped in tolower."""
    assert _names(_get(bc, filter="displayName eq 'anna'")) == []
    assert _names(_get(bc, filter="tolower(displayName) eq 'anna'")) == ["Anna"]


def test_nested_functions_need_a_newer_schema(bc: Environment) -> None:
    """`$schemaversion=2.1` brings `in` and functions within functions."""
    nested = "contains(tolower(displayName),'ert')"
    assert _get(bc, filter=nested).status == 400
    assert _names(_get(bc, filter=nested, schemaversion="2.1")) == ["Bert"]
    assert _names(_get(bc, filter="displayName in ('Anna','Cleo')", schemaversion="2.1")) == ["Anna", "Cleo"]


def test_a_lambda_is_ignored(bc: Environment) -> None:
    """It filters nothing, and is not refused."""
    assert len(_names(_get(bc, filter="defaultDimensions/any(d: d/dimensionCode eq 'X')"))) == 5


def test_top_ends_the_list_without_a_link(bc: Environment) -> None:
    """The rest is lost, in silence (microsoft/AL#6858)."""
    answer = _get(bc, top="2")
    assert _names(answer) == ["Anna", "Bert"]
    assert "@odata.nextLink" not in json.loads(answer.body)


def test_the_largest_page_is_the_server_s(bc: Environment) -> None:
    """A bigger wish is cut; each page needs its own wish."""
    bc.change(largest_page=4)
    answer = _get(bc, headers={"prefer": "odata.maxpagesize=100"})
    assert len(_names(answer)) == 4
    assert len(_names(_get(bc, headers={"prefer": "odata.maxpagesize=2"}))) == 2


def test_the_next_link_leads_through_all_rows(bc: Environment) -> None:
    """Absolute, with what was asked for in it."""
    met, address = [], ""
    answer = _get(bc, headers={"prefer": "odata.maxpagesize=2"}, orderby="displayName desc", select="displayName")
    while True:
        met += _names(answer)
        address = json.loads(answer.body).get("@odata.nextLink", "")
        if not address:
            break
        parts = urlsplit(address)
        assert address.startswith(BASE)
        headers = {"prefer": "odata.maxpagesize=2", "authorization": f"Bearer {bc.login.issue([PUBLIC], APP)}"}
        query = tuple(parse_qsl(parts.query))
        answer = bc.service(Call("GET", parts.path.removeprefix("/bc"), query, headers, b"", parts.query))
    assert met == ["Emil", "Dora", "Cleo", "Bert", "Anna"]


def test_a_company_may_stand_in_the_query(bc: Environment) -> None:
    """`/customers?company=` is the same as `/companies(id)/customers`."""
    assert len(_names(_get(bc, f"{ROOT}/customers", company=guid("company", "usti")))) == 5
    assert len(_names(_get(bc, f"{ROOT}/customers", company=CA))) == 0
    assert _error(_get(bc, f"{ROOT}/customers"))["code"] == "Internal_CompanyNotFound"


def test_an_unknown_field_or_option_is_refused(bc: Environment) -> None:
    """An extension's field is no field of the standard page."""
    assert "shopifyId" in _error(_get(bc, filter="shopifyId eq '7'"))["message"]
    assert _get(bc, select="number,shopifyId").status == 400
    assert _get(bc, apply="aggregate(x)").status == 400


def test_a_count_is_plain_text(bc: Environment) -> None:
    """`$count` answers a number alone, and `$count=true` beside the rows."""
    assert _get(bc, f"{CUSTOMERS}/$count", filter="displayName gt 'Bert'").body == b"3"
    assert json.loads(_get(bc, count="true", top="1").body)["@odata.count"] == 5


def test_an_error_ends_with_the_call_s_own_id(bc: Environment) -> None:
    """Two equal errors have different texts."""
    first, second = (_error(_get(bc, f"{CUSTOMERS}(x)"))["message"] for _ in range(2))
    assert first != second
    assert first.partition("CorrelationId:")[0] == second.partition("CorrelationId:")[0]


def test_calls_beyond_the_window_are_refused_without_retry_after(bc: Environment) -> None:
    """A sliding window: a call is free again when the oldest is five minutes old."""
    bc.change(calls=3)
    assert [_get(bc).status for _ in range(4)] == [200, 200, 200, 429]
    assert "retry-after" not in {name.lower() for name, _ in _get(bc).headers}
    bc.clock.sleep(299)
    assert _get(bc).status == 429
    bc.clock.sleep(1)
    assert _get(bc).status == 200


def test_more_calls_at_once_than_allowed_are_refused(bc: Environment) -> None:
    """Whoever uses the same application shares the five."""
    bc.service.occupied = 5
    assert _get(bc).status == 429


def test_a_posted_order_is_not_among_the_orders() -> None:
    """Of the seeded world's orders only those that are not invoiced are there."""
    from unposted.sandbox.erp import books_of
    from unposted.sandbox.world import make_world

    world = make_world(2026)
    bc = Environment(world=world)
    paths = [f"{ROOT}/companies({guid('company', code)})/salesOrders" for code in ("usti", "catu")]
    shown = {row["number"] for path in paths for row in json.loads(_get(bc, path).body)["value"]}
    assert shown == {order.number for order in books_of(world).orders if order.invoice is None}


@pytest.mark.parametrize(
    ("caption", "wire"),
    [
        (" ", "_x0020_"),
        ("In Review", "In_x0020_Review"),
        ("Positive Adjmt.", "Positive_x0020_Adjmt_x002E_"),
        ("All", "All"),
    ],
)
def test_a_choice_is_written_as_an_xml_name(caption: str, wire: str) -> None:
    """The forms that are documented."""
    assert wire_name(caption) == wire


def test_the_replica_lags(bc: Environment) -> None:
    """With `Data-Access-Intent: ReadOnly` the newest rows are not there yet."""
    bc.change(replica_lag=timedelta(minutes=5))
    bc.service.put(US, "customers", customer("NEW", bc.clock.now()))
    assert len(_names(_get(bc))) == 6
    assert len(_names(_get(bc, headers={"data-access-intent": "ReadOnly"}))) == 5


def test_a_stale_tag_is_refused(bc: Environment) -> None:
    """Changing a subscription needs If-Match; an old tag is Request_EntityChanged."""
    bc.service.subscriptions._call_back = lambda address: (200, address.partition("validationToken=")[2])
    body = json.dumps({"notificationUrl": "https://x.example", "resource": "r", "clientState": "s"}).encode()
    headers = {"authorization": f"Bearer {bc.login.issue([PUBLIC], APP)}"}
    made = json.loads(bc.service(Call("POST", f"{ROOT}/subscriptions", headers=headers, body=body)).body)
    path = f"{ROOT}/subscriptions('{made['subscriptionId']}')"
    assert bc.service(Call("PATCH", path, headers=headers, body=b"{}")).status == 400
    stale = bc.service(Call("PATCH", path, headers=headers | {"if-match": 'W/"old"'}, body=b"{}"))
    assert (stale.status, _error(stale)["code"]) == (412, "Request_EntityChanged")
    assert bc.service(Call("DELETE", path, headers=headers | {"if-match": "*"})).status == 204


def test_a_handshake_that_fails_makes_no_subscription(bc: Environment) -> None:
    """The address must answer 200 with the token."""
    headers = {"authorization": f"Bearer {bc.login.issue([PUBLIC], APP)}"}
    body = json.dumps({"notificationUrl": "https://x.example", "resource": "r"}).encode()
    assert bc.service(Call("POST", f"{ROOT}/subscriptions", headers=headers, body=body)).status == 400


def test_without_a_token_nobody_is_let_in(bc: Environment) -> None:
    """No token, an old one and one of another API are all the same refusal."""
    assert bc.service(Call("GET", CUSTOMERS)).status == 401
    other = bc.login.issue(["https://elsewhere"], APP)
    assert bc.service(Call("GET", CUSTOMERS, headers={"authorization": f"Bearer {other}"})).status == 401
