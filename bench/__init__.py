"""Repeatable benchmarks: our own figures with a floor and peers beside them in the same run."""

from __future__ import annotations

__all__: list[str] = []
