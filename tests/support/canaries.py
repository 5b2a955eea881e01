"""Secrets and persons that must be found nowhere, and services that show them wherever an answer has a place for words.

The sandbox takes the canary secrets as the true ones, so that they are on the wire of every call. The persons are in
error bodies, headers and links, and in fields where they make a record unreadable.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Mapping
from itertools import count
from typing import Any, TypeAlias
from urllib.parse import quote

from unposted.sandbox import credentials
from unposted.sandbox.services.adobe_commerce import AdobeCommerceService
from unposted.sandbox.services.adobe_commerce_switches import AdobeCommerceSwitches, Integration
from unposted.sandbox.services.bigcommerce import BigCommerceService
from unposted.sandbox.services.bigcommerce_switches import BigCommerceSwitches
from unposted.sandbox.services.login import EntraApp, LoginService
from unposted.sandbox.services.shopify import ShopifyService
from unposted.sandbox.services.shopify_switches import ShopifySwitches
from unposted.sandbox.site_services import Ground, services_on
from unposted.sandbox.site_workspaces import variables
from unposted.sandbox.values import World
from unposted.sandbox.wire import Answer, Call, Now, Service, json_answer

__all__ = ["MODES", "PERSONS", "SECRETS", "Hostile", "Mode", "canary_services", "found"]

SECRETS: Mapping[str, str] = {
    name: f"cnry{place}Zq{base64.b32encode(name.encode()).decode().strip('=').lower()[-24:]}"
    for place, name in enumerate(sorted(variables("all")))
}
"""The canary of each environment variable."""

PERSONS = ("Quillfeather", "canaria", "canary.person", "leak.example", "202-555-0147", "2025550147", "555-0147")
"""Parts of the canary persons; none may be seen, in any case."""

_PERSON = (
    'Canaria Quillfeather "Quillfeather, Canaria" <canary.person@leak.example> +12025550147 (202) 555-0147 202-555-0147'
)

Mode: TypeAlias = Callable[[Call, Answer], Answer]
"""Makes the hostile answer to a call out of the true one."""


def found(text: str, *, persons: bool = True) -> list[str]:
    """List the canaries that a text shows: plain, percent-encoded, in base64, or backwards."""
    forms = {form for secret in SECRETS.values() for form in _forms(secret)}
    met = [form for form in forms if form in text]
    folded = text.casefold()
    return met + [part for part in PERSONS if persons and part.casefold() in folded]


def _forms(secret: str) -> Iterable[str]:
    encoded = base64.b64encode(secret.encode()).decode().strip("=")
    return secret, secret[:16], quote(secret), encoded[:20], secret[::-1]


def canary_services(world: World, now: Now, base: str) -> dict[str, Service]:
    """Fill the services of all systems with a world; their credentials are the canaries."""
    secret = SECRETS["UNPOSTED_FNO_CLIENT_SECRET"]
    app = EntraApp(tenant=credentials.TENANT, client_id=credentials.CLIENT_ID, secret=secret)
    login = LoginService(now, (app,), ())
    services = dict(services_on(Ground(world, now, base, login)))
    shop = ShopifySwitches(token=SECRETS["UNPOSTED_DTC_TOKEN"], bulk_seconds=1.0)
    services["/shopify"] = ShopifyService.of_world(world, now, f"{base}/shopify", shop)
    store = BigCommerceService.of_world(
        world, now, f"{base}/bigcommerce",
        BigCommerceSwitches(store_hash=credentials.BIGCOMMERCE_HASH, token=SECRETS["UNPOSTED_WHOLESALE_TOKEN"]),
    )  # fmt: skip
    services["/bigcommerce"], services["/bigcommerce-b2b"] = store, store.b2b
    integration = Integration(*(SECRETS[f"UNPOSTED_TRADE_{name.upper()}"] for name in credentials.ADOBE_OAUTH))
    switches = AdobeCommerceSwitches(integration=integration)
    services["/adobe"] = AdobeCommerceService.of_world(world, now, f"{base}/adobe", switches, login)
    return services


class Hostile:
    """A service that answers truly `after` so many calls of all that share the counter, and then in a mode."""

    def __init__(self, service: Service, mode: Mode, after: int, calls: count[int]) -> None:
        """Take the true service, the mode, how many answers are true, and the counter of calls."""
        self._service = service
        self._mode = mode
        self._after = after
        self._calls = calls

    def __call__(self, call: Call) -> Answer:
        """Answer a call."""
        answer = self._service(call)
        return answer if next(self._calls) < self._after else self._mode(call, answer)


def _echo(call: Call) -> str:
    """Write a text as a careless server does: with what was sent and whom it was about."""
    sent = " ".join(f"{name}: {value}" for name, value in call.headers.items())
    return f"{_PERSON} for {call.body.decode('utf-8', 'replace')} {sent} {_PERSON}"


def _shapes(text: str, code: object) -> dict[str, Any]:
    """Write an error in every platform's shape at once."""
    return {
        "errors": [
            {"message": text, "title": text, "path": ["page", "nodes", 0, "email"], "extensions": {"code": code}}
        ],
        "error": {"code": code, "message": text, "innererror": {"message": text, "type": text}, "details": [text]},
        "message": text,
        "parameters": [text],
        "title": text,
        "code": 500,
        "meta": {"message": text},
    }


