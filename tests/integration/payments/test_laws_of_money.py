"""Whatever sells, changes, is cancelled, paid, given back, lost and found: the books say what the orders say, to the penny.

Hypothesis plays a company's shop, its workers and its people in the ledger. What each order must come to is worked out
here, from the orders as they were sent, by the rules of docs/orders.md and with no line of Daybook's.
"""

import os
import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any

import httpx2
import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as some
from hypothesis.stateful import initialize, invariant, precondition, rule, run_state_machine_as_test

from daybook.companies import people
from daybook.connections.models import Gateway, LineAccount, PostingSettings
from daybook.intake import prepare, typing_refunds
from daybook.intake.receive import receive
from daybook.kit import clock
from daybook.orders.models import Order
from daybook.outbox.models import Entry
from daybook.outbox.states import FINAL, State
from daybook.posting import batching, claiming, drain
from daybook.posting.batching import Batch
from daybook.posting.claiming import Claimed
from daybook.reconciliation import watching
from daybook.reconciliation.resolve import resolve
from daybook.wire.errors import WireError
from daybook.wire.http import HttpClient
from localxero import LocalXero
from localxero.books import ledger
from localxero.simulator import Snapshot
from localxero.testing import signed_in
from tests import database
from tests.integration.posting.test_laws import PATIENCE, DayBook, Fate, Fated
from tests.world import Cast, connected

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long(40)]

D, ZERO, CENT = Decimal, Decimal(0), Decimal("0.01")
TAX_TYPES = {"0.2": "OUTPUT2", "0.05": "RROUTPUT", "0": "ZERORATEDOUTPUT"}
ACCOUNTS = {"stripe": "092", "paypal": "093", "gift_card": "850"}
SALES, VAT, DEBTORS, GOODWILL = "200", "820", "610", "429"
STOCK = ("630", "310")
FULL_ROUNDS = 16


def cents(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)


def money(value: object) -> Decimal:
    return Decimal(str(value or 0))


# ---- the shop: what was sold, and what each refund gives back of it


@dataclass
class Left:
    """What is left of a line of the sale."""

    quantity: int
    net: Decimal
    tax: Decimal

    @property
    def gross(self) -> Decimal:
        return self.net + self.tax

    def less(self, quantity: int, net: Decimal, tax: Decimal) -> "Left":
        return Left(self.quantity - quantity, self.net - net, self.tax - tax)


@dataclass(frozen=True)
class Sold:
    """A line as it is sold: the price of one, and what is taken off the line, in cents."""

    quantity: int
    price: int
    rate: str
    off: int = 0

    def comes_to(self, *, with_tax: bool) -> Left:
        amount, rate = D(self.quantity * self.price - self.off) / 100, D(self.rate)
        tax = cents(amount * rate / (1 + rate) if with_tax else amount * rate)
        return Left(self.quantity, amount - tax if with_tax else amount, tax)


@dataclass(frozen=True)
class Sale:
    """An order's goods and carriage, as one delivery told them."""

    lines: tuple[Sold, ...]
    carriage: Sold | None
    with_tax: bool
    rounds_up: bool = False

    def parts(self) -> dict[str, Left]:
        found = {f"l{place}": each.comes_to(with_tax=self.with_tax) for place, each in enumerate(self.lines)}
        if self.carriage:
            found["carriage"] = self.carriage.comes_to(with_tax=self.with_tax)
        return found

    def rate_of(self, part: str) -> str:
        sold = self.carriage if part == "carriage" else self.lines[int(part[1:])]
        assert sold is not None
        return sold.rate

    @property
    def gross(self) -> Decimal:
        return sum((each.gross for each in self.parts().values()), ZERO)


@dataclass
class Back:
    """One refund: of parts how many, or how much with tax; and what is of no part."""

    ref: str
    counts: dict[str, int] = field(default_factory=dict)
    amounts: dict[str, Decimal] = field(default_factory=dict)
    returned: bool = False
    goodwill: Decimal = ZERO
    money: list[dict[str, Any]] = field(default_factory=list)
    is_all: bool = False
    """It says only how much moved: all that was left."""
    is_silent: bool = False
    """The shop says nothing of it; a person types it in."""
    is_hidden: bool = False
    """Told as cancelled by now, and not yet as given back."""
    at: str = ""

    def told(self) -> dict[str, Any]:
        said: dict[str, Any] = {"id": self.ref, "at": self.at, "reason": "Broken", "payments": self.money}
        return said if self.is_silent or self.is_all else said | self.amounts_said()

    def amounts_said(self) -> dict[str, Any]:
        lines = [{"line": part, "quantity": count, "returned": self.returned} for part, count in self.counts.items()]
        lines += [
            {"line": part, "quantity": 0, "amounts": {"gross": str(each)}}
            for part, each in self.amounts.items()
            if part != "carriage"
        ]
        said: dict[str, Any] = {"lines": lines}
        if "carriage" in self.amounts:
            said["shipping"] = {"gross": str(self.amounts["carriage"])}
        if self.goodwill:
            said["adjustments"] = [{"reason": "Sorry", "amounts": {"gross": str(self.goodwill)}}]
        return said


