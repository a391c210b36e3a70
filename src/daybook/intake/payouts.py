"""Write down what gateways paid out, as the payments of orders name it: each payout as an order of Daybook's own.

    payments that name a payout -> added up -> an order of the feed `daybook`, new or changed -> prepared like any other

Only for gateways whose fees become a bill each. What orders still tell of a payout is waited for: a while has to pass
without news of it, and its day. Later news is a new revision of the same order, which is shown where its bill is posted.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal

import structlog

from daybook.companies.models import Company
from daybook.connections import whereabouts
from daybook.connections.models import Gateway
from daybook.feeds.models import Feed
from daybook.intake import prepare, rules, storing
from daybook.intake.deliveries import Arrival
from daybook.intake.storing import Incoming
from daybook.orders.contents import content_hash
from daybook.orders.models import Order, Revision
from daybook.sources.canonical import payouts, schema
from daybook.sources.canonical.payouts import PaidOut
from daybook.sources.canonical.source import CANONICAL
from daybook.tables import reading
from daybook.tables.outages import is_database_away

log = structlog.get_logger("daybook.intake")

QUIET = timedelta(minutes=10)
"""So long nobody must have told anything new of a payout before it is billed."""
_BATCH = 200
_PAID_OUT = """
    SELECT chosen.source, moved.gateway, chosen.currency, moved.payout, max(moved.payout_day), sum(moved.amount),
        sum(moved.fee), max(o.changed_at)
    FROM orders_moneymoved moved
    JOIN orders_order o ON o.company_id = moved.company_id AND o.current_revision_id = moved.revision_id
    JOIN feeds_feed f ON f.id = o.feed_id
    JOIN LATERAL (SELECT g.source, g.currency, g.fees_since FROM connections_gateway g
        JOIN connections_connection c ON c.id = g.connection_id AND c.company_id = moved.company_id
        WHERE g.name = moved.gateway AND g.currency = coalesce(nullif(moved.currency, ''), o.currency)
            AND g.source IN ('', f.name) AND g.account_id <> '' AND c.closed_at IS NULL
        ORDER BY c.id, g.source DESC LIMIT 1) chosen ON chosen.fees_since <= moved.payout_day
    WHERE moved.company_id = %s AND moved.payout <> '' AND moved.payout_day >= %s
    GROUP BY 1, 2, 3, 4
"""

_NAMED = """
    SELECT DISTINCT moved.gateway, moved.payout FROM orders_moneymoved moved
    JOIN orders_order o ON o.company_id = moved.company_id AND o.current_revision_id = moved.revision_id
    WHERE moved.company_id = %s AND moved.payout = ANY(%s)
"""


def gather(now: datetime) -> None:
    """Bring the payouts of all companies up to date that have bills made of fees; one's trouble keeps none waiting."""
    if not whereabouts.is_sure():
        return  # a copy of the database would bill what is the true one's
    billed = Gateway.objects.exclude(fees_since=None).filter(
        connection__closed_at=None, connection__company__closed_at=None
    )
    for company in Company.objects.filter(connections__gateways__in=billed).distinct().order_by("id"):
        try:
            gather_company(company, now)
        except Exception as error:
            if is_database_away(error):
                raise
            log.exception("payouts not gathered", company=company.public_id)


def gather_company(company: Company, now: datetime) -> None:
    """Write down what is new of a company's payouts, and make documents of it."""
    feed = _feed(company)
    zone = rules.of_company(company)[0].timing.zones.sender
    known = _known(company, feed)
    found, restless = _paid_out(company, now, now.astimezone(zone).date())
    gone = _gone(company, feed, known.keys() - found.keys() - restless)
    changed = [
        order
        for each in (*found.values(), *gone)
        if each.fee > 0 or each.order_id in known
        if content_hash(schema.content_of(order := payouts.order_of(each))) != known.get(each.order_id)
    ]
    for start in range(0, len(changed), _BATCH):
        batch = [Incoming(order, feed, position=place) for place, order in enumerate(changed[start : start + _BATCH])]
        stored = storing.store(company, batch, now=now, zone=zone, arrival=Arrival(is_awaited=False))
        prepare.prepare_orders(company, [each.order_id for each in stored.values()])


def _feed(company: Company) -> Feed:
    """Return the feed of what Daybook writes itself; it brings no sales, so that its orders meet nobody else's."""
    found, _ = Feed.objects.get_or_create(
        company=company, name=payouts.SOURCE, defaults={"source": CANONICAL.name, "brings": Feed.Brings.NEWS}
    )
    return found


def _known(company: Company, feed: Feed) -> dict[str, str]:
    """Return the payouts that are written down, each with the hash of what stands."""
    mine = Order.objects.filter(company=company, feed=feed, current_revision__isnull=False)
    return dict(mine.values_list("source_id", "current_revision__content_hash"))


def _paid_out(company: Company, now: datetime, today: date) -> tuple[dict[str, PaidOut], set[str]]:
    """Return the payouts that are whole, and the ids of those that are not yet."""
    billed = Gateway.objects.filter(connection__company=company, connection__closed_at=None)
    since = billed.exclude(fees_since=None).order_by("fees_since").values_list("fees_since", flat=True).first()
    found: dict[str, PaidOut] = {}
    restless: set[str] = set()
    for *said, told_at in reading.ask(_PAID_OUT, [company.pk, since]) if since else ():
        source, gateway, currency, payout, day, gross, fee = said
        each = PaidOut(
            source=source, gateway=gateway, currency=currency, id=payout, day=day, gross=gross, fee=max(fee, Decimal(0))
        )
        if day > today or told_at > now - QUIET:
            restless.add(each.order_id)
        else:
            found[each.order_id] = each
    return found, restless


def _gone(company: Company, feed: Feed, order_ids: Iterable[str]) -> list[PaidOut]:
    """Return those of the payouts written down that no order names any more: nothing is left of them."""
    rows = Order.objects.filter(company=company, feed=feed, source_id__in=list(order_ids))
    nothing = [_nothing(row.current_revision) for row in rows.select_related("current_revision")]
    named = set(reading.ask(_NAMED, [company.pk, [each.id for each in nothing]])) if nothing else set()
    return [each for each in nothing if (each.gateway, each.id) not in named]


def _nothing(stands: Revision | None) -> PaidOut:
    assert stands is not None  # noqa: S101 - only such are known
    order = schema.load_order(stands.content)
    money = order.payments[0]
    return PaidOut(
        source=order.channel,
        gateway=money.gateway,
        currency=order.currency or "",
        id=money.id,
        day=date.fromisoformat(order.dispatched_at or ""),
        gross=Decimal(0),
        fee=Decimal(0),
    )
