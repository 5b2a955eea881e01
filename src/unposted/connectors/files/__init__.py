"""Reads a merchant's own export files: finds encoding, separator and format, and streams typed records."""

from __future__ import annotations

from unposted.connectors.files.reading import FileReading, read_file

__all__ = ["FileReading", "read_file"]
