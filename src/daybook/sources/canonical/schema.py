"""PURE: the canonical order, parsed once, here (docs/orders.md)."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    ValidationError,
    model_validator,
)
from pydantic_core import PydanticCustomError

from daybook.sources.canonical import moments, wording
from daybook.sources.canonical.amounts import (
    ExchangeRate,
    Money,
    Quantity,
    Rate,
    SignedMoney,
    TotalAmount,
    UnitCost,
    UnitPrice,
)
from daybook.sources.canonical.currencies import check_currency
from daybook.sources.problems import NotAnOrderError, Problem

MOST_LINES = 1_000
MOST_SHIPPINGS = 20
ENVELOPE = frozenset({"updated_at", "sequence", "delivery_id"})
"""What an order says of its sending, not of the sale: no part of its content."""
_LARGEST_SEQUENCE = 2**63 - 1


def _check_text(text: str) -> str:
    if "\x00" in text:
        raise PydanticCustomError("text_nul", "The text holds a NUL character.")
    return text


def _number_as_text(given: Any) -> Any:
    return str(given) if isinstance(given, int) and not isinstance(given, bool) else given


def _as_sent(given: Any) -> Any:
    """Return a moment's text as it was sent: its zone, or that it has none, is part of the content."""
    if isinstance(given, date):  # a datetime too: from code of ours, never from JSON
        given = given.isoformat()
    if isinstance(given, bool) or not isinstance(given, str | int | float | Decimal):
        raise PydanticCustomError("moment", "This is not a date and time.", {"cure": moments.ISO})
    try:
        return moments.check(str(given))
    except moments.NotAMomentError as error:
        raise PydanticCustomError("moment", "{problem}", {"problem": error.problem, "cure": error.cure}) from error


def _with_time(text: str) -> str:
    """Refuse a bare day: it cannot tell which of two states of one day is the later."""
    if moments.is_bare_day(text):
        cure = "Send the time too, such as 2026-11-20T14:02:11Z, or leave the field out."
        raise PydanticCustomError(
            "moment", "A day without a time does not say which change is the later.", {"cure": cure}
        )
    return text


_NO_NUL = AfterValidator(_check_text)
_MAY_BE_NUMBER = BeforeValidator(_number_as_text, json_schema_input_type=str | int)
Identifier = Annotated[
    str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True), _NO_NUL, _MAY_BE_NUMBER
]
OptionalIdentifier = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True), _NO_NUL, _MAY_BE_NUMBER]
Text100 = Annotated[str, StringConstraints(max_length=100, strip_whitespace=True), _NO_NUL]
Text500 = Annotated[str, StringConstraints(max_length=500, strip_whitespace=True), _NO_NUL]
Text4000 = Annotated[str, StringConstraints(max_length=4000, strip_whitespace=True), _NO_NUL]
Source = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,40}$")]
Moment = Annotated[str, BeforeValidator(_as_sent, json_schema_input_type=str)]
"""The text as it was sent; `moments` resolves it."""
Currency = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(check_currency)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=False)

    @model_validator(mode="before")
    @classmethod
    def _null_is_not_said(cls, given: Any) -> Any:
        """Leave out what is null and need not be there; what must be there is refused by its own field."""
        if not isinstance(given, dict):
            return given
        fields = cls.model_fields
        return {
            name: value
            for name, value in given.items()
            if value is not None or name not in fields or fields[name].is_required()
        }


