"""What people did in Xero with a document, and what of it needs a person."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.kit.money import Totals
from daybook.ledgers.exchange import Theirs
from daybook.ledgers.xero.ledger import XERO
from daybook.reconciliation.sightings import Known, judge


def totals(gross: str) -> Totals:
    net = (Decimal(gross) / Decimal("1.2")).quantize(Decimal("0.01"))
    return Totals(net, Decimal(gross) - net, Decimal(gross))


OURS, LESS = totals("12.00"), totals("6.00")


def known(**changes) -> Known:
    fields = {
        "number": "DB-1", "contact_id": "acme", "currency": "GBP", "status": "AUTHORISED", "seen": OURS,
        "expected": OURS, "order": OURS,
    }  # fmt: skip
    return Known(**(fields | changes))


def theirs(**changes) -> Theirs:
    fields = {
        "their_id": "one", "number": "DB-1", "status": "AUTHORISED", "contact_id": "acme", "currency": "GBP",
        "reference": "[db:k3x9]", "totals": OURS,
    }  # fmt: skip
    return Theirs(**(fields | changes))


def flag(before: Known, now: Theirs) -> str:
    return judge(before, now, XERO, day="").attention


class TestAFlag:
    @pytest.mark.parametrize(
        ("before", "now", "expected"),
        [
            ({}, {}, ""),
            ({}, {"status": "PAID", "paid": Decimal(12)}, ""),
            ({"status": "DRAFT"}, {"status": "AUTHORISED"}, ""),
            ({}, {"number": "OTHER", "contact_id": "birch"}, ""),
            ({}, {"status": "VOIDED"}, "voided_in_xero"),
            ({"status": "DRAFT"}, {"status": "DELETED"}, "voided_in_xero"),
            ({}, {"totals": LESS}, "edited_in_xero"),
            ({"status": "VOIDED", "attention": "voided_in_xero"}, {}, ""),
            ({"seen": LESS, "attention": "edited_in_xero"}, {}, ""),
            ({"seen": LESS, "attention": "totals_differ"}, {}, ""),
            ({"seen": LESS, "attention": "totals_differ"}, {"totals": LESS}, "totals_differ"),
            ({"seen": LESS}, {"totals": LESS, "status": "PAID"}, ""),  # a person was done with it
            ({"status": "VOIDED"}, {"status": "VOIDED"}, ""),
            ({"attention": "xero_warned"}, {"status": "PAID"}, "xero_warned"),
            ({"attention": "posted_twice"}, {"status": "VOIDED"}, "posted_twice"),
            ({"attention": "changed_after_posting"}, {"status": "VOIDED"}, "voided_in_xero"),
        ],
    )
    def test_is_raised_for_what_the_books_lack_or_say_otherwise_and_lifted_when_it_is_cured(
        self, before, now, expected
    ):
        assert flag(known(**before), theirs(**now)) == expected

    @pytest.mark.parametrize(
        ("before", "now"),
        [
            ({"attention": "changed_after_posting", "order": LESS}, {"totals": LESS}),
            ({"attention": "credit_note_needed", "order": LESS}, {"credited": Decimal("6.00")}),
            ({"attention": "credit_note_needed", "is_order_cancelled": True}, {"status": "VOIDED"}),
            ({"attention": "credit_note_needed", "is_order_cancelled": True}, {"credited": Decimal("12.00")}),
        ],
    )
    def test_of_a_changed_order_goes_when_a_person_has_put_it_right_in_xero(self, before, now):
        assert flag(known(**before), theirs(**now)) == ""

    @pytest.mark.parametrize(
        ("before", "now"),
        [
            ({"attention": "credit_note_needed", "order": LESS}, {"credited": Decimal("5.99")}),
            ({"attention": "credit_note_needed", "is_order_cancelled": True}, {"status": "PAID"}),
            ({"attention": "changed_after_posting", "order": LESS}, {"totals": totals("7.00")}),
        ],
    )
    def test_of_a_changed_order_stays_otherwise(self, before, now):
        assert flag(known(**before), theirs(**now)) == before["attention"]

    @given(
        st.sampled_from(["", "voided_in_xero", "edited_in_xero", "credit_note_needed", "xero_warned"]),
        st.sampled_from(["DRAFT", "AUTHORISED", "PAID", "VOIDED", "DELETED"]),
        st.sampled_from([OURS, LESS]),
    )
    def test_is_the_same_when_nothing_new_is_seen(self, attention, status, seen):
        before = known(attention=attention, status=status, seen=seen)
        after = judge(before, theirs(status=status, totals=seen), XERO, day="")
        again = judge(
            known(attention=after.attention, status=status, seen=seen), theirs(status=status, totals=seen), XERO, day=""
        )
        assert (after.news, again.attention) == ((), after.attention)


class TestNews:
    def test_name_the_day_and_the_figures(self):
        news = judge(known(), theirs(status="VOIDED"), XERO, day="3 March 2026").news
        assert news == ("Voided in Xero on 3 March 2026",)
        assert judge(known(), theirs(totals=LESS), XERO, day="").news == ("Total edited in Xero from 12.00 to 6.00",)
        assert judge(known(), theirs(paid=Decimal(5)), XERO, day="").news == ("Payments in Xero come to 5.00 now",)

    def test_tell_a_payment_that_was_taken_back(self):
        before = known(status="PAID", paid=Decimal(12))
        assert "A payment was taken back in Xero" in judge(before, theirs(), XERO, day="").news

    def test_say_what_else_differs(self):
        differs = judge(known(), theirs(number="", contact_id="birch", contact_name="Birch"), XERO, day="").differs
        assert differs == "Its number there is empty now. Its contact there is Birch now."
