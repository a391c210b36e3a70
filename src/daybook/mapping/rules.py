"""What one company decided about its documents, plus the facts of its organisation that the mapping needs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from daybook.documents.file_rules import OF_XML, FileRules
from daybook.documents.line_kinds import LineKind
from daybook.mapping.gateways import Gateways
from daybook.mapping.not_stock import NotStock
from daybook.mapping.posting_rules import Rule


class ProcessMethod(StrEnum):
    """Untracked: invoices only (also what nothing selected means). Tracked: purchase orders and invoices."""

    UNTRACKED = "untracked"
    TRACKED = "tracked"


class ContactPer(StrEnum):
    """Whom documents of sales name."""

    ONE = "one"
    """The same contact always."""
    CHANNEL = "channel"
    """One for each channel that has one; else as `ONE`."""
    CUSTOMER = "customer"
    """The customer, found or made; an order that names nobody as `ONE`."""
    VAT_NUMBER = "vat_number"
    """The customer where they have a VAT number; else as `ONE`."""


OF_CUSTOMERS = frozenset({ContactPer.CUSTOMER, ContactPer.VAT_NUMBER})
"""Those that name customers, whose contacts are found or made."""


class Named(NamedTuple):
    """A contact that was chosen."""

    contact_id: str
    name: str


class WhenTaxDiffers(StrEnum):
    """What to do where gross can be met but net and tax cannot both be."""

    HOLD = "hold"
    KEEP_GROSS = "keep_gross"


class WhenCostIsZero(StrEnum):
    """What to do with goods that cost nothing, which may be meant or a cost that nobody filled in."""

    HOLD = "hold"
    LEAVE_OUT = "leave_out"


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFacts:
    """What is known of a SKU in the organisation's item list."""

    is_tracked: bool
    purchase_price: Decimal | None = None
    """In the organisation's base currency, excluding tax."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineAccount:
    """Where lines of a kind that is no sale of goods are booked, as a person chose."""

    account: str
    tax_type: str = ""
    """Empty: as the line's own rate is mapped."""
    is_offered: bool = True
    """False: the account or the tax is archived, gone, or of another kind by now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MappingRules:
    """Everything but the order that a document depends on."""

    process_method: ProcessMethod = ProcessMethod.UNTRACKED
    ledger: str = "the ledger"
    """What people call where the documents go: it stands in what they are told."""
    base_currency: str
    home_country: str = ""
    """Of the organisation, two letters of ISO 3166; "" where nobody read it."""
    currencies: frozenset[str]
    """Currencies enabled in the organisation (xero-rules.md 5.3)."""
    customer_contact_id: str
    supplier_contact_id: str
    customer_contact_name: str = ""
    supplier_contact_name: str = ""
    contact_per: ContactPer = ContactPer.ONE
    channel_contacts: Mapping[str, Named] = field(default_factory=dict)
    """By channel, without case, the contact that was chosen for it."""
    feed_id: str = ""
    """Public id of the feed that the orders come by, where a customer is told by it."""
    sales_account: str
    shipping_account: str
    cogs_account: str = ""
    inventory_account: str = ""
    rounding_account: str = ""
    """Code of the account whose SystemAccount is ROUNDING; empty where there is none."""
    tax_types: Mapping[Decimal, str]
    """Rate as a fraction, normalised -> tax type, for sales. A rate not in here is not mapped."""
    tax_rates: Mapping[str, Decimal]
    """TaxType -> its EffectiveRate as a fraction, for every active TaxType of the organisation."""
    no_tax_type: str = "NONE"
    """TaxType for a line that must carry no tax (the rounding line)."""
    purchase_tax_type: str = ""
    line_accounts: Mapping[LineKind, LineAccount] = field(default_factory=dict)
    """Of the kinds that need an account of their own; a kind that nobody decided is missing."""
    posting_rules: tuple[Rule, ...] = ()
    """Read from the top, before all of the settings above."""
    feed: str = ""
    """Name of the feed that the orders come by, where a rule may ask for it."""
    cash_steps: Mapping[str, Decimal] = field(default_factory=dict)
    """Currency -> to what the OMS rounds its amounts in it, where that is coarser than its smallest unit."""
    number_prefix: str = ""
    reference_template: str = "{external_ref}"
    document_status: str = "DRAFT"
    post_credit_notes: bool = False
    post_payments: bool = False
    gateways: Gateways = field(default_factory=dict)
    """Where the money stands that a gateway carries; read where payments are posted only."""
    payment_terms_days: int = 30
    when_tax_differs: WhenTaxDiffers = WhenTaxDiffers.HOLD
    lock_date: date | None = None
    """The later of the period and the year-end lock date: documents dated on or before it are refused (5.7)."""
    latest_date: date | None = None
    """A document dated after it waits: a date that far ahead is more likely a slip than meant."""
    items: Mapping[str, ItemFacts] = field(default_factory=dict)
    """By item code exactly as in the ledger; Tracked only."""
    unit_costs: Mapping[str, Mapping[str, Decimal]] = field(default_factory=dict)
    """SKU -> currency -> unit cost from the company's own list."""
    cost_currency: str = ""
    """Of unit costs whose order names no currency for them; empty: the base currency."""
    not_stock: NotStock = field(default_factory=NotStock)
    """SKUs that are no items of the ledger; Tracked only."""
    when_cost_is_zero: WhenCostIsZero = WhenCostIsZero.HOLD
    file: FileRules = OF_XML
    """Of order files."""
