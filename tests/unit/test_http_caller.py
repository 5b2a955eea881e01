"""How calls are sent: addresses and queries, foreign links, what an answer may be, secrets that are never shown."""

from __future__ import annotations

import gzip
import threading
from datetime import timedelta

import httpx2
import msgspec
import pytest

from tests.support.callers import BASE, NOW, Called, fine
from unposted.connectors.http import Ask, Caller, Patience
from unposted.connectors.secrets import Secret
from unposted.connectors.signers import HeaderSigner
from unposted.errors import BadAnswer, SignIn, SourceRefused
from unposted.sandbox.wire import Answer, Call, html_answer, json_answer

_SECRET = "canary-8XaPq02LmZ71"


def _signed(script: object, **more: object) -> Called:
    signer = HeaderSigner("X-Token", Secret(_SECRET))
    return Called(script, signer, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("params", "sent"),
    [
        ({"q": "a b+c"}, b"q=a%20b%2Bc"),
        ({"$filter": "Name eq 'O''Neil & Söhne'"}, b"$filter=Name%20eq%20%27O%27%27Neil%20%26%20S%C3%B6hne%27"),
        ({"at": "2026-04-12T22:30:00+02:00"}, b"at=2026-04-12T22%3A30%3A00%2B02%3A00"),
        ({"list": "a,b/c#d?e=f%20"}, b"list=a%2Cb%2Fc%23d%3Fe%3Df%2520"),
        ([("id", "1"), ("id", "2")], b"id=1&id=2"),
        ({"searchCriteria[filter_groups][0]": "x"}, b"searchCriteria%5Bfilter_groups%5D%5B0%5D=x"),
    ],
)
def test_a_query_is_percent_encoded(params: dict[str, str], sent: bytes) -> None:
    """Blanks are %20 and a plus is %2B, as OData and every other reader take them; the $ of OData stays."""
    shop = Called()
    shop.ask(ask=Ask("GET", "orders", params))
    assert shop.sent == [b"/shop/orders?" + sent]
    assert shop.calls[0].query == tuple(params.items() if isinstance(params, dict) else params)


def test_parameters_join_a_query_that_the_address_has() -> None:
    """A second question mark would be a part of the first value."""
    shop = Called()
    shop.ask(ask=Ask("GET", "orders?a=1", {"b": "2"}))
    assert shop.sent == [b"/shop/orders?a=1&b=2"]


@pytest.mark.parametrize(
    "rest",
    [
        "orders?$skiptoken=%3Ccookie%20pagenumber%3D%25222%2522%27",
        "orders?page_info=eyJsYXN0X2lkIjo0fQ==&limit=250",
        "orders?after=a+b%2Bc&x=%zz",
    ],
)
def test_a_next_link_is_sent_as_it_came(rest: str) -> None:
    """What is encoded in it is not encoded once more, nor decoded."""
    shop = Called()
    shop.ask(f"{BASE}/{rest}")
    assert shop.sent == [b"/shop/" + rest.encode()]


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/shop/orders",
        "https://shop.example.evil.example/orders",
        "https://shop.example@evil.example/orders",
        "https://evil@shop.example/orders",
        "https://shop.example:8443/orders",
        "http://shop.example/orders",
        "http://shop.example:443/orders",
        "https://shop.example\\@evil.example/orders",
        "https://evil.example#@shop.example/orders",
        "https://[::1/orders",
        "https://shop.example:99999/orders",
        "https://shop.example:x/orders",
        "https://",
    ],
)
def test_a_link_to_another_host_is_refused(link: str) -> None:
    """Another host, port, user or scheme would be sent our credentials; nothing is sent, and the link is not shown."""
    shop = _signed([fine()], base="https://shop.example")
    error = shop.failure(Ask("GET", link))
    assert isinstance(error, BadAnswer)
    assert error.code == "foreign-link"
    assert shop.sent == []
    assert "evil" not in shop.shown(error)


@pytest.mark.parametrize(
    "address", ["//evil.example/orders", "HTTPS://evil.example/x", "ftp://evil.example/x", "@evil"]
)
def test_what_is_no_whole_address_stays_below_the_base(address: str) -> None:
    """It is a path, whatever it looks like."""
    shop = _signed([fine()], base="https://shop.example/api")
    shop.ask(address)
    assert shop.calls[0].path == "/" + address.lstrip("/")


@pytest.mark.parametrize(
    ("base", "link"),
    [
        ("https://shop.example/api", "https://SHOP.example/other?x=1"),
        ("https://shop.example", "https://shop.example:443/orders"),
        ("https://shop.example:443", "https://shop.example/orders"),
        ("https://shop.example/", "https://shop.example/orders"),
    ],
)
def test_the_same_host_may_be_written_in_other_ways(base: str, link: str) -> None:
    """Capitals, and the port that the scheme has anyway, make no other host."""
    assert Caller("shop", base).address(link) == link


def test_a_redirect_is_not_followed() -> None:
    """It would carry our credentials to wherever it leads."""
    shop = _signed([Answer(302, (("Location", f"{BASE}/elsewhere"),))])
    error = shop.failure()
    assert isinstance(error, SourceRefused)
    assert "302" in error.message
    assert len(shop.calls) == 1


def test_a_bomb_is_given_up_by_what_it_unpacks_to() -> None:
    """The limit counts the bytes that would be held, not those of the wire."""
    packed = gzip.compress(b" " * 3_000_000)
    shop = Called([Answer(200, (("Content-Encoding", "gzip"),), packed)], patience=Patience(most_bytes=2**20))
    error = shop.failure()
    assert len(packed) < 2**16
    assert error.code == "answer-too-big"
    assert "1 MB" in error.message
    assert len(shop.calls) == 1


