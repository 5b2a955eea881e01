"""How the BigCommerce emulator understands the query of a call: dates, numbers, pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from unposted.sandbox.services.bigcommerce_gate import Refusal
from unposted.sandbox.services.bigcommerce_switches import BigCommerceSwitches
from unposted.sandbox.shelf import Entry
from unposted.sandbox.wire import Call

__all__ = ["between", "date_of", "number_of", "page_size", "within"]


def date_of(written: str | None) -> datetime | None:
    """Read RFC 2822 or ISO 8601; None when it is neither, as when a plus sign of an offset came as a space."""
    if not written:
        return None
    try:
        found = datetime.fromisoformat(written) if written[:4].isdecimal() else parsedate_to_datetime(written)
    except (ValueError, TypeError):
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found


def number_of(call: Call, name: str, default: int | None = None) -> int | None:
    """Read a whole number of the query; raises Refusal for anything else."""
    written = call.first(name)
    if written is None:
        return default
    if not written.isdecimal():
        raise Refusal(400, f"The field '{name}' is invalid.")
    return int(written)


def page_size(call: Call, switches: BigCommerceSwitches, default: int = 50) -> int:
    """Tell how many records the page may have; raises Refusal when more are wanted than there may be."""
    wanted = number_of(call, "limit", default) or default
    if wanted <= switches.largest_page:
        return wanted
    if switches.clamps:
        return switches.largest_page
    raise Refusal(413)


def between(value: float, low: float | None, high: float | None, *, includes_bounds: bool) -> bool:
    """Tell whether a value lies between two bounds."""
    if includes_bounds:
        return (low is None or low <= value) and (high is None or value <= high)
    return (low is None or low < value) and (high is None or value < high)


def within(
    entries: Iterable[Entry], call: Call, names: tuple[str, str], time: Callable[[Entry], datetime],
    switches: BigCommerceSwitches,
) -> Iterator[Entry]:  # fmt: skip
    """Filter records by two dates of the query. Times are compared in whole seconds, as they are shown."""
    low, high = (None if switches.ignores_dates else date_of(call.first(name)) for name in names)
    bounds = [None if bound is None else bound.timestamp() for bound in (low, high)]
    for entry in entries:
        second = int(time(entry).timestamp())
        if between(second, bounds[0], bounds[1], includes_bounds=switches.includes_bounds):
            yield entry
