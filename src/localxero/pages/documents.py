"""One document, one contact, and the links that lead to them.

Deep links are Xero's own (xero-rules.md 8), so that a client's links land here when only their base is changed.
"""

import re
from collections.abc import Mapping, Sequence

from werkzeug.wrappers import Request

from localkit import answers
from localkit.answers import Answer
from localxero.books import PAYABLE, Books
from localxero.books.records import CreditNote, Document, Invoice, Line, PurchaseOrder
from localxero.books.zones import zone_of
from localxero.gate.calls import State
from localxero.pages import by_hand
from localxero.pages.shown import books_of, link, missing, page, rows, source_of, with_status
from localxero.render.pages import render_page
from localxero.render.pdf import words_of
from localxero.rules.payments import outstanding

ID = r"([0-9a-fA-F-]{36})"
# Where Xero's older links (redirecturl of organisationlogin) lead (xero-rules.md 8).
REDIRECTS = (
    (re.compile(rf"/Accounts/Payable/PurchaseOrders/View/{ID}/?", re.IGNORECASE), "/org/{}/purchase-orders/{}"),
    (re.compile(rf"/AccountsReceivable/View\.aspx\?InvoiceID={ID}", re.IGNORECASE), "/app/{}/invoicing/view/{}"),
    (re.compile(rf"/AccountsPayable/(?:Edit|View)\.aspx\?InvoiceID={ID}", re.IGNORECASE), "/app/{}/invoicing/view/{}"),
)
LISTS = {"invoice": "invoices", "bill": "bills", "order": "purchase-orders", "credit": "credit-notes"}
MOST = 50


def invoice(state: State, _: Request, short_code: str, key: str) -> Answer:
    """Show an invoice or bill, at the address Xero gives it."""
    books = books_of(state, short_code)
    record = books.invoices.get(key.lower())
    if record is None:
        raise missing(state, "There is no such invoice in this organisation.")
    return document(state, books, record)


def purchase_order(state: State, _: Request, short_code: str, key: str) -> Answer:
    """Show a purchase order."""
    books = books_of(state, short_code)
    record = books.purchase_orders.get(key.lower())
    if record is None:
        raise missing(state, "There is no such purchase order in this organisation.")
    return document(state, books, record)


def credit_note(state: State, _: Request, short_code: str, key: str) -> Answer:
    """Show a credit note."""
    books = books_of(state, short_code)
    record = books.credit_notes.get(key.lower())
    if record is None:
        raise missing(state, "There is no such credit note in this organisation.")
    return document(state, books, record)


def kind_of(record: Document) -> str:
    """Say what a document is."""
    if isinstance(record, PurchaseOrder):
        return "order"
    if isinstance(record, CreditNote):
        return "credit"
    return "bill" if isinstance(record, Invoice) and record.type == PAYABLE else "invoice"


def document(
    state: State,
    books: Books,
    record: Document,
    *,
    problems: Sequence[str] = (),
    typed: Mapping[str, str] | None = None,
) -> Answer:
    """Show a document with what a person may do to it; with `problems` it is the answer to what could not be done."""
    apps, kind = state.identity.apps, kind_of(record)
    made_by = apps[record.created_by].name if record.created_by in apps else record.created_by or "hand"
    booked = state.journal.entries(lambda entry: any(each.id == record.document_id for each in entry.booked))
    with books.lock:
        made = page(
            state,
            "document.html",
            books=books,
            here=LISTS[kind],
            kind=kind,
            words=words_of(record),
            record=record,
            url=source_of(record),
            contact=books.contacts[record.contact_id],
            lines=[_line(books, line) for line in record.lines],
            discounted=any(line.discount_rate or line.discount_amount for line in record.lines),
            settled=_settled(books, record),
            notes=books.history.get(record.document_id, ()),
            files=books.attachments.get(record.document_id, ()),
            made_by=made_by,
            history=booked,
            problems=problems,
            typed=typed or {},
            choices=by_hand.choices_of(record),
            accounts=by_hand.accounts_to_pay_from(books),
            today=state.clock.today(zone_of(books.organisation.timezone)),
            outstanding=outstanding(record) if isinstance(record, Invoice | CreditNote) else None,
        )
    return with_status(made, 400) if problems else made


