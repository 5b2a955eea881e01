"""The refusals of a Finance & Operations environment, in its own envelope: what helps stands in `innererror`."""

from __future__ import annotations

from unposted.sandbox.odata_query import BadQuery
from unposted.sandbox.wire import Answer, json_answer

__all__ = [
    "bad_query",
    "failing",
    "no_key",
    "no_role",
    "no_set",
    "overloaded",
    "refused_token",
    "unavailable",
]

_ODATA = "Microsoft.Dynamics.Platform.Integration.Services.OData"


def _fault(status: int, message: str, kind: str, *headers: tuple[str, str]) -> Answer:
    inner = {"message": message, "type": kind, "stacktrace": "   at Microsoft.Dynamics.Ax.Xpp.Invoke()"}
    body = {"error": {"code": "", "message": "An error has occurred.", "innererror": inner}}
    return json_answer(body, status, headers)


def bad_query(error: BadQuery) -> Answer:
    """Refuse a query that cannot be read."""
    return _fault(400, error.message, "Microsoft.OData.ODataException")


def no_role(entity: str) -> Answer:
    """Refuse the rows of an entity that no role of the user covers."""
    message = f"User is not authorized to read view {entity}.  Request denied."
    return _fault(403, message, f"{_ODATA}.ODataSecurityException")


def no_set(address: str) -> Answer:
    """Say that no set has this name."""
    message = f"No HTTP resource was found that matches the request URI '{address}'."
    return json_answer({"error": {"code": "", "message": message}}, 404)


def no_key(entity: str) -> Answer:
    """Say that no record has this key: nor has one of another company, unless the call asks across companies."""
    return _fault(404, f"No resources were found when selecting for update in {entity}.", f"{_ODATA}.AxODataException")


def overloaded(retry_after: str | None) -> Answer:
    """Ask for patience."""
    message = "This request could not be processed at this time due to system experiencing high resource utilization."
    headers = (("Retry-After", retry_after),) if retry_after is not None else ()
    return json_answer({"error": {"code": "", "message": message}}, 429, headers)


def unavailable() -> Answer:
    """Say that the service is being maintained."""
    return Answer(503, (("Content-Type", "text/plain"),), b"The service is unavailable.")


def failing() -> Answer:
    """Fail at a record that cannot be read."""
    return _fault(500, "Object reference not set to an instance of an object.", "System.NullReferenceException")


def refused_token(base: str) -> Answer:
    """Refuse a token that is missing, old or another API's, and an application that is mapped to no user."""
    login = "https://login.microsoftonline.com/common/oauth2/authorize"
    challenge = f'Bearer authorization_uri="{login}", resource_id="{base}"'
    return Answer(401, (("WWW-Authenticate", challenge), ("Content-Length", "0")), b"")
