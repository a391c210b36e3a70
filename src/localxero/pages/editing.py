"""The form in which a person edits a document: what differs from the books is sent, and nothing else.

So a changed description moves no tax, and a settled invoice may still get another reference, as the rules have it. On a
draft every discount becomes a percentage of two decimals, as on Xero's classic page (xero-rules.md 5.1, likely).
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Request

from localkit import answers
from localkit.answers import Answer
from localkit.forms import FormError, number_in
from localkit.pages import number
from localxero.books import Books
from localxero.books.arithmetic import ZERO
from localxero.books.records import Document, Invoice, Line, PurchaseOrder
from localxero.drafting.lines import Setting
from localxero.gate.calls import State
from localxero.pages import by_hand, documents
from localxero.pages.forms import day_in
from localxero.pages.shown import books_of, link, missing, page, with_status
from localxero.render.pdf import words_of
from localxero.wire import ContactBody, LineBody

LINE_FIELDS = ("line", "item", "description", "quantity", "price", "discount", "account", "tax")
NUMBERS = ("quantity", "price", "discount")
Row = dict[str, str]


def form(state: State, _: Request, short_code: str, key: str) -> Answer:
    """Show the form of a document."""
    books, record = _found(state, short_code, key)
    return _form(state, books, record, _fields_of(books, record), [*map(_row_of, record.lines), _empty_row()], [])


def save(state: State, request: Request, short_code: str, key: str) -> Answer:
    """Save what was typed, and approve it where that button was pressed; what cannot be is said above what was typed."""
    books, record = _found(state, short_code, key)
    rows = _rows_in(record, request.form)
    typed = _fields_of(books, record) | request.form.to_dict()

    def act(setting: Setting) -> Any:
        return by_hand.changing(setting, record, _body(books, record, typed, rows))

    if problems := by_hand.done(state, request, books, act):
        return with_status(_form(state, books, record, typed, rows, problems), 400)
    return answers.redirect(link(short_code, record))


def _found(state: State, short_code: str, key: str) -> tuple[Books, Document]:
    books = books_of(state, short_code)
    record = by_hand.document_in(books, key)
    if record is None:
        raise missing(state, "There is no such document in this organisation.")
    return books, record


def _form(
    state: State, books: Books, record: Document, typed: Mapping[str, str], rows: list[Row], problems: list[str]
) -> Answer:
    with books.lock:
        return page(
            state,
            "edit.html",
            books=books,
            here=documents.LISTS[documents.kind_of(record)],
            record=record,
            words=words_of(record),
            back=link(books.organisation.short_code, record),
            typed=typed,
            rows=rows,
            problems=problems,
            second_day=_second_day(record),
            discounted=by_hand.is_sale(record),
            approvable=record.status in by_hand.UNAPPROVED,
            contacts=sorted(each.name for each in books.contacts.values() if each.status == "ACTIVE"),
            accounts=[
                (each.code, f"{each.code} {each.name}")
                for each in sorted(books.accounts.values(), key=lambda each: each.code)
                if each.code and each.type != "BANK" and (each.status == "ACTIVE" or _uses(record, each.code))
            ],
            rates=[(each.tax_type, f"{each.name} ({number(each.rate)} %)") for each in books.tax_rates.values()],
        )


def _uses(record: Document, code: str) -> bool:
    return any(line.account_code == code for line in record.lines)


def _second_day(record: Document) -> tuple[str, str, Any] | None:
    """Name the other day of a document: its field in the API, in words, and as it stands."""
    if isinstance(record, Invoice):
        return "due_date", "Due date", record.due_date
    return ("delivery_date", "Delivery date", record.delivery_date) if isinstance(record, PurchaseOrder) else None


def _fields_of(books: Books, record: Document) -> dict[str, str]:
    second = _second_day(record)
    return {
        "contact": books.contacts[record.contact_id].name,
        "date": record.date.isoformat(),
        "second_day": second[2].isoformat() if second and second[2] else "",
        "reference": record.reference,
    }


def _row_of(line: Line) -> Row:
    rate = line.discount_rate if line.discount_rate is not None else by_hand.percentage_of(line)
    return {
        "line": line.line_item_id,
        "item": line.item_code or "",
        "description": line.description or "",
        "quantity": number(line.quantity),
        "price": number(line.unit_amount),
        "discount": number(rate),
        "account": line.account_code or "",
        "tax": line.tax_type or "",
    }


def _empty_row() -> Row:
    return dict.fromkeys(LINE_FIELDS, "")


def _rows_in(record: Document, typed: MultiDict[str, str]) -> list[Row]:
    """Read the rows of a form; a column that was left out stays as it stands."""
    had = {line.line_item_id: line for line in record.lines}
    columns = {name: typed.getlist(name) for name in LINE_FIELDS if name in typed}
    rows = []
    for place in range(max(map(len, columns.values()), default=0)):
        row = {name: values[place].replace("\r\n", "\n") for name, values in columns.items() if place < len(values)}
        line = had.get(row.get("line", ""))
        rows.append((_row_of(line) if line else _empty_row()) | row)
    return rows


def _body(books: Books, record: Document, typed: Mapping[str, str], rows: list[Row]) -> Any:
    """Make the body of the API's request that says what differs. Raises FormError and wire.UnreadableError."""
    was = _fields_of(books, record)
    told = {name: text.strip() for name, text in typed.items() if name in was and text.strip() != was[name].strip()}
    second = _second_day(record)
    fields: dict[str, Any] = {
        "contact": ContactBody(name=told["contact"]) if told.get("contact") else None,
        "date": day_in(told.get("date", ""), "Date"),
        "reference": told.get("reference"),
        "status": "AUTHORISED" if typed.get("do") == "approve" else None,
        "line_items": _lines(record, rows),
    }
    if second:
        fields[second[0]] = day_in(told.get("second_day", ""), second[1])
    return by_hand.kind_of(record).body(**fields)


def _lines(record: Document, rows: list[Row]) -> list[LineBody] | None:
    """Say the lines where one of them differs; a row that was emptied is no line any more."""
    had = {line.line_item_id: line for line in record.lines}
    lines = [_line(had.get(row["line"]), row, place) for place, row in enumerate(rows, 1) if _says_something(row)]
    percentages = by_hand.by_percentage(record)
    if percentages:
        rates = {each.line_item_id: each.discount_rate for each in percentages}
        for each in lines:
            if each.discount_rate is None:
                each.discount_rate = rates.get(each.line_item_id)
    same = [LineBody(line_item_id=each.line_item_id) for each in record.lines]
    if rows and not lines and record.lines:
        message = "One or more line items must be specified"
        raise FormError(message)
    return None if not rows or lines == same else lines


def _says_something(row: Row) -> bool:
    return any(row[name].strip() for name in ("description", "quantity", "price"))


def _number(row: Row, was: Row, column: str, place: int) -> Decimal | None:
    """Read a number of a row; None where it says what stands there."""
    value = number_in(row[column], f"Line {place}, {column}")
    return None if value == number_in(was[column], column) else value


def _line(had: Line | None, row: Row, place: int) -> LineBody:
    was = _row_of(had) if had else _empty_row()
    told = {name: text.strip() for name, text in row.items() if text.strip() != was[name].strip()}
    quantity, price, discount = (_number(row, was, column, place) for column in NUMBERS)
    if was["discount"] and not row["discount"].strip():
        discount = ZERO
    return LineBody(
        line_item_id=had.line_item_id if had else None,
        description=told.get("description"),
        account_code=told.get("account") or None,
        tax_type=told.get("tax") or None,
        quantity=quantity,
        unit_amount=price,
        discount_rate=discount,
    )
