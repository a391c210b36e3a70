"""Carry out the plans of a batch of orders: all their intents, with one statement a table. It decides nothing."""

from collections.abc import Sequence
from datetime import datetime

from daybook.companies.models import Company, Person, TaxMapping
from daybook.documents.causes import HoldCause
from daybook.intake import loading
from daybook.intake.intents import CompanyRules, Enter, Flag, HoldBack, Intent, Plan, Remap, Withdraw
from daybook.intake.loading import Work
from daybook.orders import rows
from daybook.outbox import entering, wake
from daybook.outbox.entering import Batch
from daybook.outbox.states import Mover


def carry_out(
    company: Company,
    planned: Sequence[tuple[Work, Plan]],
    rules: CompanyRules,
    now: datetime,
    *,
    person: Person | None = None,
) -> None:
    """Bring the day book and the orders' rows to where the plans want them, and wake whoever has to do with it.

    `person`: who asked for a document to be sent again. Raises `entering.NumbersTakenError`; then nothing was written.
    """
    batch = Batch(company_id=company.pk, now=now)
    withdrawn = [
        work.entry(each.entry) for work, plan in planned for each in plan.intents if isinstance(each, Withdraw)
    ]
    free = entering.free_numbers(company.pk, withdrawn)
    for work, plan in planned:
        for intent in plan.intents:
            _carry(batch, work, intent, rules, free=free, person=person)
    entering.save(batch)
    _save_rows(company, planned)
    _note_rates(company, planned, rules)
    if free:
        wake.wake_prepare(company.pk, cause=HoldCause.NUMBER_TAKEN_IN_DAYBOOK)
    if rules.connection_id is not None and any(plan.is_something_ready for _, plan in planned):
        wake.wake_drain(rules.connection_id)


def _carry(
    batch: Batch, work: Work, intent: Intent, rules: CompanyRules, *, free: set[int], person: Person | None
) -> None:
    match intent:
        case Enter():
            entry = entering.enter(
                batch,
                order=work.order,
                kind=intent.kind,
                generation=intent.generation,
                tenant_id=rules.tenant_id,
                number=intent.number,
                public_id=intent.mark,
                mapped=intent.mapped,
                attention=intent.attention,
                attention_detail=intent.attention_detail,
            )
            work.entries.append(entry)
        case Remap(entry=pk, mapped=mapped, is_wanted=is_wanted):
            mover, asker = (Mover.PERSON, person) if is_wanted else (Mover.MAPPING, None)
            entering.remap(batch, work.entry(pk), order=work.order, mapped=mapped, mover=mover, person=asker)
        case HoldBack(entry=pk, why=why):
            entering.hold(batch, work.entry(pk), why)
        case Withdraw(entry=pk, reason=reason):
            entering.cancel(batch, work.entry(pk), reason=reason, is_number_free=pk in free)
        case Flag(entry=pk, attention=attention, detail=detail):
            entering.flag(batch, work.entry(pk), attention, detail)


def _save_rows(company: Company, planned: Sequence[tuple[Work, Plan]]) -> None:
    changed = [(work.order, plan.row) for work, plan in planned if plan.row != work.stand.row]
    for order, row in changed:
        for name in loading.ROW:
            setattr(order, name, getattr(row, name))
    rows.save([order for order, _ in changed], loading.ROW, company_id=company.pk)


def _note_rates(company: Company, planned: Sequence[tuple[Work, Plan]], rules: CompanyRules) -> None:
    """Put the tax rates that were never seen before into the company's mapping, for a person to decide."""
    new = sorted({rate for _, plan in planned for rate in plan.rates} - rules.seen_rates)
    if new:
        TaxMapping.objects.bulk_create([TaxMapping(company=company, rate=rate) for rate in new], ignore_conflicts=True)
