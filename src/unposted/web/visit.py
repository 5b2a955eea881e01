"""A visit: one request as a page's function sees it, with who asks and what they may see."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import parse_qsl

from unposted.web.asked import Wanted
from unposted.web.desk import Desk, Knowledge
from unposted.web.people import Person, folded
from unposted.web.roles import Access, Sight, may, sight_of

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

__all__ = ["Handler", "Page", "Visit", "page", "read_visit"]


@dataclass(frozen=True, slots=True)
class Visit:
    """One request. `known` is what the process knew when it came, the same throughout."""

    desk: Desk
    known: Knowledge
    person: Person | None
    method: str
    path: str
    params: Mapping[str, str]
    query: Mapping[str, str]
    form: Mapping[str, str]
    forms: Sequence[tuple[str, str]]
    body: bytes
    headers: Mapping[str, str]
    cookies: Mapping[str, str]
    client: str
    scheme: str
    host: str
    now: datetime

    @property
    def sight(self) -> Sight:
        """What the asking person may see of rows."""
        return sight_of(self.person.role if self.person else "")

    @property
    def is_fragment(self) -> bool:
        """Tell whether only a part of the page is swapped in."""
        return self.headers.get("hx-request") == "true"

    def may(self, action: str) -> bool:
        """Tell whether the asking person may do something."""
        return self.person is not None and may(self.person.role, action)

    def wanted(self, person: Person | None = None) -> Wanted:
        """Return which lines the query asks for; `me` is the asking person, or the given one."""
        return Wanted.of(self.query.get("q", ""), self.person_of(person))

    def person_of(self, person: Person | None = None) -> Callable[[str], str | None]:
        """Return what finds a person by name, or by `me`."""
        asking = person or self.person

        def find(name: str) -> str | None:
            if name.casefold() == "me":
                return asking.person_id if asking else None
            return next((one.person_id for one in self.desk.people.all() if folded(one.name) == folded(name)), None)

        return find

    def work_changes(self) -> dict[str, object]:
        """Read what a form asks to change of parties; a field that is not there stays as it is. Raises ValueError."""
        changes: dict[str, object] = {}
        owner = next((value for name, value in self.forms if name == "owner" and value != "keep"), "keep")
        if owner != "keep":
            person = self.desk.people.by_id(self.who.person_id if owner == "me" else owner)
            changes["owner"] = person.person_id if person else None
        state = self.form.get("state", "keep")
        if state != "keep":
            changes["state"] = state
            changes["reason"] = self.form.get("reason", "").strip() or None
        if "due" in self.form and (self.form["due"] or self.form.get("due_too")):
            changes["due"] = _day(self.form["due"])
        return changes

    @property
    def who(self) -> Person:
        """The asking person, on a page that only they see who are signed in."""
        assert self.person is not None
        return self.person


Handler: TypeAlias = "Callable[[Visit], Response]"


@dataclass(frozen=True, slots=True)
class Page:
    """A route: its path, its methods, who may go there, and the function that answers."""

    path: str
    methods: tuple[str, ...]
    access: Access
    handler: Handler


def page(path: str, access: Access, *methods: str) -> Callable[[Handler], Page]:
    """Declare a function as a page; without methods it answers GET."""
    return lambda handler: Page(path, methods or ("GET",), access, handler)


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text[:20]!r} is no day; write it like 2026-04-30") from None


async def read_visit(request: Request, desk: Desk, person: Person | None, body: bytes) -> Visit:
    """Put a request into a visit."""
    forms: list[tuple[str, str]] = []
    if request.headers.get("content-type", "").split(";")[0].strip() == "application/x-www-form-urlencoded":
        forms = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=20_000)
    return Visit(
        desk, desk.known, person, request.method, request.url.path, dict(request.path_params),
        dict(request.query_params), dict(forms), forms, body, request.headers, request.cookies,
        request.client.host if request.client else "", request.url.scheme, request.headers.get("host", ""), desk.now(),
    )  # fmt: skip
