"""`unposted doctor` on live sources: a sandbox on loopback, its secrets handed over, every failure told."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from unposted.cli.doctor import diagnosed
from unposted.cli.live import named_sources, running_sync
from unposted.connectors.formats import Bad
from unposted.connectors.hints import Hint
from unposted.sandbox.site import RunningSite, running_site
from unposted.sandbox.site_workspaces import Written
from unposted.store import ledger
from unposted.store.database import open_store, transaction
from unposted.sync.hints import keep_hint
from unposted.workspace.reading import read_workspace

_NAMES = ("wholesale", "dtc", "fno", "crm")
_LONG_AGO = datetime(2026, 4, 1, 8, tzinfo=UTC)


class _Told(NamedTuple):
    code: int
    lines: list[str]

    def of(self, source: str, level: str = "") -> list[str]:
        """Return the lines of a source, of one level if it is named."""
        return [line for line in self.lines if line.startswith(level) and line[6:].startswith(f"{source}: ")]


@pytest.fixture(scope="module")
def running() -> Iterator[RunningSite]:
    """Serve the made-up platforms."""
    with running_site() as site:
        yield site
        assert not site.server.failures


@pytest.fixture(scope="module")
def read(running: RunningSite, tmp_path_factory: pytest.TempPathFactory) -> Written:
    """A workspace of which the customer master was read once."""
    written = running.write(tmp_path_factory.mktemp("read"), "demo")["demo"]
    workspace = read_workspace(written.workspace)
    store = open_store(workspace.store_path)
    with running_sync(store, workspace, datetime.now(UTC), environment=written.variables) as run:
        run.news(named_sources(workspace, ["fno"]))
    assert not [report.error for report in run.reports if report.error]
    store.close()
    return written


@pytest.fixture
def copy(read: Written, tmp_path: Path) -> Written:
    """The same in a folder of its own, to be spoilt."""
    folder = tmp_path / "copy"
    shutil.copytree(read.workspace.parent, folder)
    return read._replace(workspace=folder / read.workspace.name)


def _doctor(
    capsys: pytest.CaptureFixture[str], written: Written, environment: Mapping[str, str] | None = None
) -> _Told:
    code = diagnosed(written.workspace, written.variables if environment is None else environment)
    told = capsys.readouterr()
    assert "sandbox-" not in told.out + told.err, "a secret is shown"
    return _Told(code, told.out.splitlines())


def test_each_source_says_what_our_access_lets_us_see(read: Written, capsys: pytest.CaptureFixture[str]) -> None:
    """Who we are comes first, then what the source lets us know; nothing stops the reading."""
    told = _doctor(capsys, read)
    assert told.code == 0
    for name in _NAMES:
        assert told.of(name)[0].startswith(f"ok    {name}: credentials: ")
        assert len(told.of(name)) >= 4
        assert told.of(name, "fail") == []


def test_each_stream_says_when_and_how_far_it_was_read(read: Written, capsys: pytest.CaptureFixture[str]) -> None:
    """Of a source that was never read it says what to run."""
    told = _doctor(capsys, read)
    (line,) = [line for line in told.of("fno") if "customers last read" in line]
    assert line.startswith("ok")
    assert f"{datetime.now(UTC):%b %Y}" in line
    assert " fetched; listed whole " in line
    assert "warn  dtc: orders were never read: run `unposted sync dtc`" in told.lines
    assert "warn  wholesale: orders were never read: run `unposted sync wholesale`" in told.lines


def test_the_keys_of_what_was_read_are_told_as_of_files(read: Written, capsys: pytest.CaptureFixture[str]) -> None:
    """The rest of the report does not care where the records are from."""
    told = _doctor(capsys, read)
    assert any("% of master records carry an e-mail" in line for line in told.of("fno", "ok"))
    assert told.lines[-1].endswith(" to look at.")


def test_the_doctor_reads_nothing_into_the_store(
    running: RunningSite, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Looking at a source is not a sync: there is no fact, no cursor and no line in the ledger."""
    written = running.write(tmp_path, "demo")["demo"]
    told = _doctor(capsys, written)
    assert told.code == 0
    assert len([line for line in told.lines if "never read" in line]) >= len(_NAMES)
    store = open_store(read_workspace(written.workspace).store_path)
    for table in ("order_version", "master_version", "stream_cursor", "sync_run", "stream_state"):
        assert store.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table
    store.close()


