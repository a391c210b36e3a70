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
