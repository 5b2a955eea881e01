"""The three ways to sign in at Adobe Commerce: an integration's OAuth 1.0a values, a bearer token, or Adobe IMS.

Sources: Adobe's pages on token-based, OAuth-based and server-to-server authentication; RFC 5849 with HMAC-SHA256.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import msgspec

from unposted.connectors.adobe_commerce.answers import judge_sign_in
from unposted.connectors.adobe_commerce.connection import AdobeCommerceConnection
from unposted.connectors.clock import Clock
from unposted.connectors.http import Ask, Caller, Signer
from unposted.connectors.hushing import hush
from unposted.connectors.live import Tools
from unposted.connectors.secrets import Secret
from unposted.connectors.signers import HeaderSigner, Token, TokenSigner

if TYPE_CHECKING:
    import httpx2

__all__ = ["ImsSigner", "OAuthSigner", "commerce_signer"]


class OAuthSigner:
    """Signs every request by itself with the four values of an integration; there is nothing to renew.

    The bracketed names of the query are part of what is signed.
    """

    def __init__(self, secrets: Sequence[Secret], clock: Clock) -> None:
        """Take consumer key, consumer secret, access token and its secret, and the time that goes into signatures."""
        self.secrets = tuple(secrets)
        self._clock = clock
        self._is_hushed = False

    def sign(self, request: httpx2.Request) -> None:
        """Add the Authorization header, with a number that is used once."""
        from oauthlib.oauth1 import SIGNATURE_HMAC_SHA256, Client

        if not self._is_hushed:
            hush("oauthlib")
            self._is_hushed = True
        key, secret, token, token_secret = (value.reveal() for value in self.secrets)
        now = str(int(self._clock.now().timestamp()))
        client = Client(key, secret, token, token_secret, signature_method=SIGNATURE_HMAC_SHA256, timestamp=now)
        _, headers, _ = client.sign(str(request.url), request.method)
        request.headers["Authorization"] = headers["Authorization"]

    def renew(self) -> bool:
        """There is nothing to renew."""
        return False


class ImsSigner(TokenSigner):
    """Sends an IMS token together with the project's client id and the organization."""

    def __init__(
        self, fetch: Callable[[], Token], clock: Clock, secrets: Sequence[Secret], client_id: str, org_id: str
    ) -> None:
        """Take what a TokenSigner takes, and the two names that the gateway wants to see."""
        super().__init__(fetch, clock, secrets)
        self._client_id = client_id
        self._org_id = org_id

    def sign(self, request: httpx2.Request) -> None:
        """Add the three headers."""
        super().sign(request)
        request.headers["x-api-key"] = self._client_id
        if self._org_id:
            request.headers["x-gw-ims-org-id"] = self._org_id


class _ImsToken(msgspec.Struct):
    access_token: str
    expires_in: float = 3600.0


def commerce_signer(source: str, connection: AdobeCommerceConnection, tools: Tools) -> Signer:
    """Make the signer of a source; raises SignIn when a secret that it needs is not set."""
    if connection.auth == "oauth1":
        names = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")
        return OAuthSigner([tools.secret(name) for name in names], tools.clock)
    if connection.auth == "ims":
        return _ims(source, connection, tools)
    user = tools.find_secret("username")
    if tools.find_secret("token") is None and user is not None:
        return _admin(source, connection, tools, user)
    return HeaderSigner("Authorization", tools.secret("token"), "Bearer ")


def _admin(source: str, connection: AdobeCommerceConnection, tools: Tools, user: Secret) -> TokenSigner:
    password = tools.secret("password")
    caller = _caller(source, connection.api, tools)

    def fetch() -> Token:
        body = {"username": user.reveal(), "password": password.reveal()}
        answered = caller.ask(Ask("POST", "integration/admin/token", json=body), msgspec.json.Decoder(str).decode)
        return Token(Secret(answered.value), connection.admin_token_hours * 3600)

    return TokenSigner(fetch, tools.clock, (user, password))


def _ims(source: str, connection: AdobeCommerceConnection, tools: Tools) -> ImsSigner:
    secret = tools.secret("client_secret")
    caller = _caller(source, connection.ims_url, tools)

    def fetch() -> Token:
        form = {
            "grant_type": "client_credentials",
            "client_id": connection.client_id,
            "client_secret": secret.reveal(),
            "scope": connection.scope,
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        ask = Ask("POST", "ims/token/v3", headers=headers, content=urlencode(form).encode())
        token = caller.ask(ask, msgspec.json.Decoder(_ImsToken).decode).value
        return Token(Secret(token.access_token), token.expires_in)

    return ImsSigner(fetch, tools.clock, (secret,), connection.client_id, connection.org_id)


def _caller(source: str, base: str, tools: Tools) -> Caller:
    return Caller(
        source,
        base,
        judge=judge_sign_in,
        clock=tools.clock,
        patience=tools.patience,
        transport=tools.transport,
        tell_wait=tools.tell_wait,
    )
