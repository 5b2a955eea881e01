"""The pages, each of which declares who may see it."""

from __future__ import annotations

from unposted.web.pages import board, card, party, sign_in, worklist
from unposted.web.visit import Page

__all__ = ["PAGES"]

PAGES: tuple[Page, ...] = (*board.PAGES, *card.PAGES, *worklist.PAGES, *party.PAGES, *sign_in.PAGES)
"""Every page of the web."""
