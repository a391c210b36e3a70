"""Counts in the books what is paid and credited, whenever a payment or an allocation is made or undone."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from msgspec.structs import replace

from localxero.books import Books
from localxero.books.arithmetic import ZERO, rounded
from localxero.books.records import Allocation, CreditNote, Invoice, Payment


def settle_invoice(
    books: Books, document_id: str, *, updated_ms: int | None = None, paid_at_once: bool = True
) -> Invoice:
    """Count what is paid and credited on an invoice; it is PAID when nothing is left (xero-rules.md 5.1)."""
    invoice = books.invoices[document_id]
    payments, allocations = books.payments_of(document_id), books.allocations_of(document_id)
    counted = replace(
        invoice,
        amount_paid=_sum(each.amount for each in payments),
        amount_credited=_sum(each.amount for each in allocations),
        updated_ms=invoice.updated_ms if updated_ms is None else updated_ms,
    )
    is_paid = not counted.amount_due and (counted.is_settled or paid_at_once)
    days = _days(payments, allocations) or [invoice.date]
    after = replace(counted, status="PAID" if is_paid else "AUTHORISED", fully_paid_on=max(days) if is_paid else None)
    books.put_invoice(after)
    return after


def settle_credit_note(books: Books, document_id: str, *, updated_ms: int) -> CreditNote:
    """Count what of a credit note is used up; it is PAID when nothing is left."""
    note = books.credit_notes[document_id]
    payments, allocations = books.payments_of(document_id), books.allocations_of(document_id)
    counted = replace(
        note,
        amount_refunded=_sum(each.amount for each in payments),
        amount_allocated=_sum(each.amount for each in allocations),
        updated_ms=updated_ms,
    )
    days = _days(payments, allocations)
    is_used_up = bool(days) and not counted.remaining_credit
    after = replace(
        counted, status="PAID" if is_used_up else "AUTHORISED", fully_paid_on=max(days) if is_used_up else None
    )
    books.put_credit_note(after)
    return after


def _days(payments: Iterable[Payment], allocations: Iterable[Allocation]) -> list[date]:
    return [*(each.date for each in payments), *(each.date for each in allocations)]


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return rounded(sum(amounts, ZERO))
