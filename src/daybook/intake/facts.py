"""PURE: what stands after all that was received of an order.

revision + notices -> derive -> Facts; whether documents are due by them is decided in `due`
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from daybook.intake import parts
from daybook.intake.parts import Departure, Told
from daybook.kit.money import ZERO, plain
from daybook.mapping.texts import without_entities
from daybook.sources.canonical.after import Payment
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


def is_paid_in_full(order: CanonicalOrder, currency: str, gross: Decimal | None) -> bool:
    """Tell whether an order's payments come to its total, less what was given back of them."""
    if gross is None:
        return False
    back = sum((paid.amount for each in order.refunds for paid in each.payments if _is_in(paid, currency)), ZERO)
    return sum((paid.amount for paid in order.payments if _is_in(paid, currency)), ZERO) - back >= gross


def _is_in(paid: Payment, currency: str) -> bool:
    return paid.currency in {None, currency}


def cancelled_in_words(facts: Facts) -> str:
    """Return what was cancelled: "2 x MUG-11OZ-WHT, 1 x Baby bib"."""
    return in_words(facts, facts.cancelled)


def in_words(facts: Facts, quantities: Sequence[Decimal]) -> str:
    """Return so many of the order's lines in words: "2 x MUG-11OZ-WHT, 1 x Baby bib"."""
    lines = facts.order.lines if facts.order else []
    return ", ".join(f"{plain(some)} x {name_of(line)}" for line, some in zip(lines, quantities, strict=False) if some)


def name_of(line: Line) -> str:
    """Return how a line is called in words for people."""
    return without_entities(line.sku or line.description or line.id) or "a line"


def _covers(shipped: Sequence[Decimal], to_leave: Sequence[Decimal]) -> bool:
    return any(to_leave) and all(gone >= left for gone, left in zip(shipped, to_leave, strict=True))


def _dispatch_moments(order: CanonicalOrder, told: Sequence[Told]) -> tuple[str, ...]:
    if order.dispatched_at:
        return (order.dispatched_at,)
    return _shipment_moments(order, told) or ((order.completed_at,) if order.completed_at else ())


def _shipment_moments(order: CanonicalOrder, told: Sequence[Told]) -> tuple[str, ...]:
    shipments = [*order.shipments, *(shipment for each in told for shipment in each.notice.shipments)]
    return tuple(each.dispatched_at for each in shipments if each.dispatched_at)
