"""Orders whose money is awkward, and what the local Xero's books hold of them."""

from datetime import timedelta
from decimal import Decimal

import pytest

from daybook.connections.models import TaxMapping
from daybook.intake.receive import receive
from daybook.kit import clock
from daybook.orders.models import Order
from daybook.outbox.models import Entry
from daybook.posting import drain
from daybook.reconciliation.report import compare_connection
from localxero import LocalXero
from tests.world import Cast, connected

pytestmark = pytest.mark.django_db(transaction=True)
ORDER = {"source": "shop", "dispatched": True, "dispatched_at": "2026-03-02T10:00:00Z", "currency": "GBP"}
MUG = {"description": "Mug", "quantity": 2, "unit_price": "25", "tax_rate": "0.2"}
BOOK = {"description": "Book", "quantity": 3, "unit_price": "10", "tax_rate": "0"}


@pytest.fixture
def gb() -> Cast:
    return connected(LocalXero(limits="off"), untouched=True)


def posted(cast: Cast, order_id: str, *, attention: str = "", **changes) -> dict:
    """Send one order all the way, and return its invoice as Xero holds it."""
    receive(cast.company, ORDER | {"id": order_id} | changes)
    Entry.objects.filter(company=cast.company, state="ready").update(state_since=clock.now() - timedelta(minutes=10))
    drain.drain(cast.connection.id, cast.client)
    entry = Entry.objects.get(company=cast.company, order__source_id=order_id)
    assert (entry.state, entry.attention) == ("posted", attention), (entry.cause, entry.detail, entry.attention_detail)
    assert compare_connection(cast.connection, cast.client).agrees
    return next(invoice for invoice in cast.invoices() if invoice["InvoiceNumber"] == entry.number)


def figures(invoice: dict) -> tuple[Decimal, ...]:
    return tuple(Decimal(str(invoice[name])) for name in ("SubTotal", "TotalTax", "Total"))


def test_carriage_of_two_rates_stands_on_both(gb):
    lines = [{**MUG, "quantity": 1, "unit_price": "10"}, BOOK]
    invoice = posted(gb, "S2", lines=lines, shipping={"price": "4.00", "price_inc_tax": "4.20"})

    assert figures(invoice) == (44, Decimal("2.20"), Decimal("46.20"))
    carried = [(line["TaxType"], float(line["LineAmount"])) for line in invoice["LineItems"][2:]]
    assert sorted(carried) == [("OUTPUT2", 1.0), ("ZERORATEDOUTPUT", 3.0)]
    assert set(TaxMapping.objects.values_list("rate", flat=True)) == {Decimal(0), Decimal("0.05"), Decimal("0.2")}


def test_carriage_as_a_list_stands_as_it_was_sent(gb):
    carriage = [{"price": "1.00", "tax_rate": "0.2", "description": "Courier"}, {"price": "3.00", "tax_rate": "0"}]
    invoice = posted(gb, "S3", lines=[MUG, BOOK], shipping=carriage)

    assert figures(invoice) == (84, Decimal("10.20"), Decimal("94.20"))
    assert [line["Description"] for line in invoice["LineItems"]] == ["Mug", "Book", "Courier", "Shipping"]


def test_a_discount_as_a_line_below_nought_stands_within_the_sale(gb):
    off = {"description": "Loyalty discount", "quantity": 1, "unit_price": "-5.00", "tax_rate": "0.2"}
    assert figures(posted(gb, "N1", lines=[MUG, off])) == (45, 9, 54)


def test_a_total_rounded_for_payment_stands_on_the_rounding_account(gb):
    line = {"description": "Mug", "quantity": 1, "unit_price_inc_tax": "12.23", "tax_rate": "0"}
    invoice = posted(gb, "C1", lines=[line], currency="EUR", totals={"gross": "12.25"})

    assert figures(invoice) == (Decimal("12.25"), 0, Decimal("12.25"))
    rounding = invoice["LineItems"][-1]
    accounts = {row["Code"]: row.get("SystemAccount") for row in gb.books("Accounts")["Accounts"]}
    assert (float(rounding["LineAmount"]), rounding["TaxType"], accounts[rounding["AccountCode"]]) == (
        0.02,
        "NONE",
        "ROUNDING",
    )


def test_the_orders_rate_of_exchange_is_the_books(gb):
    invoice = posted(gb, "Q1", lines=[BOOK], currency="EUR", exchange_rate="1.15")
    assert Decimal(str(invoice["CurrencyRate"])) == Decimal("1.15")


def test_the_base_currency_has_none(gb):
    invoice = posted(gb, "Q2", lines=[MUG], exchange_rate="1.15")
    assert Decimal(str(invoice["CurrencyRate"])) == 1


def test_what_may_be_no_plain_sale_is_posted_and_shown(gb):
    voucher = {"description": "Gift voucher 50", "quantity": 1, "unit_price": "50", "tax_rate": "0"}
    posted(gb, "V1", attention="booking_doubtful", lines=[voucher, MUG])
    posted(gb, "T2", attention="booking_doubtful", lines=[MUG], currency="EUR")

    posted(gb, "T3", lines=[MUG], currency="EUR", shipping_address={"country_code": "GB"})
    posted(gb, "T4", attention="booking_doubtful", lines=[MUG], currency="EUR", shipping_address={"country_code": "FR"})

    details = list(Entry.objects.order_by("id").values_list("attention_detail", flat=True))
    assert details[0].startswith(
        "“Gift voucher 50” (50.00) is booked as a sale on account 200 with the tax ZERORATEDOUTPUT."
    )
    assert details[1].startswith("The order is in EUR, and its tax is booked on OUTPUT2")


def test_dinars_are_kept_to_their_last_digit_and_held(gb):
    receive(
        gb.company, ORDER | {"id": "K1", "currency": "KWD", "lines": [{**BOOK, "quantity": 1, "unit_price": "1.234"}]}
    )

    order = Order.objects.get(source_id="K1")
    assert order.gross == Decimal("1.234")
    assert Entry.objects.get(order=order).state == "held"
