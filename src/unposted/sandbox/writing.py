"""How the dialects write JSON: one record a line inside its page, so that people can search and compare the files."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

__all__ = ["Row", "page_text"]

Row = Mapping[str, object]
_ROWS = "@@rows@@"


def page_text(rows: Sequence[Row], *path: str, before: Row | None = None, after: Row | None = None) -> str:
    """Write a page whose records stand under `path`, between its other members; no path means a bare list."""
    lines = ",\n".join(_json(row) for row in rows)
    body = f"[\n{lines}\n]" if rows else "[]"
    if not path:
        return body + "\n"
    page: object = _ROWS
    for depth, name in enumerate(reversed(path)):
        outside = depth == len(path) - 1
        page = {**(before or {}), name: page, **(after or {})} if outside else {name: page}
    return _json(page).replace(f'"{_ROWS}"', body) + "\n"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
