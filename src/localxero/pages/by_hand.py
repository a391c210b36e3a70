"""What a person does in the books: drafted, judged and booked as through the API, in the person's name.

form -> body of the API -> the API's own rules -> books, history, webhooks and journal, or the words of the refusal
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from msgspec.structs import replace
from werkzeug.wrappers import Request

from localkit.forms import FormError, number_in
from localkit.journal import Booking
from localxero.books import RECEIVABLE, Books, arithmetic
from localxero.books.arithmetic import EXACT, HUNDRED, rounded
from localxero.books.records import CreditNote, Document, Invoice, Line, PurchaseOrder
from localxero.books.zones import zone_of
from localxero.drafting.lines import Setting
from localxero.endpoints.credit_notes import CREDIT_NOTES
from localxero.endpoints.documents import Kind, book
from localxero.endpoints.invoices import INVOICES
from localxero.endpoints.payments import book_deletion, book_payment
from localxero.endpoints.purchase_orders import PURCHASE_ORDERS
from localxero.endpoints.writing import Outcome, Writing, note
from localxero.gate.calls import State
from localxero.keeping.changes import changes
from localxero.pages.forms import day_in
from localxero.wire import AccountReference, DocumentReference, LineBody, PaymentBody, UnreadableError

Act = Callable[[Setting], Outcome]
KINDS: tuple[Kind[Any, Any], ...] = (INVOICES, CREDIT_NOTES, PURCHASE_ORDERS)
UNAPPROVED = {"DRAFT", "SUBMITTED"}


@dataclass(frozen=True, slots=True)
class Choice:
    """A button that moves a document to another status."""

    status: str
    words: str
    is_main: bool = False


APPROVE, DELETE, VOID = (
    Choice("AUTHORISED", "Approve", is_main=True),
    Choice("DELETED", "Delete"),
    Choice("VOIDED", "Void"),
)
SUBMIT, BILL = Choice("SUBMITTED", "Submit for approval"), Choice("BILLED", "Mark as billed")


def choices_of(record: Document) -> Sequence[Choice]:
    """Name the moves that a person is offered; whether one may be made is for the rules to say."""
    if record.status == "DRAFT":
        return (APPROVE, SUBMIT, DELETE)
    if record.status == "SUBMITTED":
        return (APPROVE, DELETE)
    if isinstance(record, PurchaseOrder):
        return {"AUTHORISED": (BILL, DELETE), "BILLED": (DELETE,)}.get(record.status, ())
    return (VOID,) if record.status in {"AUTHORISED", "PAID"} else ()


def kind_of(record: Document) -> Kind[Any, Any]:
    """Find the resource a document belongs to."""
    return (
        CREDIT_NOTES if isinstance(record, CreditNote) else INVOICES if isinstance(record, Invoice) else PURCHASE_ORDERS
    )


def document_in(books: Books, key: str) -> Document | None:
    """Find a document of any kind by its id."""
    return next((found for kind in KINDS if (found := kind.stored(books).get(key.lower()))), None)


def done(state: State, request: Request, books: Books, act: Act) -> list[str]:
    """Do one thing in the books and tell history, webhooks and journal of it; return the words of a refusal."""
    own = books.organisation
    entry = state.journal.open(state.clock.now(), request.method, request.path, "")
    entry.tenant_id = own.tenant_id
    person = next(iter(state.identity.people.values())).name
    entry.note = f"by hand, {person}"
    setting = Setting(
        books=books,
        switches=state.switches,
        today=state.clock.today(zone_of(own.timezone)),
        person=person,
        now_ms=state.clock.milliseconds(),
        unitdp=4,
    )
    try:
        with books.lock:
            outcome = act(setting)
    except (FormError, ValueError, UnreadableError) as reason:
        entry.status = 400
        entry.spoke("form_is_readable", str(reason))
        return [str(reason)]
    note(entry, [outcome])
    entry.status = 400 if outcome.refusals else 302
    state.announce(own.tenant_id)
    return list(dict.fromkeys(each.message for each in outcome.refusals))


# Documents


def moving(record: Document, status: str) -> Act:
    """Give a document another status."""
    kind = kind_of(record)
    lines = by_percentage(record) if status in {"AUTHORISED", "SUBMITTED"} else None
    body = kind.body(status=status, line_items=lines)
    return lambda setting: changing(setting, record, body)


def changing(setting: Setting, record: Document, body: Any) -> Outcome:
    """Change a document as its own resource does."""
    return book(kind_of(record), Writing(setting, creates_only=False, target=record.document_id), body)


def by_percentage(record: Document) -> list[LineBody] | None:
    """Turn the discounts of a draft into percentages of two decimals, as Xero's classic page does when it is saved.

    What the lines come to then follows from the percentage, so that cents may change (xero-rules.md 5.1, likely). None
    where nothing is to change.
    """
    if record.status not in UNAPPROVED or not any(map(percentage_of, record.lines)):
        return None
    return [LineBody(line_item_id=each.line_item_id, discount_rate=percentage_of(each)) for each in record.lines]


def percentage_of(line: Line) -> Any:
    """Say a discount that was sent as an amount as a percentage of two decimals; None where there is none."""
    if line.discount_rate is not None or not line.discount_amount or not line.quantity or not line.unit_amount:
        return None
    whole = arithmetic.extended(line.quantity, line.unit_amount)
    return rounded(EXACT.divide(EXACT.multiply(line.discount_amount, HUNDRED), whole))


# Payments


def paying(record: Invoice | CreditNote, form: Mapping[str, str]) -> Act:
    """Pay a document, or refund a credit note."""

    def act(setting: Setting) -> Outcome:
        body = PaymentBody(
            invoice=DocumentReference(invoice_id=record.document_id),
            account=AccountReference(account_id=form.get("account") or None),
            amount=number_in(form.get("amount", ""), "Amount"),
            date=day_in(form.get("date", ""), "Date"),
            reference=form.get("reference", "").strip(),
        )
        return book_payment(Writing(setting, creates_only=True), body)

    return act


def unpaying(books: Books, payment_id: str) -> Act:
    """Remove a payment."""
    if payment_id not in books.payments:
        message = "There is no such payment."
        raise FormError(message)
    body = PaymentBody(status="DELETED")
    return lambda setting: book_deletion(Writing(setting, creates_only=False, target=payment_id), body)


def accounts_to_pay_from(books: Books) -> list[tuple[str, str]]:
    """List the accounts that payments may go to or come from: (id, words)."""
    return [
        (each.account_id, f"{each.code} {each.name}".strip())
        for each in books.accounts.values()
        if each.status == "ACTIVE" and (each.type == "BANK" or each.enable_payments)
    ]


# Settings


def locking(period: date | None, end_of_year: date | None) -> Act:
    """Set the lock dates, or lift them."""

    def act(setting: Setting) -> Outcome:
        books = setting.books
        before = books.organisation
        books.organisation = replace(before, period_lock_date=period, end_of_year_lock_date=end_of_year)
        moved = changes(before, books.organisation)
        return Outcome({}, booking=Booking("organisation", before.tenant_id, before.name, "LOCK DATES", moved))

    return act


def is_sale(record: Document) -> bool:
    """Tell whether discounts may stand on a document: on sales invoices and purchase orders."""
    return isinstance(record, PurchaseOrder) or (isinstance(record, Invoice) and record.type == RECEIVABLE)
