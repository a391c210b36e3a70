"""PURE: what an approved invoice or bill does to tracked stock, at average cost (xero-rules.md 5.5).

Bills add quantity and cost, sales take quantity at the average cost of the moment, drafts and purchase orders
move nothing. What a document moved is kept, so that a change or a void undoes exactly that.
"""

from collections.abc import Iterable
from decimal import Decimal

from localxero.arithmetic import EXACT, INCLUSIVE, ZERO, rounded
from localxero.books import PAYABLE, Books
from localxero.records import Invoice, Item, Line, StockMove

MOVING = {"AUTHORISED", "PAID"}


def moves_of(invoice: Invoice, books: Books) -> tuple[StockMove, ...]:
    """Compute what the invoice moves, given what is on hand before it."""
    if invoice.status not in MOVING:
        return ()
    found = []
    on_hand: dict[str, tuple[Decimal, Decimal]] = {}
    for line in invoice.lines:
        item = books.item_coded(line.item_code) if line.item_code else None
        if item is None or not item.is_tracked or not line.quantity:
            continue
        quantity, pool = on_hand.get(item.item_id, (item.quantity_on_hand, item.total_cost_pool))
        move = _bought(item, line, invoice) if invoice.type == PAYABLE else _sold(item, line.quantity, quantity, pool)
        on_hand[item.item_id] = (quantity + move.quantity, pool + move.cost)
        found.append(move)
    return tuple(found)


def undone(moves: Iterable[StockMove]) -> tuple[StockMove, ...]:
    """Turn moves round."""
    return tuple(StockMove(item_id=m.item_id, quantity=-m.quantity, cost=-m.cost) for m in moves)


def _bought(item: Item, line: Line, invoice: Invoice) -> StockMove:
    net = line.line_amount - line.tax_amount if invoice.line_amount_types == INCLUSIVE else line.line_amount
    cost = rounded(EXACT.divide(net, invoice.currency_rate)) if invoice.currency_rate else net
    return StockMove(item_id=item.item_id, quantity=line.quantity or ZERO, cost=cost)


def _sold(item: Item, sold: Decimal, on_hand: Decimal, pool: Decimal) -> StockMove:
    if on_hand <= 0:
        cost = rounded(ZERO)
    elif sold >= on_hand:
        cost = pool
    else:
        cost = rounded(EXACT.divide(EXACT.multiply(pool, sold), on_hand))
    return StockMove(item_id=item.item_id, quantity=-sold, cost=-cost)
