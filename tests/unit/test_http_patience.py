"""How often and how long a call is tried: pauses, Retry-After, limits, renewed tokens, and what it ends with."""

from __future__ import annotations

import gzip
from datetime import datetime, timedelta
from typing import Any

import httpx2
import msgspec
import pytest

from tests.support.callers import BASE, NOW, Called, fine
from unposted.connectors.http import Again, Ask, Caller, Patience
from unposted.connectors.replies import Reply, retry_after
from unposted.connectors.secrets import Secret
from unposted.connectors.signers import Token, TokenSigner
from unposted.errors import BadAnswer, LimitReached, SignIn, SourceDown, SourceRefused
from unposted.sandbox.wire import Answer, Harm, SteppedClock, html_answer, json_answer

_BUSY = Answer(429)


def _date(moment: datetime) -> str:
    return f"{moment:%a, %d %b %Y %H:%M:%S GMT}"


@pytest.mark.parametrize(
    "failure",
    [
        httpx2.ConnectError("x"),
        httpx2.ConnectTimeout("x"),
        httpx2.ReadTimeout("x"),
        httpx2.WriteTimeout("x"),
        httpx2.PoolTimeout("x"),
        httpx2.ReadError("x"),
        httpx2.WriteError("x"),
        httpx2.CloseError("x"),
        httpx2.RemoteProtocolError("x"),
        httpx2.ProxyError("x"),
        httpx2.DecodingError("x"),
        Answer(200, (), b"{}", Harm("refuse")),
        Answer(200, (), b"{}", Harm("reset", after=1)),
        Answer(200, (), b"{}", Harm("stall", seconds=60)),
        Answer(200, (), b"{}" * 32, Harm("drip", seconds=600)),
        Answer(200, (("Content-Encoding", "gzip"),), b"no gzip at all"),
        Answer(200, (("Content-Encoding", "gzip"),), gzip.compress(b"{}")[:-9] + b"\xff" * 9),
        *[Answer(status) for status in (408, 425, 429, 500, 502, 503, 504, 520, 524, 529)],
    ],
    ids=lambda failure: type(failure).__name__ if isinstance(failure, Exception) else f"{failure[0]} {failure.harm}",
)
def test_what_may_pass_is_tried_again(failure: Any) -> None:
    """A call that fails twice on the way or at the server is answered at the third try."""
    shop = Called([failure, failure, fine()])
    assert shop.ask().value == b"{}"
    assert len(shop.calls) == 3
    assert len(shop.waits) == 2


@pytest.mark.parametrize("status", [301, 400, 403, 404, 405, 409, 410, 422, 501])
def test_what_will_not_pass_is_not_tried_again(status: int) -> None:
    """A refusal stands."""
    shop = Called([Answer(status)])
    assert isinstance(shop.failure(), SourceRefused)
    assert (len(shop.calls), shop.waits) == (1, [])


@pytest.mark.parametrize("seed", range(20))
def test_pauses_grow_and_are_spread_within_bounds(seed: int) -> None:
    """Each is between half and the whole of twice the one before, and never longer than the longest."""
    patience = Patience(tries=9, first_pause=1.0, longest_pause=20.0)
    shop = Called([httpx2.ConnectError("x")], patience=patience, seed=seed)
    shop.failure()
    wholes = [1, 2, 4, 8, 16, 20, 20, 20]
    assert len(shop.seconds) == len(wholes)
    assert all(whole / 2 <= seconds <= whole for seconds, whole in zip(shop.seconds, wholes, strict=True))


def test_no_two_callers_come_back_together() -> None:
    """The pauses of two runs differ, or they would storm a server that has just come back."""
    first, second = (Called([httpx2.ConnectError("x")], seed=seed) for seed in (1, 2))
    first.failure()
    second.failure()
    assert first.seconds != second.seconds


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("7", 7.0),
        (" 0.5 ", 0.5),
        ("0", 0.0),
        (_date(NOW + timedelta(seconds=90)), 90.0),
        (_date(NOW - timedelta(seconds=90)), 0.0),
        ("Sun, 12 Apr 2026 22:31:00", 60.0),
        ("Mon, 13 Apr 2026 00:31:00 +0200", 60.0),
        *[(text, None) for text in ("", "soon", "-3", "nan", "inf", "1e400", "1_000", "0x10", "7 s", "٣")],
        *[(text, None) for text in ("Sun, 99 Foo 2026", "Sun, 12 Apr 99999 22:31:00 GMT", "1" * 400)],
    ],
)
def test_retry_after_is_seconds_or_a_date(text: str, seconds: float | None) -> None:
    """What is neither says nothing."""
    assert retry_after(Reply(429, {"retry-after": text}, b""), NOW) == seconds


