"""What stands under `connect` of a live source: read by each system's own settings, every fault with its line."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from tests.support.connect_files import NEEDED, STORES, connect_faults, live_text, read_live
from tests.support.workspace_files import faults_of, line_of
from unposted.connectors.registry import LIVE_SYSTEMS, connection_type
from unposted.connectors.secrets import variable_name
from unposted.workspace.template_connect import needed_settings

_SYSTEMS = pytest.mark.parametrize("system", LIVE_SYSTEMS)
_REQUIRED = [
    (system, field.name)
    for system in LIVE_SYSTEMS
    for field in msgspec.structs.fields(connection_type(system))
    if field.required
]
_SECRETS = [(system, secret.name) for system in LIVE_SYSTEMS for secret in connection_type(system).SECRETS]


@_SYSTEMS
def test_the_least_settings_are_enough(tmp_path: Path, system: str) -> None:
    """What is not there has its default."""
    connection = read_live(tmp_path, live_text(system))
    assert type(connection) is connection_type(system)
    assert f'"{connection.url}"' == NEEDED[system]["url"]
    assert connection.history_days == (28 if system == "power_automate" else 90)


@pytest.mark.parametrize(("system", "name"), _REQUIRED)
def test_a_setting_that_is_missing_is_named_with_an_example(tmp_path: Path, system: str, name: str) -> None:
    """At the line of the table, with the line to write."""
    (fault,) = connect_faults(tmp_path, system, {name: None})
    assert fault.line == line_of(live_text(system), ".connect]")
    assert fault.message == f"{name} is missing."
    assert fault.suggestion.startswith(f'Add {name} = "')
    assert "…" not in fault.suggestion


@_SYSTEMS
def test_everything_that_is_missing_is_told_at_once(tmp_path: Path, system: str) -> None:
    """Nobody mends one setting to be told of the next."""
    faults = faults_of(tmp_path, live_text(system, {}))
    assert [fault.message for fault in faults] == [f"{name} is missing." for of, name in _REQUIRED if of == system]


@_SYSTEMS
@pytest.mark.parametrize(
    ("written", "meant"), [("histroy_days", "history_days"), ("Page-Size", "page_size"), ("stream", "streams")]
)
def test_a_mistyped_setting_is_guessed(tmp_path: Path, system: str, written: str, meant: str) -> None:
    """And then read as the one that was meant, so that it causes no further fault."""
    value = '["orders"]' if meant == "streams" and system in STORES else "[]" if meant == "streams" else "5"
    (fault,) = connect_faults(tmp_path, system, {written: value})
    assert fault.message.startswith(f'"{written}" is no key of')
    assert fault.suggestion == f'Did you mean "{meant}"?'
    assert fault.line == line_of(live_text(system, {**NEEDED[system], written: value}), f"{written} =")


@_SYSTEMS
def test_a_setting_of_another_world_is_told_what_is_known(tmp_path: Path, system: str) -> None:
    """The settings of this system are listed."""
    (fault,) = connect_faults(tmp_path, system, {"zzz": "1"})
    assert "Known keys here: url, " in fault.suggestion


@pytest.mark.parametrize(
    ("system", "name", "value", "message"),
    [
        ("shopify", "url", "5", "url is a whole number"),
        ("shopify", "history_days", '"ninety"', "history_days is text"),
        ("shopify", "history_days", "0", "history_days is a whole number"),
        ("shopify", "history_days", "90.5", "history_days is a decimal number"),
        ("shopify", "history_days", "true", "history_days is true or false"),
        ("shopify", "page_size", '"many"', "page_size is text"),
        ("shopify", "streams", '"orders"', "streams is text"),
        ("shopify", "streams", "[1]", "streams is a list"),
        ("shopify", "api_version", '"2026-02"', "api_version is text"),
        ("shopify", "companies_way", '"sometimes"', "companies_way is text"),
        ("bigcommerce", "b2b", '"true"', "b2b is text"),
        ("bigcommerce", "spare_share", "2", "spare_share is a whole number"),
        ("adobe_commerce", "auth", '"basic"', "auth is text"),
        ("finance_operations", "companies", '"usti"', "companies is text"),
        ("finance_operations", "page_size", "20000", "page_size is a whole number"),
        ("business_central", "companies", '["USTI"]', "companies is a list"),
        ("business_central", "external_ids", '{ set = "x" }', "external_ids is a table"),
        ("dataverse", "change_tracking", "1", "change_tracking is a whole number"),
        ("power_automate", "client_id", "2026-04-12", "client_id is a date or time"),
    ],
)  # fmt: skip
def test_a_value_of_the_wrong_kind_has_its_line(
    tmp_path: Path, system: str, name: str, value: str, message: str
) -> None:
    """It says what is written there, and how one writes it."""
    (fault,) = connect_faults(tmp_path, system, {name: value})
    assert fault.line == line_of(live_text(system, {**NEEDED[system], name: value}), f"{name} =")
    assert fault.message.startswith(f"{message}: ")
    assert name in fault.suggestion or "docs/connectors" in fault.suggestion


def test_several_faults_are_told_at_once_in_the_order_of_their_lines(tmp_path: Path) -> None:
    """A wrong address, a wrong kind, a typo, a secret and a stream that does not exist: five lines, one run."""
    change = {
        "url": '"shop.example"',
        "history_days": '"x"',
        "pge_size": "5",
        "token": '"shpat_1"',
        "streams": '["order"]',
    }
    faults = connect_faults(tmp_path, "shopify", change)
    text = live_text("shopify", {**NEEDED["shopify"], **change})
    assert [fault.line for fault in faults] == [line_of(text, f"{name} =") for name in change]


@pytest.mark.parametrize(("system", "name"), _SECRETS)
def test_a_secret_in_the_file_is_refused(tmp_path: Path, system: str, name: str) -> None:
    """The variable to set is named; the secret is not shown."""
    (fault,) = connect_faults(tmp_path, system, {name: '"canary-123456"'})
    assert variable_name("src", name) in fault.suggestion
    assert "canary" not in f"{fault.message} {fault.suggestion}"


@pytest.mark.parametrize(
    ("system", "written", "secret"),
    [
        ("shopify", "access_token", "token"),
        ("shopify", "Token", "token"),
        ("shopify", "api_key", "token"),
        ("shopify", "password", "token"),
        ("finance_operations", "secret", "client_secret"),
        ("dataverse", "client-secret", "client_secret"),
        ("business_central", "password", "client_secret"),
    ],
)
def test_a_secret_by_another_name_is_known_as_one(tmp_path: Path, system: str, written: str, secret: str) -> None:
    """The variable is the one that is really read."""
    (fault,) = connect_faults(tmp_path, system, {written: '"canary-123456"'})
    assert "is a secret" in fault.message
    assert f"{variable_name('src', secret)} instead" in fault.suggestion


_ADDRESSES = [("shopify", "url"), ("bigcommerce", "b2b_url"), ("adobe_commerce", "ims_url"), ("dataverse", "authority")]


@pytest.mark.parametrize(("system", "name"), _ADDRESSES)
@pytest.mark.parametrize(
    "address",
    [
        "http://shop.example", "shop.example", "ftp://shop.example", "https://", "", "http://127.0.0.1.evil.example",
        "http://localhost.evil.example", "http://localhost@evil.example", "https://user:pass@shop.example",
        "https://shop.example/?x=1", "https://shop.example/#x", "https://shop example", "https://shop.example:x",
        "https://[::1", "https:\\\\\\\\shop.example",
    ],
)  # fmt: skip
def test_an_address_that_is_not_safe_is_refused(tmp_path: Path, system: str, name: str, address: str) -> None:
    """Credentials go to https addresses alone; what only begins like this computer is another one."""
    faults = connect_faults(tmp_path, system, {name: f'"{address}"'})
    assert faults
    assert faults[0].line == line_of(live_text(system, {**NEEDED[system], name: '"zz"'}), '"zz"')
    assert "pass@" not in " ".join(f"{fault.message} {fault.suggestion}" for fault in faults)


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1:8421/shopify", "http://localhost:8421", "http://[::1]:1", "https://shop.example:8443/x/"],
)
def test_this_computer_may_be_called_without_encryption(tmp_path: Path, address: str) -> None:
    """The sandbox is here; any port and path will do."""
    text = live_text("shopify", {"url": f'"{address}"'})
    assert read_live(tmp_path, text).url == address


@_SYSTEMS
def test_a_stream_that_does_not_exist_is_told_with_those_that_do(tmp_path: Path, system: str) -> None:
    """Every wrong one, and `all` among the right ones."""
    faults = connect_faults(tmp_path, system, {"streams": '["nothing", "all", "nowhere"]'})
    assert [fault.message for fault in faults] == [
        '"nothing" is no stream of this system.', '"nowhere" is no stream of this system.'
    ]  # fmt: skip
    known = connection_type(system).STREAMS
    assert faults[0].suggestion == f"Known streams: {', '.join(known)}, all."
    names = ", ".join(f'"{name}"' for name in known)
    assert read_live(tmp_path, live_text(system, {**NEEDED[system], "streams": f"[{names}]"})).streams == known


@_SYSTEMS
def test_a_source_is_live_or_read_from_files(tmp_path: Path, system: str) -> None:
    """Both at once is a fault at the line of the files."""
    text = live_text(system, above='files = { orders = "x.csv" }')
    (fault,) = faults_of(tmp_path, text)
    assert fault.message.startswith("connect and files cannot both be there")
    assert fault.line == line_of(text, "files =")


def test_flows_are_only_read_live(tmp_path: Path) -> None:
    """Power Automate has no export: connect is what is missing."""
    text = (
        live_text("power_automate").partition("[dynamics.connect]")[0] + live_text("shopify").partition("connect]")[2]
    )
    (fault,) = faults_of(tmp_path, text.replace('url = "https://us-trade.myshopify.com"', ""))
    assert fault.message == "connect is missing."
    assert fault.suggestion.startswith("Add connect = { url = ")


@pytest.mark.parametrize("value", ['"https://shop.example"', "[]", "5"])
def test_connect_that_is_no_table_is_told(tmp_path: Path, value: str) -> None:
    """With how one writes it."""
    text = (
        live_text("shopify").replace("[stores.connect]", f"connect = {value}").replace(NEEDED["shopify"]["url"], '"x"')
    )
    faults = faults_of(tmp_path, text.replace("\nurl = ", "\n#"))
    assert ["must be a table" in fault.message for fault in faults] == [True]


@_SYSTEMS
def test_what_init_asks_for_is_what_must_be_there(system: str) -> None:
    """The address first, each with a sentence and an example that is none of ours."""
    asked = needed_settings(system)
    assert asked[0].name == "url"
    assert {name for of, name in _REQUIRED if of == system} <= {needed.name for needed in asked}
    assert all(needed.text and needed.example not in {"", "None"} for needed in asked)


@pytest.mark.parametrize(("first", "second"), [("us-shop", "us shop"), ("東京", "大阪"), ("a.b", "A_B")])
def test_two_live_sources_have_secrets_of_their_own(tmp_path: Path, first: str, second: str) -> None:
    """Names that the environment spells alike would give one source the credentials of the other."""
    text = live_text("shopify").replace('"src"', f'"{first}"').replace('"shop"', f'"{second}"')
    (fault,) = faults_of(tmp_path, text)
    assert fault.line == line_of(text, f'name = "{second}"')
    assert fault.message == f'"{second}" and "{first}" have the same environment variables for their secrets.'
