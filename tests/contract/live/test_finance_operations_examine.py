"""What a Finance & Operations connection says of its own access."""

from __future__ import annotations

import pytest

from tests.contract.live.finance_operations_setting import SECRET, Environment, facts, the_world
from unposted.errors import SignIn
from unposted.sandbox.services.finance_operations import FinanceOperationsSwitches
from unposted.sandbox.services.finance_operations_sets import SETS

_EVERY = frozenset(SETS)


def _facts(switches: FinanceOperationsSwitches | None = None, **settings: object) -> dict[str, tuple[str, str]]:
    environment = Environment(switches or FinanceOperationsSwitches(), the_world())
    return facts(environment.connect(**{"revenue_accounts": ("401100",), **settings}))


def test_a_good_connection_has_nothing_to_warn_of() -> None:
    """Everything can be read; credentials are told first."""
    found = _facts(streams=("all",))
    assert {level for level, _ in found.values()} == {"ok"}
    assert next(iter(found)) == "credentials"


@pytest.mark.parametrize("switches", [None, FinanceOperationsSwitches(mapped=frozenset())])
def test_a_wrong_credential_fails(switches: FinanceOperationsSwitches | None) -> None:
    """A wrong secret and an application that is mapped to no user both end as a sign-in."""
    secret = SECRET if switches else "canary-wrong-1111"
    environment = Environment(switches or FinanceOperationsSwitches(), the_world(), secret=secret)
    with pytest.raises(SignIn):
        facts(environment.connect())


def test_a_role_without_orders_warns_unless_they_are_wanted() -> None:
    """What the main card does not need is a warning, what the workspace lists is a failure."""
    narrowed = FinanceOperationsSwitches(roles=_EVERY - {"SalesOrderHeadersV2"})
    assert _facts(narrowed)["sales_orders"][0] == "warn"
    level, text = _facts(narrowed, streams=("customers", "sales_orders"))["sales_orders"]
    assert level == "fail"
    assert "security role" in text
    assert "SalesOrderHeaderV2Entity" in text


def test_a_role_without_customers_fails() -> None:
    """There is nothing to compare with."""
    level, text = _facts(FinanceOperationsSwitches(roles=_EVERY - {"CustomersV3"}))["customers"]
    assert level == "fail"
    assert "CustCustomerV3Entity" in text


def test_a_set_of_another_build_is_found() -> None:
    """The fact says which name to write."""
    level, text = _facts(FinanceOperationsSwitches(order_sets=("SalesOrderHeadersV4",)))["sales_orders"]
    assert level == "warn"
    assert "Set orders_set to SalesOrderHeadersV4" in text


def test_a_field_that_is_not_there_is_named() -> None:
    """Before the first sync, not in it."""
    level, text = _facts(FinanceOperationsSwitches(has_extension=False))["customers"]
    assert level == "fail"
    assert "EcomCustomerId" in text


def test_companies_are_counted_one_by_one() -> None:
    """Both show their customers."""
    level, text = _facts()["companies"]
    masters = the_world().masters
    assert level == "ok"
    for entity in ("usti", "catu"):
        count = sum(record.entity == entity for record in masters)
        assert f"{entity.upper()} {count}" in text


def test_only_one_company_with_customers_warns() -> None:
    """That is what a user who may see the default company alone looks like."""
    level, text = _facts(FinanceOperationsSwitches(hidden_companies=frozenset({"catu"})))["companies"]
    assert level == "warn"
    assert "CATU" in text


def test_a_named_company_without_customers_warns() -> None:
    """A code that is written wrongly, or that the user may not see."""
    level, text = _facts(companies=("usti", "catx"))["companies"]
    assert level == "warn"
    assert "CATX" in text


def test_a_ledger_without_accounts_warns() -> None:
    """The stream is listed, and would read nothing."""
    level, text = _facts(streams=("ledger",), revenue_accounts=())["ledger"]
    assert level == "warn"
    assert "revenue_accounts" in text


def test_no_external_id_warns() -> None:
    """Matching by tax id and address alone finds fewer."""
    assert _facts(external_id_field=None)["external_id"][0] == "warn"


@pytest.mark.parametrize(("ahead", "level"), [(300.0, "warn"), (-300.0, "warn"), (60.0, "ok")])
def test_a_clock_that_is_off_warns(ahead: float, level: str) -> None:
    """More than two minutes would move the edges of spans."""
    environment = Environment(world=the_world(), ahead=ahead)
    assert facts(environment.connect())["clock"][0] == level


def test_two_tiny_pages_are_read() -> None:
    """They do not overlap."""
    assert _facts()["paging"][0] == "ok"


def test_throttling_is_told_without_a_number() -> None:
    """The platform publishes none."""
    assert "Retry-After" in _facts()["limits"][1]
