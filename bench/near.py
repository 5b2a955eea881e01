"""`python -m bench.near [--quick]`: near matches of 20,000 absent parties among 2,500,000 master records.

The world is generated once: people and firms with common and rare names, addresses, phones, tax ids and domains.
One absent party in three stands in the master under another key (a dot in the address, another phone, a moved house, an
umlaut written out, swapped digits); a thousand share one call centre's number with ten thousand records.
"""

from __future__ import annotations

import shutil
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bench.telling import line
from bench.timing import measured
from unposted.store.database import END_OF_TIME, open_store
from unposted.store.ledger import record_stream
from unposted.workspace.model import Dynamics, Entity, FieldMap, Fx, Store, Workspace

if TYPE_CHECKING:
    import duckdb

__all__ = ["main", "near_reading"]

_WORK = Path(__file__).parent / "work"
_AS_OF = datetime(2026, 4, 12, 22, tzinfo=UTC)
_LEARNED = datetime(2023, 1, 1, tzinfo=UTC)
_VERSION = f"1, TIMESTAMP '{_LEARNED:%Y-%m-%d}', TIMESTAMP '{END_OF_TIME}'"
_MADE_BY = "2"


@dataclass(frozen=True, slots=True)
class NearAnswer:
    """How many rows there were, how many had a record to link or to ask about, and in how many a planted one is among them."""

    rows: int
    link: int
    ask: int
    planted: int
    found: int
    cpu_seconds: float


def near_reading(parties: int, masters: int, *, with_near: bool) -> NearAnswer:
    """Compute the reading, with near matches or without, as a command does: open the store, compute, read, close."""
    from unposted.cards.engine import read_card

    workspace = _made(parties, masters)
    store = open_store(workspace.store_path)
    link = ask = planted = found = rows = 0
    started = time.process_time()
    try:
        for row in read_card(store, workspace, _AS_OF, with_near=with_near):
            rows += 1
            verdicts = {near.account: near.verdict for near in row.near}
            link += "link" in verdicts.values()
            ask += "link" not in verdicts.values() and "ask" in verdicts.values()
            number = next(int(email[1:-17]) for email in row.emails if email.endswith("@mail.example.org"))
            if number % 3 == 0:
                planted += 1
                found += verdicts.get(f"C{number * (masters // parties):08d}", "create") != "create"
    finally:
        store.close()
    return NearAnswer(rows, link, ask, planted, found, time.process_time() - started)


def _made(parties: int, masters: int) -> Workspace:
    folder = _WORK / f"near-{parties}-{masters}-v{_MADE_BY}"
    workspace = Workspace(
        path=folder / "unposted.toml",
        name="Near",
        timezone=ZoneInfo("America/New_York"),
        reporting_currency="USD",
        stores=(Store("dtc", "shopify", {}, entity="USTI"),),
        dynamics=(Dynamics("fno", "finance_operations", {}),),
        entities=(Entity("USTI", "US Trade Inc", "USD"),),
        field_map=FieldMap(),
        fx=Fx(MappingProxyType({})),
    )
    if not workspace.store_path.exists():
        shutil.rmtree(folder, ignore_errors=True)
        unfinished = workspace.store_path.with_name("unfinished.duckdb")
        connection = open_store(unfinished, memory_limit="3GB")
        try:
            _fill(connection, parties, masters)
        finally:
            connection.close()
        unfinished.rename(workspace.store_path)
    return workspace


_SYLLABLES = ["ba", "ke", "li", "mo", "nu", "ra", "se", "ti", "vo", "za", "dri", "fan", "gel", "hor", "jas", "kul"]


def _word(number: str, most: int) -> str:
    """Return the SQL of a made-up word; small numbers come much more often than large ones."""
    rare = f"CAST(pow(hash({number}) % 1000000 / 1000000.0, 3) * {most} AS BIGINT)"
    parts = [f"{_SYLLABLES}[({rare} // {16**place}) % 16 + 1]" for place in range(4)]
    return " || ".join(parts)


def _fill(connection: duckdb.DuckDBPyConnection, parties: int, masters: int) -> None:
    """Write the master, and the orders and accounts of the absent; party p is master p * masters // parties, or nobody."""
    connection.execute("SET preserve_insertion_order = true")
    connection.execute(
        f"""INSERT INTO source SELECT *, TIMESTAMP '{_LEARNED:%Y-%m-%d}' FROM (VALUES
        (1, 'dtc', 'store', 'shopify'), (2, 'fno', 'dynamics', 'finance_operations'))"""
    )
    connection.execute(
        f"""CREATE TEMP TABLE person AS SELECT
            n, n % 5 = 0 AS is_company, {_word("n * 3 + 1", 2000)} AS first, {_word("n * 3 + 2", 60000)} || 'er' AS last,
            10000 + hash(n * 5) % 30000 AS postcode, 1 + hash(n * 7) % 200 AS house,
            '+1' || (2000000000 + hash(n * 11) % 7000000000) AS phone, 100000000 + n * 7 % 899999999 AS tax
        FROM (
            SELECT i AS n FROM range({masters}) AS t(i)
            UNION ALL
            SELECT {masters} + p FROM range({parties}) AS t(p)
        )"""
    )
    connection.execute("ALTER TABLE person ADD COLUMN name VARCHAR")
    connection.execute(
        "UPDATE person SET name = CASE WHEN is_company THEN last || ' ' || first || ' GmbH' ELSE first || ' ' || last END"
    )
    _masters(connection, masters)
    _parties(connection, parties, masters)
    for source, stream, kind in ((1, "orders", "order"), (1, "customers", "customer"), (2, "customers", "master")):
        record_stream(connection, source, stream, kind, "TRUE", _LEARNED)
    connection.execute("DROP TABLE person")
    connection.execute("CHECKPOINT")


