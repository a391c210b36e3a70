"""/Invoices: sales invoices (ACCREC) and bills (ACCPAY)."""

from collections.abc import Iterable
from operator import attrgetter

from localkit.answers import Answer
from localkit.clock import instant
from localxero.books import PAYABLE, RECEIVABLE, Books
from localxero.books.records import Invoice
from localxero.drafting.contacts import contact_meant
from localxero.drafting.documents import invoice_draft
from localxero.drafting.lines import Setting
from localxero.endpoints.documents import Kind, not_there
from localxero.endpoints.reading import contact_fields, envelope, listed, mentions, one_of
from localxero.endpoints.writing import Outcome
from localxero.gate.calls import Call
from localxero.keeping import documents as keeping
from localxero.queries import lists
from localxero.queries.lists import Fields, Listing, Optimised, flag
from localxero.render import documents as render_documents
from localxero.render.documents import LISTED
from localxero.rules.invoices import INVOICE_RULES, INVOICE_WARNINGS
from localxero.wire import InvoiceBody

OPTIMISED = Optimised(
    where=frozenset(
        {
            "Status", "Type", "Contact.ContactID", "Contact.Name", "Contact.ContactNumber", "Reference",
            "InvoiceNumber", "InvoiceID", "AmountPaid", "AmountDue", "Date", "DueDate",
        }
    ),
    order=frozenset({"InvoiceID", "UpdatedDateUTC", "Date"}),
)  # fmt: skip


def listing_of(books: Books) -> Listing[Invoice]:
    """Name what `where` and `order` may ask of an invoice."""
    fields: Fields[Invoice] = {
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
        "IsDiscounted": lambda record: bool(record.total_discount),
        "Url": lambda record: record.url,
        "ExpectedPaymentDate": lambda record: record.expected_payment_date,
        "PlannedPaymentDate": lambda record: record.planned_payment_date,
        "BrandingThemeID": lambda record: record.branding_theme_id,
        "AmountDue": lambda record: record.amount_due,
        "AmountPaid": lambda record: record.amount_paid,
        "CurrencyCode": lambda record: record.currency_code,
        "CurrencyRate": lambda record: record.currency_rate,
        "LineAmountTypes": lambda record: record.line_amount_types,
        "UpdatedDateUTC": lambda record: instant(record.updated_ms),
        **contact_fields(books),
    }
    return Listing("Invoice", fields, attrgetter("updated_ms"), OPTIMISED)


def list_invoices(call: Call) -> Answer:
    """List invoices; with lines only where paged, without most of it where summarised."""
    args = call.args
    summary = flag(args, "summaryOnly")
    mine = flag(args, "createdByMyApp")
    with call.books.lock:
        page = listed(
            call,
            _candidates(call),
            listing_of(call.books),
            tests=(
                one_of(call, "Statuses", lambda record: record.status),
                one_of(call, "ContactIDs", lambda record: record.contact_id),
                mentions(call, lambda record: record.number, lambda record: record.reference),
                (lambda record: record.created_by == call.token.grant.client_id) if mine else None,
            ),
            always_paged=summary or "Statuses" in args,
        )
        if summary:
            shown = [render_documents.invoice_summary(record, call.books) for record in page.records]
        else:
            lines = page.pagination is not None
            shown = [
                render_documents.invoice(record, call.books, unitdp=call.unitdp, view=LISTED, lines=lines)
                for record in page.records
            ]
    return envelope(call, "Invoices", shown, page.pagination)


def _candidates(call: Call) -> Iterable[Invoice]:
    """Look up IDs and InvoiceNumbers directly; both given, both must match."""
    ids = lists.listed(call.args, "IDs")
    numbers = lists.listed(call.args, "InvoiceNumbers")
    if not ids and not numbers:
        return call.books.invoices.values()
    by_id = {key.lower() for key in ids}
    if not numbers:
        return [record for key in by_id if (record := call.books.invoices.get(key))]
    named = {each.document_id: each for number in numbers for each in call.books.invoices_numbered(number)}
    return [each for each in named.values() if not ids or each.document_id in by_id]


def _numbered(books: Books, number: str) -> list[Invoice]:
    """Find invoices and bills by number, sales invoices first."""
    return sorted(books.invoices_numbered(number), key=lambda each: each.type != RECEIVABLE)


def _same_number(setting: Setting, body: InvoiceBody) -> list[Invoice]:
    """Find what a POST means by its number: a sales invoice, or a bill of the same contact, by switches."""
    switches, kind = setting.switches, body.type or RECEIVABLE
    may_be = switches.post_updates_bill_by_number if kind == PAYABLE else switches.post_updates_invoice_by_number
    if not body.invoice_number or not may_be:
        return []
    same = [each for each in setting.books.invoices_numbered(body.invoice_number) if each.type == kind]
    if kind != PAYABLE:
        return same
    contact = contact_meant(setting.books, body.contact) if body.contact else None
    return [each for each in same if contact and each.contact_id == contact.contact_id]


def _unknown(body: InvoiceBody) -> Outcome:
    named = {"InvoiceID": body.invoice_id, "InvoiceNumber": body.invoice_number}
    return not_there("invoice_exists", "Invoice could not be found", **named)


INVOICES = Kind(
    plural="Invoices",
    words="invoice",
    body=InvoiceBody,
    stored=lambda books: books.invoices,
    numbered=_numbered,
    sent_id=lambda body: body.invoice_id,
    sent_number=lambda body: body.invoice_number,
    same_number=_same_number,
    unknown=_unknown,
    draft=invoice_draft,
    rules=INVOICE_RULES,
    warnings=INVOICE_WARNINGS,
    keep=keeping.keep_invoice,
    show=lambda record, books, unitdp, view: render_documents.invoice(record, books, unitdp=unitdp, view=view),
    id_of_refused=None,
)
ROUTES = INVOICES.routes(list_invoices)
