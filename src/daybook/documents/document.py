"""What the mapping makes: accounting documents, complete but not yet in the ledger's spelling."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from daybook.kit.money import Totals


class AmountType(StrEnum):
    """Whether line amounts hold tax; the values are the ledger's `LineAmountTypes` (xero-rules.md 5.1)."""

    EXCLUSIVE = "Exclusive"
    INCLUSIVE = "Inclusive"


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedBy:
    """Which rule or setting decided each field of a line, in words; "" where none did, or nobody kept it."""

    account: str = ""
    tax_type: str = ""
    item: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a document."""

    description: str
    quantity: Decimal
    unit_amount: Decimal | None
    """Up to 4 decimals; None: `line_amount` is sent instead."""
    line_amount: Decimal | None = None
    """Two decimals; only where `unit_amount` is None (xero-rules.md 5.2, 10.13)."""
    discount_amount: Decimal | None = None
    """Off the whole line, two decimals; invoices only (xero-rules.md 5.1)."""
    account_code: str = ""
    tax_type: str
    tax_amount: Decimal | None = None
    """None: the ledger works the tax out; a value overrides it."""
    item_code: str = ""
    decided_by: DecidedBy = field(default=DecidedBy(), compare=False)
    """Not compared: a line is the same whoever decided it, and those of before kept nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Whom a document is for, where the ledger's contact of them is found or made before it goes."""

    key: str
    """Ours, of the customer: by it the ledger's contact is told."""
    name: str
    """At most 255 characters, each a person can read, without outer or double spaces; "" once it was forgotten."""
    shop_number: str = ""
    """The shop's own, to tell two of one name apart."""
    email: str = ""
    vat_number: str = ""
    lines: tuple[str, ...] = ()
    """Street and house."""
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What an invoice and a purchase order share."""

    number: str
    """As it will stand in the ledger: only `[A-Za-z0-9._-]`."""
    contact_id: str
    """The ledger's id of the contact; of a `party` it is known from the claim on, and "" until then."""
    contact_name: str = ""
    """For people to read; the ledger is only told the id (xero-rules.md 4.2)."""
    date: date
    currency: str
    amount_type: AmountType
    lines: tuple[Line, ...]
    totals: Totals
    """Worked out with the ledger's own arithmetic before sending, so that a difference afterwards is a defect."""
    reference: str
    status: str
    """DRAFT, SUBMITTED or AUTHORISED."""
    party: Party | None = None
    """None: the contact was chosen, and `contact_id` names it."""
    form: str = ""
    """Which way the totals were met, for the page: e.g. "inclusive lines"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice(Document):
    """A sales invoice (accounts receivable)."""

    due_date: date
    url: str = ""
    currency_rate: Decimal | None = None
    """Units of its currency for one of the base currency; None: the ledger takes the day's (xero-rules.md 5.3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseOrder(Document):
    """A purchase order at unit cost; Tracked only."""
