"""The tables of what stands beside a reading: the bridge, the policies with their flips, a comparison."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from unposted.cards.bridge import ABSENT, EVERYONE, BridgeStep
from unposted.cards.compare import Comparison
from unposted.cards.reading import CurrencyAmount, Reading
from unposted.cards.sensitivity import Sensitivity
from unposted.domain.money import amount_text
from unposted.exports.columns import Cell
from unposted.exports.tables import SheetTable

__all__ = ["bridge_tables", "comparison_fields", "comparison_tables", "sensitivity_tables"]


def bridge_tables(steps: Sequence[BridgeStep], currency: str) -> tuple[SheetTable, ...]:
    """Lay out a bridge: its rows, each with its step, and its steps; what is taken away stands negative."""
    rows = (
        (step.step, row.party, row.kind, row.name, "; ".join(row.stores), _money(row.blocked, currency), currency,
         row.orders, row.last_order_at)
        for step in steps[1:] for row in step.rows
    )  # fmt: skip
    sums = (
        (step.step, step.label, _sign(step.step) * step.count,
         _money(None if step.blocked is None else _sign(step.step) * step.blocked, currency), currency,
         step.unknown_rate_rows)
        for step in steps
    )  # fmt: skip
    return (
        SheetTable("Rows", _columns(
            "step", "party", "kind", "name", "stores", "blocked", "currency", "orders", "last_order_at"
        ), rows),
        SheetTable("Bridge", _columns("step", "label", "count", "blocked", "currency", "unknown_rate_rows"), sums),
    )  # fmt: skip


def sensitivity_tables(sensitivity: Sensitivity, currency: str) -> tuple[SheetTable, ...]:
    """Lay out the policies, the parties that flip under each, and how well the keys are filled."""
    policies = (
        (policy.policy, policy.value, _money(policy.blocked, currency), currency, policy.unknown_rate_rows,
         len(policy.flipped), "; ".join(f"{key} {count}" for key, count in policy.carries))
        for policy in sensitivity.policies
    )  # fmt: skip
    flips = (
        (policy.policy, flip.party, flip.kind, flip.name, "; ".join(flip.stores), flip.change,
         _money(flip.blocked, currency), currency)
        for policy in sensitivity.policies for flip in policy.flipped
    )  # fmt: skip
    return (
        SheetTable("Policies", _columns(
            "policy", "value", "blocked", "currency", "unknown_rate_rows", "flipped", "carries"
        ), policies),
        SheetTable("Flipped", _columns(
            "policy", "party", "kind", "name", "stores", "change", "blocked", "currency"
        ), flips),
        SheetTable("Keys", _columns(
            "key", "parties", "parties_lacking", "records", "records_lacking"
        ), sensitivity.fill),
    )  # fmt: skip


def comparison_tables(found: Comparison) -> tuple[SheetTable, ...]:
    """Lay out a comparison: every line with its reason, and the steps that end at zero."""
    currency = found.reading.blocked.currency
    return (
        SheetTable("Lines", _columns(
            "line", "name", "reason", "why", "party", "evidence", "listed", "blocked", "currency"
        ), _compared_rows(found, currency)),
        SheetTable("Bridge", _columns("step", "label", "count", "amount", "currency", "unknown_amounts"), [
            (step.step, step.label, step.count, CurrencyAmount(currency, step.amount), currency, step.unknown_amounts)
            for step in found.steps
        ] + [("difference", "left unexplained", found.difference, CurrencyAmount(currency, found.amount_difference),
              currency, 0)]),
    )  # fmt: skip


def _compared_rows(found: Comparison, currency: str) -> Iterator[Sequence[Cell]]:
    labels = {step.step: step.label for step in found.steps}
    listed = found.steps[0].rows
    lacking = [row for step in found.steps if step.step.startswith("missing") for row in step.rows]
    for row in (*sorted(listed, key=lambda row: row.line or 0), *lacking):
        yield (
            row.line, row.name, row.reason, labels[row.reason], row.party, row.evidence, _money(row.listed, currency),
            _money(row.blocked, currency), currency,
        )  # fmt: skip


def comparison_fields(found: Comparison) -> dict[str, Any]:
    """Write a comparison as one JSON object."""
    reading: Reading = found.reading
    currency = reading.blocked.currency
    return {
        "card": reading.card,
        "value": reading.value,
        "as_of": reading.as_of.isoformat().replace("+00:00", "Z"),
        "currency": currency,
        "columns": dict(found.columns),
        "steps": [
            {
                "step": step.step,
                "label": step.label,
                "count": step.count,
                "amount": amount_text(step.amount, currency),
                "unknown_amounts": step.unknown_amounts,
                "rows": [
                    row._asdict() | {"listed": _text(row.listed, currency), "blocked": _text(row.blocked, currency)}
                    for row in step.rows
                ],
            }
            for step in found.steps
        ],
        "difference": found.difference,
        "amount_difference": amount_text(found.amount_difference, currency),
    }


def _columns(*names: str) -> tuple[tuple[str, int], ...]:
    wide = {"name": 28, "label": 44, "why": 44, "evidence": 44, "policy": 34, "carries": 44, "party": 20, "step": 26}
    return tuple((name, wide.get(name, 16)) for name in names)


def _sign(step: str) -> int:
    return 1 if step in {EVERYONE, ABSENT} else -1


def _money(units: int | None, currency: str) -> Cell:
    return None if units is None else CurrencyAmount(currency, units)


def _text(units: int | None, currency: str) -> str | None:
    return None if units is None else amount_text(units, currency)
