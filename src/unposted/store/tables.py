"""How each kind of record is stored: the columns of its table of versions, and how a record becomes a row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from unposted.domain.records import (
    Company,
    CompanyLink,
    Customer,
    Document,
    ExchangeRate,
    Flow,
    FlowGap,
    FlowRun,
    JobRun,
    Key,
    LedgerEntry,
    LegalEntity,
    Master,
    Order,
    Staged,
    StockItem,
)

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["DAY", "END_OF_KIND", "FACT_TABLES", "KEY_END", "TIME", "FactTable", "arrow_type", "table_of"]

KEY_END = "\x1f"
END_OF_KIND = "="
TIME, DAY = "TIMESTAMP", "DATE"
_TIME, _DAY, _TEXT, _WHOLE, _FLAG, _SMALL = TIME, DAY, "VARCHAR", "BIGINT", "BOOLEAN", "INTEGER"


@dataclass(frozen=True, slots=True)
class FactTable:
    """How one kind of record is stored: `columns` are (name, SQL type) in the order that `row` returns them.

    `ids` are the columns that name the record within its source; `keys` is the narrow table of its identity values
    with the names that its id columns have there; `sort` is the column that big loads are ordered by.
    """

    name: str
    record: type
    ids: tuple[str, ...]
    columns: tuple[tuple[str, str], ...]
    row: Callable[[Any], tuple[object, ...]]
    keys: str | None = None
    key_ids: tuple[str, ...] = ()
    sort: str | None = None

    @property
    def record_key(self) -> str:
        """The SQL that gives a record's id as domain.records.record_id does."""
        names = self.ids[1:] if self.name == "staged" else self.ids
        return f"concat_ws('|', {', '.join(names)})" if len(names) > 1 else names[0]

    @property
    def versions(self) -> str:
        """The name of the table of versions."""
        return f"{self.name}_version"

    @property
    def staging(self) -> str:
        """The name of the temporary table that records are staged in."""
        return f"staged_{self.name}_input"


def _order_row(order: Order) -> tuple[object, ...]:
    return (
        order.order_id, order.updated_at, order.created_at, order.name, order.signals, order.currency,
        order.total, order.refunded, order.net, order.customer_id, order.company_id, order.company_name,
        order.buyer_name, order.email, order.country, f"|{'|'.join(order.tags)}|".casefold() if order.tags else None,
        order.b2b, order.replaces, _keys_text(order.keys),
    )  # fmt: skip


def _customer_row(item: Customer) -> tuple[object, ...]:
    return (item.customer_id, item.updated_at, item.name, item.email, item.b2b, _keys_text(item.keys))


def _company_row(item: Company) -> tuple[object, ...]:
    return (item.company_id, item.updated_at, item.name, item.email, _keys_text(item.keys))


def _link_row(item: CompanyLink) -> tuple[object, ...]:
    return (item.by, item.value, item.company_id, None, None)


def _master_row(item: Master) -> tuple[object, ...]:
    return (
        item.entity.upper(), item.account, item.updated_at, item.name, item.is_company, item.blocked, item.one_time,
        _keys_text(item.keys),
    )  # fmt: skip


def _staged_row(item: Staged) -> tuple[object, ...]:
    return (
        item.table, item.record_id, item.updated_at, item.name, item.account_number,
        item.company_code.upper() if item.company_code else None, item.customer_type, item.sellable, item.active,
        item.created_at, _keys_text(item.keys),
    )  # fmt: skip


def _keys_text(keys: Sequence[Key]) -> str | None:
    if not keys:
        return None
    text = KEY_END.join([f"{kind}{END_OF_KIND}{value}" for kind, value in keys])
    if text.count(KEY_END) >= len(keys):
        return KEY_END.join([f"{kind}{END_OF_KIND}{value.replace(KEY_END, ' ')}" for kind, value in keys])
    return text


def _plain_table(
    name: str, record: type, ids: tuple[str, ...], id_types: dict[str, str] | None = None, /, **columns: str
) -> FactTable:
    """Declare the table of a record without identity keys, whose columns are the record's own fields."""
    types = {one: (id_types or {}).get(one, _TEXT) for one in ids} | {"updated_at": _TIME} | columns
    values = attrgetter(*types)
    return FactTable(
        name, record, ids, (*types.items(), ("keys", _TEXT)), lambda item: (*values(item), None)
    )  # fmt: skip


