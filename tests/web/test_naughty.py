"""Whatever a name, a company, an address, a tag or a filter holds, on a page it is text."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.support.readings import NAUGHTY
from tests.web.serving import HOST, SAME, Web, demo_web
from unposted.web.asked import Wanted
from unposted.web.refreshing import compute_now
from unposted.web.roles import sight_of

_ATTACKS = (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "'><svg onload=alert(1)>", "javascript:alert(1)",
    "{{7*7}}{% raw %}", "</title><script>alert(1)</script>", "--><script>alert(1)</script>", "&lt;b&gt;", "\u202eevil",
    "'; DROP TABLE web_person; --", "%00", "a\x00b", "\r\nset-cookie: a=b",
)  # fmt: skip
_OURS = {
    "script": {"src", "defer"},
    "img": set(),
    "svg": {"class", "viewbox", "role", "aria-label", "aria-hidden", "preserveaspectratio"},
}


class _Tags(HTMLParser):
    """Collects the tags and attributes that a page really has."""

    def __init__(self) -> None:
        super().__init__()
        self.strange: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {name for name, _ in attrs}
        self.strange += [f"{tag} {name}" for name in names if name.startswith("on") or name == "style"]
        if tag in _OURS and not names <= _OURS[tag]:
            self.strange.append(f"{tag} {names}")
        if tag in {"img", "iframe", "object", "embed", "base"}:
            self.strange.append(tag)
        self.strange += [f"{n}={v}" for n, v in attrs if n in {"href", "action", "src"} and not _is_ours(v or "")]


def _is_ours(target: str) -> bool:
    return target == "" or (target.startswith(("/", "#", "https://store-", "?")) and not target.startswith("//"))


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """Serve a web whose shops are full of attacks, each in another place."""
    with demo_web(Path(tmp_path_factory.mktemp("attacked"))) as web:
        texts = [*_ATTACKS, *NAUGHTY]
        with web.desk.shelf.cursor() as cursor:
            cursor.execute(
                "CREATE OR REPLACE TEMP TABLE attack AS SELECT unnest(?) AS text, unnest(range(?)) AS n",
                [texts, len(texts)],
            )
            pick = f"(SELECT text FROM attack WHERE n = (hash({{}}) % {len(texts)}))"
            for table, column, key in (
                ("order_version", "buyer_name", "order_id"), ("order_version", "name", "order_id || 'x'"),
                ("order_version", "email", "order_id || 'y'"), ("customer_version", "name", "customer_id"),
                ("company_version", "name", "company_id"), ("master_version", "name", "account"),
            ):  # fmt: skip
                cursor.execute(f"UPDATE {table} SET {column} = {pick.format(key)}")
        compute_now(web.desk)
        yield web


def _strange(text: str) -> list[str]:
    parser = _Tags()
    parser.feed(text)
    return parser.strange


@pytest.mark.parametrize("role", ["owner", "marketing"])
def test_every_page_shows_attacks_as_text(attacked: Web, role: str) -> None:
    """No tag, no attribute and no address that is not ours on board, card, worklist and every party."""
    client, kept = attacked.client(role), attacked.desk.known.kept
    assert kept is not None
    refs = [one.ref for one in kept.every(Wanted(), sight_of(role))]
    for path in (
        "/",
        "/cards/ecom-customers-absent-from-d365-customer-master",
        "/worklist",
        "/worklist?sort=name",
        *[f"/parties/{ref}" for ref in refs],
    ):
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert not _strange(answer.text), path
    if role == "owner":
        assert "alert(1)" in client.get("/worklist").text


@pytest.mark.parametrize("text", [*_ATTACKS, *NAUGHTY])
def test_whatever_is_asked_for_is_text(web: Web, text: str) -> None:
    """In the filter, the search, the place, a path, a header: a page or a sentence, and never a tag."""
    client = web.client("owner")
    asked = quote(text, safe="")
    for path in (
        f"/worklist?q={asked}",
        f"/worklist?at={asked}",
        f"/worklist?sort={asked}",
        f"/audit?q={asked}",
        f"/parties/{asked}",
        f"/{asked}",
        f"/sign-in?next={asked}",
        f"/worklist?undo={asked}",
    ):
        answer = client.get(path)
        assert answer.status_code < 500, path
        assert not _strange(answer.text), path
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("text", _ATTACKS)
def test_whatever_a_form_holds_is_text(attacked: Web, text: str) -> None:
    """Names of persons, tokens and views, reasons and rules."""
    client = attacked.client("owner")
    for path, form in (
        ("/people", {"name": text, "role": text, "password": "long enough"}),
        ("/tokens", {"name": text, "scope": "feed", "days": text}),
        ("/views", {"name": text, "q": ""}),
        ("/settings/rule", {"condition": "tag", "value": text, "entity": "CATU"}),
        ("/sign-in", {"name": text, "password": text, "next": text}),
    ):
        answer = client.post(path, data=form, headers={**SAME, "origin": HOST})
        assert answer.status_code < 500, path
        assert not _strange(answer.text), path
    for path in ("/worklist", "/people", "/tokens", "/settings", "/audit"):
        assert not _strange(client.get(path).text), path
