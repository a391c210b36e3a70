"""Lines that are no sale of goods, taxes that are no plain VAT, trials of the shop: what the local Xero's books hold."""

from datetime import timedelta
from decimal import Decimal

import pytest

from daybook.catalog import refresh
from daybook.connections.models import LineAccount, TaxMapping
from daybook.intake import prepare
from daybook.intake.receive import receive
from daybook.kit import clock
from daybook.orders.models import Order, OrderStanding
from daybook.outbox.models import Entry
from daybook.posting import drain
from daybook.reconciliation.report import compare_connection
from localxero import LocalXero
from tests import outside
from tests.world import Cast, connected

pytestmark = pytest.mark.django_db(transaction=True)
ORDER = {"source": "shop", "dispatched": True, "dispatched_at": "2026-03-02T10:00:00Z", "currency": "GBP"}
MUG = {"id": "1", "description": "Mug", "quantity": 2, "unit_price": "25", "tax_rate": "0.2"}
TIP = {"id": "2", "kind": "tip", "description": "Tip", "quantity": 1, "unit_price": "5", "tax_rate": "0"}
CARD = {"id": "3", "kind": "gift_card", "description": "Gift card", "quantity": 1, "unit_price": "50", "tax_rate": "0"}
DEBTS = "825"
"""The code of a current liability that somebody made in Xero."""


@pytest.fixture
def gb() -> Cast:
    cast = connected(LocalXero(limits="off"), untouched=True)
    with outside.signed_in(cast.xero, cast.tenant_id) as client:
        account = {"Code": DEBTS, "Name": "Gift cards and tips", "Type": "CURRLIAB"}
        assert client.put("/Accounts", json=account).status_code == 200
    refresh.refresh(cast.connection, resources=["Accounts"], client=cast.client)
    return cast


def sent(cast: Cast, order_id: str, **changes) -> Order:
    receive(cast.company, ORDER | {"id": order_id} | changes)
    return Order.objects.get(company=cast.company, source_id=order_id)


def invoice_of(cast: Cast, order: Order) -> Entry:
    return Entry.objects.get(company=cast.company, order=order)


def decided(cast: Cast, kind: str, account: str, tax_type: str = "") -> None:
    LineAccount.objects.update_or_create(
        connection=cast.connection, kind=kind, defaults={"account": account, "tax_type": tax_type}
    )
    prepare.prepare_company(cast.company.pk)


def posted(cast: Cast, order: Order) -> dict:
    Entry.objects.filter(company=cast.company, state="ready").update(state_since=clock.now() - timedelta(minutes=10))
    drain.drain(cast.connection.id, cast.client)
    entry = invoice_of(cast, order)
    assert (entry.state, entry.attention) == ("posted", ""), (entry.cause, entry.detail)
    assert compare_connection(cast.connection, cast.client).agrees
    return next(invoice for invoice in cast.invoices() if invoice["InvoiceNumber"] == entry.number)


def booked(invoice: dict) -> list[tuple[str, str, Decimal]]:
    return [(line["AccountCode"], line["TaxType"], Decimal(str(line["LineAmount"]))) for line in invoice["LineItems"]]


def test_a_tip_waits_until_its_account_is_chosen_and_then_goes_by_itself(gb):
    order = sent(gb, "T1", lines=[MUG, TIP])
    entry = invoice_of(gb, order)
    assert (entry.state, entry.cause, entry.subject) == ("held", "line_account_missing", "tip")

    decided(gb, "tip", DEBTS)

    assert booked(posted(gb, order)) == [("200", "OUTPUT2", 50), (DEBTS, "ZERORATEDOUTPUT", 5)]


def test_a_gift_card_is_a_debt_without_a_tax_of_sales(gb):
    order = sent(gb, "G1", lines=[MUG, CARD])
    decided(gb, "gift_card", DEBTS)
    assert invoice_of(gb, order).detail == "Its account is chosen, its tax is not."

    decided(gb, "gift_card", DEBTS, "NONE")

    assert booked(posted(gb, order)) == [("200", "OUTPUT2", 50), (DEBTS, "NONE", 50)]


def test_an_account_that_is_gone_waits_for_another(gb):
    decided(gb, "tip", "099")
    entry = invoice_of(gb, sent(gb, "T2", lines=[MUG, TIP]))
    assert (entry.state, entry.cause) == ("held", "line_account_missing")
    assert "099" in entry.detail


def test_another_tax_than_was_chosen_is_held_with_both_rates(gb):
    decided(gb, "gift_card", DEBTS, "NONE")
    entry = invoice_of(gb, sent(gb, "G2", lines=[MUG, {**CARD, "tax_rate": "0.2"}]))
    assert (entry.cause, entry.subject) == ("line_tax_differs", "gift_card")
    assert entry.detail == "The line bears 20 %, and NONE, which was chosen for its kind, is 0 %."


