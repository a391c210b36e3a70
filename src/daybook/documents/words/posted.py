"""PURE: what a posted document may need of a person."""

from daybook.documents.causes import Cause
from daybook.documents.explained import ORDER, THERE
from daybook.documents.explained import Explanation as E  # noqa: N817 - said a hundred times in this room

POSTED: dict[Cause, E] = {
    Cause.CHANGED_AFTER_POSTING: E(
        "The order changed after it was posted",
        "The OMS changed the order when its document already stood in {ledger}. Daybook does not touch posted "
        "documents.",
        "Compare the two and correct the document in {ledger}, or credit it.",
        THERE,
    ),
    Cause.CREDIT_NOTE_NEEDED: E(
        "A credit note is needed",
        "Goods were cancelled after their document was posted.",
        "Make a credit note in {ledger} for what was cancelled; a document that is still a draft there is edited or "
        "deleted.",
        THERE,
    ),
    Cause.REFUNDED: E(
        "Money was given back",
        "The order tells of a refund, and its invoice stands for the whole sale: no credit note is made by itself.",
        "Make a credit note in {ledger} for what was given back; a document that is still a draft there is edited.",
        THERE,
    ),
    Cause.ON_HOLD_AFTER_DISPATCH: E(
        "Put on hold after it was dispatched",
        "The OMS said that the order is on hold when it had left already. Goods that left are a sale, so it holds "
        "nothing.",
        "Ask whoever put it on hold. If the goods came back, credit the invoice in {ledger}; otherwise nothing to do.",
        ORDER,
    ),
    Cause.BOOKING_DOUBTFUL: E(
        "Booked as a plain sale, which it may not be",
        "Something in the order reads as if it belonged on another account or another tax; the document was made "
        "all the same, as described here.",
        "Look at it. If it is wrong, change the account or the tax of those lines in {ledger}.",
        THERE,
    ),
    Cause.TOTALS_DIFFER: E(
        "{ledger} came to other totals",
        "The totals that {ledger} worked out are not those of the document. That is a defect of Daybook's.",
        "Compare the two and correct the document in {ledger}; report it.",
        THERE,
    ),
    Cause.WARNED: E(
        "{ledger} took it, and warned",
        "The document stands in {ledger}, but not quite as it was sent: {ledger}'s own words are below. A draft "
        "whose account is not in the chart any more, for one, is saved without the account.",
        "Look at the document in {ledger} and put it right there; then check the accounts in the settings.",
        THERE,
    ),
    Cause.POSTED_LATE: E(
        "An earlier call may have made the document twice",
        "A call that had been given up turned out to have made a document in {ledger}.",
        "Look in {ledger} whether the document stands there once. If it stands twice, void one.",
        THERE,
    ),
    Cause.POSTED_TWICE: E(
        "{ledger} holds the document twice",
        "Two documents in {ledger} carry the mark of this one.",
        "Void one of the two in {ledger}.",
        THERE,
    ),
    Cause.VOIDED: E(
        "Voided or deleted in {ledger}",
        "Somebody voided or deleted the document in {ledger}, so the books do not hold it any more.",
        "If that was meant, nothing to do in {ledger}. If not, enter it in {ledger} again by hand, and what stood on it: "
        "Daybook sends no document twice.",
        THERE,
    ),
    Cause.EDITED: E(
        "Edited in {ledger}",
        "Somebody changed the amounts of the document in {ledger}, so they are not the order's any more.",
        "If that was meant, nothing to do. If not, edit it back in {ledger}, then press Look in {ledger} now: the "
        "flag goes by itself.",
        THERE,
    ),
}
