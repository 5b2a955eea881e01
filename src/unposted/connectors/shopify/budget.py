"""Waits before a query would be throttled, by the figures that Shopify sends with each answer."""

from __future__ import annotations

from unposted.connectors.clock import Clock
from unposted.connectors.shopify.answers import Cost, Throttle

__all__ = ["Budget"]


class Budget:
    """The bucket of points as the last answer showed it, and what each query asked for last time.

    Other apps of the same token may take points too, so the server's figure is taken as it is, never added up.
    """

    def __init__(self, clock: Clock) -> None:
        """Take the time, on which the bucket fills."""
        self._clock = clock
        self._status: Throttle | None = None
        self._at = 0.0
        self._asked: dict[tuple[str, int], float] = {}

    def note(self, query: str, rows: int, cost: Cost) -> None:
        """Remember what a query of so many rows asked for, and how full the bucket is now."""
        if cost.requested_query_cost:
            self._asked[query, rows] = cost.requested_query_cost
        if cost.throttle_status is not None:
            self._status, self._at = cost.throttle_status, self._clock.monotonic()

    def wait(self, query: str, rows: int) -> float:
        """Tell how many seconds to wait until a query of so many rows fits; 0 when it does, or nothing is known."""
        asked = self._asked.get((query, rows), 0.0)
        status = self._status
        if status is None or status.restore_rate <= 0:
            return 0.0
        refilled = (self._clock.monotonic() - self._at) * status.restore_rate
        there = min(status.maximum_available, status.currently_available + refilled)
        return max(0.0, (min(asked, status.maximum_available) - there) / status.restore_rate)

    @property
    def shown(self) -> str | None:
        """The bucket in words; None before the first answer."""
        status = self._status
        if status is None:
            return None
        return (
            f"{status.currently_available:.0f} of {status.maximum_available:.0f} points left, "
            f"{status.restore_rate:.0f} a second come back"
        )
