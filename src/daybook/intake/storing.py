"""Write orders and their revisions, each known by (company, source, source id), a batch in one transaction."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.db.models import F, OuterRef, Q, Subquery

from daybook.companies.models import Company
from daybook.intake import facts, schema
from daybook.intake.schema import CanonicalOrder
from daybook.mapping.texts import without_entities
from daybook.orders.models import Order, OrderNote, Revision


class Result(StrEnum):
    """What became of an order that was sent."""

    ACCEPTED = "accepted"
    """New, or with new content: kept."""
    UNCHANGED = "unchanged"
    """The content that stands already."""
    LATE_RETRY = "late_retry"
    """Content that stood once and has been replaced: ignored, with a note."""
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Incoming:
    """A parsed order, and its bytes where they were not canonical."""

    order: CanonicalOrder
    raw: bytes = b""

    @property
    def key(self) -> tuple[str, str]:
        """Return what names the order within its company."""
        return self.order.source, self.order.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """An order's row after storing."""

    order_id: int
    public_id: str
    result: Result
    is_unprepared: bool


@dataclass(slots=True)
class _Change:
    """One incoming order beside its row."""

    incoming: Incoming
    order: Order
    is_fresh: bool
    """Made just now, by us."""
    content: dict[str, Any]
    content_hash: str
    result: Result = Result.ACCEPTED
    number: int = 1
    note: str = "Received."


def store(company: Company, batch: Sequence[Incoming], *, now: datetime) -> dict[tuple[str, str], Stored]:
    """Store orders of which none comes twice in the batch; return by key what became of them."""
    with transaction.atomic():
        _adopt_stubs(company, batch)
        made = _make_rows(company, batch, now)
        changes = _changes(company, batch, made)
        _write(company, [each for each in changes if each.result is Result.ACCEPTED], now)
        OrderNote.objects.bulk_create(
            OrderNote(company=company, order=each.order, text=each.note, at=now)
            for each in changes
            if each.result is not Result.UNCHANGED
        )
    return {
        each.incoming.key: Stored(
            order_id=each.order.pk,
            public_id=each.order.public_id,
            result=each.result,
            is_unprepared=each.order.unprepared_since is not None,
        )
        for each in changes
    }


def content_hash(content: dict[str, Any]) -> str:
    """Return the SHA-256 of canonical content, hex."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _adopt_stubs(company: Company, batch: Sequence[Incoming]) -> None:
    """Let rows that callbacks made, knowing only a ref, take the id that comes with the order itself."""
    renamed = {each.order.ref: each.order for each in batch if each.order.ref != each.order.id}
    stubs = Order.objects.filter(company=company, current_revision=None, source_id=F("ref"), ref__in=renamed)
    for stub in stubs.select_for_update().order_by("id"):
        order = renamed[stub.ref]
        taken = Order.objects.filter(company=company, source=order.source, source_id=order.id)
        if stub.source == order.source and not taken.exists():
            stub.source_id = order.id
            stub.save(update_fields=["source_id"])


def _make_rows(company: Company, batch: Sequence[Incoming], now: datetime) -> set[str]:
    """Make the rows that are missing, sorted so that two batches never wait for each other; return their public ids."""
    there = set(_rows(company, batch).values_list("source", "source_id"))
    missing = sorted((each for each in batch if each.key not in there), key=lambda each: each.key)
    rows = [
        _fill(
            Order(company=company, source=each.order.source, source_id=each.order.id, first_received_at=now), each, now
        )
        for each in missing
    ]
    Order.objects.bulk_create(rows, ignore_conflicts=True)
    return {row.public_id for row in rows}


def _rows(company: Company, batch: Sequence[Incoming]) -> Any:
    wanted = Q(pk__in=[])
    for source in sorted({each.order.source for each in batch}):
        wanted |= Q(source=source, source_id__in=[each.order.id for each in batch if each.order.source == source])
    return Order.objects.filter(wanted, company=company)


def _fill(order: Order, incoming: Incoming, now: datetime) -> Order:
    """Put into the row what a list of orders shows."""
    given = incoming.order
    order.ref, order.status = given.ref, given.status
    order.external_ref = without_entities(given.external_ref)
    order.customer_name = without_entities(given.customer.company or given.customer.name)
    order.currency = given.currency or order.currency
    order.ordered_at = given.ordered_at
    order.changed_at = order.unprepared_since = now
    if order.dispatched_seen_at is None and facts.derive(given).is_dispatched:
        order.dispatched_seen_at = now
    return order


def _changes(company: Company, batch: Sequence[Incoming], made: set[str]) -> list[_Change]:
    """Return each order beside its locked row, judged against the contents it had before."""
    rows = _rows(company, batch).select_for_update().order_by("id").prefetch_related("current_revision")
    by_key = {(row.source, row.source_id): row for row in rows}
    changes = []
    for each in batch:
        content, row = schema.content_of(each.order), by_key[each.key]
        changes.append(_Change(each, row, row.public_id in made, content, content_hash(content)))
    known: dict[int, dict[str, int]] = {}
    older = [each.order.pk for each in changes if not each.is_fresh]
    revisions = Revision.objects.filter(company=company, order_id__in=older) if older else Revision.objects.none()
    for order_id, digest, number in revisions.values_list("order_id", "content_hash", "number"):
        known.setdefault(order_id, {})[digest] = number
    for change in changes:
        _judge(change, known.get(change.order.pk, {}))
    return changes


def _judge(change: _Change, known: dict[str, int]) -> None:
    """Decide whether content is new, what stands already, or a late retry of what stood once."""
    current = change.order.current_revision
    if current is not None and current.content_hash == change.content_hash:
        change.result = Result.UNCHANGED
    elif change.content_hash in known:
        change.result = Result.LATE_RETRY
        change.note = f"A late retry of revision {known[change.content_hash]} came and was ignored."
    elif known:
        change.number = max(known.values()) + 1
        change.note = f"Changed by the OMS: revision {change.number}."


def _write(company: Company, changes: Sequence[_Change], now: datetime) -> None:
    """Add the revisions and let the rows point at them."""
    Revision.objects.bulk_create(
        Revision(
            company=company,
            order=change.order,
            number=change.number,
            content=change.content,
            content_hash=change.content_hash,
            raw=change.incoming.raw,
            received_at=now,
        )
        for change in changes
    )
    for change in changes:
        if not change.is_fresh:
            _fill(change.order, change.incoming, now).save()
        else:
            change.order.unprepared_since = now
    newest = Revision.objects.filter(company=company, order=OuterRef("pk")).order_by("-number")
    Order.objects.filter(company=company, pk__in=[change.order.pk for change in changes]).update(
        current_revision=Subquery(newest.values("pk")[:1])
    )
