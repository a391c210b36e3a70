"""PURE: what a document was written from, so that a change of the order after posting can be told from one of settings."""

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from daybook.documents.causes import Cause
from daybook.documents.line_kinds import LineKind
from daybook.intake import facts as standing
from daybook.intake.facts import Facts
from daybook.kit.money import ZERO, Totals, figure, plain
from daybook.sources.canonical import sums
from daybook.sources.canonical.schema import CanonicalOrder, Line, Shipping

ATTENTIONS = frozenset({Cause.CHANGED_AFTER_POSTING, Cause.CREDIT_NOTE_NEEDED, Cause.REFUNDED})
BESIDE = frozenset({"tax", "goods"})
"""What is kept of a sale beside what it was written from (`drafting.py`)."""
_PURCHASE_FIELDS = {"sku", "unit_cost"}
_SALES_FIELDS = {
    "sku", "description", "unit_price", "unit_price_inc_tax", "discount", "discount_inc_tax", "tax_rate", "tax_amount",
}  # fmt: skip
_SHIPPING_FIELDS = {"price", "price_inc_tax", "tax_rate", "description"}


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to an order after its document was posted: an attention, and the words."""

    attention: Cause
    detail: str


def basis(facts: Facts, *, is_purchase: bool, currency: str, totals: Totals | None, key: str = "") -> dict[str, Any]:
    """Return what a document made now would be written from, as JSON values. `key`: which part of the order it is of."""
    order = facts.order
    assert order is not None  # noqa: S101 - without an order there is no document
    return {
        "money": _fingerprint(order, is_purchase=is_purchase, currency=currency),
        "currency": currency,
        "remaining": [plain(quantity) for quantity in facts.remaining] if not key else _told(facts, key),
        "is_cancelled": facts.is_cancelled,
        "gross": None if totals is None or is_purchase else plain(totals.gross),
    } | ({} if is_purchase else _refunds(order))


def _told(facts: Facts, key: str) -> list[str]:
    """Return what a shipment is told to hold; nothing of what none names."""
    found = next((each for each in facts.departures if each.key == key), None)
    return [] if found is None else [plain(quantity) for quantity in found.quantities]


def _refunds(order: CanonicalOrder) -> dict[str, Any]:
    """Return what was given back, so that a person is told of each refund once."""
    back = [[refund.id, plain(sums.moved(refund, order.currency) or ZERO)] for refund in order.refunds]
    return {"refunds": back} if back else {}


def change(
    written: dict[str, Any], now: dict[str, Any], facts: Facts, *, lowered_by: Collection[str] = (), key: str = ""
) -> Change | None:
    """Return what has changed since `written`, or None where the document still says what the order says.

    `lowered_by`: the refunds that the document itself is lowered by.
    """
    if now["is_cancelled"] and not written["is_cancelled"]:
        return Change(Cause.CREDIT_NOTE_NEEDED, "The order was cancelled as a whole after this document was posted.")
    if now["money"] != written["money"] and not _is_restated(written, now, facts, key):
        return Change(Cause.CHANGED_AFTER_POSTING, _change_in_words(written, now))
    if key and now["remaining"] != written["remaining"]:
        return Change(Cause.CHANGED_AFTER_POSTING, _shipment_in_words(written["remaining"], now["remaining"], facts))
    if now["remaining"] != written["remaining"]:
        return Change(
            Cause.CREDIT_NOTE_NEEDED,
            f"Cancelled after posting, all in all: {standing.cancelled_in_words(facts) or 'nothing'}.",
        )
    if (words := _otherwise_in_words(written, now, lowered_by)) is not None:
        return Change(Cause.CHANGED_AFTER_POSTING, words)
    return refunded(facts, but=lowered_by) if "refunds" in now else None


def goods(order: CanonicalOrder, *, currency: str) -> str:
    """Return what tells an order's lines and carriage from others, whatever totals it states: its `money` where it states none."""
    bare = order.model_copy(update={"totals": type(order.totals)(), "rounding": ZERO})
    return _fingerprint(bare, is_purchase=False, currency=currency)


