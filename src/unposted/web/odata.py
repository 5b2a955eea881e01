"""A small OData v4 service for Excel and Power BI: the rows and the readings, behind a token made for feeds.

Source: OData Version 4.01, Protocol (11.2 requesting data, 11.2.6.7 server-driven paging) and JSON format.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any
from urllib.parse import urlencode
from xml.sax.saxutils import quoteattr

from starlette.responses import Response

from unposted.domain.money import amount_text
from unposted.web.asked import Wanted
from unposted.web.kept import Kept, SeenRow
from unposted.web.odata_query import Test, order_of, parsed_filter
from unposted.web.pages.exports import feed_person
from unposted.web.people import Person
from unposted.web.roles import PUBLIC, Sight, sight_of
from unposted.web.visit import Page, Visit, page

__all__ = ["PAGES", "READING", "ROW"]

_MOST = 1_000
_DEEPEST = 1_000_000
_NAMESPACE = "unposted"
ROW: Mapping[str, str] = {
    "party": "Edm.String", "rank": "Edm.Int64", "name": "Edm.String", "kind": "Edm.String", "company": "Edm.String",
    "segment": "Edm.String", "stores": "Edm.String", "platforms": "Edm.String", "emails": "Edm.String",
    "tax_ids": "Edm.String", "external_ids": "Edm.String", "expected_entities": "Edm.String",
    "missing_entities": "Edm.String", "exists_in": "Edm.String", "status": "Edm.String", "flags": "Edm.String",
    "matched_evidence": "Edm.String", "blocked": "Edm.Decimal", "blocked_net": "Edm.Decimal", "currency": "Edm.String",
    "orders": "Edm.Int64", "first_order_at": "Edm.DateTimeOffset", "last_order_at": "Edm.DateTimeOffset",
    "age_days": "Edm.Int64", "route": "Edm.String", "recommended_action": "Edm.String", "is_new": "Edm.Boolean",
}  # fmt: skip
READING: Mapping[str, str] = {
    "card": "Edm.String", "day": "Edm.Date", "value": "Edm.Int64", "blocked": "Edm.Decimal", "currency": "Edm.String",
}  # fmt: skip
_SETS: Mapping[str, tuple[str, Mapping[str, str], tuple[str, ...]]] = {
    "rows": ("row", ROW, ("party",)),
    "readings": ("reading", READING, ("card", "day")),
}
_OPTIONS = frozenset({"$select", "$filter", "$orderby", "$top", "$skip", "$count", "$format"})


@page("/odata/{token}/", PUBLIC)
def service(visit: Visit) -> Response:
    """Name the entity sets."""
    if feed_person(visit, visit.params["token"]) is None:
        return _refused()
    listed = [{"name": name, "kind": "EntitySet", "url": name} for name in _SETS]
    return _json(200, {"@odata.context": f"{_base(visit)}$metadata", "value": listed})


@page("/odata/{token}/$metadata", PUBLIC)
def metadata(visit: Visit) -> Response:
    """Describe the entity sets."""
    if feed_person(visit, visit.params["token"]) is None:
        return _refused()
    return Response(_schema(), media_type="application/xml", headers={"odata-version": "4.0"})


@page("/odata/{token}/{entities}", PUBLIC)
def entities(visit: Visit) -> Response:
    """Give a page of an entity set."""
    person = feed_person(visit, visit.params["token"])
    if person is None:
        return _refused()
    name, kept = visit.params["entities"], visit.known.kept
    if name not in _SETS or kept is None:
        return _error(404, "not-found", "There is no such entity set, or there are no numbers yet.")
    try:
        return _page(visit, person, kept, name)
    except ValueError as error:
        return _error(400, "bad-request", f"{error}.")


def _page(visit: Visit, person: Person, kept: Kept, name: str) -> Response:
    properties = _SETS[name][1]
    strange = [key for key in visit.query if key.startswith("$") and key not in _OPTIONS]
    if strange:
        raise ValueError(f"{strange[0][:40]} is not offered here")
    selected = [part.strip() for part in visit.query.get("$select", "").split(",") if part.strip() not in {"", "*"}]
    if unknown := [part for part in selected if part not in properties]:
        raise ValueError(f"$select does not know {unknown[0][:40]!r}")
    top = _whole(visit.query.get("$top"), "$top")
    skip = _whole(visit.query.get("$skip"), "$skip") or 0
    found = list(_found(visit, person, kept, name))
    size = min(_MOST, _MOST if top is None else top)
    shown = found[skip : skip + size]
    answer: dict[str, Any] = {"@odata.context": f"{_base(visit)}$metadata#{name}"}
    if visit.query.get("$count") == "true":
        answer["@odata.count"] = len(found)
    answer["value"] = [{key: _written(one[key]) for key in selected or properties} for one in shown]
    if len(found) > skip + size and (top is None or top > size):
        left = {**visit.query, "$skip": str(skip + size)} | ({} if top is None else {"$top": str(top - size)})
        answer["@odata.nextLink"] = f"{_base(visit)}{name}?{urlencode(left)}"
    return _json(200, answer)


def _found(visit: Visit, person: Person, kept: Kept, name: str) -> Iterable[Mapping[str, Any]]:
    """Return the entities that meet the query, in its order."""
    properties, sight = _SETS[name][1], sight_of(person.role)
    every = _rows(kept, sight) if name == "rows" else _readings(visit, kept, sight)
    asked, order = visit.query.get("$filter", ""), visit.query.get("$orderby", "")
    test: Test = parsed_filter(asked, properties) if asked.strip() else lambda _entity: True
    found = [one for one in islice(every, _DEEPEST) if test(one)]
    for key, is_down in reversed(order_of(order, properties) if order.strip() else []):
        found.sort(key=lambda one, key=key: (one[key] is not None, one[key]), reverse=is_down)  # type: ignore[misc]
    return found


def _rows(kept: Kept, sight: Sight) -> Iterator[Mapping[str, Any]]:
    currency = kept.reading.blocked.currency
    return (_row(one, currency) for one in kept.every(Wanted(), sight))


def _row(seen: SeenRow, currency: str) -> Mapping[str, Any]:
    row = seen.row
    values = {name: getattr(row, name) for name in ROW if name not in {"currency", "is_new"}}
    texts = {name: "; ".join(value) if isinstance(value, tuple) else value for name, value in values.items()}
    texts["blocked"], texts["blocked_net"] = _decimal(row.blocked, currency), _decimal(row.blocked_net, currency)
    return texts | {"currency": currency, "is_new": seen.is_new}


def _readings(visit: Visit, kept: Kept, sight: Sight) -> Iterator[Mapping[str, Any]]:
    currency = kept.reading.blocked.currency
    for point in visit.known.trend or ():
        blocked = _decimal(point.blocked if sight.money else None, currency)
        yield {
            "card": kept.reading.card, "day": point.day, "value": point.value, "blocked": blocked, "currency": currency,
        }  # fmt: skip


def _decimal(units: int | None, currency: str) -> Decimal | None:
    return None if units is None else Decimal(amount_text(units, currency))


def _written(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else value


def _whole(text: str | None, name: str) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise ValueError(f"{name} is a whole number")
    return int(text)


def _schema() -> str:
    kinds = []
    for kind, properties, keys in _SETS.values():
        listed = "".join(_property(name, edm, is_key=name in keys) for name, edm in properties.items())
        named = "".join(f"<PropertyRef Name={quoteattr(key)}/>" for key in keys)
        kinds.append(f"<EntityType Name={quoteattr(kind)}><Key>{named}</Key>{listed}</EntityType>")
    sets = "".join(
        f"<EntitySet Name={quoteattr(name)} EntityType={quoteattr(f'{_NAMESPACE}.{kind}')}/>"
        for name, (kind, _, _) in _SETS.items()
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        '<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>'
        f'<Schema Namespace="{_NAMESPACE}" xmlns="http://docs.oasis-open.org/odata/ns/edm">{"".join(kinds)}'
        f'<EntityContainer Name="container">{sets}</EntityContainer></Schema></edmx:DataServices></edmx:Edmx>'
    )


def _property(name: str, edm: str, *, is_key: bool) -> str:
    scale = ' Precision="38" Scale="variable"' if edm == "Edm.Decimal" else ""
    return (
        f'<Property Name="{name}" Type="{edm}"{scale}{" Nullable=" + chr(34) + "false" + chr(34) if is_key else ""}/>'
    )


def _base(visit: Visit) -> str:
    scheme = "https" if visit.desk.settings.is_secure else "http"
    return f"{scheme}://{visit.host}/odata/{visit.params['token']}/"


class _Encoder(json.JSONEncoder):
    """Writes decimals as numbers; up to fifteen digits, as amounts have, come out as they are."""

    def default(self, o: object) -> Any:
        if isinstance(o, Decimal):
            return float(o)
        return super().default(o)


def _json(status: int, answer: Mapping[str, Any]) -> Response:
    text = json.dumps(answer, ensure_ascii=False, cls=_Encoder)
    return Response(
        text, status, media_type="application/json;odata.metadata=minimal", headers={"odata-version": "4.0"}
    )


def _error(status: int, code: str, message: str) -> Response:
    return _json(status, {"error": {"code": code, "message": message}})


def _refused() -> Response:
    return _error(401, "token", "This token is good no more, or was not made for feeds.")


PAGES: tuple[Page, ...] = (service, metadata, entities)
