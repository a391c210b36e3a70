"""Order + company rules -> documents -> outbox, in one short transaction.

locked orders -> facts.derive -> facts.decide -> mapping -> outbox.queue -> wake the drain
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import structlog
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from daybook.companies.models import Company, Person
from daybook.connections import roster
from daybook.connections.models import Connection, TaxMapping
from daybook.documents.causes import Hold, HoldCause
from daybook.intake import documenting
from daybook.intake.documenting import Work
from daybook.intake.facts import Reason, Told
from daybook.intake.rules import CompanyRules, for_feed, load_rules, with_goods, with_line_accounts
from daybook.intake.rules import of_company as rules_of_company
from daybook.kit import clock
from daybook.orders.models import Notice, Order, OrderStanding, Revision
from daybook.outbox import explanations, queue, wake
from daybook.outbox.models import Entry
from daybook.outbox.states import IN_FLIGHT, MAPPABLE, Mover, State
from daybook.sources import statuses
from daybook.sources.canonical import schema

BATCH = 50
DATABASE_AWAY = (OperationalError, InterfaceError)
_OF_ORDER = [
    "ordered_at", "dispatched_at", "dispatched_seen_at", "undispatched_seen_at", "on_hold_since", "currency", "net",
    "tax", "gross",
]  # fmt: skip
_OF_STANDING = ["standing", "cause", "subject", "detail", "written_from", "unprepared_since"]

log = structlog.get_logger("daybook.intake")


def prepare(order_id: int) -> None:
    """Bring one order's standing and documents up to date."""
    order = Order.objects.select_related("company").get(pk=order_id)
    prepare_orders(order.company, [order_id])


def prepare_orders(
    company: Company,
    order_ids: Sequence[int],
    *,
    rules: Sequence[CompanyRules] | None = None,
    cured: frozenset[str] = frozenset(),
) -> None:
    """Bring the standing and the documents of some of a company's orders up to date, in batches.

    `rules`: of the connections that it concerns, where the caller has just read them; all of the company's without.
    `cured`: causes of refusals after which the same document is sent again although nothing in it has changed.
    """
    for each in rules_of_company(company) if rules is None else rules:
        for start in range(0, len(order_ids), BATCH):
            _prepare_some(company, order_ids[start : start + BATCH], each, cured=cured)


def _prepare_some(company: Company, batch: Sequence[int], rules: CompanyRules, *, cured: frozenset[str]) -> None:
    try:
        _prepare_batch(company, batch, rules, cured=cured)
    except DATABASE_AWAY:
        raise
    except Exception:  # noqa: BLE001 - one of them is at fault, and is logged alone; the others go on
        for order_id in batch:
            _prepare_alone(company, order_id, rules, cured=cured)


def prepare_company(company_id: int, *, causes: Iterable[str] = ()) -> None:
    """Look again at all of a company's orders that may become documents, or whose documents wait for a cure.

    `causes`: only those orders and documents; documents refused for one of them are sent again.
    """
    company = Company.objects.get(pk=company_id)
    wanted = frozenset(causes)
    for connection in roster.taking_orders(company):
        last_id = 0
        while batch := list(_unsettled(connection, wanted).filter(order__gt=last_id)[:BATCH]):
            prepare_orders(company, batch, rules=[load_rules(connection)], cured=wanted)
            last_id = batch[-1]


def prepare_overdue(*, before: datetime) -> None:
    """Prepare what was stored before that moment and is not prepared yet.

    The process died in between, or a document was under way; where one still is, its order waits on.
    """
    under_way = Entry.objects.filter(
        order=OuterRef("order"), organisation__connection=OuterRef("connection"), state__in=IN_FLIGHT
    )
    overdue = OrderStanding.objects.filter(~Exists(under_way), unprepared_since__lt=before, connection__closed_at=None)
    by_connection: dict[int, list[int]] = {}
    rows = overdue.order_by("connection", "order").values_list("connection_id", "order_id")
    for connection_id, order_id in rows[: 20 * BATCH]:
        by_connection.setdefault(connection_id, []).append(order_id)
    connections = Connection.objects.select_related("company", "organisation", "last_organisation")
    for connection in connections.filter(pk__in=by_connection).order_by("id"):
        try:
            prepare_orders(connection.company, by_connection[connection.pk], rules=[load_rules(connection)])
        except DATABASE_AWAY:
            raise
        except Exception:  # one company's trouble must not keep the others waiting
            log.exception("company not prepared", company=connection.company.public_id)


def wake_part_shipments() -> None:
    """Ask for orders that were dispatched in part to be looked at: waiting too long is nothing that is ever received."""
    waiting = OrderStanding.objects.filter(standing=Order.Standing.WAITING, cause=Reason.PART_SHIPPED)
    for company_id in waiting.order_by("company_id").values_list("company_id", flat=True).distinct():
        wake.wake_prepare(company_id, cause=Reason.PART_SHIPPED)


