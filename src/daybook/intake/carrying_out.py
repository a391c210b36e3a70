"""Carry out the plans of a batch of orders: all their intents, with one statement a table. It decides nothing."""

from collections.abc import Sequence
from datetime import datetime

from daybook.companies.models import Company, Person
from daybook.connections.models import Gateway, TaxMapping
from daybook.documents.causes import Cause
from daybook.intake import loading
from daybook.intake.intents import CompanyRules, Enter, Flag, HoldBack, Intent, OrderRow, Plan, Remap, Withdraw
from daybook.intake.loading import Work
from daybook.outbox import entering, wake
from daybook.outbox.entering import Batch
from daybook.outbox.states import Mover, State
from daybook.tables import writing


def carry_out(
    company: Company,
    planned: Sequence[tuple[Work, Plan]],
    rules: CompanyRules,
    now: datetime,
    *,
    person: Person | None = None,
    pending: Sequence[str] = (),
) -> None:
    """Bring the day book and the orders' rows to where the plans want them, and wake whoever has to do with it.

    `person`: who asked for a document to be sent again. `pending`: fields of all these orders that the caller has changed
    and not written: they are written too. Raises `entering.NumbersTakenError`; then nothing was written.
    """
    batch, free = in_memory(company, planned, rules, now, person=person)
    entering.save(batch)
    _save_rows(company, planned, pending)
    _note_rates(planned, rules)
    _note_gateways(planned, rules)
    if free:
        wake.wake_prepare(company.pk, cause=Cause.NUMBER_TAKEN_IN_DAYBOOK)
    if any(plan.is_something_ready for _, plan in planned):
        ready = [entry for entry in (*batch.made, *batch.changed.values()) if entry.state == State.READY]
        if person is not None or any(entry.last_attempt_id for entry in ready):  # what goes again lingers for nobody
            wake.wake_drain(rules.connection_id)
        else:
            rooms = {entry.kind: rules.a_call.get(entry.kind, 1) for entry in ready}
            wake.wake_drain_unless_it_rests(company.pk, rules.connection_id, rooms, now)


def in_memory(
    company: Company,
    planned: Sequence[tuple[Work, Plan]],
    rules: CompanyRules,
    now: datetime,
    *,
    person: Person | None = None,
) -> tuple[Batch, set[int]]:
    """Bring the works, and nothing in the database, to where the plans want them.

    Return what is to be written of the documents, and which of those withdrawn leave their numbers free.
    """
    batch = Batch(company_id=company.pk, now=now)
    withdrawn = [
        work.entry(each.entry) for work, plan in planned for each in plan.intents if isinstance(each, Withdraw)
    ]
    free = entering.free_numbers(company.pk, withdrawn)
    for work, plan in planned:
        for intent in plan.intents:
            _carry(batch, work, intent, rules, free=free, person=person)
        _set_rows(work, plan.row)
    return batch, free


def _set_rows(work: Work, row: OrderRow) -> None:
    for name in loading.OF_ORDER:
        setattr(work.order, name, getattr(row, name))
    for name in loading.OF_STANDING:
        setattr(work.stands, name, getattr(row, name))


def _carry(
    batch: Batch, work: Work, intent: Intent, rules: CompanyRules, *, free: set[int], person: Person | None
) -> None:
    match intent:
        case Enter() if rules.organisation_id is not None:
            entry = entering.enter(
                batch,
                order=work.order,
                kind=intent.kind,
                key=intent.key,
                generation=intent.generation,
                organisation_id=rules.organisation_id,
                identity=rules.identity,
                number=intent.number,
                public_id=intent.mark,
                mapped=intent.mapped,
                about=work.marked(intent.about) if intent.about else None,
                needs=[(work.marked(mark), until) for mark, until in intent.needs],
                attention=intent.attention,
                attention_detail=intent.attention_detail,
            )
            work.entries.append(entry)
        case Remap(entry=pk, mapped=mapped, is_wanted=is_wanted):
            mover, asker = (Mover.PERSON, person) if is_wanted else (Mover.MAPPING, None)
            entering.remap(batch, work.entry(pk), order=work.order, mapped=mapped, mover=mover, person=asker)
        case HoldBack(entry=pk, why=why):
            entering.hold(batch, work.entry(pk), why)
        case Withdraw(entry=pk, reason=reason, cause=cause):
            entering.cancel(batch, work.entry(pk), reason=reason, cause=cause, is_number_free=pk in free)
        case Flag(entry=pk, attention=attention, detail=detail):
            entering.flag(batch, work.entry(pk), attention, detail)


def _save_rows(company: Company, planned: Sequence[tuple[Work, Plan]], pending: Sequence[str]) -> None:
    """Write what the plans decided of the orders, and of their standings. `pending`: as `carry_out` has it."""
    changed = [(work, plan.row) for work, plan in planned if plan.row != work.stand.row]
    orders = (
        [work.order for work, _ in planned]
        if pending
        else [work.order for work, row in changed if _of_order(work.stand.row) != _of_order(row)]
    )
    writing.save(orders, (*dict.fromkeys((*pending, *loading.OF_ORDER)),), company_id=company.pk)
    begun = [work.stands for work, _ in planned if work.is_fresh]
    writing.insert(begun)
    there = [work.stands for work, _ in changed if not work.is_fresh]
    writing.save(there, loading.OF_STANDING, company_id=company.pk)


def _of_order(row: OrderRow) -> tuple[object, ...]:
    return tuple(getattr(row, name) for name in loading.OF_ORDER)


def _note_gateways(planned: Sequence[tuple[Work, Plan]], rules: CompanyRules) -> None:
    """Put the gateways that were never seen before into the connection's list, for a person to decide."""
    new = sorted({gateway for _, plan in planned for gateway in plan.gateways} - rules.seen_gateways)
    if new:
        rows_of_new = [Gateway(connection_id=rules.connection_id, name=name, currency=each) for name, each in new]
        Gateway.objects.bulk_create(rows_of_new, ignore_conflicts=True)


def _note_rates(planned: Sequence[tuple[Work, Plan]], rules: CompanyRules) -> None:
    """Put the tax rates that were never seen before into the connection's mapping, for a person to decide."""
    new = sorted({rate for _, plan in planned for rate in plan.rates} - rules.seen_rates)
    if new:
        rows_of_new = [TaxMapping(connection_id=rules.connection_id, rate=rate) for rate in new]
        TaxMapping.objects.bulk_create(rows_of_new, ignore_conflicts=True)
