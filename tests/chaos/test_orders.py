"""What is sent in a trial, and what is expected of it."""

import json
from decimal import Decimal

from tests.chaos.audit import KINDS
from tests.chaos.cast import CAST
from tests.chaos.orders import Trade, both, trade

SIDES = {"invoice": 1, "credit_note": -1, "payment": -1, "refund": 1, "allocation": 0, "purchase_order": 0, "bill": 0,
         "bill_payment": 0}  # fmt: skip
"""What each kind does to what customers owe."""


def sent(of: Trade) -> list[dict]:
    return [order for each in of.deliveries for order in json.loads(each.body)]


def newest_of(of: Trade) -> dict[str, dict]:
    return {order["number"]: order for order in sorted(sent(of), key=lambda each: each["sequence"])}


class TestTheOrdersOfASeed:
    def test_are_the_same_whenever_it_is_played(self):
        assert trade(7, 60) == trade(7, 60)
        assert trade(7, 60).choices != trade(8, 60).choices

    def test_are_all_sent_and_go_to_every_company(self):
        told = trade(1, 90)
        assert len({order["number"] for order in sent(told)}) == 90
        assert told.by_letter == {role.letter: 30 for role in CAST}

    def test_come_doubled_and_out_of_order(self):
        deliveries = trade(1, 300, largest=5).deliveries
        assert any(each.is_double for each in deliveries)
        late = next(each for each in deliveries if each.is_late)
        numbers = {order["number"] for order in late.orders}
        newer = [each for each in deliveries if each.at < late.at and numbers <= {o["number"] for o in each.orders}]
        assert newer
        sequences = {o["number"]: o["sequence"] for each in newer for o in each.orders}
        assert all(order["sequence"] < sequences[order["number"]] for order in late.orders)

    def test_never_share_a_key_unless_they_are_the_same_bytes(self):
        by_key: dict[str, bytes] = {}
        for each in trade(2, 300, largest=5).deliveries:
            assert by_key.setdefault(each.key, each.body) == each.body


class TestWhatIsExpected:
    def test_is_one_invoice_an_order_with_the_totals_that_the_order_names(self):
        told = trade(4, 120)
        newest = newest_of(told)
        for paper in told.papers():
            if paper.kind == "invoice" and "refunds" not in newest[paper.number]:
                totals = newest[paper.number]["totals"]
                assert paper.totals == (totals["net"], totals["tax"], totals["gross"])

    def test_is_a_purchase_order_too_where_stock_is_kept(self):
        told = trade(4, 120)
        tracked = {role.letter for role in CAST if role.is_tracked}
        assert {each.number[0] for each in told.papers() if each.kind == "purchase_order"} == tracked

    def test_is_nothing_of_a_cancelled_order_and_no_invoice_of_one_that_needs_a_person(self):
        told = trade(4, 400)
        invoiced = {each.number for each in told.papers() if each.kind == "invoice"}
        cancelled = {order["number"] for order in sent(told) if order.get("cancelled")}
        assert cancelled
        assert told.needy
        assert not invoiced & (cancelled | told.needy)

    def test_adds_up_line_by_line_to_the_cent(self):
        told = trade(4, 30)
        paper = min(each for each in told.papers() if each.kind == "invoice")
        order = newest_of(told)[paper.number]
        net = sum(line["quantity"] * Decimal(line["unit_price"]) for line in order["lines"])
        assert Decimal(paper.totals[0]) == net
        assert Decimal(paper.totals[2]) == net + Decimal(paper.totals[1])


class TestTheMoney:
    TOLD = trade(4, 900)

    def test_is_paid_and_given_back_in_every_way(self):
        kinds = {paper.kind for some in self.TOLD.choices.values() for one in some for paper in one}
        assert kinds == set(KINDS)
        content = list(newest_of(self.TOLD).values())
        assert 0.05 < sum("refunds" in each for each in content) / len(content) < 0.15
        ways = {each.get("kind", each.get("gateway")) for one in content for each in one.get("payments", ())}
        assert ways == {"stripe", "paypal", "gift_card", "cheque"}
        assert any(len(each.get("refunds", ())) == 2 for each in content)
        amounts = [[each["amount"] for each in one.get("payments", ())] for one in content]
        assert any(len(each) > len(set(each)) for each in amounts)

    def test_leaves_every_account_the_same_whichever_way_a_race_ends(self):
        for number, some in self.TOLD.choices.items():
            owed = {sum(SIDES[each.kind] * each.gross for each in one) for one in some}
            assert len(owed) == 1, number

    def test_comes_to_nothing_over_all_accounts(self):
        assert sum(amount for (_, code), amount in self.TOLD.balances.items() if not code.startswith("tax ")) == 0

    def test_is_told_in_versions_that_never_tell_less(self):
        by_number: dict[str, list[dict]] = {}
        for each in sorted(sent(self.TOLD), key=lambda one: one["sequence"]):
            by_number.setdefault(each["number"], []).append(each)
        for versions in by_number.values():
            for part in ("payments", "refunds"):
                counts = [len(each.get(part, ())) for each in versions]
                assert counts == sorted(counts)

    def test_of_a_race_is_taken_as_it_was_found(self):
        number, some = next((key, each) for key, each in self.TOLD.choices.items() if len(each) > 1 and all(each))
        for one in some:
            assert one <= self.TOLD.papers(one)
            assert {each for each in self.TOLD.papers(one) if each.number.startswith(number)} == one


class TestTwoTrades:
    def test_come_one_after_the_other(self):
        first, second = trade(1, 30, stem="0"), trade(2, 30, stem="1")
        together = both(first, second)
        assert together.choices == first.choices | second.choices
        assert together.orders == 60
        firsts = [each.at for each in together.deliveries if each.orders[0]["number"][1] == "0"]
        seconds = [each.at for each in together.deliveries if each.orders[0]["number"][1] == "1"]
        assert max(firsts) <= 0.55
        assert min(seconds) >= 0.5