def test_an_answer_of_just_the_limit_is_taken() -> None:
    """Only more than the limit is too much."""
    shop = Called([Answer(200, (), b"x" * 1000)], patience=Patience(most_bytes=1000))
    assert shop.ask().value == b"x" * 1000


def test_the_status_the_headers_and_the_body_come_whole() -> None:
    """Names of headers are lower-case; what was sent is what the system hears."""
    shop = Called([json_answer({"a": 1}, 201, [("X-Limit", "7")])])
    answered = shop.ask(decode=msgspec.json.decode, ask=Ask("POST", "x", headers={"A": "b"}, json={"q": "ü"}))
    assert (answered.value, answered.reply.status, answered.reply.headers["x-limit"]) == ({"a": 1}, 201, "7")
    assert (shop.calls[0].method, shop.calls[0].headers["a"]) == ("POST", "b")
    assert msgspec.json.decode(shop.calls[0].body) == {"q": "ü"}


def test_the_clocks_are_compared() -> None:
    """The skew is the server's clock less ours; a header that nobody can read says nothing."""
    for date, skew in [
        (f"{NOW + timedelta(minutes=5):%a, %d %b %Y %H:%M:%S GMT}", 300.0),
        (f"{NOW - timedelta(minutes=5):%a, %d %b %Y %H:%M:%S GMT}", -300.0),
        ("yesterday", None),
        ("Sun, 12 Apr 2026 22:30:00", None),
    ]:
        shop = Called()
        transport = httpx2.MockTransport(lambda _, date=date: httpx2.Response(200, headers={"Date": date}))
        caller = Caller("shop", BASE, clock=shop.clock, transport=transport)
        caller.ask(Ask("GET", "x"), bytes)
        assert caller.spent.skew == skew, date


def test_what_calls_cost_is_counted() -> None:
    """Every try is a call; bytes are those of the unpacked bodies; waits add up."""
    busy = json_answer({}, 429, [("Retry-After", "7")])
    shop = Called([Answer(503), busy, Answer(200, (), b"12345")])
    shop.ask()
    spent = shop.caller.spent
    assert (spent.calls, spent.retries, spent.bytes) == (3, 1, 5 + len(busy.body))
    assert spent.waited == pytest.approx(sum(shop.seconds))
    assert shop.clock.monotonic() == pytest.approx(spent.waited)


def test_one_call_is_sent_at_a_time() -> None:
    """Two threads that share a caller do not share a moment: the system's limits are counted for one."""
    inside, most = 0, 0

    def busy(_call: Call) -> Answer:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        threading.Event().wait(0.002)
        inside -= 1
        return fine()

    shop = Called(busy)
    threads = [threading.Thread(target=shop.ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (most, shop.caller.spent.calls) == (1, 8)


def test_the_lock_is_free_after_a_failure() -> None:
    """A call that failed does not block the next one."""
    shop = Called([Answer(404), fine()])
    shop.failure()
    assert shop.ask().reply.status == 200


def test_a_closed_caller_opens_itself_again() -> None:
    """Closing twice is harmless, and a later call is answered."""
    shop = Called()
    shop.ask()
    shop.caller.close()
    shop.caller.close()
    assert shop.ask().reply.status == 200


@pytest.mark.parametrize("status", [400, 401, 403, 404, 418, 429, 500, 503])
def test_a_body_that_echoes_the_secret_is_not_shown(status: int) -> None:
    """Neither in the message nor in the next step nor in what is told of waits, whole or cut."""

    def judge(reply: object, now: object) -> object:
        from unposted.connectors.replies import judged

        return judged(reply, now, lambda reply: reply.body.decode())  # type: ignore[arg-type]

    for words in (f"no {_SECRET} here", "x" * 285 + _SECRET, f"Bearer {_SECRET}", f"see {BASE}?sig={_SECRET}&x=1"):
        shop = _signed([Answer(status, (), words.encode())], judge=judge)
        told = shop.shown(shop.failure())
        assert _SECRET[:10] not in told, words


def test_a_signature_in_an_address_is_not_shown() -> None:
    """What signs a link is a credential though nobody listed it."""
    shop = Called(
        [Answer(500, (), b"")], judge=lambda _reply, _now: SignIn("x", "no https://h/?a=1&sig=kk99Ab", "y?sig=kk99Ab")
    )
    told = shop.shown(shop.failure())
    assert "kk99Ab" not in told
    assert "a=1" in told


@pytest.mark.parametrize("text", ["tok\nken-123456", "tok\ufeffken-123456", "tok\x00ken-123456", "tok\xa0ken-123456"])
def test_a_secret_that_cannot_be_sent_is_told_so(text: str) -> None:
    """A token with a line end or an invisible character is the user's to mend, and no failure of the network."""
    shop = Called(signer=HeaderSigner("X-Token", Secret(text)))
    error = shop.failure()
    assert isinstance(error, SignIn)
    assert error.code == "secret-unusable"
    assert text not in shop.shown(error)
    assert shop.calls == []


def test_a_page_for_people_is_no_answer() -> None:
    """A 200 of HTML, as captive portals give, is tried again and then told."""
    for answer in (html_answer(200, "Welcome"), Answer(200, (), b"  <html>")):
        shop = Called([answer])
        error = shop.failure()
        assert (type(error), error.code) == (BadAnswer, "bad-answer")
        assert "page for people" in error.message


def test_the_name_of_the_source_stands_before_every_message() -> None:
    """Also when the message begins with a word that looks like the name."""
    shop = Called(judge=lambda _reply, _now: SourceRefused("x", "shopping is over.", "Wait."))
    assert shop.failure().message == "shop: shopping is over."
    named = Called(judge=lambda _reply, _now: SourceRefused("x", "shop: it is over.", "Wait."))
    assert named.failure().message == "shop: it is over."
