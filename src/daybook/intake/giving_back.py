"""PURE: what an order says, or a person typed, of what was given back, as the mapping wants it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from daybook.documents.document import of_line
from daybook.intake import parts
from daybook.intake.facts import Facts, is_refunded
from daybook.kit.money import HALF_CENT, ZERO, decimals, figure, plain
from daybook.mapping.refunds import GivenBack, OfLine, Other, Said
from daybook.mapping.texts import without_entities
from daybook.sources.canonical import moments, sums
from daybook.sources.canonical.after import Amounts, Refund, RefundLine
from daybook.sources.canonical.moments import Zones
from daybook.sources.canonical.schema import CanonicalOrder

BY_STATUS = "status"
"""Id of the refund of which a status alone tells."""
_OF_A_CENT = 2
"""Decimals."""

Typed = Mapping[str, Mapping[str, Any]]
"""By refund what a person typed: `content` as a canonical refund, by whom and when."""


def refunds(facts: Facts, typed: Typed, *, currency: str, zones: Zones) -> tuple[GivenBack, ...]:
    """Return the refunds of an order in its own order; a typed one goes before what the shop said of it."""
    order = facts.order
    if order is None:
        return ()
    told = list(order.refunds)
    known = {each.id for each in told}
    if not told and BY_STATUS not in known and (BY_STATUS in typed or _is_refunded(facts, order)):
        told.append(Refund(id=BY_STATUS, reason=_status(facts, order)))
    return tuple(given_back(with_typed(each, typed), order, currency=currency, zones=zones) for each in told)


def _status(facts: Facts, order: CanonicalOrder) -> str:
    last = facts.told_status or order.status
    return last if is_refunded(last) else facts.early_refund or last


def _is_refunded(facts: Facts, order: CanonicalOrder) -> bool:
    """Tell whether the OMS calls the order refunded, and says nothing else of it."""
    return is_refunded(_status(facts, order))


def with_typed(refund: Refund, typed: Typed) -> Refund:
    """Return a refund with what a person typed of it in the place of its amounts; the money that moved stays the shop's."""
    said = typed.get(refund.id)
    if said is None:
        return refund
    mine = Refund.model_validate({**said["content"], "id": refund.id})
    return refund.model_copy(
        update={
            "lines": mine.lines,
            "shipping": mine.shipping,
            "adjustments": mine.adjustments,
            "at": mine.at or refund.at,
            "reason": mine.reason or refund.reason,
        }
    )


def given_back(refund: Refund, order: CanonicalOrder, *, currency: str, zones: Zones) -> GivenBack:
    """Return one refund as the mapping wants it, with what is wrong with it as it was told."""
    day = None if refund.at is None else moments.day(refund.at, zones)
    return GivenBack(
        id=refund.id,
        reason=without_entities(refund.reason),
        day=day,
        lines=tuple(_of_line(each, order) for each in refund.lines),
        carriage=_said(refund.shipping),
        others=tuple(
            Other(reason=without_entities(each.reason), said=_said(each.amounts)) for each in refund.adjustments
        ),
        money=sums.paid(refund.payments, currency),
        trouble=_trouble(refund, order, currency=currency, day=day, zones=zones),
    )


def _of_line(line: RefundLine, order: CanonicalOrder) -> OfLine:
    places = parts.places_of(order, line)
    names = [order.lines[place].sku or order.lines[place].description for place in places[:1]]
    return OfLine(
        parts=tuple(of_line(place + 1) for place in places),
        name=without_entities((names or [line.line])[0]) or line.line,
        quantity=line.quantity,
        said=_said(line.amounts),
        is_returned=line.returned is True,
    )


def _said(amounts: Amounts) -> Said:
    return Said(net=amounts.net, tax=amounts.tax, gross=amounts.gross)


def _trouble(refund: Refund, order: CanonicalOrder, *, currency: str, day: date | None, zones: Zones) -> str:
    """Return in a sentence what is wrong with a refund, whatever the invoice says; "" where nothing is."""
    unknown = [each.line for each in refund.lines if not parts.places_of(order, each)]
    if unknown:
        return f"It names {', '.join(unknown)}, and the order has no such line."
    others = sorted({each.currency for each in refund.payments if each.currency not in (None, currency)} - {None})
    if others:
        return f"It was paid back in {', '.join(map(str, others))}, and the order is in {currency}."
    if day is not None and order.ordered_at is not None and day < (ordered := moments.day(order.ordered_at, zones)):
        return f"It is dated {day}, and the order was placed on {ordered}."
    parts_said = [*((each.line, each.amounts) for each in refund.lines), ("carriage", refund.shipping)]
    below = [what for what, said in parts_said if (said.whole or said.net or ZERO) < 0]
    if below:
        return f"What it gives back for {', '.join(below)} is below 0."
    too_fine = [plain(each.amount) for each in refund.payments if decimals(each.amount) > _OF_A_CENT]
    if too_fine:
        return f"It was paid back in {', '.join(too_fine)} {currency}: finer than a cent, and no ledger takes that."
    return _three([*(each.amounts for each in refund.lines), refund.shipping, *(a.amounts for a in refund.adjustments)])


def _three(said: Sequence[Amounts]) -> str:
    for each in said:
        if None in (each.net, each.tax, each.gross):
            continue
        net, tax, gross = each.net or ZERO, each.tax or ZERO, each.gross or ZERO
        if abs(net + tax - gross) >= HALF_CENT:
            return f"{figure(net)} net + {figure(tax)} tax is not {figure(gross)} gross."
    return ""
