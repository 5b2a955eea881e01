"""The `connect` table that `unposted init --live` writes: explained, read back, and every switch can be switched on."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import msgspec
import pytest

from tests.support.connect_files import NEEDED, STORES, live_text, read_live
from unposted.connectors.registry import LIVE_SYSTEMS, connection_type
from unposted.connectors.secrets import variable_name
from unposted.workspace.template_connect import connect_lines, needed_settings, setting_of

_OFF = re.compile(r"^#(\w+ = .*)$", re.MULTILINE)


def _values(system: str) -> dict[str, object]:
    return tomllib.loads("\n".join(f"{key} = {value}" for key, value in NEEDED[system].items()))


def _table(system: str) -> str:
    header = "stores" if system in STORES else "dynamics"
    return "\n".join(connect_lines(header, system, "src", _values(system)))


def _whole(system: str, table: str) -> str:
    """Put a written table in the place of the `connect` of a workspace."""
    header = "stores" if system in STORES else "dynamics"
    before, _, after = live_text(system, {}).partition(f"[{header}.connect]\n")
    return f"{before}{table}\n{after}"


_SWITCHES = [(system, line) for system in LIVE_SYSTEMS for line in _OFF.findall(_table(system))]


@pytest.mark.parametrize("system", LIVE_SYSTEMS)
def test_what_is_written_is_read_back(tmp_path: Path, system: str) -> None:
    """The answers, and every other setting as its default says."""
    connection = read_live(tmp_path, _whole(system, _table(system)))
    assert connection == connection_type(system)(**_values(system))  # type: ignore[arg-type]


@pytest.mark.parametrize(("system", "line"), _SWITCHES)
def test_a_setting_that_is_switched_off_can_be_switched_on(tmp_path: Path, system: str, line: str) -> None:
    """Taking away its # gives no fault, and its example is taken."""
    text = _whole(system, _table(system).replace(f"#{line}\n", f"{line}\n"))
    connection = read_live(tmp_path, text)
    name = line.partition(" = ")[0]
    assert msgspec.to_builtins(getattr(connection, name)) == _plain(tomllib.loads(line)[name])


@pytest.mark.parametrize("system", LIVE_SYSTEMS)
def test_all_settings_can_be_switched_on_together(tmp_path: Path, system: str) -> None:
    """No example of one contradicts another one."""
    assert read_live(tmp_path, _whole(system, _OFF.sub(r"\1", _table(system))))


@pytest.mark.parametrize("system", LIVE_SYSTEMS)
def test_every_setting_that_is_a_plain_value_is_there(system: str) -> None:
    """Answered or switched off, each once, under its explanation."""
    table = _table(system)
    for field in msgspec.structs.fields(connection_type(system)):
        count = len(re.findall(rf"^#?{field.name} = ", table, re.MULTILINE))
        is_table = field.name in {"external_ids", "companies", "currencies"} and system == "business_central"
        assert count == (0 if is_table else 1), field.name


@pytest.mark.parametrize("system", LIVE_SYSTEMS)
def test_the_variables_of_all_secrets_are_named(system: str) -> None:
    """By the names that are read, and none of them stands as a setting."""
    table = _table(system)
    for secret in connection_type(system).SECRETS:
        assert f"#   {variable_name('src', secret.name)}:" in table
        assert not re.search(rf"^#?{secret.name} = ", table, re.MULTILINE)
    assert max(map(len, table.splitlines())) <= 120 + 40  # a long example is not cut


@pytest.mark.parametrize("system", LIVE_SYSTEMS)
def test_the_examples_alone_make_a_table_without_a_fault(tmp_path: Path, system: str) -> None:
    """What init takes without a terminal is sound, though it is nobody's."""
    header = "stores" if system in STORES else "dynamics"
    values = {needed.name: needed.example for needed in needed_settings(system)}
    table = "\n".join(connect_lines(header, system, "src", values))
    assert read_live(tmp_path, _whole(system, table)).url == values["url"]


@pytest.mark.parametrize(
    ("system", "name", "text", "value"),
    [
        ("shopify", "url", "https://x.example", "https://x.example"),
        ("shopify", "history_days", "365", 365),
        ("shopify", "streams", '["orders", "customers"]', ["orders", "customers"]),
        ("bigcommerce", "b2b", "true", True),
        ("bigcommerce", "spare_share", "0.2", 0.2),
        ("bigcommerce", "store_hash", "12345", "12345"),
        ("finance_operations", "companies", '["usti"]', ["usti"]),
        ("business_central", "companies", '{ "US Trade Inc" = "USTI" }', {"US Trade Inc": "USTI"}),
        ("business_central", "environment", "true", "true"),
    ],
)
def test_a_setting_of_the_command_line_has_the_type_of_the_setting(
    system: str, name: str, text: str, value: object
) -> None:
    """A number is no text, and a text that looks like a number stays one."""
    assert setting_of(system, name, text) == value


@pytest.mark.parametrize(
    ("system", "name", "text", "said"),
    [
        ("shopify", "histroy_days", "5", 'Did you mean "history_days"'),
        ("shopify", "history_days", "ninety", "write it like 365"),
        ("shopify", "history_days", "0", "write it like 365"),
        ("shopify", "token", "shpat_canary", "is a secret"),
        ("bigcommerce", "b2b", "yes", "write it like true"),
        ("shopify", "streams", "orders", "write it like"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(system: str, name: str, text: str, said: str) -> None:
    """Before a file is written that cannot be read."""
    with pytest.raises(ValueError, match=said) as caught:
        setting_of(system, name, text)
    assert "canary" not in str(caught.value)


def test_odd_characters_in_an_answer_are_written_as_toml() -> None:
    """Quotes, backslashes, line ends and control characters come back as they were."""
    odd = 'a"b\\c\nd\x7fe\x01ü'
    lines = "\n".join(connect_lines("stores", "bigcommerce", "src", {"url": "https://x.example", "store_hash": odd}))
    assert tomllib.loads(f"[[stores]]\n{lines}")["stores"][0]["connect"]["store_hash"] == odd


def _plain(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value
