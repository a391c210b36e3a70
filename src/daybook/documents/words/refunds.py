"""PURE: what keeps a credit note, or its being set against the invoice, back."""

from daybook.documents.causes import Cause
from daybook.documents.explained import ORDER, RETRY
from daybook.documents.explained import Explanation as E  # noqa: N817 - said a hundred times in this room

REFUNDS: dict[Cause, E] = {
    Cause.REFUND_WITHOUT_AMOUNTS: E(
        "A refund that says no amounts",
        "The order tells that money was given back, and not how much of it for which line.",
        "Open the order and type in what was given back: for each line how many or how much, of the carriage, and for no "
        "line. Or have the shop send the refund with its amounts.",
        ORDER,
    ),
    Cause.REFUND_DOES_NOT_ADD_UP: E(
        "A refund that does not add up",
        "What was given back for lines, carriage and otherwise is not the money that moved. Daybook does not choose "
        "between the two.",
        "Open the order and type in what was given back so that it comes to the money; or correct the refund in the shop "
        "and have the order sent again.",
        ORDER,
    ),
    Cause.REFUND_UNCLEAR: E(
        "A refund that does not fit the sale",
        "What was given back cannot be a part of this invoice as it is told.",
        "Open the order and type in what was given back; or correct the refund in the shop and have the order sent again.",
        ORDER,
    ),
    Cause.CREDITED_THERE: E(
        "It would credit more than is left",
        "Somebody has credited or changed {subject} in {ledger}, so that less of it is left than this credit note gives back.",
        "Look at {subject} in {ledger}. Where what was given back is credited there already, press Do not post it. Otherwise "
        "take off there what is too much, then press Try again.",
        RETRY,
        "the invoice",
    ),
    Cause.PERHAPS_EXCHANGED: E(
        "Perhaps goods were exchanged, and no money went back",
        "The order tells of no money for what {subject} gives back, and something was added to it after its invoice was "
        "posted: the one may have paid for the other.",
        "Where it did, enter an invoice over what was added in {ledger}, set the credit note against it there, and press "
        "Do not post it here. Where money went back, have the shop send the refund with its payments.",
        ORDER,
        "the credit note",
    ),
    Cause.SETTLED_OTHERWISE: E(
        "It is settled in another way",
        "Something else was paid, allocated or refunded meanwhile, by Daybook or in {ledger}, so that the credit note does "
        "not fit onto {subject} any more.",
        "Look at both in {ledger}. What is left of the credit note can be allocated or paid out there by hand; then press "
        "Do not post it here. Once there is room again, press Try again.",
        RETRY,
        "the invoice",
    ),
}
