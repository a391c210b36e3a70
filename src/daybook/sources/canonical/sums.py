"""PURE: whether what an order says of payments and refunds adds up, to the cent, in words for a person.

No document is made of them, so nothing waits for it: what does not add up is shown with both figures.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from daybook.kit.money import HALF_CENT, figure
from daybook.kit.translation import told
from daybook.sources.canonical.after import Amounts, Payment, Refund
from daybook.sources.canonical.order import CanonicalOrder


def findings(order: CanonicalOrder) -> tuple[str, ...]:
    """Return a sentence with the figures for each thing that does not add up."""
    return tuple(finding for refund in order.refunds for finding in _of_refund(refund, order))


def given_back(refund: Refund) -> Decimal | None:
    """Return what a refund comes to by its lines, carriage and adjustments; None where one of them does not say."""
    parts = [*(line.amounts for line in refund.lines), *(each.amounts for each in refund.adjustments)]
    parts += [refund.shipping] if refund.shipping != Amounts() else []
    wholes = [part.whole for part in parts]
    said = [whole for whole in wholes if whole is not None]
    return sum(said, Decimal(0)) if said and len(said) == len(wholes) else None


def paid(payments: Iterable[Payment], currency: str | None) -> Decimal | None:
    """Return what payments come to; None where there are none, or some are in another currency than the order."""
    amounts = list(payments)
    if not amounts or any(each.currency not in {None, currency} for each in amounts):
        return None
    return sum((each.amount for each in amounts), Decimal(0))


def moved(refund: Refund, currency: str | None) -> Decimal | None:
    """Return what a refund gave back: the money that moved, else what its lines, carriage and adjustments come to."""
    money = paid(refund.payments, currency)
    return given_back(refund) if money is None else money


def _of_refund(refund: Refund, order: CanonicalOrder) -> Iterator[str]:
    yield from _unknown_lines(refund, order)
    for what, amounts in _parts(refund):
        if None not in (amounts.net, amounts.tax, amounts.gross):
            yield from _three(told(f"Refund {refund.id}, {what}"), amounts)
    owed, money = given_back(refund), paid(refund.payments, order.currency)
    if owed is not None and money is not None and abs(owed - money) >= HALF_CENT:
        yield (
            f"Refund {refund.id}: its lines, carriage and adjustments come to {figure(owed)}, the money given back to "
            f"{figure(money)}. They differ by {figure(abs(owed - money))}."
        )


def _unknown_lines(refund: Refund, order: CanonicalOrder) -> Iterator[str]:
    names = {name for line in order.lines for name in (line.id, line.ref, line.external_ref) if name}
    for each in refund.lines:
        if not {each.line, each.external_ref} & names:
            yield f"Refund {refund.id} names the line {each.line}, which the order does not have."


def _parts(refund: Refund) -> Iterator[tuple[str, Amounts]]:
    yield from ((told(f"line {each.line}"), each.amounts) for each in refund.lines)
    yield told("carriage"), refund.shipping
    yield from ((each.reason or told("an adjustment"), each.amounts) for each in refund.adjustments)


def _three(where: str, amounts: Amounts) -> Iterator[str]:
    net, tax, gross = (amount or Decimal(0) for amount in (amounts.net, amounts.tax, amounts.gross))
    if abs(net + tax - gross) >= HALF_CENT:
        yield f"{where}: {figure(net)} net + {figure(tax)} tax is not {figure(gross)} gross."
