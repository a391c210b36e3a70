"""One document as the ledger would show it, beside its order: of each amount where it comes from and what decided it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import count
from typing import Any

from daybook.catalog.models import Account, TaxRate
from daybook.documents.document import AmountType, CreditNote, Document, Invoice, Line
from daybook.kit.translation import gettext, gettext_noop, ngettext
from daybook.mapping import arithmetic
from daybook.outbox.models import Entry
from daybook.web import titles, words
from daybook.web.language import figures
from daybook.web.reading import documents, orders
from daybook.web.reading.documents import ShownLine
from daybook.web.templatetags.daybook import NOTHING, number, price

NOBODY_KEPT = gettext_noop("Nobody kept which rule or setting decided it.")
LINE, CARRIAGE = "line", "carriage"


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in one place of the document, and where it comes from."""

    text: str
    origin: str
    id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperLine:
    """One line of the document."""

    mark: str
    """The line of the order that it stands for: "1", or "C1" of the carriage; "" where none does."""
    description: Cell
    quantity: Cell
    unit_price: Cell
    account: Cell
    tax: Cell
    amount: Cell


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """All of it."""

    head: Sequence[tuple[str, Cell]]
    lines: Sequence[PaperLine]
    totals: Sequence[tuple[str, Cell]]
    order_lines: Sequence[tuple[str, Mapping[str, Any]]]
    """The order's, each with the mark by which the document's lines name it."""
    holds_tax: bool
    """The amounts of the lines hold their tax."""


@dataclass(frozen=True, slots=True)
class Names:
    """What an organisation calls its accounts, by code, and its tax rates, by tax type; as last read."""

    accounts: Mapping[str, str]
    rates: Mapping[str, TaxRate]


def names(organisation_id: int) -> Names:
    """Read what an organisation calls its accounts and tax rates; two statements."""
    accounts = Account.objects.filter(organisation=organisation_id).values_list("code", "name")
    return Names(dict(accounts), documents.rates(organisation_id))


def sheet(
    entry: Entry,
    document: Document,
    *,
    content: Mapping[str, Any] | None = None,
    known: Names | None = None,
    name: str = "origin",
) -> Sheet:
    """Return the document as it would be shown, with what its order says.

    `content`: of the order, where it is at hand; `known`: so are the names. `name`: begins the ids of its cells.
    """
    content = orders.content(entry.order) if content is None else content
    said = {str(row["mark"]): row for row in orders.lines(dict(content))}
    known = known or names(entry.organisation_id)
    accounts = known.accounts
    ids = (f"{name}-{place}" for place in count(1))
    shown = documents.lines(entry, document, known.rates)
    return Sheet(
        head=[(name, _numbered(cell, ids)) for name, cell in _head(entry, document)],
        lines=[_line(each, document, said, accounts, ids) for each in shown],
        totals=[(name, _numbered(cell, ids)) for name, cell in _totals(entry, document)],
        order_lines=list(said.items()),
        holds_tax=document.amount_type is AmountType.INCLUSIVE,
    )


def _numbered(cell: Cell, ids: Iterator[str]) -> Cell:
    return Cell(cell.text or NOTHING, cell.origin, next(ids))


def _mark(line: Line) -> str:
    kind, _, place = line.of.partition(":")
    return {LINE: place, CARRIAGE: f"C{place}"}.get(kind, "")


def _head(entry: Entry, document: Document) -> Iterator[tuple[str, Cell]]:
    ledger, order = titles.of(entry.organisation.ledger), entry.order
    chosen = gettext("The contact that the settings name.")
    yield (
        gettext("To|a contact").partition("|")[0],
        Cell(
            document.party.name if document.party else document.contact_name,
            gettext("The order's customer, as a contact of their own.") if document.party else chosen,
        ),
    )
    of_number = gettext("The number prefix of the settings and the order's reference, {ref}.").format(ref=order.ref)
    yield gettext("Number"), Cell(document.number, of_number)
    yield gettext("Date"), Cell(figures.day(document.date), _of_date(entry, document))
    if isinstance(document, Invoice):
        days = (document.due_date - document.date).days
        terms = ngettext(
            "{count} day after its date: the payment terms of the settings.",
            "{count} days after its date: the payment terms of the settings.",
            days,
        )
        yield gettext("Due"), Cell(figures.day(document.due_date), terms.format(count=days))
    of_reference = gettext("The reference of the settings, and the mark by which Daybook knows it.")
    yield gettext("Reference"), Cell(document.reference or NOTHING, of_reference)
    of_status = gettext("The document status of the settings: how it is made in {ledger}.").format(ledger=ledger)
    yield gettext("Status"), Cell(words.theirs(document.status), of_status)


def _of_date(entry: Entry, document: Document) -> str:
    if isinstance(document, CreditNote):
        return _of_note(document)
    if entry.order.typed_date is not None:
        return gettext("The day of dispatch, as a person typed it.")
    return gettext("The day of dispatch, in the organisation's time zone.")


def _of_note(note: CreditNote) -> str:
    if note.moved_from is None:
        return gettext("The day on which it was given back.")
    moved = gettext(
        "It is of {day}, and the books were locked then: it is dated by the first open day, and its first line says so."
    )
    return moved.format(day=figures.day(note.moved_from))


