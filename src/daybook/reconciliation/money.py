"""Money that orders say has moved, against what stands in the books: paid and not yet invoiced, and month ends by account.

Both are worked out from what the orders that stand say (`orders/money.py`), so that they can be asked for any day. Where an
order tells of no money that Daybook books all the same (a refund without sums, a tax that the channel keeps), the document
says it. An order is invoiced from the day of its posted invoice on.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection as database

from daybook.catalog.models import Account
from daybook.companies.models import Company
from daybook.connections import calls, endpoints
from daybook.connections.models import Connection, Gateway
from daybook.documents.kinds import Kind
from daybook.ledgers.exchange import Taken
from daybook.mapping import gateways
from daybook.outbox.needs import GONE
from daybook.reconciliation.counted import ON_ACCOUNT, REST, RESTS, SALES, key_of
from daybook.sources.canonical import payouts
from daybook.wire.http import HttpClient

MOST_SHOWN = 200
"""Orders on a page; the file has all."""
ALL = 2**31


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
    """The oldest first; the first of them where they are many."""


def paid_not_invoiced(company: Company, at: date, *, most: int | None = MOST_SHOWN) -> NotInvoiced:
    """Return it by gateway and currency, and order by order; both from one reading."""
    sql = f"""WITH found AS MATERIALIZED ({_UNBILLED}),
            oldest AS MATERIALIZED (SELECT * FROM found ORDER BY since FETCH FIRST (%(enough)s) ROWS WITH TIES)
        (SELECT '', '', gateway, currency, sum(amount), NULL::date, count(*) FROM found GROUP BY 3, 4 ORDER BY 4, 3)
        UNION ALL
        (SELECT o.public_id, o.ref, f.gateway, f.currency, f.amount, f.since, 0 FROM oldest f
            JOIN orders_order o ON o.company_id = %(company)s AND o.id = f.id ORDER BY f.since, o.ref LIMIT %(most)s)"""  # noqa: S608 - texts of ours
    rows = _asked(sql, **_of(company, at), most=most, enough=ALL if most is None else most)
    return NotInvoiced(
        totals=[Total(gateway, currency, count, amount) for _, _, gateway, currency, amount, _, count in rows if count],
        orders=[Unbilled(*row) for *row, count in rows if not count],
    )


def _of(company: Company, at: date) -> dict[str, Any]:
    return {"company": company.pk, "at": at, "sales": SALES, "gone": sorted(GONE)}


class Item(NamedTuple):
    """Money that stands on a clearing account at the end of a day: it was not paid out by then."""

    order: str
    """Public id."""
    ref: str
    gateway: str
    payment: str
    amount: Decimal
    """Below 0 where it was paid back."""
    day: date

    @property
    def title(self) -> str:
        """Return how people call the gateway."""
        return gateways.title_of(self.gateway)


class Payout(NamedTuple):
    """What a gateway paid out on a day, as the orders' payments name it."""

    gateway: str
    payout: str
    """The gateway's own id; "": it named none."""
    day: date
    gross: Decimal
    fee: Decimal
    order: str | None
    """Public id of the order that stands for it, where its fees are billed."""
    bill: str | None
    state: str | None
    """Of the bill."""

    @property
    def title(self) -> str:
        """Return how people call the gateway."""
        return gateways.title_of(self.gateway)

    @property
    def net(self) -> Decimal:
        """Return what arrived at the bank."""
        return self.gross - self.fee


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthEnd:
    """One clearing account over some days, in one currency, as the orders say; all but `posted` in their words."""

    currency: str
    opening: Decimal
    payments: Decimal
    refunds: Decimal
    """Below 0, as are fees and payouts."""
    fees: Decimal
    payouts: Decimal
    items: Sequence[Item]
    """What the closing balance is made of, the oldest first; the first of them where they are many."""
    count: int
    """Of all of them."""
    moved: Decimal
    """Payments less refunds from the beginning until the last day."""
    posted: Decimal
    """Of these what the day book has posted on the account, as last seen there."""
    paid_out: Sequence[Payout]
    """Of these days, the oldest first."""
    billed: Decimal
    """Fees that the day book has paid out of the account until the last day."""

    @property
    def closing(self) -> Decimal:
        """Return what stands there at the end: of these orders the money that was not paid out."""
        return self.opening + self.payments + self.refunds + self.fees + self.payouts

    @property
    def unposted(self) -> Decimal:
        """Return what the orders say has moved and the day book has not posted there (yet)."""
        return self.moved - self.posted


def clearing_accounts(connection: Connection) -> list[Account]:
    """Return the accounts on which gateways' money stands."""
    chosen = Gateway.objects.filter(connection=connection).exclude(account_id="").values("account_id")
    mine = Account.objects.filter(organisation=connection.organisation_id, account_id__in=chosen)
    return list(mine.order_by("code", "name"))


