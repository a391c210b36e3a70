"""One order's documents: decide, map, and write into the day book. Every row is locked by `prepare.py`, the caller."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from daybook.companies.models import Person
from daybook.documents import stored
from daybook.documents.causes import Hold, HoldCause
from daybook.documents.document import Document
from daybook.documents.kinds import Kind
from daybook.documents.line_kinds import LineKind
from daybook.intake import basis, conversion, facts
from daybook.intake.facts import Due, Facts, Known, NotYet, Skip, Told
from daybook.intake.rules import CompanyRules
from daybook.kit import ids
from daybook.kit.money import Totals
from daybook.mapping import invoices, numbers, purchase_orders, stock, suspicions, totals
from daybook.mapping import orders as mapping
from daybook.mapping.texts import without_entities
from daybook.orders.models import Order, OrderStanding
from daybook.outbox import queue, wake
from daybook.outbox.models import Entry
from daybook.outbox.states import IN_FLIGHT, MAPPABLE, Mover, State
from daybook.sources.canonical import moments
from daybook.sources.canonical.schema import CanonicalOrder

MARK_LENGTH = 12
UNSURE_FOR = timedelta(minutes=36)
"""A document that was sent without a clear answer may still appear while the token lives (30 minutes) and a little."""
TOLD = "told"
"""Of `OrderStanding.written_from`: what a person was last told of."""
LATE_HOLD = HoldCause.ON_HOLD_AFTER_DISPATCH
_HIGHEST_RATE = Decimal(100)
_STOPPING = {
    facts.Reason.ON_HOLD: HoldCause.ON_HOLD,
    facts.Reason.HAS_ERROR: HoldCause.HAS_ERROR,
    facts.Reason.CANCELLATION_UNCLEAR: HoldCause.CANCELLATION_UNCLEAR,
    facts.Reason.FREE_BUT_CHARGED: HoldCause.FREE_BUT_CHARGED,
    facts.Reason.TIME_ZONE_UNSURE: HoldCause.TIME_ZONE_UNSURE,
    facts.Reason.DISPATCH_DATE_MISSING: HoldCause.DISPATCH_DATE_MISSING,
}
"""Reasons that stop documents which are in the day book already; the others only keep new ones out."""


@dataclass(slots=True, kw_only=True)
class Work:
    """An order with all that is known of it toward one connection, and what became of preparing it."""

    order: Order
    stands: OrderStanding
    """How it stands toward the connection."""
    content: CanonicalOrder | None
    """The revision that stands; None: only a callback was ever received."""
    told: tuple[Told, ...]
    entries: list[Entry]
    """All its documents that were made for the connection, oldest first."""
    cured: frozenset[str] = frozenset()
    again: int | None = None
    """The document a person wants sent again."""
    person: Person | None = None
    rates: frozenset[Decimal] = frozenset()
    is_something_ready: bool = False
    waits_for_answer: bool = False
    facts: Facts = field(default_factory=lambda: Facts(order=None))
    totals: Totals | None = None

    @property
    def skus(self) -> set[str]:
        """Return the goods of the order."""
        return {without_entities(line.sku) for line in self.content.lines} if self.content is not None else set()

    @property
    def line_kinds(self) -> set[LineKind]:
        """Return what the order's lines are lines of."""
        return {line.kind for line in self.content.lines} if self.content is not None else set()

    def latest(self, kind: str) -> Entry | None:
        """Return the newest document of a kind."""
        return max((each for each in self.entries if each.kind == kind), key=lambda each: each.generation, default=None)


def document(work: Work, rules: CompanyRules, now: datetime) -> None:
    """Bring one order's standing and documents up to date. Both rows are saved by the caller."""
    order = work.order
    seen = order.dispatched_seen_at is not None
    work.facts = facts.derive(
        work.content,
        work.told,
        seen_dispatched=seen,
        is_good=lambda line: stock.is_good_by_sku(without_entities(line.sku), rules.mapping),
    )
    _note_times(work, rules, now)
    known = _known(work)
    decision = facts.decide(work.facts, rules.timing, known)
    mapped = _mapping_order(work, rules, decision, now)
    match decision:
        case Due() if mapped is not None:
            _documents_due(work, mapped, rules, now)
        case NotYet():
            _not_yet(work, decision)
        case Skip(reason, subject):
            _skipped(work, reason, subject, now)
        case _:
            _cancelled(work, now)
    _flag_late_hold(work, facts.holds_nothing(work.facts, known))
    stands = work.stands
    stands.unprepared_since = (stands.unprepared_since or now) if work.waits_for_answer else None


