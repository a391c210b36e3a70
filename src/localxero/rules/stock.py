"""What Xero refuses about tracked stock."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from localxero.arithmetic import ZERO
from localxero.books import RECEIVABLE
from localxero.drafting import DocumentDraft
from localxero.records import Invoice


def is_on_hand(draft: DocumentDraft[Invoice]) -> Iterator[str]:
    """Refuse to approve a sale of more than is on hand, unless allowBackorders=true; drafts pass by default.

    Source: xero-rules.md 5.1, 5.5, D-ITEM (sure on the refusal; wording and drafts unsure)
    """
    checked = {"AUTHORISED"}
    if draft.setting.switches.drafts_checked_for_stock:
        checked |= {"DRAFT", "SUBMITTED"}
    if draft.after.type != RECEIVABLE or draft.after.status not in checked or draft.setting.allow_backorders:
        return
    for item_id, wanted in _wanted(draft).items():
        item = draft.books.items[item_id]
        if wanted > item.quantity_on_hand - _already_moved(draft, item_id):
            yield (
                f"There is not enough stock on hand of item '{item.code}' to complete this transaction: "
                f"{item.quantity_on_hand.normalize():f} on hand"
            )


def _wanted(draft: DocumentDraft[Invoice]) -> dict[str, Decimal]:
    wanted: Counter[str] = Counter()
    for each in draft.lines:
        if each.item and each.item.is_tracked and each.line.quantity:
            wanted[each.item.item_id] += each.line.quantity  # type: ignore[assignment]
    return dict(wanted)  # type: ignore[arg-type]


def _already_moved(draft: DocumentDraft[Invoice], item_id: str) -> Decimal:
    moves = draft.books.stock_moves.get(draft.after.document_id, ())
    return sum((move.quantity for move in moves if move.item_id == item_id), ZERO)
