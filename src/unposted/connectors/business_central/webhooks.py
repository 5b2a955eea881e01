"""Reads Business Central's notifications: which records to fetch soon. Nothing in them is believed beyond that.

A subscription begins and is renewed with a handshake (`validationToken`, echoed as plain text); each notification
shows the `clientState` that the subscription was made with. Source: Working with webhooks in Business Central.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest

import msgspec

from unposted.connectors.hints import Handshake, Hint, HintRefused
from unposted.connectors.secrets import Secret

__all__ = ["STREAM_OF", "read_hints"]

STREAM_OF = {
    "customers": "customers",
    "salesOrders": "sales_orders",
    "salesInvoices": "sales_invoices",
    "salesCreditMemos": "sales_credit_memos",
    "generalLedgerEntries": "ledger_entries",
    "currencyExchangeRates": "exchange_rates",
    "jobQueueLogEntries": "job_queue_log",
    "items": "items",
}
_KIND_OF = {"salesOrders": "order", "salesInvoices": "invoice", "salesCreditMemos": "credit_memo"}
_RESOURCE = re.compile(
    r"(?:\A|/)companies\((?P<company>[0-9A-Fa-f-]{36})\)/(?P<set>[A-Za-z]+)(?:\((?P<id>[0-9A-Fa-f-]{36})\))?(?P<rest>.*)\Z"
)
_OLDEST = timedelta(hours=48)  # deliveries are tried for 36 hours
_AHEAD = timedelta(minutes=15)


class _Notice(msgspec.Struct, rename="camel"):
    subscription_id: str = ""
    client_state: str = ""
    resource: str = ""
    change_type: str = ""
    last_modified: datetime | None = msgspec.field(default=None, name="lastModifiedDateTime")


class _Delivery(msgspec.Struct):
    value: list[_Notice]


def read_hints(secret: Secret, query: Mapping[str, str], body: bytes, now: datetime) -> Handshake | list[Hint]:
    """Read a delivery; raises HintRefused when a part of it is forged or too old.

    `secret` is the clientState. A hint's record id has Business Central's own ids of company and record
    (`COMPANY|ID`, for documents `COMPANY|KIND|ID`), which the streams' `by_id` understand.
    """
    token = query.get("validationToken")
    if token is not None:
        return Handshake(token.encode())
    try:
        notices = msgspec.json.decode(body, type=_Delivery).value
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise HintRefused(400, "the delivery is no list of notifications") from None
    if not all(_is_ours(notice, secret) for notice in notices):
        raise HintRefused(401, "the delivery does not show the clientState of this subscription")
    found = (_hint(notice, now) for notice in notices)
    return [hint for hint in found if hint is not None]


def _is_ours(notice: _Notice, secret: Secret) -> bool:
    return bool(secret) and compare_digest(notice.client_state.encode(), secret.reveal().encode())


def _hint(notice: _Notice, now: datetime) -> Hint | None:
    found = _RESOURCE.search(notice.resource)
    if found is None or found["set"] not in STREAM_OF:
        return None
    sent = notice.last_modified
    if sent is not None and not now - _OLDEST <= _aware(sent, now) <= now + _AHEAD:
        raise HintRefused(400, "the delivery is of another time")
    stream = STREAM_OF[found["set"]]
    delivery = sha256(
        "|".join((notice.subscription_id, notice.resource, notice.change_type, str(sent))).encode()
    ).hexdigest()
    record_id = None
    if found["id"] and not found["rest"] and notice.change_type != "collection":
        parts = (found["company"].lower(), _KIND_OF.get(found["set"]), found["id"].lower())
        record_id = "|".join(part for part in parts if part)
    return Hint(stream, record_id, delivery, sent, notice.change_type == "deleted")


def _aware(moment: datetime, now: datetime) -> datetime:
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=now.tzinfo)
