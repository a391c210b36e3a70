"""Whose document is it that a look found, and do all sides agree."""

from dataclasses import replace
from decimal import Decimal

import pytest

from daybook.kit.money import Totals
from daybook.ledgers.exchange import Theirs
from daybook.ledgers.xero.ledger import XERO
from daybook.reconciliation.compare import Finding, Ours, Row, Sent, Verdict, judge, recognise, without_dead_strangers

OURS = Ours(number="DB-100", mark="k3x9", sent=frozenset({Sent("acme", "GBP")}))
TOTALS = Totals(Decimal("24.00"), Decimal("3.20"), Decimal("27.20"))


def theirs(**changes):
    fields = {
        "their_id": "one", "number": "DB-100", "status": "DRAFT", "contact_id": "acme", "currency": "GBP",
        "reference": "WEB-1 [db:k3x9]", "totals": TOTALS,
    }  # fmt: skip
    return Theirs(**(fields | changes))


class TestRecognise:
    def test_knows_ours_by_mark_contact_and_currency(self):
        assert recognise(OURS, [theirs()]) == (Verdict.OURS, theirs())

    def test_knows_ours_also_after_a_person_edited_the_amounts_or_voided_it(self):
        edited = theirs(totals=None, status="VOIDED", reference="checked by Ann [db:k3x9]")
        assert recognise(OURS, [edited]) == (Verdict.OURS, edited)

    def test_compares_numbers_without_case(self):
        assert recognise(OURS, [theirs(number="db-100")])[0] == Verdict.OURS

    @pytest.mark.parametrize("change", [{"reference": ""}, {"contact_id": "birch"}, {"currency": "EUR"}])
    def test_says_the_number_is_taken_by_a_document_that_is_not_ours(self, change):
        assert recognise(OURS, [theirs(**change)])[0] == Verdict.NOT_OURS

    def test_knows_ours_by_what_any_of_its_sendings_named(self):
        sent_anew = replace(OURS, sent=OURS.sent | {Sent("birch", "EUR")})
        assert recognise(sent_anew, [theirs()])[0] == Verdict.OURS
        assert recognise(sent_anew, [theirs(contact_id="birch", currency="EUR")])[0] == Verdict.OURS
        assert recognise(sent_anew, [theirs(contact_id="birch")])[0] == Verdict.NOT_OURS

    def test_says_not_there_where_only_other_numbers_were_found(self):
        assert recognise(OURS, [theirs(number="DB-1001")]) == (Verdict.NOT_THERE, None)

    def test_hands_two_of_ours_to_a_person(self):
        assert recognise(OURS, [theirs(), theirs(their_id="two")])[0] == Verdict.SEVERAL


class TestJudge:
    def test_agrees_only_to_the_cent(self):
        assert judge(XERO.statuses, is_posted=True, expected=TOTALS, found=[theirs()]) == Finding.AGREES
        off = TOTALS._replace(gross=Decimal("27.21"))
        assert judge(XERO.statuses, is_posted=True, expected=off, found=[theirs()]) == Finding.TOTALS_DIFFER

    def test_tells_missing_voided_and_doubled_apart(self):
        assert judge(XERO.statuses, is_posted=True, expected=TOTALS, found=[]) == Finding.MISSING_THERE
        assert (
            judge(XERO.statuses, is_posted=True, expected=TOTALS, found=[theirs(status="VOIDED")])
            == Finding.VOIDED_THERE
        )
        assert judge(XERO.statuses, is_posted=True, expected=TOTALS, found=[theirs(), theirs()]) == Finding.TWICE_THERE

    def test_leaves_dead_strangers_of_the_same_number_alone(self):
        mine, dead = theirs(their_id="mine"), theirs(their_id="other", status="DELETED")
        assert without_dead_strangers([dead, mine], XERO.statuses, their_id="mine") == [mine]
        assert without_dead_strangers([dead, theirs(their_id="living")], XERO.statuses, their_id="mine") == [
            theirs(their_id="living")
        ]
        voided = theirs(their_id="mine", status="VOIDED")
        assert without_dead_strangers([voided], XERO.statuses, their_id="mine") == [voided]
        assert without_dead_strangers([dead], XERO.statuses, their_id="") == [dead]

    def test_does_not_call_a_waiting_document_missing(self):
        assert judge(XERO.statuses, is_posted=False, expected=TOTALS, found=[]) == Finding.NOT_YET_POSTED


class TestDifference:
    def row(self, **changes):
        fields = {
            "number": "DB-100", "kind": "invoice", "state": "posted", "currency": "GBP", "order_totals": TOTALS,
            "entry_totals": TOTALS, "their_totals": TOTALS, "finding": Finding.AGREES,
        }  # fmt: skip
        return Row(**(fields | changes))

    def test_is_nothing_where_three_sides_agree(self):
        assert self.row().difference == 0

    def test_counts_a_document_that_xero_lacks_in_full(self):
        assert self.row(their_totals=None).difference == Decimal("27.20")

    def test_sees_a_wrong_net_behind_a_right_gross(self):
        moved = Totals(Decimal("24.01"), Decimal("3.19"), Decimal("27.20"))
        assert self.row(their_totals=moved).difference == Decimal("0.01")

    def test_leaves_the_orders_price_out_of_a_purchase_order(self):
        cost = Totals(Decimal("9.00"), Decimal("1.80"), Decimal("10.80"))
        assert self.row(kind="purchase_order", entry_totals=cost, their_totals=cost).difference == 0
