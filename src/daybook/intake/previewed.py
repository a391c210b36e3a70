"""What a preview answers with: one shape for the API and the command line. Amounts are text, so that nothing is lost."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

import msgspec
from pydantic import BaseModel, Field

from daybook.documents import stored
from daybook.documents.causes import Hold
from daybook.documents.document import Document, Line, Settlement
from daybook.documents.file_rules import OF_XML, FileRules
from daybook.documents.kinds import Kind, Paper
from daybook.documents.mailed_invoice import MailedInvoice
from daybook.documents.order_file import OrderFile
from daybook.intake.outlook import DocumentOutlook
from daybook.kit.money import figure, plain
from daybook.ledgers.exchange import Sendable
from daybook.ledgers.ledger import Ledger
from daybook.orders.models import Order
from daybook.outbox.models import Entry
from daybook.outbox.states import State

Spelt = Callable[[Document], Mapping[str, Mapping[str, str]]]
"""Gives, by supply, what a document names and is there: our key -> theirs."""
_encoder = msgspec.json.Encoder(decimal_format="number")


class PreviewedLine(BaseModel):
    """A line of a document."""

    description: str
    quantity: str
    unit_amount: str | None = Field(description="null: the line's amount is sent instead.")
    line_amount: str | None
    discount_amount: str | None = Field(description="Off the whole line.")
    account: str
    tax_type: str
    tax_amount: str | None = Field(description="null: the accounting software works the tax out.")
    item: str


class PreviewedDocument(BaseModel):
    """A document as it would stand in the day book."""

    kind: Kind
    number: str
    is_new: bool = Field(description="It is not in the day book yet.")
    state: State
    cause: str = Field(description="Why it would not go: a code; empty where nothing is in its way.")
    explanation: str = Field(description="The same for people: what happened, why, and what to do.")
    date: str = Field(description="Empty: no document could be made, so that it has none.")
    due_date: str | None = None
    contact: str
    contact_id: str = ""
    currency: str
    net: str | None = None
    tax: str | None = None
    gross: str | None = None
    amounts: str = Field(default="", description="Whether the lines' amounts hold tax: Exclusive or Inclusive.")
    form: str = Field(default="", description="How the lines were written so that the totals come out.")
    reference: str = Field(
        default="", description="With the mark; a document that is new gets its own when it is made."
    )
    lines: list[PreviewedLine] = []
    body: str = Field(default="", description="What would be sent of it, to the byte; empty where nothing would be.")


class PreviewedConnection(BaseModel):
    """What would become of the order through one connection."""

    connection: str = Field(description="Daybook's own id of the connection; empty: the company has none yet.")
    name: str
    standing: Order.Standing
    cause: str = Field(description="Why there would be no document: a code; empty where there would be one.")
    explanation: str = Field(description="The same for people: what happened, why, and what to do.")
    documents: list[PreviewedDocument]


class Preview(BaseModel):
    """What would become of an order now. Nothing of it was written."""

    order: str = Field(description="Daybook's own id of the order; empty: it is not stored.")
    source: str
    id: str
    ref: str
    connections: list[PreviewedConnection] = Field(
        description="Each that takes the order; empty: it came before all of them."
    )


def document(
    entry: Entry, says: DocumentOutlook, ledger: Ledger | None, spelt: Spelt, rules: FileRules = OF_XML
) -> PreviewedDocument:
    """Return a document as its row in memory has it."""
    found = stored.read(entry.document, entry.kind)
    shown = PreviewedDocument(
        kind=Kind(entry.kind),
        number=entry.number,
        is_new=entry.pk is None,
        state=State(entry.state),
        cause=entry.cause,
        explanation=says.explanation,
        date=_day(entry.date) or "",
        contact=entry.contact_name,
        currency=entry.currency,
        net=_text(entry.net),
        tax=_text(entry.tax),
        gross=_text(entry.gross),
    )
    return shown if found is None else shown.model_copy(update=_written(entry, found, ledger, spelt, rules))


def _written(entry: Entry, found: Paper, ledger: Ledger | None, spelt: Spelt, rules: FileRules) -> dict[str, object]:
    if isinstance(found, OrderFile):
        return {"body": _file(entry, found, ledger, rules)}
    if isinstance(found, MailedInvoice):  # what would be sent is a mail with a PDF, which the connection's page shows
        return {"due_date": _day(found.due_date) or "", "reference": found.external_ref}
    if isinstance(found, Settlement):  # what would be sent names what it settles, by an id that is not there yet
        return {"contact_id": found.contact_id, "form": found.form, "reference": found.reference}
    return {
        "due_date": _day(getattr(found, "due_date", None)),
        "contact_id": found.contact_id,
        "amounts": found.amount_type.value,
        "form": found.form,
        "reference": found.reference,
        "lines": [_line(line) for line in found.lines],
        "body": _body(entry, found, ledger, spelt),
    }


def _body(entry: Entry, found: Document, ledger: Ledger | None, spelt: Spelt) -> str:
    """Return what would be sent, in the ledger's own words; only what is ready would be."""
    form = ledger.forms.get(entry.kind) if ledger is not None else None
    if ledger is None or form is None or entry.state != State.READY:
        return ""
    sendable = Sendable(
        mark=entry.public_id,
        kind=form.kind,
        number=entry.number,
        document=found,
        resolved=spelt(found),
    )
    return _encoder.encode(form.element(sendable)).decode()


def _file(entry: Entry, found: OrderFile, ledger: Ledger | None, rules: FileRules) -> str:
    """Return the file that would be written; only what is ready would be."""
    form = ledger.forms.get(entry.kind) if ledger is not None else None
    if form is None or form.file is None or entry.state != State.READY:
        return ""
    file = form.file(entry.number, found, rules)
    return "" if file is None or isinstance(file, Hold) else file.content.decode(errors="replace")


def _line(line: Line) -> PreviewedLine:
    return PreviewedLine(
        description=line.description,
        quantity=plain(line.quantity),
        unit_amount=_text(line.unit_amount),
        line_amount=_text(line.line_amount),
        discount_amount=_text(line.discount_amount),
        account=line.account_code,
        tax_type=line.tax_type,
        tax_amount=_text(line.tax_amount),
        item=line.item_code,
    )


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else figure(amount)


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
