"""PURE: what of the settings, the organisation or the stock keeps a document back."""

from daybook.documents.causes import Cause
from daybook.documents.explained import ACCOUNTS, CONNECT, COSTS, DATE, LINES, NUMBERS, ORDER, RETRY, RULES, TAX, THERE
from daybook.documents.explained import Explanation as E  # noqa: N817 - said a hundred times in this room

SETTINGS: dict[Cause, E] = {
    Cause.NOT_CONNECTED: E(
        "Not connected to {ledger}",
        "The company is not connected to a {ledger} organisation.",
        "Connect it: settings, Get Access Token. The orders go by themselves afterwards.",
        CONNECT,
    ),
    Cause.SETTINGS_INCOMPLETE: E(
        "The settings are not complete",
        "{subject} is not set or no longer right.",
        "Complete the settings. What waits goes by itself afterwards.",
        ACCOUNTS,
        "Something",
    ),
    Cause.CONSENT_LACKS: E(
        "A permission is missing",
        "{subject}: the consent that was given in {ledger} does not cover it.",
        "Press Get Access Token in the settings and allow it. What waits for it goes by itself then; everything else goes "
        "on meanwhile.",
        CONNECT,
        "Something that is switched on",
    ),
    Cause.TAX_RATE_UNKNOWN: E(
        "The tax rate is not known",
        "For {subject} the order says neither a tax rate nor prices both with and without tax.",
        "Give the goods a tax rate in the OMS and have the order sent again.",
        ORDER,
        "a line",
    ),
    Cause.TAX_RATE_IN_DOUBT: E(
        "The amounts do not tell the tax rate",
        "For {subject} the order gives amounts without tax and with it, but no rate, and the amounts alone do not "
        "say which rate it is.",
        "Have the order sent again with the tax rate of the line. Where it is a rate of yours that is missing in "
        "the settings, add it there: the order goes by itself then.",
        TAX,
        "a line",
    ),
    Cause.CARRIAGE_RATE_UNCLEAR: E(
        "The carriage bears more than one rate, or none that is known",
        "What the order says of {subject} fits no tax rate of its goods, and no split in proportion to them.",
        "Have the order sent again with the carriage as a list, one entry for each tax rate, each with its price "
        "and its rate. Where it bears one rate, name that.",
        ORDER,
        "the carriage",
    ),
    Cause.TAX_RATE_NOT_MAPPED: E(
        "A tax rate has no tax in {ledger} yet",
        "The order bears tax of {subject}, and nobody has said which of {ledger}'s tax rates that is.",
        "Choose the tax rate in the settings. Every document that waits for it goes by itself afterwards.",
        TAX,
        "a rate not seen before",
    ),
    Cause.TAX_OWED_BY_OTHERS: E(
        "A tax that you do not owe",
        "By the order, {subject} owes a tax of it to the state. Booked as your own it would stand in your tax return.",
        "Make a posting rule that says how such lines are booked: every document that waits for it goes by itself "
        "afterwards. If the tax is yours, have the order sent again with the seller as the one who owes it.",
        RULES,
        "somebody else",
    ),
    Cause.LINE_ACCOUNT_MISSING: E(
        "Nobody has said where it is booked",
        "The order has a line that is no sale of goods ({subject}), and the account for such lines is not chosen.",
        "Choose the account and the tax under Lines that are no goods in the settings. Every document that waits "
        "for it goes by itself afterwards.",
        LINES,
        "a fee, a tip, a duty, a gift card or a deposit",
    ),
    Cause.LINE_TAX_DIFFERS: E(
        "A line bears another tax than was chosen for it",
        "The order has a line of the kind {subject} whose tax rate is not that of the tax chosen for such lines.",
        "Choose another tax under Lines that are no goods in the settings, or in the posting rule that is named below; "
        "or correct the tax in the OMS and have the order sent again.",
        LINES,
        "in question",
    ),
    Cause.RULE_UNUSABLE: E(
        "A posting rule cannot be used",
        "{subject} decides where a line of the order is booked, and what it says cannot be used.",
        "Restore what it names in {ledger}, then press Refresh from {ledger} in the settings; or change the rule. Every "
        "document that waits for it goes by itself afterwards.",
        RULES,
        "A rule",
    ),
    Cause.CURRENCY_NOT_ENABLED: E(
        "The organisation does not use the currency",
        "The order is in {subject}, which is not among the currencies of the {ledger} organisation.",
        "Have Daybook add the currency in {ledger}, by its button for that; or add it there yourself, then press Refresh "
        "from {ledger} in the settings. What waits for it then goes by itself.",
        THERE,
        "another currency",
    ),
    Cause.PERIOD_LOCKED: E(
        "The books are locked",
        "The document would be dated {subject}, in a period that is locked in {ledger}.",
        "Move the lock date back in {ledger}, then press Refresh from {ledger} in the settings: what waits then "
        "goes by itself. Or type another day on the order's page, which then dates its documents; or choose a later start "
        "date, so that orders of which nothing is posted are skipped. Money keeps its day: where that stays locked, book it "
        "in {ledger} by hand and press Do not post it here.",
        DATE,
        "too early",
    ),
    Cause.NUMBER_TAKEN_IN_DAYBOOK: E(
        "Another order has the number",
        "The number {subject} belongs to another order of this organisation. Their references are the same (one may"
        " come from another source), or differ only in capitals or in signs that numbers cannot have.",
        "Give one of the two orders another reference in the OMS, or choose another number prefix.",
        NUMBERS,
        "made of the reference",
    ),
    Cause.MAY_STAND_THERE: E(
        "It may stand there already",
        "{subject} stands in {ledger}, from before Daybook's database was restored, and may be this order's document under "
        "another number.",
        "Look at both. If it is this order's, press Do not post it. If it is not, say so in the connection's settings, "
        "under After a restore, then press Try again.",
        THERE,
    ),
    Cause.OTHER_ORGANISATION: E(
        "Made for another organisation",
        "The document was made while another {ledger} organisation was connected.",
        "Connect that organisation again, or cancel the document.",
        CONNECT,
    ),
}
STOCK: dict[Cause, E] = {
    Cause.SKU_MISSING: E(
        "A line on stock has no SKU",
        "The order says that the line {subject} is goods on stock (is_stock), but names no SKU: Tracked posts "
        "against the items of {ledger}.",
        "Give the goods a SKU in the OMS, or take is_stock off, and have the order sent again.",
        ORDER,
        "of the order",
    ),
    Cause.SKU_TOO_LONG: E(
        "A SKU is too long",
        "{subject} has more than 30 characters, the most that a code of an item in {ledger} can have.",
        "Shorten the SKU in the OMS and have the order sent again.",
        ORDER,
        "The SKU",
    ),
    Cause.SKU_UNUSABLE: E(
        "A SKU holds a character that nobody can read",
        "{subject} holds a control character, which the code of an item in {ledger} cannot have.",
        "Type the SKU anew in the OMS and have the order sent again.",
        ORDER,
        "The SKU",
    ),
    Cause.ITEM_NOT_TRACKED: E(
        "The item is not tracked in {ledger}",
        "{subject} exists in {ledger} as an item that is not tracked as inventory, and {ledger} does not turn one "
        "into the other.",
        "If it is no stock (a fee, a service, a kit), put it on the list Not stock in the settings. Otherwise "
        "rename the old item's code in {ledger}, then press Refresh from {ledger} in the settings: Daybook then "
        "makes a tracked one.",
        THERE,
        "An item",
    ),
    Cause.ITEM_REFUSED: E(
        "{ledger} refused the item",
        "{ledger} did not take {subject} as a tracked item.",
        "{ledger}'s own words are below. Cure it, then try again.",
        RETRY,
        "the SKU",
    ),
    Cause.COST_UNKNOWN: E(
        "The cost is not known",
        "Nobody says what one {subject} costs: not the order, not the item in {ledger}, not the cost list. Daybook "
        "makes no item of stock in {ledger} of what may be none.",
        "Put the SKU into the cost list; or give the item in {ledger} a purchase price, then press Refresh from "
        "{ledger} in the settings. If it is no stock (a fee, a service, a kit whose parts are the stock), put it on"
        " the list Not stock in the settings instead.",
        COSTS,
        "of these goods",
    ),
    Cause.COST_ZERO: E(
        "Goods that cost nothing",
        "For the purchase order {subject} costs 0, which may be meant, or a cost that nobody has filled in.",
        "Put its cost into the cost list. If it does cost nothing, choose under Goods that cost nothing in the "
        "settings to leave it out of purchase orders, or put it on the list Not stock.",
        COSTS,
        "a line",
    ),
    Cause.COSTS_IN_CURRENCIES: E(
        "Costs in more than one currency",
        "What the goods cost is known in {subject}, and one purchase order has one currency.",
        "Put the costs into the cost list in one currency, or have the OMS send them so or split the order.",
        COSTS,
        "several currencies",
    ),
}