def _note_times(work: Work, rules: CompanyRules, now: datetime) -> None:
    """Keep on the order when Daybook saw it undispatched, dispatched and on hold, and what lists show."""
    order, stands, zone = work.order, work.facts, rules.timing.zones.sender
    if stands.is_dispatched:
        if order.dispatched_seen_at is None and _arrived_so(work):
            order.dispatched_seen_at, order.undispatched_seen_at = order.first_received_at, None
        order.dispatched_seen_at = order.dispatched_seen_at or now
        last = moments.latest(stands.dispatch_moments, zone)
        order.dispatched_at = moments.instant(last, zone) if last else None
    elif work.content is not None:
        order.undispatched_seen_at = order.undispatched_seen_at or now
    if work.content is not None:
        order.ordered_at = moments.instant(work.content.ordered_at, zone) if work.content.ordered_at else None
    if not stands.flags.is_on_hold:
        order.on_hold_since = None
    elif order.on_hold_since is None:
        revision = order.current_revision
        order.on_hold_since = stands.flags.hold_told_at or (revision.received_at if revision is not None else now)


def _arrived_so(work: Work) -> bool:
    """Tell whether nothing came of the order but what came first: what that says was so when it arrived."""
    revision = work.order.current_revision
    return revision is not None and revision.number == 1 and not work.told


def _known(work: Work) -> Known:
    order = work.order
    made = [entry for entry in work.entries if entry.state != State.CANCELLED and entry.date is not None]
    return Known(
        received_at=order.first_received_at,
        dispatched_seen_at=order.dispatched_seen_at,
        undispatched_seen_at=order.undispatched_seen_at,
        is_called_back=_is_called_back(work),
        on_hold_since=order.on_hold_since,
        typed_date=order.typed_date,
        document_date=made[-1].date if made else None,
    )


def _is_called_back(work: Work) -> bool:
    seen = work.order.dispatched_seen_at
    told_at = (each.at for each in work.told if each.notice.dispatched)
    return seen is not None and any(at is not None and at <= seen for at in told_at)


def _mapping_order(work: Work, rules: CompanyRules, decision: facts.Decision, now: datetime) -> mapping.Order | None:
    """Return the order for the mapping, and note on the way what it comes to and which rates it bears."""
    content = work.facts.order
    if content is None:
        return None
    currency = content.currency or rules.default_currency
    known = rules.mapping.tax_types
    mapped = conversion.mapping_order(
        content,
        work.facts,
        currency=currency,
        document_date=decision.document_date if isinstance(decision, Due) else now.date(),
        source_url=f"{rules.order_pages}/{work.order.public_id}",
        known=known,
        cash_step=rules.mapping.cash_steps.get(currency),
    )
    counted = totals.order_totals(mapped, known=known)
    work.totals = None if isinstance(counted, Hold) else counted
    work.rates = frozenset(rate for rate in totals.line_rates(mapped, known=known) if rate <= _HIGHEST_RATE)
    work.order.currency = currency
    if work.totals is not None:
        work.order.net, work.order.tax, work.order.gross = work.totals
    return mapped


def _documents_due(work: Work, mapped: mapping.Order, rules: CompanyRules, now: datetime) -> None:
    obstacle = _obstacle(rules)
    if obstacle is not None and not work.entries:
        _stand(work.stands, Order.Standing.HELD, obstacle.cause, obstacle.subject, obstacle.detail)
        return
    _stand(work.stands, Order.Standing.DOCUMENTED)
    if obstacle is not None and obstacle.cause is HoldCause.NOT_CONNECTED:
        _keep_changed(work, obstacle)
        return  # what is in the day book waits there for the connection
    is_supplied = rules.is_tracked and stock.is_anything_to_order(mapped, rules.mapping)
    wanted = [Kind.PURCHASE_ORDER, Kind.INVOICE] if is_supplied else [Kind.INVOICE]
    for kind in wanted:
        _write(work, kind, mapped, rules)
    for entry in work.entries:
        if entry.kind not in wanted:
            _not_wanted(work, entry, rules, now)


