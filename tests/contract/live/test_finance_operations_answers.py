"""What Finance & Operations answers when it is under load, fails, or does not know us."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tests.contract.live.finance_operations_setting import (
    APP,
    BASE,
    SECRET,
    TENANT,
    Environment,
    asked,
    masters,
    paged,
    stream,
)
from unposted.connectors.finance_operations.replies import finance_operations_judge
from unposted.connectors.live import PageRequest
from unposted.connectors.replies import Again, Reply
from unposted.errors import LimitReached, SignIn, SourceDown, SourceRefused, UnpostedError
from unposted.sandbox.services.finance_operations import FinanceOperationsSwitches
from unposted.sandbox.services.login import EntraApp

_NOW = datetime(2026, 4, 12, 22, 30, tzinfo=UTC)


def _key_and_certificate() -> tuple[str, str]:
    """Make a key with its certificate as one PEM text, and the certificate alone."""
    key = rsa.generate_private_key(65_537, 2_048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "unposted")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    dated = builder.serial_number(7).not_valid_before(_NOW).not_valid_after(_NOW + timedelta(days=300))
    public = dated.sign(key, SHA256()).public_bytes(Encoding.PEM).decode()
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return private + public, public


def _judged(status: int, body: bytes = b"", retry_after: str | None = None) -> Again | UnpostedError | None:
    headers = {"retry-after": retry_after} if retry_after else {}
    return finance_operations_judge(30.0)(Reply(status, headers, body), _NOW)


def _envelope(message: str) -> bytes:
    return (
        b'{"error":{"code":"","message":"An error has occurred.","innererror":{"message":"' + message.encode() + b'"}}}'
    )


def test_a_throttled_call_waits_as_long_as_it_is_asked() -> None:
    """Retry-After is obeyed to the second, and the wait is told."""
    environment = Environment()
    environment.fill(3)
    environment.service.throttle(2, "17")
    assert len(masters(environment.connect())) == 3
    assert [seconds for seconds, _ in environment.waits] == [17.0, 17.0]
    assert "under load" in environment.waits[0][1]


def test_a_throttled_call_without_a_time_waits_thirty_seconds() -> None:
    """The documentation's own fallback."""
    environment = Environment()
    environment.fill(3)
    environment.service.throttle(2, None)
    assert len(masters(environment.connect())) == 3
    assert [seconds for seconds, _ in environment.waits] == [30.0, 30.0]


def test_the_wait_without_a_time_is_a_setting() -> None:
    """Somebody whose environment is slow may say so."""
    environment = Environment()
    environment.service.throttle(1, None)
    masters(environment.connect(pause_seconds=45.0))
    assert [seconds for seconds, _ in environment.waits] == [45.0]


def test_a_retry_after_may_be_a_date() -> None:
    """An HTTP date is read against our clock."""
    verdict = _judged(429, retry_after="Sun, 12 Apr 2026 22:30:40 GMT")
    assert isinstance(verdict, Again)
    assert (verdict.seconds, verdict.is_asked) == (40.0, True)


def test_throttling_without_end_ends_the_run_with_the_time_to_come_back() -> None:
    """Waiting is not a failure, but a run does not wait for hours."""
    environment = Environment()
    environment.service.throttle(1_000, "300")
    with pytest.raises(LimitReached) as caught:
        masters(environment.connect())
    assert "12 Apr 2026" in caught.value.next_step


def test_an_unavailable_service_is_tried_again() -> None:
    """503 while the environment is serviced for a moment."""
    environment = Environment()
    environment.fill(3)
    environment.service.fail(3, "unavailable")
    connector = environment.connect()
    assert len(masters(connector)) == 3
    assert connector.spent.retries == 3


def test_a_service_that_stays_unavailable_is_down() -> None:
    """After every try the run ends and says so."""
    environment = Environment()
    environment.service.fail(100, "unavailable")
    with pytest.raises(SourceDown):
        masters(environment.connect())


def test_an_error_is_told_in_its_inner_words() -> None:
    """`An error has occurred.` helps nobody: the useful text stands in innererror."""
    verdict = _judged(400, _envelope("Could not find a property named 'EcomCustomerId'."))
    assert isinstance(verdict, SourceRefused)
    assert "Could not find a property named 'EcomCustomerId'." in verdict.message


def test_a_bad_request_is_not_tried_again() -> None:
    """Only 408, 429 and 5xx may pass."""
    environment = Environment()
    environment.fill(1)
    with pytest.raises(SourceRefused):
        masters(environment.connect(external_id_field="NoSuchField"))
    assert len(asked(environment, "CustomersV3")) == 1


