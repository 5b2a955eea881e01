"""Finance & Operations as a live source: OData across companies, signed in as an Entra application."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from unposted.connectors.entra import Application, entra_signer
from unposted.connectors.finance_operations.books import book_streams, books_of
from unposted.connectors.finance_operations.customers import Customers
from unposted.connectors.finance_operations.examine import companies_of, examined
from unposted.connectors.finance_operations.replies import finance_operations_judge
from unposted.connectors.finance_operations.settings import FinanceOperationsConnection
from unposted.connectors.finance_operations.walk import Walk
from unposted.connectors.http import Caller, Spent
from unposted.connectors.live import Fact, Light, LiveStream, Tools
from unposted.domain.records import Master

__all__ = ["FinanceOperations", "connect"]


class FinanceOperations:
    """One environment. See `live.Connector`."""

    def __init__(self, source: str, connection: FinanceOperationsConnection, tools: Tools) -> None:
        """Take the source's name, its settings, and what every connector is handed."""
        self._connection = connection
        self._caller = _caller(source, connection, tools)
        self._walk = Walk(self._caller, connection.page_size)
        self._customers = Customers(self._walk, connection)
        self._books = books_of(connection)
        first, *rest = book_streams(self._walk, self._books)
        self.streams: Sequence[LiveStream] = (first, self._customer_stream(), *rest)

    @property
    def spent(self) -> Spent:
        """What the calls have cost so far."""
        return self._caller.spent

    def examine(self) -> Iterator[Fact]:
        """Find out what our credentials let us see."""
        return examined(self._walk, self._connection, self._customers, self._books)

    def close(self) -> None:
        """Close the connections."""
        self._caller.close()

    def _customer_stream(self) -> LiveStream:
        customers = self._customers
        return LiveStream(
            name="customers", records=(Master,), way="list", fetch=customers.fetch, decode=customers.decode,
            by_id=customers.by_id, recount=self._recount_customers, recount_daily=True, skip=customers.skip,
        )  # fmt: skip

    def _recount_customers(self, _start: datetime | None, _end: datetime | None) -> Iterator[Light]:
        """List every customer's key, company by company; the set does not tell when one was made."""
        return self._customers.recount(companies_of(self._walk, self._connection))


def connect(source: str, connection: FinanceOperationsConnection, tools: Tools) -> FinanceOperations:
    """Make the connector of a source; nothing is called yet."""
    return FinanceOperations(source, connection, tools)


def _caller(source: str, connection: FinanceOperationsConnection, tools: Tools) -> Caller:
    is_secret = connection.auth == "secret"
    application = Application(
        connection.tenant,
        connection.client_id,
        secret=tools.secret("client_secret") if is_secret else None,
        certificate=None if is_secret else tools.secret("certificate"),
    )
    signer = entra_signer(
        source, application, f"{connection.root}/.default", authority=connection.authority, clock=tools.clock,
        patience=tools.patience, transport=tools.transport,
    )  # fmt: skip
    return Caller(
        source, f"{connection.root}/data", signer, judge=finance_operations_judge(connection.pause_seconds),
        clock=tools.clock, patience=tools.patience, transport=tools.transport, tell_wait=tools.tell_wait,
    )  # fmt: skip
