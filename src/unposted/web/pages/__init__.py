"""The pages, each of which declares who may see it."""

from __future__ import annotations

from unposted.web.pages import audit, board, card, exports, party, settings, sign_in, sources, tokens, worklist
from unposted.web.visit import Page

__all__ = ["PAGES"]

PAGES: tuple[Page, ...] = (
    *board.PAGES,
    *card.PAGES,
    *worklist.PAGES,
    *party.PAGES,
    *sources.PAGES,
    *settings.PAGES,
    *audit.PAGES,
    *exports.PAGES,
    *tokens.PAGES,
    *sign_in.PAGES,
)
"""Every page of the web."""
