"""Reads the admin's *Customers* export CSV, in its present columns and in those of earlier years.

Earlier exports have no `Customer ID`: there the e-mail is the account's id, which is how their orders name it too.
The CSV has no time of change. `Default Address Company` is free text and tells no company.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from unposted.connectors.fields import needed, tag_list
from unposted.connectors.formats import Context, Item, Table, TableFormat
from unposted.connectors.masters import full_name, table_records
from unposted.domain.countries import country_code
from unposted.domain.records import Customer

__all__ = ["CUSTOMER_EXPORTS"]

_COLUMNS = (
    ("customer id",),
    ("email",),
    ("first name",),
    ("last name",),
    ("phone",),
    ("default address phone",),
    ("default address address1", "address1"),
    ("default address zip", "zip"),
    ("default address country code", "country code", "country"),
    ("tags",),
)


def _from_table(table: Table, context: Context) -> Iterator[Item]:
    return table_records(table, context, _COLUMNS, _customer)


def _customer(cells: Sequence[str], context: Context) -> Customer:
    customer_id, email, first, last, phone, address_phone, street, postcode, country, tags = (
        cell.strip().lstrip("'") for cell in cells
    )
    keys = context.keys
    name = full_name(first, last)
    shown, exact = keys.addresses(email)
    return Customer(
        needed(customer_id or shown, "Customer ID"),
        name,
        None,
        shown,
        not context.b2b_tags.isdisjoint(tag_list(tags)),
        (
            *exact,
            *keys.folded(exact),
            *keys.phone(phone or address_phone, country_code(country)),
            *keys.name_address(name, postcode, street),
        ),
    )


def _format(name: str, *signature: str, required: str = "Email") -> TableFormat:
    return TableFormat(
        name, "shopify", "customers", frozenset({"first name", "last name", *signature}), (required,), _from_table
    )


CUSTOMER_EXPORTS = (
    _format("Shopify customers export", "customer id", required="Customer ID"),
    _format("Shopify customers export without ids", "email", "accepts email marketing"),
    _format("Shopify customers export without ids", "email", "accepts marketing"),
)
