"""PURE: goods that were cancelled after their sale was posted and given back by a refund's own credit note.

The order counts them no more, and no note of what was cancelled tells of them: the refund's does.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from daybook.documents import keys
from daybook.documents.document import CreditNote, Invoice, of_line
from daybook.kit.money import ZERO, Totals
from daybook.mapping import splitting


def gone(written: Mapping[str, Any]) -> dict[str, Decimal]:
    """Return by part of the order how many are on its sale and no more in the order, as the order's row keeps both."""
    had = (written.get("invoice") or {}).get("remaining") or ()
    has = ((written.get("told") or {}).get("invoice:change") or {}).get("remaining") or ()
    pairs = enumerate(zip(had, has, strict=False), start=1)
    return {of_line(n): Decimal(was) - Decimal(now) for n, (was, now) in pairs if Decimal(was) > Decimal(now)}


def of_cancelled(sale: Invoice, notes: Iterable[tuple[str, CreditNote]], gone: Mapping[str, Decimal]) -> Totals:
    """Return what the refunds among these notes, by key, took off of goods that were cancelled since.

    What notes of what was cancelled took of them counts first: it is told of by those.
    """
    left, net, tax = dict(gone), ZERO, ZERO
    for is_refund in (False, True):
        for key, note in notes:
            if key.startswith(keys.CANCELLED) is is_refund:
                continue
            rows = zip(
                note.places, note.quantities, splitting.whole(note.lines, note.amount_type, note.currency), strict=True
            )
            for place, quantity, row in rows:
                part = sale.lines[place].of if place is not None and place < len(sale.lines) else ""
                taken = min(quantity, left.get(part, ZERO))
                if not taken:
                    continue
                left[part] -= taken
                if is_refund:
                    own_net, own_tax = row.net, row.tax
                    if taken != quantity:
                        own_net, own_tax = splitting.in_step(
                            row, row.net * taken / quantity, row.tax * taken / quantity
                        )
                    net, tax = net + own_net, tax + own_tax
    return Totals(net, tax, net + tax)
