"""`python -m unposted.sandbox`: the sandbox in a process of its own, without the product."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

from unposted.sandbox.serving import PORT, read_faults, serve


def _main() -> None:
    parser = ArgumentParser(prog="python -m unposted.sandbox", description="Serve the sandbox on 127.0.0.1.")
    parser.add_argument("--port", type=int, default=PORT, help="0 for any that is free (default %(default)s)")
    parser.add_argument("--folder", type=Path, default=Path("unposted-sandbox"), help="where the workspaces go")
    parser.add_argument("--fault", action="append", default=[], metavar="NAME=EVERY", help="spoil every so many calls")
    parser.add_argument("--seed", type=int, default=2026, help="which made-up world")
    given = parser.parse_args()
    try:
        faults = read_faults(given.fault)
    except ValueError as error:
        parser.error(str(error))
    serve(given.folder, given.port, given.seed, faults, lambda line: print(line, flush=True))  # noqa: T201 - its output


if __name__ == "__main__":
    _main()
