"""The login services: Microsoft Entra for applications (client credentials) and Adobe's IMS.

Sources: Microsoft identity platform, OAuth 2.0 client credentials flow and its AADSTS error codes; Adobe Developer,
server-to-server credentials. The tokens are opaque; the services of the sandbox ask here what one is good for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from itertools import count
from typing import Literal, TypeAlias
from urllib.parse import parse_qsl

from unposted.sandbox.services.assertions import proves
from unposted.sandbox.wire import Answer, Call, Now, json_answer

__all__ = ["EntraApp", "ImsApp", "LoginService", "Standing"]

Standing: TypeAlias = Literal["ok", "missing", "expired", "wrong_audience", "unknown"]
_PUBLIC = "https://login.microsoftonline.com"
_TRACE = "0b0e7a51-7a3c-4c8e-9d55-3f1c2a000000"
_JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_SUFFIX = "/.default"


@dataclass(frozen=True, slots=True, kw_only=True)
class EntraApp:
    """An application registered in a tenant; `certificate` is the public one as PEM.

    `resources` are the addresses of the APIs that the tenant knows (None: any).
    """

    tenant: str
    client_id: str
    secret: str | None = None
    certificate: str | None = None
    is_secret_expired: bool = False
    resources: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImsApp:
    """A server-to-server credential of an Adobe organization, with the scopes that it may ask for."""

    client_id: str
    secret: str
    scopes: frozenset[str] = frozenset({"openid", "AdobeID", "commerce.accs"})


@dataclass(frozen=True, slots=True)
class _Issued:
    client_id: str
    audiences: frozenset[str]
    until: datetime


class LoginService:
    """Issues tokens and tells what one is good for; see `wire.Service`.

    `life` and `ims_life` are how many seconds a token lives. `issued` counts them.
    """

    def __init__(
        self,
        now: Now,
        entra: Iterable[EntraApp] = (),
        ims: Iterable[ImsApp] = (),
        *,
        life: int = 3599,
        ims_life: int = 86_399,
    ) -> None:
        """Take the time and who may sign in."""
        self._now = now
        self._entra = {(app.tenant.lower(), app.client_id.lower()): app for app in entra}
        self._ims = {app.client_id: app for app in ims}
        self._life = life
        self._ims_life = ims_life
        self._tokens: dict[str, _Issued] = {}
        self._numbers = count(1)

    def __call__(self, call: Call) -> Answer:
        """Answer a call of either service."""
        if call.path == "/ims/token/v3":
            return self._ims_token(call)
        tenant, _, rest = call.path.strip("/").partition("/")
        match call.method, rest:
            case "GET", "v2.0/.well-known/openid-configuration":
                return self._configuration(tenant)
            case "POST", "oauth2/v2.0/token":
                return self._entra_token(tenant, dict(parse_qsl(call.body.decode("utf-8", "replace"))))
        return json_answer({"error": "not_found"}, 404)

    @property
    def issued(self) -> int:
        """How many tokens were handed out."""
        return len(self._tokens)

    def issue(self, audiences: Iterable[str], client_id: str = "sandbox", life: float | None = None) -> str:
        """Hand out a token for these audiences (an API's address, or a scope of Adobe's)."""
        number = next(self._numbers)
        text = f"sandbox-token-{number:06d}-{sha256(f'{number} {client_id}'.encode()).hexdigest()}"
        until = self._now() + timedelta(seconds=self._life if life is None else life)
        self._tokens[text] = _Issued(client_id, frozenset(audiences), until)
        return text

    def check(self, authorization: str | None, *audiences: str) -> Standing:
        """Tell what a call's Authorization header is good for; any one of the audiences will do."""
        token = _bearer(authorization)
        if token is None:
            return "missing"
        found = self._tokens.get(token)
        if found is None:
            return "unknown"
        if self._now() >= found.until:
            return "expired"
        return "ok" if found.audiences & set(audiences) else "wrong_audience"

    def holder(self, authorization: str | None) -> str | None:
        """Return the client id that a token was issued to."""
        found = self._tokens.get(_bearer(authorization) or "")
        return found.client_id if found else None

    def expire_all(self) -> None:
        """End the life of every token that was handed out."""
        now = self._now()
        self._tokens = {text: replace(found, until=now) for text, found in self._tokens.items()}

    def change_secret(self, tenant: str, client_id: str, secret: str) -> None:
        """Give an application another secret; tokens that were handed out stay good."""
        key = (tenant.lower(), client_id.lower())
        self._entra[key] = replace(self._entra[key], secret=secret)

    def _configuration(self, tenant: str) -> Answer:
        if not self._has_tenant(tenant):
            return self._no_tenant(tenant)
        base = f"{_PUBLIC}/{tenant}"
        return json_answer(
            {
                "token_endpoint": f"{base}/oauth2/v2.0/token",
                "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
                "issuer": f"{base}/v2.0",
                "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
                "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
                "jwks_uri": f"{base}/discovery/v2.0/keys",
            }
        )

    def _entra_token(self, tenant: str, form: dict[str, str]) -> Answer:
        if not self._has_tenant(tenant):
            return self._no_tenant(tenant)
        client_id, scope = form.get("client_id", ""), form.get("scope", "")
        app = self._entra.get((tenant.lower(), client_id.lower()))
        if form.get("grant_type") != "client_credentials":
            return self._refused(400, "unsupported_grant_type", 70003, "The app requested an unsupported grant type.")
        if app is None:
            said = f"Application with identifier '{client_id}' was not found in the directory '{tenant}'."
            return self._refused(400, "unauthorized_client", 700016, said)
        if (refusal := self._credential_refusal(app, tenant, form)) is not None:
            return refusal
        return self._granted(app, scope, tenant)

    def _granted(self, app: EntraApp, scope: str, tenant: str) -> Answer:
        resource = scope.removesuffix(_SUFFIX)
        if resource == scope:
            said = f"The provided value for scope {scope} is not valid: it must be a resource suffixed with /.default."
            return self._refused(400, "invalid_scope", 1002012, said)
        if app.resources is not None and resource not in app.resources:
            said = f"The resource principal named {resource} was not found in the tenant named {tenant}."
            return self._refused(400, "invalid_resource", 500011, said)
        token = self.issue((resource,), app.client_id)
        life = {"expires_in": self._life, "ext_expires_in": self._life}
        return json_answer({"token_type": "Bearer", **life, "access_token": token}, headers=_NOT_KEPT)

    def _credential_refusal(self, app: EntraApp, tenant: str, form: dict[str, str]) -> Answer | None:
        if form.get("client_assertion_type") == _JWT_BEARER:
            audience = f"{_PUBLIC}/{tenant}/oauth2/v2.0/token"
            if app.certificate and proves(form.get("client_assertion", ""), app.certificate, app.client_id, audience):
                return None
            said = (
                f"The certificate used to sign the client assertion is not registered on application {app.client_id}."
            )
            return self._refused(401, "invalid_client", 700027, said)
        if "client_secret" not in form:
            said = "The request body must contain the following parameter: 'client_assertion' or 'client_secret'."
            return self._refused(401, "invalid_client", 7000218, said)
        if app.secret is None or not compare_digest(form["client_secret"].encode(), app.secret.encode()):
            said = (
                "Invalid client secret provided. Ensure the secret being sent in the request is the client secret "
                f"value, not the client secret ID, for a secret added to app '{app.client_id}'."
            )
            return self._refused(401, "invalid_client", 7000215, said)
        if app.is_secret_expired:
            said = f"The provided client secret keys for app '{app.client_id}' are expired."
            return self._refused(401, "invalid_client", 7000222, said)
        return None

    def _has_tenant(self, tenant: str) -> bool:
        return any(known == tenant.lower() for known, _ in self._entra)

    def _no_tenant(self, tenant: str) -> Answer:
        said = f"Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID."
        return self._refused(400, "invalid_request" if tenant else "invalid_tenant", 90002, said)

    def _refused(self, status: int, error: str, code: int, said: str) -> Answer:
        moment = f"{self._now():%Y-%m-%d %H:%M:%SZ}"
        words = f"AADSTS{code}: {said} Trace ID: {_TRACE} Correlation ID: {_TRACE} Timestamp: {moment}"
        body = {"error": error, "error_description": words, "error_codes": [code], "timestamp": moment,
                "trace_id": _TRACE, "correlation_id": _TRACE, "error_uri": f"{_PUBLIC}/error?code={code}"}  # fmt: skip
        return json_answer(body, status, _NOT_KEPT)

    def _ims_token(self, call: Call) -> Answer:
        form = dict(call.query) | dict(parse_qsl(call.body.decode("utf-8", "replace")))
        app = self._ims.get(form.get("client_id", ""))
        if call.method != "POST":
            return json_answer({"error": "method_not_allowed"}, 405)
        if form.get("grant_type") != "client_credentials":
            return _ims_refused("unsupported_grant_type", "unsupported grant_type")
        if app is None:
            return _ims_refused("invalid_client", "invalid client_id parameter")
        if not compare_digest(form.get("client_secret", "").encode(), app.secret.encode()):
            return _ims_refused("invalid_client", "invalid client_secret parameter")
        scopes = frozenset(form.get("scope", "").replace(",", " ").split())
        if not scopes or not scopes <= app.scopes:
            return _ims_refused("invalid_scope", f"invalid scope(s): {' '.join(sorted(scopes - app.scopes))}")
        token = self.issue(scopes, app.client_id, self._ims_life)
        return json_answer({"access_token": token, "token_type": "bearer", "expires_in": self._ims_life})


_NOT_KEPT = (("Cache-Control", "no-store, no-cache"), ("Pragma", "no-cache"))


def _ims_refused(error: str, said: str) -> Answer:
    return json_answer({"error": error, "error_description": said}, 400)


def _bearer(authorization: str | None) -> str | None:
    kind, _, token = (authorization or "").partition(" ")
    return token.strip() if kind.lower() == "bearer" and token.strip() else None
