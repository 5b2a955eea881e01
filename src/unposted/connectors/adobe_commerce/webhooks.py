"""Verifies what Adobe sends and turns it into hints: I/O Events (CloudEvents), and the store's own webhook module.

I/O Events signs the body with up to two RSA keys; their public halves are settings. The webhook module signs the
base64 of the body. Sources: Adobe I/O Events, signature verification; Commerce webhooks, signature verification.
"""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from urllib.parse import parse_qs

import msgspec

from unposted.connectors.hints import Handshake, Hint, HintRefused

__all__ = ["read_event", "read_webhook"]

_EVENT_HEADERS = ("x-adobe-digital-signature-1", "x-adobe-digital-signature-2")
_WEBHOOK_HEADER = "x-adobe-commerce-webhook-signature"
_OLDEST, _NEWEST = timedelta(hours=48), timedelta(minutes=5)


class _Kind(NamedTuple):
    """What an event whose type holds `word` speaks of: a stream, and the payload's fields that may be its id.

    An order's event may name the order only in its parts, and a quote's only in its items.
    """

    word: str
    stream: str
    fields: tuple[str, ...]
    prefix: str = ""


_OF_AN_ORDER = ("entity_id", "payment.parent_id", "billing_address.parent_id", "items.order_id")
# The first that fits counts: an order's documents name the order that they are of.
_KINDS = (
    _Kind("creditmemo", "orders", ("order_id",)),
    _Kind("invoice", "orders", ("order_id",)),
    _Kind("shipment", "orders", ("order_id",)),
    _Kind("sales_quote", "quotes", ("entity_id", "id", "items.quote_id"), "quote-"),
    _Kind("negotiable_quote", "quotes", ("quote_id", "id"), "quote-"),
    _Kind("sales_order", "orders", _OF_AN_ORDER),
    _Kind("order_management", "orders", _OF_AN_ORDER),
    _Kind("customer", "customers", ("id", "entity_id", "customer_id")),
    _Kind("company", "companies", ("id", "entity_id")),
)


class _Event(msgspec.Struct):
    id: str = ""
    type: str = ""
    time: str = ""
    recipient_client_id: str = ""
    recipientclientid: str = ""
    event_id: str = ""
    data: msgspec.Raw = msgspec.Raw(b"{}")


def read_event(
    public_keys: Sequence[str], client_id: str, headers: Mapping[str, str], body: bytes, query: str, now: datetime
) -> Hint | Handshake:
    """Verify one delivery of I/O Events; header names are lower-case. Raises HintRefused.

    A delivery without a body but with `challenge` in its query asks whether we are there: that is a Handshake.
    """
    challenge = parse_qs(query).get("challenge", [])
    if not body and challenge:
        return Handshake(challenge[0].encode())
    signatures = [headers[name] for name in _EVENT_HEADERS if headers.get(name)]
    if not any(_is_signed(key, signature, body) for key in public_keys for signature in signatures):
        raise HintRefused(401, "the signature does not fit")
    event = _decoded(body)
    recipient = event.recipient_client_id or event.recipientclientid
    if recipient and recipient != client_id:
        raise HintRefused(403, "the event is for another client")
    sent_at = _sent_at(event.time, now)
    delivery = event.id or event.event_id or hashlib.sha256(body).hexdigest()
    kind = next((kind for kind in _KINDS if kind.word in event.type), None)
    if kind is None:
        raise HintRefused(202, "the event is of a kind that is not read")
    is_gone = "_delete" in event.type
    return Hint(kind.stream, _record_id(_payload(event.data), kind), delivery, sent_at, is_gone)


def read_webhook(public_key: str, headers: Mapping[str, str], body: bytes) -> Hint:
    """Verify one call of the store's webhook module, which tells neither its time nor its name. Raises HintRefused."""
    signature = headers.get(_WEBHOOK_HEADER, "")
    if not _is_signed(public_key, signature, b64encode(body)):
        raise HintRefused(401, "the signature does not fit")
    payload = _payload(msgspec.Raw(body))
    delivery = hashlib.sha256(body).hexdigest()
    for word, kind in (("order", _KINDS[5]), ("customer", _KINDS[7]), ("company", _KINDS[8]), ("quote", _KINDS[3])):
        inside = payload.get(word)
        if isinstance(inside, dict):
            return Hint(kind.stream, _record_id(inside, kind), delivery)
    if "increment_id" in payload and "order_id" not in payload:
        return Hint("orders", _record_id(payload, _KINDS[5]), delivery)
    raise HintRefused(202, "the call is of a kind that is not read")


def _decoded(body: bytes) -> _Event:
    try:
        return msgspec.json.decode(body, type=_Event)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise HintRefused(400, "the body is no event") from None


def _payload(data: msgspec.Raw) -> dict[str, object]:
    """Return the record inside an event's data: under `value`, under `data`, or the data itself."""
    try:
        found = msgspec.json.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return {}
    for name in ("value", "data"):
        if isinstance(found, dict) and isinstance(found.get(name), dict):
            found = found[name]
    return found if isinstance(found, dict) else {}


def _record_id(payload: Mapping[str, object], kind: _Kind) -> str | None:
    """Return the record's id; None before the store has given it one: then the stream's news is read."""
    for name in kind.fields:
        value = _inside(payload, name)
        if isinstance(value, int | str) and str(value).isdecimal() and str(value) != "0":
            return f"{kind.prefix}{value}"
    return None


def _inside(payload: object, path: str) -> object:
    """Return the value at a dotted path; of a list, its first member's."""
    for name in path.split("."):
        if isinstance(payload, list):
            payload = payload[0] if payload else None
        payload = payload.get(name) if isinstance(payload, dict) else None
    return payload


def _sent_at(text: str, now: datetime) -> datetime:
    try:
        sent_at = datetime.fromisoformat(text)
    except ValueError:
        raise HintRefused(400, "the event does not tell its time") from None
    sent_at = sent_at if sent_at.tzinfo else sent_at.replace(tzinfo=UTC)
    if not now - _OLDEST <= sent_at <= now + _NEWEST:
        raise HintRefused(408, "the event is too old, or from the future")
    return sent_at


def _is_signed(public_key: str, signature: str, signed: bytes) -> bool:
    """Tell whether a signature (base64) by RSA with SHA-256 fits; a key or signature that is none does not."""
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(public_key.encode())
        if not isinstance(key, RSAPublicKey):
            return False
        key.verify(b64decode(signature, validate=True), signed, PKCS1v15(), SHA256())
    except (InvalidSignature, UnsupportedAlgorithm, Base64Error, ValueError):
        return False
    return True
