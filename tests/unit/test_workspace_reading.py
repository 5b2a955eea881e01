"""The workspace file as the product sees it: frozen values, defaults, and clear errors when it cannot be read."""

from __future__ import annotations

import codecs
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.support.workspace_files import GOOD, faults_of, write_files
from unposted.domain.identity import DEFAULT_PLACEHOLDERS
from unposted.errors import UsageError, WorkspaceError
from unposted.workspace.model import Dynamics, Entity, FieldMap, Fx, Override, Rule, Store, Workspace
from unposted.workspace.reading import read_workspace

_SMALL = """\
[workspace]
name = "Small"
timezone = "Europe/Berlin"
reporting_currency = "eur"
[[stores]]
name = "web"
platform = "Shopify"
files = { orders = "exports/orders-1.csv" }
[[dynamics]]
name = "bc"
system = "Business Central"
entity = "deug"
files = { customers = "exports/customers.csv" }
[[entities]]
id = "deug"
currency = "eur"
"""


def _read(folder: Path, text: str) -> Workspace:
    write_files(folder)
    path = folder / "unposted.toml"
    path.write_text(text, encoding="utf-8")
    return read_workspace(path)


def test_a_good_file_becomes_frozen_values(tmp_path: Path) -> None:
    """Everything that the file says is in the workspace, in its order."""
    workspace = _read(tmp_path, GOOD)
    assert workspace == Workspace(
        path=tmp_path / "unposted.toml",
        name="US Trade",
        timezone=ZoneInfo("America/New_York"),
        reporting_currency="USD",
        stores=(
            Store(
                "dtc",
                "shopify",
                {"orders": ("exports/orders*.csv",), "customers": ("exports/customers.csv",)},
                segment="dtc",
                entity="USTI",
            ),
            Store(
                "trade",
                "bigcommerce",
                {"orders": ("exports/bc-1.json", "exports/bc-2.json")},
                columns={"order_id": "Order No", "total": "Amount"},
                statuses={"status_id=1": "active", "status_id=7": "incomplete"},
                timezone=ZoneInfo("UTC"),
                decimal_comma=False,
            ),
        ),
        dynamics=(
            Dynamics(
                "fno",
                "finance_operations",
                {"customers": ("exports/CustomersV3.csv",)},
                entity="USTI",
                external_id="CUSTREF",
            ),
            Dynamics("crm", "dataverse", {"accounts": ("exports/accounts.json",)}),
        ),
        entities=(Entity("USTI", "US Trade Inc", "USD"), Entity("CATU", "CA Trade ULC", "CAD")),
        field_map=FieldMap(
            rules=(Rule("CATU", ship_to=("CA",)), Rule("CATU", tag="canada", store="trade")),
            overrides=(Override("ann@example.com", "CATU"),),
            placeholders=(*(one for one in DEFAULT_PLACEHOLDERS if one != "test"), "orders@market.example"),
            b2b_tags=("trade",),
            b2b_groups=("dealers", "7"),
        ),
        fx=Fx({"CAD": Decimal("0.73")}, tmp_path / "eurofxref-hist.csv"),
    )


def test_a_small_file_gets_the_defaults(tmp_path: Path) -> None:
    """Without a field map and rates the defaults hold; names from lists are understood in any spelling of case."""
    workspace = _read(tmp_path, _SMALL)
    assert workspace.reporting_currency == "EUR"
    assert workspace.stores == (Store("web", "shopify", {"orders": ("exports/orders-1.csv",)}),)
    assert workspace.dynamics[0].system == "business_central"
    assert workspace.dynamics[0].entity == "DEUG"
    assert workspace.entities == (Entity("DEUG", "deug", "EUR"),)
    assert workspace.field_map == FieldMap()
    assert workspace.fx == Fx()


def test_codes_and_tags_are_brought_into_one_case(tmp_path: Path) -> None:
    """Entities and countries become upper-case, tags casefolded, and a rule's store gets the store's own spelling."""
    text = (
        GOOD.replace('["CA"]', '[" ca ", "de", "CA"]')
        .replace('"Canada"', '" CANADA "')
        .replace('store = "t', 'store = "T')
    )
    text = text.replace('entity = "CATU"', 'entity = "catu"').replace('id = "CATU"', 'id = "Catu"')
    workspace = _read(tmp_path, text)
    assert workspace.field_map.rules == (
        Rule("CATU", ship_to=("CA", "DE")),
        Rule("CATU", tag="canada", store="trade"),
    )


def test_one_text_stands_for_a_list_of_one(tmp_path: Path) -> None:
    """`ship_to`, `match_on` and files may be a single text."""
    text = GOOD.replace('["CA"]', '"CA"').replace('["external_id", "tax_id", "email"]', '"email"')
    workspace = _read(tmp_path, text)
    assert workspace.field_map.rules[0].ship_to == ("CA",)
    assert workspace.field_map.match_on == ("email",)


