"""The sandbox's HTTP server on loopback."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Event

import httpx2
import pytest

from tests.support.sandbox_wires import START, WAYS, Way, reached
from unposted.sandbox.server import LOOPBACK, SandboxServer
from unposted.sandbox.wire import Answer, Call, Harm, SteppedClock, json_answer


def _echo(call: Call) -> Answer:
    return json_answer(
        {
            "method": call.method,
            "path": call.path,
            "query": call.query,
            "raw_query": call.raw_query,
            "kind": call.headers.get("content-type"),
            "body": call.body.decode(),
        }
    )


def _now() -> datetime:
    return START


@pytest.mark.parametrize("way", WAYS)
def test_a_service_gets_the_same_call_either_way(way: Way) -> None:
    """Method, decoded path, pairs of the query, its raw text, headers and body arrive alike."""
    with reached(_echo, way, SteppedClock(START)) as to:
        answer = to.client.post(
            f"{to.address}/companies(1)/r%C3%B6sti?a=1&a=&$filter=x%20eq%20'%26'",
            content="{}",
            headers={"Content-Type": "application/json"},
        )
    assert answer.json() == {
        "method": "POST",
        "path": "/companies(1)/rösti",
        "query": [["a", "1"], ["a", ""], ["$filter", "x eq '&'"]],
        "raw_query": answer.json()["raw_query"],
        "kind": "application/json",
        "body": "{}",
    }
    assert answer.json()["raw_query"].startswith("a=1&a=&$filter=x%20eq%20")
    assert answer.headers["date"] == "Sun, 12 Apr 2026 22:30:00 GMT"


@pytest.mark.parametrize("way", WAYS)
def test_an_answer_without_a_body_has_none(way: Way) -> None:
    """204 ends at its headers, and the connection goes on."""
    with reached(lambda _: Answer(204), way, SteppedClock(START)) as to:
        assert [to.client.get(to.address).status_code for _ in range(2)] == [204, 204]


def test_the_server_listens_on_loopback_alone() -> None:
    """Its socket is bound to 127.0.0.1, so that no other address of the computer answers."""
    with SandboxServer({"/shop": _echo}, _now) as server:
        assert server.address == f"http://127.0.0.1:{server.port}"
        assert server._http.socket.getsockname()[0] == LOOPBACK == "127.0.0.1"
        with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.2", server.port), timeout=2):
            pass


def test_the_longest_prefix_that_ends_at_a_slash_has_the_call() -> None:
    """One prefix may begin like another."""
    mounts = {f"/{name}": (lambda call, name=name: json_answer([name, call.path])) for name in ("big", "big-b2b")}
    with SandboxServer(mounts, _now) as server, httpx2.Client(trust_env=False) as client:
        found = [client.get(f"{server.address}/{path}").json() for path in ("big/v2/orders", "big-b2b/io", "big")]
        assert found == [["big", "/v2/orders"], ["big-b2b", "/io"], ["big", "/"]]
        assert client.get(f"{server.address}/bigger").status_code == 404
        server.mount("/bigger", _echo)
        assert client.get(f"{server.address}/bigger").json()["path"] == "/"


def test_one_connection_carries_many_calls() -> None:
    """The connection is kept, and several clients are served at a time."""
    with SandboxServer({"/shop": _echo}, _now) as server:
        with httpx2.Client(trust_env=False) as client:
            for _ in range(20):
                assert client.get(f"{server.address}/shop").status_code == 200
            assert len(server._connections) == 1

        def ask(number: int) -> str:
            with httpx2.Client(trust_env=False) as own:
                return str(own.get(f"{server.address}/shop/{number}").json()["path"])

        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(ask, range(24))) == [f"/{number}" for number in range(24)]


def test_a_big_body_arrives_whole() -> None:
    """Megabytes are sent as they are."""
    body = b"x" * 5_000_000
    with SandboxServer({"/shop": lambda _: Answer(200, body=body)}, _now) as server:
        assert httpx2.get(f"{server.address}/shop", trust_env=False).content == body


def test_a_service_that_fails_is_told_apart_from_one_that_answers_500() -> None:
    """The client gets a 500 with the kind of failure; the failure itself is kept for whoever runs the server."""

    def broken(_call: Call) -> Answer:
        raise KeyError("canary")

    with SandboxServer({"/shop": broken}, _now) as server:
        answer = httpx2.get(f"{server.address}/shop", trust_env=False)
        assert answer.status_code == 500
        assert "KeyError" in answer.text
        assert "canary" not in answer.text
        assert [type(error) for error in server.failures] == [KeyError]


@pytest.mark.parametrize("harm", [Harm("stall", seconds=3600), Harm("drip", seconds=3600)])
def test_closing_ends_what_stalls(harm: Harm) -> None:
    """Nobody waits for a stalled or dripping answer when the server stops."""
    was_asked = Event()

    def slow(_call: Call) -> Answer:
        was_asked.set()
        return Answer(200, body=b"x" * 64, harm=harm)

    with ThreadPoolExecutor(1) as pool, SandboxServer({"/shop": slow}, _now) as server:
        waiting = pool.submit(_get, f"{server.address}/shop")
        assert was_asked.wait(20)
        server.close()
        assert waiting.result(timeout=20) in {"answered", "broken"}


def _get(address: str) -> str:
    try:
        httpx2.get(address, timeout=20, trust_env=False)
    except httpx2.TransportError:
        return "broken"
    return "answered"


def test_a_cut_answer_ends_before_its_length() -> None:
    """The connection is closed after some bytes of the body that was announced."""
    answer = Answer(200, body=b"x" * 1000, harm=Harm("cut", after=10))
    with SandboxServer({"/shop": lambda _: answer}, _now) as server, pytest.raises(httpx2.RemoteProtocolError):
        httpx2.get(f"{server.address}/shop", trust_env=False)


@pytest.mark.parametrize(("header", "status"), [("Transfer-Encoding: chunked", 411), ("Content-Length: 99999999", 413)])
def test_a_body_of_unknown_or_absurd_length_is_refused(header: str, status: int) -> None:
    """The server reads no more than it is told, and no more than it can hold."""
    with (
        SandboxServer({"/shop": _echo}, _now) as server,
        socket.create_connection((LOOPBACK, server.port), timeout=20) as raw,
    ):
        raw.sendall(f"POST /shop HTTP/1.1\r\nHost: x\r\n{header}\r\n\r\n".encode())
        assert raw.recv(200).startswith(f"HTTP/1.1 {status} ".encode())


def test_a_head_call_gets_the_headers_alone() -> None:
    """The length is told and the body left out."""
    with SandboxServer({"/shop": _echo}, lambda: datetime(2026, 1, 1, tzinfo=UTC)) as server:
        answer = httpx2.head(f"{server.address}/shop", trust_env=False)
    assert int(answer.headers["content-length"]) > 0
    assert answer.content == b""
