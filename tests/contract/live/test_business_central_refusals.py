"""What Business Central refuses, and what a person reads then: the cause, the company, the next step."""

from __future__ import annotations

import pytest

from tests.contract.live.business_central_setting import CA, EVER, SECRET, US, Environment, customer, read
from unposted.connectors.live import PageRequest
from unposted.errors import LimitReached, SignIn, SourceDown, SourceRefused, UnpostedError
from unposted.sandbox.business_central import guid
from unposted.sandbox.services.business_central_switches import BusinessCentralSwitches
from unposted.sandbox.wire import Answer, Call, html_answer, json_answer


@pytest.fixture
def bc() -> Environment:
    """A customer in each company."""
    found = Environment()
    found.service.put(US, "customers", customer("C1"))
    found.service.put(CA, "customers", customer("C2"))
    return found


def _failing(bc: Environment, times: int, answer: Answer) -> None:
    """Let the first calls for customers be answered otherwise."""
    service, left = bc.service, [times]

    def answers(call: Call) -> Answer:
        if "/customers" in call.path and left[0]:
            left[0] -= 1
            return answer
        return service(call)

    bc.service = answers  # type: ignore[assignment]


def _fault(status: int, code: str, message: str = "Anything.", **headers: str) -> Answer:
    pairs = [(name.replace("_", "-"), value) for name, value in headers.items()]
    return json_answer({"error": {"code": code, "message": message}}, status, pairs)


def test_an_application_that_is_not_registered_is_told_where_to_register(bc: Environment) -> None:
    """Entra gives a token and Business Central refuses it: the page Microsoft Entra applications is named."""
    bc.change(registered=frozenset({"another"}))
    with pytest.raises(SignIn, match="refuses a good token") as caught:
        read(bc.stream("customers"))
    assert caught.value.code == "app-not-registered"
    assert "Microsoft Entra applications" in caught.value.next_step
    assert "State Enabled" in caught.value.next_step


def test_a_wrong_secret_is_refused_by_the_login_service(bc: Environment) -> None:
    """The error is Entra's, by its number; the secret is not shown."""
    bc.secret = "canary-wrong-secret"
    with pytest.raises(SignIn, match="AADSTS7000215") as caught:
        list(bc.connector().examine())
    assert bc.secret not in caught.value.message + caught.value.next_step


def test_an_unknown_tenant_is_refused_by_the_login_service(bc: Environment) -> None:
    """A tenant that Entra does not know is no reason to try again for long."""
    with pytest.raises(SignIn):
        read(bc.stream("customers", tenant="nobody.example"))
    assert not bc.calls


def test_a_token_that_dies_between_two_pages_is_renewed(bc: Environment) -> None:
    """A 401 in the middle of a reading costs one more token and no record (airbytehq/airbyte#60240)."""
    stream = bc.stream("customers")
    first = stream.fetch(_first())
    bc.login.expire_all()
    second = stream.fetch(_first()._replace(token=first.next))
    assert (len(first.items), len(second.items)) == (1, 1)
    assert bc.login.issued == 2


def test_a_token_is_renewed_at_half_of_its_life(bc: Environment) -> None:
    """A long reading never meets the end of its token."""
    bc = Environment(life=600)
    stream = bc.stream("customers")
    stream.fetch(_first())
    bc.clock.sleep(301)
    stream.fetch(_first())
    assert bc.login.issued == 2
    assert not [answer for answer in bc.answers if answer.status == 401]


def test_a_token_of_another_api_is_refused(bc: Environment) -> None:
    """A scope of another system gives a token that Business Central does not take."""
    with pytest.raises(SignIn) as caught:
        read(bc.stream("customers", scope="https://management.azure.com/.default"))
    assert caught.value.code == "app-not-registered"


def test_too_many_calls_without_a_retry_after_are_waited_for_ever_longer(bc: Environment) -> None:
    """429 comes without Retry-After: the waits grow, and the reading goes on when the window has passed."""
    bc.change(calls=6)
    assert len(read(bc.stream("customers"))) == 2
    for _ in range(8):
        read(bc.stream("customers"))
    waited = [seconds for seconds, _ in bc.waits]
    assert sum(waited) > 120
    assert max(waited) > 8 * min(waited)
    assert {why for _, why in bc.waits} == {"Business Central takes no more calls for now"}


def test_a_retry_after_is_obeyed_where_there_is_one(bc: Environment) -> None:
    """It is not documented; where a proxy or a later version sends it, it counts."""
    _failing(bc, 1, _fault(429, "Application_TooManyRequests", Retry_After="7"))
    assert len(read(bc.stream("customers"))) == 2
    assert [seconds for seconds, _ in bc.waits] == [7.0]


def test_calls_of_others_that_fill_the_queue_are_waited_for(bc: Environment) -> None:
    """Five calls may run at once, for all that use the same application; 429 tells that it is so."""
    bc.service.occupied = 5
    stream = bc.stream("customers")
    with pytest.raises(LimitReached) as caught:
        read(stream)
    assert caught.value.code == "limit-reached"
    bc.service.occupied = 4
    assert len(read(bc.stream("customers"))) == 2


def test_a_full_queue_is_tried_again_with_growing_pauses(bc: Environment) -> None:
    """503 after eight minutes in the queue, without Retry-After: again, ever later."""
    _failing(bc, 3, _fault(503, "Internal_ServerError"))
    assert len(read(bc.stream("customers"))) == 2
    waited = [seconds for seconds, _ in bc.waits]
    assert len(waited) == 3
    assert waited[0] < waited[2]


def test_a_page_of_a_proxy_is_no_answer(bc: Environment) -> None:
    """An HTML page with status 200 is tried again and never taken for an empty list."""
    _failing(bc, 1, html_answer(200, "Maintenance"))
    assert len(read(bc.stream("customers"))) == 2
    assert len(bc.waits) == 1


