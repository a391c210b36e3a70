"""PURE: a kind as small as one can be: a note of what was given back, how it is made, and the form that Slate has for it.

In `src` its class stands in `documents/document.py`, its mapper in `mapping`, its form in a module of the ledger, and a
row in each of the three tables: `SPECS` and `MAKERS` and the ledger's `forms`.
"""

from dataclasses import dataclass, fields, replace
from enum import StrEnum

from daybook.documents.causes import Hold
from daybook.documents.document import Document
from daybook.documents.kinds import KindSpec
from daybook.intake.making import Maker, Material
from daybook.ledgers.ledger import Ledger
from daybook.mapping.invoices import map_invoice
from tests.toys.ledger import SLATE, form


class ToyKind(StrEnum):
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note(Document):
    """What was given back of a sale."""


def map_note(of: Material, number: str) -> Note | Hold:
    """Return the note: in the toy shop all is given back, or nothing."""
    sale = map_invoice(of.order, of.rules, number=number, prices=of.prices)
    return sale if isinstance(sale, Hold) else Note(**{each.name: getattr(sale, each.name) for each in fields(Note)})


SPEC = KindSpec(title="Note", type=Note, suffix="-N")
MAKER = Maker(
    make=map_note,
    is_due=lambda of: of.received is not None and bool(of.received.refunds),
    why_not_due="nothing was given back",
)
SLATE_WITH_NOTES: Ledger = replace(SLATE, forms={**SLATE.forms, ToyKind.NOTE: form(ToyKind.NOTE)})
