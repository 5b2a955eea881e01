"""What goes wrong in the API, as problem+json says it (RFC 9457)."""

from __future__ import annotations

import json

from starlette.responses import Response

from unposted.errors import UnpostedError

__all__ = ["Problem", "problem_of", "problem_response"]


class Problem(Exception):
    """An answer that is no success: its status, a short title, and a sentence with what to do."""

    def __init__(self, status: int, title: str, detail: str, code: str) -> None:
        super().__init__(title)
        self.status, self.title, self.detail, self.code = status, title, detail, code


def problem_of(error: Exception) -> Problem:
    """Turn a failure that explains itself into a problem."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, UnpostedError):
        return Problem(400, error.message, error.next_step, error.code)
    return Problem(400, "That cannot be read", f"{error}.", "bad-request")


def problem_response(problem: Problem) -> Response:
    """Write a problem."""
    body = {
        "type": "about:blank", "title": problem.title, "status": problem.status, "detail": problem.detail,
        "code": problem.code,
    }  # fmt: skip
    headers = {"www-authenticate": "Bearer"} if problem.status == 401 else {}
    text = json.dumps(body, ensure_ascii=False)
    return Response(text, problem.status, media_type="application/problem+json", headers=headers)
