"""What goes wrong on purpose, as a real client sees it over a socket and within one process."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from email.utils import parsedate_to_datetime

import httpx2
import pytest

from tests.support.sandbox_wires import START, WAYS, Reached, Way, reached
from unposted.sandbox.faults import FAULTS, FaultName, Faults, FaultyService, every, nth, seldom
from unposted.sandbox.refusals import REFUSALS
from unposted.sandbox.wire import Answer, Call, SteppedClock, json_answer

_BOTH_WAYS = pytest.mark.parametrize("way", WAYS)
_PAGES = [[{"id": page * 10 + row, "total": "10.10", "rate": 1.10} for row in range(5)] for page in range(3)]


class _Shop:
    """A service of three pages that knows how to throttle in its own words; it counts what reaches it."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, call: Call) -> Answer:
        self.calls += 1
        if call.path == "/empty":
            return Answer(204)
        return json_answer({"value": _PAGES[int(call.first("page") or 0)]})

    def throttled(self) -> Answer:
        return json_answer({"errors": [{"extensions": {"code": "THROTTLED"}}]})


def _plain(call: Call) -> Answer:
    return json_answer(_PAGES[0])


def _page(to: Reached, number: int = 0) -> httpx2.Response:
    return to.client.get(f"{to.address}/orders", params={"page": str(number)})


def _ids(answer: httpx2.Response) -> list[int]:
    return [row["id"] for row in answer.json()["value"]]


def _sees(kind: type[Exception]) -> Callable[[Reached], None]:
    def check(to: Reached) -> None:
        with pytest.raises(kind):
            _page(to)

    return check


def _sees_drip(to: Reached) -> None:
    with to.client.stream("GET", f"{to.address}/orders") as answer:
        pieces = list(answer.iter_raw())
    assert len(pieces) > 1
    assert json.loads(b"".join(pieces))["value"] == _PAGES[0]


def _sees_status(status: int, header: str = "", value: str = "") -> Callable[[Reached], None]:
    def check(to: Reached) -> None:
        answer = _page(to)
        assert answer.status_code == status
        if header:
            assert answer.headers[header] == value

    return check


def _sees_html(to: Reached) -> None:
    answer = _page(to)
    assert (answer.status_code, answer.headers["content-type"][:9]) == (502, "text/html")
    assert answer.text.startswith("<!DOCTYPE html>")


def _sees_date(to: Reached) -> None:
    answer = _page(to)
    assert answer.status_code == 503
    assert parsedate_to_datetime(answer.headers["retry-after"]) == START + timedelta(seconds=5)


def _sees_daily(to: Reached) -> None:
    answer = _page(to)
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) == 1.5 * 3600


def _sees_own_throttle(to: Reached) -> None:
    answer = _page(to)
    assert answer.status_code == 200
    assert answer.json()["errors"][0]["extensions"]["code"] == "THROTTLED"


def _sees_half(to: Reached) -> None:
    answer = _page(to)
    assert answer.status_code == 200
    assert int(answer.headers.get("content-length", len(answer.content))) == len(answer.content)
    with pytest.raises(json.JSONDecodeError):
        answer.json()


def _sees_shuffled(to: Reached) -> None:
    answer = _page(to)
    assert _ids(answer) != [0, 1, 2, 3, 4]
    assert sorted(_ids(answer)) == [0, 1, 2, 3, 4]
    assert b'"total":"10.10"' in answer.content


def _sees_nothing(to: Reached) -> None:
    assert _ids(_page(to)) == [0, 1, 2, 3, 4]


_SEEN: dict[FaultName, Callable[[Reached], None]] = {
    "refused": _sees(httpx2.TransportError),
    "reset": _sees(httpx2.TransportError),
    "stall": _sees(httpx2.ReadTimeout),
    "drip": _sees_drip,
    "500": _sees_status(500),
    "502-html": _sees_html,
    "503-seconds": _sees_status(503, "retry-after", "3"),
    "503-date": _sees_date,
    "429-burst": _sees_own_throttle,
    "429-daily": _sees_daily,
    "401": _sees_status(401, "www-authenticate", "Bearer"),
    "truncated": _sees_half,
    "duplicate-page": _sees_nothing,
    "reordered-page": _sees_shuffled,
    "clock-step": _sees_nothing,
}


