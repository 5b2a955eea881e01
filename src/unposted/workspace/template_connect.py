"""Writes the `connect` table of a live source with all of its settings explained, for `unposted init`."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

from unposted.connectors.secrets import variable_name
from unposted.workspace.connect import toml_value
from unposted.workspace.hints import did_you_mean

if TYPE_CHECKING:
    from unposted.connectors.live import Connection

__all__ = ["Needed", "connect_lines", "needed_settings", "setting_of"]

_ALSO_ASKED = {"business_central": ("tenant", "client_id")}  # blank for an own server that knows users


class Needed(NamedTuple):
    """A setting without which a live source cannot be read: its name, what it is, and how one looks."""

    name: str
    text: str
    example: str


def needed_settings(system: str) -> tuple[Needed, ...]:
    """List the settings that a live source of this system must have; the url comes first."""
    import msgspec

    kind = _kind(system)
    asked = {"url", *_ALSO_ASKED.get(system, ())}
    fields = [field for field in msgspec.structs.fields(kind) if field.required or field.name in asked]
    return tuple(
        Needed(field.name, _description(field.type).rstrip("."), str(_example(field.type))) for field in fields
    )


def setting_of(system: str, name: str, text: str) -> object:
    """Read a setting from a command line's text: as TOML where its type is no text; raises ValueError with a hint."""
    import tomllib

    import msgspec

    kind = _kind(system)
    fields = {field.name: field.type for field in msgspec.structs.fields(kind)}
    if name in {secret.name for secret in kind.SECRETS}:
        raise ValueError(f"{name} is a secret; secrets never stand in the file, which names the variable to set")
    if name not in fields:
        raise ValueError(f"{name} is no setting of this system. {did_you_mean(name, fields)}")
    try:
        return msgspec.convert(text, fields[name])
    except msgspec.ValidationError:
        pass
    try:
        value: object = tomllib.loads(f"value = {text}")["value"]
        msgspec.convert(value, fields[name])
    except (tomllib.TOMLDecodeError, msgspec.ValidationError):
        raise ValueError(f"{text!r} is no value of {name}; write it like {_shown_example(fields[name])}") from None
    return value


def connect_lines(header: str, system: str, source: str, values: Mapping[str, object]) -> Iterator[str]:
    """Write the table: the values that were answered, every other setting switched off under its explanation."""
    import msgspec

    kind = _kind(system)
    yield f"# Where it is and how it is read; docs/connectors/{system}.md says which permissions to grant."
    yield from (f"# {line}" for line in _secrets(kind, source))
    yield f"[{header}.connect]"
    for field in msgspec.structs.fields(kind):
        example = _example(field.type)
        if example is None and isinstance(field.default, str | int | float):
            example = field.default
        if field.name in values:
            yield f"{field.name} = {toml_value(values[field.name])}"
        elif example is not None and not isinstance(example, dict):
            yield from (f"# {line}" for line in textwrap.wrap(_description(field.type), 110))
            yield f"#{field.name} = {toml_value(example)}"
    yield ""


def _secrets(kind: type[Connection], source: str) -> Iterator[str]:
    """Name the environment variables of the secrets: they never stand in the file."""
    yield "Its secrets stand in the environment (or in a file that the same name with _FILE names):"
    for secret in kind.SECRETS:
        way = f" with auth {secret.auth}:" if secret.auth else ""
        may = " (if there is one)" if secret.is_optional else ""
        yield from textwrap.wrap(
            f"{variable_name(source, secret.name)}:{way} {secret.purpose}{may}",
            110,
            initial_indent="  ",
            subsequent_indent="    ",
        )


def _kind(system: str) -> type[Connection]:
    from unposted.connectors.registry import connection_type

    return connection_type(system)


def _shown_example(kind: Any) -> str:
    example = _example(kind)
    return "docs/connectors shows" if example is None else toml_value(example)


def _description(kind: Any) -> str:
    return next((str(part.description) for part in get_args(kind) if getattr(part, "description", None)), "")


def _example(kind: Any) -> Any:
    return next((part.examples[0] for part in get_args(kind) if getattr(part, "examples", None)), None)
