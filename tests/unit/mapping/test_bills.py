"""The bill of a payout's fees: its gross is what was kept, whatever tax is in it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from daybook.documents.causes import Cause, Hold
from daybook.mapping.bills import map_bill
from daybook.mapping.gateways import Fees
from daybook.mapping.orders import OrderLine
from tests.unit.mapping.shops import RULES, an_order

FEES = Fees(
    gateway="stripe in GBP",
    since=date(2026, 1, 1),
    contact_id="stripe",
    contact_name="Stripe",
    account="404",
    tax_type="INPUT2",
)


def bill(amount: str, *, rules=RULES, **chosen):
    line = OrderLine(sku="", description="Fees", quantity=Decimal(1), unit_price=Decimal(amount))
    return map_bill(an_order(line), replace(FEES, **chosen), rules, number="stripe-po_1-GBP")


class TestABill:
    @pytest.mark.parametrize(("tax_type", "tax"), [("INPUT2", "0.20"), ("NONE", "0.00")])
    def test_comes_to_the_fees_with_the_tax_in_them(self, tax_type, tax):
        made = bill("1.20", tax_type=tax_type)
        assert made.totals == (Decimal("1.20") - Decimal(tax), Decimal(tax), Decimal("1.20"))
        assert (made.contact_id, made.lines[0].account_code, made.due_date) == ("stripe", "404", made.date)

    def test_bears_its_mark_in_the_line_since_bills_have_no_reference(self):
        assert bill("1.20").lines[0].description.endswith("[db:mark]")

    @pytest.mark.parametrize(
        ("amount", "rules", "chosen", "cause"),
        [
            ("1.20", RULES, {"tax_type": "GONE"}, Cause.FEES_UNUSABLE),
            ("1.205", RULES, {}, Cause.AMOUNT_TOO_FINE),
            ("1.20", replace(RULES, lock_date=date(2026, 11, 2)), {}, Cause.PERIOD_LOCKED),
            ("1.20", replace(RULES, currencies=frozenset({"EUR"})), {}, Cause.CURRENCY_NOT_ENABLED),
        ],
    )
    def test_waits_where_it_cannot_be_booked(self, amount, rules, chosen, cause):
        made = bill(amount, rules=rules, **chosen)
        assert isinstance(made, Hold)
        assert made.cause is cause
