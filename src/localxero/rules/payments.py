"""What Xero refuses about a payment."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from localkit.rules import Rule
from localxero.books import Books
from localxero.books.records import Account, CreditNote, Invoice, Payment
from localxero.rules.documents import locked_on
from localxero.switches import Switches
from localxero.wire import PaymentBody


@dataclass(frozen=True, slots=True)
class PaymentDraft:
    """A payment as sent, as it stands in the books (or None), and as it would be booked; what was not found is None."""

    books: Books
    switches: Switches
    given: PaymentBody
    before: Payment | None
    after: Payment
    document: Invoice | CreditNote | None
    account: Account | None


def outstanding(document: Invoice | CreditNote) -> Decimal:
    """Return what can still be paid or refunded."""
    return document.amount_due if isinstance(document, Invoice) else document.remaining_credit


def payment_names_a_document(draft: PaymentDraft) -> Iterator[str]:
    """Refuse a payment on an invoice or credit note that is not there.

    Source: SPEC Payment.Invoice (sure; wording unsure)
    """
    if draft.document is None:
        yield "Invoice could not be found"


def payment_account_is_open_to_payments(draft: PaymentDraft) -> Iterator[str]:
    """Refuse an account that is no bank account and not enabled for payments.

    Source: xero-rules.md 5.7, SPEC, help pages of integrations (sure; wording likely)
    """
    account, named = draft.account, draft.given.account
    if account is None and not draft.given.code and not (named and (named.account_id or named.code)):
        yield "You must specify an Account code or Account ID for the payment."
    elif account is None:
        yield "Account could not be found"
    elif account.status != "ACTIVE" or not (account.type == "BANK" or account.enable_payments):
        yield "Account type is invalid for making a payment to/from."


def paid_document_is_approved(draft: PaymentDraft) -> Iterator[str]:
    """Refuse a payment on a document that is not approved, or that is paid already.

    Source: GH issues and help pages of several integrations (likely)
    """
    if draft.document and draft.document.status != "AUTHORISED":
        yield "Payments can only be made against Authorised documents"


def payment_is_outstanding(draft: PaymentDraft) -> Iterator[str]:
    """Refuse more than is outstanding.

    Source: xero-rules.md 4.6, SPEC (sure)
    """
    is_open = draft.document is not None and draft.document.status in {"AUTHORISED", "PAID"}
    if draft.document and is_open and draft.after.amount > outstanding(draft.document):
        yield "Payment amount exceeds the amount outstanding on this document"


def payment_has_an_amount(draft: PaymentDraft) -> Iterator[str]:
    """Refuse an amount of nothing or less.

    Source: SPEC Payment.Amount (likely; wording unsure)
    """
    if draft.after.amount <= 0:
        yield "Payment amount must be greater than 0"


def payment_period_is_open(draft: PaymentDraft) -> Iterator[str]:
    """Refuse a payment dated on or before a lock date, and to delete one that lies there.

    Source: xero-rules.md 5.7 (likely; wording as for documents)
    """
    yield from locked_on(draft.books, draft.after.date)


def payment_is_only_deleted(draft: PaymentDraft) -> Iterator[str]:
    """Refuse any change of a payment but its deletion.

    Source: xero-rules.md 5.7, SPEC PaymentDelete (sure; wording unsure)
    """
    if (draft.given.status or "").upper() != "DELETED":
        yield "Payments can only be updated to a status of DELETED"


def deleted_payment_stays(draft: PaymentDraft) -> Iterator[str]:
    """Refuse to delete a payment twice.

    Source: xero-rules.md 5.7 (unsure; wording not found)
    """
    if draft.before and draft.before.status == "DELETED":
        yield "Payment not of valid status for modification"


def payment_is_in_time(draft: PaymentDraft) -> Iterator[str]:
    """Refuse a payment dated before its invoice, or a refund dated before its credit note, by a switch each.

    Source: a live answer of April 2026 saved a payment, with a warning (sure; of refunds: unsure)
    """
    switches = draft.switches
    is_refund = isinstance(draft.document, CreditNote)
    may = switches.refunds_may_precede_their_note if is_refund else switches.payments_may_precede_their_invoice
    if not may:
        yield from payment_is_not_before_its_invoice(draft)


def payment_currency_goes_with_its_account(draft: PaymentDraft) -> Iterator[str]:
    """Refuse to pay a document in another currency into an account that is no bank account, by a switch.

    Source: xero-rules.md 5.7 (unsure; wording not found)
    """
    if draft.document is None or draft.account is None or draft.switches.foreign_documents_paid_into_base_accounts:
        return
    is_foreign = draft.document.currency_code != draft.books.organisation.base_currency
    if is_foreign and draft.account.type != "BANK":
        yield "The currency of the payment must be that of the account"


def payment_is_not_before_its_invoice(draft: PaymentDraft) -> Iterator[str]:
    """Warn of a payment dated before what it pays, where it is saved all the same.

    Source: a live answer of April 2026 (sure)
    """
    if draft.document and draft.after.date < draft.document.date:
        yield "The payment date is prior to the invoice date."


PAYMENT_WARNINGS: tuple[Rule[PaymentDraft], ...] = (payment_is_not_before_its_invoice,)
PAYMENT_RULES: tuple[Rule[PaymentDraft], ...] = (
    payment_names_a_document,
    payment_account_is_open_to_payments,
    paid_document_is_approved,
    payment_has_an_amount,
    payment_is_outstanding,
    payment_period_is_open,
    payment_is_in_time,
    payment_currency_goes_with_its_account,
)
PAYMENT_DELETE_RULES: tuple[Rule[PaymentDraft], ...] = (
    payment_is_only_deleted,
    deleted_payment_stays,
    payment_period_is_open,
)
