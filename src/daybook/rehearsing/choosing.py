"""Which orders a dry run is about: the last ones, those of some days, those of a file, those that a feed keeps back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from django.db.models import Exists, OuterRef, QuerySet

from daybook.connections.models import Connection
from daybook.feeds.incoming import IncomingFile
from daybook.feeds.models import Feed
from daybook.intake import file_preview, file_taking, rehearsal, replaying
from daybook.intake.rehearsal import Rows
from daybook.intake.storing import Incoming
from daybook.kit.translation import gettext, retold
from daybook.orders.models import Delivery, Order, OrderStanding
from daybook.outbox.models import Entry
from daybook.outbox.states import MAPPABLE
from daybook.sources.canonical.schema import CanonicalOrder
from daybook.sources.problems import NotAnOrderError, Problem
from daybook.sources.source import Placed, Refusal

MOST = 1_000
"""Orders of one dry run."""
LAST = 20
"""Orders, where nobody says how many."""


class Which(StrEnum):
    """The ways to choose; the values stand in addresses."""

    LAST = "last"
    DAYS = "days"
    FILE = "file"
    FEED = "feed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which orders a person asks about."""

    which: Which = Which.LAST
    count: int = LAST
    since: date = date.min
    until: date = date.max
    """Days on which the orders came, both included, in the organisation's zone."""
    name: str = ""
    """Public id of the file or the feed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotRead:
    """Something that is no order, and why."""

    place: str
    ref: str
    problems: Sequence[Problem]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The orders, as they would be if they came now."""

    rows: Rows
    places: dict[int, str] = field(default_factory=dict)
    """By `pk` of an order where it stands in its file."""
    not_read: Sequence[NotRead] = ()
    messages: int = 0
    """Things that are about orders and none themselves: they are not rehearsed."""
    is_all: bool = True
    """No more than these were asked for."""
    file: IncomingFile | None = None
    feed: Feed | None = None


def choose(connection: Connection, asked: Asked, now: datetime, *, sender: tzinfo, documents: tzinfo) -> Chosen | None:
    """Return the orders; None: the company has no such file or feed. `sender`, `documents`: zones, as `Zones` has them."""
    match asked.which:
        case Which.LAST:
            return _stored(_mine(connection), min(max(asked.count, 1), MOST))
        case Which.DAYS:
            begins = datetime.combine(asked.since, time.min, documents)
            ends = datetime.combine(asked.until + timedelta(days=1), time.min, documents)
            within = _mine(connection).filter(first_received_at__gte=begins, first_received_at__lt=ends)
            return _stored(within, MOST, is_cut_told=True)
        case Which.FILE:
            files = IncomingFile.objects.filter(company=connection.company_id).select_related("feed__company")
            file = files.filter(public_id=asked.name).first()
            return None if file is None else _of_file(connection, file, now, sender)
        case Which.FEED:
            feeds = Feed.objects.filter(company=connection.company_id).select_related("company")
            feed = feeds.filter(public_id=asked.name).first()
            return None if feed is None else _of_feed(connection, feed, now, sender)


def _mine(connection: Connection) -> QuerySet[Order]:
    """Return the company's orders that the connection takes."""
    stands = OrderStanding.objects.filter(company=connection.company_id, connection=connection, order=OuterRef("pk"))
    mine = Order.objects.filter(Exists(stands), company=connection.company_id)
    return mine.select_related("feed", "current_revision")


def _stored(orders: QuerySet[Order], most: int, *, is_cut_told: bool = False) -> Chosen:
    """Return the newest ones, the oldest of them first: as they go."""
    found = list(orders.order_by("-pk")[: most + 1])
    return Chosen(rows=Rows(orders=found[:most][::-1]), is_all=len(found) <= most or not is_cut_told)


