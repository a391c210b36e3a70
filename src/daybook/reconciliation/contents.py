"""What orders say of payments and refunds, read for a comparison of many documents at once."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from daybook.documents import keys, stored
from daybook.documents.document import CreditNote, Invoice
from daybook.documents.kinds import SPECS, Kind, Paper
from daybook.kit.money import Totals
from daybook.orders.models import Notice, Order, OrderStanding
from daybook.outbox.models import Entry
from daybook.outbox.states import State
from daybook.reconciliation import orders_say, refunded_goods
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
    cancelled: Mapping[int, Sequence[Totals]] = field(default_factory=dict)
    """What credit notes of what was cancelled come to."""

    def said(self, entry: Entry, paper: Paper | None, totals: Totals | None) -> Said:
        """Return all that is compared with a document; `totals`: the order's."""
        order = self.orders.get(entry.order_id)
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
            cancelled=self.cancelled.get(entry.order_id, ()),
        )


def of(entries: Sequence[Entry], papers: Mapping[int, Paper | None]) -> Contents:
    """Read the contents of those orders that say something of one of these documents, all of one company."""
    asked = {each.order_id for each in entries if orders_say.needs_content(each.kind, papers[each.pk])}
    sold = [each.order_id for each in entries if SPECS[each.kind].is_the_sale]
    whole = {each.order_id: papers[each.pk] for each in entries if SPECS[each.kind].is_the_sale and not each.key}
    cancelled = _cancelled(entries[0], sold, whole) if sold else {}
    company, organisation = entries[0].company_id, entries[0].organisation_id
    in_parts = {each.order_id for each in entries if SPECS[each.kind].is_the_sale and each.key}
    if not asked:
        parts = _parts(_sales(company, organisation, in_parts)) if in_parts else {}
        return Contents(cancelled=cancelled, parts=parts)
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
        cancelled=cancelled,
    )


def _typed(typed: Mapping[str, Mapping[str, Any]]) -> dict[str, Refund]:
    return {key: Refund.model_validate({**said["content"], "id": key}) for key, said in typed.items()}


def _cancelled(one: Entry, orders: Sequence[int], sales: Mapping[int, Paper | None]) -> dict[int, list[Totals]]:
    """Return what credit notes took off of goods that the order counts no more: those of what was cancelled, and refunds'."""
    mine = Entry.objects.filter(company=one.company_id, organisation=one.organisation_id, order__in=orders)
    notes = mine.filter(kind=Kind.CREDIT_NOTE).exclude(state=State.CANCELLED).order_by("pk")
    found: dict[int, list[Totals]] = {}
    papers: dict[int, list[tuple[str, CreditNote]]] = {}
    for order, key, document, net, tax, gross in notes.values_list(
        "order_id", "key", "document", "net", "tax", "gross"
    ):
        if key.startswith(keys.CANCELLED) and net is not None and tax is not None and gross is not None:
            found.setdefault(order, []).append(Totals(net, tax, gross))
        paper = stored.read(document, Kind.CREDIT_NOTE) if document else None
        if isinstance(paper, CreditNote):
            papers.setdefault(order, []).append((key, paper))
    for order in _as_a_whole(one.company_id, found):
        found[order].pop()  # the order still counts what the last of them took
    for order, gone in _gone(one, [each for each in papers if isinstance(sales.get(each), Invoice)]).items():
        sale = sales[order]
        if isinstance(sale, Invoice):
            found.setdefault(order, []).append(refunded_goods.of_cancelled(sale, papers[order], gone))
    return found


def _gone(one: Entry, orders: Collection[int]) -> dict[int, dict[str, Decimal]]:
    """Return by part of the order how many were cancelled since its sale was posted, of those that were."""
    mine = (
        OrderStanding.objects.filter(company_id=one.company_id, order__in=orders)
        if orders
        else OrderStanding.objects.none()
    )
    there = mine.filter(connection=one.organisation.connection_id).values_list("order_id", "written_from")
    return {order: gone for order, written in there if (gone := refunded_goods.gone(written))}


def _as_a_whole(company: int, orders: Collection[int]) -> Iterator[int]:
    """Yield those of the orders that were cancelled as a whole, by their content or by a notice."""
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
