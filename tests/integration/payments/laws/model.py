"""What each order must come to, worked out from the orders as they were sent, by the rules of docs/orders.md and with no line
of Daybook's.
"""

from collections import Counter
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

D, ZERO, CENT = Decimal, Decimal(0), Decimal("0.01")
TAX_TYPES = {"0.2": "OUTPUT2", "0.05": "RROUTPUT", "0": "ZERORATEDOUTPUT"}


def cents(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)


def money(value: object) -> Decimal:
    return Decimal(str(value or 0))


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
    bits: list[dict[str, int]] = field(default_factory=list)
    """Of the counts, where they were cancelled one after the other and credited so: each was rounded by itself."""
    amounts: dict[str, Decimal] = field(default_factory=dict)
    returned: bool = False
    goodwill: Decimal = ZERO
    money: list[dict[str, Any]] = field(default_factory=list)
    is_all: bool = False
    """It says only how much moved: all that was left."""
    is_silent: bool = False
    """The shop says nothing of it; a person types it in."""
    is_typed: bool = False
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
            self.left, self.goodwill = {part: Left(0, ZERO, ZERO) for part in self.left}, ZERO
        for part, count in (each for bit in back.bits or [back.counts] for each in bit.items()):
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
    def is_of_quantities_only(self) -> bool:
        """Nobody says what was given back was worth: of three for 10.00 one is 3.33 or 3.34, as what is left comes to."""
        return self.is_loose and not any(back.money for back in self.backs)

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
