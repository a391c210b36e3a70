"""/Invoices/{id}/Email and /OnlineInvoice: what a customer gets to see. No mail leaves this machine."""

from msgspec.structs import replace

from localkit.answers import Answer
from localkit.journal import Booking
from localkit.rules import refusals
from localxero.books import RECEIVABLE
from localxero.books.records import Invoice, Note
from localxero.endpoints import Route
from localxero.endpoints.documents import SCOPES
from localxero.endpoints.invoices import INVOICES
from localxero.endpoints.reading import envelope, found
from localxero.gate.calls import Call
from localxero.gate.errors import validation
from localxero.render.values import messages
from localxero.rules.hanging import EMAIL_RULES, EmailDraft

NOT_ONLINE = {"DRAFT", "SUBMITTED", "DELETED", "VOIDED"}


def email_invoice(call: Call, key: str) -> Answer:
    """Send a sales invoice to its contact: 204, and an approved one counts as sent."""
    books = call.books
    with books.lock:
        record = found(INVOICES.by_key(books, key))
        today = call.setting().today.isoformat()
        sent = books.emails_sent.get(today, 0)
        refused = refusals(EMAIL_RULES, EmailDraft(books, record, sent))
        if refused:
            call.entry.rules += [{"element": 0, "rule": each.rule, "message": each.message} for each in refused]
            errors = messages(each.message for each in refused)
            return validation([{"InvoiceID": record.document_id, "ValidationErrors": errors}])
        books.emails_sent[today] = sent + 1
        _mark_sent(call, record)
    call.entry.booked += [
        Booking("e-mail", record.document_id, record.number, "SENT"),
        Booking("invoice", record.document_id, record.number, record.status),
    ]
    return Answer(204)


def _mark_sent(call: Call, record: Invoice) -> None:
    now = call.state.clock.milliseconds()
    if record.status in {"AUTHORISED", "PAID"}:
        call.books.put_invoice(replace(record, sent_to_contact=True, updated_ms=now))
    to = call.books.contacts[record.contact_id].email_address
    note = Note(changes="Invoice sent", details=f"This invoice has been sent to {to}.", at_ms=now)
    call.books.note(record.document_id, note)


def online_invoice(call: Call, key: str) -> Answer:
    """Give the address of an approved sales invoice for its customer: here its page in this local Xero."""
    record = found(INVOICES.by_key(call.books, key))
    if record.type != RECEIVABLE or record.status in NOT_ONLINE:
        call.entry.note = "online invoices are for approved sales invoices only"
        return envelope(call, "OnlineInvoices", [{"OnlineInvoiceUrl": ""}])
    short_code = call.books.organisation.short_code
    where = f"{call.request.host_url}app/{short_code}/invoicing/view/{record.document_id}"
    return envelope(call, "OnlineInvoices", [{"OnlineInvoiceUrl": where}])


ROUTES = (
    Route("/Invoices/<key>/Email", SCOPES, {"POST": email_invoice}),
    Route("/Invoices/<key>/OnlineInvoice", SCOPES, {"GET": online_invoice}),
)
