"""What Xero refuses about a purchase order as a whole; see documents for what all documents share."""

from collections.abc import Iterator

from localkit.rules import Rule
from localxero.books.records import PurchaseOrder
from localxero.drafting.documents import DocumentDraft
from localxero.rules import lines
from localxero.rules.documents import APPROVED, NOT_PERMITTED, SHARED, lock_dates_refuse, moved

PURCHASE_ORDER_MOVES = {
    "DRAFT": {"DRAFT", "SUBMITTED", "AUTHORISED", "DELETED"},
    "SUBMITTED": {"SUBMITTED", "AUTHORISED", "DRAFT", "DELETED"},
    "AUTHORISED": {"AUTHORISED", "BILLED", "DELETED", "DRAFT"},
    "BILLED": {"BILLED", "AUTHORISED", "DELETED"},
}

PurchaseOrderDraft = DocumentDraft[PurchaseOrder]


def order_number_is_unique(draft: PurchaseOrderDraft) -> Iterator[str]:
    """Refuse a purchase order number that another one has, in any case.

    Source: xero-rules.md 4.2, 4.6, SPEC (sure)
    """
    others = draft.books.purchase_orders_numbered(draft.after.number)
    if moved(draft) and any(other.document_id != draft.after.document_id for other in others):
        yield "Order number must be unique"


def order_status_may_be_created(draft: PurchaseOrderDraft) -> Iterator[str]:
    """Refuse to create a purchase order as deleted, or with a status that is none.

    Source: xero-rules.md 5.4 (likely; wording unsure)
    """
    if draft.before is None and draft.after.status not in {"DRAFT", *APPROVED, *_billed(draft)}:
        yield "Purchase order not of valid status for creation"


def order_status_may_be_reached(draft: PurchaseOrderDraft) -> Iterator[str]:
    """Refuse a change of a deleted purchase order, and unlikely changes of status; no table is published.

    Source: xero-rules.md 5.4 (unsure)
    """
    if draft.before is None:
        return
    moves = PURCHASE_ORDER_MOVES.get(draft.before.status, set())
    billing = draft.after.status == "BILLED" and draft.before.status != "BILLED"
    if draft.after.status not in moves or (billing and not _billed(draft)):
        yield "Purchase order not of valid status for modification"


def _billed(draft: PurchaseOrderDraft) -> set[str]:
    return {"BILLED"} if draft.setting.switches.purchase_orders_billed_by_api else set()


def delivery_instructions_fit(draft: PurchaseOrderDraft) -> Iterator[str]:
    """Refuse DeliveryInstructions of more than 500 characters.

    Source: xero-rules.md 5.4 (sure on the cap; wording unsure)
    """
    if len(draft.after.delivery_instructions) > 500:
        yield "Delivery Instructions must not be more than 500 characters"


def person_may_order(draft: PurchaseOrderDraft) -> Iterator[str]:
    """Refuse what the connecting person may not do: /Organisation/Actions says so beforehand.

    Source: xero-rules.md 5.1 (sure on the actions; how it is said: not found)
    """
    action = f"Create{'Approved' if draft.after.status == 'AUTHORISED' else 'Draft'}PurchaseOrder"
    is_new = draft.before is None or draft.before.status != draft.after.status
    if action in draft.books.organisation.not_allowed and is_new and moved(draft):
        yield NOT_PERMITTED


def order_period_is_open(draft: PurchaseOrderDraft) -> Iterator[str]:
    """Refuse a purchase order dated on or before a lock date; only by a switch, for it posts nothing.

    Source: xero-rules.md 5.4, 5.7 (unsure)
    """
    if draft.setting.switches.purchase_orders_respect_lock_dates and moved(draft):
        yield from lock_dates_refuse(draft)


# Warnings: the document is saved all the same


def order_is_not_marked_sent_too_early(draft: PurchaseOrderDraft) -> Iterator[str]:
    """Warn that SentToContact is kept on approved and billed purchase orders only.

    Source: xero-rules.md 4.6, SPEC (sure)
    """
    if draft.given.sent_to_contact and draft.after.status not in {"AUTHORISED", "BILLED"}:
        yield "Only AUTHORISED and BILLED purchase orders may have SentToContact updated."


PURCHASE_ORDER_RULES: tuple[Rule[PurchaseOrderDraft], ...] = (
    order_status_may_be_created,
    order_status_may_be_reached,
    order_number_is_unique,
    person_may_order,
    order_period_is_open,
    delivery_instructions_fit,
    *SHARED,
    *lines.PURCHASE_ORDER_RULES,
)
PURCHASE_ORDER_WARNINGS: tuple[Rule[PurchaseOrderDraft], ...] = (order_is_not_marked_sent_too_early, *lines.WARNINGS)
