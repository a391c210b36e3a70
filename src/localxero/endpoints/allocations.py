"""/CreditNotes/{id}/Allocations: parts of credit notes, set against invoices and bills."""

from datetime import date

from localkit.answers import Answer, json_answer
from localkit.journal import Booking
from localkit.rules import refusals
from localxero.books import Books
from localxero.books.arithmetic import rounded
from localxero.books.records import Allocation, CreditNote, Invoice
from localxero.drafting.lines import Setting
from localxero.endpoints import Route
from localxero.endpoints.credit_notes import CREDIT_NOTES
from localxero.endpoints.documents import SCOPES
from localxero.endpoints.reading import found
from localxero.endpoints.writing import Outcome, Resource, Writing, write
from localxero.gate.calls import Call
from localxero.gate.errors import validation
from localxero.keeping import chronicle
from localxero.keeping.changes import changes
from localxero.keeping.settling import settle_credit_note, settle_invoice
from localxero.render import documents as render_documents
from localxero.render import settlements as render_settlements
from localxero.render.values import ZERO_ID, day, messages
from localxero.rules.allocations import ALLOCATION_RULES, AllocationDraft
from localxero.rules.documents import locked_on
from localxero.wire import AllocationBody, DocumentReference, calendar_date


def allocate(call: Call, key: str) -> Answer:
    """Set a part of a credit note against invoices."""
    return write(call, ALLOCATIONS, found(CREDIT_NOTES.by_key(call.books, key)).document_id)


def book_allocation(writing: Writing, body: AllocationBody) -> Outcome:
    """Book one allocation, or say why not; its date is the later one of the two documents' (Xero's page; a switch)."""
    setting, books = writing.setting, writing.setting.books
    note = books.credit_notes[writing.target or ""]
    invoice = _invoice_meant(books, body.invoice)
    draft = AllocationDraft(
        books,
        note,
        invoice,
        setting.switches,
        None if body.amount is None else rounded(body.amount),
        _day(setting, body, note, invoice),
    )
    refused = refusals(ALLOCATION_RULES, draft)
    if refused or draft.amount is None or invoice is None:
        named = body.invoice or DocumentReference()
        echo = {
            "Amount": draft.amount,
            "Date": day(draft.day),
            "Invoice": render_documents.invoice_reference(
                invoice.document_id if invoice else named.invoice_id or ZERO_ID, number=named.invoice_number
            ),
        }
        return Outcome(echo, refused)
    made = Allocation(
        allocation_id=books.new_id("allocation"),
        credit_note_id=note.document_id,
        invoice_id=invoice.document_id,
        amount=draft.amount,
        date=draft.day,
    )
    books.put_allocation(made)
    also = _settle(books, made, setting.now_ms)
    booking = Booking("allocation", made.allocation_id, note.number, "AUTHORISED")
    return Outcome(render_settlements.allocation(made), booking=booking, also=also)


def _day(setting: Setting, body: AllocationBody, note: CreditNote, invoice: Invoice | None) -> date:
    sent = calendar_date(body.date, "Date") if setting.switches.allocations_may_be_dated else None
    return sent or (max(note.date, invoice.date) if invoice else note.date)


def _invoice_meant(books: Books, named: DocumentReference | None) -> Invoice | None:
    if named is None:
        return None
    if named.invoice_id:
        return books.invoices.get(named.invoice_id.lower())
    numbered = books.invoices_numbered(named.invoice_number or "")
    return numbered[0] if numbered else None


def _settle(books: Books, allocation: Allocation, updated_ms: int) -> list[Booking]:
    was, had = books.credit_notes[allocation.credit_note_id], books.invoices[allocation.invoice_id]
    note = settle_credit_note(books, allocation.credit_note_id, updated_ms=updated_ms)
    invoice = settle_invoice(books, allocation.invoice_id, updated_ms=updated_ms)
    is_made = allocation.allocation_id in books.allocations
    for document, other in ((note, invoice.number), (invoice, note.number)):
        what = f"Credit {'applied' if is_made else 'taken back'}: {other}"
        chronicle.tell_settlement(books, document, what, allocation.amount, at_ms=updated_ms)
    return [
        Booking("credit note", note.document_id, note.number, note.status, changes(was, note)),
        Booking("invoice", invoice.document_id, invoice.number, invoice.status, changes(had, invoice)),
    ]


def delete_allocation(call: Call, key: str, allocation_id: str) -> Answer:
    """Take an allocation back; its answer has no envelope (xero-openapi: deleteCreditNoteAllocations)."""
    books = call.books
    with books.lock:
        note = found(CREDIT_NOTES.by_key(books, key))
        own = {each.allocation_id: each for each in books.allocations_of(note.document_id)}
        record = found(own.get(allocation_id.lower()))
        if locked := list(locked_on(books, record.date)):
            call.entry.rules.append({"element": 0, "rule": "allocation_period_is_open", "message": locked[0]})
            return validation([{"ValidationErrors": messages(locked)}])
        books.remove_allocation(record)
        also = _settle(books, record, call.state.clock.milliseconds())
    call.entry.booked += [Booking("allocation", record.allocation_id, note.number, "DELETED"), *also]
    return json_answer(
        {
            "AllocationID": record.allocation_id,
            "Amount": record.amount,
            "Date": day(record.date),
            "Invoice": {"InvoiceID": record.invoice_id},
            "IsDeleted": True,
        }
    )


ALLOCATIONS = Resource("Allocations", AllocationBody, book_allocation)
ROUTES = (
    Route("/CreditNotes/<key>/Allocations", SCOPES, {"PUT": allocate}),
    Route("/CreditNotes/<key>/Allocations/<allocation_id>", SCOPES, {"DELETE": delete_allocation}),
)
