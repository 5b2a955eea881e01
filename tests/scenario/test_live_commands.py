"""The live commands as a person uses them: what each says, and leaves with, when the world behind it misbehaves.

One small world is served for all; a workspace that was read in peace once is copied for whoever needs one.
"""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from tests.support.live_commands import (
    Hold,
    LiveShop,
    counts,
    current_of,
    ended,
    from_call,
    known,
    store_of,
    stored,
)
from tests.support.live_world import small_world
from tests.support.served_world import environment, served, started
from tests.support.shop import Shop
from unposted.sandbox.services.shopify import ShopifyService
from unposted.sandbox.services.shopify_switches import ALL_SCOPES
from unposted.sandbox.wire import Answer, Call, json_answer

_AS_OF = "2026-04-12"
_NAMES = ("wholesale", "dtc", "fno", "crm")
_DEAD = "http://127.0.0.1:9"  # nobody listens on this port
_SHOP = "dtc"
_WORLD = small_world(30)


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveShop]:
    """Serve a small world, and read it once."""
    with served(_WORLD) as world:
        path = world.workspace(tmp_path_factory.mktemp("read") / "shop", "demo", page_size=40, streams="")
        first = ended(started("sync", "-w", str(path)))
        assert first.code == 0, first.err
        yield LiveShop(world, path, known(path), first)


@pytest.fixture(scope="module")
def patient(live: LiveShop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, subprocess.Popen[str]]]:
    """Start what waits half a minute for a shop that is down: all at once, on a site of its own, before the tests."""
    folder, ours = tmp_path_factory.mktemp("dead"), live.world.server.address
    commands = {"sync": ("sync",), "check": ("check", "--as-of", _AS_OF)}
    paths = {name: live.copy(folder / name) for name in commands}
    with served(_WORLD) as world:
        for path in paths.values():
            text = path.read_text("utf-8").replace(f"{ours}/shopify", _DEAD).replace(ours, world.server.address)
            path.write_text(text, "utf-8")
        running = {name: started(*commands[name], "-w", str(path)) for name, path in paths.items()}
        yield running
        for process in running.values():
            process.kill()
            process.communicate()


@pytest.fixture(autouse=True)
def calm(live: LiveShop, patient: object) -> Iterator[None]:
    """Let every test begin with a world that answers as it should, and is not waited for."""
    shop = live.world.site.services["/shopify"]
    assert isinstance(shop, ShopifyService)
    yield
    live.world.before = lambda _number, _call: None
    shop.switches = replace(shop.switches, scopes=ALL_SCOPES)


