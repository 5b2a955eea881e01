"""Sends the calls of every live connector: signing, waiting, trying again, and never showing a secret.

What a system's answer means is said by a `Judge`; what stays here is what all share. A call is tried again when the
network or the server failed (a few times, ever later) and when the server asked for patience (as long as it asks, up
to `Patience.longest_wait`). The server's own figures decide; no rate is written down here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from email.utils import parsedate_to_datetime
from random import Random
from threading import Lock
from typing import TYPE_CHECKING, Generic, NamedTuple, Protocol, TypeAlias, TypeVar
from urllib.parse import quote, urlencode, urlsplit

from unposted.connectors.clock import Clock, SystemClock
from unposted.connectors.hushing import hush, without_frames
from unposted.connectors.replies import Again, Judge, Reply, judged
from unposted.connectors.secrets import Secret, redacted
from unposted.errors import BadAnswer, LimitReached, SignIn, SourceDown, UnpostedError

if TYPE_CHECKING:
    import httpx2

__all__ = [
    "Again",
    "Answered",
    "Ask",
    "Caller",
    "Judge",
    "Patience",
    "Reply",
    "Signer",
    "Spent",
    "Unsigned",
]

Value = TypeVar("Value")
_UNAUTHORIZED = 401
_MOST_DOUBLINGS = 20
_LONGEST_ASKED = 366 * 86_400.0  # seconds; what asks for more says nothing of the calendar
_OWN_PORTS = {"http": 80, "https": 443}
Params: TypeAlias = Mapping[str, str] | Sequence[tuple[str, str]]
"""The query of a call; names and values are percent-encoded (RFC 3986) but for the `$` of OData's own names."""


class Ask(NamedTuple):
    """One call. `address` is a path under the caller's base or, as a next link is, a whole address of the same host."""

    method: str
    address: str
    params: Params = ()
    headers: Mapping[str, str] | None = None
    json: object = None
    content: bytes | None = None


@dataclass(frozen=True, slots=True)
class Answered(Generic[Value]):
    """A decoded answer, and the reply that it was."""

    value: Value
    reply: Reply


class Signer(Protocol):
    """Puts credentials on a request."""

    @property
    def secrets(self) -> Sequence[Secret]:
        """What must never be shown, tokens that were fetched included."""
        ...

    def sign(self, request: httpx2.Request) -> None:
        """Add the credentials to a request that is about to be sent, fetching or renewing a token when it is due."""
        ...

    def renew(self) -> bool:
        """After a 401: get fresh credentials; False when there are none to get."""
        ...


