"""Key sensitivity: the headline under other key policies, and the parties that flip.

Who is one party does not depend on the policy: persons join on e-mail, companies on external id and tax id, whatever
the field map matches on. And a party is present when any key hits. So only the *set* of keys moves the headline; their
*order* decides which key is shown as the evidence, and nothing else. Each key meets the customer master once; every
policy is then judged from these hits, a bit for each set of keys.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import TYPE_CHECKING, NamedTuple, get_args

from unposted.cards.chain import load_relations
from unposted.cards.lines import StoredLines
from unposted.workspace.model import MatchKey

if TYPE_CHECKING:
    import duckdb

__all__ = [
    "SENSITIVITY_RELATIONS",
    "Flip",
    "KeyFill",
    "Policy",
    "Sensitivity",
    "load_policies",
    "policies",
    "sensitivity_on",
]

SENSITIVITY_RELATIONS = (
    *("policy_total", "policy_flip", "party_pattern", "store_key_fill", "master_key_fill"),
    *("everyone_order", "open_party", "known_order", "known_customer", "known_company"),  # for the names of who flips
)
_NAMES = ("everyone_name", "party_label")
_KEYS: tuple[str, ...] = get_args(MatchKey)
_BITS = {key: 1 << place for place, key in enumerate(_KEYS)}
_MOST_PERMUTED = 3


class Flip(NamedTuple):
    """A party that enters the headline under a policy, or leaves it; `blocked` is what would block, or blocks now."""

    party: str
    kind: str
    name: str
    stores: tuple[str, ...]
    change: str
    blocked: int | None


@dataclass(frozen=True, slots=True)
class Policy:
    """The headline under one policy, the first being the field map's own.

    `carries` tells of how many present parties each key is the evidence, in the policy's order.
    """

    policy: str
    keys: tuple[str, ...]
    value: int
    blocked: int | None
    unknown_rate_rows: int
    carries: tuple[tuple[str, int], ...]
    flipped: Sequence[Flip]


class KeyFill(NamedTuple):
    """How many parties with active orders, and how many master records, have no usable value of a key."""

    key: str
    parties: int
    parties_lacking: int
    records: int
    records_lacking: int


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """What the headline hangs on: every policy, and how well each key is filled on either side."""

    policies: tuple[Policy, ...]
    fill: tuple[KeyFill, ...]


def policies(match_on: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """List the policies: the field map's own, each key alone, one key fewer, one or all more, then the other orders.

    Of more than three keys not every order is listed, but each key put first.
    """
    own = tuple(match_on)
    others = [key for key in _KEYS if key not in own]
    if len(own) <= _MOST_PERMUTED:
        orders = list(permutations(own))
    else:
        orders = [(key, *(other for other in own if other != key)) for key in own]
    listed = [
        own,
        *((key,) for key in _KEYS),
        *(tuple(key for key in own if key != left) for left in own if len(own) > 1),
        *((*own, key) for key in others),
        (*own, *others),
        *orders,
    ]
    return tuple(dict.fromkeys(listed))


def load_policies(cursor: duckdb.DuckDBPyConnection, match_on: Sequence[str]) -> None:
    """Make the small tables by which the relations judge every set of keys at once."""
    sets = sorted({_mask(keys) for keys in policies(match_on)})
    own = _mask(match_on)
    _fill(cursor, "key_bit", "kind VARCHAR, mask INTEGER", list(_BITS.items()))
    _fill(
        cursor, "key_set", "key_set INTEGER, bit BIGINT, is_configured BOOLEAN",
        [(one, 1 << one, one == own) for one in sets],
    )  # fmt: skip
    _fill(
        cursor, "key_miss", "mask INTEGER, misses BIGINT",
        [(mask, sum(1 << one for one in sets if not mask & one)) for mask in range(1 << len(_KEYS))],
    )  # fmt: skip


def _fill(cursor: duckdb.DuckDBPyConnection, name: str, columns: str, rows: Iterable[tuple[object, ...]]) -> None:
    listed = list(rows)
    line = f"({', '.join('?' for _ in listed[0])})"
    cursor.execute(f"CREATE OR REPLACE TEMP TABLE {name} ({columns})")
    values = [value for row in listed for value in row]
    cursor.execute(f"INSERT INTO {name} VALUES {', '.join([line] * len(listed))}", values)


def _mask(keys: Iterable[str]) -> int:
    return sum(_BITS[key] for key in keys)


def sensitivity_on(cursor: duckdb.DuckDBPyConnection, match_on: Sequence[str]) -> Sensitivity:
    """Read the policies of a computed card, the field map's own first."""
    totals = {one: figures for one, *figures in cursor.execute("SELECT * FROM policy_total").fetchall()}
    counted = cursor.execute("SELECT key_set, count(*) FROM policy_flip GROUP BY key_set").fetchall()
    flips: dict[int, int] = dict(counted)
    patterns = cursor.execute("SELECT mask, misses, parties FROM party_pattern ORDER BY ALL").fetchall()
    found = [
        _policy(cursor, keys, totals.get(_mask(keys), [0, 0, 0]), flips.get(_mask(keys), 0), patterns)
        for keys in policies(match_on)
    ]
    return Sensitivity(tuple(found), _key_fill(cursor))


def _policy(
    cursor: duckdb.DuckDBPyConnection, keys: tuple[str, ...], totals: Sequence[int], flips: int,
    patterns: Sequence[tuple[int, int, int]],
) -> Policy:  # fmt: skip
    value, blocked, unknown = totals
    query = """SELECT label, kind, name, stores, change, blocked FROM (
        SELECT n.*, f.change, f.blocked,
            row_number() OVER (ORDER BY f.change, f.blocked DESC NULLS LAST, n.label) AS place
        FROM policy_flip AS f JOIN party_label AS n ON n.party = f.party WHERE f.key_set = ?
    ) WHERE TRUE"""
    return Policy(
        " > ".join(keys), keys, value, blocked, unknown, _carries(keys, patterns),
        StoredLines(cursor, query, [_mask(keys)], _flip, flips, lambda: _name_parties(cursor)),
    )  # fmt: skip


def _name_parties(cursor: duckdb.DuckDBPyConnection) -> None:
    """Make the names of parties when somebody looks at who flips, once; the policies' figures need none."""
    made = {name for (name,) in cursor.execute("SELECT table_name FROM duckdb_tables() WHERE temporary").fetchall()}
    for name in _NAMES:
        if name not in made:
            cursor.execute(load_relations()[name].statement({}))


def _carries(keys: tuple[str, ...], patterns: Sequence[tuple[int, int, int]]) -> tuple[tuple[str, int], ...]:
    """Count the present parties by the first key that finds them."""
    counts = dict.fromkeys(keys, 0)
    bit = 1 << _mask(keys)
    for mask, misses, parties in patterns:
        if not misses & bit:
            counts[next(key for key in keys if mask & _BITS[key])] += parties
    return tuple(counts.items())


def _key_fill(cursor: duckdb.DuckDBPyConnection) -> tuple[KeyFill, ...]:
    rows = cursor.execute(
        """SELECT s.kind, s.parties, s.lacking, m.records, m.lacking
        FROM store_key_fill AS s JOIN master_key_fill AS m ON m.kind = s.kind"""
    ).fetchall()
    by_key = {row[0]: KeyFill(*row) for row in rows}
    return tuple(by_key[key] for key in _KEYS)


def _flip(party: str, kind: str, name: str, stores: list[str], change: str, blocked: int | None) -> Flip:
    return Flip(party, kind, name, tuple(stores), change, blocked)
