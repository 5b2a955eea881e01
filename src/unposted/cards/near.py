"""Near matches: the master records that are probably an absent party under another key, scored and explained.

The relations near_*.sql find the few records worth comparing (near_candidate); near_score judges each pair;
near_weights holds every number.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from unposted.cards.near_lists import FREE_DOMAINS, LEGAL_WORDS, SHARED_MAILBOXES
from unposted.cards.near_score import Judged, Master, Profile, judge
from unposted.cards.near_weights import LISTED, SHOWN_FROM
from unposted.cards.reading import Near

if TYPE_CHECKING:
    import duckdb

__all__ = ["NEAR_RELATIONS", "find_near", "judged_pairs", "near_of", "near_of_ranks", "prepare_near", "rarities_of"]

NEAR_RELATIONS = ("near_fact", "near_party_fact", "near_word", "near_block", "ranked_value")
"""What near matches need of the relations, beside a reading's own."""

_BATCH = 500
_RANK = {"link": 0, "ask": 1, "create": 2}


def prepare_near(cursor: duckdb.DuckDBPyConnection) -> None:
    """Make the small tables that the relations of near matches take from near_lists."""
    for table, column, values in (
        ("legal_word", "word", LEGAL_WORDS),
        ("free_domain", "domain", FREE_DOMAINS),
        ("shared_mailbox", "mailbox", SHARED_MAILBOXES),
    ):
        cursor.execute(
            f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT unnest(?::VARCHAR[]) AS {column}", [sorted(values)]
        )
    cursor.execute(
        "CREATE OR REPLACE TEMP TABLE near_place AS SELECT CAST(i AS INTEGER) AS place FROM range(1, 21) AS t(i)"
    )
    cursor.execute(
        "CREATE OR REPLACE TEMP TABLE near_digit AS SELECT CAST(i AS VARCHAR) AS digit FROM range(10) AS t(i)"
    )


def find_near(cursor: duckdb.DuckDBPyConnection) -> None:
    """Judge the candidates of a computed reading and keep the likeliest of each party in the table `near_found`.

    Memory is bounded: pairs are judged in batches, in the order of the parties.
    """
    cursor.execute(
        """CREATE OR REPLACE TEMP TABLE near_found (rank BIGINT, place INTEGER, account VARCHAR, entity VARCHAR,
        name VARCHAR, verdict VARCHAR, score INTEGER, evidence VARCHAR[])"""
    )
    ranks = dict(cursor.execute("SELECT party, rank FROM ranked_value").fetchall())
    kept: list[tuple[int, list[Near]]] = []
    for party, pairs in groupby(judged_pairs(cursor), key=itemgetter(0)):
        kept.append((ranks[party], _likeliest(near for _, near in pairs)))
        if len(kept) == _BATCH:
            _keep(cursor, kept)
            kept.clear()
    _keep(cursor, kept)


def near_of(cursor: duckdb.DuckDBPyConnection, first: int, last: int) -> Mapping[int, tuple[Near, ...]]:
    """Return what find_near kept for the rows of some ranks (both included), the likeliest first."""
    return _listed(cursor, "near_found", "rank BETWEEN ? AND ?", [first, last])


def near_of_ranks(
    cursor: duckdb.DuckDBPyConnection, ranks: Sequence[int], table: str
) -> Mapping[int, tuple[Near, ...]]:
    """Return what a table that was copied from `near_found` holds for some rows, the likeliest first."""
    return _listed(cursor, table, "rank IN (SELECT unnest(?))", [list(ranks)])


def _listed(
    cursor: duckdb.DuckDBPyConnection, table: str, condition: str, values: list[object]
) -> Mapping[int, tuple[Near, ...]]:
    found: dict[int, list[Near]] = {}
    for rank, account, entity, name, verdict, score, evidence in cursor.execute(
        f"""SELECT rank, account, entity, name, verdict, score, evidence FROM {table}
        WHERE {condition} ORDER BY rank, place""",
        values,
    ).fetchall():
        found.setdefault(rank, []).append(Near(account, entity, name, verdict, score, tuple(evidence)))
    return {rank: tuple(listed) for rank, listed in found.items()}


def rarities_of(cursor: duckdb.DuckDBPyConnection) -> Master:
    """Read how common words and values are in the customer master."""
    (records,) = cursor.execute("SELECT count(*) FROM known_master").fetchall()[0]
    words = dict(cursor.execute("SELECT word, records FROM near_word").fetchall())
    shared = cursor.execute("SELECT kind, value, records FROM near_block WHERE records > 1").fetchall()
    return Master(records, words, {(kind, value): count for kind, value, count in shared})


def judged_pairs(cursor: duckdb.DuckDBPyConnection) -> Iterator[tuple[int, Near]]:
    """Judge every candidate of the computed relations, in the order of the parties; memory is bounded."""
    master = rarities_of(cursor)
    parties = [party for (party,) in cursor.execute("SELECT party FROM near_party_fact ORDER BY party").fetchall()]
    for start in range(0, len(parties), _BATCH):
        batch = parties[start : start + _BATCH]
        yield from _judged(cursor, master, batch[0], batch[-1])


def _judged(cursor: duckdb.DuckDBPyConnection, master: Master, first: int, last: int) -> Iterator[tuple[int, Near]]:
    sides = {
        party: Profile(tuple(names or ()), is_company, _values(facts))
        for party, is_company, names, facts in cursor.execute(
            "SELECT party, is_company, names, facts FROM near_party_fact WHERE party BETWEEN ? AND ?", [first, last]
        ).fetchall()
    }
    pairs = cursor.execute(
        """SELECT party, entity, account, is_company, name, facts FROM near_fact
        WHERE party BETWEEN ? AND ? ORDER BY party, entity, account""",
        [first, last],
    ).fetchall()
    for party, entity, account, is_company, name, facts in pairs:
        record = Profile((name,) if name else (), is_company, _values(facts))
        yield party, _near(account, entity, name, judge(sides[party], record, master))


def _likeliest(judged: Iterable[Near]) -> list[Near]:
    """Keep what is worth a look: the surest verdicts first, of those the highest scores."""
    kept = sorted(judged, key=lambda near: (_RANK[near.verdict], -near.score, near.entity, near.account))[:LISTED]
    return [near for near in kept if near.verdict != "create" or near.score >= SHOWN_FROM]


def _near(account: str, entity: str, name: str | None, judged: Judged) -> Near:
    return Near(account, entity, name, judged.verdict, judged.score, judged.evidence)


def _values(facts: Iterable[str] | None) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for fact in sorted(facts or ()):
        kind, _, value = fact.partition("=")
        found.setdefault(kind, []).append(value)
    return {kind: tuple(values) for kind, values in found.items()}


def _keep(cursor: duckdb.DuckDBPyConnection, judged: Iterable[tuple[int, list[Near]]]) -> None:
    import pyarrow as pa

    rows = [(rank, place, *near) for rank, listed in judged for place, near in enumerate(listed, 1)]
    if not rows:
        return
    columns = zip(*rows, strict=True)
    arrays = [pa.array(list(column), kind) for column, kind in zip(columns, _arrow_types(), strict=True)]
    cursor.register("near_batch", pa.table(arrays, names=["rank", "place", *Near._fields]))
    cursor.execute(
        "INSERT INTO near_found SELECT rank, place, account, entity, name, verdict, score, evidence FROM near_batch"
    )
    cursor.unregister("near_batch")


def _arrow_types() -> tuple[Any, ...]:
    import pyarrow as pa

    text = pa.string()
    return (pa.int64(), pa.int32(), text, text, text, text, pa.int32(), pa.list_(text))
