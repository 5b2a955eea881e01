"""Single JSON values that a platform writes now as text, now as a number."""

from __future__ import annotations

import pytest

from unposted.connectors.scalars import id_text, json_amount, needed_amount, needed_id, text
from unposted.errors import BadRecord


def test_a_value_is_its_trimmed_text() -> None:
    """Texts and whole numbers become text; blanks, truth values and lists are nothing."""
    assert (text(" a "), text(7)) == ("a", "7")
    nothing: list[object] = ["", "  ", None, True, ["a"], {}]
    assert [text(value) for value in nothing] == [None] * 6


def test_an_id_of_zero_is_none() -> None:
    """Platforms write 0 for no customer and no company."""
    assert [id_text(value) for value in (0, "0", 12, "00012", None)] == [None, None, "12", "00012", None]


def test_a_missing_id_is_refused() -> None:
    """A record without its id cannot be told from another."""
    with pytest.raises(BadRecord, match="entity_id is missing"):
        needed_id(0, "entity_id")


def test_amounts_are_read_from_text_and_numbers() -> None:
    """Text and number give the same minor units; absent is zero unless it must be there."""
    assert [json_amount(value, "total", "USD") for value in ("12.5000", 12, "12.345", None, "")] == [
        *(1250, 1200, 1234, 0, 0),
    ]
    assert needed_amount("0", "total", "JPY") == 0
    with pytest.raises(BadRecord, match="total is missing"):
        needed_amount(None, "total", "USD")


@pytest.mark.parametrize("value", [["12"], True, {"amount": 1}, "twelve", "NaN"])
def test_what_is_no_amount_is_refused(value: object) -> None:
    """A list, an object or a word is no amount."""
    with pytest.raises(BadRecord, match="is no amount"):
        json_amount(value, "total", "USD")
