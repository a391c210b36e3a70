"""What is wrong with a payment: a refusal that names the field, or a held payment with its cause; the invoice goes."""

from datetime import date

import pytest

from daybook.catalog.models import Account
from daybook.connections.models import Gateway
from daybook.documents.causes import Cause
from daybook.intake import prepare
from daybook.intake.receive import receive
from daybook.outbox.models import Entry
from daybook.reconciliation.report import compare_connection
from localxero.testing import signed_in
from tests.integration.payments.shop import (
    account_of,
    map_gateway,
    order,
    paid,
    payments,
    post,
    read_lists,
    send,
    states,
)
from tests.world import Cast

pytestmark = pytest.mark.django_db(transaction=True)

HELD = {
    "another currency": (paid(currency="EUR"), Cause.PAYMENT_CURRENCY_DIFFERS),
    "nothing": (paid("0.00"), Cause.PAYMENT_OF_NOTHING),
    "more than the sale": (paid("15.01"), Cause.PAYMENT_EXCEEDS_SALE),
    "dated before the order": (paid(at="2026-02-20T10:00:00Z"), Cause.PAYMENT_BEFORE_ORDER),
    "dated far ahead": (paid(at="2031-01-01"), Cause.DATE_IN_FUTURE),
    "an unmapped gateway": (paid(gateway="paypal"), Cause.GATEWAY_NOT_MAPPED),
    "no gateway": (paid(gateway=""), Cause.GATEWAY_NOT_MAPPED),
    "a gift card of which nobody decided": (paid(kind="gift_card"), Cause.GATEWAY_NOT_MAPPED),
    "finer than a cent": (paid("14.995"), Cause.AMOUNT_TOO_FINE),
}


