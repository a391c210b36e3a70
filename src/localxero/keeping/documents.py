"""Writes documents that rules have let pass into the books, with their contact.

keep_invoice, keep_credit_note -> the document and its contact -> restock -> settle
"""

from msgspec.structs import replace

from localxero.books import PAYABLE, Books
from localxero.books.records import CreditNote, Document, Invoice, PurchaseOrder
from localxero.drafting.documents import DocumentDraft
from localxero.keeping import chronicle
from localxero.keeping.restocking import restock
from localxero.keeping.settling import settle_invoice


def keep_invoice(draft: DocumentDraft[Invoice]) -> Invoice:
    """Write an invoice or bill into the books and return it as it stands there."""
    _keep_contact(draft)
    draft.books.put_invoice(draft.after)
    restock(draft.books, draft.after, is_new=draft.before is None)
    _tell(draft)
    if draft.after.status == "AUTHORISED" and not draft.after.amount_due:
        switches = draft.setting.switches
        is_bill = draft.after.type == PAYABLE
        at_once = switches.zero_total_bills_are_paid if is_bill else switches.zero_totals_are_paid
        settle_invoice(draft.books, draft.after.document_id, paid_at_once=at_once)
    return draft.books.invoices[draft.after.document_id]


def keep_credit_note(draft: DocumentDraft[CreditNote]) -> CreditNote:
    """Write a credit note into the books and return it as it stands there."""
    _keep_contact(draft)
    draft.books.put_credit_note(draft.after)
    at_average = draft.setting.switches.returns_come_back_at_average_cost
    restock(draft.books, draft.after, is_new=draft.before is None, returns_at_average=at_average)
    _tell(draft)
    return draft.after


def keep_purchase_order(draft: DocumentDraft[PurchaseOrder]) -> PurchaseOrder:
    """Write a purchase order into the books; it moves and settles nothing (xero-rules.md 5.4)."""
    draft.books.put_purchase_order(draft.after)
    _tell(draft)
    return draft.after


def _tell(draft: DocumentDraft[Document]) -> None:
    before = draft.before.status if draft.before else None
    chronicle.tell_write(draft.setting, draft.after.document_id, before, draft.after.status)


def _keep_contact(draft: DocumentDraft[Document]) -> None:
    if draft.contact and draft.contact_changes:
        draft.books.put_contact(replace(draft.contact, updated_ms=draft.after.updated_ms))


def merge_contacts(books: Books, contact_id: str, into: str, *, updated_ms: int) -> None:
    """Move a contact's documents to another and archive it (xero-rules.md 5.6)."""
    for invoice in [books.invoices[key] for key in books.invoices_of.get(contact_id, ())]:
        books.put_invoice(replace(invoice, contact_id=into, updated_ms=updated_ms))
    for note in [each for each in books.credit_notes.values() if each.contact_id == contact_id]:
        books.put_credit_note(replace(note, contact_id=into, updated_ms=updated_ms))
    for order in [each for each in books.purchase_orders.values() if each.contact_id == contact_id]:
        books.put_purchase_order(replace(order, contact_id=into, updated_ms=updated_ms))
    merged = replace(books.contacts[contact_id], status="ARCHIVED", merged_to=into, updated_ms=updated_ms)
    books.put_contact(merged)
