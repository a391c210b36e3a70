"""What is said in sentences and tables, on a page as in a PDF."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Table:
    """A table; the columns from `numbers_from` on are numbers."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers_from: int
    strong: frozenset[int] = frozenset()
    """Rows that are totals."""

    @property
    def marked(self) -> list[tuple[list[tuple[str, list[str]]], bool]]:
        """Return each row, its cells' lines beside their column's head, and whether it is a total."""
        return [
            ([(head, cell.split("\n")) for head, cell in zip(self.head, row, strict=True)], place in self.strong)
            for place, row in enumerate(self.rows)
        ]


@dataclass(frozen=True, slots=True)
class Section:
    """One subject."""

    title: str
    sentences: tuple[str, ...] = ()
    table: Table | None = None
    is_good: bool | None = None
    """Whether its first sentence is good news; None: it is neither."""
