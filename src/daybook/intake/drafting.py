"""PURE: one document of an order on its draft: entered, mapped anew, compared, held or withdrawn."""

from dataclasses import replace
from decimal import Decimal

from daybook.documents import stored
from daybook.documents.causes import Cause, Hold
from daybook.documents.document import CreditNote
from daybook.documents.kinds import SPECS, Kind, Paper
from daybook.intake import (
    basis,
    conversion,
    flagging,
    gathered,
    part_documents,
    parties,
)
from daybook.intake.draft import HELD, Doc, Draft
from daybook.intake.intents import (
    Enter,
    EntryStand,
    HoldBack,
    Remap,
    Withdraw,
)
from daybook.intake.making import MAKERS
from daybook.kit.money import plain
from daybook.mapping import orders as mapping
from daybook.mapping.totals import Priced
from daybook.outbox.states import IN_FLIGHT, MAPPABLE, State

SEEN_THERE = frozenset({Cause.NEEDED_ENDED, Cause.SETTLED_IN_PART})
"""Why money waits by what the ledger showed just before it went: the order and the rules do not tell."""


def write(draft: Draft, kind: Kind, order: mapping.Order, key: str = "") -> None:
    """Bring one document up to date: enter it, map it anew, or compare where it is posted."""
    doc = draft.latest(kind, key)
    is_wanted_anew = doc is not None and doc.stand is not None and doc.stand.id == draft.asked.anew
    if doc is not None and is_wanted_anew and doc.state == State.POSTED:
        _enter(draft, kind, order, key, generation=doc.generation + 1)
    elif doc is None or doc.stand is None or (doc.state == State.CANCELLED and not doc.stand.ends_for_good):
        _enter(draft, kind, order, key, generation=doc.generation + 1 if doc is not None else 1)
    elif doc.state in MAPPABLE:
        _bring_up_to_date(draft, doc, doc.stand, order)
    elif doc.state in IN_FLIGHT:
        draft.waits_for_answer |= _says_otherwise(draft, doc, order)
    elif SPECS[kind].follows:
        flagging.compare_following(draft, doc, _map(draft, kind, key, conversion.marked(order, doc.mark), doc.number))
    else:
        flagging.compare(draft, doc)


def _says_otherwise(draft: Draft, doc: Doc, order: mapping.Order) -> bool:
    """Tell whether a document under way does not say what the order says by now."""
    if not SPECS[doc.kind].follows:
        return draft.says_otherwise(doc)
    return _map(draft, doc.kind, doc.key, conversion.marked(order, doc.mark), doc.number) != doc.paper


def _bring_up_to_date(draft: Draft, doc: Doc, entry: EntryStand, order: mapping.Order) -> None:
    """Map a waiting document anew; where it is about another one now, another one takes its place."""
    if not SPECS[doc.kind].follows or _is_about(draft, doc, entry, order):
        _remap(draft, doc, entry, order)
        return
    withdraw(draft, doc, "it is about another document now")
    if doc.state == State.CANCELLED:
        _enter(draft, doc.kind, order, doc.key, generation=doc.generation + 1)


def _is_about(draft: Draft, doc: Doc, entry: EntryStand, order: mapping.Order) -> bool:
    about = MAKERS[doc.kind].about(gathered.material(draft, order, doc.key, is_after=True))
    ids = {each.mark: each.stand.id for each in draft.docs if each.stand is not None}
    return ids.get(about) == entry.about


