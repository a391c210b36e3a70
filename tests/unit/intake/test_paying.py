"""How much of what was paid is the sale's, and by what each payment is told from the others."""

from dataclasses import replace
from datetime import UTC, date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from daybook.documents import keys
from daybook.documents.document import AmountType, Invoice, Lowered
from daybook.documents.kinds import Kind
from daybook.intake import paying, shares
from daybook.intake.material import Made, Material
from daybook.kit.money import Totals
from daybook.mapping.orders import Order
from daybook.mapping.rules import MappingRules
from daybook.outbox.states import State
from daybook.sources.canonical.moments import Zones
from daybook.sources.canonical.schema import parse_order

AMOUNTS = st.decimals(min_value=0, max_value=1000, places=2)
RULES = MappingRules(
    base_currency="GBP", currencies=frozenset({"GBP"}), customer_contact_id="c", supplier_contact_id="c",
    sales_account="200", shipping_account="200", tax_types={}, tax_rates={},
)  # fmt: skip


def material(gross: Decimal, paid: list[Decimal], back: list[Decimal]) -> Material:
    received = parse_order(
        {
            "source": "shop", "id": "1", "currency": "GBP", "lines": [{"id": "1", "quantity": 1, "unit_price": "1"}],
            "payments": [{"id": f"p{place}", "amount": str(each)} for place, each in enumerate(paid)],
            "refunds": [
                {"id": f"r{place}", "payments": [{"id": f"b{place}", "amount": str(each)}]}
                for place, each in enumerate(back)
            ],
        }
    )  # fmt: skip
    sale = Invoice(
        number="A1", contact_id="c", date=date(2026, 3, 2), currency="GBP", amount_type=AmountType.INCLUSIVE, lines=(),
        totals=Totals(gross, Decimal(0), gross), reference="", status="DRAFT", due_date=date(2026, 3, 2), form="",
    )  # fmt: skip
    made = Made(
        kind=Kind.INVOICE, key="", generation=1, mark="m", number="A1", is_number_free=False, state=State.READY,
        their_status="", paper=sale,
    )  # fmt: skip
    order = Order(ref="A1", external_ref="", currency="GBP", document_date=date(2026, 3, 2), lines=(), mark="m")
    zones = Zones(sender=UTC, documents=UTC)
    return Material(received=received, order=order, rules=RULES, prices=None, zones=zones, made=(made,))


class TestMoneyThatWentBackBeforeTheInvoice:
    """It is taken off the account that it went back from, as what lowered the invoice says."""

    PAID = ({"id": "s", "amount": "10", "gateway": "stripe"}, {"id": "g", "amount": "5", "kind": "gift_card"})

    def shares(self, gross: str, back: dict, *, lowered: bool = True) -> list[Decimal]:
        of = material(Decimal(gross), [], [])
        assert of.received is not None
        content = {**of.received.model_dump(exclude_none=True), "payments": list(self.PAID)}
        received = parse_order({**content, "refunds": [{"id": "r", "payments": [{"id": "b", **back}]}]})
        [sale] = of.made
        assert isinstance(sale.paper, Invoice)
        off = (Lowered(refund="r", totals=Totals(Decimal(1), Decimal(0), Decimal(1))),) if lowered else ()
        made = replace(sale, paper=replace(sale.paper, lowered_by=off))
        return [each.amount for each in shares.of_sale(replace(of, received=received, made=(made,)))]

    def test_is_taken_off_its_own_gateway_first(self):
        assert self.shares("9", {"amount": "6", "gateway": "Stripe"}) == [Decimal(4), Decimal(5)]

    def test_is_taken_off_the_others_where_its_own_is_not_enough_or_not_named(self):
        assert self.shares("3", {"amount": "12", "gateway": "stripe"}) == [Decimal(0), Decimal(3)]
        assert self.shares("9", {"amount": "6"}) == [Decimal(9), Decimal(0)]

    def test_is_taken_off_an_order_that_is_not_paid_in_full_too(self):
        assert self.shares("50", {"amount": "6", "gateway": "stripe"}) == [Decimal(4), Decimal(5)]

    def test_is_taken_off_only_what_is_too_much_where_the_sale_does_not_say_that_it_is_lowered(self):
        assert self.shares("50", {"amount": "6", "gateway": "stripe"}, lowered=False) == [Decimal(10), Decimal(5)]
        assert self.shares("13", {"amount": "6", "gateway": "stripe"}, lowered=False) == [Decimal(8), Decimal(5)]


class TestTheShares:
    @given(AMOUNTS, st.lists(AMOUNTS, max_size=5), st.lists(AMOUNTS, max_size=3))
    def test_are_what_was_paid_less_what_lowered_the_sale(self, gross, paid, back):
        found = shares.of_sale(material(gross, paid, back))
        whole = sum(paid, Decimal(0))
        less = min(max(Decimal(0), whole - gross), sum(back, Decimal(0)))
        assert sum((each.amount for each in found), Decimal(0)) == whole - less
        assert all(0 <= each.amount <= each.payment.amount for each in found)
        assert [each.payment.amount for each in found] == paid

    def test_are_taken_off_the_last_payment(self):
        found = shares.of_sale(material(Decimal(15), [Decimal(10), Decimal(10)], [Decimal(5)]))
        assert [each.amount for each in found] == [10, 5]


class TestTheReference:
    @given(st.text(max_size=100), st.text(alphabet="abc123_", min_size=1, max_size=200))
    def test_keeps_the_id_whole(self, gateway, payment_id):
        made = paying.reference(gateway, payment_id)
        assert len(made) <= paying.LONGEST_REFERENCE
        assert made.endswith(payment_id)


class TestTheKey:
    @given(st.text(min_size=1, max_size=200), st.text(min_size=1, max_size=200))
    def test_tells_two_ids_apart_and_finds_room(self, one, other):
        assert (paying.key_of(one) == paying.key_of(other)) == (one == other)
        assert len(paying.key_of(one)) <= 100

    @given(st.text(min_size=1, max_size=120), st.text(min_size=1, max_size=9), st.text(min_size=1, max_size=9))
    def test_of_a_refund_by_itself_is_none_of_another_ones_payment(self, refund, other, payment):
        for alone in (refund, f"{other}/{payment}", f"{other}/{payment}/"):
            assert keys.of_rest(alone) != keys.of(other, payment)
