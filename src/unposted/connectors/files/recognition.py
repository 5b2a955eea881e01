"""Knows every file format and tells which one a file is: by its header or its first records, never by its name."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import msgspec

from unposted.connectors.columns import NECESSARY_COLUMNS, column_kind, column_names, generic_format
from unposted.connectors.files.grids import column_name
from unposted.connectors.formats import Context, Format, JsonFormat, RawItem, Stream, TableFormat
from unposted.errors import SourceFileError

__all__ = ["PLATFORM_NAMES", "Source", "all_formats", "json_format", "table_format"]

PLATFORM_NAMES = {
    "shopify": "Shopify",
    "bigcommerce": "BigCommerce",
    "adobe_commerce": "Adobe Commerce",
    "finance_operations": "Finance & Operations",
    "business_central": "Business Central",
    "dataverse": "Dataverse",
}

_MODULES = ("shopify", "bigcommerce", "adobe_commerce", "finance_operations", "business_central", "dataverse")
_LOOK_ABROAD = 20


class Source(NamedTuple):
    """What a file is listed as, and its name as the user wrote it."""

    shown: str
    platform: str
    stream: Stream

    @property
    def label(self) -> str:
        """The platform and stream in the user's words."""
        return f"{PLATFORM_NAMES[self.platform]} {self.stream}"

    def takes(self, form: Format) -> bool:
        """Tell whether a format is one of this platform and stream."""
        return (form.platform, form.stream) == (self.platform, self.stream)


@lru_cache(maxsize=1)
def all_formats() -> tuple[Format, ...]:
    """List the formats of every platform; the modules are loaded on first use."""
    modules = (importlib.import_module(f"unposted.connectors.{name}") for name in _MODULES)
    return tuple(form for module in modules for form in module.FORMATS)


def json_format(items: Sequence[RawItem], source: Source) -> JsonFormat:
    """Tell the JSON format of a file's first records; a file of another platform or stream is refused by name."""
    formats = [form for form in all_formats() if isinstance(form, JsonFormat)]
    wanted = [form for form in formats if source.takes(form)]
    known = _first_recognised(items, wanted)
    if known is not None:
        return known
    other = _first_recognised(items[:_LOOK_ABROAD], formats)
    if other is not None:
        raise _wrong_file(other, source)
    raise SourceFileError(
        "unknown-format",
        f"{source.shown} is JSON, but its records are no {source.label} that are known.",
        "Export it again as it comes from the platform, or as a table with `columns = { ... }`.",
    )


def _first_recognised(items: Sequence[RawItem], formats: Sequence[JsonFormat]) -> JsonFormat | None:
    for _, body in items:
        try:
            item = msgspec.json.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError):
            continue
        if isinstance(item, dict):
            for form in formats:
                if form.recognise(item):
                    return form
    return None


def _wrong_file(found: Format, source: Source) -> SourceFileError:
    return SourceFileError(
        "wrong-file",
        f"{source.shown} holds {PLATFORM_NAMES[found.platform]} {found.stream} ({found.name}), "
        f"but it is listed as {source.label}.",
        f"List the file where it belongs, or name a file with {source.label}.",
    )


def table_format(places: dict[str, int], source: Source, context: Context) -> tuple[TableFormat, dict[str, int]]:
    """Tell the format of a table from its column places, and the places under the names which that format reads.

    `columns` of the workspace stand above a platform's own format, unless the file lacks them and is such a format.
    """
    own = generic_format(source.platform, source.stream)
    known = column_names(source.platform, source.stream)
    mapped = {name: written for name, written in context.columns if name in known}
    if mapped and all(column_name(written) in places for written in mapped.values()):
        return own, _own_places(own, places, mapped, source, context)
    formats = [form for form in all_formats() if isinstance(form, TableFormat)]
    fitting = [form for form in formats if form.signature <= places.keys()]
    ours = [form for form in fitting if source.takes(form)]
    if ours:
        return _complete_format(ours, places, source), places
    if mapped:
        raise _lost_column(places, mapped, source)
    if own.signature <= places.keys():
        return own, places
    if fitting:
        raise _wrong_file(max(fitting, key=lambda form: len(form.signature)), source)
    raise _unknown([form for form in formats if source.takes(form)], places, source)


def _lost_column(places: dict[str, int], mapped: dict[str, str], source: Source) -> SourceFileError:
    name = next(name for name, written in mapped.items() if column_name(written) not in places)
    return SourceFileError(
        "missing-column",
        f"{source.shown} has no column {mapped[name]!r}, which `columns` gives for {name}.",
        f"Its columns are: {_listed(places)}.",
    )


def _own_places(
    own: TableFormat, places: dict[str, int], mapped: dict[str, str], source: Source, context: Context
) -> dict[str, int]:
    """Give our names the places of the columns that the workspace maps, then of those that the file names as we do."""
    header = {name: places[name] for name in column_names(source.platform, source.stream) if name in places}
    header |= {name: places[column_name(written)] for name, written in mapped.items()}
    default = {"currency"} if context.currency else set()
    missing = [name for name in own.required if name not in header and name not in default]
    if missing:
        raise SourceFileError(
            "missing-column",
            f"{source.shown} has no column for {', '.join(missing)}.",
            f'Say which one it is: columns = {{ {missing[0]} = "..." }}; its columns are: {_listed(places)}.',
        )
    return header


def _complete_format(fitting: list[TableFormat], places: dict[str, int], source: Source) -> TableFormat:
    """Take the format with the most known columns; the one that lacks none of its required columns, if there is one."""
    fitting.sort(key=lambda form: len(form.signature), reverse=True)
    for form in fitting:
        if not _missing(form, places):
            return form
    missing = ", ".join(_missing(fitting[0], places))
    raise SourceFileError(
        "missing-column",
        f"{source.shown} is a {fitting[0].name} file, but it has no column {missing}.",
        f"Export it with that column, or name the one to take with columns = {{ ... }}; it has: {_listed(places)}.",
    )


def _missing(form: TableFormat, places: dict[str, int]) -> list[str]:
    return [name for name in form.required if column_name(name) not in places]


def _unknown(wanted: list[TableFormat], places: dict[str, int], source: Source) -> SourceFileError:
    nearest = max(wanted, key=lambda form: len(form.signature & places.keys()), default=None)
    example = f'columns = {{ {NECESSARY_COLUMNS[column_kind(source.platform, source.stream)][0]} = "..." }}'
    if nearest is None:
        return SourceFileError(
            "unknown-format",
            f"{source.shown} is no table of {source.label} that is known.",
            f"Say which columns it has: {example}; its columns are: {_listed(places)}.",
        )
    lacking = sorted(({column_name(name) for name in nearest.required} | nearest.signature) - places.keys())
    return SourceFileError(
        "unknown-format",
        f"{source.shown} is no export that is known; the nearest is {nearest.name}: it lacks {', '.join(lacking)}.",
        f"Say which columns it has: {example}; its columns are: {_listed(places)}.",
    )


def _listed(places: dict[str, int]) -> str:
    names = sorted(places, key=lambda name: places[name])
    return ", ".join(names[:12]) + (" ..." if len(names) > 12 else "") if names else "none"
