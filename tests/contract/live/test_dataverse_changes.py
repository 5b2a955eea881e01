"""Accounts and contacts by tracked changes: the first whole reading, marks, deletions, and marks that are no good."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.contract.live.dataverse_stage import NOW, Stage, decoded, drained, rows_of, stage, stream
from unposted.connectors.live import DeltaExpired, PageRequest
from unposted.domain.records import Staged, record_id
from unposted.errors import SourceRefused
from unposted.sandbox.dataverse import guid_of

_OLD = NOW - timedelta(days=30)


def _many(count: int, **switches: Any) -> tuple[Stage, list[str]]:
    made = stage(is_empty=True, **switches)
    return made, [made.put_account(number, _OLD + timedelta(minutes=number)) for number in range(count)]


def _mark(made: Stage, **settings: Any) -> str:
    mark = drained(stream(made.dataverse(**settings), "accounts"))[-1].delta
    assert mark is not None
    return mark


def test_everything_is_read_once_and_a_mark_is_left() -> None:
    """The first reading gives every account and contact of the environment, and the mark of each table."""
    made = stage()
    source = made.dataverse()
    for name, count in (("accounts", 35), ("contacts", 33)):
        pages = drained(stream(source, name))
        assert len({record_id(record) for record in decoded(stream(source, name), pages)}) == count
        assert [page.delta is not None for page in pages] == [False] * (len(pages) - 1) + [True]


def test_every_page_goes_with_the_same_preferences() -> None:
    """The page's size and the tracking are asked for on every page; a page without them would be the last one."""
    made, ids = _many(23, page_cap=5)
    pages = drained(stream(made.dataverse(), "accounts"))
    assert len(rows_of(pages)) == len(ids)
    assert made.prefers("/accounts") == ["odata.track-changes,odata.maxpagesize=5000"] * 5


def test_a_size_that_is_set_goes_with_every_page() -> None:
    """A page size of the workspace is no matter of the first page only."""
    made, ids = _many(11)
    pages = drained(stream(made.dataverse(page_size=4), "accounts"))
    assert [len(page.items) for page in pages] == [4, 4, 3]
    assert len(rows_of(pages)) == len(ids)


def test_a_link_is_followed_as_it_came() -> None:
    """The cookie in a link is encoded twice over, and is sent back to the last character."""
    made, _ = _many(9, page_cap=4)
    drained(stream(made.dataverse(), "accounts"))
    second = made.asked("/accounts")[1]
    assert "%3Ccookie%20pagenumber=%222%22%20pagingcookie=%22%25253Ccookie" in second
    assert second.endswith("/%3E")


def test_nothing_is_asked_that_tracking_forbids() -> None:
    """No filter, order, expansion or top goes with tracked changes; the service refuses each of them."""
    made, _ = _many(3)
    drained(stream(made.dataverse(), "accounts"))
    assert not any(f"${name}=" in call for call in made.asked("/accounts") for name in ("filter", "orderby", "top"))


def test_a_mark_gives_what_changed_and_nothing_else() -> None:
    """After a mark only new and changed accounts come, each with all its columns."""
    made, ids = _many(6)
    mark = _mark(made)
    made.clock.sleep(60)
    made.service.change("accounts", ids[4], name="Renamed")
    new = made.put_account(77, made.clock.now())
    pages = drained(stream(made.dataverse(), "accounts"), token=mark)
    assert [row["accountid"] for row in rows_of(pages)] == [ids[4], new]
    assert rows_of(pages)[0]["name"] == "Renamed"
    assert pages[-1].delta not in {None, mark}


def test_deletions_are_told_apart() -> None:
    """A deleted account comes as a removed id, in small letters, and never as an item."""
    made, ids = _many(5, upper_guids=True)
    mark = _mark(made)
    made.service.remove("accounts", ids[2])
    (page,) = drained(stream(made.dataverse(), "accounts"), token=mark)
    assert (page.items, page.removed) == ([], [ids[2]])


def test_a_row_that_came_and_went_is_only_told_as_gone() -> None:
    """What was created and deleted between two readings shows up as a deletion of something nobody knew."""
    made, _ = _many(2)
    mark = _mark(made)
    new = made.put_account(9, made.clock.now())
    made.service.remove("accounts", new)
    (page,) = drained(stream(made.dataverse(), "accounts"), token=mark)
    assert (page.items, page.removed) == ([], [new])


def test_a_name_that_quotes_a_deletion_is_a_name() -> None:
    """An account may be named like the service's own words; it is still there."""
    made = stage(is_empty=True)
    made.put_account(1, _OLD, name='"$deletedEntity" and "@removed"')
    (page,) = drained(stream(made.dataverse(), "accounts"))
    assert (len(page.items), page.removed) == (1, [])


def test_changes_come_in_pages_too() -> None:
    """More changes than a page holds are drained by links, and the new mark comes with the last page."""
    made, ids = _many(12, page_cap=5)
    mark = _mark(made)
    for row_id in ids:
        made.service.change("accounts", row_id, name="Moved")
    pages = drained(stream(made.dataverse(), "accounts"), token=mark)
    assert sorted(row["accountid"] for row in rows_of(pages)) == ids
    assert [page.delta is None for page in pages] == [True, True, False]


def test_what_changes_during_the_first_reading_is_read_after_it() -> None:
    """A row that changes when its page was read already is told by the mark that the reading leaves."""
    made, ids = _many(9, page_cap=4)
    accounts = stream(made.dataverse(), "accounts")
    first = accounts.fetch(PageRequest())
    made.service.change("accounts", ids[0], name="Changed meanwhile")
    rest = drained(accounts, token=first.next)
    after = drained(accounts, token=rest[-1].delta)
    assert [row["name"] for row in rows_of(after)] == ["Changed meanwhile"]


