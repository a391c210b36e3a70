"""/{Resource}/{id}/History: notes that cannot be changed or deleted (xero-rules.md 5.7)."""

from functools import partial

from localkit.answers import Answer
from localkit.journal import Booking
from localkit.rules import refusals
from localxero.books.records import Note
from localxero.endpoints import Route
from localxero.endpoints.parents import WITH_HISTORY, Parent
from localxero.endpoints.reading import envelope, found
from localxero.endpoints.writing import Outcome, Resource, Writing, write
from localxero.gate.calls import Call
from localxero.gate.errors import validation
from localxero.render import settlements as render_settlements
from localxero.render.values import messages
from localxero.rules.hanging import NOTE_RULES
from localxero.wire import NoteBody

# GH:XeroAPI/xero-ruby#42 (likely).
UNKNOWN = "The document with the supplied id was not found for this endpoint."


def list_notes(parent: Parent, call: Call, key: str) -> Answer:
    """List a record's history, the newest first."""
    record_id = found(parent.find(call.books, key))
    notes = reversed(call.books.history.get(record_id, ()))
    return envelope(call, "HistoryRecords", [render_settlements.note(each) for each in notes])


def add_notes(parent: Parent, call: Call, key: str) -> Answer:
    """Add notes to a record's history; POST is the same as PUT (Xero's page on history and notes)."""
    record_id = parent.find(call.books, key)
    if record_id is None:
        call.entry.rules.append({"element": 0, "rule": "noted_record_exists", "message": UNKNOWN})
        return validation([{"ValidationErrors": messages([UNKNOWN])}])
    return write(call, RESOURCE, record_id)


def book_note(writing: Writing, body: NoteBody) -> Outcome:
    """Book one note, or say why not."""
    note = Note(changes="Note", details=body.details or "", at_ms=writing.setting.now_ms)
    shown = render_settlements.note(note) | {"ValidationErrors": []}
    refused = refusals(NOTE_RULES, note)
    if refused:
        return Outcome(shown, refused)
    record_id = writing.target or ""
    writing.setting.books.note(record_id, note)
    return Outcome(shown, booking=Booking("history note", record_id, "", "ACTIVE"))


RESOURCE = Resource("HistoryRecords", NoteBody, book_note, tells_status=False)
ROUTES = tuple(
    Route(
        f"/{parent.plural}/<key>/History",
        parent.scopes,
        {"GET": partial(list_notes, parent), "PUT": partial(add_notes, parent), "POST": partial(add_notes, parent)},
    )
    for parent in WITH_HISTORY
)