def retry(entry: Entry, person: Person) -> None:
    """Map a held or refused document anew because a person asks for it; what was refused is sent again."""
    _prepare_alone(entry.company, entry.order_id, load_rules(_connection_of(entry)), again=entry.pk, person=person)


@transaction.atomic
def cancel(entry: Entry, person: Person, note: str = "") -> bool:
    """End a document because a person says that it shall not be posted; only a person brings it back (`restore`).

    False, and nothing is done: it is under way or final, or an earlier call may have made it or may still make it.
    """
    Order.objects.select_for_update().get(company_id=entry.company_id, pk=entry.order_id)  # as preparing locks
    mine = queue.locked(Entry.objects.filter(company_id=entry.company_id, pk=entry.pk)).get()
    is_sure = mine.attention != HoldCause.POSTED_LATE and not documenting.may_still_appear(mine, clock.now())
    if mine.state not in MAPPABLE or not is_sure:
        return False
    queue.give_up(mine, person=person, note=note)
    if mine.is_number_free:
        wake.wake_prepare(mine.company_id, cause=HoldCause.NUMBER_TAKEN_IN_DAYBOOK)
    return True


def restore(entry: Entry, person: Person) -> bool:
    """Take back "do not post it": the document is made anew, now or as soon as its order is due.

    False, and nothing is done: no person gave it up.
    """
    connection = _connection_of(entry)
    with transaction.atomic():
        Order.objects.select_for_update().get(company_id=entry.company_id, pk=entry.order_id)
        mine = queue.locked(Entry.objects.filter(company_id=entry.company_id, pk=entry.pk)).get()
        if mine.state != State.CANCELLED or mine.given_up_at is None:
            return False
        queue.take_back(mine, person=person)
        stands = OrderStanding.objects.filter(
            company_id=entry.company_id, order=entry.order_id, connection=connection, unprepared_since=None
        )
        stands.update(unprepared_since=clock.now())  # should we die before preparing it
    _prepare_alone(entry.company, entry.order_id, load_rules(connection))
    return True


def _connection_of(entry: Entry) -> Connection:
    """Return the connection that a document was made for."""
    rows = Connection.objects.select_related("company", "organisation", "last_organisation")
    return rows.get(company_id=entry.company_id, pk=entry.organisation.connection_id)


@transaction.atomic
def attend(entry: Entry, person: Person, note: str = "") -> bool:
    """Take a document's flag off because a person says that it is done. False where it has none (any more)."""
    mine = queue.locked(Entry.objects.filter(company_id=entry.company_id, pk=entry.pk)).get()
    if not mine.attention:
        return False
    what = explanations.explain(mine.attention, mine.number, ledger=mine.organisation.ledger).title
    queue.attend(mine, what=what, person=person, note=note)
    return True


def _unsettled(connection: Connection, causes: frozenset[str]) -> QuerySet[OrderStanding, int]:
    """Return the ids of the orders that stand open toward the connection, or have a document there that waits."""
    open_standings = [Order.Standing.WAITING, Order.Standing.HELD, Order.Standing.SKIPPED]
    waiting = Entry.objects.filter(
        company_id=connection.company_id,
        organisation__connection=connection,
        order=OuterRef("order"),
        state__in=[State.HELD, State.READY, State.REJECTED],
    )
    mine = OrderStanding.objects.filter(company_id=connection.company_id, connection=connection).order_by("order")
    if causes:
        is_open = Q(standing__in=open_standings, cause__in=causes)
        mine = mine.filter(is_open | Exists(waiting.filter(cause__in=causes)))
    else:
        mine = mine.filter(Q(standing__in=open_standings) | Exists(waiting))
    return mine.values_list("order_id", flat=True)


def _prepare_alone(
    company: Company,
    order_id: int,
    rules: CompanyRules,
    *,
    cured: frozenset[str] = frozenset(),
    again: int | None = None,
    person: Person | None = None,
) -> None:
    """Prepare one order, or put it aside for a person where Daybook cannot: a defect of ours."""
    try:
        _prepare_batch(company, [order_id], rules, cured=cured, again=again, person=person)
    except DATABASE_AWAY:
        raise
    except Exception as error:
        log.exception("order put aside", company=company.public_id, order=order_id)
        _put_aside(
            rules.connection, order_id, Hold(HoldCause.DEFECT, detail=f"Its log names a {type(error).__name__}.")
        )


@transaction.atomic
def _put_aside(connection: Connection, order_id: int, why: Hold) -> None:
    """Hold the order, and its documents: nobody knows whether they still say what the order says."""
    company_id = connection.company_id
    order = Order.objects.select_for_update().get(company_id=company_id, pk=order_id)
    OrderStanding.objects.filter(company_id=company_id, order=order, connection=connection).update(
        standing=Order.Standing.HELD, cause=why.cause, subject=order.ref, detail=why.detail, unprepared_since=None
    )
    mine = Entry.objects.filter(
        company_id=company_id, organisation__connection=connection, order=order, state__in=MAPPABLE
    )
    for entry in queue.locked(mine):
        queue.hold(entry, why, mover=Mover.MAPPING)


