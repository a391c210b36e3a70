"""PURE: what a ledger's lists say, in everybody's words. Daybook keeps copies of them (`catalog`)."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from daybook.ledgers.talk import Talk


class ListName(StrEnum):
    """A list, as it is stored with what was read of it."""

    ORGANISATION = "Organisation"
    CONTACTS = "Contacts"
    ACCOUNTS = "Accounts"
    TAX_RATES = "TaxRates"
    CURRENCIES = "Currencies"
    ITEMS = "Items"
    TRACKING = "TrackingCategories"
    REMINDERS = "InvoiceReminders"


class AccountUse(StrEnum):
    """What Daybook may book on an account. The ledger's list says which; nobody else knows its types of account."""

    NONE = ""
    """Nothing: a bank, debtors, the ledger's own tax account."""
    SALES = "sales"
    COST = "cost"
    STOCK = "stock"
    DEBT = "debt"
    """What is owed until later: gift cards, deposits, duties to be passed on."""
    ROUNDING = "rounding"
    """The few cents that differ."""


ACTIVE = "ACTIVE"
"""The status of what may be used."""
ARCHIVED = "ARCHIVED"
"""That of a contact which a person can restore there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """The books as a whole."""

    name: str
    country_code: str
    base_currency: str
    time_zone: str
    """IANA name; "" where the ledger's is not known."""
    their_time_zone: str = ""
    """As the ledger spells it, for the log."""
    short_code: str = ""
    """For addresses of its pages."""
    edition: str = ""
    can_invoice: bool = True
    lock_date: date | None = None
    """Nothing may be dated up to it."""
    approvals_a_month: int | None = None
    """Invoices that its plan lets be approved in a month; None: as many as one likes, or nobody knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account of the chart."""

    account_id: str
    code: str
    """By which lines name it; some accounts have none."""
    name: str
    type: str
    """In the ledger's own word, for people."""
    use: AccountUse
    tax_type: str
    status: str
    takes_payments: bool = False
    """A document may be paid into it, or out of it."""
    currency: str = ""
    """Of a bank account; "": the organisation's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxRate:
    """A tax rate."""

    tax_type: str
    """By which lines name it."""
    name: str
    status: str
    effective_rate: Decimal
    """A percentage."""
    applies_to_revenue: bool
    applies_to_expenses: bool
    applies_to_assets: bool
    applies_to_liabilities: bool | None = None
    """None: the ledger does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Currency:
    """A currency that the organisation uses."""

    code: str
    """ISO 4217."""
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An item."""

    code: str
    item_id: str
    name: str
    is_tracked: bool
    """The ledger counts it."""
    purchase_price: Decimal | None
    """In the base currency, without tax."""
    on_hand: Decimal | None = None
    """How many there are; None: the ledger does not count it, or does not say."""
    stock_value: Decimal | None = None
    """What all of them cost, in the base currency."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackingOption:
    """An option of a tracking category."""

    option_id: str
    category_id: str
    category: str
    """What the ledger calls the category."""
    name: str
    status: str
    """ACTIVE only where its category is active too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A customer or supplier."""

    contact_id: str
    name: str
    status: str
    number: str = ""
    """What an app told it by; shown to people as its code."""
    email: str = ""
    tax_number: str = ""
    merged_into: str = ""
    """The id of the contact that a person merged it into; the ledger may say so only where it is asked by id."""

    @property
    def is_active(self) -> bool:
        """Return whether documents may name it."""
        return self.status == ACTIVE


@dataclass(frozen=True, slots=True)
class Listing:
    """What one reading of a list says."""

    rows: Collection[Any]
    answered_at: datetime | None
    """By the ledger's clock; None where it does not say."""


class UsualTaxes(NamedTuple):
    """Tax types that are usual in a country, for proposals: a person decides, and charts differ."""

    sales: Mapping[Decimal, str]
    """By rate, a fraction; not of 0, which says too little."""
    purchases: str
    """At the country's own rate."""
    untaxed: str
    """Of sales of somebody who is not registered for the tax."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """What a ledger brings so that its lists can be read. Talks raise what the answers stand for."""

    organisation: Callable[[], Talk[tuple[Organisation, datetime | None]]]
    """With when it was answered, by the ledger's clock."""
    whole: Mapping[ListName, Callable[[datetime | None], Talk[Listing]]]
    """Each list that rows are kept of; the moment, by the ledger's clock: only what changed since, where it can tell.

    A list that the ledger does not have is left out; accounts and tax rates it must have.
    """
    only_changes: frozenset[ListName]
    """Lists that are long, of which only changes are asked for most days."""
    contacts_by_id: Callable[[Collection[str]], Talk[list[Contact]]]
    """Those that the organisation has, archived ones too; one call."""
    contacts_by_name: Callable[[str], Talk[list[Contact]]]
    """Those of this very name, but for case and spaces; the name is not empty."""
    contacts_like: Callable[[str], Talk[list[Contact]]] | None = None
    """Active ones that a typed text may mean, by name, e-mail address or number, some ten at most; one call. None: it has
    no such search, and a contact is named exactly."""
    reminders: Callable[[], Talk[bool | None]] | None = None
    """Whether the ledger itself reminds customers of invoices that nobody has paid there; None, also as its answer: it
    does not tell. One call."""
    usual_accounts: Mapping[str, str]
    """Codes for preselection, by field of the settings; charts differ."""
    usual_names: Mapping[str, str] = field(default_factory=dict)
    """What the same accounts are called where they have other codes."""
    usual_taxes: Mapping[str, UsualTaxes] = field(default_factory=dict)
    """By the organisation's country; one that is not here gets no proposal."""
