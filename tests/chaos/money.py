"""PURE: what is paid for an order of a trial and given back, when its OMS tells of that, and what must come of it.

    versions    in production -> dispatched -> paid -> given back -> the rest given back

Whether a refund comes before or after its invoice has left is a race that either may win: then it lowers the invoice or
becomes a credit note. So an order has alternatives, and what stands on the accounts is the same in all of them.
"""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from tests.chaos.cast import BILLED, CENT, GIFT_CARD, UNMAPPED, Account, Paper, Role, cents

ZERO = Decimal(0)
GOODWILL = Decimal("0.77")


@dataclass(frozen=True, slots=True)
class Sum:
    """Money that moved: in, or back out."""

    id: str
    gateway: str
    amount: Decimal
    fee: Decimal = ZERO
    """What the gateway kept of it when it paid out; 0: nobody says so."""

    @property
    def content(self) -> dict[str, Any]:
        """Return it as an order tells of it."""
        kind = {"kind": GIFT_CARD} if self.gateway == GIFT_CARD else {"gateway": self.gateway}
        paid_out = {"fee": str(self.fee), "payout": {"id": self.payout, "date": "2026-03-07"}} if self.fee else {}
        return {"id": self.id, "amount": str(self.amount), **kind, **paid_out}

    @property
    def payout(self) -> str:
        """Return the gateway's id of the payout that it alone is in: whatever else is told, its fee stays the same."""
        return f"po_{self.id}"

    @property
    def reference(self) -> str:
        """Return what it is called in the books."""
        return f"{self.gateway.replace('_', ' ')} {self.id}"


@dataclass(frozen=True, slots=True)
class Part:
    """What a refund gives back of a line."""

    line: dict[str, Any]
    quantity: int
    net: Decimal
    tax: Decimal
    is_said: bool
    is_returned: bool

    @property
    def content(self) -> dict[str, Any]:
        """Return it as an order tells of it."""
        said = {"amounts": {"net": str(self.net), "tax": str(self.tax)}} if self.is_said else {}
        return {"line": self.line["id"], "quantity": self.quantity, "returned": self.is_returned, **said}


@dataclass(frozen=True, slots=True)
class Refund:
    """One refund."""

    id: str
    parts: tuple[Part, ...]
    goodwill: Decimal = ZERO
    back: tuple[Sum, ...] = ()
    """The money that moved; none where what was given back had not been paid."""

    @property
    def totals(self) -> tuple[Decimal, Decimal, Decimal]:
        """Return net, tax and gross."""
        net = sum((each.net for each in self.parts), self.goodwill)
        tax = sum((each.tax for each in self.parts), ZERO)
        return net, tax, net + tax

    @property
    def content(self) -> dict[str, Any]:
        """Return it as an order tells of it."""
        more: dict[str, Any] = {}
        if self.goodwill:
            more["adjustments"] = [{"reason": "Sorry", "amounts": {"gross": str(self.goodwill)}}]
        if self.back:
            more["payments"] = [each.content for each in self.back]
        at = "2026-03-09T10:00:00Z"
        return {"id": self.id, "at": at, "reason": "Broken", "lines": [each.content for each in self.parts], **more}


@dataclass(frozen=True, slots=True)
class Step:
    """What one version of the order tells."""

    is_dispatched: bool
    paid: int
    refunded: int


