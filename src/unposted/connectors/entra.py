"""Tokens of Microsoft Entra for an application (client credentials), by secret or by certificate.

The library wants its own address of the login service; `authority` sends its calls elsewhere (a national cloud, the
sandbox). Source: Microsoft identity platform, OAuth 2.0 client credentials flow.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import msgspec

from unposted.connectors.clock import Clock, SystemClock
from unposted.connectors.http import Ask, Caller, Patience
from unposted.connectors.hushing import hush
from unposted.connectors.replies import Again, Reply, retry_after
from unposted.connectors.secrets import Secret
from unposted.connectors.signers import Token, TokenSigner
from unposted.errors import SignIn, UnpostedError

if TYPE_CHECKING:
    from datetime import datetime

    import httpx2

__all__ = ["DEFAULT_AUTHORITY", "Application", "entra_signer"]

DEFAULT_AUTHORITY = "https://login.microsoftonline.com"
_PUBLIC = "https://login.microsoftonline.com"
_SHORT_LIFE = 300.0
_CODE = re.compile(r"[a-z_]{3,40}")


class Application:
    """An application registered in Entra: its tenant, client id and one of secret and certificate.

    `certificate` is a PEM file's text with the private key and the certificate.
    """

    def __init__(
        self, tenant: str, client_id: str, secret: Secret | None = None, certificate: Secret | None = None
    ) -> None:
        """Take what the application is known by, and what it proves itself with."""
        self.tenant = tenant
        self.client_id = client_id
        self.secret = secret
        self.certificate = certificate

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """What must never be shown."""
        return tuple(secret for secret in (self.secret, self.certificate) if secret)

    def credential(self) -> str | dict[str, str]:
        """Return the credential as the library takes it."""
        if self.certificate:
            return {"private_key": self.certificate.reveal(), "public_certificate": self.certificate.reveal(),
                    "thumbprint": _thumbprint(self.certificate)}  # fmt: skip
        return self.secret.reveal() if self.secret else ""


def entra_signer(
    source: str,
    application: Application,
    scope: str,
    *,
    authority: str = DEFAULT_AUTHORITY,
    clock: Clock | None = None,
    patience: Patience | None = None,
    transport: httpx2.BaseTransport | None = None,
) -> TokenSigner:
    """Make the signer of a Microsoft API; `scope` is its own address with `/.default`. Raises SignIn on a refusal."""
    clock = clock or SystemClock()
    caller = Caller(source, authority, judge=_judge, clock=clock, patience=patience, transport=transport)
    wire = _Wire(caller)

    def fetch() -> Token:
        import msal

        hush("msal")
        try:
            app = msal.ConfidentialClientApplication(
                application.client_id,
                client_credential=application.credential(),
                authority=f"{_PUBLIC}/{application.tenant}",
                instance_discovery=False,
                http_client=wire,
            )
            answer: Mapping[str, Any] = app.acquire_token_for_client(scopes=[scope])
        except (ValueError, KeyError, TypeError):
            raise _refused(source, wire.refusal()) from None  # an unknown tenant, or an unusable key
        finally:
            wire.close()  # the next token is half an hour away
        if "access_token" not in answer:
            raise _refused(source, answer)
        return Token(Secret(str(answer["access_token"])), float(answer.get("expires_in") or _SHORT_LIFE))

    return TokenSigner(fetch, clock, application.secrets)


class _Wire:
    """Carries the library's calls over our own caller: the same retries, time-outs and transport."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self._last: Reply | None = None

    def refusal(self) -> Mapping[str, Any]:
        """Return what the latest answer refused, which the library does not pass on when there is no such tenant."""
        try:
            return msgspec.json.decode(self._last.body, type=dict[str, Any]) if self._last else {}
        except msgspec.MsgspecError:
            return {}

    def post(self, url: str, **kwargs: Any) -> _Wired:
        body = urlencode(kwargs.get("data") or {}).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        headers.update({str(name): str(value) for name, value in (kwargs.get("headers") or {}).items()})
        return self._send(Ask("POST", self._here(url), headers=headers, content=body))

    def get(self, url: str, **kwargs: Any) -> _Wired:
        params = [(str(name), str(value)) for name, value in (kwargs.get("params") or {}).items()]
        return self._send(Ask("GET", self._here(url), params))

    def close(self) -> None:
        self._caller.close()

    def _here(self, url: str) -> str:
        return self._caller.base + url.removeprefix(_PUBLIC) if url.startswith(_PUBLIC) else url

    def _send(self, ask: Ask) -> _Wired:
        self._last = self._caller.ask(ask, bytes).reply
        return _Wired(self._last)


class _Wired:
    """An answer in the form that the library reads."""

    def __init__(self, reply: Reply) -> None:
        self.status_code = reply.status
        self.text = reply.body.decode("utf-8", "replace")
        self.headers = dict(reply.headers)

    def raise_for_status(self) -> None:
        """Leave the judgement to the library: it reads the error out of the text."""


def _judge(reply: Reply, now: datetime) -> Again | UnpostedError | None:
    """Let the library read refusals; only what may pass is tried again."""
    if reply.status in {408, 429} or reply.status >= 500:
        return Again(f"the login service answers {reply.status}", retry_after(reply, now), reply.status == 429)
    if reply.is_html:
        return Again("its answer is a page for people, not data")
    return None if _is_object(reply.body) else Again("its answer is cut")


def _is_object(body: bytes) -> bool:
    try:
        msgspec.json.decode(body, type=dict[str, Any])
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return False
    return True


def _refused(source: str, answer: Mapping[str, Any]) -> SignIn:
    """Say why there is no token, by the service's own error code; its description names no secret."""
    codes = answer.get("error_codes") or [answer.get("error")]
    known = [code for code in codes if isinstance(code, int) or _CODE.fullmatch(str(code))]
    shown = ", ".join(f"AADSTS{code}" if isinstance(code, int) else code for code in known) or "no reason given"
    return SignIn(
        "token-refused",
        f"{source}: Microsoft Entra gives no token ({shown}).",
        "Check tenant and client_id of this source, and that its secret or certificate is valid and not expired.",
    )


def _thumbprint(certificate: Secret) -> str:
    from cryptography.hazmat.primitives.hashes import SHA1
    from cryptography.x509 import load_pem_x509_certificate

    try:
        found = load_pem_x509_certificate(certificate.reveal().encode())
    except ValueError:
        raise SignIn(
            "bad-certificate",
            "The certificate file holds no PEM certificate.",
            "Put the private key and the certificate, both as PEM, into one file.",
        ) from None
    return found.fingerprint(SHA1()).hex()  # noqa: S303 - the name that Entra gives a certificate, no protection
