"""Ledger entries on revenue accounts, exchange rates and legal entities."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation

import msgspec

from unposted.connectors.fields import currency_code, needed
from unposted.connectors.finance_operations.settings import FinanceOperationsConnection
from unposted.connectors.finance_operations.values import day, needed_day, signed_units
from unposted.connectors.formats import Context, Item, RawItem
from unposted.connectors.items import json_records
from unposted.connectors.masters import trimmed, with_named_field
from unposted.connectors.odata import text_literal
from unposted.connectors.scalars import text
from unposted.domain.records import ExchangeRate, LedgerEntry, LegalEntity
from unposted.errors import BadRecord

__all__ = [
    "ENTITY_FIELDS",
    "ENTRY_FIELDS",
    "RATE_FIELDS",
    "accounts_filter",
    "decode_entities",
    "decode_entries",
    "decode_rates",
]

_UNITS = {"one": 1, "ten": 10, "hundred": 100, "thousand": 1_000, "tenthousand": 10_000}
_RATE_DIGITS = 15


class _Entry(msgspec.Struct, gc=False, rename="pascal"):
    accounting_date: str | None = None
    ledger_account: str | None = None
    transaction_currency_code: str | None = None
    transaction_currency_amount: object = None
    document_number: str | None = None
    voucher: str | None = None


class _Rate(msgspec.Struct, gc=False, rename="pascal"):
    from_currency: str | None = None
    to_currency: str | None = None
    start_date: str | None = None
    end_date: str | None = None
    rate: object = None
    conversion_factor: str | None = None


class _LegalEntity(msgspec.Struct, gc=False, rename="pascal"):
    legal_entity_id: str | None = None
    name: str | None = None


def _names(kind: type[msgspec.Struct]) -> tuple[str, ...]:
    return tuple(field.encode_name for field in msgspec.structs.fields(kind))


ENTRY_FIELDS, RATE_FIELDS, ENTITY_FIELDS = _names(_Entry), _names(_Rate), _names(_LegalEntity)


def accounts_filter(connection: FinanceOperationsConnection) -> str:
    """Write the filter for the revenue accounts: alone or followed by dimensions, so that 4011 does not take 40110."""
    found = []
    for account in connection.revenue_accounts:
        found.append(f"LedgerAccount eq {text_literal(account)}")
        found.append(f"LedgerAccount eq {text_literal(f'{account}{connection.account_separator}*')}")
    return " or ".join(found)


def decode_entries(
    items: Iterable[RawItem], context: Context, connection: FinanceOperationsConnection
) -> Iterator[Item]:
    """Make ledger entries of rows; their id and company stand in fields that the settings name."""
    entry = with_named_field(msgspec.json.Decoder(_Entry, float_hook=str).decode, connection.ledger_id_field)
    decode = with_named_field(entry, connection.ledger_company_field)

    def make(node: tuple[tuple[_Entry, str | None], str | None], _: Context) -> LedgerEntry:
        (row, entry_id), company = node
        account = needed(row.ledger_account, "LedgerAccount").partition(connection.account_separator)[0].strip()
        currency = currency_code(row.transaction_currency_code, "TransactionCurrencyCode")
        return LedgerEntry(
            entity=needed(company, connection.ledger_company_field).upper(),
            entry_id=needed(entry_id, connection.ledger_id_field),
            account=account,
            day=needed_day(row.accounting_date, "AccountingDate"),
            currency=currency,
            amount=signed_units(row.transaction_currency_amount, "TransactionCurrencyAmount", currency),
            document_number=trimmed(row.document_number) or trimmed(row.voucher),
        )

    def id_of(node: tuple[tuple[_Entry, str | None], str | None]) -> str | None:
        (_, entry_id), company = node
        return f"{company.strip().upper()}|{entry_id}" if company and entry_id else entry_id

    return json_records(items, context, decode, make, id_of)


def decode_rates(items: Iterable[RawItem], context: Context, connection: FinanceOperationsConnection) -> Iterator[Item]:
    """Make exchange rates of rows; all companies share them."""
    is_reversed = connection.rate_direction == "to_from"

    def make(row: _Rate, _: Context) -> ExchangeRate:
        pair = currency_code(row.from_currency, "FromCurrency"), currency_code(row.to_currency, "ToCurrency")
        currency, to_currency = reversed(pair) if is_reversed else pair
        return ExchangeRate(
            entity="",
            currency=currency,
            to_currency=to_currency,
            day=needed_day(row.start_date, "StartDate"),
            rate=_rate(row),
            until=day(row.end_date, "EndDate"),
        )

    decode = msgspec.json.Decoder(_Rate, float_hook=str).decode
    return json_records(items, context, decode, make, lambda row: f"|{row.from_currency}|{row.to_currency}")


def decode_entities(items: Iterable[RawItem], context: Context) -> Iterator[Item]:
    """Make legal entities of rows; the set does not show the currency of their ledgers."""
    decode = msgspec.json.Decoder(_LegalEntity).decode
    return json_records(items, context, decode, _legal_entity, lambda row: row.legal_entity_id)


def _legal_entity(row: _LegalEntity, _: Context) -> LegalEntity:
    return LegalEntity(needed(row.legal_entity_id, "LegalEntityId").upper(), trimmed(row.name))


def _rate(row: _Rate) -> str:
    """Divide a rate by the number of units that it is for."""
    factor = _UNITS.get((row.conversion_factor or "One").strip().casefold())
    if factor is None:
        raise BadRecord("bad-amount", "ConversionFactor is not one that is known")
    try:
        rate = Decimal(text(row.rate) or "?")
    except InvalidOperation:
        raise BadRecord("bad-amount", "Rate is no number") from None
    if not rate.is_finite() or rate <= 0:
        raise BadRecord("bad-amount", "Rate is not above zero")
    return f"{round(rate / factor, _RATE_DIGITS).normalize():f}"
