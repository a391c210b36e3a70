"""PURE: which rows of a report's long list are shown."""

from collections.abc import Callable
from typing import NamedTuple


class Stretch(NamedTuple):
    """So many rows behind those that are skipped."""

    skip: int
    most: int


A_PAGE = 100
"""Rows of each list on a page; the file has all."""
FIRST, ALL, NONE = Stretch(0, A_PAGE), Stretch(0, 2**31), Stretch(0, 0)
Shown = Callable[[str], Stretch]
"""Which of the list of a currency."""


def page(number: int) -> Stretch:
    """Return the rows of a page, of which 1 is the first."""
    return Stretch((number - 1) * A_PAGE, A_PAGE)
