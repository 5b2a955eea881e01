"""Canary secrets and canary persons go through every error path, and are found nowhere but where facts belong.

Looked at are: messages, next steps, str, repr and arguments of errors, the traceback with the local variables of every
frame (secrets only: a frame that holds a page holds its customers, and the product itself never writes frames down),
all logging at its lowest level with the loggers of the libraries switched on, what the commands print, the reports of
sync, verify and `connector test`, what the sync says while it works, and the store's quarantine and ledger.
"""

from __future__ import annotations

import base64
import gc
import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache, partial
from importlib import import_module
from itertools import count
from pathlib import Path

import pytest

from tests.support.canaries import MODES, SECRETS, Hostile, canary_services, found
from tests.support.live_world import BASE, START, small_workspace, small_world
from tests.support.shop import Shop
from unposted.connectors.contract import contract_facts
from unposted.connectors.http import Patience
from unposted.connectors.secrets import Secret, SecretStore
from unposted.errors import UnpostedError
from unposted.sandbox.server import SandboxServer
from unposted.sandbox.site_workspaces import workspace_text
from unposted.sandbox.transport import InProcess
from unposted.sandbox.values import World
from unposted.sandbox.wire import Service, SteppedClock
from unposted.store.database import open_store
from unposted.sync.connecting import Connecting
from unposted.sync.run import LiveSync, decoding_context, live_sources
from unposted.sync.telling import Word
from unposted.sync.verify import verify
from unposted.workspace.model import Workspace


class _Lines(logging.Handler):
    """Keeps every line that anybody logs, with its arguments and exceptions."""

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        told = "".join(traceback.format_exception(record.exc_info[1])) if record.exc_info else ""
        self.lines.append(f"{record.name} {record.getMessage()} {record.args!r} {told}")


@contextmanager
def _everything_logged() -> Iterator[_Lines]:
    """Set the root logger and each logger of every library to its lowest level."""
    for library in ("httpx2", "httpcore2", "keyring", "msal", "oauthlib.oauth1"):
        import_module(library)  # so that its loggers are there
    root, lines = logging.getLogger(), _Lines()
    before = {name: logging.getLogger(name).level for name in tuple(logging.root.manager.loggerDict)}
    level = root.level
    root.addHandler(lines)
    root.setLevel(logging.DEBUG)
    for name in before:
        logging.getLogger(name).setLevel(logging.DEBUG)
    try:
        yield lines
    finally:
        root.removeHandler(lines)
        root.setLevel(level)
        for name, old in before.items():
            logging.getLogger(name).setLevel(old)


