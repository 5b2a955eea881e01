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
    """One answer that the workspace needs; `choices` are all that may be said, when there are few.

    `only` tells a question that is for files or for live sources alone.
    """

    flag: str
    text: str
    default: str
    choices: tuple[str, ...] = ()
    only: str = ""


_PLATFORMS = ("shopify", "bigcommerce", "adobe_commerce")
_SYSTEMS = ("finance_operations", "business_central")
_QUESTIONS = (
    _Question("name", "Name of the workspace (the merchant)", "My company"),
    _Question("timezone", "Time zone of the business day", "America/New_York"),
    _Question("currency", "Reporting currency", "USD"),
    _Question("platform", "Storefront platform", "shopify", _PLATFORMS),
    _Question("orders", "Order export files (path or glob)", "exports/orders*.csv", only="files"),
    _Question("system", "Dynamics 365 system", "finance_operations", _SYSTEMS),
    _Question("customers", "Customer master export files (path or glob)", "exports/CustomersV3*.csv", only="files"),
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
@click.option("--live/--files", "is_live", default=None, help="Read the systems live, or their export files (default).")
@click.option("--store-setting", multiple=True, metavar="KEY=VALUE", help="With --live: url=… and others of the store.")
@click.option("--erp-setting", multiple=True, metavar="KEY=VALUE", help="With --live: url=…, tenant=… of the ERP.")
@_question_options
def init(
    path: Path,
    force: bool,
    is_live: bool | None,
    store_setting: tuple[str, ...],
    erp_setting: tuple[str, ...],
    **given: str | None,
) -> None:
    """Write a commented workspace file. On a terminal it asks for what no flag answers; else it takes the defaults."""
    if path.exists() and not force:
        raise UsageError(
            "workspace-exists", f"{path} is there already.", "Name another file with -w, or add --force to replace it."
        )
    if is_live is None:
        is_live = sys.stdin.isatty() and click.confirm("Read the systems live (else from export files)?", default=False)
    way = "live" if is_live else "files"
    answers = {
        item.flag: given[item.flag] or (item.default if item.only not in {"", way} else _ask(item))
        for item in _QUESTIONS
    }
    store = _settings(answers["platform"], "store", store_setting) if is_live else None
    erp = _settings(answers["system"], "erp", erp_setting) if is_live else None
    _write(path, answers, store, erp)
    click.echo(f"{path} is written.")
    shown = "" if str(path) == "unposted.toml" else f" -w {path}"
    if is_live:
        click.echo("Set the environment variables that it names, then run for each source:")
        click.echo(f"  unposted connector test store{shown} && unposted connector test erp{shown}")
    else:
        click.echo(f"Put the export files where it says, then run: unposted doctor{shown or f' -w {path}'}")


def _settings(system: str, source: str, given: tuple[str, ...]) -> dict[str, object]:
    """Collect the connection of a live source: from the flags, by asking, else from the examples."""
    from unposted.workspace.template_connect import needed_settings, setting_of

    values: dict[str, object] = {}
    for pair in given:
        key, sign, value = pair.partition("=")
        if not sign or not key.strip() or not value.strip():
            raise click.BadParameter(f"{pair!r} is not of the form KEY=VALUE.", param_hint=f"'--{source}-setting'")
        try:
            values[key.strip()] = setting_of(system, key.strip(), value.strip())
        except ValueError as error:
            raise click.BadParameter(f"{error}.", param_hint=f"'--{source}-setting'") from None
    for needed in needed_settings(system):
        if needed.name not in values:
            question = _Question(needed.name, f"{source}: {needed.text}", needed.example)
            values[needed.name] = _ask(question)
    return values


def _ask(item: _Question) -> str:
    if not sys.stdin.isatty():
        return item.default
    kind = click.Choice(item.choices) if item.choices else None
    return str(click.prompt(item.text, default=item.default, type=kind))


def _write(
    path: Path, answers: dict[str, str], store_at: dict[str, object] | None, erp_at: dict[str, object] | None
) -> None:
    from unposted.exports import write_file
    from unposted.workspace.template import (
        TemplateAnswers,
        TemplateDynamics,
        TemplateEntity,
        TemplateStore,
        workspace_text,
    )

    entity, currency = answers["entity"].upper(), answers["currency"].upper()
    store = TemplateStore("store", answers["platform"], entity=entity, connect=store_at)
    erp = TemplateDynamics("erp", answers["system"], entity=entity, connect=erp_at)
    if store_at is None:
        store, erp = store._replace(orders=answers["orders"]), erp._replace(customers=answers["customers"])
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