def test_inline_tables_and_dotted_keys_are_the_same_file(tmp_path: Path) -> None:
    """TOML's other ways to write tables mean the same."""
    text = _SMALL.replace('[[entities]]\nid = "deug"\ncurrency = "eur"\n', "")
    text = 'entities = [{ id = "deug", currency = "eur" }]\n' + text.replace("files = { orders", "files.orders")
    text = text.replace('orders-1.csv" }', 'orders-1.csv"') + "[fx.rates]\nUSD = 1\n"
    workspace = _read(tmp_path, text)
    assert workspace.entities == (Entity("DEUG", "deug", "EUR"),)
    assert workspace.stores[0].files == {"orders": ("exports/orders-1.csv",)}
    assert workspace.fx.rates == {"USD": Decimal(1)}


def test_paths_may_be_absolute_or_start_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`~` and absolute paths work for files, overrides and rates."""
    monkeypatch.setenv("HOME", str(tmp_path))
    text = GOOD.replace('"exports/customers.csv"', f'"{tmp_path}/exports/customers.csv"')
    text = text.replace('"overrides.csv"', '"~/overrides.csv"').replace('"eurofxref', '"~/eurofxref')
    workspace = _read(tmp_path, text)
    assert workspace.fx.file == tmp_path / "eurofxref-hist.csv"
    assert workspace.field_map.overrides == (Override("ann@example.com", "CATU"),)


@pytest.mark.parametrize("rate", ['"0.73"', '" 1e-3 "', "1", '"150"', '"0.000000001"'])
def test_rates_are_exact_decimals(tmp_path: Path, rate: str) -> None:
    """A rate in quotes or a whole number is read as it is written."""
    workspace = _read(tmp_path, GOOD.replace('"0.73"', rate))
    assert workspace.fx.rates == {"CAD": Decimal(rate.strip('"').strip())}


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig"])
def test_a_byte_order_mark_and_windows_line_ends_make_no_difference(tmp_path: Path, codec: str) -> None:
    """A file saved by a Windows editor is read like any other."""
    write_files(tmp_path)
    assert faults_of(tmp_path, GOOD.replace("\n", "\r\n").encode(codec)) == ()


def test_a_missing_file_is_told_of_with_the_way_out(tmp_path: Path) -> None:
    """Without a workspace file the user is sent to `init` and `-w`."""
    with pytest.raises(UsageError, match="no workspace file") as raised:
        read_workspace(tmp_path / "unposted.toml")
    assert raised.value.code == "no-workspace"
    assert "unposted init" in raised.value.next_step
    assert "-w FILE" in raised.value.next_step


def test_a_folder_in_place_of_the_file_is_told_of(tmp_path: Path) -> None:
    """A folder is no workspace file."""
    with pytest.raises(UsageError, match="is a folder") as raised:
        read_workspace(tmp_path)
    assert raised.value.code == "workspace-is-folder"


@pytest.mark.parametrize("name", ["a\0b", "x" * 5_000, "file/unposted.toml"])
def test_a_path_that_cannot_be_opened_is_told_of(tmp_path: Path, name: str) -> None:
    """What the operating system refuses is an error with a next step."""
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="cannot be read") as raised:
        read_workspace(tmp_path / name)
    assert raised.value.code == "workspace-unreadable"


@pytest.mark.parametrize(
    ("content", "line"),
    [(b'[workspace]\nname = "M\xfcller"\n', 2), (codecs.BOM_UTF16_LE + "[workspace]\n".encode("utf-16-le"), 1)],
)
def test_another_encoding_is_one_fault(tmp_path: Path, content: bytes, line: int) -> None:
    """A file that is not UTF-8 is told of with the line of the first wrong byte."""
    (fault,) = faults_of(tmp_path, content)
    assert fault.line == line
    assert "UTF-8" in fault.suggestion


def test_a_syntax_error_is_reported_like_other_faults(tmp_path: Path) -> None:
    """The error carries the path as it was given and the one fault."""
    path = tmp_path / "my.toml"
    path.write_text('[workspace]\nname = "x\n', encoding="utf-8")
    with pytest.raises(WorkspaceError) as raised:
        read_workspace(path)
    assert raised.value.path == str(path)
    assert raised.value.exit_code == 2
    assert [fault.line for fault in raised.value.faults] == [2]


def test_an_empty_file_names_what_it_needs(tmp_path: Path) -> None:
    """An empty file lacks its name, zone and currency, a store and a customer master."""
    faults = faults_of(tmp_path, "")
    assert [fault.line for fault in faults] == [1] * 5
    assert [fault.where for fault in faults] == ["[workspace]"] * 3 + ["stores", "dynamics"]
