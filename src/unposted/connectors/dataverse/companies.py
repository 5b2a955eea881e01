"""The environment's legal entities: a row names one by its id only, and may not be expanded while changes are tracked.

So the short list of them is read once, and again when a row names one that it does not have.
"""

from __future__ import annotations

from typing import Any

import msgspec

from unposted.connectors.dataverse.settings import DataverseConnection
from unposted.connectors.dataverse.web_api import Query, Table, WebApi
from unposted.errors import SourceRefused

__all__ = ["Companies"]


class Companies:
    """Finds company codes by ids, in whatever case the ids are written."""

    def __init__(self, api: WebApi, connection: DataverseConnection) -> None:
        """Take the API and where the list stands."""
        self._api = api
        self._wants_list = connection.company_code_from == "list"
        self._id = connection.companies_id_column
        self._code = connection.companies_code_column
        table = Table(connection.companies_table, "cdm_company", self._id)
        self._query = Query(table, (self._id, self._code))
        self._codes: dict[str, str] | None = None
        self._unknown: set[str] = set()
        self.refusal: SourceRefused | None = None

    @property
    def is_listed(self) -> bool:
        """Tell whether the list can be read; otherwise a company is what its lookup shows."""
        return self._wants_list and self.codes() is not None

    def codes(self) -> dict[str, str] | None:
        """Return the codes by id; None when the list is not to be had, and `refusal` says why."""
        if self._codes is None and self.refusal is None and self._wants_list:
            self._read()
        return self._codes

    def code_of(self, company_id: str) -> str | None:
        """Find the code of a company."""
        codes, wanted = self.codes(), _plain(company_id)
        if codes is None:
            return None
        if wanted not in codes and wanted not in self._unknown:
            self._unknown.add(wanted)  # one question for each company that nobody knows
            self._read()
        return (self._codes or {}).get(wanted)

    def _read(self) -> None:
        decode = msgspec.json.Decoder(dict[str, Any]).decode
        found: dict[str, str] = {}
        try:
            for page in self._api.pages(self._query, {}):
                for row in map(decode, page.value):
                    if row.get(self._code):
                        found[_plain(str(row[self._id]))] = str(row[self._code])
        except SourceRefused as error:
            self.refusal = error
            return
        self._codes = found


def _plain(company_id: str) -> str:
    return company_id.strip("{}").lower()
