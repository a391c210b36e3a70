"""Bring orders and their documents up to date: lock, load, plan, carry out. What is to become of one is decided in `plan`.

orders -> loading, a fixed number of statements -> plan.plan, each on its own -> carrying_out, one statement a table
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import structlog
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from daybook.companies.models import Company, Person
from daybook.documents.causes import Hold, HoldCause
from daybook.documents.kinds import Kind
from daybook.intake import carrying_out, loading
from daybook.intake.facts import Reason
from daybook.intake.intents import NOTHING_ASKED, Asked, CompanyRules
from daybook.intake.loading import Work
from daybook.intake.plan import plan
from daybook.intake.rules import load_rules, with_goods
from daybook.kit import clock, ids
from daybook.orders.models import Order
from daybook.outbox import entering, explanations, queue, wake
from daybook.outbox.models import Entry
from daybook.outbox.states import IN_FLIGHT, MAPPABLE, Mover, State
from daybook.sources.canonical.schema import CanonicalOrder

BATCH = 50
DATABASE_AWAY = (OperationalError, InterfaceError)
MARK_LENGTH = 12
_MOST_TRIES = 3
"""Of a batch of which a number is taken; each one more knows whose it is."""

log = structlog.get_logger("daybook.intake")


def prepare(order_id: int) -> None:
    """Bring one order's standing and documents up to date."""
    order = Order.objects.select_related("company").get(pk=order_id)
    prepare_orders(order.company, [order_id])


def prepare_orders(
    company: Company,
    order_ids: Sequence[int],
    *,
    rules: CompanyRules | None = None,
    cured: frozenset[str] = frozenset(),
) -> None:
    """Bring the standing and the documents of some of a company's orders up to date, in batches.

    `rules`: where the caller has just read them. `cured`: causes of refusals after which the same document is sent
    again although nothing in it has changed.
    """
    rules, asked = rules or load_rules(company), Asked(cured=cured)
    for start in range(0, len(order_ids), BATCH):
        batch = order_ids[start : start + BATCH]
        try:
            _prepare_batch(company, batch, rules, asked)
        except DATABASE_AWAY:
            raise
        except Exception:  # noqa: BLE001 - one of them is at fault, and is logged alone; the others go on
            for order_id in batch:
                _prepare_alone(company, order_id, rules, asked)


def prepare_stored(
    company: Company,
    orders: Sequence[Order],
    contents: Mapping[int, CanonicalOrder],
    rules: CompanyRules,
    now: datetime,
    *,
    fresh: Collection[int],
) -> list[Work]:
    """Prepare orders in the transaction that stored them, which holds their rows' locks.

    Nothing, and nothing is done, where one of them is at fault or has a number that is taken: `prepare_orders` is next.
    `contents`, `fresh`: as `loading.works` wants them.
    """
    try:
        with transaction.atomic():
            works = loading.works(company, orders, contents, now, fresh=fresh)
            plan_and_carry_out(company, works, rules, now)
    except DATABASE_AWAY:
        raise
    except Exception:  # noqa: BLE001 - whose fault it is shows, and is logged, when each is prepared again
        return []
    return works


def prepare_company(company_id: int, *, causes: Iterable[str] = ()) -> None:
    """Look again at all of a company's orders that may become documents, or whose documents wait for a cure.

    `causes`: only those orders and documents; documents refused for one of them are sent again.
    """
    company = Company.objects.get(pk=company_id)
    wanted = frozenset(causes)
    last_id = 0
    while batch := list(_unsettled(company, wanted).filter(id__gt=last_id).values_list("id", flat=True)[:BATCH]):
        prepare_orders(company, batch, cured=wanted)
        last_id = batch[-1]


def prepare_overdue(*, before: datetime) -> None:
    """Prepare what was stored before that moment and is not prepared yet.

    The process died in between, or a document was under way; where one still is, its order waits on.
    """
    under_way = Entry.objects.filter(company=OuterRef("company"), order=OuterRef("pk"), state__in=IN_FLIGHT)
    overdue = Order.objects.filter(~Exists(under_way), unprepared_since__lt=before).order_by("company_id", "id")
    by_company: dict[int, list[int]] = {}
    for company_id, order_id in overdue.values_list("company_id", "id")[: 20 * BATCH]:
        by_company.setdefault(company_id, []).append(order_id)
    for company in Company.objects.filter(pk__in=by_company):
        try:
            prepare_orders(company, by_company[company.pk])
        except DATABASE_AWAY:
            raise
        except Exception:  # one company's trouble must not keep the others waiting
            log.exception("company not prepared", company=company.public_id)


def wake_part_shipments() -> None:
    """Ask for orders that were dispatched in part to be looked at: waiting too long is nothing that is ever received."""
    waiting = Order.objects.filter(standing=Order.Standing.WAITING, cause=Reason.PART_SHIPPED)
    for company_id in waiting.order_by("company_id").values_list("company_id", flat=True).distinct():
        wake.wake_prepare(company_id, cause=Reason.PART_SHIPPED)


def retry(entry: Entry, person: Person) -> None:
    """Map a held or refused document anew because a person asks for it; what was refused is sent again."""
    company = Company.objects.get(pk=entry.company_id)
    _prepare_alone(company, entry.order_id, load_rules(company), Asked(again=entry.pk), person)


