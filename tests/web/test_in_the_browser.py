"""What a person does in a real browser: ten tasks by keyboard alone, and pages that everybody can use."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.web.browser import Site, axe_script, served

_CARD = "/cards/ecom-customers-absent-from-d365-customer-master"
_PARTY = "/parties/p-73124dc37759acde"
_PAGES = ("/", _CARD, "/worklist", "/worklist?q=segment%3Ab2b", "/worklist?q=foo%3Abar", "/worklist?q=zzz", _PARTY,
          "/sources", "/runs", "/settings", "/people", "/audit", "/tokens", "/nothing-here")  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Serve the demo's world to a browser."""
    with served(Path(tmp_path_factory.mktemp("site"))) as running:
        yield running


def _open(site: Site, page: Page, path: str) -> None:
    page.goto(path)
    page.wait_for_load_state("networkidle")


def _keys(page: Page, *keys: str) -> None:
    """Press keys; a text of several signs is typed."""
    for key in keys:
        if len(key) == 1 or key in {"Enter", "Tab", "Escape", "ArrowDown"} or "+" in key:
            page.keyboard.press(key)
        else:
            page.keyboard.type(key)


def test_find_the_customer_of_an_order(site: Site) -> None:
    """/ name Enter, then Enter on the line: three interactions."""
    with site.visit() as context:
        page = context.new_page()
        _open(site, page, "/")
        _keys(page, "/", "okonjo", "Enter")
        page.wait_for_url("**/worklist?q=okonjo")
        _keys(page, "j", "Enter")
        page.wait_for_url("**/parties/**")
        assert page.locator("h1").inner_text() == "Caleb Okonjo"


def test_assign_a_page_of_rows(site: Site) -> None:
    """X selects the page, a assigns it to me, z takes it back."""
    with site.visit("operations") as context:
        page = context.new_page()
        _open(site, page, "/worklist")
        _keys(page, "X", "a")
        page.wait_for_selector("[data-toast]")
        assert page.locator("td.c-work", has_text="Operations").count() == 17
        _keys(page, "z")
        page.wait_for_selector("[data-toast]", state="detached")
        assert page.locator("td.c-work", has_text="Operations").count() == 0


def test_export_b2b_over_a_thousand(site: Site) -> None:
    """/ filter Enter, e, Enter: the file comes down."""
    with site.visit("finance") as context:
        page = context.new_page()
        _open(site, page, "/worklist")
        _keys(page, "/", "segment:b2b min:1000", "Enter")
        page.wait_for_selector(".chips")
        _open(site, page, page.url)
        _keys(page, "e")
        with page.expect_download() as waited:
            _keys(page, "Enter")
        assert waited.value.suggested_filename.endswith(".xlsx")


def test_see_why_yesterday_differs(site: Site) -> None:
    """The board says it in a sentence; the card lists who went."""
    with site.visit() as context:
        page = context.new_page()
        _open(site, page, "/")
        assert "Since this time yesterday" in page.locator(".change").inner_text()
        page.locator("h2 a").focus()
        _keys(page, "Enter")
        page.wait_for_url("**/cards/**")
        assert "Clara Langstrom" in page.locator("section[aria-labelledby=went]").inner_text()


def test_find_what_dataverse_holds_up(site: Site) -> None:
    """/ status:in_dataverse Enter."""
    with site.visit() as context:
        page = context.new_page()
        _open(site, page, "/worklist")
        _keys(page, "/", "status:in_dataverse", "Enter")
        page.wait_for_selector(".chips")
        assert page.locator("[data-line]").count() == 4


def test_try_a_rule_of_the_field_map(site: Site) -> None:
    """The value, Enter: what the rule would move is told before anything is written."""
    with site.visit() as context:
        page = context.new_page()
        _open(site, page, "/settings")
        page.locator("#value").focus()
        _keys(page, "US", "Enter")
        page.wait_for_selector(".do .lead")
        assert "This rule moves" in page.locator(".do .lead").inner_text()


def test_make_a_token(site: Site) -> None:
    """A name, Enter: the secret is there."""
    with site.visit("finance") as context:
        page = context.new_page()
        _open(site, page, "/tokens")
        page.locator("#name").focus()
        _keys(page, "Power BI", "Enter")
        assert page.locator(".secret").first.inner_text().startswith("unposted_")


