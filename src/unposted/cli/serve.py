"""`unposted serve`: the web over a workspace, with the sync beside it, in one process that holds the store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from unposted.cli.session import workspace_option
from unposted.errors import UsageError

if TYPE_CHECKING:
    from unposted.web.desk import Desk
    from unposted.web.oidc import Oidc

__all__ = ["serve"]


@click.command()
@workspace_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Which address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8420, show_default=True, help="0: any that is free.")
@click.option("--name", "names", multiple=True, metavar="HOST", help="A name that browsers call this server by.")
@click.option("--https", is_flag=True, help="A proxy before us speaks HTTPS: cookies are for HTTPS only.")
@click.option(
    "--every", type=click.FloatRange(0), default=300, show_default=True, help="Seconds between looks; 0: none."
)
@click.option("--oidc", metavar="ISSUER", help="Let people sign in with this identity provider (OpenID Connect).")
@click.option("--oidc-client", metavar="ID", help="What the provider knows us by.")
@click.option("--no-sync", is_flag=True, help="Begin with what was read before.")
def serve(
    path: Path,
    host: str,
    port: int,
    names: tuple[str, ...],
    https: bool,
    every: float,
    oidc: str | None,
    oidc_client: str | None,
    no_sync: bool,
) -> int:
    """Serve the pages until Ctrl-C, on this computer unless told otherwise.

    The first time it prints a link that works once: whoever opens it becomes the owner.
    """
    from unposted.store.database import open_store
    from unposted.web.desk import Settings, open_desk
    from unposted.web.refreshing import Refresher
    from unposted.web.serving import listening
    from unposted.web.serving import serve as serve_desk
    from unposted.workspace.reading import read_workspace

    workspace = read_workspace(path)
    with listening(host, port) as listener:
        store = open_store(workspace.store_path)
        try:
            hosts = Settings().hosts | {name.lower() for name in names} | {host.lower()}
            desk = open_desk(workspace, store, Settings(hosts, is_secure=https, every=every))
            desk.oidc = _provider(desk, oidc, oidc_client)
            shown = "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104 - compared, not bound
            base = f"http://{shown}:{listener.getsockname()[1]}"
            serve_desk(desk, listener, Refresher(desk, first_sync=not no_sync), lambda: _tell(desk, base))
        finally:
            store.close()
    return 0


def _provider(desk: Desk, issuer: str | None, client: str | None) -> Oidc | None:
    """Set up the identity provider; its secret is a secret like those of the sources."""
    if issuer is None and client is None:
        return None
    if not issuer or not client or not issuer.startswith("https://"):
        raise UsageError("oidc-setting", "An identity provider needs --oidc https://… and --oidc-client.", "Give both.")
    import os

    from unposted.connectors.secrets import SecretStore
    from unposted.web.oidc import Oidc, Provider

    return Oidc(Provider(issuer, client, SecretStore(os.environ).find("oidc", "client_secret")), desk.now)


def _tell(desk: Desk, base: str) -> None:
    click.echo(f"{desk.workspace.name}: {base}")
    if not desk.people.all():
        click.echo(
            f"Nobody can sign in yet. Whoever opens this becomes the owner; it works once:\n  {welcome(desk, base)}"
        )
    click.echo("Ctrl-C stops it.")


def welcome(desk: Desk, base: str) -> str:
    """Make the address that the first owner opens."""
    return f"{base}/welcome/{desk.links.make('welcome', None, desk.now())}"
