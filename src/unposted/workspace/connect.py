"""Reads `connect` of a source: where a live system is and how it is read, each system with settings of its own."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, get_args
from urllib.parse import urlsplit

from unposted.connectors.secrets import variable_name
from unposted.workspace.checks import Section
from unposted.workspace.hints import closest, kind_of, listed, quoted

if TYPE_CHECKING:
    from unposted.connectors.live import Connection

__all__ = ["read_connect", "toml_value"]

_LOOKS_SECRET = re.compile(r"(secret|password|passwd|token|api_?key|private_key)$", re.IGNORECASE)
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_ADDRESSES = frozenset({"url", "authority"})
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
        variable = variable_name(source, _meant_secret(key, kind))
        advice = f"Remove the line, and set the environment variable {variable} instead."
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


def _meant_secret(key: str, kind: type[Connection]) -> str:
    """Tell which of the system's secrets a key stands for; people write access_token for token."""
    names = [secret.name for secret in kind.SECRETS]
    plain = key.casefold().replace("-", "_")
    inside = [name for name in names if name in plain or plain in name]
    return next((name for name in names if name == plain), closest(key, inside) or next(iter(inside or names), key))


def _misfit(table: Section, name: str, error: Exception, example: str) -> None:
    reason = str(error).partition(" - at ")[0].replace("`", "").lower()
    message = f"{name} is {kind_of(table.value(name))}: {reason}."
    table.fault(name, message, f"Write {name} = {example}." if example else "See docs/connectors for this setting.")


def _is_sound(table: Section, kind: type[Connection], values: Mapping[str, Any]) -> bool:
    """Check what the types do not say: the address, and the names of streams."""
    is_sound = True
    for name, value in values.items():
        is_address = name in _ADDRESSES or name.endswith("_url")
        if is_address and (message := _address_fault(name, str(value))):
            table.fault(name, message, f"Write {name} = {_ADDRESS}.")
            is_sound = False
    for stream in values.get("streams", ()):
        if stream not in {*kind.STREAMS, "all"}:
            advice = f"Known streams: {listed((*kind.STREAMS, 'all'))}."
            table.fault("streams", f"{quoted(stream)} is no stream of this system.", advice)
            is_sound = False
    return is_sound


def _address_fault(name: str, address: str) -> str | None:
    """Say why an address is none that credentials may be sent to; None when it is one."""
    try:
        parts = urlsplit(address)
        host, is_numbered = parts.hostname, parts.port != 0
    except ValueError:
        return f"{quoted(address)} is no address."
    if "@" in parts.netloc:
        return f"{name} holds a user or a password; secrets never stand in this file."
    if parts.query or parts.fragment:
        return f"{name} has more than a path behind its host."
    if not host or not is_numbered or not address.isprintable() or " " in address or "\\" in address:
        return f"{quoted(address)} is no https address."
    if parts.scheme != "https" and not (parts.scheme == "http" and host in _LOOPBACK):
        return f"{quoted(address)} is no https address."
    return None


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
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")
