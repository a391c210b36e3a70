"""Money of what was posted lately, three times: as its orders say, as the day book holds it, as the ledger last showed it.

Nothing is asked of the ledger here: what it shows was in its answers, and in the hourly looks since. The comparison that
reads its lists is the page *Reconciliation*.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, F, OuterRef, Q, Subquery, Sum

from daybook.companies.models import Company
from daybook.documents.kinds import SPECS, Kind
from daybook.kit.money import round2
from daybook.orders.models import Order
from daybook.outbox.models import Entry
from daybook.outbox.states import State
from daybook.tables import days as by_days
from daybook.web import words

MOST_DOCUMENTS = 5_000
"""More are not added up for a page: then the sums are of fewer days."""
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One kind in one currency."""

    kind: str
    title: str
    currency: str
    documents: int
    orders: Decimal | None
    """Of invoices: an order has several of other kinds, or says nothing of them."""
    day_book: Decimal
    ledger: Decimal
    unknown: int
    """Documents of which the ledger has shown no amount."""
    differing: int

    @property
    def difference(self) -> Decimal:
        """Return what the ledger has more than the day book; below 0: less."""
        return self.ledger - self.day_book


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """The sums of the last days."""

    days: int
    """How many; 0: today alone has more documents than are added up."""
    rows: tuple[Row, ...]
    looked_at: datetime | None
    """When the ledger was last looked at; None: never since posting."""


def of_company(company: Company, zone: ZoneInfo, posted: Mapping[date, int], looked_at: datetime | None) -> Money:
    """Return the sums of what was posted in the last days, of as many as hold at most 5,000 documents.

    `posted`: by day, oldest first, all of the days that may be added up.
    """
    days = _few_enough(posted)
    if not days:
        return Money(days=0, rows=(), looked_at=looked_at)
    rows = Entry.objects.filter(company=company, state=State.POSTED, posted_at__gte=by_days.begin(days[-1], zone))
    shown = Q(their_gross__isnull=False)
    of_order = Subquery(Order.objects.filter(company=company, pk=OuterRef("order")).values("gross"))  # one by one: few
    priced = rows.exclude(gross=None).annotate(order_gross=of_order)
    found = priced.values("kind", "currency").order_by().annotate(
        documents=Count("pk"),
        day_book=Sum("gross", filter=shown),
        there=Sum("their_gross"),
        orders=Sum("order_gross", filter=shown & Q(kind=Kind.INVOICE)),
        unknown=Count("pk", filter=~shown),
        differing=Count("pk", filter=shown & ~Q(gross=F("their_gross"))),
    )  # fmt: skip
    made = sorted((_row(each) for each in found), key=lambda row: (SPECS[Kind(row.kind)].rank, row.currency))
    return Money(days=len(days), rows=tuple(made), looked_at=looked_at)


def _few_enough(posted: Mapping[date, int]) -> list[date]:
    """Return the last days that together hold few enough, newest first."""
    days, documents = [], 0
    for day in sorted(posted, reverse=True):
        documents += posted[day]
        if documents > MOST_DOCUMENTS:
            break
        days.append(day)
    return days


def _row(found: Mapping[str, Any]) -> Row:
    kind = found["kind"]
    orders = found["orders"] if kind == Kind.INVOICE else None
    return Row(
        kind=kind,
        title=words.called(kind, found["documents"]),
        currency=found["currency"],
        documents=found["documents"],
        orders=None if orders is None else round2(orders),
        day_book=found["day_book"] or ZERO,
        ledger=found["there"] or ZERO,
        unknown=found["unknown"],
        differing=found["differing"],
    )