@transaction.atomic
def cancel(entry: Entry, person: Person, note: str = "") -> bool:
    """End a document because a person says that it shall not be posted; only a person brings it back (`restore`).

    False, and nothing is done: it is under way or final, or an earlier call may have made it or may still make it.
    """
    Order.objects.select_for_update().get(company_id=entry.company_id, pk=entry.order_id)  # as preparing locks
    mine = queue.locked(Entry.objects.filter(company_id=entry.company_id, pk=entry.pk)).get()
    is_sure = mine.attention != "posted_late" and not loading.may_still_appear(mine, clock.now())
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
    with transaction.atomic():
        order = Order.objects.select_for_update().get(company_id=entry.company_id, pk=entry.order_id)
        mine = queue.locked(Entry.objects.filter(company_id=entry.company_id, pk=entry.pk)).get()
        if mine.state != State.CANCELLED or mine.given_up_at is None:
            return False
        queue.take_back(mine, person=person)
        order.unprepared_since = order.unprepared_since or clock.now()  # should we die before preparing it
        order.save(update_fields=["unprepared_since"])
    company = Company.objects.get(pk=entry.company_id)
    _prepare_alone(company, entry.order_id, load_rules(company))
    return True


@transaction.atomic
def attend(entry: Entry, person: Person, note: str = "") -> bool:
    """Take a document's flag off because a person says that it is done. False where it has none (any more)."""
    mine = queue.locked(Entry.objects.filter(company_id=entry.company_id, pk=entry.pk)).get()
    if not mine.attention:
        return False
    what = explanations.explain(mine.attention, mine.number).title
    queue.attend(mine, what=what, person=person, note=note)
    return True


def _unsettled(company: Company, causes: frozenset[str]) -> QuerySet[Order]:
    open_standings = [Order.Standing.WAITING, Order.Standing.HELD, Order.Standing.SKIPPED]
    waiting = Entry.objects.filter(
        company=company, order=OuterRef("pk"), state__in=[State.HELD, State.READY, State.REJECTED]
    )
    mine = Order.objects.filter(company=company).order_by("id")
    if causes:
        return mine.filter(Q(standing__in=open_standings, cause__in=causes) | Exists(waiting.filter(cause__in=causes)))
    return mine.filter(Q(standing__in=open_standings) | Exists(waiting))


def _prepare_alone(
    company: Company, order_id: int, rules: CompanyRules, asked: Asked = NOTHING_ASKED, person: Person | None = None
) -> None:
    """Prepare one order, or put it aside for a person where Daybook cannot: a defect of ours."""
    try:
        _prepare_batch(company, [order_id], rules, asked, person)
    except DATABASE_AWAY:
        raise
    except Exception as error:
        log.exception("order put aside", company=company.public_id, order=order_id)
        _put_aside(company, order_id, Hold(HoldCause.DEFECT, detail=f"Its log names a {type(error).__name__}."))


@transaction.atomic
def _put_aside(company: Company, order_id: int, why: Hold) -> None:
    """Hold the order, and its documents: nobody knows whether they still say what the order says."""
    order = Order.objects.select_for_update().get(company=company, pk=order_id)
    order.standing, order.cause, order.subject, order.detail = Order.Standing.HELD, why.cause, order.ref, why.detail
    order.unprepared_since = None
    order.save(update_fields=loading.ROW)
    for entry in queue.locked(Entry.objects.filter(company=company, order=order, state__in=MAPPABLE)):
        queue.hold(entry, why, mover=Mover.MAPPING)


def _prepare_batch(
    company: Company, order_ids: Sequence[int], rules: CompanyRules, asked: Asked, person: Person | None = None
) -> None:
    """Prepare orders in one transaction; again where a number of theirs is taken, knowing whose it is."""
    taken: dict[tuple[Kind, str], str] = {}
    for tries_left in reversed(range(_MOST_TRIES)):
        try:
            with transaction.atomic():
                now = clock.now()
                plan_and_carry_out(company, loading.locked(company, order_ids, now), rules, now, asked, person, taken)
        except entering.NumbersTakenError as error:
            owners = _owners(company, rules, error.numbers)
            if not tries_left or not owners.keys() - taken.keys():
                raise  # two orders of this batch want one number: each is prepared alone, the second one knowing whose
            taken |= owners
        else:
            return


def plan_and_carry_out(
    company: Company,
    works: Sequence[Work],
    rules: CompanyRules,
    now: datetime,
    asked: Asked = NOTHING_ASKED,
    person: Person | None = None,
    taken: Mapping[tuple[Kind, str], str] | None = None,
) -> None:
    """Bring orders up to date whose rows are locked in the caller's transaction. Raises `entering.NumbersTakenError`."""
    rules = with_goods(rules, company, {sku for work in works for sku in work.skus})
    planned = [
        (work, plan(work.received, replace(work.stand, taken=taken or {}), rules, now, marks=_mark, asked=asked))
        for work in works
    ]
    carrying_out.carry_out(company, planned, rules, now, person=person)


def _mark() -> str:
    return ids.public_id(MARK_LENGTH)


def _owners(company: Company, rules: CompanyRules, numbers: Iterable[tuple[Kind, str]]) -> dict[tuple[Kind, str], str]:
    """Return whose these numbers are, in words; "" where they are another company's."""
    return {
        (Kind(entry.kind), entry.number.upper()): _owner_in_words(entry.order) if entry.company_id == company.pk else ""
        for entry in entering.bearers(rules.tenant_id, numbers)
    }


def _owner_in_words(order: Order) -> str:
    return f"It belongs to order {order.ref} (id {order.source_id} of {order.source})."
