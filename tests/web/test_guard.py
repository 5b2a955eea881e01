"""What stands before every route: hosts, the origin of changes, and the headers of every answer."""

from __future__ import annotations

import pytest

from tests.web.serving import HOST, SAME, Web


@pytest.mark.parametrize("path", ["/", "/worklist", "/sign-in", "/nothing-here", "/static/app.css", "/healthz"])
def test_every_answer_carries_the_headers(web: Web, path: str) -> None:
    """The policy allows no inline script or style and nothing from elsewhere; nobody frames or sniffs."""
    answer = web.client("owner").get(path)
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert ("no-store" in answer.headers.get("cache-control", "")) is not path.startswith("/static")


@pytest.mark.parametrize(
    "path", ["/", "/worklist", "/cards/ecom-customers-absent-from-d365-customer-master", "/sign-in"]
)
def test_no_page_holds_what_the_policy_forbids(web: Web, path: str) -> None:
    """No inline style, no inline script, no handler in an attribute, nothing from another host."""
    text = web.client("owner").get(path).text
    assert " style=" not in text
    assert "<style" not in text
    assert " onclick" not in text
    assert "javascript:" not in text
    assert "<script>" not in text
    assert 'src="http' not in text


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9999"},
        {"sec-fetch-site": "cross-site", "origin": HOST},
    ],
)
def test_a_change_that_another_site_asks_for_is_refused(web: Web, headers: dict[str, str]) -> None:
    """Only our own pages may change something; what does not say where it comes from may not."""
    assert web.client("owner").post("/sign-out", headers=headers).status_code == 403


@pytest.mark.parametrize("headers", [SAME, {"origin": HOST}])
def test_a_change_of_our_own_page_is_let_through(web: Web, headers: dict[str, str]) -> None:
    """By Sec-Fetch-Site, or by Origin where a browser does not send it."""
    assert web.client("owner").post("/theme", data={"theme": "dark"}, headers=headers).status_code == 303


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8420", "127.0.0.1.evil.example", "", "localhost.evil"])
def test_a_strange_name_is_not_answered(web: Web, host: str) -> None:
    """A name that was pointed at this computer to get around the browser's walls gets nothing."""
    answer = web.client("owner").get("/", headers={"host": host})
    assert answer.status_code == 421
    assert "US Trade" not in answer.text


def test_a_body_of_megabytes_is_refused(web: Web) -> None:
    """Memory is not for whoever sends the most."""
    answer = web.client("owner").post("/theme", content=b"x" * 2_000_000, headers=SAME)
    assert answer.status_code == 413
