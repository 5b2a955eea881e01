"""The faults of the workspace file: each with its line, what is wrong, and what to write instead."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support.workspace_files import GOOD, faults_of, line_of, write_files


class Case(NamedTuple):
    """A change to the good file, the text on the line of its fault (and which such line), and what is said."""

    old: str
    new: str
    marker: str
    message: str
    suggestion: str
    nth: int = 1


_KEYS = {
    "unknown key": Case("segment = ", "segmnt = ", "segmnt", '"segmnt" is no key of [[stores]] "dtc".', '"segment"'),
    "unknown table": Case("[fx]", "[fxx]", "[fxx]", '"fxx" is no key of this file.', '"fx"'),
    "unknown stream": Case("{ orders = [", "{ order = [", "{ order = [", '"order" is no key', '"orders"'),
    "stream of another system": Case(
        "{ accounts =", '{ accounts = "exports/*.json", customers =', "accounts", '"customers"', "accounts, contacts"
    ),
    "unknown rule key": Case("ship_to", "shipto", "shipto", '"shipto" is no key', '"ship_to"'),
    "unknown column": Case("total = ", "totl = ", "totl", '"totl" is no key', '"total"'),
    "unlike any key": Case("segment = ", "zzz = ", "zzz", '"zzz" is no key', "Known keys here: name, platform"),
    "key in the wrong table": Case(
        "[fx]", "[fx]\nmatch_on = []", "match_on = []", '"match_on" is no key of [fx].', "Move it to [field_map]."
    ),
    "key of a system in a store": Case(
        "decimal_comma", 'external_id = "X"\ndecimal_comma', 'external_id = "X"', "is no key", "[[dynamics]]"
    ),
    "key before the first table": Case(
        "[workspace]", 'tag = "x"\n[workspace]', "tag =", "this file", "[[field_map.rules]]"
    ),
    "missing name": Case('name = "dtc"\n', "", "[[stores]]", "name is missing.", 'Add name = "dtc".'),
    "missing platform": Case(
        'platform = "shopify"\n', "", "[[stores]]", "platform is missing.", 'platform = "shopify"'
    ),
    "missing files": Case(
        'files = { customers = "exports/CustomersV3.csv" }\n', "", "[[dynamics]]", "files is missing", "customers ="
    ),
    "missing timezone": Case('timezone = "America/New_York"\n', "", "[workspace]", "timezone is missing", "America/"),
    "missing currency": Case('currency = "CAD"\n', "", "[[entities]]", "currency is missing", "Add currency", 2),
    "missing id": Case(
        'id = "CATU"\n',
        'id = "CATU"\nname = "x"\ncurrency = "USD"\n[[entities]]\n',
        "[[entities]]",
        "id is missing",
        "Add id",
        3,
    ),
    "missing entity of a rule": Case(
        'ship_to = ["CA"]\nentity = "CATU"',
        'ship_to = ["CA"]',
        "[[field_map.rules]]",
        "entity is missing",
        "Add entity",
    ),
    "store without orders": Case(
        'files = { orders = "exports/orders*.csv", ', "files = { ", "{ customers", "files name no orders", "orders ="
    ),
    "system without customers": Case(
        'customers = "exports/CustomersV3.csv"', "", "files = {  }", "files name no customers", "customers ="
    ),
}

_KINDS = {
    "number for a text": Case('name = "dtc"', "name = 5", "name = 5", "name is a whole number", 'Write name = "dtc".'),
    "decimal for a text": Case('"US Trade"', "1.5", "name = 1.5", "name is a decimal number", 'name = "US Trade"'),
    "date for a text": Case('"US Trade"', "2026-04-12", "name = 2", "a date or time", 'name = "US Trade"'),
    "list for a text": Case('segment = "dtc"', 'segment = ["dtc"]', "segment", "segment is a list", 'segment = "b2b"'),
    "table for a text": Case('"Canada"', "{ x = 1 }", "tag =", "tag is a table", 'tag = "canada"'),
    "list for a tag": Case('"Canada"', '["Canada"]', "tag =", "tag is a list", 'tag = "canada"'),
    "empty text": Case('"US Trade"', '"  "', 'name = "  "', "name is empty", 'name = "US Trade"'),
    "line end in a text": Case('"US Trade"', '"US\\nTrade"', "name =", "line end", 'name = "US Trade"'),
    "text for a flag": Case(
        "decimal_comma = false",
        'decimal_comma = "no"',
        "decimal_comma",
        "decimal_comma is text",
        "decimal_comma = true",
    ),
    "number for a flag": Case(
        "decimal_comma = false", "decimal_comma = 0", "decimal_comma", "a whole number", "decimal_comma = true"
    ),
    "text for a number": Case("= 15", '= "15"', "awaiting", "is text; it must be a whole number", "minutes = 15"),
    "flag for a number": Case("= 15", "= true", "awaiting", "is true or false", "minutes = 15"),
    "decimal for a number": Case("= 15", "= 15.5", "awaiting", "is a decimal number", "minutes = 15"),
    "negative minutes": Case("= 15", "= -1", "awaiting", "is negative", "from 0"),
    "minutes beyond reason": Case("= 15", "= 99999999999", "awaiting", "is more than", "such as 15"),
    "text for a table": Case(
        '{ customers = "exports/CustomersV3.csv" }',
        '"a.csv"',
        '"a.csv"',
        "files is text; it must be a table",
        "files = {",
    ),
    "text for a column": Case('total = "Amount"', "total = 3", "columns", "total is a whole number", "Write total ="),
    "list for the columns": Case(
        'columns = { order_id = "Order No", total = "Amount" }', "columns = []", "columns", "a list", "columns = {"
    ),
    "number for an external id": Case('"CUSTREF"', "12", "external_id = 12", "a whole number", "external_id ="),
    "two brackets": Case("[field_map]", "[[field_map]]", "[[field_map]]", "one bracket", "[field_map]"),
    "text for the rates": Case('{ CAD = "0.73" }', '"x"', 'rates = "x"', "rates is text", "rates = {"),
    "item that is no text": Case('"exports/bc-2.json"', "7", "bc-1", "Item 2 of orders is a whole number", "orders ="),
    "empty list": Case('["CA"]', "[]", "ship_to", "ship_to is an empty list", "ship_to ="),
    "empty item": Case('["Trade"]', '["Trade", ""]', "b2b_tags", "b2b_tags is empty", "b2b_tags ="),
    "group that is no text": Case("7]", "7.5]", "b2b_groups", "Item 2 of b2b_groups is a decimal", "b2b_groups ="),
    "status that is no text": Case('= "active",', "= 1,", "statuses", '"status_id=1" is a whole number', '= "active"'),
}

_WORDS = {
    "platform": Case('"shopify"', '"shopfy"', "shopfy", '"shopfy" is no platform', '"shopify"'),
    "platform by another name": Case('"shopify"', '"Magento 2"', "Magento", "is no platform", '"adobe_commerce"'),
    "platform unlike any": Case('"shopify"', '"ebay"', "ebay", "shopify, bigcommerce", "Known are: shopify"),
    "system": Case('"dataverse"', '"dataverze"', "dataverze", "is no system", '"dataverse"'),
    "system by another name": Case('"finance_operations"', '"F&O"', "F&O", "is no system", '"finance_operations"'),
    "segment": Case('segment = "dtc"', 'segment = "b2c"', "b2c", "is no segment", '"b2b"'),
    "time zone": Case(
        '"America/New_York"', '"America/New York City"', "New York", "is no time zone", '"America/New_York"'
    ),
    "time zone by its city": Case('"America/New_York"', '"berlin"', "berlin", "is no time zone", '"Europe/Berlin"'),
    "time zone by its letters": Case('"America/New_York"', '"PST"', "PST", "is no time zone", '"America/Los_Angeles"'),
    "time zone that is a folder": Case('"America/New_York"', '"America"', '"America"', "is no time zone", "America"),
    "time zone that is a path": Case('"America/New_York"', '"../UTC"', "../UTC", "is no time zone", "UTC"),
    "time zone of a store": Case('"UTC"', '"Mars/Base"', "Mars", "is no time zone", "such as America/New_York"),
    "currency": Case(
        'reporting_currency = "USD"', 'reporting_currency = "US Dollar"', "Dollar", "no currency", "ISO 4217"
    ),
    "currency by its sign": Case('currency = "CAD"', 'currency = "C$"', "C$", '"C$" is no currency', '"CAD"'),
    "match key": Case('"tax_id",', '"taxid",', "match_on", '"taxid" is no key to match on', '"tax_id"'),
    "match key by another name": Case('"tax_id",', '"VAT",', "match_on", '"VAT" is no key', '"tax_id"'),
    "match key twice": Case('"tax_id",', '"email",', "match_on", '"email" stands twice', "once"),
    "order state": Case('"active", "status', '"actve", "status', "statuses", '"actve" is no order state', '"active"'),
    "order state by another name": Case('"incomplete" }', '"Canceled" }', "statuses", "no order state", '"cancelled"'),
    "placeholder that is none": Case('["test"]', '["test", "tst"]', "not_placeholders", '"tst" is not in', '"test"'),
    "placeholder unlike any": Case('["test"]', '["zzzzzzz@q"]', "not_placeholders", "is not in the list", "Remove it"),
    "source name twice": Case('name = "crm"', 'name = "DTC"', '"DTC"', "on line 7 already", "name of its own"),
    "source name of a bucket": Case('name = "crm"', 'name = "several"', "several", "cannot be", "another name"),
}

_REFERENCES = {
    "entity of a store": Case(
        'entity = "USTI"\nfiles', 'entity = "USTX"\nfiles', "USTX", '"USTX" is no legal', '"USTI"'
    ),
    "entity of a system": Case(
        'entity = "USTI"\next', 'entity = "DEUG"\next', "DEUG", '"DEUG" is no legal', '[[entities]] with id = "DEUG"'
    ),
    "entity of a rule": Case('entity = "CATU"\n\n[fx]', 'entity = "CATX"\n\n[fx]', "CATX", "no legal entity", '"CATU"'),
    "entity twice": Case(
        'id = "CATU"',
        'id = "CATU"\ncurrency = "CAD"\n[[entities]]\nid = "catu"',
        '"catu"',
        "on line 40 already",
        "its own id",
    ),
    "store of a rule": Case('store = "trade"', 'store = "trad"', '"trad"', '"trad" is no store', '"trade"'),
    "no condition": Case('ship_to = ["CA"]\n', "", "[[field_map.rules]]", "no condition", 'ship_to = ["CA"]'),
    "two conditions": Case(
        'ship_to = ["CA"]', 'ship_to = ["CA"]\ntag = "x"', "[[field_map.rules]]", "one condition", "two rules"
    ),
    "country": Case('["CA"]', '["CA",\n"ZZ"]', '"ZZ"', '"ZZ" is no ISO country code', "two letters"),
    "country UK": Case('["CA"]', '["UK"]', "ship_to", '"UK" is no ISO', '"GB"'),
    "country EL": Case('["CA"]', '["EL"]', "ship_to", '"EL" is no ISO', '"GR"'),
    "country of three letters": Case('["CA"]', '["CAN"]', "ship_to", '"CAN" is no ISO', '"CA"'),
    "country by its name": Case('["CA"]', '["Canada"]', "ship_to", '"Canada" is no ISO', '"CA"'),
    "two tags in one": Case('"Canada"', '"Canada, Quebec"', "tag =", "holds a comma", "one rule for each"),
    "one country to two entities": Case(
        "[fx]",
        '[[field_map.rules]]\nship_to = ["US",\n"ca"]\nentity = "USTI"\n[fx]',
        '"ca"',
        '"CA" is sent to USTI here and to CATU on line 54',
        "Keep one",
    ),
    "one tag to two entities": Case(
        "[fx]",
        '[[field_map.rules]]\ntag = "CANADA"\nstore = "Trade"\nentity = "USTI"\n[fx]',
        '"CANADA"',
        "and to CATU on line 58",
        "Keep one",
    ),
    "missing file": Case(
        "exports/CustomersV3.csv", "exports/CustomerV3.csv", "CustomerV3", "does not exist", '"exports/CustomersV3.csv"'
    ),
    "glob without files": Case(
        "exports/orders*.csv", "exports/Orders_*.csv", "Orders_", "matches no file", "exports/orders-"
    ),
    "missing file of a list": Case(
        ', "exports/bc-2.json"', ',\n"exports/bc-3.json"', "bc-3", "does not exist", "exports/bc-"
    ),
    "missing overrides": Case('"overrides.csv"', '"override.csv"', "override.csv", "does not exist", '"overrides.csv"'),
    "missing rates file": Case("eurofxref-hist.csv", "eurofx.zip", "eurofx", "does not exist", ""),
    "orders of two stores": Case(
        '"exports/bc-2.json"', '"exports/orders-2.csv"', "bc-1", 'the orders of [[stores]] "dtc" too', "own order files"
    ),
}

_RATES = {
    "rate without quotes": Case('"0.73"', "0.73", "rates", "without quotes", 'Write CAD = "0.73".'),
    "rate with a comma": Case('"0.73"', '"0,73"', "rates", '"0,73" is no number', 'CAD = "0.73"'),
    "rate in words": Case('"0.73"', '"about one"', "rates", "is no number", 'CAD = "0.73"'),
    "rate that is not a number": Case('"0.73"', '"NaN"', "rates", "is no number", "decimal point"),
    "rate of zero": Case('"0.73"', '"0.00"', "rates", "is not positive", "CAD ="),
    "negative rate": Case('"0.73"', "-2", "rates", "The rate -2 is not positive", "CAD ="),
    "rate beyond reason": Case('"0.73"', '"1e30"', "rates", "is out of range", "one unit"),
    "rate of another kind": Case('"0.73"', "true", "rates", "is true or false", 'CAD = "0.73"'),
    "rate of an unknown currency": Case("{ CAD", "{ CAX", "rates", '"CAX" is no currency', "ISO 4217"),
    "rate of the reporting currency": Case("{ CAD", "{ usd", "rates", "USD is the reporting currency", "Remove USD"),
    "two rates": Case('{ CAD = "0.73"', '{ CAD = "0.73", cad = "0.74"', "rates", "CAD has two rates", "Keep one"),
}


@pytest.mark.parametrize("name", [*_KEYS, *_KINDS, *_WORDS, *_REFERENCES, *_RATES])
def test_each_fault_has_its_line_and_a_suggestion(tmp_path: Path, name: str) -> None:
    """One mistake in a good file gives one fault, on the line where a person would mend it."""
    case = (_KEYS | _KINDS | _WORDS | _REFERENCES | _RATES)[name]
    assert case.old in GOOD
    text = GOOD.replace(case.old, case.new, 1)
    write_files(tmp_path)
    faults = faults_of(tmp_path, text)
    assert len(faults) == 1, faults
    assert faults[0].line == line_of(text, case.marker, case.nth)
    assert case.message in faults[0].message
    assert case.suggestion in faults[0].suggestion


def test_the_good_file_has_no_faults(tmp_path: Path) -> None:
    """The table above changes a file that is in order."""
    write_files(tmp_path)
    assert faults_of(tmp_path, GOOD) == ()


def test_all_faults_are_told_at_once_in_line_order(tmp_path: Path) -> None:
    """Seven mistakes in seven places are seven faults, from the top of the file to its end."""
    text = GOOD
    for old, new in (
        ('timezone = "America/New_York"', 'timezone = "America/NewYork"'),
        ('platform = "shopify"', 'platfrom = "shopify"'),
        ("decimal_comma = false", 'decimal_comma = "no"'),
        ("exports/CustomersV3.csv", "exports/none/at/all.csv"),
        ('"tax_id"', '"taxid"'),
        ('tag = "Canada"', 'tag = "Canada"\nship_to = "CA"'),
        ('"0.73"', "0.73"),
    ):
        assert old in text
        text = text.replace(old, new, 1)
    write_files(tmp_path)
    faults = faults_of(tmp_path, text)
    markers = ("NewYork", "platfrom", "decimal_comma", "none/at/all", "taxid", "[[field_map.rules]]", "rates")
    lines = [line_of(text, marker, 2 if "rules" in marker else 1) for marker in markers]
    assert [fault.line for fault in faults] == sorted(lines)
    assert faults[1].where == '[[stores]] "dtc" platfrom'


def test_a_mistyped_table_is_read_as_the_one_that_was_meant(tmp_path: Path) -> None:
    """Faults inside a mistyped table are told of too, and nothing else is said to be missing."""
    text = GOOD.replace("[[stores]]", "[[store]]").replace('"shopify"', '"shopfy"')
    write_files(tmp_path)
    faults = faults_of(tmp_path, text)
    assert [(fault.line, fault.where) for fault in faults] == [
        (line_of(text, "[[store]]"), "store"),
        (line_of(text, "shopfy"), '[[stores]] "dtc" platform'),
    ]


@pytest.mark.parametrize(
    ("written", "message", "suggestion"),
    [
        ('[stores]\nname = "web"', "two brackets", "Write [[stores]]."),
        ('stores = "web"', "stores is text, not a table", "Write [[stores]]."),
        ("stores = [1]", "Item 1 of stores is a whole number, not a table", "Write [[stores]]."),
    ],
)
def test_a_list_of_tables_that_is_none_is_told_of(tmp_path: Path, written: str, message: str, suggestion: str) -> None:
    """One bracket in place of two, or a value in place of a table, is told of on its line."""
    (fault,) = [fault for fault in faults_of(tmp_path, written) if fault.where in {"stores", "[stores]"}]
    assert fault.line == 1
    assert message in fault.message
    assert fault.suggestion == suggestion


def test_a_header_with_one_bracket_beside_one_with_two_is_explained(tmp_path: Path) -> None:
    """The clash that TOML sees is told of as the missing bracket."""
    text = GOOD.replace("[[stores]]", "[stores]", 1)
    (fault,) = faults_of(tmp_path, text)
    assert fault.line == line_of(text, "[[stores]]")
    assert "write [[stores]] there too" in fault.suggestion


def test_one_mistyped_header_of_several_is_one_fault(tmp_path: Path) -> None:
    """What a mistyped [[entities]] says is known all the same, so nothing else is said to be unknown."""
    text = GOOD.replace("[[entities]]", "[[entites]]", 1)
    write_files(tmp_path)
    (fault,) = faults_of(tmp_path, text)
    assert (fault.line, fault.suggestion) == (line_of(text, "[[entites]]"), 'Did you mean "entities"?')


def test_rules_of_different_stores_may_send_a_tag_to_different_entities(tmp_path: Path) -> None:
    """The same tag limited to two stores, or sent twice to one entity, is no contradiction."""
    more = '[[field_map.rules]]\ntag = "canada"\nstore = "dtc"\nentity = "USTI"\n'
    more += '[[field_map.rules]]\ntag = "canada"\nstore = "trade"\nentity = "catu"\n'
    write_files(tmp_path)
    assert faults_of(tmp_path, GOOD.replace("[fx]", more + "[fx]")) == ()


def test_business_central_needs_its_entity(tmp_path: Path) -> None:
    """A Business Central list shows no company, so the file must say whose it is; a column may show it."""
    text = GOOD.replace("finance_operations", "business_central").replace('entity = "USTI"\nexternal', "external")
    write_files(tmp_path)
    (fault,) = faults_of(tmp_path, text)
    assert fault.line == line_of(text, "[[dynamics]]")
    assert fault.suggestion == 'Add entity = "USTI".'
    assert faults_of(tmp_path, text.replace("external_id =", 'columns = { entity = "Company" }\nexternal_id =')) == ()


@pytest.mark.parametrize(
    ("start", "end", "where", "line"),
    [("[[stores]]", "[[dynamics]]", "stores", 1), ("[[dynamics]]", "[[entities]]", "dynamics", 1)],
)
def test_stores_and_a_customer_master_are_needed(tmp_path: Path, start: str, end: str, where: str, line: int) -> None:
    """A file without stores or without Dynamics has nothing to compare."""
    text = GOOD[: GOOD.index(start)] + GOOD[GOOD.index(end) :].replace('store = "trade"\n', "")
    write_files(tmp_path)
    (fault,) = faults_of(tmp_path, text)
    assert (fault.where, fault.line) == (where, line)
    assert f"[[{where}]]" in fault.suggestion


def test_dataverse_alone_is_no_customer_master(tmp_path: Path) -> None:
    """Dataverse stages customers; orders post against the ERP's master."""
    start, end = GOOD.index('[[dynamics]]\nname = "fno"'), GOOD.index('[[dynamics]]\nname = "crm"')
    text = GOOD[:start] + GOOD[end:]
    write_files(tmp_path)
    (fault,) = faults_of(tmp_path, text)
    assert fault.line == line_of(text, "[[dynamics]]")
    assert "finance_operations" in fault.suggestion
