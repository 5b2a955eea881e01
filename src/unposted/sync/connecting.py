"""Makes the connectors of the live sources of a workspace: with their secrets, on one clock, telling of every wait."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from unposted.connectors.clock import Clock
from unposted.connectors.guarding import Guarded
from unposted.connectors.http import Patience
from unposted.connectors.live import Connection, Connector, Tools, needed_secrets
from unposted.connectors.registry import connect
from unposted.connectors.secrets import Secret, SecretStore
from unposted.sync.sources import Source
from unposted.sync.telling import Waiting, Word
from unposted.workspace.model import Dynamics

if TYPE_CHECKING:
    import httpx2

__all__ = ["Connecting"]


@dataclass(frozen=True, slots=True)
class Connecting:
    """What connecting needs, the same for every source. `transport` is for tests and the sandbox.

    `alter` changes a secret on its way, to see that a wrong one is refused.
    """

    secrets: SecretStore
    clock: Clock
    patience: Patience = field(default_factory=Patience)
    transport: httpx2.BaseTransport | None = None
    tell: Callable[[Word], None] = lambda _word: None
    alter: Callable[[Secret], Secret] = lambda secret: secret

    def __call__(self, source: Source) -> Connector:
        """Make the connector of a source; it calls nobody before it is asked to."""
        connection = source.setting.connect
        assert connection is not None
        named = source.setting.external_id if isinstance(source.setting, Dynamics) else None
        if named and getattr(connection, "external_id_field", named) is None:
            connection = msgspec.structs.replace(connection, external_id_field=named)
        tools = Tools(
            lambda name: self.alter(self.secrets.need(source.name, name)),
            lambda name: self._found(source, name),
            self.clock,
            self.patience,
            self.transport,
            lambda seconds, why: self.tell(Waiting(source.name, seconds, why)),
        )
        made = connect(source.name, source.system, connection, tools)
        return Guarded(source.name, made, lambda: self._places(source, connection))

    def _places(self, source: Source, connection: Connection) -> str:
        """Say where the credentials of a source are found."""
        needed = (secret.name for secret in needed_secrets(connection) if not secret.is_optional)
        return ", ".join(self.secrets.place(source.name, name) for name in needed)

    def _found(self, source: Source, name: str) -> Secret | None:
        secret = self.secrets.find(source.name, name)
        return None if secret is None else self.alter(secret)
