"""Credentials that are a token in a header, and tokens that are fetched and grow old."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from unposted.connectors.clock import Clock
from unposted.connectors.secrets import Secret

if TYPE_CHECKING:
    import httpx2

__all__ = ["HeaderSigner", "Token", "TokenSigner"]


class Token(NamedTuple):
    """A fetched token and for how many seconds it is good."""

    secret: Secret
    seconds: float


class HeaderSigner:
    """Sends one fixed secret in a header; there is nothing to renew."""

    def __init__(self, header: str, secret: Secret, prefix: str = "") -> None:
        """Take the header's name, the secret, and what stands before it."""
        self._header = header
        self._prefix = prefix
        self.secrets: Sequence[Secret] = (secret,)

    def sign(self, request: httpx2.Request) -> None:
        """Add the header."""
        request.headers[self._header] = self._prefix + self.secrets[0].reveal()

    def renew(self) -> bool:
        """There is nothing to renew."""
        return False


class TokenSigner:
    """Sends a token that `fetch` gets: fetched anew at half of its life and after a 401.

    `secrets` are those that `fetch` uses. Its errors are the caller's.
    """

    def __init__(self, fetch: Callable[[], Token], clock: Clock, secrets: Sequence[Secret]) -> None:
        """Take how to fetch a token, the time, and the secrets that fetching needs."""
        self._fetch = fetch
        self._clock = clock
        self._own = tuple(secrets)
        self._token: Secret | None = None
        self._renew_at: datetime | None = None

    @property
    def secrets(self) -> Sequence[Secret]:
        """The secrets that fetching needs, and the token."""
        return self._own if self._token is None else (*self._own, self._token)

    def sign(self, request: httpx2.Request) -> None:
        """Add the bearer token."""
        if self._token is None or self._renew_at is None or self._clock.now() >= self._renew_at:
            self._get()
        assert self._token is not None
        request.headers["Authorization"] = f"Bearer {self._token.reveal()}"

    def renew(self) -> bool:
        """Fetch another token."""
        self._get()
        return True

    def _get(self) -> None:
        token = self._fetch()
        self._token = token.secret
        self._renew_at = self._clock.now() + timedelta(seconds=token.seconds / 2)
