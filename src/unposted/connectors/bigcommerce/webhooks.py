"""Verifies BigCommerce's webhooks and turns them into hints.

An app's webhooks are signed as Standard Webhooks says, with the base64 of the client secret as the secret; those of a
store-level account carry nothing but the header that was set when they were made. Bodies are thin: they name a record
and say nothing else of it. Source: BigCommerce webhooks overview and events.
"""

from __future__ import annotations

import hmac
from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Annotated, NamedTuple

import msgspec

from unposted.connectors.hints import Hint, HintRefused
from unposted.connectors.scalars import text
from unposted.connectors.secrets import Secret

__all__ = ["HOOK_HEADER", "HookSecrets", "read_hint"]

HOOK_HEADER = "x-unposted-hook"
_TOLERANCE = timedelta(seconds=300)
_LAST_RETRY = timedelta(hours=49)  # the store tries for 48 hours
_FINE, _BAD, _UNKNOWN, _OTHER_STORE = 200, 400, 401, 403


class HookSecrets(NamedTuple):
    """What a delivery is verified by: the signature, the header, or both; at least one must be there."""

    client_secret: Secret | None = None
    header: Secret | None = None


class _Body(msgspec.Struct):
    scope: str = ""
    producer: str = ""
    hash: str = ""
    created_at: Annotated[int, msgspec.Meta(ge=0, lt=2**33)] | None = None
    data: dict[str, object] = {}


def read_hint(secrets: HookSecrets, store_hash: str, headers: Mapping[str, str], body: bytes, now: datetime) -> Hint:
    """Verify one delivery and tell what to fetch; header names are lower-case.

    Raises HintRefused: with status 200 for events that concern nothing that is read, for the store switches off a
    webhook whose deliveries are refused.
    """
    _verify(secrets, headers, body, now)
    try:
        event = msgspec.json.decode(body, type=_Body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise HintRefused(_BAD, "the body is no event") from None
    if event.producer != f"stores/{store_hash}":
        raise HintRefused(_OTHER_STORE, "the event is of another store")
    sent_at = datetime.fromtimestamp(event.created_at, UTC) if event.created_at else None
    if secrets.client_secret is None and (sent_at is None or now - sent_at > _LAST_RETRY):
        raise HintRefused(_UNKNOWN, "the event is too old")
    stream, record_id = _subject(event)
    delivery = event.hash or headers.get("webhook-id") or sha256(body).hexdigest()
    return Hint(stream, record_id, delivery, sent_at, event.scope.endswith(("/archived", "/deleted")))


def _verify(secrets: HookSecrets, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
    if secrets.client_secret is None and secrets.header is None:
        raise HintRefused(_UNKNOWN, "no secret is set to verify webhooks by")
    if secrets.header is not None:
        given = headers.get(HOOK_HEADER, "").encode()
        if not hmac.compare_digest(given, secrets.header.reveal().encode()):
            raise HintRefused(_UNKNOWN, "the header does not fit")
    if secrets.client_secret is not None:
        _verify_signature(secrets.client_secret, headers, body, now)


def _verify_signature(secret: Secret, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
    stamp, delivery = headers.get("webhook-timestamp", ""), headers.get("webhook-id", "")
    signed = f"{delivery}.{stamp}.".encode() + body
    wanted = b64encode(hmac.new(secret.reveal().encode(), signed, sha256).digest())
    given = [part.partition(",") for part in headers.get("webhook-signature", "").split()]
    is_signed = any(kind == "v1" and hmac.compare_digest(mark.encode(), wanted) for kind, _, mark in given)
    if not is_signed or not delivery or not stamp.isascii() or not stamp.isdecimal() or len(stamp) > 11:
        raise HintRefused(_UNKNOWN, "the signature does not fit")
    if abs(now - datetime.fromtimestamp(int(stamp), UTC)) > _TOLERANCE:
        raise HintRefused(_UNKNOWN, "the delivery is too old")


def _subject(event: _Body) -> tuple[str, str | None]:
    """Tell the stream and the record; None stands for the news of the whole stream."""
    kind, _, rest = event.scope.removeprefix("store/").partition("/")
    data = event.data
    if kind == "order":
        named = text(data.get("resource_id")) if rest.startswith("metafield/") else text(data.get("order_id"))
        return "orders", named or text(data.get("id"))
    if kind == "customer":
        address = data.get("address")
        owner = text(address.get("customer_id")) if isinstance(address, dict) else None
        return "customers", owner or text(data.get("id"))
    if kind == "company":
        return ("company_users" if rest.startswith("user/") else "companies"), None
    raise HintRefused(_FINE, "the event concerns nothing that is read")