@_BOTH_WAYS
@pytest.mark.parametrize("fault", FAULTS)
def test_a_client_sees_each_fault_and_then_the_service_again(fault: FaultName, way: Way) -> None:
    """The call that the plan names is spoilt in its own manner; the next one is answered as ever."""
    clock = SteppedClock(START)
    faults = Faults(nth(fault, 1), clock.step, stall=30.0, drip=0.4)
    silence = 0.2 if fault == "stall" else 20.0
    with reached(FaultyService(_Shop(), faults, clock.now), way, clock, silence) as to:
        _SEEN[fault](to)
        assert _ids(_page(to)) == [0, 1, 2, 3, 4]
    assert faults.calls == 2
    assert faults.done == ({} if fault == "duplicate-page" else {fault: 1})


@_BOTH_WAYS
def test_a_duplicate_page_is_the_page_before_once_more(way: Way) -> None:
    """The answer to the call before on the same path comes again in place of the right one."""
    clock = SteppedClock(START)
    faults = Faults(nth("duplicate-page", 2))
    with reached(FaultyService(_Shop(), faults, clock.now), way, clock) as to:
        assert [_ids(_page(to, number))[0] for number in (0, 1, 1, 2)] == [0, 0, 10, 20]
    assert faults.done == {"duplicate-page": 1}


@_BOTH_WAYS
def test_a_stepped_clock_goes_forward_and_back(way: Way) -> None:
    """The first step is two hours forward, the second two hours back; the Date header shows it."""
    clock = SteppedClock(START)
    faults = Faults(nth("clock-step", 1, calls=2), clock.step)
    with reached(FaultyService(_Shop(), faults, clock.now), way, clock) as to:
        shown = [parsedate_to_datetime(_page(to).headers["date"]) - START for _ in range(3)]
    assert shown == [timedelta(hours=2), timedelta(0), timedelta(0)]


@_BOTH_WAYS
@pytest.mark.parametrize("fault", ["reset", "truncated", "duplicate-page", "reordered-page", "drip"])
def test_a_fault_that_has_no_place_does_not_happen(fault: FaultName, way: Way) -> None:
    """An answer without a body has nothing to break off, cut, repeat, shuffle or drip."""
    clock = SteppedClock(START)
    faults = Faults(nth(fault, 1))
    with reached(FaultyService(_Shop(), faults, clock.now), way, clock) as to:
        assert to.client.get(f"{to.address}/empty").status_code == 204
    assert not faults.done


def test_a_call_that_is_refused_does_not_reach_the_service() -> None:
    """Answers that stand in place of the service's leave it as it was."""
    clock = SteppedClock(START)
    shop = _Shop()
    faults = Faults(every({"refused": 2}))
    with reached(FaultyService(shop, faults, clock.now), "in-process", clock) as to:
        for turn in range(4):
            if turn % 2:
                with pytest.raises(httpx2.ConnectError):
                    _page(to)
            else:
                _page(to)
    assert (shop.calls, faults.done["refused"]) == (2, 2)


def test_a_service_without_words_of_its_own_throttles_in_common_ones() -> None:
    """A 429 says how long to wait."""
    service = FaultyService(_plain, Faults(nth("429-burst", 1)), SteppedClock(START).now)
    answer = service(Call("GET", "/"))
    assert (answer.status, dict(answer.headers)["Retry-After"]) == (429, "3")


