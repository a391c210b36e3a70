from daybook.kit import translation


class TestTold:
    def test_is_the_sentence_with_its_facts_filled_in(self) -> None:
        assert translation.told("Account {code} is archived.", code="200") == "Account 200 is archived."

    def test_is_a_sentence_that_has_its_facts_already(self) -> None:
        assert translation.told(f"Account {'{200}'} is archived.") == "Account {200} is archived."


class TestGettext:
    def test_of_nothing_is_nothing(self) -> None:
        assert translation.gettext("") == ""  # Django's own answers with the catalogue's head

    def test_is_english_where_no_language_is_chosen(self) -> None:
        assert translation.gettext("Nothing to do.") == "Nothing to do."

    def test_counts(self) -> None:
        forms = [translation.ngettext("{count} order", "{count} orders", count) for count in (0, 1, 2)]

        assert forms == ["{count} orders", "{count} order", "{count} orders"]


class TestRetold:
    def test_is_what_was_stored_where_no_language_is_chosen(self) -> None:
        assert translation.retold("Every line has the price 0.") == "Every line has the price 0."

    def test_of_nothing_is_nothing(self) -> None:
        assert translation.retold("") == ""
