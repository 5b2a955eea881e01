"""Business Central as a live source: its streams, and what its credentials let us see."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from unposted.connectors.business_central.companies import Companies, companies_from_json
from unposted.connectors.business_central.examination import Examination
from unposted.connectors.business_central.external_ids import Links
from unposted.connectors.business_central.reading import Reading
from unposted.connectors.business_central.recounting import recount_of
from unposted.connectors.business_central.sets import EntitySet, entity_sets
from unposted.connectors.business_central.settings import BusinessCentralConnection
from unposted.connectors.business_central.wire import Wire
from unposted.connectors.http import Spent
from unposted.connectors.live import Fact, LiveStream, Tools
from unposted.domain.records import LegalEntity

__all__ = ["BusinessCentral", "connect"]


class BusinessCentral:
    """One environment."""

    def __init__(self, source: str, connection: BusinessCentralConnection, tools: Tools) -> None:
        """Take the source's name, its settings and what a connector is handed."""
        self._wire = Wire(source, connection, tools)
        self._companies = Companies(self._wire)
        self._links = Links(self._wire, connection.external_ids) if connection.external_ids else None
        self._sets = entity_sets(connection)
        self.streams: Sequence[LiveStream] = (self._entities(), *map(self._stream, self._sets))

    @property
    def spent(self) -> Spent:
        """What the calls have cost so far."""
        return self._wire.caller.spent

    def examine(self) -> Iterator[Fact]:
        """Find out what the credentials let us see."""
        return Examination(self._wire, self._companies, self._sets, self._links).facts()

    def close(self) -> None:
        """Close the connections."""
        self._wire.caller.close()

    def _entities(self) -> LiveStream:
        return LiveStream("companies", (LegalEntity,), "list", self._companies.fetch, companies_from_json)

    def _stream(self, entity_set: EntitySet) -> LiveStream:
        links = self._links if entity_set.stream == "customers" else None
        reading = Reading(self._wire, self._companies, entity_set, links)
        is_list = entity_set.way == "list"
        return LiveStream(
            entity_set.stream,
            (entity_set.record,),
            entity_set.way,
            reading.fetch,
            entity_set.decode,
            by_id=None if is_list else reading.by_id,
            recount=None if is_list else recount_of(self._wire, self._companies, entity_set),
            recount_daily=entity_set.tells_no_end,
            scope=f"kind = '{entity_set.kind}'" if entity_set.kind else "TRUE",
            main=entity_set.is_main,
            skip=None if is_list else reading.skip,
        )


def connect(source: str, connection: BusinessCentralConnection, tools: Tools) -> BusinessCentral:
    """Open a Business Central environment; nothing is sent yet."""
    return BusinessCentral(source, connection, tools)
