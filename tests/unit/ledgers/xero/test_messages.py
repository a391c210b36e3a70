"""Xero's words, verbatim from xero-rules.md 4.6, and the cause and subject read from them."""

import re
from pathlib import Path

import pytest

from daybook.documents.causes import Cause
from daybook.ledgers.xero import messages
from daybook.ledgers.xero.reasons import XeroCause
from daybook.outbox.explanations import explain

VERBATIM = [
    ("Invoice # must be unique.", Cause.NUMBER_TAKEN, ""),
    ("Order number must be unique", Cause.NUMBER_TAKEN, ""),
    ("Price List Item with Code 'MUG-1' already exists", Cause.ITEM_CODE_TAKEN, "MUG-1"),
    (
        (
            "The contact name Acme Ltd is already assigned to another contact. The contact name must be unique across all "
            "active contacts."
        ),
        Cause.CONTACT_NAME_TAKEN,
        "Acme Ltd",
    ),
    (
        "Another contact has this contact number. Please enter a different contact number.",
        Cause.CONTACT_NUMBER_TAKEN,
        "",
    ),
    (
        (
            "The Contact must contain at least 1 of the following elements to identify the contact: Name, ContactID, "
            "ContactNumber"
        ),
        Cause.CONTACT_MISSING,
        "",
    ),
    ("A Contact must be specified for this type of transaction", Cause.CONTACT_MISSING, ""),
    (
        (
            "The contact with the specified contact details has been archived. The contact must be un-archived before "
            "creating new invoices or credit notes."
        ),
        Cause.CONTACT_ARCHIVED,
        "",
    ),
    ("Email address must be valid.", Cause.EMAIL_INVALID, ""),
    ("Organisation is not subscribed to currency EUR", Cause.CURRENCY_NOT_SUBSCRIBED, "EUR"),
    ("The current organisation is not subscribed to currency 'EUR'.", Cause.CURRENCY_NOT_SUBSCRIBED, "EUR"),
    ("Account code '200' is not a valid code for this document.", Cause.ACCOUNT_NOT_USABLE, "200"),
    (
        "Account code '200' has been archived, or has been deleted. Each line item must reference a valid account.",
        Cause.ACCOUNT_ARCHIVED,
        "200",
    ),
    ("Account code or ID must be specified", Cause.ACCOUNT_MISSING, ""),
    ("Account code must be specified", Cause.ACCOUNT_MISSING, ""),
    ("Account must be valid.", Cause.ACCOUNT_OR_PRICE_INVALID, ""),
    ("Tax rate must be valid.", Cause.TAX_RATE_INVALID, ""),
    (
        "The TaxType code 'OUTPUT2' cannot be used with account code '310'.",
        XeroCause.TAX_DOES_NOT_FIT_ACCOUNT,
        "OUTPUT2 / 310",
    ),
    ("The TaxType field is mandatory", Cause.TAX_MISSING, ""),
    (
        "The TaxType code FOO does not exist or cannot be used for this type of transaction.",
        Cause.TAX_RATE_INVALID,
        "FOO",
    ),
    (
        "The document date cannot be before the end of year lock date, currently set at 31 December 2025",
        Cause.PERIOD_LOCKED,
        "31 December 2025",
    ),
    (
        "The document date cannot be before the period lock date, currently set at 31/12/2025.",
        Cause.PERIOD_LOCKED,
        "31/12/2025",
    ),
    (
        "The document cannot be edited as it is currently dated before the end of year lock date",
        Cause.PERIOD_LOCKED,
        "",
    ),
    ("Invoice not of valid status for modification", Cause.STATUS_NOT_CHANGEABLE, ""),
    ("Invoice not of valid status for creation", Cause.STATUS_NOT_CREATABLE, ""),
    ("Invoice not of valid type for creation", Cause.STATUS_NOT_CREATABLE, ""),
    ("This document cannot be edited as it has a payment or credit note allocated to it.", Cause.ALREADY_SETTLED, ""),
    (
        "The status VOIDED cannot be applied to the invoice because it has payments or credit notes allocated to it.",
        Cause.ALREADY_SETTLED,
        "",
    ),
    ("One or more line items must be specified", Cause.NO_LINES, ""),
    ("The description field is mandatory for each line item.", Cause.DESCRIPTION_MISSING, ""),
    ("The line total 1.00 does not match the expected line total 100.00", Cause.LINE_TOTAL_DIFFERS, "1.00"),
    (
        "The quantity value '-1.0000' is invalid. Quantity must not be less than zero.",
        Cause.QUANTITY_NEGATIVE,
        "-1.0000",
    ),
    ("The Total for this document must be greater than or equal to zero.", Cause.TOTAL_NEGATIVE, ""),
    ("Due date cannot be empty.", Cause.DUE_DATE_MISSING, ""),
    ("You have reached the limit of invoices you can approve", Cause.PLAN_LIMIT_REACHED, "invoices"),
    ("Payment amount exceeds the amount outstanding on this document", Cause.PAYMENT_TOO_LARGE, ""),
    ("You cannot save this transaction using an inventory account type", XeroCause.INVENTORY_ACCOUNT_ON_LINE, ""),
    (
        "There is not enough stock on hand of item 'STOCK-1' to complete this transaction: 0 of 2",
        Cause.STOCK_SHORT,
        "STOCK-1",
    ),
    ("Item code 'NOPE' is not valid", Cause.ITEM_UNKNOWN, "NOPE"),
]


