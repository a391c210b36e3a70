"""What would become of many orders, decided as intake decides, with nothing done; a fixed number of statements, however many.

rows, stored or made up -> loading -> prepare.planned_alone, each on its own -> carrying_out.in_memory -> Rehearsed
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from itertools import count

import structlog
from django.db.models import Q, QuerySet

from daybook.companies.models import Company
from daybook.connections.models import Connection
from daybook.intake import carrying_out, loading, prepare, storing
from daybook.intake.draft import Marks
from daybook.intake.intents import CompanyRules, Enter, Plan
from daybook.intake.loading import Work
from daybook.intake.storing import Incoming
from daybook.orders.models import Order, OrderStanding, Revision
from daybook.outbox.models import Entry
from daybook.sources.canonical import schema
from daybook.sources.canonical.schema import CanonicalOrder
from daybook.tables.outages import is_database_away

log = structlog.get_logger("daybook.intake")
Numbers = Mapping[tuple[str, str], str]
"""By (space, number in capitals) whose it is, in words."""


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """One order as it would be, and the documents that it would have, none of them saved."""

    order: Order
    stands: OrderStanding
    """How it would stand, and why."""
    entries: Sequence[Entry] = ()
    """All that it has or would have through the connection, oldest first; what is new has no `pk`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Orders as they would be if they came now."""

    orders: list[Order] = field(default_factory=list)
    """In their order; what is not stored has a `pk` below zero, and nothing of it is saved."""
    contents: dict[int, CanonicalOrder] = field(default_factory=dict)
    """By `pk`, what would stand."""


def rows_of(company: Company, incomings: Sequence[Incoming], now: datetime, zone: tzinfo) -> Rows:
    """Return the rows of orders that came now; of one that stands twice among them the last counts. `zone`: the sender's."""
    there = _stored(company, incomings)
    found: dict[tuple[int, str], tuple[Order, Incoming]] = {}
    names = count(-1, -1)
    for each in incomings:
        known = there.get(each.key) or there.get((each.feed.pk, f"\0{each.order.ref}"))
        earlier = found.pop(each.key, None)
        row = as_if_it_came(company, each, known, now, zone)
        if row.pk is None:
            row.pk = earlier[0].pk if earlier is not None else next(names)
        found[each.key] = (row, each)
    return Rows(
        orders=[row for row, _ in found.values()], contents={row.pk: each.as_meant for row, each in found.values()}
    )


def _stored(company: Company, incomings: Sequence[Incoming]) -> dict[tuple[int, str], Order]:
    """Return the orders that are there by (feed, id); under the ref behind a NUL those of which only a callback told."""
    feeds = {each.feed.pk for each in incomings if each.feed.pk is not None}
    ids, refs = [each.order.id for each in incomings], [each.order.ref for each in incomings]
    names = Q(source_id__in=ids) | Q(source_id__in=refs, current_revision=None)
    mine = Order.objects.select_related("feed", "current_revision").filter(names, company=company, feed__in=feeds)
    found: dict[tuple[int, str], Order] = {}
    for row in mine:
        found[(row.feed_id, row.source_id)] = row
        if row.current_revision_id is None and row.source_id == row.ref:
            found[(row.feed_id, f"\0{row.ref}")] = row
    return found


def as_if_it_came(company: Company, incoming: Incoming, known: Order | None, now: datetime, zone: tzinfo) -> Order:
    """Return an order's row as it would be with this content; `known`: the one that is there. Nothing is saved."""
    order = known if known is not None else storing.new_row(company, incoming, now, zone)
    if known is None:
        order.public_id = placeholder(0)
    order.source_id = incoming.order.id  # which one that a callback made does not know yet
    digest = storing.content_hash(schema.content_of(incoming.order))
    last = order.current_revision
    if last is None or last.content_hash != digest:
        storing.fill(order, incoming, now, zone)
        number = last.number + 1 if last is not None else 1
        order.current_revision = Revision(number=number, content_hash=digest, received_at=now)
    return order


def placeholder(number: int) -> str:
    """Return what stands for a mark, or for the id of an order, that is drawn when it is made."""
    return f"{number or '':x>{prepare.MARK_LENGTH}}"


