"""Shops of different habits, and the orders they send. Seeded: the same orders in every run."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from daybook.documents.causes import Hold
from daybook.mapping.orders import Order, OrderLine, Shipping, StatedTotals
from daybook.mapping.rules import MappingRules
from daybook.mapping.totals import priced

D = Decimal
TAX_TYPES = {D("0"): "ZERORATEDOUTPUT", D("0.05"): "RROUTPUT", D("0.2"): "OUTPUT2", D("0.175"): "TAX003"}
TAX_RATES = {tax_type: rate for rate, tax_type in TAX_TYPES.items()} | {"INPUT2": D("0.2"), "NONE": D(0)}
RULES = MappingRules(
    ledger="Xero",
    base_currency="GBP",
    currencies=frozenset({"GBP", "EUR"}),
    customer_contact_id="customer",
    supplier_contact_id="supplier",
    sales_account="200",
    shipping_account="201",
    cogs_account="310",
    inventory_account="630",
    rounding_account="860",
    tax_types=TAX_TYPES,
    tax_rates=TAX_RATES,
    purchase_tax_type="INPUT2",
)


def an_order(*lines: OrderLine, **changes: object) -> Order:
    if isinstance(changes.get("shipping"), Shipping):
        changes["shipping"] = (changes["shipping"],)
    order = Order(ref="A-1", mark="mark", currency="GBP", document_date=date(2026, 11, 2), lines=lines)
    return replace(order, **changes)  # type: ignore[arg-type]


def a_line(
    net: str | None, gross: str | None = None, *, quantity: str = "1", rate: str | None = "0.2", **more
) -> OrderLine:
    return OrderLine(
        sku=more.pop("sku", "MUG"),
        description=more.pop("description", "Mug"),
        quantity=D(quantity),
        unit_price=None if net is None else D(net),
        unit_price_inc_tax=None if gross is None else D(gross),
        tax_rate=None if rate is None else D(rate),
        **more,
    )


def line_rates(order: Order, *, known: Collection[Decimal] = ()) -> frozenset[Decimal]:
    """The rates that the order's lines and carriage bear; none where one is in doubt."""
    found = priced(order, known=known)
    return frozenset() if isinstance(found, Hold) else found.rates


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(D("0.01"), rounding=ROUND_HALF_UP)


class Shop:
    """One way of pricing and of rounding tax."""

    def __init__(self, random: Random, *, quantities: tuple[int, ...] = (1, 1, 1, 1, 2, 2, 3)) -> None:
        self.random = random
        self.quantities = quantities

    def rate(self) -> Decimal:
        return D(self.random.choice(("0.2", "0.2", "0.2", "0.2", "0.2", "0", "0.05")))

    def price(self) -> Decimal:
        whole = self.random.randint(1, 60)
        return whole + self.random.choice((D("0.99"), D("0.95"), D("0.50"), D(0), D(self.random.randint(0, 99)) / 100))

    def quantity(self) -> Decimal:
        return D(self.random.choice(self.quantities))

    def size(self) -> int:
        return self.random.choice((1, 1, 1, 2, 2, 3, 4, 6))

    def order(self) -> Order:
        raise NotImplementedError


class BothPricesFromGross(Shop):
    """Prices include tax; the price without it is rounded to the cent for each unit. States no totals."""

    def order(self) -> Order:
        lines = []
        for _ in range(self.size()):
            rate, gross = self.rate(), self.price()
            lines.append(
                a_line(str(cents(gross / (1 + rate))), str(gross), quantity=str(self.quantity()), rate=str(rate))
            )
        return an_order(*lines, shipping=self.shipping(lines))

    def shipping(self, lines: list[OrderLine]) -> Shipping:
        gross = D(self.random.choice(("0", "0", "2.99", "3.95", "4.20", "4.99")))
        if not gross:
            return Shipping(price=D(0), price_inc_tax=D(0), tax_rate=D("NaN"))
        net = cents(gross / D("1.2"))
        stated = self.random.choice((gross / net - 1, D("0.2"), None))
        bears_it = any(line.tax_rate == D("0.2") for line in lines)
        return Shipping(price=net, price_inc_tax=gross, tax_rate=stated if bears_it else D("0.2"))


