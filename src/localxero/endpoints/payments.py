"""/Payments: made whole, and afterwards only deleted (xero-rules.md 5.7)."""

from collections.abc import Callable, Sequence
from functools import partial
from operator import attrgetter
from typing import Any

from msgspec.structs import replace

from localkit.answers import Answer
from localkit.clock import instant
from localkit.journal import Booking
from localkit.rules import Refusal, refusals
from localxero.books import PAYABLE, PAYABLE_CREDIT, RECEIVABLE, RECEIVABLE_CREDIT, Books
from localxero.books.arithmetic import EXACT, ONE, ZERO, rounded
from localxero.books.records import Account, CreditNote, Invoice, Payment
from localxero.drafting.lines import Setting
from localxero.endpoints import Route
from localxero.endpoints.reading import envelope, found, listed
from localxero.endpoints.writing import Outcome, Resource, Writing, write
from localxero.gate.calls import Call
from localxero.keeping import chronicle
from localxero.keeping.changes import changes
from localxero.keeping.settling import settle_credit_note, settle_invoice
from localxero.queries.lists import Fields, Listing
from localxero.render import settlements as render_settlements
from localxero.render.values import ZERO_ID
from localxero.rules.payments import PAYMENT_DELETE_RULES, PAYMENT_RULES, PAYMENT_WARNINGS, PaymentDraft
from localxero.switches import Switches
from localxero.wire import DocumentReference, PaymentBody, calendar_date

SCOPES = ("accounting.payments",)
TYPES = {
    RECEIVABLE: "ACCRECPAYMENT",
    PAYABLE: "ACCPAYPAYMENT",
    RECEIVABLE_CREDIT: "ARCREDITPAYMENT",
    PAYABLE_CREDIT: "APCREDITPAYMENT",
}


def listing_of(books: Books) -> Listing[Payment]:
    """Name what `where` and `order` may ask of a payment."""

    def document(record: Payment) -> Invoice | CreditNote | None:
        return books.invoices.get(record.document_id) or books.credit_notes.get(record.document_id)

    def of_document(attribute: str) -> Callable[[Payment], Any]:
        return lambda record: getattr(document(record), attribute, None)

    def payer(record: Payment) -> str | None:
        paid = document(record)
        return books.contacts[paid.contact_id].name if paid else None

    fields: Fields[Payment] = {
        "PaymentID": lambda record: record.payment_id,
        "Status": lambda record: record.status,
        "PaymentType": lambda record: record.type,
        "Date": lambda record: record.date,
        "Amount": lambda record: record.amount,
        "Reference": lambda record: record.reference,
        "IsReconciled": lambda record: record.is_reconciled,
        "Invoice.InvoiceID": lambda record: record.document_id,
        "Invoice.InvoiceNumber": of_document("number"),
        "Account.AccountID": lambda record: record.account_id,
        "Account.Code": lambda record: books.accounts[record.account_id].code,
        "Invoice.Type": of_document("type"),
        "Invoice.CurrencyCode": of_document("currency_code"),
        "Invoice.Contact.ContactID": of_document("contact_id"),
        "Invoice.Contact.Name": payer,
        "CurrencyRate": lambda record: record.currency_rate,
        "UpdatedDateUTC": lambda record: instant(record.updated_ms),
    }
    return Listing("Payment", fields, attrgetter("updated_ms"))


def list_payments(call: Call) -> Answer:
    """List payments, deleted ones too."""
    with call.books.lock:
        page = listed(call, call.books.payments.values(), listing_of(call.books))
        shown = [render_settlements.payment(record, call.books) for record in page.records]
    return envelope(call, "Payments", shown, page.pagination)


def get_payment(call: Call, key: str) -> Answer:
    """Get one payment by id, with the document it pays."""
    with call.books.lock:
        record = found(call.books.payments.get(key.lower()))
        return envelope(call, "Payments", [render_settlements.payment(record, call.books, whole=True)])


def make_payments(call: Call) -> Answer:
    """Make payments: PUT several, POST one."""
    return write(call, RESOURCE)


def delete_payment(call: Call, key: str) -> Answer:
    """Delete the payment in the path, by Status DELETED."""
    return write(call, DELETION, found(call.books.payments.get(key.lower())).payment_id)


def book_payment(writing: Writing, body: PaymentBody) -> Outcome:
    """Book one payment, or say why not."""
    if not writing.creates_only and body.payment_id and body.payment_id.lower() in writing.setting.books.payments:
        return book_deletion(aimed_at(writing, body.payment_id.lower()), body)
    setting, books = writing.setting, writing.setting.books
    draft = _drafted(writing, body)
    refused = refusals(PAYMENT_RULES, draft)
    if refused:
        shown = replace(draft.after, payment_id=ZERO_ID)
        flags = {"HasValidationErrors": True}
        return Outcome(render_settlements.payment(shown, books, whole=True), refused, flags=flags)
    warned = refusals(PAYMENT_WARNINGS, draft)
    return _told(books, draft.after, _keep(setting, draft.after), warned)