@pytest.mark.parametrize("asked", ["7", _date(NOW + timedelta(seconds=7))])
def test_a_wait_that_is_asked_for_is_just_so_long(asked: str) -> None:
    """And does not use up the tries: a server may ask more often than we bear failures."""
    shop = Called(lambda _: json_answer({}, 429, [("Retry-After", asked)]) if shop.clock.now() < done else fine())
    done = NOW + timedelta(seconds=7 * 12 if asked == "7" else 7)
    shop.ask()
    assert shop.seconds == [7.0] * (12 if asked == "7" else 1)
    assert shop.caller.spent.retries == 0


@pytest.mark.parametrize("asked", ["0", "rubbish", _date(NOW - timedelta(days=1))])
@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_asks_for_no_wait_is_not_hammered(asked: str, status: int) -> None:
    """Zero seconds, a date that is over by our clock and rubbish are waits of our own, and they end."""
    shop = Called([json_answer({}, status, [("Retry-After", asked)])])
    error = shop.failure()
    assert isinstance(error, LimitReached if status == 429 else SourceDown)
    assert min(shop.seconds) >= 0.5
    assert len(shop.calls) < 100


def test_moments_that_are_asked_for_again_and_again_become_a_pause() -> None:
    """A server that always asks for a moment is not called a hundred thousand times."""
    shop = Called([json_answer({}, 429, [("Retry-After", "0.01")])])
    assert isinstance(shop.failure(), LimitReached)
    assert len(shop.calls) < 1000


@pytest.mark.parametrize("asked", ["86400", "999999999999", _date(NOW + timedelta(days=1))])
def test_a_daily_limit_ends_the_run_with_the_time_to_come_back(asked: str) -> None:
    """Nobody waits for a day; the message says from when on to try again."""
    shop = Called([json_answer({}, 429, [("Retry-After", asked)])])
    error = shop.failure()
    assert isinstance(error, LimitReached)
    assert error.code == "limit-reached"
    assert "asks to wait" in error.message
    assert ("13 Apr 2026 22:30 UTC" in error.next_step) == (asked != "999999999999")
    assert (shop.waits, len(shop.calls)) == ([], 1)


@pytest.mark.parametrize("seconds", [float("inf"), 1e300, 1e18])
def test_a_judge_may_find_any_number_of_seconds(seconds: float) -> None:
    """A time beyond the calendar is a limit like any other."""
    shop = Called(judge=lambda _reply, _now: Again("it rests", seconds, is_asked=True))
    assert isinstance(shop.failure(), LimitReached)


def test_waits_add_up_to_the_longest() -> None:
    """Ten minutes twice are more than a quarter of an hour."""
    shop = Called([json_answer({}, 429, [("Retry-After", "600")])], patience=Patience(longest_wait=900))
    assert isinstance(shop.failure(), LimitReached)
    assert shop.seconds == [600.0]


def test_failures_between_asked_waits_are_counted_alone() -> None:
    """Five failures and any number of asked waits are less than six tries."""
    script = [_BUSY, Answer(500)] * 5 + [fine()]
    shop = Called(script)
    shop.ask()
    assert (len(shop.calls), shop.caller.spent.retries) == (11, 5)


@pytest.mark.parametrize(
    ("answer", "code", "kind"),
    [
        (httpx2.ConnectError("x"), "source-down", SourceDown),
        (Answer(200, (), b"{}", Harm("stall", seconds=60)), "source-down", SourceDown),
        (html_answer(502, "Bad gateway"), "source-down", SourceDown),
        (Answer(503), "source-failing", SourceDown),
        (json_answer({"error": "boom"}, 500), "source-failing", SourceDown),
        (Answer(200, (), b'{"a": [1, 2'), "bad-answer", BadAnswer),
        (Answer(200, (), b""), "bad-answer", BadAnswer),
        (Answer(200, (), b"\xff\xfe"), "bad-answer", BadAnswer),
        (json_answer([1]), "bad-answer", BadAnswer),
        (Answer(200, (), b"[" * 100_000), "bad-answer", BadAnswer),
        (html_answer(200, "Sign in"), "bad-answer", BadAnswer),
        (Answer(200, (("Content-Encoding", "gzip"),), b"no gzip"), "bad-answer", BadAnswer),
    ],
)
def test_tries_that_are_used_up_end_by_what_went_wrong(answer: Any, code: str, kind: type) -> None:
    """Nothing came, the server itself failed, or what came was no data: three words for three next steps."""
    shop = Called([answer])
    error = shop.failure(decode=msgspec.json.Decoder(dict[str, Any]).decode)
    assert (error.code, type(error)) == (code, kind)
    assert (len(shop.calls), error.exit_code) == (6, 8)
    assert error.message.startswith("shop: ")
    assert "6 tries" in error.message


