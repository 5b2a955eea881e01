"""Reads [fx]: fixed exchange rates to the reporting currency, and the ECB's reference file."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from types import MappingProxyType

from unposted.domain.currencies import is_currency
from unposted.workspace import keys
from unposted.workspace.checks import Section
from unposted.workspace.globs import file_advice, named_path
from unposted.workspace.hints import kind_of, quoted
from unposted.workspace.model import Fx
from unposted.workspace.vocabulary import currency_advice

__all__ = ["read_fx"]

# Between any two currencies of the world lie fewer than seven powers of ten; beyond nine it is a slip.
_LEAST, _MOST = Decimal("1e-9"), Decimal("1e9")


def read_fx(section: Section, folder: Path, reporting: str | None) -> Fx:
    """Read the table; a rate that cannot be read is left out, with its fault noted."""
    section.known(keys.FX)
    return Fx(_rates(section, reporting), _file(section, folder))


def _file(section: Section, folder: Path) -> Path | None:
    written = section.text("file", '"eurofxref-hist.csv"')
    if written is None:
        return None
    path = named_path(folder, written)
    if not path.is_file():
        section.fault("file", *file_advice(folder, written))
    return path


def _rates(section: Section, reporting: str | None) -> Mapping[str, Decimal]:
    table = section.section("rates", "[fx] rates", 'rates = { CAD = "0.73" }')
    if table is None:
        return MappingProxyType({})
    found: dict[str, Decimal] = {}
    for key in table.keys():  # noqa: SIM118 - it is no mapping
        code = key.strip().upper()
        rate = _rate(table, key)
        if not is_currency(code):
            table.fault(key, f"{quoted(key)} is no currency.", currency_advice(key))
        elif code == reporting:
            message = f"{code} is the reporting currency; its rate is always 1."
            table.fault(key, message, f"Remove {code}.")
        elif code in found:
            table.fault(key, f"{code} has two rates.", "Keep one of the two.")
        elif rate is not None:
            found[code] = rate
    return MappingProxyType(found)


def _rate(table: Section, key: str) -> Decimal | None:
    """Read a positive decimal in quotes, or a positive whole number."""
    value = table.value(key)
    if isinstance(value, float):
        # A TOML float is binary: 0.73 would not be 0.73.
        table.fault(
            key, f"The rate {value} stands without quotes, so it would not be exact.", f'Write {key} = "{value}".'
        )
        return None
    if isinstance(value, bool) or not isinstance(value, str | int):
        message = f"The rate of {key} is {kind_of(value)}; it must be a number in quotes."
        table.fault(key, message, f'Write {key} = "0.73".')
        return None
    try:
        rate = Decimal(value)
    except InvalidOperation:
        rate = Decimal("NaN")
    if not rate.is_finite():
        swapped = str(value).strip().replace(",", ".")
        advice = swapped if swapped.replace(".", "", 1).isdecimal() else "0.73"
        table.fault(
            key, f"The rate {quoted(str(value))} is no number.", f'Write it with a decimal point: {key} = "{advice}".'
        )
    elif rate <= 0:
        table.fault(key, f"The rate {rate} is not positive.", f'Write what one {key} is worth, such as {key} = "0.73".')
    elif not _LEAST <= rate <= _MOST:
        message = f"The rate {quoted(str(value))} is out of range."
        table.fault(key, message, "Write what one unit of the currency is worth in the reporting currency.")
    else:
        return rate
    return None
