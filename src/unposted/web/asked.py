"""What is asked of a list: which lines, how they are sorted, and where the page begins. It is the URL."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from unposted.domain.filter_text import filter_of_words, quoted_word, text_of_filter, words_of
from unposted.domain.filters import Filter
from unposted.web.work import STATES

__all__ = ["SORTS", "Asked", "Place", "Wanted"]

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
class Wanted:
    """Which lines: a filter, and what people decided about them.

    `owner` is as it was typed (`me`, `none` or a name), `owner_id` the person that it means.
    `is_new` keeps those that were not there a day ago.
    """

    filter: Filter = field(default_factory=Filter)
    owner: str = ""
    owner_id: str = ""
    states: tuple[str, ...] = ()
    is_new: bool = False

    @classmethod
    def of(cls, text: str, person_of: Callable[[str], str | None] = lambda _name: None) -> Wanted:
        """Read what people type; `person_of` finds whom a name or `me` means. Raises ValueError with a sentence."""
        if len(text) > _LONGEST:
            raise ValueError("the filter is too long")
        rest: list[tuple[str | None, str]] = []
        owner, owner_id, states, is_new = "", "", [], False
        for key, value in words_of(text):
            if key == "owner":
                owner, owner_id = value, "" if value == "none" else person_of(value) or ""
                if not owner_id and value != "none":
                    raise ValueError(f"there is nobody called {value!r}; write owner:me, owner:none or a name")
            elif key == "state":
                states.append(_state(value))
            elif key == "is":
                if value != "new":
                    raise ValueError(f"nothing is:{value}; write is:new for those that were not there a day ago")
                is_new = True
            else:
                rest.append((key, value))
        return cls(filter_of_words(rest), owner, owner_id, tuple(sorted(set(states))), is_new)

    @property
    def text(self) -> str:
        """What is wanted as people type it."""
        parts = [text_of_filter(self.filter)]
        parts += [f"owner:{quoted_word(self.owner)}"] if self.owner else []
        parts += [f"state:{state}" for state in self.states]
        parts += ["is:new"] if self.is_new else []
        return " ".join(part for part in parts if part)

    @property
    def needs_work(self) -> bool:
        """Tell whether what people decided counts: that changes while a reading stays the same."""
        return bool(self.owner or self.states)

    def without(self, name: str, value: str) -> Wanted:
        """Take one value out."""
        if name == "owner":
            return replace(self, owner="", owner_id="")
        if name == "new":
            return replace(self, is_new=False)
        if name == "state":
            return replace(self, states=tuple(state for state in self.states if state != value))
        asked = self.filter
        if name == "min":
            asked = replace(asked, min_value=None)
        elif name == "search":
            asked = replace(asked, search=" ".join(word for word in asked.search.split() if word != value))
        else:
            left = tuple(one for one in getattr(asked, name) if one != value)
            asked = replace(asked, **{name: left})  # type: ignore[arg-type]  # the names are those of lists
        return replace(self, filter=asked)


def _state(value: str) -> str:
    folded = value.casefold().replace("-", "_").replace(" ", "_")
    if folded not in STATES:
        raise ValueError(f"there is no state {value!r}; there are: {', '.join(STATES)}")
    return folded


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the worklist. `sort` is a column, the greatest first when `is_down`."""

    wanted: Wanted = field(default_factory=Wanted)
    sort: str = "blocked"
    is_down: bool = True
    place: Place | None = None

    @classmethod
    def of(cls, query: Mapping[str, str], person_of: Callable[[str], str | None] = lambda _name: None) -> Asked:
        """Read it from a query (`q`, `sort`, `at`); raises ValueError with a sentence for the user."""
        sort = query.get("sort", "") or "-blocked"
        name = sort.removeprefix("-")
        if name not in SORTS:
            raise ValueError(f"the list cannot be sorted by {name[:40]!r}; there are: {', '.join(SORTS)}")
        at = query.get("at", "")
        wanted = Wanted.of(query.get("q", ""), person_of)
        return cls(wanted, name, sort.startswith("-"), Place.of(at) if at else None)

    def url(self, path: str = "/worklist") -> str:
        """Write the one address of what is asked."""
        pairs = [("q", self.wanted.text)] if self.wanted.text else []
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

    def without(self, name: str, value: str) -> Asked:
        """Take one value out of what is wanted, and go to the start of the list."""
        return replace(self, wanted=self.wanted.without(name, value), place=None)