def test_a_cut_answer_is_told_from_a_wrong_one() -> None:
    """The user learns whether a proxy cuts or the address is wrong."""
    cut, wrong = Called([Answer(200, (), b'{"a": ')]), Called([json_answer([1])])
    decode = msgspec.json.Decoder(dict[str, Any]).decode
    assert "is cut" in cut.failure(decode=decode).message
    assert "expected shape" in wrong.failure(decode=decode).message


def test_an_answer_may_drip_so_long_and_no_longer() -> None:
    """A server that sends a byte now and then is not waited for without end, though it is never silent."""
    slow = Called([Answer(200, (), b"x" * 160, Harm("drip", seconds=110))])
    assert slow.ask().value == b"x" * 160
    slower = Called([Answer(200, (), b"x" * 160, Harm("drip", seconds=140))], patience=Patience(tries=2))
    assert slower.failure().code == "source-down"


class _Tokens:
    """A token service: each token is another one; `good` says which the system takes."""

    def __init__(self, good: str = "", fails: bool = False) -> None:
        self.clock = SteppedClock(NOW)
        self.good, self.fails, self.made = good, fails, 0

    def fetch(self) -> Token:
        self.made += 1
        if self.fails and self.made > 1:
            raise SignIn("token-refused", "no token.", "Ask.")
        return Token(Secret(f"token-number-{self.made}"), 3600)

    def called(self) -> Called:
        def answer(call: Any) -> Answer:
            return fine() if call.headers["authorization"].endswith(self.good or "never") else Answer(401)

        return Called(answer, TokenSigner(self.fetch, self.clock, ()))


def test_a_token_that_is_refused_is_renewed_once() -> None:
    """The call goes on with the fresh one, without a wait and without a failure."""
    tokens = _Tokens(good="number-2")
    shop = tokens.called()
    shop.ask()
    assert (tokens.made, len(shop.calls), shop.waits, shop.caller.spent.retries) == (2, 2, [], 0)


def test_a_fresh_token_that_is_refused_ends_the_call() -> None:
    """Once is enough: a second refusal is meant."""
    tokens = _Tokens()
    shop = tokens.called()
    error = shop.failure()
    assert isinstance(error, SignIn)
    assert (tokens.made, len(shop.calls), error.exit_code) == (2, 2, 4)


def test_a_token_may_grow_old_more_than_once_in_a_run() -> None:
    """Renewing is counted for each call alone."""
    tokens = _Tokens(good="number-2")
    shop = tokens.called()
    shop.ask()
    tokens.good = "number-3"
    shop.ask()
    assert (tokens.made, len(shop.calls)) == (3, 4)


def test_a_token_that_cannot_be_renewed_names_the_source() -> None:
    """The token service's own refusal is what the user reads."""
    tokens = _Tokens(fails=True)
    error = tokens.called().failure()
    assert (error.code, error.message) == ("token-refused", "shop: no token.")


def test_a_fixed_credential_that_is_refused_is_not_tried_twice() -> None:
    """There is nothing to renew."""
    shop = Called([Answer(401)])
    assert isinstance(shop.failure(), SignIn)
    assert len(shop.calls) == 1


def test_a_pause_of_our_own_is_told_and_counted() -> None:
    """None for no seconds, and a day is a limit, not a pause."""
    shop = Called()
    shop.caller.pause(0, "nothing")
    shop.caller.pause(-1, "nothing")
    shop.caller.pause(2.5, "points come back")
    assert (shop.waits, shop.caller.spent.waited) == ([(2.5, "points come back")], 2.5)
    assert shop.clock.now() == NOW + timedelta(seconds=2.5)
    with pytest.raises(LimitReached, match="24 hours"):
        shop.caller.pause(86_400, "the quota is used up")


def test_a_computer_without_the_network_is_told_so() -> None:
    """Nothing listens there: the message says that no connection can be made."""
    transport = httpx2.MockTransport(lambda _: (_ for _ in ()).throw(httpx2.ConnectError("x")))
    caller = Caller("shop", BASE, clock=SteppedClock(NOW), patience=Patience(tries=2), transport=transport)
    with pytest.raises(SourceDown, match="no connection can be made"):
        caller.ask(Ask("GET", "x"), bytes)
