"""`unposted user`: who may sign in."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from unposted.cli.session import opened, workspace_option

__all__ = ["user"]

_ROLES = ("owner", "finance", "operations", "marketing", "engineering")


@click.group()
def user() -> None:
    """Say who may sign in to the web."""


@user.command()
@workspace_option
@click.argument("name")
@click.option("--role", type=click.Choice(_ROLES), default="owner", show_default=True, help="What they may see and do.")
@click.option("--password", help="Asked for when it is not given.")
@click.option("--provider", is_flag=True, help="They sign in with the identity provider; NAME is their name there.")
def add(path: Path, name: str, role: str, password: str | None, provider: bool) -> int:
    """Add somebody who signs in with a NAME and a password, or with the identity provider."""
    from unposted.web.people import People
    from unposted.web.shelf import Shelf

    if password is None and not provider:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    with opened(path, sync=False, is_new_allowed=True) as session:
        person = People(Shelf(session.store)).add(name, role, None if provider else password, datetime.now(UTC))
    click.echo(f"{person.name} may sign in as {person.role}.")
    return 0


@user.command(name="list")
@workspace_option
def list_users(path: Path) -> int:
    """List who may sign in."""
    from unposted.web.people import list_people
    from unposted.web.shelf import Shelf

    with opened(path, sync=False, is_new_allowed=True) as session:
        people = list_people(Shelf(session.store))
    for person in people:
        click.echo(f"{person.name}\t{person.role}")
    return 0
