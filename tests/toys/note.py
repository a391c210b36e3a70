"""PURE: a kind as small as one can be: a note about a sale, and the form that Slate has for it.

In `src` a kind is a row of `documents/kinds.py`, its class in `documents/document.py`, and one module in each ledger.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from daybook.documents.document import Document
from daybook.documents.kinds import KindSpec
from daybook.ledgers.ledger import Ledger
from tests.toys.ledger import SLATE, form


class ToyKind(StrEnum):
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note(Document):
    """A note."""


SPEC = KindSpec(title="Note", type=Note)
SLATE_WITH_NOTES: Ledger = replace(SLATE, forms={**SLATE.forms, ToyKind.NOTE: form(ToyKind.NOTE)})
