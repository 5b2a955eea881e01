"""The parts that orders, carts and customers of Adobe Commerce share: addresses and where they stand.

Null fields are left out of the payloads, and an empty object may come as `[]`. Times are UTC and show no zone.
"""

from __future__ import annotations

from typing import TypeAlias
from zoneinfo import ZoneInfo

import msgspec

from unposted.connectors.masters import full_name
from unposted.connectors.scalars import id_text, text
from unposted.domain.countries import country_code

__all__ = ["UTC_ZONE", "Address", "Assignment", "CompanyOf", "company_of", "name_of", "present", "ship_to"]

UTC_ZONE = ZoneInfo("UTC")
_Empty: TypeAlias = list[object]


class Address(msgspec.Struct):
    """A billing, shipping or customer address."""

    firstname: object = None
    lastname: object = None
    company: object = None
    street: object = None
    postcode: object = None
    country_id: object = None
    telephone: object = None
    vat_id: object = None
    email: object = None

    @property
    def country(self) -> str | None:
        """The country's alpha-2 code."""
        return country_code(text(self.country_id))

    @property
    def first_street(self) -> str | None:
        """The first line of the street."""
        lines = self.street if isinstance(self.street, list) else [self.street]
        return text(lines[0]) if lines else None


_BLANK = Address()


class _Shipping(msgspec.Struct):
    address: Address | _Empty | None = None


class Assignment(msgspec.Struct):
    """What is shipped where; a virtual order's has no address."""

    shipping: _Shipping | _Empty | None = None


class CompanyOf(msgspec.Struct):
    """The company that an order, cart or account belongs to; id 0 is none."""

    company_id: object = None
    company_name: object = None


def present(address: Address | _Empty | None) -> Address:
    """Return an address that may be missing or empty, with blank fields then."""
    return address if isinstance(address, Address) else _BLANK


def ship_to(assignments: list[Assignment] | None) -> Address:
    """Return the first shipping address, blank when there is none."""
    for assignment in assignments or ():
        if isinstance(assignment.shipping, _Shipping) and isinstance(assignment.shipping.address, Address):
            return assignment.shipping.address
    return _BLANK


def company_of(company: CompanyOf | _Empty | None) -> tuple[str | None, str | None]:
    """Return a company's id and name; none when its id is 0 or missing."""
    found = company if isinstance(company, CompanyOf) else CompanyOf()
    company_id = id_text(found.company_id)
    return company_id, text(found.company_name) if company_id else None


def name_of(first: object, last: object, *addresses: Address) -> str | None:
    """Return a person's name, else that of the first address that shows one."""
    names = ((first, last), *((address.firstname, address.lastname) for address in addresses))
    return next((name for name in (full_name(text(one), text(other)) for one, other in names) if name), None)