@dataclass
class Kept:
    """What is left of a sale after refunds, and what was given back of no line of it."""

    left: dict[str, Left]
    whole: dict[str, Left]
    goodwill: Decimal = ZERO

    @property
    def gross(self) -> Decimal:
        return sum((each.gross for each in self.left.values()), ZERO) - self.goodwill

    def take(self, back: Back) -> None:
        before = self.gross
        if back.is_all:
            self.left = {part: Left(0, ZERO, ZERO) for part in self.left}
        for part, count in back.counts.items():
            self._count(part, count)
        for part, amount in back.amounts.items():
            self._amount(part, amount)
        self.goodwill += back.goodwill
        assert before - self.gross >= 0

    def _count(self, part: str, count: int) -> None:
        each, sold = self.left[part], self.whole[part]
        if count == each.quantity:
            self.left[part] = Left(0, ZERO, ZERO)
            return
        net = cents(sold.net * count / sold.quantity)
        tax = cents(sold.tax * count / sold.quantity)
        tax = min(tax, each.tax)
        net = min(net, each.net)
        self.left[part] = each.less(count, net, tax)

    def _amount(self, part: str, amount: Decimal) -> None:
        each = self.left[part]
        within = min(amount, each.gross)
        self.goodwill += amount - within
        tax = each.tax if within == each.gross else cents(each.tax * within / each.gross)
        self.left[part] = each.less(0, within - tax, tax)


@dataclass
class Life:
    """An order of the shop, as the shop knows it."""

    ref: str
    currency: str
    sale: Sale
    sequence: int = 0
    is_cancelled: bool = False
    off_lines: dict[str, int] = field(default_factory=dict)
    """Cancelled and given back at once, told as both."""
    backs: list[Back] = field(default_factory=list)
    payments: list[dict[str, Any]] = field(default_factory=list)
    told: list[dict[str, Any]] = field(default_factory=list)
    sales: list[Sale] = field(default_factory=list)
    is_messy: bool = False
    """A person in the ledger, or the shop, did what is left to a person: nothing is doubled, but some may be held."""
    is_bit_by_bit: bool = False
    """What is cancelled and what is given back for it are told apart, and nothing else is given back."""
    is_loose: bool = False
    """Refunds may have been booked in another sequence than they were told in: a cent may stand at another rate."""

    def kept(self, sale: Sale | None = None, *, without: frozenset[str] = frozenset()) -> Kept:
        parts = (sale or self.sale).parts()
        kept = Kept(dict(parts), parts)
        for back in self.backs:
            if back.ref not in without:
                kept.take(back)
        return kept

    @property
    def paid(self) -> Decimal:
        return sum((D(each["amount"]) for each in self.payments), ZERO)

    @property
    def paid_back(self) -> Decimal:
        return sum((D(each["amount"]) for back in self.backs for each in back.money), ZERO)

    @property
    def owed(self) -> Decimal:
        return self.kept().gross - self.paid + self.paid_back

    def by_gateway(self) -> Counter[str]:
        found: Counter[str] = Counter()
        for sign, each in [(1, each) for each in self.payments] + [(-1, m) for b in self.backs for m in b.money]:
            found[gateway_of(each)] += sign * D(each["amount"])
        return found

    def content(self, *, tracked: bool) -> dict[str, Any]:
        self.sequence += 1
        names = ("unit_price_inc_tax", "discount_inc_tax") if self.sale.with_tax else ("unit_price", "discount")
        lines = []
        for place, each in enumerate(self.sale.lines):
            line: dict[str, Any] = {
                "id": f"l{place}",
                "sku": "STOCK-MUG" if tracked and place == 0 else f"THING-{place}",
                "description": f"Thing {place}",
                "quantity": each.quantity,
                "tax_rate": each.rate,
                names[0]: f"{D(each.price) / 100:.2f}",
            }
            line |= {names[1]: f"{D(each.off) / 100:.2f}"} if each.off else {}
            lines.append(line | ({"unit_cost": "2.00"} if tracked else {}))
        said: dict[str, Any] = {
            "source": "shop", "id": self.ref, "number": self.ref, "sequence": self.sequence, "currency": self.currency,
            "dispatched": True, "ordered_at": "2026-03-01T10:00:00Z", "dispatched_at": "2026-03-05T14:02:11Z",
            "cancelled": self.is_cancelled, "lines": lines, "payments": self.payments,
            "refunds": [each.told() for each in self.backs if not each.is_hidden],
        }  # fmt: skip
        if self.sale.carriage:
            name = "price_inc_tax" if self.sale.with_tax else "price"
            said["shipping"] = {name: f"{D(self.sale.carriage.price) / 100:.2f}", "tax_rate": self.sale.carriage.rate}
        if self.off_lines:
            said["cancellations"] = [{"lines": [{"line": p, "quantity": q} for p, q in self.off_lines.items()]}]
        if self.currency != "GBP":
            said["exchange_rate"] = "1.15"
        return said


