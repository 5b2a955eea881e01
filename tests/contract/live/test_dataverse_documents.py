"""The pages of Dataverse and Power Automate name every setting, secret and stream."""

from __future__ import annotations

from pathlib import Path

import pytest

from unposted.connectors.dataverse import DataverseConnection
from unposted.connectors.live import Connection
from unposted.connectors.power_automate import PowerAutomateConnection
from unposted.connectors.secrets import variable_name

_PAGES = Path(__file__).parents[3] / "docs" / "connectors"
_SYSTEMS = [("dataverse", "crm", DataverseConnection), ("power_automate", "flows", PowerAutomateConnection)]


@pytest.mark.parametrize(("page", "source", "connection"), _SYSTEMS)
def test_every_setting_secret_and_stream_is_documented(page: str, source: str, connection: type[Connection]) -> None:
    """Each field, secret with its variable, and stream stands in the page, which is no longer than 120 lines."""
    text = (_PAGES / f"{page}.md").read_text("utf-8")
    secrets = [variable_name(source, secret.name) for secret in connection.SECRETS]
    names = [*connection.__struct_fields__, *(secret.name for secret in connection.SECRETS), *connection.STREAMS]
    assert [name for name in names if f"`{name}`" not in text] == []
    assert [name for name in secrets if name not in text] == []
    assert len(text.splitlines()) <= 120
