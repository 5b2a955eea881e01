"""Saved views: a name for a list, for oneself or for everybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from unposted.errors import UsageError
from unposted.web.shelf import Shelf, plain
from unposted.web.tokens import new_id

__all__ = ["SHIPPED", "SavedView", "drop_view", "list_views", "save_view"]

SHIPPED: tuple[tuple[str, str], ...] = (
    ("All", ""),
    ("Mine", "owner:me"),
    ("New today", "is:new"),
    ("B2B onboarding", "segment:b2b status:no_match"),
    ("DTC stuck", "segment:dtc status:no_match"),
    ("Dataverse to promote", "status:in_dataverse"),
    ("Over 1,000", "min:1000"),
    ("Ambiguous entity", "status:ambiguous"),
)
"""The views that everybody has: a name and a filter as people type it."""
_MOST = 100


@dataclass(frozen=True, slots=True)
class SavedView:
    """A named list: its filter as people type it, and its order; `person_id` saved it."""

    view_id: str
    person_id: str
    name: str
    query: str
    is_shared: bool


def list_views(shelf: Shelf, person_id: str) -> list[SavedView]:
    """List somebody's own views and the shared ones, by name."""
    rows = shelf.rows(
        """SELECT view_id, person_id, name, query, shared FROM web_view
        WHERE person_id = ? OR shared ORDER BY lower(name), view_id""",
        [person_id],
    )
    return [SavedView(*row) for row in rows]


def save_view(shelf: Shelf, person_id: str, name: str, query: str, now: datetime, *, shared: bool) -> None:
    """Save a view under a name, in place of one's own of that name; raises UsageError."""
    shown = " ".join(name.split())[:60]
    if not shown:
        raise UsageError("view-name", "A view needs a name.", "Say what it is for: Canada over 500.")
    if len(list_views(shelf, person_id)) >= _MOST:
        raise UsageError("too-many-views", "There are a hundred views already.", "Remove some that nobody uses.")
    with shelf.writing() as cursor:
        cursor.execute("DELETE FROM web_view WHERE person_id = ? AND lower(name) = lower(?)", [person_id, shown])
        cursor.execute(
            "INSERT INTO web_view VALUES (?, ?, ?, ?, ?, ?)", [new_id(), person_id, shown, query, shared, plain(now)]
        )


def drop_view(shelf: Shelf, person_id: str, view_id: str) -> None:
    """Remove one of somebody's own views."""
    with shelf.writing() as cursor:
        cursor.execute("DELETE FROM web_view WHERE person_id = ? AND view_id = ?", [person_id, view_id])
