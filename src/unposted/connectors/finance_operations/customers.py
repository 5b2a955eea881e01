"""Customers as a live stream: CustomersV3 read as a whole, with what other sets know of a customer put beside each row.

CustomersV3 has no time of change that can be trusted, and F&O tells no changes: so it is a list, and its recount, per
company, is its key alone. It shows the primary e-mail address only; others, and the retail channel's external ids,
stand in sets of their own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import msgspec

from unposted.connectors.finance_operations.formats import CustomerRow, customer_master
from unposted.connectors.finance_operations.questions import Question, all_of, any_of, enum_literal
from unposted.connectors.finance_operations.settings import FinanceOperationsConnection
from unposted.connectors.finance_operations.walk import Walk
from unposted.connectors.formats import Context, Item, RawItem
from unposted.connectors.items import json_records
from unposted.connectors.live import Light, Page, PageRequest
from unposted.connectors.masters import with_named_field
from unposted.connectors.odata import text_literal
from unposted.domain.records import Master
from unposted.errors import BadAnswer

__all__ = ["COMPANY", "Customers", "companies_filter", "customers_question", "grouped"]

COMPANY = "dataAreaId"
_ACCOUNT = "CustomerAccount"
_A_CALL = 25  # single records in one filter: the address stays short


class _Beside(msgspec.Struct):
    """What was put beside a row."""

    emails: list[str] = msgspec.field(default_factory=list, name="@unposted.emails")
    ids: list[str] = msgspec.field(default_factory=list, name="@unposted.externalIds")


class _Address(msgspec.Struct, rename="pascal"):
    company: str = msgspec.field(default="", name=COMPANY)
    customer_account: str = ""
    locator: str | None = None


class _Mapped(msgspec.Struct, rename="pascal"):
    company: str = msgspec.field(default="", name=COMPANY)
    customer_account_number: str = ""
    external_identity_id: str | None = None


class _Keys(msgspec.Struct):
    company: str = msgspec.field(default="", name=COMPANY)
    account: str = msgspec.field(default="", name=_ACCOUNT)


_beside = msgspec.json.Decoder(_Beside).decode
_address = msgspec.json.Decoder(_Address).decode
_mapped = msgspec.json.Decoder(_Mapped).decode
_keys = msgspec.json.Decoder(_Keys).decode


@dataclass(slots=True)
class _Known:
    """What the other sets know, by company (lower case) and account."""

    emails: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    ids: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))


def companies_filter(connection: FinanceOperationsConnection) -> str:
    """Write the filter for the companies that are to be read; blank for all."""
    return any_of(COMPANY, connection.company_codes)


def customers_question(connection: FinanceOperationsConnection) -> Question:
    """Ask for the customers' read fields, the storefront's id among them where it is a field."""
    fields = tuple(one.encode_name for one in msgspec.structs.fields(CustomerRow))
    external = (connection.external_id_field or "").strip() if connection.external_ids == "field" else ""
    return Question(
        connection.customers_set,
        (COMPANY, _ACCOUNT),
        (*fields, external) if external else fields,
        companies_filter(connection),
    )


def grouped(ids: Iterable[str], parts: int) -> Iterator[tuple[str, list[list[str]]]]:
    """Sort record ids of some parts by company (lower case), a call's worth at a time; what is no such id is left."""
    found: dict[str, list[list[str]]] = defaultdict(list)
    for one in ids:
        company, *rest = one.split("|", parts - 1)
        if len(rest) == parts - 1:
            found[company.lower()].append(rest)
    for company, rests in found.items():
        for start in range(0, len(rests), _A_CALL):
            yield company, rests[start : start + _A_CALL]