def gateway_of(payment: dict[str, Any]) -> str:
    return "gift_card" if payment.get("kind") == "gift_card" else payment["gateway"]


# ---- the ledger


@cache
def seeded() -> Snapshot:
    """A local Xero with accounts that take payments in any currency."""
    xero = LocalXero(limits="off")
    ann = signed_in(xero, xero.tenant_id("GB"))
    for name, code in ACCOUNTS.items():
        said = {"Code": code, "Name": name, "EnablePaymentsToAccount": True}
        said["Type"] = "CURRLIAB" if name == "gift_card" else "CURRENT"
        assert ann.put("/Accounts", json=said).status_code == 200
    return xero.snapshot()


class FatedReads(Fated):
    """Answers to reads are lost too."""

    def __init__(self, xero: LocalXero) -> None:
        super().__init__(xero)
        self.lost_reads = 0

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if request.method == "GET" and self.lost_reads:
            self.lost_reads -= 1
            raise httpx2.ReadError("lost", request=request)
        return super().handle_request(request)


FATES = some.lists(some.sampled_from(Fate), min_size=1, max_size=4)
CHOOSE = some.randoms(use_true_random=False)
SOLD = some.builds(
    Sold, quantity=some.integers(1, 7), price=some.integers(1, 9_999), rate=some.sampled_from(sorted(TAX_TYPES))
)
CARRIAGE = some.none() | some.builds(
    Sold, quantity=some.just(1), price=some.integers(1, 999), rate=some.sampled_from(sorted(TAX_TYPES))
)


@some.composite
def sales(draw: Any) -> Sale:
    lines = []
    for each in draw(some.lists(SOLD, min_size=1, max_size=4)):
        most = each.quantity * each.price - 1
        off = draw(some.integers(0, most)) if draw(some.integers(0, 3)) == 0 else 0
        lines.append(Sold(each.quantity, each.price, each.rate, off))
    return Sale(tuple(lines), draw(CARRIAGE), draw(some.booleans()))