def _masters(connection: duckdb.DuckDBPyConnection, masters: int) -> None:
    these = f"FROM person WHERE n < {masters}"
    account = "'C' || lpad(n::VARCHAR, 8, '0')"
    connection.execute(
        f"""INSERT INTO master_version SELECT 2, 'USTI', {account}, {_VERSION}, hash(n)::UHUGEINT, NULL, name,
        is_company, '', FALSE {these}"""
    )
    key = f"INSERT INTO master_key SELECT 2, 'USTI', {account}, {_VERSION}"
    domain = (
        "CASE WHEN is_company THEN last || first || '.example.com' WHEN n % 2 = 0 THEN 'gmail.com' ELSE 'web.de' END"
    )
    connection.execute(f"{key}, 'email', 1, first || last || n || '@' || {domain} {these}")
    connection.execute(
        f"{key}, 'phone', 1, CASE WHEN n % 250 = 1 THEN '+18005550100' ELSE phone END {these} AND n % 4 > 0"
    )
    connection.execute(f"{key}, 'name_address', 1, lower(name) || '|' || postcode || '|' || house {these}")
    connection.execute(f"{key}, 'tax_id', 1, 'DE' || tax {these} AND is_company")
    connection.execute(f"{key}, 'tax_id', 2, '~' || tax {these} AND is_company")


def _parties(connection: duckdb.DuckDBPyConnection, parties: int, masters: int) -> None:
    """Let every third party be somebody in the master, each of these in one of six ways; the others are nobody there."""
    connection.execute(
        f"""CREATE TEMP TABLE absent AS SELECT
            p, x.is_company, x.postcode, x.last, x.first, x.tax,
            CASE WHEN p % 6 = 3 THEN x.first || ' ' || x.last ELSE x.last || ', ' || x.first END AS name,
            CASE WHEN p % 20 = 7 THEN '+18005550100' WHEN p % 12 IN (0, 3) THEN x.phone
                ELSE '+1' || (2000000000 + hash(p * 13) % 7000000000) END AS phone,
            CASE WHEN p % 12 = 6 THEN x.house ELSE 300 + p % 50 END AS house,
            CASE WHEN p % 12 = 9 THEN x.first || '.' || x.last || x.n || '@' || (CASE WHEN x.is_company
                THEN x.last || x.first || '.example.com' WHEN x.n % 2 = 0 THEN 'gmail.com' ELSE 'web.de' END)
                END AS dotted
        FROM range({parties}) AS t(p)
        JOIN person AS x ON x.n = CASE WHEN p % 3 = 0 THEN p * {masters // parties} ELSE {masters} + p END"""
    )
    email = "'n' || p || '@mail.example.org'"
    connection.execute(
        f"""INSERT INTO customer_version SELECT 1, p::VARCHAR, {_VERSION}, hash(p)::UHUGEINT, NULL, name, {email},
        is_company FROM absent"""
    )
    key = f"INSERT INTO customer_key SELECT 1, p::VARCHAR, {_VERSION}"
    connection.execute(f"{key}, 'email', 1, {email} FROM absent")
    connection.execute(f"{key}, 'email', 2, dotted FROM absent WHERE dotted IS NOT NULL AND p % 3 = 0")
    connection.execute(f"{key}, 'phone', 1, phone FROM absent")
    connection.execute(
        f"{key}, 'name_address', 1, lower(replace(name, ',', '')) || '|' || postcode || '|' || house FROM absent"
    )
    connection.execute(
        f"""INSERT INTO order_version
        SELECT 1, p::VARCHAR, {_VERSION}, hash(p)::UHUGEINT, NULL,
            TIMESTAMP '{_AS_OF:%Y-%m-%d %H:%M:%S}' - to_minutes(20 + p % 8000), '#' || p, 'financial_status=PAID', 'USD',
            1000 + p, 0, 1000 + p, p::VARCHAR, NULL, NULL, name, {email}, {email}, 'US', NULL, FALSE, NULL
        FROM absent ORDER BY 6"""
    )
    connection.execute("INSERT INTO order_signal VALUES (1, 'financial_status=PAID')")
    connection.execute("DROP TABLE absent")


def main(arguments: list[str]) -> None:
    """Time the reading without near matches and with them."""
    divisor = 50 if "--quick" in arguments else 1
    parties, masters = 20_000 // divisor, 2_500_000 // divisor
    _made(parties, masters)
    plain = measured(_plain, parties, masters, repeats=1)
    ours = measured(_with_near, parties, masters, repeats=0)
    print(f"{parties:,} absent parties, {masters:,} master records")
    line("reading without near matches", f"{plain.seconds:.2f} s")
    line("reading with near matches", f"{ours.seconds:.2f} s", ours.seconds, 60)
    line("of all processors together", f"{ours.answer.cpu_seconds:.2f} s")
    line("peak memory with near matches", f"{ours.peak_mb:.0f} MB", ours.peak_mb, 1500)
    answer = ours.answer
    print(
        f"rows {answer.rows:,}: {answer.link:,} link, {answer.ask:,} ask; of {answer.planted:,} planted {answer.found:,} found"
    )


def _plain(parties: int, masters: int) -> NearAnswer:
    return near_reading(parties, masters, with_near=False)


def _with_near(parties: int, masters: int) -> NearAnswer:
    return near_reading(parties, masters, with_near=True)


if __name__ == "__main__":
    main(sys.argv[1:])
