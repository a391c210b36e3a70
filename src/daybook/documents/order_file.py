"""PURE: an order as an order file carries it: the fields of the OMS's own files, under the OMS's names (docs/files.md)."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from daybook.documents.sale import Sale

ADDRESS_LINES = 5
_Day = date
"""So that `OrderFile.date` may have the word that all documents have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where to, or whom to bill."""

    company: str = ""
    lines: tuple[str, ...] = ()
    """At most 5."""
    postcode: str = ""
    country: str = ""
    country_code: str = ""
    """Two letters; the OMS's files have it of the delivery only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item. All money is in the order's currency and for one unit; None means that the order does not say."""

    id: str = ""
    ref: str = ""
    external_ref: str = ""
    sku: str = ""
    description: str = ""
    quantity: Decimal
    unit_sale_price: Decimal | None = None
    """Without tax; below 0 for what is taken off."""
    unit_sale_price_inc_tax: Decimal | None = None
    """With tax."""
    sale_vat_rate: Decimal | None = None
    """A fraction: 0.2 is 20 %."""
    attributes: tuple[tuple[str, str], ...] = ()
    """Names and values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFile:
    """One order, as it stands when it becomes due."""

    id: str
    ref: str
    company_ref_id: str = ""
    external_ref: str = ""
    shipping_address: Address = field(default_factory=Address)
    billing_address: Address = field(default_factory=Address)
    customer_name: str = ""
    customer_email: str = ""
    shipping_method: str = ""
    sale_datetime: datetime | None = None
    """By the OMS's own clock, to the second, without a zone; as all times in its files."""
    completion_datetime: datetime | None = None
    currency_code: str = ""
    """ISO 4217."""
    shipping_price: Decimal | None = None
    shipping_price_inc_tax: Decimal | None = None
    shipping_tax_rate: Decimal | None = None
    items: tuple[Item, ...] = ()
    sale: Sale | None = None
    """What it comes to, for the formats that say so; None where the order's file says only what was sold."""

    @property
    def date(self) -> _Day | None:
        """Return the day when it left, else when it was sold."""
        if self.sale is not None:
            return self.sale.date
        moment = self.completion_datetime or self.sale_datetime
        return None if moment is None else moment.date()

    @property
    def currency(self) -> str:
        """Return the currency of its amounts."""
        return self.currency_code

    @property
    def contact_name(self) -> str:
        """Return who bought."""
        return self.customer_name

    @property
    def totals(self) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
        """Return net, tax and gross; none where it says what was sold, and whoever reads it works out what that comes to."""
        return (None, None, None) if self.sale is None else (self.sale.net, self.sale.tax, self.sale.gross)

    @property
    def form(self) -> str:
        """Return "": there is one way to write it."""
        return ""
