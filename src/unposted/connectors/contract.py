"""What every live source must keep, tried on the source itself: the contract suite behind `unposted connector test`.

A wrong credential must be refused, the right one says what it may see, pages go on where the last one ended, and what
they hold can be read. Nothing is stored, and nothing is changed at the source.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from unposted.connectors.formats import Bad, Context, RawItem
from unposted.connectors.live import Connector, Fact, LiveStream, Page, PageRequest
from unposted.domain.cursor import Span
from unposted.errors import SignIn, UnpostedError

__all__ = ["contract_facts"]

_SMALL = 3
_LOOK_BACK = timedelta(days=3650)


def contract_facts(
    connector: Connector,
    impostor: Callable[[], Connector],
    context: Context,
    now: datetime,
    is_wanted: Callable[[LiveStream], bool],
) -> Iterator[Fact]:
    """Try a source; `impostor` makes the same connector with a wrong credential.

    A fact of level `fail` says that the source cannot be read as it is, `warn` that it shows less than there is.
    """
    yield _refuses(impostor)
    try:
        yield from connector.examine()
    except SignIn as error:
        yield Fact("credentials", "fail", f"{error.message} {error.next_step}")
        return
    except UnpostedError as error:
        yield Fact("access", "fail", f"{error.message} {error.next_step}")
        return
    for stream in connector.streams:
        if is_wanted(stream):
            yield _reads(stream, context, now)


def _refuses(impostor: Callable[[], Connector]) -> Fact:
    """See that a wrong credential is refused: a source that lets anybody in says nothing about our access."""
    name = "wrong credential"
    connector = impostor()
    try:
        for _ in connector.examine():
            break
    except SignIn:
        return Fact(name, "ok", "a wrong credential is refused")
    except UnpostedError as error:
        return Fact(name, "warn", f"a wrong credential gives another error than a refusal: {error.message}")
    finally:
        connector.close()
    return Fact(name, "fail", "a wrong credential is let in: check that the url is the system's own address")


def _reads(stream: LiveStream, context: Context, now: datetime) -> Fact:
    """Read two small pages of a stream and decode them."""
    span = Span(now - _LOOK_BACK, now) if stream.way == "changes" else None
    try:
        first = stream.fetch(PageRequest(span, None, _SMALL))
        second = stream.fetch(PageRequest(span, first.next, _SMALL)) if first.next else Page((), None)
        read, bad = _decoded(stream, context, (first, second))
    except UnpostedError as error:
        return Fact(stream.name, "fail", f"{error.message} {error.next_step}")
    if second.next is not None and second.items and set(second.items) == set(first.items):
        # A walk by time may repeat the last ones, not all; a second part may show the same few again, and ends.
        return Fact(stream.name, "fail", "the second page is the first one again")
    if bad:
        return Fact(stream.name, "warn", f"{len(bad)} of the first {read + len(bad)} cannot be read: {bad[0].reason}")
    if not read:
        return Fact(stream.name, "warn", "not a single record can be seen")
    return Fact(stream.name, "ok", f"{read} records on two small pages can be read")


def _decoded(stream: LiveStream, context: Context, pages: tuple[Page, ...]) -> tuple[int, list[Bad]]:
    from dataclasses import replace

    read = 0
    bad: list[Bad] = []
    for page in pages:
        known = replace(context, entity=page.entity) if page.entity else context
        for item in stream.decode([RawItem(place, body) for place, body in enumerate(page.items, 1)], known):
            if isinstance(item, Bad):
                bad.append(item)
            else:
                read += 1
    return read, bad
