"""Our own column names, for tables that no platform writes: `columns = { order_id = "Bestellnummer", … }`.

A header that already bears our name needs no entry. Extra columns are ignored.
"""

from __future__ import annotations

from types import MappingProxyType

from unposted.connectors.column_records import decoder_for
from unposted.connectors.formats import Stream, TableFormat

__all__ = ["COLUMN_NAMES", "NECESSARY_COLUMNS", "column_kind", "column_names", "generic_format"]

_PERSON = ("name", "email", "phone", "tax_id", "external_id")
_PLACE = ("postcode", "street", "country")
_STAGED = (
    *("record_id", *_PERSON, *_PLACE, "account_number", "company_code", "customer_type", "sellable", "active"),
    *("created_at", "updated_at"),
)
_STORES = ("shopify", "bigcommerce", "adobe_commerce")

COLUMN_NAMES: MappingProxyType[str, tuple[str, ...]] = MappingProxyType(
    {
        "orders": (
            *(
                "order_id",
                "order_name",
                "created_at",
                "updated_at",
                "cancelled_at",
                "status",
                "financial_status",
                "test",
            ),
            *("currency", "total", "tax", "refunded", "customer_id", "customer_name", "email", "phone"),
            *(
                "company_id",
                "company_name",
                "tax_id",
                "external_id",
                "ship_country",
                "bill_country",
                "postcode",
                "street",
            ),
            "tags",
        ),
        "customers": ("customer_id", *_PERSON, *_PLACE, "group", "tags", "company_id", "company_name", "updated_at"),
        "companies": ("company_id", *_PERSON, *_PLACE, "updated_at"),
        "masters": ("account", "entity", "kind", *_PERSON, *_PLACE, "blocked", "one_time", "group", "updated_at"),
        "accounts": _STAGED,
        "contacts": _STAGED,
    }
)
"""Our names for each kind of table; `masters` are the customers of a Dynamics 365 system."""

NECESSARY_COLUMNS: MappingProxyType[str, tuple[str, ...]] = MappingProxyType(
    {
        "orders": ("order_id", "created_at", "currency", "total"),
        "customers": ("customer_id",),
        "companies": ("company_id",),
        "masters": ("account",),
        "accounts": ("record_id",),
        "contacts": ("record_id",),
    }
)
"""The columns without which a table of this kind cannot be read."""


def column_kind(platform: str, stream: str) -> str:
    """Tell which kind of table a stream is: the stream itself, but `masters` for the customers of Dynamics 365."""
    return "masters" if stream == "customers" and platform not in _STORES else stream


def column_names(platform: str, stream: str) -> tuple[str, ...]:
    """List the column names of ours that a stream of a platform understands."""
    return COLUMN_NAMES[column_kind(platform, stream)]


def generic_format(platform: str, stream: Stream) -> TableFormat:
    """Make the format of a table with our own column names."""
    kind = column_kind(platform, stream)
    necessary = NECESSARY_COLUMNS[kind]
    return TableFormat(
        f"a table of {stream} by its own columns",
        platform,
        stream,
        frozenset(necessary),
        necessary,
        decoder_for(kind, platform),
    )
