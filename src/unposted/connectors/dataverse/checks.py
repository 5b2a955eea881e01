"""The checks of an environment that every source in it shares: who we are, privileges, paging, the clock, limits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from unposted.connectors.dataverse.web_api import Query, Table, WebApi
from unposted.connectors.live import Fact
from unposted.connectors.odata import ODataPage
from unposted.errors import SourceRefused

__all__ = ["Privilege", "clock_and_limits", "oldest", "paging", "sign_in"]

_MOST_SKEW = 120
_DEPTHS = {"basic": 0, "local": 1, "deep": 2, "global": 3, "0": 0, "1": 1, "2": 2, "3": 3}
_LEVELS = ("its own rows", "the rows of its business unit", "the rows of its business unit and those below", "all rows")
_ALL = 3
_FEW = 2


class Privilege(NamedTuple):
    """A privilege by which rows are read; `hides` says what is not seen without it. `is_vital`: it stops us then."""

    name: str
    hides: str
    is_vital: bool = True


class _Me(msgspec.Struct):
    UserId: str = ""
    OrganizationId: str = ""


class _Held(msgspec.Struct):
    PrivilegeName: str = ""
    Depth: str | int = ""


class _Privileges(msgspec.Struct):
    RolePrivileges: list[_Held] = []


def sign_in(api: WebApi, wanted: Iterable[Privilege]) -> Iterator[Fact]:
    """Tell who we are and which rows our privileges show. Raises SignIn when the credentials are refused."""
    me = api.one("WhoAmI", _Me)
    yield Fact("credentials", "ok", f"application user {me.UserId} of organization {me.OrganizationId}")
    try:
        address = f"systemusers({me.UserId})/Microsoft.Dynamics.CRM.RetrieveUserPrivileges()"
        held = api.one(address, _Privileges).RolePrivileges
    except SourceRefused:
        yield Fact("permissions", "warn", "its privileges cannot be looked up, so nobody knows which rows are hidden")
        return
    depths: dict[str, int] = {}
    for one in held:
        name = one.PrivilegeName.lower()
        depths[name] = max(depths.get(name, 0), _DEPTHS.get(str(one.Depth).lower(), 0))
    for privilege in wanted:
        yield _fact(privilege, depths.get(privilege.name.lower()))


def oldest(api: WebApi, table: Table, column: str, shown: str, only: str = "") -> Fact:
    """Tell the oldest row that is visible."""
    options = {"$orderby": column} | ({"$filter": only} if only else {})
    try:
        page = api.first_page(Query(table, (table.key, column)), options, 1)
    except SourceRefused:
        return Fact("oldest", "fail", f"no {shown} can be read")
    if not page.value:
        return Fact("oldest", "warn", f"no {shown} is visible")
    row: dict[str, object] = msgspec.json.decode(page.value[0])
    return Fact("oldest", "ok", f"the oldest visible {shown} is of {str(row.get(column))[:10]}")


def paging(api: WebApi, table: Table) -> Fact:
    """Read a few rows in tiny pages: none may come twice, and the last page must be known as the last."""
    query = Query(table, (table.key,))
    few = [key for page in _at_most(api, query, {}, 2) for key in _keys(page, table)][: _FEW + 1]
    if not few:
        return Fact("paging", "ok", f"there are no {table.set} to page through")
    options = {"$filter": " or ".join(f"{table.key} eq {key}" for key in few)}
    met = [key for page in _at_most(api, query, options, len(few) + 2) for key in _keys(page, table)]
    if sorted(met) != sorted(few):
        return Fact("paging", "fail", f"{len(few)} {table.set} came as {len(met)} in pages of {_FEW}")
    return Fact("paging", "ok", f"pages of {table.set} do not overlap, and end")


def clock_and_limits(api: WebApi) -> Iterator[Fact]:
    """Compare the clocks, and tell the limits that the service's answers show."""
    skew = api.spent.skew
    if skew is None:
        yield Fact("clock", "warn", "the service shows no time")
    else:
        said = f"the service's clock is {skew:+.0f} seconds off ours"
        yield Fact("clock", "warn" if abs(skew) > _MOST_SKEW else "ok", said)
    limits = api.spent.limits
    shown = ", ".join(f"{name.replace('-', ' ')} {value}" for name, value in sorted(limits.items()))
    yield Fact("limits", "ok", shown or "the service shows no limits until they are reached")


def _fact(privilege: Privilege, depth: int | None) -> Fact:
    if depth is None:
        return Fact(
            "permissions",
            "fail" if privilege.is_vital else "warn",
            f"{privilege.name} is missing: {privilege.hides} cannot be read",
        )
    if depth < _ALL:
        return Fact(
            "permissions", "warn", f"{privilege.name} shows only {_LEVELS[depth]}: other {privilege.hides} are hidden"
        )
    return Fact("permissions", "ok", f"{privilege.name} shows {_LEVELS[_ALL]}")


def _at_most(api: WebApi, query: Query, options: dict[str, str], most: int) -> Iterator[ODataPage]:
    for number, page in enumerate(api.pages(query, options, _FEW), 1):
        yield page
        if number == most:
            return


def _keys(page: ODataPage, table: Table) -> list[str]:
    rows: list[dict[str, object]] = [msgspec.json.decode(row) for row in page.value]
    return [str(row[table.key]).strip("{}").lower() for row in rows]
