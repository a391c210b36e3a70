"""A simulator of another ledger begins with localkit: nothing in it may be about one vendor."""

from pathlib import Path

import pytest

import localkit

MODULES = sorted(Path(localkit.__file__).parent.rglob("*.py"))


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.stem)
@pytest.mark.parametrize("vendor", ["xero", "quickbooks", "intuit"])
def test_names_none(module: Path, vendor: str):
    assert vendor not in module.read_text().casefold()
