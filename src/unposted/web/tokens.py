"""Secrets that are handed out and kept as hashes only."""

from __future__ import annotations

import hashlib
import secrets

__all__ = ["hash_of", "new_id", "new_token"]


def new_token(prefix: str = "") -> str:
    """Make a secret of 256 bits, in letters that a URL and a header can hold."""
    return prefix + secrets.token_urlsafe(32)


def new_id() -> str:
    """Make an id that is no secret."""
    return secrets.token_hex(8)


def hash_of(token: str) -> str:
    """Return what is kept of a secret; it has too many bits to be guessed, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()
