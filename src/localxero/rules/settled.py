"""What Xero refuses about a document on which something was paid or credited."""

from collections.abc import Iterator

from localxero.books.records import CreditNote, Document, Invoice, Line
from localxero.drafting.documents import DocumentDraft

# Of a line, what may still be changed: Description, AccountCode, Tracking (xero-rules.md 5.1).
FIXED = (
    "line_item_id",
    "quantity",
    "unit_amount",
    "line_amount",
    "tax_amount",
    "tax_type",
    "item_code",
    "discount_rate",
)
FIXED_OF_DOCUMENT = ("line_amount_types", "currency_code", "currency_rate", "total")
EDITED = "This document cannot be edited as it has a payment or credit note allocated to it."


def settled_document_stays(draft: DocumentDraft[Invoice]) -> Iterator[str]:
    """Refuse to void or rewrite a part or fully paid invoice or bill, but for the few fields that stay open.

    Source: xero-rules.md 4.6, 5.1, D-INV (sure; for bills since March 2026: likely; wording likely)
    """
    before = draft.before
    if before is None or not (before.is_settled or before.status == "PAID"):
        return
    if draft.after.status != before.status:
        if not before.is_settled:
            return
        yield (
            f"The status {draft.after.status} cannot be applied to the invoice because it has payments or credit "
            "notes allocated to it."
        )
    elif before.status == "AUTHORISED" and draft.after.date != before.date:
        yield "Date cannot be changed on an invoice that has payment or credit notes allocated to it."
    elif (
        draft.after.date != before.date
        or _is_rewritten(draft, before)
        or (before.amount_credited and draft.after.contact_id != before.contact_id)
    ):
        if before.status == "PAID":
            yield "Invoice not of valid status for modification"
        yield EDITED


def settled_credit_note_stays(draft: DocumentDraft[CreditNote]) -> Iterator[str]:
    """Refuse to void or rewrite a credit note of which something was allocated or refunded.

    Source: xero-rules.md 4.6, GH:waynerobinson/xeroizer#211 (likely; which fields stay open: unsure)
    """
    before = draft.before
    if before is None or not before.is_settled:
        return
    if draft.after.status != before.status or is_changed(draft, before):
        yield EDITED


def is_changed(draft: DocumentDraft[CreditNote], before: CreditNote) -> bool:
    """Tell whether its date, its contact, its amounts or its lines are others."""
    after = draft.after
    return after.date != before.date or after.contact_id != before.contact_id or _is_rewritten(draft, before)


def _is_rewritten(draft: DocumentDraft[Document], before: Document) -> bool:
    after = draft.after
    return any(getattr(before, name) != getattr(after, name) for name in FIXED_OF_DOCUMENT) or (
        [_fixed(line) for line in before.lines] != [_fixed(line) for line in after.lines]
    )


def _fixed(line: Line) -> tuple[object, ...]:
    return tuple(getattr(line, name) for name in FIXED)
