"""Signing in at Adobe Commerce: OAuth 1.0a, bearer tokens, admin tokens that grow old, and IMS."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal
from urllib.parse import unquote

import pytest

from tests.support.adobe_shop import ADMIN_SECRETS, NOW, SECRETS, STORE, Shop, plain_order, shop
from unposted.connectors.adobe_commerce.connection import AdobeCommerceConnection
from unposted.connectors.http import Ask, Caller
from unposted.connectors.live import needed_secrets
from unposted.errors import SignIn, UnpostedError
from unposted.sandbox.services.adobe_commerce_auth import oauth_signature
from unposted.sandbox.services.adobe_commerce_switches import AdminUser, AdobeCommerceSwitches
from unposted.sandbox.wire import Call

_WAYS: tuple[Literal["oauth1", "bearer", "ims"], ...] = ("oauth1", "bearer", "ims")
_SAAS = AdobeCommerceSwitches(flavour="saas")


def _with_one_order(opened: Shop) -> Shop:
    opened.put(plain_order(1, "2026-04-07 10:00:00"))
    return opened


def _saas(**settings: Any) -> Shop:
    return _with_one_order(shop(_SAAS, auth="ims", flavour="saas", **settings))


def test_an_integration_signs_with_its_four_values() -> None:
    """A signature made by the product is the one that the store computes by itself."""
    assert _with_one_order(shop(auth="oauth1")).ids() == ["1"]


def test_the_signature_is_what_a_hand_computes() -> None:
    """RFC 5849's example of a base string, with the bracketed names that searches have, checked without the library."""
    pairs = [("searchCriteria[filter_groups][0][filters][0][value]", "2026-04-07 10:00:00"), ("oauth_nonce", "n")]
    first = oauth_signature("GET", "http://Shop.example/rest/all/V1/orders", pairs, "cs&1", "ts")
    assert first == oauth_signature("get", "http://shop.example/rest/all/V1/orders", pairs[::-1], "cs&1", "ts")
    assert first != oauth_signature("GET", "http://shop.example/rest/all/V1/orders", pairs[1:], "cs&1", "ts")


def test_the_names_with_brackets_are_signed() -> None:
    """A query whose brackets were changed on the way is refused: they are part of what is signed."""
    opened = _with_one_order(shop(auth="oauth1"))
    opened.ids()
    call = opened.asked[-1]
    assert any("[" in name for name, _ in call.query)
    bare = tuple((name.replace("[0]", "[1]"), value) for name, value in call.query)
    assert opened.service(call._replace(query=bare)).status == 401


def test_a_nonce_is_used_once() -> None:
    """The same signed request sent twice is refused, so every try signs anew."""
    opened = _with_one_order(shop(auth="oauth1"))
    opened.ids()
    again = opened.service(opened.asked[-1])
    assert again.status == 401
    assert b"nonce_used" in again.body


def test_a_repeated_try_has_a_nonce_of_its_own() -> None:
    """After a failure of the server the request is signed again and let in."""
    opened = _with_one_order(shop(auth="oauth1", switches=AdobeCommerceSwitches(throttled_until_call=1)))
    assert opened.ids() == ["1"]
    nonces = {call.headers["authorization"].partition("oauth_nonce=")[2][:12] for call in opened.asked}
    assert len(nonces) == len(opened.asked) == 2


def test_a_clock_ahead_of_the_stores_is_told_as_such() -> None:
    """A refused timestamp (400) is no fault of the values: the user is sent to the computer's clock."""
    opened = shop(auth="oauth1", ahead=3600)
    with pytest.raises(SignIn, match="timestamp_refused") as caught:
        opened.ids()
    assert "clock" in caught.value.next_step


@pytest.mark.parametrize("name", ["CONSUMER_KEY", "CONSUMER_SECRET", "ACCESS_TOKEN", "ACCESS_TOKEN_SECRET"])
def test_each_wrong_value_of_an_integration_fails(name: str) -> None:
    """Any of the four values can be mistyped, and each is a refusal to sign in that does not show the value."""
    opened = shop(auth="oauth1", secrets=SECRETS | {f"UNPOSTED_TRADE_{name}": "mistyped-value"})
    with pytest.raises(SignIn) as caught:
        list(opened.connector.examine())
    assert "mistyped-value" not in caught.value.message