class Money(DayBook):
    """The shop, its workers, and its people in the ledger."""

    @initialize(status=some.sampled_from(["AUTHORISED", "AUTHORISED", "DRAFT"]), tracked=some.booleans())
    def open(self, status: str = "AUTHORISED", tracked: bool = False) -> None:  # noqa: FBT001, FBT002
        database._clear(None)
        self.ahead = timedelta(0)
        self.tracked, self.status = tracked, status
        self.xero = LocalXero(limits="off")
        self.xero.restore(seeded())
        self.cast = opened(self.xero, status=status, tracked=tracked)
        self.wire = FatedReads(self.xero)
        self.client = HttpClient(10, self.wire)
        self.lives: dict[str, Life] = {}
        self.orders = {}
        self.asleep: list[Claimed] = []
        self.count = 0

    # rules of the machine before that are not meant here
    an_order_comes = an_order_changes = an_order_is_cancelled = an_order_comes_again = None
    what_is_posted_stands_in_the_books_under_its_id_and_mark = None
    no_mark_stands_in_the_books_twice = None

    @property
    def ann(self) -> Any:
        """A person in the ledger, whose session does not end."""
        return signed_in(self.xero, self.cast.tenant_id)

    def _next(self, stem: str) -> str:
        self.count += 1
        return f"{stem}{self.count}"

    def _pick(self, choose: Any) -> Life:
        return self.lives[choose.choice(sorted(self.lives))]

    def _tell(self, life: Life) -> None:
        content = life.content(tracked=self.tracked)
        life.told.append(deepcopy(content))
        life.sales.append(life.sale)
        self._receive(content)

    def _receive(self, content: dict[str, Any]) -> None:
        receipt = receive(self.cast.company, deepcopy(content))
        assert not receipt.problems, receipt.problems

    # ---- the shop

    @rule(sale=sales(), currency=some.sampled_from(["GBP", "GBP", "EUR"]), is_paid=some.booleans(), choose=CHOOSE)
    def it_sells(self, sale: Sale, currency: str, is_paid: bool, choose: Any) -> None:  # noqa: FBT001
        ref = f"M{len(self.lives):03}"
        self.lives[ref] = life = Life(ref, currency, sale)
        if is_paid:
            self._pay(life, life.owed, choose)
        self._tell(life)

    @precondition(lambda self: self.lives)
    @rule(choose=CHOOSE, sale=sales())
    def it_changes_an_order(self, choose: Any, sale: Sale) -> None:
        life = self._pick(choose)
        if not (life.payments or life.backs or life.is_cancelled):
            life.sale = sale
            self._tell(life)

    @precondition(lambda self: self.lives)
    @rule(choose=CHOOSE)
    def it_cancels(self, choose: Any) -> None:
        life = self._pick(choose)
        if not life.backs:
            life.is_cancelled = True
            self._tell(life)

    @precondition(lambda self: self.lives)
    @rule(choose=CHOOSE)
    def it_tells_again(self, choose: Any) -> None:
        self._receive(self._pick(choose).told[-1])

    @precondition(lambda self: self.lives)
    @rule(choose=CHOOSE)
    def it_tells_what_is_out_of_date(self, choose: Any) -> None:
        self._receive(choose.choice(self._pick(choose).told))

    @precondition(lambda self: self.lives)
    @rule(choose=CHOOSE, is_whole=some.booleans())
    def it_is_paid(self, choose: Any, is_whole: bool) -> None:  # noqa: FBT001
        life = self._pick(choose)
        if life.owed > 0 and not life.is_cancelled and self._is_as_posted(life):
            amount = life.owed if is_whole else D(choose.randint(1, int(life.owed * 100))) / 100
            self._pay(life, amount, choose)
            self._tell(life)

    def _is_as_posted(self, life: Life) -> bool:
        return len(set(life.sales)) <= 1

    def _pay(self, life: Life, amount: Decimal, choose: Any) -> None:
        """In one sum or two, by one gateway or two."""
        sums = [amount]
        if choose.random() < 0.3 and amount > CENT:
            first = D(choose.randint(1, int(amount * 100) - 1)) / 100
            sums = [first, amount - first]
        life.payments += [self._moved(each, choose) for each in sums]

    def _moved(self, amount: Decimal, choose: Any, gateway: str = "") -> dict[str, Any]:
        name = gateway or choose.choice(["stripe", "stripe", "paypal", "gift_card"])
        said = {"id": self._next("p"), "at": "2026-03-01T10:00:05Z", "amount": str(amount)}
        return said | ({"kind": "gift_card", "gateway": ""} if name == "gift_card" else {"gateway": name})

    @precondition(lambda self: self.lives)
    @rule(choose=CHOOSE, how=some.sampled_from(["counts", "counts", "amounts", "all", "bare", "goodwill", "silent"]))
    def it_gives_back(self, choose: Any, how: str) -> None:
        life = self._pick(choose)
        if life.is_cancelled or not self._is_as_posted(life) or life.is_bit_by_bit:
            return
        kept = life.kept()
        back = Back(self._next("r"), returned=choose.random() < 0.5, at=f"2026-03-0{choose.randint(2, 9)}T10:00:00Z")
        self._choose_what(back, kept, how, choose)
        after = self._after(life, back)
        if how == "goodwill" and after.gross > CENT:
            back.goodwill = D(choose.randint(1, int(after.gross * 100))) / 100
            after = self._after(life, back)
        worth = kept.gross - after.gross
        if worth <= 0 or after.gross < 0 or not self._money_back(life, back, worth, choose):
            return
        if how == "bare" and back.money and not kept.goodwill and after.gross == 0:
            back.is_all, back.counts, back.amounts = True, {}, {}
        if how == "silent":
            back.is_silent, life.is_loose = True, True
        life.backs.append(back)
        self._tell(life)

    def _choose_what(self, back: Back, kept: Kept, how: str, choose: Any) -> None:
        there = {part: each for part, each in kept.left.items() if each.gross > 0}
        lines = {part: each for part, each in there.items() if part != "carriage" and each.quantity}
        match how:
            case "counts" | "silent" | "goodwill":
                some = [part for part in lines if choose.random() < 0.5]
                back.counts = {part: choose.randint(1, lines[part].quantity) for part in some}
            case "amounts":
                some = [part for part in there if choose.random() < 0.5]
                back.amounts = {part: D(choose.randint(1, int(there[part].gross * 100))) / 100 for part in some}
            case _:
                back.counts = {part: each.quantity for part, each in lines.items()}
                back.amounts = {part: each.gross for part, each in there.items() if part not in lines}

    def _after(self, life: Life, back: Back) -> Kept:
        kept = life.kept()
        kept.take(back)
        return kept

    def _money_back(self, life: Life, back: Back, worth: Decimal, choose: Any) -> bool:
        """What was paid goes back by the gateways that brought it, as far as more was paid than is due now."""
        over = max(ZERO, worth - life.owed) if life.owed > 0 else worth
        for gateway, there in sorted(life.by_gateway().items(), key=lambda _: choose.random()):
            amount = min(over, there)
            if amount > 0:
                back.money.append(self._moved(amount, choose, gateway) | {"at": back.at})
                over -= amount
        paid_back = sum((D(each["amount"]) for each in back.money), ZERO)
        return over == 0 and paid_back in {ZERO, worth}  # the shop says all of it, or nothing at all

    @precondition(lambda self: self.lives)
    @rule(choose=CHOOSE)
    def it_cancels_a_line_and_gives_it_back(self, choose: Any) -> None:
        life = self._pick(choose)
        if life.is_cancelled or life.backs or life.off_lines or not self._is_as_posted(life):
            return
        part = f"l{choose.randrange(len(life.sale.lines))}"
        count = choose.randint(1, life.kept().left[part].quantity)
        back = Back(self._next("r"), counts={part: count}, returned=True, at="2026-03-04T10:00:00Z")
        worth = life.kept().gross - self._after(life, back).gross
        if worth > 0 and self._money_back(life, back, worth, choose):
            life.off_lines, life.is_loose = {part: count}, True
            life.backs.append(back)
            self._tell(life)

    @precondition(lambda self: self.lives)
    @rule(choose=CHOOSE)
    def it_cancels_goods(self, choose: Any) -> None:
        """And says of the money later."""
        life = self._pick(choose)
        kept = life.kept()
        if life.is_cancelled or not self._is_as_posted(life) or (life.backs and not life.is_bit_by_bit):
            return
        lines = [part for part, each in kept.left.items() if part != "carriage" and each.quantity]
        if not lines:
            return
        part = choose.choice(lines)
        count = choose.randint(1, kept.left[part].quantity)
        back = Back(self._next("r"), counts={part: count}, at="2026-03-04T10:00:00Z", is_hidden=True)
        if kept.gross - self._after(life, back).gross > 0:
            life.off_lines = dict(Counter(life.off_lines) + Counter({part: count}))
            life.is_bit_by_bit = life.is_loose = True
            life.backs.append(back)
            self._tell(life)

    @precondition(lambda self: any(each.is_hidden for life in self.lives.values() for each in life.backs))
    @rule(choose=CHOOSE)
    def it_gives_back_what_was_cancelled(self, choose: Any) -> None:
        self._reveal(choose.choice([life for life in self.lives.values() if self._hidden(life)]), choose)

    def _hidden(self, life: Life) -> list[Back]:
        return [each for each in life.backs if each.is_hidden]

    def _reveal(self, life: Life, choose: Any) -> None:
        """One of them, or all in one refund; of what is not paid there is no money to tell of."""
        hidden = self._hidden(life)
        whole = sum((each.gross for each in life.sale.parts().values()), ZERO)
        if whole != life.paid:
            for each in hidden:
                each.is_hidden = False
        else:
            some = hidden if choose.random() < 0.5 else [choose.choice(hidden)]
            worth = self._worth_of(life, some)
            first = some[0]
            life.backs = [each for each in life.backs if each not in some[1:]]
            first.counts = dict(sum((Counter(each.counts) for each in some), Counter()))
            first.is_hidden = False
            for gateway, there in sorted(life.by_gateway().items(), key=lambda _: choose.random()):
                if (amount := min(worth, there)) > 0:
                    first.money.append(self._moved(amount, choose, gateway) | {"at": first.at})
                    worth -= amount
        self._tell(life)

    def _worth_of(self, life: Life, some: list[Back]) -> Decimal:
        """As they were credited, one after the other."""
        parts = life.sale.parts()
        kept, worth = Kept(dict(parts), parts), ZERO
        for each in life.backs:
            before = kept.gross
            kept.take(each)
            worth += before - kept.gross if each in some else ZERO
        return worth

    # ---- people

    @precondition(lambda self: any(each.is_silent for life in self.lives.values() for each in life.backs))
    @rule(choose=CHOOSE)
    def somebody_types_what_was_given_back(self, choose: Any) -> None:
        self._type(choose.choice([(life, b) for life in self.lives.values() for b in life.backs if b.is_silent]))

    def _type(self, which: tuple[Life, Back]) -> None:
        life, back = which
        order = Order.objects.get(company=self.cast.company, source_id=life.ref)
        try:
            person = people.add_person("ann@acme.example")
        except Exception:  # noqa: BLE001 - she is there
            from daybook.companies.models import Person

            person = Person.objects.get(email="ann@acme.example")
        if typing_refunds.typable(order, back.ref):
            typing_refunds.type_refund(order, back.ref, back.amounts_said(), person)

    @precondition(lambda self: self.status == "DRAFT" and self.lives)
    @rule(choose=CHOOSE)
    def somebody_approves(self, choose: Any) -> None:
        self._approve(lambda: choose.random() < 0.6)

    @precondition(lambda self: self.status == "DRAFT" and self.lives)
    @rule()
    def changes_are_looked_for(self) -> None:
        self.cast.connection.refresh_from_db()
        watching.look_for_changes(self.cast.connection, self.client, now=clock.now())
        self._prepare_what_was_woken()

    def _approve(self, wants: Any) -> None:
        for name, key in (("Invoices", "InvoiceID"), ("CreditNotes", "CreditNoteID")):
            for each in self._ours(name):
                if each["Status"] == "DRAFT" and wants():
                    answer = self.ann.post(
                        f"/{name}/{each[key]}", params={"allowBackorders": "true"}, json={"Status": "AUTHORISED"}
                    )
                    assert answer.status_code == 200, answer.text

    @precondition(lambda self: self.lives)
    @rule(choose=CHOOSE, is_whole=some.booleans())
    def somebody_pays_there(self, choose: Any, is_whole: bool) -> None:  # noqa: FBT001
        if choose.random() < 0.7:
            return
        there = [each for each in self._ours("Invoices") if each["Status"] == "AUTHORISED" and each["AmountDue"]]
        if there:
            one = choose.choice(there)
            due = money(one["AmountDue"])
            said = {
                "Invoice": {"InvoiceID": one["InvoiceID"]}, "Account": {"Code": "093"}, "Date": "2026-03-06",
                "Amount": str(due if is_whole else max(CENT, cents(due / 3))), "Reference": "bank line",
            }  # fmt: skip
            answer = self.ann.put("/Payments", json={"Payments": [said]})
            assert answer.status_code == 200, answer.text
            self.lives[one["InvoiceNumber"]].is_messy = True

    @precondition(lambda self: self.lives)
    @rule(choose=CHOOSE)
    def somebody_allocates_there(self, choose: Any) -> None:
        notes = [
            each for each in self._ours("CreditNotes") if each["Status"] == "AUTHORISED" and each["RemainingCredit"]
        ]
        if notes and choose.random() < 0.3:
            note = choose.choice(notes)
            number = note["CreditNoteNumber"].rpartition("-CR")[0]
            (invoice,) = [each for each in self._ours("Invoices") if each["InvoiceNumber"] == number]
            amount = min(money(note["RemainingCredit"]), money(invoice["AmountDue"]))
            if invoice["Status"] == "AUTHORISED" and amount > 0:
                said = {"Amount": str(amount), "Invoice": {"InvoiceID": invoice["InvoiceID"]}}
                where = f"/CreditNotes/{note['CreditNoteID']}/Allocations"
                answer = self.ann.put(where, json={"Allocations": [said]})
                assert answer.status_code == 200, answer.text
                self.lives[number].is_messy = True

    # ---- workers

    @rule(fates=FATES, lost_reads=some.sampled_from([0, 0, 0, 1, 2]))
    def a_worker_posts(self, fates: list[Fate], lost_reads: int = 0) -> None:
        self.wire.lost_reads = lost_reads
        super().a_worker_posts(fates)
        self.wire.lost_reads = 0

    @rule()
    def a_worker_posts_well(self) -> None:
        self._as_a_worker(lambda: drain.drain(self.cast.connection.pk, self.client))

    def _claimed(self) -> Claimed | None:
        sender = self._sender()
        if sender is None:
            return None
        for route in ("Invoices", "CreditNotes", "Payments", "Allocations", "PurchaseOrders"):
            if route not in sender.ledger.routes:
                continue
            try:
                claimed = claiming.claim(self.cast.connection, sender, Batch(route, batching.MAX_DOCUMENTS))
            except WireError:
                continue
            if claimed:
                return claimed
        return None

    # ---- laws, after each step

    def _ours(self, name: str) -> list[dict[str, Any]]:
        if not hasattr(self, "cast"):
            return []
        return [each for each in self.cast.books()[name] if "[db:" in (each.get("Reference") or "")]

    @invariant()
    def the_books_hold(self) -> None:
        if not hasattr(self, "cast"):
            return
        books = self.cast.books()
        ours = {
            name: [each for each in books[name] if "[db:" in (each.get("Reference") or "")]
            for name in ("Invoices", "CreditNotes")
        }
        for name, rows in ours.items():
            marks = [each["Reference"] for each in rows]
            assert len(set(marks)) == len(marks), name
        self._posted_stand_there(ours)
        self._nothing_settled_twice(books, ours)
        self._no_line_is_credited_beyond_its_sale(ours)

    def _posted_stand_there(self, ours: dict[str, list[dict[str, Any]]]) -> None:
        marks = {row[key]: row["Reference"] for name, key in _IDS for row in ours[name]}
        for entry in Entry.objects.filter(state=State.POSTED, kind__in=["invoice", "credit_note"]):
            assert f"[db:{entry.public_id}]" in marks[entry.their_id]

    def _nothing_settled_twice(self, books: dict[str, Any], ours: dict[str, list[dict[str, Any]]]) -> None:
        live = [each for each in books["Payments"] if each["Status"] == "AUTHORISED"]
        references = Counter((each["Reference"], each["Invoice"]["InvoiceID"]) for each in live)
        references = Counter({key: count for key, count in references.items() if key[0] != "bank line"})
        assert all(count == 1 for count in references.values()), references
        for note in ours["CreditNotes"]:
            settled = sum((money(each["Amount"]) for each in note["Allocations"]), ZERO)
            assert settled <= money(note["Total"])
        for invoice in ours["Invoices"]:
            assert money(invoice["AmountDue"]) >= 0
            paid = money(invoice["AmountPaid"]) + money(invoice["AmountCredited"])
            assert paid <= money(invoice["Total"])

    def _no_line_is_credited_beyond_its_sale(self, ours: dict[str, list[dict[str, Any]]]) -> None:
        left: defaultdict[tuple[str, str, str], Decimal] = defaultdict(lambda: ZERO)
        for ref, sign, line in _lines(ours):
            if line["AccountCode"] == SALES:
                left[ref, line["TaxType"], "tax"] += sign * money(line["TaxAmount"])
                left[ref, line["TaxType"], "amount"] += sign * money(line["LineAmount"])
        assert all(each >= 0 for each in left.values()), left

    # ---- the end

    def _settle_all(self) -> None:
        while self.asleep:
            self.a_worker_wakes_well()
        for life in self.lives.values():
            while self._hidden(life):
                self._reveal(life, random.Random(1))
            for back in life.backs:
                if back.is_silent:
                    self._type((life, back))
        for _ in range(FULL_ROUNDS):
            self.time_passes(1300)
            prepare.prepare_overdue(before=clock.now())
            self._prepare_what_was_woken()
            resolve(self.client, now=clock.now(), patience=PATIENCE)
            self._as_a_worker(lambda: drain.drain(self.cast.connection.pk, self.client))
            if self.status == "DRAFT":
                self._approve(lambda: True)
                self.changes_are_looked_for()

    def _compare(self) -> None:
        self.the_books_hold()
        books = self.cast.books()
        ours = {name: self._ours(name) for name in ("Invoices", "CreditNotes")}
        for life in self.lives.values():
            mine = Entry.objects.filter(company=self.cast.company, order__source_id=life.ref)
            unsettled = list(mine.exclude(state__in=FINAL).values_list("kind", "key", "state", "cause", "detail"))
            if not life.is_messy and self._is_as_posted(life):
                assert not unsettled, f"{unsettled} {_trace(life)}"
            sale = self._sale_that_was_posted(life, ours)
            if sale is not None and not any(kind in {"invoice", "credit_note"} for kind, *_ in unsettled):
                self._compare_sale(life, sale, ours)
                if not life.is_messy and self._is_as_posted(life):
                    self._compare_money(life, sale, books)
                    if life.currency == "GBP":
                        self._compare_balances(life, sale)

    def _sale_that_was_posted(self, life: Life, ours: dict[str, list[dict[str, Any]]]) -> Sale | None:
        there = [each for each in ours["Invoices"] if each["InvoiceNumber"] == life.ref]
        if not there:
            assert life.is_cancelled or life.kept().gross == 0, life
            return None
        assert len(there) == 1
        noted = Entry.objects.filter(order__source_id=life.ref, kind="invoice").exclude(attention="").exists()
        if self._is_as_posted(life) or not noted:
            return life.sale
        whole = money(there[0]["Total"])
        return next(each for each in life.sales if each.gross == whole)

    def _compare_sale(self, life: Life, sale: Sale, ours: dict[str, list[dict[str, Any]]]) -> None:
        found: Counter[tuple[str, str]] = Counter()
        for ref, sign, line in _lines(ours):
            if ref == life.ref:
                found[line["AccountCode"], line["TaxType"]] += sign * line["net"]
                found["tax", line["TaxType"]] += sign * money(line["TaxAmount"])
        wanted = self._wanted(life, sale)
        slack = CENT * (len(life.backs) + 1) if life.is_loose else ZERO
        for key in {*found, *wanted}:
            assert abs(found[key] - wanted[key]) <= slack, (key, found, wanted, life)
        assert sum(found.values()) == sum(wanted.values()), (found, wanted, life)

    def _wanted(self, life: Life, sale: Sale) -> Counter[tuple[str, str]]:
        wanted: Counter[tuple[str, str]] = Counter()
        if life.is_cancelled:
            return wanted
        kept = life.kept(sale)
        for part, each in kept.left.items():
            tax_type = TAX_TYPES[sale.rate_of(part)]
            wanted[SALES, tax_type] += each.net
            wanted["tax", tax_type] += each.tax
        wanted[GOODWILL, "NONE"] -= kept.goodwill
        return wanted

    def _compare_money(self, life: Life, sale: Sale, books: dict[str, Any]) -> None:
        if life.is_cancelled and life.paid:
            return  # it waits for what the shop says of the money
        found: Counter[str] = Counter()
        codes = {each["AccountID"]: each["Code"] for each in books["Accounts"]}
        numbers = self._documents_of(life)
        for each in books["Payments"]:
            if each["Status"] == "AUTHORISED" and each["Invoice"].get("InvoiceID") in numbers:
                sign = 1 if each["PaymentType"] == "ACCRECPAYMENT" else -1
                code = each["Account"].get("Code") or codes[each["Account"]["AccountID"]]
                found[code] += sign * money(each["Amount"])
        wanted = Counter({ACCOUNTS[name]: amount for name, amount in life.by_gateway().items()})
        assert {k: v for k, v in found.items() if v} == {k: v for k, v in wanted.items() if v}, life

    def _documents_of(self, life: Life) -> set[str]:
        mine = Entry.objects.filter(order__source_id=life.ref, kind__in=["invoice", "credit_note"])
        return set(mine.exclude(their_id="").values_list("their_id", flat=True))

    def _compare_balances(self, life: Life, sale: Sale) -> None:
        mine = ledger.balances(self.xero.books(self.cast.tenant_id), life.ref)
        found = {each.code: each.balance for each in mine.accounts}
        stock = sum((found.pop(code, ZERO) for code in STOCK), ZERO)
        assert stock == 0, life
        wanted: Counter[str] = Counter()
        for (account, _), amount in self._wanted(life, sale).items():
            wanted[VAT if account == "tax" else account] -= amount
        if not life.is_cancelled or not life.paid:
            for name, amount in life.by_gateway().items():
                wanted[ACCOUNTS[name]] += amount
        else:
            for name in ACCOUNTS.values():
                found.pop(name, None)
            found.pop(DEBTORS, None)
        if not life.is_cancelled:
            wanted[DEBTORS] += life.kept(sale).gross - life.paid + life.paid_back
        slack = CENT * (len(life.backs) + 1) if life.is_loose else ZERO
        for code in {*found, *wanted}:
            assert abs(found.get(code, ZERO) - wanted[code]) <= (slack if code in {SALES, VAT} else 0), (
                code, found, wanted, life,
            )  # fmt: skip


