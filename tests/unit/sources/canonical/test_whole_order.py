"""The canonical order, whole: what may stand in it beside the sale, and that orders of before stay what they were."""

import hashlib
import json
from decimal import Decimal

import pytest

from daybook.intake import basis, facts
from daybook.sources.canonical import schema, sums
from daybook.sources.problems import NotAnOrderError

MUG = {"id": "1", "sku": "MUG", "quantity": 2, "unit_price": "6.25", "tax_rate": "0.2"}
ORDER = {"source": "shop", "id": "1", "lines": [MUG]}
WHOLE = {
    "version": 1,
    "source": "shop",
    "id": "10045",
    "channel": "web",
    "tags": ["vip", "gift"],
    "is_test": True,
    "lines": [
        {
            **MUG,
            "kind": "goods",
            "taxes": [{"name": "VAT", "code": "S", "rate": "0.2", "amount": "2.5", "liable": "channel"}],
            "product": {"type": "mug", "category": "kitchen", "tags": ["photo"]},
        },
        {"id": "2", "kind": "tip", "quantity": 1, "unit_price": "1", "tax_rate": "0"},
    ],
    "shipping": {"price": "3", "tax_rate": "0.2", "taxes": [{"name": "VAT", "rate": "0.2"}]},
    "shipping_method": "RM24",
    "exchange_rate": "1.15",
    "customer": {"id": 77, "name": "Ada", "email": "ada@example.com", "vat_number": "GB123"},
    "shipping_address": {"name": "Ada", "lines": ["1 Mill Lane"], "city": "Leeds", "country_code": "gb"},
    "billing_address": {"company": "Example Ltd", "postcode": "LS1 1AA", "country": "United Kingdom"},
    "destination": {"country_code": "GB", "region": "England", "postcode": "LS1 1AA"},
    "payments": [
        {
            "id": "ch_1",
            "kind": "gift_card",
            "at": "2026-03-03T09:15:00Z",
            "amount": "19",
            "currency": "GBP",
            "gateway": "stripe",
            "reference": "txn 1",
            "fee": "0.40",
            "payout": {"id": "po_1", "date": "2026-03-06"},
        }
    ],
    "refunds": [
        {
            "id": "re_1",
            "at": "2026-03-09",
            "reason": "broken",
            "lines": [{"line": "1", "quantity": 1, "amounts": {"net": "6.25", "tax": "1.25"}, "returned": False}],
            "shipping": {"gross": "3.60"},
            "adjustments": [{"reason": "goodwill", "amounts": {"gross": "1"}}],
            "payments": [{"id": "rf_1", "amount": "12.10"}],
        }
    ],
}


def problem(**changes):
    with pytest.raises(NotAnOrderError) as caught:
        schema.parse_order(ORDER | changes)
    return caught.value.problems[0]


class TestAWholeOrder:
    def test_comes_back_from_the_database_as_it_was(self):
        order = schema.parse_order(WHOLE)
        assert schema.load_order(schema.content_of(order)) == order
        assert order.shipping_address.country_code == "GB"
        assert order.refunds[0].lines[0].amounts.whole == Decimal("7.5")

    def test_that_says_no_more_than_before_is_stored_as_before(self):
        content = schema.content_of(schema.parse_order({**ORDER, "version": 1, "payments": [], "tags": []}))
        assert content == {"source": "shop", "id": "1", "lines": [MUG | {"quantity": "2"}]}

    @pytest.mark.parametrize(
        ("changes", "field", "cure"),
        [
            ({"version": 2}, "version", "Send 1."),
            ({"lines": [MUG | {"kind": "goodz"}]}, "lines[0].kind", "Send one of these: 'goods', 'shipping'"),
            ({"shipping_address": {"country_code": "GBR"}}, "shipping_address.country_code", "Send two letters"),
            ({"payments": [{"amount": "1"}]}, "payments[0].id", "Add the field."),
            ({"payments": [{"id": "1", "amount": "1"}] * 2}, "payments[1].id", "Give each an id of its own"),
            ({"refunds": [{"id": "1", "lines": [{"line": "1"}]}]}, "refunds[0].lines[0].quantity", "Add the field."),
            ({"refunds": [{"id": "1", "shipping": {"nett": 1}}]}, "refunds[0].shipping.nett", "Did you mean net?"),
            ({"payments": [{"id": "1", "amount": 1, "payout": {"dat": ""}}]}, "payments[0].payout.dat", "Did you mean"),
            ({"test": True}, "test", "Did you mean is_test?"),
            ({"billing_address": {"zip": "1"}}, "billing_address.zip", "Did you mean postcode?"),
        ],
    )
    def test_that_is_wrong_somewhere_names_the_field_and_the_cure(self, changes, field, cure):
        found = problem(**changes)
        assert found.field == field
        assert found.cure.startswith(cure)


