"""Orders, as the pages show them."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, NullIf
from django.http import QueryDict

from daybook.companies.models import Company
from daybook.connections import roster as connections
from daybook.connections.models import Connection
from daybook.documents.line_kinds import IN_WORDS, LineKind
from daybook.feeds import roster
from daybook.feeds.models import Feed
from daybook.history import telling as histories
from daybook.history.kinds import What
from daybook.history.models import Event as Told
from daybook.kit import translation
from daybook.kit.translation import gettext, gettext_noop, retold
from daybook.mapping import taxes
from daybook.mapping.texts import without_entities
from daybook.orders import standings, telling
from daybook.orders.models import SOUGHT, Order, OrderStanding, Revision
from daybook.outbox import counting
from daybook.outbox.explanations import explain
from daybook.outbox.models import Entry
from daybook.outbox.states import State
from daybook.sources.canonical import payouts
from daybook.tables import searching
from daybook.web import words
from daybook.web.listing import COVERED, FEW, Found, Sort, asked_for, in_turn, sort_asked, sorted_by
from daybook.web.reading import causes, linked
from daybook.web.reading.documents import LONGEST_CAUSE, searched
from daybook.web.reading.moments import as_sent
from daybook.web.reading.spans import amount_asked, days_asked
from daybook.web.spreadsheets import headings
from daybook.web.templatetags.daybook import order_badge, price

LONGEST_ID = 32
MOST_FEEDS = 200
FILTERS = ("standing", "cause", "feed", "q")
"""What may leave few of many, beside days."""
COVERED_TURNS = frozenset({"gross"})
"""Turns whose field stands in the index of days too, though it is not theirs."""
REVISION = re.compile(r"\brevision(?= \d)")
"""Our word in what the intake tells; people say version."""


def marked(company: Company) -> QuerySet[Order]:
    """Return the company's orders, each with what its badge says.

    `standing`, `cause`: toward the connection where it most wants a person. `needs_a_person`: whether one of its documents does. `given_up_at`, `given_up_by`: when and by whom one was given
    up; then `is_posted_in_part`: whether it has others.
    """
    given_up = _given_up(company).order_by("-given_up_at")
    stands = standings.by_urgency(_standings(company))
    return Order.objects.filter(company=company).annotate(
        needs_a_person=_a_document_does(company),
        given_up_at=Subquery(given_up.values("given_up_at")[:1]),
        given_up_by=Subquery(
            given_up.values(
                name=Coalesce(NullIf("given_up_by__name", Value("")), "given_up_by__email", output_field=CharField())
            )[:1]
        ),
        standing=Subquery(stands.values("standing")[:1]),
        cause=Subquery(stands.values("cause")[:1]),
        is_posted_in_part=Exists(
            Entry.objects.filter(company=company, order=OuterRef("pk")).exclude(state=State.CANCELLED)
        ),
        is_payout=Exists(_payouts(company).filter(pk=OuterRef("feed"))),
    )


def _payouts(company: Company) -> QuerySet[Feed]:
    """Return the company's own feed, of payouts: they are kept as orders are, and sell nothing (decision 55)."""
    return Feed.objects.filter(company=company, name=payouts.SOURCE)


def is_payout(order: Order) -> bool:
    """Tell whether it stands for a payout, as `marked` has annotated it."""
    return bool(getattr(order, "is_payout", False))


def payouts_feed(company: Company) -> Feed | None:
    """Return the feed of the company's payouts; None while there are none."""
    return _payouts(company).first()


def _standings(company: Company) -> QuerySet[OrderStanding]:
    return standings.open_ones(company).filter(order=OuterRef("pk"))


def cause_of(order: Order) -> str:
    """Return why the order waits, as `marked` has annotated it; "" where nothing is in its way."""
    return str(getattr(order, "cause", "") or "")


def _given_up(company: Company) -> QuerySet[Entry]:
    return Entry.objects.filter(company=company, order=OuterRef("pk"), given_up_at__isnull=False)


