"""`unposted doctor`: tells whether the sources can be read, the entities are known and the keys filled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from unposted.cli.doctor_live import Finding, Level, live_findings
from unposted.cli.session import Session, opened, workspace_option
from unposted.exports.safety import screen_safe

if TYPE_CHECKING:
    from unposted.workspace.model import Workspace

__all__ = ["diagnosed", "doctor"]

_NAMES = {
    "external_id": "an external id",
    "tax_id": "a tax id",
    "email": "an e-mail",
    "phone": "a phone number",
    "name_address": "a name with address",
}


@click.command()
@workspace_option
def doctor(path: Path) -> int:
    """Tell what was read, how full the keys are, and what narrows the result; of live sources also what they let us
    see. Live sources are asked, and nothing of them is read into the store: that does `unposted sync`.
    """
    return diagnosed(path)


def diagnosed(path: Path, environment: Mapping[str, str] | None = None) -> int:
    """Print the report and return the exit code: 4 when credentials are refused, 8 when a live source cannot be read.

    `environment` holds the secrets (None: the process's own).
    """
    with opened(path, is_live_read=False) as session:
        findings = [*live_findings(session, environment), *_examine(session)]
    for finding in findings:
        click.echo(f"{finding.level:<5} {screen_safe(finding.text)}")
    open_points = sum(finding.level != "ok" for finding in findings)
    failures = sum(finding.level == "fail" for finding in findings)
    stops = f", {failures} of them {'stops' if failures == 1 else 'stop'} the reading" if failures else ""
    click.echo(f"\n{open_points} to look at{stops}." if open_points else "\nNothing stands in the way.")
    return max((finding.exit_code for finding in findings), default=0)


def _examine(session: Session) -> Iterator[Finding]:
    yield from _streams(session)
    yield from _keys(session)
    yield from _entities(session)
    yield from _orders(session)
    yield from _quarantine(session)


def _rows(session: Session, sql: str, *values: object) -> list[tuple[object, ...]]:
    return session.store.execute(sql, list(values)).fetchall()


def _streams(session: Session) -> Iterator[Finding]:
    sql = """SELECT s.name, f.stream, f.path, f.format_name, t.records
    FROM file_read AS f JOIN source AS s USING (source_id) JOIN stream_state AS t USING (source_id, stream)
    ORDER BY s.name, f.stream, f.path"""
    totals: dict[tuple[object, object], object] = {}
    for name, stream, path, form, records in _rows(session, sql):
        yield Finding("ok", f"{name}: {path} is read as {form}")
        totals[name, stream] = records
    for (name, stream), records in totals.items():
        level: Level = "ok" if records else "warn"
        yield Finding(level, f"{name}: {records:,} {stream}" if records else f"{name}: no {stream} at all")


def _keys(session: Session) -> Iterator[Finding]:
    """Tell which share of the master records carries each key that the field map matches on."""
    sql = """SELECT s.name,
        (SELECT count(*) FROM master_version AS v WHERE v.source_id = s.source_id AND v.known_to > now()::TIMESTAMP),
        (SELECT count(DISTINCT k.entity || '|' || k.account) FROM master_key AS k
         WHERE k.source_id = s.source_id AND k.kind = ? AND k.known_to > now()::TIMESTAMP)
    FROM source AS s WHERE s.role = 'dynamics' AND s.system NOT IN ('dataverse', 'power_automate') ORDER BY s.name"""
    found = [
        _key_finding(str(name), kind, int(str(records)), int(str(filled)))
        for kind in session.workspace.field_map.match_on
        for name, records, filled in _rows(session, sql, kind)
    ]
    yield from dict.fromkeys(found)  # an empty master is one finding, however many keys there are to match by


def _key_finding(name: str, kind: str, records: int, filled: int) -> Finding:
    if records == 0:
        return Finding("warn", f"{name}: no master records, so every party is absent")
    share = round(100 * filled / records)
    text = f"{name}: {share} % of master records carry {_NAMES[kind]}"
    if filled == 0:
        hint = '; name the field with external_id = "FIELD"' if kind == "external_id" else ""
        return Finding("warn", f"{text}: matching on {kind} finds nothing{hint}")
    return Finding("ok", text)


def _entities(session: Session) -> Iterator[Finding]:
    workspace = session.workspace
    named = {entity.id for entity in workspace.entities}
    sql = (
        "SELECT entity, count(*) FROM master_version WHERE known_to > now()::TIMESTAMP GROUP BY entity ORDER BY entity"
    )
    held = {str(entity): int(str(count)) for entity, count in _rows(session, sql)}
    for entity, count in held.items():
        if entity not in named:
            yield Finding("warn", f"{count:,} master records are in company {entity}, which [[entities]] does not name")
    for entity in sorted(_expected(workspace) - set(held)):
        yield Finding(
            "warn", f"orders are sent to {entity}, but no master record is in it: all their parties are absent"
        )


def _expected(workspace: Workspace) -> set[str]:
    """Return the entities that some rule, override or store sends orders to."""
    rules = {rule.entity.upper() for rule in workspace.field_map.rules}
    overrides = {override.entity.upper() for override in workspace.field_map.overrides}
    return rules | overrides | {store.entity.upper() for store in workspace.stores if store.entity}


def _orders(session: Session) -> Iterator[Finding]:
    sql = """SELECT s.name, count(*), count(v.email_key), count(v.customer_id), count(v.company_id), count(v.country)
    FROM order_version AS v JOIN source AS s USING (source_id)
    WHERE v.known_to > now()::TIMESTAMP GROUP BY s.name ORDER BY s.name"""
    for name, *counts in _rows(session, sql):
        orders, emails, accounts, companies, countries = (int(str(count)) for count in counts)
        parts = [(emails, "an e-mail"), (accounts, "a customer id"), (companies, "a company"), (countries, "a country")]
        text = ", ".join(f"{round(100 * count / orders)} % {what}" for count, what in parts)
        yield Finding("ok" if emails or accounts or companies else "warn", f"{name}: of {orders:,} orders {text}")
    yield from _currencies(session)


def _currencies(session: Session) -> Iterator[Finding]:
    fx = session.workspace.fx
    known = {session.workspace.reporting_currency, *fx.rates}
    known |= {str(row[0]) for row in _rows(session, "SELECT DISTINCT currency FROM exchange_rate_version")}
    found = _rows(session, "SELECT DISTINCT currency FROM order_version WHERE known_to > now()::TIMESTAMP ORDER BY 1")
    for (currency,) in found:
        if str(currency) not in known and fx.file is None:
            yield Finding(
                "warn", f"orders are in {currency}, which has no rate: add it to [fx] rates or name a rates file"
            )


def _quarantine(session: Session) -> Iterator[Finding]:
    sql = """SELECT s.name, q.stream, q.code, count(*), min(q.reason)
    FROM quarantine AS q JOIN source AS s USING (source_id)
    GROUP BY s.name, q.stream, q.code ORDER BY ALL"""
    for name, stream, code, count, reason in _rows(session, sql):
        yield Finding("warn", f"{name}: {count} {stream} in quarantine ({code}), for example: {reason}")
