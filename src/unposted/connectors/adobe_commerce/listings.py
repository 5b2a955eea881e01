"""What is asked for of each kind of record: its path, and no field more than the decoders and the recount use."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["CARTS", "COMPANY", "CUSTOMER", "ORDER", "RESOURCES", "Listing"]

_ADDRESS = "firstname,lastname,company,street,postcode,country_id,telephone,vat_id"
_SHIP_TO = f"shipping_assignments[shipping[address[{_ADDRESS}]]]"


@dataclass(frozen=True, slots=True)
class Listing:
    """One kind of record. All filters call the id `entity_id`, whatever the answer calls it (`id_name`)."""

    name: str
    path: str
    id_name: str
    fields: str
    light_fields: str
    resource: str
    id_prefix: str = ""


ORDER = Listing(
    "orders",
    "orders",
    "entity_id",
    "entity_id,increment_id,state,status,created_at,updated_at,order_currency_code,grand_total,tax_amount,"
    "total_refunded,tax_refunded,customer_id,customer_group_id,customer_email,customer_firstname,customer_lastname,"
    f"customer_taxvat,ext_customer_id,relation_parent_id,billing_address[{_ADDRESS},email],"
    f"extension_attributes[{_SHIP_TO},company_order_attributes[company_id,company_name]]",
    "entity_id,created_at,updated_at,state,grand_total,order_currency_code",
    "Magento_Sales::actions_view",
)
CUSTOMER = Listing(
    "customers",
    "customers/search",
    "id",
    f"id,group_id,website_id,updated_at,email,firstname,lastname,taxvat,addresses[{_ADDRESS}],"
    "extension_attributes[company_attributes[company_id]],custom_attributes",
    "id,created_at,updated_at",
    "Magento_Customer::customer",
)
COMPANY = Listing(
    "companies",
    "company",
    "id",
    "id,company_name,legal_name,company_email,vat_tax_id,street,postcode,country_id,telephone",
    "id",
    "Magento_Company::index",
)
CARTS = Listing(
    "quotes",
    "carts/search",
    "id",
    "id,created_at,updated_at,reserved_order_id,is_active,items[qty,price],currency[quote_currency_code],"
    "customer[id,email,firstname,lastname,taxvat,extension_attributes[company_attributes[company_id]]],"
    f"billing_address[{_ADDRESS},email],extension_attributes[{_SHIP_TO},"
    "negotiable_quote[is_regular_quote,status,quote_name,negotiated_total_price]]",
    "id,created_at,updated_at,currency[quote_currency_code],"
    "extension_attributes[negotiable_quote[is_regular_quote,status,negotiated_total_price]]",
    "Magento_Cart::manage",
    "quote-",
)
RESOURCES = (ORDER, CUSTOMER, COMPANY, CARTS)
