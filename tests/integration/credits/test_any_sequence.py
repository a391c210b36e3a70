"""Whatever comes in whatever sequence, the books say what the orders say: sales, tax by type, debtors, the gateway's account."""

import random
from collections import Counter
from decimal import Decimal

import pytest

from daybook.outbox.models import Entry
from tests.chaos.seeds import drawn
from tests.integration.credits.shop import CARRIAGE, notes, of_line, opened, order, paid, refund, send, settle
from tests.world import Cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long(60), pytest.mark.drawn(3)]
ZERO = Decimal(0)
PRICES = {"m": ("10.03", "0.2", "OUTPUT2"), "c": ("19.99", "0", "ZERORATEDOUTPUT"), "b": ("3.37", "0.05", "RROUTPUT")}


def money(value: object) -> Decimal:
    return Decimal(str(value or 0))


class Shop:
    """One order that lives: paid, posted, given back, told again, in any sequence."""

    def __init__(self, ref: str, dice: random.Random) -> None:
        self.ref, self.dice = ref, dice
        self.bought = {name: dice.randint(1, 4) for name in PRICES}
        self.left = dict(self.bought)
        self.refunds: list[dict] = []
        self.payments: list[dict] = []
        self.carriage_left = True

    def content(self) -> dict:
        lines = [
            {
                "id": name,
                "description": name,
                "quantity": self.bought[name],
                "unit_price": price,
                "tax_rate": rate,
            }
            for name, (price, rate, _) in PRICES.items()
        ]
        return order(self.ref, *self.refunds, lines=lines, shipping=CARRIAGE, payments=self.payments)

    def pay(self, gross: Decimal) -> None:
        if not self.payments:
            self.payments.append(paid(str(gross), f"ch_{self.ref}"))

    def give_back(self) -> None:
        lines = []
        for name, left in self.left.items():
            if left and self.dice.random() < 0.5:
                count = self.dice.randint(1, left)
                self.left[name] -= count
                lines.append(of_line(name, count, returned=self.dice.random() < 0.5))
        back = refund(f"r{len(self.refunds)}-{self.ref}", lines=lines)
        if self.carriage_left and self.dice.random() < 0.3:
            back["shipping"], self.carriage_left = {"gross": "6.00"}, False
        if self.dice.random() < 0.2:
            back["adjustments"] = [{"reason": "Sorry", "amounts": {"gross": "0.77"}}]
        if lines or "shipping" in back or "adjustments" in back:
            self.refunds.append(back)

    def give_all_back(self) -> None:
        lines = [of_line(name, left) for name, left in self.left.items() if left]
        self.left = dict.fromkeys(self.left, 0)
        back = refund(f"all-{self.ref}", lines=lines)
        if self.carriage_left:
            back["shipping"], self.carriage_left = {"gross": "6.00"}, False
        if lines or "shipping" in back:
            self.refunds.append(back)

    @property
    def goodwill(self) -> Decimal:
        return sum((Decimal("0.77") for each in self.refunds if "adjustments" in each), ZERO)


def gross_of(shop: Shop) -> Decimal:
    """What the whole order comes to, each line's tax rounded by itself."""
    whole = Decimal("6.00")
    for name, (price, rate, _) in PRICES.items():
        net = Decimal(price) * shop.bought[name]
        whole += net + round(net * Decimal(rate) + Decimal("0.0000001"), 2)
    return whole


def by_tax(cast: Cast, ref: str) -> Counter:
    """Net and tax by tax type over the invoice and its notes: what is left of the sale in the books."""
    found: Counter = Counter()
    mine = [(each, 1) for each in cast.invoices() if each["InvoiceNumber"] == ref]
    mine += [(each, -1) for each in notes(cast) if each["CreditNoteNumber"].startswith(f"{ref}-CR")]
    for document, sign in mine:
        for line in document["LineItems"]:
            found[line["TaxType"], "net"] += sign * money(line["LineAmount"])
            found[line["TaxType"], "tax"] += sign * money(line["TaxAmount"])
    return found


@pytest.mark.parametrize("seed", [0, 779266, drawn("sequence")])
def test_comes_to_what_the_orders_say(xero, seed):
    dice = random.Random(seed)
    acme = opened(xero, payments=True)
    shops = [Shop(f"S{seed}-{number}", dice) for number in range(6)]
    for _ in range(5):
        for shop in shops:
            act = dice.choice(("pay", "refund", "refund", "again", "again"))
            if act == "pay":
                shop.pay(gross_of(shop))
            elif act == "refund":
                shop.give_back()
            send(acme, shop.content())
            if dice.random() < 0.4:
                settle(acme, 1)
    for shop in shops:
        shop.give_all_back()
        send(acme, shop.content())
    settle(acme, 6)
    for shop in shops:
        left = by_tax(acme, shop.ref)
        goodwill = left.pop(("NONE", "net"), ZERO)
        assert {key: value for key, value in left.items() if value} == {}, shop.ref
        is_posted = any(each["InvoiceNumber"] == shop.ref for each in acme.invoices())
        assert goodwill == (-shop.goodwill if is_posted else 0), shop.ref
    assert all(len(each["Allocations"]) <= 1 for each in notes(acme))
    assert not Entry.objects.filter(company=acme.company, kind="credit_note").exclude(state="posted").exists()
