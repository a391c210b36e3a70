"""Every cause is explained, in words that leave nothing open."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.documents.causes import Cause
from daybook.documents.words import WORDS
from daybook.ledgers.xero.reasons import XeroCause
from daybook.outbox.explanations import explain

CAUSES = [*Cause, *XeroCause]


class TestAnExplanation:
    @pytest.mark.parametrize("cause", CAUSES)
    @pytest.mark.parametrize("subject", ["", "SKU-1"])
    def test_has_no_placeholder_left_and_whole_sentences(self, cause, subject):
        found = explain(cause, subject, ledger="xero")
        assert "{" not in found.sentence
        assert "no words for this" not in found.why
        assert found.why.endswith(".")
        assert found.cure.endswith(".")
        assert not found.title.endswith(".")
        assert found.title[0].isupper()

    def test_says_a_rate_as_people_do(self):
        assert "20 %" in explain("tax_rate_not_mapped", "0.2", ledger="xero").why

    def test_says_a_setting_by_its_label(self):
        assert "Sales Account" in explain("settings_incomplete", "sales_account", ledger="xero").why

    def test_names_the_ledger_that_it_is_about(self):
        assert explain("not_connected", ledger="xero").title == "Not connected to Xero"
        assert "Xero" in explain("settings_incomplete", "connection", ledger="xero").why
        assert explain("not_connected", ledger="sage").title == "Not connected to sage"  # of a newer version

    def test_takes_a_ledgers_own_words_before_those_for_any(self):
        assert "edition" in explain("edition_without_invoices", ledger="xero").why
        assert not any("Xero" in words.sentence for words in WORDS.values())

    def test_says_a_subject_as_it_is(self):
        assert "{ledger}" in explain("no_prices", "{ledger}", ledger="xero").why

    @given(st.text(), st.text(), st.text(), st.sampled_from(["xero", "", "sage"]))
    def test_never_fails(self, cause, subject, detail, ledger):
        assert explain(cause, subject, detail, ledger=ledger).title
        assert explain("tax_rate_not_mapped", subject, detail, ledger=ledger).title