@dataclass(frozen=True, slots=True)
class Story:
    """What becomes of one order's money."""

    role: Role
    number: str
    lines: Sequence[dict[str, Any]]
    paid: tuple[Sum, ...] = ()
    refunds: tuple[Refund, ...] = ()
    steps: tuple[Step, ...] = (Step(is_dispatched=True, paid=0, refunded=0),)

    def told_in(self, step: Step) -> dict[str, Any]:
        """Return what a version says of the money."""
        at = "2026-03-04T10:00:00Z"
        found: dict[str, Any] = {}
        if step.paid:
            found["payments"] = [{"at": at, **each.content} for each in self.paid[: step.paid]]
        if step.refunded:
            found["refunds"] = [each.content for each in self.refunds[: step.refunded]]
        return found

    @property
    def needy(self) -> int:
        """Return how many of its payments must wait for a person."""
        return sum(each.gateway == UNMAPPED for each in self.paid)

    def alternatives(self) -> tuple[frozenset[Paper], ...]:
        """Return what may stand in the books, purchase orders apart: by how many refunds came before the invoice left."""
        surely = next(each.refunded for each in self.steps if each.is_dispatched)
        return tuple(frozenset(self._papers(count)) for count in range(surely, len(self.refunds) + 1))

    def _papers(self, lowered: int) -> Iterator[Paper]:
        less, credited = self.refunds[:lowered], self.refunds[lowered:]
        yield from self._bills()
        whole = totals(self.lines)
        rest = [was - sum((each.totals[n] for each in less), ZERO) for n, was in enumerate(whole)]
        if less and rest[2] == 0:
            return
        yield self._paper("invoice", self.number, *rest)
        for each in _less(self.paid, [one for refund in less for one in refund.back]):
            if each.gateway != UNMAPPED:
                yield self._moved("payment", self.number, each)
        for count, refund in enumerate(credited, start=1):
            note = f"{self.number}-CR{count}"
            yield self._paper("credit_note", note, *refund.totals)
            for each in refund.back:
                yield self._moved("refund", note, each)
            if not refund.back:
                yield self._paper("allocation", f"{note}: {self.number}", refund.totals[2])

    def _bills(self) -> Iterator[Paper]:
        """What gateways kept is billed, whatever becomes of the sale."""
        for each in self.paid:
            if each.fee:
                bill, fee = f"{each.gateway}-{each.payout}-{self.role.currency}", f"{each.fee:.2f}"
                yield self._paper("bill", bill, each.fee, ZERO, each.fee)
                named = f"{bill}: {each.gateway} {each.payout} fees"
                yield Paper(self.role.country, "bill_payment", named, (fee, self.role.clearing[each.gateway]))

    def _moved(self, kind: str, settles: str, moved: Sum) -> Paper:
        account = self.role.clearing[moved.gateway]
        amount = f"{moved.amount:.2f}"
        return Paper(self.role.country, kind, f"{settles}: {moved.reference}", (amount, account))

    def _paper(self, kind: str, number: str, *amounts: Decimal) -> Paper:
        return Paper(self.role.country, kind, number, tuple(f"{each:.2f}" for each in amounts))

    def balances(self) -> Counter[Account]:
        """Return in cents what the order brings to each account, debits above 0; "tax ..." is by tax type."""
        role, found = self.role, Counter[str]()
        parts = [(line, net_of(line), tax_of(line), 1) for line in self.lines]
        parts += [(each.line, each.net, each.tax, -1) for refund in self.refunds for each in refund.parts]
        for line, net, tax, sign in parts:
            found[role.sales] -= sign * _in_cents(net)
            found[role.tax] -= sign * _in_cents(tax)
            found[f"tax {role.taxes[line['tax_rate']]}"] -= sign * _in_cents(tax)
        for refund in self.refunds:
            found[role.goodwill] += _in_cents(refund.goodwill)
        for sign, moved in [*((1, each) for each in self.paid), *((-1, one) for r in self.refunds for one in r.back)]:
            if moved.gateway != UNMAPPED:
                found[role.clearing[moved.gateway]] += sign * _in_cents(moved.amount)
        found[role.debtors] = -sum(amount for account, amount in found.items() if not account.startswith("tax "))
        for moved in self.paid:
            found[role.fees] += _in_cents(moved.fee)
            found[role.clearing.get(moved.gateway, "")] -= _in_cents(moved.fee)
        return Counter({(role.country, account): amount for account, amount in found.items()})


def _in_cents(amount: Decimal) -> int:
    return int(amount * 100)


def net_of(line: dict[str, Any], price: str = "unit_price", quantity: int | None = None) -> Decimal:
    """Return what a line comes to without tax."""
    return cents((line["quantity"] if quantity is None else quantity) * Decimal(line[price]))


def tax_of(line: dict[str, Any], quantity: int | None = None) -> Decimal:
    """Return the tax of a line."""
    return cents(net_of(line, quantity=quantity) * Decimal(line["tax_rate"]))


def totals(lines: Sequence[dict[str, Any]]) -> tuple[Decimal, Decimal, Decimal]:
    """Return net, tax and gross of an order."""
    net = sum((net_of(line) for line in lines), ZERO)
    tax = sum((tax_of(line) for line in lines), ZERO)
    return net, tax, net + tax


def whole(number: str, lines: Sequence[dict[str, Any]]) -> Refund:
    """Return that all of an order is given back which was never paid."""
    parts = (
        Part(each, each["quantity"], net_of(each), tax_of(each), is_said=False, is_returned=True) for each in lines
    )
    return Refund(f"re_{number}", tuple(parts))


def tell(chance: random.Random, role: Role, number: str, lines: Sequence[dict[str, Any]], *, changed: bool) -> Story:
    """Draw what becomes of an order's money."""
    gross = totals(lines)[2]
    paid = tuple(_with_fees(role, number, _paid(chance, number, gross)))
    refunds = tuple(_refunds(chance, number, lines, gross, paid))
    return Story(role, number, lines, paid, refunds, _steps(chance, len(paid), len(refunds), changed=changed))


