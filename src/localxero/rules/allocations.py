"""What Xero refuses about setting credit notes against invoices."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from localkit.rules import Rule
from localxero.books import PAYABLE, PAYABLE_CREDIT, RECEIVABLE, RECEIVABLE_CREDIT, Books
from localxero.books.records import CreditNote, Invoice
from localxero.rules.documents import locked_on
from localxero.switches import Switches

PAIRS = {RECEIVABLE_CREDIT: RECEIVABLE, PAYABLE_CREDIT: PAYABLE}


@dataclass(frozen=True, slots=True)
class AllocationDraft:
    """A part of a credit note that is to be set against an invoice; what was not found is None."""

    books: Books
    note: CreditNote
    invoice: Invoice | None
    switches: Switches
    amount: Decimal | None
    day: date


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
    """Refuse an invoice of another contact, by a switch, or in another currency.

    Source: xero-rules.md 5.7 (likely; wording not found; of another contact: unsure)
    """
    if draft.invoice is None:
        return
    if not draft.switches.credits_cross_contacts and draft.invoice.contact_id != draft.note.contact_id:
        yield "Credit Note cannot be allocated to an invoice of another contact"
    if draft.invoice.currency_code != draft.note.currency_code:
        yield "Credit Note cannot be allocated to an invoice in another currency"


def allocation_period_is_open(draft: AllocationDraft) -> Iterator[str]:
    """Refuse an allocation dated on or before a lock date.

    Source: xero-rules.md 5.7 (likely; wording as for documents)
    """
    yield from locked_on(draft.books, draft.day)


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
