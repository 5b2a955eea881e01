"""Credentials in a header: a fixed secret, and a token that is fetched and grows old."""

from __future__ import annotations

import httpx2
import pytest

from tests.support.callers import NOW
from unposted.connectors.secrets import Secret
from unposted.connectors.signers import HeaderSigner, Token, TokenSigner
from unposted.errors import SignIn, SourceDown
from unposted.sandbox.wire import SteppedClock


class _Office:
    """Makes tokens; `fails` is what it raises instead."""

    def __init__(self, life: float = 3600) -> None:
        self.clock = SteppedClock(NOW)
        self.life = life
        self.made = 0
        self.fails: Exception | None = None
        self.signer = TokenSigner(self.fetch, self.clock, (Secret("client-secret"),))

    def fetch(self) -> Token:
        if self.fails is not None:
            raise self.fails
        self.made += 1
        return Token(Secret(f"token-{self.made}"), self.life)

    def signed(self) -> str:
        request = httpx2.Request("GET", "https://shop.example/")
        self.signer.sign(request)
        return str(request.headers["Authorization"])


def test_a_token_is_fetched_when_it_is_first_needed_and_kept() -> None:
    """No token is asked for before a call, and one serves many."""
    office = _Office()
    assert office.made == 0
    assert [office.signed() for _ in range(3)] == ["Bearer token-1"] * 3
    assert office.made == 1


@pytest.mark.parametrize("life", [1.0, 60.0, 3599.0, 86_400.0])
def test_a_token_is_renewed_at_half_of_its_life(life: float) -> None:
    """Not a second before, and well before the system refuses it."""
    office = _Office(life)
    office.signed()
    office.clock.sleep(life / 2 - 0.25)
    assert office.signed() == "Bearer token-1"
    office.clock.sleep(0.25)
    assert office.signed() == "Bearer token-2"
    office.clock.sleep(life / 2)
    assert office.signed() == "Bearer token-3"


@pytest.mark.parametrize("life", [0.0, -5.0])
def test_a_token_without_a_life_serves_one_call(life: float) -> None:
    """A service that says nonsense about it costs a token a call, and stops nothing."""
    office = _Office(life)
    assert [office.signed() for _ in range(3)] == ["Bearer token-1", "Bearer token-2", "Bearer token-3"]


def test_a_clock_that_is_put_back_makes_no_token_last() -> None:
    """The token may be older than we think; the refusal renews it."""
    office = _Office()
    office.signed()
    office.clock.step(-86_400)
    assert office.signed() == "Bearer token-1"
    assert office.signer.renew()
    assert office.signed() == "Bearer token-2"


def test_renewing_fetches_at_once_and_starts_a_new_life() -> None:
    """The half of the new token's life counts from then."""
    office = _Office()
    office.signed()
    office.clock.sleep(1700)
    assert office.signer.renew()
    office.clock.sleep(1700)
    assert office.signed() == "Bearer token-2"
    office.clock.sleep(100)
    assert office.signed() == "Bearer token-3"


@pytest.mark.parametrize("error", [SignIn("token-refused", "x", "y"), SourceDown("source-down", "x", "y")])
def test_a_failure_to_fetch_is_the_callers(error: Exception) -> None:
    """Nothing is signed, and the next call tries anew."""
    office = _Office()
    office.fails = error
    for attempt in (office.signed, office.signer.renew):
        with pytest.raises(type(error)):
            attempt()
    office.fails = None
    assert office.signed() == "Bearer token-1"


def test_a_token_stays_good_when_a_later_one_cannot_be_had() -> None:
    """Renewing that failed has not thrown away what there is; the call after its half life asks again."""
    office = _Office()
    office.signed()
    office.fails = SourceDown("source-down", "x", "y")
    with pytest.raises(SourceDown):
        office.signer.renew()
    assert office.signed() == "Bearer token-1"


def test_all_that_must_not_be_shown_is_listed() -> None:
    """What fetching needs, and the token of the moment."""
    office = _Office()
    assert [secret.reveal() for secret in office.signer.secrets] == ["client-secret"]
    office.signed()
    assert [secret.reveal() for secret in office.signer.secrets] == ["client-secret", "token-1"]
    office.signer.renew()
    assert [secret.reveal() for secret in office.signer.secrets] == ["client-secret", "token-2"]


@pytest.mark.parametrize(("prefix", "sent"), [("", "tok-1"), ("Bearer ", "Bearer tok-1")])
def test_a_fixed_secret_stands_in_its_header(prefix: str, sent: str) -> None:
    """Just once, however often a request is signed; there is nothing to renew."""
    signer = HeaderSigner("X-Shopify-Access-Token", Secret("tok-1\n"), prefix)
    request = httpx2.Request("GET", "https://shop.example/")
    signer.sign(request)
    signer.sign(request)
    assert request.headers.get_list("x-shopify-access-token") == [sent]
    assert not signer.renew()
    assert [secret.reveal() for secret in signer.secrets] == ["tok-1"]
