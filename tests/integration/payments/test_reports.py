"""Paid and not yet invoiced, and the month's end of a clearing account, at any day."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from daybook.companies import people
from daybook.companies.models import Membership
from daybook.connections.models import Gateway, PostingSettings
from daybook.reconciliation import money, not_invoiced
from daybook.reconciliation.stretches import A_PAGE, Stretch
from tests.integration.payments.shop import account_of, map_gateway, order, paid, post, send
from tests.world import Cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def browser(acme: Cast) -> Client:
    ann = people.add_person("ann@acme.example", password="mill pond lantern 7")
    people.join(acme.company, ann, Membership.Role.ACCOUNTANT)
    client = Client()
    client.force_login(ann)
    return client


def rows(answer) -> list[list[str]]:
    assert answer["Content-Type"].startswith("text/csv")
    return list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))


class TestPaidNotYetInvoiced:
    def test_counts_an_order_from_its_payment_until_its_invoice(self, acme):
        send(acme, order("A1", paid(at="2026-03-01T10:00:00Z")))
        send(
            acme,
            order("A2", paid("20.00", at="2026-03-01T11:00:00Z"), gross="20.00", dispatched=False, dispatched_at=None),
        )
        post(acme)
        on_the_first = not_invoiced.paid_not_invoiced(acme.company, date(2026, 3, 1)).totals
        assert [(each.gateway, each.currency, each.orders, each.amount) for each in on_the_first] == [
            ("stripe", "GBP", 2, 35)
        ]
        on_the_second = not_invoiced.paid_not_invoiced(acme.company, date(2026, 3, 2)).orders
        assert [(each.ref, each.amount) for each in on_the_second] == [("A2", 20)]
        assert not_invoiced.paid_not_invoiced(acme.company, date(2026, 2, 28)).totals == []

    def test_follows_what_the_order_says_now_and_forgets_what_was_given_back_or_skipped(self, acme):
        later = {"gross": "20.00", "dispatched": False, "dispatched_at": None}
        send(acme, order("A1", paid("20.00"), **later), order("A2", paid("20.00"), **later))
        send(acme, order("A1", paid("12.00"), **later))
        back = {"id": "r1", "payments": [{**paid("20.00", "re_1"), "at": "2026-03-03T00:00:00Z"}]}
        send(acme, order("A2", paid("20.00"), refunds=[back], **later))
        send(acme, order("A3", paid("20.00"), is_test=True, **later))
        found = not_invoiced.paid_not_invoiced(acme.company, date(2026, 3, 31)).orders
        assert [(each.ref, each.amount) for each in found] == [("A1", 12)]

    def test_is_a_page_and_a_file(self, acme, browser):
        send(acme, order("=A1", paid("20.00", gateway="-Pay"), gross="20.00", dispatched=False, dispatched_at=None))
        address = reverse("web:payments", args=[acme.company.public_id])
        shown = browser.get(f"{address}?at=2026-03-05").content.decode()
        assert "20.00" in shown
        assert "-pay" in shown
        (head, line) = rows(browser.get(f"{address}?at=2026-03-05&format=csv"))
        assert head == ["Order", "Gateway", "Currency", "Amount", "Paid on"]
        german = browser.get(f"{address}?at=2026-03-05&format=csv", headers={"accept-language": "de"})
        assert rows(german)[0] == ["Auftrag", "Zahlungsanbieter", "Währung", "Betrag", "Bezahlt am"]
        assert line == ["'=A1", "'-pay", "GBP", "20.0000", "2026-03-01"]

    def test_names_all_its_orders_page_by_page_and_once_each(self, acme):
        later = {"gross": "20.00", "dispatched": False, "dispatched_at": None}
        days = ["2026-03-02", "2026-03-01", "2026-03-01", "2026-03-03", "2026-03-01"]
        send(
            acme,
            *(order(f"A{n}", paid("20.00", f"ch_{n}", at=f"{day}T10:00:00Z"), **later) for n, day in enumerate(days)),
        )
        at = date(2026, 3, 31)
        pages = [not_invoiced.paid_not_invoiced(acme.company, at, Stretch(skip, 2)) for skip in range(0, 8, 2)]
        assert [[each.ref for each in page.orders] for page in pages] == [["A1", "A2"], ["A4", "A0"], ["A3"], []]
        assert {page.count for page in pages} == {5}
        assert [each for page in pages for each in page.orders] == list(not_invoiced.every_order(acme.company, at))

    def test_of_another_company_is_not_there(self, acme, browser, xero):
        other = people.create_company("Other")
        assert browser.get(reverse("web:payments", args=[other.public_id])).status_code == 404
        assert browser.get(reverse("web:payments-month", args=[other.public_id])).status_code == 404

    @pytest.mark.parametrize("asked", ["?at=yesterday", "?at=0001-01-01", "?at=", "?at=9999-99-99"])
    def test_of_no_day_is_that_of_today(self, acme, browser, asked):
        assert browser.get(reverse("web:payments", args=[acme.company.public_id]) + asked).status_code == 200


class TestTheMonthsEnd:
    def payouts(self, acme: Cast) -> None:
        payout = {"payout": {"id": "po_1", "date": "2026-03-10"}, "fee": "0.50"}
        send(
            acme,
            order("A1", paid(at="2026-02-27T10:00:00Z", **payout), ordered_at="2026-02-27T09:00:00Z"),
            order("A2", paid("15.00", "ch_2", at="2026-03-05T10:00:00Z", fee="0.40")),
            order("A3", paid("15.00", "ch_3", at="2026-04-02T10:00:00Z")),
        )
        post(acme)

    def test_is_what_came_less_what_went_and_names_the_orders_that_make_it(self, acme):
        self.payouts(acme)
        (end,) = money.month_end(acme.connection, account_of(acme), date(2026, 3, 1), date(2026, 3, 31))
        assert (end.opening, end.payments, end.refunds) == (15, 15, 0)
        assert (end.fees, end.payouts, end.closing) == (Decimal("-0.50"), Decimal("-14.50"), 15)
        assert [(each.ref, each.amount) for each in end.items] == [("A2", 15)]
        assert sum(each.amount for each in end.items) == end.closing
        assert (end.moved, end.posted, end.unposted) == (30, 30, 0)

    def test_carries_forward_from_page_to_page_what_adds_up_to_its_balance(self, acme):
        days = ["2026-03-05", "2026-03-04", "2026-03-04", "2026-03-09", "2026-03-04", "2026-02-04", "2026-03-04"]
        out = [
            {"payout": {"id": f"po_{n}", "date": f"2026-03-1{n % 3}"}, "fee": f"0.{n}0"} if n % 2 else {}
            for n in range(7)
        ]
        send(acme, *(order(f"A{n}", paid(f"{15 + n}.00", f"ch_{n}", at=f"{day}T10:00:00Z", **out[n]), gross=f"{15 + n}.00")
                     for n, day in enumerate(days)))  # fmt: skip
        march, account = (date(2026, 3, 1), date(2026, 3, 31)), account_of(acme)
        pages = []
        for skip in range(0, 8, 2):
            shown = {name: lambda _, skip=skip: Stretch(skip, 2) for name in ("items", "paid_out")}
            pages += money.month_end(acme.connection, account, *march, **shown)
        assert [[each.ref for each in page.items] for page in pages] == [["A2", "A4"], ["A6", "A0"], [], []]
        assert [[each.payout for each in page.paid_out] for page in pages] == [["po_3", "po_1"], ["po_5"], [], []]
        assert {(page.count, page.payouts_count) for page in pages} == {(4, 3)}
        assert [page.items[0].before for page in pages[:2]] == [0, pages[0].items[-1].until_here]
        assert pages[1].items[-1].until_here == pages[1].closing == 17 + 19 + 21 + 15
        last = pages[1].paid_out[-1]
        assert (last.gross_before, last.fee_before) == (18 + 16, Decimal("0.40"))
        assert (last.net_until_here, last.fee_until_here) == (-pages[1].payouts, -pages[1].fees)
        ((whole, rows),) = money.whole_month(acme.connection, account, *march)
        assert (whole.closing, whole.items, whole.paid_out) == (pages[0].closing, [], [])
        assert list(rows) == [each for page in pages for each in page.paid_out] + [
            e for page in pages for e in page.items
        ]

    def test_counts_what_was_paid_out_before_its_own_day_as_paid_out_on_that_day(self, acme):
        """A payout's day and a payment's moment are told by clocks of two zones."""
        early = {"payout": {"id": "po_1", "date": "2026-02-28"}, "fee": "0.50"}
        send(acme, order("A1", paid(at="2026-03-01T10:00:00Z", **early)))
        ends = [
            money.month_end(acme.connection, account_of(acme), *money.month_of(date(2026, month, 1)))[0]
            for month in (2, 3, 4)
        ]
        assert [(each.opening, each.payments, each.fees, each.payouts, each.closing) for each in ends] == [
            (0, 0, 0, 0, 0), (0, 15, Decimal("-0.50"), Decimal("-14.50"), 0), (0, 0, 0, 0, 0),
        ]  # fmt: skip
        assert [each.payout for end in ends for each in end.paid_out] == ["po_1"]

    def test_begins_where_the_month_before_ended(self, acme):
        self.payouts(acme)
        months = [money.month_of(date(2026, month, 1)) for month in (2, 3, 4, 5)]
        ends = [money.month_end(acme.connection, account_of(acme), *each)[0] for each in months]
        assert [each.opening for each in ends[1:]] == [each.closing for each in ends[:-1]]

    def test_says_beside_it_what_the_ledger_itself_holds(self, acme, browser):
        self.payouts(acme)
        taken = money.taken_there(acme.connection, account_of(acme), date(2026, 3, 31), client=acme.client)
        assert taken.received["GBP"] >= 30

    def test_counts_what_was_paid_back_though_no_sum_is_told_and_once_where_one_is_told_later(self, acme):
        PostingSettings.objects.filter(connection=acme.connection).update(post_credit_notes=True)
        send(acme, order("A1", paid(at="2026-03-05T10:00:00Z")))
        post(acme)
        back = {"id": "r1", "at": "2026-03-06T10:00:00Z", "lines": [{"line": "1", "quantity": 1}]}
        told = {"payments": [paid("15.00", "re_1", at="2026-03-06T10:00:00Z")]}
        for refund in (back, back | told):
            send(acme, order("A1", paid(at="2026-03-05T10:00:00Z"), refunds=[refund]))
            for _ in range(3):
                post(acme)
            (end,) = money.month_end(acme.connection, account_of(acme), date(2026, 3, 1), date(2026, 3, 31))
            assert (end.payments, end.refunds, end.closing, end.moved, end.posted) == (15, -15, 0, 0, 0)
            assert sum(each.amount for each in end.items) == 0

    def test_counts_money_that_says_no_day_on_the_day_on_which_it_is_booked(self, acme):
        PostingSettings.objects.filter(connection=acme.connection).update(post_credit_notes=True)
        undated = {"amount": "15.00", "gateway": "stripe"}
        back = {"id": "r1", "at": "2026-04-06", "lines": [{"line": "1", "quantity": 1}]}
        back["payments"] = [{**undated, "id": "re_1"}]
        for refunds in ([], [back]):
            send(acme, order("A1", {**undated, "id": "ch_1"}, refunds=refunds))
            for _ in range(3):
                post(acme)
        months = [money.month_of(date(2026, month, 1)) for month in (3, 4)]
        march, april = (money.month_end(acme.connection, account_of(acme), *each)[0] for each in months)
        assert (march.payments, march.refunds, march.moved, march.posted) == (15, 0, 15, 15)
        assert (april.payments, april.refunds, april.moved, april.posted) == (0, -15, 0, 0)

    def test_of_a_source_with_an_account_of_its_own_stands_there_alone(self, acme):
        own = account_of(acme, "091").account_id
        Gateway.objects.create(connection=acme.connection, source="shop", name="stripe", currency="GBP", account_id=own)
        self.payouts(acme)
        march = (date(2026, 3, 1), date(2026, 3, 31))
        closings = [
            money.month_end(acme.connection, account_of(acme, code), *march)[0].closing for code in ("090", "091")
        ]
        assert closings == [0, 15]

    def test_is_a_page_and_a_file(self, acme, browser):
        map_gateway(acme, "paypal", code="091")
        self.payouts(acme)
        address = reverse("web:payments-month", args=[acme.company.public_id])
        assert "ch_2" in browser.get(f"{address}?month=2026-03").content.decode()
        found = rows(browser.get(f"{address}?month=2026-03&format=csv"))
        assert ["Closing", "", "", "GBP", "15.0000", "", ""] in found
        assert ["Stands there", "A2", "stripe", "GBP", "15.0000", "2026-03-05", "ch_2"] in found
        assert ["Paid out", "", "stripe", "GBP", "-15.0000", "2026-03-10", "po_1"] in found
        assert browser.get(f"{address}?account=of-somebody-else").status_code == 404

    def test_leads_from_each_page_to_the_next_and_back(self, acme, browser):
        later = {"dispatched": False, "dispatched_at": None}
        many = A_PAGE + 5
        send(
            acme,
            *(order(f"A{n:03}", paid("15.00", f"ch_{n}-", at="2026-03-05T10:00:00Z"), **later) for n in range(many)),
        )
        for address, name, anchor in (
            (reverse("web:payments", args=[acme.company.public_id]) + "?at=2026-03-31", "page", "orders"),
            (reverse("web:payments-month", args=[acme.company.public_id]) + "?month=2026-03", "items-GBP", "items-GBP"),
        ):
            first, second, behind = (browser.get(f"{address}&{name}={page}").content.decode() for page in (1, 2, 9))
            assert "1 to 100 of\n    105" in first
            assert f"{name}=2#{anchor}" in first
            assert "A099" in first
            assert "A100" not in first
            assert "101 to 105 of\n    105" in second
            assert f"{name}=1#{anchor}" in second
            assert f"{name}=3" not in second
            assert "A104" in second
            assert f"{name}=2#{anchor}" in behind
        assert "Brought forward" in second
        assert "1,500.00" in second
        assert "closing\n        balance" in second
        assert "Carried forward" in first
        for odd in ("0", "-1", "x", "²", "99999999999", "%00"):
            assert "A000" in browser.get(f"{address}&items-GBP={odd}").content.decode(), odd
