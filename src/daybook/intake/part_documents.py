"""PURE: which parts of an order become a document of the sale each, and what each of them sells (decision 56).

What a part that has left took is taken off first, whatever is told of it since; the shipments that are told of share what is
left, in turn; and once all of the order has left, the last of them takes all of it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from daybook.documents import keys
from daybook.documents.causes import Cause, Hold
from daybook.documents.document import Invoice, of_line
from daybook.documents.kinds import SPECS, Paper
from daybook.intake.facts import Facts
from daybook.intake.lowering import FROZEN
from daybook.intake.material import Made, Material
from daybook.intake.parts import Departure
from daybook.kit.money import ZERO
from daybook.mapping import invoices, numbers, parting
from daybook.mapping.numbers import Numbering
from daybook.mapping.parting import Part
from daybook.outbox.states import State
from daybook.sources.canonical import moments


@dataclass(frozen=True, slots=True)
class _Leaving:
    """A part that becomes a document, or has."""

    key: str
    part: Part
    told: Departure | None = None


def is_split(of: Material) -> bool:
    """Tell whether the order becomes a document for each part: what was begun in one way goes on so."""
    sales = _begun(of)
    if sales:
        return any(each.key for each in sales)
    stands = of.stands
    return of.is_in_parts and stands is not None and not (stands.is_dispatched and len(stands.departures) <= 1)


def of_sale(of: Material) -> Sequence[str]:
    """Return the keys of the documents that the sale becomes: "" alone, or those of the parts that have left."""
    if not is_split(of):
        return ("",)
    found = _leaving(of)
    return [each.key for place, each in enumerate(found) if each.part.stands or _is_anything(of, found, place)]


def invoice(of: Material, number: str) -> Paper | Hold:
    """Return the invoice of the part `of.key`."""
    found = _leaving(of)
    place = next((place for place, each in enumerate(found) if each.key == of.key), None)
    if place is None:
        return Hold(Cause.NEEDED_ENDED, number)
    made = _made(of, found, place, number)
    return Hold(Cause.NEEDED_ENDED, number) if made is None else made


def number(of: Material, stem: str | Hold, numbering: Numbering) -> str | Hold:
    """Return the number of another part: the order's with "-S1" behind it, or the next that nobody has or ever had."""
    if isinstance(stem, Hold):
        return stem
    burnt = {each.number.upper() for each in of.made if SPECS[each.kind].is_the_sale and not each.is_number_free}
    return numbers.next_free(
        stem, "-S", lambda number: number in burnt or (numbering.space, number) in of.taken, numbering.longest
    )


def invoiced(of: Material) -> tuple[Decimal, ...]:
    """Return by line of the order how many the parts sell that have left; nothing where it is not in parts."""
    papers = [each.paper for each in of.sales() if each.key and each.state in FROZEN]
    sold = parting.quantities(paper for paper in papers if isinstance(paper, Invoice))
    lines = len(of.stands.remaining) if of.stands is not None else 0
    return tuple(sold.get(of_line(n), ZERO) for n in range(1, lines + 1)) if sold else ()


def is_complete(of: Material) -> bool:
    """Tell whether nothing more will come of the sale: all of the order has left, in documents that have left too."""
    if of.stands is None or not of.stands.is_dispatched:
        return False
    sold = set(of_sale(of))
    return all(each.part.stands is not None for each in _leaving(of) if each.key in sold)


def _begun(of: Material) -> list[Made]:
    """Return the documents of the sale that stand, or were ended for good: none is made in the place of these."""
    mine = (each for each in of.made if SPECS[each.kind].is_the_sale)
    return [each for each in mine if each.state != State.CANCELLED or _is_over(each)]


def _is_over(made: Made) -> bool:
    return made.state == State.CANCELLED and (made.is_given_up or made.is_settled_there)


def _leaving(of: Material) -> list[_Leaving]:
    """Return all parts, in the order in which they take what is theirs."""
    stands = of.stands
    if stands is None:
        return []
    there = {each.key: each for each in _begun(of) if each.key and (each.state in FROZEN or _is_over(each))}
    left = list(stands.remaining)
    room = list(stands.shipped)
    found = list[_Leaving]()
    for key, made in there.items():
        if isinstance(made.paper, Invoice):
            sold = parting.quantities([made.paper])
            _take(left, room, [sold.get(of_line(n), ZERO) for n in range(1, len(left) + 1)])
            found.append(_Leaving(key, Part(quantities=sold, stands=made.paper)))
    news = list(_news(stands, there, left, room))
    if stands.is_dispatched:
        rest = {of_line(n): each for n, each in enumerate(left, 1)}
        last = news.pop() if news else _Leaving(keys.REST, Part(quantities=rest))
        news.append(replace(last, part=replace(last.part, is_last=True)))
    return [*found, *(each for each in news if each.key not in there)]


def _news(stands: Facts, there: dict[str, Made], left: list[Decimal], room: list[Decimal]) -> Iterator[_Leaving]:
    """Yield the shipments of which nothing has left as a document, each with what of it is left and did leave."""
    for told in stands.departures:
        if told.key in there:
            continue
        pairs = zip(told.quantities, left, room, stands.goods, strict=True)
        mine = [max(min(quantity, has, gone), ZERO) if is_good else ZERO for quantity, has, gone, is_good in pairs]
        if any(mine):
            _take(left, room, mine)
            yield _Leaving(told.key, Part(quantities={of_line(n): each for n, each in enumerate(mine, 1)}), told)


def _take(left: list[Decimal], room: list[Decimal], quantities: Sequence[Decimal]) -> None:
    for place, quantity in enumerate(quantities):
        left[place] -= quantity
        room[place] -= quantity


def _is_anything(of: Material, found: Sequence[_Leaving], place: int) -> bool:
    """Tell whether a part sells anything: what no shipment names may come to nothing.

    Where the order cannot be booked now (its day is locked), nobody knows what it comes to: its quantities tell.
    """
    mine = found[place]
    if mine.key != keys.REST:
        return True
    whole = _whole(of, mine, "1")
    if isinstance(whole, Hold):
        return place == 0 or any(mine.part.quantities.values())
    return _cut(of, whole, found, place) is not None


def _made(of: Material, found: Sequence[_Leaving], place: int, number: str) -> Invoice | Hold | None:
    mine = found[place]
    if mine.part.stands is not None:
        return mine.part.stands
    whole = _whole(of, mine, number)
    return whole if isinstance(whole, Hold) else _cut(of, whole, found, place)


def _whole(of: Material, mine: _Leaving, number: str) -> Invoice | Hold:
    """Return the invoice of the whole order as it is now, with the number and the day of this part."""
    day = _day(of, mine.told)
    return invoices.map_invoice(replace(of.order, document_date=day), of.rules, number=number, prices=of.prices)


def _cut(of: Material, whole: Invoice, found: Sequence[_Leaving], place: int) -> Invoice | Hold | None:
    stands = of.stands
    goods = frozenset(of_line(n) for n, is_good in enumerate(stands.goods if stands else (), 1) if is_good)
    return parting.cut(whole, [each.part for each in found], place, goods, of.rules)


def _day(of: Material, told: Departure | None) -> date:
    """Return when a part left; of what does not say, when that was told, else as the order says."""
    if told is not None and told.moment:
        return moments.day(told.moment, of.zones)
    if told is not None and told.at is not None:
        return told.at.astimezone(of.zones.documents).date()
    return of.order.document_date
