"""The operations on what stands beside a reading: lanes, bridge, key sensitivity."""

from __future__ import annotations

from typing import Any

import msgspec

from unposted.cards.catalogue import ABSENT_CUSTOMERS
from unposted.cards.explained import Explained
from unposted.exports.json_beside import beside_fields
from unposted.web.api import beside_shapes as shapes
from unposted.web.api.operations import BASE, Operation, Parameter, kept_of, operation
from unposted.web.masking import seen_beside
from unposted.web.problems import Problem
from unposted.web.visit import Visit

__all__ = ["BESIDE_OPERATIONS"]

_SEERS = frozenset(ABSENT_CUSTOMERS.roles)
_CARD = Parameter("card", "path", {"type": "string"}, "The card's id.")
_PATIENCE = 20.0


@operation("GET", "/readings/{card}/beside", _SEERS, shapes.BesideAnswer, _CARD)
def read_beside(visit: Visit) -> shapes.BesideAnswer:
    """Read what stands beside the headline: aged out, cannot bill, conflicts."""
    return msgspec.convert(_fields(visit)["beside"], shapes.BesideAnswer)


@operation("GET", "/readings/{card}/bridge", _SEERS, shapes.BridgeAnswer, _CARD)
def read_bridge(visit: Visit) -> shapes.BridgeAnswer:
    """Read the bridge from everyone with an order down to the headline."""
    return msgspec.convert({"bridge": _fields(visit)["bridge"]}, shapes.BridgeAnswer)


@operation("GET", "/readings/{card}/sensitivity", _SEERS, shapes.SensitivityAnswer, _CARD)
def read_sensitivity(visit: Visit) -> shapes.SensitivityAnswer:
    """Read the headline under every other choice of keys."""
    return msgspec.convert(_fields(visit), shapes.SensitivityAnswer)


BESIDE_OPERATIONS: tuple[Operation, ...] = (read_beside, read_bridge, read_sensitivity)


def _fields(visit: Visit) -> dict[str, Any]:
    """Write it as `check --json` does, as the asking role may see it; raises Problem while it is not there."""
    if visit.params["card"] != ABSENT_CUSTOMERS.id:
        raise Problem(404, "There is no such card", f"{BASE}/cards lists those that there are.", "no-card")
    kept = kept_of(visit)
    found = kept.beside.stood(_PATIENCE)
    if found is None:
        words = "It could not be computed." if kept.beside.is_failed else "It is being computed."
        raise Problem(503, "It is not there yet", f"{words} Try again in a moment.", "no-numbers")
    stood = seen_beside(found, visit.sight)
    fields = dict(beside_fields(Explained(kept.reading, stood.lanes, stood.bridge, stood.sensitivity)))
    policies = zip(fields["sensitivity"], stood.flips, strict=True)
    return fields | {"sensitivity": [{**policy, "flips": flips} for policy, flips in policies]}
