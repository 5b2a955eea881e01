"""A filter on the worklist: a frozen value that is also a URL's query string and a set of command-line options."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import Protocol
from urllib.parse import parse_qsl, urlencode

from unposted.domain.currencies import minor_digits

__all__ = ["FLAGS", "PLATFORMS", "SEGMENTS", "SPLITS", "STATUSES", "Filter", "Line", "bucket_of"]

SEGMENTS = ("b2b", "dtc")
PLATFORMS = ("shopify", "bigcommerce", "adobe_commerce")
STATUSES = ("awaiting_sync", "in_dataverse", "near_match", "other_entity", "no_key", "no_match")
FLAGS = ("ambiguous", "unmapped", "conflict", "unknown_rate")
SPLITS = ("segment", "platform", "store", "entity", "status")
_CHOICES = {"segment": SEGMENTS, "platform": PLATFORMS, "status": STATUSES + FLAGS}
_LISTS = ("segment", "platform", "store", "entity", "status", "part")
_LARGEST = Decimal(10) ** 15


class Line(Protocol):
    """What a filter looks at on one line of the worklist."""

    @property
    def party(self) -> str: ...  # noqa: D102
    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def company(self) -> str | None: ...  # noqa: D102
    @property
    def segment(self) -> str: ...  # noqa: D102
    @property
    def stores(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def platforms(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def emails(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def tax_ids(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def external_ids(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def expected_entities(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def missing_entities(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def status(self) -> str: ...  # noqa: D102
    @property
    def flags(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def blocked(self) -> int | None: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Filter:
    """Which lines of the worklist to keep: each field that is set must hold, any one of its values is enough.

    `status` meets a line's status or one of its flags, `entity` an entity that the line expects or lacks.
    `part` names parts of splits (`entity=USTI`): of each split that is named, the line stands in one of them.
    `min_value` is in the reporting currency; a line of unknown value is kept, because a row too many is looked at.
    Values are put into one canonical form, so equal filters are equal values.
    Raises ValueError with a sentence for the user.
    """

    segment: tuple[str, ...] = ()
    platform: tuple[str, ...] = ()
    store: tuple[str, ...] = ()
    entity: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    min_value: Decimal | None = None
    search: str = ""
    part: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in _LISTS:
            object.__setattr__(self, name, _canonical(name, getattr(self, name)))
        object.__setattr__(self, "search", " ".join(self.search.split()))
        if self.min_value is not None:
            object.__setattr__(self, "min_value", _value(self.min_value))

    @classmethod
    def of(
        cls,
        *,
        segment: Iterable[str] = (),
        platform: Iterable[str] = (),
        store: Iterable[str] = (),
        entity: Iterable[str] = (),
        status: Iterable[str] = (),
        min_value: str | None = None,
        search: str | None = None,
        stores: Iterable[str] | None = None,
        entities: Iterable[str] | None = None,
    ) -> Filter:
        """Make a filter from command-line options; commas separate values, but in a store's name they are its own.

        `stores` and `entities` name those of the workspace: another one is an error, not an empty list.
        Raises ValueError with a sentence for the user.
        """
        asked = cls(
            segment=_split(segment),
            platform=_split(platform),
            store=tuple(store),
            entity=_split(entity),
            status=_split(status),
            min_value=None if min_value is None else _decimal(min_value),
            search=search or "",
        )
        if stores is not None:
            _all_known("store", asked.store, tuple(stores))
        if entities is not None:
            _all_known("entity", asked.entity, tuple(entities))
        return asked

    @classmethod
    def from_url(cls, query: str) -> Filter:
        """Read a query string, with or without its `?`; raises ValueError for a name that is no filter."""
        values: dict[str, list[str]] = {}
        for name, value in parse_qsl(query.removeprefix("?"), keep_blank_values=True):
            values.setdefault(name, []).append(value)
        strange = [name for name in values if name not in (*_LISTS, "min_value", "search")]
        if strange:
            raise ValueError(_unknown("filter", strange[0], tuple(field.name for field in fields(cls))))
        minimum = values.get("min_value")
        return cls(
            **{name: tuple(values.get(name, ())) for name in _LISTS},
            min_value=_decimal(minimum[-1]) if minimum else None,
            search=" ".join(values.get("search", ())),
        )

    def url(self) -> str:
        """Write the one query string of this filter, without `?`; empty when nothing is asked."""
        pairs = [(name, value) for name in _LISTS for value in getattr(self, name)]
        if self.min_value is not None:
            pairs.append(("min_value", f"{self.min_value:f}"))
        if self.search:
            pairs.append(("search", self.search))
        return urlencode(pairs)

    def matches(self, line: Line, currency: str) -> bool:
        """Tell whether a line is kept; `currency` is the reporting currency that `line.blocked` is in."""
        return self.keeps(currency)(line)

    def keeps(self, currency: str) -> Callable[[Line], bool]:
        """Return the test of one line, for going through many."""
        least = None if self.min_value is None else self.min_value.scaleb(minor_digits(currency))
        words = _folded(self.search).split()
        stores, entities, statuses = (set(map(str.casefold, x)) for x in (self.store, self.entity, self.status))
        parts = [(split, set(names)) for split, names in self.parts().items()]

        def is_kept(line: Line) -> bool:
            return (
                (not self.segment or line.segment in self.segment)
                and (not self.platform or _meets(set(self.platform), line.platforms))
                and (not stores or _meets(stores, line.stores))
                and (not entities or _meets(entities, line.expected_entities + line.missing_entities))
                and (not statuses or _meets(statuses, (line.status, *line.flags)))
                and all(bucket_of(line, split) in names for split, names in parts)
                and (least is None or line.blocked is None or line.blocked >= least)
                and (not words or _holds(line, words))
            )

        return is_kept

    def parts(self) -> dict[str, tuple[str, ...]]:
        """Return the named parts by split."""
        named: dict[str, tuple[str, ...]] = {}
        for text in self.part:
            split, _, name = text.partition("=")
            named[split] = (*named.get(split, ()), name)
        return named

    def words(self, currency: str) -> str:
        """Tell the filter in words (`segment b2b or dtc; at least 1000 USD`); empty when nothing is asked."""
        parts = [f"{name} {' or '.join(getattr(self, name))}" for name in _LISTS if getattr(self, name)]
        if self.min_value is not None:
            parts.append(f"blocked value at least {self.min_value:f} {currency} or unknown")
        if self.search:
            parts.append(f'search "{self.search}"')
        return "; ".join(parts)


def bucket_of(line: Line, split: str) -> str:
    """Tell the part of a split that a line stands in; a line that would stand in two stands in `several`."""
    if split == "segment":
        return line.segment
    if split == "status":
        return line.status
    if split == "entity":
        if "ambiguous" in line.flags:
            return "ambiguous"
        return line.expected_entities[0] if line.expected_entities else "unmapped"
    names = line.stores if split == "store" else line.platforms
    return names[0] if len(names) == 1 else "several"


def _canonical(name: str, values: Iterable[str]) -> tuple[str, ...]:
    texts = [value.strip() for value in values]
    if name in _CHOICES:
        texts = [text.casefold().replace("-", "_").replace(" ", "_") for text in texts]
    elif name == "entity":
        texts = [text.upper() for text in texts]
    texts = sorted({text for text in texts if text})
    for text in texts:
        if text not in _CHOICES.get(name, (text,)):
            raise ValueError(_unknown(name, text, _CHOICES[name]))
        if name == "part" and text.partition("=")[0] not in SPLITS:
            raise ValueError(_unknown("split", text.partition("=")[0], SPLITS))
    return tuple(texts)


def _value(amount: Decimal) -> Decimal:
    if not amount.is_finite() or abs(amount) > _LARGEST or amount != round(amount, 4):
        raise ValueError(f"{amount} is no amount; write it like 1000 or 49.90")
    plain = amount.normalize()
    return Decimal(f"{plain:f}") if plain else Decimal(0)


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text.strip().replace(",", "") if "." in text else text.strip())
    except InvalidOperation:
        raise ValueError(f"{text!r} is no amount; write it like 1000 or 49.90") from None


def _split(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(part for value in values for part in value.split(","))


def _all_known(what: str, asked: tuple[str, ...], known: tuple[str, ...]) -> None:
    names = {name.casefold() for name in known}
    for name in asked:
        if name.casefold() not in names:
            raise ValueError(_unknown(what, name, known))


def _unknown(what: str, name: str, known: tuple[str, ...]) -> str:
    near = get_close_matches(name.casefold(), [choice.casefold() for choice in known], 1)
    close = next((choice for choice in known if near and choice.casefold() == near[0]), None)
    hint = f"did you mean {close!r}?" if close else f"there are: {', '.join(known) or 'none'}"
    return f"there is no {what} {name!r}; {hint}"


def _meets(asked: set[str], values: Iterable[str]) -> bool:
    return any(value.casefold() in asked for value in values)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _holds(line: Line, words: list[str]) -> bool:
    values = (line.party, line.name, line.company or "", *line.emails, *line.tax_ids, *line.external_ids)
    text = _folded("\n".join(values))
    return all(word in text for word in words)
