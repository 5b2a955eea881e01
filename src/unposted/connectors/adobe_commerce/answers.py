"""What Adobe Commerce's refusals mean: a right that is missing, a dead token, a page too big, a module that is absent.

A store answers 401 with the same words for a token that is dead and for one without the right, and it leaves the
placeholders of its messages unfilled. Source: magento/magento2#38426, #40960; Adobe's REST error pages.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

import msgspec

from unposted.connectors.impersonal import impersonal
from unposted.connectors.replies import Again, Reply, judged
from unposted.errors import SignIn, SourceRefused, UnpostedError

__all__ = ["AccessDeniedOrDead", "NotThere", "PageTooBig", "filled", "judge_commerce", "judge_sign_in", "words_of"]

_PLACEHOLDER = re.compile(r"%([A-Za-z_]\w*|\d+)")
_PAGE_SIZE = re.compile(r"maximum .*page\s?size.*?(\d+)", re.IGNORECASE | re.DOTALL)
_NOT_AUTHORIZED = "authorized to access"
_OAUTH_FAULTS = ("timestamp_refused", "parameter_absent", "parameter_rejected", "version_rejected", "nonce_used")


class AccessDeniedOrDead(SignIn):
    """The store says 401 for a resource: the token is dead, or lives and lacks the right to `resources`."""

    resources: str = ""


class NotThere(SourceRefused):
    """The store has no such path or record (404)."""


class PageTooBig(SourceRefused):
    """The store allows pages of `most` records at most."""

    most: int = 0


class _Fault(msgspec.Struct):
    message: str | None = None
    parameters: object = None
    error: str | None = None
    error_description: str | None = None


def filled(message: str, parameters: object) -> str:
    """Put the parameters of a message, a list or an object, where its placeholders stand."""
    named: dict[str, str] = {}
    if isinstance(parameters, Mapping):
        named = {str(name): str(value) for name, value in parameters.items()}
    elif isinstance(parameters, list):
        for place, item in enumerate(parameters, 1):
            named |= (
                {str(name): str(value) for name, value in item.items()}
                if isinstance(item, Mapping)
                else {str(place): str(item)}
            )
    lone = next(iter(named.values())) if len(named) == 1 else None
    return _PLACEHOLDER.sub(lambda found: named.get(found[1]) or lone or found[0], message)


def words_of(reply: Reply) -> str | None:
    """Return what an error's body says, with its placeholders filled."""
    if reply.is_html:
        return "a page for people, as a firewall or maintenance mode sends"
    fault = _fault(reply)
    if fault is None:
        return None
    if fault.message:
        return impersonal(filled(" ".join(fault.message.split()), fault.parameters))
    return impersonal(fault.error) if fault.error else None


def judge_commerce(reply: Reply, now: datetime) -> Again | UnpostedError | None:
    """Judge an answer of the store's REST API."""
    words = words_of(reply) if reply.status >= 400 else None
    if reply.status == 400:
        return _bad_request(words or "") or judged(reply, now, words_of)
    if reply.status == 401 and words and _NOT_AUTHORIZED in words:
        denied = AccessDeniedOrDead(
            "sign-in-refused",
            f"the credentials are refused (401): {words}.",
            "Set fresh credentials for this source, then run `unposted connector test` with its name.",
        )
        denied.resources = words.partition(_NOT_AUTHORIZED)[2].strip(" .") or "this"
        return denied
    if reply.status == 404 and not reply.is_html:
        return NotThere(
            "not-there",
            f"the store has no such path or record (404): {words or 'no reason given'}.",
            "Check the url and store_view of this source.",
        )
    return judged(reply, now, words_of)


def judge_sign_in(reply: Reply, now: datetime) -> Again | UnpostedError | None:
    """Judge an answer of a service that gives tokens for credentials: every refusal is about them."""
    if 400 <= reply.status < 500 and reply.status not in {408, 425, 429} and not reply.is_html:
        return SignIn(
            "token-refused",
            f"no token is given ({reply.status}): {words_of(reply) or 'no reason given'}.",
            "Check this source's credentials, and that the account may sign in without a second factor.",
        )
    return judged(reply, now, words_of)


def _bad_request(words: str) -> UnpostedError | None:
    found = _PAGE_SIZE.search(words)
    if found:
        too_big = PageTooBig(
            "page-too-big",
            f"the store allows pages of {found[1]} records at most.",
            f"Set page_size of this source to {found[1]} or less.",
        )
        too_big.most = int(found[1])
        return too_big
    fault = next((fault for fault in _OAUTH_FAULTS if fault in words), None)
    if fault is None:
        return None
    return SignIn(
        "sign-in-refused",
        f"the signature is refused (400): {fault}.",
        "Set this computer's clock right, then run `unposted connector test` with the source's name.",
    )


def _fault(reply: Reply) -> _Fault | None:
    try:
        return msgspec.json.decode(reply.body, type=_Fault)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
