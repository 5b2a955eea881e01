"""The door of the BigCommerce emulator: who is let in, how often, and what a refusal looks like in each API."""

from __future__ import annotations

from datetime import timedelta

from unposted.sandbox.services.bigcommerce_switches import BigCommerceSwitches
from unposted.sandbox.wire import Answer, Call, Now, json_answer

__all__ = ["Refusal", "StoreGate", "b2b_refusal", "v2_refusal", "v3_refusal"]

_TYPE = "/api-docs/getting-started/api-status-codes"
_TEXTS = {
    400: "The field is invalid.",
    401: "Unauthorized - the v3 Auth client ID or token in the request are not a valid combination for this store.",
    403: "You don't have a required scope to access the endpoint",
    404: "The requested resource was not found.",
    405: "The method is not allowed for this resource.",
    413: "The requested limit is above the maximum page size.",
    429: "Too many requests",
    500: "Internal Server Error",
}


class Refusal(Exception):
    """A call that is not answered with what it asks for."""

    def __init__(self, status: int, text: str = "") -> None:
        """Take the status, and what to say where the usual words do not fit."""
        super().__init__(text)
        self.status = status
        self.text = text or _TEXTS.get(status, "")


def v2_refusal(status: int, text: str = "") -> Answer:
    """Refuse as v2 does: a list of errors."""
    return json_answer([{"status": status, "message": text or _TEXTS.get(status, "")}], status)


def v3_refusal(status: int, text: str = "") -> Answer:
    """Refuse as v3 does: an object."""
    return json_answer({"status": status, "title": text or _TEXTS.get(status, ""), "type": _TYPE, "errors": {}}, status)


def b2b_refusal(status: int, text: str = "") -> Answer:
    """Refuse as B2B Edition does: its envelope."""
    return json_answer({"code": status, "data": {}, "meta": {"message": text or _TEXTS.get(status, "")}}, status)


class StoreGate:
    """Counts the calls of a window, which all apps of the store share, and checks the token."""

    def __init__(self, now: Now, switches: BigCommerceSwitches) -> None:
        """Take the time and the store's ways."""
        self._now = now
        self._switches = switches
        self._ends = now()
        self._left = switches.quota
        self.calls = 0

    def check(self, call: Call) -> None:
        """Let a call in; raises Refusal."""
        self.calls += 1
        self._turn()
        if self.calls in self._switches.overloaded:
            raise Refusal(429, "The platform is overloaded")
        if self._left <= 0:
            raise Refusal(429)
        self._left = max(0, self._left - 1 - self._switches.others)
        if call.headers.get("x-auth-token") != self._switches.token:
            raise Refusal(401)

    def need(self, *scopes: str) -> None:
        """Check that the token has one of these scopes; raises Refusal."""
        held = self._switches.scopes
        if held is not None and not held.intersection(scopes):
            raise Refusal(403)

    def headers(self) -> tuple[tuple[str, str], ...]:
        """Show how many calls are left."""
        if not self._switches.shows_limits or self.calls in self._switches.overloaded:
            return ()
        reset = max(0, round((self._ends - self._now()).total_seconds() * 1000))
        return (
            ("X-Rate-Limit-Time-Window-Ms", str(self._switches.window_ms)),
            ("X-Rate-Limit-Time-Reset-Ms", str(reset)),
            ("X-Rate-Limit-Requests-Quota", str(self._switches.quota)),
            ("X-Rate-Limit-Requests-Left", str(self._left)),
        )

    def _turn(self) -> None:
        window = timedelta(milliseconds=self._switches.window_ms)
        if not self._now() < self._ends <= self._now() + window:
            self._ends = self._now() + window
            self._left = self._switches.quota
