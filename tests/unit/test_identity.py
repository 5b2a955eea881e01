"""Identity keys: which spellings are one value, and which values are nobody's."""

from __future__ import annotations

import pytest

from unposted.connectors.keys import KeyMaker
from unposted.domain.identity import (
    Placeholders,
    email_values,
    external_id_value,
    fold_email,
    name_address_value,
    split_emails,
    tax_id_probes,
    tax_id_values,
)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        (" Ana@Example.COM ", ["ana@example.com"]),
        ("ana+shop@example.com", ["ana+shop@example.com"]),
        ("a.na@example.com", ["a.na@example.com"]),
        ("<ana@example.com>", ["ana@example.com"]),
        ("<ana@example.com>; <ben@example.com>", ["ana@example.com", "ben@example.com"]),
        ("ana@example.com; ben@example.com,cyd@example.org", ["ana@example.com", "ben@example.com", "cyd@example.org"]),
        ("ａｎａ@example.com", ["ana@example.com"]),
        ("ana@Bücher.example", ["ana@xn--bcher-kva.example"]),
        ("ana@example.com@", []),
        ("@example.com", []),
        ("ana", []),
        ("", []),
    ],
)
def test_addresses_are_one_value_in_every_spelling(text: str, values: list[str]) -> None:
    """Trim, NFKC, lower-case and the ASCII form of the domain; tags and dots tell people apart."""
    assert email_values(text) == values


def test_a_domain_that_has_no_ascii_form_stays_as_written() -> None:
    """An address is kept whatever its domain."""

    def fails(domain: str) -> str:
        raise ValueError(domain)

    assert email_values("ana@bücher.example", fails) == ["ana@bücher.example"]


def test_a_field_of_several_addresses_is_split() -> None:
    """Words without an at sign are no addresses."""
    assert split_emails("a@example.com;b@example.com or c@example.com") == [
        "a@example.com", "b@example.com", "c@example.com",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("email", "folded"),
    [
        ("a.na+shop@example.com", "ana@example.com"),
        ("ana@googlemail.com", "ana@gmail.com"),
        ("ana@example.com", "ana@example.com"),
    ],
)
def test_folding_takes_dots_tags_and_aliases_out(email: str, folded: str) -> None:
    """What is left is evidence for a person to look at, never a match."""
    assert fold_email(email) == folded


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("DE 123 456 789", ["DE123456789", "~123456789"]),
        ("de123456789", ["DE123456789", "~123456789"]),
        ("123-45/6789", ["123456789"]),
        ("VAT: DE123456789", ["DE123456789", "~123456789"]),
        ("EIN 12-3456789", ["123456789"]),
        ("GR123456789", ["EL123456789", "~123456789"]),
        ("ATU12345678", ["ATU12345678", "~U12345678"]),
        ("applied for", []),
        ("123", []),
    ],
)
def test_tax_ids_stand_with_and_without_their_country(text: str, values: list[str]) -> None:
    """Separators and labels go; a prefixed id also gets the form that only meets ids without a country."""
    assert tax_id_values(text) == values


def test_equal_digits_of_two_countries_never_meet() -> None:
    """A bare number meets both; DE and FR do not meet each other."""

    def meet(one: str, other: str) -> bool:
        probes = {probe for value in tax_id_values(one) for probe in tax_id_probes(value) if not value.startswith("~")}
        return not probes.isdisjoint(tax_id_values(other))

    assert meet("445566778", "DE445566778")
    assert meet("445566778", "FR445566778")
    assert not meet("DE445566778", "FR445566778")
    assert tax_id_probes("~9") == ["9"]
    assert tax_id_probes("9") == ["9", "~9"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (" AB-7 ", "ab-7"),
        ("007", "007"),
        ("gid://shopify/Customer/1002", "1002"),
        ("Straße", "strasse"),
    ],
)
def test_external_ids_keep_their_zeros_and_lose_the_platforms_prefix(text: str, value: str) -> None:
    """Two systems write one id in capitals and small letters, never with fewer zeros."""
    assert external_id_value(text) == value


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("email", "noreply@shop.example"),
        ("email", "test@example.com"),
        ("email", "email@example.com"),
        ("email", "a@a.com"),
        ("external_id", "n/a"),
        ("external_id", "NONE"),
        ("external_id", "0000"),
        ("external_id", "xxxx"),
        ("tax_id", "123456789"),
        ("tax_id", "~123456789"),
        ("tax_id", "999999999"),
        ("phone", "+1234567890"),
    ],
)
def test_a_placeholder_is_nobody(kind: str, value: str) -> None:
    """What people type to get past a form never matches."""
    assert Placeholders().rejects(kind, value)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("email", "ana@example.com"),
        ("external_id", "777"),
        ("external_id", "100"),
        ("tax_id", "DE445566778"),
        ("phone", "+12025550101"),
    ],
)
def test_a_real_value_is_somebody(kind: str, value: str) -> None:
    """An id of repeated digits may well be a customer's."""
    assert not Placeholders().rejects(kind, value)


def test_the_workspaces_own_placeholders_replace_the_list() -> None:
    """A pattern is a whole value or has a star."""
    own = Placeholders(["Walk-In", "till-*@shop.example"])
    assert own.rejects("external_id", "walk-in")
    assert own.rejects("email", "till-3@shop.example")
    assert not own.rejects("email", "noreply@shop.example")


def test_a_key_is_never_made_of_a_placeholder() -> None:
    """The placeholder is shown as the address all the same."""
    keys = KeyMaker()
    assert keys.email("noreply@shop.example; Ana@Example.com") == [("email", "ana@example.com")]
    assert keys.shown_email("noreply@shop.example") == "noreply@shop.example"
    assert keys.tax_id("n/a", "123456789") == []


@pytest.mark.parametrize(
    ("name", "postcode", "street", "value"),
    [
        ("Ana  Smith", "10001", "5 Elm St", "ana smith|10001|5"),
        ("Ana Smith", "SW1A 1AA", "Elm St 12b", "ana smith|sw1a1aa|12"),
        ("Jürgen Größe", "10115", "Allee 7", "jurgen grosse|10115|7"),
        ("Ana Smith", "10001", "Elm Street", None),
        ("Ana Smith", None, "5 Elm St", None),
        ("...", "10001", "5 Elm St", None),
    ],
)
def test_name_and_address_need_all_three_parts(name: str, postcode: str | None, street: str, value: str | None) -> None:
    """Accents, case and spaces do not matter; without a house number there is no evidence."""
    assert name_address_value(name, postcode, street) == value
    assert [key.value for key in KeyMaker().name_address(name, postcode, street)] == ([value] if value else [])
