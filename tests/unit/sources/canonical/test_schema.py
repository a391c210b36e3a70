"""The canonical order, parsed once."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.sources import json_text
from daybook.sources.canonical import moments, schema
from daybook.sources.problems import NotAnOrderError

ORDER = {"source": "shop", "id": "1", "lines": [{"quantity": 1}]}


def parse(**changes):
    return schema.parse_order(ORDER | changes)


def problem(**changes):
    with pytest.raises(NotAnOrderError) as caught:
        parse(**changes)
    return caught.value.problems[0]


class TestAnAmount:
    @pytest.mark.parametrize("given", [6.25, 6, "6.25", " 6.250 ", "0", 0.1])
    def test_may_be_a_number_or_a_text(self, given):
        body = json_text.parse(json.dumps({"quantity": 1, "unit_price": given}))
        assert parse(lines=[body]).lines[0].unit_price == Decimal(str(given).strip())

    def test_is_exact(self):
        body = json_text.parse('{"quantity": 1, "unit_price": 1234567890.12345678}')
        assert parse(lines=[body]).lines[0].unit_price == Decimal("1234567890.12345678")

    @pytest.mark.parametrize(
        "given", ["1e3", "1_000", "\u0661", "NaN", "Infinity", True, [], {}, "", "1,5", "--1", 1.5]
    )
    def test_is_nothing_else(self, given):
        found = problem(lines=[{"quantity": 1, "unit_price": given}])
        assert (found.field, found.problem) == ("lines[0].unit_price", "This is not a number.")

    @pytest.mark.parametrize(
        ("field", "given", "words"),
        [
            ("unit_cost", -1, "negative"),
            ("discount", -1, "negative"),
            ("unit_price", 10**10, "more than 10 digits"),
            ("unit_price", -(10**10), "more than 10 digits"),
            ("quantity", 10**7, "more than 7 digits"),
            ("quantity", "0.00001", "more than 4 decimals"),
            ("tax_rate", 20, "at most 1"),
        ],
    )
    def test_has_bounds(self, field, given, words):
        assert words in problem(lines=[{"quantity": 1, field: given}]).problem

    @pytest.mark.parametrize(
        ("field", "given", "kept"),
        [
            ("unit_price", "8.333333333333334", "8.33333333"),
            ("unit_price_inc_tax", "9.999999999999998", "10"),
            ("discount", "0.30000000000000004", "0.3"),
            ("tax_rate", "0.19999999999999998", "0.2"),
            ("quantity", "1.0000000000000002", "1"),
        ],
    )
    def test_drops_what_stands_behind_its_last_place_where_that_cannot_matter(self, field, given, kept):
        line = parse(lines=[{"quantity": 3, field: given}]).lines[0]
        assert getattr(line, field) == Decimal(kept)

    def test_names_the_decimals_where_it_could_matter(self):
        found = problem(lines=[{"quantity": 100_000, "unit_price": "8.333333333333334"}])
        assert (found.field, found.problem) == ("lines[0].unit_price", "The number has more than 8 decimals.")

    def test_below_nought_is_something_taken_off_a_line_of_its_own(self):
        assert parse(lines=[{"quantity": 1, "unit_price": "-5.00"}]).lines[0].unit_price == -5
        assert parse(rounding="-0.03").rounding == Decimal("-0.03")

    @given(st.decimals(min_value=0, max_value=9_999_999_999, places=8))
    def test_comes_back_from_the_database_as_it_was(self, price):
        order = parse(lines=[{"quantity": 1, "unit_price": f"{price:f}"}])
        assert schema.load_order(schema.content_of(order)) == order
        assert order.lines[0].unit_price == price


class TestTheCarriage:
    def test_is_one_object_or_a_list_of_them(self):
        one = {"price": "4", "tax_rate": "0.2"}
        assert [each.price for each in parse(shipping=one).shippings] == [4]
        order = parse(shipping=[one, {"price_inc_tax": "3"}])
        assert [each.price_inc_tax for each in order.shippings] == [None, 3]
        assert schema.load_order(schema.content_of(order)) == order
        assert parse(shipping=[]).shippings == ()

    @pytest.mark.parametrize(
        ("given", "field"),
        [({"pric": 1}, "shipping.pric"), ([{}, {"pric": 1}], "shipping[1].pric"), ({"price": -1}, "shipping.price")],
    )
    def test_names_the_field_that_is_wrong(self, given, field):
        assert problem(shipping=given).field == field


class TestTheRateOfExchange:
    @pytest.mark.parametrize("given", ["0", "0.0000001", "-1", "x"])
    def test_is_more_than_nought(self, given):
        assert problem(exchange_rate=given).field == "exchange_rate"

    def test_is_named_to_who_calls_it_otherwise(self):
        assert problem(currency_rate="1.15").cure.startswith("Did you mean exchange_rate?")


class TestAMoment:
    @pytest.mark.parametrize(
        "sent", ["2026-07-01", "2026-07-01 12:00:00", "2026-07-01T12:00+02:00", "2026-07-01T12:00:00Z"]
    )
    def test_is_kept_as_it_was_sent(self, sent):
        content = schema.content_of(parse(ordered_at=f" {sent} "))
        assert (content["ordered_at"], schema.load_order(content).ordered_at) == (sent, sent)

    @pytest.mark.parametrize(
        "given", [0, 1.5, True, [], "soon", "", "2026-13-01", "9999-12-31T23:59:59-12:00", "\u0662026-01-01"]
    )
    def test_is_nothing_else_than_iso_8601(self, given):
        assert problem(ordered_at=given).field == "ordered_at"

    @pytest.mark.parametrize(
        ("given", "cure"),
        [
            ("20/11/2026", "Send year-month-day, such as 2026-11-20."),
            ("11/20/2026 10:00", "Send year-month-day, such as 2026-11-20."),
            ("2026-02-30", "Send year-month-day, such as 2026-11-20."),
            ("2026-11-20T24:00", "Send 00:00 of the next day, or the day alone."),
            ("2026-11-20T10:61", "Send hours 00 to 23, minutes and seconds 00 to 59."),
            ("2026-11-20T10:00+25:00", "Send an offset from -14:00 to +14:00, or Z."),
            (1_763_596_800, moments.ISO),
            ("1763596800000", moments.ISO),
        ],
    )
    def test_that_could_mean_two_things_is_refused_with_the_cure(self, given, cure):
        assert problem(ordered_at=given).cure == cure


class TestTheEnvelope:
    def test_is_no_part_of_the_content(self):
        told = {"updated_at": "2026-07-01T12:00:00Z", "sequence": 7, "delivery_id": "evt-1"}
        assert schema.content_of(parse(**told)) == schema.content_of(parse())

    @pytest.mark.parametrize(("field", "given"), [("updated_at", "2026-07-01"), ("sequence", "7"), ("sequence", 2**63)])
    def test_that_puts_nothing_in_order_is_refused(self, field, given):
        found = problem(**{field: given})
        assert (found.field, bool(found.cure)) == (field, True)


class TestAField:
    def test_that_is_unknown_is_refused_with_the_name_that_was_meant(self):
        assert problem(exteral_ref="x").cure == "Did you mean external_ref?"

    def test_that_is_unknown_is_never_refused_with_its_own_name(self):
        assert "Did you mean" not in problem(ref="R1").cure
        assert problem(lines=[{"quantity": 1, "unit_prise": 1}]).cure == "Did you mean unit_price?"
        shipped = [{"lines": [{"line": "1", "quantitty": 1, "quantity": 1}]}]
        assert problem(shipments=shipped).cure == "Did you mean quantity?"

    def test_that_is_missing_is_named(self):
        with pytest.raises(NotAnOrderError) as caught:
            schema.parse_order({})
        assert [each.field for each in caught.value.problems] == ["source", "id", "lines"]

    @pytest.mark.parametrize("code", ["gbp", "GBP", " eur "])
    def test_of_a_currency_is_taken_in_any_case(self, code):
        assert parse(currency=code).currency == code.strip().upper()

    def test_of_a_currency_is_told_apart_from_metals(self):
        assert problem(currency="xau").problem == "XAU is no currency people are invoiced in."
        assert problem(currency="ZZZ").problem == "ZZZ is not a currency of ISO 4217."

    @pytest.mark.parametrize("code", ["ZZZ", "XXX", "XAU", "", "£", "GBPP", 5])
    def test_of_a_currency_must_be_one(self, code):
        assert problem(currency=code).field == "currency"

    def test_may_be_a_number_where_it_names_something(self):
        assert parse(id=46140311).id == "46140311"

    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
        )
    )
    def test_of_any_kind_never_breaks_the_parser(self, junk):
        for name in schema.CanonicalOrder.model_fields:
            try:
                parse(**{name: junk})
            except NotAnOrderError as error:
                assert all(each.problem and each.cure for each in error.problems)  # noqa: PT017 - either is right


class TestNull:
    @pytest.mark.parametrize("name", sorted(set(schema.CanonicalOrder.model_fields) - {"source", "id", "lines"}))
    def test_of_an_order_says_nothing(self, name):
        assert parse(**{name: None}) == parse()

    @pytest.mark.parametrize("name", sorted(set(schema.Line.model_fields) - {"quantity"}))
    def test_of_a_line_says_nothing(self, name):
        assert parse(lines=[{"quantity": 1, name: None}]) == parse(lines=[{"quantity": 1}])

    @pytest.mark.parametrize("name", ["source", "id", "lines"])
    def test_of_what_must_be_there_is_refused(self, name):
        assert problem(**{name: None}).field == name

    def test_of_an_unknown_field_is_refused(self):
        assert problem(lines=[{"quantity": 1, "unit_pric": None}]).field == "lines[0].unit_pric"


class TestContent:
    def test_is_the_same_however_the_amounts_were_written(self):
        one = parse(lines=[{"quantity": "2.0", "unit_price": "10.10"}])
        other = parse(lines=[{"quantity": 2, "unit_price": Decimal("10.1")}], number="")
        assert schema.content_of(one) == schema.content_of(other)


class TestTheSource:
    def test_that_is_daybooks_own_is_nobodys_else(self):
        assert problem(source="daybook").field == "source"


class TestTwoLinesOfOneId:
    lines = ({"id": "77", "quantity": 1}, {"id": "78", "quantity": 1}, {"id": 77, "quantity": 1})

    def test_are_refused_by_name_with_a_cure(self):
        found = problem(lines=list(self.lines))
        assert found.field == "lines[2].id"
        assert "77" in found.problem
        assert "an id of its own" in found.cure

    def test_are_read_where_they_were_stored_before(self):
        content = schema.content_of(schema.parse_order({"source": "s", "id": "1", "lines": []}))
        assert len(schema.load_order(content | {"lines": list(self.lines)}).lines) == 3
