"""`make screenshots`: the pages of the demo, light and dark, as docs/ shows them."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.web.browser import Site, served

__all__ = ["main"]

_PAGES = {
    "board": "/",
    "card": "/cards/ecom-customers-absent-from-d365-customer-master",
    "worklist": "/worklist",
    "party": "/parties/c-502864739257f837",
}


def main(folder: Path) -> None:
    """Take the pictures into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as passing, served(Path(passing)) as site:
        for theme in ("light", "dark"):
            _take(site, folder, theme)


def _take(site: Site, folder: Path, theme: str) -> None:
    with site.visit(theme=theme) as context:
        page = context.new_page()
        for name, path in _PAGES.items():
            page.goto(path)
            page.wait_for_load_state("networkidle")
            page.screenshot(path=folder / f"{name}-{theme}.png")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
