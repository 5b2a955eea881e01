"""What stands beside the number on the web: computed once, the figures of `check --json`, masked by role."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.web.serving import Web, demo_web
from unposted.cards.explained import explain_card
from unposted.exports.json_beside import beside_fields
from unposted.sandbox.demo import DEMO_AS_OF
from unposted.web.beside import Beside, Stood, compute_beside
from unposted.web.refreshing import compute_now
from unposted.web.shelf import plain
from unposted.web.standing_beside import falls_of

_CARD = "ecom-customers-absent-from-d365-customer-master"
_API = f"/api/v1/readings/{_CARD}"


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Web]:
    """Serve a web that a test may change."""
    with demo_web(tmp_path) as served:
        yield served


@pytest.fixture(scope="module")
def checked(web: Web) -> dict[str, Any]:
    """Return the fields as `check --json` writes them."""
    with web.desk.shelf.cursor() as cursor:
        text = json.dumps(beside_fields(explain_card(cursor, web.desk.workspace, DEMO_AS_OF)))
    fields: dict[str, Any] = json.loads(text)
    return fields


def test_the_api_says_what_check_says(web: Web, checked: dict[str, Any]) -> None:
    """Lanes, bridge, policies and key fill are equal to `check --json`, rows and all."""
    client = web.client("owner")
    assert client.get(f"{_API}/beside").json() == checked["beside"]
    assert client.get(f"{_API}/bridge").json() == {"bridge": checked["bridge"]}
    told = client.get(f"{_API}/sensitivity").json()
    assert [one.pop("flips") for one in told["sensitivity"]] == [len(one["flipped"]) for one in checked["sensitivity"]]
    assert told == {"sensitivity": checked["sensitivity"], "key_fill": checked["key_fill"]}


def test_a_masked_role_gets_figures_and_no_lines(web: Web, checked: dict[str, Any]) -> None:
    """Counts and values are the same; nobody is named, in the API or on the card's page."""
    client = web.client("marketing")
    lanes, bridge = client.get(f"{_API}/beside").json(), client.get(f"{_API}/bridge").json()["bridge"]
    policies = client.get(f"{_API}/sensitivity").json()["sensitivity"]
    assert {name: lanes[name] | {"rows": []} for name in lanes} == lanes
    assert [lanes[name]["count"] for name in lanes] == [checked["beside"][name]["count"] for name in lanes]
    assert bridge == [step | {"rows": []} for step in checked["bridge"]]
    assert [(one["value"], one["blocked"], one["flipped"]) for one in policies] == [
        (one["value"], one["blocked"], []) for one in checked["sensitivity"]
    ]
    page = client.get(f"/cards/{_CARD}").text
    named = {row["name"] for step in checked["bridge"] for row in step["rows"]}
    named |= {row["evidence"] for lane in checked["beside"].values() for row in lane["rows"] if row["evidence"]}
    companies = {row[0] for row in web.desk.shelf.rows("SELECT name FROM company_version")}
    absent = {one["name"] for one in client.get("/api/v1/rows?limit=1000").json()["rows"]}
    assert len(named) > 100
    assert not [name for name in named - companies - absent if name in page]
    assert all(client.get(f"{_API}/{part}").status_code == 200 for part in ("beside", "bridge", "sensitivity"))


def test_the_card_page_shows_the_figures(web: Web, checked: dict[str, Any]) -> None:
    """Each step, lane and policy with its count; names for those who may see them."""
    page = web.client("owner").get(f"/cards/{_CARD}").text
    steps = re.findall(r'<td class="drawn"><svg class="bar fall".*?</td>\s*<td class="figure">−?([\d,]+)</td>', page)
    assert [int(count.replace(",", "")) for count in steps] == [one["count"] for one in checked["bridge"]]
    for name, lane in checked["beside"].items():
        found = re.search(rf'id="lane-{name}">.*?<strong class="figure">([\d,]+)<', page, re.DOTALL)
        assert found is not None
        assert int(found[1]) == lane["count"]
        assert all(row["name"] in page for row in lane["rows"])
    policies = re.findall(r'<th scope="row"><code>([^<]+)</code>.*?<td class="figure">([\d,]+)</td>', page, re.DOTALL)
    for one in checked["sensitivity"]:
        assert (one["policy"].replace(">", "&gt;"), f"{one['value']:,}") in policies
    assert 'style="' not in page


def test_the_waterfall_ends_at_the_headline(web: Web) -> None:
    """What the last step that takes away leaves is what stands at the end."""
    stood = compute_beside(web.desk.shelf, web.desk.workspace, DEMO_AS_OF)
    falls = falls_of(stood.bridge)
    assert (falls[0].step.count, falls[-1].step.count) == (222, 17)
    assert falls[-2].start == falls[-1].step.count


def test_it_is_computed_once_and_only_when_asked_for(own: Web) -> None:
    """A board and a list cost nothing; two looks at the card compute once; the next reading has its own."""
    kept, calls = own.desk.known.kept, [0]
    assert kept is not None

    def counted() -> Stood:
        calls[0] += 1
        return compute_beside(own.desk.shelf, own.desk.workspace, DEMO_AS_OF)

    own.desk.know(lambda known: replace(known, kept=replace(kept, beside=Beside(counted))))
    client = own.client("owner")
    client.get("/")
    client.get("/worklist")
    assert calls == [0]
    for path in (f"/cards/{_CARD}", f"{_API}/bridge", f"{_API}/sensitivity", f"/cards/{_CARD}"):
        assert client.get(path).status_code == 200
    assert calls == [1]
    compute_now(own.desk)
    assert own.desk.known.kept is not None
    assert own.desk.known.kept.beside is not kept.beside


def test_it_stays_what_it_was_when_more_was_read_since(own: Web, checked: dict[str, Any]) -> None:
    """Facts that were read after the reading do not move what stands beside it."""
    with own.desk.shelf.writing() as cursor:
        cursor.execute(
            "UPDATE order_version SET known_to = ? WHERE known_to = TIMESTAMP '9999-12-31'",
            [plain(DEMO_AS_OF + timedelta(hours=1))],
        )
    assert own.client("owner").get(f"{_API}/bridge").json() == {"bridge": checked["bridge"]}


def test_a_failure_is_told_and_not_tried_again_at_once(own: Web) -> None:
    """The page stays; the API says that there is nothing."""
    kept, calls = own.desk.known.kept, [0]
    assert kept is not None

    def failing() -> Stood:
        calls[0] += 1
        raise ValueError("secret words")

    own.desk.know(lambda known: replace(known, kept=replace(kept, beside=Beside(failing))))
    client = own.client("owner")
    page = client.get(f"/cards/{_CARD}").text
    assert "could not be computed" in page
    assert "secret words" not in page
    assert client.get(f"{_API}/bridge").status_code == 503
    assert calls == [1]
