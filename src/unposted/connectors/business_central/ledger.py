"""Reads general ledger entries and the exchange rates of a company; both are in its own currency."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

import msgspec

from unposted.connectors.business_central.words import (
    LOCAL_CURRENCY,
    business_day,
    changed_at,
    currency_of,
    plain_number,
    signed_units,
)
from unposted.connectors.fields import currency_code, needed
from unposted.connectors.formats import Context, Item, RawItem
from unposted.connectors.items import json_records
from unposted.connectors.masters import legal_entity, trimmed
from unposted.connectors.odata import text_literal
from unposted.domain.records import ExchangeRate, LedgerEntry
from unposted.errors import BadRecord

__all__ = ["EntryRow", "RateRow", "accounts_filter", "entries_from_json", "rates_from_json"]


class EntryRow(msgspec.Struct, gc=False, rename="camel"):
    """The fields of generalLedgerEntries that are read."""

    id: str | None = None
    posting_date: str | None = None
    document_number: str | None = None
    account_number: str | None = None
    debit_amount: Any = None
    credit_amount: Any = None
    last_modified: str | None = msgspec.field(default=None, name="lastModifiedDateTime")
    local_currency: str | None = msgspec.field(default=None, name=LOCAL_CURRENCY)


class RateRow(msgspec.Struct, gc=False, rename="camel"):
    """The fields of currencyExchangeRates that are read."""

    id: str | None = None
    currency_code: str | None = None
    starting_date: str | None = None
    exchange_rate_amount: Any = None
    relational_currency_code: str | None = None
    relational_exchange_rate_amount: Any = None
    last_modified: str | None = msgspec.field(default=None, name="lastModifiedDateTime")
    local_currency: str | None = msgspec.field(default=None, name=LOCAL_CURRENCY)


def accounts_filter(accounts: Iterable[str]) -> str:
    """Write the filter for account numbers and ranges (`44000..44999`); all of it is on one field."""
    return " or ".join(_account_filter(*account.strip().partition("..")) for account in accounts)


def _account_filter(first: str, dots: str, last: str) -> str:
    if not dots:
        return f"accountNumber eq {text_literal(first)}"
    low, high = text_literal(first.strip()), text_literal(last.strip())
    return f"(accountNumber ge {low} and accountNumber le {high})"


def entries_from_json(items: Iterable[RawItem], context: Context) -> Iterator[Item]:
    """Make ledger entries."""
    decode = msgspec.json.Decoder(EntryRow, float_hook=str).decode
    return json_records(items, context, decode, _entry, lambda row: row.id)


def rates_from_json(items: Iterable[RawItem], context: Context) -> Iterator[Item]:
    """Make exchange rates."""
    decode = msgspec.json.Decoder(RateRow, float_hook=str).decode
    return json_records(items, context, decode, _rate, lambda row: row.id)


def _entry(row: EntryRow, context: Context) -> LedgerEntry:
    currency = currency_of(None, row.local_currency, context)
    day = business_day(row.posting_date, "postingDate")
    if day is None:
        raise BadRecord("missing-field", "postingDate is missing")
    debit = signed_units(row.debit_amount, "debitAmount", currency)
    credit = signed_units(row.credit_amount, "creditAmount", currency)
    return LedgerEntry(
        legal_entity(None, context, "the company"),
        needed(row.id, "id"),
        needed(row.account_number, "accountNumber"),
        day,
        currency,
        debit - credit,
        trimmed(row.document_number),
        changed_at(row.last_modified, context),
    )


def _rate(row: RateRow, context: Context) -> ExchangeRate:
    day = business_day(row.starting_date, "startingDate")
    if day is None:
        raise BadRecord("missing-field", "startingDate is missing")
    amount = plain_number(row.exchange_rate_amount, "exchangeRateAmount")
    worth = plain_number(row.relational_exchange_rate_amount, "relationalExchangeRateAmount")
    if amount <= 0 or worth <= 0:
        raise BadRecord("bad-amount", "exchangeRateAmount and relationalExchangeRateAmount must be above zero")
    return ExchangeRate(
        legal_entity(None, context, "the company"),
        currency_code(row.currency_code, "currencyCode"),
        currency_of(row.relational_currency_code, row.local_currency, context),
        day,
        _plain(worth / amount),
        None,
        changed_at(row.last_modified, context),
    )


def _plain(rate: Decimal) -> str:
    """Write a rate without an exponent and without zeros at its end."""
    shown = f"{rate:f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown
