"""Goods that were cancelled and paid back before the sale left: what is left of it is what the money leaves, to the cent."""

from decimal import Decimal

import pytest

from daybook.outbox.models import Entry
from daybook.reconciliation.report import compare_connection
from tests.integration.credits.shop import CAP, notes, of_line, opened, order, owed, paid, refund, send, settle
from tests.integration.credits.test_own_units import trading_in
from tests.world import Cast

pytestmark = pytest.mark.django_db(transaction=True)

SEVEN = {"quantity": 7, "unit_price_inc_tax": "47.75", "discount_inc_tax": "13.25"}
"""321.00: six of them are worth 275.14 where the last is 45.86, and 275.15 by their share."""


def line(**of: object) -> dict:
    return {"id": "m", "sku": "MUG", "description": "Mug", "tax_rate": "0.2", **of}


def gone(count: int) -> list[dict]:
    return [{"lines": [of_line("m", count)]}]


def totals_of(cast: Cast) -> list[Decimal]:
    return [Decimal(str(each["Total"])) for each in cast.invoices()]


def assert_nobody_owes_a_cent(cast: Cast) -> None:
    held = Entry.objects.filter(company=cast.company).exclude(state__in=["posted", "cancelled"])
    assert not held.exists(), [(each.kind, each.state, each.cause, each.detail) for each in held]
    assert (owed(cast), notes(cast)) == (0, [])
    report = compare_connection(cast.connection, cast.client)
    assert (report.agrees, report.difference) == (True, 0), report.rows


@pytest.mark.parametrize(
    ("sold", "count", "whole", "back"),
    [
        (SEVEN, 6, "321.00", "275.15"),
        (SEVEN, 6, "321.00", "275.13"),
        (SEVEN, 3, "321.00", "137.57"),
        (SEVEN | {"discount_inc_tax": "13.24"}, 6, "321.01", "275.14"),
        ({"quantity": 3, "unit_price": "10.01", "discount": "0.02", "tax_rate": "0.05"}, 2, "31.51", "21.00"),
    ],
    ids=["seed 808", "less than their share", "three of seven", "other discount", "prices without tax"],
)
def test_the_sale_is_what_the_money_leaves(xero, sold, count, whole, back):
    cast = opened(xero, payments=True)
    told = {"lines": [line(**sold), CAP], "shipping": {}, "payments": [paid(str(Decimal(whole) + 20))]}
    six = refund(lines=[of_line("m", count, returned=True)], payments=[paid(back, "rf_1")])
    send(cast, order("1001", **told), order("1001", six, cancellations=gone(count), **told))
    settle(cast)
    assert totals_of(cast) == [Decimal(whole) + 20 - Decimal(back)]
    assert_nobody_owes_a_cent(cast)


def test_bit_by_bit_and_with_other_things(xero):
    """Two words for the same goods; then one that gives back the carriage in the same sum."""
    cast = opened(xero, payments=True)
    told = {"lines": [line(**SEVEN)], "payments": [paid("327.00")]}
    first = refund("r1", lines=[of_line("m", 4)], payments=[paid("183.42", "rf_1")])  # 183.43 by their share
    rest = refund("r2", lines=[of_line("m", 2)], shipping={"gross": "6.00"}, payments=[paid("97.71", "rf_2")])
    send(cast, order("1001", **told), order("1001", first, cancellations=gone(4), **told))
    send(cast, order("1001", first, rest, cancellations=gone(6), **told))
    settle(cast)
    assert totals_of(cast) == [Decimal("45.87")]
    assert_nobody_owes_a_cent(cast)


def test_what_is_still_due_counts_by_the_money_too(xero):
    """Only 300.00 were paid: of 45.85 the customer owes 21.00, and pays that."""
    cast = opened(xero, payments=True)
    some = [paid("300.00")]
    six = refund(lines=[of_line("m", 6)], payments=[paid("275.15", "rf_1")])
    more = {"lines": [line(**SEVEN)], "shipping": {}, "cancellations": gone(6)}
    send(cast, order("1001", six, payments=some, **more))
    settle(cast)
    assert (totals_of(cast), owed(cast)) == ([Decimal("45.85")], Decimal("21.00"))
    send(cast, order("1001", six, payments=[*some, paid("21.00", "ch_2")], **more))
    settle(cast)
    assert_nobody_owes_a_cent(cast)


def test_what_is_more_than_a_rounding_stays_as_it_was(xero):
    """A penny article that was cancelled and not paid back yet, and a sum of which something was kept: no cents hide these."""
    cast = opened(xero, payments=True)
    told = {"lines": [line(**SEVEN)], "shipping": {}, "payments": [paid("321.00")]}
    off = refund(lines=[of_line("m", 6)], payments=[paid("275.00", "rf_1")])
    send(cast, order("1001", off, cancellations=gone(6), **told))
    settle(cast)
    assert totals_of(cast) == [Decimal("45.86")]
    penny = {"quantity": 3, "unit_price_inc_tax": "0.01"}
    one = refund(lines=[of_line("m", 1)], payments=[paid("0.01", "rf_1")])
    send(
        cast,
        order("1002", one, lines=[line(**penny), CAP], shipping={}, cancellations=gone(2), payments=[paid("20.03")]),
    )
    settle(cast)
    assert totals_of(cast)[1:] == [Decimal("20.01")]


def test_pieces_that_were_paid_back_one_by_one_in_one_sum(xero):
    """Seed 5557: the shop rounds 2.79 for each of two, the order 3 of 5 of a discount: two cents apart."""
    cast = opened(xero, payments=True)
    five = {"quantity": 5, "unit_price": "2.67", "discount": "0.03", "tax_rate": "0.05"}
    told = {"lines": [line(**five), CAP], "shipping": {}, "payments": [paid("33.99")]}
    two = refund(lines=[of_line("m", 2)], payments=[paid("5.58", "rf_1")])
    for more in ({}, {"cancellations": gone(1)}, {"cancellations": gone(2)}):
        send(cast, order("1001", **told, **more))
    send(cast, order("1001", two, cancellations=gone(2), **told))
    settle(cast)
    assert totals_of(cast) == [Decimal("28.41")]
    assert_nobody_owes_a_cent(cast)


def test_yen_are_whole(xero):
    cast = trading_in(xero, "JPY")
    told = {
        "currency": "JPY",
        "lines": [line(quantity=3, unit_price_inc_tax="1000", discount_inc_tax="100")],
        "shipping": {},
        "payments": [paid("2900")],
    }
    one = refund(lines=[of_line("m", 1)], payments=[paid("966", "rf_1")])  # 967 by its share
    send(cast, order("1001", one, cancellations=gone(1), **told))
    settle(cast)
    assert totals_of(cast) == [Decimal(1934)]
    assert_nobody_owes_a_cent(cast)
