"""Loads the same pages with dlt: by its default normalisation, and as Arrow tables that skip most of it.

Both merge by id, as a sync must: a page may be delivered twice. dlt gets the pages from the product's own caller, so
that only what follows the fetching differs. Sources: dlt's documentation on merge loading and on Arrow tables.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bench.folders import in_folder
from bench.ingest import fetched_pages
from bench.shop import Shop

__all__ = ["dlt_arrow", "dlt_default"]


def dlt_default(shop: Shop, most: int) -> int:
    """Load orders as plain objects; returns how many the destination then holds."""
    import msgspec

    def nodes() -> Iterator[list[Any]]:
        for items in fetched_pages(shop, most):
            yield [msgspec.json.decode(item) for item in items]

    return in_folder(lambda folder: _load(folder, nodes))


def dlt_arrow(shop: Shop, most: int) -> int:
    """Load orders as Arrow tables with one column for each value; returns how many the destination then holds."""
    import msgspec

    def tables() -> Iterator[Any]:
        for items in fetched_pages(shop, most):
            yield _table([msgspec.json.decode(item) for item in items])

    return in_folder(lambda folder: _load(folder, tables))


def _table(nodes: list[Any]) -> Any:
    """Make one flat table of a page; what is null throughout, or a list, is text."""
    import pyarrow as pa

    table = pa.Table.from_pylist(nodes)
    while any(pa.types.is_struct(field.type) for field in table.schema):
        table = table.flatten()
    columns = {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        is_list = pa.types.is_list(column.type)
        text = pa.array([",".join(row) for row in column.to_pylist()]) if is_list else column
        columns[name.replace(".", "__")] = text.cast(pa.string()) if pa.types.is_null(text.type) else text
    return pa.table(columns)


def _load(folder: Path, pages: Callable[[], Iterator[Any]]) -> int:
    os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
    import dlt
    import duckdb

    logging.disable(logging.WARNING)
    path = folder / "dlt.duckdb"
    pipeline = dlt.pipeline(
        "bench",
        destination=dlt.destinations.duckdb(str(path)),
        dataset_name="shop",
        pipelines_dir=str(folder / "state"),
    )
    pipeline.run(dlt.resource(pages, name="orders", write_disposition="merge", primary_key="id"))
    with duckdb.connect(str(path)) as connection:
        row = connection.execute("SELECT count(*) FROM shop.orders").fetchone()
    return int(row[0]) if row else 0
