"""What Xero refuses about invoices and bills as a whole."""

from collections.abc import Iterator
from decimal import Decimal
from urllib.parse import urlsplit

from localkit.rules import Rule
from localkit.web_address import is_web_address
from localxero.books import PAYABLE, RECEIVABLE
from localxero.books.records import Invoice
from localxero.drafting.documents import DocumentDraft
from localxero.rules import lines, settled, stock
from localxero.rules.documents import (
    APPROVED,
    NOT_PERMITTED,
    SHARED,
    credit_notes_numbered,
    is_taken,
    locked_document_stays,
    moved,
    numbered,
    period_is_open,
    rate_is_plausible,
)
from localxero.wire import InvoiceBody

LARGEST_ROUNDING = Decimal("0.10")
INVOICE_MOVES = {
    "DRAFT": {"DRAFT", "SUBMITTED", "AUTHORISED", "DELETED"},
    "SUBMITTED": {"SUBMITTED", "AUTHORISED", "DRAFT", "DELETED"},
    "AUTHORISED": {"AUTHORISED", "VOIDED"},
    "PAID": {"PAID"},
}
# How many invoices and bills a month the smallest plan approves (xero-rules.md 10.17, likely; they change).
CAPS = {"STARTER": (20, 5)}
InvoiceDraft = DocumentDraft[Invoice]


def url_is_a_link_elsewhere(draft: InvoiceDraft) -> Iterator[str]:
    """Refuse a Url that is no absolute http link, or that holds "xero" in its host.

    Source: xero-rules.md 5.1 (likely; which part of the link may not say "xero": unsure)
    """
    url = draft.after.url
    if url and (not is_web_address(url) or "xero" in urlsplit(url).netloc.casefold()):
        yield "Url must be a valid absolute url"


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
    before = draft.before
    if before is None:
        return
    moves = INVOICE_MOVES.get(before.status, set())
    if before.status == "PAID" and not before.is_settled:
        moves = moves | {"VOIDED"}
    if draft.after.status not in moves:
        yield "Invoice not of valid status for modification"


def type_stays(draft: InvoiceDraft) -> Iterator[str]:
    """Refuse to turn a sale into a bill, or the other way round.

    Source: SPEC Invoice.Type (likely; wording unsure)
    """
    if draft.before and draft.after.type != draft.before.type:
        yield "Invoice not of valid type for modification"


def number_is_unique(draft: InvoiceDraft) -> Iterator[str]:
    """Refuse a sales invoice number that another one has, in any case; voided numbers stay burnt.

    The number it had before it was renamed, and that of a customer's credit note, are switches.
    Source: xero-rules.md 4.2, 4.6, SPEC (sure; voided and deleted ones: likely; renamed ones, credit notes: unsure)
    """
    after, switches = draft.after, draft.setting.switches
    if after.type != RECEIVABLE or not moved(draft):
        return
    holders = numbered(draft.books, after.number, is_renamed_free=switches.renamed_numbers_are_free)
    if switches.credit_notes_share_the_invoices_numbers:
        holders += credit_notes_numbered(draft.books, after.number)
    if is_taken(holders, after.document_id, burnt=switches.deleted_numbers_stay_burnt):
        yield "Invoice # must be unique."


def number_fits(draft: InvoiceDraft) -> Iterator[str]:
    """Refuse an InvoiceNumber of more than 255 characters.

    Source: xero-rules.md 5.1 (sure on the cap; wording unsure)
    """
    if len(draft.after.number) > 255:
        yield "Invoice # must not be more than 255 characters"


def number_is_printable(draft: InvoiceDraft) -> Iterator[str]:
    """Refuse an InvoiceNumber with anything but printable ASCII characters.

    Source: D-INV (sure; wording not found)
    """
    if draft.after.type == RECEIVABLE and not (draft.after.number.isascii() and draft.after.number.isprintable()):
        yield "Invoice # must only contain printable ASCII characters"


def due_date_is_given(draft: InvoiceDraft) -> Iterator[str]:
    """Refuse to submit or approve an invoice without a due date.

    Source: xero-rules.md 4.6, 5.1 (likely)
    """
    if draft.after.status in APPROVED and draft.after.due_date is None:
        yield "Due date cannot be empty."


