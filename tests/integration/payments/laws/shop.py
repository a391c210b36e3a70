"""The shop: it sells, changes, cancels, is paid and gives back, and tells of it."""

from collections import Counter
from copy import deepcopy
from decimal import Decimal
from typing import Any

from hypothesis import strategies as some
from hypothesis.stateful import precondition, rule

from daybook.intake.receive import receive
from tests.integration.payments.laws.model import CENT, TAX_TYPES, ZERO, Back, D, Kept, Life, Sale, Sold
from tests.integration.posting.test_laws import DayBook
from tests.world import Cast

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


class Shop(DayBook):
    """One that has orders paid by three gateways, in two currencies."""

    cast: Cast
    tracked: bool
    lives: dict[str, Life]
    count: int

    # rules of the machine before that are not meant here
    an_order_comes = an_order_changes = an_order_is_cancelled = an_order_comes_again = None
    what_is_posted_stands_in_the_books_under_its_id_and_mark = None
    no_mark_stands_in_the_books_twice = None

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
        if not (life.backs and life.is_bit_by_bit):
            life.is_cancelled = True
            self._tell(life)

    @precondition(lambda self: any(life.is_cancelled for life in self.lives.values()))
    @rule(choose=CHOOSE, is_whole=some.booleans())
    def it_gives_back_what_was_paid_for_a_cancelled_order(self, choose: Any, is_whole: bool) -> None:  # noqa: FBT001
        """And says only how much: some of it, or all."""
        life = choose.choice([life for life in self.lives.values() if life.is_cancelled])
        rest = life.paid - life.paid_back  # some of it may have gone back as credit to spend
        there = {gateway: min(amount, rest) for gateway, amount in life.by_gateway().items() if min(amount, rest) > 0}
        if not there or not self._is_as_posted(life):
            return
        gateway = choose.choice(sorted(there))
        amount = there[gateway] if is_whole else D(choose.randint(1, int(there[gateway] * 100))) / 100
        at = f"2026-03-0{choose.randint(6, 9)}T10:00:00Z"
        back = Back(self._next("r"), at=at, is_all=True)
        back.money.append(self._moved(amount, choose, gateway) | {"at": at})
        life.backs.append(back)
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
        if how == "bare" and life.owed < kept.gross:
            back.is_all, back.counts, back.amounts = True, {}, {}
        after = self._after(life, back)
        if how == "goodwill" and after.gross > CENT:
            back.goodwill = D(choose.randint(1, int(after.gross * 100))) / 100
            after = self._after(life, back)
        worth = kept.gross - after.gross
        if worth <= 0 or after.gross < 0 or not self._money_back(life, back, worth, choose):
            return
        if back.is_all and not back.money:
            return
        if choose.random() < 0.15:  # as credit to spend, whatever way it came
            back.money = [self._moved(D(each["amount"]), choose, "gift_card") | {"at": back.at} for each in back.money]
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
            life.is_messy |= (
                life.owed < 0
            )  # more was paid than is left, and nobody says that it went back: a person asks
        else:
            some = hidden if choose.random() < 0.5 else [choose.choice(hidden)]
            worth = self._worth_of(life, some)
            first = some[0]
            life.backs = [each for each in life.backs if each not in some[1:]]
            first.bits = [each.counts for each in some]
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
