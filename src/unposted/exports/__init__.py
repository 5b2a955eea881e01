"""What leaves the product from a reading: CSV, XLSX and JSON."""

from __future__ import annotations

from unposted.exports.csv_text import FOR_GERMAN_EXCEL, FOR_PEOPLE, PLAIN, CsvStyle
from unposted.exports.json_beside import beside_fields
from unposted.exports.json_text import reading_json, schema_text
from unposted.exports.parquet_file import write_parquet
from unposted.exports.write import FORMATS, Format, format_of, write_file, write_worklist

__all__ = [
    "FORMATS",
    "FOR_GERMAN_EXCEL",
    "FOR_PEOPLE",
    "PLAIN",
    "CsvStyle",
    "Format",
    "beside_fields",
    "format_of",
    "reading_json",
    "schema_text",
    "write_file",
    "write_parquet",
    "write_worklist",
]
