"""PURE: why no document is made of an order, and what of the order itself keeps one back."""

from daybook.documents.causes import Cause
from daybook.documents.explained import DATE, ORDER, RETRY, TAX, TIMING
from daybook.documents.explained import Explanation as E  # noqa: N817 - said a hundred times in this room

WAITING: dict[Cause, E] = {
    Cause.ORDER_NOT_RECEIVED: E(
        "The order itself has not come yet",
        "The OMS reported shipments, cancellations or a status of an order that it never sent.",
        "Have the OMS push the order. What was reported is kept and counts as soon as the order is there.",
    ),
    Cause.NOT_DISPATCHED: E(
        "Not dispatched yet",
        "Documents are made when an order has been dispatched.",
        "Nothing to do. The document is made when the OMS says that the order has left.",
    ),
    Cause.NOT_PAID: E(
        "Not paid yet",
        "Documents are made when an order has been paid in full: by its payments, or by a status that says so.",
        "Nothing to do. If it was paid, have the OMS send the order again with its payments, or say under Feeds which of its "
        "statuses means paid.",
        TIMING,
    ),
    Cause.PART_SHIPPED: E(
        "Dispatched in part",
        "Some of the goods have left, others have not. An order becomes one document, when all of it has left; Post when may "
        "say that each part becomes one.",
        "Nothing to do. If the rest will not be delivered, cancel it in the OMS.",
        ORDER,
    ),
    Cause.TEST_ORDER: E(
        "A test order",
        "The shop marks the order as a test, so no document is made of it.",
        "Nothing to do. If it is a real sale, take the mark off in the shop and have the order sent again.",
    ),
    Cause.SAME_SALE: E(
        "The same sale as another order",
        "A person said that this is the sale that came by another feed too, so no document is made of this one.",
        "Nothing to do. If it is another sale after all, say so on this page.",
    ),
    Cause.FREE_OF_CHARGE: E(
        "Free of charge",
        "The OMS marks the order as free of charge, so there is nothing to invoice.",
        "Nothing to do. If it should be invoiced, take the mark off in the OMS and have the order sent again.",
    ),
    Cause.BEFORE_START_DATE: E(
        "Before the start date",
        "The order was dispatched before {subject}, the start date in the settings.",
        "Nothing to do. To post it all the same, choose an earlier start date.",
        TIMING,
        "the day",
    ),
    Cause.REFUNDED_BEFORE_POSTING: E(
        "Refunded before posting",
        "All of the order was given back before its invoice was posted, so that there is nothing to invoice.",
        "Nothing to do. If the refund was a mistake, take it back in the shop and have the order sent again.",
    ),
    Cause.CANCELLED: E(
        "Cancelled",
        "The order was cancelled in the OMS before anything was posted.",
        "Nothing to do.",
    ),
}
"""Nothing is wrong with these: there is nothing to press."""
ORDERS: dict[Cause, E] = {
    Cause.LOOKS_LIKE_SAME_SALE: E(
        "Looks like the same sale",
        "Another feed brought order {subject} with the same reference, currency and total within 30 days.",
        "Compare the two below and say whether this is the same sale, which is posted once, or another one.",
        ORDER,
        "another order",
    ),
    Cause.ON_HOLD: E(
        "On hold in the OMS",
        "The OMS holds the order back, so no document is made of it.",
        "Release the order in the OMS and have it sent again.",
        ORDER,
    ),
    Cause.WAITS_TO_BE_CANCELLED: E(
        "Waits to be cancelled",
        "An earlier call for this document had no clear answer, so it might still appear in {ledger}.",
        "Nothing to do: it is cancelled by itself within about half an hour, once that is certain.",
        ORDER,
    ),
    Cause.KEPT_BACK: E(
        "Kept back by a person",
        "Somebody said that {subject} shall wait; until it is let go Daybook does not send it, whatever else is cured.",
        "Press Try again when it may go: it is written anew, as its order is then.",
        RETRY,
        "the document",
    ),
    Cause.NEEDED_ENDED: E(
        "What it waits for will not come",
        "{subject} must stand in the books before this document may go, and it was cancelled or voided.",
        "Open the order and look at its documents. One that was cancelled before it was posted can be made again. One "
        "that was voided in {ledger} is not sent twice: book it there by hand if it was not meant, and this one with "
        "it, and press Do not post it here.",
        ORDER,
        "Another document",
    ),
    Cause.HAS_ERROR: E(
        "In error in the OMS",
        "The OMS marks the order as being in error: {subject}.",
        "Correct the order in the OMS and have it sent again, or switch on Include Orders with Errors.",
        TIMING,
        "it does not say what is wrong",
    ),
    Cause.NO_PRICES: E(
        "No prices",
        "The order carries no price for {subject}.",
        "Give the goods a price in the OMS, 0 for what is free, and have the order sent again. Mark the order as "
        "free of charge there only where nothing at all is to be paid, carriage neither: it is then never invoiced.",
        ORDER,
        "its goods",
    ),
    Cause.NO_LINES: E(
        "No goods",
        "The order has no lines, or none with a quantity.",
        "Correct the order in the OMS and have it sent again, or cancel it there.",
        ORDER,
    ),
    Cause.NEGATIVE_TOTAL: E(
        "Less than nothing",
        "The order as a whole comes to less than 0, which an invoice cannot.",
        "If more was taken off than the goods come to, correct that in the OMS and have the order sent again. If "
        "money is given back, make a credit note in {ledger} and cancel the order in the OMS.",
        ORDER,
    ),
    Cause.TOTALS_CONTRADICT: E(
        "The order's figures contradict each other",
        "Amounts or tax rates of the order do not fit together.",
        "Correct the order in the OMS and have it sent again. A total rounded for payment is sent with its "
        "rounding, what was taken off as the discount of a line.",
        ORDER,
    ),
    Cause.TOTALS_CANNOT_BE_MET: E(
        "{ledger} would come to other totals",
        "{ledger} works tax out line by line, and no way of writing the lines gives the order's own net and tax.",
        "Correct the order's tax in the OMS, or choose in the settings to keep the gross and let {ledger}'s tax stand.",
        TAX,
    ),
    Cause.REF_UNUSABLE: E(
        "No number can be made of the reference",
        "The order's reference {subject} has none of the characters that document numbers are made of, or with the "
        "prefix it is longer than numbers in {ledger} may be.",
        "Give the order a short reference with letters or digits, and have it sent again; or shorten the prefix.",
        ORDER,
        "of its own",
    ),
    Cause.AMOUNT_TOO_LARGE: E(
        "An amount is beyond what {ledger} takes",
        "{ledger} takes less than 10,000,000,000 for {subject}.",
        "Correct the order in the OMS and have it sent again.",
        ORDER,
        "a line or a document",
    ),
    Cause.AMOUNT_TOO_FINE: E(
        "An amount is finer than a cent",
        "The order comes to more than two decimals of {subject}, and {ledger} keeps two in every currency.",
        "Have the order sent again with totals of two decimals if that is what is owed; otherwise enter it in "
        "{ledger} by hand and cancel it in the OMS.",
        ORDER,
        "its currency",
    ),
    Cause.DATE_IN_FUTURE: E(
        "Dated far ahead",
        "The document would be dated {subject}, which is more than 7 days from now.",
        "Correct the date in the OMS and have the order sent again. If it is right, nothing to do: the document "
        "goes by itself when the day is 7 days away.",
        ORDER,
        "far in the future",
    ),
    Cause.DISPATCH_DATE_MISSING: E(
        "Nobody says when it was dispatched",
        "The order was dispatched already when it came, and it names no day of dispatch or completion.",
        "Type the day of dispatch on the order's page, or have the order sent again with it.",
        DATE,
    ),
    Cause.TIME_ZONE_UNSURE: E(
        "A time without a zone falls on one of two days",
        "The order's time {subject} names no zone, and nobody has said yet whether such times are UTC or the "
        "organisation's.",
        "Choose the Time zone of the OMS in the settings and save; all orders that wait for it then go.",
        TIMING,
        "of dispatch",
    ),
    Cause.DEFECT: E(
        "Daybook could not work with it",
        "Daybook stumbled over something in it that it does not understand. That is a defect of Daybook's.",
        "Report it with the details below. Daybook tries again once a day; a person can try again at any time.",
        RETRY,
    ),
    Cause.CANCELLATION_UNCLEAR: E(
        "A cancellation is not clear",
        "The OMS cancelled {subject}, and it is not clear which of the order's goods that is, so neither what is "
        "left to invoice.",
        "Have the OMS send the order again as it stands now, each line with an id of its own.",
        ORDER,
        "some of it",
    ),
    Cause.SHIPMENT_UNCLEAR: E(
        "A shipment is not clear",
        "The OMS told of a shipment that names none of the order's goods ({subject}), so nobody knows whether all "
        "of it has left.",
        "Have the OMS send the order again: as dispatched, if all of it has left, or with shipments that name its "
        "lines.",
        ORDER,
        "it names nothing",
    ),
    Cause.PART_POSTED_OTHERWISE: E(
        "Another part of the order was posted otherwise",
        "The order was changed after {subject}, a part of it, had left: what is left of it cannot be told.",
        "Have the OMS send the order as it was when that part left. If the change is meant, put that document right in "
        "{ledger} by hand, choose “Do not post” here, and post what is left by hand too.",
        ORDER,
        "a part",
    ),
    Cause.FREE_BUT_CHARGED: E(
        "Marked as free of charge, and charged",
        "The OMS marks the order as free of charge, yet it bears {subject}.",
        "If it is to be paid, take the mark off in the OMS and have the order sent again; if only the carriage is, "
        "with goods at a price of 0. If nothing is, have it sent again with carriage and totals of 0: it is then "
        "never invoiced.",
        ORDER,
        "an amount",
    ),
    Cause.PART_SHIPMENT_WAITS: E(
        "Dispatched in part, and the rest waits",
        "Goods have left that are not invoiced: {subject}. An order becomes one document, when all of it has left.",
        "Ask when the rest leaves. What will not be delivered, cancel in the OMS: the document for what left is "
        "then made by itself. If the sale belongs into the books before, a month's end say, split the order in the "
        "OMS so that what left is an order of its own.",
        ORDER,
        "a part of the order",
    ),
}
