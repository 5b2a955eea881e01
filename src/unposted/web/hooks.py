"""Where the platforms call us: a delivery is verified, kept as a hint, and looked after by the next sync.

Nothing in a delivery is believed beyond which record to fetch soon; a forged one is answered and forgotten.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import timedelta
from urllib.parse import urlencode, urlsplit

from starlette.responses import Response

from unposted.connectors.adobe_commerce import webhooks as adobe
from unposted.connectors.bigcommerce import webhooks as bigcommerce
from unposted.connectors.business_central import webhooks as business_central
from unposted.connectors.dataverse import webhooks as dataverse
from unposted.connectors.hints import Handshake, Hint, HintRefused
from unposted.connectors.secrets import Secret, SecretStore
from unposted.connectors.shopify import webhooks as shopify
from unposted.store import ledger
from unposted.sync.hints import keep_hint
from unposted.sync.sources import Source, sources_of
from unposted.web.roles import PUBLIC
from unposted.web.visit import Page, Visit, page

__all__ = ["PAGES"]

_NOT_SOONER = timedelta(seconds=30)
_NO_SECRET = HintRefused(401, "no secret is set to verify webhooks by")


@page("/hooks/{source}", PUBLIC, "POST", "GET")
def hook(visit: Visit) -> Response:
    """Take a delivery of a source that is read live."""
    source = next(
        (one for one in sources_of(visit.desk.workspace) if one.name == visit.params["source"] and one.setting.connect),
        None,
    )
    reader = _READERS.get(source.system) if source else None
    if source is None or reader is None:
        return Response("There is no such source.", 404, media_type="text/plain")
    environment = visit.desk.settings.environment
    secrets = SecretStore(os.environ if environment is None else environment)
    try:
        told = reader(visit, source, lambda name: secrets.find(source.name, name))
    except HintRefused as refusal:
        return Response(refusal.reason, refusal.status, media_type="text/plain")
    if isinstance(told, Handshake):
        return Response(told.body, 200, media_type=told.content_type)
    for hint in told:
        _keep(visit, source, hint)
    return Response(status_code=200)


def _keep(visit: Visit, source: Source, hint: Hint) -> None:
    desk = visit.desk
    with desk.shelf.turn() as cursor:
        number = ledger.source_id_of(cursor, source.name, source.role, source.system)
        keep_hint(cursor, number, hint, visit.now)
    if visit.known.synced_at is None or visit.now - visit.known.synced_at > _NOT_SOONER:
        desk.wake.set()


_Found = Callable[[str], "Secret | None"]


def _shopify(visit: Visit, source: Source, find: _Found) -> list[Hint]:
    secret = find("webhook_secret")
    if secret is None:
        raise _NO_SECRET
    shop = urlsplit(str(getattr(source.setting.connect, "url", ""))).hostname or ""
    return [shopify.read_hint([secret], shop, _lower(visit.headers), visit.body, visit.now)]


def _bigcommerce(visit: Visit, source: Source, find: _Found) -> list[Hint]:
    secrets = bigcommerce.HookSecrets(find("webhook_secret"), find("webhook_header"))
    store = str(getattr(source.setting.connect, "store_hash", ""))
    return [bigcommerce.read_hint(secrets, store, _lower(visit.headers), visit.body, visit.now)]


def _business_central(visit: Visit, source: Source, find: _Found) -> Handshake | list[Hint]:  # noqa: ARG001 - one shape
    secret = find("client_state")
    if secret is None:
        raise _NO_SECRET
    return business_central.read_hints(secret, visit.query, visit.body, visit.now)


def _adobe(visit: Visit, source: Source, find: _Found) -> Handshake | list[Hint]:
    keys = [key.reveal() for name in ("event_key_1", "event_key_2") if (key := find(name))]
    module = find("webhook_key")
    if module is not None and "x-adobe-commerce-webhook-signature" in visit.headers:
        return [adobe.read_webhook(module.reveal(), _lower(visit.headers), visit.body)]
    client = str(getattr(source.setting.connect, "client_id", "") or "")
    told = adobe.read_event(keys, client, _lower(visit.headers), visit.body, urlencode(dict(visit.query)), visit.now)
    return told if isinstance(told, Handshake) else [told]


def _dataverse(visit: Visit, source: Source, find: _Found) -> list[Hint]:  # noqa: ARG001 - one shape
    secret = find("webhook_key")
    if secret is None:
        raise _NO_SECRET
    return [dataverse.read_hint(secret, _lower(visit.headers), visit.body, visit.now)]


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


_READERS: Mapping[str, Callable[[Visit, Source, _Found], Handshake | list[Hint]]] = {
    "shopify": _shopify,
    "bigcommerce": _bigcommerce,
    "business_central": _business_central,
    "adobe_commerce": _adobe,
    "dataverse": _dataverse,
}
PAGES: tuple[Page, ...] = (hook,)
