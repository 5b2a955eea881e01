"""The JSON: the documented object, and the schema that describes it strictly."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.support.readings import NAUGHTY, a_row, reading_of
from unposted.cards.reading import CurrencyAmount
from unposted.exports.json_text import reading_json, schema_text


def _validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads(schema_text()))


def test_the_schema_is_a_schema() -> None:
    """The file in the package is valid by its own meta-schema."""
    Draft202012Validator.check_schema(json.loads(schema_text()))


def test_the_object_has_the_documented_keys_in_their_order() -> None:
    """Scripts and people find the same names in the same place."""
    document = json.loads(reading_json(reading_of([a_row()])))
    assert " ".join(document) == (
        "card value as_of window alert blocked splits largest in_dataverse quarantined unmapped_statuses inputs "
        "definition_version rows"
    )
    assert " ".join(document["rows"][0]) == (
        "rank party name kind company segment stores platforms emails tax_ids external_ids expected_entities ambiguous "
        "missing_entities exists_in status flags matched_evidence blocked_by_currency blocked blocked_net orders "
        "first_order_at last_order_at age_days route recommended_action near first_seen usual_clear_minutes stuck"
    )
    assert list(document["splits"]) == ["segment", "platform", "store", "entity", "status"]


def test_amounts_are_strings_and_unknown_is_null() -> None:
    """No float ever holds money."""
    rows = [a_row(1, blocked_by_currency=(CurrencyAmount("KWD", -5),)), a_row(2, blocked=None, blocked_net=None)]
    document = json.loads(reading_json(reading_of(rows)))
    assert document["blocked"] == {
        "currency": "USD",
        "amount": "99.99",
        "unknown_rate_rows": 1,
        "by_currency": {"KWD": "-0.005", "USD": "99.98"},
    }
    assert document["rows"][0]["blocked_by_currency"] == {"KWD": "-0.005"}
    assert (document["rows"][1]["blocked"], document["rows"][1]["blocked_net"]) == (None, None)
    assert document["largest"] == {"party": rows[0].party, "name": "Customer 1", "blocked": "99.99"}


def test_without_a_known_value_there_is_no_largest_row() -> None:
    """Unknown is not zero: the total is null, and so is the largest."""
    document = json.loads(reading_json(reading_of([a_row(blocked=None, blocked_net=None)])))
    assert (document["largest"], document["blocked"]["amount"]) == (None, None)
    empty = json.loads(reading_json(reading_of([])))
    assert (empty["largest"], empty["blocked"]["amount"]) == (None, "0.00")


def test_instants_are_utc_and_the_window_shows_its_zone() -> None:
    """Rows sort by text; the bounds are the calendar days that people think in."""
    row = a_row(first_order_at=datetime(2026, 4, 7, 1, 2, 3, 45, tzinfo=UTC))
    document = json.loads(reading_json(reading_of([row])))
    assert document["as_of"] == "2026-04-12T22:30:00Z"
    assert document["rows"][0]["first_order_at"] == "2026-04-07T01:02:03.000045Z"
    assert document["window"] == {
        "from": "2026-04-06T00:00:00-04:00",
        "to": "2026-04-12T18:30:00-04:00",
        "zone": "America/New_York",
    }
    assert document["inputs"][1]["newest"] is None


def test_the_text_is_indented_readable_and_ends_in_a_line_feed() -> None:
    """It can be read, compared line by line, and piped."""
    text = reading_json(reading_of([a_row(name="Läden 田中")]))
    assert text.startswith('{\n  "card": "ecom-customers-absent')
    assert "Läden 田中" in text
    assert text.endswith("}\n")


def test_naughty_strings_survive_and_none_can_steer_a_terminal() -> None:
    """Every value comes back; control and direction characters are escaped in the text itself."""
    text = reading_json(reading_of([a_row(rank, name=value) for rank, value in enumerate(NAUGHTY, start=1)]))
    assert [row["name"] for row in json.loads(text)["rows"]] == list(NAUGHTY)
    assert not set(text) & {chr(code) for code in (*range(10), *range(11, 32), *range(0x7F, 0xA0), 0x2028, 0x202E)}


def test_half_a_character_becomes_a_replacement_character() -> None:
    """A lone surrogate does not stop the export."""
    document = json.loads(reading_json(reading_of([a_row(name="a\ud83d")])).encode())
    assert document["rows"][0]["name"] == "a\ufffd"


def _document() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(reading_json(reading_of([a_row()])))
    return found


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("value",), "1"),
        (("extra",), 1),
        (("blocked", "amount"), 99.99),
        (("blocked", "amount"), "99,99"),
        (("alert", "state"), "loud"),
        (("as_of",), "2026-04-12T18:30:00-04:00"),
        (("window", "from"), "2026-04-06"),
        (("splits", "colour"), {}),
        (("splits", "segment", "dtc", "count"), 0),
        (("rows", 0, "blocked"), 1),
        (("rows", 0, "segment"), "retail"),
        (("rows", 0, "stores"), []),
        (("rows", 0, "status"), "lost"),
        (("rows", 0, "note"), "x"),
        (("rows", 0, "rank"), 0),
        (("inputs", 0, "read_at"), None),
        (("unmapped_statuses",), {"x": "1"}),
    ],
)
def test_a_broken_object_fails_the_schema(path: tuple[str | int, ...], value: object) -> None:
    """Wrong types, strange words and additional keys are all told."""
    document = _document()
    assert _validator().is_valid(document)
    place: Any = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert not _validator().is_valid(document)


@pytest.mark.parametrize("part", ["top", "row", "window", "blocked", "alert", "splits"])
def test_an_object_that_lacks_any_key_fails_the_schema(part: str) -> None:
    """Every documented key is always there."""
    parts = {"top": _document(), "row": _document()["rows"][0]} | {
        name: _document()[name] for name in ("window", "blocked", "alert", "splits")
    }
    for key in parts[part]:
        document = _document()
        place = {"top": document, "row": document["rows"][0]}.get(part) or document[part]
        del place[key]
        assert not _validator().is_valid(document), key