@pytest.fixture
def shop(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shop:
    """Stand in an empty folder with the sandbox's secrets in the environment."""
    monkeypatch.chdir(tmp_path)
    for name, value in environment().items():
        monkeypatch.setenv(name, value)
    return Shop(tmp_path, capsys)


# ---- 0


def test_a_second_sync_finds_nothing_new_and_says_so(live: LiveShop, shop: Shop) -> None:
    """Exit code 0, a line a stream, nothing stored, nothing on stderr."""
    path = live.copy(shop.folder / "again")
    said = shop.run("sync", "-w", str(path))
    assert (said.code, said.err) == (0, "")
    fetched, stored, unchanged, *rest = counts(said, "fno customers")
    assert (fetched, stored, unchanged, rest) == (unchanged, 0, fetched, [0, 0])
    assert fetched > 0
    assert known(path) == live.known


def test_a_full_sync_reads_everything_again_and_stores_nothing(live: LiveShop, shop: Shop) -> None:
    """What is unchanged makes no new version, however often it is read."""
    path = live.copy(shop.folder / "full")
    said = shop.run("sync", _SHOP, "--full", "-w", str(path))
    assert said.code == 0, said.err
    fetched, stored, unchanged, *_ = counts(said, "dtc orders")
    assert (fetched > 0, stored, unchanged) == (True, 0, fetched)
    assert known(path) == live.known


# ---- 2


def test_a_name_that_is_no_live_source_is_a_usage_error(live: LiveShop, shop: Shop) -> None:
    """Exit code 2; the message lists the names that there are, and nothing is asked."""
    calls = len(live.world.calls)
    said = shop.run("sync", "shop", "-w", str(live.read))
    assert said.code == 2
    assert "'shop' is no live source" in said.err
    assert all(name in said.err for name in _NAMES)
    assert len(live.world.calls) == calls


def test_a_wrong_setting_is_told_with_its_line(live: LiveShop, shop: Shop) -> None:
    """Exit code 2 before anything is asked; the suggestion is the setting that was meant."""
    path = live.new(shop.folder / "typo")
    path.write_text(path.read_text("utf-8").replace("store_hash", "shop_hash"), "utf-8")
    calls = len(live.world.calls)
    for command in ("sync", "verify", "check", "doctor"):
        said = shop.run(command, "-w", str(path))
        assert said.code == 2
        assert f"{path}:" in said.err
        assert "store_hash" in said.err
    assert len(live.world.calls) == calls


# ---- 4


def test_a_missing_secret_names_its_variable(live: LiveShop, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 4; the other sources are read, and the next run with the secret completes the store."""
    path = live.new(shop.folder / "missing")
    monkeypatch.delenv("UNPOSTED_DTC_TOKEN")
    said = shop.run("sync", "-w", str(path))
    assert said.code == 4
    assert "error: dtc: the secret token is not set." in said.err
    assert "next:  Set UNPOSTED_DTC_TOKEN, or UNPOSTED_DTC_TOKEN_FILE" in said.err
    assert said.err.count("error: ") == 1
    assert counts(said, "fno customers")[0] > 0
    monkeypatch.setenv("UNPOSTED_DTC_TOKEN", environment()["UNPOSTED_DTC_TOKEN"])
    assert shop.run("sync", "-w", str(path)).code == 0
    assert current_of(known(path)) == current_of(live.known)


@pytest.mark.parametrize(
    ("source", "variable"),
    [
        ("dtc", "UNPOSTED_DTC_TOKEN"),
        ("wholesale", "UNPOSTED_WHOLESALE_TOKEN"),
        ("fno", "UNPOSTED_FNO_CLIENT_SECRET"),
        ("crm", "UNPOSTED_CRM_CLIENT_SECRET"),
    ],
)
def test_a_wrong_secret_names_where_it_is_read_from_and_never_its_value(
    live: LiveShop, shop: Shop, monkeypatch: pytest.MonkeyPatch, source: str, variable: str
) -> None:
    """Exit code 4 from every command; what was read before is kept."""
    path = live.copy(shop.folder / "wrong")
    monkeypatch.setenv(variable, "canary-wrong-secret-123456")
    for command in (("sync", source), ("verify", source), ("connector", "test", source)):
        said = shop.run(*command, "-w", str(path))
        assert said.code == 4, said.err
        assert variable in said.out + said.err
        assert "canary" not in said.out + said.err
        assert command[0] == "connector" or "\nnext:  " in said.err
    assert "shows no" not in said.err, "a refusal is not taken for an empty list"
    assert known(path) == live.known


def test_a_secret_in_a_file_is_named_by_its_file_variable(
    live: LiveShop, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever has to mend it finds it where it is."""
    (shop.folder / "token").write_text("canary-wrong-secret-123456\n", "utf-8")
    monkeypatch.delenv("UNPOSTED_DTC_TOKEN")
    monkeypatch.setenv("UNPOSTED_DTC_TOKEN_FILE", str(shop.folder / "token"))
    said = shop.run("sync", _SHOP, "-w", str(live.copy(shop.folder / "file")))
    assert said.code == 4
    assert "the file that UNPOSTED_DTC_TOKEN_FILE names" in said.err
    assert "canary" not in said.err


def test_a_source_that_was_never_read_ends_check_and_shows_no_noughts(
    live: LiveShop, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing absent of a shop that nobody could look into would be a lie; the error is told once."""
    path = live.new(shop.folder / "never")
    monkeypatch.setenv("UNPOSTED_DTC_TOKEN", "canary-wrong-secret-123456")
    said = shop.run("check", "-w", str(path), "--as-of", _AS_OF)
    assert (said.code, said.out) == (4, "")
    assert said.err.count("error: dtc") == 1
    again = shop.run("check", "-w", str(path), "--as-of", _AS_OF, "--no-sync")
    assert (again.code, again.out) == (2, "")
    assert "dtc: never read to the end" in again.err


def test_the_doctor_does_not_make_an_unread_source_a_read_one(live: LiveShop, shop: Shop) -> None:
    """Looking at a workspace first changes nothing of what `check` says afterwards."""
    path = live.new(shop.folder / "looked")
    assert shop.run("doctor", "-w", str(path)).code == 0
    said = shop.run("check", "-w", str(path), "--as-of", _AS_OF, "--no-sync")
    assert (said.code, said.out) == (2, "")


@pytest.mark.parametrize(
    ("service", "source"),
    [
        ("/fno", "fno"),
        pytest.param("/shopify", "dtc", marks=pytest.mark.deep),
        pytest.param("/bigcommerce", "wholesale", marks=pytest.mark.deep),
    ],
)
def test_a_token_that_breaks_midway_keeps_what_was_read(live: LiveShop, shop: Shop, service: str, source: str) -> None:
    """Exit code 4, the others go on; with a good token the next run completes the store, nothing twice."""
    path = live.new(shop.folder / "broken", page_size=10)
    from_call(live.world, service, 4, lambda _call: json_answer({"errors": "[API] Invalid API key"}, 401))
    said = shop.run("sync", "-w", str(path))
    assert said.code == 4, said.err
    assert f"UNPOSTED_{source.upper()}_" in said.err
    assert "sandbox-" not in said.out + said.err
    assert counts(said, "crm accounts")[0] > 0
    live.world.before = lambda _number, _call: None
    assert shop.run("sync", "-w", str(path)).code == 0
    assert known(path) == live.known


# ---- 8


def test_a_daily_limit_of_one_source_lets_the_others_go_on(live: LiveShop, shop: Shop) -> None:
    """Exit code 8 at once, with the hour from which on it goes on; nobody waits a day."""
    path = live.new(shop.folder / "limit")
    day = (("Retry-After", "80000"),)
    from_call(live.world, "/fno", 2, lambda _call: json_answer({"error": {"code": "429"}}, 429, day))
    said = shop.run("sync", "-w", str(path))
    assert said.code == 8
    assert "error: fno asks to wait 22 hours" in said.err
    assert "UTC; what was read so far is kept" in said.err
    assert counts(said, "crm accounts")[0] > 0
    live.world.before = lambda _number, _call: None
    assert shop.run("sync", "-w", str(path)).code == 0
    assert known(path) == live.known


def test_strict_ends_with_8_when_a_record_is_in_quarantine(live: LiveShop, shop: Shop) -> None:
    """Without it the same run is fine; the record is named by source, stream and id."""
    path = live.new(shop.folder / "strict")
    service = live.world.site.services["/bigcommerce"]

    def spoilt(call: Call) -> Answer:
        answer = service(call)
        return answer._replace(body=answer.body.replace(b'currency_code":"USD"', b'currency_code":"ZZZ"'))

    from_call(live.world, "/bigcommerce", 1, spoilt)
    said = shop.run("sync", "wholesale", "-w", str(path))
    assert (said.code, counts(said, "wholesale orders")[3] > 0) == (0, True)
    strict = shop.run("sync", "wholesale", "--strict", "-w", str(path))
    assert strict.code == 8
    assert "quarantine: wholesale orders " in strict.err
    assert "unknown-currency" in strict.err or "ZZZ" in strict.err
    live.world.before = lambda _number, _call: None
    mended = shop.run("sync", "wholesale", "--full", "--strict", "-w", str(path))
    assert (mended.code, mended.err) == (0, "")


def test_a_shop_that_is_down_does_not_stop_the_others(
    patient: dict[str, subprocess.Popen[str]],
) -> None:
    """Exit code 8 after some tries; the host is named, and everything else was read."""
    said = ended(patient["sync"])
    assert said.code == 8, said.err
    assert "error: dtc: no connection can be made to 127.0.0.1, after 6 tries" in said.err
    assert "\nnext:  Check the network" in said.err
    assert counts(said, "fno customers")[0] > 0
    assert "crm accounts" in said.out
    assert "Traceback" not in said.err


def test_check_with_a_dead_source_says_how_old_its_numbers_are(
    live: LiveShop, patient: dict[str, subprocess.Popen[str]], shop: Shop
) -> None:
    """Exit code 8; the card stands on what was read before, and it says when that was."""
    said = ended(patient["check"])
    assert said.code == 8, said.err
    assert "error: dtc: no connection can be made" in said.err
    assert "! dtc: it could not be read now; the numbers stand on what was read of it on " in said.err
    calm = shop.run("check", "--no-sync", "--as-of", _AS_OF, "-w", str(live.read))
    read = next(line for line in calm.out.splitlines() if line.startswith("dtc orders"))
    assert read in said.out.splitlines(), "the time of its last reading stays"
    assert said.out.splitlines()[3:6] == calm.out.splitlines()[3:6]


# ---- stopping, and two at a time


@pytest.mark.parametrize("call", [20, *[pytest.param(one, marks=pytest.mark.deep) for one in (2, 9, 15, 30, 40, 50)]])
def test_ctrl_c_stops_at_a_page_edge_and_the_next_run_goes_on_there(live: LiveShop, shop: Shop, call: int) -> None:
    """Exit code 130 and the command to go on with; then nothing is lost and nothing is double."""
    path = live.new(shop.folder / "stopped", page_size=10)
    hold = Hold(live.world, call)
    process = started("sync", "-w", str(path))
    assert hold.reached.wait(60)
    process.send_signal(signal.SIGINT)
    hold.go.set()
    said = ended(process)
    assert said.code == 130, said.err
    assert f"Stopped at a page edge; everything up to there is kept. Go on with: unposted sync -w {path}" in said.err
    assert "Traceback" not in said.err
    done = shop.run("sync", "-w", str(path))
    assert done.code == 0, done.err
    assert known(path) == live.known
    for name in ("wholesale orders", "dtc orders", "fno customers"):
        kept = stored(said, name) + stored(done, name)
        assert kept == counts(live.first, name)[1], "what was kept is not kept again"
    assert call == 2 or sum(stored(said, name) for name in ("wholesale companies", "dtc orders")) > 0


def test_a_second_command_says_which_process_holds_the_store(live: LiveShop, shop: Shop) -> None:
    """Exit code 2 with its PID and what to do; the first one ends well."""
    path = live.new(shop.folder / "held")
    hold = Hold(live.world, 6)
    process = started("sync", "-w", str(path))
    assert hold.reached.wait(60)
    for command in (("sync",), ("check", "--as-of", _AS_OF), ("verify",), ("doctor",), ("worklist", "--no-sync")):
        said = shop.run(*command, "-w", str(path))
        assert (said.code, said.out) == (2, "")
        assert f"error: Another process (PID {process.pid}) is using the store .unposted/unposted.duckdb." in said.err
        assert "next:  Wait for it to end, or stop it" in said.err
    hold.go.set()
    assert ended(process).code == 0
    assert known(path) == live.known


def test_a_sync_that_was_killed_is_told_of_and_made_good(live: LiveShop, shop: Shop) -> None:
    """The doctor says so; the next run reads what is missing."""
    path = live.new(shop.folder / "killed", page_size=10)
    hold = Hold(live.world, 12)
    process = started("sync", "-w", str(path))
    assert hold.reached.wait(60)
    process.kill()
    process.communicate()
    hold.go.set()
    doctor = shop.run("doctor", "-w", str(path))
    assert (doctor.code, "was killed" in doctor.out) == (0, True)
    assert shop.run("sync", "-w", str(path)).code == 0
    assert known(path) == live.known


# ---- verify


_OTHER, _ONE = "content_hash = content_hash - 1", "order_id = ? AND source_id IN (@)"
_SPOILS = {
    "Missing": f"DELETE FROM order_version WHERE {_ONE}",
    "Stale": f"UPDATE order_version SET updated_at = updated_at - INTERVAL 1 DAY, {_OTHER} WHERE {_ONE}",
    "Incorrect": f"UPDATE order_version SET total = total + 1, {_OTHER} WHERE {_ONE}",
}


def _spoil(path: Path, kind: str) -> str:
    """Spoil an order of the shop in the store as a sync that missed something would have left it; return its id."""
    ours = "SELECT source_id FROM source WHERE name = 'dtc'"
    with duckdb.connect(str(store_of(path))) as store:
        row = store.execute(
            f"SELECT min(order_id) FROM order_version WHERE source_id IN ({ours}) AND order_id NOT LIKE 'draft-%'"
        ).fetchone()
        assert row is not None
        store.execute(_SPOILS[kind].replace("@", ours), [row[0]])
        return str(row[0])


@pytest.mark.parametrize("kind", _SPOILS)
def test_verify_finds_what_was_missed_and_mends_it(live: LiveShop, shop: Shop, kind: str) -> None:
    """Without repair it only tells, with exit code 8; with it the store is as it should be, and stays so."""
    path = live.copy(shop.folder / "spoilt")
    record = _spoil(path, kind)
    assert current_of(known(path)) != current_of(live.known)
    command = ("verify", _SHOP, "--days", "700", "-w", str(path))
    place = ["Compared", "Missing", "Stale", "Incorrect", "Gone"].index(kind)
    told = shop.run(*command, "--no-repair")
    assert told.code == 8
    assert counts(told, "dtc orders")[1:] == [int(at == place) for at in range(1, 5)]
    assert f"! dtc orders differed: {record}" in told.err
    mended = shop.run(*command)
    assert mended.code == 0
    assert "mended" in mended.out
    assert current_of(known(path)) == current_of(live.known)
    again = shop.run(*command)
    assert (again.code, again.err, "mended" in again.out) == (0, "", False)


def test_verify_ends_an_order_that_the_shop_has_deleted(live: LiveShop, shop: Shop) -> None:
    """It is asked for once more before it ends."""
    path = live.copy(shop.folder / "gone")
    with duckdb.connect(str(store_of(path))) as store:
        store.execute(
            """INSERT INTO order_version SELECT * REPLACE ('99999999' AS order_id) FROM order_version
            WHERE source_id IN (SELECT source_id FROM source WHERE name = 'dtc') LIMIT 1"""
        )
    said = shop.run("verify", _SHOP, "--days", "700", "-w", str(path))
    assert said.code == 0, said.err
    assert counts(said, "dtc orders")[1:] == [0, 0, 0, 1]
    assert "99999999" in said.err
    assert current_of(known(path)) == current_of(live.known)


# ---- connector test


@pytest.mark.parametrize("name", _NAMES)
def test_connector_test_passes_a_sound_source(live: LiveShop, shop: Shop, name: str) -> None:
    """Exit code 0; a wrong credential was tried and refused, nothing fails, and nothing is stored."""
    path = live.new(shop.folder / "sound")
    said = shop.run("connector", "test", name, "-w", str(path))
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("ok    wrong credential: a wrong credential is refused\n")
    assert "fail" not in said.out
    assert not store_of(path).exists()


def test_connector_test_warns_of_a_narrowed_scope(live: LiveShop, shop: Shop) -> None:
    """What it hides is said; a scope without which nothing can be found fails."""
    service = live.world.site.services["/shopify"]
    assert isinstance(service, ShopifyService)
    service.switches = replace(service.switches, scopes=ALL_SCOPES - {"read_all_orders", "read_companies"})
    said = shop.run("connector", "test", _SHOP, "-w", str(live.read))
    assert said.code == 0, said.out
    warned = [line for line in said.out.splitlines() if line.startswith("warn")]
    assert any("read_all_orders" in line and "60 days" in line for line in warned), said.out
    service.switches = replace(service.switches, scopes=ALL_SCOPES - {"read_orders"})
    said = shop.run("connector", "test", _SHOP, "-w", str(live.read))
    assert said.code == 8
    assert any("read_orders" in line for line in said.out.splitlines() if line.startswith("fail"))


def test_connector_test_names_a_source_that_there_is_not(live: LiveShop, shop: Shop) -> None:
    """Exit code 2 and the names that there are."""
    said = shop.run("connector", "test", "nobody", "-w", str(live.read))
    assert said.code == 2
    assert all(name in said.err for name in _NAMES)
