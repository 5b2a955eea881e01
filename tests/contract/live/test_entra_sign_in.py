"""Signing in to Microsoft Entra: the product's signer against the emulated token endpoint."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from functools import cache
from urllib.parse import urlencode

import httpx2
import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from unposted.connectors.entra import Application, entra_signer
from unposted.connectors.http import Ask, Caller
from unposted.connectors.secrets import Secret
from unposted.connectors.signers import TokenSigner
from unposted.errors import LimitReached, SignIn
from unposted.sandbox.services.login import EntraApp, ImsApp, LoginService
from unposted.sandbox.transport import InProcess
from unposted.sandbox.wire import Answer, Call, SteppedClock, json_answer

_START = datetime(2026, 4, 12, 22, 30, tzinfo=UTC)
_TENANT = "5d4c3b2a-0000-4000-8000-000000000001"
_CLIENT = "9a8b7c6d-0000-4000-8000-000000000002"
_SECRET = "canary-entra-secret-7Qx"
_API = "https://books.example.invalid"


class _Tenant:
    """A login service, an API that asks it about each call, and a product-side caller of that API."""

    def __init__(self, **app: object) -> None:
        self.clock = SteppedClock(_START)
        registered = {"tenant": _TENANT, "client_id": _CLIENT, "secret": _SECRET} | app
        self.login = LoginService(self.clock.now, (msgspec.convert(registered, EntraApp),))
        self.seen: list[str] = []
        self.refusals = 0
        self.transport = InProcess({"http://sandbox/api": self._api, "http://sandbox/login": self.login}, self.clock)

    def _api(self, call: Call) -> Answer:
        self.seen.append(call.headers.get("authorization", ""))
        standing = self.login.check(call.headers.get("authorization"), _API)
        if standing == "ok":
            return json_answer({"value": 1})
        self.refusals += 1
        return json_answer({"error": {"code": "Unauthorized", "message": standing}}, 401)

    def signer(
        self, secret: str | None = _SECRET, certificate: str | None = None, tenant: str = _TENANT,
        client: str = _CLIENT, scope: str = f"{_API}/.default",
    ) -> TokenSigner:  # fmt: skip
        application = Application(
            tenant, client, Secret(secret) if secret else None, Secret(certificate) if certificate else None
        )
        return entra_signer(
            "erp", application, scope, authority="http://sandbox/login", clock=self.clock, transport=self.transport
        )

    def caller(self, signer: TokenSigner) -> Caller:
        return Caller("erp", "http://sandbox/api", signer, clock=self.clock, transport=self.transport)


def _read(caller: Caller) -> object:
    return caller.ask(Ask("GET", "rows"), msgspec.json.decode).value


@cache
def _certificate(name: str) -> str:
    """Make a key and its certificate, both as PEM in one text."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder().subject_name(who).issuer_name(who).public_key(key.public_key())
    builder = builder.serial_number(7).not_valid_before(_START).not_valid_after(_START + timedelta(days=365))
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return private + builder.sign(key, SHA256()).public_bytes(Encoding.PEM).decode()


def _public(pem: str) -> str:
    return pem[pem.index("-----BEGIN CERTIFICATE") :]


def test_a_client_secret_gets_a_token_that_the_api_takes() -> None:
    """The token is fetched once and sent with every call."""
    tenant = _Tenant()
    caller = tenant.caller(tenant.signer())
    assert [_read(caller) for _ in range(3)] == [{"value": 1}] * 3
    assert len(set(tenant.seen)) == 1
    assert tenant.login.issued == 1


def test_a_certificate_gets_a_token_too() -> None:
    """The statement is signed with the certificate's key and names the certificate."""
    pem = _certificate("unposted")
    tenant = _Tenant(secret=None, certificate=_public(pem))
    assert _read(tenant.caller(tenant.signer(secret=None, certificate=pem))) == {"value": 1}


def test_a_certificate_that_is_not_registered_is_refused() -> None:
    """Another key than the registered one proves nothing."""
    tenant = _Tenant(secret=None, certificate=_public(_certificate("unposted")))
    with pytest.raises(SignIn, match="AADSTS700027"):
        _read(tenant.caller(tenant.signer(secret=None, certificate=_certificate("somebody else"))))


def test_a_file_that_holds_no_certificate_is_told() -> None:
    """What is wrong is the file, and nothing of it is shown."""
    tenant = _Tenant(secret=None, certificate=_public(_certificate("unposted")))
    with pytest.raises(SignIn) as caught:
        _read(tenant.caller(tenant.signer(secret=None, certificate="canary-no-pem-at-all")))
    assert caught.value.code == "bad-certificate"
    assert "canary" not in str(caught.value)


def test_a_token_is_renewed_at_half_of_its_life() -> None:
    """Nobody waits for a refusal: after half of its seconds another one is fetched."""
    tenant = _Tenant()
    caller = tenant.caller(tenant.signer())
    _read(caller)
    tenant.clock.sleep(1799)
    _read(caller)
    assert tenant.login.issued == 1
    tenant.clock.sleep(2)
    _read(caller)
    assert tenant.login.issued == 2
    assert tenant.refusals == 0


def test_a_token_that_dies_early_is_renewed_after_the_first_refusal() -> None:
    """A 401 in the middle of a run costs one more call, and no run."""
    tenant = _Tenant()
    caller = tenant.caller(tenant.signer())
    _read(caller)
    tenant.login.expire_all()
    assert _read(caller) == {"value": 1}
    assert (tenant.refusals, tenant.login.issued) == (1, 2)


