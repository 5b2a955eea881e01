"""Shopify's webhooks are verified and become hints; a forged, foreign or old one becomes nothing."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any

import pytest

from tests.contract.live.shopify_shop import NOW, company_row, customer_row, draft_row, order_row
from unposted.connectors.hints import Hint, HintRefused
from unposted.connectors.secrets import Secret
from unposted.connectors.shopify.webhooks import TOPICS, read_hint
from unposted.sandbox.services.shopify_hooks import delivery, signed
from unposted.sandbox.services.shopify_switches import ShopifySwitches

_SHOP = "cedar-stone.myshopify.com"
_SECRETS = (Secret("shpss_sandbox"),)
_SWITCHES = ShopifySwitches()


def _sent(topic: str, row: dict[str, Any]) -> tuple[dict[str, str], bytes]:
    return delivery(topic, row, _SWITCHES, NOW, shop=_SHOP)


def _read(headers: dict[str, str], body: bytes, *, after: timedelta = timedelta(seconds=2)) -> Hint:
    return read_hint(_SECRETS, _SHOP, headers, body, NOW + after)


def _refused(headers: dict[str, str], body: bytes, *, after: timedelta = timedelta(seconds=2)) -> int:
    with pytest.raises(HintRefused) as raised:
        _read(headers, body, after=after)
    assert "shpss" not in raised.value.reason
    return raised.value.status


def _odd(topic: str, body: dict[str, Any]) -> Hint:
    content = json.dumps(body).encode()
    return _read(signed(topic, content, "shpss_sandbox", NOW, shop=_SHOP), content)


@pytest.mark.parametrize(
    ("topic", "row", "stream", "record_id"),
    [
        ("orders/updated", order_row(5, NOW), "orders", "5"),
        ("orders/create", order_row(5, NOW), "orders", "5"),
        ("refunds/create", order_row(5, NOW), "orders", "5"),
        ("draft_orders/update", draft_row(5, NOW), "draft_orders", "draft-5"),
        ("customers/update", customer_row(5, NOW), "customers", "5"),
        ("companies/update", company_row(5, NOW), "companies", "5"),
        (
            "company_locations/update",
            {"id": "gid://shopify/CompanyLocation/9", "company": lambda: {"id": "gid://shopify/Company/5"}},
            "companies",
            "5",
        ),
    ],
)
def test_a_delivery_says_which_record_to_fetch(topic: str, row: dict[str, Any], stream: str, record_id: str) -> None:
    """Stream and id, under which the record is stored."""
    found = _read(*_sent(topic, row))
    assert (found.stream, found.record_id, found.sent_at, found.is_gone) == (stream, record_id, NOW, False)


def test_a_deletion_is_a_hint_like_any_other() -> None:
    """It is checked before anything ends."""
    found = _read(*_sent("orders/delete", order_row(5, NOW)))
    assert (found.record_id, found.is_gone) == ("5", True)


def test_a_merge_of_customers_reads_what_changed() -> None:
    """Two customers are meant; the old one's id is gone."""
    found = _odd("customers/merge", {"admin_graphql_api_customer_kept_id": "gid://shopify/Customer/6"})
    assert (found.stream, found.record_id) == ("customers", None)


def test_an_edited_order_is_found_inside_its_edit() -> None:
    """The body of `orders/edited` is an edit, not an order."""
    assert _odd("orders/edited", {"order_edit": {"id": 78912328793, "order_id": 5}}).record_id == "5"


def test_a_redacted_customer_is_looked_at_again() -> None:
    """What the shop must forget should not stay with us."""
    found = _odd("customers/redact", {"shop_id": 1, "customer": {"id": 5, "email": "a@example.com"}})
    assert (found.stream, found.record_id, found.is_gone) == ("customers", "5", True)


def test_a_repeated_delivery_bears_the_same_mark() -> None:
    """Duplicates come at the same instant, even after a fast 200 (ShopifySharp#919, shopify_app#1173)."""
    row = order_row(5, NOW)
    assert _read(*_sent("orders/updated", row)) == _read(*_sent("orders/updated", row))


