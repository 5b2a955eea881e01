"""Dataverse's access: tokens, privileges, throttles, and what `connector test` says of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.contract.live.dataverse_stage import NOW, SECRET, Stage, drained, facts, rows_of, stage, stream
from unposted.connectors.live import Connector, PageRequest
from unposted.errors import LimitReached, SignIn, SourceDown, SourceRefused
from unposted.sandbox.wire import SteppedClock


def _many(**switches: Any) -> Stage:
    made = stage(is_empty=True, page_cap=5, **switches)
    for number in range(18):
        made.put_account(number, NOW - timedelta(days=9, seconds=number))
    return made


def _levels(source: Connector, check: str) -> list[str]:
    return [fact.level for fact in facts(source)[check]]


def test_a_wrong_secret_signs_nobody_in() -> None:
    """The examination ends with SignIn, and its words do not show the secret."""
    with pytest.raises(SignIn) as caught:
        list(stage(secret="canary-wrong").dataverse().examine())
    assert caught.value.code == "token-refused"
    assert "canary" not in str(caught.value)


def test_an_application_that_is_no_user_is_told_where_to_add_it() -> None:
    """A good token of an application that the environment does not know is a matter of signing in."""
    with pytest.raises(SignIn, match="0x80072560") as caught:
        list(stage(members=frozenset()).dataverse().examine())
    assert caught.value.code == "no-application-user"
    assert "Application users" in caught.value.next_step


def test_a_token_that_dies_between_two_pages_is_renewed() -> None:
    """The service refuses the old token in the middle; the page comes with a new one (airbytehq/airbyte#60240)."""
    made = _many()
    accounts = stream(made.dataverse(), "accounts")
    first = accounts.fetch(PageRequest())
    made.login.expire_all()
    rest = drained(accounts, token=first.next)
    assert len(rows_of([first, *rest])) == 18
    assert made.login.issued == 2


def test_a_token_that_ends_during_a_wait_is_renewed() -> None:
    """While the service makes us wait the token grows too old, and is fetched anew before the next try."""
    made = _many(life=100)
    accounts = stream(made.dataverse(), "accounts")
    first = accounts.fetch(PageRequest())
    made.service.throttle("requests", 120)
    assert len(rows_of(drained(accounts, token=first.next))) == 13


@pytest.mark.parametrize(
    ("kind", "code"), [("requests", "0x80072322"), ("time", "0x80072321"), ("concurrency", "0x80072326")]
)
def test_each_throttle_is_waited_for_as_long_as_it_says(kind: Any, code: str) -> None:
    """All three limits answer 429; the wait is Retry-After's, and is told with its reason."""
    made = _many()
    source = made.dataverse()
    made.service.throttle(kind, 17)
    assert len(rows_of(drained(stream(source, "accounts")))) == 18
    assert [seconds for seconds, _ in made.waits] == [17]
    assert code in made.waits[0][1]


def test_a_long_row_of_throttles_uses_up_no_tries() -> None:
    """Patience that is asked for is not a failure: ten refusals in a row are sat out."""
    made = _many()
    made.service.throttle("requests", 5, times=10)
    assert len(rows_of(drained(stream(made.dataverse(), "accounts")))) == 18
    assert len(made.waits) == 10


def test_a_throttle_without_retry_after_is_waited_for_too() -> None:
    """Without the header the waits grow."""
    made = _many()
    made.service.throttle("concurrency", None, times=3)
    assert len(rows_of(drained(stream(made.dataverse(), "accounts")))) == 18
    seconds = [seconds for seconds, _ in made.waits]
    assert len(seconds) == 3
    assert seconds[0] < seconds[2]


def test_a_wait_of_an_hour_is_a_limit() -> None:
    """What asks for more patience than a run has ends the run, and says until when."""
    made = _many()
    made.service.throttle("requests", 3_600)
    with pytest.raises(LimitReached):
        drained(stream(made.dataverse(), "accounts"))


def test_six_thousand_requests_within_five_minutes_are_never_our_rate() -> None:
    """A small allowance is used up and refilled by the service's own figures, whatever they are."""
    made = _many(most_requests=3)
    assert len(rows_of(drained(stream(made.dataverse(), "accounts")))) == 18
    assert made.waits
    assert sum(seconds for seconds, _ in made.waits) >= 300


def test_a_full_view_has_no_warning() -> None:
    """With everything granted every fact is fine, credentials first."""
    found = list(stage().dataverse().examine())
    assert found[0].check == "credentials"
    assert {fact.level for fact in found} == {"ok"}
    order = list(dict.fromkeys(fact.check for fact in found))
    assert order == [
        "credentials", "permissions", "oldest", "companies", "columns", "tracking", "paging", "clock", "limits",
    ]  # fmt: skip


def test_a_missing_privilege_fails_and_says_what_it_hides() -> None:
    """Without prvReadContact contacts cannot be read; the accounts' facts are still told."""
    made = stage()
    made.service.revoke("prvReadContact")
    found = facts(made.dataverse())
    assert [(fact.level, fact.text) for fact in found["permissions"] if "Contact" in fact.text] == [
        ("fail", "prvReadContact is missing: contacts cannot be read")
    ]
    assert [fact.level for fact in found["oldest"]] == ["ok", "fail"]


@pytest.mark.parametrize("depth", ["Basic", "Local", "Deep"])
def test_a_narrowed_role_warns(depth: str) -> None:
    """A role below organization level hides rows without a word from the service; the examination says so."""
    privileges = {"prvReadAccount": depth, "prvReadContact": "Global", "prvReadcdm_Company": "Global"}
    made = stage(privileges=privileges)
    warned = [fact for fact in facts(made.dataverse())["permissions"] if fact.level == "warn"]
    assert len(warned) == 1
    assert "other accounts are hidden" in warned[0].text


def test_tracked_changes_need_the_organization_s_level() -> None:
    """With a narrower role the service refuses to track changes, and that is told, not walked around."""
    privileges = {"prvReadAccount": "Local", "prvReadContact": "Global", "prvReadcdm_Company": "Global"}
    accounts = stream(stage(privileges=privileges).dataverse(), "accounts")
    with pytest.raises(SourceRefused, match="prvReadAccount") as caught:
        accounts.fetch(PageRequest())
    assert "organization level" in caught.value.next_step


def test_missing_dual_write_is_a_fact() -> None:
    """Without dual-write's columns nothing counts as promoted by number, and the examination says so."""
    found = facts(stage(has_dual_write=False).dataverse())
    assert [fact.level for fact in found["columns"]] == ["warn", "warn"]
    assert "nothing counts as promoted by number" in found["columns"][1].text
    assert found["companies"][0].level == "warn"


def test_untracked_tables_are_a_fact() -> None:
    """That deletions are only found by the recount is told."""
    assert _levels(stage(tracked=frozenset({"contacts"})).dataverse(), "tracking") == ["warn", "ok"]


def test_a_clock_that_is_off_warns() -> None:
    """Three minutes between the service's clock and ours are too many."""
    made = stage()
    ours = SteppedClock(NOW - timedelta(seconds=180))
    (fact,) = facts(made.dataverse(ours))["clock"]
    assert (fact.level, fact.text) == ("warn", "the service's clock is +180 seconds off ours")


def test_the_limits_that_the_service_shows_are_told() -> None:
    """What is left of requests and time is noted from the headers of every answer."""
    source = stage(most_requests=500).dataverse()
    (fact,) = facts(source)["limits"]
    assert "burst remaining 4" in fact.text
    assert source.spent.limits["time-remaining"].startswith("119")


def test_a_failing_server_is_no_place_for_a_record_s_words() -> None:
    """A server's own failure is told by its code; neither its text nor our secret is shown."""
    made = _many()
    made.service.fail_at.update(f"{number:08d}-0000-4000-8000-000000000000" for number in range(18))
    with pytest.raises(SourceDown) as caught:
        drained(stream(made.dataverse(), "accounts"))
    assert "0x80040216" in caught.value.message
    assert "unexpected error" not in caught.value.message
    assert SECRET not in caught.value.message


@pytest.mark.parametrize("path", ["", "/", "/api/data/v9.2/", "/api/data/v9.1"])
def test_an_address_may_be_copied_with_its_path(path: str) -> None:
    """The url works with the Web API's path behind it and without."""
    made = stage()
    source = made.dataverse(url=f"http://sandbox/dataverse{path}")
    assert facts(source)["credentials"][0].level == "ok"