def test_add_a_person(site: Site) -> None:
    """Name, Tab Tab, password, Enter."""
    with site.visit() as context:
        page = context.new_page()
        _open(site, page, "/people")
        page.locator("#name").focus()
        _keys(page, "Grace Hopper", "Tab", "Tab", "a long password", "Enter")
        page.wait_for_selector("th:has-text('Grace Hopper')")


def test_read_how_a_source_is(site: Site) -> None:
    """G s leads to the sources from anywhere."""
    with site.visit("engineering") as context:
        page = context.new_page()
        _open(site, page, "/")
        _keys(page, "g", "s")
        page.wait_for_url("**/sources")
        assert "dtc · orders" in page.locator("table").first.inner_text()


def test_write_a_note_and_go_on_to_the_next_party(site: Site) -> None:
    """n, the words, Tab, Enter; ] goes to the next line of the list."""
    with site.visit("operations") as context:
        page = context.new_page()
        _open(site, page, "/worklist")
        _keys(page, "j", "Enter")
        page.wait_for_url("**/parties/**")
        _keys(page, "n", "asked the buyer", "Tab", "Enter")
        page.wait_for_selector(".note")
        page.locator("body").evaluate("document.activeElement.blur()")
        _keys(page, "]")
        page.wait_for_selector("h1:has-text('Granite Peak')")


def test_the_help_and_the_command_menu_open_and_close(site: Site) -> None:
    """? and Ctrl-K from anywhere, Escape closes; keys are off while somebody types."""
    with site.visit() as context:
        page = context.new_page()
        _open(site, page, "/worklist")
        _keys(page, "?")
        assert page.locator("#keys").is_visible()
        _keys(page, "Escape")
        page.wait_for_selector("#keys", state="hidden")
        _keys(page, "Control+k")
        assert page.locator("#go").is_visible()
        _keys(page, "Escape")
        page.wait_for_selector("#go", state="hidden")
        _keys(page, "/", "x?j")
        assert page.locator("#q").input_value() == "x?j"
        assert not page.locator("#keys").is_visible()


@pytest.mark.parametrize("theme", ["light", pytest.param("dark", marks=pytest.mark.deep)])
def test_nothing_bars_anybody(site: Site, theme: str) -> None:
    """Axe finds nothing serious or critical on any page, in either theme."""
    script, found = axe_script(), []
    with site.visit(theme=theme) as context:
        page = context.new_page()
        for path in _PAGES:
            _open(site, page, path)
            found += _barriers(page, script, path)
        context.clear_cookies()
        _open(site, page, "/sign-in")
        found += _barriers(page, script, "/sign-in")
    assert not found


def _barriers(page: Page, script: str, path: str) -> list[str]:
    page.evaluate(script)
    told: dict[str, Any] = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{path}: {one['id']}: {one['nodes'][0]['html'][:160]} {one['nodes'][0]['failureSummary'][:200]}"
        for one in told["violations"]
        if one["impact"] in {"serious", "critical"}
    ]


@pytest.mark.parametrize("width", [320, 1280, *(pytest.param(width, marks=pytest.mark.deep) for width in (768, 1920))])
def test_no_page_is_wider_than_its_window(site: Site, width: int) -> None:
    """320 px is 400 % zoom of 1280: only tables scroll, in their own frame."""
    with site.visit(width=width) as context:
        page = context.new_page()
        for path in _PAGES:
            _open(site, page, path)
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path


def test_reading_filtering_and_exporting_work_without_scripts(site: Site) -> None:
    """The forms and links do all of it."""
    with site.visit(scripts=False) as context:
        page = context.new_page()
        page.goto("/worklist")
        page.locator("#q").fill("segment:b2b")
        page.locator("#q").press("Enter")
        page.wait_for_url("**/worklist?q=segment%3Ab2b")
        assert page.locator("[data-line]").count() == 6
        page.locator(".export summary").click()
        with page.expect_download() as waited:
            page.locator(".export a", has_text="XLSX").click()
        assert waited.value.suggested_filename.endswith(".xlsx")


def test_no_page_breaks_the_policy_or_a_script(site: Site) -> None:
    """The console stays empty: nothing is refused, nothing fails."""
    said: list[str] = []
    with site.visit() as context:
        page = context.new_page()
        page.on("console", lambda message: said.append(f"{page.url} {message.text}"))
        page.on("pageerror", lambda error: said.append(f"{page.url} {error}"))
        for path in _PAGES[:-1]:
            _open(site, page, path)
    assert not said
