"""PURE: the canonical order as an order file carries it (docs/files.md): what it says, in the OMS's words, with no sums."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, time, tzinfo
from decimal import Decimal
from functools import reduce

from daybook.documents.causes import Hold
from daybook.documents.file_rules import OF_XML, FileRules
from daybook.documents.line_kinds import LineKind
from daybook.documents.order_file import ADDRESS_LINES, Address, Item, OrderFile
from daybook.documents.sale import Sale
from daybook.kit.money import plain
from daybook.ledgers.files.formats import XML
from daybook.ledgers.files.ledger import LONGEST_NUMBER, as_file
from daybook.ledgers.files.reasons import FileCause
from daybook.mapping import orders as mapping
from daybook.mapping.texts import without_entities
from daybook.sources.canonical import moments, parties
from daybook.sources.canonical.schema import CanonicalOrder, Line


def number(prefix: str, ref: str) -> str:
    """Return what an order's file is named after: the same for the same order, whatever was sent before."""
    return f"{prefix}{ref}"[:LONGEST_NUMBER]


def writable(  # what a file is made of
    order: CanonicalOrder | None,
    left: mapping.Order,
    *,
    zone: tzinfo,
    number: str,
    sale: Callable[[], Sale | Hold],
    rules: FileRules = OF_XML,
) -> OrderFile | Hold:
    """Return the file of an order; the hold says what of it a file of the chosen form cannot carry.

    `sale`: what it comes to, asked for where the form says so.
    """
    assert order is not None  # noqa: S101 - without an order there is no document
    paper = order_file(order, left, zone=zone)
    if not isinstance(paper, Hold) and rules.format != XML.name:  # which says what was sold, and no sums
        sold = sale()
        paper = sold if isinstance(sold, Hold) else replace(paper, sale=sold)
    written = paper if isinstance(paper, Hold) else as_file(number, paper, rules)
    return written if isinstance(written, Hold) else paper


def order_file(order: CanonicalOrder, left: mapping.Order, *, zone: tzinfo) -> OrderFile | Hold:
    """Return the file of an order. `left`: the same order less what was cancelled; `zone`: that of the OMS's clock."""
    carriage = _carriage(left.shipping)
    if isinstance(carriage, Hold):
        return carriage
    completed = order.dispatched_at or order.completed_at
    return OrderFile(
        id=order.id,
        ref=left.ref,
        external_ref=left.external_ref,
        shipping_address=address(order.shipping_address),
        billing_address=billed(order),
        customer_name=without_entities(order.customer.name),
        customer_email=order.customer.email,
        shipping_method=without_entities(order.shipping_method),
        sale_datetime=by_the_clock(order.ordered_at, zone),
        completion_datetime=by_the_clock(completed, zone),
        currency_code=left.currency,
        shipping_price=carriage.price,
        shipping_price_inc_tax=carriage.price_inc_tax,
        shipping_tax_rate=carriage.tax_rate,
        items=tuple(_items(order.lines, left)),
    )


def billed(order: CanonicalOrder) -> Address:
    """Return whom to bill; the customer's company where the address names none."""
    billed = address(order.billing_address)
    return billed if billed.company else replace(billed, company=without_entities(order.customer.company))


def address(said: parties.Address) -> Address:
    """Return an address with its town and county on lines of their own, as the OMS has them; the last line has the rest."""
    lines = [*said.lines, *filter(None, (said.city, said.region))]
    if len(lines) > ADDRESS_LINES:
        lines[ADDRESS_LINES - 1 :] = [", ".join(filter(None, lines[ADDRESS_LINES - 1 :]))]
    return Address(
        company=without_entities(said.company),
        lines=tuple(without_entities(each) for each in lines),
        postcode=said.postcode,
        country=said.country,
        country_code=said.country_code,
    )


def _items(lines: Iterable[Line], left: mapping.Order) -> Iterator[Item]:
    for line, remaining in zip(lines, left.lines, strict=True):
        if remaining.quantity and line.kind is not LineKind.ROUNDING:  # which stands among the order's rounding
            yield _goods(line, remaining)
            if remaining.discount or remaining.discount_inc_tax:
                yield _discount(line, remaining)
    if left.rounding:
        yield Item(
            description="Rounding",
            quantity=Decimal(1),
            unit_sale_price=left.rounding,
            unit_sale_price_inc_tax=left.rounding,
            sale_vat_rate=Decimal(0),
        )


def _goods(line: Line, left: mapping.OrderLine) -> Item:
    stated = () if left.tax_amount is None else (("tax_amount", plain(left.tax_amount)),)
    return Item(
        id=line.id,
        ref=line.ref,
        external_ref=line.external_ref,
        sku=left.sku,
        description=left.description,
        quantity=left.quantity,
        unit_sale_price=left.unit_price,
        unit_sale_price_inc_tax=left.unit_price_inc_tax,
        sale_vat_rate=left.tax_rate,
        attributes=stated,
    )


def _discount(line: Line, left: mapping.OrderLine) -> Item:
    """Return what is taken off a line, as an item of its own: shared out over its units it might not come out even."""
    inc = left.discount_inc_tax
    return Item(
        id=f"{line.id}-discount" if line.id else "",
        description=f"Discount: {left.description or left.sku}".strip(": "),
        quantity=Decimal(1),
        unit_sale_price=-left.discount if left.discount else None,
        unit_sale_price_inc_tax=None if inc is None else -inc,
        sale_vat_rate=left.tax_rate,
    )


def _carriage(parts: tuple[mapping.Shipping, ...]) -> mapping.Shipping | Hold:
    """Return the carriage as one. Where its parts bear several rates, its tax is what its two prices say."""
    said = [part for part in parts if part.price is not None or part.price_inc_tax is not None]
    if len(said) < 2:
        return said[0] if said else mapping.Shipping()
    rates = {part.tax_rate for part in said}
    price, price_inc = _sum(part.price for part in said), _sum(part.price_inc_tax for part in said)
    known = [price, price_inc].count(None) == 0 or (len(rates) == 1 and [price, price_inc].count(None) == 1)
    if not known:
        return Hold(FileCause.CARRIAGE_IN_PIECES)
    return mapping.Shipping(price=price, price_inc_tax=price_inc, tax_rate=rates.pop() if len(rates) == 1 else None)


def _sum(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """Return the sum where every amount is there."""
    return reduce(lambda one, other: None if one is None or other is None else one + other, amounts)


def by_the_clock(moment: str | None, zone: tzinfo) -> datetime | None:
    """Return a moment as the OMS's clock showed it, without a zone; midnight for a bare day."""
    if moment is None:
        return None
    read: date | datetime = moments.read(moment)
    if not isinstance(read, datetime):
        return datetime.combine(read, time.min)
    return read.replace(tzinfo=None) if read.tzinfo is None else read.astimezone(zone).replace(tzinfo=None)
