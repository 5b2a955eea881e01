"""How fast the pages are: the board, and a page of a worklist of 100,000 rows, alone and at twenty users."""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import httpx2
import uvicorn

from tests.web.serving import Web, demo_web
from unposted.web.app import STATIC, make_app
from unposted.web.serving import listening
from unposted.web.signing import session_cookie

__all__ = ["main"]

_ROWS = 100_000
_ADDRESSES = (
    "/worklist",
    "/worklist?sort=name",
    "/worklist?q=segment%3Ab2b",
    "/worklist?q=okonjo",
    "/worklist?q=status%3Ano_match+min%3A100&sort=-last",
)


def main() -> None:
    """Print one line a measure: what, the median and the 95th percentile in milliseconds, and the bound."""
    with TemporaryDirectory() as folder, demo_web(Path(folder), with_trend=True) as web, _served(web) as base:
        _grow(web)
        _tell("board, one user", _alone(web, base, ("/",), 40), 100)
        _tell("worklist of 100,000, one user", _alone(web, base, _ADDRESSES, 200), 50)
        _tell("worklist at 20 users while rows are written", _crowd(web, base), 150)
        _tell_bytes(web)


@contextmanager
def _served(web: Web) -> Iterator[str]:
    """Serve over HTTP, as a browser is served."""
    with listening("127.0.0.1", 0) as listener:
        server = uvicorn.Server(uvicorn.Config(make_app(web.desk), log_config=None, access_log=False, lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join()


def _client(web: Web, base: str) -> httpx2.Client:
    token = web.desk.sessions.begin(web.people["owner"].person_id, web.clock())
    return httpx2.Client(base_url=base, cookies={session_cookie(web.desk): token}, timeout=30)


def _grow(web: Web) -> None:
    """Let the kept reading have a hundred thousand rows, each of another party."""
    kept = web.desk.known.kept
    assert kept is not None
    copies = _ROWS // kept.reading.value + 1
    with web.desk.shelf.cursor() as cursor:
        cursor.execute(
            f"""CREATE TABLE kept.line_bench AS SELECT * REPLACE (
                row_number() OVER () AS rank, party || copy AS party, alias_ref || copy AS alias_ref,
                name || ' ' || copy AS name, sort_name || ' ' || copy AS sort_name,
                search_text || ' ' || copy AS search_text)
            FROM (SELECT l.*, c.range AS copy FROM {kept.table} AS l, range({copies}) AS c) LIMIT {_ROWS}"""
        )
        cursor.execute("ALTER TABLE kept.line_bench DROP COLUMN copy")
    grown = replace(kept, table="kept.line_bench", reading=replace(kept.reading, value=_ROWS))
    web.desk.know(lambda known: replace(known, kept=grown))


def _alone(web: Web, base: str, addresses: tuple[str, ...], times: int) -> list[float]:
    client = _client(web, base)
    for address in addresses:
        client.get(address)
    return [_timed(lambda n=n: _get(client, addresses[n % len(addresses)])) for n in range(times)]  # type: ignore[misc]


def _crowd(web: Web, base: str) -> list[float]:
    """Let twenty users click every second or so while rows are written beside them."""
    spent: list[float] = []
    stop = threading.Event()

    def user(number: int) -> None:
        client = _client(web, base)
        for n in range(8):
            time.sleep(0.05 * number % 1.0)
            spent.append(_timed(lambda n=n: _get(client, _ADDRESSES[(n + number) % len(_ADDRESSES)])))  # type: ignore[misc]
            time.sleep(0.5)

    def writer() -> None:
        while not stop.is_set():
            with web.desk.shelf.writing() as cursor:
                cursor.execute("CREATE OR REPLACE TABLE bench_written AS SELECT range AS n FROM range(20000)")
            time.sleep(0.05)

    threads = [threading.Thread(target=user, args=(number,)) for number in range(20)]
    beside = threading.Thread(target=writer)
    beside.start()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    stop.set()
    beside.join()
    return spent


def _get(client: httpx2.Client, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200, address


def _timed(call: Callable[[], None]) -> float:
    start = time.perf_counter()
    call()
    return (time.perf_counter() - start) * 1000


def _tell(what: str, spent: list[float], bound: float) -> None:
    ordered = sorted(spent)
    p95 = ordered[int(len(ordered) * 0.95) - 1]
    print(f"{what:45} median {median(ordered):7.1f} ms   p95 {p95:7.1f} ms   bound {bound} ms")


def _tell_bytes(web: Web) -> None:
    page = len(gzip.compress(web.client("owner").get("/").content, 5))
    files = sum(
        len(gzip.compress((STATIC / name).read_bytes(), 5)) for name in ("app.css", "app.js", "htmx.min.js", "icon.svg")
    )
    print(f"{'first page with its files, compressed':45} {(page + files) / 1024:7.1f} KB   bound 60 KB")


if __name__ == "__main__":
    main()
