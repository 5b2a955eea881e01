"""How the dialects write JSON: one record a line inside its page, so that people can search and compare the files."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

__all__ = ["ROWS", "Row", "page_text"]

Row = Mapping[str, object]
ROWS = "@@rows@@"


def page_text(page: object, rows: Sequence[Row]) -> str:
    """Write a page with its records in the place of `ROWS`."""
    lines = ",\n".join(_json(row) for row in rows)
    return _json(page).replace(f'"{ROWS}"', f"[\n{lines}\n]" if rows else "[]") + "\n"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
