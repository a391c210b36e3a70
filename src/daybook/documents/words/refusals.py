"""PURE: why a ledger said no, in the words that hold for any of them."""

from daybook.documents.causes import Cause
from daybook.documents.explained import (
    ACCOUNTS,
    CONTACT,
    CONTACT_THERE,
    DOCUMENT,
    NUMBERS,
    ORDER,
    RETRY,
    RULES,
    TAX,
    THERE,
    TIMING,
)
from daybook.documents.explained import Explanation as E  # noqa: N817 - said a hundred times in this room

REFUSALS: dict[Cause, E] = {
    Cause.NUMBER_TAKEN: E(
        "{ledger} has the number already",
        "A document with the number {subject} stands in {ledger}, and it is not Daybook's.",
        "Look at it in {ledger}. If it is the same sale, cancel this one; otherwise renumber the one in {ledger} "
        "and try again.",
        RETRY,
        "of this one",
    ),
    Cause.FOUND_SEVERAL: E(
        "{ledger} holds the document more than once",
        "More than one document in {ledger} carries the number {subject} and Daybook's mark.",
        "Void in {ledger} those that are too many, then press Try again: Daybook finds the one that is left.",
        RETRY,
        "of this one",
    ),
    Cause.PERHAPS_TAKEN_BACK: E(
        "Somebody may have taken it back in {ledger}",
        "{ledger} gave no clear answer to {subject}. It is not there now, and both documents that it joins were changed "
        "there since: it may have been booked, and taken off again by a person.",
        "Look in {ledger} at the history of the credit note. If somebody took it off on purpose, cancel this one; if "
        "nobody did, press Try again.",
        RETRY,
        "of this one",
    ),
    Cause.GAVE_UP: E(
        "Sent several times, and never a clear answer",
        "{ledger} gave no clear answer to {subject} each time that it was sent, and a look found it nowhere there.",
        "Look in {ledger} whether it stands there after all. If not, press Try again; if this goes on, tell whoever "
        "runs Daybook.",
        RETRY,
        "the document",
    ),
    Cause.ITEM_CODE_TAKEN: E(
        "{ledger} has the item already",
        "An item with the code {subject} exists.",
        "Press Refresh from {ledger} in the settings, then try again.",
        RETRY,
        "of the SKU",
    ),
    Cause.CONTACT_NAME_TAKEN: E(
        "The contact's name is taken",
        "Another contact in {ledger} has the name {subject}.",
        "Choose the contact in the settings again, so that Daybook knows which one is meant.",
        CONTACT,
        "of the contact",
    ),
    Cause.CONTACT_NUMBER_TAKEN: E(
        "The contact's number is taken",
        "Another contact in {ledger} has this contact number.",
        "Put the contacts right in {ledger}, then try again.",
        CONTACT_THERE,
    ),
    Cause.CONTACT_MISSING: E(
        "{ledger} does not know the contact",
        "The document names no contact that {ledger} can find; it may have been merged or deleted.",
        "Look the contact up again in the settings, then try again.",
        CONTACT,
    ),
    Cause.CONTACT_ARCHIVED: E(
        "The contact is archived",
        "The contact was archived in {ledger}, and no documents can be made for it.",
        "Restore the contact in {ledger}, then press Refresh from {ledger} in the settings; or name another one "
        "there. What was refused then goes by itself. A credit note is always for the contact of its invoice: restore "
        "that, or make the note in {ledger} by hand and press Do not post it here.",
        CONTACT_THERE,
    ),
    Cause.CONTACT_AMBIGUOUS: E(
        "Several contacts may be the customer",
        "{ledger} has more than one active contact with the customer's e-mail address, and none of them alone has the "
        "name, too.",
        "Merge them in {ledger}, or archive all but one, then try again.",
        RETRY,
    ),
    Cause.CONTACT_UNUSABLE: E(
        "No documents can be made for the contact",
        "The customer's contact was erased in {ledger} because somebody asked for it, or was merged more than once.",
        "Have Daybook forget the customer, too (daybook forget customer): the document then goes to the contact that "
        "stands for the rest. Or enter it in {ledger} by hand and press Do not post it.",
        RETRY,
    ),
    Cause.CONTACT_REFUSED: E(
        "{ledger} refused the contact",
        "{ledger} did not take the customer as a contact.",
        "{ledger}'s own words are below. Correct the customer in the OMS and have the order sent again, or put the "
        "contacts right in {ledger}, then try again.",
        RETRY,
    ),
    Cause.CUSTOMER_FORGOTTEN: E(
        "The customer was forgotten",
        "The document follows one that names a customer who was forgotten since, and {ledger} has no contact of them "
        "that Daybook knows.",
        "Enter it in {ledger} by hand, then press Do not post it.",
        THERE,
    ),
    Cause.EMAIL_INVALID: E(
        "An e-mail address is not right",
        "{ledger} does not take the contact's e-mail address.",
        "Correct the address of the contact in {ledger}, then try again.",
        CONTACT_THERE,
    ),
    Cause.CURRENCY_NOT_SUBSCRIBED: E(
        "The organisation does not use the currency",
        "{ledger} says that the organisation is not subscribed to {subject}.",
        "Have Daybook add the currency in {ledger}, by its button for that; or add it there yourself, then press Refresh "
        "from {ledger} in the settings. What waits for it then goes by itself.",
        THERE,
        "the currency",
    ),
    Cause.ACCOUNT_ARCHIVED: E(
        "An account is archived",
        "Account {subject} was archived or deleted in {ledger}.",
        "Restore it in {ledger}, then press Refresh from {ledger} in the settings; or choose another account there."
        " What was refused then goes by itself. A credit note always has the accounts of its invoice: restore them, or"
        " make the note in {ledger} by hand and press Do not post it here.",
        ACCOUNTS,
        "of the settings",
    ),
    Cause.ACCOUNT_NOT_USABLE: E(
        "An account cannot be used",
        "{ledger} does not take account {subject} on this document.",
        "Choose another account in the settings; or put it right in {ledger}, then press Refresh from {ledger} in "
        "the settings.",
        ACCOUNTS,
        "of the settings",
    ),
    Cause.ACCOUNT_MISSING: E(
        "An account is missing",
        "A line has no account, and its item brings none.",
        "Choose the accounts in the settings.",
        ACCOUNTS,
    ),
    Cause.TAX_MISSING: E(
        "A tax rate is missing",
        "{ledger} wants a tax rate on every line.",
        "Choose the tax rates in the settings, then try again.",
        TAX,
    ),
    Cause.TRACKING_INVALID: E(
        "A tracking option is not there any more",
        "{ledger} does not know a tracking category or option of the document: it was renamed, archived or deleted there.",
        "Restore it in {ledger}, then press Refresh from {ledger} in the settings; or choose another in the posting rule "
        "that names it. What was refused then goes by itself; a new name is taken over.",
        RULES,
    ),
    Cause.TAX_RATE_INVALID: E(
        "The tax rate is not valid any more",
        "A tax rate of the document was deleted or archived in {ledger}.",
        "Press Refresh from {ledger} in the settings and choose another tax rate there; or restore it in {ledger}, "
        "then press Refresh from {ledger}. A credit note always has the tax rates of its invoice: restore them, or make "
        "the note in {ledger} by hand and press Do not post it here.",
        TAX,
    ),
    Cause.STATUS_NOT_CHANGEABLE: E(
        "The document cannot be changed in {ledger}",
        "In {ledger} it is paid, voided or deleted, so it takes no changes.",
        "Look at the document in {ledger}.",
        THERE,
    ),
    Cause.STATUS_NOT_CREATABLE: E(
        "{ledger} does not take the document's status",
        "The document status in the settings cannot be used for new documents here.",
        "Choose Draft as the document status, then try again.",
        TIMING,
    ),
    Cause.ALREADY_SETTLED: E(
        "The document is paid in {ledger}",
        "Payments or credit notes are allocated to it, so it takes no changes.",
        "Look at the document in {ledger}.",
        THERE,
    ),
    Cause.DESCRIPTION_MISSING: E(
        "A description is missing",
        "{ledger} wants a description on every line of an approved document.",
        "Give the goods a description in the OMS and have the order sent again.",
        ORDER,
    ),
    Cause.LINE_TOTAL_DIFFERS: E(
        "A line's total differs",
        "{ledger} works out {subject} for a line, not what Daybook sent. That is a defect of Daybook's.",
        "Report it with {ledger}'s words below. Meanwhile the document can be typed in {ledger} by hand and "
        "cancelled here.",
        DOCUMENT,
        "another amount",
    ),
    Cause.QUANTITY_NEGATIVE: E(
        "A quantity is negative",
        "{ledger} takes no quantity below 0: {subject}.",
        "Correct the order in the OMS and have it sent again.",
        ORDER,
        "see {ledger}'s words",
    ),
    Cause.TOTAL_NEGATIVE: E(
        "The document comes to less than nothing",
        "{ledger} takes no invoice below 0.",
        "Correct the order in the OMS. Money given back is a credit note in {ledger}.",
        ORDER,
    ),
    Cause.DUE_DATE_MISSING: E(
        "The due date is missing",
        "{ledger} wants a due date on every approved invoice.",
        "Check the payment terms in the settings, then try again.",
        NUMBERS,
    ),
    Cause.PAYMENT_TOO_LARGE: E(
        "The payment is too large",
        "It exceeds what is outstanding on the document in {ledger}.",
        "Look at the document in {ledger}.",
        THERE,
    ),
    Cause.ITEM_UNKNOWN: E(
        "{ledger} does not know the item",
        "The item {subject} is not in {ledger}; it may have been deleted or renamed.",
        "Press Refresh from {ledger} in the settings: Daybook then makes it anew, and the document goes by itself.",
        RETRY,
        "of the document",
    ),
    Cause.TEXT_TOO_LONG: E(
        "A text is too long",
        "{ledger} takes fewer characters for {subject}.",
        "Shorten it in the OMS or in the reference template, then try again.",
        NUMBERS,
        "one of the texts",
    ),
    Cause.BODY_UNREADABLE: E(
        "{ledger} could not read the document",
        "That is a defect of Daybook's.",
        "Report it with {ledger}'s words below.",
        DOCUMENT,
    ),
    Cause.OTHER: E(
        "{ledger} said no",
        "{ledger} refused the document for a reason that Daybook does not know.",
        "{ledger}'s own words are below. Cure it, then try again.",
        RETRY,
    ),
}