def aimed_at(writing: Writing, payment_id: str) -> Writing:
    """Aim a writing at a payment that the body names."""
    return Writing(writing.setting, creates_only=False, target=payment_id)


def book_deletion(writing: Writing, body: PaymentBody) -> Outcome:
    """Delete one payment, or say why not."""
    setting, books = writing.setting, writing.setting.books
    before = books.payments[writing.target or ""]
    after = replace(before, status="DELETED", updated_ms=setting.now_ms)
    document = _document(books, before.document_id)
    draft = PaymentDraft(books, setting.switches, body, before, after, document, books.accounts.get(before.account_id))
    refused = refusals(PAYMENT_DELETE_RULES, draft)
    if refused:
        shown = render_settlements.payment(before, books, whole=True)
        return Outcome(shown, refused, flags={"HasValidationErrors": True})
    return _told(books, after, _keep(setting, after))


def _drafted(writing: Writing, body: PaymentBody) -> PaymentDraft:
    setting, books = writing.setting, writing.setting.books
    document, account = _document_meant(books, body), _account_meant(books, body)
    rate = document.currency_rate if document else rounded(ONE, 6)
    if body.currency_rate and document and document.currency_code != books.organisation.base_currency:
        rate = rounded(body.currency_rate, 6)
    amount = rounded(body.amount or ZERO)
    after = Payment(
        payment_id=books.new_id("payment"),
        document_id=document.document_id if document else "",
        type=TYPES.get(document.type, "") if document else "",
        account_id=account.account_id if account else "",
        date=calendar_date(body.date, "Date") or setting.today,
        amount=amount,
        currency_rate=rate,
        bank_amount=rounded(EXACT.divide(amount, rate)) if _is_base(books, account) and rate else amount,
        reference=body.reference or "",
        particulars=body.particulars,
        details=body.details,
        code=body.code if body.account else None,
        is_reconciled=bool(body.is_reconciled),
        updated_ms=setting.now_ms,
    )
    return PaymentDraft(books, setting.switches, body, None, after, document, account)


def _is_base(books: Books, account: Account | None) -> bool:
    return account is None or account.currency_code in {None, books.organisation.base_currency}


def _document(books: Books, document_id: str) -> Invoice | CreditNote | None:
    return books.invoices.get(document_id) or books.credit_notes.get(document_id)


def _document_meant(books: Books, body: PaymentBody) -> Invoice | CreditNote | None:
    """Find the invoice or credit note by id or number; an invoice's id may be a credit note's (xero-openapi)."""
    named = body.invoice or body.credit_note or DocumentReference()
    if key := named.invoice_id or named.credit_note_id:
        return _document(books, key.lower())
    if number := named.invoice_number or body.invoice_number:
        invoices = books.invoices_numbered(number)
        return next((each for each in invoices if each.type == RECEIVABLE), invoices[0] if invoices else None)
    notes = books.credit_notes_numbered(named.credit_note_number or body.credit_note_number or "")
    return notes[0] if notes else None


def _account_meant(books: Books, body: PaymentBody) -> Account | None:
    named = body.account
    if named and named.account_id:
        return books.accounts.get(named.account_id.lower())
    return books.account((named.code if named else None) or body.code or "")


def _keep(setting: Setting, payment: Payment) -> Booking:
    """Write the payment into the books; say what became of the document it pays."""
    books, updated_ms = setting.books, setting.now_ms
    books.put_payment(payment)
    what = "Payment" if payment.status == "AUTHORISED" else "Payment deleted,"
    tell = partial(chronicle.tell_settlement, books, at_ms=updated_ms, person=setting.person)
    if payment.document_id in books.invoices:
        was = books.invoices[payment.document_id]
        invoice = settle_invoice(books, payment.document_id, updated_ms=updated_ms)
        tell(invoice, what, payment.amount)
        return Booking("invoice", invoice.document_id, invoice.number, invoice.status, changes(was, invoice))
    had = books.credit_notes[payment.document_id]
    note = settle_credit_note(books, payment.document_id, updated_ms=updated_ms)
    tell(note, what, payment.amount)
    return Booking("credit note", note.document_id, note.number, note.status, changes(had, note))


def _told(books: Books, payment: Payment, settled: Booking, warned: Sequence[Refusal] = ()) -> Outcome:
    booking = Booking("payment", payment.payment_id, settled.number, payment.status)
    return Outcome(render_settlements.payment(payment, books, whole=True), (), warned, booking, also=(settled,))


def _spares_good(switches: Switches) -> bool:
    return switches.bad_payment_spares_its_batch


RESOURCE = Resource("Payments", PaymentBody, book_payment, spares_good=_spares_good)
DELETION = Resource("Payments", PaymentBody, book_deletion)
ROUTES = (
    Route("/Payments", SCOPES, {"GET": list_payments, "PUT": make_payments, "POST": make_payments}),
    Route("/Payments/<key>", SCOPES, {"GET": get_payment, "POST": delete_payment}),
)
