"""PURE: what an order charges for: its lines and the carriage, with their taxes."""

from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, Discriminator, Field, Tag, WithJsonSchema
from pydantic_core import PydanticCustomError

from daybook.documents.line_kinds import OF_REFUNDS, Liable, LineKind
from daybook.sources.canonical import wording
from daybook.sources.canonical.amounts import Money, Quantity, Rate, SignedMoney, UnitCost, UnitPrice
from daybook.sources.canonical.parts import Currency, OptionalIdentifier, Strict, Text100, Text4000

MOST_SHIPPINGS = 20
MOST_TAXES = 20
MOST_TAGS = 250


_KINDS = tuple(kind for kind in LineKind if kind not in OF_REFUNDS)


def _check_kind(kind: LineKind) -> LineKind:
    if kind in OF_REFUNDS:
        expected = ", ".join(f"'{each}'" for each in _KINDS)
        raise PydanticCustomError("enum", "No order has lines of this kind.", {"expected": expected})
    return kind


OrderLineKind = Annotated[
    LineKind, AfterValidator(_check_kind), WithJsonSchema({"type": "string", "enum": [kind.value for kind in _KINDS]})
]


class LineTax(Strict):
    """One of the taxes that a line or the carriage bears; its amount is for all of it."""

    name: Text100 = Field(default="", description="What the shop calls it: VAT, GST, New York State Tax.")
    code: Text100 = Field(default="", description="The shop's own code of it.")
    rate: Rate | None = Field(default=None, description="A fraction: 0.2 is 20 %.")
    amount: SignedMoney | None = Field(default=None, description="For the whole line, as the OMS worked it out.")
    liable: Liable = Field(default=Liable.SELLER, description="Who owes it to the state.")


Taxes = Annotated[list[LineTax], Field(max_length=MOST_TAXES)]
Tags = Annotated[list[Text100], Field(max_length=MOST_TAGS)]


class Product(Strict):
    """What the shop says of the goods; kept for rules."""

    type: Text100 = ""
    category: Text100 = ""
    tags: Tags = Field(default_factory=list)


class Line(Strict):
    """One line of an order. Prices are for one unit, before discount; discount and tax are for the whole line."""

    id: OptionalIdentifier = Field(
        default="", description="The OMS's own id of the line; shipments and cancellations name it."
    )
    ref: OptionalIdentifier = Field(
        default="", description="Another name of the line that shipments and cancellations may use."
    )
    external_ref: OptionalIdentifier = Field(default="", description="The shop's name of the line.")
    kind: OrderLineKind = Field(
        default=LineKind.GOODS,
        description="What it charges for. A fee, tip, duty, gift card or deposit waits until its account is chosen.",
    )
    sku: Text100 = Field(
        default="", description="Stock keeping unit; needed for Tracked, where it is the item's code in the ledger."
    )
    description: Text4000 = Field(default="", description="What stands on the document's line.")
    quantity: Quantity = Field(description="How many were ordered; up to 4 decimals.")
    unit_price: UnitPrice | None = Field(
        default=None, description="Price of one unit without tax; below 0 for something taken off."
    )
    unit_price_inc_tax: UnitPrice | None = Field(
        default=None, description="Price of one unit with tax; below 0 for something taken off."
    )
    discount: Money = Field(default=Decimal(0), description="Taken off the whole line, without tax.")
    discount_inc_tax: Money | None = Field(default=None, description="Taken off the whole line, with tax.")
    tax_rate: Rate | None = Field(default=None, description="A fraction: 0.2 is 20 %.")
    tax_amount: SignedMoney | None = Field(default=None, description="The line's tax as the OMS worked it out.")
    taxes: Taxes = Field(default_factory=list, description="Where it bears several, or where it matters who owes it.")
    unit_cost: UnitCost | None = Field(
        default=None, description="What one unit costs the company, without tax; only Tracked needs it."
    )
    cost_currency: Currency | None = Field(
        default=None, description="ISO 4217, of `unit_cost`: the supplier's. Null: the order's `cost_currency`."
    )
    is_stock: bool | None = Field(
        default=None,
        description="Tracked: false for what is no goods on stock (a fee, a service, a kit): it stands on the invoice "
        "without an item, and on no purchase order. Null: what has a SKU is stock, unless the company lists it.",
    )
    product: Product = Field(default=Product(), description="Facts of the goods that rules may ask for.")


class Shipping(Strict):
    """What the customer paid for carriage."""

    price: Money | None = Field(default=None, description="Without tax, what was taken off it subtracted.")
    price_inc_tax: Money | None = Field(default=None, description="With tax.")
    tax_rate: Rate | None = Field(default=None, description="A fraction: 0.2 is 20 %.")
    description: Text100 = Field(default="Shipping", description="What stands on the document's line.")
    taxes: Taxes = Field(default_factory=list, description="Where it bears several, or where it matters who owes it.")


def _one_or_more(given: object) -> str:
    return wording.LIST if isinstance(given, list) else wording.OBJECT


OneOrMoreShippings = Annotated[
    Annotated[Shipping, Tag(wording.OBJECT)]
    | Annotated[list[Shipping], Field(max_length=MOST_SHIPPINGS), Tag(wording.LIST)],
    Discriminator(_one_or_more),
]
