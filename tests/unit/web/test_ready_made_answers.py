"""What the opening questions propose: nothing that nobody answered, nothing that the organisation does not have."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from daybook.web.wizard import answers
from daybook.web.wizard.answers import Answers, Known, proposed

SHOP = Answers(is_registered=True, contact_per="customer", goods="tracked", source="api")
UK = Known(
    taxes={Decimal("0.2"): "OUTPUT2", Decimal("0.05"): "RROUTPUT"},
    untaxed="NONE",
    purchase_tax="INPUT2",
    today=date(2026, 11, 30),
)


class TestAProposal:
    def test_of_tax_is_a_row_to_add_or_the_field_of_a_rate_that_orders_brought(self):
        seen = replace(UK, rates_seen=frozenset({Decimal("0.2"), Decimal(0)}))
        assert proposed("tax", SHOP, seen) == {
            "tax-20": "OUTPUT2", "new_rate": "5", "new_tax_type": "RROUTPUT", "purchase_tax_type": "INPUT2",
        }  # fmt: skip

    def test_says_nothing_of_0_percent_where_the_company_is_registered(self):
        assert not [
            name for name in proposed("tax", SHOP, replace(UK, rates_seen=frozenset({Decimal(0)}))) if name == "tax-0"
        ]

    def test_of_a_company_that_is_not_registered_is_no_tax_alone(self):
        unregistered = replace(SHOP, is_registered=False)
        assert proposed("tax", unregistered, UK) == {"new_rate": "0", "new_tax_type": "NONE"}
        assert proposed("tax", unregistered, replace(UK, untaxed="")) == {}

    def test_of_the_method_is_what_the_ledger_takes(self):
        assert proposed("method", SHOP, UK) == {"process_method": "tracked"}
        assert proposed("method", SHOP, replace(UK, takes_purchase_orders=False)) == {}

    def test_of_when_is_a_draft_from_today_on_whatever_was_answered(self):
        assert proposed("when", None, UK) == {"start_date": "2026-11-30", "document_status": "DRAFT"}

    def test_is_made_of_no_answers(self):
        assert [proposed(step, None, UK) for step in ("method", "accounts", "tax", "contact", "numbers")] == [{}] * 5

    def test_writes_over_nothing_that_somebody_has_chosen(self):
        said = {"contact_per": "customer", "start_date": "2026-11-30", "process_method": "tracked"}
        stored = {"contact_per": "one", "start_date": "", "process_method": "untracked"}
        usual = {"contact_per": "one", "start_date": "", "process_method": ""}
        assert answers.shown(said, stored, usual) == {"contact_per": "customer", "start_date": "2026-11-30"}


def test_answers_come_back_as_they_were_kept_and_older_ones_not_at_all():
    assert answers.read(SHOP.as_stored()) == SHOP
    assert answers.read({}) is None
    assert answers.read({"is_registered": True}) is None


def test_answers_of_a_version_that_asked_for_the_country_are_understood():
    assert answers.read(SHOP.as_stored() | {"country": "GB"}) == SHOP
