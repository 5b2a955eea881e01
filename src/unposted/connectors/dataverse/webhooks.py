"""Hints of Dataverse webhooks: a service endpoint with a secret header calls when an account or contact changed.

There is no signature: the header's secret is all that tells a delivery from a forged one, so of the body only the
table, the id and the kind of change are read. Source: Power Apps developer guide, use webhooks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hmac import compare_digest

import msgspec

from unposted.connectors.hints import Hint, HintRefused
from unposted.connectors.secrets import Secret

__all__ = ["HEADER", "read_hint"]

HEADER = "x-unposted-key"
_STREAMS = {"account": "accounts", "contact": "contacts"}
_NEWS = frozenset({"create", "update", "delete", "setstate", "setstatedynamicentity", "merge", "assign"})
_LATEST = timedelta(hours=24)
_AHEAD = timedelta(minutes=5)
_GUID = re.compile(r"\{?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?", re.IGNORECASE)
_MOMENT = re.compile(r"/Date\((-?\d+)(?:[+-]\d{4})?\)/")


class _Execution(msgspec.Struct):
    """The execution context, as far as it is read; a delivery over 256 KB comes without most of it."""

    PrimaryEntityName: str = ""
    PrimaryEntityId: str = ""
    MessageName: str = ""
    RequestId: str | None = None
    CorrelationId: str | None = None
    OperationCreatedOn: str | None = None


def read_hint(secret: Secret, headers: Mapping[str, str], body: bytes, now: datetime) -> Hint:
    """Read a delivery; header names in any case. Raises HintRefused when it is forged, old or not for us."""
    given = {name.lower(): value for name, value in headers.items()}
    if not secret or not compare_digest(given.get(HEADER, "").encode(), secret.reveal().encode()):
        raise HintRefused(401, "the secret header is missing or wrong")
    try:
        found = msgspec.json.decode(body, type=_Execution)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise HintRefused(400, "the delivery is no execution context") from None
    stream = _STREAMS.get((found.PrimaryEntityName or given.get("x-ms-dynamics-entity-name", "")).lower())
    if stream is None:
        raise HintRefused(404, "the delivery is about another table")
    message = (found.MessageName or given.get("x-ms-dynamics-request-name", "")).lower()
    if message not in _NEWS:
        raise HintRefused(404, "the delivery is about no change of a row")
    if _GUID.fullmatch(found.PrimaryEntityId) is None:
        raise HintRefused(400, "the delivery names no row")
    sent_at = _moment(found.OperationCreatedOn)
    if sent_at is not None and not now - _LATEST <= sent_at <= now + _AHEAD:
        raise HintRefused(400, "the delivery is too old, or from the future")
    row_id = found.PrimaryEntityId.strip("{}").lower()
    delivery = "|".join((found.RequestId or found.CorrelationId or str(sent_at), message, row_id))
    return Hint(stream, row_id, delivery, sent_at, is_gone=message == "delete")


def _moment(text: str | None) -> datetime | None:
    """Read `/Date(1776000000000)/`, milliseconds since 1970; None when it is written otherwise."""
    found = _MOMENT.fullmatch(text or "")
    if found is None:
        return None
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(found[1]))
    except OverflowError:
        return None
