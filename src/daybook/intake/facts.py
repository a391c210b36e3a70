"""PURE: what stands after all that was received of an order, and whether documents are due.

revision + notices -> derive -> Facts -> decide -> Due | NotYet | Skip | Cancelled
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from decimal import Decimal
from enum import StrEnum

from daybook.intake.schema import CanonicalOrder, Line, NoticeContent, Part
from daybook.kit.money import ZERO, plain


class Reason(StrEnum):
    """Why no document is made of an order; the words are in `outbox/explanations.py`."""

    ORDER_NOT_RECEIVED = "order_not_received"
    NOT_DISPATCHED = "not_dispatched"
    PART_SHIPPED = "part_shipped"
    ON_HOLD = "on_hold"
    HAS_ERROR = "has_error"
    CANCELLATION_UNCLEAR = "cancellation_unclear"
    FREE_OF_CHARGE = "free_of_charge"
    BEFORE_START_DATE = "before_start_date"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Told:
    """A notice, and whether it came after the revision that stands."""

    notice: NoticeContent
    is_newer: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What stands."""

    order: CanonicalOrder | None
    is_dispatched: bool = False
    is_part_shipped: bool = False
    dispatch_time: datetime | None = None
    """As the order itself names it: dispatch, else completion."""
    is_cancelled: bool = False
    cancelled: tuple[Decimal, ...] = ()
    """By line."""
    remaining: tuple[Decimal, ...] = ()
    """By line: ordered less cancelled."""
    unknown_parts: tuple[str, ...] = ()
    """Lines that cancellations name and the order does not have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """What a company decided about when documents are due."""

    zone: tzinfo
    on_receipt: bool = False
    """Post as soon as the order is received, dispatched or not."""
    start_date: date | None = None
    include_errors: bool = False


@dataclass(frozen=True, slots=True)
class Due:
    """Documents are due, dated so in the organisation's zone."""

    document_date: date


@dataclass(frozen=True, slots=True)
class NotYet:
    """Documents may become due; `needs_person` where they would be, but for something that a person must clear."""

    reason: Reason
    subject: str = ""
    detail: str = ""
    needs_person: bool = False


@dataclass(frozen=True, slots=True)
class Skip:
    """By rule there will be no documents."""

    reason: Reason
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Cancelled:
    """Nothing of the order is left."""

    reason: Reason = Reason.CANCELLED


Decision = Due | NotYet | Skip | Cancelled


def derive(order: CanonicalOrder | None, told: Sequence[Told] = (), *, seen_dispatched: bool = False) -> Facts:
    """Return what stands. `seen_dispatched`: an earlier revision said so; a later status takes nothing back."""
    said_dispatched = seen_dispatched or any(each.notice.dispatched for each in told)
    if order is None:
        return Facts(order=None, is_dispatched=said_dispatched)
    own_cancelled, own_unknown = _by_line(order, (part for each in order.cancellations for part in each.lines))
    told_cancelled, told_unknown = _by_line(
        order, (part for each in told for cancellation in each.notice.cancellations for part in cancellation.lines)
    )
    cancelled = tuple(
        min(line.quantity, max(own, told_of_it))
        for line, own, told_of_it in zip(order.lines, own_cancelled, told_cancelled, strict=True)
    )
    remaining = tuple(line.quantity - gone for line, gone in zip(order.lines, cancelled, strict=True))
    shipped = _shipped(order, told)
    return Facts(
        order=order,
        is_dispatched=said_dispatched or order.dispatched or _covers(shipped, remaining),
        is_part_shipped=any(shipped),
        dispatch_time=order.dispatched_at or _last_shipment(order, told) or order.completed_at,
        is_cancelled=order.cancelled
        or any(each.notice.cancelled and each.is_newer for each in told)
        or (any(cancelled) and not any(remaining)),
        cancelled=cancelled,
        remaining=remaining,
        unknown_parts=(*own_unknown, *told_unknown),
    )