def test_a_missing_role_is_named_by_its_entity() -> None:
    """`$metadata` can be read, the rows are refused: the error says whose role is missing."""
    environment = Environment(FinanceOperationsSwitches(roles=frozenset({"LegalEntities"})))
    with pytest.raises(SourceRefused) as caught:
        masters(environment.connect())
    assert caught.value.code == "not-allowed"
    assert "security role" in caught.value.message
    assert "CustCustomerV3Entity" in caught.value.message
    assert "System administration" in caught.value.next_step


def test_an_application_without_a_user_is_told_where_to_map_it() -> None:
    """Its token is good, and refused all the same."""
    environment = Environment(FinanceOperationsSwitches(mapped=frozenset()))
    with pytest.raises(SignIn) as caught:
        masters(environment.connect())
    assert "Microsoft Entra applications" in caught.value.next_step


def test_a_set_that_is_not_there_is_no_empty_one() -> None:
    """404 ends with an error that tells of the settings."""
    environment = Environment()
    with pytest.raises(SourceRefused) as caught:
        masters(environment.connect(customers_set="CustomersV9"))
    assert "404" in caught.value.message
    assert "entity sets" in caught.value.next_step


def test_a_wrong_secret_is_a_sign_in() -> None:
    """Nothing is asked of the environment, and the error shows no secret."""
    environment = Environment(secret="canary-wrong-0000")
    with pytest.raises(SignIn) as caught:
        masters(environment.connect())
    assert not environment.service.asked
    assert "canary" not in f"{caught.value.message} {caught.value.next_step}"
    assert "AADSTS7000215" in caught.value.message


def test_a_token_is_for_the_environment_itself() -> None:
    """The scope is the environment's address with `/.default`; another address's token is refused."""
    environment = Environment()
    environment.fill(1)
    masters(environment.connect())
    authorization = asked(environment, "CustomersV3")[0].headers["authorization"]
    assert environment.login.check(authorization, BASE) == "ok"
    assert environment.login.check(authorization, "http://sandbox/other") == "wrong_audience"
    assert environment.login.holder(authorization) == APP


def test_a_token_that_ends_within_a_run_is_renewed() -> None:
    """airbyte#60240: a token that was checked once at the start dies in the middle."""
    environment = Environment(FinanceOperationsSwitches(page_size=5))
    environment.fill(20)
    pages = paged(stream(environment.connect(), "customers"))
    seen = len(next(pages).items)
    environment.login.expire_all()
    seen += sum(len(page.items) for page in pages)
    assert seen == 20
    assert environment.login.issued == 2


def test_a_token_is_renewed_at_half_of_its_life() -> None:
    """It never comes to a refusal."""
    environment = Environment(FinanceOperationsSwitches(page_size=5), life=3_600)
    environment.fill(20)
    pages = paged(stream(environment.connect(), "customers"))
    next(pages)
    environment.clock.sleep(1_801)
    next(pages)
    assert environment.login.issued == 2
    assert not [answer for answer in environment.answers if answer.status == 401]


def test_a_token_that_ends_within_a_wait_is_renewed() -> None:
    """tap-zendesk PR#191: after the throttle's wait the old token would be refused."""
    environment = Environment(life=60)
    environment.fill(2)
    environment.service.throttle(1, "120")
    assert len(masters(environment.connect())) == 2
    assert environment.login.issued == 2


def test_a_certificate_signs_in_too() -> None:
    """The application may prove itself with a key instead of a secret."""
    pem, public = _key_and_certificate()
    environment = Environment(secret=pem, app=EntraApp(tenant=TENANT, client_id=APP, certificate=public))
    environment.fill(2)
    assert len(masters(environment.connect(auth="certificate"))) == 2


@pytest.mark.parametrize("body", [b"<!DOCTYPE html><html><body>Sign in</body></html>", b'{"value":[{"Cust'])
def test_a_page_for_people_or_a_cut_body_is_no_answer(body: bytes) -> None:
    """A proxy's page or half an answer is asked for again, never taken for an empty list."""
    environment = Environment()
    environment.fill(2)
    environment.broken += [body, body]
    assert len(masters(environment.connect())) == 2


def test_no_error_shows_the_token_or_the_secret() -> None:
    """Whatever the server says, our credentials are not in it."""
    environment = Environment(FinanceOperationsSwitches(roles=frozenset()))
    connector = environment.connect()
    with pytest.raises(SourceRefused) as caught:
        stream(connector, "customers").fetch(PageRequest())
    shown = f"{caught.value!r} {caught.value.message} {caught.value.next_step} {caught.value.args}"
    token = asked(environment, "CustomersV3")[0].headers["authorization"].removeprefix("Bearer ")
    assert SECRET not in shown
    assert token not in shown


def test_waits_use_the_shared_clock_alone() -> None:
    """A throttled run passes time on its clock and nowhere else."""
    environment = Environment()
    environment.fill(1)
    start = environment.clock.now()
    environment.service.throttle(1, "90")
    masters(environment.connect())
    assert environment.clock.now() - start == timedelta(seconds=90)
