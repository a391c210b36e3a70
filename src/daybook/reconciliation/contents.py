"""What orders say of payments and refunds, read for a comparison of many documents at once."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from daybook.documents import keys, stored
from daybook.documents.document import CreditNote, Invoice
from daybook.documents.kinds import SPECS, Kind, Paper
from daybook.kit.money import Totals
from daybook.orders.models import Notice, Order, OrderStanding
from daybook.outbox.models import Entry
from daybook.outbox.needs import GONE
from daybook.outbox.states import State
from daybook.reconciliation import cancelled_goods, orders_say
from daybook.reconciliation.orders_say import Said
from daybook.sources import statuses
from daybook.sources.canonical import schema
from daybook.sources.canonical.after import Refund
from daybook.sources.canonical.schema import CanonicalOrder

_SALES = [str(kind) for kind, spec in SPECS.items() if spec.is_the_sale]


@dataclass(frozen=True, slots=True)
class Contents:
    """What counts of some orders, by order."""

    orders: Mapping[int, CanonicalOrder] = field(default_factory=dict)
    typed: Mapping[int, Mapping[str, Refund]] = field(default_factory=dict)
    cut: frozenset[int] = frozenset()
    """Of which a notice cancelled something."""
    sales: Mapping[int, Paper] = field(default_factory=dict)
    parts: Mapping[int, Mapping[str, Invoice]] = field(default_factory=dict)
    """By key, of sales that have a document for each part of the order."""
    since: Mapping[int, "_Since"] = field(default_factory=dict)
    """Of sales, what was cancelled since."""
    notes: Mapping[int, Sequence["_Note"]] = field(default_factory=dict)
    """Of orders of which something was cancelled, where notes are compared."""

    def said(self, entry: Entry, paper: Paper | None, totals: Totals | None) -> Said:
        """Return all that is compared with a document; `totals`: the order's."""
        order, since = self.orders.get(entry.order_id), self.since.get(entry.order_id, _NOTHING)
        return Said(
            totals=totals,
            currency=entry.order.currency,
            key=entry.key,
            document=paper,
            order=order,
            typed=self.typed.get(entry.order_id, {}),
            is_cut=entry.order_id in self.cut or (order is not None and bool(order.cancellations)),
            sale=self.sales.get(entry.order_id),
            parts=self.parts.get(entry.order_id, {}),
            cancelled=since.credited,
            came_to=since.came_to(paper, entry.key, totals),
            worth=self._worth(entry, paper),
        )

    def _worth(self, entry: Entry, paper: Paper | None) -> Totals | None:
        """Return what a note of cancelled goods must come to; None where the sale does not say, or is in parts."""
        sale = self.sales.get(entry.order_id)
        is_asked = entry.key.startswith(keys.CANCELLED) and entry.order_id not in self.parts
        if not is_asked or not isinstance(paper, CreditNote) or not isinstance(sale, Invoice):
            return None
        if any(line.tax is None for line in sale.lines):
            return None
        others = (each for each in self.notes.get(entry.order_id, ()) if each.pk != entry.pk and each.counts)
        return cancelled_goods.worth(sale, paper, [each.paper for each in others if each.paper is not None])


@dataclass(frozen=True, slots=True)
class _Note:
    """A credit note of an order."""

    pk: int
    key: str
    paper: CreditNote | None
    totals: Totals | None
    is_withdrawn: bool
    counts: bool
    """It credits something: it was not voided there, or a person has booked what it says otherwise."""


@dataclass(slots=True)
class _Since:
    """What was cancelled of an order since its sale was posted."""

    credited: list[Totals] = field(default_factory=list)
    """What credit notes took off of goods that the order counts no more."""
    notes: Sequence[CreditNote] = ()
    """All that count."""
    written: Mapping[str, Any] = field(default_factory=dict)
    """From what its documents were written."""
    is_all_noted: bool = False
    """All that is gone stands on notes, and nothing is left, or the order's prices and totals are the same."""

    def came_to(self, sale: Paper | None, key: str, now: Totals | None) -> Totals | None:
        """Return what the order came to then, where nothing but rounding parts that from what it and its notes say now."""
        if not self.credited or not isinstance(sale, Invoice):
            return None
        then = cancelled_goods.came_to(self.written, sale, key)
        if then is None or self.is_all_noted:
            return then
        if cancelled_goods.has_other_prices(self.written, key):
            return None
        return then if cancelled_goods.is_by_rounding(then, now, self.credited, self.notes) else None


_NOTHING = _Since()


def of(entries: Sequence[Entry], papers: Mapping[int, Paper | None]) -> Contents:
    """Read the contents of those orders that say something of one of these documents, all of one company."""
    asked = {each.order_id for each in entries if orders_say.needs_content(each.kind, papers[each.pk])}
    sold = [each.order_id for each in entries if SPECS[each.kind].is_the_sale]
    whole = {each.order_id: papers[each.pk] for each in entries if SPECS[each.kind].is_the_sale and not each.key}
    since = _since(entries[0], sold, whole) if sold else {}
    company, organisation = entries[0].company_id, entries[0].organisation_id
    in_parts = {each.order_id for each in entries if SPECS[each.kind].is_the_sale and each.key}
    if not asked:
        parts = _parts(_sales(company, organisation, in_parts)) if in_parts else {}
        return Contents(since=since, parts=parts)
    mine = Order.objects.filter(company_id=company, pk__in=asked)
    rows = list(mine.values_list("pk", "current_revision__content", "typed_refunds"))
    told = Notice.objects.filter(company_id=company, order__in=asked, content__has_key="cancellations")
    sales = _sales(company, organisation, asked | in_parts)
    return Contents(
        orders={key: schema.load_order(content) for key, content, _ in rows if content},
        typed={key: _typed(typed) for key, _, typed in rows if typed},
        cut=frozenset(told.values_list("order_id", flat=True)),
        sales={order: list(papers.values())[-1] for order, papers in sales.items()},
        parts=_parts(sales),
        since=since,
        notes=_notes(entries[0], {each.order_id for each in entries if each.key.startswith(keys.CANCELLED)}),
    )