@pytest.mark.parametrize(("text", "cause", "subject"), VERBATIM)
class TestAMessage:
    def test_is_recognised_with_its_subject(self, text, cause, subject):
        assert messages.recognise([text]) == (cause, subject)

    def test_is_recognised_in_capitals_and_with_doubled_spaces(self, text, cause, subject):
        assert messages.recognise([text.upper().replace(" ", "  ")]).cause == cause


TABLE = (Path(__file__).parents[4] / "docs/xero-rules.md").read_text().partition("### 4.6")[2].partition("\n## ")[0]
ASKED_BY_NOBODY = ("supplied id was not found for this endpoint", "isn't a supported file type")
"""Answers to calls that Daybook does not make: notes on a record, attachments."""


def refusals() -> list[str]:
    """The texts of the table: warnings refuse nothing, and are shown as such (`xero_warned`)."""
    rows = [line.split(" | ")[0] for line in TABLE.splitlines() if line.startswith("| `")]
    texts = [re.search(r"`([^`]+)`", row)[1] for row in rows if "warning" not in row]
    return [text for text in texts if not any(one in text for one in ASKED_BY_NOBODY)]


@pytest.mark.parametrize("text", refusals())
def test_every_refusal_that_the_rulebook_knows_is_recognised_and_says_what_to_do(text):
    found = messages.recognise([text])
    assert found.cause is not Cause.OTHER
    words = explain(found.cause, found.subject, ledger="xero")
    assert words.title
    assert words.why.endswith(".")
    assert words.cure.endswith(".")


class TestSeveralMessages:
    def test_give_the_first_known_cause(self):
        words = ["Something quite new", "Due date cannot be empty.", "Email address must be valid."]
        assert messages.recognise(words).cause == Cause.DUE_DATE_MISSING

    @pytest.mark.parametrize("words", [[], [""], ["Something quite new"]])
    def test_that_are_all_unknown_stay_unknown(self, words):
        assert messages.recognise(words) == (Cause.OTHER, "")


class TestAlreadyThere:
    @pytest.mark.parametrize(
        "text",
        [
            "Invoice # must be unique.",
            "Order number must be unique",
            "Purchase Order Number must be unique.",
            "Price List Item with Code 'MUG-1' already exists",
            "An invoice with this number already exists",
        ],
    )
    def test_is_no_refusal_of_our_own_create(self, text):
        assert messages.is_already_there(text)

    @pytest.mark.parametrize(
        "text",
        [
            "The contact name must be unique across all active contacts.",
            "Another contact has this contact number. Please enter a different contact number.",
            "Invoice not of valid status for modification",
            "Due date cannot be empty.",
        ],
    )
    def test_is_not_said_by_other_refusals(self, text):
        assert not messages.is_already_there(text)
