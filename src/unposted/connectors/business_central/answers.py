"""What Business Central's answers mean: it is told by `error.code`, never by the text, which follows the language.

Texts quote customers, so only those of a faulty request are shown. Source: OData error codes of Business Central.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

import msgspec

from unposted.connectors.business_central.words import without_correlation
from unposted.connectors.impersonal import impersonal
from unposted.connectors.replies import Again, Judge, Reply, judged, retry_after
from unposted.errors import SignIn, SourceDown, SourceRefused, UnpostedError

__all__ = ["PAGE_TOO_BIG", "Place", "error_code", "judge_of"]

PAGE_TOO_BIG = "page-too-big"
_TOO_BIG = frozenset({408, 413, 504})
_CODE = re.compile(r"[A-Za-z]+(?:_[A-Za-z]+)*")


class _Fault(msgspec.Struct):
    code: str = ""
    message: str = ""


class _Body(msgspec.Struct):
    error: _Fault | None = None


class Place(NamedTuple):
    """What is asked for: a company's name as Business Central writes it, and an entity set; blank where there is none.

    `can_shrink` tells that a smaller page can be asked for.
    """

    company: str = ""
    set: str = ""
    can_shrink: bool = False

    def __str__(self) -> str:
        named = f" of the company {self.company}" if self.company else ""
        return f"{self.set or 'the service'}{named}"


def error_code(reply: Reply) -> str:
    """Return the answer's `error.code`, blank when it has none."""
    return _fault(reply).code


def judge_of(place: Place, refusal: str) -> Judge:
    """Make the judge of one call. `refusal` says what to do when a good token is refused (401)."""
    return lambda reply, now: _judged(reply, now, place, refusal)


def _judged(reply: Reply, now: datetime, place: Place, refusal: str) -> Again | UnpostedError | None:
    if reply.status < 300:
        return judged(reply, now)
    fault = _fault(reply)
    if reply.status == 401 or fault.code.startswith("Authentication_"):
        return SignIn("app-not-registered", f"Business Central refuses a good token (401{_said(fault)}).", refusal)
    later = _later(reply, now, place, fault)
    if later is not None:
        return later
    explain = next((explain for family, explain in _FAMILIES if fault.code.startswith(family)), None)
    if explain is None and reply.status == 403:
        explain = _not_allowed
    return explain(place, fault) if explain else judged(reply, now, lambda _: f"{place}{_said(fault)}")


def _later(reply: Reply, now: datetime, place: Place, fault: _Fault) -> Again | UnpostedError | None:
    """Tell an answer that may be another one later, or for a smaller page."""
    status = reply.status
    if status in _TOO_BIG and place.can_shrink:
        return SourceDown(PAGE_TOO_BIG, f"a page of {place} takes too long ({status}).", "Set a smaller page_size.")
    if status == 429:
        return Again("Business Central takes no more calls for now", retry_after(reply, now), is_asked=True)
    if status in _TOO_BIG or status >= 500:
        is_failing = not reply.is_html
        return Again(f"it answers {status}{_said(fault)} for {place}", retry_after(reply, now), is_failing=is_failing)
    return None


def _not_allowed(place: Place, fault: _Fault) -> UnpostedError:
    return SourceRefused(
        "not-allowed",
        f"the credentials may not read {place}{_said(fault)}.",
        "Add a permission set that may read it to the application's card on the page Microsoft Entra applications.",
    )


def _no_company(place: Place, fault: _Fault) -> UnpostedError:
    return SourceRefused(
        "company-not-seen",
        f"the credentials do not see the company {place.company or 'that is asked for'}{_said(fault)}.",
        "Check the companies table of this source, and give the application permission sets for that company.",
    )


def _no_set(place: Place, fault: _Fault) -> UnpostedError:
    return SourceRefused(
        "no-such-set",
        f"Business Central has no {place}{_said(fault)}.",
        "Check environment and the paths in this source's settings; a custom API page must be published first.",
    )


def _cannot_read(place: Place, fault: _Fault) -> Again:
    """A page's own code may fail at one record; the whole page is refused then, with status 400."""
    return Again(f"a record of {place} cannot be read{_said(fault)}", is_failing=True)


_FAMILIES: tuple[tuple[str, Callable[[Place, _Fault], Again | UnpostedError]], ...] = (
    ("Authorization_", _not_allowed),
    ("Internal_CompanyNotFound", _no_company),
    ("BadRequest_ResourceNotFound", _no_set),
    ("BadRequest_NotFound", _no_set),
    ("NoEnvironment", _no_set),
    ("Application_FilterErrorException", _no_set),
    ("Application_", _cannot_read),
    ("Internal_TenantUnavailable", _cannot_read),
    ("Internal_ServerError", _cannot_read),
)


def _fault(reply: Reply) -> _Fault:
    try:
        return msgspec.json.decode(reply.body, type=_Body).error or _Fault()
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return _Fault()


def _said(fault: _Fault) -> str:
    """Show the code, and the text only where it speaks of our request."""
    if not _CODE.fullmatch(fault.code):
        return ""
    words = without_correlation(fault.message) if fault.code.startswith("BadRequest") else None
    return f": {fault.code}" + (f", {impersonal(words)[:200]}" if words else "")