def test_credentials_that_are_refused_end_with_exit_code_4(read: Written, capsys: pytest.CaptureFixture[str]) -> None:
    """The source is named with what to do; the other ones are examined all the same."""
    told = _doctor(capsys, read, {**read.variables, "UNPOSTED_WHOLESALE_TOKEN": "canary-wrong-123456"})
    assert told.code == 4
    (line,) = told.of("wholesale", "fail")
    assert "refused" in line
    assert "canary" not in "\n".join(told.lines)
    assert all(told.of(name, "ok") for name in ("dtc", "fno", "crm"))
    assert "1 of them stops the reading" in told.lines[-1]


def test_secrets_that_are_not_set_are_all_named(read: Written, capsys: pytest.CaptureFixture[str]) -> None:
    """One run tells every variable that is missing; what is known of the streams is told without them."""
    told = _doctor(capsys, read, {})
    assert told.code == 4
    for name, variable in (("dtc", "DTC_TOKEN"), ("fno", "FNO_CLIENT_SECRET"), ("crm", "CRM_CLIENT_SECRET")):
        assert [f"UNPOSTED_{variable}" in line for line in told.of(name, "fail")] == [True]
    assert any("customers last read" in line for line in told.of("fno"))


def test_a_source_that_cannot_be_read_ends_with_exit_code_8(copy: Written, capsys: pytest.CaptureFixture[str]) -> None:
    """A wrong address is one of them; the source after it is not hidden."""
    text = copy.workspace.read_text("utf-8")
    copy.workspace.write_text(text.replace("/shopify", "/nothing-here"), "utf-8")
    told = _doctor(capsys, copy)
    assert told.code == 8
    assert len(told.of("dtc", "fail")) == 1
    assert told.of("fno", "ok")


def test_what_waits_to_be_looked_after_is_told(copy: Written, capsys: pytest.CaptureFixture[str]) -> None:
    """A run that was killed, one that failed with its remark, records in quarantine, and hints."""
    workspace = read_workspace(copy.workspace)
    store = open_store(workspace.store_path)
    with transaction(store):
        shop = ledger.source_id_of(store, "dtc", "store", "shopify")
        erp = ledger.source_id_of(store, "fno", "dynamics", "finance_operations")
        ledger.start_run(store, shop, "customers", _LONG_AGO)
        failed = ledger.start_run(store, shop, "orders", _LONG_AGO)
        ledger.end_run(store, failed, _LONG_AGO, 3, "failed", "no orders came")
        ledger.quarantine(store, erp, "customers", "live", _LONG_AGO, [Bad(0, "C-1", "bad-shape", "a field is odd")])
    now = datetime.now(UTC)
    for hint, sent in ((Hint("orders", "1", "d1"), _LONG_AGO), (Hint("orders", "2", "d2"), now)):
        assert keep_hint(store, shop, hint, sent)
    assert keep_hint(store, erp, Hint("customers", None, "d3"), now - timedelta(minutes=1))
    store.close()
    told = _doctor(capsys, copy)
    assert told.code == 0
    shown = "\n".join(told.of("dtc", "warn"))
    assert "the last reading of orders, 01 Apr 2026 08:00 UTC, failed; no orders came" in shown
    assert "the last reading of customers, 01 Apr 2026 08:00 UTC, is running, or was killed" in shown
    assert "2 open orders hints, the oldest of 01 Apr 2026 08:00 UTC" in shown
    assert any("1 open customers hints" in line for line in told.of("fno", "ok"))
    assert any("1 customers in quarantine (bad-shape)" in line for line in told.of("fno", "warn"))


def test_files_and_live_sources_stand_in_one_report(copy: Written, capsys: pytest.CaptureFixture[str]) -> None:
    """A store that is read from its exports is read, as ever; the live ones are asked."""
    text = copy.workspace.read_text("utf-8")
    export = "Name,Email,Financial Status,Currency,Subtotal,Taxes,Total,Created at,Lineitem quantity,Lineitem name,Id\n"
    row = "#1,ann@example.com,paid,USD,5.00,0.00,5.00,2026-04-10 10:00:00 -0400,1,Tea,1001\n"
    (copy.workspace.parent / "orders.csv").write_text(export + row, "utf-8")
    more = '\n[[stores]]\nname = "files"\nplatform = "shopify"\nentity = "USTI"\nfiles = { orders = "orders.csv" }\n'
    copy.workspace.write_text(text + more, "utf-8")
    told = _doctor(capsys, copy)
    assert told.code == 0
    assert any("orders.csv is read as" in line for line in told.of("files", "ok"))
    assert "ok    files: 1 orders" in told.lines
    assert told.of("dtc", "ok")