def _not_wanted(work: Work, entry: Entry, rules: CompanyRules, now: datetime) -> None:
    """Withdraw a purchase order that nothing is to be ordered with; one that stands in Xero is shown to a person."""
    if entry.state in MAPPABLE:
        reason = "nothing is to be ordered" if rules.is_tracked else "the company makes no purchase orders any more"
        _withdraw(work, entry, reason=reason, now=now)
    elif rules.is_tracked and entry.state == State.POSTED:
        _compare(work, entry)
    work.waits_for_answer |= rules.is_tracked and entry.state in IN_FLIGHT


def _keep_changed(work: Work, why: Hold) -> None:
    """Hold what no longer says what the order says: without an organisation it cannot be mapped anew."""
    for entry in work.entries:
        if entry.state == State.READY and work.stands.written_from.get(entry.kind) != _basis(work, entry.kind):
            queue.hold(entry, why, mover=Mover.MAPPING)


def _obstacle(rules: CompanyRules) -> Hold | None:
    """Return why no order of the company can become a document."""
    if rules.organisation is None:
        return Hold(HoldCause.NOT_CONNECTED)
    if rules.problems:
        return Hold(HoldCause.SETTINGS_INCOMPLETE, rules.problems[0].field, rules.problems[0].words)
    return None


def _not_yet(work: Work, decision: NotYet) -> None:
    cause = _STOPPING.get(decision.reason)
    live = [entry for entry in work.entries if entry.state not in {State.CANCELLED, State.POSTED}]
    if live and cause is None:
        _stand(work.stands, Order.Standing.DOCUMENTED)
        return
    for entry in live:
        if entry.state in MAPPABLE and cause is not None and entry.cause != cause:
            queue.hold(entry, Hold(cause, decision.subject, decision.detail), mover=Mover.MAPPING)
        work.waits_for_answer |= entry.state in IN_FLIGHT
    standing = Order.Standing.HELD if decision.needs_person or live else Order.Standing.WAITING
    _stand(work.stands, standing, decision.reason, decision.subject, decision.detail)


def _skipped(work: Work, reason: facts.Reason, subject: str, now: datetime) -> None:
    for entry in work.entries:
        if entry.state in MAPPABLE:
            _withdraw(work, entry, reason=f"the order is skipped: {reason}", now=now)
        work.waits_for_answer |= entry.state in IN_FLIGHT
    if any(entry.state != State.CANCELLED for entry in work.entries):
        _stand(work.stands, Order.Standing.DOCUMENTED)
    else:
        _stand(work.stands, Order.Standing.SKIPPED, reason, subject)


def _cancelled(work: Work, now: datetime) -> None:
    for entry in work.entries:
        if entry.state in MAPPABLE:
            _withdraw(work, entry, reason="the order was cancelled", now=now)
        elif entry.state == State.POSTED:
            _compare(work, entry)
        work.waits_for_answer |= entry.state in IN_FLIGHT
    if any(entry.state != State.CANCELLED for entry in work.entries):
        _stand(work.stands, Order.Standing.DOCUMENTED)
    else:
        _stand(work.stands, Order.Standing.CANCELLED, facts.Reason.CANCELLED)


def _stand(
    stands: OrderStanding, standing: Order.Standing, cause: str = "", subject: str = "", detail: str = ""
) -> None:
    stands.standing, stands.cause, stands.subject, stands.detail = standing, str(cause), subject[:500], detail


