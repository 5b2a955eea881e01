"""`unposted init`: write a commented workspace file, after asking or from flags."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import click

from unposted.errors import UsageError

__all__ = ["init"]


class _Question(NamedTuple):
    """One answer that the workspace needs; `choices` are all that may be said, when there are few."""

    flag: str
    text: str
    default: str
    choices: tuple[str, ...] = ()


_QUESTIONS = (
    _Question("name", "Name of the workspace (the merchant)", "My company"),
    _Question("timezone", "Time zone of the business day", "America/New_York"),
    _Question("currency", "Reporting currency", "USD"),
    _Question("platform", "Storefront platform", "shopify", ("shopify", "bigcommerce", "adobe_commerce")),
    _Question("orders", "Order export files (path or glob)", "exports/orders*.csv"),
    _Question("system", "Dynamics 365 system", "finance_operations", ("finance_operations", "business_central")),
    _Question("customers", "Customer master export files (path or glob)", "exports/CustomersV3*.csv"),
    _Question("entity", "Legal entity that bills (company code)", "USTI"),
)


def _question_options(function: Callable[..., Any]) -> Callable[..., Any]:
    for item in reversed(_QUESTIONS):
        kind = click.Choice(item.choices) if item.choices else None
        function = click.option(f"--{item.flag}", type=kind, help=f"{item.text} (default: {item.default}).")(function)
    return function


@click.command()
@click.option(
    *("-w", "--workspace", "path"),
    type=click.Path(path_type=Path),
    default="unposted.toml",
    show_default=True,
    help="The file to write.",
)
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@_question_options
def init(path: Path, force: bool, **given: str | None) -> None:
    """Write a commented workspace file. On a terminal it asks for what no flag answers; else it takes the defaults."""
    if path.exists() and not force:
        raise UsageError(
            "workspace-exists", f"{path} is there already.", "Name another file with -w, or add --force to replace it."
        )
    answers = {item.flag: given[item.flag] or _ask(item) for item in _QUESTIONS}
    _write(path, answers)
    click.echo(f"{path} is written.")
    click.echo(f"Put the export files where it says, then run: unposted doctor -w {path}")


def _ask(item: _Question) -> str:
    if not sys.stdin.isatty():
        return item.default
    kind = click.Choice(item.choices) if item.choices else None
    return str(click.prompt(item.text, default=item.default, type=kind))


def _write(path: Path, answers: dict[str, str]) -> None:
    from unposted.exports import write_file
    from unposted.workspace.template import (
        TemplateAnswers,
        TemplateDynamics,
        TemplateEntity,
        TemplateStore,
        workspace_text,
    )

    entity, currency = answers["entity"].upper(), answers["currency"].upper()
    store = TemplateStore(name="store", platform=answers["platform"], orders=answers["orders"], entity=entity)
    erp = TemplateDynamics(name="erp", system=answers["system"], customers=answers["customers"], entity=entity)
    text = workspace_text(
        TemplateAnswers(
            name=answers["name"],
            timezone=answers["timezone"],
            reporting_currency=currency,
            stores=(store,),
            dynamics=(erp,),
            entities=(TemplateEntity(id=entity, name=answers["name"], currency=currency),),
        )
    )
    write_file(path, lambda file: file.writelines([text.encode()]))
