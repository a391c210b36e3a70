"""What pages say of moves and forms holds no word that only we understand."""

import pytest
from django.utils import translation

from daybook.outbox.explanations import explain
from daybook.web import words


@pytest.mark.parametrize(
    ("stored", "cause", "said"),
    [
        ("mapped: exclusive lines", "", "Written from the order"),
        ("", "tax_rate_not_mapped", explain("tax_rate_not_mapped", "0.19", ledger="xero").title),
        (
            "the order is skipped",
            "free_of_charge",
            f"The order is skipped: {explain('free_of_charge', ledger='xero').title}",
        ),
        ("not in Xero: it may be sent again", "", "Not in Xero: it may be sent again"),
        ("", "", ""),
    ],
)
def test_a_reason(stored, cause, said):
    assert words.reason(stored, cause, {"tax_rate_not_mapped": "0.19"}, ledger="xero") == said


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_status_there_is_the_ledgers_own_word(language):
    with translation.override(language):
        assert words.theirs("AUTHORISED").split()[0] == "Authorised"
        assert words.theirs("SENT") == "Sent"


def test_a_status_there_is_glossed_in_another_language_only():
    assert words.theirs("VOIDED") == "Voided"
    with translation.override("de"):
        assert words.theirs("VOIDED") == "Voided (für ungültig erklärt)"


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ("exclusive lines", ""),
        ("", ""),
        ("inclusive lines, 4-decimal prices, rounding line", "a rounding line of a few cents"),
        ("exclusive lines, Xero's tax", "tax as the ledger works it out"),
    ],
)
def test_a_form(form, says):
    assert says in words.written_as(form)
    assert "exclusive" not in words.written_as(form)
