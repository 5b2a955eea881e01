"""A number on a page is the count of the rows that one click opens; pages of a list are the list."""

from __future__ import annotations

import re
from html import unescape

import pytest

from tests.web.serving import Web
from unposted.domain.filter_text import filter_of_text
from unposted.web.asked import SORTS, Asked, Wanted
from unposted.web.kept import Kept
from unposted.web.roles import sight_of

_CARD = "/cards/ecom-customers-absent-from-d365-customer-master"
_ROW = re.compile(
    r'<th scope="row"><a href="([^"]+)">[^<]*</a></th>.*?<td class="figure">([\d,]+)</td>(.*?)</tr>', re.DOTALL
)
_SUMS = re.compile(r'<p class="sums"><strong>([\d,]+)</strong>.*?<strong class="figure">([^<]+)</strong>', re.DOTALL)


def _kept(web: Web) -> Kept:
    assert web.desk.known.kept is not None
    return web.desk.known.kept


@pytest.mark.parametrize("role", ["owner", "marketing"])
@pytest.mark.parametrize("path", ["/", _CARD])
def test_every_part_of_every_split_opens_exactly_its_rows(web: Web, path: str, role: str) -> None:
    """Count and blocked value beside a link are those of the list behind it."""
    client = web.client(role)
    parts = _ROW.findall(client.get(path).text)
    assert len(parts) >= 10
    for url, count, rest in parts:
        sums = _SUMS.search(client.get(unescape(url)).text)
        assert sums is not None, url
        assert sums[1] == count, url
        blocked = re.search(r'<td class="figure wide">([^<]+)</td>', rest)
        assert blocked is not None
        assert sums[2].removesuffix(" USD") == blocked[1], url


def test_the_headline_is_the_worked_example(web: Web) -> None:
    """17 absent, 61,200.00 blocked, 6 B2B, 11 DTC, Wholesale-X largest, 4 in Dataverse, and each opens its rows."""
    client = web.client("owner")
    text = client.get("/").text
    assert '<span class="value">17</span>' in text
    assert "$61,200.00" in text
    for url, count in re.findall(r'<dd><a href="(/worklist[^"]*)">(\d+)</a>', text):
        sums = _SUMS.search(client.get(unescape(url)).text)
        assert sums is not None
        assert sums[1] == count
    assert re.search(r"Wholesale-X</a> <span[^>]*>\$18,400\.00", text)


@pytest.mark.parametrize("sort", [*SORTS, *[f"-{name}" for name in SORTS]])
@pytest.mark.parametrize("size", [1, 3, 17, 100])
def test_the_pages_of_a_list_are_the_list(web: Web, sort: str, size: int) -> None:
    """Going on to the last page shows every row once, in order; going back shows the same pages."""
    kept, sight = _kept(web), sight_of("owner")
    asked = Asked.of({"sort": sort})
    seen, firsts, pages = [], [], []
    page = kept.page(asked, sight, size)
    while True:
        seen += [one.row for one in page.rows]
        firsts.append(page.first)
        pages.append([one.ref for one in page.rows])
        if page.after is None:
            break
        page = kept.page(asked.at(page.after), sight, size)
    assert sorted(row.rank for row in seen) == list(range(1, 18))
    assert firsts == list(range(1, 18, size))
    back = [pages[-1]]
    while page.before is not None:
        page = kept.page(asked.at(page.before), sight, size)
        back.insert(0, [one.ref for one in page.rows])
    assert [ref for part in back for ref in part] == [ref for part in pages for ref in part]
    if asked.sort in {"orders", "age"}:
        values = [row.orders if asked.sort == "orders" else row.age_days for row in seen]
        assert values == sorted(values, reverse=asked.is_down)


@pytest.mark.parametrize(
    "text", ["", "segment:b2b", "status:in_dataverse min:1000", "entity:catu", "wholesale", "part:entity=ambiguous"]
)
def test_a_filter_finds_what_it_keeps(web: Web, text: str) -> None:
    """The list of a filter is the rows that the filter keeps, and its totals are theirs."""
    kept, sight, asked = _kept(web), sight_of("owner"), filter_of_text(text)
    everything = [one.row for one in kept.every(Wanted(), sight)]
    wanted = [row for row in everything if asked.matches(row, "USD")]
    page = kept.page(Asked(Wanted(asked)), sight)
    assert [one.row for one in page.rows] == wanted
    assert page.found.count == len(wanted)
    assert page.found.blocked.units == sum(row.blocked or 0 for row in wanted)
    assert [one.row for one in kept.every(Wanted(asked), sight)] == wanted


def test_the_neighbours_of_a_party_are_those_of_its_list(web: Web) -> None:
    """Next and previous follow the list that was open."""
    kept, sight = _kept(web), sight_of("owner")
    asked = Asked.of({"q": "segment:b2b", "sort": "name"})
    refs = [one.ref for one in kept.page(asked, sight).rows]
    ranks = [one.row.rank for one in kept.page(asked, sight).rows]
    for place, rank in enumerate(ranks):
        before = refs[place - 1] if place else None
        after = refs[place + 1] if place + 1 < len(refs) else None
        assert kept.neighbours(asked, sight, rank) == (before, after)


@pytest.mark.parametrize(
    "query",
    [
        "at=aW10",
        "at=zzz",
        "at=a",
        "at=%00",
        "sort=password",
        "q=foo%3Abar",
        "q=min%3Aabc",
        "q=status%3Anothing",
        "sort=name&at=aWzEsMV0",
    ],
)
def test_an_address_that_makes_no_sense_is_told(web: Web, query: str) -> None:
    """Never a failure of ours: a sentence, and the list as it was asked for stays in the box."""
    answer = web.client("owner").get(f"/worklist?{query}")
    assert answer.status_code == 200
    assert 'class="problem"' in answer.text


def test_the_orders_of_a_party_are_its_blocked_value(web: Web) -> None:
    """The blocked orders on a party's page add up to the row, in order currency."""
    from unposted.web.party import facts_of_party

    kept, sight = _kept(web), sight_of("owner")
    for one in kept.every(Wanted(), sight):
        facts = facts_of_party(kept, one.row.party, sight, ("external_id", "tax_id", "email"))
        sums: dict[str, int] = {}
        for order in facts.orders:
            if order.is_blocked:
                sums[order.currency] = sums.get(order.currency, 0) + (order.value or 0)
        assert sums == {amount.currency: amount.units for amount in one.row.blocked_by_currency}
        held = {held.entity for compared in facts.compared for held in compared.held}
        assert held == set(one.row.exists_in)
        assert not held & set(one.row.missing_entities)
