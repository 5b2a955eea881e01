"""Who may call the Adobe Commerce emulator: OAuth 1.0a signatures, bearer tokens, and tokens of IMS.

Whatever is wrong with a bearer token, the store says that the consumer may not access a resource, and leaves the
placeholder in its message. Sources: RFC 5849; Adobe's pages on authentication and OAuth errors; magento/magento2#38426.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import b64encode
from datetime import datetime, timedelta
from hmac import compare_digest
from urllib.parse import quote, unquote, urlsplit

import msgspec

from unposted.sandbox.services.adobe_commerce_search import Refusal
from unposted.sandbox.services.adobe_commerce_switches import AdobeCommerceSwitches, Integration
from unposted.sandbox.services.login import LoginService
from unposted.sandbox.wire import Answer, Call, Now, json_answer

__all__ = ["Gate", "oauth_signature"]

_PAIR = re.compile(r'(oauth_\w+)="([^"]*)"')
_NEEDED = ("oauth_consumer_key", "oauth_nonce", "oauth_signature_method", "oauth_timestamp", "oauth_signature")


def oauth_signature(
    method: str, url: str, pairs: list[tuple[str, str]], consumer_secret: str, token_secret: str
) -> str:
    """Sign a request by hand: `pairs` are the decoded query and the oauth parameters without the signature."""
    parts = urlsplit(url)
    encoded = sorted((_encoded(name), _encoded(value)) for name, value in pairs)
    joined = "&".join(f"{name}={value}" for name, value in encoded)
    place = f"{parts.scheme.lower()}://{parts.netloc.lower()}{parts.path}"
    base = "&".join((method.upper(), _encoded(place), _encoded(joined)))
    key = f"{_encoded(consumer_secret)}&{_encoded(token_secret)}"
    return b64encode(hmac.new(key.encode(), base.encode(), hashlib.sha256).digest()).decode()


def _encoded(text: str) -> str:
    return quote(text, safe="~")


class Gate:
    """Lets calls in. `admin_tokens` are those that were handed out, with the end of their lives."""

    def __init__(self, now: Now, base: str, login: LoginService | None) -> None:
        """Take the time, the store's own address, and the login service whose tokens count on SaaS."""
        self._now = now
        self._base = base.rstrip("/")
        self._login = login
        self._nonces: set[tuple[str, str]] = set()
        self.admin_tokens: dict[str, datetime] = {}

    def admin_token(self, call: Call, switches: AdobeCommerceSwitches) -> Answer:
        """Give an admin token for a name and a password."""
        try:
            given = msgspec.json.decode(call.body, type=dict[str, str])
        except msgspec.MsgspecError:
            raise Refusal(400, "Decoding error.") from None
        user = switches.admin
        if (given.get("username"), given.get("password")) != (user.name, user.password):
            said = "The account sign-in was incorrect or your account is disabled temporarily."
            raise Refusal(401, f"{said} Please wait and try again later.")
        if user.needs_second_factor:
            raise Refusal(400, "Please use the 2fa provider-specific endpoints to obtain a token.")
        token = f"admin{len(self.admin_tokens):027d}"
        self.admin_tokens[token] = self._now() + timedelta(seconds=switches.admin_token_seconds)
        return json_answer(token)

    def check(self, call: Call, resource: str, switches: AdobeCommerceSwitches) -> None:
        """Raise the refusal that the call deserves, if any."""
        authorization = call.headers.get("authorization", "")
        if switches.flavour == "saas":
            self._check_ims(call, authorization, switches)
        elif authorization.startswith("OAuth "):
            self._check_oauth(call, authorization, switches)
        elif not self._is_good_bearer(authorization.removeprefix("Bearer "), switches):
            raise _not_authorized(resource)
        if switches.granted is not None and resource not in switches.granted and resource != "anonymous":
            raise _not_authorized(resource)

    def _is_good_bearer(self, token: str, switches: AdobeCommerceSwitches) -> bool:
        until = self.admin_tokens.get(token)
        if until is not None:
            return self._now() < until
        return switches.takes_integration_as_bearer and compare_digest(
            token.encode(), switches.integration.token.encode()
        )

    def _check_ims(self, call: Call, authorization: str, switches: AdobeCommerceSwitches) -> None:
        if not call.headers.get("x-api-key"):
            raise Refusal(403, "Api Key is required")
        if self._login is None or self._login.check(authorization, switches.ims_scope) != "ok":
            raise Refusal(401, "Oauth token is not valid")
        if self._login.holder(authorization) != call.headers["x-api-key"]:
            raise Refusal(403, "Api Key is invalid")

    def _check_oauth(self, call: Call, authorization: str, switches: AdobeCommerceSwitches) -> None:
        given = {name: unquote(value) for name, value in _PAIR.findall(authorization)}
        missing = [name for name in _NEEDED if name not in given]
        if missing:
            raise Refusal(400, f"oauth_problem=parameter_absent&oauth_parameters_absent={missing[0]}")
        known = switches.integration
        if given["oauth_signature_method"] != "HMAC-SHA256":
            raise Refusal(400, "oauth_problem=signature_method_rejected")
        if given["oauth_consumer_key"] != known.consumer_key:
            raise Refusal(401, "oauth_problem=consumer_key_rejected")
        if given.get("oauth_token") != known.token:
            raise Refusal(401, "oauth_problem=token_rejected")
        if int(given["oauth_timestamp"]) > self._now().timestamp() + switches.timestamp_tolerance:
            raise Refusal(400, "oauth_problem=timestamp_refused")
        self._check_signature(call, given, known)
        nonce = (given["oauth_nonce"], given["oauth_timestamp"])
        if nonce in self._nonces:
            raise Refusal(401, "oauth_problem=nonce_used")
        self._nonces.add(nonce)

    def _check_signature(self, call: Call, given: dict[str, str], known: Integration) -> None:
        pairs = [*call.query, *((name, value) for name, value in given.items() if name != "oauth_signature")]
        wanted = oauth_signature(call.method, self._base + call.path, pairs, known.consumer_secret, known.token_secret)
        if not compare_digest(wanted.encode(), given["oauth_signature"].encode()):
            raise Refusal(401, "oauth_problem=signature_invalid")


def _not_authorized(resource: str) -> Refusal:
    return Refusal(401, "The consumer isn't authorized to access %resources.", {"resources": resource})