def test_a_token_is_sent_as_bearer() -> None:
    """An integration's access token opens a store that takes it as bearer."""
    opened = _with_one_order(shop(auth="bearer"))
    assert opened.ids() == ["1"]
    assert opened.asked[-1].headers["authorization"].startswith("Bearer ")


def test_a_store_since_2_4_4_refuses_an_integrations_token_as_bearer() -> None:
    """magento/magento2#38426: off by default, and the words are those of a missing right."""
    opened = shop(auth="bearer", switches=AdobeCommerceSwitches(takes_integration_as_bearer=False))
    with pytest.raises(SignIn, match="Magento_Sales::actions_view"):
        opened.ids()


def test_an_admin_user_fetches_a_token() -> None:
    """Name and password get a token, and only the token goes with the searches."""
    opened = _with_one_order(shop(auth="bearer", secrets=ADMIN_SECRETS))
    assert opened.ids() == ["1"]
    assert [call.path for call in opened.asked] == ["/rest/all/V1/integration/admin/token", "/rest/all/V1/orders"]
    assert ADMIN_SECRETS["UNPOSTED_TRADE_PASSWORD"].encode() not in opened.asked[-1].body


def test_an_admin_token_is_fetched_anew_at_half_of_its_life() -> None:
    """airbytehq/airbyte#60240: a token that is checked once dies in the middle of a run."""
    opened = _with_one_order(shop(auth="bearer", secrets=ADMIN_SECRETS))
    opened.ids()
    for _ in range(4):
        opened.clock.sleep(2 * 3600 + 1)
        assert opened.ids() == ["1"]
    assert len(opened.service.gate.admin_tokens) == 5


def test_an_admin_token_that_dies_early_is_renewed_at_the_401() -> None:
    """A store whose tokens live shorter than it says costs one more call, no run."""
    opened = _with_one_order(
        shop(auth="bearer", secrets=ADMIN_SECRETS, switches=AdobeCommerceSwitches(admin_token_seconds=600))
    )
    opened.ids()
    opened.clock.sleep(900)
    assert opened.ids() == ["1"]


def test_a_wrong_password_is_a_refusal_to_sign_in() -> None:
    """The store's words are shown, the password is not."""
    opened = shop(auth="bearer", secrets=ADMIN_SECRETS | {"UNPOSTED_TRADE_PASSWORD": "wrong-battery-1"})
    with pytest.raises(SignIn, match="sign-in was incorrect") as caught:
        opened.ids()
    assert caught.value.code == "token-refused"
    assert "wrong-battery-1" not in caught.value.message


def test_an_admin_with_a_second_factor_is_told_why() -> None:
    """Two-factor sign-in closes the plain way to a token, and the error says so."""
    switches = AdobeCommerceSwitches(admin=AdminUser(needs_second_factor=True))
    with pytest.raises(SignIn, match="2fa") as caught:
        shop(switches, secrets=ADMIN_SECRETS, auth="bearer").ids()
    assert "second factor" in caught.value.next_step


def test_without_any_secret_the_user_is_told_which_one_to_set() -> None:
    """A bearer source without token and without user asks for the token."""
    with pytest.raises(SignIn, match="secret token") as caught:
        shop(auth="bearer", secrets={})
    assert "UNPOSTED_TRADE_TOKEN" in caught.value.next_step


def test_ims_signs_in_and_names_client_and_organization() -> None:
    """The gateway of SaaS wants the token, the client id and the organization."""
    opened = _saas()
    assert opened.ids() == ["1"]
    headers = opened.asked[-1].headers
    assert (headers["x-api-key"], headers["x-gw-ims-org-id"]) == ("ims-client", "ORG@AdobeOrg")
    assert headers["authorization"].startswith("Bearer sandbox-token-")


def test_an_ims_token_is_fetched_once_for_many_calls() -> None:
    """A token that lives a day is not fetched per call."""
    opened = _saas()
    for _ in range(5):
        opened.ids()
    assert opened.login.issued == 1


def test_an_ims_token_is_fetched_anew_at_half_of_its_life() -> None:
    """The token lives 24 hours less a second and is replaced after twelve."""
    opened = _saas()
    opened.ids()
    opened.clock.sleep(12 * 3600)
    assert opened.ids() == ["1"]
    assert opened.login.issued == 2


