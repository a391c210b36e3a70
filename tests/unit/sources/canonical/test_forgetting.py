"""An order without its persons, and words taken out of what was written. No database."""

import json

import pytest
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

    @pytest.mark.parametrize(
        ("told", "left"),
        [
            (rb'{"note":"Thanks,\nZo\u00eb Qu"}', rb'{"note":"Thanks,\n"}'),
            (rb'{"note":"\u2013Zo\u00eb Qu\r\nLeeds"}', rb'{"note":"\u2013\r\nLeeds"}'),
            (rb'{"name":"ZO\u00CB QU","other":"Zo\u00ebl Qu"}', rb'{"name":"","other":"Zo\u00ebl Qu"}'),
            (rb'{"name":"Zo\u00eb\nQu"}', b'{"name":""}'),
            (rb'{"cell":"[{\"name\":\"Zo\\u00eb Qu\"}]"}', rb'{"cell":"[{\"name\":\"\"}]"}'),
            (rb'{"firm":"O\u0027Hara \u0026 \"Co\""}', b'{"firm":""}'),
            (rb'{"name":"\ud835\udcb5ed"}', b'{"name":""}'),
            (b"<name>Zo&#xEB; Qu</name><firm>O&apos;Hara &amp; &quot;Co&quot;</firm>", b"<name></name><firm></firm>"),
            (b"1;Zo\xeb Qu;\x81", b"1;;\x81"),
        ],
        ids=["break", "dash", "case", "broken", "twice", "signs", "pair", "xml", "windows"],
    )
    def test_are_found_behind_and_within_escapes(self, told, left):
        assert forgetting.without_in_bytes(told, ["Zo\u00eb Qu", 'O\'Hara & "Co"', "\U0001d4b5ed"]) == left

    @given(st.text(min_size=3).map(str.strip).filter(lambda each: len(each) > 2), st.text(), st.text())
    def test_in_json_are_gone_as_from_the_text_itself(self, word, before, after):
        text = f"{before} {word} {after}"
        told = forgetting.without_in_bytes(json.dumps(text).encode(), [word])
        assert "&" in text or "\\" in text or json.loads(told) == forgetting.without(f"x {text}", [word])[2:]
