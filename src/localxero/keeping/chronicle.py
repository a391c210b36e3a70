"""What Xero writes into a record's history by itself; read it under /{Resource}/{id}/History.

That a change came through the API is told in one form of words (Xero's page on history and notes; likely); what a
payment or a credit is told in is unsure.
"""

from decimal import Decimal

from localxero.books import Books
from localxero.books.records import SYSTEM, CreditNote, Invoice, Note
from localxero.drafting.lines import Setting

CHANGES = {
    "SUBMITTED": "Submitted",
    "AUTHORISED": "Approved",
    "BILLED": "Billed",
    "VOIDED": "Voided",
    "DELETED": "Deleted",
    "ARCHIVED": "Archived",
}


def change_of(before: str | None, after: str) -> str:
    """Name a change by the status before (None where there was nothing) and after it."""
    if before == after:
        return "Edited"
    if before == "ARCHIVED":
        return "Restored"
    return CHANGES.get(after, "Created" if before is None else "Edited")


def tell_write(setting: Setting, record_id: str, before: str | None, after: str) -> None:
    """Note that a record was written through the API, or by whom by hand."""
    changes = change_of(before, after)
    if setting.person:
        note = Note(changes=changes, details="", at_ms=setting.now_ms, user=setting.person)
    else:
        details = f"Received through the Xero API from {setting.app_name}"
        note = Note(changes=changes, details=details, at_ms=setting.now_ms)
    setting.books.note(record_id, note)


def tell_settlement(
    books: Books, document: Invoice | CreditNote, what: str, amount: Decimal, *, at_ms: int, person: str = ""
) -> None:
    """Note what was paid or credited on a document, or taken back, and what is left."""
    left = document.amount_due if isinstance(document, Invoice) else document.remaining_credit
    rest = "Nothing is outstanding." if not left else f"{left:.2f} is outstanding."
    note = Note(
        changes="Paid" if not left else "Edited",
        details=f"{what} for {amount:.2f}. {rest}",
        at_ms=at_ms,
        user=person or SYSTEM,
    )
    books.note(document.document_id, note)
