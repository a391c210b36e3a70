"""PURE: what is to become of an order: its standing, and what is to be done about its documents, as one value.

received -> facts.derive -> due.decide -> priced once -> mapped -> intents, and the order's row afterwards
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from daybook.documents.causes import Cause, Hold
from daybook.documents.kinds import SPECS, Kind
from daybook.intake import (
    conversion,
    due,
    facts,
    flagging,
    gathered,
    giving_back,
    noted,
    parts,
)
from daybook.intake.draft import CANCELLED, DOCUMENTED, HELD, SKIPPED, WAITING, Doc, Draft, Marks
from daybook.intake.drafting import hold_back, withdraw, write
from daybook.intake.due import Due, NotYet, Skip
from daybook.intake.intents import (
    NOTHING_ASKED,
    Asked,
    CompanyRules,
    EntryStand,
    Met,
    Plan,
    Received,
    Stand,
)
from daybook.intake.making import MAKERS
from daybook.intake.seen import known, with_times
from daybook.mapping import gateways, stock
from daybook.mapping import orders as mapping
from daybook.mapping.texts import without_entities
from daybook.mapping.totals import Priced, priced
from daybook.outbox.states import IN_FLIGHT, MAPPABLE, State
from daybook.sources.canonical import payouts

_HIGHEST_RATE = Decimal(100)
_STOPPING = frozenset(
    {
        Cause.ON_HOLD,
        Cause.HAS_ERROR,
        Cause.CANCELLATION_UNCLEAR,
        Cause.FREE_BUT_CHARGED,
        Cause.TIME_ZONE_UNSURE,
        Cause.DISPATCH_DATE_MISSING,
    }
)
"""Reasons that stop documents which are in the day book already; the others only keep new ones out."""


def plan(
    received: Received,
    stand: Stand,
    rules: CompanyRules,
    now: datetime,
    *,
    marks: Marks,
    asked: Asked = NOTHING_ASKED,
) -> Plan:
    """Return what is to become of an order and of its documents. Once carried out, the same again has nothing to do."""
    stands = facts.derive(
        parts.with_costs(received.order, received.told) if received.order is not None else None,
        received.told,
        seen_dispatched=stand.row.dispatched_seen_at is not None,
        is_good=lambda line: stock.is_good_by_sku(without_entities(line.sku), rules.mapping),
    )
    row = with_times(stand, stands, received, rules.timing.zones.sender, now)
    docs = [_doc(entry) for entry in stand.entries]
    draft = Draft(facts=stands, stand=stand, rules=rules, asked=asked, now=now, marks=marks, row=row, docs=docs)
    word = known(stand, row, received)
    order = _priced_order(draft)
    if not stands.is_paid and stands.order is not None:
        is_paid = facts.is_paid_in_full(stands.order, draft.currency, _gross(draft))
        stands = draft.facts = replace(stands, is_paid=is_paid)
    decision = due.decide(stands, rules.timing, word)
    if stand.is_same_sale and isinstance(decision, Due | NotYet):
        decision = Skip(Cause.SAME_SALE)
    if order is not None and isinstance(decision, Due):
        order = replace(order, document_date=decision.document_date)
    _decided(draft, decision, order)
    flagging.flag_late_hold(draft, is_late=due.holds_nothing(stands, word))
    return _planned(draft)


def _doc(entry: EntryStand) -> Doc:
    return Doc(
        kind=entry.kind,
        key=entry.key,
        generation=entry.generation,
        state=entry.state,
        mark=entry.public_id,
        number=entry.number,
        stand=entry,
        attention=entry.attention,
        attention_detail=entry.attention_detail,
        done=entry.attention_done,
    )


def _gross(draft: Draft) -> Decimal | None:
    totals = draft.prices.totals if isinstance(draft.prices, Priced) else None
    return None if totals is None or isinstance(totals, Hold) else totals.gross


def _priced_order(draft: Draft) -> mapping.Order | None:
    """Return the order for the mapping, priced, of today; None where nothing but callbacks was received of it."""
    content, rules = draft.facts.order, draft.rules
    if content is None:
        return None
    currency = draft.currency = content.currency or rules.default_currency
    order = conversion.mapping_order(
        content,
        draft.facts,
        currency=currency,
        document_date=draft.now.date(),
        source_url=f"{rules.order_pages}/{draft.stand.public_id}",
        known=rules.mapping.tax_types,
        cash_step=rules.mapping.cash_steps.get(currency),
    )
    draft.prices = priced(order, known=rules.mapping.tax_types)
    if rules.mapping.post_credit_notes or Kind.CREDIT_NOTE not in rules.numbering:  # there they are off the sale itself
        zones = rules.timing.zones
        draft.refunds = giving_back.refunds(draft.facts, draft.stand.typed_refunds, currency=currency, zones=zones)
    shown = currency if content.currency or rules.is_first else draft.row.currency or currency
    draft.row = draft.row._replace(currency=shown)
    totals = draft.prices.totals if isinstance(draft.prices, Priced) else draft.prices
    if not isinstance(totals, Hold):
        draft.row = draft.row._replace(net=totals.net, tax=totals.tax, gross=totals.gross)
    return order


def _planned(draft: Draft) -> Plan:
    waits_since = (draft.stand.row.unprepared_since or draft.now) if draft.waits_for_answer else None
    entering = [
        replace(enter, attention=doc.attention, attention_detail=doc.attention_detail) for doc, enter in draft.entering
    ]
    flags = [flag for doc in draft.docs if (flag := doc.flagged) is not None]
    is_sale = isinstance(draft.prices, Priced) and not payouts.is_payout(draft.facts.order)
    rates = draft.prices.rates if isinstance(draft.prices, Priced) and is_sale else frozenset()
    return Plan(
        intents=(*draft.intents, *flags, *entering),
        row=draft.row._replace(unprepared_since=waits_since),
        rates=frozenset(rate for rate in rates if rate <= _HIGHEST_RATE),
        gateways=_gateways(draft),
        is_something_ready=draft.is_something_ready,
    )


def _gateways(draft: Draft) -> frozenset[tuple[str, str]]:
    """Return who carried the order's money, to and fro, where payments are posted."""
    order = draft.facts.order
    if order is None or not draft.rules.mapping.post_payments or draft.rules.organisation_id is None:
        return frozenset()
    if payouts.is_payout(order):
        return frozenset()
    paid = (*order.payments, *(each for refund in order.refunds for each in refund.payments))
    return frozenset(
        (gateways.name_of(each.kind.value, each.gateway), each.currency or draft.currency) for each in paid
    )


