"""What holds for every order, checked against Xero's arithmetic written a second time, in whole numbers."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from daybook.documents.causes import Hold
from daybook.documents.document import AmountType, Invoice, Line, PurchaseOrder
from daybook.mapping.invoices import map_invoice
from daybook.mapping.orders import Order, OrderLine, Shipping, StatedTotals
from daybook.mapping.purchase_orders import map_purchase_order
from daybook.mapping.rules import ProcessMethod, WhenTaxDiffers
from daybook.mapping.totals import order_totals

from .shops import BULK, RULES, TAX_RATES, TAX_TYPES, a_line, an_order, cents, sample

D = Decimal
KEEPING_GROSS = replace(RULES, when_tax_differs=WhenTaxDiffers.KEEP_GROSS)
pytestmark = pytest.mark.long(3)

LIMITS = settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)


def in_cents(amount: Fraction) -> int:
    """Round an amount to whole cents, half away from zero, by whole-number division."""
    hundredths = abs(amount) * 100
    whole = (2 * hundredths.numerator + hundredths.denominator) // (2 * hundredths.denominator)
    return whole if amount >= 0 else -whole


def xero_totals(lines: tuple[Line, ...], amount_type: AmountType) -> tuple[int, int, int]:
    """Return Xero's SubTotal, TotalTax and Total in cents, without a line of the code under test."""
    amounts, taxes = [], []
    for line in lines:
        if line.unit_amount is None:
            assert line.line_amount is not None
            assert line.discount_amount is None
            amount = in_cents(Fraction(line.line_amount))
        else:
            discount = Fraction(line.discount_amount or 0)
            amount = in_cents(Fraction(line.quantity) * Fraction(line.unit_amount) - discount)
        rate = Fraction(TAX_RATES[line.tax_type])
        share = rate / (1 + rate) if amount_type is AmountType.INCLUSIVE else rate
        tax = (
            in_cents(Fraction(amount, 100) * share) if line.tax_amount is None else in_cents(Fraction(line.tax_amount))
        )
        amounts.append(amount)
        taxes.append(tax)
    if amount_type is AmountType.INCLUSIVE:
        return sum(amounts) - sum(taxes), sum(taxes), sum(amounts)
    return sum(amounts), sum(taxes), sum(amounts) + sum(taxes)


def fits_xero(line: Line) -> bool:
    """Tell whether a line keeps to Xero's limits on decimals, and says its amount in one way only."""

    def places(number: Decimal) -> int:
        return max(0, -int(number.normalize().as_tuple().exponent))

    cent_amounts = [
        amount for amount in (line.line_amount, line.discount_amount, line.tax_amount) if amount is not None
    ]
    return (
        (line.unit_amount is None) != (line.line_amount is None)
        and places(line.quantity) <= 4
        and line.quantity > 0
        and (line.unit_amount is None or places(line.unit_amount) <= 4)
        and all(places(amount) <= 2 for amount in cent_amounts)
        and 1 <= len(line.description) <= 4000
        and (line.discount_amount is None or discount_stands(line))
    )


def discount_stands(line: Line) -> bool:
    """Tell whether Xero takes the discount, and makes the same cents of the percentage that its page saves."""
    full, discount = Fraction(line.quantity) * Fraction(line.unit_amount), Fraction(line.discount_amount)
    if not 0 < discount <= full:
        return False
    percentage = Fraction(in_cents(discount * 100 / full), 10_000)
    return (
        in_cents(full * (1 - percentage)) == in_cents(full - discount) and in_cents(full * percentage) == discount * 100
    )


prices = st.one_of(
    st.decimals(D("0"), D("500"), places=2),
    st.decimals(D("0.001"), D("50"), places=3),
    st.decimals(D("0.0001"), D("50"), places=4),
    st.decimals(D("0.000001"), D("5"), places=6),
)
quantities = st.one_of(
    st.integers(1, 5).map(D), st.integers(1, 500).map(D), st.decimals(D("0.0001"), D("20"), places=4)
)
tax_rates = st.sampled_from(sorted(TAX_TYPES))


@st.composite
def order_lines(draw: st.DrawFn) -> OrderLine:
    rate, price, quantity = draw(tax_rates), draw(prices), draw(quantities)
    sides = draw(st.sampled_from(["net", "gross", "both from net", "both from gross"]))
    other = cents(price * (1 + rate)) if sides == "both from net" else cents(price / (1 + rate))
    discount = cents(price * quantity * draw(st.sampled_from([D(0), D(0), D("0.1"), D("0.333"), D(1)])))
    return OrderLine(
        sku="SKU",
        quantity=quantity,
        unit_price={"net": price, "both from net": price, "both from gross": other}.get(sides),
        unit_price_inc_tax={"gross": price, "both from gross": price, "both from net": other}.get(sides),
        discount=discount if "gross" not in sides else D(0),
        discount_inc_tax=discount if "gross" in sides else None,
        tax_rate=rate,
    )