def _steps(chance: random.Random, paid: int, refunded: int, *, changed: bool) -> tuple[Step, ...]:
    """Paid before dispatch, with it or after; given back later, now and then before anything is posted."""
    when = chance.choice(("before", "with", "after"))
    at_once = int(refunded and chance.random() < 0.25)
    early = paid if when == "before" else 0
    first = [Step(is_dispatched=False, paid=early, refunded=0)] if changed or early else []
    sent = Step(is_dispatched=True, paid=paid if when != "after" or at_once else paid // 2, refunded=at_once)
    later = [Step(is_dispatched=True, paid=paid, refunded=0)] if sent.paid != paid else []
    back = [Step(is_dispatched=True, paid=paid, refunded=count) for count in range(at_once + 1, refunded + 1)]
    return (*first, sent, *later, *back)


def _paid(chance: random.Random, number: str, gross: Decimal) -> Iterator[Sum]:
    how = chance.choices(
        ["not", "one", "halves", "two gateways", "in part", "unmapped"], weights=[25, 30, 15, 17, 10, 3]
    )[0]
    if how == "not" or gross < 1:
        return
    half, one, other = cents(gross / 2 - CENT / 2), *chance.sample(("stripe", "paypal", GIFT_CARD), 2)
    match how:
        case "one":
            shares = [(one, gross)]
        case "halves":
            shares = [(one, half), (one, half), (one, gross - 2 * half)]
        case "two gateways":
            shares = [(one, half), (other, gross - half)]
        case "in part":
            shares = [(one, cents(gross * chance.randint(10, 80) / 100))]
        case _:
            shares = [(UNMAPPED, gross)]
    yield from (Sum(f"ch_{number}_{n}", by, amount) for n, (by, amount) in enumerate(shares, start=1) if amount)


def _with_fees(role: Role, number: str, paid: Iterator[Sum]) -> Iterator[Sum]:
    """Now and then the gateway kept something; drawn by itself, so that all else of a seed stays as it is."""
    chance = random.Random(f"fees {number}")
    for each in paid:
        is_told = role.fees and each.gateway == BILLED and chance.random() < 0.3
        yield replace(each, fee=Decimal(chance.randint(1, 99)) / 100) if is_told else each


def _refunds(
    chance: random.Random, number: str, lines: Sequence[dict[str, Any]], gross: Decimal, paid: Sequence[Sum]
) -> Iterator[Refund]:
    """One order in eight gets something back: lines, a part of one, all, or a part and later the rest."""
    if chance.random() > 0.13 or gross < 2 or any(each.gateway == UNMAPPED for each in paid):
        return
    how = chance.choice(("lines", "part", "all", "part and rest"))
    chosen = chance.sample(lines, chance.randint(1, max(1, len(lines) - 1)))
    some = next((line for line in lines if line["quantity"] > 1), None)
    asked: list[list[Part]]
    if how == "lines":
        asked = [[_part(chance, line, line["quantity"]) for line in chosen]]
    elif how == "all" or some is None:
        asked = [[_part(chance, line, line["quantity"]) for line in lines]]
    else:
        first = _part(chance, some, chance.randint(1, some["quantity"] - 1))
        rest = [_part(chance, line, line["quantity"]) for line in lines if line is not some]
        asked = [[first], [_rest(first), *rest]][: 1 if how == "part" else 2]
    goodwill = GOODWILL if how in {"lines", "part"} and len(lines) > 1 and chance.random() < 0.2 else ZERO
    refunds = [Refund(f"re_{number}_{n}", tuple(parts), goodwill) for n, parts in enumerate(asked, start=1)]
    yield from _with_money(chance, refunds, gross, paid)


def _part(chance: random.Random, line: dict[str, Any], quantity: int) -> Part:
    is_whole = quantity == line["quantity"]
    net, tax = net_of(line, quantity=quantity), tax_of(line, quantity)
    return Part(line, quantity, net, tax, is_said=not is_whole, is_returned=chance.random() < 0.5)


def _rest(first: Part) -> Part:
    line = first.line
    net, tax = net_of(line) - first.net, tax_of(line) - first.tax
    return replace(first, quantity=line["quantity"] - first.quantity, net=net, tax=tax, is_said=False)


def _with_money(
    chance: random.Random, refunds: Sequence[Refund], gross: Decimal, paid: Sequence[Sum]
) -> Iterator[Refund]:
    """Give back as money what was paid; what was not is set against the invoice. A refund that is both does not come."""
    open_there, pots = gross - sum((each.amount for each in paid), ZERO), [[each, each.amount] for each in paid]
    chance.shuffle(pots)
    for refund in refunds:
        asked = refund.totals[2]
        if asked <= open_there:
            open_there -= asked
            yield refund
            continue
        if asked > sum(left for _, left in pots) or asked <= 0:
            return
        back = list[Sum]()
        for pot in pots:
            taken = min(pot[1], asked)
            if taken:
                pot[1], asked = pot[1] - taken, asked - taken
                back.append(Sum(f"rf_{refund.id}_{len(back) + 1}", pot[0].gateway, taken))
        yield replace(refund, back=tuple(back))


def _less(paid: Sequence[Sum], back: Sequence[Sum]) -> list[Sum]:
    """Return the payments less what went back before there was an invoice: off the last of the same gateway."""
    left = [each.amount for each in paid]
    for one in back:
        over = one.amount
        mine = [n for n, each in enumerate(paid) if each.gateway == one.gateway]
        for n in reversed(mine):
            taken = min(over, left[n])
            left[n], over = left[n] - taken, over - taken
    return [replace(each, amount=amount) for each, amount in zip(paid, left, strict=True) if amount]
