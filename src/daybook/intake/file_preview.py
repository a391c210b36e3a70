"""What a file of orders would become, before anything of it is taken in: its first orders, read as they will be."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import islice
from typing import Any

from daybook.connections import roster
from daybook.documents.causes import Cause, Hold
from daybook.feeds.models import Feed
from daybook.intake import conversion, facts, news
from daybook.intake.rules import load_rules
from daybook.kit import clock
from daybook.kit.money import figure
from daybook.kit.translation import gettext
from daybook.mapping.totals import order_totals
from daybook.orders.models import Order
from daybook.sources.canonical.lines import Line, Shipping
from daybook.sources.canonical.order import Totals
from daybook.sources.canonical.schema import CanonicalOrder
from daybook.sources.mapped.mapping import ColumnMapping, mapping_of
from daybook.sources.mapped.matching import Top
from daybook.sources.problems import NotAnOrderError, Problem
from daybook.sources.source import ItemNotice, Notice, Placed, Refusal

ROWS = 2_000
"""Of a table, or things of another file: so many are read for a person to look at."""
SHOWN = 25
WRONG = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One order or message of the file, as a person looks at it."""

    place: str
    what: str
    ref: str = ""
    date: str = ""
    customer: str = ""
    currency: str = ""
    lines: tuple[str, ...] = ()
    carriage: str = ""
    total: str = ""
    """What the file says that the order comes to, and how much of it is tax."""
    facts: tuple[str, ...] = ()
    """Dispatched, on hold, and what else decides whether a document is due."""
    is_known: bool = False
    """The feed has an order of this id already: it is changed, or nothing is new."""
    problems: tuple[Problem, ...] = ()
    waits: str = ""
    """Why it would be kept and not taken in yet: news of which nobody can say what they are about."""
    differs: str = ""
    """That its lines and the totals that the file says are not the same, with both figures: it would be held."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The first things of a file."""

    shown: tuple[Shown, ...] = ()
    orders: int = 0
    others: int = 0
    refused: int = 0
    is_all: bool = True
    """The whole file was read; else its first rows were."""
    problems: tuple[Problem, ...] = ()
    """Why nothing of it can be taken in."""
    assumed: str = ""
    """The currency that orders which name none are taken for; "" where each names its own."""


def things(feed: Feed, name: str, body: bytes, settings: Mapping[str, Any]) -> tuple[list[Placed], bool]:
    """Return the first things of a file, ROWS at most, and whether they are all of it. Raises NotAnOrderError."""
    top = _top(feed, name, body, settings)
    found = list(islice(top.held.things, ROWS + 1))
    return found[:ROWS], not top.is_cut() and len(found) <= ROWS


def of(feed: Feed, name: str, body: bytes, settings: Mapping[str, Any]) -> Preview:
    """Return what the first things of a file would become by these settings of its feed."""
    try:
        found, is_all = things(feed, name, body, settings)
    except NotAnOrderError as error:
        return Preview(problems=error.problems)
    wrong = [each for each in found if isinstance(each.read, Refusal)][:WRONG]
    chosen = wrong + [each for each in found if not isinstance(each.read, Refusal)][:SHOWN]
    sales = [] if feed.brings == Feed.Brings.NEWS else found
    is_unnamed = any(isinstance(each.read, CanonicalOrder) and not each.read.currency for each in sales)
    return Preview(
        shown=_of_news(feed, chosen) if feed.brings == Feed.Brings.NEWS else _of_sales(feed, chosen),
        assumed=_usual_currency(feed) if is_unnamed else "",
        orders=sum(isinstance(each.read, CanonicalOrder) for each in found),
        others=sum(not isinstance(each.read, CanonicalOrder | Refusal) for each in found),
        refused=sum(isinstance(each.read, Refusal) for each in found),
        is_all=is_all,
    )


def _top(feed: Feed, name: str, body: bytes, settings: Mapping[str, Any]) -> Top:
    """Return the file's first things. Raises NotAnOrderError."""
    matching = feed.row.matching
    if matching is not None:
        return matching.top(body, mapping_of(settings, is_xml=matching.has_paths), ROWS)
    assert feed.row.files is not None  # noqa: S101 - only such feeds have files
    return Top(held=feed.row.files(name, body, settings), is_cut=lambda: False)


def _known(feed: Feed, things: list[Placed]) -> set[str]:
    ids = [each.read.id for each in things if isinstance(each.read, CanonicalOrder)]
    mine = Order.objects.filter(company_id=feed.company_id, feed=feed, source_id__in=ids)
    return set(mine.values_list("source_id", flat=True))


def _usual_currency(feed: Feed) -> str:
    """Return the currency of orders that name none, by the rules of the company's first way; "" before there is one."""
    way = roster.first(feed.company)
    return load_rules(way).default_currency if way is not None else ""


def _differing(feed: Feed) -> Callable[[CanonicalOrder], str]:
    """Return what tells in words how an order's lines and its own totals differ, by the rules of the company's first way."""
    way = roster.first(feed.company)
    mapping = load_rules(way).mapping if way is not None else None
    known = mapping.tax_types if mapping is not None else {}
    cash_steps = mapping.cash_steps if mapping is not None else {}

    def differs(order: CanonicalOrder) -> str:
        currency = order.currency or ""
        mapped = conversion.mapping_order(
            order,
            facts.derive(order),
            currency=currency,
            document_date=clock.now().date(),
            known=known,
            cash_step=cash_steps.get(currency),
        )
        found = order_totals(mapped, known=known)
        return found.detail if isinstance(found, Hold) and found.cause is Cause.TOTALS_CONTRADICT else ""

    return differs


