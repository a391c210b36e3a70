"""What an order says beside its lines, and where lines that are no goods are booked, on the pages."""

import html

import pytest
from django.urls import reverse

from daybook.connections.models import LineAccount
from daybook.intake.receive import receive
from daybook.orders.models import Order
from daybook.outbox.models import Entry
from tests.integration.web.test_connection_settings import page, settings_of
from tests.unit.sources.canonical.test_whole_order import WHOLE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drawn]


def shown(client, cast, order: Order) -> str:
    address = reverse("web:order", args=[cast.company.public_id, order.public_id])
    return html.unescape(client.get(address).content.decode())


def test_an_order_shows_all_that_it_says(logged_in, acme):
    receive(acme.company, WHOLE | {"currency": "GBP", "dispatched": True})

    text = shown(logged_in("viewer"), acme, Order.objects.get())

    for said in (
        "A test order",
        "<dt>Channel</dt><dd>web</dd>",
        "<dt>Tags</dt><dd>vip, gift</dd>",
        "<dt>VAT number</dt><dd>GB123</dd>",
        "<dt>Sent to</dt><dd>Ada, 1 Mill Lane, Leeds, GB</dd>",
        "<dt>Billed to</dt><dd>Example Ltd, LS1 1AA, United Kingdom</dd>",
        "<dt>Sent by</dt><dd>RM24</dd>",
        '<span class="db-badge">Tips</span>',
        "VAT 20\u00a0%: 2.50, owed by the channel",
        "stripe, gift card, txn 1, paid out with po_1 on 2026-03-06",
        "broken, 1 x MUG (not returned), carriage, goodwill",
        "12.10 GBP",
    ):
        assert said in text, said


def test_an_order_of_before_shows_nothing_of_it(logged_in, acme):
    line = {"sku": "MUG", "quantity": 1, "unit_price": "10", "tax_rate": "0.2"}
    receive(acme.company, {"source": "shop", "id": "1", "lines": [line]})

    text = shown(logged_in("viewer"), acme, Order.objects.get())

    assert "Payments and refunds" not in text
    assert "<dt>Channel</dt>" not in text


def test_carriage_stands_among_the_lines_that_the_totals_are_made_of(logged_in, acme):
    line = {"sku": "MUG", "quantity": 1, "unit_price": "10", "tax_rate": "0.2"}
    given = {"source": "shop", "id": "1", "lines": [line], "shipping": {"price": "4.50", "tax_rate": "0.2"}}
    receive(acme.company, given)

    text = shown(logged_in("viewer"), acme, Order.objects.get())

    assert '<td data-label="Unit ex tax" class="num"><span>4.50</span></td>' in text


def test_a_tip_goes_once_a_person_has_chosen_its_account_on_the_page(logged_in, acme):
    mug = {"id": "1", "description": "Mug", "quantity": 1, "unit_price": "10", "tax_rate": "0.2"}
    tip = {"id": "2", "kind": "tip", "description": "Tip", "quantity": 1, "unit_price": "2", "tax_rate": "0"}
    given = {"source": "shop", "id": "1", "dispatched": True, "dispatched_at": "2026-03-02", "currency": "GBP"}
    receive(acme.company, given | {"lines": [mug, tip]})
    client = logged_in("accountant")
    assert "Nobody has said where it is booked" in shown(client, acme, Order.objects.get())

    sent = settings_of(client, acme.company) | {"line_account-gift_card": "", "line_account-tip": "260"}
    answer = client.post(page("settings-save", acme.company), sent)

    assert answer.status_code == 302
    assert list(LineAccount.objects.values_list("kind", "account", "tax_type")) == [("tip", "260", "")]
    receive(acme.company, given | {"lines": [mug, tip], "status": "again"})
    assert [line["account_code"] for line in Entry.objects.get().document["lines"]] == ["200", "260"]