def _decided(draft: Draft, decision: due.Decision, order: mapping.Order | None) -> None:
    match decision:
        case Due() if order is not None:
            _due(draft, order)
        case NotYet():
            _not_yet(draft, decision)
        case Skip(reason, subject):
            _ended(draft, "the order is skipped", (SKIPPED, reason, subject))
        case _:
            flagging.compare_all(draft)
            _ended(draft, "the order was cancelled", (CANCELLED, Cause.CANCELLED, ""))
    if order is not None and draft.rules.organisation_id is not None:
        _follow(draft, order)


def _follow(draft: Draft, order: mapping.Order) -> None:
    """Bring up to date what comes after the sale, whatever became of the order since: what is about it is about the books."""
    for kind, maker in MAKERS.items():
        if not SPECS[kind].follows or kind not in draft.rules.numbering or not _is_its_kind(draft, kind):
            continue
        is_made = maker.is_made(draft.rules.mapping)
        there = [doc for doc in draft.docs if doc.kind == kind and gathered.is_here(draft, doc)]
        if not is_made and not there:
            continue
        of = gathered.material(draft, order, is_after=True)
        wanted = maker.keys(of) if is_made and maker.after(of) is not None else ()
        for key in wanted:
            write(draft, kind, order, key)
        for doc in there:
            if doc.key not in wanted:
                _not_wanted(draft, doc)
        if kind == Kind.CREDIT_NOTE and is_made:
            is_all = _is_all_noted(draft, wanted) or (not wanted and noted.is_nothing_to_credit(of))
            flagging.settle_credited(draft, is_all_noted=is_all)


def _is_all_noted(draft: Draft, wanted: Sequence[str]) -> bool:
    """Tell whether all that was given back has its credit note, be it held: two cures for one refund would credit it twice."""
    docs = [draft.latest(Kind.CREDIT_NOTE, key) for key in wanted]
    with_note = [doc for doc in docs if doc is not None and (doc.state != State.CANCELLED or _is_booked_otherwise(doc))]
    sales = [doc for doc in draft.docs if SPECS[doc.kind].is_the_sale and doc is draft.latest(doc.kind, doc.key)]
    papers = [doc.paper for doc in sales if doc.state != State.CANCELLED and doc.paper is not None]
    gross = sum((paper.totals[2] or Decimal(0) for paper in papers), Decimal(0)) if papers else None
    credited = [doc.paper.totals[2] or Decimal(0) for doc in with_note if doc.paper is not None]
    is_short = draft.facts.is_cancelled and gross is not None and sum(credited, Decimal(0)) < gross
    is_short = is_short and len(credited) == len(with_note)
    return bool(with_note) and len(with_note) == len(docs) and not is_short


def _is_booked_otherwise(doc: Doc) -> bool:
    return doc.stand is not None and doc.stand.is_given_up and doc.paper is not None


def _own(draft: Draft) -> list[Doc]:
    """Return the documents that stand for the order itself, not what follows its sale."""
    return [doc for doc in draft.docs if not SPECS[doc.kind].follows]


