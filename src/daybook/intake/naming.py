"""PURE: which line of an order a shipment or a cancellation means."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from daybook.kit.money import ZERO
from daybook.sources.canonical.schema import CanonicalOrder, Line, Part

Names = dict[tuple[str, str], tuple[int, ...]]
"""(field, name) -> the lines that have it there."""


@dataclass(frozen=True, slots=True)
class Named:
    """Quantities by line of the order, and the names that no line has, or several that are not alike."""

    quantities: list[Decimal]
    unknown: list[str]
    unclear: list[str]


def by_line(order: CanonicalOrder, parts: Iterable[Part], *, room: Sequence[Decimal]) -> Named:
    """Return what the parts say of each line. Lines that share a name are filled one after the other, up to their room.

    So nothing is counted twice and nothing is lost: 2 of a name that two lines of 1 have is 1 of each.
    """
    quantities, unknown, shared = [ZERO] * len(order.lines), [], {}
    named = names_of(order.lines)
    for part in parts:
        places = places_of(named, part)
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


def names_of(lines: Sequence[Line]) -> Names:
    """Return which lines have each name."""
    named: dict[tuple[str, str], list[int]] = {}
    for place, line in enumerate(lines):
        for field, name in (("id", line.id), ("ref", line.ref), ("external_ref", line.external_ref)):
            named.setdefault((field, name), []).append(place)
    return {key: tuple(places) for key, places in named.items()}


def places_of(named: Names, part: Part) -> tuple[int, ...]:
    """Return the lines a part names: by id, else by ref, else by the shop's name."""
    ways = (("id", part.line), ("ref", part.line), ("external_ref", part.line), ("external_ref", part.external_ref))
    return next((named[way] for way in ways if way[1] and way in named), ())
