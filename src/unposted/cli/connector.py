"""`unposted connector test NAME`: try the access to a live source before anything depends on it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import click

from unposted.cli.live import connecting, named_sources
from unposted.cli.session import workspace_option
from unposted.errors import UsageError

__all__ = ["connector"]

_FAILED = 8
_SIGN_IN = 4


@click.group()
def connector() -> None:
    """Try the access to a live source."""


@connector.command(name="test")
@workspace_option
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object with a line a check.")
def try_source(path: Path, name: str, as_json: bool) -> int:
    """Run the contract suite against the live source NAME: credentials, scopes, what can be seen, paging, limits.

    Nothing is stored and nothing is changed at the source.
    """
    from unposted.cli.progress import progress_shown
    from unposted.cli.stopping import stoppable
    from unposted.connectors.contract import contract_facts
    from unposted.connectors.secrets import Secret
    from unposted.sync.run import decoding_context, wanted_streams
    from unposted.workspace.reading import read_workspace

    workspace = read_workspace(path)
    source = next(iter(named_sources(workspace, (name,))), None)
    if source is None:
        raise UsageError("no-live-source", f"{name!r} is no live source.", "Add a connect table to it.")
    with stoppable() as clock, progress_shown() as tell:
        make = connecting(clock, tell)
        wrong = replace(make, alter=lambda secret: Secret(f"wrong-{secret.reveal()[::-1]}"))
        ours = make(source)
        wanted = {stream.name for stream in wanted_streams(source, ours)}
        facts = list(
            contract_facts(
                ours,
                lambda: wrong(source),
                decoding_context(workspace, source),
                clock.now(),
                lambda stream: stream.name in wanted,
            )
        )
        ours.close()
    if as_json:
        lines = [fact._asdict() for fact in facts]
        click.echo(json.dumps({"source": name, "checks": lines}, indent=2))
    else:
        for fact in facts:
            click.echo(f"{fact.level:<5} {fact.check}: {fact.text}")
    if any(fact.check == "credentials" and fact.level == "fail" for fact in facts):
        return _SIGN_IN
    return _FAILED if any(fact.level == "fail" for fact in facts) else 0
