"""PURE: whether documents of an order are due by what stands, and of which day they are.

Facts, what the company decided, what is known beside -> decide -> Due | NotYet | Skip | Cancelled
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from daybook.documents.causes import Cause
from daybook.intake.facts import Facts, name_of
from daybook.kit.money import ZERO, figure, plain
from daybook.kit.translation import told
from daybook.mapping.texts import without_entities
from daybook.sources.canonical import moments
from daybook.sources.canonical.moments import Zones
from daybook.sources.canonical.schema import CanonicalOrder


class PostWhen(StrEnum):
    """How far an order must have come before documents are made of it."""

    RECEIVED = "received"
    PAID = "paid"
    PART_DISPATCHED = "part_dispatched"
    """Each part that leaves becomes a document of the sale."""
    DISPATCHED = "dispatched"


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """What a company decided about when documents are due."""

    zones: Zones
    unsure_of: Zones | None = None
    """Other zones that may be meant: nobody has said yet in which one times without a zone are."""
    undated_days: int | None = 7
    """An order that arrives dispatched and undated is dated by its arrival if it was ordered at most so many days
    before; None: always."""
    post_when: PostWhen = PostWhen.DISPATCHED
    start_date: date | None = None
    include_errors: bool = False
    part_shipped_until: date | None = None
    """An order of which a part left on this day or earlier has waited so long that a person is told."""


@dataclass(frozen=True, slots=True)
class Due:
    """Documents are due, dated so in the organisation's zone."""

    document_date: date


@dataclass(frozen=True, slots=True)
class NotYet:
    """Documents may become due; `needs_person` where they would be, but for something that a person must clear."""

    reason: Cause
    subject: str = ""
    detail: str = ""
    needs_person: bool = False


@dataclass(frozen=True, slots=True)
class Skip:
    """By rule there will be no documents."""

    reason: Cause
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Cancelled:
    """Nothing of the order is left."""

    reason: Cause = Cause.CANCELLED


