"""What the Business Central tests share: an environment, a connector to it, and ways to read whole streams."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from unposted.connectors.business_central import BusinessCentralConnection, ExternalIds, connect
from unposted.connectors.business_central.connector import BusinessCentral
from unposted.connectors.formats import Bad, Context, RawItem
from unposted.connectors.keys import KeyMaker
from unposted.connectors.live import LiveStream, Page, PageRequest, Tools
from unposted.connectors.secrets import Secret
from unposted.domain.cursor import Span
from unposted.domain.records import Record
from unposted.sandbox.business_central import guid, instant
from unposted.sandbox.erp import COMPANIES
from unposted.sandbox.services.business_central import BusinessCentralService
from unposted.sandbox.services.business_central_switches import BusinessCentralSwitches
from unposted.sandbox.services.login import EntraApp, LoginService
from unposted.sandbox.transport import InProcess
from unposted.sandbox.values import World
from unposted.sandbox.wire import Answer, Call, SteppedClock

__all__ = [
    "APP", "BASE", "CA", "EVER", "LINKS", "NOW", "SECRET", "TENANT", "US", "Environment", "context", "customer",
    "decoded", "document", "entry", "pages", "read", "span",
]  # fmt: skip

NOW = datetime(2026, 4, 12, 22, 30, tzinfo=UTC)
EVER = Span(datetime(2000, 1, 1, tzinfo=UTC), NOW + timedelta(days=400))
BASE = "http://sandbox/bc"
TENANT, APP, SECRET = "ustrade.example", "0f2b6c1e-7f0e-4b0e-9d7e-3a52f0a8f6b1", "canary-secret-8d1f"
US, CA = (company.name for company in COMPANIES)
LINKS = ExternalIds(path="api/contoso/shop/v1.0", set="shopCustomers", field="shopifyId")


@dataclass
class Environment:
    """An environment of Business Central, its login service and everything that was asked of it."""

    switches: BusinessCentralSwitches = field(default_factory=BusinessCentralSwitches)
    world: World | None = None
    life: int = 3599
    clock: SteppedClock = field(default_factory=lambda: SteppedClock(NOW))
    calls: list[Call] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    waits: list[tuple[float, str]] = field(default_factory=list)
    secret: str = SECRET

    def __post_init__(self) -> None:
        """Open the environment: empty companies, or those of a world."""
        self.login = LoginService(
            self.clock.now, [EntraApp(tenant=TENANT, client_id=APP, secret=SECRET)], life=self.life
        )
        if self.world is not None:
            self.service = BusinessCentralService.of_world(
                self.world, self.clock.now, BASE, self.switches, login=self.login
            )
            return
        self.service = BusinessCentralService(self.clock.now, BASE, self.switches, login=self.login)
        for company in COMPANIES:
            self.company(company.name, company.entity, company.currency)

    def company(self, name: str, code: str, currency: str = "USD") -> None:
        """Add a company with its ledger's currency."""
        self.service.put_company({
            "id": guid("company", code), "name": name, "displayName": name, "businessProfileId": "",
            "systemModifiedAt": "2026-01-02T08:00:00Z",
        })  # fmt: skip
        setup = {
            "id": guid("setup", code),
            "localCurrencyCode": currency,
            "lastModifiedDateTime": "2026-01-02T08:00:00Z",
        }
        self.service.put(name, "generalLedgerSetup", setup)
        told = {
            "id": guid("information", code),
            "currencyCode": currency,
            "lastModifiedDateTime": "2026-01-02T08:00:00Z",
        }
        self.service.put(name, "companyInformation", told)

    def change(self, **switches: Any) -> None:
        """Set some switches."""
        self.service.switches = replace(self.service.switches, **switches)

    def tools(self) -> Tools:
        """Give a connector's tools: the secret, the shared clock and the way to the environment."""
        return Tools(
            secret=lambda _name: Secret(self.secret),
            find_secret=lambda _name: Secret(self.secret),
            clock=self.clock,
            transport=InProcess({BASE: self._watched, "http://sandbox/login": self.login}, self.clock),
            tell_wait=lambda seconds, why: self.waits.append((seconds, why)),
        )

    def connector(self, **settings: Any) -> BusinessCentral:
        """Connect with settings that differ from the usual ones."""
        usual: dict[str, Any] = {
            "url": BASE, "tenant": TENANT, "client_id": APP, "authority": "http://sandbox/login",
            "companies": {US: "USTI", CA: "CATU"},
        }  # fmt: skip
        return connect("bc", BusinessCentralConnection(**(usual | settings)), self.tools())

    def stream(self, name: str, **settings: Any) -> LiveStream:
        """Connect and return one stream."""
        return next(stream for stream in self.connector(**settings).streams if stream.name == name)

    def asked(self, part: str) -> list[Call]:
        """List the calls whose path has a part."""
        return [call for call in self.calls if part in call.path]

    def _watched(self, call: Call) -> Answer:
        self.calls.append(call)
        answer = self.service(call)
        self.answers.append(answer)
        return answer


