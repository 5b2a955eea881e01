"""A small merchant in a folder: a workspace file, a Shopify orders export and a customer master export."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest

from unposted.cli.main import main

__all__ = ["AS_OF", "Said", "Shop"]

AS_OF = "2026-04-12T18:00:00-04:00"
_HEADER = (
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Currency,Subtotal,Shipping,Taxes,Total,Created at,"
    "Lineitem quantity,Lineitem name,Billing Name,Billing Country,Shipping Name,Shipping Country,Cancelled at,"
    "Refunded Amount,Id,Tags,Source"
)
_WORKSPACE = """\
[workspace]
name = "US Trade"
timezone = "America/New_York"
reporting_currency = "USD"

[[stores]]
name = "dtc"
platform = "shopify"
segment = "dtc"
entity = "USTI"
files = { orders = "exports/orders*.csv" }

[[dynamics]]
name = "fno"
system = "finance_operations"
entity = "USTI"
files = { customers = "exports/CustomersV3.csv" }

[[entities]]
id = "USTI"
name = "US Trade Inc"
currency = "USD"
"""


@dataclass(frozen=True)
class Said:
    """What one run of the command line left behind."""

    code: int
    out: str
    err: str


@dataclass
class Shop:
    """The merchant's folder, and a way to run commands in it."""

    folder: Path
    capsys: pytest.CaptureFixture[str]
    orders: list[str] = field(default_factory=list)

    def write(self) -> None:
        """Write the workspace, two orders of absent Ann and of known Bob, and a master that holds Bob."""
        (self.folder / "exports").mkdir()
        self.workspace(_WORKSPACE)
        self.order("1001", "ann@example.com", "120.50")
        self.order("1002", "bob@example.com", "80.00")
        self.masters("bob@example.com")

    def workspace(self, text: str = _WORKSPACE) -> None:
        """Write the workspace file."""
        (self.folder / "unposted.toml").write_text(text, "utf-8")

    def order(
        self, number: str, email: str, total: str, created: str = "2026-04-10 10:00:00 -0400", status: str = "paid"
    ) -> None:
        """Add an order with two line items to the orders export."""
        cells = (
            f"#{number},{email},{status},,unfulfilled,USD,{total},0.00,0.00,{total},{created},"
            f"1,Tea,Ann Lee,US,Ann Lee,US,,0.00,{number},,web"
        )
        self.orders += [cells, f"#{number},{email},,,,,,,,,{created},2,Cup,,,,,,,,,"]
        self.export("\n".join([_HEADER, *self.orders]) + "\n")

    def export(self, text: str, name: str = "orders.csv") -> None:
        """Write an orders export."""
        (self.folder / "exports" / name).write_text(text, "utf-8")

    def masters(self, *emails: str) -> None:
        """Write the customer master's export."""
        rows = [f"C-{number},Name {number},{email},10" for number, email in enumerate(emails, 1)]
        text = "\n".join(["CUSTOMERACCOUNT,ORGANIZATIONNAME,PRIMARYCONTACTEMAIL,CUSTOMERGROUPID", *rows]) + "\n"
        (self.folder / "exports" / "CustomersV3.csv").write_text(text, "utf-8")

    def run(self, *args: str) -> Said:
        """Run `unposted` in the folder."""
        with pytest.raises(SystemExit) as left:
            main(args)
        told = self.capsys.readouterr()
        return Said(left.value.code if isinstance(left.value.code, int) else 0, told.out, told.err)

    def check(self, *args: str) -> Said:
        """Run `unposted check --json` as of the usual instant."""
        return self.run("check", "--json", "--as-of", AS_OF, *args)


def recent(hours: float) -> str:
    """Write an instant some hours ago as Shopify's export does."""
    from datetime import UTC, timedelta

    return (datetime.now(UTC) - timedelta(hours=hours)).strftime("%Y-%m-%d %H:%M:%S +0000")
