"""Write what status callbacks say beside the order they name, each content once."""

from datetime import datetime

from django.db import transaction

from daybook.companies.models import Company
from daybook.intake import schema, storing
from daybook.intake.kornitx import SOURCE, Callback
from daybook.intake.storing import Result, Stored
from daybook.orders.models import Notice, Order, OrderNote


def store(company: Company, callback: Callback, *, raw: bytes, now: datetime) -> Stored:
    """Store a callback; the same content again changes nothing."""
    with transaction.atomic():
        order = _locked_order(company, callback, now)
        result = _add(order, callback, raw, now)
        if result is Result.ACCEPTED:
            order.status = callback.notice.status or order.status
            if callback.notice.dispatched:
                order.dispatched_seen_at = order.dispatched_seen_at or now
            order.changed_at = order.unprepared_since = now
            order.save(update_fields=["status", "dispatched_seen_at", "changed_at", "unprepared_since"])
    return Stored(
        order_id=order.pk,
        public_id=order.public_id,
        result=result,
        is_unprepared=order.unprepared_since is not None,
    )


def _locked_order(company: Company, callback: Callback, now: datetime) -> Order:
    """Return the order that is meant, by id, else by ref; one that was never seen gets a row that waits for it."""
    mine = Order.objects.filter(company=company, source=SOURCE)
    known = mine.filter(source_id=callback.source_id) or mine.filter(ref=callback.ref)[:2]
    if len(known) == 1:
        return mine.select_for_update().get(pk=known[0].pk)
    stub = Order(
        company=company,
        source=SOURCE,
        source_id=callback.source_id,
        ref=callback.ref,
        external_ref=callback.external_ref,
        first_received_at=now,
    )
    Order.objects.bulk_create([stub], ignore_conflicts=True)
    return mine.select_for_update().get(source_id=callback.source_id)


def _add(order: Order, callback: Callback, raw: bytes, now: datetime) -> Result:
    content = schema.content_of(callback.notice)
    digest = storing.content_hash(content)
    if Notice.objects.filter(company_id=order.company_id, order=order, content_hash=digest).exists():
        return Result.UNCHANGED
    Notice.objects.create(
        company_id=order.company_id, order=order, content=content, content_hash=digest, raw=raw, received_at=now
    )
    OrderNote.objects.create(company_id=order.company_id, order=order, text=_words(callback), at=now)
    return Result.ACCEPTED


def _words(callback: Callback) -> str:
    notice = callback.notice
    told = [f"status {notice.status}"] if notice.status else []
    told += [f"{len(notice.shipments)} shipment(s)"] if notice.shipments else []
    told += [f"{len(notice.cancellations)} cancellation(s)"] if notice.cancellations else []
    return f"The OMS called back: {', '.join(told) or 'nothing new'}."[:500]
