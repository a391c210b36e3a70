"""An order that leaves in parts: a document each, which together are the order, to the cent, whatever comes when."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daybook.documents import stored
from daybook.documents.causes import Cause, Hold
from daybook.documents.document import Invoice
from daybook.documents.kinds import Kind
from daybook.intake.due import PostWhen
from daybook.intake.intents import CompanyRules, Flag, Received, Stand
from daybook.outbox.states import State
from tests.unit.intake.test_plan import NEW, RULES_OF_ACME, after, an_order, planned
from tests.unit.mapping.shops import TAX_RATES, TAX_TYPES

D = Decimal
IN_PARTS = replace(
    RULES_OF_ACME,
    timing=replace(RULES_OF_ACME.timing, post_when=PostWhen.PART_DISPATCHED),
    mapping=replace(RULES_OF_ACME.mapping, currencies=frozenset({"GBP", "JPY"})),
)


def line(number: int, quantity: int = 2, price: str = "6.25", **more: object) -> dict:
    return {
        "id": str(number),
        "sku": f"SKU{number}",
        "description": f"Thing {number}",
        "quantity": quantity,
        "unit_price": price,
        "tax_rate": "0.2",
        **more,
    }


def shipment(name: str, day: int, **quantities: object) -> dict:
    lines = [{"line": number[1:], "quantity": str(quantity)} for number, quantity in quantities.items()]
    return {"id": name, "dispatched_at": f"2026-11-{day:02}T10:00:00Z", "lines": lines}


def received(*shipments: dict, **changes: object) -> Received:
    said: dict[str, object] = {"dispatched": False, "dispatched_at": None, "lines": [line(1), line(2, 3, "3.33")]}
    return an_order(**{**said, "shipments": list(shipments), **changes})


def gone(stand: Stand, *numbers: str) -> Stand:
    """The day book once these documents, or all that are ready, have been posted."""
    entries = tuple(
        replace(each, state=State.POSTED, their_status="AUTHORISED")
        if each.state == State.READY and (not numbers or each.number in numbers)
        else each
        for each in stand.entries
    )
    return replace(stand, entries=entries)


def invoices(stand: Stand) -> dict[str, Invoice]:
    """What was made of the sale, by number."""
    papers = {
        each.number: stored.read(each.document, each.kind)
        for each in stand.entries
        if each.kind == Kind.INVOICE and each.state in {State.READY, State.POSTED}
    }
    return {number: paper for number, paper in papers.items() if isinstance(paper, Invoice)}


def come(stand: Stand, order: Received, rules: CompanyRules = IN_PARTS) -> Stand:
    return after(stand, planned(order, stand, rules))


def whole(order: Received, rules: CompanyRules = IN_PARTS) -> Invoice:
    """The invoice of the same order, dispatched at once."""
    sent = order.order
    assert sent is not None
    bare = Received(sent.model_copy(update={"shipments": [], "dispatched": True, "dispatched_at": "2026-11-19"}))
    return next(iter(invoices(come(NEW, bare, rules)).values()))


class TestEachPart:
    def test_is_a_document_dated_by_its_own_day_and_the_last_takes_what_is_left(self):
        first, second = shipment("P1", 17, _1=2), shipment("P2", 19, _2=3)
        carriage = {"price": "4.99", "tax_rate": "0.2"}
        one = gone(come(NEW, received(first, shipping=carriage)))
        both = come(one, received(first, second, shipping=carriage))
        made = invoices(both)
        assert [(number, str(each.date), len(each.lines)) for number, each in made.items()] == [
            ("A-1-S1", "2026-11-17", 2),
            ("A-1-S2", "2026-11-19", 1),
        ]
        assert sum(each.totals.gross for each in made.values()) == whole(received(shipping=carriage)).totals.gross

    def test_is_the_whole_order_where_that_leaves_at_once(self):
        made = invoices(come(NEW, received(shipment("P1", 17, _1=2, _2=3))))
        assert list(made) == ["A-1"]

    def test_leaves_the_rest_to_the_word_that_all_has_left(self):
        one = gone(come(NEW, received(shipment("P1", 17, _1=1))))
        done = come(one, received(shipment("P1", 17, _1=1), dispatched=True, dispatched_at="2026-11-19"))
        assert list(invoices(done)) == ["A-1-S1", "A-1-S2"]
        assert sum(each.totals.gross for each in invoices(done).values()) == whole(received()).totals.gross

    def test_that_comes_again_or_in_another_order_makes_nothing_more(self):
        first, second = shipment("P1", 17, _1=2), shipment("P2", 19, _2=3)
        stands = gone(come(NEW, received(second)))
        for order in (received(second, first), received(first, second), received(first, second)):
            stands = gone(come(stands, order))
        assert [each.key for each in stands.entries] == ["P2", "P1"]

    def test_that_was_told_otherwise_after_posting_is_shown_and_nothing_is_sent(self):
        stands = gone(come(NEW, received(shipment("P1", 17, _1=2))))
        plan = planned(received(shipment("P1", 17, _1=1)), stands, IN_PARTS)
        (flag,) = plan.intents
        assert isinstance(flag, Flag)
        assert flag.attention == Cause.CHANGED_AFTER_POSTING
        assert "2 x SKU1 when this document was made, and is with 1 x SKU1 now" in flag.detail

    def test_leaves_out_what_was_cancelled_of_the_rest(self):
        first = shipment("P1", 17, _2=1)
        one = gone(come(NEW, received(first)))
        cancelled = [{"lines": [{"line": "2", "quantity": "2"}]}]
        done = gone(come(one, received(first, shipment("P2", 18, _1=2), cancellations=cancelled)))
        sold = whole(received(cancellations=cancelled)).totals.gross
        assert sum(each.totals.gross for each in invoices(done).values()) == sold

    def test_is_held_where_the_order_has_another_price_by_then(self):
        first = shipment("P1", 17, _1=1)
        one = gone(come(NEW, received(first)))
        dearer = received(first, shipment("P2", 18, _1=1, _2=3), lines=[line(1, price="7"), line(2, 3, "3.33")])
        held = [each for each in come(one, dearer).entries if each.state == State.HELD]
        assert [each.cause for each in held] == [Cause.PART_POSTED_OTHERWISE]
        assert "A-1-S1 has left" in held[0].detail

    def test_waits_for_the_rest_where_the_company_does_not_want_parts(self):
        assert not come(NEW, received(shipment("P1", 17, _1=2)), RULES_OF_ACME).entries


@st.composite
def splits(draw: st.DrawFn) -> tuple[dict, list[dict], list[int]]:
    """An order, the shipments that it leaves in, and after which of them the day book posts."""
    quantities = draw(st.lists(st.integers(1, 4), min_size=1, max_size=4))
    currency = draw(st.sampled_from(["GBP", "JPY"]))
    prices = st.decimals("0", "99.9999", places=4) if currency == "GBP" else st.decimals("0", "9999", places=0)
    lines = [
        line(n, quantity, str(draw(prices)), discount=str(draw(st.sampled_from(["0", "0", "0.01"]))))
        | {"tax_rate": draw(st.sampled_from(["0", "0.05", "0.2"]))}
        for n, quantity in enumerate(quantities, 1)
    ]
    if draw(st.booleans()):
        lines.append(line(9, 1, f"-{draw(st.decimals('0.01', '3', places=2))}") | {"sku": "", "description": "Off"})
    carriage = {"price": str(draw(st.decimals("0", "9.99", places=2))), "tax_rate": "0.2"}
    more = {"currency": currency, "lines": lines, "shipping": carriage}
    count = draw(st.integers(1, 4))
    where = {n: [draw(st.integers(0, count - 1)) for _ in range(quantity)] for n, quantity in enumerate(quantities, 1)}
    parcels = []
    for place in range(count):
        mine = {f"_{n}": each.count(place) for n, each in where.items() if place in each}
        parcels += [shipment(f"P{place}", 10 + place, **mine)] if mine else []
    return more, draw(st.permutations(parcels)), draw(st.lists(st.integers(0, count), max_size=count))


class TestTheLawOfTheSum:
    @given(splits())
    @settings(max_examples=150, deadline=None)
    def test_all_parts_together_are_the_order(self, split):
        more, parcels, posted = split
        stands = NEW
        for count in range(1, len(parcels) + 1):
            stands = come(stands, received(*parcels[:count], **more))
            stands = gone(stands) if count in posted else stands
        live = [each for each in stands.entries if each.state != State.CANCELLED]
        held = [each.cause for each in live if each.state == State.HELD]
        try:
            want = whole(received(**more))
        except StopIteration:
            return  # the order itself is held, and so are its parts
        if held:
            assert set(held) <= {Cause.NEGATIVE_TOTAL, Cause.TOTALS_CANNOT_BE_MET}, held
            return
        sold = [sum((each.totals[which] for each in invoices(stands).values()), D(0)) for which in range(3)]
        assert sold == list(want.totals)
        again = planned(received(*parcels, **more), stands, IN_PARTS)
        assert not again.intents


class TestInYen:
    """Yen are split whole: a part may be a yen off its share, as it may be a cent elsewhere."""

    TENTH = {"tax_types": TAX_TYPES | {D("0.1"): "OUTPUT"}, "tax_rates": TAX_RATES | {"OUTPUT": D("0.1")}}
    RULES = replace(IN_PARTS, mapping=replace(IN_PARTS.mapping, **TENTH))

    def left_in(
        self, parcels: int, quantity: int, rate: str, price: str, **last: object
    ) -> tuple[list[Invoice], Invoice]:
        """Return what becomes of so many parcels of one thing each, posted one by one, and the order as one document."""
        sold = {"currency": "JPY", "lines": [line(1, quantity, price, tax_rate=rate)]}
        gone_by_now, stands = [shipment(f"P{n}", 10 + n, _1=1) for n in range(parcels)], NEW
        for count in range(1, parcels + 1):
            stands = gone(come(stands, received(*gone_by_now[:count], **sold), self.RULES))
        done = received(*gone_by_now, **sold, dispatched=True, dispatched_at="2026-11-19", **last)
        stands = gone(come(stands, done, self.RULES))
        assert [(each.cause, each.detail) for each in stands.entries if each.state == State.HELD] == []
        return list(invoices(stands).values()), whole(done, self.RULES)

    @pytest.mark.parametrize("rate", ["0", "0.05", "0.1", "0.2"])
    @pytest.mark.parametrize("price", ["333", "333.4", "1", "98765"])
    def test_each_part_leaves_and_together_they_are_the_order(self, rate, price):
        made, one = self.left_in(3, 3, rate, price)
        assert len(made) == 3
        assert [sum(each.totals[which] for each in made) for which in range(3)] == list(one.totals)
        assert {amount % 1 for each in made for amount in each.totals} == {D(0)}

    def test_more_of_one_thing_than_one_leave_after_the_first(self):
        sold = {"currency": "JPY", "lines": [line(1, 7, "333", tax_rate="0.1")]}
        first, second, third = shipment("P1", 11, _1=1), shipment("P2", 12, _1=2), shipment("P3", 13, _1=4)
        stands = NEW
        for parcels in ([first], [first, second], [first, second, third]):
            stands = gone(come(stands, received(*parcels, **sold), self.RULES))
        assert [(each.state, each.cause) for each in stands.entries] == [(State.POSTED, "")] * 3
        assert sum(each.totals.gross for each in invoices(stands).values()) == D(2564)

    def test_a_yen_that_rounding_left_of_what_was_cancelled_is_no_document(self):
        """Two of 333 and 33 of tax have left; two in one come to 67 of it."""
        made, one = self.left_in(2, 3, "0.1", "333", cancellations=[{"lines": [{"line": "1", "quantity": "1"}]}])
        assert [each.totals.gross for each in made] == [D(366), D(366)]
        assert one.totals.gross == D(733)


def test_a_hold_of_the_whole_order_holds_each_part():
    rules = replace(IN_PARTS, mapping=replace(IN_PARTS.mapping, tax_types={}))
    stands = come(NEW, received(shipment("P1", 17, _1=2)), rules)
    assert [(each.key, each.state, each.cause) for each in stands.entries] == [
        ("P1", State.HELD, Cause.TAX_RATE_NOT_MAPPED)
    ]
    assert not isinstance(stored.read(stands.entries[0].document, Kind.INVOICE), Hold)
