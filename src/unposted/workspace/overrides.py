"""Reads the overrides file: a CSV that sends single customers to a legal entity."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from unposted.domain.identity import Placeholders
from unposted.workspace.hints import listed, quoted
from unposted.workspace.model import Entity, Override
from unposted.workspace.vocabulary import entity_advice

__all__ = ["RowFault", "read_overrides"]

_HEADER = ("customer_key", "entity")


class RowFault(NamedTuple):
    """What is wrong with a line of the file, and what to write instead."""

    line: int
    message: str
    suggestion: str


class _Row(NamedTuple):
    line: int
    key: str
    entity: str


def read_overrides(
    path: Path, entities: Mapping[str, Entity], placeholders: tuple[str, ...]
) -> tuple[tuple[Override, ...], tuple[RowFault, ...]]:
    """Return the overrides and what is wrong with the file; a line with a fault gives no override.

    The file is UTF-8 with or without a byte order mark; its separator is a comma, a semicolon or a tab.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        return (), (RowFault(1, "The file is no UTF-8 text.", "Save it as “CSV UTF-8”."),)
    except OSError as error:
        return (), (RowFault(1, f"The file cannot be read: {error.strerror}.", "Check who may read it."),)
    faults: list[RowFault] = []
    rows = _rows(text, faults)
    return tuple(_overrides(rows, entities, Placeholders(placeholders), faults)), tuple(faults)


def _rows(text: str, faults: list[RowFault]) -> Iterator[_Row]:
    """Find the two columns by their names and read every line that is not blank."""
    first = text.splitlines()[0] if text.strip() else ""
    separator = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        header = [name.strip().casefold() for name in next(reader, [])]
        lacking = [name for name in _HEADER if name not in header]
        if lacking:
            message = f"The header lacks {listed(lacking)}."
            faults.append(RowFault(1, message, f"Write {','.join(_HEADER)} as the first line."))
            return
        key_place, entity_place = (header.index(name) for name in _HEADER)
        for cells in reader:
            padded = [cell.strip() for cell in cells] + [""] * len(header)
            if any(padded):
                yield _Row(reader.line_num, padded[key_place], padded[entity_place])
    except csv.Error as error:
        faults.append(RowFault(reader.line_num, f"The line is no CSV: {error}.", "Close the quotes of the line."))


def _overrides(
    rows: Iterator[_Row], entities: Mapping[str, Entity], placeholders: Placeholders, faults: list[RowFault]
) -> Iterator[Override]:
    seen: dict[str, _Row] = {}
    for row in rows:
        entity = row.entity.upper()
        first = seen.setdefault(row.key.casefold(), row)
        if not row.key:
            faults.append(RowFault(row.line, "customer_key is empty.", "Name the customer, or remove the line."))
        elif placeholders.rejects("external_id", row.key.casefold()):
            message = f"{quoted(row.key)} is a placeholder; it never means a customer."
            advice = "Name the customer by another key, or list the value under not_placeholders."
            faults.append(RowFault(row.line, message, advice))
        elif not entity:
            advice = f"Name one of {listed(entities)}, or remove the line."
            faults.append(RowFault(row.line, f"{quoted(row.key)} has no entity.", advice))
        elif entity not in entities:
            message = f"{quoted(row.entity)} is no legal entity of the workspace."
            faults.append(RowFault(row.line, message, entity_advice(row.entity, entities)))
        elif first.entity.upper() != entity:
            message = f"{quoted(row.key)} is sent to {entity} here and to {first.entity.upper()} on line {first.line}."
            faults.append(RowFault(row.line, message, "Keep one of the two lines."))
        elif first is row:
            yield Override(row.key, entity)
