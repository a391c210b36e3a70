"""Money that orders say was paid while they are not invoiced, at the end of any day.

Worked out from what the orders that stand say, as month ends are (`money.py`). An order is invoiced from the day of its
posted invoice on.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from daybook.companies.models import Company
from daybook.mapping import gateways
from daybook.outbox.needs import GONE
from daybook.reconciliation.counted import SALES
from daybook.reconciliation.stretches import ALL, FIRST, Stretch
from daybook.tables import reading

_UNBILLED = """
    SELECT o.id, moved.gateway, coalesce(nullif(moved.currency, ''), o.currency) AS currency,
        sum(moved.amount) AS amount, min(moved.day) AS since
    FROM (
        SELECT revision_id, gateway, currency, amount, day FROM orders_moneymoved
            WHERE company_id = %(company)s AND invoiced_on > %(at)s AND invoiced_on > day AND day <= %(at)s
        UNION ALL SELECT revision_id, gateway, currency, amount, day FROM orders_moneymoved
            WHERE company_id = %(company)s AND invoiced_on IS NULL AND day <= %(at)s
        UNION ALL SELECT m.revision_id, m.gateway, m.currency, m.amount, m.day
            FROM (SELECT DISTINCT order_id FROM orders_moneynews WHERE company_id = %(company)s) news
            JOIN orders_order o ON o.company_id = %(company)s AND o.id = news.order_id
            JOIN orders_moneymoved m ON m.company_id = o.company_id AND m.revision_id = o.current_revision_id
            WHERE m.day <= %(at)s AND m.invoiced_on <= %(at)s
    ) moved
    JOIN orders_order o ON o.company_id = %(company)s AND o.current_revision_id = moved.revision_id
    WHERE NOT EXISTS (SELECT FROM outbox_entry e WHERE e.company_id = %(company)s AND e.order_id = o.id
            AND e.kind = ANY(%(sales)s) AND e.state = 'posted' AND e.date <= %(at)s AND e.their_status <> ALL(%(gone)s))
        AND NOT EXISTS (SELECT FROM orders_orderstanding s WHERE s.company_id = %(company)s AND s.order_id = o.id
            AND s.standing = 'skipped')
    GROUP BY 1, 2, 3 HAVING sum(moved.amount) <> 0
"""
"""What may be such money is told by what was counted, and by notes of what was not (`counted.py`); whether it is, by the rows."""


class Unbilled(NamedTuple):
    """An order's money that one gateway carried, while the order is not invoiced."""

    order: str
    """Its public id."""
    ref: str
    gateway: str
    currency: str
    amount: Decimal
    since: date

    @property
    def title(self) -> str:
        """Return how people call the gateway."""
        return gateways.title_of(self.gateway)


class Total(NamedTuple):
    """What one gateway carried in one currency, of orders that are not invoiced."""

    gateway: str
    currency: str
    orders: int
    amount: Decimal

    @property
    def title(self) -> str:
        """Return how people call the gateway."""
        return gateways.title_of(self.gateway)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotInvoiced:
    """What was paid and not invoiced at the end of a day."""

    totals: Sequence[Total]
    orders: Sequence[Unbilled]
    """The oldest first; as many of them as were asked for."""

    @property
    def count(self) -> int:
        """Return of how many orders all of it is; one that two gateways carried counts twice."""
        return sum(each.orders for each in self.totals)


_FOUND = f"""WITH found AS MATERIALIZED ({_UNBILLED}),
    days AS MATERIALIZED (SELECT since, before
        FROM (SELECT since, count(*) AS here, sum(count(*)) OVER (ORDER BY since) - count(*) AS before
            FROM found GROUP BY 1) counted
        WHERE before < %(skip)s + %(most)s AND before + here > %(skip)s)
"""  # noqa: S608 - texts of ours
"""All of it, and the days whose orders are shown: of others no order is looked up."""
_TOTALS = "SELECT '', '', gateway, currency, sum(amount), NULL::date, count(*) FROM found GROUP BY 3, 4 ORDER BY 4, 3"
_ORDERS = """SELECT o.public_id, o.ref, f.gateway, f.currency, f.amount, f.since, 0
    FROM days JOIN found f USING (since) JOIN orders_order o ON o.company_id = %(company)s AND o.id = f.id
    ORDER BY f.since, o.ref, f.gateway, f.currency
    OFFSET %(skip)s - (SELECT min(before) FROM days) LIMIT %(most)s"""


def paid_not_invoiced(company: Company, at: date, shown: Stretch = FIRST) -> NotInvoiced:
    """Return it by gateway and currency, and order by order; both from one reading."""
    rows = reading.ask_seldom(f"{_FOUND} ({_TOTALS}) UNION ALL ({_ORDERS})", _of(company, at, shown))
    return NotInvoiced(
        totals=[Total(gateway, currency, count, amount) for _, _, gateway, currency, amount, _, count in rows if count],
        orders=[Unbilled(*row) for *row, count in rows if not count],
    )


def every_order(company: Company, at: date) -> Iterator[Unbilled]:
    """Yield all of it order by order, the oldest first, few in memory at a time."""
    for *row, _ in reading.stream(_FOUND + _ORDERS, _of(company, at, ALL)):
        yield Unbilled(*row)


def _of(company: Company, at: date, shown: Stretch) -> dict[str, Any]:
    return {"company": company.pk, "at": at, "sales": SALES, "gone": sorted(GONE), **shown._asdict()}
