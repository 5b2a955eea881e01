"""`unposted sync`: read the live sources: what the window needs first, then the history behind it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from unposted.cli.live import named_sources, running_sync, tell_reports
from unposted.cli.session import Session, opened, refuse_quarantine, tell_quarantine, workspace_option

if TYPE_CHECKING:
    from unposted.sync.run import LiveSync, StreamReport
    from unposted.sync.sources import Source

__all__ = ["sync"]

_STOPPED = 130


@click.command()
@workspace_option
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--full", is_flag=True, help="Read everything again from the beginning, as if for the first time.")
@click.option("--accept-gone", is_flag=True, help="End the many records that a source does not show any more.")
@click.option("--strict", is_flag=True, help="Leave with exit code 8 when a record is in quarantine.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object with a line a stream.")
def sync(path: Path, names: tuple[str, ...], full: bool, accept_gone: bool, strict: bool, as_json: bool) -> int:
    """Read what is new in the live sources, of these NAMEs or of all, and keep it.

    The first time, what the window needs comes first and the card is shown; the history is read behind it.
    Ctrl-C stops at a page edge; the next run goes on there.
    """
    from unposted.sync.live import Stopped
    from unposted.sync.run import forget_cursors

    with opened(path, sync=False, is_new_allowed=True) as session:
        sources = named_sources(session.workspace, names)
        if full:
            forget_cursors(session.store, sources)
        with running_sync(session.store, session.workspace, session.first_from(), accept_gone=accept_gone) as run:
            try:
                _read(session, run, sources, quiet=as_json)
            except Stopped:
                return _stopped(run.reports, path, names, as_json=as_json)
        code = _told(run.reports, as_json=as_json)
        if strict and not code:
            refuse_quarantine(tell_quarantine(session), strict=True)
    return code


def _read(session: Session, run: LiveSync, sources: Sequence[Source], *, quiet: bool) -> None:
    from unposted.sync.run import needs_history

    run.news(sources)
    behind = [source for source in sources if needs_history(session.store, source)]
    if behind and not quiet:
        _first_answer(session)
    run.history(sources)


def _first_answer(session: Session) -> None:
    """Show the card before the history is read: nobody waits for what the number does not need."""
    from unposted.exports.words import money_words

    reading = session.reading(None, None)
    blocked = money_words(reading.blocked.units, reading.blocked.currency, with_code=True)
    click.echo(f"{reading.label}: {reading.value:,}, {blocked} blocked. Reading the history behind it …")


def _told(reports: Sequence[StreamReport], *, as_json: bool) -> int:
    code = max((report.error.exit_code for report in reports if report.error), default=0)
    if as_json:
        click.echo(
            json.dumps({"outcome": "done" if not code else "failed", "streams": list(_lines(reports))}, indent=2)
        )
    else:
        _print(reports)
    tell_reports(reports)
    return code


def _stopped(reports: Sequence[StreamReport], path: Path, names: Iterable[str], *, as_json: bool) -> int:
    if as_json:
        click.echo(json.dumps({"outcome": "stopped", "streams": list(_lines(reports))}, indent=2))
    else:
        _print(reports)
    command = " ".join(["unposted sync", *names, *([] if str(path) == "unposted.toml" else ["-w", str(path)])])
    click.echo(f"Stopped at a page edge; everything up to there is kept. Go on with: {command}", err=True)
    return _STOPPED


def _print(reports: Sequence[StreamReport]) -> None:
    from rich.text import Text

    from unposted.cli.output import console_for, plain_table
    from unposted.exports.safety import screen_safe

    shown = plain_table("Source", "Fetched", "Stored", "Unchanged", "Quarantined", "Gone", "")
    for report in _merged(reports):
        counts = (report.fetched, report.stored, report.unchanged, report.quarantined, report.gone)
        name = Text(screen_safe(f"{report.source} {report.stream}".strip()))
        shown.add_row(name, *[f"{count:,}" for count in counts], "" if report.outcome == "done" else report.outcome)
    console_for().print(shown)


def _merged(reports: Sequence[StreamReport]) -> list[StreamReport]:
    """Put the news and the history of a stream into one line."""
    from dataclasses import replace

    lines: dict[tuple[str, str], StreamReport] = {}
    for report in reports:
        key = report.source, report.stream
        before = lines.get(key)
        if before is not None:
            report = replace(  # noqa: PLW2901 - the line so far and this one
                report,
                fetched=before.fetched + report.fetched,
                stored=before.stored + report.stored,
                unchanged=before.unchanged + report.unchanged,
                quarantined=before.quarantined + report.quarantined,
                gone=before.gone + report.gone,
                pages=before.pages + report.pages,
                remarks=tuple(dict.fromkeys((*before.remarks, *report.remarks))),
            )
        lines[key] = report
    return list(lines.values())


def _lines(reports: Sequence[StreamReport]) -> Iterable[dict[str, object]]:
    for report in _merged(reports):
        yield {
            "source": report.source, "stream": report.stream, "outcome": report.outcome, "fetched": report.fetched,
            "stored": report.stored, "unchanged": report.unchanged, "quarantined": report.quarantined,
            "gone": report.gone, "pages": report.pages, "remarks": list(report.remarks),
            "error": report.error and {"code": report.error.code, "message": report.error.message},
        }  # fmt: skip
