"""What the Finance & Operations tests share: an environment, a connector to it, and ways to read whole streams."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from unposted.connectors.finance_operations import FinanceOperationsConnection, connect
from unposted.connectors.finance_operations.live import FinanceOperations
from unposted.connectors.formats import Bad, Context, Item, RawItem
from unposted.connectors.keys import KeyMaker
from unposted.connectors.live import LiveStream, Page, PageRequest, Tools
from unposted.connectors.secrets import Secret
from unposted.domain.cursor import Span
from unposted.domain.records import Master
from unposted.sandbox.finance_operations_books import full_customer_row
from unposted.sandbox.scene import EXPORTED
from unposted.sandbox.services.finance_operations import FinanceOperationsService, FinanceOperationsSwitches
from unposted.sandbox.services.login import EntraApp, LoginService
from unposted.sandbox.transport import InProcess
from unposted.sandbox.values import MasterRecord, Place, World
from unposted.sandbox.wire import Answer, Call, SteppedClock
from unposted.sandbox.world import make_world

__all__ = [
    "APP", "BASE", "CONTEXT", "EVER", "LOGIN", "SECRET", "TENANT", "Environment", "asked", "customer",
    "decoded", "facts", "masters", "paged", "read", "stream", "the_world",
]  # fmt: skip

BASE, LOGIN = "http://sandbox/finance_operations", "http://sandbox/login"
TENANT, APP, SECRET = "ustrade.example", "0f2b6c1e-7f0e-4b0e-9d7e-3a52f0a8f6b1", "canary-secret-5b72"
EVER = Span(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 12, 31, tzinfo=UTC))
CONTEXT = Context(KeyMaker(), ZoneInfo("America/New_York"))
_PLACE = Place("12 Mill Street", "Albany", "New York", "NY", "12207", "US")
_MOST_PAGES = 500
_APPLICATION = EntraApp(tenant=TENANT, client_id=APP, secret=SECRET, resources=frozenset({BASE}))


@cache
def the_world() -> World:
    """The demo's world, made once."""
    return make_world(2026)


@dataclass
class Environment:
    """An environment of Finance & Operations, its login service, and everything that was asked of it.

    Without a `world` it is empty but for the rows that a test puts there. The next answers have the bodies `broken`.
    `ahead` is by how many seconds the connector's clock is ahead of the service's.
    """

    switches: FinanceOperationsSwitches = field(default_factory=FinanceOperationsSwitches)
    world: World | None = None
    life: int = 3599
    clock: SteppedClock = field(default_factory=lambda: SteppedClock(EXPORTED))
    waits: list[tuple[float, str]] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    secret: str = SECRET
    app: EntraApp = _APPLICATION
    broken: list[bytes] = field(default_factory=list)
    ahead: float = 0.0

    def __post_init__(self) -> None:
        """Open the environment."""
        self.login = LoginService(self.clock.now, [self.app], life=self.life)
        if self.world is None:
            self.service = FinanceOperationsService(self.clock.now, BASE, self.switches, self.login)
        else:
            self.service = FinanceOperationsService.of_world(
                self.world, self.clock.now, BASE, self.switches, self.login
            )

    def connect(self, **settings: Any) -> FinanceOperations:
        """Connect as a workspace would."""
        given: dict[str, Any] = {
            "url": BASE, "tenant": TENANT, "client_id": APP, "authority": LOGIN, "external_id_field": "EcomCustomerId",
        }  # fmt: skip
        clock = SteppedClock(self.clock.now() + timedelta(seconds=self.ahead)) if self.ahead else self.clock
        transport = InProcess({BASE: self._heard, LOGIN: self.login}, self.clock)
        tools = Tools(
            secret=lambda _: Secret(self.secret), find_secret=lambda _: None, clock=clock, transport=transport,
            tell_wait=lambda seconds, why: self.waits.append((seconds, why)),
        )  # fmt: skip
        return connect("fno", FinanceOperationsConnection(**(given | settings)), tools)

    def fill(self, count: int, *entities: str) -> None:
        """Put customers there, with accounts that count up, in each of the companies."""
        for entity in entities or ("usti",):
            for number in range(1, count + 1):
                self.service.put("CustomersV3", customer(entity, number))

    def _heard(self, call: Call) -> Answer:
        answer = self.service(call)
        if self.broken:
            answer = answer._replace(body=self.broken.pop())
        self.answers.append(answer)
        return answer


def customer(entity: str, number: int, **changes: Any) -> dict[str, Any]:
    """Write a customer's row."""
    record = MasterRecord(
        entity="catu" if entity == "catu" else "usti", account=f"XX-{number:06d}", place=_PLACE, first="Ada",
        last=f"Byron {number}", email=f"ada{number}@{entity}.example", external_id=str(7_000 + number),
    )  # fmt: skip
    return full_customer_row(record) | {"dataAreaId": entity} | changes


def stream(connector: FinanceOperations, name: str) -> LiveStream:
    """Return one of a connector's streams."""
    return next(found for found in connector.streams if found.name == name)


def paged(found: LiveStream, span: Span | None = None, token: str | None = None) -> Iterator[Page]:
    """Read a stream's pages to the end, as the sync does: a token that comes again or no end at all is a fault."""
    tokens = {token}
    for _ in range(_MOST_PAGES):
        page = found.fetch(PageRequest(span, token))
        yield page
        if page.next is None:
            return
        assert page.next not in tokens, "the same token twice"
        token = page.next
        tokens.add(token)
    raise AssertionError("the pages have no end")


def read(connector: FinanceOperations, name: str, span: Span | None = None) -> list[Item]:
    """Read a stream and decode it."""
    found = stream(connector, name)
    span = span or (EVER if found.way == "changes" else None)
    return decoded(found, [item for page in paged(found, span) for item in page.items])


def decoded(found: LiveStream, items: Sequence[bytes]) -> list[Item]:
    """Decode a stream's items."""
    return list(found.decode([RawItem(place, body) for place, body in enumerate(items, 1)], CONTEXT))


def masters(connector: FinanceOperations) -> list[Master]:
    """Read the customers; a bad one is a fault."""
    found = read(connector, "customers")
    assert not [item for item in found if isinstance(item, Bad)]
    return [item for item in found if isinstance(item, Master)]


def asked(environment: Environment, name: str) -> list[Call]:
    """List the calls that were made for a set."""
    return [call for call in environment.service.asked if call.path.startswith(f"/data/{name}")]


def facts(connector: FinanceOperations) -> dict[str, tuple[str, str]]:
    """Examine a connection: each check's level and text."""
    return {fact.check: (fact.level, fact.text) for fact in connector.examine()}
