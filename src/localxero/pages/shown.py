"""What all pages share: the frame, lists cut into pages, rows of documents, what is not there."""

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from localkit import answers
from localkit.answers import Answer, StopError
from localxero.books import Books
from localxero.books.records import CreditNote, Document, Invoice, PurchaseOrder
from localxero.gate.calls import State
from localxero.render.pages import render_page

PER_PAGE = 100
SECTIONS = (
    ("", "Dashboard"),
    ("invoices", "Invoices"),
    ("bills", "Bills"),
    ("purchase-orders", "Purchase orders"),
    ("credit-notes", "Credit notes"),
    ("contacts", "Contacts"),
    ("items", "Items"),
    ("accounts", "Accounts"),
    ("balances", "Balances"),
)
_LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]]")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list of documents."""

    record: Document
    contact: str
    link: str


@dataclass(frozen=True, slots=True)
class ShownPage:
    """One page of a list."""

    rows: Sequence[object]
    number: int
    pages: int
    count: int
    query: str = ""


def page(state: State, template: str, *, books: Books | None = None, here: str = "", **values: object) -> Answer:
    """Render a page in its frame."""
    made = render_page(
        template,
        organisations=[each.organisation for each in state.organisations.values()],
        organisation=books.organisation if books else None,
        sections=SECTIONS,
        here=here,
        **values,
    )
    return answers.html(made)


def with_status(answer: Answer, status: int) -> Answer:
    """Give a page another status."""
    return Answer(status, answer.body, answer.content_type, answer.headers)


def message(state: State, heading: str, words: str, status: int) -> Answer:
    """Say one thing."""
    return with_status(page(state, "message.html", heading=heading, words=words), status)


def missing(state: State, words: str = "There is no such page.") -> StopError:
    """Make the end of a request for what is not there."""
    return StopError(message(state, "Not found", words, 404))


def books_of(state: State, short_code: str) -> Books:
    """Find an organisation by ShortCode, or end the request."""
    books = state.books_by_short_code(short_code)
    if books is None:
        raise missing(state, "There is no such organisation.")
    return books


def rows(books: Books, records: Iterable[Document]) -> list[Row]:
    """Make rows of documents."""
    short_code = books.organisation.short_code
    return [Row(each, books.contacts[each.contact_id].name, link(short_code, each)) for each in records]


def link(short_code: str, record: Document) -> str:
    """Return the page of a document; an invoice's is where Xero has it (xero-rules.md 8)."""
    if isinstance(record, PurchaseOrder):
        return f"/org/{short_code}/purchase-orders/{record.document_id}"
    if isinstance(record, CreditNote):
        return f"/org/{short_code}/credit-notes/{record.document_id}"
    return f"/app/{short_code}/invoicing/view/{record.document_id}"


def source_of(record: Document) -> str | None:
    """Find the way back to where a document came from: its Url, or a link in its reference or one of its lines.

    Purchase orders and credit notes have no Url at Xero.
    """
    texts = [record.reference, *(line.description or "" for line in record.lines)]
    if isinstance(record, Invoice):
        texts.insert(0, record.url or "")
    return next((found[0] for text in texts if (found := _LINK.search(text))), None)


def cut(found: Sequence[object], args: Mapping[str, str]) -> ShownPage:
    """Cut a list into pages and return the one asked for."""
    text = args.get("page", "1")
    pages = max(1, math.ceil(len(found) / PER_PAGE))
    number = min(pages, max(1, int(text))) if text.isascii() and text.isdigit() and len(text) < 8 else 1
    kept = urlencode({name: value for name, value in args.items() if name != "page"})
    start = (number - 1) * PER_PAGE
    return ShownPage(found[start : start + PER_PAGE], number, pages, len(found), f"{kept}&" if kept else "")


def searched(text: str, *gets: Callable[[object], str | None]) -> Callable[[object], bool]:
    """Make the test of a search field: without case, in any of these."""
    term = text.strip().casefold()
    return lambda record: not term or any(term in (get(record) or "").casefold() for get in gets)


def path_of(*parts: str) -> str:
    """Make a path of ours from words that may hold anything."""
    return "/" + "/".join(quote(part, safe="") for part in parts)
