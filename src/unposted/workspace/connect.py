"""Reads `connect` of a source: where a live system is and how it is read, each system with settings of its own."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, get_args

from unposted.connectors.secrets import variable_name
from unposted.workspace.checks import Section
from unposted.workspace.hints import kind_of, listed, quoted

if TYPE_CHECKING:
    from unposted.connectors.live import Connection

__all__ = ["read_connect", "toml_value"]

_LOOKS_SECRET = re.compile(r"(secret|password|passwd|token|api_?key|private_key)$", re.IGNORECASE)
_LOOPBACK = ("http://127.0.0.1", "http://localhost", "http://[::1]")
_ADDRESS = '"https://shop.example"'


def read_connect(section: Section, system: str, source: str) -> Connection | None:
    """Read the connection of a source; None when it has none or it cannot be read, with its faults noted."""
    import msgspec

    from unposted.connectors.registry import connection_type

    kind = connection_type(system)
    table = section.section("connect", f"{section.title} connect", f"connect = {{ url = {_ADDRESS} }}")
    if table is None:
        return None
    secrets = _secrets_in(table, kind)
    for key in secrets:
        advice = f"Remove the line, and set the environment variable {variable_name(source, key)} instead."
        table.fault(key, f"{key} is a secret; secrets never stand in this file.", advice)
    fields = {field.name: field for field in msgspec.structs.fields(kind)}
    table.known((*fields, *secrets))
    values: dict[str, Any] = {}
    complete = not secrets
    for name, field in fields.items():
        if name not in table:
            if field.required:
                table.missing(name, _example(field.type, _ADDRESS if name == "url" else '"…"'))
                complete = False
            continue
        try:
            values[name] = msgspec.convert(table.value(name), field.type)
        except msgspec.ValidationError as error:
            _misfit(table, name, error, _example(field.type, _ADDRESS if name == "url" else ""))
            complete = False
    if not _is_sound(table, kind, values) or not complete:
        return None
    return kind(**values)


def _secrets_in(table: Section, kind: type[Connection]) -> list[str]:
    named = {secret.name for secret in kind.SECRETS}
    known = set(kind.__struct_fields__)
    return [key for key in table.keys() if key in named or (key not in known and _LOOKS_SECRET.search(key))]  # noqa: SIM118 - it is no mapping


def _misfit(table: Section, name: str, error: Exception, example: str) -> None:
    reason = str(error).partition(" - at ")[0].replace("`", "").lower()
    message = f"{name} is {kind_of(table.value(name))}: {reason}."
    table.fault(name, message, f"Write {name} = {example}." if example else "See docs/connectors for this setting.")


def _is_sound(table: Section, kind: type[Connection], values: Mapping[str, Any]) -> bool:
    """Check what the types do not say: the address, and the names of streams."""
    url = values.get("url")
    is_sound = True
    if isinstance(url, str) and not url.startswith(("https://", *_LOOPBACK)):
        table.fault("url", f"{quoted(url)} is no https address.", f"Write url = {_ADDRESS}.")
        is_sound = False
    for stream in values.get("streams", ()):
        if stream not in {*kind.STREAMS, "all"}:
            advice = f"Known streams: {listed((*kind.STREAMS, 'all'))}."
            table.fault("streams", f"{quoted(stream)} is no stream of this system.", advice)
            is_sound = False
    return is_sound


def _example(kind: Any, otherwise: str) -> str:
    """Write the example that a setting's own description gives."""
    for part in get_args(kind):
        examples = getattr(part, "examples", None)
        if examples:
            return toml_value(examples[0])
    return otherwise


def toml_value(value: object) -> str:
    """Write a value as TOML."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(key)} = {toml_value(item)}" for key, item in value.items()) + " }"
    return json.dumps(value, ensure_ascii=False)
