"""What is asked of an entity set: always across companies, always in the order of its key, never more than is read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from unposted.connectors.odata import text_literal
from unposted.domain.cursor import Span

__all__ = ["Question", "all_of", "any_of", "days_filter", "enum_literal", "instants_filter"]

_ENUMS = "Microsoft.Dynamics.DataEntities"


@dataclass(frozen=True, slots=True)
class Question:
    """Which rows of an entity set, which of their fields, in which order. `key` tells rows apart.

    Without `cross-company=true` the service answers for the user's default company alone, as if that were all.
    """

    set: str
    key: tuple[str, ...]
    fields: tuple[str, ...]
    filter: str = ""
    order: tuple[str, ...] = ()

    def where(self, *conditions: str) -> Question:
        """Return the question narrowed by further conditions."""
        return replace(self, filter=all_of((self.filter, *conditions)))

    def only(self, fields: Sequence[str]) -> Question:
        """Return the question for other fields; the key's are always among them."""
        return replace(self, fields=tuple(fields))

    def params(self, *, skip: int = 0, top: int | None = None) -> list[tuple[str, str]]:
        """Write the query of a page."""
        chosen = tuple(dict.fromkeys((*self.key, *self.order, *self.fields)))
        pairs = [("cross-company", "true"), ("$select", ",".join(chosen))]
        if self.filter:
            pairs.append(("$filter", self.filter))
        pairs.append(("$orderby", ",".join(dict.fromkeys((*self.order, *self.key)))))
        if skip:
            pairs.append(("$skip", str(skip)))
        if top is not None:
            pairs.append(("$top", str(top)))
        return pairs

    def count_params(self) -> list[tuple[str, str]]:
        """Write the query of a count."""
        pairs = [("cross-company", "true")]
        return [*pairs, ("$filter", self.filter)] if self.filter else pairs


def all_of(conditions: Iterable[str]) -> str:
    """Join conditions that must all hold; blank ones say nothing."""
    kept = [condition for condition in conditions if condition]
    return kept[0] if len(kept) == 1 else " and ".join(f"({condition})" for condition in kept)


def any_of(field: str, values: Iterable[str]) -> str:
    """Write that a field has one of some texts: the service knows no `in`."""
    return " or ".join(f"{field} eq {text_literal(value)}" for value in values)


def enum_literal(kind: str, member: str) -> str:
    """Write a member of an enum, which must name its type."""
    return f"{_ENUMS}.{kind}'{member}'"


def instants_filter(field: str, span: Span) -> str:
    """Write that an instant lies in a span, both ends included; the service keeps whole seconds."""
    start = span.start.astimezone(UTC).replace(microsecond=0)
    return f"{field} ge {_literal(start)} and {field} le {_literal(span.end.astimezone(UTC))}"


def days_filter(field: str, span: Span) -> str:
    """Write that a day lies in a span, a day more at each end: each company's day begins at its own hour."""
    first = (span.start.astimezone(UTC) - timedelta(days=1)).date()
    last = (span.end.astimezone(UTC) + timedelta(days=1)).date()
    return f"{field} ge {first}T00:00:00Z and {field} le {last}T23:59:59Z"


def _literal(moment: datetime) -> str:
    whole = moment.replace(microsecond=0) + timedelta(seconds=1 if moment.microsecond else 0)
    return whole.strftime("%Y-%m-%dT%H:%M:%SZ")
