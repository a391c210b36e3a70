"""What Xero refuses about an invoice, bill or purchase order as a whole."""

from collections.abc import Iterator
from datetime import date
from urllib.parse import urlsplit

from localxero.arithmetic import ZERO
from localxero.books import PAYABLE, RECEIVABLE
from localxero.drafting import DocumentDraft
from localxero.records import Document, Invoice, PurchaseOrder
from localxero.rules import Rule, lines, stock

APPROVED = ("SUBMITTED", "AUTHORISED")
DEAD = ("VOIDED", "DELETED")

INVOICE_MOVES = {
    "DRAFT": {"DRAFT", "SUBMITTED", "AUTHORISED", "DELETED"},
    "SUBMITTED": {"SUBMITTED", "AUTHORISED", "DRAFT", "DELETED"},
    "AUTHORISED": {"AUTHORISED", "VOIDED"},
}
PURCHASE_ORDER_MOVES = {
    "DRAFT": {"DRAFT", "SUBMITTED", "AUTHORISED", "DELETED"},
    "SUBMITTED": {"SUBMITTED", "AUTHORISED", "DRAFT", "DELETED"},
    "AUTHORISED": {"AUTHORISED", "BILLED", "DELETED", "DRAFT"},
    "BILLED": {"BILLED", "AUTHORISED", "DELETED"},
}

AnyDraft = DocumentDraft[Document]
InvoiceDraft = DocumentDraft[Invoice]
PurchaseOrderDraft = DocumentDraft[PurchaseOrder]


def moved(draft: AnyDraft) -> bool:
    """Tell whether the change does more than end a document's life."""
    return draft.after.status not in DEAD


# Any document


def contact_is_given(draft: AnyDraft) -> Iterator[str]:
    """Refuse a document without a contact, or with an id that is no contact's.

    Source: xero-rules.md 4.6, D-PO sample (sure; for an unknown ContactID: unsure)
    """
    if draft.contact is None:
        yield "A Contact must be specified for this type of transaction"


def contact_is_not_archived(draft: AnyDraft) -> Iterator[str]:
    """Refuse an archived contact on a new document.

    Source: xero-rules.md 4.6, 5.6 (likely)
    """
    if draft.contact and draft.contact.status != "ACTIVE" and moved(draft):
        yield (
            "The contact with the specified contact details has been archived. The contact must be un-archived "
            "before creating new invoices or credit notes."
        )


def currency_is_subscribed(draft: AnyDraft) -> Iterator[str]:
    """Refuse a currency that the organisation has not added.

    Source: xero-rules.md 4.6, 5.3, D-PO sample (sure)
    """
    if draft.after.currency_code not in draft.books.currencies:
        yield f"Organisation is not subscribed to currency {draft.after.currency_code}"


def has_lines(draft: AnyDraft) -> Iterator[str]:
    """Refuse a document without lines.

    Source: xero-rules.md 4.6 (likely)
    """
    if not draft.after.lines:
        yield "One or more line items must be specified"


def total_is_not_negative(draft: AnyDraft) -> Iterator[str]:
    """Refuse a document whose total is below zero: that is a credit note.

    Source: xero-rules.md 4.6, 10.24 (likely)
    """
    if draft.after.total < ZERO:
        yield "The Total for this document must be greater than or equal to zero."


def reference_fits(draft: AnyDraft) -> Iterator[str]:
    """Refuse a Reference of more than 255 characters.

    Source: xero-rules.md 5.1 (sure on the cap; wording unsure)
    """
    if len(draft.after.reference) > 255:
        yield "Reference must not be more than 255 characters"


def url_is_a_link_elsewhere(draft: AnyDraft) -> Iterator[str]:
    """Refuse a Url that is no absolute http link, or that holds "xero" in its host.

    Source: xero-rules.md 5.1 (likely; which part of the link may not say "xero": unsure)
    """
    url = getattr(draft.after, "url", None)
    if not url:
        return
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.netloc or "xero" in parts.netloc.casefold():
        yield "Url must be a valid absolute url"


# Invoices and bills


def type_may_be_created(draft: InvoiceDraft) -> Iterator[str]:
    """Refuse any Type but ACCREC and ACCPAY.

    Source: xero-rules.md 4.6 (sure)
    """
    if draft.after.type not in {RECEIVABLE, PAYABLE}:
        yield "Invoice not of valid type for creation"


