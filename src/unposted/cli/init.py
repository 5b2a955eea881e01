"""`unposted init`: write a commented workspace file, after asking or from flags."""

from __future__ import annotations

from pathlib import Path

import click

from unposted.errors import UsageError

__all__ = ["init"]

_PLATFORMS = ("shopify", "bigcommerce", "adobe_commerce")
_SYSTEMS = ("finance_operations", "business_central")


@click.command()
@click.option(
    "-w",
    "--workspace",
    "path",
    type=click.Path(path_type=Path),
    default="unposted.toml",
    show_default=True,
    help="The file to write.",
)
@click.option(
    "--name",
    prompt="Name of the workspace (the merchant)",
    default="My company",
    show_default=True,
    help="Name of the workspace.",
)
@click.option(
    "--timezone",
    prompt="Time zone of the business day",
    default="America/New_York",
    show_default=True,
    help="An IANA time zone.",
)
@click.option("--currency", prompt="Reporting currency", default="USD", show_default=True, help="ISO 4217 code.")
@click.option(
    "--platform",
    prompt="Storefront platform",
    type=click.Choice(_PLATFORMS),
    default="shopify",
    show_default=True,
    help="The storefront's platform.",
)
@click.option(
    "--orders",
    prompt="Order export files",
    default="exports/orders*.csv",
    show_default=True,
    help="Path or glob, relative to the workspace file.",
)
@click.option(
    "--system",
    prompt="Dynamics 365 system",
    type=click.Choice(_SYSTEMS),
    default="finance_operations",
    show_default=True,
    help="Where the customer master is.",
)
@click.option(
    "--customers",
    prompt="Customer master export files",
    default="exports/CustomersV3*.csv",
    show_default=True,
    help="Path or glob, relative to the workspace file.",
)
@click.option(
    "--entity",
    prompt="Legal entity (company code)",
    default="USTI",
    show_default=True,
    help="The entity that bills by default.",
)
@click.option("--force", is_flag=True, help="Replace a file that is there.")
def init(
    path: Path,
    name: str,
    timezone: str,
    currency: str,
    platform: str,
    orders: str,
    system: str,
    customers: str,
    entity: str,
    force: bool,
) -> None:
    """Write a commented workspace file. Questions are asked for what no flag answers."""
    from unposted.exports import write_file
    from unposted.workspace.template import (
        TemplateAnswers,
        TemplateDynamics,
        TemplateEntity,
        TemplateStore,
        workspace_text,
    )

    if path.exists() and not force:
        raise UsageError(
            "workspace-exists", f"{path} is there already.", "Name another file with -w, or add --force to replace it."
        )
    answers = TemplateAnswers(
        name=name,
        timezone=timezone,
        reporting_currency=currency.upper(),
        stores=(TemplateStore(name="store", platform=platform, orders=orders, entity=entity.upper()),),
        dynamics=(TemplateDynamics(name="erp", system=system, customers=customers, entity=entity.upper()),),
        entities=(TemplateEntity(id=entity.upper(), name=name, currency=currency.upper()),),
    )
    text = workspace_text(answers)
    write_file(path, lambda file: file.writelines([text.encode()]))
    click.echo(f"{path} is written.")
    click.echo(f"Put the export files where it says, then run: unposted doctor -w {path}")