def _is_restated(written: dict[str, Any], now: dict[str, Any], facts: Facts, key: str) -> bool:
    """Tell whether an order of which something was cancelled only says anew what is left of it: its lines are the same."""
    is_less = any(facts.cancelled) if key else now["remaining"] != written["remaining"]
    if not is_less or facts.order is None or now["gross"] is None or "goods" not in written:
        return False
    return bool(written["goods"] == goods(facts.order, currency=now["currency"]))


def _otherwise_in_words(written: dict[str, Any], now: dict[str, Any], lowered_by: Collection[str]) -> str | None:
    """Return which refund that the document is lowered by comes to another amount by now; None: none does."""
    was = dict(written.get("refunds", ()))
    for refund, amount in now.get("refunds", ()):
        old = was.get(refund)
        if refund in lowered_by and old is not None and Decimal(old) != Decimal(amount):
            old, new = figure(Decimal(old)), figure(Decimal(amount))
            return f"Refund {refund} came to {old} when this document was posted and comes to {new} now."
    return None


def _shipment_in_words(was: Sequence[str], now: Sequence[str], facts: Facts) -> str:
    then, told = (standing.in_words(facts, [Decimal(each) for each in side]) for side in (was, now))
    return f"The shipment was told of with {then or 'nothing'} when this document was made, and is with {told or 'nothing'} now."


def refunded(facts: Facts, *, but: Collection[str] = ()) -> Change | None:
    """Return what was given back, `but` for some refunds, which no document says yet; None where nothing was."""
    order = facts.order
    said = [] if order is None else [sums.moved(each, order.currency) for each in order.refunds if each.id not in but]
    if not said:
        return None
    amounts = ", ".join("an amount that it does not say" if amount is None else figure(amount) for amount in said)
    return Change(Cause.REFUNDED, f"The order tells of what was given back: {amounts}. The document does not lower it.")


def _fingerprint(order: CanonicalOrder, *, is_purchase: bool, currency: str) -> str:
    fields = _PURCHASE_FIELDS if is_purchase else _SALES_FIELDS
    lines = [
        {**line.model_dump(mode="json", include=fields), "quantity": plain(line.quantity)}
        | (_cost_currency(line, order) if is_purchase else _taxes(line))
        | _kind(line)
        for line in order.lines
    ]
    rest = [] if is_purchase else _rest(order)
    return hashlib.sha256(json.dumps([currency, lines, rest], sort_keys=True).encode()).hexdigest()


def _cost_currency(line: Line, order: CanonicalOrder) -> dict[str, str]:
    """Return the currency of a line's cost where the order says one: what was written before it could must stay equal."""
    currency = line.cost_currency or order.cost_currency
    return {"cost_currency": currency} if currency else {}


def _kind(line: Line) -> dict[str, str]:
    return {} if line.kind is LineKind.GOODS else {"kind": line.kind.value}


def _taxes(part: Line | Shipping) -> dict[str, Any]:
    """Return the taxes that are said one by one; what says none must stay equal to what was written before it could."""
    return {"taxes": [tax.model_dump(mode="json", exclude_defaults=True) for tax in part.taxes]} if part.taxes else {}


def _rest(order: CanonicalOrder) -> list[Any]:
    """Return the money beside the lines; what an order does not use leaves no trace, so that old prints stay equal."""
    shippings = [each.model_dump(mode="json", include=_SHIPPING_FIELDS) | _taxes(each) for each in order.shippings]
    rest = [shippings[0] if len(shippings) == 1 else shippings, order.totals.model_dump(mode="json")]
    if order.rounding:
        rest.append({"rounding": plain(order.rounding)})
    if order.exchange_rate is not None:
        rest.append({"exchange_rate": plain(order.exchange_rate)})
    return rest


def _change_in_words(written: dict[str, Any], now: dict[str, Any]) -> str:
    old, new = written.get("currency", now["currency"]), now["currency"]
    if old != new:
        return f"The order was in {old} when this document was posted and is in {new} now."
    old, new = written["gross"], now["gross"]
    if old is None or new is None or Decimal(old) == Decimal(new):
        return "The order's lines or amounts were changed in the OMS after this document was posted."
    old, new = figure(Decimal(old)), figure(Decimal(new))
    return f"The order came to {old} when this document was posted and comes to {new} now."