def status_may_be_created(draft: InvoiceDraft) -> Iterator[str]:
    """Refuse to create an invoice that is already paid, voided or deleted.

    Source: xero-rules.md 4.6, 5.1 (sure)
    """
    if draft.before is None and draft.after.status not in {"DRAFT", *APPROVED}:
        yield "Invoice not of valid status for creation"


def status_may_be_reached(draft: InvoiceDraft) -> Iterator[str]:
    """Refuse a change of status that is not in the table, and any change of a finished document.

    Source: xero-rules.md 4.6, 5.1 (likely)
    """
    if draft.before and draft.after.status not in INVOICE_MOVES.get(draft.before.status, set()):
        yield "Invoice not of valid status for modification"


def number_is_unique(draft: InvoiceDraft) -> Iterator[str]:
    """Refuse a sales invoice number that another one has, in any case; voided numbers stay burnt.

    Source: xero-rules.md 4.2, 4.6, SPEC (sure; voided and deleted ones: likely)
    """
    after = draft.after
    if after.type != RECEIVABLE or not moved(draft):
        return
    burnt = draft.setting.switches.deleted_numbers_stay_burnt
    if any(
        other.document_id != after.document_id and other.type == RECEIVABLE and (burnt or other.status != "DELETED")
        for other in draft.books.invoices_numbered(after.number)
    ):
        yield "Invoice # must be unique."


def number_fits(draft: InvoiceDraft) -> Iterator[str]:
    """Refuse an InvoiceNumber of more than 255 characters.

    Source: xero-rules.md 5.1 (sure on the cap; wording unsure)
    """
    if len(draft.after.number) > 255:
        yield "Invoice # must not be more than 255 characters"


def due_date_is_given(draft: InvoiceDraft) -> Iterator[str]:
    """Refuse to submit or approve an invoice without a due date.

    Source: xero-rules.md 4.6, 5.1 (likely)
    """
    if draft.after.status in APPROVED and draft.after.due_date is None:
        yield "Due date cannot be empty."


def period_is_open(draft: InvoiceDraft) -> Iterator[str]:
    """Refuse a document dated on or before a lock date.

    Source: xero-rules.md 4.6, 5.7 (likely; for drafts a switch; period lock's wording unsure)
    """
    if draft.after.status == "DRAFT" and not draft.setting.switches.drafts_respect_lock_dates:
        return
    if draft.before and draft.before.date == draft.after.date:
        return
    own = draft.books.organisation
    for name, locked in (("end of year", own.end_of_year_lock_date), ("period", own.period_lock_date)):
        if locked and draft.after.date <= locked:
            yield f"The document date cannot be before the {name} lock date, currently set at {spelt(locked)}"


def locked_document_stays(draft: InvoiceDraft) -> Iterator[str]:
    """Refuse to edit an approved document that lies in a locked period.

    Source: xero-rules.md 4.6 (likely)
    """
    locked = draft.books.organisation.end_of_year_lock_date
    if locked and draft.before and draft.before.status == "AUTHORISED" and draft.before.date <= locked:
        yield "The document cannot be edited as it is currently dated before the end of year lock date"


def settled_document_stays(draft: InvoiceDraft) -> Iterator[str]:
    """Refuse to void or rewrite an invoice that has payments or credit notes.

    Source: xero-rules.md 4.6, 5.1 (likely)
    """
    before = draft.before
    if before is None or not (before.amount_paid or before.amount_credited):
        return
    if draft.after.status != before.status:
        yield (
            f"The status {draft.after.status} cannot be applied to the invoice because it has payments or credit "
            "notes allocated to it."
        )
    elif draft.given.line_items:
        yield "This document cannot be edited as it has a payment or credit note allocated to it."


def organisation_may_invoice(draft: InvoiceDraft) -> Iterator[str]:
    """Refuse invoices in a partner edition (ledger, cashbook).

    Source: xero-rules.md 10.19 (sure; wording unsure)
    """
    if draft.books.organisation.edition == "PARTNER":
        yield "The organisation's edition does not support invoices"


# Purchase orders


