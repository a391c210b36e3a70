"""PURE: what came after the sale: what was paid, and what was given back. It becomes documents where the company wants them."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from daybook.sources.canonical.amounts import Money, SignedMoney
from daybook.sources.canonical.parcels import Part
from daybook.sources.canonical.parts import (
    MOST_LINES,
    Currency,
    Identifier,
    Moment,
    OptionalIdentifier,
    Strict,
    Text100,
    Text500,
)

MOST_PAYMENTS = 200
MOST_REFUNDS = 200
MOST_ADJUSTMENTS = 50


class PaymentKind(StrEnum):
    """What was paid with."""

    MONEY = "money"
    GIFT_CARD = "gift_card"
    STORE_CREDIT = "store_credit"
    DEPOSIT = "deposit"
    """Money of before, now counted towards the order."""


class Payout(Strict):
    """The transfer with which a gateway paid out what it had taken."""

    id: OptionalIdentifier = ""
    date: Moment | None = None


class Payment(Strict):
    """Money that moved: of an order from the customer, of a refund back to them."""

    id: Identifier = Field(description="The shop's or the gateway's own id; never reused.")
    kind: PaymentKind = PaymentKind.MONEY
    at: Moment | None = None
    amount: Money = Field(description="In `currency`; a refund's is above 0 too.")
    currency: Currency | None = Field(default=None, description="ISO 4217. Null: the order's.")
    gateway: Text100 = Field(default="", description="Who carried it: stripe, paypal, bank transfer.")
    reference: Text500 = Field(default="", description="What the bank's statement shows.")
    fee: SignedMoney | None = Field(default=None, description="What the gateway kept, in `currency`.")
    payout: Payout = Payout()


class Amounts(Strict):
    """What was given back, as far as it is said; two of the three tell the third."""

    net: SignedMoney | None = None
    tax: SignedMoney | None = None
    gross: SignedMoney | None = None

    @property
    def whole(self) -> Decimal | None:
        """Return the gross, as said or as net and tax make it; None where neither is said."""
        if self.gross is not None or self.net is None or self.tax is None:
            return self.gross
        return self.net + self.tax


class RefundLine(Part):
    """What was given back for a line, and whether its goods came back."""

    amounts: Amounts = Amounts()
    returned: bool | None = Field(default=None, description="Whether the goods came back. Null: not said.")


class Adjustment(Strict):
    """What was given back for no line: goodwill, a difference, a fee kept (below 0)."""

    reason: Text500 = ""
    amounts: Amounts = Amounts()


class Refund(Strict):
    """One refund."""

    id: Identifier = Field(description="The shop's own id of the refund; never reused.")
    at: Moment | None = None
    reason: Text500 = ""
    lines: Annotated[list[RefundLine], Field(max_length=MOST_LINES)] = Field(default_factory=list)
    shipping: Amounts = Field(default=Amounts(), description="What was given back of the carriage.")
    adjustments: Annotated[list[Adjustment], Field(max_length=MOST_ADJUSTMENTS)] = Field(default_factory=list)
    payments: Annotated[list[Payment], Field(max_length=MOST_PAYMENTS)] = Field(default_factory=list)
