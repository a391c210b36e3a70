"""/Invoices: sales invoices (ACCREC) and bills (ACCPAY)."""

from collections.abc import Iterable

from msgspec.structs import replace

from localxero import keeping, queries, render
from localxero.answers import Answer
from localxero.books import PAYABLE, RECEIVABLE, Books
from localxero.calls import Call
from localxero.clock import instant
from localxero.drafting import DocumentDraft, invoice_draft
from localxero.endpoints import Route
from localxero.endpoints.reading import contact_fields, envelope, found, listed, mentions, one_of
from localxero.endpoints.writing import Outcome, Resource, Writing, write
from localxero.journal import Booking
from localxero.queries import Fields, flag
from localxero.records import Invoice
from localxero.rules import Refusal, refusals
from localxero.rules.documents import INVOICE_RULES, INVOICE_WARNINGS
from localxero.wire import InvoiceBody


def fields_of(books: Books) -> Fields[Invoice]:
    """Name what `where` and `order` may ask of an invoice."""
    return {
        "InvoiceID": lambda record: record.document_id,
        "InvoiceNumber": lambda record: record.number,
        "Reference": lambda record: record.reference,
        "Type": lambda record: record.type,
        "Status": lambda record: record.status,
        "Date": lambda record: record.date,
        "DueDate": lambda record: record.due_date,
        "SubTotal": lambda record: record.sub_total,
        "TotalTax": lambda record: record.total_tax,
        "Total": lambda record: record.total,
        "AmountCredited": lambda record: record.amount_credited,
        "FullyPaidOnDate": lambda record: record.fully_paid_on,
        "SentToContact": lambda record: record.sent_to_contact,
        "HasAttachments": lambda record: record.document_id in books.attachments,
        "BrandingThemeID": lambda record: record.branding_theme_id,
        "AmountDue": lambda record: record.amount_due,
        "AmountPaid": lambda record: record.amount_paid,
        "CurrencyCode": lambda record: record.currency_code,
        "UpdatedDateUTC": lambda record: instant(record.updated_ms),
        **contact_fields(books),
    }


def list_invoices(call: Call) -> Answer:
    """List invoices; with lines only where paged, without most of it where summarised."""
    args = call.request.args
    summary = flag(args, "summaryOnly")
    mine = flag(args, "createdByMyApp")
    with call.books.lock:
        page = listed(
            call,
            _candidates(call),
            fields_of(call.books),
            tests=(
                one_of(call, "Statuses", lambda record: record.status),
                one_of(call, "ContactIDs", lambda record: record.contact_id),
                mentions(call, lambda record: record.number, lambda record: record.reference),
                (lambda record: record.created_by == call.token.grant.client_id) if mine else None,
            ),
            always_paged=summary,
        )
        if summary:
            shown = [render.invoice_summary(record, call.books) for record in page.records]
        else:
            lines = page.pagination is not None
            shown = [
                render.invoice(record, call.books, unitdp=call.unitdp, short=True, lines=lines)
                for record in page.records
            ]
    return envelope(call, "Invoices", shown, page.pagination)


def _candidates(call: Call) -> Iterable[Invoice]:
    """Look up IDs and InvoiceNumbers directly; both given, both must match."""
    ids = queries.listed(call.request.args, "IDs")
    numbers = queries.listed(call.request.args, "InvoiceNumbers")
    if not ids and not numbers:
        return call.books.invoices.values()
    by_id = {key.lower() for key in ids}
    if not numbers:
        return [record for key in by_id if (record := call.books.invoices.get(key))]
    named = {each.document_id: each for number in numbers for each in call.books.invoices_numbered(number)}
    return [each for each in named.values() if not ids or each.document_id in by_id]


def get_invoice(call: Call, key: str) -> Answer:
    """Get one invoice by id or number."""
    with call.books.lock:
        record = found(by_key(call.books, key))
        return envelope(call, "Invoices", [render.invoice(record, call.books, unitdp=call.unitdp)])


def write_invoices(call: Call) -> Answer:
    """Create (PUT) or create and change (POST) invoices."""
    return write(call, RESOURCE)


def write_invoice(call: Call, key: str) -> Answer:
    """Change the invoice in the path."""
    return write(call, RESOURCE, found(by_key(call.books, key)).document_id)


def by_key(books: Books, key: str) -> Invoice | None:
    """Find an invoice by id or number; prefer a sales invoice where several documents share a number."""
    if record := books.invoices.get(key.lower()):
        return record
    numbered = books.invoices_numbered(key)
    return next((each for each in numbered if each.type == RECEIVABLE), numbered[0] if numbered else None)


def book_invoice(writing: Writing, body: InvoiceBody) -> Outcome:
    """Book one invoice, or say why not."""
    setting = writing.setting
    try:
        before = _target(writing, body)
    except LookupError:
        echo = {"InvoiceID": body.invoice_id, "InvoiceNumber": body.invoice_number}
        return Outcome(echo, [Refusal("invoice_exists", "Invoice could not be found")], flags={"HasErrors": True})
    draft = invoice_draft(setting, body, before)
    refused = refusals(INVOICE_RULES, draft)
    if refused:
        shown = draft.after if before else replace(draft.after, document_id=render.ZERO_ID)
        return Outcome(_shown(draft, shown), refused, flags={"HasErrors": True})
    warned = refusals(INVOICE_WARNINGS, draft)
    kept = keeping.keep_invoice(draft)
    return Outcome(_shown(draft, kept), (), warned, Booking("invoice", kept.document_id, kept.number, kept.status))


def _shown(draft: DocumentDraft[Invoice], record: Invoice) -> render.Json:
    return render.invoice(record, draft.books, unitdp=draft.setting.unitdp)


def _target(writing: Writing, body: InvoiceBody) -> Invoice | None:
    """Find the invoice a POST means (xero-rules.md 4.2); a PUT means none."""
    books, switches = writing.setting.books, writing.setting.switches
    key = writing.target or (None if writing.creates_only else body.invoice_id)
    if key:
        return books.invoices[key.lower()]
    if writing.creates_only or not body.invoice_number:
        return None
    same = [each for each in books.invoices_numbered(body.invoice_number) if each.type == (body.type or RECEIVABLE)]
    if body.type == PAYABLE:
        wanted = body.contact.contact_id if body.contact else None
        same = [each for each in same if switches.post_updates_bill_by_number and wanted in {None, each.contact_id}]
    elif not switches.post_updates_invoice_by_number:
        same = []
    return same[0] if same else None


RESOURCE = Resource("Invoices", InvoiceBody, book_invoice)
ROUTES = (
    Route(
        "/Invoices",
        ("accounting.invoices",),
        {"GET": list_invoices, "PUT": write_invoices, "POST": write_invoices},
    ),
    Route("/Invoices/<key>", ("accounting.invoices",), {"GET": get_invoice, "POST": write_invoice}),
)