def _documents_that_do(company: Company) -> QuerySet[Entry]:
    return counting.documents_needing_a_person(company).filter(order=OuterRef("pk"))


def _a_document_does(company: Company) -> Exists:
    return Exists(_documents_that_do(company))


SORTS: Mapping[str, Sort] = {
    "came": Sort(called="Came first", is_rising=True),
    "-amount": Sort(called="Largest amount first", by="gross"),
    "amount": Sort(called="Smallest amount first", by="gross", is_rising=True),
    "ref": Sort(called="By reference", by="ref", is_rising=True),
    "-ref": Sort(called="By reference, backwards", by="ref"),
}
"""By the name in an address; each has an index."""
CAME_ON_DAYS = replace(SORTS["came"], by="first_received_at")
"""The same where days of receipt are asked for, whose index has that turn."""


def found(company: Company, asked: QueryDict) -> Found[Order]:
    """Return the company's orders that the filters name, in the turn asked for.

    Filters: standing (as the badge says it), cause, feed, days of receipt, and q. Payouts are no sales: they are among
    them only where something is asked for that they may be.
    """
    listed, sort = _found(company, asked), sort_asked(asked, SORTS)
    if sort is SORTS["came"] and days_asked(asked):
        sort = CAME_ON_DAYS
    few = _few(asked, sort)
    if few > FEW and listed.within is not None:
        listed = replace(listed, few=few, seeds=listed.within)
        if few == COVERED:  # amounts know nothing of days: of many rows the next ones fit
            listed = replace(listed, walking=listed.rows)
    return sorted_by(listed, Order.objects.filter(company=company), sort)


def _few(asked: QueryDict, sort: Sort | None) -> int:
    """Return of how many orders all that fit are put in turn: of some days more than of others.

    Their index holds some turns; in others rows are read, and of those that wait another index too.
    """
    if sort is None or sort is CAME_ON_DAYS or not days_asked(asked):
        return FEW
    filters = {name: asked[name] for name in FILTERS if asked.get(name)}
    if filters and filters != {"standing": Order.Standing.WAITING}:
        return FEW
    return COVERED // 2 if filters or sort.by not in COVERED_TURNS else COVERED


def _found(company: Company, asked: QueryDict) -> Found[Order]:
    span, shown, within = days_asked(asked), marked(company), Order.objects.filter(company=company)
    if feed := asked_for(asked, "feed", LONGEST_ID):
        within = within.filter(feed=roster.id_of(company, feed))
    rows = within = within if span is None else within.filter(**span.moments("first_received_at"))
    narrowed = _narrowed(rows, company, str(asked.get("standing")), asked_for(asked, "cause", LONGEST_CAUSE))
    rows = narrowed.rows
    if not any(asked.get(name) for name in FILTERS):
        rows = rows.exclude(feed__in=_payouts(company).values("pk"))
    turn = "first_received_at" if span or feed else ""
    is_narrowed = bool(span) or any(asked.get(name) for name in FILTERS)
    listed = Found(rows, shown, by=turn, within=within if turn else None, is_narrowed=is_narrowed)
    listed = replace(listed, seeds=narrowed.seeds, along=narrowed.along)
    text = searched(asked)
    if not text:
        return listed
    by_index, walking = searching.saying(rows, company.pk, text, *SOUGHT), searching.walking(rows, text, *SOUGHT)
    amount = amount_asked(text)
    if amount is not None:
        of_amount = Order.objects.filter(company=company, gross=amount).values("pk")
        by_index = rows.filter(pk__in=by_index.order_by().values("pk").union(of_amount))
        walking |= rows.filter(gross=amount)
    return replace(listed, rows=by_index, walking=walking, seeds=None, along=None)


