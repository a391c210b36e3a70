"""PURE: payments, allocations and history notes -> the JSON Xero answers with; see render."""

from localkit.clock import instant
from localkit.json_values import Json, given
from localxero.books import Books
from localxero.books.records import Allocation, Invoice, Note, Payment
from localxero.render.contacts import contact_named, contact_short
from localxero.render.documents import WRITTEN, invoice, invoice_reference, rate_of
from localxero.render.values import day, moment


def allocation(record: Allocation) -> Json:
    """Render an allocation that was just made."""
    return {
        "AllocationID": record.allocation_id,
        "Amount": record.amount,
        "Date": day(record.date),
        "Invoice": invoice_reference(record.invoice_id),
        "CreditNote": {"CreditNoteID": record.credit_note_id, "ID": record.credit_note_id, "LineItems": []},
        "ValidationErrors": [],
    }


def payment(record: Payment, books: Books, *, whole: bool = False) -> Json:
    """Render a payment: with the document it pays in full, or as lists name it."""
    account = books.accounts.get(record.account_id)
    return {
        "PaymentID": record.payment_id,
        "Date": day(record.date),
        "BankAmount": record.bank_amount,
        "Amount": record.amount,
        **given(
            Reference=record.reference or None,
            Particulars=record.particulars,
            Details=record.details,
            Code=record.code,
        ),
        "CurrencyRate": rate_of(record.currency_rate),
        **given(PaymentType=record.type or None),
        "Status": record.status,
        "UpdatedDateUTC": moment(record.updated_ms),
        "HasAccount": account is not None,
        "IsReconciled": record.is_reconciled,
        **(
            {
                "Account": given(
                    AccountID=account.account_id, Code=account.code or None, Name=account.name if whole else None
                )
            }
            if account
            else {}
        ),
        "Invoice": _paid(record.document_id, books, whole=whole),
        "HasValidationErrors": False,
    }


def _paid(document_id: str, books: Books, *, whole: bool) -> Json:
    """Render what a payment pays; a credit note is shown as an invoice too, as Xero does."""
    document = books.invoices.get(document_id) or books.credit_notes.get(document_id)
    if document is None:
        return {}
    who = books.contacts[document.contact_id]
    if whole and isinstance(document, Invoice):
        return invoice(document, books, view=WRITTEN, who=contact_named(who))
    return invoice_reference(
        document_id,
        type_=document.type,
        number=document.number,
        who=contact_short(who),
        currency=document.currency_code,
    )


def note(record: Note) -> Json:
    """Render a line of a record's history."""
    return {
        "Changes": record.changes,
        "DateUTCString": instant(record.at_ms).strftime("%Y-%m-%dT%H:%M:%S"),
        "DateUTC": moment(record.at_ms),
        "User": record.user,
        "Details": record.details,
    }