def _line(
    shown: ShownLine,
    document: Document,
    said: Mapping[str, Mapping[str, Any]],
    accounts: Mapping[str, str],
    ids: Iterator[str],
) -> PaperLine:
    line, mark = shown.line, _mark(shown.line)
    row = said.get(mark)
    account = " ".join(filter(None, (line.account_code, accounts.get(line.account_code, ""))))
    cells = {
        "description": Cell(line.description, _of_description(line, mark)),
        "quantity": Cell(number(line.quantity), _of_quantity(line, mark, row)),
        "unit_price": Cell(_price(line), _of_price(line, document, mark, row)),
        "account": Cell(account or gettext("by its item"), line.decided_by.account or gettext(NOBODY_KEPT)),
        "tax": Cell(shown.tax_name, _of_tax(line)),
        "amount": Cell(price(arithmetic.line_amount(line)), _of_amount(line)),
    }
    return PaperLine(mark=mark, **{name: _numbered(cell, ids) for name, cell in cells.items()})


def _said_by(mark: str) -> str:
    if mark.startswith("C"):
        return gettext("carriage {number} of the order").format(number=mark[1:])
    return gettext("line {number} of the order").format(number=mark)


def _of_description(line: Line, mark: str) -> str:
    said = [_stands_for(mark)]
    if line.item_code:
        by = line.decided_by.item or gettext("by its SKU")
        said.append(gettext("Item {item}: {by}.").format(item=line.item_code, by=by))
    said += [f"{each.category}: {each.option}." for each in line.tracking]
    if line.decided_by.tracking:
        said.append(gettext("Tracking by {rule}.").format(rule=line.decided_by.tracking))
    return " ".join(said)


def _stands_for(mark: str) -> str:
    if not mark:
        return gettext("No line of the order: Daybook wrote it, so that all adds up.")
    return gettext("It stands for {line}.").format(line=_said_by(mark))


def _of_quantity(line: Line, mark: str, row: Mapping[str, Any] | None) -> str:
    if row is None:
        return gettext("One: it stands for an amount.")
    if row["quantity"] is None or row["quantity"] == line.quantity:
        return gettext("As {line} says.").format(line=_said_by(mark))
    said = gettext("{line} says {quantity}; what was cancelled or given back is off.")
    line_, quantity = _said_by(mark), number(row["quantity"])
    return said.format(line=line_[:1].upper() + line_[1:], quantity=quantity)


def _price(line: Line) -> str:
    if line.unit_amount is None:
        return NOTHING
    if not line.discount_amount:
        return price(line.unit_amount)
    less = gettext("{price}, less {discount}")
    return less.format(price=price(line.unit_amount), discount=price(line.discount_amount))


def _of_price(line: Line, document: Document, mark: str, row: Mapping[str, Any] | None) -> str:
    if line.unit_amount is None:
        return gettext("None: the whole amount of the line is sent, since no price of four decimals comes to it.")
    if row is not None:
        for name, how in _PRICES:
            if row[name] is not None and row[name] == line.unit_amount:
                return gettext(how).format(line=_said_by(mark))
    return words.written_as(document.form) or gettext("Worked out from the amounts of the order.")


_PRICES = (
    ("unit_price", gettext_noop("The price before tax of {line}.")),
    ("unit_price_inc_tax", gettext_noop("The price with tax of {line}.")),
    ("unit_cost", gettext_noop("The cost of {line}.")),
)


def _of_tax(line: Line) -> str:
    by = line.decided_by.tax_type or gettext(NOBODY_KEPT)
    if line.tax_amount is not None:
        own = gettext("Its amount, {amount}, is the order's own and is sent with it.")
        return f"{by} {own.format(amount=price(line.tax_amount))}"
    return by if line.tax is None else f"{by} {gettext('It comes to {amount}.').format(amount=price(line.tax))}"


def _of_amount(line: Line) -> str:
    if line.unit_amount is None:
        return gettext("The whole amount of the line, as it is sent.")
    times = f"{number(line.quantity)} × {price(line.unit_amount)}"  # noqa: RUF001 - as people write it
    if not line.discount_amount:
        return gettext("{amount}, to the cent.").format(amount=times)
    less = gettext("{amount}, less {discount}, to the cent.")
    return less.format(amount=times, discount=price(line.discount_amount))


def _totals(entry: Entry, document: Document) -> Iterator[tuple[str, Cell]]:
    is_sale = isinstance(document, Invoice)
    says = (entry.order.net, entry.order.tax, entry.order.gross) if is_sale else (None, None, None)
    total = gettext("Total {currency}").format(currency=document.currency)
    names = (gettext("Subtotal"), gettext("Total tax"), total)
    for name, ours, theirs in zip(names, document.totals, says, strict=True):
        yield name, Cell(price(ours), _of_total(ours, theirs))


def _of_total(ours: Decimal | None, theirs: Decimal | None) -> str:
    added = gettext("The lines added up as the ledger does.")
    if ours is None or theirs is None:
        return added
    if ours == theirs:
        return f"{added} {gettext('The order says the same.')}"
    return f"{added} {gettext('The order says {amount}.').format(amount=price(theirs))}"
