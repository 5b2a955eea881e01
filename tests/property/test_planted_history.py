"""The suites of replay, explanation and history prove themselves: each planted bug is caught."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.property.planted import Bug
from tests.property.planted_history import BUGS
from tests.property.test_planted_bugs import catch, passes_without

_EACH = 5  # of the everyday suite; the others in the long one
_LISTED = [bug if place % _EACH == 0 else pytest.param(bug, marks=pytest.mark.deep) for place, bug in enumerate(BUGS)]


@pytest.mark.parametrize("bug", _LISTED, ids=[bug.name for bug in BUGS])
def test_a_planted_bug_of_the_history_is_caught(tmp_path: Path, bug: Bug) -> None:
    """A copy of the product with one small mistake in it fails the check that is there for it."""
    catch(tmp_path, bug)


@pytest.mark.deep
@pytest.mark.parametrize("check", sorted({bug.check for bug in BUGS}))
def test_the_history_as_it_is_passes(tmp_path: Path, check: str) -> None:
    """Without a planted bug no check fails."""
    passes_without(tmp_path, check)


def test_there_are_bugs_enough() -> None:
    """At least five."""
    assert len(BUGS) >= 5