def _of_file(connection: Connection, file: IncomingFile, now: datetime, zone: tzinfo) -> Chosen:
    feed = file.feed
    try:
        things, is_all = file_preview.things(feed, file.name, file_taking.bytes_of(file), feed.settings)
    except NotAnOrderError as error:
        not_read = (NotRead(place=gettext("the file"), ref=file.name, problems=_said(error.problems)),)
        return Chosen(rows=Rows(), not_read=not_read, file=file, feed=feed)
    return _read(connection, feed, things, now, zone, is_all=is_all, file=file)


def _said(problems: Sequence[Problem]) -> list[Problem]:
    """Return problems in the language of who asks."""
    return [Problem(each.field, retold(each.problem), retold(each.cure)) for each in problems]


def _of_feed(connection: Connection, feed: Feed, now: datetime, zone: tzinfo) -> Chosen:
    """Return what a feed keeps while it is paused, and behind that its orders that are not settled."""
    kept = Delivery.objects.filter(company=connection.company_id, feed=feed, settled_at=None)
    kept = kept.filter(result=Delivery.Result.WAITING).exclude(raw=b"").select_related("feed__company", "company")
    things = [thing for row in kept.order_by("id")[: MOST + 1] for thing in _held(row)]
    brought = _read(connection, feed, things, now, zone, is_all=True)
    waiting = Entry.objects.filter(
        company=connection.company_id, organisation=connection.organisation_id, order=OuterRef("pk"), state__in=MAPPABLE
    )
    open_ones = OrderStanding.objects.filter(
        company=connection.company_id,
        connection=connection,
        order=OuterRef("pk"),
        standing__in=(Order.Standing.WAITING, Order.Standing.HELD),
    )
    mine = _mine(connection).filter(feed=feed)
    ids = mine.filter(Exists(open_ones)).values("pk").union(mine.filter(Exists(waiting)).values("pk"))
    stored = _stored(_mine(connection).filter(pk__in=ids), MOST, is_cut_told=True)
    came = {each.pk for each in brought.rows.orders}
    older = [each for each in stored.rows.orders if each.pk not in came]
    both = [*older, *brought.rows.orders]
    return Chosen(
        rows=Rows(orders=both[:MOST], contents=brought.rows.contents),
        places=brought.places,
        not_read=brought.not_read,
        messages=brought.messages,
        is_all=stored.is_all and brought.is_all and len(both) <= MOST,
        feed=feed,
    )


def _held(row: Delivery) -> list[Placed]:
    place = gettext("kept {day}").format(day=f"{row.received_at:{gettext('%-d %b %Y')}}")
    try:
        return [Placed(place, read) for read in replaying.held_in(row)]
    except NotAnOrderError as error:
        return [Placed(place, Refusal(error.problems, ref=row.ref))]
    except replaying.ReplayError as error:
        return [Placed(place, Refusal((Problem("", str(error), ""),), ref=row.ref))]


def _read(
    connection: Connection,
    feed: Feed,
    things: Iterable[Placed],
    now: datetime,
    zone: tzinfo,
    *,
    is_all: bool,
    file: IncomingFile | None = None,
) -> Chosen:
    """Return what was read of a feed's file or messages as orders of that feed."""
    things = list(things)
    is_of_sales = feed.brings == Feed.Brings.SALES
    orders = [(each.place, each.read) for each in things if isinstance(each.read, CanonicalOrder) and is_of_sales]
    incomings = [Incoming(read.model_copy(update={"source": feed.name}), feed) for _, read in orders[:MOST]]
    rows = rehearsal.rows_of(connection.company, incomings, now, zone)
    places = {read.id: place for place, read in orders}
    refused = [(each.place, each.read) for each in things if isinstance(each.read, Refusal)]
    return Chosen(
        rows=rows,
        places={row.pk: places.get(row.source_id, "") for row in rows.orders},
        not_read=[NotRead(place=place, ref=read.ref, problems=_said(read.problems)) for place, read in refused],
        messages=len(things) - len(orders) - len(refused),
        is_all=is_all and len(orders) <= MOST,
        file=file,
        feed=feed,
    )
