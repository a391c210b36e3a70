"""PURE but for new ids: what was sent + what the books hold -> the record as it would be booked.

A draft is what `rules` judge. Making one refuses nothing but what cannot be read: unknown accounts, items and
contacts are left as None for the rules to speak about.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Generic, TypeVar

from msgspec.structs import replace

from localxero.books import PAYABLE, PAYABLE_CREDIT, RECEIVABLE, RECEIVABLE_CREDIT, Books, arithmetic, fold
from localxero.books.arithmetic import EXCLUSIVE, ONE, ZERO, rounded
from localxero.books.records import Contact, CreditNote, Document, Invoice, PurchaseOrder
from localxero.drafting.contacts import contact_of
from localxero.drafting.lines import PURCHASE, SALE, LineDraft, Setting, line_drafts, without_unknown_account
from localxero.wire import (
    CreditNoteBody,
    DocumentBody,
    InvoiceBody,
    PurchaseOrderBody,
    calendar_date,
)

APPROVED = {"SUBMITTED", "AUTHORISED", "BILLED"}
T = TypeVar("T", Invoice, CreditNote)
D_co = TypeVar("D_co", bound=Document, covariant=True)


@dataclass(frozen=True, slots=True)
class DocumentDraft(Generic[D_co]):
    """A document as sent, as it stands in the books (or None), and as it would be booked."""

    setting: Setting
    given: DocumentBody
    before: D_co | None
    after: D_co
    contact: Contact | None
    contact_changes: bool
    lines: tuple[LineDraft, ...]

    @property
    def books(self) -> Books:
        """Return the books the document is for."""
        return self.setting.books

    @property
    def judged(self) -> tuple[LineDraft, ...]:
        """Return the lines to be judged: those that were sent, and all of them where the document is being approved."""
        is_approving = self.after.status in APPROVED and (self.before is None or self.before.status not in APPROVED)
        return self.lines if is_approving else tuple(each for each in self.lines if not each.is_kept)


def invoice_draft(setting: Setting, body: InvoiceBody, before: Invoice | None) -> DocumentDraft[Invoice]:
    """Draft a sales invoice or a bill."""
    kind = (body.type or (before.type if before else "")).upper()
    side = PURCHASE if kind == PAYABLE else SALE
    contact, is_new = contact_of(setting, body.contact, before, may_create=True)
    lines, common = _common(setting, body, before, contact=contact, side=side, places=setting.unitdp)
    number = body.invoice_number or (before.number if before else "")
    after = Invoice(
        **common,
        document_id=before.document_id if before else setting.books.new_id("invoice"),
        number=number or (setting.books.next_number("INV-") if kind == RECEIVABLE else ""),
        type=kind,
        due_date=calendar_date(body.due_date, "DueDate") or (before.due_date if before else None),
        url=body.url or (before.url if before else None),
        expected_payment_date=calendar_date(body.expected_payment_date, "ExpectedPaymentDate")
        or (before.expected_payment_date if before else None),
        planned_payment_date=calendar_date(body.planned_payment_date, "PlannedPaymentDate")
        or (before.planned_payment_date if before else None),
        amount_paid=before.amount_paid if before else rounded(ZERO),
        amount_credited=before.amount_credited if before else rounded(ZERO),
        fully_paid_on=before.fully_paid_on if before else None,
        former_numbers=_former_numbers(before, number),
    )
    after = _themed(_stamped(_bridged(setting, after, body, before), before), before, setting.books)
    return DocumentDraft(setting, body, before, after, contact, is_new, lines)


def _former_numbers(before: Invoice | None, number: str) -> tuple[str, ...]:
    if before is None or fold(before.number) == fold(number):
        return before.former_numbers if before else ()
    return (*before.former_numbers, before.number)


def _themed(after: T, before: T | None, books: Books) -> T:
    """Give a new sale or a customer's credit note the organisation's default branding theme (seen live in 2026)."""
    is_sale = after.type in {RECEIVABLE, RECEIVABLE_CREDIT}
    if before or after.branding_theme_id or not is_sale or books.default_theme_id is None:
        return after
    return replace(after, branding_theme_id=books.default_theme_id)


def _bridged(setting: Setting, after: Invoice, body: InvoiceBody, before: Invoice | None) -> Invoice:
    """Add RoundingAmount to the total; new lines without it begin again without (xero-rules.md 5.2, likely)."""
    kept = before.rounding if before and not body.line_items else ZERO
    is_sent = body.rounding_amount is not None and setting.switches.rounding_amount_is_read
    rounding = rounded((body.rounding_amount or ZERO) if is_sent else kept)
    return replace(after, rounding=rounding, total=after.total + rounding) if rounding else after


def _stamped(after: Invoice, before: Invoice | None) -> Invoice:
    """Leave UpdatedDateUTC where a part-paid invoice gets but a due date or SentToContact (xero-rules.md 6, sure)."""
    if before is None or not before.is_settled:
        return after
    quiet = replace(after, updated_ms=before.updated_ms)
    same = replace(quiet, due_date=before.due_date, sent_to_contact=before.sent_to_contact) == before
    return quiet if same else after


def credit_note_draft(setting: Setting, body: CreditNoteBody, before: CreditNote | None) -> DocumentDraft[CreditNote]:
    """Draft a credit note."""
    kind = (body.type or (before.type if before else "")).upper()
    side = PURCHASE if kind == PAYABLE_CREDIT else SALE
    contact, is_new = contact_of(setting, body.contact, before, may_create=True)
    lines, common = _common(setting, body, before, contact=contact, side=side, places=setting.unitdp)
    number = body.credit_note_number or (before.number if before else "")
    after = CreditNote(
        **common,
        document_id=before.document_id if before else setting.books.new_id("credit note"),
        number=number or (setting.books.next_number("CN-") if kind == RECEIVABLE_CREDIT else ""),
        type=kind,
        due_date=calendar_date(body.due_date, "DueDate") or (before.due_date if before else None),
        amount_allocated=before.amount_allocated if before else rounded(ZERO),
        amount_refunded=before.amount_refunded if before else rounded(ZERO),
        fully_paid_on=before.fully_paid_on if before else None,
    )
    return DocumentDraft(setting, body, before, _themed(after, before, setting.books), contact, is_new, lines)


def purchase_order_draft(
    setting: Setting, body: PurchaseOrderBody, before: PurchaseOrder | None
) -> DocumentDraft[PurchaseOrder]:
    """Draft a purchase order; unlike an invoice it never creates its contact (xero-rules.md 4.2)."""
    contact, is_new = contact_of(setting, body.contact, before, may_create=False)
    lines, common = _common(setting, body, before, contact=contact, side=PURCHASE, places=4)
    after = PurchaseOrder(
        **common,
        document_id=before.document_id if before else setting.books.new_id("purchase order"),
        number=body.purchase_order_number or (before.number if before else setting.books.next_number("PO-")),
        delivery_date=calendar_date(body.delivery_date, "DeliveryDate") or (before.delivery_date if before else None),
        expected_arrival_date=calendar_date(body.expected_arrival_date, "ExpectedArrivalDate")
        or (before.expected_arrival_date if before else None),
        delivery_address=body.delivery_address or (before.delivery_address if before else ""),
        attention_to=body.attention_to or (before.attention_to if before else ""),
        telephone=body.telephone or (before.telephone if before else ""),
        delivery_instructions=body.delivery_instructions or (before.delivery_instructions if before else ""),
    )
    return DocumentDraft(setting, body, before, after, contact, is_new, lines)


def _common(
    setting: Setting, body: DocumentBody, before: Document | None, *, contact: Contact | None, side: str, places: int
) -> tuple[tuple[LineDraft, ...], dict[str, Any]]:
    books = setting.books
    types = body.line_amount_types or (before.line_amount_types if before else EXCLUSIVE)
    status = (body.status or (before.status if before else "DRAFT")).upper()
    lines = line_drafts(setting, body, before, types=types, side=side, places=places)
    if status == "DRAFT" and setting.switches.drafts_drop_unknown_accounts:
        lines = tuple(without_unknown_account(each) for each in lines)
    sums = arithmetic.totals(((each.line.line_amount, each.line.tax_amount) for each in lines), types)
    currency = body.currency_code or (before.currency_code if before else None) or _currency(books, contact)
    return lines, {
        "contact_id": contact.contact_id if contact else "",
        "status": status,
        "date": calendar_date(body.date, "Date") or (before.date if before else setting.today),
        "line_amount_types": types,
        "lines": tuple(each.line for each in lines),
        "currency_code": currency.upper(),
        "currency_rate": _rate(books, body, before, currency.upper()),
        "sub_total": sums.sub_total,
        "total_tax": sums.total_tax,
        "total": sums.total,
        "total_discount": _total_discount(lines),
        "reference": body.reference if body.reference is not None else (before.reference if before else ""),
        "sent_to_contact": _sent(body, before),
        "branding_theme_id": body.branding_theme_id or (before.branding_theme_id if before else None),
        "created_by": before.created_by if before else setting.app,
        "updated_ms": setting.now_ms,
    }


def _sent(body: DocumentBody, before: Document | None) -> bool:
    if body.sent_to_contact is not None and (body.status or (before.status if before else "")) in {
        "AUTHORISED",
        "BILLED",
        "PAID",
    }:
        return body.sent_to_contact
    return before.sent_to_contact if before else False


def _currency(books: Books, contact: Contact | None) -> str:
    return (contact.default_currency if contact else None) or books.organisation.base_currency


def _rate(books: Books, body: DocumentBody, before: Document | None, currency: str) -> Decimal:
    """Take the rate sent, else the one it has, else the day's; the base currency's is 1 (xero-rules.md 5.3)."""
    if currency == books.organisation.base_currency:
        return rounded(ONE, 6)
    if body.currency_rate:
        return rounded(body.currency_rate, 6)
    is_same = before is not None and before.currency_code == currency
    return before.currency_rate if before and is_same else rounded(books.rate(currency), 6)


def _total_discount(lines: tuple[LineDraft, ...]) -> Decimal:
    discounts = (
        arithmetic.discount_of(each.line.quantity, each.line.unit_amount, each.line.line_amount)
        for each in lines
        if each.line.quantity is not None
        and each.line.unit_amount is not None
        and (each.line.discount_rate or each.line.discount_amount)
    )
    return rounded(sum(discounts, ZERO))