def decide(facts: Facts, timing: Timing, *, seen_dispatched_at: datetime | None, received_at: datetime) -> Decision:
    """Return whether documents are due, and if not, why."""
    order = facts.order
    if order is None:
        return NotYet(Reason.ORDER_NOT_RECEIVED)
    if facts.is_cancelled:
        return Cancelled()
    if order.is_free_of_charge:
        return Skip(Reason.FREE_OF_CHARGE)
    is_due = facts.is_dispatched or timing.on_receipt
    obstacle = _obstacle(facts, order, timing, is_due=is_due)
    if obstacle is not None:
        return obstacle
    if not is_due:
        return NotYet(Reason.PART_SHIPPED if facts.is_part_shipped else Reason.NOT_DISPATCHED)
    day = _document_date(facts, order, timing, seen_dispatched_at=seen_dispatched_at, received_at=received_at)
    if timing.start_date is not None and day < timing.start_date:
        return Skip(Reason.BEFORE_START_DATE, timing.start_date.isoformat())
    return Due(day)


def cancelled_in_words(facts: Facts) -> str:
    """Return what was cancelled: "2 x MUG-11OZ-WHT, 1 x Baby bib"."""
    lines = facts.order.lines if facts.order else []
    return ", ".join(
        f"{plain(gone)} x {line.sku or line.description or line.id or 'a line'}"
        for line, gone in zip(lines, facts.cancelled, strict=True)
        if gone
    )


def _obstacle(facts: Facts, order: CanonicalOrder, timing: Timing, *, is_due: bool) -> NotYet | None:
    """Return what the order itself puts in the way, however far it has come."""
    if order.on_hold:
        return NotYet(Reason.ON_HOLD, order.status, needs_person=is_due)
    if order.has_error and not timing.include_errors:
        return NotYet(Reason.HAS_ERROR, order.error_message[:500], order.error_message, needs_person=is_due)
    if facts.unknown_parts:
        return NotYet(Reason.CANCELLATION_UNCLEAR, ", ".join(facts.unknown_parts)[:500], needs_person=True)
    return None


def _document_date(
    facts: Facts, order: CanonicalOrder, timing: Timing, *, seen_dispatched_at: datetime | None, received_at: datetime
) -> date:
    moment = order.ordered_at if timing.on_receipt else facts.dispatch_time or seen_dispatched_at
    return (moment or received_at).astimezone(timing.zone).date()


def _shipped(order: CanonicalOrder, told: Sequence[Told]) -> list[Decimal]:
    """Return how much of each line has left; the order and the notices may tell of the same shipments."""
    own, _ = _by_line(order, (part for each in order.shipments for part in each.lines))
    by_notice, _ = _by_line(
        order, (part for each in told for shipment in each.notice.shipments for part in shipment.lines)
    )
    return [max(pair) for pair in zip(own, by_notice, strict=True)]


def _covers(shipped: Sequence[Decimal], remaining: Sequence[Decimal]) -> bool:
    return any(remaining) and all(gone >= left for gone, left in zip(shipped, remaining, strict=True))


def _last_shipment(order: CanonicalOrder, told: Sequence[Told]) -> datetime | None:
    shipments = [*order.shipments, *(shipment for each in told for shipment in each.notice.shipments)]
    return max((each.dispatched_at for each in shipments if each.dispatched_at is not None), default=None)


def _by_line(order: CanonicalOrder, parts: Iterable[Part]) -> tuple[list[Decimal], list[str]]:
    """Return the quantities by line of the order, and the names that no line has."""
    quantities, unknown = [ZERO] * len(order.lines), []
    for part in parts:
        position = _position(order.lines, part)
        if position is None:
            unknown.append(part.line)
        else:
            quantities[position] += part.quantity
    return quantities, unknown


def _position(lines: Sequence[Line], part: Part) -> int | None:
    """Return the line a part names: by id, else by ref, else by the shop's name."""
    for name, attribute in (
        (part.line, "id"),
        (part.line, "ref"),
        (part.line, "external_ref"),
        (part.external_ref, "external_ref"),
    ):
        for position, line in enumerate(lines):
            if name and getattr(line, attribute) == name:
                return position
    return None
