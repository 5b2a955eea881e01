"""`python -m bench.near_quality`: precision and recall of near matches on truth sets, beside Splink and recordlinkage.

Each list goes through the product's own blocks and scores: the left one as absent parties, the right one as the master.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING

from bench.near_sets import TruthSet, folder_named, truth_sets
from unposted.cards.chain import Relation, chain
from unposted.cards.near import NEAR_RELATIONS, judged_pairs, prepare_near
from unposted.connectors.keys import KeyMaker
from unposted.domain.identity import plain_words

if TYPE_CHECKING:
    import duckdb

__all__ = ["main", "verdicts"]

_GIVEN = ("absent_value", "near_name", "open_party", "party_lacking", "near_hit", "known_master", "known_master_key")


def verdicts(truth: TruthSet) -> dict[tuple[str, str], str]:
    """Judge the pairs of a truth set; a pair met from both sides keeps the surer verdict."""
    import duckdb

    connection = duckdb.connect(":memory:", config={"threads": 2})
    numbered = list(truth.left)
    _given(connection, truth, numbered)
    prepare_near(connection)
    for relation in chain(NEAR_RELATIONS):
        if relation.name in _made_by(chain(NEAR_RELATIONS)):
            connection.execute(relation.statement({}))
    found: dict[tuple[str, str], str] = {}
    for party, near in judged_pairs(connection):
        one, other = numbered[party], near.account
        if truth.one_list and one == other:
            continue
        pair = (min(one, other), max(one, other)) if truth.one_list else (one, other)
        if near.verdict != "create" and found.get(pair) != "link":
            found[pair] = near.verdict
    connection.close()
    return found


def _made_by(relations: Collection[Relation]) -> set[str]:
    names = {relation.name for relation in relations}
    return {name for name in names if name.startswith("near_") and name not in _GIVEN}


def _given(connection: duckdb.DuckDBPyConnection, truth: TruthSet, numbered: list[str]) -> None:
    """Make the tables that a reading would have computed."""
    connection.execute("CREATE TABLE match_key (kind VARCHAR, rank INTEGER)")
    connection.execute("CREATE TABLE absent_value (party INTEGER, kind VARCHAR, value VARCHAR)")
    connection.execute("CREATE TABLE near_name (party INTEGER, name VARCHAR)")
    connection.execute("CREATE TABLE open_party (party INTEGER, is_company BOOLEAN)")
    connection.execute("CREATE TABLE party_lacking (party INTEGER, entity VARCHAR)")
    connection.execute("CREATE TABLE near_hit (party INTEGER, entity VARCHAR, account VARCHAR, reason VARCHAR)")
    connection.execute("CREATE TABLE known_master (entity VARCHAR, account VARCHAR, name VARCHAR, is_company BOOLEAN)")
    connection.execute("CREATE TABLE known_master_key (entity VARCHAR, account VARCHAR, kind VARCHAR, value VARCHAR)")
    keys, firms = KeyMaker(), truth.firms
    left = [(party, truth.left[key]) for party, key in enumerate(numbered)]
    _fill(connection, "open_party", [(party, firms) for party, _ in left])
    _fill(connection, "party_lacking", [(party, None) for party, _ in left])
    _fill(connection, "near_name", [(party, _name(row)) for party, row in left if _name(row)])
    _fill(connection, "absent_value", [(party, *value) for party, row in left for value in _values(keys, row)])
    right = truth.right.items()
    _fill(connection, "known_master", [("E", key, _name(row) or None, firms) for key, row in right])
    _fill(connection, "known_master_key", [("E", key, *value) for key, row in right for value in _values(keys, row)])


def _fill(connection: duckdb.DuckDBPyConnection, table: str, rows: list[tuple[object, ...]]) -> None:
    """Insert rows, five hundred a statement."""
    for start in range(0, len(rows), 500):
        batch = rows[start : start + 500]
        line = f"({', '.join('?' for _ in batch[0])})"
        values = [value for row in batch for value in row]
        connection.execute(f"INSERT INTO {table} VALUES {', '.join([line] * len(batch))}", values)


def _name(row: object) -> str:
    get = row.get  # type: ignore[attr-defined]
    return str(get("name") or " ".join(part for part in (get("first"), get("last")) if part))


def _values(keys: KeyMaker, row: object) -> Iterator[tuple[str, str]]:
    get = row.get  # type: ignore[attr-defined]
    for key in keys.email(get("email")):
        yield key.kind, key.value
    for key in keys.phone((get("phone") or "").replace("/", "-"), "US"):
        yield key.kind, key.value
    for key in keys.name_address(_name(row) or "x", get("postcode"), get("street")):
        yield key.kind, key.value
    for kind in ("birth", "city", "street"):
        if get(kind):
            yield kind, get(kind) if kind == "birth" else plain_words(get(kind))


def _told(name: str, found: Collection[tuple[str, str]], truth: TruthSet) -> float:
    hits = len(truth.same.intersection(found))
    precision = hits / len(found) if found else 1.0
    recall = hits / len(truth.same)
    f1 = 2 * precision * recall / (precision + recall) if hits else 0.0
    print(f"  {name:<34} precision {precision:.4f}  recall {recall:.4f}  F1 {f1:.4f}  ({len(found):,} pairs)")
    return f1


def _peers(truth: TruthSet) -> dict[str, Collection[tuple[str, str]]]:
    found: dict[str, Collection[tuple[str, str]]] = {}
    if find_spec("splink"):
        from bench.peer_splink import splink_pairs

        chances = splink_pairs(truth)
        for least in (0.5, 0.95):
            found[f"Splink, from {least}"] = [pair for pair, chance in chances.items() if chance >= least]
    if find_spec("recordlinkage"):
        from bench.peer_recordlinkage import recordlinkage_pairs

        found["recordlinkage, ECM"] = recordlinkage_pairs(truth)
    return found


def main(judge: Callable[[TruthSet], dict[tuple[str, str], str]] = verdicts, *, with_peers: bool = True) -> None:
    """Judge every truth set that is there, and tell how well; peers run beside us."""
    for truth in truth_sets(folder_named()):
        if isinstance(truth, str):
            print(truth)
            continue
        print(f"{truth.name}: {len(truth.left):,} and {len(truth.right):,} records, {len(truth.same):,} pairs the same")
        found = judge(truth)
        _told("ours: link", [pair for pair, verdict in found.items() if verdict == "link"], truth)
        ours = _told("ours: link or ask", list(found), truth)
        if with_peers:
            peers = _peers(truth)
            if not peers:
                print("  no peer is installed here: `make bench` gives them an environment of their own")
                continue
            best = max(_told(name, pairs, truth) for name, pairs in peers.items())
            print(f"  {'met' if ours >= best else 'MISSED'}: F1 of link or ask {ours:.4f}, the best peer's {best:.4f}")


if __name__ == "__main__":
    import sys

    main(with_peers="--alone" not in sys.argv)
