"""What each company of Business Central holds of the made-up world, set by set."""

from __future__ import annotations

from collections.abc import Iterator

from unposted.sandbox import business_central as rows
from unposted.sandbox.erp import ErpBooks, ErpCompany, books_of
from unposted.sandbox.values import World

__all__ = ["companies_of"]


def companies_of(world: World) -> Iterator[tuple[ErpCompany, dict[str, list[rows.Row]]]]:
    """Give each company with the rows of its sets; an order that is posted is not there any more."""
    books = books_of(world)
    for company in books.companies:
        masters = [record for record in world.masters if record.entity == company.entity]
        yield (
            company,
            {
                "generalLedgerSetup": [rows.setup_row(company)],
                "companyInformation": [rows.information_row(company)],
                "customers": [rows.customer_row(record) for record in masters],
                rows.EXTERNAL_ID_SET: [rows.shop_customer_row(record) for record in masters if record.external_id],
                "currencyExchangeRates": list(rows.rate_rows(company, books.rates)),
                "jobQueueLogEntries": list(rows.job_rows(company)),
                **_books(company, books),
            },
        )


def _books(company: ErpCompany, books: ErpBooks) -> dict[str, list[rows.Row]]:
    entity = company.entity
    invoices = (*books.invoices, *books.free_text_invoices)
    return {
        "salesOrders": [rows.order_row(one) for one in books.orders if one.entity == entity and not one.invoice],
        "salesInvoices": [rows.invoice_row(one) for one in invoices if one.entity == entity],
        "salesCreditMemos": [rows.credit_memo_row(one) for one in books.credit_memos if one.entity == entity],
        "generalLedgerEntries": [rows.entry_row(one) for one in books.entries if one.entity == entity],
        "items": [rows.item_row(one) for one in books.items if one.entity == entity],
    }
