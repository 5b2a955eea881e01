"""Whatever goes wrong on one call to Business Central: the reading ends as if nothing had, or says what is wrong."""

from __future__ import annotations

import pytest

from tests.contract.live.business_central_setting import CA, LINKS, SECRET, US, Environment, customer, read
from unposted.errors import BadAnswer, LimitReached, UnpostedError
from unposted.sandbox.faults import FAULTS, FaultName, Faults, FaultyService, nth
from unposted.sandbox.wire import Service

_PASSING = sorted(set(FAULTS) - {"429-daily", "duplicate-page", "clock-step"})


def _environment() -> Environment:
    bc = Environment()
    for place in range(9):
        bc.service.put(US, "customers", customer(f"C{place}", email=f"canary-{place}@person.example"))
        bc.service.put(CA, "customers", customer(f"D{place}"))
        bc.service.put(US, "shopCustomers", {"id": f"l{place}", "number": f"C{place}", "shopifyId": str(9_000 + place),
                                             "lastModifiedDateTime": "2026-04-10T10:00:00Z"})  # fmt: skip
    return bc


def _spoilt(fault: FaultName, number: int, calls: int = 1) -> tuple[Environment, Faults]:
    bc = _environment()
    faults = Faults(nth(fault, number, calls), bc.clock.step)
    service: Service = bc.service
    bc.service = FaultyService(service, faults, bc.clock.now)  # type: ignore[assignment]
    return bc, faults


def _reading(bc: Environment) -> set[tuple[str, ...]]:
    found = read(bc.stream("customers", external_ids=LINKS), size=4)
    return {(one.entity, one.account, *(key.value for key in one.keys)) for one in found}


def _calls() -> int:
    bc = _environment()
    _reading(bc)
    return len(bc.calls)


@pytest.mark.parametrize("fault", _PASSING)
def test_a_passing_fault_on_any_call_changes_nothing(fault: FaultName) -> None:
    """Each call of a reading is spoilt once, in every way; the records are the same."""
    wanted = _reading(_environment())
    assert len(wanted) == 18
    for number in range(1, _calls() + 1):
        bc, faults = _spoilt(fault, number)
        assert _reading(bc) == wanted, number
        assert sum(faults.done.values()) == 1 or fault in {"reordered-page", "reset", "drip", "truncated"}


@pytest.mark.parametrize("fault", ["duplicate-page", "clock-step"])
def test_a_page_twice_or_a_clock_that_jumps_loses_nothing_in_silence(fault: FaultName) -> None:
    """The reading is whole, or it ends with an error; it is never short and green."""
    wanted = _reading(_environment())
    for number in range(1, _calls() + 1):
        bc, _ = _spoilt(fault, number)
        try:
            assert _reading(bc) == wanted, number
        except BadAnswer as error:
            assert error.code in {"page-loop", "other-rows"}  # noqa: PT017 - either end is right


def test_a_daily_limit_ends_the_run_with_the_time_to_come_again() -> None:
    """A wait of many hours is not waited for."""
    bc, _ = _spoilt("429-daily", 3, calls=99)
    with pytest.raises(LimitReached, match="asks to wait") as caught:
        _reading(bc)
    assert caught.value.exit_code == 8


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_that_stays_is_told_without_a_secret_or_a_person(fault: FaultName) -> None:
    """Whatever keeps failing ends in one of our own errors; neither credentials nor customers stand in it."""
    bc, _ = _spoilt(fault, 2, calls=10_000)
    try:
        _reading(bc)
    except UnpostedError as error:
        said = f"{error.message} {error.next_step} {error!r}"
        assert SECRET not in said
        assert "sandbox-token" not in said
        assert "canary" not in said
    shown = " ".join(why for _, why in bc.waits)
    assert SECRET not in shown
    assert "canary" not in shown
