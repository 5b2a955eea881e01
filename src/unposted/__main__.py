"""Lets `python -m unposted` do what `unposted` does."""

from __future__ import annotations

from unposted.cli.main import main

if __name__ == "__main__":
    main()
