"""Ctrl-C while something long goes on: the first one asks, the second one ends at once."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable

import pytest

from unposted.cli.stopping import StoppableClock, stoppable
from unposted.sync.live import Stopped


@pytest.fixture(autouse=True)
def _python_hears_ctrl_c() -> object:
    """A test run in the background of a script is deaf to Ctrl-C: begin with Python's own handler, and end with it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def _press() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def _press_and_wait() -> None:
    _press()
    time.sleep(5)


def _soon(act: Callable[[], None]) -> threading.Timer:
    timer = threading.Timer(0.05, act)
    timer.start()
    return timer


def test_the_first_ctrl_c_only_asks() -> None:
    """What goes on ends where it likes, at a page edge."""
    with stoppable() as clock:
        assert not clock.is_stopped
        _press()
        assert clock.is_stopped


def test_the_second_ctrl_c_ends_at_once() -> None:
    """Whoever presses twice does not want to wait."""
    with stoppable() as clock:
        _press()
        assert clock.is_stopped
        with pytest.raises(KeyboardInterrupt):
            _press_and_wait()


def test_who_sleeps_wakes_up() -> None:
    """A wait of minutes that a server asked for ends with Stopped when somebody asks."""
    with stoppable() as clock:
        began = clock.monotonic()
        timer = _soon(_press)
        with pytest.raises(Stopped):
            clock.sleep(600)
        timer.join()
        assert clock.monotonic() - began < 60


def test_nobody_falls_asleep_after_a_stop() -> None:
    """Not even for a moment."""
    clock = StoppableClock()
    clock.stop()
    for seconds in (0.0, 600.0):
        with pytest.raises(Stopped):
            clock.sleep(seconds)


def test_a_clock_that_nobody_stops_waits() -> None:
    """As long as it should, and tells the time as the computer does."""
    clock = StoppableClock()
    began = clock.monotonic()
    clock.sleep(0.02)
    assert clock.monotonic() - began >= 0.019
    assert clock.now().utcoffset() is not None


@pytest.mark.parametrize("presses", [0, 1])
def test_the_handler_is_as_it_was_afterwards(presses: int) -> None:
    """Also when it was used; then Ctrl-C is Python's own again."""
    with stoppable():
        assert signal.getsignal(signal.SIGINT) is not signal.default_int_handler
        for _ in range(presses):
            _press()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    with pytest.raises(KeyboardInterrupt):
        _press_and_wait()


@pytest.mark.parametrize("error", [ValueError("x"), Stopped(), KeyboardInterrupt()])
def test_the_handler_is_as_it_was_after_an_error(error: BaseException) -> None:
    """Whatever ended the block; the error goes on up as it is."""
    with pytest.raises(type(error)) as caught, stoppable():
        raise error
    assert caught.value is error
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_one_stop_does_not_stop_the_next_command() -> None:
    """Each command has a clock of its own."""
    with stoppable():
        _press()
    with stoppable() as clock:
        assert not clock.is_stopped


def test_beside_the_main_thread_there_are_no_keys() -> None:
    """The clock works there too, and is stopped by hand; the handler is left alone."""
    found: list[bool] = []

    def run() -> None:
        with stoppable() as clock:
            clock.stop()
            found.append(clock.is_stopped)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert found == [True]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
