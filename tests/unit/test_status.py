"""The status table: what each platform's own status means, and which of several wins."""

from __future__ import annotations

from itertools import pairwise

import pytest

from unposted.domain.status import ORDER_STATES, STATUS_TABLE, label_signal, order_state


@pytest.mark.parametrize(
    ("platform", "signals", "state"),
    [
        ("shopify", "financial_status=PAID", "active"),
        ("shopify", "financial_status=PENDING", "active"),
        ("shopify", "financial_status=PARTIALLY_REFUNDED", "active"),
        ("shopify", "financial_status=VOIDED", "refunded"),
        ("shopify", "financial_status=REFUNDED", "refunded"),
        ("shopify", "draft_status=OPEN", "quote"),
        ("shopify", "draft_status=COMPLETED", "quote"),
        ("shopify", "", "active"),
        ("bigcommerce", "test", "test"),
        ("adobe_commerce", "cancelled", "cancelled"),
        ("bigcommerce", "status_id=0", "incomplete"),
        ("bigcommerce", "status_id=1", "incomplete"),
        ("bigcommerce", "status_id=4", "refunded"),
        ("bigcommerce", "status_id=5", "cancelled"),
        ("bigcommerce", "status_id=6", "cancelled"),
        ("bigcommerce", "status_id=11", "active"),
        ("bigcommerce", "status_id=11;payment_status=void", "refunded"),
        ("adobe_commerce", "state=pending_payment", "incomplete"),
        ("adobe_commerce", "state=canceled", "cancelled"),
        ("adobe_commerce", "state=closed", "refunded"),
        ("adobe_commerce", "state=holded", "active"),
        ("adobe_commerce", "quote_status=submitted_by_admin", "quote"),
        ("adobe_commerce", "quote_status=ordered", "quote"),
    ],
)
def test_a_platforms_status_has_the_state_of_the_definition(platform: str, signals: str, state: str) -> None:
    """Each raw status becomes the state that the card's definition gives it, and is known."""
    assert order_state(platform, signals, {}) == (state, ())


def test_every_bigcommerce_status_from_0_to_14_is_listed() -> None:
    """No status id of BigCommerce counts as active only because it was forgotten."""
    ids = {signal for signal in STATUS_TABLE["bigcommerce"] if signal.startswith("status_id=")}
    assert ids == {f"status_id={number}" for number in range(15)}


def test_every_state_of_the_table_is_one_of_the_six() -> None:
    """A state that nothing else knows cannot slip into the table."""
    assert {state for rows in STATUS_TABLE.values() for state in rows.values()} == set(ORDER_STATES)


_EACH = {
    "test": "payment_method=test payment gateway",
    "cancelled": "status_id=5",
    "refunded": "payment_status=void",
    "quote": "asked",
    "incomplete": "status_id=0",
    "active": "status_id=11",
}


@pytest.mark.parametrize(("first", "second"), list(pairwise(ORDER_STATES)))
def test_the_first_state_in_order_of_precedence_wins(first: str, second: str) -> None:
    """Where several states apply, test beats cancelled, refunded, quote, incomplete and active, in this order."""
    overrides = {"asked": "quote"}
    for signals in (f"{_EACH[first]};{_EACH[second]}", f"{_EACH[second]};{_EACH[first]}"):
        assert order_state("bigcommerce", signals, overrides) == (first, ())


def test_an_unknown_status_counts_as_active_and_is_told() -> None:
    """A row too many is looked at, a row too few is lost: unknown statuses count, once each in the report."""
    found = order_state("bigcommerce", "status=on the truck; status=on the truck;status_id=99", {})
    assert found == ("active", ("status=on the truck", "status_id=99"))


def test_an_unknown_status_does_not_hide_a_known_one() -> None:
    """A cancelled order stays cancelled, whatever else the platform says about it."""
    assert order_state("shopify", "cancelled;financial_status=NEW", {}) == ("cancelled", ("financial_status=NEW",))


def test_a_store_overrides_single_statuses_in_any_case() -> None:
    """An override wins over the table, makes an unknown status known, and compares case-insensitively."""
    overrides = {"Status_ID=1": "active", " status=On Approval ": "quote"}
    assert order_state("bigcommerce", "status_id=1", overrides) == ("active", ())
    assert order_state("bigcommerce", "status=on approval", overrides) == ("quote", ())
    assert order_state("bigcommerce", "status_id=0", overrides) == ("incomplete", ())


def test_a_platform_without_a_table_knows_no_status() -> None:
    """Every signal of a platform that is not listed is active and told of."""
    assert order_state("elsewhere", "state=closed", {}) == ("active", ("state=closed",))


@pytest.mark.parametrize(
    ("platform", "label", "signal"),
    [
        ("shopify", "partially refunded", "financial_status=PARTIALLY_REFUNDED"),
        ("shopify", "PAID", "financial_status=PAID"),
        ("bigcommerce", "Incomplete", "status_id=0"),
        ("bigcommerce", " awaiting  Fulfillment ", "status_id=11"),
        ("bigcommerce", "Partially Refunded", "status_id=14"),
        ("bigcommerce", "05", "status_id=5"),
        ("bigcommerce", "On the Truck", "status=on the truck"),
        ("adobe_commerce", "Pending", "state=new"),
        ("adobe_commerce", "pending_payment", "state=pending_payment"),
        ("adobe_commerce", "On Hold", "state=holded"),
        ("adobe_commerce", "Suspected Fraud", "state=payment_review"),
        ("adobe_commerce", "Pending PayPal", "status=pending paypal"),
    ],
)
def test_a_label_of_an_export_becomes_the_signal_of_the_api(platform: str, label: str, signal: str) -> None:
    """The labels that a new shop has mean what the API would say; a merchant's own label stays a label."""
    assert label_signal(platform, label) == signal


@pytest.mark.parametrize("platform", ["bigcommerce", "adobe_commerce"])
def test_a_label_that_is_understood_leads_to_a_known_status(platform: str) -> None:
    """No label is mapped to a signal that the table does not have."""
    labels = ["Pending", "Processing", "Complete", "Completed", "Closed", "Canceled", "Cancelled", "Declined", "Fraud"]
    signals = {label_signal(platform, label) for label in labels}
    understood = {signal for signal in signals if not signal.startswith("status=")}
    assert understood <= STATUS_TABLE[platform].keys()
    assert len(understood) >= 4
