"""How much of what was paid is the sale's, and by what each payment is told from the others."""

from datetime import UTC, date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from daybook.documents.document import AmountType, Invoice
from daybook.documents.kinds import Kind
from daybook.intake import paying
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


class TestTheShares:
    @given(AMOUNTS, st.lists(AMOUNTS, max_size=5), st.lists(AMOUNTS, max_size=3))
    def test_are_what_was_paid_less_what_lowered_the_sale(self, gross, paid, back):
        shares = paying.shares(material(gross, paid, back))
        whole = sum(paid, Decimal(0))
        less = min(max(Decimal(0), whole - gross), sum(back, Decimal(0)))
        assert sum((each.amount for each in shares), Decimal(0)) == whole - less
        assert all(0 <= each.amount <= each.payment.amount for each in shares)
        assert [each.payment.amount for each in shares] == paid

    def test_are_taken_off_the_last_payment(self):
        shares = paying.shares(material(Decimal(15), [Decimal(10), Decimal(10)], [Decimal(5)]))
        assert [each.amount for each in shares] == [10, 5]


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
