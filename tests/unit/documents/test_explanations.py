"""Every cause is explained, in words that leave nothing open."""

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from daybook.documents.causes import Cause
from daybook.documents.words import WORDS
from daybook.kit.translation import retold
from daybook.ledgers.xero.reasons import XeroCause
from daybook.outbox.explanations import explain, title_to_store

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


class TestInGerman:
    @pytest.fixture(autouse=True)
    def _german(self):
        with translation.override("de"):
            yield

    @pytest.mark.parametrize("cause", WORDS)
    def test_says_whatever_has_no_name(self, cause):
        assert translation.gettext(WORDS[cause].nameless) != WORDS[cause].nameless

    def test_says_what_happened_why_and_what_to_do(self):
        words = explain(Cause.ACCOUNT_ARCHIVED, "260", ledger="xero")

        assert words.title == "Ein Konto ist archiviert"
        assert words.why == "Das Konto 260 wurde in Xero archiviert oder gelöscht."
        assert words.cure.startswith("Stellen Sie es in Xero wieder her")

    def test_says_the_stored_detail_behind_the_reason(self):
        words = explain(Cause.NO_PRICES, "", "Every line has the price 0.", ledger="xero")

        assert words.why == "Der Auftrag trägt keinen Preis für seine Ware. Jede Position hat den Preis 0."

    def test_names_a_setting_and_keeps_what_others_named(self):
        assert explain(Cause.SETTINGS_INCOMPLETE, "sales_account", ledger="xero").why.startswith("Erlöskonto ist nicht")
        assert (
            "Artikel mit dem Code Sales Account" in explain(Cause.ITEM_CODE_TAKEN, "Sales Account", ledger="xero").why
        )

    def test_leaves_a_ledgers_own_words_to_the_ledger(self):
        words = explain(Cause.OTHER, "", "Every line has the price 0.", ledger="xero")

        assert "price" not in words.why

    @pytest.mark.parametrize("cause", CAUSES)
    def test_has_no_placeholder_left_and_whole_sentences(self, cause):
        found = explain(cause, "SKU-1", ledger="xero")
        with translation.override("en"):
            english = explain(cause, "SKU-1", ledger="xero")

        assert "{" not in found.sentence
        assert found.why.endswith(".")
        assert found.cure.endswith(".")
        assert (found.title, found.why, found.cure) != (english.title, english.why, english.cure)

    @pytest.mark.parametrize("cause", CAUSES)
    def test_is_stored_in_english_and_said_in_german(self, cause):
        stored = title_to_store(cause, "SKU-1", ledger="xero")
        with translation.override("en"):
            assert stored == explain(cause, "SKU-1", ledger="xero").title

        assert retold(stored) == explain(cause, "SKU-1", ledger="xero").title
