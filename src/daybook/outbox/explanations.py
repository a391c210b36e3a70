"""PURE: why an order or a document waits, in plain words for an accounts person: what happened, why, what to do."""

from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from daybook.kit.money import plain

TAX, ACCOUNTS, CONTACT, CONNECT, NUMBERS, TIMING = (
    "settings:tax",
    "settings:accounts",
    "settings:contact",
    "settings:connection",
    "settings:numbers",
    "settings:timing",
)
COSTS, RETRY, ORDER, DOCUMENT = "costs", "retry", "order", "document"
XERO, XERO_CONTACT, XERO_CURRENCIES, XERO_ITEMS, XERO_TAX, XERO_ACCOUNTS, XERO_PLAN = (
    "xero:document",
    "xero:contact",
    "xero:currencies",
    "xero:items",
    "xero:tax",
    "xero:accounts",
    "xero:plan",
)
_SUBJECT = "{subject}"


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a person reads. `{subject}` stands for what it is about."""

    title: str
    why: str
    cure: str
    action: str = ""
    """Where a button leads: `settings:tax`, `retry`, `xero:contact`, `order`, ...; empty: there is nothing to press."""
    nameless: str = "it"
    """What stands in the place of the subject where none is known."""

    @property
    def sentence(self) -> str:
        """Return all of it as running text."""
        return " ".join(filter(None, (f"{self.title}.", self.why, self.cure)))


E = Explanation
_WAITING: dict[str, Explanation] = {
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
_ORDERS: dict[str, Explanation] = {
    "on_hold": E(
        "On hold in the OMS",
        "The OMS holds the order back, so no document is made of it.",
        "Release the order in the OMS and have it sent again.",
        ORDER,
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
        "Give the goods a price in the OMS and have the order sent again. A free order is marked as free of charge there.",
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
        "The order comes to less than 0, which an invoice cannot.",
        "Correct the discounts in the OMS and have the order sent again. Money given back is a credit note in Xero.",
        ORDER,
    ),
    "totals_contradict": E(
        "The order's figures contradict each other",
        "Net, tax and gross of the order do not fit together, or not to its lines.",
        "Correct the order in the OMS and have it sent again.",
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
    "cancellation_unclear": E(
        "A cancellation names goods that the order does not have",
        "The OMS cancelled {subject}, and the order has no such line, so it is not clear what is left to invoice.",
        "Have the OMS send the order again as it stands now.",
        ORDER,
        "something",
    ),
}
_SETTINGS: dict[str, Explanation] = {
    "not_connected": E(
        "Not connected to Xero",
        "The company has no Xero organisation yet.",
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
    "tax_rate_not_mapped": E(
        "A tax rate has no tax in Xero yet",
        "The order bears tax of {subject}, and nobody has said which of Xero's tax rates that is.",
        "Choose the tax rate in the settings. Every document that waits for it goes by itself afterwards.",
        TAX,
        "a rate not seen before",
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
        "Move the lock date in Xero and try again, or choose a later start date so that such orders are skipped.",
        RETRY,
        "too early",
    ),
    "number_taken_in_daybook": E(
        "Another order has the number",
        "The number {subject} belongs to another order of this organisation; they differ only in signs that numbers cannot have.",
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
        "A line has no SKU",
        "Tracked posts against the items of Xero, and the line {subject} names none.",
        "Give the goods a SKU in the OMS and have the order sent again.",
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
    "item_not_tracked": E(
        "The item is not tracked in Xero",
        "{subject} exists in Xero as an item that is not tracked as inventory, and Xero does not turn one into the other.",
        "In Xero rename the old item's code; Daybook then makes a tracked one. Or use Untracked.",
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
        "For the purchase order nobody says what one {subject} costs: not the order, not the item in Xero, not the cost list.",
        "Put the SKU into the cost list, or give the item in Xero a purchase price.",
        COSTS,
        "unit",
    ),
}
_REFUSALS: dict[str, Explanation] = {
    "number_taken": E(
        "Xero has the number already",
        "A document with this number stands in Xero, and it is not Daybook's.",
        "Look at it in Xero. If it is the same sale, cancel this one; otherwise renumber the one in Xero and try again.",
        RETRY,
    ),
    "item_code_taken": E(
        "Xero has the item already",
        "An item with the code {subject} exists.",
        "Press Refresh from Xero in the settings, then try again.",
        RETRY,
        "of the SKU",
    ),
    "contact_name_taken": E(
        "The contact's name is taken",
        "Another contact in Xero has the name {subject}.",
        "Choose the contact in the settings again, so that Daybook knows which one is meant.",
        CONTACT,
        "of the contact",
    ),
    "contact_number_taken": E(
        "The contact's number is taken",
        "Another contact in Xero has this contact number.",
        "Put the contacts right in Xero, then try again.",
        XERO_CONTACT,
    ),
    "contact_missing": E(
        "Xero does not know the contact",
        "The document names no contact that Xero can find; it may have been merged or deleted.",
        "Look the contact up again in the settings, then try again.",
        CONTACT,
    ),
    "contact_archived": E(
        "The contact is archived",
        "The contact was archived in Xero, and no documents can be made for it.",
        "Restore the contact in Xero, or choose another one in the settings, then try again.",
        XERO_CONTACT,
    ),
    "email_invalid": E(
        "An e-mail address is not right",
        "Xero does not take the contact's e-mail address.",
        "Correct the address of the contact in Xero, then try again.",
        XERO_CONTACT,
    ),
    "currency_not_subscribed": E(
        "The organisation does not use the currency",
        "Xero says that the organisation is not subscribed to {subject}.",
        "Add the currency in Xero, press Refresh from Xero in the settings, then try again.",
        XERO_CURRENCIES,
        "the currency",
    ),
    "account_archived": E(
        "An account is archived",
        "Account {subject} was archived or deleted in Xero.",
        "Restore it in Xero or choose another account in the settings.",
        ACCOUNTS,
        "of the settings",
    ),
    "account_not_usable": E(
        "An account cannot be used",
        "Xero does not take account {subject} on this document.",
        "Choose another account in the settings.",
        ACCOUNTS,
        "of the settings",
    ),
    "account_missing": E(
        "An account is missing",
        "A line has no account, and its item brings none.",
        "Choose the accounts in the settings.",
        ACCOUNTS,
    ),
    "account_or_price_invalid": E(
        "Xero does not take an account or a price",
        "Xero says that an account must be valid; it says the same of a unit price with too many decimals.",
        "Check the accounts in the settings and the prices of the order, then try again.",
        ACCOUNTS,
    ),
    "inventory_account_on_line": E(
        "The inventory account cannot be posted to",
        "Only tracked items move an account of the type Inventory; no line may name it.",
        "Choose another account in the settings, or use Tracked.",
        ACCOUNTS,
    ),
    "tax_does_not_fit_account": E(
        "The tax does not fit the account",
        "Xero does not allow this tax rate on this account: {subject}.",
        "Choose another tax rate or another account in the settings.",
        TAX,
        "see Xero's words",
    ),
    "tax_missing": E(
        "A tax rate is missing",
        "Xero wants a tax rate on every line.",
        "Choose the tax rates in the settings, then try again.",
        TAX,
    ),
    "tax_rate_invalid": E(
        "The tax rate is not valid any more",
        "A tax rate of the document was deleted or archived in Xero.",
        "Press Refresh from Xero and choose another tax rate in the settings.",
        TAX,
    ),
    "status_not_changeable": E(
        "The document cannot be changed in Xero",
        "In Xero it is paid, voided or deleted, so it takes no changes.",
        "Look at the document in Xero.",
        XERO,
    ),
    "status_not_creatable": E(
        "Xero does not take the document's status",
        "The document status in the settings cannot be used for new documents here.",
        "Choose Draft as the document status, then try again.",
        TIMING,
    ),
    "already_settled": E(
        "The document is paid in Xero",
        "Payments or credit notes are allocated to it, so it takes no changes.",
        "Look at the document in Xero.",
        XERO,
    ),
    "description_missing": E(
        "A description is missing",
        "Xero wants a description on every line of an approved document.",
        "Give the goods a description in the OMS and have the order sent again.",
        ORDER,
    ),
    "line_total_differs": E(
        "A line's total differs",
        "Xero works out {subject} for a line, not what Daybook sent. That is a defect of Daybook's.",
        "Report it with Xero's words below. Meanwhile the document can be typed in Xero by hand and cancelled here.",
        DOCUMENT,
        "another amount",
    ),
    "quantity_negative": E(
        "A quantity is negative",
        "Xero takes no quantity below 0: {subject}.",
        "Correct the order in the OMS and have it sent again.",
        ORDER,
        "see Xero's words",
    ),
    "total_negative": E(
        "The document comes to less than nothing",
        "Xero takes no invoice below 0.",
        "Correct the order in the OMS. Money given back is a credit note in Xero.",
        ORDER,
    ),
    "due_date_missing": E(
        "The due date is missing",
        "Xero wants a due date on every approved invoice.",
        "Check the payment terms in the settings, then try again.",
        NUMBERS,
    ),
    "plan_limit_reached": E(
        "The Xero plan's limit is reached",
        "The organisation's plan with Xero allows only so many {subject} a month.",
        "Choose a larger plan in Xero, wait for the next month, or post as drafts; then try again.",
        XERO_PLAN,
        "documents",
    ),
    "edition_without_invoices": E(
        "The Xero plan has no invoices",
        "The organisation's edition of Xero does not support invoices.",
        "Choose another plan in Xero, then try again.",
        XERO_PLAN,
    ),
    "payment_too_large": E(
        "The payment is too large",
        "It exceeds what is outstanding on the document in Xero.",
        "Look at the document in Xero.",
        XERO,
    ),
    "stock_short": E(
        "Not enough stock in Xero",
        "Xero approves no invoice for tracked goods that are not in stock: {subject}. A purchase order adds no stock, a bill does.",
        "Enter the bill in Xero and try again, post as drafts, or switch on Allow backorders.",
        TIMING,
        "see Xero's words",
    ),
    "item_unknown": E(
        "Xero does not know the item",
        "The item {subject} is not in Xero; it may have been deleted or renamed.",
        "Press Refresh from Xero in the settings, then try again: Daybook makes it anew.",
        RETRY,
        "of the document",
    ),
    "text_too_long": E(
        "A text is too long",
        "Xero takes fewer characters for {subject}.",
        "Shorten it in the OMS or in the reference template, then try again.",
        NUMBERS,
        "one of the texts",
    ),
    "body_unreadable": E(
        "Xero could not read the document",
        "That is a defect of Daybook's.",
        "Report it with Xero's words below.",
        DOCUMENT,
    ),
    "other": E(
        "Xero said no",
        "Xero refused the document for a reason that Daybook does not know.",
        "Xero's own words are below. Cure it, then try again.",
        RETRY,
    ),
}
_ATTENTION: dict[str, Explanation] = {
    "changed_after_posting": E(
        "The order changed after it was posted",
        "The OMS changed the order when its document already stood in Xero. Daybook does not touch posted documents.",
        "Compare the two and correct the document in Xero, or credit it.",
        XERO,
    ),
    "credit_note_needed": E(
        "A credit note is needed",
        "Goods were cancelled after their document was posted.",
        "Make a credit note in Xero for what was cancelled.",
        XERO,
    ),
    "totals_differ": E(
        "Xero came to other totals",
        "The totals that Xero worked out are not those of the document. That is a defect of Daybook's.",
        "Compare the two and correct the document in Xero; report it.",
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
        "Somebody voided or deleted the document in Xero.",
        "If that was meant, nothing to do. Otherwise issue it again.",
        DOCUMENT,
    ),
}
_ATTENTION["second_xero_id"] = _ATTENTION["posted_twice"]
EXPLANATIONS: dict[str, Explanation] = {**_REFUSALS, **_WAITING, **_ORDERS, **_SETTINGS, **_ATTENTION}
"""By cause; what our own rules and Xero both say (a locked period, no lines) is explained once."""

_NOT_EXPLAINED = E(
    "It needs a person",
    "Daybook has no words for this yet ({subject}).",
    "Look at the details below, cure what they name, then try again.",
    RETRY,
    "unknown",
)
_FIELDS = {
    "connection": "The connection to Xero",
    "customer_contact_id": "Contact Name",
    "contact_name": "Contact Name",
    "supplier_contact_id": "Supplier Contact Name",
    "supplier_contact_name": "Supplier Contact Name",
    "sales_account": "Sales Account",
    "shipping_account": "Shipping Account",
    "cogs_account": "Cost of Goods Sold Expense Account",
    "inventory_account": "Inventory Asset Account",
    "purchase_tax_type": "Tax on purchase orders",
    "tax_mapping": "A tax rate",
    "default_currency": "Currency of orders that name none",
}


def explain(cause: str, subject: str = "", detail: str = "") -> Explanation:
    """Return what to tell a person, about this subject. Never raises: what is not known is said to be so.

    `detail`, one sentence with figures of our own, goes behind the reason; Xero's words are shown apart.
    """
    known = EXPLANATIONS.get(cause)
    if known is None:
        return _filled(_NOT_EXPLAINED, cause)
    words = _filled(known, _in_words(cause, subject))
    is_ours = cause in _SETTINGS or cause in _ORDERS or cause in _ATTENTION
    if not detail or not is_ours or detail in words.why:
        return words
    return replace(words, why=f"{words.why} {detail}")


def _filled(explanation: Explanation, subject: str) -> Explanation:
    name = " ".join(subject.split())[:200].rstrip(".") or explanation.nameless
    return replace(
        explanation,
        title=explanation.title.replace(_SUBJECT, name),
        why=explanation.why.replace(_SUBJECT, name),
        cure=explanation.cure.replace(_SUBJECT, name),
    )


def _in_words(cause: str, subject: str) -> str:
    """Return the subject as people say it: 20 % for 0.2, a setting's label for its field."""
    if cause == "settings_incomplete":
        return _FIELDS.get(subject, subject)
    if cause == "tax_rate_not_mapped":
        try:
            return f"{plain(Decimal(subject) * 100)} %"
        except InvalidOperation:
            return subject
    return subject