FACT_TABLES: tuple[FactTable, ...] = (
    FactTable(
        "order",
        Order,
        ("order_id",),
        (
            ("order_id", _TEXT), ("updated_at", _TIME), ("created_at", _TIME), ("name", _TEXT), ("signals", _TEXT),
            ("currency", _TEXT), ("total", _WHOLE), ("refunded", _WHOLE), ("net", _WHOLE), ("customer_id", _TEXT),
            ("company_id", _TEXT), ("company_name", _TEXT), ("buyer_name", _TEXT), ("email", _TEXT),
            ("country", _TEXT), ("tags", _TEXT), ("b2b", _FLAG), ("replaces", _TEXT), ("keys", _TEXT),
        ),
        _order_row,
        keys="order_key",
        key_ids=("order_id",),
        sort="created_at",
    ),
    FactTable(
        "customer",
        Customer,
        ("customer_id",),
        (
            ("customer_id", _TEXT), ("updated_at", _TIME), ("name", _TEXT), ("email", _TEXT), ("b2b", _FLAG),
            ("keys", _TEXT),
        ),
        _customer_row,
        keys="customer_key",
        key_ids=("customer_id",),
    ),
    FactTable(
        "company",
        Company,
        ("company_id",),
        (("company_id", _TEXT), ("updated_at", _TIME), ("name", _TEXT), ("email", _TEXT), ("keys", _TEXT)),
        _company_row,
        keys="company_key",
        key_ids=("company_id",),
    ),
    FactTable(
        "company_link",
        CompanyLink,
        ("linked_by", "value", "company_id"),
        (("linked_by", _TEXT), ("value", _TEXT), ("company_id", _TEXT), ("updated_at", _TIME), ("keys", _TEXT)),
        _link_row,
    ),
    FactTable(
        "master",
        Master,
        ("entity", "account"),
        (
            ("entity", _TEXT), ("account", _TEXT), ("updated_at", _TIME), ("name", _TEXT), ("is_company", _FLAG),
            ("blocked", _TEXT), ("one_time", _FLAG), ("keys", _TEXT),
        ),
        _master_row,
        keys="master_key",
        key_ids=("entity", "account"),
    ),
    FactTable(
        "staged",
        Staged,
        ("kind", "record_id"),
        (
            ("kind", _TEXT), ("record_id", _TEXT), ("updated_at", _TIME), ("name", _TEXT), ("account_number", _TEXT),
            ("company_code", _TEXT), ("customer_type", _SMALL), ("sellable", _FLAG), ("active", _FLAG),
            ("created_at", _TIME), ("keys", _TEXT),
        ),
        _staged_row,
        keys="staged_key",
        key_ids=("staged_kind", "record_id"),
    ),
    _plain_table("legal_entity", LegalEntity, ("entity",), name=_TEXT, currency=_TEXT),
    _plain_table(
        "document", Document, ("entity", "kind", "document_id"),
        number=_TEXT, external_number=_TEXT, order_number=_TEXT, account=_TEXT, currency=_TEXT, total=_WHOLE,
        net=_WHOLE, day=_DAY, status=_TEXT, is_posted=_FLAG,
    ),
    _plain_table(
        "ledger_entry", LedgerEntry, ("entity", "entry_id"),
        account=_TEXT, day=_DAY, currency=_TEXT, amount=_WHOLE, document_number=_TEXT,
    ),
    _plain_table(
        "exchange_rate", ExchangeRate, ("entity", "currency", "to_currency", "day"), {"day": _DAY},
        rate=_TEXT, until=_DAY,
    ),
    _plain_table("flow", Flow, ("flow_id",), name=_TEXT, state=_TEXT),
    _plain_table(
        "flow_run", FlowRun, ("run_id",),
        flow_id=_TEXT, status=_TEXT, started_at=_TIME, ended_at=_TIME, error_code=_TEXT, error_message=_TEXT,
    ),
    _plain_table("flow_gap", FlowGap, ("event_id",), code=_TEXT, happened_at=_TIME),
    _plain_table(
        "job_run", JobRun, ("entity", "run_id"),
        job=_TEXT, status=_TEXT, started_at=_TIME, ended_at=_TIME, error_message=_TEXT,
    ),
    _plain_table("stock_item", StockItem, ("entity", "number"), name=_TEXT, is_blocked=_FLAG),
)  # fmt: skip

_BY_RECORD = {table.record: table for table in FACT_TABLES}


def table_of(record: type) -> FactTable:
    """Return the fact table of a record type."""
    return _BY_RECORD[record]


def arrow_type(kind: str) -> pa.DataType:
    """Return the Arrow type that carries a column of this SQL type; instants are zoned UTC."""
    import pyarrow as pa

    types = {
        _TIME: pa.timestamp("us", tz="UTC"), _DAY: pa.date32(), _TEXT: pa.string(), _WHOLE: pa.int64(),
        _FLAG: pa.bool_(), _SMALL: pa.int32(),
    }  # fmt: skip
    return types[kind]
