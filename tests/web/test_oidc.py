"""Signing in with an identity provider: only what it signed, for us, in this browser, once."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.testclient import TestClient

from tests.web.serving import Web, demo_web
from unposted.connectors.secrets import Secret
from unposted.web.oidc import Oidc, Provider

_ISSUER = "https://login.example/tenant/v2.0"
_SECRET = "the-client-secret"


@dataclass
class _Provider:
    """A made-up provider that keeps to the protocol: codes are for one client, one challenge, and one use."""

    web: Web
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, parameters={"kid": "one"}))
    claims: dict[str, Any] = field(default_factory=lambda: {"sub": "s-1", "preferred_username": "grace@example.org"})
    algorithm: str = "RS256"
    signed_with: RSAKey | None = None
    asked: dict[str, str] = field(default_factory=dict)
    exchanges: int = 0

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        """Answer a call."""
        if request.url.path.endswith("openid-configuration"):
            return httpx2.Response(200, json={
                "issuer": _ISSUER, "authorization_endpoint": "https://login.example/authorize",
                "token_endpoint": "https://login.example/token", "jwks_uri": "https://login.example/keys",
            })  # fmt: skip
        if request.url.path == "/keys":
            return httpx2.Response(200, json={"keys": [self.key.as_dict(private=False)]})
        form = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
        digest = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        is_right = (form["code"], form["client_secret"], digest) == ("a-code", _SECRET, self.asked["code_challenge"])
        if not is_right or form["redirect_uri"] != self.asked["redirect_uri"]:
            return httpx2.Response(400, json={"error": "invalid_grant"})
        self.exchanges += 1
        return httpx2.Response(200, json={"id_token": self.token()})

    def token(self) -> str:
        """Sign what the provider says."""
        now = int(self.web.clock().timestamp())
        whole = {"iss": _ISSUER, "aud": "us", "exp": now + 600, "iat": now, "nonce": self.asked["nonce"], **self.claims}
        return jwt.encode({"alg": self.algorithm, "kid": "one"}, whole, self.signed_with or self.key)


@pytest.fixture
def own(tmp_path: Path) -> Iterator[tuple[Web, _Provider]]:
    """Serve a web that knows a provider."""
    with demo_web(tmp_path) as web:
        provider = _Provider(web)
        known = Provider(_ISSUER, "us", Secret(_SECRET))
        web.desk.oidc = Oidc(known, web.clock, httpx2.MockTransport(provider))
        yield web, provider


def _begin(client: TestClient, provider: _Provider, target: str = "/worklist") -> str:
    """Go to the provider and come back with its code; returns the address that the browser is sent back to."""
    answer = client.get(f"/sign-in/oidc?next={target}")
    provider.asked = {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}
    return f"/sign-in/oidc/back?code=a-code&state={provider.asked['state']}"


def test_who_was_added_comes_in_and_is_known_by_their_subject(own: tuple[Web, _Provider]) -> None:
    """The name there joins the person the first time; afterwards the subject counts, whatever the name becomes."""
    web, provider = own
    web.desk.people.add("Grace@Example.org", "finance", None, web.clock())
    client = web.client()
    answer = client.get(_begin(client, provider))
    assert (answer.status_code, answer.headers["location"]) == (303, "/worklist")
    assert "Grace@Example.org" in client.get("/").text
    provider.claims["preferred_username"] = "other@example.org"
    again = web.client()
    assert again.get(_begin(again, provider)).status_code == 303
    assert provider.asked["code_challenge_method"] == "S256"
    assert web.desk.audit.lines(most=1)[0].action == "sign-in"


def test_who_was_not_added_stays_outside(own: tuple[Web, _Provider]) -> None:
    """Being known to the provider is not being let in."""
    web, provider = own
    client = web.client()
    assert client.get(_begin(client, provider)).status_code == 403
    assert client.get("/").status_code == 303


def test_a_person_with_a_password_is_not_taken_over_by_a_name(own: tuple[Web, _Provider]) -> None:
    """Somebody at the provider who calls themselves Owner is nobody here."""
    web, provider = own
    provider.claims["preferred_username"] = "Owner"
    client = web.client()
    assert client.get(_begin(client, provider)).status_code == 403


@pytest.mark.parametrize(
    "claims",
    [{"iss": "https://evil.example"}, {"aud": "somebody else"}, {"exp": 1}, {"nonce": "another"}, {"sub": None}],
    ids=lambda claims: next(iter(claims)),
)
def test_a_token_that_does_not_hold_is_refused(own: tuple[Web, _Provider], claims: dict[str, Any]) -> None:
    """Of another issuer, for another client, over, replayed, of nobody."""
    web, provider = own
    web.desk.people.add("grace@example.org", "finance", None, web.clock())
    provider.claims |= claims
    client = web.client()
    assert client.get(_begin(client, provider)).status_code == 401
    assert client.get("/").status_code == 303


def test_a_token_that_somebody_else_signed_is_refused(own: tuple[Web, _Provider]) -> None:
    """Another key under the same name, and no signature at all."""
    web, provider = own
    web.desk.people.add("grace@example.org", "finance", None, web.clock())
    provider.signed_with = RSAKey.generate_key(2048, parameters={"kid": "one"})
    client = web.client()
    assert client.get(_begin(client, provider)).status_code == 401


def test_a_new_key_of_the_provider_is_fetched(own: tuple[Web, _Provider]) -> None:
    """Keys change; the first token with the new one is believed."""
    web, provider = own
    web.desk.people.add("grace@example.org", "finance", None, web.clock())
    client = web.client()
    client.get(_begin(client, provider))
    provider.key = RSAKey.generate_key(2048, parameters={"kid": "one"})
    again = web.client()
    assert again.get(_begin(again, provider)).status_code == 303


def test_an_answer_is_for_the_browser_that_asked_and_for_once(own: tuple[Web, _Provider]) -> None:
    """A link with somebody else's code signs nobody in; nor does the same answer again, or a late one."""
    web, provider = own
    web.desk.people.add("grace@example.org", "finance", None, web.clock())
    victim, attacker = web.client(), web.client()
    link = _begin(attacker, provider)
    assert victim.get(link).status_code == 401
    assert attacker.get(link).status_code == 401
    link = _begin(attacker, provider)
    assert attacker.get(link).status_code == 303
    assert attacker.get(link).status_code == 401
    late = web.client()
    link = _begin(late, provider)
    web.clock.go(minutes=11)
    assert late.get(link).status_code == 401
    assert provider.exchanges == 1


def test_where_to_go_afterwards_is_ours(own: tuple[Web, _Provider]) -> None:
    """Another site's address is forgotten on the way."""
    web, provider = own
    web.desk.people.add("grace@example.org", "finance", None, web.clock())
    client = web.client()
    assert client.get(_begin(client, provider, "//evil.example")).headers["location"] == "/"


def test_a_provider_that_does_not_answer_is_told(own: tuple[Web, _Provider]) -> None:
    """Signing in by name still works."""
    web, _provider = own
    web.desk.oidc = Oidc(Provider(_ISSUER, "us"), web.clock, httpx2.MockTransport(lambda _r: httpx2.Response(503)))
    assert web.client().get("/sign-in/oidc").status_code == 400
    assert "Sign in with your organisation" in web.client().get("/sign-in").text