def test_discounts_and_shipping_as_lines_stand_as_they_always_did(gb):
    off = {"id": "4", "kind": "discount", "description": "Off", "quantity": 1, "unit_price": "-5", "tax_rate": "0.2"}
    post = {"id": "5", "kind": "shipping", "description": "Post", "quantity": 1, "unit_price": "4", "tax_rate": "0.2"}
    rounded = {"id": "6", "kind": "rounding", "quantity": 1, "unit_price": "0.05"}
    invoice = posted(gb, sent(gb, "D1", lines=[MUG, off, post, rounded], totals={"gross": "58.85"}))
    assert [Decimal(str(invoice[name])) for name in ("TotalTax", "Total")] == [Decimal("9.80"), Decimal("58.85")]
    assert booked(invoice)[:3] == [("200", "OUTPUT2", 50), ("200", "OUTPUT2", -5), ("200", "OUTPUT2", 4)]
    assert booked(invoice)[3][1:] == ("NONE", Decimal("0.05"))


def test_a_discount_that_adds_is_held_with_its_figure(gb):
    wrong = {"id": "4", "kind": "discount", "quantity": 1, "unit_price": "5", "tax_rate": "0.2"}
    entry = invoice_of(gb, sent(gb, "D2", lines=[MUG, wrong]))
    assert (entry.cause, entry.detail) == (
        "totals_contradict",
        "Line 2 is a discount and adds 5.00 to the order. What is taken off is below 0.",
    )


def test_two_taxes_of_a_line_are_the_one_rate_that_a_person_mapped(gb):
    taxes = [{"name": "State", "rate": "0.15", "amount": "7.50"}, {"name": "City", "rate": "0.05", "amount": "2.50"}]
    line = {key: value for key, value in MUG.items() if key != "tax_rate"} | {"taxes": taxes}
    assert booked(posted(gb, sent(gb, "X1", lines=[line]))) == [("200", "OUTPUT2", 50)]


def test_two_taxes_whose_sum_nobody_mapped_wait_for_it(gb):
    taxes = [{"name": "GST", "rate": "0.05"}, {"name": "QST", "rate": "0.09975"}]
    line = {key: value for key, value in MUG.items() if key != "tax_rate"} | {"taxes": taxes}
    entry = invoice_of(gb, sent(gb, "X2", lines=[line]))
    assert (entry.cause, entry.subject) == ("tax_rate_not_mapped", "0.14975")
    assert TaxMapping.objects.filter(connection=gb.connection, rate="0.14975").exists()


def test_taxes_that_do_not_add_up_to_the_lines_own_are_held_with_the_figures(gb):
    entry = invoice_of(gb, sent(gb, "X3", lines=[MUG | {"taxes": [{"name": "VAT", "rate": "0.05"}]}]))
    assert (entry.cause, entry.detail) == (
        "totals_contradict",
        "Line 1 bears 20 % as it says, but its taxes are VAT 5 %.",
    )


def test_a_tax_that_the_channel_owes_is_held(gb):
    tax = {"name": "VAT", "rate": "0.2", "amount": "10", "liable": "channel"}
    entry = invoice_of(gb, sent(gb, "X4", lines=[MUG | {"taxes": [tax]}]))
    assert (entry.cause, entry.subject, entry.detail) == (
        "tax_owed_by_others",
        "the sales channel",
        "Of the order: VAT 20 % (10.00).",
    )


def test_a_trial_of_the_shop_is_left_out_visibly(gb):
    order = sent(gb, "P1", lines=[MUG], is_test=True)
    stands = OrderStanding.objects.get(order=order)
    assert (stands.standing, stands.cause) == ("skipped", "test_order")
    assert not Entry.objects.filter(order=order).exists()


def test_a_refund_before_posting_flags_the_invoice_that_is_posted_whole(gb):
    order = sent(gb, "A2", lines=[MUG], refunds=[{"id": "re_1", "payments": [{"id": "rf_1", "amount": "30"}]}])
    assert (invoice_of(gb, order).state, invoice_of(gb, order).attention) == ("ready", "refunded")
    assert invoice_of(gb, order).attention_detail.startswith("The order tells of what was given back: 30.00.")


def test_what_came_after_the_sale_changes_no_document(gb):
    payment = {"id": "ch_1", "amount": "60", "gateway": "stripe", "fee": "1.10", "payout": {"id": "po_1"}}
    refund = {"id": "re_1", "lines": [{"line": "1", "quantity": 1, "amounts": {"gross": "30"}}]}
    order = sent(gb, "A1", lines=[MUG], payments=[payment])
    posted(gb, order)
    sent(gb, "A1", lines=[MUG], payments=[payment], refunds=[refund], channel="web", tags=["vip"])
    order.refresh_from_db()
    assert order.current_revision.number == 2
    assert invoice_of(gb, order).attention == "refunded"
    assert len(gb.invoices()) == 1
