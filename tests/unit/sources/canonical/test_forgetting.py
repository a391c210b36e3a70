"""An order without its persons, and words taken out of what was written. No database."""

from hypothesis import given
from hypothesis import strategies as st

from daybook.sources.canonical import forgetting
from daybook.sources.canonical.schema import content_of, parse_order

ORDER = {
    "source": "shop", "id": "1", "number": "Jo Bloggs", "currency": "GBP", "external_ref": "For jo  bloggs",
    "customer": {"id": "7", "name": "Jo Bloggs", "email": "jo@example.com", "vat_number": "123456789"},
    "billing_address": {"name": "Jo Bloggs", "lines": ["100"], "postcode": "LS1", "country_code": "GB", "region": "Y"},
    "lines": [{"id": "1", "sku": "JO-BLOGGS", "description": "Mug of Jo Bloggs, Joan", "quantity": 100, "unit_price": "100"}],
}  # fmt: skip


class TestAnOrderWithoutPersons:
    def test_keeps_what_it_comes_to_and_where_it_is_taxed(self):
        bare = forgetting.without_persons(parse_order(ORDER))
        assert (bare.number, bare.lines[0].sku, bare.lines[0].quantity) == ("Jo Bloggs", "JO-BLOGGS", 100)
        assert str(bare.lines[0].unit_price) == "100"
        assert (bare.billing_address.country_code, bare.billing_address.region) == ("GB", "Y")

    def test_names_nobody(self):
        bare = forgetting.without_persons(parse_order(ORDER))
        assert forgetting.persons_in(bare) == ()
        assert bare.external_ref == "For"
        assert bare.lines[0].description == "Mug of , Joan"

    def test_twice_is_as_once(self):
        once = forgetting.without_persons(parse_order(ORDER))
        assert content_of(forgetting.without_persons(once)) == content_of(once)


class TestWords:
    @given(st.text(min_size=3, max_size=20), st.text(max_size=20), st.text(max_size=20))
    def test_are_gone_where_they_stood_alone(self, word, before, after):
        words = forgetting.longest_first([word])
        told = forgetting.without(f"{before} {word} {after}", words)
        assert not words or f" {word} " not in f" {told} " or word in before or word in after

    @given(st.decimals(allow_nan=False, allow_infinity=False).map(str))
    def test_leave_amounts_alone(self, amount):
        assert "e" in amount.lower() or forgetting.without({"gross": amount}, ["100", amount]) == {"gross": amount}

    def test_are_found_in_bytes_as_json_escapes_them(self):
        told = b'{"Name":"Zo\\u00eb Qu","Other":"Zo\xc3\xab Qu"}'
        assert forgetting.without_in_bytes(told, ["Zo\u00eb Qu"]) == b'{"Name":"","Other":""}'