def context(**given: Any) -> Context:
    """Make a decoder's context."""
    return replace(Context(KeyMaker(), ZoneInfo("America/New_York")), **given)


def span(start: str, end: str) -> Span:
    """Make a span of two instants."""
    return Span(datetime.fromisoformat(start), datetime.fromisoformat(end))


def pages(stream: LiveStream, over: Span | None = EVER, size: int | None = None) -> Iterator[Page]:
    """Fetch page after page to the end."""
    token = None
    for _ in range(2_000):
        page = stream.fetch(PageRequest(over, token, size))
        yield page
        token = page.next
        if token is None:
            return
    raise AssertionError("the reading does not end")


def decoded(stream: LiveStream, found: Sequence[Page], given: Context | None = None) -> list[Record | Bad]:
    """Decode pages, each for its own legal entity."""
    made: list[Record | Bad] = []
    for page in found:
        own = replace(given or context(), entity=page.entity) if page.entity else given or context()
        made += stream.decode((RawItem(place, body) for place, body in enumerate(page.items, 1)), own)
    return made


def read(
    stream: LiveStream, over: Span | None = EVER, size: int | None = None, given: Context | None = None
) -> list[Any]:
    """Read a stream to its end and decode it."""
    return decoded(stream, list(pages(stream, None if stream.way == "list" else over, size)), given)


def customer(number: str, changed: str | datetime = "2026-04-10T10:00:00Z", **fields: Any) -> dict[str, Any]:
    """Write a customer as the API does."""
    moment = changed if isinstance(changed, str) else instant(changed)
    return {
        "id": guid("customer", number), "number": number, "displayName": f"Customer {number}", "type": "Company",
        "addressLine1": "Kai 12", "city": "Boston", "postalCode": "02110", "country": "US", "phoneNumber": "",
        "email": "", "balanceDue": 0, "taxRegistrationNumber": "", "blocked": "_x0020_", "lastModifiedDateTime": moment,
    } | fields  # fmt: skip


def document(number: str, changed: str = "2026-04-10T10:00:00Z", **fields: Any) -> dict[str, Any]:
    """Write a sales document as the API does, with the dates of all kinds."""
    return {
        "id": guid("document", number), "number": number, "externalDocumentNumber": "#1001",
        "orderDate": "2026-04-10", "invoiceDate": "2026-04-10", "creditMemoDate": "2026-04-10",
        "postingDate": "2026-04-11", "customerNumber": "C1", "currencyCode": "USD",
        "currencyId": "00000000-0000-0000-0000-000000000000", "orderNumber": "SO-1",
        "totalAmountExcludingTax": 100, "totalAmountIncludingTax": 107.1, "fullyShipped": False,
        "status": "Open", "lastModifiedDateTime": changed,
    } | fields  # fmt: skip


def entry(number: int, account: str = "40100", **fields: Any) -> dict[str, Any]:
    """Write a general ledger entry as the API does."""
    return {
        "id": guid("entry", number), "entryNumber": number, "postingDate": "2026-04-10", "documentNumber": "INV-1",
        "accountNumber": account, "debitAmount": 0, "creditAmount": 12.5,
        "lastModifiedDateTime": "2026-04-10T10:00:00Z",
    } | fields  # fmt: skip
