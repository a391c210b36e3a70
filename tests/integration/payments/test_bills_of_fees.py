"""The fees of each payout become a bill of the gateway's, paid out of its clearing account: once, to the penny."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from daybook.connections.models import Gateway, PostingSettings
from daybook.documents.causes import Cause
from daybook.intake import payouts
from daybook.kit import clock
from daybook.outbox.models import Entry
from daybook.reconciliation import money
from daybook.reconciliation.compare import Finding
from daybook.reconciliation.report import compare_connection
from localxero.testing import signed_in
from tests.integration.payments.shop import CLEARING, account_of, map_gateway, order, paid, post, send, states
from tests.world import Cast

pytestmark = pytest.mark.django_db(transaction=True)
LATER = timedelta(minutes=11)


def bill_fees(cast: Cast, **more: object) -> None:
    """Have the fees of stripe's payouts billed, by a contact that the ledger has."""
    contact = next(each for each in cast.books("Contacts")["Contacts"] if each["ContactStatus"] == "ACTIVE")
    said = {
        "fees_since": date(2026, 1, 1),
        "fees_contact_id": contact["ContactID"],
        "fees_contact_name": contact["Name"],
        "fees_account": "404",
        "fees_tax_type": "NONE",
    }
    Gateway.objects.filter(connection=cast.connection, name="stripe").update(**{**said, **more})


def gather(cast: Cast) -> None:
    """Let so much time pass that nobody is expected to tell more of a payout."""
    payouts.gather_company(cast.company, clock.now() + LATER)


def out(amount: str, payment_id: str, fee: str, payout: str = "po_1", **more: object) -> dict:
    return paid(amount, payment_id, fee=fee, payout={"id": payout, "date": "2026-03-10"}, **more)


def bills(cast: Cast) -> list[dict]:
    return [each for each in cast.books("Invoices")["Invoices"] if each["InvoiceNumber"].startswith("stripe-")]


def fee_payments(cast: Cast) -> list[dict]:
    return [
        each
        for each in cast.books("Payments")["Payments"]
        if each.get("PaymentType") == "ACCPAYPAYMENT" and each["Reference"].startswith("stripe ")
    ]


def on_clearing(cast: Cast) -> Decimal:
    """What stands on the clearing account by the payments there."""
    signs = {"ACCRECPAYMENT": 1, "ARCREDITPAYMENT": -1, "ACCPAYPAYMENT": -1}
    return sum(
        (
            signs[each["PaymentType"]] * Decimal(str(each["Amount"]))
            for each in cast.books("Payments")["Payments"]
            if each["Status"] == "AUTHORISED"
            and each["Account"]["Code"] == CLEARING
            and each["Reference"].startswith("stripe ")
        ),
        Decimal(0),
    )