@dataclass(frozen=True, slots=True)
class _Narrowed:
    """Orders that stand so, twice over: as a whole by an index, and each asked by itself. `seeds`: as in `Found`."""

    rows: QuerySet[Order]
    seeds: "QuerySet[Any, Any] | None" = None
    along: QuerySet[Order] | None = None


def _narrowed(rows: QuerySet[Order], company: Company, standing: str, cause: str) -> _Narrowed:
    """Return those of the rows that wait for this, if anything, and stand so, toward whatever connection."""
    if not cause:
        return _standing_so(rows, rows, company, standing, is_itself=False)
    waiting = standings.open_ones(company).order_by().filter(standing__in=Order.Standing.values, cause=cause)
    each = _asking(rows, "because", _standings(company).filter(cause=cause))
    so = _standing_so(rows.filter(pk__in=waiting.values("order")), each, company, standing, is_itself=True)
    return replace(so, seeds=waiting.values("order"), along=each if so.along is None else so.along)


def _standing_so(
    rows: QuerySet[Order], apart: QuerySet[Order], company: Company, standing: str, *, is_itself: bool
) -> _Narrowed:
    """Return those of the rows that stand so. `apart`: the rows, each asked by itself; `is_itself`: held, not its documents."""
    mine = standings.open_ones(company).order_by()
    so = _standings(company).filter(standing=standing)
    match standing:
        case Order.Standing.HELD if not is_itself:
            each = apart.alias(one=_first_id(so), other=_first_id(_documents_that_do(company)))
            fits = Q(one__isnull=False) | Q(other__isnull=False)
            halves = mine.filter(standing=standing).values("order"), counting.documents_needing_a_person(company)
            seeds = halves[0][: FEW + 1].union(halves[1].order_by().values("order")[: FEW + 1])
            whole = rows.filter(pk__in=counting.orders_needing_a_person(company))
            return _Narrowed(whole, seeds, each.filter(fits))
        case Order.Standing.DOCUMENTED:
            good = rows.filter(~_a_document_does(company), ~Exists(_given_up(company)), Exists(so))
            along = _asking(_asking(apart, "so", so), "does", _documents_that_do(company), is_there=False)
            along = _asking(along, "up", _given_up(company), is_there=False)
            return _Narrowed(good, mine.filter(standing=standing).values("order"), along)
        case words.GIVEN_UP:
            so = _standings(company).filter(standing=Order.Standing.DOCUMENTED)
            up = Entry.objects.filter(company=company, given_up_at__isnull=False).values("order")
            along = _asking(_asking(apart, "so", so), "does", _documents_that_do(company), is_there=False)
            good = rows.filter(~_a_document_does(company), Exists(so), pk__in=up)
            return _Narrowed(good, up, _asking(along, "up", _given_up(company)))
        case _ if standing in Order.Standing.values:
            seeds = mine.filter(standing=standing).values("order")
            return _Narrowed(rows.filter(pk__in=seeds), seeds, _asking(apart, "so", so))
    return _Narrowed(rows)


def _asking(rows: QuerySet[Order], name: str, found: "QuerySet[Any, Any]", *, is_there: bool = True) -> QuerySet[Order]:
    """Return those of the rows of which there is such a thing, or none: each is asked by itself, whatever the planner thinks.

    Of a comparison it takes a third of the rows to fit, of IS NULL next to none, so that it would ask all of them.
    """
    asked = rows.alias(**{name: Coalesce(_first_id(found), Value(0))})
    return asked.filter(**{f"{name}__gt": 0} if is_there else {f"{name}__lt": 1})


def _first_id(found: "QuerySet[Any, Any]") -> Subquery:
    return Subquery(found.order_by().values("pk")[:1])


FILE_HEAD = (
    *headings(
        "Reference", "Shop reference", "Customer", "Feed", "Standing", "Waits for", "Status in the OMS", "Currency"
    ),
    *headings("Net", "Tax", "Gross", "Ordered (UTC)", "Dispatched (UTC)", "Received (UTC)", "Id here"),
)


