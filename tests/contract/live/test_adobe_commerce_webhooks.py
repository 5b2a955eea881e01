"""Adobe's deliveries as hints: I/O Events and the webhook module, verified, forged, late, for others, and repeated."""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import timedelta
from functools import lru_cache
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.support.adobe_shop import NOW
from tests.support.storefronts import published
from unposted.connectors.adobe_commerce.webhooks import read_event, read_webhook
from unposted.connectors.hints import Handshake, Hint, HintRefused

_CLIENT = "ims-client"
_EVENTS = "com.adobe.commerce.observer."


@lru_cache(maxsize=2)
def _key(name: str) -> RSAPrivateKey:
    return generate_private_key(65537, 2048)


def _public(name: str = "ours") -> str:
    return _key(name).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def _signature(signed: bytes, name: str = "ours") -> str:
    return b64encode(_key(name).sign(signed, PKCS1v15(), SHA256())).decode()


def _event(kind: str, value: dict[str, Any], hours: float = 0.0, **fields: Any) -> bytes:
    sent = (NOW - timedelta(hours=hours)).isoformat().replace("+00:00", "Z")
    data = {"key": "k", "value": value, "source": "shop", "_metadata": {"storeId": "1"}}
    body = {"specversion": "1.0", "id": "e-1", "source": "urn:uuid:1", "type": _EVENTS + kind, "time": sent,
            "datacontenttype": "application/json", "data": data, "recipient_client_id": _CLIENT} | fields  # fmt: skip
    return json.dumps(body).encode()


def _read(body: bytes, headers: dict[str, str] | None = None) -> Hint | Handshake:
    signed = {"x-adobe-digital-signature-1": _signature(body)} if headers is None else headers
    return read_event([_public()], _CLIENT, signed, body, "", NOW)


@pytest.mark.parametrize(
    ("kind", "value", "stream", "record"),
    [
        ("sales_order_save_commit_after", {"entity_id": 20311}, "orders", "20311"),
        ("sales_order_creditmemo_save_after", {"entity_id": 9, "order_id": 20311}, "orders", "20311"),
        ("sales_order_invoice_save_after", {"entity_id": 9, "order_id": "20311"}, "orders", "20311"),
        ("sales_order_shipment_save_after", {"entity_id": 9, "order_id": 20311}, "orders", "20311"),
        ("customer_save_commit_after", {"id": 4101, "email": "x"}, "customers", "4101"),
        ("company_save_commit_after", {"id": 880101}, "companies", "880101"),
        ("sales_quote_save_after", {"entity_id": 60311}, "quotes", "quote-60311"),
        ("sales_order_save_commit_after", {"increment_id": "000020311"}, "orders", None),
    ],
)
def test_an_event_names_what_to_fetch(kind: str, value: dict[str, Any], stream: str, record: str | None) -> None:
    """An order's documents name their order; a record that has no id yet asks for the stream's news."""
    hint = _read(_event(kind, value))
    assert isinstance(hint, Hint)
    assert (hint.stream, hint.record_id, hint.delivery, hint.is_gone) == (stream, record, "e-1", False)


def test_placing_an_order_is_an_event_of_orders() -> None:
    """The plugin's event has another name and the same record."""
    body = _event("x", {"entity_id": 7}, type="com.adobe.commerce.plugin.sales.api.order_management.place")
    hint = _read(body)
    assert isinstance(hint, Hint)
    assert (hint.stream, hint.record_id) == ("orders", "7")


def test_a_deletion_is_told_as_one() -> None:
    """It is a hint like every other: the record is looked for, and found gone."""
    hint = _read(_event("customer_delete_commit_after", {"id": 4101}))
    assert isinstance(hint, Hint)
    assert hint.is_gone


def test_either_of_the_two_signatures_will_do() -> None:
    """Keys are turned over: a delivery carries two signatures and one that fits is enough."""
    body = _event("customer_save_commit_after", {"id": 1})
    headers = {"x-adobe-digital-signature-1": "bm9uZQ==", "x-adobe-digital-signature-2": _signature(body)}
    assert isinstance(_read(body, headers), Hint)


@pytest.mark.parametrize("signature", ["", "not base64!", "bm9uZQ=="])
def test_a_forged_event_is_refused(signature: str) -> None:
    """No signature, nonsense and somebody's guess answer 401."""
    with pytest.raises(HintRefused) as caught:
        _read(_event("customer_save_commit_after", {"id": 1}), {"x-adobe-digital-signature-1": signature})
    assert caught.value.status == 401


def test_a_changed_body_is_refused() -> None:
    """One byte more and the signature does not fit."""
    body = _event("customer_save_commit_after", {"id": 1})
    with pytest.raises(HintRefused):
        _read(body + b" ", {"x-adobe-digital-signature-1": _signature(body)})