class TestAPayout:
    def test_becomes_one_bill_that_is_paid_out_of_what_its_fees_were_kept_from(self, acme):
        bill_fees(acme)
        send(acme, order("A1", out("15.00", "ch_1", "0.42")), order("A2", out("15.00", "ch_2", "0.43")))
        send(acme, order("A3", paid("15.00", "ch_3", fee="0.44")))
        post(acme)
        gather(acme)
        post(acme)
        post(acme)
        (bill,) = bills(acme)
        (line,) = bill["LineItems"]
        assert (bill["Type"], bill["InvoiceNumber"], bill["Total"]) == ("ACCPAY", "stripe-po_1-GBP", Decimal("0.85"))
        assert (line["AccountCode"], line["TaxType"]) == ("404", "NONE")
        assert bill["Status"] == "PAID"
        (payment,) = fee_payments(acme)
        assert (payment["Amount"], payment["Account"]["Code"], payment["Reference"]) == (
            Decimal("0.85"),
            CLEARING,
            "stripe po_1 fees",
        )
        assert on_clearing(acme) == Decimal("45.00") - Decimal("0.85")
        report = compare_connection(acme.connection, acme.client)
        found = {row.kind: row.finding for row in report.rows}
        assert found["bill"] == found["bill_payment"] == Finding.AGREES
        (end,) = money.month_end(acme.connection, account_of(acme), date(2026, 3, 1), date(2026, 3, 31))
        assert [(each.payout, each.gross, each.net, each.bill, each.state) for each in end.paid_out] == [
            ("po_1", 30, Decimal("29.15"), "stripe-po_1-GBP", "posted")
        ]
        assert (end.billed, end.closing) == (Decimal("0.85"), 15)

    def test_is_not_billed_before_everybody_has_told_of_it_nor_where_fees_are_left_to_the_bank(self, acme):
        send(acme, order("A1", out("15.00", "ch_1", "0.42")))
        gather(acme)
        assert not Entry.objects.filter(kind="bill").exists()
        bill_fees(acme)
        payouts.gather_company(acme.company, clock.now())
        assert not Entry.objects.filter(kind="bill").exists()
        gather(acme)
        assert states(acme, "bill") == [("ready", "")]

    def test_that_changes_is_written_anew_and_shown_once_its_bill_is_posted(self, acme):
        bill_fees(acme)
        send(acme, order("A1", out("15.00", "ch_1", "0.42")))
        gather(acme)
        send(acme, order("A2", out("15.00", "ch_2", "0.43")))
        gather(acme)
        gather(acme)
        assert [each.gross for each in Entry.objects.filter(kind="bill")] == [Decimal("0.85")]
        post(acme)
        post(acme)
        send(acme, order("A3", out("15.00", "ch_3", "0.44")))
        gather(acme)
        post(acme)
        (bill,) = Entry.objects.filter(kind="bill")
        assert (bill.state, bill.attention) == ("posted", Cause.CHANGED_AFTER_POSTING)
        assert len(bills(acme)) == len(fee_payments(acme)) == 1

    def test_with_a_refund_in_it_has_the_fees_of_both_and_each_currency_is_a_payout_of_its_own(self, acme):
        map_gateway(acme, "stripe", currency="EUR", code="200")
        bill_fees(acme)
        went_back = {"id": "r1", "at": "2026-03-05", "payments": [out("5.00", "re_1", "-0.10")]}
        send(acme, order("A1", out("15.00", "ch_1", "0.42"), refunds=[went_back]))
        send(acme, order("A2", out("15.00", "ch_2", "0.50"), currency="EUR"))
        send(acme, order("A3", out("15.00", "ch_3", "-0.50", "po_2")))
        gather(acme)
        made = Entry.objects.filter(kind="bill").order_by("number").values_list("number", "gross", "currency")
        assert list(made) == [
            ("stripe-po_1-EUR", Decimal("0.50"), "EUR"),
            ("stripe-po_1-GBP", Decimal("0.32"), "GBP"),
        ]

    def test_is_billed_however_much_its_payments_come_to(self, acme):
        bill_fees(acme)
        send(acme, order("A1", out("6000000000", "ch_1", "0.42"), gross="6000000000"))
        send(acme, order("A2", out("6000000000", "ch_2", "0.43"), gross="6000000000"))
        send(acme, order("A3", out("15.00", "ch_3", "0.44", "po_2")))
        gather(acme)
        assert sorted(Entry.objects.filter(kind="bill").values_list("gross", flat=True)) == [
            Decimal("0.44"),
            Decimal("0.85"),
        ]

    def test_that_nobody_names_any_more_is_withdrawn(self, acme):
        bill_fees(acme)
        send(acme, order("A1", out("15.00", "ch_1", "0.42")))
        gather(acme)
        send(acme, order("A1", paid("15.00", "ch_1", fee="0.42")))
        gather(acme)
        assert [state for state, _ in states(acme, "bill")] == ["cancelled"]
        post(acme)
        assert bills(acme) == []

    def test_is_paid_once_its_bill_is_approved_and_is_no_order_of_the_shop(self, acme):
        PostingSettings.objects.filter(connection=acme.connection).update(document_status="DRAFT")
        bill_fees(acme)
        send(acme, order("A1", out("15.00", "ch_1", "0.42")))
        gather(acme)
        post(acme)
        post(acme)
        assert states(acme, "bill") == [("posted", "")]
        assert states(acme, "bill_payment") == [("ready", "")]
        assert {each.kind for each in Entry.objects.filter(order__feed__name="daybook")} == {"bill", "bill_payment"}

    def test_that_somebody_entered_there_is_not_billed_twice(self, acme):
        bill_fees(acme)
        send(acme, order("A1", out("15.00", "ch_1", "0.42")))
        gather(acme)
        contact = Gateway.objects.get(connection=acme.connection, name="stripe").fees_contact_id
        by_hand(acme, "stripe-po_1-GBP", contact, "0.42")
        post(acme)
        assert states(acme, "bill") == [("cancelled", Cause.SETTLED_THERE)]
        assert len(bills(acme)) == 1

    def test_over_another_amount_than_somebody_entered_there_is_held(self, acme):
        bill_fees(acme)
        send(acme, order("A1", out("15.00", "ch_1", "0.42")))
        gather(acme)
        contact = Gateway.objects.get(connection=acme.connection, name="stripe").fees_contact_id
        by_hand(acme, "stripe-po_1-GBP", contact, "0.40")
        post(acme)
        assert states(acme, "bill") == [("held", Cause.BILLED_OTHERWISE)]
        assert len(bills(acme)) == 1


def by_hand(cast: Cast, number: str, contact_id: str, amount: str) -> None:
    line = {"Description": "Fees", "Quantity": 1, "UnitAmount": amount, "AccountCode": "404", "TaxType": "NONE"}
    bill = {
        "Type": "ACCPAY", "InvoiceNumber": number, "Contact": {"ContactID": contact_id}, "Date": "2026-03-10",
        "DueDate": "2026-03-10", "Status": "AUTHORISED", "LineItems": [line],
    }  # fmt: skip
    answer = signed_in(cast.xero, cast.tenant_id).put("/Invoices", json={"Invoices": [bill]})
    assert answer.status_code == 200, answer.text
