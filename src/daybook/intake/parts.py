"""PURE: which lines shipments and cancellations mean, and so how much of each line has left, or will not be delivered."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from daybook.documents import keys
from daybook.documents.line_kinds import LineKind
from daybook.kit.money import ZERO, plain
from daybook.sources.canonical.schema import CanonicalOrder, Cost, Line, NoticeContent, Part, Shipment


@dataclass(frozen=True, slots=True)
class Told:
    """A notice, and whether it came after the revision that stands."""

    notice: NoticeContent
    is_newer: bool
    at: datetime | None = None
    """When it was received."""
    stood: CanonicalOrder | None = None
    """The content that stood then, where another stands now."""


@dataclass(frozen=True, slots=True)
class Named:
    """Quantities by line of the order, and the names that no line has, or several that are not alike."""

    quantities: list[Decimal]
    unknown: list[str]
    unclear: list[str]


@dataclass(frozen=True, slots=True)
class Departure:
    """A shipment that is told of."""

    key: str
    """By what its document is known: its id, else what tells it from the order's others."""
    moment: str | None
    """When it left; None: nobody says."""
    at: datetime | None
    """When a notice told of it; None: the order's own content does."""
    quantities: tuple[Decimal, ...]
    """By line of the order, as told."""
    is_named: bool
    """It has an id: told again with other quantities, it is the same one."""


def departures(order: CanonicalOrder, told: Sequence[Told]) -> tuple[Departure, ...]:
    """Return the shipments that name goods, each once, those of the order's content before what was called back."""
    found: dict[str, Departure] = {}
    ordered = [line.quantity for line in order.lines]
    for key, shipment, at in _keyed(order, told):
        quantities = by_line(order, shipment.lines, room=ordered).quantities
        if any(quantities):
            found.setdefault(key, Departure(key, shipment.dispatched_at, at, tuple(quantities), bool(shipment.id)))
    return tuple(found.values())


def _keyed(order: CanonicalOrder, told: Sequence[Told]) -> Iterator[tuple[str, Shipment, datetime | None]]:
    """Yield the shipments with their keys; the n-th of several that are told alike on one side is that on the other, too."""
    for side in (
        [(each, None) for each in order.shipments],
        _told_last(told),
    ):
        times = Counter[str]()
        for shipment, at in side:
            name = _told_as(shipment)
            times[name] += not shipment.id
            yield keys.of_shipment(shipment.id) if shipment.id else keys.of_unnamed(name, times[name]), shipment, at


def _told_as(shipment: Shipment) -> str:
    parts = sorted(f"{each.line}/{each.external_ref}/{plain(each.quantity)}" for each in shipment.lines)
    return "\n".join((shipment.dispatched_at or "", *parts))


def _told_last(told: Sequence[Told]) -> list[tuple[Shipment, datetime | None]]:
    """Return the shipments that were called back; one with an id counts once, as it was told last."""
    found: dict[object, tuple[Shipment, datetime | None]] = {}
    for each in told:
        for shipment in each.notice.shipments:
            found[shipment.id or len(found)] = shipment, each.at
    return list(found.values())


def shipped(
    order: CanonicalOrder, told: Sequence[Told], remaining: Sequence[Decimal]
) -> tuple[list[Decimal], tuple[str, ...]]:
    """Return how much of each line has left, and what no line is; order and notices may tell of the same shipments."""
    by_notice = [shipment for shipment, _ in _told_last(told)]
    sides = [
        by_line(order, (part for each in shipments for part in each.lines), room=remaining)
        for shipments in (order.shipments, by_notice)
    ]
    bare = [each.dispatched_at for each in (*order.shipments, *by_notice) if each.dispatched_at and not each.lines]
    unclear = dict.fromkeys((*sides[0].unknown, *sides[1].unknown, *bare))
    return [max(pair) for pair in zip(*(side.quantities for side in sides), strict=True)], tuple(unclear)


def to_leave(order: CanonicalOrder, remaining: Sequence[Decimal], is_good: Callable[[Line], bool]) -> Sequence[Decimal]:
    """Return by line how much must be in shipments: what is taken off and what is no goods leaves with the goods."""
    goods = [left if _must_leave(line, is_good) else ZERO for line, left in zip(order.lines, remaining, strict=True)]
    return goods if any(goods) else remaining


def _must_leave(line: Line, is_good: Callable[[Line], bool]) -> bool:
    if line.kind is not LineKind.GOODS or is_taken_off(line):
        return False
    return is_good(line) if line.is_stock is None else line.is_stock


def is_taken_off(line: Line) -> bool:
    """Tell whether the line takes something off the order: a discount as a line of its own."""
    return any(price is not None and price < 0 for price in (line.unit_price, line.unit_price_inc_tax))


