"""Fills a store with a made-up merchant's facts, by SQL and always the same.

Buyers are numbered. Buyer n shops at store n % 3 and ships to Canada when n % 5 is 0 (CATU bills him, else USTI).
The last digits of n decide how the customer master knows him: 80 % by e-mail address, 10 % by external id,
5 % by tax id, 5 % not at all (half of those stand there under an address that differs by a dot).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from unposted.store.database import END_OF_TIME
from unposted.store.ledger import record_stream

if TYPE_CHECKING:
    import duckdb

__all__ = ["GENERATOR_VERSION", "INACTIVE_SIGNALS", "fill"]

GENERATOR_VERSION = "1"
INACTIVE_SIGNALS = ("cancelled;financial_status=REFUNDED", "status_id=5", "state=canceled")

_BATCH = 500_000
_NEWEST = 1_000_000_000  # the id of the newest order; older ones count down from it
_LEARNED = datetime(2023, 1, 1, tzinfo=UTC)
_VERSION = f"1, TIMESTAMP '{_LEARNED:%Y-%m-%d}', TIMESTAMP '{END_OF_TIME}'"
_FIRST = [
    "Ada",
    "Bela",
    "Cleo",
    "Dario",
    "Edda",
    "Falk",
    "Gerda",
    "Hugo",
    "Iris",
    "Jonas",
    "Kaia",
    "Lars",
    "Mila",
    "Nils",
    "Olga",
    "Pavel",
]
_LAST = [
    "Abel",
    "Brandt",
    "Costa",
    "Drews",
    "Ehlers",
    "Fabri",
    "Giese",
    "Holm",
    "Ivers",
    "Jansen",
    "Kolb",
    "Lund",
    "Moreau",
    "Noll",
    "Orth",
    "Pohl",
]
_NAME = f"({_FIRST})[n * 7919 // 31 % 16 + 1] || ' ' || ({_LAST})[n * 6007 // 17 % 16 + 1]"
_DOMAIN = "n || '@shop' || n % 5000 || '.example'"
_DOTTED = f"lower(replace({_NAME}, ' ', '.')) || {_DOMAIN}"
_UNDOTTED = f"lower(replace({_NAME}, ' ', '')) || {_DOMAIN}"
_EMAIL = f"CASE WHEN n % 4 = 0 THEN {_DOTTED} ELSE {_UNDOTTED} END"
_TAX_FORMS = "(VALUES (1, 'DE'), (2, '~')) AS f(nth, prefix)"
_TAX_ID = "f.prefix || (200000000 + n)"


def fill(
    connection: duckdb.DuckDBPyConnection, orders: int, customers: int, masters: int, days: int, as_of: datetime
) -> None:
    """Write orders over the days up to `as_of`, customers and master records into an empty store."""
    connection.execute("SET preserve_insertion_order = true")
    _sources(connection)
    _customers(connection, customers)
    _masters(connection, masters)
    for first in reversed(range(0, orders, _BATCH)):
        _orders(connection, range(first, min(first + _BATCH, orders)), masters, days * 86_400_000_000 / orders, as_of)
    connection.execute("INSERT INTO order_signal SELECT DISTINCT source_id, signals FROM order_version")
    for store in (1, 2, 3):
        record_stream(connection, store, "orders", "order", "TRUE", _LEARNED)
        record_stream(connection, store, "customers", "customer", "TRUE", _LEARNED)
    record_stream(connection, 4, "customers", "master", "TRUE", _LEARNED)
    connection.execute("CHECKPOINT")


def _sources(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        f"""INSERT INTO source SELECT *, TIMESTAMP '{_LEARNED:%Y-%m-%d}' FROM (VALUES
        (1, 'dtc', 'store', 'shopify'), (2, 'wholesale', 'store', 'bigcommerce'),
        (3, 'eu', 'store', 'adobe_commerce'), (4, 'fno', 'dynamics', 'finance_operations'))"""
    )


def _customers(connection: duckdb.DuckDBPyConnection, count: int) -> None:
    """One account in a hundred shows no e-mail address; one in eight shows a tax id, kept in both its forms."""
    buyers = f"range({count}) AS t(n)"
    connection.execute(
        f"""INSERT INTO customer_version
        SELECT n % 3 + 1, n::VARCHAR, {_VERSION}, hash(n)::UHUGEINT, NULL, {_NAME}, {_EMAIL}, n % 50 = 0
        FROM {buyers}"""
    )
    connection.execute(
        f"""INSERT INTO customer_key SELECT n % 3 + 1, n::VARCHAR, {_VERSION}, 'email', 1, {_EMAIL}
        FROM {buyers} WHERE n % 100 <> 7"""
    )
    connection.execute(
        f"""INSERT INTO customer_key SELECT n % 3 + 1, n::VARCHAR, {_VERSION}, 'email_folded', 1, {_UNDOTTED}
        FROM {buyers} WHERE n % 100 <> 7 AND n % 4 = 0"""
    )
    connection.execute(
        f"""INSERT INTO customer_key SELECT n % 3 + 1, n::VARCHAR, {_VERSION}, 'tax_id', f.nth, {_TAX_ID}
        FROM {buyers}, {_TAX_FORMS} WHERE n % 8 = 0"""
    )


def _masters(connection: duckdb.DuckDBPyConnection, count: int) -> None:
    connection.execute(
        f"""CREATE TEMP TABLE made_master AS
        SELECT
            n, CASE WHEN n % 5 = 0 THEN 'CATU' ELSE 'USTI' END AS entity, 'C' || lpad(n::VARCHAR, 8, '0') AS account,
            CASE
                WHEN n % 40 = 5 THEN 'dotted e-mail'
                WHEN n % 20 = 5 THEN 'nothing'
                WHEN n % 20 IN (1, 13) THEN 'external_id'
                WHEN n % 8 = 0 AND n % 5 < 2 THEN 'tax_id'
                ELSE 'email'
            END AS known_by
        FROM range({count}) AS t(n)"""
    )
    connection.execute(
        f"""INSERT INTO master_version
        SELECT 4, entity, account, {_VERSION}, hash(n)::UHUGEINT, NULL, 'Master ' || n, TRUE, '', FALSE
        FROM made_master"""
    )
    key = f"INSERT INTO master_key SELECT 4, entity, account, {_VERSION}"
    connection.execute(
        f"""{key}, 'email', 1, CASE known_by
            WHEN 'email' THEN {_EMAIL} WHEN 'dotted e-mail' THEN {_DOTTED} ELSE 'erp' || n || '@erp.example' END
        FROM made_master WHERE known_by IN ('email', 'dotted e-mail', 'nothing')"""
    )
    connection.execute(
        f"""{key}, 'email_folded', 1, {_UNDOTTED}
        FROM made_master WHERE known_by = 'dotted e-mail' OR (known_by = 'email' AND n % 4 = 0)"""
    )
    connection.execute(f"{key}, 'external_id', 1, n::VARCHAR FROM made_master WHERE known_by = 'external_id'")
    connection.execute(f"{key}, 'tax_id', f.nth, {_TAX_ID} FROM made_master, {_TAX_FORMS} WHERE known_by = 'tax_id'")
    connection.execute("DROP TABLE made_master")


def _orders(
    connection: duckdb.DuckDBPyConnection, numbers: range, buyers: int, spacing: float, as_of: datetime
) -> None:
    """Write the orders of some numbers; number 0 is the newest, and orders arrive oldest first. `spacing` is in µs."""
    connection.execute(
        f"""INSERT INTO order_version
        SELECT
            n % 3 + 1, ({_NEWEST} - i)::VARCHAR, {_VERSION}, hash(i)::UHUGEINT, NULL,
            TIMESTAMP '{as_of:%Y-%m-%d %H:%M:%S}' - to_microseconds((i * {spacing})::BIGINT),
            '#' || {_NEWEST} - i, {_SIGNALS}, CASE WHEN n % 5 = 0 THEN 'CAD' ELSE 'USD' END,
            1000 + hash(i) % 50000, CASE WHEN i % 30 = 0 THEN 500 ELSE 0 END, 900 + hash(i) % 45000,
            CASE WHEN i % 12 = 0 THEN NULL ELSE n::VARCHAR END, NULL, NULL, {_NAME}, {_EMAIL}, {_EMAIL},
            CASE WHEN n % 5 = 0 THEN 'CA' ELSE 'US' END, CASE WHEN i % 40 = 0 THEN '|vip|web|' END, FALSE, NULL
        FROM (
            SELECT i, (hash(i * 7 + 1) % {buyers})::BIGINT AS n
            FROM range({numbers.stop - 1}, {numbers.start - 1}, -1) AS t(i)
        ) AS numbered"""
    )


_SIGNALS = f"""CASE
    WHEN n % 3 = 0 AND i % 25 = 0 THEN '{INACTIVE_SIGNALS[0]}'
    WHEN n % 3 = 0 AND i % 4 = 0 THEN 'financial_status=PENDING'
    WHEN n % 3 = 0 THEN 'financial_status=PAID'
    WHEN n % 3 = 1 AND i % 20 = 0 THEN '{INACTIVE_SIGNALS[1]}'
    WHEN n % 3 = 1 THEN 'status_id=11'
    WHEN i % 20 = 0 THEN '{INACTIVE_SIGNALS[2]}'
    ELSE 'state=processing'
END"""
