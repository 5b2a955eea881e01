"""Amounts: decimal text to minor units and back, without a cent gained or lost."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unposted.domain.currencies import minor_digits
from unposted.domain.money import amount_text, minor_units, net_of_refund, parse_decimal


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("18400.00", "18400.00"),
        (" 1,234.50 ", "1234.50"),
        ("1,234,567", "1234567"),
        ("-1,234.5", "-1234.5"),
        ("1 234.50", "1234.50"),
        ("1\u202f234.50", "1234.50"),
        ("1'234.50", "1234.50"),
        ("0.005", "0.005"),
        ("1e3", "1000"),
    ],
)
def test_amounts_are_read_as_people_and_platforms_write_them(text: str, amount: str) -> None:
    """Groups of three digits are understood in every usual way."""
    assert parse_decimal(text) == Decimal(amount)


def test_a_decimal_comma_is_read_where_the_source_has_one() -> None:
    """The point is then the sign between groups."""
    assert parse_decimal("1.234,50", decimal_comma=True) == Decimal("1234.50")
    assert parse_decimal("0,5", decimal_comma=True) == Decimal("0.5")


@pytest.mark.parametrize("text", ["", "abc", "$5", "1,23", "12,34,567", "1.2.3", "nan", "inf", "1,2345"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    """A decimal comma where a point belongs is not read as a hundred times the amount."""
    with pytest.raises(ValueError, match="is no amount"):
        parse_decimal(text)


@pytest.mark.parametrize(
    ("amount", "currency", "units"),
    [
        ("1234567", "JPY", 1234567),
        ("12.34", "USD", 1234),
        ("1.234", "KWD", 1234),
        ("0.125", "USD", 12),
        ("0.135", "USD", 14),
        ("-0.125", "USD", -12),
        ("2.5", "JPY", 2),
        ("3.5", "JPY", 4),
        ("0.0005", "KWD", 0),
        ("1.005", "USD", 100),
        ("1.015", "USD", 102),
        ("9999999999999.99", "USD", 999999999999999),
    ],
)
def test_minor_units_are_rounded_half_to_even(amount: str, currency: str, units: int) -> None:
    """Yen have no minor digits, dinars three; a half goes to the even side, exactly."""
    assert minor_units(Decimal(amount), currency) == units


def test_an_amount_beyond_any_order_is_refused() -> None:
    """A number that no order has is a mistake of its source."""
    assert minor_units(Decimal(10) ** 13, "USD") == 10**15
    with pytest.raises(ValueError, match="beyond"):
        minor_units(Decimal(10) ** 13 + Decimal("0.01"), "USD")


@pytest.mark.parametrize(
    ("total", "tax", "refunded", "net"),
    [
        (12000, 2000, 0, 10000),
        (12000, 2000, 6000, 5000),
        (12000, 2000, 12000, 0),
        (100, 5, 10, 85),
        (100, 15, 10, 77),
        (0, 0, 0, 0),
        (0, 0, 50, -50),
    ],
)
def test_a_refund_carries_tax_in_the_orders_proportion(total: int, tax: int, refunded: int, net: int) -> None:
    """Half of an order back is half of its tax back; half a cent goes to the even side."""
    assert net_of_refund(total, tax, refunded) == net


@pytest.mark.parametrize(
    ("units", "currency", "text"),
    [
        (1840000, "USD", "18400.00"),
        (5, "USD", "0.05"),
        (-5, "USD", "-0.05"),
        (-12345, "USD", "-123.45"),
        (7, "JPY", "7"),
        (-7, "JPY", "-7"),
        (5, "KWD", "0.005"),
        (0, "KWD", "0.000"),
    ],
)
def test_amounts_are_written_with_their_currencys_digits(units: int, currency: str, text: str) -> None:
    """No grouping and no currency sign."""
    assert amount_text(units, currency) == text


@given(st.integers(-(10**15), 10**15), st.sampled_from(["JPY", "USD", "EUR", "KWD", "CLF"]))
def test_what_is_written_is_read_back_to_the_unit(units: int, currency: str) -> None:
    """Writing and reading an amount changes nothing, at any size."""
    text = amount_text(units, currency)
    assert minor_units(parse_decimal(text), currency) == units
    assert len(text.partition(".")[2]) == minor_digits(currency)
