"""Amounts as a shop's admin shows them."""

from __future__ import annotations

import pytest

from unposted.connectors.export_amounts import amount_currency, amount_units, read_amount
from unposted.errors import BadRecord


@pytest.mark.parametrize(
    ("text", "units", "currency"),
    [
        ("$1,234.50", 123450, None),
        ("1.234,50 €", 123450, "EUR"),
        ("1\u00a0234,50\u00a0zł", 123450, "PLN"),
        ("CA$12.00", 1200, "CAD"),
        ("$12.00 CAD", 1200, "CAD"),
        ("12.00 USD", 1200, "USD"),
        ("£5", 500, "GBP"),
        ("CHF 1’234.50", 123450, "CHF"),
        ("165.0000", 16500, None),
        ("1,234", 123400, None),
        ("12,5", 1250, None),
        ("1,234,567.89", 123456789, None),
        ("", 0, None),
    ],
)
def test_an_amount_is_read_with_the_currency_that_it_shows(text: str, units: int, currency: str | None) -> None:
    """Signs, codes, groups and either decimal sign are understood; a shared sign such as $ tells no currency."""
    assert amount_units(text, "Total", "USD", None) == units
    assert read_amount(text, None).currency == currency


def test_a_source_may_say_that_its_amounts_have_a_decimal_comma() -> None:
    """`1.234` is a thousand where the workspace says that the decimal sign is a comma."""
    assert amount_units("1.234", "Total", "EUR", decimal_comma=True) == 123400
    assert amount_units("1,234", "Total", "EUR", decimal_comma=True) == 123
    assert amount_units("1,234", "Total", "EUR", decimal_comma=False) == 123400


@pytest.mark.parametrize("text", ["abc12", "free", "USD", "1.2.3", "12 pieces", "$", "1e5", "12.3.4,5"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    """Words beside a number, or no number at all, never become money."""
    with pytest.raises(BadRecord) as refused:
        amount_units(text, "Total", "USD", None)
    assert refused.value.code == "bad-amount"


@pytest.mark.parametrize("text", ["-5.00", "($5.00)", "\u22125", "€ -5,00", "5.00-"])
def test_a_negative_amount_is_refused(text: str) -> None:
    """However the minus is written, an order's amount is not negative."""
    with pytest.raises(BadRecord) as refused:
        amount_units(text, "Total", "EUR", None)
    assert refused.value.code == "negative-amount"


def test_the_currency_comes_from_the_column_then_the_amount_then_the_store() -> None:
    """A column with the code wins over the sign, and the sign over the store's setting."""
    assert amount_currency("cad", read_amount("12 €", None), "USD", "Total") == "CAD"
    assert amount_currency(" ", read_amount("12 €", None), "USD", "Total") == "EUR"
    assert amount_currency("", read_amount("$12", None), "USD", "Total") == "USD"


def test_an_amount_without_any_currency_is_refused_with_what_to_do() -> None:
    """A dollar sign may be of many countries: the store's `currency` or a column has to tell."""
    with pytest.raises(BadRecord, match="set `currency`") as refused:
        amount_currency("", read_amount("$12", None), None, "Total")
    assert refused.value.code == "missing-currency"


def test_an_unknown_currency_is_refused() -> None:
    """A code that ISO 4217 does not have is no currency."""
    with pytest.raises(BadRecord) as refused:
        amount_currency("XYZ", read_amount("12", None), "USD", "Total")
    assert refused.value.code == "unknown-currency"