def _failing(status: int, code: str | None = None, headers: tuple[tuple[str, str], ...] = ()) -> Mode:
    return lambda call, _answer: json_answer(_shapes(_echo(call), code or _echo(call)), status, headers)


def _plain_error(status: int) -> Mode:
    """Answer with the error as a text, as an OAuth server, Shopify and v2 of BigCommerce do."""
    return lambda call, _answer: json_answer(
        {"error": _echo(call), "error_description": _echo(call), "errors": _echo(call), "error_codes": [_echo(call)]},
        status,
    )


def _listed_error(call: Call, _answer: Answer) -> Answer:
    return json_answer([{"status": 400, "message": _echo(call), "title": _echo(call)}], 400)


def _page(call: Call, _answer: Answer) -> Answer:
    body = f"<html><head><title>{_echo(call)}</title></head><body>{_echo(call)}</body></html>".encode()
    return Answer(403, (("Content-Type", "text/html"),), body)


def _late(call: Call, _answer: Answer) -> Answer:
    headers = (("Retry-After", "864000"), ("X-Rate-Limit-Time-Reset-Ms", "864000000"), ("Set-Cookie", f"id={_PERSON}"))
    return json_answer(_shapes(_echo(call), "TooManyRequests"), 429, headers)


def _elsewhere(call: Call, _answer: Answer) -> Answer:
    where = f"https://{SECRETS['UNPOSTED_DTC_TOKEN']}@leak.example/?token={SECRETS['UNPOSTED_DTC_TOKEN']}&for={quote(_PERSON)}"
    return Answer(302, (("Location", where), ("Content-Type", "text/html")), _echo(call).encode())


def _linked(call: Call, answer: Answer) -> Answer:
    """Lead to another host with the next link of every dialect, secrets and persons in the address."""
    if answer.status != 200:
        return answer
    where = f"https://leak.example/?access_token={SECRETS['UNPOSTED_DTC_TOKEN']}&customer={quote(_PERSON)}"
    try:
        body = json.loads(answer.body)
    except ValueError:
        return answer
    if not isinstance(body, dict) or "value" not in body:
        return answer
    return json_answer({**body, "@odata.nextLink": where, "@odata.deltaLink": where, "nextLink": where})


def _misshapen(call: Call, answer: Answer) -> Answer:
    return json_answer({"value": _echo(call), "data": _echo(call), "items": _echo(call), "total_count": _echo(call)})


def _cut(_call: Call, answer: Answer) -> Answer:
    return answer._replace(body=answer.body[: len(answer.body) // 2] + _PERSON.encode())


def _spoilt(turn: int) -> Mode:
    """Put a person into one field of each record, another one from record to record; `turn` begins elsewhere."""

    def spoil(_call: Call, answer: Answer) -> Answer:
        try:
            body = json.loads(answer.body)
        except ValueError:
            return answer
        if answer.status != 200 or (isinstance(body, dict) and "access_token" in body):
            return answer
        places = count(turn * 5)
        return answer._replace(body=json.dumps(_with_person(body, places)).encode())

    return spoil


def _with_person(value: Any, places: count[int]) -> Any:
    """Replace a field of every object that looks like a record."""
    if isinstance(value, list):
        return [_with_person(item, places) for item in value]
    if not isinstance(value, dict):
        return value
    inside = {key: _with_person(item, places) for key, item in value.items()}
    plain = [key for key, item in inside.items() if not isinstance(item, dict | list) and not _is_wiring(key)]
    if len(inside) > 3 and plain:
        inside[plain[next(places) % len(plain)]] = _PERSON
    return inside


def _is_wiring(key: str) -> bool:
    """Tell ids, which every system makes itself, and paging from the fields that people fill."""
    return key in _WIRING or key.casefold().endswith("id")


_WIRING = {
    "CustomerAccount", "CUSTOMERACCOUNT", "number", "No", "accountnumber", "code", "FromCurrency", "ToCurrency",
    "hasNextPage", "endCursor", "total_count", "@odata.nextLink", "@odata.deltaLink", "@odata.count", "url",
    "status_url", "currentlyAvailable", "maximumAvailable", "restoreRate", "requestedQueryCost", "actualQueryCost",
    "objectCount", "timezone",
}  # fmt: skip
"""What is part of paging and limits, and no field of a record."""

MODES: Mapping[str, Mode] = {
    **{f"status {status}": _failing(status) for status in (400, 401, 403, 404, 409, 422, 423, 429, 500, 503)},
    **{f"plain {status}": _plain_error(status) for status in (200, 400, 401, 403, 500)},
    "bad request code": _failing(400, "BadRequest_InvalidToken"),
    "denied code": _failing(200, "ACCESS_DENIED"),
    "a list of errors": _listed_error,
    "a page for people": _page,
    "a daily limit": _late,
    "a redirect": _elsewhere,
    "a foreign link": _linked,
    "another shape": _misshapen,
    "a cut answer": _cut,
    **{f"unreadable records {turn}": _spoilt(turn) for turn in range(4)},
}
"""Every way to be hostile, by name."""