@pytest.mark.parametrize("prefix", sorted(REFUSALS))
def test_each_platform_throttles_and_refuses_in_its_own_words(prefix: str) -> None:
    """The fault of a burst and of a refused credential are the platform's own answers; the service sees neither."""
    plan = every({"429-burst": 2, "401": 1})
    service = FaultyService(_plain, Faults(plan), SteppedClock(START).now, REFUSALS[prefix])
    refused, throttled = service(Call("GET", "/")), service(Call("GET", "/"))
    assert (refused, throttled) == (REFUSALS[prefix].unauthorized, REFUSALS[prefix].throttled)
    assert refused.status == 401
    assert throttled.status == (200 if prefix == "/shopify" else 429)


def test_services_that_share_faults_share_the_count() -> None:
    """The N-th call of a whole run is spoilt, whichever service gets it."""
    faults = Faults(nth("500", 3))
    now = SteppedClock(START).now
    shop, books = FaultyService(_plain, faults, now), FaultyService(_plain, faults, now)
    assert [service(Call("GET", "/")).status for service in (shop, books, books, shop)] == [200, 200, 500, 200]


@pytest.mark.parametrize(
    ("body", "container"),
    [
        (_PAGES[0], ()),
        ({"items": _PAGES[0], "total_count": 5}, ("items",)),
        ({"data": _PAGES[0], "meta": {"total": 5}}, ("data",)),
        ({"data": {"shop": {"id": 1}, "orders": {"nodes": _PAGES[0]}}}, ("data", "orders", "nodes")),
        ({"data": {"orders": {"edges": _PAGES[0]}}}, ("data", "orders", "edges")),
    ],
)
def test_rows_are_shuffled_wherever_a_platform_keeps_them(body: object, container: tuple[str, ...]) -> None:
    """The rows change places, each byte by byte as it was; all else stays."""
    service = FaultyService(lambda _: json_answer(body), Faults(nth("reordered-page", 1)), SteppedClock(START).now)
    shuffled = json.loads(service(Call("GET", "/")).body)
    whole, rows = shuffled, body
    for name in container:
        shuffled, rows = shuffled[name], rows[name]  # type: ignore[index]
    assert shuffled != rows
    shuffled.sort(key=lambda row: row["id"])
    assert whole == body


@pytest.mark.parametrize("body", [{"value": []}, {"data": [{"id": 1}]}, {"data": {"shop": None}}, "text", {"data": 3}])
def test_a_page_without_two_rows_has_no_order(body: object) -> None:
    """What is no list of two rows or more stays as it is."""
    faults = Faults(nth("reordered-page", 1))
    service = FaultyService(lambda _: json_answer(body), faults, SteppedClock(START).now)
    assert json.loads(service(Call("GET", "/")).body) == body
    assert not faults.done


def test_pages_of_a_graphql_query_are_told_from_those_of_another() -> None:
    """The page before is one of the same query, whatever its variables."""
    faults = Faults(nth("duplicate-page", 2, calls=9))
    service = FaultyService(lambda call: Answer(200, body=call.body), faults, SteppedClock(START).now)

    def ask(query: str, after: int) -> bytes:
        body = json.dumps({"query": query, "variables": {"after": after}}).encode()
        return service(Call("POST", "/graphql.json", headers={"content-type": "application/json"}, body=body)).body

    assert b"orders" in ask("orders", 1)
    assert b"shop" in ask("shop", 1)
    assert ask("orders", 2) == json.dumps({"query": "orders", "variables": {"after": 1}}).encode()


def test_plans_name_their_calls() -> None:
    """The N-th, some in a row, every so many, and a share of them that a seed fixes."""
    assert [call for call in range(1, 9) if nth("500", 3, calls=2)(call)] == [3, 4]
    often = every({"500": 2, "401": 3})
    assert [often(call) for call in range(1, 7)] == [None, "500", "401", "500", None, "401"]
    drawn = seldom({"reset": 0.1, "drip": 0.1}, seed=7)
    found = [drawn(call) for call in range(1, 2001)]
    assert found == [drawn(call) for call in range(1, 2001)]
    assert 150 < found.count("reset") < 250
    assert 150 < found.count("drip") < 250
    assert found != [seldom({"reset": 0.1, "drip": 0.1}, seed=8)(call) for call in range(1, 2001)]
