"""What Shopify answers: the envelope of GraphQL, its errors inside HTTP 200, and what each of them means.

Throttling, refused access and inner failures all come with status 200. A null field is denied when an error says so
for its path, never because it is null.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Generic, TypeVar

import msgspec

from unposted.connectors.impersonal import impersonal
from unposted.connectors.replies import Again, Reply, judged
from unposted.errors import BadAnswer, SignIn, SourceRefused, UnpostedError

__all__ = [
    "Connection",
    "Cost",
    "CursorRefused",
    "Envelope",
    "Extensions",
    "Fault",
    "Paged",
    "Throttle",
    "TooDear",
    "denied_paths",
    "is_cut_short",
    "judge",
]

Data = TypeVar("Data")
_SHOWN = 300


class Throttle(msgspec.Struct, gc=False, rename="camel"):
    """The bucket of points: how much it holds, how much is there, how much comes back each second."""

    maximum_available: float = 0.0
    currently_available: float = 0.0
    restore_rate: float = 0.0


class Cost(msgspec.Struct, gc=False, rename="camel"):
    """What a query asked for and what it really took, in points."""

    requested_query_cost: float | None = None
    actual_query_cost: float | None = None
    throttle_status: Throttle | None = None

    @property
    def wait(self) -> float | None:
        """Seconds until the bucket holds what was asked for; None where the server does not tell."""
        status = self.throttle_status
        if status is None or self.requested_query_cost is None or status.restore_rate <= 0:
            return None
        return max(0.1, (self.requested_query_cost - status.currently_available) / status.restore_rate)

    @property
    def never_fits(self) -> bool:
        """Tell that the query asks for more than the bucket ever holds."""
        status = self.throttle_status
        return status is not None and 0 < status.maximum_available < (self.requested_query_cost or 0)


class Extensions(msgspec.Struct, gc=False):
    """What stands beside data and errors."""

    cost: Cost | None = None


class _FaultMore(msgspec.Struct, gc=False, rename="camel"):
    code: str | None = None
    cost: float | None = None
    max_cost: float | None = None


class Fault(msgspec.Struct, gc=False):
    """One entry of `errors`."""

    message: str = ""
    path: list[Any] | None = None
    extensions: _FaultMore | None = None

    @property
    def code(self) -> str:
        """The machine-readable kind of the error; empty where there is none."""
        return (self.extensions.code if self.extensions else None) or ""


class Envelope(msgspec.Struct, Generic[Data]):
    """A GraphQL answer; `errors` is a text where the call did not get as far as GraphQL."""

    data: Data | None = None
    errors: list[Fault] | str | None = None
    extensions: Extensions | None = None


class _PageInfo(msgspec.Struct, gc=False, rename="camel"):
    has_next_page: bool = False
    end_cursor: str | None = None


class Connection(msgspec.Struct, gc=False, rename="camel"):
    """A page of a connection; its nodes stay undecoded."""

    nodes: list[msgspec.Raw] = []
    page_info: _PageInfo = msgspec.field(default_factory=_PageInfo)

    @property
    def has_gaps(self) -> bool:
        """Tell that a node is null."""
        return any(bytes(row) == b"null" for row in self.nodes)

    @property
    def items(self) -> list[bytes]:
        """The nodes as bytes of their own; one that could not be given is left out."""
        return [row for row in map(bytes, self.nodes) if row != b"null"]


class Paged(msgspec.Struct, gc=False):
    """The data of a document whose connection is named `page`."""

    page: Connection | None = None


class TooDear(SourceRefused):
    """One query asks for more points than a query may; `share` of its rows would do, where the server tells."""

    share: float | None = None


class CursorRefused(SourceRefused):
    """The place in a list is not known any more; the list must be walked from a time again."""


class _Errors(msgspec.Struct, gc=False):
    """What a judge needs of an envelope; the data is passed over."""

    errors: list[Fault] | str | None = None
    extensions: Extensions | None = None


_errors_of = msgspec.json.Decoder(_Errors).decode


def judge(reply: Reply, now: datetime) -> Again | UnpostedError | None:
    """Say what an answer means, errors inside HTTP 200 included."""
    if reply.status != 200 or reply.is_html:
        return _refused_shop(reply) or judged(reply, now, _words)
    if b'"errors"' not in reply.body:
        return None
    try:
        envelope = _errors_of(reply.body)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None  # the caller decodes it too, and tells a cut answer from another shape
    if isinstance(envelope.errors, str):
        return BadAnswer(
            "bad-answer", f"Shopify answers: {impersonal(envelope.errors)[:_SHOWN]}", "Run the command again."
        )
    for fault in envelope.errors or ():
        verdict = _meant(fault, envelope)
        if verdict is not None:
            return verdict
    return None


def denied_paths(faults: Iterable[Fault], under: str = "") -> set[str]:
    """List the fields that the app may not read, as paths below a node: `customer.defaultEmailAddress`."""
    found = set()
    for fault in faults:
        if fault.code == "ACCESS_DENIED" and fault.path:
            place = next((at for at, part in enumerate(fault.path) if not isinstance(part, str)), -1)
            below = [part for part in fault.path[place + 1 :] if isinstance(part, str)]
            found.add(".".join([under, *below] if under else below))
    return found


def is_cut_short(faults: Iterable[Fault]) -> bool:
    """Tell that there were so many errors that Shopify left out some of the results."""
    return any(fault.message.startswith("Too many execution errors") for fault in faults)


def _meant(fault: Fault, envelope: _Errors) -> Again | UnpostedError | None:
    code = fault.code
    if code == "THROTTLED" or fault.message == "Throttled":
        cost = envelope.extensions.cost if envelope.extensions else None
        if cost is not None and cost.never_fits:
            return _too_dear(fault)
        return Again("Shopify's points are used up", cost.wait if cost else None, is_asked=True)
    if code in {"INTERNAL_SERVER_ERROR", "TIMEOUT", "SERVICE_UNAVAILABLE"}:
        return Again(f"it answers {code}", is_failing=True)
    if is_cut_short([fault]) or (code == "ACCESS_DENIED" and len(fault.path or ()) > 1):
        return None
    return _refusal(fault)


def _refusal(fault: Fault) -> UnpostedError:
    if fault.code == "MAX_COST_EXCEEDED":
        return _too_dear(fault)
    if fault.code == "ACCESS_DENIED":
        return _not_allowed(fault)
    if "nvalid cursor" in fault.message:
        return CursorRefused("request-refused", "Shopify does not know the place in the list any more.", _AGAIN)
    if fault.code == "SHOP_INACTIVE":
        return SourceRefused("not-allowed", "The shop is not active.", "Ask the shop's owner.")
    return SourceRefused("request-refused", f"Shopify refuses the query: {impersonal(fault.message)[:_SHOWN]}", _CHECK)


_AGAIN = "Run the command again; what was read so far is kept."
_CHECK = "Check api_version in this source's connect settings: it must be a version that Shopify supports."


def _too_dear(fault: Fault) -> TooDear:
    error = TooDear(
        "request-refused",
        "Even one record costs more points than a query of this shop may.",
        "Leave out streams, or ask Shopify for a higher limit.",
    )
    more = fault.extensions
    if more is not None and more.cost and more.max_cost:
        error.share = more.max_cost / more.cost
    return error


def _not_allowed(fault: Fault) -> SourceRefused:
    return SourceRefused(
        "not-allowed",
        f"Shopify refuses access: {impersonal(fault.message)[:_SHOWN]}",
        "Grant the scope to the app (docs/connectors/shopify.md), install it again, then run the command again.",
    )


def _refused_shop(reply: Reply) -> UnpostedError | None:
    """Tell a shop that is frozen, locked or not there; their words are only for people."""
    if reply.status in {402, 423}:
        return SourceRefused("not-allowed", f"the shop is frozen or locked ({reply.status}).", "Ask the shop's owner.")
    if reply.status == 404:
        return SourceRefused(
            "request-refused",
            "there is no such shop or no such API version (404).",
            "Check url (https://NAME.myshopify.com) and api_version in this source's connect settings.",
        )
    if reply.status == 403:
        return SignIn(
            "sign-in-refused",
            "the access token is not accepted for this shop (403).",
            "Set the access token of an app that is installed in this shop, then run `unposted connector test`.",
        )
    return None


def _words(reply: Reply) -> str | None:
    """Return what an error body says; Shopify's `errors` is then a text, or a list as in GraphQL."""
    try:
        errors = _errors_of(reply.body).errors
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
    if isinstance(errors, str):
        return errors
    return errors[0].message if errors else None