class TestAPaymentThatIsWrong:
    @pytest.mark.parametrize("what", HELD)
    def test_is_held_with_its_cause_and_its_invoice_goes(self, acme, what):
        payment, cause = HELD[what]
        send(acme, order("A1", payment))
        post(acme)
        assert states(acme) == [("held", cause)]
        assert [each["InvoiceNumber"] for each in acme.invoices()] == ["A1"]
        assert payments(acme) == []

    def test_goes_when_it_is_put_right(self, acme):
        send(acme, order("A1", paid("15.01")))
        post(acme)
        send(acme, order("A1", paid("15.00")))
        post(acme)
        assert states(acme) == [("posted", "")]

    @pytest.mark.parametrize(
        ("given", "field"),
        [
            ({"amount": "-5.00"}, "payments[0].amount"),
            ({"amount": "much"}, "payments[0].amount"),
            ({"id": ""}, "payments[0].id"),
            ({"at": "yesterday"}, "payments[0].at"),
            ({"kind": "cheque"}, "payments[0].kind"),
            ({"currency": "POUNDS"}, "payments[0].currency"),
            ({"payed": True}, "payments[0].payed"),
        ],
    )
    def test_that_cannot_be_read_is_refused_by_its_field(self, acme, given, field):
        receipt = receive(acme.company, order("A1", paid(**given) if "amount" not in given else {**paid(), **given}))
        assert [problem.field for problem in receipt.problems] == [field]
        assert not Entry.objects.exists()

    def test_with_the_id_of_another_is_refused(self, acme):
        receipt = receive(acme.company, order("A1", paid("7.50"), paid("7.50")))
        assert [problem.field for problem in receipt.problems] == ["payments[1].id"]

    def test_in_a_locked_period_keeps_its_day_and_waits(self, acme, xero):
        xero.configure(acme.tenant_id, end_of_year_lock_date=date(2026, 3, 1))
        read_lists(acme)
        send(acme, order("A1", paid(at="2026-03-01T10:00:00Z")))
        post(acme)
        assert states(acme) == [("held", Cause.PERIOD_LOCKED)]
        assert len(acme.invoices()) == 1

    def test_in_a_period_that_is_locked_later_still_says_what_it_waited_for_first(self, acme, xero):
        send(acme, order("A1", paid(at="2026-03-01T10:00:00Z", gateway="cheque")))
        post(acme)
        assert states(acme) == [("held", Cause.GATEWAY_NOT_MAPPED)]
        xero.configure(acme.tenant_id, end_of_year_lock_date=date(2026, 3, 1))
        read_lists(acme)
        send(acme, order("A1", paid(at="2026-03-01T10:00:00Z", gateway="cheque"), status="told again"))
        (held,) = Entry.objects.filter(kind="payment")
        assert (held.cause, held.subject) == (Cause.GATEWAY_NOT_MAPPED, "cheque in GBP")
        assert held.detail == "It was paid on 2026-03-01; the books are locked up to 2026-03-01."
        map_gateway(acme, "cheque")
        send(acme, order("A1", paid(at="2026-03-01T10:00:00Z", gateway="cheque"), status="once more"))
        assert states(acme) == [("held", Cause.PERIOD_LOCKED)]

    def test_whose_invoice_was_voided_there_says_so_also_once_its_day_is_locked(self, acme, xero):
        send(acme, order("A1"))
        post(acme)
        (invoice,) = acme.invoices()
        ann = signed_in(xero, acme.tenant_id)
        assert ann.post(f"/Invoices/{invoice['InvoiceID']}", json={"Status": "VOIDED"}).status_code == 200
        send(acme, order("A1", paid(at="2026-03-01T10:00:00Z")))
        post(acme)
        assert states(acme) == [("held", Cause.NEEDED_ENDED)]
        for day in (1, 2):
            xero.configure(acme.tenant_id, end_of_year_lock_date=date(2026, 3, day))
            read_lists(acme)
            send(acme, order("A1", paid(at="2026-03-01T10:00:00Z"), status=f"told again {day}"))
            (held,) = Entry.objects.filter(kind="payment")
            assert (held.cause, held.subject) == (Cause.NEEDED_ENDED, "A1")
            assert held.detail == f"It was paid on 2026-03-01; the books are locked up to 2026-03-0{day}."
        send(acme, order("A1", paid(at="2026-03-02T10:00:00Z")))
        assert (
            Entry.objects.get(kind="payment").detail
            == "It was paid on 2026-03-02; the books are locked up to 2026-03-02."
        )

    def test_beside_what_somebody_paid_there_goes_once_that_and_the_lock_are_gone(self, acme, xero):
        send(acme, order("A1"))
        post(acme)
        (invoice,) = acme.invoices()
        ann = signed_in(xero, acme.tenant_id)
        by_hand = {
            "Invoice": {"InvoiceID": invoice["InvoiceID"]},
            "Account": {"Code": "090"},
            "Date": "2026-03-01",
            "Amount": "5",
        }
        made = ann.put("/Payments", json={"Payments": [by_hand]}).json()["Payments"][0]["PaymentID"]
        send(acme, order("A1", paid(at="2026-03-01T10:00:00Z")))
        post(acme)
        assert states(acme) == [("held", Cause.SETTLED_IN_PART)]
        assert ann.post(f"/Payments/{made}", json={"Status": "DELETED"}).status_code == 200
        xero.configure(acme.tenant_id, end_of_year_lock_date=date(2026, 3, 1))
        read_lists(acme)
        send(acme, order("A1", paid(at="2026-03-01T10:00:00Z"), status="told again"))
        assert states(acme) == [("held", Cause.SETTLED_IN_PART)]
        xero.configure(acme.tenant_id, end_of_year_lock_date=None)
        read_lists(acme)
        prepare.prepare_company(acme.company.pk, causes=[Cause.PERIOD_LOCKED])
        post(acme)
        assert states(acme) == [("posted", "")]

    def test_of_more_money_than_the_second_one_leaves_holds_the_second_only(self, acme):
        send(acme, order("A1", paid("10.00", "ch_1"), paid("10.00", "ch_2")))
        post(acme)
        assert states(acme) == [("posted", ""), ("held", Cause.PAYMENT_EXCEEDS_SALE)]

    def test_of_more_money_by_two_gateways_waits_until_it_is_told_whose_goes_back(self, acme):
        map_gateway(acme, "paypal", code="091")
        both = (paid("10.00", "ch_1"), paid("10.00", "pp_1", gateway="paypal"))
        send(acme, order("A1", *both))
        post(acme)
        assert states(acme) == [("held", Cause.PAYMENT_EXCEEDS_SALE)] * 2
        back = {"id": "r1", "payments": [paid("5.00", "re_1")]}
        send(acme, order("A1", *both, refunds=[back]))
        post(acme)
        assert {each["Account"]["Code"]: each["Amount"] for each in payments(acme)} == {"090": 5, "091": 10}

    def test_with_a_long_id_is_told_from_its_neighbour(self, acme):
        alike = "x" * 198
        send(
            acme, order("A1", paid("5.00", f"{alike}1", gateway="g" * 90), paid("5.00", f"{alike}2", gateway="g" * 90))
        )
        map_gateway(acme, "g" * 90)
        prepare.prepare_company(acme.company.pk)
        post(acme)
        references = {each["Reference"] for each in payments(acme)}
        assert len(references) == 2
        assert {len(each) for each in references} == {255}