def told_as_cancelled(told: Sequence[Told]) -> Iterable[Part]:
    """Return what notices cancelled."""
    return (part for each in told for cancellation in each.notice.cancellations for part in cancellation.lines)


def not_yet_taken_off(order: CanonicalOrder, told: Sequence[Told]) -> Iterable[Part]:
    """Return what notices cancelled, less what the order that came afterwards has taken off its own lines since.

    Some senders restate their quantities when something is cancelled, others leave them: what a line had when the notice
    came and has now tells which.
    """
    named, taken_off = None, dict[tuple[int, ...], Decimal]()
    for each in told:
        for part in (part for cancellation in each.notice.cancellations for part in cancellation.lines):
            named = named or _names(order.lines)
            then = () if each.is_newer or each.stood is None else _places(_names(each.stood.lines), part)
            if not then or each.stood is None:
                yield part
                continue
            had = sum((each.stood.lines[place].quantity for place in then), ZERO)
            has = sum((order.lines[place].quantity for place in _places(named, part)), ZERO)
            left = taken_off.setdefault(then, max(had - has, ZERO))
            taken_off[then] = max(left - part.quantity, ZERO)
            if part.quantity > left:
                yield part.model_copy(update={"quantity": part.quantity - left})


def by_line(order: CanonicalOrder, parts: Iterable[Part], *, room: Sequence[Decimal]) -> Named:
    """Return what the parts say of each line. Lines that share a name are filled one after the other, up to their room.

    So nothing is counted twice and nothing is lost: 2 of a name that two lines of 1 have is 1 of each.
    """
    quantities, unknown = [ZERO] * len(order.lines), list[str]()
    shared, named = dict[tuple[int, ...], str](), None
    for part in parts:
        named = named or _names(order.lines)
        places = _places(named, part)
        if not places:
            unknown.append(part.line)
            continue
        left = part.quantity
        for place in places[:-1]:
            taken = min(left, max(room[place] - quantities[place], ZERO))
            quantities[place] += taken
            left -= taken
        quantities[places[-1]] += left
        shared[places] = part.line
    unclear = [
        name
        for places, name in shared.items()
        if not _are_alike([order.lines[place] for place in places])
        and any(quantities[place] < room[place] for place in places)
    ]
    return Named(quantities, unknown, unclear)


def _are_alike(lines: Sequence[Line]) -> bool:
    """Tell whether it makes no difference to any document's figures which of the lines is meant."""
    return len({_worth(line) for line in lines}) == 1


def _worth(line: Line) -> tuple[object, ...]:
    for_all = (line.discount, line.discount_inc_tax, line.tax_amount)
    prices = (line.unit_price, line.unit_price_inc_tax, line.tax_rate, line.unit_cost, line.cost_currency)
    return (line.sku, line.is_stock, *prices, *for_all, line.quantity if any(for_all) else ZERO)


_Names = dict[tuple[str, str], tuple[int, ...]]
"""(field, name) -> the lines that have it there."""


def _names(lines: Sequence[Line]) -> _Names:
    named: dict[tuple[str, str], list[int]] = {}
    for place, line in enumerate(lines):
        for field, name in (("id", line.id), ("ref", line.ref), ("external_ref", line.external_ref)):
            named.setdefault((field, name), []).append(place)
    return {key: tuple(places) for key, places in named.items()}


def places_of(order: CanonicalOrder, part: Part) -> tuple[int, ...]:
    """Return the lines of the order that a part names, counted from 0: by id, else by ref, else by the shop's name."""
    return _places(_names(order.lines), part)


def _places(named: _Names, part: Part) -> tuple[int, ...]:
    """Return the lines a part names: by id, else by ref, else by the shop's name."""
    ways = (("id", part.line), ("ref", part.line), ("external_ref", part.line), ("external_ref", part.external_ref))
    return next((named[way] for way in ways if way[1] and way in named), ())


def with_costs(order: CanonicalOrder, told: Sequence[Told]) -> CanonicalOrder:
    """Return the order with what notices say that its goods cost: the last word counts, the order's own where it came later."""
    found: dict[int, Cost] = {}
    named = _names(order.lines) if any(each.notice.costs for each in told) else {}
    for each in told:
        for cost in each.notice.costs:
            for place in _places(named, Part(line=cost.line, quantity=ZERO)):
                if each.is_newer or order.lines[place].unit_cost is None:
                    found[place] = cost
    if not found:
        return order
    lines = list(order.lines)
    for place, cost in found.items():
        told_now = {"unit_cost": cost.unit_cost, "cost_currency": cost.cost_currency}
        lines[place] = lines[place].model_copy(update=told_now)
    return order.model_copy(update={"lines": lines})
