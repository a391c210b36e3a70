"""PURE: what stands after all that was received of an order, and whether documents are due.

revision + notices -> derive -> Facts -> decide -> Due | NotYet | Skip | Cancelled
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from daybook.documents.causes import Cause
from daybook.intake import parts
from daybook.intake.parts import Departure, Told
from daybook.kit.money import ZERO, figure, plain
from daybook.kit.translation import told
from daybook.mapping.texts import without_entities
from daybook.sources.canonical import moments
from daybook.sources.canonical.after import Payment
from daybook.sources.canonical.moments import Zones
from daybook.sources.canonical.schema import CanonicalOrder, Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Flags:
    """What the order and the notices since say in words that replace each other: the last one counts."""

    is_cancelled: bool = False
    is_on_hold: bool = False
    has_error: bool = False
    error_message: str = ""
    is_paid: bool = False
    is_part_dispatched: bool = False
    hold_told_at: datetime | None = None
    """Of the notice that told of the hold; None: the order's own content tells of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What stands."""

    order: CanonicalOrder | None
    is_dispatched: bool = False
    is_part_shipped: bool = False
    is_paid: bool = False
    """In full, as its status says; its payments may say so too (`is_paid_in_full`)."""
    departures: tuple[Departure, ...] = ()
    """The shipments that are told of, each once."""
    dispatch_moments: tuple[str, ...] = ()
    """As the order itself names them, the last of them counts: dispatch, else shipments, else completion."""
    is_cancelled: bool = False
    flags: Flags = Flags()
    cancelled: tuple[Decimal, ...] = ()
    """By line."""
    told_cancelled: tuple[Decimal, ...] = ()
    """By line, with what the order that came since has taken off its own quantity."""
    remaining: tuple[Decimal, ...] = ()
    """By line: ordered less cancelled."""
    shipped: tuple[Decimal, ...] = ()
    """By line."""
    goods: tuple[bool, ...] = ()
    """By line whether it leaves in shipments; all else goes along."""
    shipment_moments: tuple[str, ...] = ()
    """When parts of it left, where anything says so."""
    unclear_shipments: tuple[str, ...] = ()
    """What shipments name that the order does not have; the day of one that names nothing."""
    unknown_parts: tuple[str, ...] = ()
    """Lines that cancellations name and the order does not have."""
    told_status: str = ""
    """What was called back last of its status, after the content that stands; "": nothing was."""
    early_refund: str = ""
    """A status that called it refunded before anything else was known of it: no content that comes later has undone that."""
    unclear_parts: tuple[str, ...] = ()
    """Names in cancellations that several lines share which are not alike, so that it matters which is meant."""


_REFUNDED = ("refunded", "partially refunded", "part refunded", "partly refunded")


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


def _any_line(_line: Line) -> bool:
    return True


def derive(
    order: CanonicalOrder | None,
    told: Sequence[Told] = (),
    *,
    seen_dispatched: bool = False,
    is_good: Callable[[Line], bool] = _any_line,
) -> Facts:
    """Return what stands.

    `seen_dispatched`: an earlier revision said so; a later status takes nothing back. `is_good`: whether a line of which
    the order says nothing is goods, by the company's rules; what is none (a fee, a discount) need not be in a shipment.
    """
    said_dispatched = seen_dispatched or any(each.notice.dispatched for each in told)
    if order is None:
        return Facts(order=None, is_dispatched=said_dispatched)
    ordered = [line.quantity for line in order.lines]
    own = parts.by_line(order, (part for each in order.cancellations for part in each.lines), room=ordered)
    by_notice = parts.by_line(order, parts.not_yet_taken_off(order, told), room=ordered)
    ever = parts.by_line(order, parts.told_as_cancelled(told), room=ordered)
    cancelled = tuple(
        min(line.quantity, max(pair))
        for line, *pair in zip(order.lines, own.quantities, by_notice.quantities, strict=True)
    )
    remaining = tuple(line.quantity - gone for line, gone in zip(order.lines, cancelled, strict=True))
    shipped, unclear_shipments = parts.shipped(order, told, remaining)
    stands = flags(order, told)
    is_dispatched = said_dispatched or order.dispatched or _covers(shipped, parts.to_leave(order, remaining, is_good))
    owed = (left for line, left in zip(order.lines, remaining, strict=True) if not parts.is_taken_off(line))
    is_nothing_left = any(cancelled) and not any(owed) and not (is_dispatched and _keeps_carriage(order))
    return Facts(
        order=order,
        is_dispatched=is_dispatched,
        is_part_shipped=any(shipped) or stands.is_part_dispatched,
        is_paid=stands.is_paid,
        departures=parts.departures(order, told),
        dispatch_moments=_dispatch_moments(order, told),
        is_cancelled=stands.is_cancelled or is_nothing_left,
        flags=stands,
        cancelled=cancelled,
        told_cancelled=tuple(map(max, own.quantities, ever.quantities)),
        remaining=remaining,
        shipped=tuple(shipped),
        goods=tuple(bool(quantity) for quantity in parts.to_leave(order, ordered, is_good)),
        shipment_moments=_shipment_moments(order, told),
        unclear_shipments=unclear_shipments,
        told_status=next((each.notice.status for each in reversed(told) if each.is_newer and each.notice.status), ""),
        early_refund=next((each.notice.status for each in reversed(told) if _is_early_refund(each)), ""),
        unknown_parts=(*own.unknown, *by_notice.unknown),
        unclear_parts=(*own.unclear, *by_notice.unclear),
    )