_CHOSEN = """
    SELECT f.id AS feed_id, c.name FROM feeds_feed f
    JOIN unnest(%(sources)s::text[], %(names)s::text[]) c(source, name) ON c.source IN ('', f.name)
    WHERE f.company_id = %(company)s AND (c.source <> '' OR (f.name, c.name) NOT IN
        (SELECT * FROM unnest(%(own_sources)s::text[], %(own_names)s::text[])))
"""
"""The gateways that stand on the account, by feed: one of a feed's own goes before that of all."""
_ROWS = """
    SELECT o.id, m.gateway, coalesce(nullif(m.currency, ''), o.currency) AS currency, m.amount, m.fee, m.day,
        m.refund, m.payment, m.payout_day, m.payout
    FROM {these}
    WHERE m.company_id = %(company)s AND o.company_id = %(company)s AND m.day <= %(last)s
        AND coalesce(nullif(m.currency, ''), o.currency) = %(currency)s
        AND (o.feed_id, m.gateway) IN (SELECT feed_id, name FROM chosen)
"""
"""The account's money, row by row, of some orders or days."""
_OF_DAYS = """{days} days JOIN orders_moneymoved m ON m.company_id = %(company)s AND m.day = days.day
        JOIN orders_order o ON o.company_id = m.company_id AND o.current_revision_id = m.revision_id"""
_OF_UNTOLD = """(SELECT DISTINCT order_id FROM untold) those
        JOIN orders_order o ON o.company_id = %(company)s AND o.id = those.order_id
        JOIN orders_moneymoved m ON m.company_id = o.company_id AND m.revision_id = o.current_revision_id"""
_IS_UNTOLD = f"""untold.order_id = moved.id AND CASE untold.kind
        WHEN 'payment' THEN moved.refund = '' AND untold.key = {key_of("moved.payment")}
        ELSE moved.refund <> '' AND untold.key = {key_of("moved.refund", "moved.payment")} END"""
_RESTS_HERE = f"""{RESTS} AND e.organisation_id = %(organisation)s AND e.currency = %(currency)s
        AND e.document ->> 'account_code' = ANY(%(named)s)"""