def _due(draft: Draft, order: mapping.Order) -> None:
    obstacle = draft.rules.obstacle
    twin = _twin(draft)
    if twin is not None:
        draft.standing(HELD, Cause.LOOKS_LIKE_SAME_SALE, twin.ref, f"It came by the feed {twin.feed}.")
        return
    if obstacle is not None and not any(map(_stands, _own(draft))):
        draft.standing(HELD, obstacle.cause, obstacle.subject, obstacle.detail)
        return
    draft.standing(DOCUMENTED)
    if obstacle is not None and obstacle.cause is Cause.NOT_CONNECTED:
        _keep_changed(draft, obstacle)
        return  # what is in the day book waits there for the connection
    wanted = _wanted(draft, order)
    there = _own(draft)
    for kind, key in wanted:
        write(draft, kind, order, key)
    for doc in there:
        if (doc.kind, doc.key) not in wanted:
            _not_wanted(draft, doc)
    if not wanted and not any(map(_stands, there)):
        if draft.refunds:
            draft.standing(SKIPPED, Cause.REFUNDED_BEFORE_POSTING)
        elif payouts.is_payout(draft.facts.order):
            draft.standing(SKIPPED, Cause.FEES_LEFT)


def _twin(draft: Draft) -> Met | None:
    """Return an order of another feed that may be the same sale; what is in the day book already is another one."""
    if any(map(_stands, _own(draft))):
        return None
    at = draft.row.ordered_at or draft.stand.received_at
    return next((each for each in draft.stand.met if each.is_like(draft.row.currency, draft.row.gross, at)), None)


def _stands(doc: Doc) -> bool:
    """Tell whether there is something of it: what was cancelled by a rule, or is wanted after all, is made anew."""
    return doc.state != State.CANCELLED or (doc.stand is not None and doc.stand.ends_for_good)


def _wanted(draft: Draft, order: mapping.Order) -> list[tuple[Kind, str]]:
    """Return what a due order becomes: of the kinds that the ledger takes those that the company has made of it, by key."""
    of, rules = gathered.material(draft, order), draft.rules
    made = [
        kind
        for kind, maker in MAKERS.items()
        if kind in rules.numbering and maker.is_made(rules.mapping) and not SPECS[kind].follows
        if _is_its_kind(draft, kind)
    ]
    return [(kind, key) for kind in made if MAKERS[kind].is_due(of) for key in MAKERS[kind].keys(of)]


def _is_its_kind(draft: Draft, kind: Kind) -> bool:
    """Tell whether such documents are made of orders, or of payouts, whichever this is."""
    return SPECS[kind].is_of_payouts == payouts.is_payout(draft.facts.order)


def _not_wanted(draft: Draft, doc: Doc) -> None:
    """Withdraw what the order becomes no longer, say a purchase order with nothing on it; a posted one is shown."""
    maker, title = MAKERS[doc.kind], SPECS[doc.kind].title.lower()
    is_made = doc.kind in draft.rules.numbering and maker.is_made(draft.rules.mapping)
    if doc.state in MAPPABLE:
        withdraw(draft, doc, maker.why_not_due if is_made else f"the company makes no {title}s any more")
    elif SPECS[doc.kind].follows and is_made:
        flagging.compare_following(draft, doc, None)
    elif is_made:
        flagging.compare(draft, doc)
    draft.waits_for_answer |= is_made and doc.state in IN_FLIGHT


def _keep_changed(draft: Draft, why: Hold) -> None:
    """Hold what no longer says what the order says: without an organisation it cannot be mapped anew."""
    for doc in draft.docs:
        is_own = not SPECS[doc.kind].follows
        if is_own and doc.state == State.READY and draft.says_otherwise(doc):
            hold_back(draft, doc, why)


def _not_yet(draft: Draft, decision: NotYet) -> None:
    cause = decision.reason if decision.reason in _STOPPING else None
    live = [doc for doc in _own(draft) if doc.state not in {State.CANCELLED, State.POSTED}]
    if live and cause is None:
        draft.standing(DOCUMENTED)
        return
    for doc in live:
        is_held_so = doc.stand is not None and doc.stand.cause == cause
        if doc.state in MAPPABLE and cause is not None and not is_held_so:
            hold_back(draft, doc, Hold(cause, decision.subject, decision.detail))
        draft.waits_for_answer |= doc.state in IN_FLIGHT
    standing = HELD if decision.needs_person or live else WAITING
    draft.standing(standing, decision.reason, decision.subject, decision.detail)


def _ended(draft: Draft, reason: str, standing: tuple[str, str, str]) -> None:
    """Withdraw what is not posted; the order stands so, where nothing of it is left in the day book."""
    for doc in _own(draft):
        if doc.state in MAPPABLE:
            withdraw(draft, doc, reason, standing[1] if standing[0] == SKIPPED else "")
        draft.waits_for_answer |= doc.state in IN_FLIGHT
    if any(doc.state != State.CANCELLED for doc in _own(draft)):
        draft.standing(DOCUMENTED)
    else:
        draft.standing(*standing)
