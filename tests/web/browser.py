"""A real browser on a really served web: Debian's Chromium, driven by keys."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.web.serving import Web, demo_web
from unposted.web.app import make_app
from unposted.web.serving import listening
from unposted.web.signing import session_cookie

__all__ = ["Site", "axe_script", "chromium", "served"]


class Site:
    """A served web and a browser that visits it."""

    def __init__(self, web: Web, browser: Browser, base: str) -> None:
        self.web = web
        self.browser = browser
        self.base = base

    @contextmanager
    def visit(
        self, role: str = "owner", *, theme: str = "light", width: int = 1280, height: int = 900, scripts: bool = True
    ) -> Iterator[BrowserContext]:
        """Give a browser that somebody of a role is signed in with."""
        context = self.browser.new_context(
            base_url=self.base,
            viewport={"width": width, "height": height},
            color_scheme="dark" if theme == "dark" else "light",
            java_script_enabled=scripts,
        )
        token = self.web.desk.sessions.begin(self.web.people[role].person_id, self.web.clock())
        context.add_cookies([{"name": session_cookie(self.web.desk), "value": token, "url": self.base}])
        context.set_default_timeout(5_000)
        try:
            yield context
        finally:
            context.close()


def chromium() -> str:
    """Find Debian's Chromium; `make test` installs it when it is missing."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.skip("no chromium here: apt-get install chromium")
    return found


def axe_script() -> str:
    """Return the text of axe-core."""
    import axe_playwright_python

    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")


@contextmanager
def served(folder: Path) -> Iterator[Site]:
    """Serve the demo's world on a free port and start a browser."""
    path = chromium()
    with demo_web(folder, with_trend=True) as web, listening("127.0.0.1", 0) as listener:
        config = uvicorn.Config(make_app(web.desk), log_config=None, lifespan="off", server_header=False)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
                yield Site(web, browser, f"http://127.0.0.1:{listener.getsockname()[1]}")
                browser.close()
        finally:
            web.desk.stopping.stop()
            server.should_exit = True
            thread.join(timeout=10)
