"""What Xero refuses about tracked stock."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from msgspec.structs import replace

from localkit.rules import Rule
from localxero.books import PAYABLE_CREDIT, RECEIVABLE, stock
from localxero.books.arithmetic import ZERO
from localxero.books.records import CreditNote, Invoice, Item
from localxero.drafting.documents import DocumentDraft

StockDraft = DocumentDraft[Invoice | CreditNote]


def is_on_hand(draft: StockDraft) -> Iterator[str]:
    """Refuse to approve a sale of more than is on hand, unless allowBackorders=true; drafts pass by default.

    Source: xero-rules.md 5.1, 5.5, D-ITEM (sure on the refusal; wording and drafts unsure)
    """
    after = draft.after
    if after.type != RECEIVABLE or draft.setting.allow_backorders:
        return
    if draft.setting.switches.drafts_checked_for_stock and after.status in {"DRAFT", "SUBMITTED"}:
        after = replace(after, status="AUTHORISED")
    for item in _short(draft, after):
        yield (
            f"There is not enough stock on hand of item '{item.code}' to complete this transaction: "
            f"{item.quantity_on_hand.normalize():f} on hand"
        )


def bought_stock_is_still_there(draft: StockDraft) -> Iterator[str]:
    """Refuse to void or lessen a bill, or to return to a supplier, what was sold since; a switch each.

    Source: xero-rules.md 5.5 (unsure; wording not found)
    """
    switches = draft.setting.switches
    is_returned = draft.after.type == PAYABLE_CREDIT
    may = (
        switches.supplier_credits_may_take_stock_below_zero
        if is_returned
        else switches.stock_may_be_taken_back_below_zero
    )
    if draft.after.type == RECEIVABLE or may:
        return
    for item in _short(draft, draft.after):
        yield f"This transaction would reduce the quantity on hand of item '{item.code}' to below zero"


def _short(draft: StockDraft, after: Invoice | CreditNote) -> Iterator[Item]:
    """Find the items that the document takes below zero, less what it moved already."""
    net: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
    for move in stock.moves_of(after, draft.books):
        net[move.item_id] += move.quantity
    for move in draft.books.stock_moves.get(after.document_id, ()):
        net[move.item_id] -= move.quantity
    for item_id, moved in net.items():
        item = draft.books.items[item_id]
        if moved < 0 and item.quantity_on_hand + moved < 0:
            yield item


RULES: tuple[Rule[StockDraft], ...] = (is_on_hand, bought_stock_is_still_there)
