"""How Business Central says no: `error.code`, a text in the caller's language, and the id of the call at its end.

Source: OData error codes of Business Central.
"""

from __future__ import annotations

from unposted.sandbox.business_central import guid
from unposted.sandbox.wire import Answer, json_answer

__all__ = ["ENGLISH", "GERMAN", "Refusal", "refused"]

ENGLISH = {
    "Authentication_InvalidCredentials": "The server has rejected the client credentials.",
    "Authorization_RequestDenied": "You do not have the permissions that are needed to read this.",
    "Internal_CompanyNotFound": "Can't process the request because the company can't be found.",
    "BadRequest_ResourceNotFound": "Resource not found for the segment '{what}'.",
    "Internal_RecordNotFound": "The record does not exist. Identification fields and values: {what}",
    "BadRequest_InvalidToken": "Could not validate the client concurrency token required by the service.",
    "Request_EntityChanged": "Another user has already changed the record.",
    "BadRequest_MethodNotAllowed": "'{what}' requests are not allowed.",
    "BadRequest": "{what}",
    "Application_DialogException": "The customer {what} must have a posting group.",
    "Application_TooManyRequests": "The number of requests is over the limit. Please try again later.",
    "Internal_ServerError": "The operation took too long ({what}).",
    "Unknown": "{what}",
    "NoEnvironment": "Environment does not exist.",
}
GERMAN = {
    "BadRequest_ResourceNotFound": "Die Ressource für das Segment '{what}' wurde nicht gefunden.",
    "Authorization_RequestDenied": "Sie verfügen nicht über die nötigen Berechtigungen.",
    "Internal_CompanyNotFound": "Der Mandant wurde nicht gefunden.",
}


class Refusal(Exception):
    """A call that is refused: status, code, and what the text names."""

    def __init__(self, status: int, code: str, what: str = "") -> None:
        """Take the HTTP status, `error.code`, and what to put into the text."""
        super().__init__(code)
        self.status = status
        self.code = code
        self.what = what


def refused(refusal: Refusal, serial: int, language: str = "", retry_after: int | None = None) -> Answer:
    """Answer a refusal; `serial` makes the call's id."""
    words = (GERMAN if language.startswith("de") else {}).get(refusal.code, ENGLISH[refusal.code])
    text = f"{words.replace('{what}', refusal.what)}  CorrelationId:  {guid('call', serial)}."
    headers = [("Retry-After", str(retry_after))] if retry_after is not None else []
    return json_answer({"error": {"code": refusal.code, "message": text}}, refusal.status, headers)