_OPEN = "payout_day IS NULL OR payout_day > %(last)s"
_UNTOLD = f"""
    SELECT said.order_id, said.kind, said.key, said.amount FROM said WHERE said.part = ''
    UNION ALL
    SELECT said.order_id, said.kind, {key_of("m.payment")}, sum(said.amount)
        FROM said
        JOIN orders_order o ON o.company_id = %(company)s AND o.id = said.order_id
        JOIN orders_moneymoved m ON m.company_id = o.company_id AND m.revision_id = o.current_revision_id
            AND m.refund = '' AND said.key = {key_of("m.payment", "said.part")}
        WHERE said.part <> '' GROUP BY 1, 2, 3
"""  # noqa: S608 - as above
"""What documents take off a sum although none of the order's tells of it; of a sale in parts all that its parts do."""
_MONTH = f"""WITH said AS MATERIALIZED (SELECT e.order_id, e.kind, e.key, (e.document ->> 'untold')::numeric AS amount,
            CASE e.kind WHEN 'payment' THEN coalesce(sale.key, '') ELSE '' END AS part
            FROM outbox_entry e LEFT JOIN outbox_entry sale ON sale.company_id = e.company_id AND sale.id = e.about_id
            WHERE e.company_id = %(company)s AND e.organisation_id = %(organisation)s
            AND e.kind IN ('payment', 'refund') AND e.state <> 'cancelled' AND e.document ->> 'untold' <> '0'
            AND (e.document ->> 'untold')::numeric <> 0),
        chosen AS MATERIALIZED ({_CHOSEN}),
        untold AS MATERIALIZED ({_UNTOLD}),
        noted AS MATERIALIZED (SELECT DISTINCT day FROM orders_moneynews
            WHERE company_id = %(company)s AND day <= %(last)s),
        noted_posted AS MATERIALIZED (SELECT DISTINCT posted_day AS day FROM orders_moneynews
            WHERE company_id = %(company)s AND posted_day <= %(last)s),
        found AS MATERIALIZED (
            SELECT gateway, day, is_refund, payout, payout_day, count, amount, fee FROM orders_moneyofday
            WHERE company_id = %(company)s AND day <= %(last)s AND currency = %(currency)s
                AND (feed_id, gateway) IN (SELECT feed_id, name FROM chosen) AND day NOT IN (SELECT day FROM noted)
            UNION ALL
            SELECT gateway, day, refund <> '', payout, payout_day, 1, amount, fee
            FROM ({_ROWS.format(these=_OF_DAYS.format(days="noted"))}) new
            UNION ALL
            SELECT moved.gateway, moved.day, moved.refund <> '', moved.payout, moved.payout_day, 0,
                -sign(moved.amount) * untold.amount, 0
            FROM ({_ROWS.format(these=_OF_UNTOLD)}) moved JOIN untold ON {_IS_UNTOLD}
            UNION ALL
            SELECT '', day, TRUE, '', NULL::date, count, amount, 0 FROM outbox_postedonaccount
            WHERE company_id = %(company)s AND organisation_id = %(organisation)s AND kind = '{REST}'
                AND currency = %(currency)s AND day <= %(last)s AND account = ANY(%(named)s)
                AND day NOT IN (SELECT day FROM noted_posted)
            UNION ALL
            SELECT '', day, TRUE, '', NULL::date, 1, amount, 0
            FROM ({_RESTS_HERE.format(days="noted_posted")}) new),
        sums AS (SELECT ARRAY[
            coalesce(sum(amount) FILTER (WHERE day < %(first)s AND (payout_day IS NULL OR payout_day >= %(first)s)), 0),
            coalesce(sum(amount) FILTER (WHERE day >= %(first)s AND NOT is_refund), 0),
            coalesce(sum(amount) FILTER (WHERE day >= %(first)s AND is_refund), 0),
            coalesce(-sum(fee) FILTER (WHERE payout_day BETWEEN %(first)s AND %(last)s), 0),
            coalesce(-sum(amount - fee) FILTER (WHERE payout_day BETWEEN %(first)s AND %(last)s), 0),
            coalesce(sum(amount), 0), coalesce(sum(count) FILTER (WHERE {_OPEN}), 0)] AS amounts
            FROM found),
        open_days AS MATERIALIZED (SELECT day FROM (
            SELECT day, sum(sum(count)) OVER (ORDER BY day) - sum(count) AS before FROM found WHERE {_OPEN} GROUP BY day
            ) counted WHERE before < %(enough)s),
        items AS (SELECT o.public_id, o.ref, i.gateway, i.payment, i.day, i.amount
            FROM (SELECT moved.id, moved.gateway, moved.payment, moved.day,
                    moved.amount - sign(moved.amount) * coalesce(untold.amount, 0) AS amount
                FROM ({_ROWS.format(these=_OF_DAYS.format(days="open_days"))} AND ({_OPEN})) moved
                LEFT JOIN untold ON {_IS_UNTOLD}
                UNION ALL
                SELECT id, (SELECT coalesce(min(m.gateway), '') FROM orders_moneymoved m
                        WHERE m.company_id = %(company)s AND m.revision_id = rests.revision_id AND m.refund = ''),
                    key, day, amount
                FROM ({_RESTS_HERE.format(days="open_days")}) rests
            ) i JOIN orders_order o ON o.company_id = %(company)s AND o.id = i.id
            ORDER BY i.day, o.ref, i.payment LIMIT %(most)s),
        paid_out AS (SELECT gateway, payout, payout_day, sum(amount) AS gross, sum(fee) AS fee FROM found
            WHERE payout_day BETWEEN %(first)s AND %(last)s GROUP BY 1, 2, 3)
    (SELECT 'sums', '', '', '', '', NULL::date, amounts, NULL, NULL FROM sums)
    UNION ALL (SELECT 'item', public_id, ref, gateway, payment, day, ARRAY[amount], NULL, NULL FROM items
        ORDER BY day, ref, payment)
    UNION ALL (SELECT 'payout', o.public_id, '', p.gateway, p.payout, p.payout_day, ARRAY[p.gross, p.fee], e.number, e.state
        FROM paid_out p
        LEFT JOIN feeds_feed f ON f.company_id = %(company)s AND f.name = %(feed)s
        LEFT JOIN orders_order o ON o.company_id = %(company)s AND o.feed_id = f.id AND p.payout <> ''
            AND o.external_ref = p.payout AND o.ref LIKE p.gateway || ' %%' AND o.currency = %(currency)s
        LEFT JOIN LATERAL (SELECT b.number, b.state FROM outbox_entry b WHERE b.company_id = o.company_id
            AND b.order_id = o.id AND b.kind = %(bill)s AND b.organisation_id = %(organisation)s
            ORDER BY b.generation DESC LIMIT 1) e ON TRUE
        ORDER BY p.payout_day, p.gateway, p.payout)
"""  # noqa: S608 - texts of ours
"""Sums by day as they were counted, and of the days that are noted from the rows (`counted.py`); payment by payment only
the oldest days on which something stands there still."""
_POSTED = """
    WITH noted AS MATERIALIZED (SELECT DISTINCT posted_day AS day FROM orders_moneynews
        WHERE company_id = %(company)s AND posted_day <= %(last)s)
    SELECT kind, sum(amount) FROM (
        SELECT kind, amount FROM outbox_postedonaccount
        WHERE company_id = %(company)s AND organisation_id = %(organisation)s AND kind = ANY(%(kinds)s)
            AND currency = %(currency)s AND day <= %(last)s AND account = ANY(%(named)s)
            AND day NOT IN (SELECT day FROM noted)
        UNION ALL
        SELECT e.kind, coalesce(e.their_gross, e.gross) FROM noted
        JOIN outbox_entry e ON e.company_id = %(company)s AND e.date = noted.day
        WHERE e.organisation_id = %(organisation)s AND e.kind = ANY(%(kinds)s) AND e.state = 'posted'
            AND e.their_status <> ALL(%(gone)s) AND e.currency = %(currency)s
            AND e.document ->> 'account_code' = ANY(%(named)s)
            AND coalesce(e.their_gross, e.gross) IS NOT NULL
    ) found GROUP BY 1
"""


