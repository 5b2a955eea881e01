"""The API described as OpenAPI 3.1, made from the operations themselves: it cannot say what they do not do."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec
from starlette.responses import Response

from unposted import __version__
from unposted.web.api.calls import OPERATIONS
from unposted.web.api.operations import BASE, Operation
from unposted.web.roles import PUBLIC, SIGNED_IN
from unposted.web.visit import Page, Visit, page

__all__ = ["PAGES", "description"]

_PROBLEM = {
    "type": "object",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
    },
    "required": ["type", "title", "status", "detail", "code"],
}
_REFUSALS = {
    400: "What was asked for cannot be read.",
    401: "Nobody is signed in, or the token is good no more.",
    403: "Not for this role, or not for this token.",
    404: "There is no such thing.",
    422: "The body is not of its kind.",
    503: "There are no numbers yet.",
}


@cache
def description() -> bytes:
    """Write the description."""
    kinds = [kind for one in OPERATIONS for kind in (one.answers, one.takes) if kind is not None]
    refs, components = msgspec.json.schema_components(kinds, ref_template="#/components/schemas/{name}")
    by_kind = dict(zip(kinds, refs, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for one in OPERATIONS:
        path = one.page.path.removeprefix(BASE)
        paths.setdefault(path, {})[one.page.methods[0].lower()] = _described(one, by_kind)
    return msgspec.json.encode(
        {
            "openapi": "3.1.0",
            "info": {"title": "unposted", "version": __version__, "license": {"name": "Apache-2.0"}},
            "servers": [{"url": BASE}],
            "security": [{"token": []}, {"session": []}],
            "paths": paths,
            "components": {
                "schemas": {**components, "Problem": _PROBLEM},
                "securitySchemes": {
                    "token": {"type": "http", "scheme": "bearer"},
                    "session": {"type": "apiKey", "in": "cookie", "name": "unposted"},
                },
            },
        }
    )


def _described(one: Operation, by_kind: dict[type, dict[str, Any]]) -> dict[str, Any]:
    access = one.page.access
    told = "everybody who is signed in" if access == SIGNED_IN else ", ".join(sorted(access))  # type: ignore[arg-type]
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    described: dict[str, Any] = {
        "operationId": one.name,
        "summary": one.summary,
        "description": f"For {told}.",
        "parameters": [
            {"name": p.name, "in": p.where, "required": p.where == "path", "schema": p.schema, "description": p.words}
            for p in one.parameters
        ],
        "responses": {
            str(one.status): {
                "description": "What was asked for.",
                "headers": {"ETag": {"schema": {"type": "string"}}},
                "content": {"application/json": {"schema": by_kind[one.answers]}},
            },
            **{str(status): {"description": words, "content": problem} for status, words in _REFUSALS.items()},
        },
    }
    if one.page.methods[0] == "GET":
        described["responses"]["304"] = {"description": "You have it already."}
    if one.takes is not None:
        content = {"application/json": {"schema": by_kind[one.takes]}}
        described["requestBody"] = {"required": True, "content": content}
    return described


@page(f"{BASE}/openapi.json", PUBLIC)
def openapi(visit: Visit) -> Response:  # noqa: ARG001 - every page takes its visit
    """Give the description; it holds no data."""
    return Response(description(), media_type="application/json")


PAGES: tuple[Page, ...] = (*(one.page for one in OPERATIONS), openapi)