def _write(work: Work, kind: Kind, order: mapping.Order, rules: CompanyRules) -> None:
    """Bring one kind of document up to date: enter it, map it anew, or compare where it is posted."""
    entry = work.latest(kind)
    if entry is None or (entry.state == State.CANCELLED and entry.given_up_at is None):
        _enter(work, kind, order, rules, generation=entry.generation + 1 if entry is not None else 1)
    elif entry.state in MAPPABLE:
        _remap(work, entry, order, rules)
    elif entry.state in IN_FLIGHT:
        work.waits_for_answer |= work.stands.written_from.get(kind) != _basis(work, kind)
    elif entry.state == State.POSTED:
        _compare(work, entry)


def _enter(work: Work, kind: Kind, order: mapping.Order, rules: CompanyRules, *, generation: int) -> None:
    burnt = sum(entry.kind == kind and not entry.is_number_free for entry in work.entries)
    number = numbers.document_number(rules.mapping.number_prefix, order.ref, burnt + 1)
    revision = work.order.current_revision
    if isinstance(number, Hold) or revision is None or rules.organisation is None:
        _stand(work.stands, Order.Standing.HELD, HoldCause.REF_UNUSABLE, order.ref)
        return
    mark = ids.public_id(MARK_LENGTH)
    mapped = _map(kind, conversion.marked(order, mark), rules, number)
    try:
        entry = queue.enter(
            order=work.order,
            revision=revision,
            kind=kind,
            organisation=rules.organisation,
            number=number,
            mapped=mapped,
            generation=generation,
            public_id=mark,
        )
    except queue.NumberTakenError as error:
        detail = _owner_in_words(error.other.order) if error.other and _is_same_company(error.other, work) else ""
        _stand(work.stands, Order.Standing.HELD, HoldCause.NUMBER_TAKEN_IN_DAYBOOK, number, detail)
        return
    work.entries.append(entry)
    _flag_doubts(entry, mapped, rules)
    _flag_refunds(work, entry)
    _written(work, entry)


def _owner_in_words(order: Order) -> str:
    return f"It belongs to order {order.ref} (id {order.source_id} of {order.source})."


def _is_same_company(entry: Entry, work: Work) -> bool:
    return entry.company_id == work.order.company_id


def _remap(work: Work, entry: Entry, order: mapping.Order, rules: CompanyRules) -> None:
    """Map a waiting document anew; one that Xero refused only where that can help."""
    revision = work.order.current_revision
    if revision is None:
        return
    if rules.organisation is not None and entry.organisation_id != rules.organisation.pk:
        if entry.cause != HoldCause.OTHER_ORGANISATION:
            queue.hold(entry, Hold(HoldCause.OTHER_ORGANISATION, entry.number), mover=Mover.MAPPING)
        return
    mapped = _map(Kind(entry.kind), conversion.marked(order, entry.public_id), rules, entry.number)
    is_wanted = entry.pk == work.again
    if is_wanted or _is_news(entry, mapped, cured=work.cured):
        mover = Mover.PERSON if is_wanted else Mover.MAPPING
        queue.remap(entry, revision=revision, mapped=mapped, mover=mover, person=work.person if is_wanted else None)
        _flag_doubts(entry, mapped, rules)
    _flag_refunds(work, entry)
    _written(work, entry)


def _flag_refunds(work: Work, entry: Entry) -> None:
    """Show on an invoice that will be posted whole that some of it was given back before: no credit note is made."""
    back = basis.refunded(work.facts) if entry.kind == Kind.INVOICE else None
    if back is not None and _is_news_to_a_person(work, f"{entry.kind}:change", _basis(work, entry.kind)):
        queue.flag(entry, back.attention, "\n".join(filter(None, (entry.attention_detail, back.detail))))


def _flag_doubts(entry: Entry, mapped: Document | Hold, rules: CompanyRules) -> None:
    """Flag a document that books as a plain sale what may be none; the flag goes when the document says otherwise."""
    if entry.attention not in ("", suspicions.ATTENTION):
        return
    doubts = () if isinstance(mapped, Hold) else suspicions.suspicions(mapped, rules.mapping)
    detail = "\n".join(doubts)
    if detail != entry.attention_detail:
        queue.flag(entry, suspicions.ATTENTION if doubts else "", detail)


