"""/CreditNotes: for customers (ACCRECCREDIT) and from suppliers (ACCPAYCREDIT)."""

from operator import attrgetter

from localkit.answers import Answer
from localkit.clock import instant
from localxero.books import RECEIVABLE_CREDIT, Books
from localxero.books.records import CreditNote
from localxero.drafting.documents import credit_note_draft
from localxero.drafting.lines import Setting
from localxero.endpoints.documents import Kind, not_there
from localxero.endpoints.reading import contact_fields, envelope, listed
from localxero.endpoints.writing import Outcome
from localxero.gate.calls import Call
from localxero.keeping import documents as keeping
from localxero.queries.lists import Fields, Listing
from localxero.render import documents as render_documents
from localxero.render.documents import LISTED
from localxero.rules.credit_notes import CREDIT_NOTE_RULES, CREDIT_NOTE_WARNINGS
from localxero.wire import CreditNoteBody


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

ROUTES = CREDIT_NOTES.routes(list_credit_notes)