class Line(_Strict):
    """One line of an order. Prices are for one unit, before discount; discount and tax are for the whole line."""

    id: OptionalIdentifier = Field(
        default="", description="The OMS's own id of the line; shipments and cancellations name it."
    )
    ref: OptionalIdentifier = Field(
        default="", description="Another name of the line that shipments and cancellations may use."
    )
    external_ref: OptionalIdentifier = Field(default="", description="The shop's name of the line.")
    sku: Text100 = Field(
        default="", description="Stock keeping unit; needed for Tracked, where it is the item's code in Xero."
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


class Shipping(_Strict):
    """What the customer paid for carriage."""

    price: Money | None = Field(default=None, description="Without tax, what was taken off it subtracted.")
    price_inc_tax: Money | None = Field(default=None, description="With tax.")
    tax_rate: Rate | None = Field(default=None, description="A fraction: 0.2 is 20 %.")
    description: Text100 = Field(default="Shipping", description="What stands on the document's line.")


def _one_or_more(given: Any) -> str:
    return wording.LIST if isinstance(given, list) else wording.OBJECT


OneOrMoreShippings = Annotated[
    Annotated[Shipping, Tag(wording.OBJECT)]
    | Annotated[list[Shipping], Field(max_length=MOST_SHIPPINGS), Tag(wording.LIST)],
    Discriminator(_one_or_more),
]


class Totals(_Strict):
    """What the order comes to. Where given, they are the truth and the documents meet them to the cent."""

    net: TotalAmount | None = None
    tax: TotalAmount | None = None
    gross: TotalAmount | None = None


class Customer(_Strict):
    """Who bought; for the reference and for people to read."""

    name: Text500 = ""
    company: Text500 = ""
    email: Text500 = ""


class Part(_Strict):
    """A quantity of one line."""

    line: Identifier = Field(description="The line's `id`, `ref` or `external_ref`.")
    external_ref: OptionalIdentifier = Field(
        default="", description="The shop's name of the line, tried where `line` is not found."
    )
    quantity: Quantity


class Shipment(_Strict):
    """Goods that left."""

    dispatched_at: Moment | None = None
    lines: Annotated[list[Part], Field(max_length=MOST_LINES)] = Field(default_factory=list)


class Cancellation(_Strict):
    """Goods that will not be delivered; quantities add up over all cancellations."""

    lines: Annotated[list[Part], Field(max_length=MOST_LINES)] = Field(default_factory=list)


class CanonicalOrder(_Strict):
    """An order as Daybook takes it."""

    source: Source = Field(description="Which OMS or shop; together with `id` it names the order for good.")
    id: Identifier = Field(description="The OMS's own id of the order; never reused.")
    number: OptionalIdentifier = Field(
        default="", description="What people call the order; document numbers are made of it. Default: `id`."
    )
    external_ref: Text500 = Field(
        default="", description="The shop's reference; free text, may be shared by split orders."
    )
    status: Text100 = Field(default="", description="In the OMS's own words; shown, never judged.")
    dispatched: bool = Field(default=False, description="Whether all of it has left. Never taken back once seen.")
    on_hold: bool = Field(default=False, description="Held back by the OMS: no document is made.")
    has_error: bool = Field(
        default=False, description="In error at the OMS: no document is made unless the company wants it."
    )
    error_message: Text4000 = ""
    cancelled: bool = Field(default=False, description="Cancelled as a whole.")
    is_free_of_charge: bool = Field(default=False, description="Skipped: no document is made.")
    updated_at: Annotated[Moment, AfterValidator(_with_time)] | None = Field(
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
    rounding: SignedMoney = Field(
        default=Decimal(0),
        description="What was added to the total (below 0: taken from it) to round it for payment; it bears no tax.",
    )
    exchange_rate: ExchangeRate | None = Field(
        default=None,
        description="How much of `currency` is one of the organisation's base currency. Null: Xero takes the day's.",
    )
    totals: Totals = Totals()
    customer: Customer = Customer()
    shipments: Annotated[list[Shipment], Field(max_length=MOST_LINES)] = Field(default_factory=list)
    cancellations: Annotated[list[Cancellation], Field(max_length=MOST_LINES)] = Field(default_factory=list)

    @property
    def shippings(self) -> tuple[Shipping, ...]:
        """Return the carriage, one for each rate it bears."""
        return (self.shipping,) if isinstance(self.shipping, Shipping) else tuple(self.shipping)

    @property
    def ref(self) -> str:
        """Return what document numbers are made of."""
        return self.number or self.id


class NoticeName(_Strict):
    """Which order a notice is about."""

    id: Identifier
    number: Identifier
    external_ref: Text500 = ""


class NoticeContent(_Strict):
    """A message about an order that carries no prices (`orders.models.Notice.content`). None: it says nothing of that."""

    status: Text100 = ""
    dispatched: bool = False
    cancelled: bool | None = None
    on_hold: bool | None = None
    has_error: bool | None = None
    error_message: Text4000 = ""
    shipments: Annotated[list[Shipment], Field(max_length=MOST_LINES)] = Field(default_factory=list)
    cancellations: Annotated[list[Cancellation], Field(max_length=MOST_LINES)] = Field(default_factory=list)


def parse_order(given: object) -> CanonicalOrder:
    """Return the order that plain JSON values hold. Raises NotAnOrderError naming every field that is wrong."""
    if not isinstance(given, dict):
        raise NotAnOrderError((wording.not_an_object(given),))
    try:
        order = CanonicalOrder.model_validate(given)
    except ValidationError as error:
        raise NotAnOrderError(wording.problems(error, known=known_fields)) from error
    _check_line_ids(order)
    return order


def _check_line_ids(order: CanonicalOrder) -> None:
    """Raise NotAnOrderError where two lines have one id: nobody could tell which of them was shipped or cancelled.

    What was stored before this was asked is read all the same (`load_order`).
    """
    first: dict[str, int] = {}
    problems = [
        Problem(
            f"lines[{position}].id",
            f"Line {first[line.id]} has the id {line.id} already (counted from 0).",
            "Give each line an id of its own; what lines share, such as a variant's id, may stand in ref or external_ref.",
        )
        for position, line in enumerate(order.lines)
        if line.id and first.setdefault(line.id, position) != position
    ]
    if problems:
        raise NotAnOrderError(tuple(problems[: wording.MOST_PROBLEMS]))


def parse_notice_name(given: object) -> NoticeName:
    """Return the names that plain JSON values hold. Raises NotAnOrderError."""
    try:
        return NoticeName.model_validate(given)
    except ValidationError as error:
        raise NotAnOrderError(wording.problems(error, known=known_fields)) from error


def parse_notice(given: object) -> NoticeContent:
    """Return the notice that plain JSON values hold. Raises NotAnOrderError."""
    try:
        return NoticeContent.model_validate(given)
    except ValidationError as error:
        raise NotAnOrderError(wording.problems(error, known=known_fields)) from error


def content_of(parsed: CanonicalOrder | NoticeContent) -> dict[str, Any]:
    """Return what is stored: plain JSON values without what is left at its default, amounts as text, moments as sent."""
    content: dict[str, Any] = parsed.model_dump(mode="json", exclude_defaults=True, exclude=set(ENVELOPE))
    return content


def load_order(content: dict[str, Any]) -> CanonicalOrder:
    """Return the order that `content_of` wrote."""
    return CanonicalOrder.model_validate(content)


def load_notice(content: dict[str, Any]) -> NoticeContent:
    """Return the notice that `content_of` wrote."""
    return NoticeContent.model_validate(content)


_PARTS: dict[str, type[_Strict]] = {
    "": CanonicalOrder,
    "lines": Line,
    "shipping": Shipping,
    "totals": Totals,
    "customer": Customer,
    "shipments": Shipment,
    "shipments.lines": Part,
    "cancellations": Cancellation,
    "cancellations.lines": Part,
}
"""What stands where in an order."""


def known_fields(place: str) -> Sequence[str]:
    """Return the fields there are at a place of an order ("": the order itself), for "did you mean"."""
    return sorted(_PARTS[place].model_fields) if place in _PARTS else []