def _of_sales(feed: Feed, things: list[Placed]) -> tuple[Shown, ...]:
    known, differs = _known(feed, things), _differing(feed)
    return tuple(
        replace(_shown(each), is_known=each.read.id in known, differs=differs(each.read))
        if isinstance(each.read, CanonicalOrder)
        else _shown(each)
        for each in things
    )


def _of_news(feed: Feed, things: list[Placed]) -> tuple[Shown, ...]:
    """Return what is told of the orders of other feeds: none of it becomes one of its own."""
    return tuple(
        _about(_shown(each), feed, each.read) if isinstance(each.read, CanonicalOrder | Notice) else _shown(each)
        for each in things
    )


def _about(shown: Shown, feed: Feed, read: CanonicalOrder | Notice) -> Shown:
    order = news.match(feed, read)
    if isinstance(order, Order):
        told = news.told(feed, read, order)
        about = gettext("news about {order}").format(order=order.ref)
        return replace(shown, facts=(about, *shown.facts), waits=_words(told) if isinstance(told, Problem) else "")
    return replace(shown, facts=(gettext("news"), *shown.facts), waits=_words(order))


def _words(problem: Problem) -> str:
    return f"{problem.problem} {problem.cure}"


def _shown(placed: Placed) -> Shown:
    match placed.read:
        case CanonicalOrder() as order:
            return _order(placed.place, order)
        case Refusal(problems=problems):
            return Shown(place=placed.place, what="refused", problems=problems)
        case Notice() as told:
            return Shown(place=placed.place, what="message", ref=told.ref, facts=_told(told))
        case ItemNotice() as told:
            counted = gettext("{count} items not delivered" if told.is_cancellation else "{count} items shipped")
            return Shown(place=placed.place, what="message", facts=(counted.format(count=len(told.items)),))
        case other:
            return Shown(place=placed.place, what="ignored", facts=(gettext(other.why),))


def _told(told: Notice) -> tuple[str, ...]:
    notice = told.notice
    shipped = sum(len(each.lines) for each in notice.shipments)
    gone = sum(len(each.lines) for each in notice.cancellations)
    words = [gettext("{count} items shipped").format(count=shipped)] if shipped else []
    words += [gettext("{count} items not delivered").format(count=gone)] if gone else []
    return tuple(words or [notice.status or gettext("nothing new")])


def _order(place: str, order: CanonicalOrder) -> Shown:
    date = order.dispatched_at or order.ordered_at or ""
    said = {
        gettext("dispatched"): order.dispatched,
        gettext("cancelled"): order.cancelled,
        gettext("on hold"): order.on_hold,
        gettext("free of charge"): order.is_free_of_charge,
    }
    return Shown(
        place=place,
        what="order",
        ref=order.ref,
        date=date,
        customer=order.customer.company or order.customer.name,
        currency=order.currency or "",
        lines=tuple(_line(each) for each in order.lines),
        carriage=", ".join(filter(None, map(_carriage, order.shippings))),
        total=_total(order.totals),
        facts=tuple(name for name, is_so in said.items() if is_so) or (gettext("not dispatched"),),
    )


def _line(line: Line) -> str:
    words = f"{figure(line.quantity).removesuffix('.00')} x {line.description or line.sku or gettext('no name')}"
    return f"{words}: {_price(line.unit_price, line.unit_price_inc_tax)}{_rate(line.tax_rate)}{_tax(line.tax_amount)}"


def _tax(amount: Decimal | None) -> str:
    return gettext(", tax {amount}").format(amount=figure(amount)) if amount is not None else ""


def _total(totals: Totals) -> str:
    """Return the total as the file says it: a person holds it against what they see there."""
    if totals.gross is not None:
        return f"{figure(totals.gross)}{_tax(totals.tax)}"
    if totals.net is None:
        return _tax(totals.tax)[2:]
    return gettext("{amount} without tax").format(amount=figure(totals.net)) + _tax(totals.tax)


def _carriage(carriage: Shipping) -> str:
    if carriage.price is None and carriage.price_inc_tax is None:
        return ""
    return _price(carriage.price, carriage.price_inc_tax) + _rate(carriage.tax_rate)


def _price(net: Decimal | None, gross: Decimal | None) -> str:
    if net is None and gross is None:
        return gettext("no price")
    if net is not None:
        return gettext("{amount} without tax").format(amount=figure(net))
    return gettext("{amount} with tax").format(amount=figure(gross or Decimal(0)))


def _rate(rate: Decimal | None) -> str:
    return "" if rate is None else gettext(", {rate} % tax").format(rate=figure(rate * 100).removesuffix(".00"))


def with_mapping(settings: Mapping[str, Any], mapping: ColumnMapping) -> dict[str, Any]:
    """Return a feed's settings as they would be with another mapping."""
    return {**settings, "mapping": replace(mapping).kept()}
