"""The settings of a Business Central source: read from the workspace file, explained in the docs."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, get_type_hints

import msgspec
import pytest

from unposted.connectors.business_central import BusinessCentralConnection, ExternalIds
from unposted.connectors.business_central.connector import connect
from unposted.connectors.live import Connection, Tools, needed_secrets
from unposted.connectors.registry import connection_type
from unposted.connectors.secrets import Secret

_PAGE = (Path(__file__).parents[3] / "docs" / "connectors" / "business_central.md").read_text("utf-8")
_BASE = {field.name for field in msgspec.structs.fields(Connection)}


def _example() -> dict[str, Any]:
    table = tomllib.loads(_PAGE.split("```toml\n")[1].split("```")[0])["dynamics"][0]["connect"]
    assert isinstance(table, dict)
    return table


def test_the_example_of_the_docs_is_a_connection() -> None:
    """What the page shows can be copied."""
    found = msgspec.convert(_example(), BusinessCentralConnection)
    assert found.companies == {"US Trade Inc": "USTI", "CA Trade ULC": "CATU"}
    assert found.external_ids == ExternalIds(path="api/contoso/shop/v1.0", set="shopCustomers", field="shopifyId")
    assert found.root == "v2.0/ustrade.onmicrosoft.com/Production/"


@pytest.mark.parametrize("name", [field.name for field in msgspec.structs.fields(BusinessCentralConnection)])
def test_every_setting_is_explained(name: str) -> None:
    """Each setting stands in the page of the docs."""
    assert f"`{name}`" in _PAGE


@pytest.mark.parametrize("name", [secret.name for secret in BusinessCentralConnection.SECRETS])
def test_every_secret_is_explained_with_its_variable(name: str) -> None:
    """Each secret stands in the page with the variable that holds it."""
    assert f"`{name}` | `UNPOSTED_BC_{name.upper()}`" in _PAGE


@pytest.mark.parametrize("stream", BusinessCentralConnection.STREAMS)
def test_every_stream_is_explained(stream: str) -> None:
    """Each stream stands in the page."""
    assert f"`{stream}`" in _PAGE


@pytest.mark.parametrize("shape", [BusinessCentralConnection, ExternalIds])
def test_every_setting_has_a_description_and_an_example_of_its_type(shape: type[msgspec.Struct]) -> None:
    """What the workspace reader and the docs show of a setting."""
    hints = get_type_hints(shape, include_extras=True)
    for field in msgspec.structs.fields(shape):
        if field.name in _BASE - {"url"}:
            continue
        (meta,) = hints[field.name].__metadata__
        assert meta.description, field.name
        for example in meta.examples or []:
            msgspec.convert({field.name: example} | _rest(shape, field.name), shape)
    assert shape.__doc__


def _rest(shape: type[msgspec.Struct], name: str) -> dict[str, str]:
    needed = {"path": "p", "set": "s", "field": "f"} if shape is ExternalIds else {}
    return {key: value for key, value in needed.items() if key != name}


@pytest.mark.parametrize("table", [{"compnies": {}}, {"external_ids": {"path": "x"}}, {"auth": "password"}])
def test_a_wrong_setting_is_refused(table: dict[str, Any]) -> None:
    """A misspelt key, a missing part, a choice that does not exist."""
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(table, BusinessCentralConnection)


@pytest.mark.parametrize(
    ("auth", "names"),
    [("secret", {"client_secret"}), ("certificate", {"certificate"}), ("basic", {"access_key"})],
)
def test_each_way_of_signing_in_needs_its_own_secret(auth: str, names: set[str]) -> None:
    """Only what the chosen way uses is asked for."""
    connection = msgspec.convert({"auth": auth}, BusinessCentralConnection)
    assert {secret.name for secret in needed_secrets(connection) if not secret.is_optional} == names


def test_the_streams_are_those_that_the_settings_name() -> None:
    """What can be listed under `streams` is what the connector has, in that order; connecting sends nothing."""
    connection = msgspec.convert({"tenant": "t", "client_id": "c"}, BusinessCentralConnection)
    connector = connect("bc", connection, Tools(lambda _: Secret("x" * 9), lambda _: None))
    assert tuple(stream.name for stream in connector.streams) == BusinessCentralConnection.STREAMS
    assert connector.spent.calls == 0
    connector.close()


def test_the_registry_finds_the_settings() -> None:
    """The workspace reader asks by the system's name."""
    assert connection_type("business_central") is BusinessCentralConnection


def test_no_secret_is_a_setting() -> None:
    """Nothing that must not stand in the workspace file has a place in it."""
    fields = {field.name for field in msgspec.structs.fields(BusinessCentralConnection)}
    assert not fields & {secret.name for secret in BusinessCentralConnection.SECRETS}
    assert not {name for name in fields if "secret" in name or "password" in name}
