"""Every cause is explained, in words that leave nothing open."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.documents.causes import HoldCause
from daybook.intake.facts import Reason
from daybook.ledgers.xero.messages import RefusalCause
from daybook.outbox.explanations import EXPLANATIONS, explain

ATTENTION = [
    "changed_after_posting",
    "credit_note_needed",
    "refunded",
    "on_hold_after_dispatch",
    "booking_doubtful",
    "totals_differ",
    "xero_warned",
    "posted_late",
    "posted_twice",
]
CAUSES = sorted({*HoldCause, *RefusalCause, *Reason, *ATTENTION})


class TestAnExplanation:
    @pytest.mark.parametrize("cause", CAUSES)
    def test_exists_for_every_cause(self, cause):
        assert cause in EXPLANATIONS

    @pytest.mark.parametrize("cause", CAUSES)
    @pytest.mark.parametrize("subject", ["", "SKU-1"])
    def test_has_no_placeholder_left_and_whole_sentences(self, cause, subject):
        found = explain(cause, subject)
        assert "{" not in found.sentence
        assert found.why.endswith(".")
        assert found.cure.endswith(".")
        assert not found.title.endswith(".")

    def test_says_a_rate_as_people_do(self):
        assert "20 %" in explain("tax_rate_not_mapped", "0.2").why

    def test_says_a_setting_by_its_label(self):
        assert "Sales Account" in explain("settings_incomplete", "sales_account").why

    @given(st.text(), st.text(), st.text())
    def test_never_fails(self, cause, subject, detail):
        assert explain(cause, subject, detail).title
        assert explain("tax_rate_not_mapped", subject, detail).title
