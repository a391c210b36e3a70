"""Pytest fixtures: import them in a conftest. Needs pytest and httpx2."""

from collections.abc import Iterator

import pytest

from localxero.testing import Running, running


@pytest.fixture
def local_xero() -> Iterator[Running]:
    """Give a fresh local Xero on a free port, limits off."""
    with running() as xero:
        yield xero