def _map(kind: Kind, order: mapping.Order, rules: CompanyRules, number: str) -> Document | Hold:
    if kind is Kind.PURCHASE_ORDER:
        return purchase_orders.map_purchase_order(order, rules.mapping, number=number)
    return invoices.map_invoice(order, rules.mapping, number=number)


def _is_news(entry: Entry, mapped: Document | Hold, *, cured: frozenset[str]) -> bool:
    """Tell whether mapping anew changes anything: what Xero refused goes again only changed, or after a cure."""
    if isinstance(mapped, Hold):
        return entry.state != State.HELD or (entry.cause, entry.subject, entry.detail) != (
            mapped.cause,
            mapped.subject[:500],
            mapped.detail,
        )
    return entry.state == State.HELD or entry.cause in cured or not _says(entry, mapped)


def _says(entry: Entry, mapped: Document) -> bool:
    """Tell whether the document in the day book is this one already."""
    return stored.read(entry.document, entry.kind) == mapped


def _written(work: Work, entry: Entry) -> None:
    """Remember what the document says, and wake its posting where it is ready."""
    work.stands.written_from = {**work.stands.written_from, entry.kind: _basis(work, entry.kind)}
    work.is_something_ready |= entry.state == State.READY


def _basis(work: Work, kind: str) -> dict[str, Any]:
    return basis.basis(
        work.facts, is_purchase=kind == Kind.PURCHASE_ORDER, currency=work.order.currency, totals=work.totals
    )


def _compare(work: Work, entry: Entry) -> None:
    """Flag a posted document that the order has left behind, and take the flag away once the order is back; nothing is sent."""
    written = work.stands.written_from.get(entry.kind)
    if written is None or entry != work.latest(entry.kind):
        return
    now = _basis(work, entry.kind)
    change = basis.change(written, now, work.facts)
    if not _is_news_to_a_person(work, f"{entry.kind}:change", None if change is None else now):
        return
    if change is not None:
        others = entry.attention_detail if entry.attention not in basis.ATTENTIONS else ""
        queue.flag(entry, change.attention, "\n".join(filter(None, (others, change.detail))))
    elif entry.attention in basis.ATTENTIONS:
        queue.flag(entry, "", "")


def _flag_late_hold(work: Work, is_late: bool) -> None:  # noqa: FBT001 - set or taken away
    """Show on the documents that the OMS put the order on hold when it had left; once for each such word."""
    since = work.order.on_hold_since
    if not _is_news_to_a_person(work, "late_hold", since.isoformat() if is_late and since else None):
        return
    for entry in work.entries:
        if is_late and not entry.attention and entry.state != State.CANCELLED:
            queue.flag(entry, LATE_HOLD, "")
        elif not is_late and entry.attention == LATE_HOLD:
            queue.flag(entry, "", "")


def _is_news_to_a_person(work: Work, about: str, words: Any) -> bool:
    """Tell whether this differs from what was last told of it, and remember it: what a person has settled stays so."""
    told = work.stands.written_from.get(TOLD, {})
    if told.get(about) == words:
        return False
    work.stands.written_from = {**work.stands.written_from, TOLD: {**told, about: words}}
    return True


def _withdraw(work: Work, entry: Entry, *, reason: str, now: datetime) -> None:
    """Cancel a document that is not in Xero; one that may still appear there is held until that is over."""
    if not may_still_appear(entry, now):
        queue.cancel(entry, reason=reason, mover=Mover.MAPPING)
        if entry.is_number_free:
            wake.wake_prepare(entry.company_id, cause=HoldCause.NUMBER_TAKEN_IN_DAYBOOK)
        return
    work.waits_for_answer = True
    if entry.state != State.HELD:
        queue.hold(
            entry,
            Hold(HoldCause.WAITS_TO_BE_CANCELLED, detail=f"{reason[0].upper()}{reason[1:]}."),
            mover=Mover.MAPPING,
        )


def may_still_appear(entry: Entry, now: datetime) -> bool:
    """Tell whether a call that once left the document in doubt may still reach Xero: a look proves only its moment."""
    doubts = entry.events.filter(new_state=State.UNKNOWN, at__gt=now - UNSURE_FOR)
    return entry.last_attempt_id is not None and doubts.exists()
