"""Takes the records out of an API page: GraphQL connections, OData `value`, `items`, `data`, `orders` and the like."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from unposted.errors import BadRecord

__all__ = ["items_of_page", "mend_lone_surrogates"]

_NAMES = {
    "orders": ("orders", "draftOrders", "draft_orders", "order", "draftOrder", "draft_order"),
    "customers": ("customers", "customer"),
    "companies": ("companies", "company"),
    "accounts": ("accounts", "account"),
    "contacts": ("contacts", "contact"),
}
_ALL_NAMES = tuple(name for names in _NAMES.values() for name in names)
_OWN_ID = frozenset({"id", "entity_id", "increment_id", "accountid", "contactid", "companyId", "customer_id"})
_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?P<lone>u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)

_as_list = msgspec.json.Decoder(list[msgspec.Raw]).decode
_as_object = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


def items_of_page(body: bytes | msgspec.Raw, stream: str) -> list[msgspec.Raw] | None:
    """List the records of a page, still undecoded; None when this is no page but a record itself.

    Of several lists the one of the wanted stream is taken. Raises DecodeError when it is no JSON, and BadRecord
    (`api-error`) when it is an API's error message without data.
    """
    if _starts(body, b"["):
        return list(_flat(_as_list(body), stream))
    if not _starts(body, b"{"):
        raise msgspec.DecodeError("neither an object nor a list")
    page = _as_object(body)
    if not _OWN_ID.isdisjoint(page):
        return None
    found = _envelope(page, stream)
    if found is None and "errors" in page:
        raise BadRecord("api-error", "this is an error message of the API")
    return found


def _starts(body: bytes | msgspec.Raw, mark: bytes) -> bool:
    return bytes(memoryview(body)[:1]) == mark


def _flat(elements: list[msgspec.Raw], stream: str) -> Iterator[msgspec.Raw]:
    """Give the elements of a list, taking pages apart if the list is one of pages."""
    first = next((element for element in elements if _starts(element, b"{")), None)
    pages = first is not None and items_of_page(first, stream) is not None
    for element in elements:
        if pages and _starts(element, b"{"):
            yield from items_of_page(element, stream) or ()
        elif not _is_null(element):
            yield element


def _envelope(page: dict[str, msgspec.Raw], stream: str) -> list[msgspec.Raw] | None:
    for name in ("value", "items", "data"):
        if name in page and _starts(page[name], b"["):
            return list(_flat(_as_list(page[name]), stream))
    data = page.get("data")
    if data is None or not _starts(data, b"{"):
        return _named(page, stream)
    inside = _as_object(data)
    found = _named(inside, stream) if _OWN_ID.isdisjoint(inside) else None
    return [data] if found is None else found


def _named(page: dict[str, msgspec.Raw], stream: str) -> list[msgspec.Raw] | None:
    """Find the list, connection or single record under one of the names that records go by, or the connection here."""
    for name in (*_NAMES.get(stream, ()), *_ALL_NAMES, "node"):
        value = page.get(name)
        if value is not None and _starts(value, b"["):
            return list(_flat(_as_list(value), stream))
        if value is not None and _starts(value, b"{"):
            nodes = _connection(_as_object(value))
            return [value] if nodes is None else nodes
    return _connection(page)


def _connection(value: dict[str, msgspec.Raw]) -> list[msgspec.Raw] | None:
    if "nodes" in value and _starts(value["nodes"], b"["):
        return [node for node in _as_list(value["nodes"]) if not _is_null(node)]
    if "edges" in value and _starts(value["edges"], b"["):
        edges = [_as_object(edge) for edge in _as_list(value["edges"])]
        return [edge["node"] for edge in edges if "node" in edge and not _is_null(edge["node"])]
    return None


def _is_null(value: msgspec.Raw) -> bool:
    return bytes(memoryview(value)) == b"null"


def mend_lone_surrogates(body: bytes) -> bytes:
    r"""Turn each `\ud800` escape without its other half into a byte that is no UTF-8.

    The decoder takes such an escape for the end of the input; the byte spoils only the record it stands in.
    """
    return _ESCAPE.sub(_mended, body)


def _mended(escape: re.Match[bytes]) -> bytes:
    return b"\xff" if escape.lastgroup == "lone" else escape.group()