class Customers:
    """The stream of customers."""

    def __init__(self, walk: Walk, connection: FinanceOperationsConnection) -> None:
        """Take how to read pages, and the settings."""
        self._walk = walk
        self._connection = connection
        self.question = customers_question(connection)
        self._known: _Known | None = None

    def fetch(self, request: PageRequest) -> Page:
        """Get a page of the list."""
        if request.token is None or self._known is None:
            self._known = self._read_beside(companies_filter(self._connection))
        page = self._walk.page(self.question, request)
        return page._replace(items=self._with_beside(page.items, self._known))

    def skip(self, request: PageRequest) -> tuple[str, str | None]:
        """Pass over a row that the service cannot deliver."""
        return self._walk.skip(self.question, request)

    def by_id(self, ids: Sequence[str]) -> Iterator[Page]:
        """Get single customers by company and account."""
        for company, rests in grouped(ids, 2):
            accounts = [account for (account,) in rests]
            here = f"{COMPANY} eq {text_literal(company)}"
            items = list(self._walk.rows(self.question.where(here, any_of(_ACCOUNT, accounts))))
            known = self._read_beside(here, accounts)
            yield Page(self._with_beside(items, known), None)

    def recount(self, companies: Sequence[str]) -> Iterator[Light]:
        """List the keys of each company and hold them against the service's own count.

        Raises BadAnswer when a company's list stays shorter than its count: an incomplete list would end records.
        """
        for company in companies:
            question = self.question.only(()).where(f"{COMPANY} eq {text_literal(company)}")
            for _ in range(2):
                found = {(row.company.upper(), row.account) for row in map(_keys, self._walk.rows(question))}
                counted = self._walk.count(question)
                if len(found) >= counted:
                    break
            else:
                raise BadAnswer(
                    "list-short",
                    f"{self._walk.caller.source}: {company.upper()} has {counted:,} customers by the service's count, "
                    f"its list shows {len(found):,}.",
                    "Run the command again; if it stays so, the application's user may not see all of them.",
                )
            yield from (Light(f"{entity}|{account}", None, None) for entity, account in sorted(found))

    def decode(self, items: Iterable[RawItem], context: Context) -> Iterator[Item]:
        """Make masters of rows."""
        named = self._connection.external_id_field if self._connection.external_ids == "field" else None
        plain = with_named_field(msgspec.json.Decoder(CustomerRow).decode, named or context.external_id_field)

        def decode(body: bytes) -> tuple[CustomerRow, str | None, _Beside]:
            return (*plain(body), _beside(body))

        return json_records(items, replace(context, external_id_field=named), decode, _master, _id_of)

    def _read_beside(self, where: str, accounts: Sequence[str] = ()) -> _Known:
        """Read what the other sets know, of some accounts or of all; a customer has few further addresses or none."""
        known = _Known()
        connection = self._connection
        if connection.further_emails:
            is_email = f"Type eq {enum_literal('LogisticsElectronicAddressMethodType', 'Email')}"
            further = f"IsPrimary eq {enum_literal('NoYes', 'No')}"
            question = Question(connection.addresses_set, (COMPANY, _ACCOUNT, "ElectronicAddressId"), ("Locator",))
            narrowed = question.where(all_of((where, any_of(_ACCOUNT, accounts))), is_email, further)
            for address in map(_address, self._walk.rows(narrowed)):
                if address.locator:
                    known.emails[address.company.lower(), address.customer_account].append(address.locator)
        if connection.external_ids == "retail_map":
            number = "CustomerAccountNumber"
            question = Question(connection.retail_map_set, (COMPANY, "ProviderId", "ExternalIdentityId"), (number,))
            active = f"IsActivated eq {enum_literal('NoYes', 'Yes')}"
            narrowed = question.where(all_of((where, any_of(number, accounts))), active)
            for mapped in map(_mapped, self._walk.rows(narrowed)):
                if mapped.external_identity_id:
                    place = (mapped.company.lower(), mapped.customer_account_number)
                    known.ids[place].append(mapped.external_identity_id)
        return known

    def _with_beside(self, items: Sequence[bytes], known: _Known) -> Sequence[bytes]:
        if not known.emails and not known.ids:
            return items
        return [_joined(item, known) for item in items]


def _joined(item: bytes, known: _Known) -> bytes:
    row = _keys(item)
    place = (row.company.lower(), row.account)
    emails, ids = known.emails.get(place), known.ids.get(place)
    if not emails and not ids:
        return item
    head = msgspec.json.encode(_Beside(sorted(emails or ()), sorted(ids or ())))
    return head[:-1] + b"," + item.lstrip()[1:]


def _id_of(node: tuple[CustomerRow, str | None, _Beside]) -> str | None:
    row = node[0]
    return f"{row.data_area_id.strip().upper()}|{row.customer_account}" if row.data_area_id else row.customer_account


def _master(node: tuple[CustomerRow, str | None, _Beside], context: Context) -> Master:
    row, external_id, beside = node
    master = customer_master((row, external_id), context)
    if not beside.emails and not beside.ids:
        return master
    emails = context.keys.email(*beside.emails)
    more = [*context.keys.external_id(*beside.ids), *emails, *context.keys.folded(emails)]
    return master._replace(keys=tuple(dict.fromkeys((*master.keys, *more))))
