"""Puts into orders what their list does not hold: refunds, and ship-to addresses where the consignments are missing.

An order's own `refunded_amount` is always 0, so refunds come from v3: of many orders in one call, and only where an
order's status or payment says that there are any. Source: Orders V2 and V3 references.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import msgspec

from unposted.connectors.bigcommerce.api import StoreApi, require
from unposted.connectors.bigcommerce.connection import BigCommerceConnection
from unposted.connectors.bigcommerce.walk import Row
from unposted.connectors.scalars import text

__all__ = ["complete", "has_consignments"]

_REFUNDED = frozenset({"4", "14"})  # Refunded, Partially Refunded
_REFUNDED_PAYMENT = frozenset({"refunded", "partially refunded"})


class _States(msgspec.Struct):
    status_id: object = None
    payment_status: object = None
    consignments: object = None


class _OfOrder(msgspec.Struct):
    id: int
    order_id: int


def complete(api: StoreApi, connection: BigCommerceConnection, rows: Sequence[Row]) -> list[bytes]:
    """Return the bodies of orders, each with the parts that it needs and does not hold."""
    decode = msgspec.json.Decoder(_States, float_hook=str).decode
    states = {row.record_id: decode(row.body) for row in rows}
    parts: dict[str, dict[str, msgspec.Raw]] = defaultdict(dict)
    if connection.refunds:
        refunded = [order_id for order_id, state in states.items() if _is_refunded(state)]
        for order_id, refunds in _refunds(api, connection, refunded).items():
            parts[order_id]["refunds"] = _array(refunds)
    if connection.shipping_country == "addresses":
        for order_id, state in states.items():
            if not has_consignments(state.consignments):
                addresses = api.rows(f"orders/{order_id}/shipping_addresses", (("limit", "1"),))
                parts[order_id]["shipping_addresses"] = _array(map(bytes, addresses))
    return [_with(row.body, parts[row.record_id]) if row.record_id in parts else row.body for row in rows]


def has_consignments(consignments: object) -> bool:
    """Tell consignments from the mere link to them."""
    held = consignments[0] if isinstance(consignments, list) and consignments else consignments
    return isinstance(held, dict) and bool({"shipping", "pickups", "downloads", "email"} & held.keys())


def _is_refunded(state: _States) -> bool:
    payment = (text(state.payment_status) or "").casefold()
    return text(state.status_id) in _REFUNDED or payment in _REFUNDED_PAYMENT


def _refunds(api: StoreApi, connection: BigCommerceConnection, order_ids: Sequence[str]) -> dict[str, list[bytes]]:
    found: dict[str, dict[int, bytes]] = defaultdict(dict)
    decode = msgspec.json.Decoder(_OfOrder).decode
    for start in range(0, len(order_ids), connection.ids_a_call):
        asked = order_ids[start : start + connection.ids_a_call]
        params = (("order_id:in", ",".join(asked)), ("limit", "250"))
        for page in api.v3_pages("orders/payment_actions/refunds", params):
            for body in page:
                refund = decode(body)
                require(str(refund.order_id) in asked)
                found[str(refund.order_id)][refund.id] = bytes(body)
    return {order_id: list(refunds.values()) for order_id, refunds in found.items()}


def _array(bodies: Iterable[bytes]) -> msgspec.Raw:
    return msgspec.Raw(b"[" + b",".join(bodies) + b"]")


def _with(body: bytes, parts: dict[str, msgspec.Raw]) -> bytes:
    """Set members of an object; everything else keeps its very bytes, so that no amount passes through a float."""
    return msgspec.json.encode(msgspec.json.decode(body, type=dict[str, msgspec.Raw]) | parts)
