"""PURE: the canonical order, less what was cancelled, as the mapping wants it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from daybook.intake.facts import Facts
from daybook.intake.schema import CanonicalOrder, Line, Shipping
from daybook.kit.money import round2
from daybook.mapping import orders as mapping


def mapping_order(
    order: CanonicalOrder,
    facts: Facts,
    *,
    currency: str,
    document_date: date,
    source_url: str = "",
    cash_step: Decimal | None = None,
) -> mapping.Order:
    """Return the order to be mapped; its mark is put in by `marked`.

    `cash_step`: to what the company says that the OMS rounds amounts of this currency.

    Totals that the OMS stated count what was cancelled too, so they stand only where nothing was.
    """
    pairs = zip(order.lines, facts.remaining, strict=True)
    stated = mapping.StatedTotals(net=order.totals.net, tax=order.totals.tax, gross=order.totals.gross)
    return mapping.Order(
        ref=order.ref,
        external_ref=order.external_ref,
        currency=currency,
        document_date=document_date,
        lines=tuple(_line(line, remaining) for line, remaining in pairs),
        shipping=tuple(_shipping(each) for each in order.shippings),
        stated=mapping.StatedTotals() if any(facts.cancelled) else stated,
        rounding=Decimal(0) if any(facts.cancelled) else order.rounding,  # it was that of the whole total
        cash_step=cash_step,
        exchange_rate=order.exchange_rate,
        customer_name=order.customer.company or order.customer.name,
        source_url=source_url,
    )


def _shipping(shipping: Shipping) -> mapping.Shipping:
    return mapping.Shipping(
        price=shipping.price,
        price_inc_tax=shipping.price_inc_tax,
        tax_rate=shipping.tax_rate,
        description=shipping.description or "Shipping",
    )


def marked(order: mapping.Order, mark: str) -> mapping.Order:
    """Return the order with the mark of one of its documents."""
    return replace(order, mark=mark)


def _line(line: Line, remaining: Decimal) -> mapping.OrderLine:
    """Return the line with the quantity that is left; what is for the whole line shrinks with it."""
    whole = mapping.OrderLine(
        id=line.id,
        sku=line.sku,
        description=line.description,
        quantity=line.quantity,
        unit_price=line.unit_price,
        unit_price_inc_tax=line.unit_price_inc_tax,
        discount=line.discount,
        discount_inc_tax=line.discount_inc_tax,
        tax_rate=line.tax_rate,
        tax_amount=line.tax_amount,
        unit_cost=line.unit_cost,
    )
    if remaining == line.quantity:
        return whole
    share = remaining / line.quantity
    return replace(
        whole,
        quantity=remaining,
        discount=round2(line.discount * share),
        discount_inc_tax=_shared(line.discount_inc_tax, share),
        tax_amount=_shared(line.tax_amount, share) if line.tax_rate is None else None,
    )


def _shared(amount: Decimal | None, share: Decimal) -> Decimal | None:
    return None if amount is None else round2(amount * share)