class TestThePrintOfWhatADocumentWasWrittenFrom:
    def test_is_what_it_was_for_an_order_that_says_no_more(self):
        order = schema.parse_order(
            {**ORDER, "shipping": {"price": "3", "tax_rate": "0.2"}, "totals": {"gross": "18.6"}}
        )
        line = {
            "sku": "MUG", "description": "", "unit_price": "6.25", "unit_price_inc_tax": None, "discount": "0",
            "discount_inc_tax": None, "tax_rate": "0.2", "tax_amount": None, "quantity": "2",
        }  # fmt: skip
        shipping = {"price": "3", "price_inc_tax": None, "tax_rate": "0.2", "description": "Shipping"}
        rest = [shipping, {"net": None, "tax": None, "gross": "18.6"}]
        before = hashlib.sha256(json.dumps(["GBP", [line], rest], sort_keys=True).encode()).hexdigest()
        assert printed(order)["money"] == before
        assert "refunds" not in printed(order)

    def test_tells_of_kinds_taxes_and_refunds_but_of_no_address(self):
        order = schema.parse_order(ORDER)
        assert printed(schema.parse_order(ORDER | {"tags": ["a"], "channel": "web"})) == printed(order)
        assert printed(schema.parse_order(ORDER | {"lines": [MUG | {"kind": "fee"}]})) != printed(order)
        assert printed(schema.parse_order(ORDER | {"lines": [MUG | {"taxes": [{"name": "VAT"}]}]})) != printed(order)
        assert printed(schema.parse_order(ORDER | {"refunds": [{"id": "1"}]})) != printed(order)


def printed(order: schema.CanonicalOrder) -> dict:
    return basis.basis(facts.derive(order), is_purchase=False, currency="GBP", totals=None)


class TestARefund:
    def test_that_adds_up_is_not_spoken_of(self):
        assert sums.findings(schema.parse_order(WHOLE)) == ()

    def test_whose_money_is_not_what_its_parts_come_to_is_told_with_both_figures(self):
        refund = WHOLE["refunds"][0] | {"payments": [{"id": "rf_1", "amount": "12"}]}
        assert sums.findings(schema.parse_order(WHOLE | {"refunds": [refund]})) == (
            (
                "Refund re_1: its lines, carriage and adjustments come to 12.10, the money given back to 12.00. They differ by "
                "0.10."
            ),
        )

    def test_whose_three_figures_contradict_each_other_is_told_where(self):
        amounts = {"net": "5", "tax": "1", "gross": "7"}
        refund = {"id": "re_2", "lines": [{"line": "9", "quantity": 1, "amounts": amounts}]}
        assert sums.findings(schema.parse_order(ORDER | {"refunds": [refund]})) == (
            "Refund re_2 names the line 9, which the order does not have.",
            "Refund re_2, line 9: 5.00 net + 1.00 tax is not 7.00 gross.",
        )

    def test_of_which_only_the_money_is_said_is_what_moved(self):
        order = schema.parse_order(ORDER | {"refunds": [{"id": "1", "payments": [{"id": "p", "amount": "4"}]}]})
        assert sums.moved(order.refunds[0], "GBP") == 4
