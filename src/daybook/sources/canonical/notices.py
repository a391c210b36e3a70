"""PURE: messages about an order that carry no prices."""

from typing import Annotated

from pydantic import Field

from daybook.sources.canonical.parcels import Cancellation, Cost, Shipment
from daybook.sources.canonical.parts import MOST_LINES, Identifier, Strict, Text100, Text500, Text4000


class NoticeName(Strict):
    """Which order a notice is about."""

    id: Identifier
    number: Identifier
    external_ref: Text500 = ""


class NoticeContent(Strict):
    """A message about an order that carries no prices (`orders.models.Notice.content`). None: it says nothing of that."""

    status: Text100 = ""
    dispatched: bool = False
    part_dispatched: bool = False
    paid: bool | None = None
    cancelled: bool | None = None
    on_hold: bool | None = None
    has_error: bool | None = None
    error_message: Text4000 = ""
    shipments: Annotated[list[Shipment], Field(max_length=MOST_LINES)] = Field(default_factory=list)
    cancellations: Annotated[list[Cancellation], Field(max_length=MOST_LINES)] = Field(default_factory=list)
    costs: Annotated[list[Cost], Field(max_length=MOST_LINES)] = Field(default_factory=list)
