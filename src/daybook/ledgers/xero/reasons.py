"""PURE: causes that only Xero has, and the words that hold for Xero alone."""

from daybook.documents.causes import Cause, LedgerCause
from daybook.documents.explained import ACCOUNTS, GATEWAYS, ORDER, TAX, THERE, TIMING
from daybook.documents.explained import Explanation as E  # noqa: N817 - said a hundred times in this room


class XeroCause(LedgerCause):
    """One value for each thing that Xero alone says."""

    INVENTORY_ACCOUNT_ON_LINE = "inventory_account_on_line"
    TAX_DOES_NOT_FIT_ACCOUNT = "tax_does_not_fit_account"
    DISCOUNT_REFUSED = "discount_refused"
    PAYMENT_ACCOUNT_REFUSED = "payment_account_refused"
    NOT_APPROVED = "not_approved"


REASONS: dict[str, E] = {
    Cause.ACCOUNT_OR_PRICE_INVALID: E(
        "Xero does not take an account or a price",
        "Xero says that an account must be valid; it says the same of a unit price with too many decimals.",
        "Check the accounts in the settings and the prices of the order, then try again.",
        ACCOUNTS,
    ),
    XeroCause.INVENTORY_ACCOUNT_ON_LINE: E(
        "The inventory account cannot be posted to",
        "Only tracked items move an account of the type Inventory; no line may name it.",
        "Choose another account in the settings, or use Tracked.",
        ACCOUNTS,
    ),
    XeroCause.TAX_DOES_NOT_FIT_ACCOUNT: E(
        "The tax does not fit the account",
        "Xero does not allow this tax rate on this account: {subject}.",
        "Choose another tax rate or another account in the settings.",
        TAX,
        "see Xero's words",
    ),
    XeroCause.DISCOUNT_REFUSED: E(
        "Xero does not take a discount",
        "A discount is more than its line comes to, or stands on a document that may have none: {subject}.",
        "Correct the discount in the OMS and have the order sent again; the document then goes by itself.",
        ORDER,
        "see Xero's words",
    ),
    XeroCause.PAYMENT_ACCOUNT_REFUSED: E(
        "Xero takes no payment on the account",
        "The clearing account of the payment is gone in Xero, or payments are not enabled on it.",
        "Choose another account under Payments in the settings, or enable payments on it in Xero; then try again.",
        GATEWAYS,
    ),
    XeroCause.NOT_APPROVED: E(
        "The document in Xero takes no payment",
        "Xero takes payments on approved documents only: this one is a draft, or was paid, voided or deleted there.",
        "Look at it in Xero. If it is a draft, approve it and try again; if it is settled there already, do not post "
        "this one.",
        THERE,
    ),
    Cause.PLAN_LIMIT_REACHED: E(
        "The Xero plan's limit is reached",
        "The organisation's plan with Xero allows only so many {subject} a month.",
        "Choose a larger plan in Xero, wait for the next month, or post as drafts; then try again.",
        THERE,
        "documents",
    ),
    Cause.EDITION_WITHOUT_INVOICES: E(
        "The Xero plan has no invoices",
        "The organisation's edition of Xero does not support invoices.",
        "Choose another plan in Xero, then press Refresh from Xero in the settings.",
        THERE,
    ),
    Cause.STOCK_SHORT: E(
        "Not enough stock in Xero",
        "Xero approves no invoice for tracked goods that are not in stock: {subject}. A purchase order adds no "
        "stock, a bill does.",
        "Enter the bill in Xero and try again, post as drafts, or switch on Allow backorders.",
        TIMING,
        "see Xero's words",
    ),
}
