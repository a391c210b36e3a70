"""PURE: what an approved document does to tracked stock, at average cost (xero-rules.md 5.5).

    bills                 add quantity and what was paid          sales             take quantity at average cost
    sales credit notes    add quantity at average cost            supplier credits  take quantity at average cost

Drafts and purchase orders move nothing. Where more was sold than was there, what comes in next is first used to pay
for that: it adds nothing to the cost pool, which is never left with a value for nothing.
A move keeps what decides its cost, so that the moves of an item can be told again from its opening stock whenever
one in the middle is changed or undone. Moves are told in the order in which they were booked, not by date (unsure).
"""

from collections.abc import Iterable
from decimal import Decimal

from msgspec.structs import replace

from localxero.books import PAYABLE, PAYABLE_CREDIT, RECEIVABLE, RECEIVABLE_CREDIT, Books
from localxero.books.arithmetic import EXACT, INCLUSIVE, ZERO, rounded
from localxero.books.records import CreditNote, Invoice, Item, Line, StockMove

MOVING = {"AUTHORISED", "PAID"}
INCOMING = {PAYABLE, RECEIVABLE_CREDIT}
KINDS = {RECEIVABLE, PAYABLE, RECEIVABLE_CREDIT, PAYABLE_CREDIT}
StockDocument = Invoice | CreditNote


def moves_of(document: StockDocument, books: Books, *, returns_at_average: bool = True) -> tuple[StockMove, ...]:
    """Say what the document moves; what its moves cost is decided by `costed`.

    `returns_at_average`: what a customer returns comes back at the average cost of that day, else at the item's own.
    """
    if document.status not in MOVING or document.type not in KINDS:
        return ()
    found = []
    for line in document.lines:
        item = books.item_coded(line.item_code) if line.item_code else None
        if item is not None and item.is_tracked and line.quantity:
            found.append(_move(item, line, document, returns_at_average=returns_at_average))
    return tuple(found)


def _move(item: Item, line: Line, document: StockDocument, *, returns_at_average: bool) -> StockMove:
    quantity = line.quantity or ZERO
    paid = net_in_base(line, document) if document.type == PAYABLE else None
    if document.type == RECEIVABLE_CREDIT and not returns_at_average:
        paid = rounded(EXACT.multiply(item.purchases.unit_price or ZERO, quantity))
    return StockMove(
        item_id=item.item_id,
        quantity=quantity if document.type in INCOMING else -quantity,
        cost=ZERO,
        paid=paid,
    )


def net_in_base(line: Line, document: StockDocument) -> Decimal:
    """Return a line's amount without tax in the base currency (xero-rules.md 5.3)."""
    net = line.line_amount - line.tax_amount if document.line_amount_types == INCLUSIVE else line.line_amount
    return rounded(EXACT.divide(net, document.currency_rate)) if document.currency_rate else net


def same_moves(these: Iterable[StockMove], those: Iterable[StockMove]) -> bool:
    """Tell whether two documents move the same, whatever it came to cost."""
    return [replace(each, cost=ZERO) for each in these] == [replace(each, cost=ZERO) for each in those]


def moved(item: Item, move: StockMove) -> tuple[Item, StockMove]:
    """Move an item's stock; return the item after it, and the move with its cost."""
    cost = _cost(item, move)
    after = replace(
        item, quantity_on_hand=item.quantity_on_hand + move.quantity, total_cost_pool=item.total_cost_pool + cost
    )
    return after, replace(move, cost=cost)


def opened(item: Item) -> Item:
    """Return an item as it was before any document moved it."""
    return replace(item, quantity_on_hand=item.opening_quantity, total_cost_pool=item.opening_cost)


def _cost(item: Item, move: StockMove) -> Decimal:
    on_hand, pool, quantity = item.quantity_on_hand, item.total_cost_pool, move.quantity
    if quantity < 0:
        return -_share(pool, -quantity, on_hand)
    whole = move.paid
    if whole is None:
        average = EXACT.divide(pool, on_hand) if on_hand > 0 else item.purchases.unit_price or ZERO
        whole = rounded(EXACT.multiply(average, quantity))
    return whole - _share(whole, -on_hand, quantity) if on_hand < 0 else whole


def _share(whole: Decimal, part: Decimal, of: Decimal) -> Decimal:
    """Return what `part` of `of` costs where all of it costs `whole`; never more than all of it."""
    if of <= 0:
        return rounded(ZERO)
    return whole if part >= of else rounded(EXACT.divide(EXACT.multiply(whole, part), of))
