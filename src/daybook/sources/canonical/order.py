"""PURE: the canonical order, complete (docs/orders.md)."""

from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from daybook.sources.canonical.after import MOST_PAYMENTS, MOST_REFUNDS, Payment, Refund
from daybook.sources.canonical.amounts import ExchangeRate, SignedMoney, TotalAmount
from daybook.sources.canonical.lines import Line, OneOrMoreShippings, Shipping, Tags
from daybook.sources.canonical.parcels import Cancellation, Shipment
from daybook.sources.canonical.parties import Address, Customer, Destination
from daybook.sources.canonical.parts import (
    MOST_LINES,
    Currency,
    Identifier,
    Moment,
    OptionalIdentifier,
    Source,
    Strict,
    Text100,
    Text500,
    Text4000,
    with_time,
)

VERSION = 1
"""Of the canonical order. What is stored names none where it is this one: before another comes, it must."""
_LARGEST_SEQUENCE = 2**63 - 1


def _check_version(version: int) -> int:
    if version != VERSION:
        raise PydanticCustomError("version", "There is no such version of the order.", {"cure": f"Send {VERSION}."})
    return version


class Totals(Strict):
    """What the order comes to. Where given, they are the truth and the documents meet them to the cent."""

    net: TotalAmount | None = None
    tax: TotalAmount | None = None
    gross: TotalAmount | None = None


class CanonicalOrder(Strict):
    """An order as Daybook takes it."""

    version: Annotated[int, Field(strict=True), AfterValidator(_check_version)] = Field(
        default=VERSION, description="Of this form; left out, it is today's."
    )
    source: Source = Field(description="Which OMS or shop; together with `id` it names the order for good.")
    id: Identifier = Field(description="The OMS's own id of the order; never reused.")
    number: OptionalIdentifier = Field(
        default="", description="What people call the order; document numbers are made of it. Default: `id`."
    )
    external_ref: Text500 = Field(
        default="", description="The shop's reference; free text, may be shared by split orders."
    )
    channel: Text100 = Field(default="", description="Where it was sold: web, pos, amazon.")
    tags: Tags = Field(default_factory=list, description="The shop's own labels.")
    is_test: bool = Field(default=False, description="A trial of the shop's: skipped, no document is made.")
    status: Text100 = Field(default="", description="In the OMS's own words; shown, never judged.")
    dispatched: bool = Field(default=False, description="Whether all of it has left. Never taken back once seen.")
    part_dispatched: bool = Field(
        default=False, description="Whether some of it has left; `shipments` say which. Not needed where they do."
    )
    paid: bool = Field(
        default=False, description="Paid in full, where that is all that is known; else `payments` tell it."
    )
    on_hold: bool = Field(default=False, description="Held back by the OMS: no document is made.")
    has_error: bool = Field(
        default=False, description="In error at the OMS: no document is made unless the company wants it."
    )
    error_message: Text4000 = ""
    cancelled: bool = Field(default=False, description="Cancelled as a whole.")
    is_free_of_charge: bool = Field(default=False, description="Skipped: no document is made.")
    updated_at: Annotated[Moment, AfterValidator(with_time)] | None = Field(
        default=None, description="When the OMS last changed the order: what is older than what stands is ignored."
    )
    sequence: Annotated[int, Field(strict=True, ge=0, le=_LARGEST_SEQUENCE)] | None = Field(
        default=None, description="Grows with each change in the OMS; counts before `updated_at`."
    )
    delivery_id: OptionalIdentifier = Field(
        default="", description="The sender's own id of this message: the same again is a repeat."
    )
    ordered_at: Moment | None = Field(
        default=None,
        description="ISO 8601, a day or a time. Without a zone it is read in the company's *Time zone of the OMS*.",
    )
    dispatched_at: Moment | None = Field(default=None, description="When the last of it left; dates the documents.")
    completed_at: Moment | None = Field(
        default=None, description="Dates the documents where `dispatched_at` is missing."
    )
    currency: Currency | None = Field(
        default=None, description="ISO 4217. Null: the company's default, else its organisation's."
    )
    cost_currency: Currency | None = Field(
        default=None,
        description="ISO 4217, of all `unit_cost`. Null: the company's *Currency of the OMS's costs*, else its "
        "organisation's; never the sale's.",
    )
    lines: Annotated[list[Line], Field(max_length=MOST_LINES)]
    shipping: OneOrMoreShippings = Field(
        default=Shipping(), description="One object, or a list of them: one for each tax rate that the carriage bears."
    )
    shipping_method: Text100 = Field(default="", description="How it is sent: the carrier's service.")
    rounding: SignedMoney = Field(
        default=Decimal(0),
        description="What was added to the total (below 0: taken from it) to round it for payment; it bears no tax.",
    )
    exchange_rate: ExchangeRate | None = Field(
        default=None,
        description="How much of `currency` is one of the organisation's base currency. Null: the ledger takes the "
        "day's.",
    )
    totals: Totals = Totals()
    customer: Customer = Customer()
    shipping_address: Address = Address()
    billing_address: Address = Address()
    destination: Destination = Field(
        default=Destination(), description="Where the sale is taxed, where that is not the shipping address."
    )
    shipments: Annotated[list[Shipment], Field(max_length=MOST_LINES)] = Field(default_factory=list)
    cancellations: Annotated[list[Cancellation], Field(max_length=MOST_LINES)] = Field(default_factory=list)
    payments: Annotated[list[Payment], Field(max_length=MOST_PAYMENTS)] = Field(
        default_factory=list, description="What was paid. Posted where the company posts payments, else shown."
    )
    refunds: Annotated[list[Refund], Field(max_length=MOST_REFUNDS)] = Field(
        default_factory=list,
        description="What was given back. A credit note each, where the company posts them, else shown.",
    )

    @property
    def shippings(self) -> tuple[Shipping, ...]:
        """Return the carriage, one for each rate it bears."""
        return (self.shipping,) if isinstance(self.shipping, Shipping) else tuple(self.shipping)

    @property
    def ref(self) -> str:
        """Return what document numbers are made of."""
        return self.number or self.id
