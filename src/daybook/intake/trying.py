"""Posting rules tried on a real order: where each of its lines would be booked, and which rule decides what.

Nothing is written: the database lets nothing be written meanwhile (`preview.reading`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, repeat

from daybook.catalog.known import PostingRule
from daybook.connections.models import Connection
from daybook.documents.causes import Cause, Held, Hold
from daybook.documents.document import DecidedBy, Tracking
from daybook.intake import conversion, facts, loading, preview, rules
from daybook.intake.intents import CompanyRules
from daybook.intake.loading import Work
from daybook.intake.previewed import PreviewedDocument
from daybook.kit import clock
from daybook.mapping import booking, stock
from daybook.mapping.booking import Tried
from daybook.mapping.layouts import Row
from daybook.mapping.orders import Order as MappedOrder
from daybook.mapping.posting_rules import ALL_FACTS, Fact, Field, LineFacts, Subject, facts_of
from daybook.mapping.pricing import Part
from daybook.mapping.texts import without_entities
from daybook.mapping.totals import priced
from daybook.orders.models import Order

DECIDED_BY_RULES = frozenset(
    {Cause.TAX_RATE_NOT_MAPPED, Cause.TAX_OWED_BY_OTHERS, Cause.LINE_ACCOUNT_MISSING, Cause.LINE_TAX_DIFFERS}
)
"""Causes that a rule for the line cures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedLine:
    """A line of the order, and how it would be booked. An empty field is not decided."""

    part: Part
    facts: LineFacts
    account: str
    tax_type: str
    item: str
    tracking: tuple[Tracking, ...]
    decided_by: DecidedBy
    why: Hold | None
    """Why it cannot be booked so."""

    @property
    def wants_a_rule(self) -> bool:
        """Tell whether a rule for the line would cure what holds it."""
        return self.why is not None and self.why.cause in DECIDED_BY_RULES


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What came of it."""

    order: str
    """Daybook's own id of the order."""
    ref: str
    currency: str = ""
    lines: tuple[TriedLine, ...] = ()
    trouble: Hold | None = None
    """Why no line could be looked at."""
    documents: tuple[PreviewedDocument, ...] = ()
    outcome: str = ""
    """Why there would be no document, in words."""


def find(connection: Connection, name: str) -> Order | None:
    """Return the company's order of this number or id that came last; None: there is none."""
    mine = Order.objects.select_related("feed", "current_revision").filter(company=connection.company_id)
    by_id = mine.filter(public_id=name).first()
    return by_id or mine.filter(ref=name).order_by("-id").first()


def on_order(connection: Connection, name: str, ruled: Sequence[PostingRule] | None = None) -> Trial | None:
    """Return what rules make of an order; None where the company has none of this number or id.

    `ruled`: in the place of the stored rules.
    """
    order = find(connection, name.strip())
    if order is None:
        return None
    as_they_are = rules.drafted(connection, ruled)
    trial = _lines(connection, order, as_they_are)
    mine = []
    if trial.trouble is None:
        way = connection.public_id
        seen = preview.of_stored(connection.company, order.public_id, connection=way, rules=as_they_are)
        mine = seen.connections if seen is not None else []
    documents = tuple(each for way in mine for each in way.documents)
    outcome = next((way.explanation for way in mine if not way.documents), "")
    return Trial(
        order=trial.order,
        ref=trial.ref,
        currency=trial.currency,
        lines=trial.lines,
        trouble=trial.trouble,
        documents=documents,
        outcome=outcome,
    )


def undecided(connection: Connection, order: str) -> tuple[TriedLine, ...]:
    """Return the lines of an order that wait for a rule, as rules and settings stand now."""
    row = find(connection, order)
    trial = _lines(connection, row, rules.drafted(connection, None)) if row is not None else None
    return tuple(each for each in trial.lines if each.wants_a_rule) if trial is not None else ()


def _lines(connection: Connection, order: Order, as_they_are: CompanyRules) -> Trial:
    with preview.reading():
        found = loading.works(
            connection.company, connection.pk, [order], {}, clock.now(), in_turn=lambda entries: entries.order_by("id")
        )
        if not found:
            return Trial(order=order.public_id, ref=order.ref, trouble=Hold(Cause.OTHER_ORGANISATION))
        mine = rules.for_feed(as_they_are, order.feed)
        mine = rules.with_goods(mine, found[0].skus)
        mine = rules.with_line_accounts(mine, found[0].line_kinds)
    mapped = _mapped(found[0], mine)
    if mapped is None:
        return Trial(order=order.public_id, ref=order.ref, trouble=Hold(Cause.ORDER_NOT_RECEIVED))
    try:
        lines = _tried(mapped, mine)
    except Held as held:
        return Trial(order=order.public_id, ref=order.ref, currency=mapped.currency, trouble=held.hold)
    return Trial(order=order.public_id, ref=order.ref, currency=mapped.currency, lines=lines)


def _mapped(work: Work, as_they_are: CompanyRules) -> MappedOrder | None:
    """Return the order as the mapping sees it, less what was cancelled."""
    content, mapping = work.received.order, as_they_are.mapping
    if content is None:
        return None
    stands = facts.derive(
        content,
        work.received.told,
        seen_dispatched=True,
        is_good=lambda line: stock.is_good_by_sku(without_entities(line.sku), mapping),
    )
    currency = content.currency or as_they_are.default_currency
    return conversion.mapping_order(
        content,
        stands,
        currency=currency,
        document_date=clock.now().date(),
        known=mapping.tax_types,
        cash_step=mapping.cash_steps.get(currency),
    )


def _tried(order: MappedOrder, as_they_are: CompanyRules) -> tuple[TriedLine, ...]:
    mapping = as_they_are.mapping
    prices = priced(order, known=mapping.tax_types)
    if isinstance(prices, Hold):
        raise Held.of(prices)
    booked = zip(prices.parts, chain(stock.item_codes(order, mapping), repeat("")), strict=False)
    return tuple(_line(each, order, mapping.feed) for each in booking.tried(booked, order, mapping))


def _line(tried: Tried, order: MappedOrder, feed: str) -> TriedLine:
    decided, booked = tried.decided, tried.booked
    account, tax = decided.get(Field.ACCOUNT), decided.get(Field.TAX_TYPE)
    return TriedLine(
        part=tried.part,
        facts=facts_of(Subject(tried.part, order, feed, tried.item), ALL_FACTS),
        account=account.account if account else "",
        tax_type=tax.tax_type if tax else "",
        item=tried.item,
        tracking=booked.tracking if isinstance(booked, Row) else (),
        decided_by=booking.decided_by(decided),
        why=None if isinstance(booked, Row) else booked,
    )


def offered(line: TriedLine) -> dict[Fact, tuple[str, ...]]:
    """Return what a rule for such lines would ask for: its kind and rate, and what is said of its tax and destination."""
    said = {
        fact: tuple(sorted(line.facts[fact]))
        for fact in (Fact.KIND, Fact.RATE, Fact.TAX, Fact.LIABLE, Fact.COUNTRY)
        if line.facts[fact] != {""}
    }
    if said[Fact.LIABLE] == ("seller",):
        del said[Fact.LIABLE]
    return said