@cache
def _world() -> World:
    return small_world(every=40)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Read the workspace of all systems."""
    return small_workspace(tmp_path_factory.mktemp("canaries"))


def _error_texts(error: BaseException) -> Iterator[tuple[str, bool]]:
    """Give every text that an error may become, and whether persons must not be in it either."""
    yield f"{error} {error!r} {error.args!r} {getattr(error, '__dict__', {})!r}", True
    if isinstance(error, UnpostedError):
        yield f"{error.message} {error.next_step} {error.code}", True
    yield "".join(traceback.format_exception(error)), True
    yield "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format()), False
    for inner in (error.__cause__, error.__context__):
        if inner is not None:
            told = traceback.TracebackException.from_exception(inner, capture_locals=True)
            yield "".join(told.format()), False


def _assert_clean(text: str, where: str, *, persons: bool = True) -> None:
    leaked = found(text, persons=persons)
    if leaked:
        place = min(text.casefold().find(one.casefold()) for one in leaked)
        raise AssertionError(f"{where} shows {leaked[:4]}: … {text[max(0, place - 300) : place + 200]} …")


class _Trial:
    """A hostile world, everything that a run over it says, and the store that it leaves."""

    def __init__(self, workspace: Workspace, mode: str, after: int) -> None:
        self.workspace = workspace
        self.where = f"{mode}, after {after} calls"
        self.clock = SteppedClock(START)
        self.said: list[str] = []
        self.errors: list[BaseException] = []
        calls = count()
        services = canary_services(_world(), self.clock.now, BASE)
        mounts: dict[str, Service] = {
            f"{BASE}{prefix}": Hostile(service, MODES[mode], after, calls) for prefix, service in services.items()
        }
        secrets = SecretStore(SECRETS, lambda _user: None)
        self.connecting = Connecting(secrets, self.clock, Patience(tries=2), InProcess(mounts, self.clock), self._hear)
        self.store = open_store(Path(":memory:"))

    def _hear(self, word: Word) -> None:
        self.said.append(repr(word))

    def sync(self, name: str) -> None:
        """Sync and verify one source, and run the contract suite on it."""
        sources = live_sources(self.workspace, (name,))
        run = LiveSync(self.store, self.workspace, self.connecting, self.clock, START.replace(day=6), tell=self._hear)
        run.news(sources)
        run.history(sources)
        found_by_verify = [line for source in sources for line in verify(run, source, 400, repair=True)]
        run.close()
        self.said += [repr(report) for report in run.reports] + [repr(line) for line in found_by_verify]
        failed = [*(report.error for report in run.reports), *(line.error for line in found_by_verify)]
        self.errors += [error for error in failed if error is not None]
        wrong = replace(self.connecting, alter=lambda secret: Secret(f"wrong-{secret.reveal()[::-1]}"))
        for source in sources:
            ours = self.connecting(source)
            context = decoding_context(self.workspace, source)
            facts = contract_facts(ours, partial(wrong, source), context, self.clock.now(), lambda _: True)
            self.said += [repr(fact) for fact in facts]
            ours.close()

    def assert_clean(self, lines: list[str]) -> None:
        """Look everywhere."""
        for place, said in enumerate(self.said):
            _assert_clean(said, f"{self.where}: report {place}")
        for error in self.errors:
            for text, persons in _error_texts(error):
                _assert_clean(text, f"{self.where}: {type(error).__name__}", persons=persons)
        for line in lines:
            _assert_clean(line, f"{self.where}: a log line")
        held = self.store.execute("SELECT record_id, code, reason, path FROM quarantine").fetchall()
        runs = self.store.execute("SELECT remark FROM sync_run").fetchall()
        cursors = self.store.execute("SELECT cursor FROM stream_cursor").fetchall()
        _assert_clean(repr(held), f"{self.where}: the quarantine")
        _assert_clean(repr(runs), f"{self.where}: the ledger")
        _assert_clean(repr(cursors), f"{self.where}: a cursor")


_DAILY = 5  # every fifth mode in the everyday suite, all in the long one
_MODES = [
    mode if place % _DAILY == 0 else pytest.param(mode, marks=pytest.mark.deep) for place, mode in enumerate(MODES)
]


@pytest.mark.parametrize("mode", _MODES)
def test_no_error_path_of_a_sync_shows_a_canary(workspace: Workspace, mode: str) -> None:
    """Whatever a server answers, at once or in the middle, to sync, verify and the contract suite of every system."""
    for after in (0, 3):
        with _everything_logged() as lines:
            for source in live_sources(workspace):
                trial = _Trial(workspace, mode, after)
                trial.sync(source.name)
                trial.assert_clean(lines.lines)
                trial.store.close()
    gc.collect()


@contextmanager
def _served(mode: str) -> Iterator[SandboxServer]:
    calls = count()
    with SandboxServer({}, lambda: datetime.now(UTC)) as server:
        for prefix, service in canary_services(_world(), lambda: datetime.now(UTC), server.address).items():
            server.mount(prefix, Hostile(service, MODES[mode], 0, calls) if mode else service)
        yield server


def _commands(path: Path) -> list[tuple[str, ...]]:
    where = ("-w", str(path))
    tests = [("connector", "test", name, *where) for name in ("wholesale", "dtc", "fno", "crm")]
    return [
        ("sync", *where), ("sync", "--json", *where), ("verify", *where), ("verify", "--json", *where),
        ("doctor", *where), ("check", *where), ("check", "--json", *where), *tests, (*tests[0], "--json"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "mode",
    [
        "status 401", "status 403", "plain 401", "a daily limit",
        *[pytest.param(mode, marks=pytest.mark.deep) for mode in ("plain 400", "denied code", "a foreign link")],
        *[pytest.param(f"unreadable records {turn}", marks=pytest.mark.deep) for turn in range(4)],
    ],
)  # fmt: skip
def test_no_command_shows_a_canary(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    """Neither stdout nor stderr nor a log line of any command that reads live sources, for people and as JSON.

    Where the records themselves came with a person in a field, the reading shows him as the facts that they are; what
    is said about records does not.
    """
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    with _everything_logged() as lines, _served(mode) as server:
        shop = Shop(tmp_path, capsys)
        path = tmp_path / "unposted.toml"
        text = workspace_text("demo", server.address).replace("history_days = 3650", "history_days = 400")
        path.write_text(text, encoding="utf-8")
        for command in _commands(path):
            said = shop.run(*command)
            shows_facts = command[0] == "check" and mode.startswith("unreadable")
            _assert_clean(said.out, f"{mode}: {command} on stdout", persons=not shows_facts)
            _assert_clean(said.err, f"{mode}: {command} on stderr")
            assert "Traceback" not in said.err
        for line in lines.lines:
            _assert_clean(line, f"{mode}: a log line")
        assert not server.failures


def test_a_refused_secret_is_not_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A secret that the systems do not take is not shown either."""
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value[::-1])
    with _everything_logged() as lines, _served("") as server:
        shop = Shop(tmp_path, capsys)
        path = tmp_path / "unposted.toml"
        path.write_text(workspace_text("demo", server.address), encoding="utf-8")
        for command in _commands(path):
            said = shop.run(*command)
            assert said.code == 4, command
            _assert_clean(f"{said.out} {said.err} {lines.lines}", str(command))


def test_the_trap_catches_what_leaks() -> None:
    """A canary that is shown plainly, encoded, backwards or in part is found: the suite can fail."""
    secret = next(iter(SECRETS.values()))
    for leak in (f"token {secret}", secret[::-1], f"token={secret[:20]}…", base64.b64encode(secret.encode()).decode()):
        assert found(leak), leak
    for leak in ("of canaria QUILLFEATHER", "to canary.person@leak.example", "at (202) 555-0147", "+12025550147"):
        assert found(leak), leak
        assert not found(leak, persons=False)
    assert not found("the credentials are refused (401)")
