"""PURE: every setting of a company, once: what people call it, what it does, where it stands and what it holds.

The settings page, `daybook company configure`, the checks of the settings and the explanations of documents that wait
for one all read this table. A new setting is a field of `PostingSettings` and a row here.
"""

from dataclasses import dataclass
from enum import StrEnum


class Section(StrEnum):
    """Part of the settings page; `PEOPLE` holds for the company as a whole, and stands on pages of its own."""

    METHOD = "method"
    ACCOUNTS = "accounts"
    TAX = "tax"
    CONTACT = "contact"
    NUMBERS = "numbers"
    CURRENCIES = "currencies"
    STOCK = "stock"
    PAYMENTS = "payments"
    WHEN = "when"
    PEOPLE = "people"


class Holds(StrEnum):
    """What a setting's value is: one of the organisation's lists is offered for it, or it is checked by itself."""

    PLAIN = "plain"
    """What its field in the database says: a choice, a number, a day, text."""
    ACCOUNT = "account"
    """The code of an account."""
    TAX_TYPE = "tax_type"
    CONTACT = "contact"
    """The exact name of a contact; its id is found in the ledger."""
    CURRENCY = "currency"
    ZONE = "zone"


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting."""

    name: str
    """Of the field of `PostingSettings`, or of `CompanySettings` where it holds for the company as a whole."""
    label: str
    section: Section
    holds: Holds = Holds.PLAIN
    help: str = ""
    """One or two sentences for whoever decides it."""
    is_tracked_only: bool = False
    """It matters only for Tracked, and shows only then."""

    @property
    def id_field(self) -> str:
        """Return the field that keeps the id of a contact."""
        return f"{self.name.removesuffix('_name')}_id" if self.holds is Holds.CONTACT else ""


SETTINGS: tuple[Setting, ...] = (
    Setting("process_method", "Process Method", Section.METHOD),
    Setting(
        "sales_account", "Sales Account", Section.ACCOUNTS, Holds.ACCOUNT,
        "Revenue of the order lines. Only revenue accounts are listed.",
    ),
    Setting(
        "shipping_account", "Shipping Account", Section.ACCOUNTS, Holds.ACCOUNT,
        "Nothing chosen: shipping goes to the sales account.",
    ),
    Setting(
        "cogs_account", "Cost of Goods Sold Expense Account", Section.ACCOUNTS, Holds.ACCOUNT,
        "Where {ledger} books the cost when a tracked item is sold. Only direct costs and expenses are listed.",
        is_tracked_only=True,
    ),
    Setting(
        "inventory_account", "Inventory Asset Account", Section.ACCOUNTS, Holds.ACCOUNT,
        "Holds the value of the stock. Only accounts of type Inventory are listed.",
        is_tracked_only=True,
    ),
    Setting(
        "purchase_tax_type", "Tax on purchase orders", Section.TAX, Holds.TAX_TYPE,
        "The tax rate on purchase order lines.",
        is_tracked_only=True,
    ),
    Setting(
        "when_tax_differs", "When tax cannot be met", Section.TAX,
        help="Where {ledger}'s arithmetic can meet the order's gross but not its split into net and tax.",
    ),
    Setting(
        "contact_name", "Contact Name", Section.CONTACT, Holds.CONTACT,
        "The contact in {ledger} that stands for your company: customer of the invoices and supplier of the purchase "
        "orders. It must exist there already; Daybook looks it up and keeps its id.",
    ),
    Setting(
        "supplier_contact_name", "Supplier Contact Name", Section.CONTACT, Holds.CONTACT,
        "Only where the purchase orders should name another contact.",
        is_tracked_only=True,
    ),
    Setting(
        "contact_per", "Invoices are for", Section.CONTACT,
        help="Daybook looks customers up in {ledger} by their number, e-mail address and name, and makes those that are "
        "not there. {ledger} advises to stay under 10,000 contacts: for a web shop one contact is the usual choice.",
    ),
    Setting(
        "rename_contacts", "Rename contacts with their customers", Section.CONTACT,
        help="Where invoices are for customers: when the OMS gives a customer a new name, their contact in {ledger} gets it "
        "too, before their next invoice. {ledger} then shows the new name on every document of before as well. Only contacts "
        "that Daybook made are renamed; never one that somebody renamed or merged there, or that these settings name.",
    ),
    Setting(
        "number_prefix", "Number prefix", Section.NUMBERS,
        help="Stands before the order's reference. Letters, digits, dot, hyphen and underscore.",
    ),
    Setting(
        "reference_template", "Reference", Section.NUMBERS,
        help="May hold {ref}, {external_ref}, {customer}, {currency}, {date} and {number}.",
    ),
    Setting(
        "default_currency", "Currency of orders that name none", Section.CURRENCIES, Holds.CURRENCY,
        "For orders that name no currency. Nothing chosen: the organisation's base currency.",
    ),
    Setting(
        "post_payments", "Post payments", Section.PAYMENTS,
        help="What customers paid, and what was paid back, is booked on the clearing account of its gateway.",
    ),
    Setting(
        "make_accounts", "Make clearing accounts", Section.PAYMENTS,
        help="Lets you make a gateway's clearing account in {ledger} from here. {ledger} asks for one permission more; "
        "Daybook makes no account unless you press the button.",
    ),
    Setting(
        "not_stock", "Not stock", Section.STOCK,
        help="One SKU in each line, or a pattern: * stands for any characters, ? for one. What is listed (fees, gift "
        "wrap, kits whose parts are the stock) stands on the invoice as a plain line, and on no purchase order.",
    ),
    Setting(
        "when_cost_is_zero", "Goods that cost nothing", Section.STOCK,
        help="A cost of 0 may be meant, or nobody has filled it in. A cost of the item in {ledger} or of the cost list "
        "comes before it.",
    ),
    Setting(
        "cost_currency", "Currency of the OMS's costs", Section.STOCK, Holds.CURRENCY,
        "Of unit costs for which the order names no currency. Nothing chosen: the organisation's base currency. "
        "Purchase orders are in the costs' currency, whatever the customer pays in.",
    ),
    Setting(
        "document_status", "Document status", Section.WHEN,
        help="Draft is the safe start: nothing reaches the ledger until a person approves it in {ledger}. Payments wait "
        "for that approval.",
    ),
    Setting(
        "payment_terms_days", "Payment terms (days)", Section.WHEN,
        help="Days from the invoice's date to its due date.",
    ),
    Setting(
        "start_date", "Start date", Section.WHEN,
        help="Orders dispatched before this day are skipped. Empty: every order counts.",
    ),
    Setting(
        "post_when", "Post when", Section.WHEN,
        help="A feed may say otherwise. Parts of an order are invoices with -S1, -S2 behind its number; the last takes what is "
        "left.",
    ),
    Setting(
        "post_credit_notes", "Post credit notes", Section.WHEN,
        help="What is refunded or cancelled after the invoice was posted becomes a credit note. Off: it is shown to a person.",
    ),
    Setting(
        "post_within_minutes", "Post within (minutes)", Section.WHEN,
        help="Documents may wait this long for others so that one call carries up to 50. 0: at once, while the day's "
        "calls last; where they would not, documents wait up to 15 minutes by themselves.",
    ),
    Setting(
        "app_calls_a_day", "Calls a day of your app's plan", Section.WHEN,
        help="Only for the forecast of a day that has not begun yet: {ledger}'s answers tell what is left of this one, "
        "and correct a number that cannot be. Empty: as they tell.",
    ),
    Setting(
        "order_time_zone", "Time zone of the OMS", Section.WHEN, Holds.ZONE,
        "The clock of whoever sends the orders: times that name no zone are read in this one. A bare day is that day "
        "everywhere.",
    ),
    Setting(
        "cash_steps", "Amounts are rounded to", Section.WHEN,
        help="Only where the OMS rounds amounts more coarsely than the currency's smallest coin: CHF 0.05, DKK 1.",
    ),
    Setting(
        "undated_days", "Undated orders: days since ordered", Section.WHEN,
        help="An order that arrives dispatched and without a day of dispatch is dated by its arrival if it was ordered "
        "at most so many days before; an older one waits for a person to type the day. Empty: always dated by its "
        "arrival.",
    ),
    Setting(
        "include_orders_with_errors", "Include Orders with Errors", Section.WHEN,
        help="Off: an order that the OMS marks as faulty is held until it is corrected there.",
    ),
    Setting(
        "allow_backorders", "Allow backorders", Section.WHEN,
        help="Lets an approved invoice sell a tracked item below zero stock.",
        is_tracked_only=True,
    ),
    Setting(
        "part_shipment_days", "Part shipments wait (days)", Section.WHEN,
        help="An order of which only a part has left for so many days is shown under Needs a person.",
    ),
    Setting(
        "require_second_factor", "Everybody needs a second factor", Section.PEOPLE,
        help="Members without one are led to set it up before they see the company's pages.",
    ),
    Setting(
        "keep_deliveries_days", "Days that the inbox keeps what came", Section.PEOPLE,
        help="That it came, and what became of it, stays. Empty: as many as whoever runs Daybook says.",
    ),
)  # fmt: skip
"""In the order of the page."""

ON_PAGE: tuple[Setting, ...] = tuple(one for one in SETTINGS if one.section is not Section.PEOPLE)
LABELS: dict[str, str] = {one.name: one.label for one in SETTINGS}
"""What people call a setting, by its name."""


def holding(what: Holds) -> tuple[Setting, ...]:
    """Return the settings whose value is of this kind."""
    return tuple(one for one in SETTINGS if one.holds is what)
