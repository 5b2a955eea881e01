"""The proof of near matches proves itself: each planted bug is caught."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.property.planted import Bug
from tests.property.planted_near import BUGS
from tests.property.test_planted_bugs import catch

_LISTED = [bug if place % 2 == 0 else pytest.param(bug, marks=pytest.mark.deep) for place, bug in enumerate(BUGS)]


@pytest.mark.parametrize("bug", _LISTED, ids=[bug.name for bug in BUGS])
def test_a_planted_bug_in_near_matches_is_caught(tmp_path: Path, bug: Bug) -> None:
    """A copy of the product with one small mistake in it fails the check that is there for it."""
    catch(tmp_path, bug)
