"""Whatever stands in an address is answered: never with an error of ours."""

import pytest
from django.urls import reverse

from daybook.connections.models import ChannelContact, Gateway, PostingRule, PostingSettings
from daybook.intake.receive import receive
from daybook.orders.models import Order

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drawn]
NUL = "a\x00b"
"""PostgreSQL holds it in no text."""
ORDER = {
    "source": "shop", "id": "O1", "number": "O1", "dispatched": True, "dispatched_at": "2026-03-02T10:00:00Z",
    "currency": "GBP", "payments": [{"id": "p", "amount": "50", "gateway": "stripe"}],
    "lines": [{"id": "1", "sku": "MUG", "description": "Mug", "quantity": 2, "unit_price": "25", "tax_rate": "0"}],
    "refunds": [{"id": "r1"}],
}  # fmt: skip


@pytest.fixture
def client(logged_in):
    return logged_in("accountant")


@pytest.fixture
def order(acme) -> Order:
    PostingSettings.objects.filter(connection=acme.connection).update(post_credit_notes=True, post_payments=True)
    assert not receive(acme.company, ORDER).problems
    return Order.objects.get(company=acme.company, source_id="O1")


def page(name: str, company, *arguments) -> str:
    return reverse(f"web:{name}", args=[company.public_id, *arguments])


def test_what_no_text_may_hold_in_addresses(client, acme, order):
    asked = (
        ("order-refund", [order.public_id], ["refund"]), ("payments", [], ["at", "page", "format"]),
        ("payments-month", [], ["month", "account", "items-GBP", "payouts-GBP", "there"]), ("rules", [], ["order"]),
        ("rule-new", [], ["order", "line"]), ("contacts-pick", [], ["find"]), ("rule-set", ["uk"], ["channel"]),
    )  # fmt: skip
    for name, arguments, fields in asked:
        for field in fields:
            answer = client.get(page(name, acme.company, *arguments), {field: NUL})
            assert answer.status_code < 500, (name, field)


ODD = {
    "nul": NUL, "long": "x" * 100_000, "beyond": "1e999999", "no number": "NaN", "marks": "\u202e😀\u2029٣",
    "rows": "(none)\r\n*", "early": "0001-01-01",
}  # fmt: skip


@pytest.fixture
def forms(acme, order):
    """The forms of what follows the sale: where each is shown, and where it is sent."""
    rule = PostingRule.objects.create(connection=acme.connection, position=1, when={"country": ["FR"]}, account="200")
    ChannelContact.objects.create(connection=acme.connection, channel="web", contact_name="Web", contact_id="c")
    gateway = Gateway.objects.get(connection=acme.connection, name="stripe")
    settings = page("settings-room", acme.company, "all")
    shown = [
        page("rule-new", acme.company),
        page("rule", acme.company, rule.pk),
        page("rule-set", acme.company, "oss"),
        page("rule-set", acme.company, "marketplace"),
        f"{page('order-refund', acme.company, order.public_id)}?refund=r1",
        page("gateway-account", acme.company, gateway.pk),
    ]
    saved = [(settings, page(name, acme.company)) for name in ("settings-save", "contacts-pick")]
    return [*((address, address) for address in shown), *saved]


def test_what_nobody_would_type_into_the_forms(client, forms):
    for shown, sent in forms:
        form = client.get(shown).context["form"]
        stands = {each.html_name: each.value() for each in form if each.value() is not None}
        names = [each.html_name for each in form] + ["version", "order", "then", "find", "take", "base"]
        assert client.post(sent, {}).status_code < 500, sent
        for place, (what, odd) in enumerate(ODD.items()):
            some = {name: [odd, odd] for name in names[place % 3 :: 3]}  # the others stand as they are
            assert client.post(sent, dict.fromkeys(names, odd)).status_code < 500, (sent, what)
            assert client.post(sent, stands | some).status_code < 500, (sent, what, list(some))


def test_what_is_anothers_is_not_there(client, acme, birch):
    theirs = PostingRule.objects.create(connection=birch.connection, position=1, when={}, account="200")
    gateway = Gateway.objects.create(connection=birch.connection, name="stripe", currency="AUD")
    assert not receive(birch.company, ORDER).problems
    order = Order.objects.get(company=birch.company, source_id="O1")
    asked = [
        page("rule", acme.company, theirs.pk), page("rule-delete", acme.company, theirs.pk),
        page("rule-move", acme.company, theirs.pk), page("gateway-account", acme.company, gateway.pk),
        f"{page('order-refund', acme.company, order.public_id)}?refund=r1", page("rules", birch.company),
        page("rule", acme.company, 2**63), page("gateway-account", acme.company, 2**63),
    ]  # fmt: skip
    version = client.get(page("rules", acme.company)).context["version"]
    for address in asked:
        assert client.post(address, {"version": version, "account": "200"}).status_code == 404, address