def order_number_is_unique(draft: PurchaseOrderDraft) -> Iterator[str]:
    """Refuse a purchase order number that another one has, in any case.

    Source: xero-rules.md 4.2, 4.6, SPEC (sure)
    """
    others = draft.books.purchase_orders_numbered(draft.after.number)
    if moved(draft) and any(other.document_id != draft.after.document_id for other in others):
        yield "Order number must be unique"


def order_status_may_be_created(draft: PurchaseOrderDraft) -> Iterator[str]:
    """Refuse to create a purchase order as deleted, or with a status that is none.

    Source: xero-rules.md 5.4 (likely; wording unsure)
    """
    if draft.before is None and draft.after.status not in {"DRAFT", *APPROVED, *_billed(draft)}:
        yield "Purchase order not of valid status for creation"


def order_status_may_be_reached(draft: PurchaseOrderDraft) -> Iterator[str]:
    """Refuse a change of a deleted purchase order, and unlikely changes of status; no table is published.

    Source: xero-rules.md 5.4 (unsure)
    """
    if draft.before is None:
        return
    moves = PURCHASE_ORDER_MOVES.get(draft.before.status, set())
    billing = draft.after.status == "BILLED" and draft.before.status != "BILLED"
    if draft.after.status not in moves or (billing and not _billed(draft)):
        yield "Purchase order not of valid status for modification"


def _billed(draft: PurchaseOrderDraft) -> set[str]:
    return {"BILLED"} if draft.setting.switches.purchase_orders_billed_by_api else set()


def delivery_instructions_fit(draft: PurchaseOrderDraft) -> Iterator[str]:
    """Refuse DeliveryInstructions of more than 500 characters.

    Source: xero-rules.md 5.4 (sure on the cap; wording unsure)
    """
    if len(draft.after.delivery_instructions) > 500:
        yield "Delivery Instructions must not be more than 500 characters"


# Warnings: the document is saved all the same


def invoice_is_not_marked_sent_too_early(draft: InvoiceDraft) -> Iterator[str]:
    """Warn that SentToContact is kept on approved invoices only.

    Source: xero-rules.md 4.6, D-RR (sure)
    """
    if draft.given.sent_to_contact and draft.after.status not in {"AUTHORISED", "PAID"}:
        yield "Only AUTHORISED invoices may have SentToContact updated."


def order_is_not_marked_sent_too_early(draft: PurchaseOrderDraft) -> Iterator[str]:
    """Warn that SentToContact is kept on approved and billed purchase orders only.

    Source: xero-rules.md 4.6, SPEC (sure)
    """
    if draft.given.sent_to_contact and draft.after.status not in {"AUTHORISED", "BILLED"}:
        yield "Only AUTHORISED and BILLED purchase orders may have SentToContact updated."


def spelt(value: date) -> str:
    """Write a date as in Xero's messages."""
    return f"{value.day} {value:%B %Y}"


SHARED: tuple[Rule[AnyDraft], ...] = (
    contact_is_given,
    contact_is_not_archived,
    currency_is_subscribed,
    has_lines,
    reference_fits,
    *lines.RULES,
    total_is_not_negative,
)
INVOICE_RULES: tuple[Rule[InvoiceDraft], ...] = (
    type_may_be_created,
    status_may_be_created,
    status_may_be_reached,
    number_is_unique,
    number_fits,
    due_date_is_given,
    period_is_open,
    locked_document_stays,
    settled_document_stays,
    organisation_may_invoice,
    url_is_a_link_elsewhere,
    *SHARED,
    *lines.INVOICE_RULES,
    stock.is_on_hand,
)
PURCHASE_ORDER_RULES: tuple[Rule[PurchaseOrderDraft], ...] = (
    order_status_may_be_created,
    order_status_may_be_reached,
    order_number_is_unique,
    delivery_instructions_fit,
    *SHARED,
    *lines.PURCHASE_ORDER_RULES,
)
INVOICE_WARNINGS: tuple[Rule[InvoiceDraft], ...] = (invoice_is_not_marked_sent_too_early,)
PURCHASE_ORDER_WARNINGS: tuple[Rule[PurchaseOrderDraft], ...] = (order_is_not_marked_sent_too_early,)
