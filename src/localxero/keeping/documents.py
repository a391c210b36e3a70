"""Writes into the books what rules have let pass: documents with their contact, what they move, what settles them.

keep_invoice, keep_credit_note -> the document and its contact -> restock -> settle
a payment or an allocation made or undone                               -> settle
"""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from msgspec.structs import replace

from localxero.books import Books, stock
from localxero.books.arithmetic import ZERO, rounded
from localxero.books.records import Allocation, CreditNote, Document, Invoice, Item, Payment, PurchaseOrder, StockMove
from localxero.books.stock import StockDocument
from localxero.drafting.documents import DocumentDraft
from localxero.keeping import chronicle


def keep_invoice(draft: DocumentDraft[Invoice]) -> Invoice:
    """Write an invoice or bill into the books and return it as it stands there."""
    _keep_contact(draft)
    draft.books.put_invoice(draft.after)
    _restock(draft.books, draft.after, is_new=draft.before is None)
    _tell(draft)
    if draft.after.status == "AUTHORISED" and not draft.after.amount_due:
        settle_invoice(draft.books, draft.after.document_id, paid_at_once=draft.setting.switches.zero_totals_are_paid)
    return draft.books.invoices[draft.after.document_id]


def keep_credit_note(draft: DocumentDraft[CreditNote]) -> CreditNote:
    """Write a credit note into the books and return it as it stands there."""
    _keep_contact(draft)
    draft.books.put_credit_note(draft.after)
    _restock(draft.books, draft.after, is_new=draft.before is None)
    _tell(draft)
    return draft.after


def keep_purchase_order(draft: DocumentDraft[PurchaseOrder]) -> PurchaseOrder:
    """Write a purchase order into the books; it moves and settles nothing (xero-rules.md 5.4)."""
    draft.books.put_purchase_order(draft.after)
    _tell(draft)
    return draft.after


def _tell(draft: DocumentDraft[Document]) -> None:
    before = draft.before.status if draft.before else None
    chronicle.tell_write(draft.setting, draft.after.document_id, before, draft.after.status)


def _keep_contact(draft: DocumentDraft[Document]) -> None:
    if draft.contact and draft.contact_changes:
        draft.books.put_contact(replace(draft.contact, updated_ms=draft.after.updated_ms))


def merge_contacts(books: Books, contact_id: str, into: str, *, updated_ms: int) -> None:
    """Move a contact's documents to another and archive it (xero-rules.md 5.6)."""
    for invoice in [books.invoices[key] for key in books.invoices_of.get(contact_id, ())]:
        books.put_invoice(replace(invoice, contact_id=into, updated_ms=updated_ms))
    for note in [each for each in books.credit_notes.values() if each.contact_id == contact_id]:
        books.put_credit_note(replace(note, contact_id=into, updated_ms=updated_ms))
    for order in [each for each in books.purchase_orders.values() if each.contact_id == contact_id]:
        books.put_purchase_order(replace(order, contact_id=into, updated_ms=updated_ms))
    merged = replace(books.contacts[contact_id], status="ARCHIVED", merged_to=into, updated_ms=updated_ms)
    books.put_contact(merged)


# Stock


def _restock(books: Books, document: StockDocument, *, is_new: bool) -> None:
    """Let a document move stock in place of what it moved before; the same again moves nothing."""
    before = () if is_new else books.stock_moves.get(document.document_id, ())
    moves = stock.moves_of(document, books)
    if stock.same_moves(before, moves):
        return
    books.stock_moves[document.document_id] = moves
    if before:
        touched = {move.item_id for move in (*before, *moves)}
        _tell_again(books, touched, document.updated_ms)
    else:
        books.stock_moves[document.document_id] = _moved(books, moves, document.updated_ms)
    if not moves:
        del books.stock_moves[document.document_id]


def _moved(books: Books, moves: Sequence[StockMove], updated_ms: int) -> tuple[StockMove, ...]:
    costed = []
    for move in moves:
        item, done = stock.moved(books.items[move.item_id], move)
        books.items[item.item_id] = replace(item, updated_ms=updated_ms)
        costed.append(done)
    return tuple(costed)


def _tell_again(books: Books, touched: set[str], updated_ms: int) -> None:
    """Move the stock of some items again from the start, after a document in the middle changed."""
    items: dict[str, Item] = {
        key: replace(stock.opened(books.items[key]), updated_ms=updated_ms) for key in touched if key in books.items
    }
    for document_id, moves in books.stock_moves.items():
        if not any(move.item_id in items for move in moves):
            continue
        costed = []
        for move in moves:
            done = move
            if move.item_id in items:
                items[move.item_id], done = stock.moved(items[move.item_id], move)
            costed.append(done)
        books.stock_moves[document_id] = tuple(costed)
    books.items.update(items)


# Settlement


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