def plan_allows_approval(draft: InvoiceDraft) -> Iterator[str]:
    """Refuse to approve more invoices or bills in a month than the plan has.

    Source: xero-rules.md 4.6, 10.17 (likely; the caps change)
    """
    own, after = draft.books.organisation, draft.after
    is_new = after.status == "AUTHORISED" and (draft.before is None or draft.before.status != "AUTHORISED")
    caps = CAPS.get(own.plan, (None, None))
    cap = (own.invoice_cap or caps[0]) if after.type == RECEIVABLE else (own.bill_cap or caps[1])
    if not is_new or cap is None:
        return
    approved = sum(
        each.type == after.type
        and each.status in {"AUTHORISED", "PAID", "VOIDED"}
        and (each.date.year, each.date.month) == (after.date.year, after.date.month)
        for each in draft.books.invoices.values()
    )
    if approved >= cap:
        words = "invoices" if after.type == RECEIVABLE else "bills"
        yield f"You have reached the limit of {words} you can approve"


def rounding_amount_is_small(draft: InvoiceDraft) -> Iterator[str]:
    """Refuse a RoundingAmount of more than 0.10 either way, or on a draft.

    Source: xero-rules.md 5.2 (likely; wording not found)
    """
    if not draft.after.rounding:
        return
    if abs(draft.after.rounding) > LARGEST_ROUNDING:
        yield "RoundingAmount must be between -0.10 and 0.10"
    if draft.after.status == "DRAFT":
        yield "RoundingAmount may only be used on SUBMITTED and AUTHORISED invoices"


def rounding_amount_adds_up(draft: InvoiceDraft) -> Iterator[str]:
    """Refuse a RoundingAmount sent without SubTotal, TotalTax and Total, or where they do not add up.

    Source: xero-rules.md 5.2 (likely; wording not found)
    """
    sent = draft.given
    if not isinstance(sent, InvoiceBody) or not sent.rounding_amount or not draft.after.rounding:
        return
    if None in (sent.sub_total, sent.total_tax, sent.total):
        yield "SubTotal, TotalTax and Total must be supplied with RoundingAmount"
    elif (sent.sub_total, sent.total_tax, sent.total) != (
        draft.after.sub_total,
        draft.after.total_tax,
        draft.after.total,
    ):
        yield "SubTotal, TotalTax and Total do not agree with the line items and RoundingAmount"


def person_may_create(draft: InvoiceDraft) -> Iterator[str]:
    """Refuse what the connecting person may not do: /Organisation/Actions says so beforehand.

    Source: xero-rules.md 5.1 (sure on the actions; how it is said: not found)
    """
    closed = draft.books.organisation.not_allowed
    word = "Invoice" if draft.after.type == RECEIVABLE else "Bill"
    action = f"Create{'Approved' if draft.after.status == 'AUTHORISED' else 'Draft'}{word}"
    if action in closed and (draft.before is None or draft.before.status != draft.after.status) and moved(draft):
        yield NOT_PERMITTED


def organisation_may_invoice(draft: InvoiceDraft) -> Iterator[str]:
    """Refuse invoices in a partner edition (ledger, cashbook).

    Source: xero-rules.md 10.19 (sure; wording unsure)
    """
    if draft.books.organisation.edition == "PARTNER":
        yield "The organisation's edition does not support invoices"


def invoice_is_not_marked_sent_too_early(draft: InvoiceDraft) -> Iterator[str]:
    """Warn that SentToContact is kept on approved invoices only.

    Source: xero-rules.md 4.6, D-RR (sure)
    """
    if draft.given.sent_to_contact and draft.after.status not in {"AUTHORISED", "PAID"}:
        yield "Only AUTHORISED invoices may have SentToContact updated."


INVOICE_RULES: tuple[Rule[InvoiceDraft], ...] = (
    type_may_be_created,
    status_may_be_created,
    status_may_be_reached,
    type_stays,
    number_is_unique,
    number_fits,
    number_is_printable,
    due_date_is_given,
    period_is_open,
    locked_document_stays,
    settled.settled_document_stays,
    person_may_create,
    organisation_may_invoice,
    plan_allows_approval,
    rounding_amount_is_small,
    rounding_amount_adds_up,
    url_is_a_link_elsewhere,
    *SHARED,
    *lines.INVOICE_RULES,
    *stock.RULES,
)
INVOICE_WARNINGS: tuple[Rule[InvoiceDraft], ...] = (
    invoice_is_not_marked_sent_too_early,
    rate_is_plausible,
    *lines.WARNINGS,
)
