"""Orders with all that is known of them, locked and read in a fixed number of statements, however many they are."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import QuerySet

from daybook.companies.models import Company
from daybook.documents.causes import Cause
from daybook.documents.kinds import Kind
from daybook.documents.line_kinds import OF_REFUNDS, LineKind
from daybook.history.kinds import Subject
from daybook.history.models import Event
from daybook.intake import facts
from daybook.intake.intents import EntryStand, OrderRow, Received, Stand
from daybook.intake.meeting import met
from daybook.intake.parts import Told
from daybook.mapping.texts import without_entities
from daybook.orders.models import Notice, Order, OrderStanding, Revision
from daybook.outbox import queue
from daybook.outbox.models import Entry
from daybook.outbox.states import MAPPABLE, State
from daybook.sources import statuses
from daybook.sources.canonical import schema
from daybook.sources.canonical.schema import CanonicalOrder

UNSURE_FOR = timedelta(minutes=36)
"""A document that was sent without a clear answer may still appear while the token lives (30 minutes) and a little."""
OF_STANDING = ("standing", "cause", "subject", "detail", "written_from", "unprepared_since")
OF_ORDER = tuple(name for name in OrderRow._fields if name not in OF_STANDING)
"""The fields that a plan decides."""
Entries = Callable[[QuerySet[Entry]], QuerySet[Entry]]


@dataclass(slots=True, kw_only=True)
class Work:
    """An order, and what was read of it and of its standing toward one connection."""

    order: Order
    stands: OrderStanding
    received: Received
    stand: Stand
    is_fresh: bool = False
    """The order was made in this transaction, and its standing is still to be inserted."""
    entries: list[Entry]
    """All its documents that were made for the connection, oldest first."""

    def entry(self, pk: int) -> Entry:
        """Return one of its documents."""
        return next(each for each in self.entries if each.pk == pk)

    def marked(self, mark: str) -> Entry:
        """Return that of its documents that has this mark."""
        return next(each for each in self.entries if each.public_id == mark)

    @property
    def skus(self) -> set[str]:
        """Return the goods of the order."""
        return {without_entities(line.sku) for line in self.received.order.lines} if self.received.order else set()

    @property
    def line_kinds(self) -> set[LineKind]:
        """Return what the order's lines are lines of."""
        order = self.received.order
        if order is None:
            return set()
        of_refunds = OF_REFUNDS if order.refunds or self.stand.typed_refunds else frozenset()
        return {line.kind for line in order.lines} | of_refunds


def locked(company: Company, connection_id: int, order_ids: Sequence[int], now: datetime) -> list[Work]:
    """Return these orders of the company, their rows and their documents' rows locked in one order.

    Those that came before the connection began are left out: they have no standing toward it.
    """
    mine = Order.objects.filter(company=company, id__in=order_ids).select_related("feed").order_by("id")
    orders = list(
        mine.select_for_update(of=("self",)).prefetch_related("current_revision")
    )  # after the lock: a join shows what stood before we waited
    return works(company, connection_id, orders, {}, now)


def works(
    company: Company,
    connection_id: int,
    orders: Sequence[Order],
    contents: Mapping[int, CanonicalOrder],
    now: datetime,
    *,
    fresh: Mapping[int, OrderStanding] | None = None,
    in_turn: Entries = queue.locked,
) -> list[Work]:
    """Return orders whose rows the caller has locked, with all else that is known of them.

    `contents`: the content that stands, by order, where it is at hand. `fresh`: the standings, not inserted yet, of orders
    that were made in this transaction: there is nothing else of them. `in_turn`: how their documents are read, the oldest
    first: locked, unless nothing will be done.
    """
    fresh = fresh or {}
    known = [order.pk for order in orders if order.pk not in fresh]
    told = _told(company, orders, known)
    entries = _entries(company, connection_id, known, in_turn)
    standings = {**fresh, **_standings(company, connection_id, known)}
    doubtful = _may_still_appear(company.pk, (entry for each in entries.values() for entry in each), now)
    others = met(company, orders)
    return [
        Work(
            order=order,
            stands=standings[order.pk],
            is_fresh=order.pk in fresh,
            received=Received(contents.get(order.pk) or _content(order), told.get(order.pk, ())),
            stand=replace(
                _stand(order, standings[order.pk], entries.get(order.pk, []), doubtful), met=others.get(order.pk, ())
            ),
            entries=entries.get(order.pk, []),
        )
        for order in orders
        if order.pk in standings
    ]


def _standings(company: Company, connection_id: int, order_ids: Sequence[int]) -> dict[int, OrderStanding]:
    if not order_ids:
        return {}
    mine = OrderStanding.objects.filter(company=company, connection=connection_id, order__in=order_ids)
    return {row.order_id: row for row in mine}


def _content(order: Order) -> CanonicalOrder | None:
    """Return the content that stands, its status read as the feed says."""
    if order.current_revision is None:
        return None
    return statuses.order_as_meant(schema.load_order(order.current_revision.content), order.feed.status_table)


