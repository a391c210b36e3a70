"""Refunds told before the sale has left that cannot be taken off it: they are credit notes once it stands, and every account fits."""

from collections import Counter
from decimal import Decimal

import pytest

from daybook.outbox.models import Entry
from daybook.reconciliation.report import compare_connection
from localxero.testing import signed_in
from tests.integration.credits.shop import (
    CAP,
    CARRIAGE,
    MUG,
    WHOLE,
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
from tests.integration.payments.shop import map_gateway, read_lists
from tests.world import Cast

pytestmark = pytest.mark.django_db(transaction=True)
GIFT = {"kind": "gift_card", "gateway": ""}
CREDIT = {"kind": "store_credit", "gateway": ""}
MUGS = [of_line("m", 3, returned=True)]


@pytest.fixture
def acme(xero) -> Cast:
    cast = opened(xero, payments=True, untouched=True)
    with signed_in(xero, cast.tenant_id) as client:
        for code, name in (("850", "Gift cards"), ("851", "Store credit")):
            said = {"Code": code, "Name": name, "Type": "CURRLIAB", "EnablePaymentsToAccount": True}
            assert client.put("/Accounts", json=said).status_code == 200
    read_lists(cast)
    map_gateway(cast, "gift_card", code="850")
    map_gateway(cast, "store_credit", code="851")
    return cast


def moved(cast: Cast) -> dict[str, Decimal]:
    """By who carried it, what stands on the clearing accounts."""
    found: Counter[str] = Counter()
    for each in cast.books()["Payments"]:
        if each["Status"] == "AUTHORISED":
            sign = 1 if each["PaymentType"] == "ACCRECPAYMENT" else -1
            found[each["Reference"].rpartition(" ")[0]] += sign * Decimal(str(each["Amount"]))
    return {name: amount for name, amount in found.items() if amount}


def sums(cast: Cast) -> tuple[list[str], list[str]]:
    return [str(each["Total"]) for each in cast.invoices()], [str(each["Total"]) for each in notes(cast)]


def assert_all_fits(cast: Cast) -> None:
    mine = Entry.objects.filter(company=cast.company)
    assert not mine.exclude(state__in=["posted", "cancelled"]).exists()
    assert not mine.exclude(attention="").exists()
    assert owed(cast) == 0
    report = compare_connection(cast.connection, cast.client)
    assert (report.agrees, report.difference) == (True, 0), report.rows


@pytest.mark.parametrize(
    ("payments", "back", "invoices", "credited", "on_accounts"),
    [
        (
            [paid()], refund(lines=MUGS, payments=[paid("36.00", "s1", **CREDIT)]),
            ["62.00"], ["36.00"], {"stripe": 62, "store credit": -36},
        ),
        (
            [paid()], refund(payments=[paid("62.00", "s1", **CREDIT)]),
            ["62.00"], ["62.00"], {"stripe": 62, "store credit": -62},
        ),
        (
            [paid("40.00", "g1", **GIFT), paid("22.00", "c1")],
            refund(lines=MUGS, payments=[paid("36.00", "c2")]),
            ["62.00"], ["36.00"], {"gift card": 40, "stripe": -14},
        ),
        (
            [paid("40.00", "g1", **GIFT), paid("22.00", "c1")],
            refund(lines=MUGS, payments=[paid("20.00", "c2"), paid("16.00", "g2", **GIFT)]),
            ["26.00"], [], {"gift card": 24, "stripe": 2},
        ),
        (
            [paid()], refund(lines=MUGS, payments=[paid("36.00", "c2", gateway="")]),
            ["26.00"], [], {"stripe": 26},
        ),
    ],
    ids=["as store credit", "all as store credit", "more than a card brought", "by the ways it came", "nobody says how"],
)  # fmt: skip
def test_money_goes_back_by_another_way_than_it_came(acme, payments, back, invoices, credited, on_accounts):
    send(acme, order("1001", payments=payments), order("1001", back, payments=payments))
    settle(acme, times=5)
    assert sums(acme) == (invoices, credited)
    assert moved(acme) == on_accounts
    assert_all_fits(acme)
    send(acme, order("1001", back, payments=payments, status="Again"))
    settle(acme)
    assert sums(acme) == (invoices, credited)
    assert_all_fits(acme)


def test_one_account_for_both_is_one_way(acme):
    map_gateway(acme, "stripe_refunds")
    back = refund(lines=MUGS, payments=[paid("36.00", "s1", gateway="stripe_refunds")])
    send(acme, order("1001", back, payments=[paid()]))
    settle(acme)
    assert (sums(acme), moved(acme)) == ((["26.00"], []), {"stripe": 26})
    assert_all_fits(acme)


def test_more_than_is_left_goes_back_beyond_the_sale(acme):
    """As after posting: what is left, and a line for what is beyond it; what could be taken off before is."""
    some, rest = (
        refund("r1", lines=[of_line("m", 1)], payments=[paid("12.00", "c2")]),
        refund("r2", payments=[paid("55.00", "c3")]),
    )
    send(acme, order("1001", some, rest, payments=[paid()]))
    settle(acme, times=5)
    assert sums(acme) == (["50.00"], ["55.00"])
    assert moved(acme) == {"stripe": Decimal(-5)}
    assert [str(each["LineAmount"]) for each in notes(acme)[0]["LineItems"] if each["AccountCode"] == "429"] == ["5.00"]
    assert_all_fits(acme)


def test_a_refund_taken_back_before_the_sale_has_left_is_none(acme):
    send(
        acme, order("1001", refund(payments=[paid("65.00", "c2")]), payments=[paid()]), order("1001", payments=[paid()])
    )
    settle(acme)
    assert sums(acme) == ([str(WHOLE)], [])
    assert_all_fits(acme)


def test_a_tip_and_carriage_alone_go_back_before_and_after(acme):
    from daybook.connections.models import LineAccount

    LineAccount.objects.create(connection=acme.connection, kind="tip", account="851", tax_type="NONE")
    tip = {"id": "t", "kind": "tip", "description": "Tip", "quantity": 1, "unit_price": "3.00", "tax_rate": "0"}
    told = {"lines": [MUG, CAP, tip], "shipping": CARRIAGE, "payments": [paid("65.00")]}
    first = refund("r1", lines=[of_line("t", 1)], payments=[paid("3.00", "c2")])
    second = refund("r2", shipping={"gross": "6.00"}, payments=[paid("6.00", "c3")])
    send(acme, order("1001", first, **told))
    settle(acme)
    send(acme, order("1001", first, second, **told))
    settle(acme)
    assert (sums(acme), moved(acme)) == ((["62.00"], ["6.00"]), {"stripe": 56})
    assert_all_fits(acme)
