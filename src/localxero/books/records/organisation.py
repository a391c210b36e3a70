"""An organisation and its settings: chart of accounts, taxes, tracking, themes, currencies."""

from datetime import date
from decimal import Decimal

from localxero.books.records.record import Record

# Plans, as Organisation.Class names them, and those of them that have the base currency alone (xero-rules.md 10.18, likely).
PLANS = (
    "DEMO", "TRIAL", "STARTER", "STANDARD", "PREMIUM", "PREMIUM_20", "PREMIUM_50", "PREMIUM_100", "LEDGER", "GST_CASHBOOK",
    "NON_GST_CASHBOOK", "ULTIMATE", "LITE", "ULTIMATE_10", "ULTIMATE_20", "ULTIMATE_50", "ULTIMATE_100", "IGNITE", "GROW",
    "COMPREHENSIVE", "SIMPLE", "BASICLITE", "ULTRA",
)  # fmt: skip
EDITIONS = ("BUSINESS", "PARTNER")
ONE_CURRENCY = {
    "STARTER",
    "STANDARD",
    "LEDGER",
    "GST_CASHBOOK",
    "NON_GST_CASHBOOK",
    "LITE",
    "IGNITE",
    "GROW",
    "SIMPLE",
    "BASICLITE",
}


class Organisation(Record, frozen=True, kw_only=True):
    """An organisation and those of its settings that rules ask for."""

    tenant_id: str
    name: str
    legal_name: str
    short_code: str
    country_code: str
    base_currency: str
    version: str
    timezone: str
    tax_number: str
    registration_number: str | None = None
    organisation_type: str = "COMPANY"
    edition: str = "BUSINESS"
    plan: str = "PREMIUM"
    invoice_cap: int | None = None
    bill_cap: int | None = None
    status: str = "ACTIVE"
    is_demo_company: bool = False
    financial_year_end_day: int = 31
    financial_year_end_month: int = 3
    sales_tax_basis: str = "ACCRUALS"
    sales_tax_period: str = "QUARTERLY"
    period_lock_date: date | None = None
    end_of_year_lock_date: date | None = None
    created_ms: int = 0
    api_key: str = ""
    offline: bool = False
    sends_reminders: bool = False
    not_allowed: tuple[str, ...] = ()

    @property
    def has_multicurrency(self) -> bool:
        """Tell whether plan and person allow other currencies (xero-rules.md 5.3, likely)."""
        return self.plan not in ONE_CURRENCY and "UseMulticurrency" not in self.not_allowed


class Account(Record, frozen=True, kw_only=True):
    """One account of the chart."""

    account_id: str
    code: str
    name: str
    type: str
    klass: str
    tax_type: str = "NONE"
    status: str = "ACTIVE"
    description: str = ""
    system_account: str = ""
    enable_payments: bool = False
    show_in_expense_claims: bool = False
    add_to_watchlist: bool = False
    reporting_code: str = ""
    bank_account_type: str | None = None
    currency_code: str | None = None
    bank_account_number: str | None = None
    updated_ms: int = 0


class TaxComponent(Record, frozen=True, kw_only=True):
    """One part of a tax rate that has several."""

    name: str
    rate: Decimal
    is_compound: bool = False
    is_non_recoverable: bool = False


class TaxRate(Record, frozen=True, kw_only=True):
    """One tax rate; `applies_to` holds the account classes it may be used with (xero-rules.md 5.7)."""

    tax_type: str
    name: str
    rate: Decimal
    applies_to: frozenset[str]
    report_tax_type: str = ""
    status: str = "ACTIVE"
    component: str = "Tax"
    components: tuple[TaxComponent, ...] = ()


class TrackingOption(Record, frozen=True, kw_only=True):
    """One option of a tracking category."""

    option_id: str
    name: str
    status: str = "ACTIVE"


class TrackingCategory(Record, frozen=True, kw_only=True):
    """A way to divide income and costs, such as Region."""

    category_id: str
    name: str
    status: str = "ACTIVE"
    options: tuple[TrackingOption, ...] = ()


class BrandingTheme(Record, frozen=True, kw_only=True):
    """A look of printed documents; the default one comes first."""

    theme_id: str
    name: str
    sort_order: int = 0
    created_ms: int = 0


class Currency(Record, frozen=True, kw_only=True):
    """One currency the organisation is subscribed to."""

    code: str
    description: str
