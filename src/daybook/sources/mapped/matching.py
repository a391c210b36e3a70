"""PURE: what a source brings whose columns or paths a person matches: what may be chosen, a guess, and the first orders."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from daybook.sources.mapped.mapping import ColumnMapping
from daybook.sources.source import Held

Named = tuple[str, str]
"""A column or path, and what a person sees of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The top of a file, as a mapping reads it."""

    of_order: Sequence[Named] = ()
    """What an order's fields may be read from."""
    of_line: Sequence[Named] = ()
    headings: Sequence[str] = ()
    rows: Sequence[tuple[int, Sequence[str]]] = ()
    """The first rows, each with its number, where the file has any."""
    read_as: str = ""
    """How the file's bytes were read, in words; "" where that makes no difference."""
    is_doubtful: bool = False
    """A person must look whether they were read right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Top:
    """The first things of a file."""

    held: Held
    is_cut: Callable[[], bool]
    """Whether the file goes on behind them; asked once they have been read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matching:
    """All of them raise NotAnOrderError where the file cannot be read."""

    offer: Callable[[bytes], ColumnMapping]
    """What the file looks like."""
    sample: Callable[[bytes, ColumnMapping], Sample]
    habits: Callable[[bytes], Sequence[str]]
    """Which fields of a mapping, beside the columns, a person is asked of."""
    top: Callable[[bytes, ColumnMapping, int], Top]
    """Reads not more than so many rows or orders."""
    has_paths: bool = False
    """Of XML; else there are columns."""