def in_file(company: Company, found: Found[Order], most: int) -> Iterator[tuple[str | Decimal | date | None, ...]]:
    """Yield what a file says of the orders, as `FILE_HEAD` calls it."""
    ledger = connections.first(company).ledger
    for each in in_turn(replace(found, shown=marked(company).select_related("feed")), most):
        cause = cause_of(each)
        yield (
            *(each.ref, each.external_ref, each.customer_name, each.feed.title, order_badge(each).text),
            *(explain(cause, ledger=ledger).title if cause else "", each.status, each.currency),
            *(each.net, each.tax, each.gross, each.ordered_at, each.dispatched_at, each.first_received_at),
            each.public_id,
        )


def feeds(company: Company, asked: QueryDict) -> list[Feed]:
    """Return the feeds to choose from; none where there is no choice, and none is asked for."""
    found = list(roster.of_company(company)[:MOST_FEEDS])
    return found if len(found) > 1 or asked.get("feed") else []


@dataclass(frozen=True, slots=True)
class Event:
    """One line of an order's history."""

    at: datetime
    text: str


def history(order: Order) -> list[Event]:
    """Return what happened to the order, oldest first."""
    told = histories.about(telling.about(order)).select_related("person")
    return sorted((Event(each.at, _in_words(each)) for each in told), key=lambda each: each.at)


def _in_words(told: Told) -> str:
    who = told.person or gettext("Somebody")
    if told.what == What.RECEIVED:
        return gettext("Received.")
    if told.what == What.REFUND_TYPED and told.after is not None:
        if said := told.after.get("refund"):
            return gettext("{who} typed in what was given back: {said}.").format(who=who, said=said)
        return gettext("{who} took away what was typed of a refund.").format(who=who)
    if told.what != What.DATED or told.after is None:
        said = REVISION.sub("version", retold(told.reason))
        return said or gettext("What was said here was forgotten.")
    if day := told.after.get("typed_date"):
        return gettext("{who} said that it was dispatched on {day}.").format(who=who, day=translation.day(day))
    return gettext("{who} took the typed day away.").format(who=who)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A document made of the order, with why it waits or what it needs."""

    entry: Entry
    reasons: list[causes.Shown]
    waits: list[linked.Wait]
    """For what else in the day book it still waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stands:
    """How the order stands toward one of several connections."""

    connection: Connection
    badge: words.Badge
    why: str
    """In a few words; empty where nothing is in its way."""


def by_connection(order: Order) -> list[Stands]:
    """Return how the order stands toward each connection that takes it; nothing where that is one only."""
    rows = standings.open_ones(order.company).filter(order=order).order_by("connection")
    found = list(rows.select_related("connection__organisation", "connection__last_organisation"))
    return [_stands(row) for row in found] if len(found) > 1 else []


def each_by_connection(company: Company, orders: Sequence[Order]) -> dict[int, list[Stands]]:
    """Return, by order, how each stands toward each connection; only orders that stand toward several."""
    rows = standings.open_ones(company).filter(order__in=[order.pk for order in orders]).order_by("connection")
    found: dict[int, list[Stands]] = defaultdict(list)
    for row in rows.select_related("connection__organisation", "connection__last_organisation"):
        found[row.order_id].append(_stands(row))
    return {order_id: stands for order_id, stands in found.items() if len(stands) > 1}


def _stands(row: OrderStanding) -> Stands:
    why = explain(row.cause, row.subject, row.detail, ledger=row.connection.ledger).title if row.cause else ""
    return Stands(connection=row.connection, badge=words.standing(row.standing), why=why)


def documents_of(order: Order) -> list[Made]:
    """Return the order's documents, oldest first."""
    rows = Entry.objects.filter(company=order.company_id, order=order).select_related(
        "company", "order", "given_up_by", "about", "organisation__connection__company"
    )
    entries = list(rows.order_by("id"))
    waits = linked.waits(order.company_id, [entry for entry in entries if entry.open_needs])
    return [_made(entry, waits.get(entry.pk, [])) for entry in entries]