def _prepare_batch(
    company: Company,
    order_ids: Sequence[int],
    rules: CompanyRules,
    *,
    cured: frozenset[str] = frozenset(),
    again: int | None = None,
    person: Person | None = None,
) -> None:
    with transaction.atomic():
        works = _locked_works(company, rules.connection, order_ids, cured=cured, again=again, person=person)
        now = clock.now()
        rules = with_goods(rules, {sku for work in works for sku in work.skus})
        rules = with_line_accounts(rules, {kind for work in works for kind in work.line_kinds})
        for work in works:
            of_order, of_standing = _values(work.order, _OF_ORDER), _values(work.stands, _OF_STANDING)
            documenting.document(work, for_feed(rules, work.order.feed), now)
            if _values(work.order, _OF_ORDER) != of_order:  # cheaper than bulk_update's CASE of every column
                work.order.save(update_fields=_OF_ORDER)
            if _values(work.stands, _OF_STANDING) != of_standing:
                work.stands.save(update_fields=_OF_STANDING)
        _note_rates(works, rules)
        if any(work.is_something_ready for work in works):
            wake.wake_drain(rules.connection.pk)


def _values(row: Order | OrderStanding, names: Sequence[str]) -> tuple[object, ...]:
    return tuple(getattr(row, name) for name in names)


def _locked_works(
    company: Company,
    connection: Connection,
    order_ids: Sequence[int],
    *,
    cured: frozenset[str],
    again: int | None,
    person: Person | None,
) -> list[Work]:
    """Return the orders with all that is known of them, their rows and their documents' rows locked in one order.

    Those that came before the connection began are left out: they have no standing toward it.
    """
    orders = list(
        Order.objects.filter(company=company, id__in=order_ids)
        .select_related("feed")
        .select_for_update(of=("self",))
        .order_by("id")
        .prefetch_related("current_revision")  # read after the lock: a join shows what stood before we waited
    )
    notices: dict[int, list[Notice]] = {}
    for notice in Notice.objects.filter(company=company, order_id__in=order_ids):
        notices.setdefault(notice.order_id, []).append(notice)
    entries: dict[int, list[Entry]] = {}
    made = Entry.objects.filter(company=company, organisation__connection=connection, order_id__in=order_ids)
    for entry in queue.locked(made):
        entries.setdefault(entry.order_id, []).append(entry)
    rows = OrderStanding.objects.filter(company=company, connection=connection, order__in=order_ids)
    standings = {row.order_id: row for row in rows}
    stood = _stood(company, orders, notices)
    return [
        Work(
            order=order,
            stands=standings[order.pk],
            content=_content(order),
            told=_told(order, notices.get(order.pk, []), stood),
            entries=entries.get(order.pk, []),
            cured=cured,
            again=again,
            person=person,
        )
        for order in orders
        if order.pk in standings
    ]


def _content(order: Order) -> schema.CanonicalOrder | None:
    """Return the content that stands, its status read as the feed says."""
    if order.current_revision is None:
        return None
    return statuses.order_as_meant(schema.load_order(order.current_revision.content), order.feed.status_table)


def _stood(
    company: Company, orders: Sequence[Order], notices: Mapping[int, Sequence[Notice]]
) -> dict[int, schema.CanonicalOrder]:
    """Return, by notice, the content that stood when a cancellation came that a newer content has followed."""
    older = [
        notice
        for order in orders
        for notice in notices.get(order.pk, [])
        if notice.content.get("cancellations") and not _is_newer(notice, order)
    ]
    found: dict[int, schema.CanonicalOrder] = {}
    if older:
        wanted = {notice.order_id for notice in older}
        revisions = list(Revision.objects.filter(company=company, order_id__in=wanted).order_by("number"))
        for notice in older:
            before = [
                each
                for each in revisions
                if each.order_id == notice.order_id and each.received_at <= notice.received_at
            ]
            if before:
                found[notice.pk] = schema.load_order(before[-1].content)
    return found


def _is_newer(notice: Notice, order: Order) -> bool:
    revision = order.current_revision
    return revision is None or notice.received_at >= revision.received_at


def _told(order: Order, notices: list[Notice], stood: Mapping[int, schema.CanonicalOrder]) -> tuple[Told, ...]:
    return tuple(
        Told(
            statuses.notice_as_meant(schema.load_notice(notice.content), order.feed.status_table),
            is_newer=_is_newer(notice, order),
            at=notice.received_at,
            stood=stood.get(notice.pk),
        )
        for notice in notices
    )


def _note_rates(works: Sequence[Work], rules: CompanyRules) -> None:
    """Put the tax rates that were never seen before into the connection's mapping, for a person to decide."""
    new = {rate for work in works for rate in work.rates if rate not in rules.seen_rates}
    TaxMapping.objects.bulk_create(
        [TaxMapping(connection=rules.connection, rate=rate) for rate in sorted(new)], ignore_conflicts=True
    )