def _enter(draft: Draft, kind: Kind, order: mapping.Order, key: str = "", *, generation: int) -> None:
    maker, is_after = MAKERS[kind], SPECS[kind].follows
    number = _number(draft, kind, order, key)
    if isinstance(number, Hold) or draft.stand.revision is None or draft.rules.organisation_id is None:
        draft.standing(HELD, Cause.REF_UNUSABLE, order.ref)
        return
    owner = draft.stand.taken.get((draft.rules.numbering[kind].space, number.upper()))
    if owner is not None:
        draft.standing(HELD, Cause.NUMBER_TAKEN_IN_DAYBOOK, number, owner)
        return
    mark = draft.marks()
    mapped = _map(draft, kind, key, conversion.marked(order, mark), number)
    doc = Doc(
        kind=kind,
        key=key,
        generation=generation,
        state=State.HELD if isinstance(mapped, Hold) else State.READY,
        mark=mark,
        number=number,
        mapped=mapped,
    )
    of = gathered.material(draft, order, key, is_after=True) if is_after else None
    enter = Enter(
        kind=kind,
        key=key,
        generation=generation,
        number=number,
        mark=mark,
        mapped=mapped,
        about=maker.about(of) if of is not None else "",
        needs=tuple(maker.needs(of)) if of is not None else (),
    )
    draft.docs.append(doc)
    draft.entering.append((doc, enter))
    flagging.flag_doubts(draft, doc, mapped)
    flagging.flag_refunds(draft, doc)
    _written(draft, doc)


def _number(draft: Draft, kind: Kind, order: mapping.Order, key: str) -> str | Hold:
    """Its suffix tells a kind from others in one space of numbers, so that only those of its kind are counted."""
    named = MAKERS[kind].named
    if named is not None:
        return named(gathered.material(draft, order, key, is_after=True), draft.rules.numbering[kind])
    burnt = sum(entry.kind == kind and not entry.is_number_free for entry in draft.stand.entries)
    prefix, numbering = draft.rules.mapping.number_prefix, draft.rules.numbering[kind]
    if key:
        stem = MAKERS[kind].number(prefix, order.ref, 1, numbering)
        return part_documents.number(gathered.material(draft, order, key, is_after=True), stem, numbering)
    return MAKERS[kind].number(prefix, order.ref, burnt + 1, numbering)


def _remap(draft: Draft, doc: Doc, entry: EntryStand, order: mapping.Order) -> None:
    """Map a waiting document anew; one that the ledger refused only where that can help."""
    if draft.stand.revision is None:
        return
    if draft.rules.organisation_id not in (None, entry.organisation_id):
        if entry.cause != Cause.OTHER_ORGANISATION:
            hold_back(draft, doc, Hold(Cause.OTHER_ORGANISATION, entry.number))
        return
    is_wanted = entry.id == draft.asked.again
    if entry.cause == Cause.KEPT_BACK and not is_wanted and Cause.KEPT_BACK not in draft.asked.cured:
        return
    made = _map(draft, entry.kind, entry.key, conversion.marked(order, entry.public_id), entry.number)
    mapped = _with_first_cause(entry, made)
    if mapped != doc.paper:  # the very same, as long as it says the same
        doc.mapped = mapped
    if is_wanted or _is_news(entry, mapped, cured=draft.asked.cured):
        draft.intents.append(Remap(entry=entry.id, mapped=mapped, is_wanted=is_wanted))
        doc.state = State.HELD if isinstance(mapped, Hold) else State.READY
        flagging.flag_doubts(draft, doc, mapped)
    flagging.flag_refunds(draft, doc)
    _written(draft, doc)


def _with_first_cause(entry: EntryStand, mapped: Paper | Hold) -> Paper | Hold:
    """Return what was mapped; where only a locked day is left to say, what was seen in the ledger before stays the cause.

    That is seen again only once the document goes, and a locked day lets none go.
    """
    is_hidden = isinstance(mapped, Hold) and mapped.cause is Cause.PERIOD_LOCKED and entry.cause in SEEN_THERE
    if not isinstance(mapped, Hold) or not is_hidden or entry.state != State.HELD:
        return mapped
    before, _, _ = entry.detail.partition(
        mapped.detail.partition(mapped.subject)[0]
    )  # without a lock of before, or its day
    return replace(
        mapped, cause=Cause(entry.cause), subject=entry.subject, detail=f"{before.strip()} {mapped.detail}".strip()
    )