def of_rows(connection: Connection, rules: CompanyRules, rows: Rows, now: datetime) -> list[Rehearsed]:
    """Return what would become of these orders one after the other; those that the connection does not take are left out.

    `rules`: of the connection, and not of a feed. What Daybook cannot work with is told as it would be put aside.
    """
    works = _loaded(connection, rules, rows, now)
    plans = _planned(connection, works, rules, now)
    _carry(connection, works, plans, rules, now)
    return [
        _told(work, connection)
        if isinstance(plan, Plan)
        else Rehearsed(work.order, put_aside(work.order, connection, plan))
        for work, plan in zip(works, plans, strict=True)
    ]


def of_one(connection: Connection, rules: CompanyRules, rows: Rows, now: datetime) -> Rehearsed | None:
    """Return what would become of the only one of these orders; None: the connection does not take it.

    Raises what planning raises.
    """
    works = _loaded(connection, rules, rows, now)
    plans = _planned(connection, works, rules, now)
    for plan in plans:
        if isinstance(plan, Exception):
            raise plan
    _carry(connection, works, plans, rules, now)
    return _told(works[0], connection) if works else None


def _told(work: Work, connection: Connection) -> Rehearsed:
    for entry in work.entries:
        if entry.organisation_id == connection.organisation_id:
            entry.organisation = connection.facts  # so that nobody asks for it once for each
    work.stands.connection = connection
    return Rehearsed(work.order, work.stands, tuple(work.entries))


def _loaded(connection: Connection, rules: CompanyRules, rows: Rows, now: datetime) -> list[Work]:
    company = connection.company
    fresh = {
        each.pk: OrderStanding(company=company, order=each, connection=connection)
        for each in rows.orders
        if each.pk is None or each.pk < 0
    }
    in_turn = _in_turn
    return loading.works(company, rules.connection_id, rows.orders, rows.contents, now, fresh=fresh, in_turn=in_turn)


def _in_turn(entries: QuerySet[Entry]) -> QuerySet[Entry]:
    return entries.order_by("id")


def _carry(
    connection: Connection,
    works: Sequence[Work],
    plans: Sequence[Plan | Exception],
    rules: CompanyRules,
    now: datetime,
) -> None:
    pairs = [(work, plan) for work, plan in zip(works, plans, strict=True) if isinstance(plan, Plan)]
    carrying_out.in_memory(connection.company, pairs, rules, now)


def _planned(
    connection: Connection, works: Sequence[Work], rules: CompanyRules, now: datetime
) -> list[Plan | Exception]:
    """Return what is to become of each; who comes first gets a number that several want."""
    known, numbers = prepare.with_what_they_need(works, rules), count(1)

    def marks() -> str:
        return placeholder(next(numbers))

    plans = [_alone(work, known, now, {}, marks) for work in works]
    wanted = [(each.kind, each.number) for plan in plans for each in _entered(plan)]
    owned = prepare.owners(connection.company, rules, wanted)
    for place, work in enumerate(works):
        taken = {key: owned[key] for key in _spaces(plans[place], rules) if key in owned}
        if taken:
            plans[place] = _alone(work, known, now, taken, marks)
        owned |= dict.fromkeys(_spaces(plans[place], rules), prepare.owner_in_words(work.order))
    return plans


def _entered(plan: Plan | Exception) -> list[Enter]:
    return [each for each in plan.intents if isinstance(each, Enter)] if isinstance(plan, Plan) else []


def _spaces(plan: Plan | Exception, rules: CompanyRules) -> list[tuple[str, str]]:
    """Return the (space, number in capitals) of what would be new, of kinds whose numbers are one document's only."""
    spaces = [(rules.numbering[each.kind].space, each.number.upper()) for each in _entered(plan)]
    return [(space, number) for space, number in spaces if not space.endswith(":")]


def _alone(work: Work, rules: CompanyRules, now: datetime, taken: Numbers, marks: Marks) -> Plan | Exception:
    try:
        return prepare.planned_alone(work, rules, now, taken=taken, marks=marks)
    except Exception as error:
        if is_database_away(error):
            raise
        log.exception("order not rehearsed", order=work.order.pk)
        return error


def put_aside(order: Order, connection: Connection, error: Exception) -> OrderStanding:
    """Return how an order stands that Daybook cannot work with: a defect of ours."""
    why = prepare.defect(error)
    return OrderStanding(connection=connection, standing="held", cause=why.cause, subject=order.ref, detail=why.detail)
