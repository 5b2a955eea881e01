"""The worklist as Parquet: the columns of the CSV, typed, for Power BI, notebooks and engines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO

from unposted.cards.reading import CurrencyAmount, Reading, Row
from unposted.domain.money import amount_text
from unposted.exports.columns import Cell, Column, columns_of
from unposted.exports.safety import whole

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["write_parquet"]

_BATCH = 10_000
_WHOLE = ("rank", "orders", "age_days", "usual_clear_minutes")
_TIMES = ("first_order_at", "last_order_at", "first_seen")
_FLAGS = ("ambiguous", "stuck")


def write_parquet(reading: Reading, file: BinaryIO) -> None:
    """Write all rows of a reading; amounts are exact decimals of 38 digits, instants are UTC, lists joined by `; `."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = columns_of(reading)
    schema = pa.schema([(column.name, _kind(column.name)) for column in columns])
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for rows in _batches(reading.rows):
            writer.write_table(_table(columns, rows, schema))


def _table(columns: Sequence[Column], rows: Sequence[Row], schema: pa.Schema) -> pa.Table:
    import pyarrow as pa

    values = [[_value(column.cell(row)) for row in rows] for column in columns]
    return pa.table([pa.array(part, field.type) for part, field in zip(values, schema, strict=True)], schema=schema)


def _kind(name: str) -> Any:
    import pyarrow as pa

    if name in _WHOLE:
        return pa.int64()
    if name in _TIMES:
        return pa.timestamp("us", tz="UTC")
    if name in _FLAGS:
        return pa.bool_()
    return pa.decimal128(38, 4) if name.startswith("blocked") else pa.string()


def _value(cell: Cell) -> str | int | bool | Decimal | datetime | None:
    if isinstance(cell, CurrencyAmount):
        return Decimal(amount_text(cell.units, cell.currency))
    return whole(cell) if isinstance(cell, str) else cell


def _batches(rows: Sequence[Row]) -> Iterator[list[Row]]:
    source = iter(rows)
    while batch := list(islice(source, _BATCH)):
        yield batch