def test_a_signature_by_another_key_is_refused() -> None:
    """Whoever has a key has not ours."""
    body = _event("customer_save_commit_after", {"id": 1})
    with pytest.raises(HintRefused):
        _read(body, {"x-adobe-digital-signature-1": _signature(body, "theirs")})


def test_an_event_for_another_client_is_refused() -> None:
    """Adobe signs everybody's events with the same keys: the recipient must be us."""
    with pytest.raises(HintRefused) as caught:
        _read(_event("customer_save_commit_after", {"id": 1}, recipient_client_id="somebody"))
    assert caught.value.status == 403


@pytest.mark.parametrize("hours", [49, 500, -1])
def test_a_late_event_is_refused(hours: float) -> None:
    """An old delivery played again, or one from the future, is refused; polling has seen what it tells."""
    with pytest.raises(HintRefused):
        _read(_event("customer_save_commit_after", {"id": 1}, hours))


def test_a_repeated_event_has_the_same_delivery() -> None:
    """An order's save fires several times, and each delivery may be repeated: the id tells repeats."""
    body = _event("sales_order_save_commit_after", {"entity_id": 7})
    assert _read(body) == _read(body)


def test_an_event_of_another_kind_is_not_for_us() -> None:
    """It is answered as accepted, so that Adobe does not send it again."""
    with pytest.raises(HintRefused) as caught:
        _read(_event("catalog_product_save_commit_after", {"id": 1}))
    assert caught.value.status == 202


def test_the_challenge_of_a_registration_is_answered() -> None:
    """Before the first event Adobe asks for a word back."""
    answer = read_event([_public()], _CLIENT, {}, b"", "challenge=8ec8d794&x=1", NOW)
    assert answer == Handshake(b"8ec8d794")


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff"])
def test_a_body_that_is_no_event_is_refused(body: bytes) -> None:
    """Signed nonsense is refused as such."""
    with pytest.raises(HintRefused) as caught:
        _read(body, {"x-adobe-digital-signature-1": _signature(body)})
    assert caught.value.status == 400


@pytest.mark.parametrize(
    ("payload", "stream", "record"),
    [
        ({"order": {"entity_id": 7, "increment_id": "000000007"}}, "orders", "7"),
        ({"data": {"order": {"entity_id": 7}}}, "orders", "7"),
        ({"data": {"customer": {"id": 4101}}}, "customers", "4101"),
        ({"company": {"id": 880101}}, "companies", "880101"),
        ({"quote": {"id": 12}}, "quotes", "quote-12"),
        ({"entity_id": 7, "increment_id": "000000007"}, "orders", "7"),
    ],
)
def test_a_call_of_the_webhook_module_names_what_to_fetch(payload: object, stream: str, record: str) -> None:
    """The store signs the base64 of the body, not the body."""
    body = json.dumps(payload).encode()
    hint = read_webhook(_public(), {"x-adobe-commerce-webhook-signature": _signature(b64encode(body))}, body)
    assert (hint.stream, hint.record_id) == (stream, record)


def test_a_webhook_signed_over_the_body_itself_is_refused() -> None:
    """Only the base64 of the body counts as signed."""
    body = b'{"order":{"entity_id":7}}'
    with pytest.raises(HintRefused) as caught:
        read_webhook(_public(), {"x-adobe-commerce-webhook-signature": _signature(body)}, body)
    assert caught.value.status == 401


def test_a_webhook_without_a_signature_is_refused() -> None:
    """The module's signature is off by default: then nothing is taken."""
    with pytest.raises(HintRefused):
        read_webhook(_public(), {}, b'{"order":{"entity_id":7}}')


@pytest.mark.parametrize(
    ("name", "kind", "stream"),
    [
        ("event-observer-sales_order_save_after", "sales_order_save_after", "orders"),
        ("event-observer-sales_order_creditmemo_save_after", "sales_order_creditmemo_save_after", "orders"),
        ("event-observer-sales_order_invoice_save_after", "sales_order_invoice_save_after", "orders"),
        ("event-observer-sales_order_shipment_save_after", "sales_order_shipment_save_after", "orders"),
        ("event-observer-company_save_commit_after", "company_save_commit_after", "companies"),
        ("event-observer-customer_delete_commit_after", "customer_delete_commit_after", "customers"),
        ("event-observer-sales_quote_save_after", "sales_quote_save_after", "quotes"),
    ],
)
def test_the_published_events_carry_the_ids_that_we_read(name: str, kind: str, stream: str) -> None:
    """With numbers in the place of their type names, each skeleton of the vendor's names its record."""
    skeleton = published("specs", "adobe-commerce", "examples", f"{name}.json")
    value = json.loads(json.dumps(skeleton).replace('"int"', "77").replace('"quote_id": "string"', '"quote_id": "77"'))
    hint = _read(_event(kind, value))
    assert isinstance(hint, Hint)
    assert hint.stream == stream
    assert (hint.record_id or "").endswith("77")