def test_a_mark_of_eight_days_ago_is_expired() -> None:
    """The service forgets a mark after seven days; the reader is told to read everything."""
    made, _ = _many(3)
    mark = _mark(made)
    made.clock.sleep(8 * 86_400)
    with pytest.raises(DeltaExpired):
        stream(made.dataverse(), "accounts").fetch(PageRequest(token=mark))


def test_a_mark_of_six_days_ago_is_good() -> None:
    """A mark is used as long as the service knows it."""
    made, _ = _many(3)
    mark = _mark(made)
    made.clock.sleep(6 * 86_400)
    assert drained(stream(made.dataverse(), "accounts"), token=mark)[-1].delta


def test_a_mark_that_the_service_never_gave_is_expired() -> None:
    """After the environment was restored from an older copy its marks are unknown."""
    made, _ = _many(3)
    mark = _mark(made).replace("919003", "999999")
    with pytest.raises(DeltaExpired):
        stream(made.dataverse(), "accounts").fetch(PageRequest(token=mark))


def test_a_mark_of_other_columns_is_expired() -> None:
    """A mark goes on giving the columns of its first reading, so other settings need a new one."""
    made, _ = _many(3)
    mark = _mark(made)
    accounts = stream(made.dataverse(account_number_column="name"), "accounts")
    with pytest.raises(DeltaExpired):
        accounts.fetch(PageRequest(token=mark))


def test_a_lost_privilege_is_no_expired_mark() -> None:
    """Who may not read the table any more is told so; nothing is read again for it."""
    made, _ = _many(3)
    mark = _mark(made)
    made.service.revoke("prvReadAccount")
    with pytest.raises(SourceRefused, match="prvReadAccount") as caught:
        stream(made.dataverse(), "accounts").fetch(PageRequest(token=mark))
    assert caught.value.code == "not-allowed"


def test_a_listing_that_was_broken_off_begins_again_when_its_link_is_refused() -> None:
    """A half-read list whose link is no good any more starts at its first page."""
    made, ids = _many(9, page_cap=4)
    accounts = stream(made.dataverse(), "accounts")
    token = accounts.fetch(PageRequest()).next
    assert token is not None
    again = accounts.fetch(PageRequest(token=token.replace("%3Ccookie", "%3Cbroken")))
    assert [row["accountid"] for row in rows_of([again])] == ids[:4]


def test_an_untracked_table_is_walked_by_the_time_of_change() -> None:
    """When the table's changes are not tracked, everything is read all the same and a mark of our own is left."""
    made, ids = _many(11, page_cap=4, tracked=frozenset())
    accounts = stream(made.dataverse(), "accounts")
    pages = drained(accounts)
    assert {row["accountid"] for row in rows_of(pages)} == set(ids)
    made.clock.sleep(3_600)
    made.service.change("accounts", ids[3], name="Later")
    made.clock.sleep(600)
    after = drained(stream(made.dataverse(), "accounts"), token=pages[-1].delta)
    assert [row["name"] for row in rows_of(after)] == ["Later"]


def test_a_daily_recount_stands_behind_every_way_of_reading() -> None:
    """Deletions that no mark tells (an untracked table, a role that changed) are found by the recount."""
    made, ids = _many(3, tracked=frozenset())
    accounts = stream(made.dataverse(), "accounts")
    made.service.remove("accounts", ids[1])
    assert accounts.recount_daily
    assert accounts.recount is not None
    assert [light.record_id for light in accounts.recount(None, None)] == [ids[0], ids[2]]


def test_ids_are_the_same_in_any_case() -> None:
    """A GUID in capitals is the record that it is in small letters, and finds its company."""
    small, large = (stage(upper_guids=upper) for upper in (False, True))
    found: list[list[Staged]] = []
    for made in (small, large):
        accounts = stream(made.dataverse(), "accounts")
        found.append([row for row in decoded(accounts, drained(accounts)) if isinstance(row, Staged)])
    assert found[0] == found[1]
    assert {row.company_code for row in found[0]} == {None, "USTI", "CATU"}


def test_company_codes_come_from_the_list_of_companies() -> None:
    """What the lookup shows may be the company's name; the code is taken from the list, in one call."""
    made = stage(shows_company_names=True)
    accounts = stream(made.dataverse(), "accounts")
    codes = {row.company_code for row in decoded(accounts, drained(accounts)) if isinstance(row, Staged)}
    assert codes == {None, "USTI", "CATU"}
    assert len(made.asked("/cdm_companies")) == 1


def test_a_company_that_was_founded_since_is_looked_up_once() -> None:
    """A row with an unknown company makes the list be read again, and only once for each such company."""
    made = stage(is_empty=True)
    for number in range(3):
        made.put_account(number, _OLD, _msdyn_company_value=guid_of("cdm_company", "new"))
    accounts = stream(made.dataverse(), "accounts")
    assert len(rows_of(drained(accounts))) == 3
    assert len(made.asked("/cdm_companies")) == 2


def test_without_the_list_a_company_is_what_its_lookup_shows() -> None:
    """Who may not read the companies gets their codes from the annotations, which are then asked for."""
    made = stage()
    made.service.revoke("prvReadcdm_Company")
    accounts = stream(made.dataverse(), "accounts")
    codes = {row.company_code for row in decoded(accounts, drained(accounts)) if isinstance(row, Staged)}
    assert codes == {None, "USTI", "CATU"}
    assert all("include-annotations" in text for text in made.prefers("/accounts"))