def _line(books: Books, line: Line) -> tuple[Line, str, str]:
    account = books.account(line.account_code) if line.account_code else None
    rate = books.tax_rates.get(line.tax_type) if line.tax_type else None
    return (
        line,
        f"{account.code} {account.name}" if account else line.account_code or "",
        rate.name if rate else line.tax_type or "",
    )


def _settled(books: Books, record: Document) -> list[dict[str, object]]:
    """List the payments and credits of a document."""
    if isinstance(record, PurchaseOrder):
        return []
    found: list[dict[str, object]] = [
        {
            "what": f"Payment {each.reference}".strip(),
            "date": each.date,
            "amount": each.amount,
            "link": None,
            "payment": each.payment_id,
        }
        for each in books.payments_of(record.document_id)
        if each.status == "AUTHORISED"
    ]
    for each in books.allocations_of(record.document_id):
        other: Document = (
            books.invoices[each.invoice_id]
            if isinstance(record, CreditNote)
            else books.credit_notes[each.credit_note_id]
        )
        words = f"{words_of(other)} {other.number}".strip()
        where = link(books.organisation.short_code, other)
        found.append({"what": words, "date": each.date, "amount": each.amount, "link": where, "payment": None})
    return found


def printed(state: State, _: Request, short_code: str, key: str) -> Answer:
    """Show a document as it would be printed."""
    books = books_of(state, short_code)
    held: tuple[dict[str, Document], ...] = (
        {**books.invoices},
        {**books.purchase_orders},
        {**books.credit_notes},
    )
    record = next((each[key.lower()] for each in held if key.lower() in each), None)
    if record is None:
        raise missing(state, "There is no such document in this organisation.")
    kind = kind_of(record)
    made = render_page(
        "print.html",
        organisation=books.organisation,
        kind=kind,
        words=words_of(record),
        record=record,
        contact=books.contacts[record.contact_id],
        lines=[_line(books, line) for line in record.lines],
        discounted=any(line.discount_rate or line.discount_amount for line in record.lines),
        back=link(short_code, record),
    )
    return answers.html(made)


def contact(state: State, _: Request, short_code: str, key: str, *, problems: Sequence[str] = ()) -> Answer:
    """Show a contact and its documents, at the address Xero gives it."""
    books = books_of(state, short_code)
    record = books.contacts.get(key.lower())
    if record is None:
        raise missing(state, "There is no such contact in this organisation.")
    with books.lock:
        invoices = [each for each in books.invoices.values() if each.contact_id == record.contact_id]
        orders = [each for each in books.purchase_orders.values() if each.contact_id == record.contact_id]
        credit_notes = [each for each in books.credit_notes.values() if each.contact_id == record.contact_id]
        made = page(
            state,
            "contact.html",
            books=books,
            here="contacts",
            contact=record,
            invoices=rows(books, reversed(invoices[-MOST:])),
            orders=rows(books, reversed(orders[-MOST:])),
            credits=rows(books, reversed(credit_notes[-MOST:])),
            notes=books.history.get(record.contact_id, ()),
            problems=problems,
        )
    return with_status(made, 400) if problems else made


def organisation_login(state: State, request: Request) -> Answer:
    """Follow one of Xero's older deep links."""
    short_code, target = request.args.get("shortcode", ""), request.args.get("redirecturl", "")
    books_of(state, short_code)
    for pattern, place in REDIRECTS:
        if found := pattern.fullmatch(target):
            return answers.redirect(place.format(short_code, found[1].lower()))
    return answers.redirect(f"/org/{short_code}/")
