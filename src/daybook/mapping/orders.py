"""The order as the mapping sees it: our own frozen types, whatever OMS it came from."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from daybook.documents.line_kinds import Liable, LineKind


@dataclass(frozen=True, slots=True, kw_only=True)
class LineTax:
    """One of the taxes of a line or a carriage; None means the OMS did not say."""

    name: str = ""
    code: str = ""
    rate: Decimal | None = None
    """A fraction: 0.2 is 20 %."""
    amount: Decimal | None = None
    """For the whole line."""
    liable: Liable = Liable.SELLER


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """What the shop says of the goods, for rules."""

    type: str = ""
    category: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """What the OMS says of the sale as a whole, for rules."""

    country: str = ""
    """Two letters of ISO 3166: where it is taxed."""
    region: str = ""
    channel: str = ""
    tags: tuple[str, ...] = ()
    customer_id: str = ""
    vat_number: str = ""
    """As the customer gave it; not checked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """One line of an order. All money is in the order's currency; None means the OMS did not say."""

    id: str = ""
    kind: LineKind = LineKind.GOODS
    sku: str = ""
    description: str = ""
    quantity: Decimal
    """As ordered, less what was cancelled before posting; up to 4 decimals."""
    unit_price: Decimal | None = None
    """Excluding tax, before discount; below 0 on a line that takes something off the order."""
    unit_price_inc_tax: Decimal | None = None
    """Including tax, before discount."""
    discount: Decimal = Decimal(0)
    """Taken off the whole line, excluding tax."""
    discount_inc_tax: Decimal | None = None
    """Taken off the whole line, including tax; None: worked out from the rate."""
    tax_rate: Decimal | None = None
    """A fraction: 0.2 is 20 %."""
    tax_amount: Decimal | None = None
    """For the whole line, as the OMS worked it out."""
    taxes: tuple[LineTax, ...] = ()
    """Each by itself, where the OMS says them so."""
    unit_cost: Decimal | None = None
    """What one unit costs the company, excluding tax; only Tracked needs it."""
    cost_currency: str = ""
    """ISO 4217, of `unit_cost`; empty: the order does not say."""
    is_stock: bool | None = None
    """False: a fee, a service, a kit, which no item of the ledger stands for. None: the order does not say."""
    product: Product = Product()

    @property
    def is_taken_off(self) -> bool:
        """Tell whether the line takes something off the order (a discount as a line of its own): it is no goods."""
        prices = [price for price in (self.unit_price, self.unit_price_inc_tax) if price is not None]
        if self.quantity.is_nan():
            return False
        return self.quantity >= 0 and any(price < 0 for price in prices if not price.is_nan())


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipping:
    """What the customer paid for carriage; None where the OMS did not say."""

    price: Decimal | None = None
    price_inc_tax: Decimal | None = None
    tax_rate: Decimal | None = None
    description: str = "Shipping"
    taxes: tuple[LineTax, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedTotals:
    """The totals the order itself carries; any of them may be missing (None)."""

    net: Decimal | None = None
    tax: Decimal | None = None
    gross: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One order, due to be posted."""

    ref: str
    """The OMS's own unique reference: document numbers are made of it."""
    external_ref: str = ""
    """The shop's reference: free text, may be shared by split orders; goes into Reference."""
    mark: str = ""
    """Daybook's own id of the document, put into Reference so that a found document can be recognised as ours."""
    currency: str
    """ISO 4217."""
    document_date: date
    """A calendar date in the organisation's time zone."""
    lines: tuple[OrderLine, ...]
    shipping: tuple[Shipping, ...] = ()
    """One for each rate that the carriage bears."""
    stated: StatedTotals = field(default_factory=StatedTotals)
    rounding: Decimal = Decimal(0)
    """What the OMS added to the total (below 0: took from it) to round it; it bears no tax."""
    cash_step: Decimal | None = None
    """By the company's setting: to what the OMS rounds its amounts in this currency."""
    exchange_rate: Decimal | None = None
    """How much of the order's currency is one of the organisation's base currency; None: the ledger takes the day's."""
    paid: Decimal = Decimal(0)
    """What was paid by what was received, in the order's currency."""
    customer_name: str = ""
    sale: Sale = Sale()
    source_url: str = ""
    """Where a person reads the order in Daybook; becomes the document's link back."""
