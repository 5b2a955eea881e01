"""What is asked of a list: a filter, how it is sorted, and where the page begins. It is the URL."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from unposted.domain.filter_text import filter_of_text, text_of_filter
from unposted.domain.filters import Filter

__all__ = ["SORTS", "Asked", "Place"]

SORTS: tuple[str, ...] = (
    "blocked", "name", "segment", "store", "entity", "status", "orders", "first", "last", "age",
)  # fmt: skip
_LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class Place:
    """The line that a page stands after or before: its sort value and its rank."""

    value: str | int
    rank: int
    is_before: bool = False

    def text(self) -> str:
        """Write it as the URL holds it."""
        sign = "b" if self.is_before else "a"
        packed = json.dumps([self.value, self.rank], ensure_ascii=False, separators=(",", ":")).encode()
        return sign + base64.urlsafe_b64encode(packed).decode().rstrip("=")

    @classmethod
    def of(cls, text: str) -> Place:
        """Read it; raises ValueError when it was made up."""
        try:
            packed = base64.urlsafe_b64decode(text[1:] + "=" * (-len(text[1:]) % 4))
            value, rank = json.loads(packed)
            if text[0] not in "ab" or type(value) not in {str, int} or type(rank) is not int or abs(rank) > 2**62:
                raise ValueError
            if isinstance(value, int) and abs(value) > 2**62:
                raise ValueError
        except (ValueError, IndexError, TypeError, binascii.Error, UnicodeError, RecursionError):
            raise ValueError("the address of this page is cut or changed; begin the list anew") from None
        return cls(value, rank, text[0] == "b")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the worklist. `sort` is a column, the greatest first when `is_down`."""

    filter: Filter = field(default_factory=Filter)
    sort: str = "blocked"
    is_down: bool = True
    place: Place | None = None

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Asked:
        """Read it from a query (`q`, `sort`, `at`); raises ValueError with a sentence for the user."""
        if len(query.get("q", "")) > _LONGEST:
            raise ValueError("the filter is too long")
        sort = query.get("sort", "") or "-blocked"
        name = sort.removeprefix("-")
        if name not in SORTS:
            raise ValueError(f"the list cannot be sorted by {name[:40]!r}; there are: {', '.join(SORTS)}")
        at = query.get("at", "")
        return cls(filter_of_text(query.get("q", "")), name, sort.startswith("-"), Place.of(at) if at else None)

    @property
    def text(self) -> str:
        """The filter as people type it."""
        return text_of_filter(self.filter)

    def url(self, path: str = "/worklist") -> str:
        """Write the one address of what is asked."""
        pairs = [("q", self.text)] if self.text else []
        if (self.sort, self.is_down) != ("blocked", True):
            pairs.append(("sort", f"{'-' if self.is_down else ''}{self.sort}"))
        if self.place is not None:
            pairs.append(("at", self.place.text()))
        return f"{path}?{urlencode(pairs)}" if pairs else path

    def sorted_by(self, name: str) -> Asked:
        """Ask for another order from the start of the list; the same column again turns it round."""
        is_down = not self.is_down if name == self.sort else name in {"blocked", "orders", "last", "age"}
        return replace(self, sort=name, is_down=is_down, place=None)

    def at(self, place: Place | None) -> Asked:
        """Ask for another page."""
        return replace(self, place=place)

    def filtered(self, asked: Filter) -> Asked:
        """Ask for other lines, from the start of the list."""
        return replace(self, filter=asked, place=None)

    def without(self, name: str, value: str) -> Asked:
        """Take one value out of the filter."""
        asked = self.filter
        if name == "min":
            return self.filtered(replace(asked, min_value=None))
        if name == "search":
            return self.filtered(replace(asked, search=" ".join(w for w in asked.search.split() if w != value)))
        left = tuple(one for one in getattr(asked, name) if one != value)
        return self.filtered(replace(asked, **{name: left}))  # type: ignore[arg-type]