class BothPricesFromNet(BothPricesFromGross):
    """Prices exclude tax; the price with it is rounded to the cent for each unit. States no totals."""

    def order(self) -> Order:
        lines = []
        for _ in range(self.size()):
            rate, net = self.rate(), self.price()
            lines.append(a_line(str(net), str(cents(net * (1 + rate))), quantity=str(self.quantity()), rate=str(rate)))
        return an_order(*lines, shipping=self.shipping(lines))


class TaxOnTheTotal(Shop):
    """Prices exclude tax; tax is worked out once on each rate's sum, and all totals are stated."""

    def order(self) -> Order:
        lines, sums = [], dict.fromkeys(TAX_TYPES, D(0))
        for _ in range(self.size()):
            rate, net, quantity = self.rate(), self.price(), self.quantity()
            lines.append(a_line(str(net), quantity=str(quantity), rate=str(rate)))
            sums[rate] += cents(net * quantity)
        net = sum(sums.values(), D(0))
        tax = sum((cents(amount * rate) for rate, amount in sums.items()), D(0))
        return an_order(*lines, stated=StatedTotals(net=net, tax=tax, gross=net + tax))


class TaxOutOfTheTotal(Shop):
    """Prices include tax; tax is taken once out of each rate's sum, and all totals are stated."""

    def order(self) -> Order:
        lines, sums = [], dict.fromkeys(TAX_TYPES, D(0))
        for _ in range(self.size()):
            rate, gross, quantity = self.rate(), self.price(), self.quantity()
            lines.append(a_line(None, str(gross), quantity=str(quantity), rate=str(rate)))
            sums[rate] += cents(gross * quantity)
        gross = sum(sums.values(), D(0))
        tax = sum((cents(amount - amount / (1 + rate)) for rate, amount in sums.items()), D(0))
        return an_order(*lines, stated=StatedTotals(net=gross - tax, tax=tax, gross=gross))


class FinePrices(Shop):
    """Prices without tax have 4 decimals, made from prices with tax; a discount now and then; gross and tax stated."""

    def order(self) -> Order:
        lines, gross, tax = [], D(0), D(0)
        for _ in range(self.size()):
            rate, price, quantity = self.rate(), self.price(), self.quantity()
            net_price = (price / (1 + rate)).quantize(D("0.0001"), rounding=ROUND_HALF_UP)
            discount = self.random.choice((D(0), D(0), cents(net_price / 10)))
            lines.append(a_line(str(net_price), quantity=str(quantity), rate=str(rate), discount=discount))
            amount = cents(net_price * quantity - discount)
            gross += amount + cents(amount * rate)
            tax += cents(amount * rate)
        return an_order(*lines, stated=StatedTotals(tax=tax, gross=gross))


class UnroundedSums(Shop):
    """Prices of 3 decimals and weights for quantities; the sum is rounded once, the tax on it once."""

    def order(self) -> Order:
        lines, exact = [], D(0)
        for _ in range(self.size()):
            price = self.price() + D(self.random.randint(0, 9)) / 1000
            quantity = self.random.choice((D("0.75"), D("1.5"), D("2.125"), D(1)))
            lines.append(a_line(str(price), quantity=str(quantity)))
            exact += price * quantity
        net, tax = cents(exact), cents(exact * D("0.2"))
        return an_order(*lines, stated=StatedTotals(net=net, tax=tax, gross=net + tax))


class TaxPerUnit(Shop):
    """Prices without tax, and on each line the tax of one unit rounded and multiplied; no totals stated."""

    def order(self) -> Order:
        lines = []
        for _ in range(self.size()):
            rate, net, quantity = self.rate(), self.price(), self.quantity()
            lines.append(
                a_line(str(net), quantity=str(quantity), rate=str(rate), tax_amount=cents(net * rate) * quantity)
            )
        return an_order(*lines)


SHOPS = (
    BothPricesFromGross,
    BothPricesFromNet,
    TaxOnTheTotal,
    TaxOutOfTheTotal,
    FinePrices,
    UnroundedSums,
    TaxPerUnit,
)
BULK = (1, 5, 10, 12, 25, 50, 100)


def sample(count: int, *, quantities: tuple[int, ...] = (1, 1, 1, 1, 2, 2, 3)) -> Iterator[tuple[str, Order]]:
    """Yield (name of the shop, order), the shops in turn."""
    random = Random(20261102)
    shops = [shop(random, quantities=quantities) for shop in SHOPS]
    for index in range(count):
        shop = shops[index % len(shops)]
        yield type(shop).__name__, shop.order()
