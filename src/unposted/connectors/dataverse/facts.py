"""What a Dataverse source finds out about its own access."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec

from unposted.connectors.dataverse.checks import Privilege, clock_and_limits, oldest, paging, sign_in
from unposted.connectors.dataverse.columns import number_column
from unposted.connectors.dataverse.companies import Companies
from unposted.connectors.dataverse.settings import DataverseConnection
from unposted.connectors.dataverse.web_api import WebApi
from unposted.connectors.live import Fact
from unposted.errors import SourceRefused

if TYPE_CHECKING:
    from unposted.connectors.dataverse.source import TableReader

__all__ = ["examined"]

_SHOWN = 8
_PRIVILEGES = (
    Privilege("prvReadAccount", "accounts"),
    Privilege("prvReadContact", "contacts"),
    Privilege("prvReadcdm_Company", "legal entities", is_vital=False),
)


class _Definition(msgspec.Struct):
    ChangeTrackingEnabled: bool | None = None


def examined(
    api: WebApi, connection: DataverseConnection, companies: Companies, readers: Sequence[TableReader]
) -> Iterator[Fact]:
    """Check everything that decides what of the accounts and contacts we see."""
    yield from sign_in(api, _PRIVILEGES)
    for reader in readers:
        yield oldest(api, reader.table, "createdon", reader.table.name)
    yield _companies(connection, companies)
    for reader in readers:
        yield _columns(connection, reader)
        yield _tracking(api, connection, reader)
    yield _paging(api, readers)
    yield from clock_and_limits(api)


def _companies(connection: DataverseConnection, companies: Companies) -> Fact:
    if connection.company_code_from == "annotation":
        return Fact("companies", "ok", "a row's company is what its lookup shows")
    codes = companies.codes()
    if codes is None:
        return Fact(
            "companies",
            "warn",
            f"{connection.companies_table} cannot be read: a row's company is taken from what its lookup shows",
        )
    shown = ", ".join(sorted(codes.values())[:_SHOWN]) + (" …" if len(codes) > _SHOWN else "")
    return Fact("companies", "ok" if codes else "warn", f"{len(codes)} legal entities: {shown}" if codes else "none")


def _columns(connection: DataverseConnection, reader: TableReader) -> Fact:
    name, columns = reader.table.name, reader.columns
    number = number_column(reader.table, connection)
    if not columns.is_known:
        return Fact("columns", "warn", f"the columns of {name} cannot be looked up; all of them are asked for")
    if number in columns.lacking or connection.company_column in columns.lacking:
        return Fact(
            "columns",
            "warn",
            f"{name} has no {' and no '.join(columns.lacking)}: dual-write is not installed, or its columns have other "
            "names; nothing counts as promoted by number",
        )
    if columns.lacking:
        return Fact("columns", "warn", f"{name} has no {', '.join(columns.lacking)}; the rest is read")
    return Fact("columns", "ok", f"{name} has every column that is read, dual-write's included")


def _tracking(api: WebApi, connection: DataverseConnection, reader: TableReader) -> Fact:
    name = reader.table.name
    if not connection.change_tracking:
        return Fact("tracking", "ok", f"{name} is read by modifiedon; a daily recount finds deletions")
    try:
        select = {"$select": "ChangeTrackingEnabled"}
        definition = api.one(f"EntityDefinitions(LogicalName='{name}')", _Definition, select)
    except SourceRefused:
        return Fact("tracking", "warn", f"whether changes of {name} are tracked cannot be looked up")
    if definition.ChangeTrackingEnabled is False:
        return Fact(
            "tracking", "warn", f"changes of {name} are not tracked: it is read by modifiedon, deletions by a recount"
        )
    return Fact("tracking", "ok", f"changes of {name} are tracked; a mark lives for seven days")


def _paging(api: WebApi, readers: Sequence[TableReader]) -> Fact:
    try:
        return paging(api, readers[0].table)
    except SourceRefused:
        return Fact("paging", "warn", "no row can be read, so no page was tried")