@st.composite
def shippings(draw: st.DrawFn) -> Shipping:
    net = draw(st.sampled_from([D(0), D("2.99"), D("4.16"), D("10")]))
    gross = cents(net * D("1.2"))
    quotient = (gross / net - 1).quantize(D(draw(st.sampled_from(["0.0001", "0.00000001"])))) if net else D("NaN")
    rate = draw(st.sampled_from([None, D("NaN"), D("0.2"), quotient]))
    return Shipping(price=net, price_inc_tax=gross, tax_rate=rate)


@st.composite
def orders(draw: st.DrawFn) -> Order:
    """Draw an order that states nothing, or totals whose tax the shop worked out per line or once on the total."""
    lines = draw(st.lists(order_lines(), min_size=1, max_size=8))
    order = an_order(*lines, shipping=draw(shippings()))
    counted = order_totals(order)
    way = draw(st.sampled_from(["nothing", "per line", "on the total", "gross only", "off by cents"]))
    if isinstance(counted, Hold) or way == "nothing":
        return order
    if way == "gross only":
        return replace(order, stated=StatedTotals(gross=counted.gross))
    tax = counted.tax
    if way == "on the total":
        tax = cents(
            sum((cents((line.unit_price or D(0)) * line.quantity) * (line.tax_rate or 0) for line in lines), D(0))
        )
        tax = tax if abs(tax - counted.tax) < D("0.05") else counted.tax
    elif way == "off by cents":
        tax += draw(st.integers(-3, 3)) * D("0.01")
    return replace(order, stated=StatedTotals(net=counted.gross - tax, tax=tax, gross=counted.gross))


def whole(totals: tuple[Decimal, ...]) -> tuple[int, ...]:
    return tuple(int(amount * 100) for amount in totals)


class TestEveryInvoice:
    @LIMITS
    @given(order=orders())
    def test_comes_to_the_orders_totals_in_xero(self, order):
        document = map_invoice(order, RULES, number="N")
        if isinstance(document, Hold):
            assert document.cause
            return
        wanted = order_totals(order)
        assert not isinstance(wanted, Hold)
        assert xero_totals(document.lines, document.amount_type) == whole(wanted) == whole(document.totals)

    @LIMITS
    @given(order=orders())
    def test_keeps_to_what_xero_takes(self, order):
        document = map_invoice(order, RULES, number="N")
        if isinstance(document, Invoice):
            assert all(fits_xero(line) for line in document.lines)

    @LIMITS
    @given(order=orders())
    def test_meets_the_gross_also_where_xeros_tax_stands(self, order):
        document = map_invoice(order, KEEPING_GROSS, number="N")
        if isinstance(document, Hold):
            return
        wanted = order_totals(order)
        assert not isinstance(wanted, Hold)
        totals = xero_totals(document.lines, document.amount_type)
        assert totals == whole(document.totals)
        assert totals[2] == whole(wanted)[2]

    @LIMITS
    @given(order=orders())
    def test_has_one_line_for_each_of_the_order_in_its_order(self, order):
        document = map_invoice(order, RULES, number="N")
        if isinstance(document, Invoice):
            rounding = sum(line.account_code == "860" for line in document.lines)
            shipping = sum(line.account_code == "201" for line in document.lines)
            assert len(document.lines) == len(order.lines) + shipping + rounding
            assert rounding <= 1
            assert all(abs(line.unit_amount) <= D("0.05") for line in document.lines if line.account_code == "860")

    @LIMITS
    @given(order=orders())
    def test_is_the_same_every_time(self, order):
        assert map_invoice(order, RULES, number="N") == map_invoice(order, RULES, number="N")

    @LIMITS
    @given(order=orders())
    def test_does_not_know_how_decimals_were_spelled(self, order):
        lines = tuple(
            replace(
                line, quantity=line.quantity.normalize(), tax_rate=D(f"{line.tax_rate}00" if line.tax_rate else "0.00")
            )
            for line in order.lines
        )
        assert map_invoice(replace(order, lines=lines), RULES, number="N") == map_invoice(order, RULES, number="N")


UNREADABLE = "".join(map(chr, (*range(9), *range(11, 32), *range(0x7F, 0xA0), 0xFFFE, 0xFFFF)))
texts = st.text(st.one_of(st.sampled_from(UNREADABLE), st.characters(codec="utf-8")), max_size=30)


