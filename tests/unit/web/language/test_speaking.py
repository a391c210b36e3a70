"""What was stored in English, as a person reads it who has chosen German."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.utils import translation

from daybook.documents.causes import Cause
from daybook.kit.money import Totals
from daybook.kit.translation import retold, told
from daybook.mapping.totals import totals_in_words
from daybook.outbox.explanations import explain


@pytest.fixture(autouse=True)
def _german() -> Iterator[None]:
    with translation.override("de"):
        yield


class TestAStoredSentence:
    def test_is_said_in_the_language_of_who_reads_its_facts_as_they_were(self) -> None:
        stored = told("The account {account} is archived, gone, or not of a kind that can be used here.", account="260")

        assert retold(stored).startswith("Das Konto 260 ist archiviert")

    def test_that_was_stored_by_an_older_version_is_known_by_its_pattern(self) -> None:
        assert retold("There is no day 2026-02-30.") == "Den Tag 2026-02-30 gibt es nicht."

    def test_keeps_a_fact_that_is_called_like_a_word_of_ours(self) -> None:
        assert retold("Documents takes no payments.") == "Documents nimmt keine Zahlungen."

    def test_keeps_braces_that_somebody_typed(self) -> None:
        assert retold("“{price}” is not a number.") == "„{price}“ ist keine Zahl."

    def test_says_a_phrase_of_ours_that_stands_in_it(self) -> None:
        comes_to = totals_in_words(Totals(Decimal(100), Decimal(20), Decimal(120)))

        assert retold(f"The order comes to {comes_to}.") == (
            "Der Auftrag ergibt 100,00 netto + 20,00 Steuer = 120,00 brutto."
        )

    def test_says_what_a_setting_is_called(self) -> None:
        stored = "Sales Account is not chosen. Choose one of the organisation's accounts."

        assert retold(stored) == "Erlöskonto ist nicht gewählt. Wählen Sie eines der Konten der Organisation."

    def test_writes_a_day_in_words_as_german_people_do(self) -> None:
        assert retold("Stopped on 2 March 2026 at 14:05 UTC.") == "Angehalten am 02.03.2026, 14:05 UTC."


class TestADayAsProgramsWriteIt:
    stored = "The document would be dated 2026-11-30; the books are locked up to 2026-12-31."

    def test_is_said_as_german_people_do(self) -> None:
        assert retold(self.stored) == ("Der Beleg trüge das Datum 30.11.2026; die Bücher sind bis 31.12.2026 gesperrt.")

    def test_is_said_as_english_people_do(self) -> None:
        with translation.override("en"):
            said = retold(self.stored)

        assert said == "The document would be dated 30 Nov 2026; the books are locked up to 31 Dec 2026."

    def test_stays_for_programs(self) -> None:
        with translation.override(None):
            assert retold(self.stored) == self.stored

    @pytest.mark.parametrize(
        "text",
        [
            "Sales in orders-2026-11-30.csv",
            "Row of 2026-11-30.csv",
            "Late: “2026-11-30”",
            "Seen 2026-02-30",
            "2026-11-30",
        ],
    )
    def test_stays_where_it_is_a_name_or_none(self, text: str) -> None:
        assert retold(text) == text

    def test_that_a_document_is_about_is_said_so_too(self) -> None:
        with translation.override("en"):
            words = explain(Cause.PERIOD_LOCKED, "2026-11-30", ledger="xero")

        assert words.why == "The document would be dated 30 Nov 2026, in a period that is locked in Xero."


class TestAListInASentence:
    def test_is_said_piece_by_piece(self) -> None:
        stored = "The OMS called back: 2 shipments, 1 cancellation."

        assert retold(stored) == "Das OMS meldete: 2 Sendungen, 1 Stornierung."

    def test_has_its_figures_joined(self) -> None:
        said = retold("Line 3 costs 5.00 without tax and 6.10 with it, and both 20 % and 22 % could make that.")

        assert said.endswith("20 % und 22 %.")


class TestATextOfSeveralSentences:
    def test_is_said_sentence_by_sentence(self) -> None:
        stored = "Xero could not be reached, or did not answer. What waits then goes by itself."

        assert retold(stored) == "Xero war nicht zu erreichen oder antwortete nicht. Was wartet, geht dann von selbst."

    def test_keeps_what_a_person_wrote_behind_ours(self) -> None:
        stored = "A person said that it shall wait. Note: The customer rang on Monday."

        assert retold(stored) == "Eine Person sagte, dass er warten soll. Notiz: The customer rang on Monday."

    def test_keeps_what_a_ledger_said_before_ours(self) -> None:
        stored = "What their server says. Nothing was taken."

        assert retold(stored) == "What their server says. Nichts wurde übernommen."

    def test_keeps_its_lines(self) -> None:
        assert retold("Every line has the price 0.\nTheirs.") == "Jede Position hat den Preis 0.\nTheirs."


class TestAPhraseThatIsShownAsASentence:
    def test_begins_and_ends_as_it_did(self) -> None:
        assert retold("A person said that it stands there.") == "Eine Person sagte, dass er dort steht."
        assert retold("The mail server has taken it") == "Der Mailserver hat sie genommen"


class TestWhatNobodyKnows:
    @pytest.mark.parametrize(
        "text", ["Sales of 2026", "HTTP 500", "Their invoice number must be unique", "Ünbekannt", "200"]
    )
    def test_stays_as_it_is(self, text: str) -> None:
        assert retold(text) == text

    def test_stays_whole_where_it_is_very_long(self) -> None:
        text = "Nothing was taken. " * 200

        assert retold(text) == text


class TestWhatOthersTyped:
    def test_may_name_a_day_that_never_was(self) -> None:
        stored = "Stopped on 2 March 2026 at 14:05 UTC: duplicates since 31 June 2026."

        assert retold(stored) == "Angehalten am 02.03.2026, 14:05 UTC: duplicates since 31 June 2026."

    @pytest.mark.parametrize("repeated", ["a b; . ", ", and ", " and ", "; "])
    def test_is_tried_once_however_often_our_words_stand_in_it(self, repeated: str) -> None:
        """With patterns that go back and try again this would not end before tomorrow."""
        for first in ("It comes to ", "May hold ", ""):
            assert isinstance(retold(f"{first}{repeated * (900 // len(repeated))}"), str)


class TestAProgram:
    def test_reads_english(self) -> None:
        with translation.override("en"):
            assert retold("Every line has the price 0.") == "Every line has the price 0."


class TestAListOfWords:
    def test_is_said_where_all_of_them_are_ours(self) -> None:
        assert retold("Purchase order, Bill") == "Bestellung, Eingangsrechnung"

    def test_stays_where_one_is_not(self) -> None:
        assert retold("Bill, Smith") == "Bill, Smith"

    def test_may_be_joined(self) -> None:
        assert retold("the customer and the sales channel") == "der Kunde und der Verkaufskanal"