Decision = Due | NotYet | Skip | Cancelled


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What Daybook knows of an order beside what was sent."""

    received_at: datetime
    dispatched_seen_at: datetime | None = None
    undispatched_seen_at: datetime | None = None
    """When it first had the order without its dispatch."""
    is_called_back: bool = False
    """A callback told of the dispatch first: that is word of the moment itself."""
    on_hold_since: datetime | None = None
    typed_date: date | None = None
    """The day of dispatch that a person typed."""
    document_date: date | None = None
    """Of a document made before; counts where nothing else dates the order."""

    @property
    def saw_it_leave(self) -> bool:
        """Tell whether the dispatch is as old as the word of it: the order was there undispatched before."""
        seen, before = self.dispatched_seen_at, self.undispatched_seen_at
        return seen is not None and (self.is_called_back or (before is not None and before < seen))


def _is_charged(order: CanonicalOrder) -> bool:
    """Tell whether something is to be paid for an order that is marked as free: its totals say so, else its carriage."""
    stated = [total for total in (order.totals.gross, order.totals.net) if total is not None]
    return any(stated) if stated else any(each.price or each.price_inc_tax for each in order.shippings)


def _are_goods_free(order: CanonicalOrder) -> bool:
    """Tell whether no goods have a price: then the mark speaks of them, and what is charged is the carriage."""
    return not any(line.unit_price or line.unit_price_inc_tax for line in order.lines)


def _charge_in_words(order: CanonicalOrder) -> str:
    if order.totals.gross or order.totals.net:
        return told(f"a total of {figure(order.totals.gross or order.totals.net or ZERO)}")
    carriage = sum((each.price_inc_tax or each.price or ZERO for each in order.shippings), ZERO)
    return told(f"carriage of {figure(carriage)}")


def decide(facts: Facts, timing: Timing, known: Known) -> Decision:
    """Return whether documents are due, and if not, why."""
    order = facts.order
    if order is None:
        return NotYet(Cause.ORDER_NOT_RECEIVED)
    if facts.is_cancelled:
        return Cancelled()
    if order.is_test or (order.is_free_of_charge and not _is_charged(order)):
        return Skip(Cause.TEST_ORDER if order.is_test else Cause.FREE_OF_CHARGE)
    is_due = _has_come_far_enough(facts, timing)
    obstacle = _obstacle(facts, order, timing, known, is_due=is_due)
    if obstacle is not None:
        return obstacle
    if not is_due:
        return _not_come_far_enough(facts, timing, known)
    day = _document_date(facts, order, timing, known)
    if isinstance(day, NotYet):
        return day
    if timing.start_date is not None and day < timing.start_date:
        return Skip(Cause.BEFORE_START_DATE, timing.start_date.isoformat())
    return Due(day)


def _has_come_far_enough(facts: Facts, timing: Timing) -> bool:
    match timing.post_when:
        case PostWhen.RECEIVED:
            return True
        case PostWhen.PAID:
            return facts.is_paid
        case PostWhen.PART_DISPATCHED:
            return facts.is_dispatched or (any(facts.shipped) and not facts.unclear_shipments)
    return facts.is_dispatched


def holds_nothing(facts: Facts, known: Known) -> bool:
    """Tell whether the order is on hold by a word that came after its dispatch: goods that left are a sale."""
    seen, since = known.dispatched_seen_at, known.on_hold_since
    return facts.flags.is_on_hold and seen is not None and since is not None and since > seen


def _not_come_far_enough(facts: Facts, timing: Timing, known: Known) -> NotYet:
    if timing.post_when is PostWhen.PAID:
        return NotYet(Cause.NOT_PAID)
    if timing.post_when is PostWhen.PART_DISPATCHED and facts.flags.is_part_dispatched and not any(facts.shipped):
        detail = "A part of it has left, and no shipment says which."
        return NotYet(Cause.SHIPMENT_UNCLEAR, facts.order.status if facts.order else "", detail, needs_person=True)
    if facts.unclear_shipments:
        return NotYet(Cause.SHIPMENT_UNCLEAR, ", ".join(facts.unclear_shipments)[:500], needs_person=True)
    return _not_all_left(facts, timing, known) if facts.is_part_shipped else NotYet(Cause.NOT_DISPATCHED)


def _not_all_left(facts: Facts, timing: Timing, known: Known) -> NotYet:
    """Return that the rest is waited for; to be told to a person once the first part has waited long enough."""
    days = [moments.day(each, timing.zones) for each in facts.shipment_moments]
    left_on = min(days, default=_day_of(known.received_at, timing))
    if timing.part_shipped_until is None or left_on > timing.part_shipped_until:
        return NotYet(Cause.PART_SHIPPED)
    assert facts.order is not None  # noqa: S101 - without an order nothing has left
    lines = zip(facts.order.lines, facts.shipped, facts.remaining, strict=True)
    left = ", ".join(
        told(f"{plain(gone)} of {plain(all_of_it)} x {name_of(line)}") for line, gone, all_of_it in lines if gone
    )
    first = f"The first left on {left_on}."
    detail = first if days else f"When they left is not said; the order came on {left_on}."
    return NotYet(Cause.PART_SHIPMENT_WAITS, left[:500], detail, needs_person=True)


def _obstacle(facts: Facts, order: CanonicalOrder, timing: Timing, known: Known, *, is_due: bool) -> NotYet | None:
    """Return what the order itself puts in the way, however far it has come."""
    stands = facts.flags
    if stands.is_on_hold and not holds_nothing(facts, known):
        return NotYet(Cause.ON_HOLD, order.status, needs_person=is_due)
    if stands.has_error and not timing.include_errors:
        message = without_entities(stands.error_message)
        return NotYet(Cause.HAS_ERROR, message[:500], message, needs_person=is_due)
    if order.is_free_of_charge and not _are_goods_free(order):
        return NotYet(Cause.FREE_BUT_CHARGED, _charge_in_words(order), needs_person=is_due)
    if facts.unknown_parts:
        names = ", ".join(facts.unknown_parts)[:500]
        return NotYet(Cause.CANCELLATION_UNCLEAR, names, "The order has no such line.", needs_person=True)
    if facts.unclear_parts:
        detail = "Several lines of the order have that name, and they are not alike."
        return NotYet(Cause.CANCELLATION_UNCLEAR, ", ".join(facts.unclear_parts)[:500], detail, needs_person=True)
    return None


def _document_date(facts: Facts, order: CanonicalOrder, timing: Timing, known: Known) -> date | NotYet:
    """Return the day that dates the documents, or why nobody knows it."""
    if known.typed_date is not None:
        return known.typed_date
    is_before = timing.post_when in {PostWhen.RECEIVED, PostWhen.PAID}
    said = _said_before(order, timing) if is_before else list(facts.dispatch_moments)
    if said:
        return _said_date(said, timing, known)
    if is_before:
        return _day_of(known.received_at, timing)
    if known.saw_it_leave and known.dispatched_seen_at is not None:
        return _day_of(known.dispatched_seen_at, timing)
    return known.document_date or _arrival_date(order, timing, known)


def _said_before(order: CanonicalOrder, timing: Timing) -> list[str]:
    """Return what dates an order whose dispatch is not waited for: the last of its payments, else when it was made."""
    paid = [each.at for each in order.payments if each.at] if timing.post_when is PostWhen.PAID else []
    return paid or ([order.ordered_at] if order.ordered_at else [])


def _said_date(said: Sequence[str], timing: Timing, known: Known) -> date | NotYet:
    day = max(moments.day(each, timing.zones) for each in said)
    if timing.unsure_of is None or known.document_date is not None:
        return day
    other = max(moments.day(each, timing.unsure_of) for each in said)
    if other == day:
        return day
    return NotYet(Cause.TIME_ZONE_UNSURE, max(said), f"That is {day} or {other}.", needs_person=True)


def _arrival_date(order: CanonicalOrder, timing: Timing, known: Known) -> date | NotYet:
    """Return the day on which an order arrived that was dispatched by then, nobody says when."""
    arrived = _day_of(known.received_at, timing)
    if timing.undated_days is None:
        return arrived
    if order.ordered_at is None:
        detail = f"It names no date at all and came on {arrived}."
        return NotYet(Cause.DISPATCH_DATE_MISSING, detail=detail, needs_person=True)
    ordered = moments.day(order.ordered_at, timing.zones)
    if arrived - ordered <= timedelta(days=timing.undated_days):
        return arrived
    detail = f"It was ordered on {ordered} and came on {arrived}."
    return NotYet(Cause.DISPATCH_DATE_MISSING, ordered.isoformat(), detail, needs_person=True)


def _day_of(at: datetime, timing: Timing) -> date:
    return at.astimezone(timing.zones.documents).date()
