"""What Dataverse's answers mean, by their codes: throttles, missing privileges, marks of change that are no good.

Sources: Power Apps developer guide, service protection API limits, Web service error codes, change tracking.
"""

from __future__ import annotations

import re
from datetime import datetime

import msgspec

from unposted.connectors.replies import Again, Reply, judged, retry_after
from unposted.errors import SignIn, SourceRefused, UnpostedError

__all__ = ["is_untracked", "judge"]

_THROTTLES = {
    "0x80072322": "too many requests within five minutes",
    "0x80072321": "its requests took too much time within five minutes",
    "0x80072326": "too many requests at once",
}
_NOT_A_MEMBER = frozenset({"0x80072560", "0x80072561", "0x80041d1f", "0x8004a111", "0x8004a101"})
_UNTRACKED = re.compile(r"0x80072491|(?:isn't|is not|not) enabled for change tracking", re.IGNORECASE)
_CODE = re.compile(r"0x[0-9a-f]{8}", re.IGNORECASE)
_PRIVILEGE = re.compile(r"\bprv[A-Za-z_0-9]+")


class _Fault(msgspec.Struct):
    code: str = ""
    message: str = ""


class _Body(msgspec.Struct):
    error: _Fault | None = None


def judge(reply: Reply, now: datetime) -> Again | UnpostedError | None:
    """Judge an answer. What a server's own failure says is not shown: it may quote a record."""
    if reply.status < 300:
        return judged(reply, now)
    fault = _fault(reply)
    code = fault.code.lower()
    if reply.status == 429 or code in _THROTTLES:
        why = _THROTTLES.get(code, "too many requests")
        shown = f" ({fault.code})" if _CODE.fullmatch(fault.code) else ""
        return Again(f"Dataverse asks for patience: {why}{shown}", retry_after(reply, now), is_asked=True)
    if reply.status in {401, 403} and code in _NOT_A_MEMBER:
        return _not_a_member(fault)
    if reply.status == 403:
        return _not_allowed(fault)
    return judged(reply, now, lambda _: _words(fault, reply.status))


def is_untracked(error: SourceRefused) -> bool:
    """Tell that a table's changes are not tracked from other refusals."""
    return _UNTRACKED.search(error.message) is not None


def _words(fault: _Fault, status: int) -> str | None:
    code = fault.code if _CODE.fullmatch(fault.code) else ""
    words = fault.message if status < 500 else ""
    return " ".join(part for part in (code, words) if part) or None


def _not_a_member(fault: _Fault) -> SignIn:
    return SignIn(
        "no-application-user",
        f"the environment does not know this application ({fault.code}).",
        "Add it in the Power Platform admin center: Environments, this one, Settings, Users + permissions, "
        "Application users.",
    )


def _not_allowed(fault: _Fault) -> SourceRefused:
    privilege = _PRIVILEGE.search(fault.message)
    missing = f"the privilege {privilege[0]} is missing" if privilege else "a privilege is missing"
    code = f" ({fault.code})" if _CODE.fullmatch(fault.code) else ""
    return SourceRefused(
        "not-allowed",
        f"the credentials may not read this: {missing}{code}.",
        "Grant it at organization level to the application user's security role; docs/connectors lists them all.",
    )


def _fault(reply: Reply) -> _Fault:
    try:
        return msgspec.json.decode(reply.body, type=_Body).error or _Fault()
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return _Fault()