def _made(entry: Entry, waits: list[linked.Wait]) -> Made:
    return Made(entry=entry, reasons=_reasons(entry), waits=[wait for wait in waits if not wait.is_over])


def _reasons(entry: Entry) -> list[causes.Shown]:
    return [shown for shown in (causes.of_entry(entry), causes.of_attention(entry)) if shown]


def content(order: Order) -> dict[str, Any]:
    """Return the order's current content; empty where none is stored."""
    if order.current_revision_id is None:
        return {}
    revision = Revision.objects.filter(company=order.company_id, pk=order.current_revision_id).first()
    return revision.content if revision and isinstance(revision.content, dict) else {}


def dates(order: Order, content: dict[str, Any]) -> dict[str, str]:
    """Return the order's moments as they were sent: "2026-11-20 15:30", without a zone where they name none."""
    dispatched = content.get("dispatched_at") or content.get("completed_at")
    if order.typed_date is not None:
        dispatched = gettext("{day} (typed by a person)").format(day=order.typed_date)
    return {"ordered": as_sent(content.get("ordered_at")), "dispatched": as_sent(dispatched)}


def lines(content: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the lines and the carriage with their amounts as numbers, for the table: what the totals are made of.

    `mark`: the place of each among the lines, or among what was paid for carriage: "1", "C1".
    """
    found = content.get("lines")
    goods = enumerate(found if isinstance(found, list) else [], start=1)
    mine = [{"mark": str(place), **_line(line)} for place, line in goods if isinstance(line, dict)]
    return mine + [{"mark": f"C{place}", **_line(each)} for place, each in _carriage(content.get("shipping"))]


def _carriage(shipping: object) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield what was paid for carriage, where anything was, as lines say it."""
    for place, each in enumerate(shipping if isinstance(shipping, list) else [shipping], start=1):
        if isinstance(each, dict) and (_amount(each.get("price")) or _amount(each.get("price_inc_tax"))):
            prices = {"unit_price": each.get("price"), "unit_price_inc_tax": each.get("price_inc_tax")}
            yield place, {"description": gettext("Shipping"), **each, **prices, "quantity": 1}


def _line(line: dict[str, Any]) -> dict[str, Any]:
    amounts = ("quantity", "unit_price", "unit_price_inc_tax", "discount", "tax_amount", "unit_cost")
    rate = _amount(line.get("tax_rate"))
    return {
        **{name: _amount(line.get(name)) for name in amounts},
        "sku": without_entities(str(line.get("sku") or "")),
        "description": without_entities(str(line.get("description") or "")),
        "tax_percent": rate * 100 if rate is not None else None,
        "kind": gettext(IN_WORDS[LineKind(line["kind"])]) if line.get("kind") else "",
        "taxes": [_tax(tax) for tax in line.get("taxes", [])],
    }


def _tax(tax: dict[str, Any]) -> str:
    """Return one of a line's taxes in words: "GST 5 %: 0.50, owed by the channel"."""
    rate, amount = _amount(tax.get("rate")), _amount(tax.get("amount"))
    named = " ".join(filter(None, (tax.get("name") or tax.get("code") or gettext("Tax"), taxes.percent(rate))))
    if amount is not None:
        named = f"{named}: {price(amount)}"
    return gettext(_OWED_BY[tax["liable"]]).format(tax=named) if tax.get("liable") in _OWED_BY else named


_OWED_BY = {
    "seller": gettext_noop("{tax}, owed by the seller"),
    "channel": gettext_noop("{tax}, owed by the channel"),
    "customer": gettext_noop("{tax}, owed by the customer"),
}


def _amount(text: object) -> Decimal | None:
    try:
        return Decimal(str(text)) if text not in {None, ""} else None
    except InvalidOperation:
        return None
