"""The options of the Adobe Commerce emulator: who may sign in and see what, and which of its traps are set."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

__all__ = ["AdminUser", "AdobeCommerceSwitches", "Integration"]


class Integration(NamedTuple):
    """The four values of an integration. As bearer its token only works where the store was told so (2.4.4)."""

    consumer_key: str = "ck-0f3b7d1c9a5e4862"
    consumer_secret: str = "cs-77aa10fe3b2c4d5e"  # noqa: S105 - opens nothing but the sandbox
    token: str = "at-5d1e9b7c3f2a4680"  # noqa: S105 - opens nothing but the sandbox
    token_secret: str = "ts-1c2d3e4f5a6b7c8d"  # noqa: S105 - opens nothing but the sandbox


class AdminUser(NamedTuple):
    """An admin user; `needs_second_factor` refuses him the plain way to a token."""

    name: str = "sync"
    password: str = "correct-horse-9"  # noqa: S105 - opens nothing but the sandbox
    needs_second_factor: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AdobeCommerceSwitches:
    """One store's ways.

    `granted` are the ACL resources that the credentials have (None: all). `has_b2b`: the B2B modules are there.
    `repeats_last_page`: a page past the end shows the last one again, else it is empty. `page_limit`: input limits are
    on. `ignores_sort` rows come newest first whatever is asked. `ignores_time` filters by time do nothing.
    `hours_shown` shifts the times in answers, as a database with a wrong time zone does. `broken` are the ids of orders
    that answer 500. `empty_as_list` writes empty objects as `[]`. `parameters` is how an error's parameters are
    written. `throttled_until_call` answers 429 up to that call.
    """

    flavour: Literal["paas", "saas"] = "paas"
    store_views: tuple[str, ...] = ("default", "trade")
    integration: Integration = field(default_factory=Integration)
    admin: AdminUser = field(default_factory=AdminUser)
    takes_integration_as_bearer: bool = True
    admin_token_seconds: int = 14_400
    timestamp_tolerance: int = 600
    granted: frozenset[str] | None = None
    has_b2b: bool = True
    repeats_last_page: bool = True
    page_limit: int | None = None
    ignores_sort: bool = False
    ignores_time: bool = False
    hours_shown: int = 0
    is_in_maintenance: bool = False
    is_behind_firewall: bool = False
    broken: frozenset[int] = frozenset()
    empty_as_list: bool = False
    parameters: Literal["object", "list"] = "object"
    throttled_until_call: int = 0
    retry_after: int = 7
    ims_scope: str = "commerce.accs"