def _typed(typed: Mapping[str, Mapping[str, Any]]) -> dict[str, Refund]:
    return {key: Refund.model_validate({**said["content"], "id": key}) for key, said in typed.items()}


def _notes(one: Entry, orders: Collection[int]) -> dict[int, list[_Note]]:
    """Return the credit notes of these orders, oldest first."""
    found: dict[int, list[_Note]] = {}
    if not orders:
        return found
    mine = Entry.objects.filter(company=one.company_id, organisation=one.organisation_id, order__in=orders)
    fields = ("order_id", "pk", "key", "document", "net", "tax", "gross", "state", "their_status", "given_up_at")
    for row in mine.filter(kind=Kind.CREDIT_NOTE).order_by("pk").values_list(*fields, named=True):
        paper = stored.read(row.document, Kind.CREDIT_NOTE) if row.document else None
        is_said = row.net is not None and row.tax is not None and row.gross is not None
        is_withdrawn = row.state == State.CANCELLED
        note = _Note(
            pk=row.pk,
            key=row.key,
            paper=paper if isinstance(paper, CreditNote) else None,
            totals=Totals(row.net, row.tax, row.gross) if is_said else None,
            is_withdrawn=is_withdrawn,
            counts=row.given_up_at is not None or not (is_withdrawn or row.their_status in GONE),
        )
        found.setdefault(row.order_id, []).append(note)
    return found


def _since(one: Entry, orders: Sequence[int], sales: Mapping[int, Paper | None]) -> dict[int, _Since]:
    """Return what was cancelled of these orders since their sales were posted, of those that have credit notes."""
    notes = _notes(one, orders)
    live = {order: [each for each in all_ if not each.is_withdrawn] for order, all_ in notes.items()}
    cancelled = {
        order: [each.totals for each in all_ if each.key.startswith(keys.CANCELLED) and each.totals is not None]
        for order, all_ in live.items()
    }
    whole = set(_as_a_whole(one.company_id, [order for order, found in cancelled.items() if found]))
    since = {order: _Since(found[:-1] if order in whole else found) for order, found in cancelled.items()}
    for order, written in _written(one, notes):
        sale, gone = sales.get(order), cancelled_goods.gone(written)
        papers = [(each.key, each.paper) for each in live[order] if each.paper is not None]
        counting = [each.paper for each in notes[order] if each.counts and each.paper is not None]
        since[order].written, since[order].notes = written, counting
        if not isinstance(sale, Invoice) or not (gone or order in whole):
            continue
        if gone:
            since[order].credited.append(cancelled_goods.of_cancelled(sale, papers, gone))
        is_all = cancelled_goods.are_noted(sale, counting, gone, is_whole=order in whole)
        since[order].is_all_noted = is_all and (order in whole or cancelled_goods.is_as_priced(written))
    return since


def _written(one: Entry, orders: Collection[int]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield from what the documents of these orders were written."""
    if orders:
        mine = OrderStanding.objects.filter(company_id=one.company_id, order__in=orders)
        yield from mine.filter(connection=one.organisation.connection_id).values_list("order_id", "written_from")


def _as_a_whole(company: int, orders: Collection[int]) -> Iterator[int]:
    """Yield those of the orders that were cancelled as a whole: each still counts what the last of its notes took."""
    mine = Order.objects.filter(company_id=company, pk__in=orders) if orders else Order.objects.none()
    for order in mine.select_related("feed", "current_revision").prefetch_related("notices"):
        table, revision = order.feed.status_table, order.current_revision
        said = [
            statuses.notice_as_meant(schema.load_notice(each.content), table).cancelled for each in order.notices.all()
        ]
        if revision is not None:
            said.append(statuses.order_as_meant(schema.load_order(revision.content), table).cancelled)
        if any(said):
            yield order.pk


def _sales(company: int, organisation: int, orders: set[int]) -> dict[int, dict[str, Paper]]:
    """Return by key the documents of these orders' sales; of several with one key the newest that was not cancelled."""
    mine = Entry.objects.filter(company_id=company, organisation=organisation, order__in=orders, kind__in=_SALES)
    live = mine.exclude(state=State.CANCELLED).order_by("generation")
    found: dict[int, dict[str, Paper]] = {}
    for order, kind, key, document in live.values_list("order_id", "kind", "key", "document"):
        paper = stored.read(document, kind) if document else None
        if paper is not None:
            found.setdefault(order, {})[key] = paper
    return found


def _parts(sales: Mapping[int, Mapping[str, Paper]]) -> dict[int, dict[str, Invoice]]:
    named = {
        order: {key: each for key, each in papers.items() if key and isinstance(each, Invoice)}
        for order, papers in sales.items()
    }
    return {order: papers for order, papers in named.items() if papers}