def is_refunded(status: str) -> bool:
    """Tell whether an OMS calls an order refunded."""
    return status.strip().lower().startswith(_REFUNDED)


def _is_early_refund(told: Told) -> bool:
    return not told.is_newer and told.stood is None and is_refunded(told.notice.status)


def _keeps_carriage(order: CanonicalOrder) -> bool:
    """Tell whether carriage is still charged, now that no goods are left: it is stated, and the totals are not 0."""
    totals = order.totals
    is_charged = any(each.price or each.price_inc_tax for each in order.shippings)
    return is_charged and all(total is None or total for total in (totals.gross, totals.net))


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


def flags(order: CanonicalOrder, told: Sequence[Told]) -> Flags:
    """Return what was last told: a notice that came after the order's content replaces what that says.

    Word of the dispatch ends a hold and a cancellation: goods that left are a sale.
    """
    stands = Flags(
        is_cancelled=order.cancelled,
        is_on_hold=order.on_hold,
        has_error=order.has_error,
        error_message=order.error_message,
        is_paid=order.paid,
        is_part_dispatched=order.part_dispatched or any(each.notice.part_dispatched for each in told),
    )
    for each in told:
        if each.is_newer:
            stands = _after(stands, each)
    return stands


def _after(stands: Flags, told: Told) -> Flags:
    notice = told.notice
    ended = False if notice.dispatched else None
    on_hold = _last(stands.is_on_hold, ended, notice.on_hold)
    return Flags(
        is_cancelled=_last(stands.is_cancelled, ended, notice.cancelled),
        is_on_hold=on_hold,
        has_error=_last(stands.has_error, notice.has_error),
        error_message=stands.error_message if notice.has_error is None else notice.error_message,
        is_paid=_last(stands.is_paid, notice.paid),
        is_part_dispatched=stands.is_part_dispatched,
        hold_told_at=told.at if notice.on_hold else stands.hold_told_at if on_hold else None,
    )


def _last(stands: bool, *words: bool | None) -> bool:  # noqa: FBT001 - what stands, then what was said of it
    return next((word for word in reversed(words) if word is not None), stands)


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


def is_paid_in_full(order: CanonicalOrder, currency: str, gross: Decimal | None) -> bool:
    """Tell whether an order's payments come to its total, less what was given back of them."""
    if gross is None:
        return False
    back = sum((paid.amount for each in order.refunds for paid in each.payments if _is_in(paid, currency)), ZERO)
    return sum((paid.amount for paid in order.payments if _is_in(paid, currency)), ZERO) - back >= gross


def _is_in(paid: Payment, currency: str) -> bool:
    return paid.currency in {None, currency}


def holds_nothing(facts: Facts, known: Known) -> bool:
    """Tell whether the order is on hold by a word that came after its dispatch: goods that left are a sale."""
    seen, since = known.dispatched_seen_at, known.on_hold_since
    return facts.flags.is_on_hold and seen is not None and since is not None and since > seen


def cancelled_in_words(facts: Facts) -> str:
    """Return what was cancelled: "2 x MUG-11OZ-WHT, 1 x Baby bib"."""
    return in_words(facts, facts.cancelled)


def in_words(facts: Facts, quantities: Sequence[Decimal]) -> str:
    """Return so many of the order's lines in words: "2 x MUG-11OZ-WHT, 1 x Baby bib"."""
    lines = facts.order.lines if facts.order else []
    return ", ".join(f"{plain(some)} x {_name(line)}" for line, some in zip(lines, quantities, strict=False) if some)


def _name(line: Line) -> str:
    return without_entities(line.sku or line.description or line.id) or "a line"


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
        told(f"{plain(gone)} of {plain(all_of_it)} x {_name(line)}") for line, gone, all_of_it in lines if gone
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


def _covers(shipped: Sequence[Decimal], to_leave: Sequence[Decimal]) -> bool:
    return any(to_leave) and all(gone >= left for gone, left in zip(shipped, to_leave, strict=True))


def _dispatch_moments(order: CanonicalOrder, told: Sequence[Told]) -> tuple[str, ...]:
    if order.dispatched_at:
        return (order.dispatched_at,)
    return _shipment_moments(order, told) or ((order.completed_at,) if order.completed_at else ())


def _shipment_moments(order: CanonicalOrder, told: Sequence[Told]) -> tuple[str, ...]:
    shipments = [*order.shipments, *(shipment for each in told for shipment in each.notice.shipments)]
    return tuple(each.dispatched_at for each in shipments if each.dispatched_at)
