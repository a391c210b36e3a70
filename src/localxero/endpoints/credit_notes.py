"""/CreditNotes: for customers (ACCRECCREDIT) and from suppliers (ACCPAYCREDIT), and what they are allocated to."""

from operator import attrgetter

from localkit.answers import Answer, json_answer
from localkit.clock import instant
from localkit.journal import Booking
from localkit.rules import refusals
from localxero.books import RECEIVABLE_CREDIT, Books
from localxero.books.arithmetic import rounded
from localxero.books.records import Allocation, CreditNote, Invoice
from localxero.drafting.documents import credit_note_draft
from localxero.drafting.lines import Setting
from localxero.endpoints import Route
from localxero.endpoints.documents import SCOPES, Kind, not_there
from localxero.endpoints.reading import contact_fields, envelope, found, listed
from localxero.endpoints.writing import Outcome, Resource, Writing, write
from localxero.gate.calls import Call
from localxero.gate.errors import validation
from localxero.keeping import chronicle
from localxero.keeping import documents as keeping
from localxero.keeping.changes import changes
from localxero.queries.lists import Fields, Listing
from localxero.render import documents as render_documents
from localxero.render import settlements as render_settlements
from localxero.render.documents import LISTED
from localxero.render.values import ZERO_ID, day, messages
from localxero.rules.credit_notes import ALLOCATION_RULES, CREDIT_NOTE_RULES, CREDIT_NOTE_WARNINGS, AllocationDraft
from localxero.rules.documents import locked_on
from localxero.wire import AllocationBody, CreditNoteBody, DocumentReference


def listing_of(books: Books) -> Listing[CreditNote]:
    """Name what `where` and `order` may ask of a credit note."""
    fields: Fields[CreditNote] = {
        "CreditNoteID": lambda record: record.document_id,
        "CreditNoteNumber": lambda record: record.number,
        "Reference": lambda record: record.reference,
        "Type": lambda record: record.type,
        "Status": lambda record: record.status,
        "Date": lambda record: record.date,
        "DueDate": lambda record: record.due_date,
        "SubTotal": lambda record: record.sub_total,
        "TotalTax": lambda record: record.total_tax,
        "Total": lambda record: record.total,
        "FullyPaidOnDate": lambda record: record.fully_paid_on,
        "HasAttachments": lambda record: record.document_id in books.attachments,
        "RemainingCredit": lambda record: record.remaining_credit,
        "CurrencyCode": lambda record: record.currency_code,
        "CurrencyRate": lambda record: record.currency_rate,
        "UpdatedDateUTC": lambda record: instant(record.updated_ms),
        **contact_fields(books),
    }
    return Listing("CreditNote", fields, attrgetter("updated_ms"))


def list_credit_notes(call: Call) -> Answer:
    """List credit notes; with lines only where paged."""
    with call.books.lock:
        page = listed(call, call.books.credit_notes.values(), listing_of(call.books))
        lines = page.pagination is not None
        shown = [
            render_documents.credit_note(record, call.books, unitdp=call.unitdp, view=LISTED, lines=lines)
            for record in page.records
        ]
    return envelope(call, "CreditNotes", shown, page.pagination)


def _same_number(setting: Setting, body: CreditNoteBody) -> list[CreditNote]:
    """Find what a POST means by its number: a customer's credit note, by a switch."""
    by_number = setting.switches.post_updates_credit_note_by_number and body.type in {None, RECEIVABLE_CREDIT}
    if not by_number or not body.credit_note_number:
        return []
    same = setting.books.credit_notes_numbered(body.credit_note_number)
    return [each for each in same if each.type == RECEIVABLE_CREDIT]


def _unknown(body: CreditNoteBody) -> Outcome:
    named = {"CreditNoteID": body.credit_note_id, "CreditNoteNumber": body.credit_note_number}
    message = "An existing Credit Note with the specified CreditNoteID could not be found"
    return not_there("credit_note_exists", message, **named)


CREDIT_NOTES = Kind(
    plural="CreditNotes",
    words="credit note",
    body=CreditNoteBody,
    stored=lambda books: books.credit_notes,
    numbered=Books.credit_notes_numbered,
    sent_id=lambda body: body.credit_note_id,
    sent_number=lambda body: body.credit_note_number,
    same_number=_same_number,
    unknown=_unknown,
    draft=credit_note_draft,
    rules=CREDIT_NOTE_RULES,
    warnings=CREDIT_NOTE_WARNINGS,
    keep=keeping.keep_credit_note,
    show=lambda record, books, unitdp, view: render_documents.credit_note(record, books, unitdp=unitdp, view=view),
)


# Allocations


def allocate(call: Call, key: str) -> Answer:
    """Set a part of a credit note against invoices."""
    return write(call, ALLOCATIONS, found(CREDIT_NOTES.by_key(call.books, key)).document_id)


def book_allocation(writing: Writing, body: AllocationBody) -> Outcome:
    """Book one allocation, or say why not; its date is the later one of the two documents' (Xero's page)."""
    setting, books = writing.setting, writing.setting.books
    note = books.credit_notes[writing.target or ""]
    invoice = _invoice_meant(books, body.invoice)
    draft = AllocationDraft(
        books,
        note,
        invoice,
        None if body.amount is None else rounded(body.amount),
        max(note.date, invoice.date) if invoice else note.date,
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


def _invoice_meant(books: Books, named: DocumentReference | None) -> Invoice | None:
    if named is None:
        return None
    if named.invoice_id:
        return books.invoices.get(named.invoice_id.lower())
    numbered = books.invoices_numbered(named.invoice_number or "")
    return numbered[0] if numbered else None


def _settle(books: Books, allocation: Allocation, updated_ms: int) -> list[Booking]:
    was, had = books.credit_notes[allocation.credit_note_id], books.invoices[allocation.invoice_id]
    note = keeping.settle_credit_note(books, allocation.credit_note_id, updated_ms=updated_ms)
    invoice = keeping.settle_invoice(books, allocation.invoice_id, updated_ms=updated_ms)
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
    *CREDIT_NOTES.routes(list_credit_notes),
    Route("/CreditNotes/<key>/Allocations", SCOPES, {"PUT": allocate}),
    Route("/CreditNotes/<key>/Allocations/<allocation_id>", SCOPES, {"DELETE": delete_allocation}),
)
