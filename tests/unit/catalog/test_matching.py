"""Which contact is a customer: the table of the rules, and what holds whatever is there. No database."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.catalog import matching
from daybook.catalog.matching import Found, Make, Merged
from daybook.documents.causes import Cause, Hold
from daybook.documents.document import Party
from daybook.ledgers.lists import Contact

JO = Party(key="db-jo", name="Jo Bloggs", shop_number="1001", email="jo@example.com", vat_number="GB1")


def a_contact(contact_id: str = "c1", name: str = "Somebody", status: str = "ACTIVE", **more: str) -> Contact:
    return Contact(contact_id=contact_id, name=name, status=status, **more)


NUMBERED = a_contact(number="DB-JO")
MAILED = a_contact("c2", email="JO@example.com")
NAMED = a_contact("c3", name="jo  bloggs")
OTHER_JO = a_contact("c4", name="Jo Bloggs", email="other@example.com")
TABLE = [
    ("nothing there", [], Make("Jo Bloggs")),
    ("our number", [NUMBERED, MAILED, NAMED], Found(NUMBERED)),
    ("our number twice", [NUMBERED, replace(NUMBERED, contact_id="c9")], Hold(Cause.CONTACT_AMBIGUOUS)),
    ("our number, archived", [replace(NUMBERED, status="ARCHIVED"), MAILED], Hold(Cause.CONTACT_ARCHIVED)),
    ("our number, erased", [replace(NUMBERED, status="GDPRREQUEST")], Hold(Cause.CONTACT_UNUSABLE)),
    ("our number, merged", [replace(NUMBERED, status="ARCHIVED", merged_into="c7")], Merged("c7")),
    ("one of the address", [MAILED, NAMED], Found(MAILED)),
    ("an archived one of the address", [replace(MAILED, status="ARCHIVED")], Make("Jo Bloggs")),
    ("two of the address", [MAILED, replace(MAILED, contact_id="c9")], Hold(Cause.CONTACT_AMBIGUOUS)),
    ("two of the address, one of the name", [MAILED, replace(OTHER_JO, email="jo@example.com")], Found),
    ("the address, another VAT number", [replace(MAILED, tax_number="GB2")], Make("Jo Bloggs")),
    ("the name", [NAMED], Found(NAMED)),
    ("an archived one of the name", [replace(NAMED, status="ARCHIVED")], Make("Jo Bloggs")),
    ("the name, another address", [OTHER_JO], Make("Jo Bloggs (1001)")),
    ("the name, another VAT number", [replace(NAMED, tax_number="GB2")], Make("Jo Bloggs (1001)")),
    ("the name, the same VAT number with spaces", [replace(NAMED, tax_number="G B1")], Found),
    ("the name, another customer's number of ours", [replace(NAMED, number="db-other")], Make("Jo Bloggs (1001)")),
    ("the name, another app's number", [replace(NAMED, number="4711")], Found),
]


class TestTheTable:
    @pytest.mark.parametrize(("there", "match"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
    def test_says_who_it_is(self, there, match):
        found = matching.match(JO, there, {})
        assert isinstance(found, match) if isinstance(match, type) else found == match

    def test_makes_another_where_the_name_stands_for_another_customer_of_ours(self):
        assert matching.match(JO, [NAMED], {"c3": "db-else"}) == Make("Jo Bloggs (1001)")
        assert matching.match(JO, [NAMED], {"c3": "db-jo"}) == Found(NAMED)


class TestNamesInBrackets:
    def test_are_told_by_the_shops_number_the_address_or_the_key(self):
        assert matching.with_number(JO) == "Jo Bloggs (1001)"
        assert matching.with_number(replace(JO, shop_number="")) == "Jo Bloggs (jo@example.com)"
        assert matching.with_number(replace(JO, shop_number="", email="")) == "Jo Bloggs (db-jo)"


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=300)
PARTIES = st.builds(Party, key=st.uuids().map(str), name=TEXTS, shop_number=TEXTS, email=TEXTS)
CONTACTS = st.builds(
    Contact,
    contact_id=st.uuids().map(str),
    name=st.sampled_from(["Jo Bloggs", "jo bloggs", "Ann"]),
    status=st.sampled_from(["ACTIVE", "ARCHIVED", "GDPRREQUEST"]),
    number=st.sampled_from(["", "db-jo", "db-else", "77"]),
    email=st.sampled_from(["", "jo@example.com", "ann@example.com"]),
)


class TestLaws:
    @given(st.lists(PARTIES, max_size=8))
    def test_no_two_made_together_have_one_name(self, parties):
        names = list(matching.names([(party, party.name) for party in parties]))
        assert len(names) == len(parties)
        for place, name in enumerate(names):
            others = {each.casefold() for each in names[:place]}
            assert name.casefold() not in others or name == matching.with_number(parties[place])

    @given(PARTIES)
    def test_a_name_in_brackets_fits_and_is_always_the_same(self, party):
        assert len(matching.with_number(party)) <= matching.LONGEST_NAME
        assert matching.with_number(party) == matching.with_number(party)

    @given(st.lists(CONTACTS, max_size=6, unique_by=lambda each: each.contact_id))
    def test_only_active_contacts_are_ever_named(self, there):
        match = matching.match(JO, there, {})
        assert not isinstance(match, Found) or match.contact.is_active

    @given(st.lists(CONTACTS, max_size=6, unique_by=lambda each: each.contact_id), st.randoms())
    def test_the_order_of_what_is_there_does_not_count(self, there, random):
        shuffled = list(there)
        random.shuffle(shuffled)
        assert matching.match(JO, there, {}) == matching.match(JO, shuffled, {})
