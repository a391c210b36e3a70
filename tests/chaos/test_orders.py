"""What is sent in a trial, and what is expected of it."""

import json
from decimal import Decimal

from tests.chaos.orders import CAST, Trade, both, trade


def sent(of: Trade) -> list[dict]:
    return [order for each in of.deliveries for order in json.loads(each.body)]


class TestTheOrdersOfASeed:
    def test_are_the_same_whenever_it_is_played(self):
        assert trade(7, 60) == trade(7, 60)
        assert trade(7, 60).papers != trade(8, 60).papers

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
        assert all(order["sequence"] == 1 for order in late.orders)

    def test_never_share_a_key_unless_they_are_the_same_bytes(self):
        by_key: dict[str, bytes] = {}
        for each in trade(2, 300, largest=5).deliveries:
            assert by_key.setdefault(each.key, each.body) == each.body


class TestWhatIsExpected:
    def test_is_one_invoice_an_order_with_the_totals_that_the_order_names(self):
        told = trade(4, 120)
        newest = {order["number"]: order for order in sent(told) if order["sequence"] == 2}
        for paper in told.papers:
            totals = newest[paper.number]["totals"]
            if paper.kind == "invoice":
                assert paper.totals == (totals["net"], totals["tax"], totals["gross"])

    def test_is_a_purchase_order_too_where_stock_is_kept(self):
        told = trade(4, 120)
        tracked = {role.letter for role in CAST if role.is_tracked}
        assert {each.number[0] for each in told.papers if each.kind == "purchase_order"} == tracked

    def test_is_nothing_of_a_cancelled_order_and_no_invoice_of_one_that_needs_a_person(self):
        told = trade(4, 400)
        invoiced = {each.number for each in told.papers if each.kind == "invoice"}
        cancelled = {order["number"] for order in sent(told) if order.get("cancelled")}
        assert cancelled
        assert told.needy
        assert not invoiced & (cancelled | told.needy)

    def test_adds_up_line_by_line_to_the_cent(self):
        told = trade(4, 30)
        paper = min(each for each in told.papers if each.kind == "invoice")
        order = next(each for each in sent(told) if each["number"] == paper.number and each["sequence"] == 2)
        net = sum(line["quantity"] * Decimal(line["unit_price"]) for line in order["lines"])
        assert Decimal(paper.totals[0]) == net
        assert Decimal(paper.totals[2]) == net + Decimal(paper.totals[1])


class TestTwoTrades:
    def test_come_one_after_the_other(self):
        first, second = trade(1, 30, stem="0"), trade(2, 30, stem="1")
        together = both(first, second)
        assert together.papers == first.papers | second.papers
        assert together.orders == 60
        firsts = [each.at for each in together.deliveries if each.orders[0]["number"][1] == "0"]
        seconds = [each.at for each in together.deliveries if each.orders[0]["number"][1] == "1"]
        assert max(firsts) <= 0.55
        assert min(seconds) >= 0.5
