"""What documents contribute to the boxes of a return, worked out by hand.

United Kingdom, in the month: invoices 1,000.00 + 200.00 at 20 %, 40.00 + 2.00 at 5 %, 300.00 at zero, 50.00 exempt; a
credit note of 100.00 + 20.00; a bill of fees of 30.00 + 6.00 and one of 12.00 exempt.

    box 1   200.00 + 2.00 - 20.00             = 182.00      box 6   1,000 + 40 + 300 + 50 - 100 = 1,290.00
    box 4   6.00                                            box 7   30 + 12                     =    42.00
    box 3   182.00       box 5   182.00 - 6.00 = 176.00     boxes 2, 8, 9   nothing
"""

from decimal import Decimal

import pytest

from daybook.kit.money import Totals
from daybook.ledgers.registry import LEDGERS
from daybook.proving.boxes import Why, contribution
from daybook.reconciliation.sums import Standing, There

RETURNS = LEDGERS["xero"].returns


def amounts(net: str, tax: str = "0") -> Totals:
    return Totals(Decimal(net), Decimal(tax), Decimal(net) + Decimal(tax))


def there(*rows: tuple[str, str, Totals], currency: str = "GBP", status: str = "AUTHORISED") -> dict:
    return {Standing(kind, currency, tax_type, status): There(each, 1) for kind, tax_type, each in rows}


MONTH = there(
    ("invoice", "OUTPUT2", amounts("1000.00", "200.00")),
    ("invoice", "RROUTPUT", amounts("40.00", "2.00")),
    ("invoice", "ZERORATEDOUTPUT", amounts("300.00")),
    ("credit_note", "OUTPUT2", amounts("100.00", "20.00")),
    ("bill", "INPUT2", amounts("30.00", "6.00")),
    ("bill", "EXEMPTINPUT", amounts("12.00")),
    ("purchase_order", "INPUT2", amounts("500.00", "100.00")),
    ("payment", "", amounts("700.00")),
) | there(("invoice", "EXEMPTOUTPUT", amounts("50.00")), status="PAID")


def test_the_vat_return_of_a_month():
    found = contribution(RETURNS["GB"], MONTH)
    assert {code: f"{amount:.2f}" for code, amount in found.boxes.items()} == {
        "1": "182.00", "2": "0.00", "3": "182.00", "4": "6.00", "5": "176.00", "6": "1290.00", "7": "42.00", "8": "0.00",
        "9": "0.00",
    }  # fmt: skip
    assert found.left_out == ()


def test_the_activity_statement_of_a_month():
    """Sales 110 with GST, 50 free of it, 80 exported; 22 given back; fees of 33 with GST: 1A = 10 - 2, 1B = 3."""
    month = there(
        ("invoice", "OUTPUT", amounts("100.00", "10.00")),
        ("invoice", "EXEMPTOUTPUT", amounts("50.00")),
        ("invoice", "EXEMPTEXPORT", amounts("80.00")),
        ("credit_note", "OUTPUT", amounts("20.00", "2.00")),
        ("bill", "INPUT", amounts("30.00", "3.00")),
        currency="AUD",
    )
    assert {code: int(amount) for code, amount in contribution(RETURNS["AU"], month).boxes.items()} == {
        "G1": 218, "G2": 80, "G3": 50, "G10": 0, "G11": 33, "1A": 8, "1B": 3,
    }  # fmt: skip


def test_the_gst_return_of_new_zealand():
    """Sales 115 with GST, 80 exported; 23 given back; fees of 34.50 with GST: box 8 = 15 - 3 = 92 x 3 / 23."""
    month = there(
        ("invoice", "OUTPUT2", amounts("100.00", "15.00")),
        ("invoice", "ZERORATED", amounts("80.00")),
        ("credit_note", "OUTPUT2", amounts("20.00", "3.00")),
        ("bill", "INPUT2", amounts("30.00", "4.50")),
        currency="NZD",
    )
    assert {code: f"{amount:.2f}" for code, amount in contribution(RETURNS["NZ"], month).boxes.items()} == {
        "5": "172.00", "6": "80.00", "7": "92.00", "8": "12.00", "10": "12.00", "11": "34.50", "12": "4.50",
        "14": "4.50", "15": "7.50",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        (there(("invoice", "OUTPUT2", amounts("10", "2")), currency="EUR"), Why.OTHER_CURRENCY),
        (there(("invoice", "OUTPUT2", amounts("10", "2")), status="DRAFT"), Why.NOT_APPROVED),
        (there(("invoice", "TAX007", amounts("10", "2"))), Why.UNPLACED),
        (there(("invoice", "", amounts("10", "2"))), Why.UNPLACED),
        (there(("invoice", "INPUT2", amounts("10", "2"))), Why.OTHER_SIDE),
        (there(("bill", "OUTPUT2", amounts("10", "2"))), Why.OTHER_SIDE),
        (there(("bill", "NONE", amounts("10"))), Why.OUTSIDE),
    ],
)
def test_what_is_in_no_box_is_named_with_its_reason(rows, why):
    found = contribution(RETURNS["GB"], rows)
    assert not any(found.boxes.values())
    assert [(each.why, each.totals) for each in found.left_out] == [(why, next(iter(rows.values())).totals)]


@pytest.mark.parametrize("country", RETURNS)
def test_every_placement_leads_into_a_box_that_takes_amounts(country):
    known = RETURNS[country]
    taking = {box.code for box in known.boxes if box.of is None}
    assert {code for placement in known.placements.values() for code in placement.into} <= taking
