"""The fees of each payout become a bill of the gateway's, paid out of its clearing account: once, to the penny."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from daybook.connections.models import Gateway, PostingSettings
from daybook.documents.causes import Cause
from daybook.intake import payouts, prepare
from daybook.kit import clock
from daybook.orders.models import Order
from daybook.outbox.models import Entry
from tests.integration.payments.shop import CLEARING, look, order, paid, post, send, states
from tests.world import Cast

pytestmark = pytest.mark.django_db(transaction=True)
LATER = timedelta(minutes=11)


def bill_fees(cast: Cast, **more: object) -> None:
    """Have the fees of stripe's payouts billed, by a contact that the ledger has."""
    contact = next(each for each in cast.books()["Contacts"] if each["ContactStatus"] == "ACTIVE")
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
    return [each for each in cast.books()["Invoices"] if each["InvoiceNumber"].startswith("stripe-")]


def fee_payments(cast: Cast) -> list[dict]:
    return [each for each in cast.books()["Payments"] if each.get("PaymentType") == "ACCPAYPAYMENT" and each["Reference"].startswith("stripe ")]


def on_clearing(cast: Cast) -> Decimal:
    """What stands on the clearing account by the payments there."""
    signs = {"ACCRECPAYMENT": 1, "ARCREDITPAYMENT": -1, "ACCPAYPAYMENT": -1}
    return sum(
        (signs[each["PaymentType"]] * Decimal(str(each["Amount"])) for each in cast.books()["Payments"]
         if each["Status"] == "AUTHORISED" and each["Account"]["Code"] == CLEARING and each["Reference"].startswith("stripe ")),
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
        assert (bill["Type"], bill["InvoiceNumber"], bill["Total"]) == ("ACCPAY", "stripe-po_1-GBP", 0.85)
        assert (line["AccountCode"], line["TaxType"]) == ("404", "NONE")
        assert bill["Status"] == "PAID"
        (payment,) = fee_payments(acme)
        assert (payment["Amount"], payment["Account"]["Code"], payment["Reference"]) == (0.85, CLEARING, "stripe po_1 fees")
        assert on_clearing(acme) == Decimal("45.00") - Decimal("0.85")