def texts_of(document: Invoice | PurchaseOrder) -> str:
    """Return all that a document says in words and codes, in one."""
    return document.reference + "".join(line.description + line.item_code for line in document.lines)


class TestEveryText:
    @LIMITS
    @given(description=texts, sku=texts, ref=texts, customer=texts, template=texts, is_fine=st.booleans())
    def test_of_a_document_holds_no_control_character(self, description, sku, ref, customer, template, is_fine):
        line = a_line(
            "1.234567" if is_fine else "1", sku=sku, description=description, quantity="1.23456", unit_cost=D(1)
        )
        order = an_order(line, shipping=Shipping(price=D(1), tax_rate=D(0), description=description))
        order = replace(order, external_ref=ref, customer_name=customer)
        rules = replace(RULES, reference_template=f"{{external_ref}} {{customer}}{template}")
        invoice, purchase_order = map_invoice(order, rules, number="N"), map_purchase_order(order, rules, number="N")
        assert isinstance(invoice, Invoice)
        for document in (invoice, purchase_order):
            if isinstance(document, PurchaseOrder | Invoice):
                assert all(line.description for line in document.lines)
                assert not set(texts_of(document)) & set(UNREADABLE)


class TestRealisticOrders:
    @pytest.mark.parametrize("quantities", [(1, 1, 1, 1, 2, 2, 3), BULK], ids=["retail", "bulk"])
    def test_are_rarely_held(self, quantities):
        forms: Counter[str] = Counter()
        count = 2000
        for shop, order in sample(count, quantities=quantities):
            document = map_invoice(order, RULES, number="N")
            if isinstance(document, Hold):
                forms[f"held: {document.cause} ({shop})"] += 1
                continue
            wanted = order_totals(order)
            assert not isinstance(wanted, Hold)
            assert xero_totals(document.lines, document.amount_type) == whole(wanted)
            forms[document.form] += 1
        for form, times in forms.most_common():
            print(f"{times / count:7.2%}  {form}")
        held = sum(times for form, times in forms.items() if form.startswith("held"))
        assert held <= count * 0.005

    def test_count_as_their_totals_what_they_state(self):
        for _, order in sample(700):
            totals, stated = order_totals(order), order.stated
            assert not isinstance(totals, Hold)
            said = [(stated.net, totals.net), (stated.tax, totals.tax), (stated.gross, totals.gross)]
            assert all(theirs in (None, ours) for theirs, ours in said)

    def test_that_state_nothing_count_as_each_side_added_up(self):
        for shop, order in sample(700):
            if not shop.startswith("BothPrices"):
                continue
            net = sum(in_cents(Fraction(each.price or 0)) for each in order.shipping)
            gross = sum(in_cents(Fraction(each.price_inc_tax or 0)) for each in order.shipping)
            for line in order.lines:
                net += in_cents(Fraction(line.unit_price or 0) * Fraction(line.quantity))
                gross += in_cents(Fraction(line.unit_price_inc_tax or 0) * Fraction(line.quantity))
            totals = order_totals(order)
            assert not isinstance(totals, Hold)
            assert whole(totals) == (net, gross - net, gross)


nasty = st.one_of(
    st.none(),
    st.sampled_from(
        [D(text) for text in ("NaN", "Infinity", "-Infinity", "0", "-0", "1E+30", "1E-30", "9999999999.99")]
    ),
    st.decimals(allow_nan=False, allow_infinity=False, min_value=-1000, max_value=1000),
)
numbers = nasty.map(lambda number: D(1) if number is None else number)


class TestNonsense:
    @LIMITS
    @given(
        line=st.builds(
            OrderLine,
            quantity=numbers,
            unit_price=nasty,
            unit_price_inc_tax=nasty,
            discount=numbers,
            discount_inc_tax=nasty,
            tax_rate=nasty,
            tax_amount=nasty,
        ),
        shipping=st.builds(Shipping, price=nasty, price_inc_tax=nasty, tax_rate=nasty),
        stated=st.builds(StatedTotals, net=nasty, tax=nasty, gross=nasty),
    )
    def test_is_held_or_mapped_but_never_an_error(self, line, shipping, stated):
        order = an_order(line, shipping=shipping, stated=stated)
        for rules in (RULES, KEEPING_GROSS):
            assert isinstance(map_invoice(order, rules, number="N"), Invoice | Hold)
        tracked = replace(line, sku="SKU", unit_cost=line.unit_price)
        kit = replace(line, sku="KIT")
        order = replace(order, lines=(kit, tracked, tracked))
        rules = replace(RULES, process_method=ProcessMethod.TRACKED)
        assert isinstance(map_purchase_order(order, rules, number="N"), PurchaseOrder | Hold)
        assert isinstance(map_invoice(order, rules, number="N"), Invoice | Hold)
