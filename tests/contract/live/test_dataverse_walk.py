"""Accounts and contacts by their time of change: ties, rows that move, records that the service cannot deliver."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.contract.live.dataverse_stage import NOW, Stage, decoded, drained, facts, rows_of, stage, stream
from unposted.connectors.live import LiveStream, PageRequest
from unposted.domain.cursor import Span
from unposted.domain.records import Staged
from unposted.errors import SourceDown

_OLD = NOW - timedelta(days=3)
_EVER = Span(NOW - timedelta(days=400), NOW)


def _ids(made: Stage, span: Span = _EVER, size: int | None = None) -> list[str]:
    accounts = _accounts(made)
    return [row["accountid"] for row in rows_of(drained(accounts, span, size=size))]


def _accounts(made: Stage) -> LiveStream:
    return stream(made.dataverse(change_tracking=False), "accounts")


def test_the_setting_turns_tracking_off() -> None:
    """Without change tracking the stream is one of changes, and a daily recount finds what was deleted."""
    accounts = _accounts(stage())
    assert (accounts.way, accounts.recount_daily) == ("changes", True)
    assert (stream(stage().dataverse(), "accounts")).way == "delta"


def test_both_ends_of_a_span_are_in_it() -> None:
    """A row of the span's first second and one of its last are read; their neighbours are not."""
    made = stage(is_empty=True)
    span = Span(_OLD, _OLD + timedelta(hours=1))
    ids = [made.put_account(number, moment) for number, moment in enumerate(span)]
    made.put_account(8, span.start - timedelta(seconds=1))
    made.put_account(9, span.end + timedelta(seconds=1))
    assert _ids(made, span) == ids


def test_a_span_that_ends_within_a_second_holds_that_second() -> None:
    """The service shows whole seconds: an end of half a second still means the row of that second."""
    made = stage(is_empty=True)
    row_id = made.put_account(1, _OLD)
    halves = [timedelta(milliseconds=500), timedelta(milliseconds=200)]
    assert _ids(made, Span(_OLD + halves[1], _OLD + halves[0])) == [row_id]


def test_rows_of_one_second_are_all_read() -> None:
    """Thirty rows of one second, seven a page: the service's link leads through them, and the walk goes on behind."""
    made = stage(is_empty=True)
    tied = [made.put_account(number, _OLD) for number in range(30)]
    later = [made.put_account(100 + number, _OLD + timedelta(seconds=number + 1)) for number in range(5)]
    assert set(_ids(made, size=7)) == {*tied, *later}