def test_a_token_for_another_api_is_refused_for_good() -> None:
    """A fresh token of the wrong audience is tried once more and then told."""
    tenant = _Tenant()
    with pytest.raises(SignIn):
        _read(tenant.caller(tenant.signer(scope="https://other.example.invalid/.default")))
    assert tenant.refusals == 2


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"secret": "canary-wrong-secret"}, "AADSTS7000215"),
        ({"tenant": "0a0a0a0a-0000-4000-8000-000000000009"}, "AADSTS90002"),
        ({"client": "0b0b0b0b-0000-4000-8000-000000000009"}, "AADSTS700016"),
        ({"scope": _API}, "AADSTS1002012"),
        ({"secret": None}, ""),
    ],
)
def test_a_refusal_is_told_by_its_code_without_a_secret(
    given: dict[str, str | None], code: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Wrong secret, tenant, client and scope are a matter of signing in, and no log level shows what was sent."""
    caplog.set_level(logging.DEBUG)
    tenant = _Tenant()
    with pytest.raises(SignIn) as caught:
        _read(tenant.caller(tenant.signer(**given)))  # type: ignore[arg-type]
    shown = f"{caught.value} {caught.value.next_step} {caught.value.args} {caught.value.__context__!r} {caplog.text}"
    assert code in str(caught.value)
    assert "canary" not in shown
    assert caught.value.exit_code == 4


def test_an_expired_secret_is_told_by_its_code() -> None:
    """Entra has a code of its own for a secret that has run out."""
    tenant = _Tenant(is_secret_expired=True)
    with pytest.raises(SignIn, match="AADSTS7000222"):
        _read(tenant.caller(tenant.signer()))


def test_an_api_that_the_tenant_does_not_know_is_told_by_its_code() -> None:
    """A scope of a resource that is not there gets no token."""
    tenant = _Tenant(resources=frozenset({_API}))
    with pytest.raises(SignIn, match="AADSTS500011"):
        _read(tenant.caller(tenant.signer(scope="https://other.example.invalid/.default")))


def test_a_login_service_that_fails_for_a_moment_is_asked_again() -> None:
    """Two failures and a request for patience end no run."""
    tenant = _Tenant()
    failures = [Answer(503), Answer(500), Answer(429, (("Retry-After", "7"),))]
    mounts = {
        "http://sandbox/api": tenant._api,
        "http://sandbox/login": lambda call: failures.pop() if failures else tenant.login(call),
    }
    tenant.transport = InProcess(mounts, tenant.clock)
    assert _read(tenant.caller(tenant.signer())) == {"value": 1}


def test_a_login_service_that_asks_for_hours_is_not_waited_for() -> None:
    """A long wait is told, as every limit is."""
    tenant = _Tenant()
    busy = Answer(429, (("Retry-After", "7200"),))
    tenant.transport = InProcess({"http://sandbox/login": lambda _: busy}, tenant.clock)
    with pytest.raises(LimitReached, match="2 hours"):
        _read(tenant.caller(tenant.signer()))


def test_the_standing_of_a_header_is_told_apart() -> None:
    """Missing, unknown, expired and misdirected tokens are different things to a service."""
    tenant = _Tenant()
    login = tenant.login
    token = f"Bearer {login.issue((_API,))}"
    assert login.check(token, _API) == login.check(token, "x", _API) == "ok"
    assert login.check(token, f"{_API}/") == "wrong_audience"
    assert login.check("Bearer made-up", _API) == "unknown"
    assert login.check(None, _API) == login.check("Basic abc", _API) == login.check("Bearer ", _API) == "missing"
    tenant.clock.sleep(3599)
    assert login.check(token, _API) == "expired"


def _ims(transport: httpx2.BaseTransport, **form: str) -> tuple[int, dict[str, object]]:
    sent = {"grant_type": "client_credentials", "client_id": "ims-1", "client_secret": "ims-secret",
            "scope": "openid,commerce.accs"} | form  # fmt: skip
    with httpx2.Client(transport=transport) as client:
        answer = client.post(
            "http://sandbox/login/ims/token/v3",
            content=urlencode(sent),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )
    return answer.status_code, answer.json()


def test_adobes_login_gives_a_token_by_scope() -> None:
    """A day's token is good for the scopes that were asked for."""
    clock = SteppedClock(_START)
    login = LoginService(clock.now, ims=(ImsApp(client_id="ims-1", secret="ims-secret"),))
    transport = InProcess({"http://sandbox/login": login}, clock)
    status, answer = _ims(transport)
    assert (status, answer["token_type"], answer["expires_in"]) == (200, "bearer", 86_399)
    held = f"Bearer {answer['access_token']}"
    assert login.check(held, "commerce.accs") == "ok"
    assert login.check(held, "AdobeID") == "wrong_audience"
    assert login.holder(held) == "ims-1"


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"client_secret": "wrong"}, "invalid_client"),
        ({"client_id": "ims-2"}, "invalid_client"),
        ({"scope": "openid everything"}, "invalid_scope"),
        ({"scope": ""}, "invalid_scope"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
    ],
)
def test_adobes_login_refuses_what_does_not_fit(form: dict[str, str], error: str) -> None:
    """A refusal is a 400 with OAuth's own word."""
    clock = SteppedClock(_START)
    login = LoginService(clock.now, ims=(ImsApp(client_id="ims-1", secret="ims-secret"),))
    status, answer = _ims(InProcess({"http://sandbox/login": login}, clock), **form)
    assert (status, answer["error"]) == (400, error)
