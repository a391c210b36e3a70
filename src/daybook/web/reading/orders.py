"""Orders, as the pages show them."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict

from daybook.companies.models import Company
from daybook.orders.models import Notice, Order, OrderNote, Revision
from daybook.outbox import counting
from daybook.outbox.models import Entry
from daybook.web.listing import asked_for
from daybook.web.reading import causes
from daybook.web.reading.documents import LONGEST_CAUSE, searched


def marked(company: Company) -> QuerySet[Order]:
    """Return the company's orders, each with `needs_a_person`: whether one of its documents does."""
    return Order.objects.filter(company=company).annotate(needs_a_person=_a_document_does(company))


def _a_document_does(company: Company) -> Exists:
    return Exists(counting.documents_needing_a_person(company).filter(order=OuterRef("pk")))


def found(company: Company, asked: QueryDict) -> QuerySet[Order]:
    """Return the company's orders that the filters name: standing (as the badge says it), cause, and q."""
    rows = marked(company).defer("detail", "written_from")
    cause = asked_for(asked, "cause", LONGEST_CAUSE)
    if cause:
        rows = rows.filter(cause=cause)
    if asked.get("standing") == Order.Standing.HELD and not cause:
        rows = rows.filter(pk__in=counting.orders_needing_a_person(company))
    elif asked.get("standing") == Order.Standing.DOCUMENTED:
        rows = rows.filter(~_a_document_does(company), standing=Order.Standing.DOCUMENTED)
    elif asked.get("standing") in Order.Standing.values:
        rows = rows.filter(standing=asked["standing"])
    words = searched(asked)
    if words:
        rows = rows.filter(
            Q(ref__icontains=words) | Q(external_ref__icontains=words) | Q(customer_name__icontains=words)
        )
    return rows


@dataclass(frozen=True, slots=True)
class Event:
    """One line of an order's history."""

    at: datetime
    text: str


def history(order: Order) -> list[Event]:
    """Return what happened to the order, oldest first."""
    notes = OrderNote.objects.filter(company=order.company_id, order=order).values_list("at", "text")
    revisions = Revision.objects.filter(company=order.company_id, order=order).values_list("received_at", "number")
    notices = Notice.objects.filter(company=order.company_id, order=order).values_list("received_at", "content")
    events = [Event(at, text) for at, text in notes]
    events += [Event(at, f"Content received: revision {number}") for at, number in revisions]
    events += [Event(at, f"Status callback: {_status(content)}") for at, content in notices]
    return sorted(events, key=lambda event: event.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A document made of the order, with why it waits or what it needs."""

    entry: Entry
    reasons: list[causes.Shown]


def documents_of(order: Order) -> list[Made]:
    """Return the order's documents, oldest first."""
    entries = Entry.objects.filter(company=order.company_id, order=order).select_related("company", "order")
    return [Made(entry=entry, reasons=_reasons(entry)) for entry in entries.order_by("id")]


def _reasons(entry: Entry) -> list[causes.Shown]:
    return [shown for shown in (causes.of_entry(entry), causes.of_attention(entry)) if shown]


def content(order: Order) -> dict[str, Any]:
    """Return the order's current content; empty where none is stored."""
    if order.current_revision_id is None:
        return {}
    revision = Revision.objects.filter(company=order.company_id, pk=order.current_revision_id).first()
    return revision.content if revision and isinstance(revision.content, dict) else {}


def lines(content: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the lines with their amounts as numbers, for the table."""
    found = content.get("lines")
    return [_line(line) for line in found if isinstance(line, dict)] if isinstance(found, list) else []


def _line(line: dict[str, Any]) -> dict[str, Any]:
    amounts = ("quantity", "unit_price", "unit_price_inc_tax", "discount", "tax_amount", "unit_cost")
    rate = _amount(line.get("tax_rate"))
    return {
        **{name: _amount(line.get(name)) for name in amounts},
        "sku": line.get("sku") or "",
        "description": line.get("description") or "",
        "tax_percent": rate * 100 if rate is not None else None,
    }


def _amount(text: object) -> Decimal | None:
    try:
        return Decimal(str(text)) if text not in {None, ""} else None
    except InvalidOperation:
        return None


def _status(content: object) -> str:
    return str(content.get("status") or "no status") if isinstance(content, dict) else "no status"
