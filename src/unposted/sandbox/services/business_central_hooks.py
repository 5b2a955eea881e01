"""Business Central's subscriptions: the handshake, three days of life, and notifications in batches.

Source: Working with webhooks in Business Central. A notification tells created, updated or deleted; when more than
a thousand rows have changed it tells one collection, whose resource is a filter to read again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, TypeAlias
from urllib.parse import quote

from unposted.sandbox.business_central import guid, instant
from unposted.sandbox.services.business_central_errors import Refusal
from unposted.sandbox.wire import Answer, Call, Now, json_answer

__all__ = ["CallBack", "Subscriptions"]

CallBack: TypeAlias = Callable[[str], tuple[int, str]]
"""Calls a notification address and returns the status and body of what it answers."""

_LIFE = timedelta(days=3)
_MOST_STATE = 2_048
_CHALLENGE = "3f1c2a00-validation"


class Subscriptions:
    """The subscriptions of one environment, and what is still to be told to each."""

    def __init__(self, now: Now, call_back: CallBack, most_notified: int) -> None:
        """Take the time, how an address is called, and how many changes are told one by one."""
        self._now = now
        self._call_back = call_back
        self._most = most_notified
        self._rows: dict[str, dict[str, Any]] = {}
        self._due: dict[str, list[dict[str, Any]]] = {}

    def answer(self, call: Call, key: str) -> Answer:
        """Answer a call to the set, or to the subscription with this key."""
        match call.method, bool(key):
            case "GET", False:
                return json_answer({"value": list(self._living())})
            case "POST", False:
                return self._made(_body(call))
            case "PATCH", True:
                return self._renewed(call, key)
            case "DELETE", True:
                self._changeable(call, key)
                del self._rows[key]
                return Answer(204)
        raise Refusal(405, "BadRequest_MethodNotAllowed", call.method)

    def changed(self, resource: str, record: str, kind: str, at: datetime) -> None:
        """Note a change of a record of a resource for everybody who wants to hear of it."""
        for row in self._living():
            if row["resource"].strip("/").casefold() == resource.strip("/").casefold():
                due = {"resource": f"{resource.strip('/')}({record})", "changeType": kind, "at": at}
                self._due.setdefault(row["subscriptionId"], []).append(due)

    def delivery(self, key: str) -> bytes:
        """Take what is due to a subscription, as the body of one notification; blank when there is nothing."""
        row = self._rows[key]
        due = self._due.pop(key, [])
        if not due:
            return b""
        if len(due) > self._most:
            since = instant(min(one["at"] for one in due) - timedelta(seconds=1))
            condition = quote(f"lastDateTimeModified gt {since}", safe=":")
            resource = f"/{row['resource'].strip('/')}?$filter={condition}"
            due = [{"resource": resource, "changeType": "collection", "at": max(one["at"] for one in due)}]
        return json.dumps({"value": [_notice(row, one) for one in due]}).encode()

    def _living(self) -> Iterable[dict[str, Any]]:
        now = instant(self._now())
        return [row for row in self._rows.values() if row["expirationDateTime"] > now]

    def _made(self, body: dict[str, Any]) -> Answer:
        address, resource = body.get("notificationUrl", ""), body.get("resource", "")
        if len(body.get("clientState", "")) > _MOST_STATE:
            raise Refusal(400, "BadRequest", "The clientState must not be longer than 2048 characters.")
        self._shake_hands(address)
        key = guid("subscription", address, resource).replace("-", "")
        now = instant(self._now())
        self._rows[key] = {
            "@odata.etag": f'W/"{now}"',
            "subscriptionId": key,
            "notificationUrl": address,
            "resource": resource,
            "timestamp": 1,
            "userId": guid("user", "unposted"),
            "lastModifiedDateTime": now,
            "clientState": body.get("clientState", ""),
            "expirationDateTime": instant(self._now() + _LIFE),
            "systemCreatedAt": now,
            "systemCreatedBy": guid("user", "unposted"),
            "systemModifiedAt": now,
            "systemModifiedBy": guid("user", "unposted"),
        }
        return json_answer(self._rows[key], 201)

    def _renewed(self, call: Call, key: str) -> Answer:
        row = self._changeable(call, key)
        self._shake_hands(_body(call).get("notificationUrl", row["notificationUrl"]))
        now = instant(self._now())
        row |= {
            "@odata.etag": f'W/"{now}"', "expirationDateTime": instant(self._now() + _LIFE),
            "lastModifiedDateTime": now,
        }  # fmt: skip
        return json_answer(row)

    def _changeable(self, call: Call, key: str) -> dict[str, Any]:
        row = self._rows.get(key)
        if row is None:
            raise Refusal(404, "Internal_RecordNotFound", key)
        tag = call.headers.get("if-match", "")
        if not tag:
            raise Refusal(400, "BadRequest_InvalidToken")
        if tag not in {"*", row["@odata.etag"]}:
            raise Refusal(412, "Request_EntityChanged")
        return row

    def _shake_hands(self, address: str) -> None:
        mark = "&" if "?" in address else "?"
        status, body = self._call_back(f"{address}{mark}validationToken={_CHALLENGE}")
        if (status, body) != (200, _CHALLENGE):
            raise Refusal(400, "BadRequest", "The notification URL must echo the validation token with status 200.")


def _notice(row: dict[str, Any], due: dict[str, Any]) -> dict[str, Any]:
    return {
        "subscriptionId": row["subscriptionId"],
        "clientState": row["clientState"],
        "expirationDateTime": row["expirationDateTime"],
        "resource": due["resource"],
        "changeType": due["changeType"],
        "lastModifiedDateTime": instant(due["at"]),
    }


def _body(call: Call) -> dict[str, Any]:
    try:
        found = json.loads(call.body)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Refusal(400, "BadRequest", "Invalid Request Body")
    return found
