"""Bugs that somebody could write into replay, explanation and history, and the check that must notice each of them."""

from __future__ import annotations

from tests.property.planted import Bug

__all__ = ["BUGS"]

_REPLAY = "tests/scenario/test_replay.py"
_DAYS = "tests/scenario/test_two_days.py::test_the_second_day_has_a_party_for_each_reason"
_STANDING = "tests/unit/test_standing.py"
_SURVIVAL = "tests/unit/test_survival.py"

BUGS = (
    Bug(
        "a past instant is read with today's field map", "cli/session.py",
        "self.workspace if as_of is None else self.workspace_at(moment)", "self.workspace", _REPLAY,
    ),
    Bug(
        "the first definition stands for ever", "store/readings.py",
        "THEN -epoch_us(as_of) ELSE", "THEN epoch_us(as_of) ELSE", _REPLAY,
    ),
    Bug(
        "a replay shows today's freshness", "store/past.py",
        "(p.read_at <= ? OR list_contains(?, p.source_id))",
        "(p.read_at <= ? OR TRUE OR list_contains(?, p.source_id))", _REPLAY,
    ),
    Bug(
        "a replay counts today's quarantine", "store/past.py",
        "(seen_at <= ? OR list_contains(?, source_id))",
        "(seen_at <= ? OR TRUE OR list_contains(?, source_id))", _REPLAY,
    ),
    Bug(
        "master records stand as they stood at first while the change is explained", "cards/change.py",
        "Known(from_facts, to_facts)", "Known(from_facts, from_facts)", _REPLAY,
    ),
    Bug(
        "who left still adds its value", "cards/change.py",
        "return (self.after or 0) - (self.before or 0)", "return (self.after or 0)", _REPLAY,
    ),
    Bug(
        "a promoted record is told as created", "cards/reasons.py",
        '"promoted" if key in in_dataverse else "created"', '"created"', _DAYS,
    ),
    Bug(
        "every new order is a first order", "cards/reasons.py",
        "len(new) == len(orders) and known.isdisjoint(new)", "len(new) == len(orders)", _DAYS,
    ),
    Bug(
        "cases that still go on count as ended", "domain/survival.py",
        "        if case.ended:\n            ended[", "        if case.number:\n            ended[", _SURVIVAL,
    ),
    Bug(
        "who aged out has cleared", "store/readings.py",
        "cleared = coalesce(last_order_at >= ?, FALSE)",
        "cleared = coalesce(last_order_at >= ? OR TRUE, FALSE)", _STANDING,
    ),
    Bug(
        "the history looks into the future", "cards/standing.py",
        "left_at < ? AND cleared AS ended", "(left_at < ? OR TRUE) AND cleared AS ended", _STANDING,
    ),
)  # fmt: skip
