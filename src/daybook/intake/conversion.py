"""PURE: the canonical order, less what was cancelled, as the mapping wants it."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal

from daybook.documents.causes import Hold
from daybook.intake.facts import Facts
from daybook.kit.money import round_to
from daybook.mapping import line_kinds, taxes, totals
from daybook.mapping import orders as mapping
from daybook.mapping.steps import steps_of
from daybook.mapping.texts import without_entities
from daybook.sources.canonical.lines import LineTax, Product
from daybook.sources.canonical.schema import CanonicalOrder, Line, Shipping


def mapping_order(
    order: CanonicalOrder,
    facts: Facts,
    *,
    currency: str,
    document_date: date,
    source_url: str = "",
    known: Collection[Decimal] = (),
    cash_step: Decimal | None = None,
) -> mapping.Order:
    """Return the order to be mapped; its mark is put in by `marked`.

    Entities are undone here, not when the order is read: what is stored stays as it was sent, so that the same content
    sent again is the same.

    `known`: rates the company has mapped. `cash_step`: to what the company says that the OMS rounds amounts of this
    currency.
    """
    lines = tuple(_line(line, order) for line in order.lines)
    whole = mapping.Order(
        ref=without_entities(order.ref),
        external_ref=without_entities(order.external_ref),
        currency=currency,
        document_date=document_date,
        lines=lines,
        shipping=tuple(_shipping(each) for each in order.shippings),
        stated=mapping.StatedTotals(net=order.totals.net, tax=order.totals.tax, gross=order.totals.gross),
        rounding=order.rounding + line_kinds.roundings(lines),
        cash_step=cash_step,
        exchange_rate=order.exchange_rate,
        paid=sum((each.amount for each in order.payments if each.currency in {None, currency}), Decimal(0)),
        customer_name=without_entities(order.customer.company or order.customer.name),
        sale=_sale(order),
        source_url=source_url,
    )
    return _less_cancelled(whole, facts, known=known) if any(facts.cancelled) else whole


def _less_cancelled(whole: mapping.Order, facts: Facts, *, known: Collection[Decimal]) -> mapping.Order:
    """Return what is left of the order, with the totals that it states only where they are those of what is left."""
    step = steps_of(whole).kept
    lines = tuple(_left(line, remaining, step) for line, remaining in zip(whole.lines, facts.remaining, strict=True))
    left = replace(whole, lines=lines)
    if whole.stated == _UNSTATED or not _is_restated(whole, left, known):
        left = replace(left, stated=_UNSTATED, rounding=Decimal(0))  # both were of the whole total
    if left.stated == _UNSTATED and _is_free(left) and not _is_free(whole):
        return replace(left, stated=_NOTHING)  # its zeros are prices, since others stood beside them
    return left


def _is_restated(whole: mapping.Order, left: mapping.Order, known: Collection[Decimal]) -> bool:
    """Tell whether the stated totals are those of what is left, not of what was ordered.

    Some senders restate their totals when something is cancelled, others leave them: what they fit tells which. Where so
    little was cancelled that they fit both, the nearer is meant; where they fit neither they stay, and the mapping says
    that they contradict the lines.
    """
    fits_left = not isinstance(totals.order_totals(left, known=known), Hold)
    fits_whole = not isinstance(totals.order_totals(whole, known=known), Hold)
    if fits_left and fits_whole:
        return _distance(left, known) <= _distance(whole, known)
    return not fits_whole


_UNSTATED = mapping.StatedTotals()
_NOTHING = mapping.StatedTotals(net=Decimal(0), tax=Decimal(0), gross=Decimal(0))


def _is_free(order: mapping.Order) -> bool:
    """Tell whether nothing of the order has a price."""
    prices = [(line.unit_price, line.unit_price_inc_tax) for line in order.lines if line.quantity]
    carriage = [(each.price, each.price_inc_tax) for each in order.shipping]
    return not any(any(pair) for pair in (*prices, *carriage))


def _distance(order: mapping.Order, known: Collection[Decimal]) -> Decimal:
    """Return how far the totals that an order states are from what its lines come to."""
    counted = totals.order_totals(replace(order, stated=_UNSTATED), known=known)
    if isinstance(counted, Hold):
        return Decimal("Infinity")
    stated = (order.stated.net, order.stated.tax, order.stated.gross)
    return sum((abs(said - ours) for said, ours in zip(stated, counted, strict=True) if said is not None), Decimal(0))


def taxed_in(order: CanonicalOrder) -> str:
    """Return the country where the sale is taxed, two letters of ISO 3166; "" where nobody said."""
    return order.destination.country_code or order.shipping_address.country_code


def _sale(order: CanonicalOrder) -> mapping.Sale:
    """Return where the sale is taxed, and what else rules may ask of it; a region counts in its own country only."""
    taxed, sent = order.destination, order.shipping_address
    country = taxed_in(order)
    region = taxed.region or (sent.region if country == sent.country_code else "")
    return mapping.Sale(
        country=country,
        region=without_entities(region),
        channel=without_entities(order.channel),
        tags=tuple(without_entities(tag) for tag in order.tags),
        customer_id=order.customer.id,
        vat_number=order.customer.vat_number,
    )


def _product(product: Product) -> mapping.Product:
    return mapping.Product(
        type=without_entities(product.type),
        category=without_entities(product.category),
        tags=tuple(without_entities(tag) for tag in product.tags),
    )


def _shipping(shipping: Shipping) -> mapping.Shipping:
    return mapping.Shipping(
        price=shipping.price,
        price_inc_tax=shipping.price_inc_tax,
        tax_rate=shipping.tax_rate,
        description=without_entities(shipping.description) or "Shipping",
        taxes=_taxes(shipping.taxes),
    )


def marked(order: mapping.Order, mark: str) -> mapping.Order:
    """Return the order with the mark of one of its documents."""
    return replace(order, mark=mark)


def _taxes(said: Iterable[LineTax]) -> tuple[mapping.LineTax, ...]:
    return tuple(
        mapping.LineTax(
            name=without_entities(tax.name), code=tax.code, rate=tax.rate, amount=tax.amount, liable=tax.liable
        )
        for tax in said
    )


def _line(line: Line, order: CanonicalOrder) -> mapping.OrderLine:
    return mapping.OrderLine(
        id=line.id,
        kind=line.kind,
        sku=without_entities(line.sku),
        description=without_entities(line.description),
        quantity=line.quantity,
        unit_price=line.unit_price,
        unit_price_inc_tax=line.unit_price_inc_tax,
        discount=line.discount,
        discount_inc_tax=line.discount_inc_tax,
        tax_rate=line.tax_rate,
        tax_amount=line.tax_amount,
        taxes=_taxes(line.taxes),
        unit_cost=line.unit_cost,
        cost_currency=line.cost_currency or order.cost_currency or "",
        is_stock=line.is_stock,
        product=_product(line.product),
    )


def _left(line: mapping.OrderLine, remaining: Decimal, step: Decimal) -> mapping.OrderLine:
    """Return the line with the quantity that is left; what is for the whole line shrinks with it.

    `step`: to which its share is rounded. A discount that took off no more than its line takes no more off what is left.
    """
    if remaining == line.quantity:
        return line

    def discount(whole: Decimal, price: Decimal | None) -> Decimal:
        shared = round_to(whole * remaining / line.quantity, step)
        is_within = price is not None and 0 <= whole <= line.quantity * price
        return min(shared, remaining * price) if price is not None and is_within else shared

    taxed = line.tax_amount if line.tax_rate is None else None
    inc = line.discount_inc_tax
    return replace(
        line,
        quantity=remaining,
        discount=discount(line.discount, line.unit_price),
        discount_inc_tax=None if inc is None else discount(inc, line.unit_price_inc_tax),
        tax_amount=None if taxed is None else round_to(taxed * remaining / line.quantity, step),
        taxes=taxes.shared(line.taxes, remaining / line.quantity, step),
    )
