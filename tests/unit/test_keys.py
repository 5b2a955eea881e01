"""The key maker's fast ways give what the written rules give."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from unposted.connectors.keys import KeyMaker
from unposted.connectors.remembered import Remembered
from unposted.domain import identity

_ODD = st.text(st.sampled_from("aZ09 .,-_+@;'\"<>é\u00b4ßİﬁ١|\u00a0") | st.characters(codec="utf-8"), max_size=24)
_KEYS = KeyMaker()
_PLACEHOLDERS = identity.Placeholders()


@given(_ODD | st.emails())
@example("Ana@Example.com")
@example("a@x.example; b@x.example")
@example("noreply@x.example")
@example("test@example.com")
def test_addresses_are_those_of_the_rule(text: str) -> None:
    """One plain address is read without the rule's full care, with the same end."""
    values = identity.email_values(text)
    shown, keys = _KEYS.addresses(text)
    assert [key.value for key in keys] == [
        value for value in dict.fromkeys(values) if not _PLACEHOLDERS.rejects("email", value)
    ] or not text.isascii()
    assert (shown is None) == (values == [])
    assert _KEYS.shown_email(None, "", text) == shown
    assert _KEYS.email(text) == list(keys)


@given(_ODD, _ODD, _ODD)
@example("Ana  -Müller", "SW1A 1AA", "12 Main Street")
@example("O'Neil & Sons", "0 10", "Hafenstr. 5-7")
@example("-", "1", "1")
@example("a\u00b4b c", "1", "1")
def test_name_and_address_are_those_of_the_rule(name: str, postcode: str, street: str) -> None:
    """Names are read word by word, and words are remembered."""
    value = identity.name_address_value(name, postcode, street)
    expected = [] if value is None or _PLACEHOLDERS.rejects("name_address", value) else [value]
    assert [key.value for key in _KEYS.name_address(name, postcode, street)] == expected


@given(
    st.from_regex(r"(\+?1[ .-]?)?\(?[2-9]\d{2}\)?[ .-]?\d{3}[ .-]?\d{4}", fullmatch=True), st.sampled_from(["US", "CA"])
)
def test_north_american_numbers_are_those_of_the_library(text: str, country: str) -> None:
    """They are the most, so they do not wait for it."""
    parsed = phonenumbers.parse(text, country)
    expected = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    found = [key.value for key in _KEYS.phone(text, country)]
    assert found == ([] if _PLACEHOLDERS.rejects("phone", expected) else [expected])


@pytest.mark.parametrize(
    ("text", "country", "value"),
    [
        ("+4940555010", None, "+4940555010"),
        ("'+4940555010", None, "+4940555010"),
        ("040 555010", "DE", "+4940555010"),
        ("+1 (212) 555-0147", None, "+12125550147"),
        ("212-555-0147", None, None),
        ("call me", "US", None),
        ("12", "US", None),
        ("", "US", None),
    ],
)
def test_a_phone_number_needs_its_country(text: str, country: str | None, value: str | None) -> None:
    """By its own prefix, or by the address beside it."""
    assert [key.value for key in _KEYS.phone(text, country)] == ([] if value is None else [value])


@given(st.lists(st.text(max_size=6), max_size=4), _ODD | st.emails(), st.from_regex(r"\+\d{8,15}", fullmatch=True))
@example(["+11111111"], "a@x.example", "+11111111")
@example(["*"], "a@x.example", "+4940555010")
@example(["ana*"], "ana@x.example", "+4940555010")
def test_own_placeholders_are_dropped_in_every_way(patterns: list[str], email: str, phone: str) -> None:
    """Whatever patterns a user writes, the fast checks agree with the full one."""
    placeholders = identity.Placeholders(patterns)
    lowered = email.lower()
    if lowered.isascii() and lowered.count("@") == 1 and lowered[-1] != "@":
        assert placeholders.rejects_email(lowered) == placeholders.rejects("email", lowered)
    assert placeholders.rejects_phone(phone) == placeholders.rejects("phone", phone)
    value = identity.name_address_value("Ana Adler", "20457", "Hafenstr. 5")
    assert value is not None
    assert placeholders.rejects_name(value) == placeholders.rejects("name_address", value)


def test_an_order_shows_the_same_keys_as_its_parts() -> None:
    """The way for orders does in one go what the others do one by one."""
    shown, keys = _KEYS.order_keys("Ana@X.example", "212 555 0147", "US", "Ana Adler", ("10001", "12 Main St"))
    parts = (_KEYS.email("Ana@X.example"), _KEYS.phone("212 555 0147", "US"))
    assert shown == "ana@x.example"
    assert keys == [*parts[0], *parts[1], *_KEYS.name_address("Ana Adler", "10001", "12 Main St")]
    assert _KEYS.order_keys("Zoë@müller.example", None, None, None, None)[0] == "zoë@xn--mller-kva.example"
    assert _KEYS.order_keys(None, "", None, "", ("", "")) == (None, [])


def test_remembered_answers_are_asked_for_once_and_forgotten_in_time() -> None:
    """An error is no answer."""
    asked: list[int] = []

    def answer(question: int) -> int:
        asked.append(question)
        return 10 // question

    remembered = Remembered(answer, kept=2)
    assert [remembered[number] for number in (5, 5, 2, 1, 5)] == [2, 2, 5, 10, 2]
    assert asked == [5, 2, 1, 5]
    with pytest.raises(ZeroDivisionError):
        remembered[0]
    assert len(remembered) <= 2
