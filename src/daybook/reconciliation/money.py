"""Month ends by clearing account: money that orders say has moved there, against what stands in the books.

Worked out from what the orders that stand say (`orders/money.py`), so that it can be asked for any days. Where an order
tells of no money that Daybook books all the same (a refund without sums, a tax that the channel keeps), the document says
it. Money that was paid out before its own day, as clocks of two zones may say, counts as paid out on that day.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from daybook.catalog.models import Account
from daybook.connections import calls, endpoints
from daybook.connections.models import Connection, Gateway
from daybook.documents.kinds import Kind
from daybook.ledgers.exchange import Taken
from daybook.mapping import gateways
from daybook.outbox.needs import GONE
from daybook.reconciliation.counted import ON_ACCOUNT, REST, RESTS, key_of
from daybook.reconciliation.stretches import ALL, FIRST, Shown, Stretch
from daybook.sources.canonical import payouts
from daybook.tables import reading
from daybook.wire.http import HttpClient


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
    until_here: Decimal
    """What all come to, from the oldest one to this."""

    @property
    def before(self) -> Decimal:
        """Return what all before this one come to."""
        return self.until_here - self.amount

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
    gross_until_here: Decimal
    """What all of the month come to, from the first one to this."""
    fee_until_here: Decimal

    @property
    def title(self) -> str:
        """Return how people call the gateway."""
        return gateways.title_of(self.gateway)

    @property
    def net(self) -> Decimal:
        """Return what arrived at the bank."""
        return self.gross - self.fee

    @property
    def net_until_here(self) -> Decimal:
        """Return what arrived there of all, from the first one to this."""
        return self.gross_until_here - self.fee_until_here

    @property
    def gross_before(self) -> Decimal:
        """Return what all before this one come to."""
        return self.gross_until_here - self.gross

    @property
    def fee_before(self) -> Decimal:
        """Return their fees."""
        return self.fee_until_here - self.fee

    @property
    def net_before(self) -> Decimal:
        """Return what arrived of them at the bank."""
        return self.net_until_here - self.net


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
    """What the closing balance is made of, the oldest first; as many as were asked for."""
    count: int
    """Of all of them."""
    moved: Decimal
    """Payments less refunds from the beginning until the last day."""
    posted: Decimal
    """Of these what the day book has posted on the account, as last seen there."""
    paid_out: Sequence[Payout]
    """Of these days, the oldest first; as many as were asked for."""
    payouts_count: int
    """Of all of them."""
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
_FEW_UNTOLD = """SELECT id FROM outbox_entry
            WHERE company_id = %(company)s AND organisation_id = %(organisation)s AND kind IN ('payment', 'refund')
                AND document ->> 'untold' <> '0' AND (document ->> 'untold')::numeric <> 0 AND state <> 'cancelled'"""
"""In an array, of which PostgreSQL expects few: of the condition it expects many, and reads all documents beside them."""
_MONTH = f"""WITH said AS MATERIALIZED (SELECT e.order_id, e.kind, e.key, (e.document ->> 'untold')::numeric AS amount,
            CASE e.kind WHEN 'payment' THEN coalesce(sale.key, '') ELSE '' END AS part
            FROM unnest(ARRAY({_FEW_UNTOLD})) few(id)
            JOIN outbox_entry e ON e.company_id = %(company)s AND e.id = few.id
            LEFT JOIN outbox_entry sale ON sale.company_id = e.company_id AND sale.id = e.about_id),
        chosen AS MATERIALIZED ({_CHOSEN}),
        untold AS MATERIALIZED ({_UNTOLD}),
        noted AS MATERIALIZED (SELECT DISTINCT day FROM orders_moneynews
            WHERE company_id = %(company)s AND day <= %(last)s),
        noted_posted AS MATERIALIZED (SELECT DISTINCT posted_day AS day FROM orders_moneynews
            WHERE company_id = %(company)s AND posted_day <= %(last)s),
        told AS (
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
        found AS MATERIALIZED (SELECT gateway, day, is_refund, payout,
            CASE WHEN payout_day < day THEN day ELSE payout_day END AS payout_day, count, amount, fee FROM told),
        paid_out AS MATERIALIZED (SELECT gateway, payout, payout_day, sum(amount) AS gross, sum(fee) AS fee FROM found
            WHERE payout_day BETWEEN %(first)s AND %(last)s GROUP BY 1, 2, 3),
        sums AS (SELECT ARRAY[
            coalesce(sum(amount) FILTER (WHERE day < %(first)s AND (payout_day IS NULL OR payout_day >= %(first)s)), 0),
            coalesce(sum(amount) FILTER (WHERE day >= %(first)s AND NOT is_refund), 0),
            coalesce(sum(amount) FILTER (WHERE day >= %(first)s AND is_refund), 0),
            coalesce(-sum(fee) FILTER (WHERE payout_day BETWEEN %(first)s AND %(last)s), 0),
            coalesce(-sum(amount - fee) FILTER (WHERE payout_day BETWEEN %(first)s AND %(last)s), 0),
            coalesce(sum(amount), 0), coalesce(sum(count) FILTER (WHERE {_OPEN}), 0),
            (SELECT count(*) FROM paid_out)] AS amounts
            FROM found),
        payouts AS (SELECT *, sum(gross) OVER turn AS gross_until, sum(fee) OVER turn AS fee_until FROM paid_out
            WINDOW turn AS (ORDER BY payout_day, gateway, payout ROWS UNBOUNDED PRECEDING)
            ORDER BY payout_day, gateway, payout OFFSET %(payouts_skip)s LIMIT %(payouts_most)s),
        open_days AS MATERIALIZED (SELECT day, before, amount_before FROM (
            SELECT day, sum(count) AS here, sum(sum(count)) OVER (ORDER BY day) - sum(count) AS before,
                sum(sum(amount)) OVER (ORDER BY day) - sum(amount) AS amount_before
            FROM found WHERE {_OPEN} GROUP BY day
            ) counted WHERE before < %(items_skip)s + %(items_most)s AND before + here > %(items_skip)s),
        items AS (SELECT o.public_id, o.ref, i.gateway, i.payment, i.day, i.amount, sum(i.amount) OVER turn AS until
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
            WINDOW turn AS (ORDER BY i.day, o.ref, i.payment, i.gateway, i.amount, o.id ROWS UNBOUNDED PRECEDING)
            ORDER BY i.day, o.ref, i.payment, i.gateway, i.amount, o.id
            OFFSET %(items_skip)s - (SELECT before FROM open_days ORDER BY day LIMIT 1) LIMIT %(items_most)s)
    (SELECT 'sums', '', '', '', '', NULL::date, amounts, NULL, NULL FROM sums)
    UNION ALL (SELECT 'payout', o.public_id, '', p.gateway, p.payout, p.payout_day,
            ARRAY[p.gross, p.fee, p.gross_until, p.fee_until], e.number, e.state
        FROM payouts p
        LEFT JOIN LATERAL (SELECT o.id, o.company_id, o.public_id FROM feeds_feed f
            JOIN orders_order o ON o.company_id = f.company_id AND o.feed_id = f.id
            WHERE f.company_id = %(company)s AND f.name = %(feed)s AND p.payout <> '' AND o.external_ref > ''
                AND o.external_ref = p.payout AND o.ref LIKE p.gateway || ' %%' AND o.currency = %(currency)s
            ORDER BY o.id LIMIT 1) o ON TRUE
        LEFT JOIN LATERAL (SELECT b.number, b.state FROM outbox_entry b WHERE b.company_id = o.company_id
            AND b.order_id = o.id AND b.kind = %(bill)s AND b.organisation_id = %(organisation)s
            ORDER BY b.generation DESC LIMIT 1) e ON TRUE
        ORDER BY p.payout_day, p.gateway, p.payout)
    UNION ALL (SELECT 'item', public_id, ref, gateway, payment, day,
            ARRAY[amount, until + (SELECT amount_before FROM open_days ORDER BY day LIMIT 1)], NULL, NULL FROM items
        ORDER BY day, ref, payment, gateway, amount)
"""  # noqa: S608 - texts of ours
"""Sums by day as they were counted, and of the days that are noted from the rows (`counted.py`); payment by payment only
the days of what is shown of that which stands there still."""
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
    connection: Connection,
    account: Account,
    first: date,
    last: date,
    *,
    items: Shown = lambda _: FIRST,
    paid_out: Shown = lambda _: FIRST,
) -> list[MonthEnd]:
    """Return what moved on a clearing account between two days, by currency of the gateways that stand on it.

    Of its items and payouts only what is shown of each currency; the sums are of all.
    """
    return [
        _read(reading.ask_seldom(_MONTH, asked), connection, account, asked)
        for asked in _months(connection, account, first, last, items, paid_out)
    ]


def whole_month(
    connection: Connection, account: Account, first: date, last: date
) -> Iterator[tuple[MonthEnd, Iterator[Item | Payout]]]:
    """Yield the same with none of its rows, each with all of them behind it, the payouts first, few in memory at a time."""
    for asked in _months(connection, account, first, last, _all, _all):
        rows = reading.stream(_MONTH, asked)
        yield _read([next(rows)], connection, account, asked), map(_row, rows)


def _all(_currency: str) -> Stretch:
    return ALL


def _months(
    connection: Connection, account: Account, first: date, last: date, items: Shown, paid_out: Shown
) -> Iterator[dict[str, Any]]:
    """Yield what is asked of each currency."""
    mine = list(Gateway.objects.filter(connection=connection, account_id=account.account_id))
    for currency in sorted({each.currency for each in mine}):
        these = [each for each in mine if each.currency == currency]
        own = Gateway.objects.filter(connection=connection, currency=currency).exclude(source="").exclude(account_id="")
        yield {
            **_on(connection, account, currency, last),
            "sources": [each.source for each in these],
            "names": [each.name for each in these],
            "own_sources": [each.source for each in own],
            "own_names": [each.name for each in own],
            "first": first,
            **{f"items_{name}": value for name, value in items(currency)._asdict().items()},
            **{f"payouts_{name}": value for name, value in paid_out(currency)._asdict().items()},
            "bill": Kind.BILL.value,
            "feed": payouts.SOURCE,
        }


def _read(
    answered: Sequence[tuple[Any, ...]], connection: Connection, account: Account, asked: dict[str, Any]
) -> MonthEnd:
    sums, *rows = answered
    opening, paid, refunds, fees, paid_out, moved, count, payouts_count = sums[6]
    on_account = _posted(connection, account, asked["currency"], asked["last"])
    shown = [_row(each) for each in rows]
    return MonthEnd(
        currency=asked["currency"],
        opening=opening,
        payments=paid,
        refunds=refunds,
        fees=fees,
        payouts=paid_out,
        items=[each for each in shown if isinstance(each, Item)],
        count=int(count),
        moved=moved,
        posted=on_account[Kind.PAYMENT.value] - on_account[Kind.REFUND.value],
        paid_out=[each for each in shown if isinstance(each, Payout)],
        payouts_count=int(payouts_count),
        billed=on_account[Kind.BILL_PAYMENT.value],
    )


def _row(answered: tuple[Any, ...]) -> Item | Payout:
    what, order, ref, gateway, name, day, amounts, bill, state = answered
    if what == "item":
        amount, until_here = amounts
        return Item(order, ref, gateway, name, amount, day, until_here)
    gross, fee, *until_here = amounts
    return Payout(gateway, name, day, gross, fee, order, bill, state, *until_here)


def _posted(connection: Connection, account: Account, currency: str, last: date) -> dict[str, Decimal]:
    """Return what the day book has posted on an account until a day, by kind."""
    found = reading.ask_seldom(
        _POSTED, {"kinds": list(ON_ACCOUNT), "gone": sorted(GONE), **_on(connection, account, currency, last)}
    )
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