def test_a_cut_answer_is_asked_for_again(bc: Environment) -> None:
    """JSON that breaks off is no page."""
    _failing(bc, 1, Answer(200, (("Content-Type", "application/json"),), b'{"value":[{"number":"C1"'))
    assert len(read(bc.stream("customers"))) == 2


def test_a_denied_set_names_itself_and_its_company(bc: Environment) -> None:
    """A permission set that leaves out invoices: the error says which set, in which company, and where to grant it."""
    bc.change(denied=frozenset({f"{CA}/salesInvoices"}))
    with pytest.raises(SourceRefused, match="may not read salesInvoices of the company CA Trade ULC") as caught:
        read(bc.stream("sales_invoices"))
    assert "permission set" in caught.value.next_step


def test_errors_are_told_apart_by_code_in_any_language(bc: Environment) -> None:
    """The text follows Accept-Language; what the product does and says does not."""
    bc.change(denied=frozenset({"customers"}))
    told = []
    for language in ("en-US", "de-DE"):
        with pytest.raises(SourceRefused) as caught:
            read(bc.stream("customers", language=language))
        told.append((caught.value.code, caught.value.message))
    assert told[0] == told[1]
    assert "Berechtigungen" in bc.answers[-1].body.decode()


def test_every_call_asks_for_english(bc: Environment) -> None:
    """So that what support reads is one language."""
    list(bc.connector().examine())
    assert {call.headers["accept-language"] for call in bc.calls} == {"en-US"}


def test_the_text_of_an_application_error_is_not_shown(bc: Environment) -> None:
    """It quotes the customer; the code is enough."""
    message = "Customer Posting Group must have a value in Customer: No.=C00690.  CorrelationId:  " + guid("x") + "."
    _failing(bc, 99, _fault(400, "Application_FieldValidationException", message))
    with pytest.raises(SourceDown) as caught:
        read(bc.stream("customers"))
    assert "Application_FieldValidationException" in caught.value.message
    assert "C00690" not in caught.value.message


def test_the_text_of_a_bad_request_is_shown_without_its_correlation_id(bc: Environment) -> None:
    """It speaks of our own request; the id at its end would make every error a new one."""
    message = f"Could not find a property named 'x'.  CorrelationId:  {guid('x')}."
    _failing(bc, 99, _fault(400, "BadRequest", message))
    with pytest.raises(SourceRefused) as caught:
        read(bc.stream("customers"))
    assert "Could not find a property named 'x'." in caught.value.message
    assert "CorrelationId" not in caught.value.message


@pytest.mark.parametrize(
    ("status", "code", "kind", "told"),
    [
        (401, "Authentication_InvalidCredentials", SignIn, "app-not-registered"),
        (403, "Authorization_RequestDenied", SourceRefused, "not-allowed"),
        (403, "", SourceRefused, "not-allowed"),
        (404, "Internal_CompanyNotFound", SourceRefused, "company-not-seen"),
        (404, "BadRequest_ResourceNotFound", SourceRefused, "no-such-set"),
        (404, "BadRequest_NotFound", SourceRefused, "no-such-set"),
        (404, "NoEnvironment", SourceRefused, "no-such-set"),
        (400, "BadRequest_InvalidToken", SourceRefused, "request-refused"),
        (400, "Application_DialogException", SourceDown, "source-failing"),
        (500, "Internal_ServerError", SourceDown, "source-failing"),
        (503, "Internal_TenantUnavailable", SourceDown, "source-failing"),
        (404, "Internal_TenantUnavailable", SourceDown, "source-failing"),
        (500, "Unknown", SourceDown, "source-failing"),
    ],
)
def test_each_code_leads_to_one_kind_of_error(
    bc: Environment, status: int, code: str, kind: type[UnpostedError], told: str
) -> None:
    """The published codes: who must act, and how, is told by the code."""
    _failing(bc, 99, _fault(status, code))
    with pytest.raises(kind) as caught:
        read(bc.stream("customers", companies={US: "USTI"}))
    assert caught.value.code == told
    assert "bc" in caught.value.message


def test_an_environment_that_is_not_there_is_told(bc: Environment) -> None:
    """A wrong name of the environment is an error that sends to the settings."""
    with pytest.raises(SourceRefused) as caught:
        read(bc.stream("customers", environment="Prodution"))
    assert "environment" in caught.value.next_step


def test_an_own_server_is_reached_by_user_and_access_key() -> None:
    """On premises: a url with the instance, no tenant, NavUserPassword."""
    bc = Environment(BusinessCentralSwitches(environment="", access_keys=(("UNPOSTED", SECRET),)))
    bc.service.put(US, "customers", customer("C1"))
    settings = {"environment": "", "tenant": "", "auth": "basic", "user": "UNPOSTED", "companies": {US: "USTI"}}
    assert [one.account for one in read(bc.stream("customers", **settings))] == ["C1"]
    assert {call.path.split("/companies")[0] for call in bc.calls} == {"/api/v2.0"}
    bc.secret = "canary-other-key"
    with pytest.raises(SignIn) as caught:
        read(bc.stream("customers", **settings))
    assert "access key" in caught.value.next_step
    assert bc.secret not in caught.value.message


def test_the_address_holds_the_tenant_and_the_environment(bc: Environment) -> None:
    """The tenant may be left out with a user's token; an application's address keeps it."""
    read(bc.stream("customers"))
    assert all(call.path.startswith("/v2.0/ustrade.example/Production/api/v2.0/") for call in bc.calls)


def _first() -> PageRequest:
    return PageRequest(EVER)
