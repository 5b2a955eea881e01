"""What a query takes its rows from, told from its text."""

from __future__ import annotations

import pytest
import sqlglot

from unposted.cards.emptiness import must_be_empty, row_sources


def _ways(sql: str) -> list[list[str]]:
    return sorted(sorted(way) for way in row_sources(sqlglot.parse_one(sql, read="duckdb")))


@pytest.mark.parametrize(
    ("sql", "ways"),
    [
        ("SELECT a FROM t", [["t"]]),
        ("SELECT 1", [[]]),
        ("SELECT t.a FROM t JOIN u ON u.a = t.a", [["t", "u"]]),
        ("SELECT t.a FROM t, u", [["t", "u"]]),
        ("SELECT t.a FROM t LEFT JOIN u ON u.a = t.a", [["t"]]),
        ("SELECT u.a FROM t RIGHT JOIN u ON u.a = t.a", [["u"]]),
        ("SELECT u.a FROM t JOIN v ON v.a = t.a RIGHT JOIN u ON u.a = t.a JOIN w ON TRUE", [["u", "w"]]),
        ("SELECT t.a FROM t ANTI JOIN u ON u.a = t.a", [[]]),
        ("SELECT t.a FROM t FULL JOIN u ON u.a = t.a", [[]]),
        ("SELECT a FROM t UNION SELECT a FROM u", [["t"], ["u"]]),
        ("SELECT a FROM t UNION ALL SELECT t.a FROM t JOIN u ON TRUE", [["t"]]),
        ("SELECT a FROM t EXCEPT SELECT a FROM u", [[]]),
        ("SELECT a FROM t WHERE EXISTS (SELECT 1 FROM u)", [["t"]]),
        ("SELECT a FROM (SELECT a FROM t UNION SELECT a FROM u) AS v", [["t"], ["u"]]),
        ("SELECT v.a FROM (SELECT a FROM t UNION SELECT a FROM u) AS v JOIN w ON TRUE", [["t", "w"], ["u", "w"]]),
        ("WITH v AS (SELECT a FROM t) SELECT a FROM v", [["t"]]),
        ("WITH t AS (SELECT a FROM u), v AS (SELECT a FROM t) SELECT v.a FROM v JOIN w ON TRUE", [["u", "w"]]),
        ("WITH RECURSIVE v AS (SELECT a FROM t UNION SELECT v.a FROM v JOIN u ON TRUE) SELECT a FROM v", [["t"]]),
        ("SELECT count(*) FROM t", [[]]),
        ("SELECT max(a) AS a FROM t", [[]]),
        ("SELECT a, count(*) FROM t GROUP BY a", [["t"]]),
        ("SELECT a FROM (SELECT count(*) AS a FROM t) AS v", [[]]),
        ("WITH v AS (SELECT a, count(*) FROM t GROUP BY a) SELECT a FROM v", [["t"]]),
        ("SELECT a FROM t WHERE a > (SELECT max(a) FROM u)", [["t"]]),
        ("SELECT a FROM unnest([1, 2]) AS v(a)", [[]]),
        ("SELECT unnest(list) AS a FROM t", [["t"]]),
    ],
)
def test_the_sources_of_rows_are_read_from_the_text(sql: str, ways: list[list[str]]) -> None:
    """Every part of a union is a way to rows, an inner join needs both sides, an outer one that which it keeps."""
    assert _ways(sql) == ways


def test_a_query_is_empty_when_each_way_lacks_a_table() -> None:
    """One way whose tables all have rows is enough to have to look."""
    ways = frozenset([frozenset(["t", "u"]), frozenset(["v"])])
    assert must_be_empty(ways, {"u", "v"})
    assert not must_be_empty(ways, {"t", "u"})
    assert not must_be_empty(frozenset([frozenset()]), {"t"})
