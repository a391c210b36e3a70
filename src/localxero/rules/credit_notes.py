"""What Xero refuses about credit notes and their allocations."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from localkit.rules import Rule
from localxero.books import PAYABLE, PAYABLE_CREDIT, RECEIVABLE, RECEIVABLE_CREDIT, Books
from localxero.books.records import CreditNote, Invoice
from localxero.drafting.documents import DocumentDraft
from localxero.rules import documents, lines, settled, stock
from localxero.rules.documents import APPROVED, moved
from localxero.rules.invoices import INVOICE_MOVES

CreditNoteDraft = DocumentDraft[CreditNote]
PAIRS = {RECEIVABLE_CREDIT: RECEIVABLE, PAYABLE_CREDIT: PAYABLE}


@dataclass(frozen=True, slots=True)
class AllocationDraft:
    """A part of a credit note that is to be set against an invoice; what was not found is None."""

    books: Books
    note: CreditNote
    invoice: Invoice | None
    amount: Decimal | None
    day: date


def credit_note_type_may_be_created(draft: CreditNoteDraft) -> Iterator[str]:
    """Refuse any Type but ACCRECCREDIT and ACCPAYCREDIT.

    Source: xero-rules.md 5.7, SPEC CreditNote.Type (sure; wording as for invoices)
    """
    if draft.after.type not in PAIRS:
        yield "Credit Note not of valid type for creation"


def credit_note_status_may_be_created(draft: CreditNoteDraft) -> Iterator[str]:
    """Refuse to create a credit note that is already paid, voided or deleted.

    Source: xero-rules.md 5.1 of invoices (likely; wording as for invoices)
    """
    if draft.before is None and draft.after.status not in {"DRAFT", *APPROVED}:
        yield "Credit Note not of valid status for creation"


def credit_note_status_may_be_reached(draft: CreditNoteDraft) -> Iterator[str]:
    """Refuse a change of status that is not in the invoices' table, and any change of a finished credit note.

    Source: xero-rules.md 5.1 of invoices (likely; wording as for invoices)
    """
    if draft.before and draft.after.status not in INVOICE_MOVES.get(draft.before.status, set()):
        yield "Credit Note not of valid status for modification"


def credit_note_type_stays(draft: CreditNoteDraft) -> Iterator[str]:
    """Refuse to turn a customer's credit note into a supplier's, or the other way round.

    Source: SPEC CreditNote.Type (likely; wording unsure)
    """
    if draft.before and draft.after.type != draft.before.type:
        yield "Credit Note not of valid type for modification"


def credit_note_number_is_unique(draft: CreditNoteDraft) -> Iterator[str]:
    """Refuse the number of another credit note for a customer; suppliers' numbers are free.

    Source: xero-rules.md 5.7, SPEC CreditNote.CreditNoteNumber (sure; wording unsure)
    """
    after = draft.after
    if after.type != RECEIVABLE_CREDIT or not moved(draft):
        return
    burnt = draft.setting.switches.deleted_numbers_stay_burnt
    if any(
        other.document_id != after.document_id
        and other.type == RECEIVABLE_CREDIT
        and (burnt or other.status != "DELETED")
        for other in draft.books.credit_notes_numbered(after.number)
    ):
        yield "Credit Note # must be unique."


# Allocations


def allocation_names_an_invoice(draft: AllocationDraft) -> Iterator[str]:
    """Refuse an allocation to an invoice that is not there.

    Source: SPEC Allocation.Invoice (sure; wording not found)
    """
    if draft.invoice is None:
        yield "Invoice could not be found"


def allocation_has_an_amount(draft: AllocationDraft) -> Iterator[str]:
    """Refuse an amount of nothing or less.

    Source: GH:XeroAPI/xero-node#239 (likely; wording unsure)
    """
    if draft.amount is None or draft.amount <= 0:
        yield "Allocation amount must be greater than 0"


def allocated_credit_note_is_approved(draft: AllocationDraft) -> Iterator[str]:
    """Refuse to allocate a credit note that is not approved.

    Source: xero-rules.md 5.7 (likely; wording not found)
    """
    if draft.note.status not in {"AUTHORISED", "PAID"}:
        yield "Only AUTHORISED credit notes can be allocated"


def allocated_invoice_is_approved(draft: AllocationDraft) -> Iterator[str]:
    """Refuse to allocate to an invoice that is paid, or that is not approved.

    Source: GH:waynerobinson/xeroizer#320 (likely; for drafts and dead ones: wording not found)
    """
    if draft.invoice and draft.invoice.status == "PAID":
        yield "The invoice you are trying to allocate to has already been paid off"
    elif draft.invoice and draft.invoice.status != "AUTHORISED":
        yield "Credit Note can only be allocated to AUTHORISED invoices"


def allocation_is_outstanding(draft: AllocationDraft) -> Iterator[str]:
    """Refuse more than is left of the credit note, or than is due on the invoice.

    Source: GH:waynerobinson/xeroizer#320, GH:calcinai/xero-php#251 (likely)
    """
    if draft.invoice is None or draft.amount is None:
        return
    if draft.amount > min(draft.note.remaining_credit, draft.invoice.amount_due):
        yield "Credit Note cannot be allocated as amount is greater than amount outstanding"


def allocation_is_of_one_kind(draft: AllocationDraft) -> Iterator[str]:
    """Refuse a customer's credit note on a bill, and a supplier's on a sales invoice.

    Source: GH:waynerobinson/xeroizer#320 (likely)
    """
    if draft.invoice and draft.invoice.type != PAIRS.get(draft.note.type):
        yield "Credit Note cannot be allocated to an incorrect invoice type"


def allocation_is_of_one_contact(draft: AllocationDraft) -> Iterator[str]:
    """Refuse an invoice of another contact, or in another currency.

    Source: xero-rules.md 5.7 (likely; wording not found)
    """
    if draft.invoice is None:
        return
    if draft.invoice.contact_id != draft.note.contact_id:
        yield "Credit Note cannot be allocated to an invoice of another contact"
    if draft.invoice.currency_code != draft.note.currency_code:
        yield "Credit Note cannot be allocated to an invoice in another currency"


def allocation_period_is_open(draft: AllocationDraft) -> Iterator[str]:
    """Refuse an allocation dated on or before a lock date.

    Source: xero-rules.md 5.7 (likely; wording as for documents)
    """
    yield from documents.locked_on(draft.books, draft.day)


CREDIT_NOTE_RULES: tuple[Rule[CreditNoteDraft], ...] = (
    credit_note_type_may_be_created,
    credit_note_status_may_be_created,
    credit_note_status_may_be_reached,
    credit_note_type_stays,
    credit_note_number_is_unique,
    documents.period_is_open,
    documents.locked_document_stays,
    settled.settled_credit_note_stays,
    *documents.SHARED,
    *lines.CREDIT_NOTE_RULES,
    *stock.RULES,
)
CREDIT_NOTE_WARNINGS: tuple[Rule[CreditNoteDraft], ...] = (documents.rate_is_plausible, *lines.WARNINGS)
ALLOCATION_RULES: tuple[Rule[AllocationDraft], ...] = (
    allocation_names_an_invoice,
    allocation_has_an_amount,
    allocated_credit_note_is_approved,
    allocated_invoice_is_approved,
    allocation_is_outstanding,
    allocation_is_of_one_kind,
    allocation_is_of_one_contact,
    allocation_period_is_open,
)