def _map(draft: Draft, kind: Kind, key: str, order: mapping.Order, number: str) -> Paper | Hold:
    """Return what is made of the order now, or why not; what could be made may be kept back all the same."""
    made = MAKERS[kind].make(gathered.material(draft, order, key, is_after=SPECS[kind].follows), number)
    if isinstance(made, Hold):
        return made
    if kind in draft.rules.kept_back:
        return draft.rules.kept_back[kind]
    received = draft.facts.order
    if received is None or SPECS[kind].is_of_costs or SPECS[kind].follows:  # what follows is for whom the sale is for
        return made
    return parties.for_whom(made, received, draft.rules.mapping, parties.named_before(draft.stand.entries))


def _is_news(entry: EntryStand, mapped: Paper | Hold, *, cured: frozenset[str]) -> bool:
    """Tell whether mapping anew changes anything: what was refused goes again only changed, or after a cure."""
    if isinstance(mapped, Hold):
        why = (entry.cause, entry.subject, entry.detail)
        return entry.state != State.HELD or why != (mapped.cause, mapped.subject[:500], mapped.detail)
    written = parties.unresolved(stored.read(entry.document, entry.kind))
    learns = entry.state == State.READY and _of_its_sale(written) != _of_its_sale(mapped)
    return entry.state == State.HELD or entry.cause in cured or written != mapped or learns


def _of_its_sale(paper: Paper | None) -> tuple[Decimal, ...]:
    return paper.of_its_sale if isinstance(paper, CreditNote) else ()


def _written(draft: Draft, doc: Doc) -> None:
    """Remember what the document says, and that it may go where it is ready; what follows the sale says it by itself.

    Of a sale more is kept: what an order came to that has lost goods since is not what is left of it rounded anew.
    """
    if not SPECS[doc.kind].follows:
        draft.remember(doc.about, {**draft.basis(doc.kind, doc.key), **_of_a_sale(draft, doc)})
    draft.is_something_ready |= doc.state == State.READY


def _of_a_sale(draft: Draft, doc: Doc) -> dict[str, str]:
    """Return `basis.BESIDE`: the order's tax (`cancelled_goods.came_to`), and its lines less its totals (`basis.change`)."""
    order, totals = draft.facts.order, draft.prices.totals if isinstance(draft.prices, Priced) else None
    if order is None or totals is None or isinstance(totals, Hold) or not SPECS[doc.kind].is_the_sale:
        return {}
    is_stated = order.rounding or any(
        each is not None for each in (order.totals.net, order.totals.tax, order.totals.gross)
    )
    money = draft.basis(doc.kind, doc.key)["money"]  # on a push's way: it is worked out once
    return {"tax": plain(totals.tax), "goods": basis.goods(order, currency=draft.currency) if is_stated else money}


def hold_back(draft: Draft, doc: Doc, why: Hold) -> None:
    """Hold a document that is in the day book; what a person keeps back stays as it is."""
    if doc.stand is not None and doc.stand.cause != Cause.KEPT_BACK:
        draft.intents.append(HoldBack(entry=doc.stand.id, why=why))
        doc.state = State.HELD


def withdraw(draft: Draft, doc: Doc, reason: str, cause: str = "") -> None:
    """Cancel a document that was not posted; one that may still appear in the ledger is held until that is over."""
    if doc.stand is None:
        return
    if not doc.stand.may_still_appear:
        draft.intents.append(Withdraw(entry=doc.stand.id, reason=reason, cause=cause))
        doc.state = State.CANCELLED
        flagging.forget_doubts(doc)
        return
    draft.waits_for_answer = True
    if doc.state != State.HELD:
        hold_back(draft, doc, Hold(Cause.WAITS_TO_BE_CANCELLED, detail=f"{reason[0].upper()}{reason[1:]}."))
