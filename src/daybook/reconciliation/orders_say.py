"""PURE: what an order itself says that a document of it comes to: a row for each kind of which it says anything.

A kind without a row is compared on two sides, day book and ledger. Nothing here may be read from the document.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from daybook.documents.kinds import Kind
from daybook.kit.money import Totals


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """An order, as far as documents are compared with it."""

    totals: Totals | None
    """Its own, as its sender counts; None where they cannot be had."""
    key: str
    """Which part of it the document is about; "": the whole order."""
    content: Mapping[str, Any]
    """The canonical order that counts; {} where the row does not ask for it."""


@dataclass(frozen=True, slots=True)
class Row:
    """How one kind is read from its order."""

    read: Callable[[Said], Totals | None]
    needs_content: bool = False


def _the_sale(order: Said) -> Totals | None:
    return order.totals


ROWS: Mapping[str, Row] = {
    Kind.INVOICE: Row(_the_sale),
}


def says(kind: str) -> bool:
    """Tell whether orders say what documents of this kind come to."""
    return kind in ROWS


def said(kind: str, order: Said) -> Totals | None:
    """Return what an order says of its document of this kind; None: nothing."""
    row = ROWS.get(kind)
    return row.read(order) if row else None
