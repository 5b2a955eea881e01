"""The `unposted` command: its group, and how a failure is told.

Exit codes: 0 fine · 1 threshold crossed with --exit-code · 2 usage or configuration · 4 authentication ·
8 incomplete data.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module

import click

from unposted import __version__
from unposted.errors import StoreError, UnpostedError, WorkspaceError

__all__ = ["cli", "main"]

_COMMANDS = {
    "bridge": ("unposted.cli.bridge", "Explain the number from everyone with an order down to the absent."),
    "check": ("unposted.cli.check", "Read what changed, compute the card, print it."),
    "compare": ("unposted.cli.compare", "Explain why a list made by hand differs from the worklist."),
    "connector": ("unposted.cli.connector", "Try the access to a live source before anything depends on it."),
    "demo": ("unposted.cli.demo", "Run the main job on a made-up world and open it in the browser."),
    "doctor": ("unposted.cli.doctor", "Tell whether the sources are readable and the keys are filled."),
    "explain": ("unposted.cli.explain", "Explain the change between two readings, each party with its reason."),
    "export": ("unposted.cli.worklist", "Write the worklist to a file (CSV, XLSX or JSON)."),
    "init": ("unposted.cli.init", "Write a commented workspace file."),
    "party": ("unposted.cli.party", "Show everything that is known of one party."),
    "sandbox": ("unposted.cli.sandbox", "Serve a made-up merchant's platforms on this computer, faults included."),
    "sensitivity": ("unposted.cli.bridge", "Show the number under every other choice of keys."),
    "serve": ("unposted.cli.serve", "Serve the pages: board, worklist, parties, with sign-in and roles."),
    "sync": ("unposted.cli.sync", "Read what is new in the live sources, and the history behind it."),
    "user": ("unposted.cli.user", "Say who may sign in to the web."),
    "verify": ("unposted.cli.verify", "Recount the live sources by another path, and mend what differs."),
    "worklist": ("unposted.cli.worklist", "Show the absent customers and what they block, narrowed by filters."),
}


class _LazyGroup(click.Group):
    """Imports a command's module when the command is run, so that --help stays fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click passes it
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click passes it
        if cmd_name not in _COMMANDS:
            return None
        command = getattr(import_module(_COMMANDS[cmd_name][0]), cmd_name)
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, _COMMANDS[name][1]) for name in self.list_commands(ctx)])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from difflib import get_close_matches

            close = get_close_matches(args[0], _COMMANDS, n=1) if args else []
            if close and not args[0].startswith("-"):
                raise click.UsageError(f"No such command '{args[0]}'. Did you mean '{close[0]}'?", ctx) from error
            raise


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="unposted")
def cli() -> None:
    """Find the customers and orders that your storefronts have and Dynamics 365 does not.

    Start with `unposted demo`, then `unposted init` in a folder with your export files.
    """


def main(args: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code."""
    try:
        code = cli.main(args=list(args) if args is not None else None, prog_name="unposted", standalone_mode=False)
    except click.exceptions.Abort:
        code = _stopped()
    except click.ClickException as error:
        error.show(sys.stderr)
        code = 2
    except UnpostedError as error:
        code = _tell(error)
    except KeyboardInterrupt:
        code = _stopped()
    except BrokenPipeError:
        code = _closed_pipe()
    except OSError as error:
        code = _tell(_disk(error))
    except _stops():
        click.echo("\nStopped at a page edge; everything up to there is kept.", err=True)
        code = 130
    sys.exit(code if isinstance(code, int) else 0)


def _stops() -> type[Exception]:
    """Return what the sync raises when somebody asked to stop; looked for only when something was raised."""
    from unposted.sync.live import Stopped

    return Stopped


def _tell(error: UnpostedError) -> int:
    if isinstance(error, WorkspaceError):
        for fault in error.faults:
            click.echo(f"{error.path}:{fault.line}: {fault.where}: {fault.message}", err=True)
            click.echo(f"    {fault.suggestion}", err=True)
    click.echo(f"error: {error.message}", err=True)
    click.echo(f"next:  {error.next_step}", err=True)
    return error.exit_code


def _stopped() -> int:
    click.echo("\nStopped. The store is as it was before this command.", err=True)
    return 130


def _disk(error: OSError) -> UnpostedError:
    """Say what the operating system refused, by the file's own name."""
    from pathlib import Path

    reason = (error.strerror or "it failed").lower()
    where = f"{Path(str(error.filename)).name}: {reason}" if error.filename else reason
    return StoreError(
        "disk",
        f"A file could not be read or written: {where}.",
        "Check the free disk space and the rights of the folder, then run the command again.",
    )


def _closed_pipe() -> int:
    """The reader of our output went away (`| head`): no more to say, and nothing more to flush."""
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0
