"""Each platform's webhooks from both ends: a delivery about a record as the platform would send it, and its reading."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Literal, NamedTuple, TypeAlias

import msgspec
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from unposted.connectors.adobe_commerce.webhooks import read_event
from unposted.connectors.bigcommerce.webhooks import HookSecrets
from unposted.connectors.bigcommerce.webhooks import read_hint as read_bigcommerce
from unposted.connectors.business_central.webhooks import read_hints
from unposted.connectors.dataverse.webhooks import read_hint as read_dataverse
from unposted.connectors.hints import Handshake, Hint
from unposted.connectors.secrets import Secret
from unposted.connectors.shopify.webhooks import read_hint as read_shopify
from unposted.sandbox.business_central import guid
from unposted.sandbox.services.bigcommerce_hooks import delivered
from unposted.sandbox.services.shopify_hooks import signed

__all__ = ["PLATFORMS", "Event", "Forgery", "Platform", "Sent"]

Forgery: TypeAlias = Literal["unsigned", "wrong secret", "other body"]
"""How a delivery is forged; `other body` keeps the signature of another one."""
_SECRET, _WRONG = "canary-hook-secret-81", "canary-hook-secret-82"
_SHOP, _CLIENT = "cedar-stone.myshopify.com", "ims-client"


class Event(NamedTuple):
    """That record so-and-so was changed or deleted at an instant; `serial` tells events of one instant apart."""

    number: int
    at: datetime
    serial: int
    is_deletion: bool = False


class Sent(NamedTuple):
    """One request of a platform; header names are lower-case."""

    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Platform:
    """A platform's webhooks. `has_signature` False: nothing but a shared secret tells that a delivery is its own."""

    name: str
    stream: str
    record_id: Callable[[int], str]
    send: Callable[[Event, datetime, str], Sent]
    read: Callable[[Sent, datetime], Hint]
    has_signature: bool = True

    def forged(self, event: Event, other: Event, now: datetime, how: Forgery) -> Sent:
        """Make a delivery that somebody else sends in the platform's name."""
        genuine = self.send(event, now, _SECRET)
        if how == "other body" and self.has_signature:
            return genuine._replace(body=self.send(other, now, _SECRET).body + b" ")
        if how == "unsigned" and self.has_signature:
            return genuine._replace(headers={key: text for key, text in genuine.headers.items() if "sig" not in key
                                             and "hmac" not in key})  # fmt: skip
        return self.send(event, now, "" if how == "unsigned" else _WRONG)

    def genuine(self, event: Event, now: datetime) -> Sent:
        """Make the platform's own delivery of an event, sent now."""
        return self.send(event, now, _SECRET)


def _lower(headers: dict[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


# ---- Shopify


def _shopify_sends(event: Event, now: datetime, secret: str) -> Sent:
    body = msgspec.json.encode({"id": event.number, "note": event.serial})
    topic = "customers/delete" if event.is_deletion else "customers/update"
    del now
    return Sent(_lower(signed(topic, body, secret, event.at, shop=_SHOP)), body)


def _shopify_reads(sent: Sent, now: datetime) -> Hint:
    return read_shopify((Secret(_SECRET),), _SHOP, sent.headers, sent.body, now)


# ---- BigCommerce


def _bigcommerce_sends(event: Event, now: datetime, secret: str) -> Sent:
    scope = "store/customer/deleted" if event.is_deletion else "store/customer/updated"
    made = delivered(scope, {"type": "customer", "id": event.number}, event.at, client_secret=secret, attempt_at=now)
    return Sent(made.headers, made.body)


def _bigcommerce_reads(sent: Sent, now: datetime) -> Hint:
    return read_bigcommerce(HookSecrets(client_secret=Secret(_SECRET)), "sandbox", sent.headers, sent.body, now)


# ---- Adobe Commerce


@cache
def _key(name: str) -> RSAPrivateKey:
    return generate_private_key(65537, 2048)


@cache
def _signature(body: bytes, secret: str) -> str:
    return b64encode(_key(secret).sign(body, PKCS1v15(), SHA256())).decode()


@cache
def _public() -> str:
    return _key(_SECRET).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def _adobe_sends(event: Event, now: datetime, secret: str) -> Sent:
    kind = "customer_delete_commit_after" if event.is_deletion else "customer_save_commit_after"
    body = json.dumps(
        {"id": f"e-{event.number}-{event.serial}", "type": f"com.adobe.commerce.observer.{kind}",
         "time": event.at.isoformat(), "recipient_client_id": _CLIENT, "data": {"value": {"id": event.number}}}
    ).encode()  # fmt: skip
    del now
    return Sent({"x-adobe-digital-signature-1": _signature(body, secret)}, body)


def _adobe_reads(sent: Sent, now: datetime) -> Hint:
    hint = read_event([_public()], _CLIENT, sent.headers, sent.body, "", now)
    assert isinstance(hint, Hint)
    return hint


# ---- Business Central

_COMPANY = guid("company", "usti")


def _central_sends(event: Event, now: datetime, secret: str) -> Sent:
    row = {
        "subscriptionId": f"s{event.serial}", "clientState": secret, "lastModifiedDateTime": event.at.isoformat(),
        "resource": f"api/v2.0/companies({_COMPANY})/customers({guid('customer', str(event.number))})",
        "changeType": "deleted" if event.is_deletion else "updated",
    }  # fmt: skip
    del now
    return Sent({}, json.dumps({"value": [row]}).encode())


def _central_reads(sent: Sent, now: datetime) -> Hint:
    found = read_hints(Secret(_SECRET), {}, sent.body, now)
    assert not isinstance(found, Handshake)
    (hint,) = found
    return hint


# ---- Dataverse


def _dataverse_sends(event: Event, now: datetime, secret: str) -> Sent:
    row = {
        "PrimaryEntityName": "contact", "PrimaryEntityId": guid("contact", str(event.number)).upper(),
        "MessageName": "Delete" if event.is_deletion else "Update", "RequestId": f"r{event.serial}",
        "OperationCreatedOn": f"/Date({int(event.at.timestamp() * 1000)})/",
    }  # fmt: skip
    del now
    return Sent({"x-unposted-key": secret}, json.dumps(row).encode())


def _dataverse_reads(sent: Sent, now: datetime) -> Hint:
    return read_dataverse(Secret(_SECRET), sent.headers, sent.body, now)


PLATFORMS = (
    Platform("shopify", "customers", str, _shopify_sends, _shopify_reads),
    Platform("bigcommerce", "customers", str, _bigcommerce_sends, _bigcommerce_reads),
    Platform("adobe_commerce", "customers", str, _adobe_sends, _adobe_reads),
    Platform("business_central", "customers", lambda number: f"{_COMPANY}|{guid('customer', str(number))}",
             _central_sends, _central_reads, has_signature=False),
    Platform("dataverse", "contacts", lambda number: guid("contact", str(number)),
             _dataverse_sends, _dataverse_reads, has_signature=False),
)  # fmt: skip
