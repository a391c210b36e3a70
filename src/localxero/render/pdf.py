"""PURE: a document as a PDF file, plain and legible; what Xero's own templates make of it is another matter."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from io import BytesIO
from typing import NamedTuple

import pydyf

from localxero.books import Books
from localxero.books.records import CreditNote, Document, Invoice, Line, PurchaseOrder

WIDTH, HEIGHT = 595, 842  # A4, in points
LEFT, RIGHT, TOP, BOTTOM = 48, 547, 790, 60
LEADING = 15
ROMAN, BOLD, MONO = "F1", "F2", "F3"
FONTS = {ROMAN: "Helvetica", BOLD: "Helvetica-Bold", MONO: "Courier"}
MONO_WIDTH = 0.6  # of its size: every letter of Courier is as wide
LONGEST_DESCRIPTION = 62


class Text(NamedTuple):
    """One piece of text on a sheet; `x` is its left end, or its right end where it is aligned so."""

    x: float
    text: str
    font: str = ROMAN
    size: float = 10
    right: bool = False


Row = Sequence[Text]


def sheet(record: Document, books: Books) -> bytes:
    """Make the PDF of a document."""
    pdf = pydyf.PDF()
    fonts = {name: _font(pdf, base) for name, base in FONTS.items()}
    rows = list(_rows(record, books))
    per_page = (TOP - BOTTOM) // LEADING
    for start in range(0, len(rows), per_page):
        _add_page(pdf, fonts, rows[start : start + per_page])
    made = BytesIO()
    pdf.write(made)
    return made.getvalue()


def words_of(record: Document) -> str:
    """Say what a document is."""
    if isinstance(record, PurchaseOrder):
        return "Purchase order"
    if isinstance(record, CreditNote):
        return "Credit note"
    return "Bill" if isinstance(record, Invoice) and record.type == "ACCPAY" else "Invoice"


def _rows(record: Document, books: Books) -> Iterator[Row]:
    contact = books.contacts.get(record.contact_id)
    yield [Text(LEFT, "Made by a simulator. Not Xero.", size=8)]
    yield [Text(LEFT, f"{words_of(record)} {record.number}", BOLD, 16)]
    yield []
    yield [Text(LEFT, books.organisation.name, BOLD), Text(RIGHT, f"{record.date:%d %b %Y}", MONO, right=True)]
    yield [Text(LEFT, contact.name if contact else ""), Text(RIGHT, record.status, MONO, right=True)]
    yield [Text(LEFT, record.reference)]
    yield []
    yield _columns("Description", "Quantity", "Price", "Amount", font=BOLD)
    for line in record.lines:
        yield _line(line)
    yield []
    for words, amount in (("Subtotal", record.sub_total), ("Tax", record.total_tax), ("Total", record.total)):
        yield [
            Text(400, words, BOLD if words == "Total" else ROMAN),
            Text(RIGHT, f"{amount:,.2f} {record.currency_code}", MONO, right=True),
        ]


def _line(line: Line) -> Row:
    text = " ".join((line.description or "").split())
    short = text if len(text) <= LONGEST_DESCRIPTION else f"{text[: LONGEST_DESCRIPTION - 3]}..."
    return _columns(short, _figure(line.quantity, 0), _figure(line.unit_amount, 2), f"{line.line_amount:,.2f}")


def _columns(description: str, quantity: str, price: str, amount: str, *, font: str = ROMAN) -> Row:
    figures = ((400, quantity), (470, price), (RIGHT, amount))
    return [Text(LEFT, description, font), *(Text(x, text, MONO, right=True) for x, text in figures)]


def _figure(value: Decimal | None, least: int) -> str:
    """Write a number without trailing zeros, but with at least so many decimals."""
    if value is None:
        return ""
    whole, _, places = f"{value:,.4f}".partition(".")
    shown = places[:least] + places[least:].rstrip("0")
    return f"{whole}.{shown}" if shown else whole


def _font(pdf: pydyf.PDF, base: str) -> bytes:
    font = pydyf.Dictionary(
        {"Type": "/Font", "Subtype": "/Type1", "BaseFont": f"/{base}", "Encoding": "/WinAnsiEncoding"}
    )
    pdf.add_object(font)
    reference: bytes = font.reference
    return reference


def _add_page(pdf: pydyf.PDF, fonts: dict[str, bytes], rows: Sequence[Row]) -> None:
    stream = pydyf.Stream(compress=True)
    for place, row in enumerate(rows):
        for each in row:
            _write(stream, each, TOP - place * LEADING)
    pdf.add_object(stream)
    page = {
        "Type": "/Page",
        "Parent": pdf.pages.reference,
        "MediaBox": pydyf.Array([0, 0, WIDTH, HEIGHT]),
        "Contents": stream.reference,
        "Resources": pydyf.Dictionary({"Font": pydyf.Dictionary(fonts)}),
    }
    pdf.add_page(pydyf.Dictionary(page))


def _write(stream: pydyf.Stream, piece: Text, y: float) -> None:
    width = len(piece.text) * MONO_WIDTH * piece.size if piece.right else 0
    stream.begin_text()
    stream.set_font_size(piece.font, piece.size)
    stream.set_text_matrix(1, 0, 0, 1, piece.x - width, y)
    stream.stream.append(f"<{piece.text.encode('cp1252', 'replace').hex()}> Tj".encode())
    stream.end_text()
