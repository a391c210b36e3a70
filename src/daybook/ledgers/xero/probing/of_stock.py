"""PURE: what is asked about items that Xero keeps stock of."""

from decimal import Decimal
from typing import Any

from daybook.ledgers.probing import Facts, Found, Probe
from daybook.ledgers.talk import Talk
from daybook.ledgers.xero import elements
from daybook.ledgers.xero.probing import asking
from daybook.ledgers.xero.probing.asking import Reply
from daybook.ledgers.xero.probing.of_invoices import refused_for
from daybook.ledgers.xero.probing.parts import INVOICES_SCOPE, approved, bill, item, line, note, sale
from daybook.ledgers.xero.probing.undoing import INVOICES, ITEMS, NOTES

FIVE = Decimal(5)


def drafts_and_stock(facts: Facts, mark: str) -> Talk[Found]:
    """Send a draft that sells what is not on hand."""
    made = yield from asking.put(ITEMS, item(facts, f"{mark}A"))
    if not made.is_taken:
        return Found(None, made.said)
    reply = yield from asking.put(INVOICES, sale(facts, f"{mark}B", LineItems=[_sold(facts, mark)]))
    return refused_for(reply, "", "the draft was saved")


def voided_bill(facts: Facts, mark: str) -> Talk[Found]:
    """Void a bill whose stock was sold since."""
    bought, sold = yield from _bought_and_sold(facts, mark, 1)
    if not (bought.is_taken and sold.is_taken):
        return Found(None, bought.said or sold.said)
    key = elements.text(bought.row, "InvoiceID")
    reply = yield from asking.post(INVOICES, {"InvoiceID": key, "Status": "VOIDED"})
    return reply.found(taken=True, otherwise="it was voided")


def supplier_credit(facts: Facts, mark: str) -> Talk[Found]:
    """Return to a supplier what is not on hand."""
    made = yield from asking.put(ITEMS, item(facts, f"{mark}A"))
    if not made.is_taken:
        return Found(None, made.said)
    lines = [line(facts["stock"], FIVE, ItemCode=f"{mark}A")]
    credit = note(facts, f"{mark}B", Type="ACCPAYCREDIT", Status="AUTHORISED", LineItems=lines)
    reply = yield from asking.put(NOTES, credit)
    return reply.found(taken=True, otherwise="it was approved")


def returned_goods(facts: Facts, mark: str) -> Talk[Found]:
    """Buy two at 5, sell one, take it back: the item's own price is 3."""
    bought, sold = yield from _bought_and_sold(facts, mark, 2)
    back = yield from asking.put(NOTES, note(facts, f"{mark}D", Status="AUTHORISED", LineItems=[_sold(facts, mark)]))
    if not (bought.is_taken and sold.is_taken and back.is_taken):
        return Found(None, bought.said or sold.said or back.said)
    pool = elements.number((yield from asking.get(ITEMS, f"{mark}A")).row, "TotalCostPool")
    known = {Decimal(10): True, Decimal(8): False}
    words = f"two bought at 5, one sold and taken back: worth {pool}; the item's own price is 3"
    return Found(known.get(pool) if pool is not None else None, words)


def _bought_and_sold(facts: Facts, mark: str, quantity: int) -> Talk[tuple[Reply, Reply]]:
    made = yield from asking.put(ITEMS, item(facts, f"{mark}A"))
    if not made.is_taken:
        return made, made
    lines = [line(facts["stock"], FIVE, ItemCode=f"{mark}A", Quantity=quantity)]
    bought = yield from asking.put(INVOICES, bill(facts, f"{mark}B", Status="AUTHORISED", LineItems=lines))
    sold = yield from asking.put(INVOICES, approved(facts, f"{mark}C", LineItems=[_sold(facts, mark)]))
    return bought, sold


def _sold(facts: Facts, mark: str) -> dict[str, Any]:
    return line(facts["sales"], ItemCode=f"{mark}A")


def becomes_tracked(facts: Facts, mark: str) -> Talk[Found]:
    """Give an item an inventory account that was made without."""
    made = yield from asking.put(ITEMS, {"Code": f"{mark}A", "Name": "Daybook probe"})
    if not made.is_taken:
        return Found(None, made.said)
    tracked = item(facts, f"{mark}A") | {"ItemID": elements.text(made.row, "ItemID")}
    reply = yield from asking.post(ITEMS, tracked)
    if not reply.is_taken:
        return Found(False, reply.said)
    is_tracked = elements.flag(reply.row, "IsTrackedAsInventory")
    return Found(is_tracked, "it is tracked" if is_tracked else "it was saved, and is not tracked")


def post_updates_item(facts: Facts, mark: str) -> Talk[Found]:
    """Post the code of an item again, with another name and without its id."""
    del facts
    made = yield from asking.put(ITEMS, {"Code": f"{mark}A", "Name": "Daybook probe"})
    if not made.is_taken:
        return Found(None, made.said)
    reply = yield from asking.post(ITEMS, {"Code": f"{mark}A", "Name": "Daybook probe again"})
    if not reply.is_taken:
        return Found(False, reply.said)
    is_same = elements.text(made.row, "ItemID") == elements.text(reply.row, "ItemID")
    return Found(is_same, "it was changed" if is_same else "a second one was made")


_ITEM = ((ITEMS, "A"),)
_STOCK = ("sales", "stock", "costs")
PROBES = (
    Probe(
        name="post_updates_item_by_code",
        question="Does POST with an item's code and no ItemID edit that item?",
        rule="4.2", makes=_ITEM, scopes=INVOICES_SCOPE, calls=6, ask=post_updates_item,
    ),
    Probe(
        name="untracked_items_become_tracked",
        question="May an untracked item be given an inventory account?",
        rule="5.5", makes=_ITEM, scopes=INVOICES_SCOPE, needs=_STOCK, calls=6, ask=becomes_tracked,
    ),
    Probe(
        name="drafts_checked_for_stock",
        question="Is a draft refused that sells more than is on hand?",
        rule="5.5", makes=(*_ITEM, (INVOICES, "B")), scopes=INVOICES_SCOPE, needs=_STOCK, calls=9, ask=drafts_and_stock,
    ),
    Probe(
        name="stock_may_be_taken_back_below_zero",
        question="May a bill be voided whose stock was sold since?",
        rule="5.5", makes=(*_ITEM, (INVOICES, "B"), (INVOICES, "C")), scopes=INVOICES_SCOPE, needs=_STOCK, calls=11,
        ask=voided_bill,
    ),
    Probe(
        name="supplier_credits_may_take_stock_below_zero",
        question="May a supplier's credit note take more of an item than is on hand?",
        rule="5.5", makes=(*_ITEM, (NOTES, "B")), scopes=INVOICES_SCOPE, needs=_STOCK, calls=9, ask=supplier_credit,
    ),
    Probe(
        name="returns_come_back_at_average_cost",
        question="Does a credit note bring stock back at the average cost of the day?",
        rule="5.5", makes=(*_ITEM, (INVOICES, "B"), (INVOICES, "C"), (NOTES, "D")), scopes=INVOICES_SCOPE,
        needs=_STOCK, calls=13, ask=returned_goods,
    ),
)  # fmt: skip
