"""`unposted init --live`: what it writes for each platform and system is a workspace, once its settings are real."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.shop import Said, Shop
from unposted.connectors.live import needed_secrets
from unposted.connectors.registry import connection_type
from unposted.connectors.secrets import variable_name
from unposted.workspace.reading import read_workspace

_STORES = {
    "shopify": ("url=https://us-trade.myshopify.com", "history_days=365"),
    "bigcommerce": ("url=https://api.bigcommerce.com", "store_hash=abc123", "b2b=true"),
    "adobe_commerce": ("url=https://shop.example", "auth=bearer"),
}
_ERPS = {
    "finance_operations": (
        *("url=https://ustrade.operations.dynamics.com", "tenant=ustrade.onmicrosoft.com"),
        *("client_id=0f2b6c1e-7f0e-4b0e-9d7e-3a52f0a8f6b1", 'revenue_accounts=["401100"]'),
    ),
    "business_central": (
        *("url=https://api.businesscentral.dynamics.com", "tenant=ustrade.onmicrosoft.com", "environment=Sandbox"),
        *("client_id=0f2b6c1e-7f0e-4b0e-9d7e-3a52f0a8f6b1", 'companies={ "US Trade Inc" = "USTI" }'),
    ),
}
_TYPED: dict[str, object] = {
    "365": 365,
    "true": True,
    '["401100"]': ("401100",),
    '{ "US Trade Inc" = "USTI" }': {"US Trade Inc": "USTI"},
}
_PAIRS = pytest.mark.parametrize(("platform", "system"), [(store, erp) for store in _STORES for erp in _ERPS])


@pytest.fixture
def shop(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shop:
    """Stand in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return Shop(tmp_path, capsys)


def _init(shop: Shop, platform: str, system: str, store: tuple[str, ...], erp: tuple[str, ...]) -> Said:
    flags = [word for setting in store for word in ("--store-setting", setting)]
    flags += [word for setting in erp for word in ("--erp-setting", setting)]
    head = ("init", "--live", "--name", "US Trade", "--currency", "usd", "--entity", "usti")
    return shop.run(*head, "--platform", platform, "--system", system, *flags)


@_PAIRS
def test_the_written_workspace_is_read_back_without_a_fault(shop: Shop, platform: str, system: str) -> None:
    """Every setting that was given stands in it with its type, and says what to do next."""
    said = _init(shop, platform, system, _STORES[platform], _ERPS[system])
    assert (said.code, said.err) == (0, "")
    assert "unposted connector test store && unposted connector test erp" in said.out
    workspace = read_workspace(shop.folder / "unposted.toml")
    (store,), (erp,) = workspace.stores, workspace.dynamics
    assert type(store.connect) is connection_type(platform)
    assert type(erp.connect) is connection_type(system)
    assert (store.entity, erp.entity, workspace.reporting_currency) == ("USTI", "USTI", "USD")
    for settings, connection in ((_STORES[platform], store.connect), (_ERPS[system], erp.connect)):
        for name, _, text in (setting.partition("=") for setting in settings):
            assert getattr(connection, name) == _TYPED.get(text, text)


@_PAIRS
def test_the_variables_of_its_secrets_stand_in_it(shop: Shop, platform: str, system: str) -> None:
    """Whoever reads the file knows what to set; there is no secret in it."""
    _init(shop, platform, system, _STORES[platform], _ERPS[system])
    text = (shop.folder / "unposted.toml").read_text("utf-8")
    workspace = read_workspace(shop.folder / "unposted.toml")
    for name, connection in (("store", workspace.stores[0].connect), ("erp", workspace.dynamics[0].connect)):
        assert connection is not None
        for secret in needed_secrets(connection):
            assert variable_name(name, secret.name) in text


@_PAIRS
def test_without_answers_the_examples_stand_there(shop: Shop, platform: str, system: str) -> None:
    """A file to complete, and no fault in it but that it is nobody's."""
    said = _init(shop, platform, system, (), ())
    assert said.code == 0, said.err
    workspace = read_workspace(shop.folder / "unposted.toml")
    assert workspace.stores[0].connect is not None
    assert workspace.stores[0].connect.url.startswith("https://")


@_PAIRS
def test_the_next_commands_name_the_variables_that_are_missing(shop: Shop, platform: str, system: str) -> None:
    """Nothing is called before the secrets are there; the exit code is that of credentials."""
    _init(shop, platform, system, _STORES[platform], _ERPS[system])
    for source in ("store", "erp"):
        said = shop.run("connector", "test", source)
        assert said.code == 4
        assert f"UNPOSTED_{source.upper()}_" in said.err


@pytest.mark.parametrize(
    ("store", "erp", "said"),
    [
        (("histroy_days=3",), (), 'Did you mean "history_days"'),
        (("history_days=ninety",), (), "365"),
        (("history_days",), (), "KEY=VALUE"),
        (("=3",), (), "KEY=VALUE"),
        (("token=canary-123456",), (), "is a secret"),
        ((), ("client_secret=canary-123456",), "is a secret"),
        ((), ("auth=password",), "auth"),
    ],
)
def test_a_setting_that_cannot_be_is_told_before_anything_is_written(
    shop: Shop, store: tuple[str, ...], erp: tuple[str, ...], said: str
) -> None:
    """The exit code is 2, there is no file, and a secret is not repeated."""
    told = _init(shop, "shopify", "finance_operations", store, erp)
    assert told.code == 2
    assert said in told.err
    assert "canary" not in told.err
    assert not (shop.folder / "unposted.toml").exists()


def test_an_address_that_is_not_safe_is_told_when_the_file_is_read(shop: Shop) -> None:
    """With its line, like any other fault of the file."""
    _init(shop, "shopify", "finance_operations", ("url=http://shop.example",), ())
    said = shop.run("doctor")
    assert said.code == 2
    assert "is no https address" in said.err
