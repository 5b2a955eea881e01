"""Signing in with an identity provider: OpenID Connect's code flow with PKCE, as Microsoft Entra speaks it.

Sources: OpenID Connect Core 1.0 (3.1 code flow, 3.1.3.7 ID token validation), RFC 7636 (PKCE), RFC 9207.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hmac import compare_digest
from threading import Lock
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlencode

from unposted.connectors.secrets import Secret
from unposted.errors import SignIn

if TYPE_CHECKING:
    import httpx2
    from joserfc.jwk import KeySetSerialization

__all__ = ["BACK", "Claims", "Oidc", "Provider"]

BACK = "/sign-in/oidc/back"
"""Where the provider sends the browser back to."""
_ALGORITHMS = ["RS256", "PS256", "ES256"]
_LASTS = timedelta(minutes=10)
_KEYS_LAST = timedelta(hours=1)
_MOST_WAITING = 1_000
_TIMEOUT = 10.0
_LEEWAY = 60


@dataclass(frozen=True, slots=True)
class Provider:
    """The identity provider: its issuer, and what it knows us by. A public client has no secret."""

    issuer: str
    client_id: str
    client_secret: Secret | None = None


@dataclass(frozen=True, slots=True)
class Claims:
    """Who signed in there: `subject` never changes and is nobody else's, `name` is what they sign in with."""

    subject: str
    name: str


@dataclass(frozen=True, slots=True)
class _Waiting:
    verifier: str
    nonce: str
    back: str
    target: str
    until: datetime


@dataclass
class Oidc:
    """Sends browsers to a provider and believes what comes back only when it is signed. `transport` is for tests."""

    provider: Provider
    now: Callable[[], datetime]
    transport: httpx2.BaseTransport | None = None
    _waiting: dict[str, _Waiting] = field(default_factory=dict)
    _known: dict[str, tuple[datetime, Any]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def begin(self, base: str, target: str) -> tuple[str, str]:
        """Return where to send the browser, and the state that it has to bring back; `target` is where it goes then."""
        place = self._told("configuration")["authorization_endpoint"]
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        with self._lock:
            self._waiting = {key: one for key, one in self._waiting.items() if one.until > self.now()}
            if len(self._waiting) >= _MOST_WAITING:
                raise SignIn("oidc-busy", "Too many people are signing in right now.", "Try again in some minutes.")
            self._waiting[state] = _Waiting(verifier, nonce, base + BACK, target, self.now() + _LASTS)
        digest = hashlib.sha256(verifier.encode()).digest()
        query = {
            "client_id": self.provider.client_id,
            "response_type": "code",
            "redirect_uri": base + BACK,
            "scope": "openid profile",
            "state": state,
            "nonce": nonce,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        return f"{place}?{urlencode(query)}", state

    def finish(self, cookie: str, query: Mapping[str, str]) -> tuple[Claims, str]:
        """Return who came back and where they wanted to go; raises SignIn when it is not to be believed."""
        state = query.get("state", "")
        with self._lock:
            waiting = self._waiting.pop(state, None)
        if waiting is None or not compare_digest(state.encode(), cookie.encode()) or waiting.until <= self.now():
            raise _refused("this sign-in was not begun in this browser, or too long ago")
        if query.get("error") or not query.get("code"):
            raise _refused("the provider did not sign you in")
        if query.get("iss", self.provider.issuer) != self.provider.issuer:
            raise _refused("the answer is of another provider")
        return self._claims(self._exchanged(query["code"], waiting), waiting.nonce), waiting.target

    def _exchanged(self, code: str, waiting: _Waiting) -> str:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": waiting.back,
            "client_id": self.provider.client_id,
            "code_verifier": waiting.verifier,
        }
        if self.provider.client_secret is not None:
            form["client_secret"] = self.provider.client_secret.reveal()
        answer = self._called("POST", self._told("configuration")["token_endpoint"], form)
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise _refused("the provider gave no token that says who you are")
        return token

    def _claims(self, token: str, nonce: str) -> Claims:
        """Check the token's signature and what it says of itself."""
        from joserfc import jwt
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        registry = jwt.JWTClaimsRegistry(
            now=lambda: int(self.now().timestamp()),
            leeway=_LEEWAY,
            iss={"essential": True, "value": self.provider.issuer},
            aud={"essential": True, "value": self.provider.client_id},
            exp={"essential": True},
            sub={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        for is_fresh in (False, True):
            try:
                keys = KeySet.import_key_set(cast("KeySetSerialization", self._told("keys", is_fresh=is_fresh)))
                claims = jwt.decode(token, keys, algorithms=_ALGORITHMS).claims
                registry.validate(claims)
            except (JoseError, ValueError) as error:
                if is_fresh:
                    raise _refused("the token does not hold") from error
                continue  # the provider may have changed its keys since
            name = claims.get("preferred_username") or claims.get("email") or claims.get("name") or ""
            return Claims(f"{claims['iss']}|{claims['sub']}", str(name)[:120])
        raise _refused("the token does not hold")

    def _told(self, what: str, *, is_fresh: bool = False) -> dict[str, Any]:
        """Return what the provider says of itself (`configuration`) or its `keys`, asking once an hour."""
        known = self._known.get(what)
        if known is not None and not is_fresh and known[0] > self.now():
            return dict(known[1])
        if what == "configuration":
            told = self._called("GET", f"{self.provider.issuer.rstrip('/')}/.well-known/openid-configuration")
            if told.get("issuer") != self.provider.issuer:
                raise _refused("the provider calls itself by another name than the one that was set")
        else:
            told = self._called("GET", self._told("configuration")["jwks_uri"])
        self._known[what] = (self.now() + _KEYS_LAST, told)
        return told

    def _called(self, method: str, url: str, form: Mapping[str, str] | None = None) -> dict[str, Any]:
        import httpx2

        try:
            with httpx2.Client(transport=self.transport, timeout=_TIMEOUT) as client:
                answer = client.request(method, url, data=form)
                told = answer.json() if answer.status_code == 200 else None
        except (httpx2.HTTPError, ValueError):
            told = None
        if not isinstance(told, dict):
            raise SignIn(
                "oidc-down", "The identity provider did not answer as it should.", "Try again, or sign in by name."
            )
        return told


def _refused(why: str) -> SignIn:
    return SignIn("oidc-refused", f"You were not signed in: {why}.", "Begin again on the sign-in page.")
