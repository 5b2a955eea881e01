"""The links of the emulated environment: paging cookies, the opaque tokens of elastic tables, and delta tokens.

They look as the published examples do. A cookie remembers the last row of its page, so what is behind it follows,
whatever size the next page has.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import quote, unquote

import msgspec

__all__ = [
    "DeltaToken",
    "ElasticToken",
    "Position",
    "delta_token",
    "elastic_token",
    "read_delta",
    "read_elastic",
    "read_skip",
    "skip_token",
]

_COOKIE = re.compile(
    r'<cookie pagenumber="(\d+)" pagingcookie="(.*?)" istracking="(True|False)"(?: version="(.*?)")? />'
)
_LAST = re.compile(r'<(\w+) last="(.*?)" first="')


class Position(NamedTuple):
    """Behind which row a page begins: its values of the sort columns, key last; `version` is that of the first page."""

    page: int
    values: tuple[tuple[str, str], ...]
    version: str = ""

    @property
    def key(self) -> str:
        """The key of the last row."""
        return self.values[-1][1]


class ElasticToken(NamedTuple):
    """Behind which row a page of an elastic table begins, and how many pages came before."""

    page: int
    row_id: str
    value: str


class DeltaToken(NamedTuple):
    """A mark: everything up to this serial was told, at this instant."""

    serial: int
    at: datetime


def skip_token(position: Position) -> str:
    """Write a paging cookie as a link holds it: XML in XML, percent-encoded twice and once."""
    parts = "".join(f'<{name} last="{quote(value)}" first="" />' for name, value in position.values)
    inner = quote(quote(f'<cookie page="{position.page - 1}">{parts}</cookie>', safe="/"), safe="/")
    is_tracking = bool(position.version)
    version = f' version="{position.version}"' if is_tracking else ""
    cookie = f'<cookie pagenumber="{position.page}" pagingcookie="{inner}" istracking="{is_tracking}"{version} />'
    return quote(cookie, safe="=/")


def read_skip(text: str) -> Position | None:
    """Read a paging cookie that was decoded once; None when it is none."""
    found = _COOKIE.fullmatch(text)
    if found is None:
        return None
    inner = unquote(unquote(found[2]))
    values = tuple((name, unquote(value)) for name, value in _LAST.findall(inner))
    return Position(int(found[1]), values, found[4] or "") if values else None


def elastic_token(token: ElasticToken) -> str:
    """Write the opaque token of an elastic table."""
    return quote(urlsafe_b64encode(msgspec.json.encode(token)).decode(), safe="")


def read_elastic(text: str) -> ElasticToken | None:
    """Read what `elastic_token` wrote, decoded once; None when it is something else."""
    try:
        return msgspec.json.decode(urlsafe_b64decode(text), type=ElasticToken)
    except (ValueError, msgspec.MsgspecError):
        return None


def delta_token(token: DeltaToken) -> str:
    """Write a mark of change: the number and the time, percent-encoded in small letters."""
    text = quote(f"{919_000 + token.serial}!{token.at:%m/%d/%Y %H:%M:%S}", safe="")
    return re.sub(r"%[0-9A-F]{2}", lambda found: found[0].lower(), text)


def read_delta(text: str) -> DeltaToken | None:
    """Read a mark that was decoded once; None when it is none."""
    number, _, moment = text.partition("!")
    try:
        return DeltaToken(int(number) - 919_000, datetime.strptime(moment, "%m/%d/%Y %H:%M:%S").replace(tzinfo=UTC))
    except ValueError:
        return None