class Unsigned:
    """Calls that need no credentials."""

    secrets: Sequence[Secret] = ()

    def sign(self, request: httpx2.Request) -> None:
        """Leave the request as it is."""

    def renew(self) -> bool:
        """There is nothing to renew."""
        return False


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a call may take and how often it is tried; seconds and bytes."""

    connect: float = 10.0
    silence: float = 25.0  # without a byte
    whole: float = 120.0  # for one answer, however it drips
    tries: int = 6  # for failures of the network or the server
    first_pause: float = 1.0
    longest_pause: float = 30.0
    longest_wait: float = 900.0  # that a server may ask for; more is a daily limit
    most_bytes: int = 256 * 1024 * 1024


@dataclass(slots=True)
class _Tally:
    """What one call has cost so far."""

    failures: int = 0
    asked: int = 0
    waited: float = 0.0
    was_renewed: bool = False
    is_renewing: bool = False


@dataclass(slots=True)
class Spent:
    """What a connector's calls have cost since it was made; `skew` is the server's clock less ours, in seconds."""

    calls: int = 0
    bytes: int = 0
    waited: float = 0.0
    retries: int = 0
    skew: float | None = None
    limits: dict[str, str] = field(default_factory=dict)


class _AgainError(Exception):
    """Carries an `Again` through the retrying."""

    def __init__(self, again: Again) -> None:
        super().__init__(again.why)
        self.again = again


class Caller:
    """Sends calls to one system on behalf of one source; one call at a time.

    `tell_wait` is told the seconds and the reason of each wait. `transport` is for tests and the sandbox.
    """

    def __init__(
        self,
        source: str,
        base: str,
        signer: Signer | None = None,
        *,
        judge: Judge | None = None,
        clock: Clock | None = None,
        patience: Patience | None = None,
        transport: httpx2.BaseTransport | None = None,
        tell_wait: Callable[[float, str], None] | None = None,
        rng: Random | None = None,
    ) -> None:
        self.source = source
        self.base = base.rstrip("/")
        self.signer: Signer = signer or Unsigned()
        self.clock: Clock = clock or SystemClock()
        self.patience = patience or Patience()
        self.spent = Spent()
        self.tell_wait = tell_wait or (lambda _seconds, _why: None)
        self._judge = judge or judged
        self._transport = transport
        self._rng = rng or Random()  # noqa: S311 - spreads retries, guards nothing
        self._lock = Lock()
        self._client: httpx2.Client | None = None

    def ask(self, ask: Ask, decode: Callable[[bytes], Value], judge: Judge | None = None) -> Answered[Value]:
        """Send a call until it is answered for good and return the decoded answer.

        Raises SignIn, SourceRefused, LimitReached, SourceDown or BadAnswer.
        """
        from tenacity import Retrying, retry_if_exception_type

        tally = _Tally()
        retrying = Retrying(
            retry=retry_if_exception_type(_AgainError),
            wait=lambda state: self._pause(state.outcome.exception(), tally),  # type: ignore[union-attr, arg-type]
            stop=lambda _: False,
            sleep=self._sleep,
            reraise=True,
        )
        with self._lock:
            return retrying(lambda: self._once(ask, decode, judge or self._judge, tally))

    def address(self, address: str) -> str:
        """Return a whole address; a link to another host is refused, for it would be sent our credentials."""
        if not address.startswith(("http://", "https://")):
            return f"{self.base}/{address.lstrip('/')}"
        if _origin(address) != _origin(self.base):
            raise BadAnswer(
                "foreign-link",
                f"{self.source} answered with a link to another host.",
                "Check the url of this source; a proxy may rewrite its answers.",
            )
        return address

    def pause(self, seconds: float, why: str) -> None:
        """Wait before a call because the server's own figures say so; raises LimitReached for a daily limit."""
        if seconds > self.patience.longest_wait:
            raise self._limit(seconds, seconds, why)
        if seconds > 0:
            self.spent.waited += seconds
            self.tell_wait(seconds, why)
            self.clock.sleep(seconds)

    def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def _once(self, ask: Ask, decode: Callable[[bytes], Value], judge: Judge, tally: _Tally) -> Answered[Value]:
        import httpx2
        from msgspec import DecodeError, ValidationError

        try:
            reply = self._send(ask)
        except httpx2.TimeoutException:
            raise _AgainError(Again("it does not answer")) from None
        except httpx2.RequestError as error:
            raise _AgainError(Again(_network_reason(error, self.base))) from None
        verdict = judge(reply, self.clock.now())
        if isinstance(verdict, SignIn) and reply.status == _UNAUTHORIZED and not tally.was_renewed:
            tally.was_renewed = tally.is_renewing = True
            if self._renewed():
                raise _AgainError(Again("its token was renewed", 0.0))
        if isinstance(verdict, UnpostedError):
            raise self._named(verdict)
        if verdict is not None:
            raise _AgainError(replace(verdict, why=redacted(verdict.why, self.signer.secrets)))
        try:
            return Answered(decode(reply.body), reply)
        except (DecodeError, ValidationError, UnicodeDecodeError, RecursionError) as error:
            kind = "its answer is cut" if "truncated" in str(error) else "its answer is not of the expected shape"
            raise _AgainError(Again(kind)) from None

    def _send(self, ask: Ask) -> Reply:
        client = self._opened()
        url = self.address(ask.address)
        pairs = list(ask.params.items()) if isinstance(ask.params, Mapping) else list(ask.params)
        if pairs:
            url += ("&" if "?" in url else "?") + urlencode(pairs, quote_via=quote, safe="$")
        request = client.build_request(ask.method, url, headers=ask.headers, content=ask.content, json=ask.json)
        self._sign(request)
        self.spent.calls += 1
        deadline = self.clock.monotonic() + self.patience.whole
        response = client.send(request, stream=True)
        try:
            body = b"".join(self._chunks(response, deadline))
        finally:
            response.close()
        self._note(response)
        self.spent.bytes += len(body)
        return Reply(response.status_code, {name.lower(): value for name, value in response.headers.items()}, body)

    def _sign(self, request: httpx2.Request) -> None:
        try:
            self.signer.sign(request)
        except UnpostedError as error:
            raise without_frames(self._named(error)) from None
        if not all(value.isprintable() for value in request.headers.values()):
            raise SignIn(
                "secret-unusable",
                f"{self.source}: a secret holds a line end or an invisible character.",
                "Set it anew, as one line of plain text.",
            )

    def _renewed(self) -> bool:
        try:
            return self.signer.renew()
        except UnpostedError as error:
            raise without_frames(self._named(error)) from None

    def _chunks(self, response: httpx2.Response, deadline: float) -> Iterator[bytes]:
        import httpx2

        size = 0
        for chunk in response.iter_bytes():
            size += len(chunk)
            if size > self.patience.most_bytes:
                raise BadAnswer(
                    "answer-too-big",
                    f"{self.source} sends an answer of more than {self.patience.most_bytes // 2**20} MB.",
                    "Ask for smaller pages: set page_size for this source.",
                )
            if self.clock.monotonic() > deadline:
                raise httpx2.ReadTimeout("the answer drips", request=response.request)
            yield chunk

    def _note(self, response: httpx2.Response) -> None:
        date = response.headers.get("date")
        if date:
            try:
                self.spent.skew = (parsedate_to_datetime(date) - self.clock.now()).total_seconds()
            except (ValueError, TypeError):
                pass  # a header that nobody can read says nothing of the time

    def _opened(self) -> httpx2.Client:
        if self._client is None:
            import httpx2

            limits = httpx2.Timeout(self.patience.silence, connect=self.patience.connect)
            is_near = urlsplit(self.base).hostname in {"127.0.0.1", "localhost", "::1"}  # no proxy leads there
            self._client = httpx2.Client(
                transport=self._transport, timeout=limits, follow_redirects=False, trust_env=not is_near
            )
            for library in ("httpx2", "httpcore2"):
                hush(library)
        return self._client

    def _pause(self, error: _AgainError, tally: _Tally) -> float:
        """Tell how long to wait before the next try; raises when it has been tried enough."""
        again = error.again
        if tally.is_renewing:
            tally.is_renewing = False
            return 0.0
        if again.is_asked:
            tally.asked += 1
        else:
            tally.failures += 1
            self.spent.retries += 1
        if tally.failures >= self.patience.tries:
            raise self._given_up(again)
        seconds = self._seconds(again, tally)
        why = redacted(again.why, self.signer.secrets)
        if tally.waited + seconds > self.patience.longest_wait:
            raise self._limit(tally.waited + seconds, seconds, why)
        tally.waited += seconds
        self.spent.waited += seconds
        self.tell_wait(seconds, why)
        return seconds

    def _seconds(self, again: Again, tally: _Tally) -> float:
        """Tell how long to wait: as asked, or ever longer; moments that were asked for often become a pause."""
        patience = self.patience
        doublings = min(max(tally.failures, tally.asked, 1) - 1, _MOST_DOUBLINGS)
        growing = min(patience.longest_pause, patience.first_pause * 2.0**doublings) * (0.5 + self._rng.random() / 2)
        if again.seconds is None or again.seconds <= 0:
            return growing
        asked = min(again.seconds, _LONGEST_ASKED)
        return max(asked, patience.first_pause) if tally.asked > patience.tries else asked

    def _limit(self, whole: float, seconds: float, why: str) -> LimitReached:
        until = self.clock.now() + timedelta(seconds=min(seconds, _LONGEST_ASKED))
        return LimitReached(
            "limit-reached",
            f"{self.source} asks to wait {_span(whole)}: {redacted(why, self.signer.secrets)}.",
            f"Run the command again after {until:%d %b %Y %H:%M} UTC; what was read so far is kept.",
        )

    def _sleep(self, seconds: float) -> None:
        if seconds:
            self.clock.sleep(seconds)

    def _given_up(self, again: Again) -> UnpostedError:
        tried = f"after {self.patience.tries} tries"
        if again.why.startswith("its answer"):
            return BadAnswer(
                "bad-answer",
                f"{self.source}: {again.why}, even {tried}.",
                "Check the url of this source, then run the command again; what was read so far is kept.",
            )
        return SourceDown(
            "source-failing" if again.is_failing else "source-down",
            f"{self.source}: {redacted(again.why, self.signer.secrets)}, {tried}.",
            "Check the network and the system's status page, then run the command again; what was read so far is kept.",
        )

    def _named(self, error: UnpostedError) -> UnpostedError:
        """Put the source's name before what its judge says, without any secret."""
        message = redacted(error.message, self.signer.secrets)
        error.message = message if message.startswith(f"{self.source}: ") else f"{self.source}: {message}"
        error.next_step = redacted(error.next_step, self.signer.secrets)
        error.args = (error.message,)
        return error


def _network_reason(error: Exception, base: str) -> str:
    import httpx2

    if isinstance(error, httpx2.ConnectError):
        return f"no connection can be made to {urlsplit(base).hostname}"
    if isinstance(error, httpx2.DecodingError):
        return "its answer is cut"
    return "the connection broke"


def _origin(address: str) -> tuple[str, str, int | None] | None:
    """Return scheme, host with whom it names before, and port; None for an address that is none."""
    try:
        parts = urlsplit(address)
        user, at, _ = parts.netloc.rpartition("@")
        return parts.scheme, user + at + (parts.hostname or ""), parts.port or _OWN_PORTS.get(parts.scheme)
    except ValueError:
        return None


def _span(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} seconds"
    return f"{seconds / 60:.0f} minutes" if seconds < 7200 else f"{seconds / 3600:.0f} hours"