def _trace(life):
    from daybook.history.models import Event

    out = ["", repr(life.sale)]
    for t in life.told:
        out.append(
            f"TOLD {t['sequence']} cancelled={t['cancelled']} canc={t.get('cancellations')} refunds={t['refunds']} payments={t['payments']}"
        )
    for e in Entry.objects.filter(order__source_id=life.ref).order_by("pk"):
        out.append(f"ENTRY {e.pk} {e.kind} {e.key} {e.number} {e.state} {e.gross} {e.cause} {e.detail} {e.attention}")
        for ev in Event.objects.filter(subject_kind="entry", subject_id=e.pk).order_by("pk"):
            out.append(
                f"   {ev.at:%d %H:%M:%S} {ev.old_state}>{ev.new_state} {ev.mover} {ev.detail if hasattr(ev, 'detail') else ''}"
            )
    return chr(10).join(out)


_IDS = (("Invoices", "InvoiceID"), ("CreditNotes", "CreditNoteID"))


def _lines(ours: dict[str, list[dict[str, Any]]]) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """Lines of live documents, by order, what is given back below 0, with their net."""
    for name, number, sign in (("Invoices", "InvoiceNumber", 1), ("CreditNotes", "CreditNoteNumber", -1)):
        for each in ours[name]:
            if each["Status"] in {"VOIDED", "DELETED"}:
                continue
            for line in each["LineItems"]:
                inclusive = each["LineAmountTypes"] == "Inclusive"
                net = money(line["LineAmount"]) - (money(line["TaxAmount"]) if inclusive else ZERO)
                yield each[number].rpartition("-CR")[0] or each[number], sign, line | {"net": net}


def opened(xero: LocalXero, *, status: str, tracked: bool) -> Cast:
    cast = connected(xero, tracked=tracked)
    PostingSettings.objects.filter(connection=cast.connection).update(
        post_credit_notes=True, post_payments=True, document_status=status, allow_backorders=True
    )
    ids = {each.code: each.account_id for each in xero.books(cast.tenant_id).accounts.values()}
    Gateway.objects.bulk_create(
        Gateway(connection=cast.connection, name=name, currency=currency, account_id=ids[code])
        for name, code in ACCOUNTS.items()
        for currency in ("GBP", "EUR")
    )
    for kind in ("goodwill", "excess"):
        LineAccount.objects.create(connection=cast.connection, kind=kind, account=GOODWILL, tax_type="NONE")
    return cast


def test_the_books_say_what_the_orders_say_whatever_comes():
    run_state_machine_as_test(
        Money,
        settings=settings(
            max_examples=int(os.environ.get("LAWS", "6")),
            derandomize="LAWS" not in os.environ,  # the same sequences in every run; LAWS=200 plays others
            stateful_step_count=25,
            phases=[Phase.explicit, Phase.generate],
            print_blob="LAWS" in os.environ,
            deadline=None,
        ),
    )