def may_still_appear(entry: Entry, now: datetime) -> bool:
    """Tell whether a call that once left the document in doubt may still reach the ledger."""
    return entry.pk in _may_still_appear(entry.company_id, [entry], now)


def _may_still_appear(company_id: int, entries: Iterable[Entry], now: datetime) -> set[int]:
    left = [entry.pk for entry in entries if entry.last_attempt_id is not None and entry.state in MAPPABLE]
    if not left:
        return set()
    told = Event.objects.filter(company_id=company_id, subject_kind=Subject.ENTRY, subject_id__in=left)
    doubts = told.filter(new_state=State.UNKNOWN, at__gt=now - UNSURE_FOR)
    return set(doubts.values_list("subject_id", flat=True))


def _entries(
    company: Company, connection_id: int, order_ids: Sequence[int], in_turn: Entries
) -> dict[int, list[Entry]]:
    found: dict[int, list[Entry]] = {}
    if not order_ids:
        return found
    mine = Entry.objects.filter(company=company, organisation__connection=connection_id, order_id__in=order_ids)
    for entry in in_turn(mine):
        found.setdefault(entry.order_id, []).append(entry)
    return found


def _stand(order: Order, stands: OrderStanding, entries: Sequence[Entry], doubtful: Collection[int]) -> Stand:
    revision = order.current_revision
    return Stand(
        public_id=order.public_id,
        received_at=order.first_received_at,
        revision=revision.number if revision is not None else None,
        revision_received_at=revision.received_at if revision is not None else None,
        typed_date=order.typed_date,
        typed_refunds=order.typed_refunds,
        row=OrderRow(
            **{name: getattr(order, name) for name in OF_ORDER},
            **{name: getattr(stands, name) for name in OF_STANDING},
        ),
        is_same_sale=order.sameness == Order.Sameness.SAME,
        entries=tuple(_entry_stand(entry, may_still_appear=entry.pk in doubtful) for entry in entries),
    )


def _entry_stand(entry: Entry, *, may_still_appear: bool) -> EntryStand:
    return EntryStand(
        id=entry.pk,
        public_id=entry.public_id,
        kind=Kind(entry.kind),
        key=entry.key,
        generation=entry.generation,
        about=entry.about_id,
        organisation_id=entry.organisation_id,
        number=entry.number,
        is_number_free=entry.is_number_free,
        state=State(entry.state),
        cause=entry.cause,
        subject=entry.subject,
        detail=entry.detail,
        document=entry.document,
        date=entry.date,
        attention=entry.attention,
        attention_detail=entry.attention_detail,
        attention_done=entry.attention_done,
        is_given_up=entry.given_up_at is not None,
        is_settled_there=entry.state == State.CANCELLED and entry.cause == Cause.SETTLED_THERE,
        may_still_appear=may_still_appear,
        their_status=entry.their_status,
    )


def received(company: Company, orders: Sequence[Order]) -> dict[int, Received]:
    """Return by order what was received of it; nothing is locked."""
    told = _told(company, orders, [order.pk for order in orders])
    return {order.pk: Received(_content(order), told.get(order.pk, ())) for order in orders}


def _told(company: Company, orders: Sequence[Order], known: Sequence[int]) -> dict[int, tuple[Told, ...]]:
    """Return by order what was called back of it."""
    if not known:
        return {}
    notices: dict[int, list[Notice]] = {}
    for notice in Notice.objects.filter(company=company, order_id__in=known):
        notices.setdefault(notice.order_id, []).append(notice)
    stood = _stood(company, orders, notices)
    return {
        order.pk: tuple(
            Told(
                statuses.notice_as_meant(schema.load_notice(notice.content), order.feed.status_table),
                is_newer=_is_newer(notice, order),
                at=notice.received_at,
                stood=stood.get(notice.pk),
            )
            for notice in notices.get(order.pk, [])
        )
        for order in orders
    }


def _stood(
    company: Company, orders: Sequence[Order], notices: Mapping[int, Sequence[Notice]]
) -> dict[int, CanonicalOrder]:
    """Return, by notice, the content that stood when a cancellation or a refund was told of that a newer content has followed."""
    older = [
        notice
        for order in orders
        for notice in notices.get(order.pk, [])
        if not _is_newer(notice, order)
        and (notice.content.get("cancellations") or facts.is_refunded(notice.content.get("status") or ""))
    ]
    if not older:
        return {}
    wanted = {notice.order_id for notice in older}
    revisions = list(Revision.objects.filter(company=company, order_id__in=wanted).order_by("number"))
    found: dict[int, CanonicalOrder] = {}
    for notice in older:
        before = [each for each in revisions if each.order_id == notice.order_id]
        before = [each for each in before if each.received_at <= notice.received_at]
        if before:
            found[notice.pk] = schema.load_order(before[-1].content)
    return found


def _is_newer(notice: Notice, order: Order) -> bool:
    revision = order.current_revision
    return revision is None or notice.received_at >= revision.received_at