def test_a_changed_body_is_refused() -> None:
    """The signature is over the very bytes: another space is another body."""
    headers, body = _sent("orders/updated", order_row(5, NOW))
    assert _refused(headers, body.replace(b"#5", b"#6")) == 401
    assert _refused(headers, body + b" ") == 401


@pytest.mark.parametrize("shown", ["", "bm90IHRoZSBzaWduYXR1cmU=", "not base64 at all", "é"])
def test_a_wrong_signature_is_refused(shown: str) -> None:
    """Missing, of something else, or no signature at all."""
    headers, body = _sent("orders/updated", order_row(5, NOW))
    assert _refused({**headers, "X-Shopify-Hmac-SHA256": shown}, body) == 401


def test_a_signature_by_an_empty_secret_is_refused() -> None:
    """A shop without a secret takes no webhook."""
    body = b'{"id":5}'
    headers = signed("orders/updated", body, "", NOW, shop=_SHOP)
    with pytest.raises(HintRefused):
        read_hint((Secret(""),), _SHOP, headers, body, NOW)


def test_both_secrets_are_good_while_one_replaces_the_other() -> None:
    """After a rotation Shopify may sign with the old one for an hour."""
    headers, body = _sent("orders/updated", order_row(5, NOW))
    assert read_hint((Secret("shpss_new"), *_SECRETS), _SHOP, headers, body, NOW).record_id == "5"


def test_a_delivery_of_another_shop_is_refused() -> None:
    """One app may be installed in many shops, with one secret."""
    headers, body = delivery("orders/updated", order_row(5, NOW), _SWITCHES, NOW, shop="other.myshopify.com")
    assert _refused(headers, body) == 401


@pytest.mark.parametrize(("after", "is_taken"), [(4, True), (23, True), (25, False), (24 * 30, False), (-1, False)])
def test_a_late_delivery_is_taken_for_as_long_as_shopify_may_retry(after: int, is_taken: bool) -> None:
    """Hours: retries go on for four; a month later it is a replay."""
    headers, body = _sent("orders/updated", order_row(5, NOW))
    if is_taken:
        assert _read(headers, body, after=timedelta(hours=after)).record_id == "5"
    else:
        assert _refused(headers, body, after=timedelta(hours=after)) == 401


def test_header_names_are_read_in_any_case() -> None:
    """Proxies write them as they like."""
    headers, body = _sent("orders/updated", order_row(5, NOW))
    assert _read({name.lower(): value for name, value in headers.items()}, body).record_id == "5"
    assert _read({name.upper(): value for name, value in headers.items()}, body).record_id == "5"


def test_topics_that_are_not_read_are_answered_kindly() -> None:
    """200: after eight failures Shopify would delete the subscription."""
    for topic in ("products/update", "bulk_operations/finish", "customers/data_request"):
        body = b'{"id":5}'
        assert _refused(signed(topic, body, "shpss_sandbox", NOW, shop=_SHOP), body) == 200


def test_a_signed_body_that_is_no_object_is_refused() -> None:
    """It is Shopify's, but nobody can read it."""
    body = b"[1, 2]"
    assert _refused(signed("orders/updated", body, "shpss_sandbox", NOW, shop=_SHOP), body) == 400


def test_every_topic_worth_a_subscription_gives_a_hint() -> None:
    """Each names a stream of the connector."""
    streams = {_odd(topic, {"id": 5, "order_id": 5}).stream for topic in TOPICS}
    assert streams == {"orders", "draft_orders", "customers", "companies"}


def test_the_signature_is_compared_as_bytes() -> None:
    """The same bytes in base64 with a line end are not the header that Shopify sends."""
    headers, body = _sent("orders/updated", order_row(5, NOW))
    digest = base64.b64decode(headers["X-Shopify-Hmac-SHA256"])
    assert _read({**headers, "X-Shopify-Hmac-SHA256": base64.b64encode(digest).decode()}, body).record_id == "5"
