"""Finds out what a Finance & Operations connection can see, and says what is narrower than it should be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Literal

import msgspec

from unposted.connectors.finance_operations.books import Book
from unposted.connectors.finance_operations.customers import COMPANY, Customers
from unposted.connectors.finance_operations.questions import Question
from unposted.connectors.finance_operations.settings import FinanceOperationsConnection
from unposted.connectors.finance_operations.walk import Walk
from unposted.connectors.http import Ask
from unposted.connectors.live import Fact, PageRequest
from unposted.connectors.odata import odata_page, text_literal
from unposted.errors import SourceRefused

__all__ = ["companies_of", "examined"]

_LATE_SECONDS = 120
_ORDER_SETS = ("SalesOrderHeadersV2", "SalesOrderHeadersV3", "SalesOrderHeadersV4")
Level = Literal["ok", "warn", "fail"]


class _Company(msgspec.Struct):
    code: str = msgspec.field(default="", name="LegalEntityId")


_company = msgspec.json.Decoder(_Company).decode


def companies_of(walk: Walk, connection: FinanceOperationsConnection) -> tuple[str, ...]:
    """List the companies to read, in lower case: the settings' own, else all that the environment has."""
    if connection.company_codes:
        return connection.company_codes
    question = Question(connection.legal_entities_set, ("LegalEntityId",), ())
    return tuple(sorted({_company(row).code.lower() for row in walk.rows(question)}))


def examined(
    walk: Walk, connection: FinanceOperationsConnection, customers: Customers, books: Sequence[Book]
) -> Iterator[Fact]:
    """Tell the facts, credentials first; raises SignIn when they are refused."""
    yield _signed_in(walk, connection)
    readable = _is_readable(walk, customers.question)
    yield _set_fact(walk, "customers", customers.question, readable, "fail")
    for book in books:
        refused = _is_readable(walk, book.question)
        yield _set_fact(walk, book.name, book.question, refused, "fail" if _is_wanted(connection, book) else "warn")
    if _names(connection, "ledger") and not connection.revenue_accounts:
        yield Fact("ledger", "warn", "revenue_accounts names no account, so stream ledger reads nothing.")
    if readable is None:
        yield Fact("oldest", "ok", "Finance & Operations shows records of any age.")
        yield _companies(walk, connection, customers)
        yield _external_id(connection)
        yield _paging(walk, customers)
    yield _clock(walk)
    yield Fact(
        "limits", "ok", "Finance & Operations throttles by load and publishes no number; its Retry-After is obeyed."
    )


def _signed_in(walk: Walk, connection: FinanceOperationsConnection) -> Fact:
    """Ask for one company: a refused token or an unmapped application shows here; a missing role is told later."""
    question = Question(connection.legal_entities_set, ("LegalEntityId",), ())
    try:
        walk.caller.ask(Ask("GET", question.set, question.params(top=1)), odata_page)
    except SourceRefused:
        pass  # signed in, but this set may not be read: the next facts say so
    return Fact("credentials", "ok", f"Signed in to {connection.root} as application {connection.client_id}.")


def _is_readable(walk: Walk, question: Question) -> SourceRefused | None:
    """Ask for one row with all its fields; a missing set, field or role is returned."""
    try:
        walk.caller.ask(Ask("GET", question.set, question.params(top=1)), odata_page)
    except SourceRefused as error:
        return error
    return None


def _set_fact(walk: Walk, check: str, question: Question, refused: SourceRefused | None, level: Level) -> Fact:
    if refused is None:
        return Fact(check, "ok", f"{question.set} can be read.")
    said = refused.message.removeprefix(f"{walk.caller.source}: ")
    other = _other_set(walk, question) if question.set in _ORDER_SETS and refused.code != "not-allowed" else None
    hint = f"Set orders_set to {other}, which can be read." if other else refused.next_step
    return Fact(check, level, f"{question.set}: {said} {hint}")


def _other_set(walk: Walk, question: Question) -> str | None:
    others = (replace(question, set=name) for name in _ORDER_SETS if name != question.set)
    return next((other.set for other in others if _is_readable(walk, other) is None), None)


def _is_wanted(connection: FinanceOperationsConnection, book: Book) -> bool:
    return book.is_main or _names(connection, book.name)


def _names(connection: FinanceOperationsConnection, stream: str) -> bool:
    return bool({stream, "all"} & set(connection.streams))


def _companies(walk: Walk, connection: FinanceOperationsConnection, customers: Customers) -> Fact:
    """Count each company's customers: only one with any is what reading the default company alone looks like."""
    try:
        codes = companies_of(walk, connection)
    except SourceRefused:
        return Fact("companies", "warn", "The companies cannot be listed, so nobody knows which are not seen.")
    counts = {code: walk.count(_of_company(customers.question, code)) for code in codes}
    shown = ", ".join(f"{code.upper()} {count:,}" for code, count in counts.items() if count) or "none"
    empty = [code.upper() for code, count in counts.items() if not count]
    text = f"Customers by company: {shown}."
    if connection.company_codes and empty:
        return Fact("companies", "warn", f"{text} None at all in {_list(empty)}, which `companies` names.")
    if len(counts) > 1 and len(counts) - len(empty) <= 1:
        return Fact("companies", "warn", f"{text} None in {_list(empty)}: may the application's user see them?")
    return Fact("companies", "ok", f"{text} None in {_list(empty)}." if empty else text)


def _of_company(question: Question, code: str) -> Question:
    return question.where(f"{COMPANY} eq {text_literal(code)}")


def _list(codes: Iterable[str]) -> str:
    found = list(codes)
    return ", ".join(found[:8]) + (f" and {len(found) - 8} more" if len(found) > 8 else "")


def _external_id(connection: FinanceOperationsConnection) -> Fact:
    if connection.external_ids == "retail_map":
        return Fact("external_id", "ok", f"The storefront's ids are read from {connection.retail_map_set}.")
    if connection.external_id_field:
        return Fact("external_id", "ok", f"The storefront's ids are read from {connection.external_id_field}.")
    return Fact("external_id", "warn", "No external_id_field: customers match by tax id and e-mail address only.")


def _paging(walk: Walk, customers: Customers) -> Fact:
    """Read two tiny pages: they must not overlap, and the second must begin where the first one ended."""
    question = customers.question.only(())
    first = walk.page(question, PageRequest(size=2))
    second = walk.page(question, PageRequest(token=first.next, size=2)) if first.next else None
    if second is not None and set(first.items) & set(second.items):
        return Fact("paging", "fail", f"Two pages of {question.set} overlap: its order is not kept.")
    return Fact("paging", "ok", f"{question.set} is read page by page in the order of its key.")


def _clock(walk: Walk) -> Fact:
    skew = walk.caller.spent.skew
    if skew is not None and abs(skew) > _LATE_SECONDS:
        return Fact("clock", "warn", f"This computer's clock is {abs(skew):.0f} s off the server's; set it right.")
    return Fact("clock", "ok", "The clocks agree.")
