"""What a Business Central environment may do one way or another: rights, limits, versions, traps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

__all__ = ["PUBLIC", "BusinessCentralSwitches"]

PUBLIC = "https://api.businesscentral.dynamics.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessCentralSwitches:
    """One environment's ways.

    `registered` are the client ids on the page Microsoft Entra applications (None: everybody). `denied` are entity
    sets, or `company name/entity set`, that the permission sets leave out; `hidden` companies are not listed, `closed`
    ones are listed and refuse every reading. `largest_page` is the most rows of a page; more rows than `slow_over`
    asked for at once end in `slow_status`. `calls` may be made in `window`; `at_once` is how many may run at a time.
    `retry_after` is undocumented: None sends none. `has_setup` tells whether this version has generalLedgerSetup.
    `poison` are ids of rows at which a page's own code fails, with `poison_status`, when more than keys are asked for.
    A reader of the replica sees what was changed `replica_lag` ago and before. `access_keys` (user, key) are those of
    an own server. `most_notified` changes are told one by one, more of them as a collection.
    """

    tenant: str = "ustrade.example"
    environment: str = "Production"
    audience: str = PUBLIC
    registered: frozenset[str] | None = None
    denied: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    closed: frozenset[str] = frozenset()
    largest_page: int = 20_000
    slow_over: int | None = None
    slow_status: int = 504
    calls: int = 6_000
    window: timedelta = timedelta(minutes=5)
    at_once: int = 5
    retry_after: int | None = None
    has_setup: bool = True
    has_custom_page: bool = True
    poison: frozenset[str] = frozenset()
    poison_status: int = 400
    replica_lag: timedelta = timedelta(0)
    access_keys: tuple[tuple[str, str], ...] = ()
    most_notified: int = 1_000
