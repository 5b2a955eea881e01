"""A table of the emulated environment as one user sees it at one instant, and the refusal of a query."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from unposted.sandbox.services.dataverse_limits import refusal
from unposted.sandbox.services.dataverse_tables import COMPANY_NAMES, SHOWN, TableDefinition
from unposted.sandbox.shelf import Shelf

__all__ = ["UNEXPECTED", "Refused", "TableView"]

UNEXPECTED = "0x80060888"
_COMPANY = f"_msdyn_company_value@{SHOWN}"


class Refused(Exception):
    """A query that is answered with an error."""

    def __init__(self, status: int, code: str, message: str) -> None:
        """Take the status, the code and the message."""
        super().__init__(message)
        self.answer = refusal(status, code, message)


@dataclass(frozen=True, slots=True, kw_only=True)
class TableView:
    """A table as one user sees it now. `hidden` are ids of rows that he may not see.

    `until`: what is newer is not seen, for a copy that lags behind is asked. `not_before`: what started before is
    gone. `names_companies`: a company's lookup shows its name, not its code. `poison` are ids of rows that the server
    fails at when it is asked for more than their keys.
    """

    table: TableDefinition
    shelf: Shelf
    root: str
    now: datetime
    columns: frozenset[str]
    is_tracked: bool
    lives: timedelta
    page_cap: int
    hidden: frozenset[str] = frozenset()
    has_short_pages: bool = False
    until: datetime | None = None
    not_before: datetime | None = None
    upper_guids: bool = False
    names_companies: bool = False
    poison: frozenset[str] = frozenset()

    @property
    def type_name(self) -> str:
        """The name of the rows' type."""
        return f"Microsoft.Dynamics.CRM.{self.table.name}"

    def rows(self) -> list[dict[str, Any]]:
        """List the rows that are seen, every column in each."""
        return [
            self.shown(entry.row)
            for entry in self.shelf.entries()
            if entry.record_id not in self.hidden and self._is_seen(entry.row, entry.updated_at)
        ]

    def shown(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Write a row with every column of the table and none that the environment lacks."""
        kept = {name: value for name, value in row.items() if name[:1] == "@" or name.partition("@")[0] in self.columns}
        found: dict[str, Any] = dict.fromkeys(sorted(self.columns)) | kept
        if self.names_companies and isinstance(code := found.get(_COMPANY), str):
            found[_COMPANY] = COMPANY_NAMES[code]
        return {name: self._cased(name, value) for name, value in found.items()}

    def check_columns(self, names: list[str]) -> None:
        """Refuse a column that the table does not have."""
        for name in names:
            if name not in self.columns:
                said = f"Could not find a property named '{name}' on type '{self.type_name}'."
                raise Refused(400, UNEXPECTED, said)

    def _cased(self, name: str, value: Any) -> Any:
        is_key = name == self.table.key and self.table.set != "cdm_companies"  # so that both cases meet in a lookup
        is_id = is_key or (name.startswith("_") and name.endswith("_value"))
        return value.upper() if self.upper_guids and is_id and isinstance(value, str) else value

    def _is_seen(self, row: Mapping[str, Any], updated: datetime) -> bool:
        if self.until is not None and updated > self.until:
            return False
        started = row.get("starttime")
        return self.not_before is None or started is None or datetime.fromisoformat(started) >= self.not_before
