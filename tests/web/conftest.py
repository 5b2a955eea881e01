"""One web for the tests of a file that do not change it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.serving import Web, demo_web


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """Serve the demo's world."""
    with demo_web(Path(tmp_path_factory.mktemp("web"))) as served:
        yield served
