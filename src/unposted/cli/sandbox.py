"""`unposted sandbox`: the platforms' dialects on this computer, for trying the product and for one's own tools."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["sandbox"]


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8421, show_default=True, help="0: any that is free.")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default="unposted-sandbox",
    show_default=True,
    help="Where the ready workspaces go.",
)
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="NAME=EVERY",
    help="Spoil every so many calls: 500=20, 429-burst=15, reset=50 … May be given several times.",
)
@click.option("--seed", type=int, default=2026, show_default=True, help="Which made-up world.")
def sandbox(port: int, folder: Path, faults: tuple[str, ...], seed: int) -> None:
    """Serve a made-up merchant's seven platforms on 127.0.0.1 until Ctrl-C, with workspaces ready to read them."""
    from unposted.errors import UsageError
    from unposted.sandbox.serving import read_faults, serve

    try:
        spoilt = read_faults(faults)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="'--fault'") from None
    try:
        serve(folder, port, seed, spoilt, click.echo)
    except OSError as error:
        from errno import EACCES, EADDRINUSE

        if error.errno not in {EADDRINUSE, EACCES}:
            raise
        raise UsageError(
            "port-taken",
            f"Port {port} of this computer cannot be listened on: {(error.strerror or 'it is taken').lower()}.",
            "Choose another one with --port, or --port 0 for any that is free.",
        ) from None
