"""PURE: why our own rules keep an order or a document back, and what a posted one may need."""

from daybook.documents.explained import (
    ACCOUNTS,
    CONNECT,
    COSTS,
    DATE,
    LINES,
    NUMBERS,
    ORDER,
    RETRY,
    TAX,
    TIMING,
    XERO,
    XERO_CURRENCIES,
    XERO_ITEMS,
)
from daybook.documents.explained import Explanation as E  # noqa: N817 - said eighty times below

WAITING: dict[str, E] = {
    "order_not_received": E(
        "The order itself has not come yet",
        "The OMS reported shipments, cancellations or a status of an order that it never sent.",
        "Have the OMS push the order. What was reported is kept and counts as soon as the order is there.",
    ),
    "not_dispatched": E(
        "Not dispatched yet",
        "Documents are made when an order has been dispatched.",
        "Nothing to do. The document is made when the OMS says that the order has left.",
    ),
    "part_shipped": E(
        "Dispatched in part",
        "Some of the goods have left, others have not. An order becomes one document, when all of it has left.",
        "Nothing to do. If the rest will not be delivered, cancel it in the OMS.",
        ORDER,
    ),
    "test_order": E(
        "A test order",
        "The shop marks the order as a test, so no document is made of it.",
        "Nothing to do. If it is a real sale, take the mark off in the shop and have the order sent again.",
    ),
    "free_of_charge": E(
        "Free of charge",
        "The OMS marks the order as free of charge, so there is nothing to invoice.",
        "Nothing to do. If it should be invoiced, take the mark off in the OMS and have the order sent again.",
    ),
    "before_start_date": E(
        "Before the start date",
        "The order was dispatched before {subject}, the start date in the settings.",
        "Nothing to do. To post it all the same, choose an earlier start date.",
        TIMING,
        "the day",
    ),
    "cancelled": E("Cancelled", "The order was cancelled in the OMS before anything was posted.", "Nothing to do."),
}
ORDERS: dict[str, E] = {
    "on_hold": E(
        "On hold in the OMS",
        "The OMS holds the order back, so no document is made of it.",
        "Release the order in the OMS and have it sent again.",
        ORDER,
    ),
    "waits_to_be_cancelled": E(
        "Waits to be cancelled",
        "An earlier call for this document had no clear answer, so it might still appear in Xero.",
        "Nothing to do: it is cancelled by itself within about half an hour, once that is certain.",
        ORDER,
    ),
    "needed_ended": E(
        "What it waits for will not come",
        "{subject} must stand in the books before this document may go, and it was cancelled or voided.",
        "Open the order and look at its documents: have the other one made again, or decide that this one is not posted.",
        ORDER,
        "Another document",
    ),
    "has_error": E(
        "In error in the OMS",
        "The OMS marks the order as being in error: {subject}.",
        "Correct the order in the OMS and have it sent again, or switch on Include Orders with Errors.",
        TIMING,
        "it does not say what is wrong",
    ),
    "no_prices": E(
        "No prices",
        "The order carries no price for {subject}.",
        "Give the goods a price in the OMS, 0 for what is free, and have the order sent again. Mark the order as free of "
        "charge there only where nothing at all is to be paid, carriage neither: it is then never invoiced.",
        ORDER,
        "its goods",
    ),
    "no_lines": E(
        "No goods",
        "The order has no lines, or none with a quantity.",
        "Correct the order in the OMS and have it sent again, or cancel it there.",
        ORDER,
    ),
    "negative_total": E(
        "Less than nothing",
        "The order as a whole comes to less than 0, which an invoice cannot.",
        "If more was taken off than the goods come to, correct that in the OMS and have the order sent again. If money is "
        "given back, make a credit note in Xero and cancel the order in the OMS.",
        ORDER,
    ),
    "totals_contradict": E(
        "The order's figures contradict each other",
        "Amounts or tax rates of the order do not fit together.",
        "Correct the order in the OMS and have it sent again. A total rounded for payment is sent with its rounding, what "
        "was taken off as the discount of a line.",
        ORDER,
    ),
    "totals_cannot_be_met": E(
        "Xero would come to other totals",
        "Xero works tax out line by line, and no way of writing the lines gives the order's own net and tax.",
        "Correct the order's tax in the OMS, or choose in the settings to keep the gross and let Xero's tax stand.",
        TAX,
    ),
    "ref_unusable": E(
        "No number can be made of the reference",
        "The order's reference {subject} has none of the characters that document numbers are made of.",
        "Give the order a reference with letters or digits, and have it sent again.",
        ORDER,
        "of its own",
    ),
    "amount_too_large": E(
        "An amount is beyond what Xero takes",
        "Xero takes less than 10,000,000,000 for {subject}.",
        "Correct the order in the OMS and have it sent again.",
        ORDER,
        "a line or a document",
    ),
    "amount_too_fine": E(
        "An amount is finer than a cent",
        "The order comes to more than two decimals of {subject}, and Xero keeps two in every currency.",
        "Have the order sent again with totals of two decimals if that is what is owed; otherwise enter it in Xero by hand "
        "and cancel it in the OMS.",
        ORDER,
        "its currency",
    ),
    "date_in_future": E(
        "Dated far ahead",
        "The document would be dated {subject}, which is more than 7 days from now.",
        "Correct the date in the OMS and have the order sent again. If it is right, nothing to do: the document goes by itself when the day is 7 days away.",
        ORDER,
        "far in the future",
    ),
    "dispatch_date_missing": E(
        "Nobody says when it was dispatched",
        "The order was dispatched already when it came, and it names no day of dispatch or completion.",
        "Type the day of dispatch on the order's page, or have the order sent again with it.",
        DATE,
    ),
    "time_zone_unsure": E(
        "A time without a zone falls on one of two days",
        "The order's time {subject} names no zone, and nobody has said yet whether such times are UTC or the organisation's.",
        "Choose the Time zone of the OMS in the settings and save; all orders that wait for it then go.",
        TIMING,
        "of dispatch",
    ),
    "defect": E(
        "Daybook could not work with it",
        "Daybook stumbled over something in it that it does not understand. That is a defect of Daybook's.",
        "Report it with the details below. Daybook tries again once a day; a person can try again at any time.",
        RETRY,
    ),
    "cancellation_unclear": E(
        "A cancellation is not clear",
        "The OMS cancelled {subject}, and it is not clear which of the order's goods that is, so neither what is left to invoice.",
        "Have the OMS send the order again as it stands now, each line with an id of its own.",
        ORDER,
        "something",
    ),
    "shipment_unclear": E(
        "A shipment is not clear",
        "The OMS told of a shipment that names none of the order's goods ({subject}), so nobody knows whether all of it has left.",
        "Have the OMS send the order again: as dispatched, if all of it has left, or with shipments that name its lines.",
        ORDER,
        "it names nothing",
    ),
    "free_but_charged": E(
        "Marked as free of charge, and charged",
        "The OMS marks the order as free of charge, yet it bears {subject}.",
        "If it is to be paid, take the mark off in the OMS and have the order sent again; if only the carriage is, with goods "
        "at a price of 0. If nothing is, have it sent again with carriage and totals of 0: it is then never invoiced.",
        ORDER,
        "an amount",
    ),
    "part_shipment_waits": E(
        "Dispatched in part, and the rest waits",
        "Goods have left that are not invoiced: {subject}. An order becomes one document, when all of it has left.",
        "Ask when the rest leaves. What will not be delivered, cancel in the OMS: the document for what left is then made by itself. If the sale belongs into the books before, a month's end say, split the order in the OMS so that what left is an order of its own.",
        ORDER,
        "a part of the order",
    ),
}
SETTINGS: dict[str, E] = {
    "not_connected": E(
        "Not connected to Xero",
        "The company is not connected to a Xero organisation.",
        "Connect it: settings, Get Access Token. The orders go by themselves afterwards.",
        CONNECT,
    ),
    "settings_incomplete": E(
        "The settings are not complete",
        "{subject} is not set or no longer right.",
        "Complete the settings. What waits goes by itself afterwards.",
        ACCOUNTS,
        "Something",
    ),
    "tax_rate_unknown": E(
        "The tax rate is not known",
        "For {subject} the order says neither a tax rate nor prices both with and without tax.",
        "Give the goods a tax rate in the OMS and have the order sent again.",
        ORDER,
        "a line",
    ),
    "tax_rate_in_doubt": E(
        "The amounts do not tell the tax rate",
        "For {subject} the order gives amounts without tax and with it, but no rate, and the amounts alone do not say "
        "which rate it is.",
        "Have the order sent again with the tax rate of the line. Where it is a rate of yours that is missing in the "
        "settings, add it there: the order goes by itself then.",
        TAX,
        "a line",
    ),
    "carriage_rate_unclear": E(
        "The carriage bears more than one rate, or none that is known",
        "What the order says of {subject} fits no tax rate of its goods, and no split in proportion to them.",
        "Have the order sent again with the carriage as a list, one entry for each tax rate, each with its price and its "
        "rate. Where it bears one rate, name that.",
        ORDER,
        "the carriage",
    ),
    "tax_rate_not_mapped": E(
        "A tax rate has no tax in Xero yet",
        "The order bears tax of {subject}, and nobody has said which of Xero's tax rates that is.",
        "Choose the tax rate in the settings. Every document that waits for it goes by itself afterwards.",
        TAX,
        "a rate not seen before",
    ),
    "tax_owed_by_others": E(
        "A tax that you do not owe",
        "By the order, {subject} owes a tax of it to the state. Booked as your own it would stand in your tax return.",
        "Enter the sale in the ledger by hand, without that tax, then press Do not post it on the document. If the tax "
        "is yours, have the order sent again with the seller as the one who owes it.",
        ORDER,
        "somebody else",
    ),
    "line_account_missing": E(
        "Nobody has said where it is booked",
        "The order has a line that is no sale of goods ({subject}), and the account for such lines is not chosen.",
        "Choose the account and the tax under Lines that are no goods in the settings. Every document that waits for it "
        "goes by itself afterwards.",
        LINES,
        "a fee, a tip, a duty, a gift card or a deposit",
    ),
    "line_tax_differs": E(
        "A line bears another tax than was chosen for it",
        "The order has a line of the kind {subject} whose tax rate is not that of the tax chosen for such lines.",
        "Choose another tax under Lines that are no goods in the settings, or correct the tax in the OMS and have the "
        "order sent again.",
        LINES,
        "in question",
    ),
    "rule_unusable": E(
        "A posting rule cannot be used",
        "{subject} decides where a line of the order is booked, and what it says cannot be used.",
        "Restore the account or the tax rate in Xero, then press Refresh from Xero in the settings; or have the rule "
        "changed. Every document that waits for it goes by itself afterwards.",
        RETRY,
        "A rule",
    ),
    "currency_not_enabled": E(
        "The organisation does not use the currency",
        "The order is in {subject}, which is not among the currencies of the Xero organisation.",
        "Add the currency in Xero, then press Refresh from Xero in the settings.",
        XERO_CURRENCIES,
        "another currency",
    ),
    "period_locked": E(
        "The books are locked",
        "The document would be dated {subject}, in a period that is locked in Xero.",
        "Move the lock date back in Xero, then press Refresh from Xero in the settings: what waits then goes by itself. Or choose a later start date, so that such orders are skipped.",
        RETRY,
        "too early",
    ),
    "number_taken_in_daybook": E(
        "Another order has the number",
        "The number {subject} belongs to another order of this organisation. Their references are the same (one may come from another source), or differ only in capitals or in signs that numbers cannot have.",
        "Give one of the two orders another reference in the OMS, or choose another number prefix.",
        NUMBERS,
        "made of the reference",
    ),
    "other_organisation": E(
        "Made for another organisation",
        "The document was made while another Xero organisation was connected.",
        "Connect that organisation again, or cancel the document.",
        CONNECT,
    ),
    "sku_missing": E(
        "A line on stock has no SKU",
        "The order says that the line {subject} is goods on stock (is_stock), but names no SKU: Tracked posts against the items of Xero.",
        "Give the goods a SKU in the OMS, or take is_stock off, and have the order sent again.",
        ORDER,
        "of the order",
    ),
    "sku_too_long": E(
        "A SKU is too long",
        "{subject} has more than 30 characters, the most that a code of an item in Xero can have.",
        "Shorten the SKU in the OMS and have the order sent again.",
        ORDER,
        "The SKU",
    ),
    "sku_unusable": E(
        "A SKU holds a character that nobody can read",
        "{subject} holds a control character, which the code of an item in Xero cannot have.",
        "Type the SKU anew in the OMS and have the order sent again.",
        ORDER,
        "The SKU",
    ),
    "item_not_tracked": E(
        "The item is not tracked in Xero",
        "{subject} exists in Xero as an item that is not tracked as inventory, and Xero does not turn one into the other.",
        "If it is no stock (a fee, a service, a kit), put it on the list Not stock in the settings. Otherwise rename the "
        "old item's code in Xero, then press Refresh from Xero in the settings: Daybook then makes a tracked one.",
        XERO_ITEMS,
        "An item",
    ),
    "item_refused": E(
        "Xero refused the item",
        "Xero did not take {subject} as a tracked item.",
        "Xero's own words are below. Cure it, then try again.",
        RETRY,
        "the SKU",
    ),
    "cost_unknown": E(
        "The cost is not known",
        "Nobody says what one {subject} costs: not the order, not the item in Xero, not the cost list. Daybook makes no item of stock in Xero of what may be none.",
        "Put the SKU into the cost list; or give the item in Xero a purchase price, then press Refresh from Xero in the settings. If it is no stock (a fee, a service, a kit whose parts are the stock), put it on the list Not stock in the settings instead.",
        COSTS,
        "unit",
    ),
    "cost_zero": E(
        "Goods that cost nothing",
        "For the purchase order {subject} costs 0, which may be meant, or a cost that nobody has filled in.",
        "Put its cost into the cost list. If it does cost nothing, choose under Goods that cost nothing in the settings to leave it out of purchase orders, or put it on the list Not stock.",
        COSTS,
        "a line",
    ),
    "costs_in_currencies": E(
        "Costs in more than one currency",
        "What the goods cost is known in {subject}, and one purchase order has one currency.",
        "Put the costs into the cost list in one currency, or have the OMS send them so or split the order.",
        COSTS,
        "several currencies",
    ),
}
ATTENTION: dict[str, E] = {
    "changed_after_posting": E(
        "The order changed after it was posted",
        "The OMS changed the order when its document already stood in Xero. Daybook does not touch posted documents.",
        "Compare the two and correct the document in Xero, or credit it.",
        XERO,
    ),
    "credit_note_needed": E(
        "A credit note is needed",
        "Goods were cancelled after their document was posted.",
        "Make a credit note in Xero for what was cancelled; a document that is still a draft there is edited or deleted.",
        XERO,
    ),
    "refunded": E(
        "Money was given back",
        "The order tells of a refund, and its invoice stands for the whole sale: no credit note is made by itself.",
        "Make a credit note in Xero for what was given back; a document that is still a draft there is edited.",
        XERO,
    ),
    "on_hold_after_dispatch": E(
        "Put on hold after it was dispatched",
        "The OMS said that the order is on hold when it had left already. Goods that left are a sale, so it holds nothing.",
        "Ask whoever put it on hold. If the goods came back, credit the invoice in Xero; otherwise nothing to do.",
        ORDER,
    ),
    "booking_doubtful": E(
        "Booked as a plain sale, which it may not be",
        "Something in the order reads as if it belonged on another account or another tax; the document was made all the "
        "same, as described here.",
        "Look at it. If it is wrong, change the account or the tax of those lines in Xero.",
        XERO,
    ),
    "totals_differ": E(
        "Xero came to other totals",
        "The totals that Xero worked out are not those of the document. That is a defect of Daybook's.",
        "Compare the two and correct the document in Xero; report it.",
        XERO,
    ),
    "xero_warned": E(
        "Xero took it, and warned",
        "The document stands in Xero, but not quite as it was sent: Xero's own words are below. A draft whose account "
        "is not in the chart any more, for one, is saved without the account.",
        "Look at the document in Xero and put it right there; then check the accounts in the settings.",
        XERO,
    ),
    "posted_late": E(
        "An earlier call may have made the document twice",
        "A call that had been given up turned out to have made a document in Xero.",
        "Look in Xero whether the document stands there once. If it stands twice, void one.",
        XERO,
    ),
    "posted_twice": E(
        "Xero holds the document twice",
        "Two documents in Xero carry the mark of this one.",
        "Void one of the two in Xero.",
        XERO,
    ),
    "voided_in_xero": E(
        "Voided or deleted in Xero",
        "Somebody voided or deleted the document in Xero, so the books do not hold it any more.",
        "If that was meant, nothing to do in Xero. If not, enter the sale or purchase in Xero again by hand: Daybook sends no document twice.",
        XERO,
    ),
    "edited_in_xero": E(
        "Edited in Xero",
        "Somebody changed the amounts of the document in Xero, so they are not the order's any more.",
        "If that was meant, nothing to do. If not, edit it back in Xero, then press Look in Xero now: the flag goes by itself.",
        XERO,
    ),
}
ATTENTION["second_xero_id"] = ATTENTION["posted_twice"]
