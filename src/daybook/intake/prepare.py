"""Bring orders and their documents up to date: lock, load, plan, carry out. What is to become of one is decided in `plan`.

orders -> loading, a fixed number of statements -> plan.plan, each on its own -> carrying_out, one statement a table
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import structlog
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from daybook.companies.models import Company, Person
from daybook.connections import roster
from daybook.connections.models import Connection
from daybook.documents.causes import Cause, Hold
from daybook.documents.kinds import Kind
from daybook.intake import carrying_out, loading
from daybook.intake.draft import Marks
from daybook.intake.drafting import SEEN_THERE
from daybook.intake.intents import NOTHING_ASKED, Asked, CompanyRules, Plan
from daybook.intake.loading import Work
from daybook.intake.plan import plan
from daybook.intake.rules import for_feed, load_rules, with_goods, with_line_accounts
from daybook.intake.rules import of_company as rules_of_company
from daybook.intake.storing import Stored
from daybook.kit import clock, ids
from daybook.ledgers import registry
from daybook.orders.models import Order, OrderStanding
from daybook.outbox import entering, explanations, judging, queue, wake
from daybook.outbox.judging import Verdict
from daybook.outbox.models import Entry
from daybook.outbox.states import IN_FLIGHT, MAPPABLE, Mover, State
from daybook.tables.outages import is_database_away

BATCH = 100
MARK_LENGTH = 12
MOST_OVERDUE = 20 * BATCH
"""Orders that one sweep prepares."""
_MOST_TRIES = 3
"""Of a batch of which a number is taken; each one more knows whose it is."""

log = structlog.get_logger("daybook.intake")


class AtFaultError(Exception):
    """Of orders that are prepared as they are stored one is at fault, or has a number that is taken."""


def _mark() -> str:
    return ids.public_id(MARK_LENGTH)


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
    asked = Asked(cured=cured)
    for each in rules_of_company(company) if rules is None else rules:
        for start in range(0, len(order_ids), BATCH):
            _prepare_some(company, order_ids[start : start + BATCH], each, asked)


def _prepare_some(company: Company, batch: Sequence[int], rules: CompanyRules, asked: Asked) -> None:
    try:
        _prepare_batch(company, batch, rules, asked)
    except Exception as error:
        if is_database_away(error):
            raise
        for order_id in batch:
            _prepare_alone(company, order_id, rules, asked)


def prepare_stored(
    company: Company,
    stored: Sequence[Stored],
    rules: Sequence[CompanyRules],
    now: datetime,
    *,
    pending: Sequence[str],
) -> list[Work]:
    """Prepare orders in the transaction that stored them, which holds their rows' locks.

    Raises AtFaultError where one of them is at fault or has a number that is taken: the caller's transaction is to be
    given up. A savepoint instead would cost each order that comes alone two statements, for what hardly ever happens.
    `pending`: as `carrying_out.carry_out` has it.
    """
    orders = sorted((each.row for each in stored), key=lambda row: row.pk)  # as `prepare_orders` goes through them
    contents = {each.order_id: each.content for each in stored if each.content is not None}
    done: list[Work] = []
    try:
        for each in rules:
            fresh = {one.order_id: one.begun[each.connection_id] for one in stored if each.connection_id in one.begun}
            works = loading.works(company, each.connection_id, orders, contents, now, fresh=fresh)
            plan_and_carry_out(company, works, each, now, pending=pending)
            done += works
    except Exception as error:
        if is_database_away(error):
            raise
        raise AtFaultError from error
    return done


def prepare_company(company_id: int, *, causes: Iterable[str] = ()) -> None:
    """Look again at all of a company's orders that may become documents, or whose documents wait for a cure.

    `causes`: only those orders and documents; documents refused for one of them are sent again.
    """
    company = Company.objects.get(pk=company_id)
    wanted = frozenset(causes)
    looked_at = (
        wanted | SEEN_THERE if Cause.PERIOD_LOCKED in wanted else wanted
    )  # a locked day stands in their detail only
    for connection in roster.taking_orders(company):
        last_id = 0
        while batch := list(_unsettled(connection, looked_at).filter(order__gt=last_id)[:BATCH]):
            prepare_orders(company, batch, rules=[load_rules(connection)], cured=wanted)
            last_id = batch[-1]


def prepare_overdue(*, before: datetime) -> None:
    """Prepare what was stored before that moment and is not prepared yet, of each connection as many.

    The process died in between, or a document was under way; where one still is, its order waits on.
    """
    under_way = Entry.objects.filter(
        order=OuterRef("order"), organisation__connection=OuterRef("connection"), state__in=IN_FLIGHT
    )
    overdue = OrderStanding.objects.filter(~Exists(under_way), unprepared_since__lt=before, connection__closed_at=None)
    by_connection: dict[int, list[int]] = {}
    turn = Window(RowNumber(), partition_by="connection", order_by="order")
    rows = overdue.annotate(turn=turn).order_by("turn", "connection").values_list("connection_id", "order_id")
    for connection_id, order_id in rows[:MOST_OVERDUE]:
        by_connection.setdefault(connection_id, []).append(order_id)
    connections = Connection.objects.select_related("company", "organisation", "last_organisation")
    for connection in connections.filter(pk__in=by_connection).order_by("id"):
        try:
            prepare_orders(connection.company, by_connection[connection.pk], rules=[load_rules(connection)])
        except Exception as error:  # one company's trouble must not keep the others waiting
            if is_database_away(error):
                raise
            log.exception("company not prepared", company=connection.company.public_id)


def wake_part_shipments() -> None:
    """Ask for orders that were dispatched in part to be looked at: waiting too long is nothing that is ever received."""
    waiting = OrderStanding.objects.filter(standing=Order.Standing.WAITING, cause=Cause.PART_SHIPPED)
    waiting = waiting.filter(company__closed_at=None)
    for company_id in waiting.order_by("company_id").values_list("company_id", flat=True).distinct():
        wake.wake_prepare(company_id, cause=Cause.PART_SHIPPED)


def retry(entry: Entry, person: Person) -> None:
    """Map a held or refused document anew because a person asks for it; what was refused is sent again."""
    _prepare_alone(entry.company, entry.order_id, load_rules(_connection_of(entry)), Asked(again=entry.pk), person)


def is_sent_anew(entry: Entry) -> bool:
    """Tell whether a document of its kind may be sent once more when it is posted, as another one."""
    ledger = registry.LEDGERS.get(entry.organisation.ledger)
    form = ledger.forms.get(entry.kind) if ledger is not None else None
    return form is not None and form.is_sent_anew


@transaction.atomic
def send_anew(entry: Entry, person: Person) -> bool:
    """Send once more what was posted, as another document made of the order as it is now, because a person asks.

    False, and nothing is done: its ledger takes none twice, it is not posted, another one was made since, or its order is not
    due any more.
    """
    Order.objects.select_for_update().get(company_id=entry.company_id, pk=entry.order_id)  # as preparing locks
    mine = queue.locked(Entry.objects.filter(company_id=entry.company_id, pk=entry.pk)).get()
    others = Entry.objects.filter(company_id=entry.company_id, order=entry.order_id, kind=entry.kind, key=entry.key)
    others = others.filter(organisation=entry.organisation_id, generation__gt=mine.generation)
    if not is_sent_anew(entry) or mine.state != State.POSTED or others.exists():
        return False
    _prepare_alone(entry.company, entry.order_id, load_rules(_connection_of(entry)), Asked(anew=entry.pk), person)
    if not others.exists():
        return False  # the order is not due any more
    queue.sent_anew(mine, person=person)
    return True


@transaction.atomic
def cancel(entry: Entry, person: Person, note: str = "") -> bool:
    """End a document because a person says that it shall not be posted; only a person brings it back (`restore`).

    False, and nothing is done: it is under way or final, or an earlier call may have made it or may still make it.
    """
    Order.objects.select_for_update().get(company_id=entry.company_id, pk=entry.order_id)  # as preparing locks
    mine = queue.locked(Entry.objects.filter(company_id=entry.company_id, pk=entry.pk)).get()
    is_sure = mine.attention != Cause.POSTED_LATE and not loading.may_still_appear(mine, clock.now())
    if mine.state not in MAPPABLE or not is_sure:
        return False
    queue.give_up(mine, person=person, note=note)
    if mine.is_number_free:
        wake.wake_prepare(mine.company_id, cause=Cause.NUMBER_TAKEN_IN_DAYBOOK)
    return True


@transaction.atomic
def settle_doubt(entry: Entry, verdict: Verdict, person: Person, *, their_id: str = "", note: str = "") -> bool:
    """Settle a document of which nobody knows whether it stands there, as a person says.

    False, and nothing is done: it is not unknown any more, or a look will tell.
    """
    Order.objects.select_for_update().get(company_id=entry.company_id, pk=entry.order_id)  # as preparing locks
    Connection.objects.select_for_update().get(pk=entry.organisation.connection_id)  # as connecting locks
    mine = queue.locked(Entry.objects.filter(company_id=entry.company_id, pk=entry.pk)).get()
    if verdict not in verdicts_on(mine):
        return False
    queue.settle_doubt(mine, verdict, person=person, their_id=their_id, note=note)
    return True


def verdicts_on(entry: Entry) -> tuple[Verdict, ...]:
    """Return what a person may say of a document now."""
    organisation = entry.organisation
    connection = organisation.connection
    ledger = registry.LEDGERS.get(organisation.ledger)
    is_reached = connection.is_connected and connection.organisation_id == organisation.pk
    form = ledger.forms.get(entry.kind) if ledger else None
    return judging.verdicts(State(entry.state), form, is_reached=is_reached)


def restore(entry: Entry, person: Person) -> bool:
    """Take back "do not post it": the document is made anew, now or as soon as its order is due.

    False, and nothing is done: no person gave it up, and nobody had settled there what it was to settle.
    """
    connection = _connection_of(entry)
    with transaction.atomic():
        Order.objects.select_for_update().get(company_id=entry.company_id, pk=entry.order_id)
        mine = queue.locked(Entry.objects.filter(company_id=entry.company_id, pk=entry.pk)).get()
        is_ended = mine.given_up_at is not None or mine.cause == Cause.SETTLED_THERE
        if mine.state != State.CANCELLED or not is_ended:
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
    what = explanations.title_to_store(mine.attention, mine.number, ledger=mine.organisation.ledger)
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
    company: Company, order_id: int, rules: CompanyRules, asked: Asked = NOTHING_ASKED, person: Person | None = None
) -> None:
    """Prepare one order, or put it aside for a person where Daybook cannot: a defect of ours."""
    try:
        _prepare_batch(company, [order_id], rules, asked, person)
    except Exception as error:
        if is_database_away(error):
            raise
        log.exception("order put aside", company=company.public_id, order=order_id)
        _put_aside(company, rules.connection_id, order_id, defect(error))


def defect(error: Exception) -> Hold:
    """Return why what Daybook cannot work with is held."""
    return Hold(Cause.DEFECT, detail=f"Its log names a {type(error).__name__}.")


@transaction.atomic
def _put_aside(company: Company, connection_id: int, order_id: int, why: Hold) -> None:
    """Hold the order, and its documents: nobody knows whether they still say what the order says."""
    order = Order.objects.select_for_update().get(company=company, pk=order_id)
    OrderStanding.objects.filter(company=company, order=order, connection=connection_id).update(
        standing=Order.Standing.HELD, cause=why.cause, subject=order.ref, detail=why.detail, unprepared_since=None
    )
    mine = Entry.objects.filter(
        company=company, organisation__connection=connection_id, order=order, state__in=MAPPABLE
    )
    for entry in queue.locked(mine):
        queue.hold(entry, why, mover=Mover.MAPPING)


def _prepare_batch(
    company: Company, order_ids: Sequence[int], rules: CompanyRules, asked: Asked, person: Person | None = None
) -> None:
    """Prepare orders in one transaction; again where a number of theirs is taken, knowing whose it is."""
    taken: dict[tuple[str, str], str] = {}
    for tries_left in reversed(range(_MOST_TRIES)):
        try:
            with transaction.atomic():
                now = clock.now()
                works = loading.locked(company, rules.connection_id, order_ids, now)
                plan_and_carry_out(company, works, rules, now, asked=asked, person=person, taken=taken)
        except entering.NumbersTakenError as error:
            found = owners(company, rules, error.numbers)
            if not tries_left or not found.keys() - taken.keys():
                raise  # two orders of this batch want one number: each is prepared alone, the second one knowing whose
            taken |= found
        else:
            return


def plan_and_carry_out(
    company: Company,
    works: Sequence[Work],
    rules: CompanyRules,
    now: datetime,
    *,
    asked: Asked = NOTHING_ASKED,
    person: Person | None = None,
    taken: Mapping[tuple[str, str], str] | None = None,
    pending: Sequence[str] = (),
) -> None:
    """Bring orders up to date whose rows are locked in the caller's transaction. Raises `entering.NumbersTakenError`.

    `pending`: as `carrying_out.carry_out` has it.
    """
    plans = planned(works, rules, now, asked=asked, taken=taken or {})
    carrying_out.carry_out(company, plans, rules, now, person=person, pending=pending)


def planned(
    works: Sequence[Work],
    rules: CompanyRules,
    now: datetime,
    *,
    asked: Asked = NOTHING_ASKED,
    taken: Mapping[tuple[str, str], str],
    marks: Marks = _mark,
) -> list[tuple[Work, Plan]]:
    """Return what is to become of these orders; nothing is done. `taken`: as `Stand` has it."""
    rules = with_what_they_need(works, rules)
    return [(work, planned_alone(work, rules, now, asked=asked, taken=taken, marks=marks)) for work in works]


def with_what_they_need(works: Sequence[Work], rules: CompanyRules) -> CompanyRules:
    """Return the rules with what is known of the goods and of the lines' kinds of these orders; a fixed number of statements."""
    rules = with_goods(rules, {sku for work in works for sku in work.skus})
    return with_line_accounts(rules, {kind for work in works for kind in work.line_kinds})


def planned_alone(
    work: Work,
    rules: CompanyRules,
    now: datetime,
    *,
    asked: Asked = NOTHING_ASKED,
    taken: Mapping[tuple[str, str], str],
    marks: Marks = _mark,
) -> Plan:
    """Return what is to become of one order, by rules that know its goods; nothing is read or done."""
    stand = replace(work.stand, taken=taken)
    return plan(work.received, stand, for_feed(rules, work.order.feed), now, marks=marks, asked=asked)


def owners(company: Company, rules: CompanyRules, numbers: Iterable[tuple[Kind, str]]) -> dict[tuple[str, str], str]:
    """Return whose these numbers are, in words, by their space; "" where they are another company's."""
    return {
        (entry.number_space, entry.number.upper()): owner_in_words(entry.order)
        if entry.company_id == company.pk
        else ""
        for entry in entering.bearers(rules.identity, numbers)
    }


def owner_in_words(order: Order) -> str:
    """Return whose a number is."""
    return f"It belongs to order {order.ref} (id {order.source_id} of {order.feed.name})."
