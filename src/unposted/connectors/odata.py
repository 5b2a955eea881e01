"""The OData v4 that F&O, Business Central and Dataverse share: pages, next links, literals and error bodies."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from unposted.connectors.impersonal import impersonal
from unposted.connectors.replies import Reply

__all__ = ["ODataPage", "instant_literal", "odata_page", "odata_words", "text_literal"]


class ODataPage(msgspec.Struct, frozen=True, gc=False):
    """One page: undecoded rows, the address of the next one, and (change tracking) that of what changes later."""

    value: list[msgspec.Raw] = []
    next_link: str | None = msgspec.field(default=None, name="@odata.nextLink")
    delta_link: str | None = msgspec.field(default=None, name="@odata.deltaLink")
    count: int | None = msgspec.field(default=None, name="@odata.count")
    context: str | None = msgspec.field(default=None, name="@odata.context")

    @property
    def items(self) -> Sequence[bytes]:
        """The rows as bytes of their own."""
        return [bytes(row) for row in self.value]


class _Inner(msgspec.Struct):
    message: str | None = None
    internalexception: _Inner | None = None


class _Fault(msgspec.Struct):
    code: str | None = None
    message: str | None = None
    innererror: _Inner | None = None


class _Body(msgspec.Struct):
    error: _Fault | None = None


odata_page = msgspec.json.Decoder(ODataPage).decode


def odata_words(reply: Reply) -> str | None:
    """Return what an error body says: the inner message first (F&O puts the useful text there), with its code."""
    try:
        fault = msgspec.json.decode(reply.body, type=_Body).error
    except msgspec.MsgspecError:
        return None
    if fault is None:
        return None
    words = (fault.innererror.message if fault.innererror else None) or fault.message
    return impersonal(" ".join(part for part in (fault.code, words) if part)) or None


def text_literal(text: str) -> str:
    """Write a text as OData writes it in a filter."""
    return "'" + text.replace("'", "''") + "'"


def instant_literal(moment: datetime) -> str:
    """Write an instant as OData writes it in a filter."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