def month_end(
    connection: Connection, account: Account, first: date, last: date, *, most: int | None = MOST_SHOWN
) -> list[MonthEnd]:
    """Return what moved on a clearing account between two days, by currency of the gateways that stand on it."""
    mine = list(Gateway.objects.filter(connection=connection, account_id=account.account_id))
    return [
        _month_end(connection, account, mine, each, first, last, most) for each in sorted({g.currency for g in mine})
    ]


def _month_end(
    connection: Connection,
    account: Account,
    mine: Iterable[Gateway],
    currency: str,
    first: date,
    last: date,
    most: int | None,
) -> MonthEnd:
    these = [each for each in mine if each.currency == currency]
    own = Gateway.objects.filter(connection=connection, currency=currency).exclude(source="").exclude(account_id="")
    asked = {
        **_on(connection, account, currency, last),
        "sources": [each.source for each in these],
        "names": [each.name for each in these],
        "own_sources": [each.source for each in own],
        "own_names": [each.name for each in own],
        "first": first,
        "most": most,
        "enough": ALL if most is None else most,
        "bill": Kind.BILL.value,
        "feed": payouts.SOURCE,
    }
    (sums, *rows), on_account = _asked(_MONTH, **asked), _posted(connection, account, currency, last)
    opening, paid, refunds, fees, paid_out, moved, count = sums[6]
    return MonthEnd(
        currency=currency,
        opening=opening,
        payments=paid,
        refunds=refunds,
        fees=fees,
        payouts=paid_out,
        items=[
            Item(order, ref, gateway, payment, amounts[0], day)
            for what, order, ref, gateway, payment, day, amounts, _, _ in rows
            if what == "item"
        ],
        count=int(count),
        moved=moved,
        posted=on_account[Kind.PAYMENT.value] - on_account[Kind.REFUND.value],
        paid_out=[
            Payout(gateway, payout, day, amounts[0], amounts[1], order, bill, state)
            for what, order, _, gateway, payout, day, amounts, bill, state in rows
            if what == "payout"
        ],
        billed=on_account[Kind.BILL_PAYMENT.value],
    )


def _posted(connection: Connection, account: Account, currency: str, last: date) -> dict[str, Decimal]:
    """Return what the day book has posted on an account until a day, by kind."""
    found = _asked(_POSTED, kinds=list(ON_ACCOUNT), gone=sorted(GONE), **_on(connection, account, currency, last))
    return {kind: Decimal(0) for kind in ON_ACCOUNT} | dict(found)


def _on(connection: Connection, account: Account, currency: str, last: date) -> dict[str, Any]:
    return {
        "company": connection.company_id,
        "organisation": connection.organisation_id,
        "currency": currency,
        "last": last,
        "named": [each for each in (account.code, account.account_id) if each],
    }


def taken_there(
    connection: Connection, account: Account, last: date, *, client: HttpClient | None = None
) -> Taken | None:
    """Ask the ledger for all payments into and out of an account until a day; None where it cannot say. Raises WireError.

    It is no balance: transfers to the bank and fees are none of it.
    """
    ledger = endpoints.ledger_of(connection)
    if ledger.taken_on is None:
        return None
    return calls.carry(connection, ledger.taken_on(account.account_id, last), client=client)


def month_of(day: date) -> tuple[date, date]:
    """Return the first and the last day of a day's month."""
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _asked(sql: str, **asked: Any) -> list[tuple[Any, ...]]:
    with database.cursor() as cursor:
        cursor.execute(sql, asked)
        return list(cursor.fetchall())
