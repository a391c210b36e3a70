"""PURE: what left, and what will not."""

from typing import Annotated

from pydantic import Field

from daybook.sources.canonical.amounts import Quantity, UnitCost
from daybook.sources.canonical.parts import MOST_LINES, Currency, Identifier, Moment, OptionalIdentifier, Strict


class Part(Strict):
    """A quantity of one line."""

    line: Identifier = Field(description="The line's `id`, `ref` or `external_ref`.")
    external_ref: OptionalIdentifier = Field(
        default="", description="The shop's name of the line, tried where `line` is not found."
    )
    quantity: Quantity


class Shipment(Strict):
    """Goods that left."""

    id: OptionalIdentifier = Field(
        default="", description="The OMS's own id of the shipment; the same id again is the same shipment."
    )
    dispatched_at: Moment | None = None
    lines: Annotated[list[Part], Field(max_length=MOST_LINES)] = Field(default_factory=list)


class Cancellation(Strict):
    """Goods that will not be delivered; quantities add up over all cancellations."""

    lines: Annotated[list[Part], Field(max_length=MOST_LINES)] = Field(default_factory=list)


class Cost(Strict):
    """What one unit of a line costs the company, as the feed that makes the goods tells it."""

    line: Identifier = Field(description="The line's `id`, `ref` or `external_ref`.")
    unit_cost: UnitCost
    cost_currency: Currency | None = None
