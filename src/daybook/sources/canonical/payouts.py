"""PURE: what a gateway paid out, as an order that Daybook writes itself: so it is kept, changed and shown as orders are.

It is known by the gateway's own id of the payout. It sells nothing: its one line is the fees that the gateway kept, at
cost, and its payment is the money that the fees were taken from (decision 55).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from daybook.documents import keys
from daybook.documents.line_kinds import LineKind
from daybook.sources.canonical.after import Payment, Payout
from daybook.sources.canonical.lines import Line
from daybook.sources.canonical.order import CanonicalOrder, Totals
from daybook.sources.problems import Problem

SOURCE = "daybook"
"""Of what Daybook writes itself; nobody else may name it."""
LARGEST = Decimal(9_999_999_999)
"""Of one payment (`amounts.py: Money`)."""
_MARK = "payout:"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidOut:
    """One payout, as the orders' payments that name it add up."""

    source: str
    """Whose orders alone the gateway carries; "": of any."""
    gateway: str
    """As `mapping/gateways.py: name_of` gives it."""
    currency: str
    id: str
    """The gateway's own."""
    day: date
    gross: Decimal
    """Of all its payments, less what went back."""
    fee: Decimal

    @property
    def order_id(self) -> str:
        """Return by what it is known among what Daybook writes itself."""
        return _MARK + keys.of(self.gateway, self.currency, self.id, *filter(None, (self.source,)))


def order_of(paid_out: PaidOut) -> CanonicalOrder:
    """Return the order that stands for a payout; fees are above 0."""
    fee, day = paid_out.fee, paid_out.day.isoformat()
    named = " ".join(filter(None, (paid_out.gateway, paid_out.id, paid_out.currency, paid_out.source)))
    payments = [
        Payment(
            id=paid_out.id if not place else f"{paid_out.id}/{place + 1}",
            amount=amount,
            gateway=paid_out.gateway,
            fee=Decimal(0) if place else fee,
            payout=Payout(id=paid_out.id, date=day),
        )
        for place, amount in enumerate(_amounts(paid_out.gross))
    ]
    return CanonicalOrder(
        source=SOURCE,
        id=paid_out.order_id,
        number=named[:200],
        external_ref=paid_out.id,
        channel=paid_out.source,
        status="payout",
        dispatched=True,
        ordered_at=day,
        dispatched_at=day,
        currency=paid_out.currency,
        cost_currency=paid_out.currency,
        lines=[
            Line(
                kind=LineKind.FEE,
                description=f"Fees of {paid_out.gateway} payout {paid_out.id}",
                quantity=Decimal(1),
                unit_price=fee,
                tax_rate=Decimal(0),
                unit_cost=fee,
            )
        ],
        totals=Totals(net=fee, tax=Decimal(0), gross=fee),
        payments=payments,
    )


def _amounts(gross: Decimal) -> Iterator[Decimal]:
    """Yield the money of a payout in amounts that an order may say: in rupiah it may be more than one holds."""
    yield min(max(gross, Decimal(0)), LARGEST)
    while (gross := gross - LARGEST) > 0:
        yield min(gross, LARGEST)


def is_payout(order: CanonicalOrder | None) -> bool:
    """Tell whether an order stands for a payout."""
    return order is not None and order.source == SOURCE and order.id.startswith(_MARK)


def borrowed_name(order: CanonicalOrder) -> Iterable[Problem]:
    """Yield what is wrong with an order of somebody else's that names Daybook as its source."""
    if order.source == SOURCE:
        yield Problem("source", "This name is Daybook's own.", "Name your shop or OMS, such as shop.")
