"""What invoices, credit notes and purchase orders have in common as resources.

found by id or number -> shown
sent -> the one it means -> drafted -> judged -> kept -> shown
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

from msgspec.structs import replace

from localkit.answers import PDF, Answer
from localkit.journal import Booking
from localkit.json_values import Json
from localkit.rules import Refusal, Rule, refusals
from localxero.books import Books
from localxero.books.records import Document, Item
from localxero.drafting.documents import DocumentDraft
from localxero.drafting.lines import Setting
from localxero.endpoints import Endpoint, Route
from localxero.endpoints.reading import envelope, found
from localxero.endpoints.writing import Outcome, Resource, Writing, write
from localxero.gate.calls import Call
from localxero.keeping.changes import changes
from localxero.render import pdf
from localxero.render.documents import ALONE, WRITTEN, View
from localxero.render.values import ZERO_ID
from localxero.wire import DocumentBody

D = TypeVar("D", bound=Document)
B = TypeVar("B", bound=DocumentBody)
SCOPES = ("accounting.invoices",)


@dataclass(frozen=True, slots=True)
class Kind(Generic[D, B]):
    """One kind of document: where the books keep it, how it is drafted, judged, kept and shown.

    `numbered` puts first the one that a bare number means; `same_number` finds what a POST without an id means by its
    number, if anything (xero-rules.md 4.2).
    """

    plural: str
    words: str
    body: type[B]
    stored: Callable[[Books], Mapping[str, D]]
    numbered: Callable[[Books, str], Sequence[D]]
    sent_id: Callable[[B], str | None]
    sent_number: Callable[[B], str | None]
    same_number: Callable[[Setting, B], Sequence[D]]
    unknown: Callable[[B], Outcome]
    draft: Callable[[Setting, B, D | None], DocumentDraft[D]]
    rules: Sequence[Rule[DocumentDraft[D]]]
    warnings: Sequence[Rule[DocumentDraft[D]]]
    keep: Callable[[DocumentDraft[D]], D]
    show: Callable[[D, Books, int, View], Json]
    id_of_refused: str | None = ZERO_ID

    def by_key(self, books: Books, key: str) -> D | None:
        """Find a document by id or number."""
        return self.stored(books).get(key.lower()) or next(iter(self.numbered(books, key)), None)

    def get(self, call: Call, key: str) -> Answer:
        """Get one by id or number, as JSON or, where that is asked for, as a PDF."""
        if PDF in call.request.headers.get("Accept", ""):
            return self.get_pdf(call, key)
        with call.books.lock:
            record = found(self.by_key(call.books, key))
            return envelope(call, self.plural, [self.show(record, call.books, call.unitdp, ALONE)])

    def get_pdf(self, call: Call, key: str) -> Answer:
        """Get one as a PDF, as the official SDKs ask for it."""
        with call.books.lock:
            return Answer(200, pdf.sheet(found(self.by_key(call.books, key)), call.books), PDF)

    def write(self, call: Call, key: str | None = None) -> Answer:
        """Create (PUT), create and change (POST), or change the one in the path."""
        target = None if key is None else found(self.by_key(call.books, key)).document_id
        return write(call, Resource(self.plural, self.body, partial(book, self)), target)

    def routes(self, list_all: Endpoint) -> tuple[Route, ...]:
        """Return the routes of the list and of a single one."""
        return (
            Route(f"/{self.plural}/<key>/pdf", SCOPES, {"GET": self.get_pdf}, answers_files=True),
            Route(f"/{self.plural}", SCOPES, {"GET": list_all, "PUT": self.write, "POST": self.write}),
            Route(f"/{self.plural}/<key>", SCOPES, {"GET": self.get, "POST": self.write}, answers_pdf=True),
        )


def not_there(rule: str, message: str, **named: str | None) -> Outcome:
    """Refuse an id that no document has; the answer repeats what was sent to name it."""
    return Outcome(named, [Refusal(rule, message)], flags={"HasErrors": True})


def book(kind: Kind[D, B], writing: Writing, body: B) -> Outcome:
    """Book one document, or say why not."""
    setting, books = writing.setting, writing.setting.books
    try:
        before = _meant(kind, writing, body)
    except LookupError:
        return kind.unknown(body)
    draft = kind.draft(setting, body, before)
    refused = refusals(kind.rules, draft)
    if refused:
        shown = draft.after if before else _never_booked(kind, draft.after, body)
        return Outcome(kind.show(shown, books, setting.unitdp, WRITTEN), refused, flags={"HasErrors": True})
    warned = refusals(kind.warnings, draft)
    stocked = _items_of(books, draft)
    kept = kind.keep(draft)
    booking = Booking(kind.words, kept.document_id, kept.number, kept.status, changes(before, kept))
    also = [each for item in stocked if (each := _stock_moved(item, books.items[item.item_id]))]
    return Outcome(kind.show(kept, books, setting.unitdp, WRITTEN), (), warned, booking, also=also)


def _items_of(books: Books, draft: DocumentDraft[D]) -> list[Item]:
    """Find the tracked items whose stock the document may move, as they stand."""
    lines = (*draft.after.lines, *(draft.before.lines if draft.before else ()))
    codes = dict.fromkeys(line.item_code for line in lines if line.item_code)
    return [item for code in codes if (item := books.item_coded(code)) and item.is_tracked]


def _stock_moved(before: Item, after: Item) -> Booking | None:
    moved = changes(before, after)
    return Booking("item", after.item_id, after.code, "STOCK", moved) if moved else None


def _never_booked(kind: Kind[D, B], record: D, body: B) -> D:
    """Show a refused new document: with the number it was sent with, and an id that is nobody's.

    Invoices come back with a fresh id that never comes to be, purchase orders with zeros (both seen live in 2026).
    """
    return replace(record, number=kind.sent_number(body) or "", document_id=kind.id_of_refused or record.document_id)


def _meant(kind: Kind[D, B], writing: Writing, body: B) -> D | None:
    """Find the document a POST means, by id before number; a PUT means none. Raises LookupError for an unknown id."""
    key = writing.target or (None if writing.creates_only else kind.sent_id(body))
    if key:
        return kind.stored(writing.setting.books)[key.lower()]
    if writing.creates_only:
        return None
    return next(iter(kind.same_number(writing.setting, body)), None)