def test_an_ims_token_that_is_ended_is_replaced_within_the_call() -> None:
    """A token that was revoked in the middle of a run is renewed on the first 401."""
    opened = _saas()
    opened.ids()
    opened.login.expire_all()
    assert opened.ids() == ["1"]


def test_a_wrong_client_secret_is_a_refusal_to_sign_in() -> None:
    """IMS names the fault, and we name no secret."""
    opened = shop(_SAAS, auth="ims", flavour="saas", secrets={"UNPOSTED_TRADE_CLIENT_SECRET": "not-the-one"})
    with pytest.raises(SignIn, match="invalid_client") as caught:
        list(opened.connector.examine())
    assert "not-the-one" not in caught.value.message


def test_a_scope_that_the_project_lacks_is_a_refusal_to_sign_in() -> None:
    """The scope is a setting because the Developer Console decides it."""
    with pytest.raises(SignIn, match="invalid_scope"):
        _saas(scope="commerce.accs,commerce.everything").ids()


def test_a_token_for_something_else_is_refused_at_the_store() -> None:
    """A scope without commerce.accs gets a token, but not into the store."""
    with pytest.raises(SignIn):
        _saas(scope="openid,AdobeID").ids()


def test_saas_has_no_rest_in_its_path_and_names_the_view_in_a_header() -> None:
    """SaaS takes /V1 and `Store:`; the other flavour takes /rest/{view}/V1 and no header."""
    saas, paas = _saas(store_view="trade"), _with_one_order(shop(store_view="trade"))
    saas.ids()
    paas.ids()
    assert (saas.asked[-1].path, saas.asked[-1].headers["store"]) == ("/V1/orders", "trade")
    assert paas.asked[-1].path == "/rest/trade/V1/orders"
    assert "store" not in paas.asked[-1].headers


def test_a_store_view_that_does_not_exist_is_named() -> None:
    """The 404 of an unknown view sends the user to the setting."""
    with pytest.raises(UnpostedError, match="store that was requested") as caught:
        shop(store_view="retail").ids()
    assert "store_view" in caught.value.next_step


def test_each_way_of_signing_in_needs_its_own_secrets() -> None:
    """The workspace can tell which environment variables a source needs."""
    names = {
        auth: [secret.name for secret in needed_secrets(AdobeCommerceConnection(url=STORE, auth=auth))]
        for auth in ("oauth1", "bearer", "ims")
    }
    assert names == {
        "oauth1": ["consumer_key", "consumer_secret", "access_token", "access_token_secret"],
        "bearer": ["token", "username", "password"],
        "ims": ["client_secret"],
    }


def test_a_signature_survives_every_sign_that_a_value_can_hold() -> None:
    """Blanks, commas, colons, percent signs and letters beyond ASCII are encoded alike on both sides."""
    opened = _with_one_order(shop(auth="oauth1"))
    opened.ids()
    caller: Caller = opened.connector._caller  # type: ignore[attr-defined]
    value = "a b+c,d:e%20~é/[x]&=*'()"
    ask = Ask("GET", "orders", [("searchCriteria[pageSize]", "1"), ("searchCriteria[x]", value)])
    assert caller.ask(ask, lambda body: body).reply.status == 200
    assert dict(opened.asked[-1].query)["searchCriteria[x]"] == value


def test_no_secret_stands_in_an_address() -> None:
    """Credentials travel in headers and bodies, never in a path or a query, where logs would keep them."""
    secret_texts = [*SECRETS.values(), *ADMIN_SECRETS.values()]
    for opened in (shop(), shop(auth="bearer"), shop(auth="bearer", secrets=ADMIN_SECRETS)):
        _with_one_order(opened)
        opened.ids()
        addresses = " ".join(unquote(call.path + "?" + call.raw_query) for call in opened.asked)
        assert not [text for text in secret_texts if text in addresses and text != "sync"]


def test_a_request_that_is_not_signed_is_refused_by_the_store() -> None:
    """The emulator lets nobody in who shows nothing, in either flavour."""
    plain = Call("GET", "/rest/all/V1/orders", (("searchCriteria", ""),))
    assert shop().service(plain).status == 401
    assert shop(replace(_SAAS)).service(plain._replace(path="/V1/orders")).status == 403
    assert NOW.tzinfo is not None
