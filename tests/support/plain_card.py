"""The card of the demo world, worked out from its raw files with json, dicts and sets: no code of product or sandbox.

It is written for this one world (two rules, two entities, one rate), to be read beside the card's definition.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

__all__ = ["AS_OF", "START", "PlainOrder", "PlainRow", "files", "plain_card", "plain_orders", "rows"]

Node = dict[str, Any]
START = datetime(2026, 4, 6, 4, tzinfo=UTC)
AS_OF = datetime(2026, 4, 12, 22, tzinfo=UTC)
_RATES = {"USD": Decimal(1), "CAD": Decimal("0.73")}
_LISTS = (("data", "orders", "nodes"), ("data", "customers", "nodes"), ("data", "draftOrders", "nodes"), ("value",))


@dataclass
class PlainOrder:
    """An order with what the card needs of it; `party` is what it is grouped by, before e-mails join the stores."""

    store: str
    party: str
    name: str
    placed: datetime
    currency: str
    value: Decimal
    entity: str
    active: bool
    values: set[str]
    hints: set[str]


@dataclass
class PlainRow:
    """An absent party with its blocked orders and its status worked out."""

    party: str
    name: str
    stores: set[str]
    entities: set[str]
    missing: set[str]
    orders: list[PlainOrder]
    values: set[str]
    hints: set[str]
    flags: set[str] = field(default_factory=set)

    @property
    def blocked(self) -> Decimal:
        """What is blocked in US dollars, rounded once."""
        exact = sum((order.value * _RATES[order.currency] for order in self.orders), Decimal(0))
        return exact.quantize(Decimal("0.01"), ROUND_HALF_EVEN)


def files(folder: Path, pattern: str) -> list[Any]:
    """Read every JSON file that matches, in the order of the names."""
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob(f"exports/{pattern}"))]


def rows(folder: Path, pattern: str) -> Iterator[Node]:
    """Give the records of every page that matches."""
    for page in files(folder, pattern):
        yield from _records(page)


def _records(page: Any) -> list[Node]:
    if isinstance(page, list):
        return page
    if isinstance(page.get("data"), list):
        found: list[Node] = page["data"]
        return found
    for path in _LISTS:
        inside = page
        for name in path:
            inside = inside.get(name, {}) if isinstance(inside, dict) else {}
        if isinstance(inside, list):
            return inside
    raise AssertionError(f"no records in {list(page)}")


def plain_orders(folder: Path) -> list[PlainOrder]:
    """Read the orders of both stores, each in its newest version."""
    shop = _newest(rows(folder, "shopify/orders*.json"), lambda node: datetime.fromisoformat(node["updatedAt"]))
    trade = _newest(rows(folder, "bigcommerce/orders*.json"), lambda node: parsedate_to_datetime(node["date_modified"]))
    companies = {node["companyId"]: node for node in rows(folder, "bigcommerce/companies*.json")}
    company_of = {
        user["customerId"]: companies[user["companyId"]] for user in rows(folder, "bigcommerce/company_users*.json")
    }
    return [_shop_order(node) for node in shop] + [_trade_order(node, company_of) for node in trade]


def _newest(nodes: Iterable[Node], changed: Any) -> list[Node]:
    kept: dict[Any, Node] = {}
    for node in nodes:
        if node["id"] not in kept or changed(node) >= changed(kept[node["id"]]):
            kept[node["id"]] = node
    return list(kept.values())


def _usable(email: str | None) -> str | None:
    return None if not email or email.startswith("noreply@") else email.strip().lower()


def _tax(text: str | None) -> set[str]:
    digits = "".join(char for char in (text or "").upper() if char.isalnum())
    return {f"tax {digits.removeprefix('US').removeprefix('CA')}"} if digits else set()


def _emails(*texts: str | None) -> set[str]:
    parts = [part for text in texts for part in (text or "").split(";")]
    return {f"email {usable}" for part in parts if (usable := _usable(part.strip()))}


def _near(phone: str | None, name: str, street: str, postcode: str, email: str | None) -> set[str]:
    digits = "".join(char for char in phone or "" if char.isdigit())
    found = {f"phone {digits[-10:]}"} if digits else set()
    if name.strip() and street:
        found.add(f"at {name.strip().lower()} {street.split(maxsplit=1)[0]} {postcode}")
    if usable := _usable(email):
        local, _, domain = usable.partition("@")
        found.add(f"folded {local.split('+')[0].replace('.', '')}@{domain}")
    return found


def _shop_order(node: Node) -> PlainOrder:
    customer = node["customer"] or {}
    firm = (node["purchasingEntity"] or {}).get("company")
    place = node["shippingAddress"] or node["billingAddress"] or {}
    email = _usable(node["email"])
    number = customer.get("id", "").rpartition("/")[2]
    values = _emails(node["email"]) | ({f"id {number}"} if number else set())
    party = f"email {email}" if email else f"shop account {number}" if number else f"shop order {node['id']}"
    if firm:
        party = f"shop company {firm['id']}"
        values |= {f"id {firm['externalId'].lower()}"}
        values |= _tax(node["purchasingEntity"]["location"]["taxSettings"]["taxRegistrationId"])
    total = node["totalPriceSet"]["shopMoney"]
    refunded = Decimal(node["totalRefundedSet"]["shopMoney"]["amount"])
    to_canada = "canada" in [tag.lower() for tag in node["tags"]] or place.get("countryCodeV2") == "CA"
    dead = node["cancelledAt"] or node["test"] or node["displayFinancialStatus"] in {"VOIDED", "REFUNDED"}
    name = place.get("name") or node["name"]
    near = _near(place.get("phone"), name, place.get("address1", ""), place.get("zip", ""), node["email"])
    return PlainOrder(
        "dtc", party, name, datetime.fromisoformat(node["createdAt"]), total["currencyCode"],
        Decimal(total["amount"]) - refunded, "catu" if to_canada else "usti", not dead, values, near,
    )  # fmt: skip


def _trade_order(node: Node, company_of: dict[int, Node]) -> PlainOrder:
    billing = node["billing_address"]
    shipping = node["consignments"].get("shipping")
    country = (shipping[0] if shipping else billing)["country_iso2"]
    account = node["customer_id"]
    email = _usable(billing["email"])
    name = f"{billing['first_name']} {billing['last_name']}"
    values = _emails(billing["email"]) | ({f"id {account}"} if account else set())
    party = f"email {email}"
    near = _near(billing["phone"], name, billing["street_1"], billing["zip"], billing["email"])
    if company := company_of.get(account):
        party, name = f"trade company {company['companyId']}", company["companyName"]
        tax = {extra["fieldName"]: extra["fieldValue"] for extra in company["extraFields"]}["Tax ID"]
        values |= _emails(company["companyEmail"]) | _tax(tax) | {f"id {company['companyId']}"}
        values |= {f"id {company['uuid'].lower()}"} if company["uuid"] else set()
    dead = (
        node["status_id"] in {0, 1, 4, 5, 6}
        or node["payment_status"] == "void"
        or node["payment_method"] == "Test Payment Gateway"
    )
    return PlainOrder(
        "wholesale", party, name, parsedate_to_datetime(node["date_created"]), node["default_currency_code"],
        Decimal(node["total_inc_tax"]), "catu" if country == "CA" else "usti", not dead, values, near,
    )  # fmt: skip


def _master_values(node: Node) -> set[str]:
    external = node["EcomCustomerId"].rpartition("/")[2].lower()
    ids = {f"id {external}"} if external else set()
    return ids | _emails(node["PrimaryContactEmail"]) | _tax(node["TaxExemptNumber"])


def _master_hints(node: Node) -> set[str]:
    name = node["OrganizationName"] or f"{node['PersonFirstName']} {node['PersonLastName']}"
    place = (node["AddressStreet"], node["AddressZipCode"])
    return _near(node["PrimaryContactPhone"], name, *place, node["PrimaryContactEmail"])


def plain_card(folder: Path) -> list[PlainRow]:
    """Work out the worklist: the largest blocked value first."""
    masters = list(rows(folder, "finance_operations/*.json"))
    held: dict[str, set[str]] = {"usti": set(), "catu": set()}
    hints: dict[str, set[str]] = {"usti": set(), "catu": set()}
    for node in masters:
        held[node["dataAreaId"]] |= _master_values(node)
        hints[node["dataAreaId"]] |= _master_hints(node)
    unpromoted = _unpromoted(folder, {(node["dataAreaId"], node["CustomerAccount"]) for node in masters})
    found = []
    for party, orders in _by_party(plain_orders(folder)).items():
        values = set().union(*(order.values for order in orders))
        missing = {entity for entity in {order.entity for order in orders} if not values & held[entity]}
        if missing:
            blocked = [order for order in orders if order.entity in missing]
            row = PlainRow(
                party, orders[0].name, {order.store for order in orders}, {order.entity for order in orders}, missing,
                blocked, values, set().union(*(order.hints for order in orders)),
            )  # fmt: skip
            row.flags = _flags(row, held, hints, unpromoted)
            found.append(row)
    return sorted(found, key=lambda row: -row.blocked)


def _by_party(orders: list[PlainOrder]) -> dict[str, list[PlainOrder]]:
    found: dict[str, list[PlainOrder]] = {}
    for order in orders:
        if order.active and START <= order.placed <= AS_OF:
            found.setdefault(order.party, []).append(order)
    return found


def _unpromoted(folder: Path, accounts: set[tuple[str, str]]) -> set[str]:
    found: set[str] = set()
    for node in rows(folder, "dataverse/*.json"):
        number = node.get("accountnumber") or node.get("msdyn_contactpersonid")
        company = node.get("_msdyn_company_value@OData.Community.Display.V1.FormattedValue")
        if (company, number) not in accounts:
            found |= _emails(node["emailaddress1"]) | _tax(node.get("msdyn_taxexemptnumber"))
    return found


def _flags(row: PlainRow, held: dict[str, set[str]], hints: dict[str, set[str]], unpromoted: set[str]) -> set[str]:
    flags = set()
    if all(AS_OF - order.placed < timedelta(minutes=15) for order in row.orders):
        flags.add("awaiting_sync")
    if row.values & unpromoted:
        flags.add("in_dataverse")
    if any(row.hints & hints[entity] for entity in row.missing):
        flags.add("near_match")
    if any(row.values & values for values in held.values()):
        flags.add("other_entity")
    if not row.values:
        flags.add("no_key")
    if len(row.entities) > 1:
        flags.add("ambiguous")
    return flags
