"""What was given back before the invoice by another gateway than brought it: each account shows what is there."""

from collections import Counter
from decimal import Decimal

import pytest

from tests.integration.credits.shop import (
    entry,
    notes,
    of_line,
    opened,
    order,
    owed,
    paid,
    refund,
    send,
    settle,
)
from tests.integration.payments.shop import map_gateway
from tests.integration.payments.shop import payments as of_sales
from tests.world import Cast

pytestmark = pytest.mark.django_db(transaction=True)
EARLY = "2026-03-01T12:00:00Z"


@pytest.fixture
def paying(xero) -> Cast:
    cast = opened(xero, "Paid", payments=True, untouched=True)
    map_gateway(cast, "paypal", code="091")
    return cast


def back(*moved: dict, **what: object) -> dict:
    return refund(at=EARLY, payments=list(moved), **what)


def on_accounts(cast: Cast) -> dict[str, Decimal]:
    """What stands on each account of the sale and of its credit notes."""
    mine = {each["CreditNoteID"] for each in notes(cast)}
    found: Counter[str] = Counter()
    for each in of_sales(cast):
        found[each["Account"]["Code"]] += Decimal(str(each["Amount"]))
    for each in cast.books("Payments")["Payments"]:
        if each["Invoice"].get("InvoiceID") in mine or each.get("CreditNote", {}).get("CreditNoteID") in mine:
            found[each["Account"]["Code"]] -= Decimal(str(each["Amount"]))
    return {code: amount for code, amount in found.items() if amount}


def test_it_has_a_credit_note_and_leaves_its_own_account(paying):
    """It was taken off what stripe brought: stripe's account lacked 12.00 that are there, paypal's held 12.00 that are gone."""
    gone = back(paid("12.00", "re_1", gateway="paypal", at=EARLY), lines=[of_line("m", 1)])
    send(paying, order("1001", gone, payments=[paid()]))
    settle(paying)
    assert [each["Total"] for each in paying.invoices()] == [62]
    assert [each["Total"] for each in notes(paying)] == [12]
    assert on_accounts(paying) == {"090": 62, "091": -12}
    assert owed(paying) == 0


def test_it_lowers_the_invoice_where_it_went_back_as_it_came(paying):
    ways = [paid("42.00"), paid("20.00", "ch_2", gateway="paypal")]
    gone = back(paid("12.00", "re_1", gateway="paypal", at=EARLY), lines=[of_line("m", 1)])
    send(paying, order("1001", gone, payments=ways))
    settle(paying)
    assert [each["Total"] for each in paying.invoices()] == [50]
    assert notes(paying) == []
    assert on_accounts(paying) == {"090": 42, "091": 8}


def test_all_of_it_is_invoiced_and_credited_where_another_gateway_paid_it_back(paying):
    gone = back(
        paid("62.00", "re_1", gateway="paypal", at=EARLY),
        lines=[of_line("m", 3), of_line("c", 1)],
        shipping={"gross": "6"},
    )
    send(paying, order("1001", gone, payments=[paid()]))
    settle(paying)
    assert entry(paying, "invoice").state == "posted"
    assert on_accounts(paying) == {"090": 62, "091": -62}
    assert owed(paying) == 0


def test_two_that_are_more_than_a_gateway_brought_lower_as_far_as_it_goes(paying):
    """The first lowers the invoice; for the second there is not enough of paypal's money left."""
    ways = [paid("42.00"), paid("20.00", "ch_2", gateway="paypal")]
    first = back(paid("12.00", "re_1", gateway="paypal", at=EARLY), lines=[of_line("m", 1)])
    second = refund(
        "r2", at=EARLY, lines=[of_line("m", 1)], payments=[paid("12.00", "re_2", gateway="paypal", at=EARLY)]
    )
    send(paying, order("1001", first, second, payments=ways))
    settle(paying)
    assert [each["Total"] for each in paying.invoices()] == [50]
    assert [each["Total"] for each in notes(paying)] == [12]
    assert on_accounts(paying) == {"090": 42, "091": -4}
    assert owed(paying) == 0