def test_a_tie_across_a_page_s_end_loses_nobody() -> None:
    """A second that begins on one page and ends on the next is read whole (estuary/connectors#5205)."""
    made = stage(is_empty=True)
    ids = [made.put_account(number, _OLD + timedelta(seconds=number // 3)) for number in range(20)]
    assert set(_ids(made, size=4)) == set(ids)


def test_a_row_that_leaves_its_page_shifts_nobody() -> None:
    """A row that changes while its page is being read moves to the end, and the next page lacks nothing."""
    made = stage(is_empty=True)
    ids = [made.put_account(number, _OLD + timedelta(seconds=number)) for number in range(12)]
    accounts = _accounts(made)
    first = accounts.fetch(PageRequest(_EVER, None, 4))
    made.service.change("accounts", ids[0], name="Moved")
    made.service.remove("accounts", ids[1])
    rest = drained(accounts, _EVER, first.next, 4)
    assert set(ids[2:]) <= {row["accountid"] for row in rows_of([first, *rest])}


def test_the_walk_asks_for_time_and_key() -> None:
    """Pages are ordered by time and key, and each begins inclusively at the last row's time."""
    made = stage(is_empty=True)
    for number in range(6):
        made.put_account(number, _OLD + timedelta(seconds=number))
    _ids(made, size=3)
    calls = made.asked("/accounts")
    assert all("$orderby=modifiedon%2Caccountid" in call for call in calls)
    assert [call.count("%20ge%20") for call in calls] == [1] * len(calls)
    assert "modifiedon%20ge%202026-04-09T22%3A30%3A02.000Z" in calls[1]


@pytest.mark.parametrize("is_tracked", [False, True])
def test_one_record_that_the_service_fails_at_is_passed_over(is_tracked: bool) -> None:
    """Where the service fails at one row, the row is named by its key and everything behind it is read."""
    made = stage(is_empty=True)
    ids = [made.put_account(number, _OLD + timedelta(seconds=number)) for number in range(6)]
    made.service.fail_at.add(ids[2])
    accounts = stream(made.dataverse(change_tracking=is_tracked), "accounts")
    span = None if is_tracked else _EVER
    with pytest.raises(SourceDown) as caught:
        accounts.fetch(PageRequest(span))
    assert caught.value.code == "source-failing"
    token, met = None, []
    for _ in ids[:2]:
        page = accounts.fetch(PageRequest(span, token, 1))
        met += [row["accountid"] for row in rows_of([page])]
        token = page.next
    with pytest.raises(SourceDown):
        accounts.fetch(PageRequest(span, token, 1))
    assert accounts.skip is not None
    skipped, token = accounts.skip(PageRequest(span, token, 1))
    rest = drained(accounts, span, token)
    assert (met, skipped) == (ids[:2], ids[2])
    assert [row["accountid"] for row in rows_of(rest)] == ids[3:]
    assert (rest[-1].delta is not None) is is_tracked
    assert rows_of(rest)[0]["name"] == "Firm 3"


def test_the_first_and_only_record_may_be_the_failing_one() -> None:
    """A table whose only row cannot be delivered ends after it."""
    made = stage(is_empty=True)
    row_id = made.put_account(1, _OLD)
    made.service.fail_at.add(row_id)
    accounts = _accounts(made)
    assert accounts.skip is not None
    assert accounts.skip(PageRequest(_EVER, None, 1)) == (row_id, None)


def test_single_records_are_fetched_by_their_ids() -> None:
    """Many ids are asked for in a few calls; an id that is gone is left out."""
    made = stage(is_empty=True)
    ids = [made.put_account(number, _OLD) for number in range(60)]
    made.service.remove("accounts", ids[7])
    accounts = _accounts(made)
    assert accounts.by_id is not None
    found = rows_of(list(accounts.by_id([*ids, ids[0]])))
    assert [row["accountid"] for row in found] == [one for one in ids if one != ids[7]]
    assert len(made.asked("/accounts")) == 3


def test_the_recount_pages_keys_and_never_asks_for_a_count() -> None:
    """The service counts to 5,000 at most; the recount sees all 5,012."""
    made = stage(is_empty=True)
    for number in range(5_012):
        made.put_account(number, _OLD + timedelta(seconds=number))
    accounts = _accounts(made)
    assert accounts.recount is not None
    assert len({light.record_id for light in accounts.recount(None, None)}) == 5_012
    assert not any("$count" in call for call in made.asked("/accounts"))


def test_the_recount_takes_a_stretch_of_creation() -> None:
    """Rows created from one instant to before another are listed with their times and state."""
    made = stage(is_empty=True)
    ids = [made.put_account(number, _OLD + timedelta(hours=number), statecode=0) for number in range(3)]
    made.service.change("accounts", ids[1], name="Changed")
    accounts = _accounts(made)
    assert accounts.recount is not None
    (light,) = accounts.recount(_OLD + timedelta(hours=1), _OLD + timedelta(hours=2))
    assert (light.record_id, light.created_at, light.updated_at, light.state) == (
        ids[1], _OLD + timedelta(hours=1), NOW, "0",
    )  # fmt: skip


def test_columns_that_the_environment_lacks_are_not_asked_for() -> None:
    """Without dual-write its columns are no columns, and asking for one would be refused."""
    made = stage(has_dual_write=False)
    for name, count in (("accounts", 35), ("contacts", 33)):
        found = stream(made.dataverse(), name)
        rows = [row for row in decoded(found, drained(found)) if isinstance(row, Staged)]
        assert len(rows) == count
        assert {row.company_code for row in rows} == {None}
    assert not any("msdyn" in call for call in [*made.asked("/accounts"), *made.asked("/contacts")])


def test_where_definitions_are_hidden_every_column_is_asked_for() -> None:
    """Who may not read definitions gets dual-write's columns all the same, rather than silently none."""
    hidden, open_ = stage(has_metadata=False), stage()
    read = [rows_of(drained(stream(made.dataverse(), "contacts"))) for made in (hidden, open_)]
    assert read[0] == read[1]
    assert "msdyn_contactpersonid" in read[0][0]
    assert {fact.level for fact in facts(hidden.dataverse())["columns"]} == {"warn"}


def test_the_key_columns_are_settings() -> None:
    """An account number in another column is asked for there and read as the account number."""
    made = stage(is_empty=True)
    made.put_account(1, _OLD, telephone1="US-000077", accountnumber="A-1")
    accounts = stream(made.dataverse(account_number_column="telephone1"), "accounts")
    (row,) = decoded(accounts, drained(accounts))
    assert isinstance(row, Staged)
    assert row.account_number == "US-000077"
    assert "accountnumber" not in made.asked("/accounts")[0]


def test_only_the_columns_that_decoders_read_are_asked_for() -> None:
    """Least fields: no city, no description, no owner."""
    made = stage()
    drained(stream(made.dataverse(), "accounts"))
    (call,) = made.asked("/accounts")
    assert "%2Cemailaddress1%2C" in call
    assert not any(name in call for name in ("address1_city", "description", "ownerid", "creditlimit"))
