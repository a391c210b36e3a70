"""Whom a sale is for. No database."""

from dataclasses import replace

from daybook.documents.document import Party
from daybook.intake import parties
from daybook.intake.intents import Enter
from daybook.mapping.rules import ContactPer, Named
from tests.unit.intake.test_plan import NEW, RULES_OF_ACME, after, an_order, planned
from tests.unit.mapping.shops import RULES

EACH = replace(RULES, contact_per=ContactPer.CUSTOMER, feed_id="feed1")


def party(rules=EACH, **customer: object) -> Party | None:
    return parties.party(an_order(customer=customer).order, rules)


class TestACustomer:
    def test_is_told_by_the_shops_id_in_its_feed(self):
        same, other = party(id="7", name="Jo"), party(id="7", name="Josephine", email="jo@example.com")
        assert same.key == other.key
        assert party(replace(EACH, feed_id="feed2"), id="7", name="Jo").key != same.key

    def test_without_an_id_is_told_by_the_address_in_every_feed(self):
        assert party(name="Jo", email="Jo@Example.com ").key == party(name="J", email="jo@example.com").key
        there = party(replace(EACH, feed_id="feed2"), name="Jo", email="jo@example.com")
        assert there.key == party(name="Jo", email="jo@example.com").key

    def test_has_a_key_that_names_nobody_and_fits(self):
        key = party(id="7", name="Jo", email="jo@example.com").key
        assert len(key) <= 50
        assert "jo" not in key.removeprefix("db-") or len(key) == 27

    def test_is_a_firm_before_a_person(self):
        assert party(id="7", name="Jo", company="Bloggs Ltd").name == "Bloggs Ltd"

    def test_who_is_not_named_is_nobody(self):
        assert party() is None
        assert party(id="7") is None
        assert party(name=" \t<>\u0007 ") is None


class TestDocumentsOfOneSale:
    def test_name_the_contact_that_its_posted_invoice_names(self):
        rules = replace(RULES_OF_ACME, mapping=EACH)
        first = planned(an_order(customer={"id": "7", "name": "Jo"}), rules=rules)
        stand = after(NEW, first)
        (entry,) = stand.entries
        posted = replace(entry, state="posted")
        named = parties.named_before((posted,))
        assert isinstance(named, Party)
        (enter,) = [each for each in first.intents if isinstance(each, Enter)]
        other = an_order(customer={"id": "8", "name": "Ann"}).order
        assert parties.for_whom(enter.mapped, other, EACH, named).party == named

    def test_that_were_posted_for_the_one_contact_stay_there(self):
        (enter,) = planned(an_order()).intents
        document = parties.for_whom(
            enter.mapped, an_order(customer={"id": "8", "name": "Ann"}).order, EACH, Named("c", "C")
        )
        assert (document.contact_id, document.party) == ("c", None)


class TestChannels:
    def test_have_their_contacts_whatever_the_case(self):
        rules = replace(
            RULES, contact_per=ContactPer.CHANNEL, channel_contacts={"amazon uk": Named("a", "Amazon")}, feed="shop"
        )
        assert parties.contact(an_order(channel="Amazon  UK").order, rules) == Named("a", "Amazon")
        assert parties.contact(an_order(channel="web").order, rules) is None
        of_feed = replace(rules, channel_contacts={"shop": Named("s", "Shop")})
        assert parties.contact(an_order().order, of_feed) == Named("s", "Shop")
