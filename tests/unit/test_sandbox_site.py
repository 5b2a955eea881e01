"""The whole sandbox: every platform's service over one world, the workspaces that read it, and the command."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from click.testing import CliRunner

from unposted.cli.sandbox import sandbox
from unposted.connectors.http import Patience
from unposted.connectors.live import Connector, PageRequest, Tools, needed_secrets
from unposted.connectors.registry import LIVE_SYSTEMS, connect
from unposted.connectors.secrets import SecretStore, variable_name
from unposted.domain.cursor import Span
from unposted.errors import SignIn
from unposted.sandbox.faults import Faults, every
from unposted.sandbox.scene import EXPORTED
from unposted.sandbox.server import LOOPBACK, SandboxServer
from unposted.sandbox.serving import read_faults, serve
from unposted.sandbox.site import RunningSite, Site, running_site
from unposted.sandbox.site_workspaces import WORKSPACES, Written, variables, workspace_text
from unposted.sandbox.transport import InProcess
from unposted.sandbox.values import local
from unposted.sandbox.wire import SteppedClock
from unposted.sandbox.world import make_world
from unposted.workspace.model import Dynamics, Store, Workspace
from unposted.workspace.reading import read_workspace

_SOURCES = [source.name for source in WORKSPACES["all"]]
_PREFIXES = {
    "/adobe",
    "/bigcommerce",
    "/bigcommerce-b2b",
    "/business-central",
    "/dataverse",
    "/fno",
    "/login",
    "/shopify",
}
_LIVE_SPAN = Span(local("2026-04-01 00:00:00"), EXPORTED)
_DEAF = ["sh", "-c", 'trap "" INT; exec "$@"', "sh"]  # as a script starts what it puts into the background
_COMMAND = [*_DEAF, sys.executable, "-m", "unposted", "sandbox"]


@pytest.fixture(scope="module")
def running() -> Iterator[RunningSite]:
    """Serve a site at the instant at which the made-up exports were taken."""
    with running_site(now=lambda: EXPORTED) as site:
        yield site
        assert not site.server.failures


@pytest.fixture(scope="module")
def written(running: RunningSite, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Written]:
    """Write the ready workspaces of the site."""
    return running.write(tmp_path_factory.mktemp("sandbox"))


def _sources(workspace: Workspace) -> list[Store | Dynamics]:
    return [*workspace.stores, *workspace.dynamics]


def _system(source: Store | Dynamics) -> str:
    return source.platform if isinstance(source, Store) else source.system


def _connector(written: Written, name: str, secrets: SecretStore) -> Connector:
    source = next(source for source in _sources(read_workspace(written.workspace)) if source.name == name)
    assert source.connect is not None
    clock = SteppedClock(EXPORTED)
    tools = Tools(
        lambda secret: secrets.need(name, secret), lambda secret: secrets.find(name, secret), clock, Patience(tries=2)
    )
    return connect(name, _system(source), source.connect, tools)


def test_all_platforms_are_mounted_on_loopback(running: RunningSite) -> None:
    """Each service stands under its prefix of one server, which listens on 127.0.0.1 alone."""
    assert set(running.site.services) == _PREFIXES
    assert running.server._http.socket.getsockname()[0] == LOOPBACK == "127.0.0.1"
    assert running.site.base == f"http://127.0.0.1:{running.server.port}"


@pytest.mark.parametrize("prefix", sorted(_PREFIXES - {"/login"}))
def test_no_service_lets_a_stranger_in(running: RunningSite, prefix: str) -> None:
    """Without credentials nothing is read."""
    answer = httpx2.get(f"{running.site.base}{prefix}/", trust_env=False)
    assert answer.status_code >= 400


@pytest.mark.parametrize("name", _SOURCES)
def test_a_ready_source_signs_in_and_reads(written: dict[str, Written], name: str) -> None:
    """With its variables set, every source of the ready workspace is let in and gives records over HTTP."""
    held = written["all"]
    connector = _connector(held, name, SecretStore(held.variables, lambda _user: None))
    try:
        facts = list(connector.examine())
        assert (facts[0].check, facts[0].level) == ("credentials", "ok")
        assert not [fact for fact in facts if fact.level == "fail"]
        stream = connector.streams[0]
        page = stream.fetch(PageRequest(_LIVE_SPAN if stream.way == "changes" else None))
        assert page.items
    finally:
        connector.close()


@pytest.mark.parametrize("name", _SOURCES)
def test_a_wrong_secret_is_refused(written: dict[str, Written], name: str) -> None:
    """Another secret than the made-up one ends in a refusal to sign in, which does not show it."""
    held = written["all"]
    wrong = dict.fromkeys(held.variables, "canary-not-the-secret")
    connector = _connector(held, name, SecretStore(wrong, lambda _user: None))
    try:
        with pytest.raises(SignIn) as caught:
            list(connector.examine())
        assert "canary" not in f"{caught.value} {caught.value.next_step}"
    finally:
        connector.close()


@pytest.mark.parametrize("name", list(WORKSPACES))
def test_a_ready_workspace_has_no_fault_and_all_its_secrets(written: dict[str, Written], name: str) -> None:
    """The workspace reader takes the file as it is, and the variables beside it are those that its sources need."""
    sources = _sources(read_workspace(written[name].workspace))
    assert {source.name for source in sources} == {source.name for source in WORKSPACES[name]}
    for source in sources:
        assert source.connect is not None
        for secret in needed_secrets(source.connect):
            assert secret.is_optional or variable_name(source.name, secret.name) in written[name].variables
    lines = written[name].environment.read_text("utf-8").splitlines()
    assert dict(line.split("=", 1) for line in lines) == written[name].variables


def test_one_ready_workspace_reads_every_system() -> None:
    """Nothing that can be read live is without an example."""
    text = workspace_text("all", "http://127.0.0.1:1")
    assert all(f'"{system}"' in text for system in LIVE_SYSTEMS)
    assert "@base@" not in text
    assert all(value.startswith("sandbox-") for value in variables("all").values())


def test_a_site_within_one_process_speaks_as_over_a_socket() -> None:
    """The same services answer a client without a server; faults are counted over all of them."""
    clock = SteppedClock(EXPORTED)
    site = Site(make_world(2026), clock.now, "http://sandbox")
    faults = Faults(every({"500": 2}))
    with httpx2.Client(transport=InProcess(site.addresses(faults), clock)) as client:
        found = [client.get(f"http://sandbox{prefix}/").status_code for prefix in sorted(_PREFIXES)]
    assert found[1::2] == [500] * (len(_PREFIXES) // 2)
    assert faults.done["500"] == len(_PREFIXES) // 2
    assert faults.calls == len(_PREFIXES)


def test_faults_are_read_from_their_names() -> None:
    """A fault is named as it is listed, with how often it comes."""
    assert read_faults(["500=20", "reset=3"]) == {"500": 20, "reset": 3}
    for text in ("505=3", "500", "500=0", "500=often"):
        with pytest.raises(ValueError, match=r"fault|how often"):
            read_faults([text])


def test_serving_says_where_everything_is_and_ends_when_told(tmp_path: Path) -> None:
    """The addresses, the variables and the next command are printed; the files are there; then it serves."""
    said: list[str] = []
    stop = threading.Event()
    stop.set()
    serve(tmp_path, 0, 2026, {"500": 1}, said.append, stop)
    text = "\n".join(said)
    assert "/shopify" in text
    assert "export UNPOSTED_DTC_TOKEN=sandbox-shopify-token" in text
    assert f"unposted sync -w {tmp_path / 'demo' / 'unposted.toml'}" in text
    assert "500 on every 1. call" in text
    assert said[-1].endswith("Stopped.")
    assert sorted(path.parent.name for path in tmp_path.glob("*/unposted.toml")) == sorted(WORKSPACES)


def test_the_command_serves_until_ctrl_c(tmp_path: Path) -> None:
    """Run as a command, even in the background, it answers where it says, spoils what it was told to, and ends well."""
    command = [*_COMMAND, "--port", "0", "--folder", str(tmp_path), "--fault", "502-html=2"]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
    ) as made:
        assert made.stdout is not None
        line = made.stdout.readline()
        address = next(word for word in line.split() if word.startswith("http://127.0.0.1:"))
        while "Ctrl-C" not in line:
            line = made.stdout.readline()
        found = [httpx2.get(f"{address}/login/x", trust_env=False).status_code for _ in range(4)]
        made.send_signal(signal.SIGINT)
        rest = made.stdout.read()
    assert found == [404, 502, 404, 502]
    assert made.returncode == 0, rest
    assert rest.endswith("Stopped.\n")


def test_the_command_says_what_is_wrong_with_its_options(tmp_path: Path) -> None:
    """A fault without a number and a port that is taken are told, with what to do."""
    told = CliRunner().invoke(sandbox, ["--folder", str(tmp_path), "--fault", "500"])
    assert (told.exit_code, "500=20" in told.output) == (2, True)
    with SandboxServer({}, lambda: EXPORTED) as other:
        taken = CliRunner().invoke(sandbox, ["--folder", str(tmp_path), "--port", str(other.port)])
    assert getattr(taken.exception, "code", None) == "port-taken"
    assert not list(tmp_path.iterdir())