class TestTheAccountOfAGateway:
    def test_that_is_archived_holds_and_lets_go_with_another(self, acme):
        Account.objects.filter(pk=account_of(acme).pk).update(status="ARCHIVED")
        send(acme, order("A1", paid()))
        post(acme)
        assert states(acme) == [("held", Cause.GATEWAY_ACCOUNT_UNUSABLE)]
        map_gateway(acme, "stripe", code="091")
        prepare.prepare_company(acme.company.pk)
        post(acme)
        assert [each["Account"]["Code"] for each in payments(acme)] == ["091"]

    def test_that_takes_no_payments_holds(self, acme):
        map_gateway(acme, "stripe", code="200")
        send(acme, order("A1", paid()))
        assert states(acme) == [("held", Cause.GATEWAY_ACCOUNT_UNUSABLE)]

    def test_of_a_bank_in_another_currency_holds(self, acme):
        Account.objects.filter(pk=account_of(acme).pk).update(currency="USD")
        send(acme, order("A1", paid()))
        assert states(acme) == [("held", Cause.GATEWAY_ACCOUNT_UNUSABLE)]
        assert Entry.objects.get(kind="payment").detail == "090 Business Bank Account is kept in USD."

    def test_of_one_source_goes_before_that_of_all(self, acme):
        own = {"source": "shop", "name": "stripe", "currency": "GBP", "account_id": account_of(acme, "091").account_id}
        Gateway.objects.create(connection=acme.connection, **own)
        send(acme, order("A1", paid()))
        post(acme)
        assert [each["Account"]["Code"] for each in payments(acme)] == ["091"]

    def test_appears_by_itself_to_be_decided(self, acme):
        send(acme, order("A1", paid("5.00", gateway="  PayPal "), paid("5.00", "gc_1", kind="gift_card")))
        seen = Gateway.objects.filter(connection=acme.connection, account_id="")
        assert sorted(seen.values_list("name", "currency")) == [("gift_card", "GBP"), ("paypal", "GBP")]


class TestAnOrderThatChangesAfterItsPaymentWasPosted:
    def posted(self, acme: Cast) -> Entry:
        send(acme, order("A1", paid("10.00")))
        post(acme)
        return Entry.objects.get(kind="payment")

    @pytest.mark.parametrize("now", [[], [paid("12.00")]])
    def test_flags_what_was_left_out_or_is_of_another_amount_and_books_nothing(self, acme, now):
        entry = self.posted(acme)
        send(acme, order("A1", *now))
        post(acme)
        entry.refresh_from_db()
        assert (entry.state, entry.attention) == ("posted", Cause.CHANGED_AFTER_POSTING)
        assert [each["Amount"] for each in payments(acme)] == [10]

    def test_takes_the_flag_away_when_it_says_the_same_again(self, acme):
        entry = self.posted(acme)
        send(acme, order("A1"))
        send(acme, order("A1", paid("10.00"), external_ref="again"))
        entry.refresh_from_db()
        assert entry.attention == ""

    def test_withdraws_a_payment_that_did_not_go_yet(self, acme):
        send(acme, order("A1", paid("10.00", gateway="paypal")))
        send(acme, order("A1"))
        assert states(acme) == [("cancelled", "")]


class TestWhatWasGivenBackBeforeTheInvoice:
    def test_is_taken_off_the_payment_where_it_lowered_the_sale(self, acme):
        back = {"id": "r1", "payments": [paid("5.00", "re_1")]}
        send(acme, order("A1", paid("20.00"), refunds=[back]))
        post(acme)
        assert [each["Amount"] for each in payments(acme)] == [15]
        assert compare_connection(acme.connection, acme.client).agrees


class TestSomebodyElsesHands:
    def test_a_payment_deleted_in_the_ledger_is_flagged(self, acme):
        from tests.integration.payments.test_approval import look_for_changes

        send(acme, order("A1", paid()))
        post(acme)
        (made,) = payments(acme)
        ann = signed_in(acme.xero, acme.tenant_id)
        assert ann.post(f"/Payments/{made['PaymentID']}", json={"Status": "DELETED"}).status_code == 200
        look_for_changes(acme)
        assert Entry.objects.get(kind="payment").attention == Cause.VOIDED
