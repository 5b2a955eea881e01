"""An operation of the API: a route with its access, and what of it the description says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import msgspec
from starlette.responses import Response

from unposted.web.kept import Kept
from unposted.web.problems import Problem
from unposted.web.roles import Access
from unposted.web.visit import Page, Visit

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["BASE", "Operation", "Parameter", "kept_of", "operation", "taken"]

BASE = "/api/v1"
_Body = TypeVar("_Body", bound=msgspec.Struct)
Answering: TypeAlias = "Callable[[Visit], msgspec.Struct]"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of an operation: where it stands (`query` or `path`), its JSON schema, and what it means."""

    name: str
    where: str
    schema: Mapping[str, Any]
    words: str


@dataclass(frozen=True, slots=True)
class Operation:
    """A route of the API and its description. `takes` is the type of its body, None without one."""

    page: Page
    summary: str
    answers: type[msgspec.Struct]
    parameters: tuple[Parameter, ...]
    takes: type[msgspec.Struct] | None
    status: int

    @property
    def name(self) -> str:
        """The name of the operation in the description: its function's."""
        return self.page.handler.__name__


def operation(
    method: str,
    path: str,
    access: Access,
    answers: type[msgspec.Struct],
    *parameters: Parameter,
    takes: type[msgspec.Struct] | None = None,
    status: int = 200,
) -> Callable[[Answering], Operation]:
    """Declare a function as an operation; its docstring's first line is the summary."""

    def declare(function: Answering) -> Operation:
        def handler(visit: Visit) -> Response:
            return _written(visit, function(visit), status)

        handler.__name__ = function.__name__
        summary = (function.__doc__ or "").strip().splitlines()[0]
        return Operation(Page(BASE + path, (method,), access, handler), summary, answers, parameters, takes, status)

    return declare


def taken(visit: Visit, kind: type[_Body]) -> _Body:
    """Read the body of a call; raises Problem when it is not of its kind."""
    try:
        return msgspec.json.decode(visit.body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Problem(422, "The body is not of this kind", f"{str(error)[:300]}.", "bad-body") from None


def kept_of(visit: Visit) -> Kept:
    """Return the reading that is kept; raises Problem when there is none yet."""
    if visit.known.kept is None:
        raise Problem(
            503, "There are no numbers yet", "The sources are being read. Try again in a moment.", "no-numbers"
        )
    return visit.known.kept


def _written(visit: Visit, answer: msgspec.Struct, status: int) -> Response:
    """Write an answer with its tag; who has it already is told so."""
    body = msgspec.json.encode(answer)
    tag = f'"{sha256(body).hexdigest()[:32]}"'
    if visit.method == "GET" and tag in {one.strip() for one in visit.headers.get("if-none-match", "").split(",")}:
        return Response(status_code=304, headers={"etag": tag})
    return Response(body, status, media_type="application/json", headers={"etag": tag})
