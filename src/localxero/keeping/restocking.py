"""Moves the stock of items in the books as documents are kept."""

from collections.abc import Sequence

from msgspec.structs import replace

from localxero.books import Books, stock
from localxero.books.records import Item, StockMove
from localxero.books.stock import StockDocument


def restock(books: Books, document: StockDocument, *, is_new: bool, returns_at_average: bool = True) -> None:
    """Let a document move stock in place of what it moved before; the same again moves nothing."""
    before = () if is_new else books.stock_moves.get(document.document_id, ())
    moves = stock.moves_of(document, books, returns_at_average=returns_at_average)
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
