"""Write what is told of an order beside the order they name: one that repeats another counts once."""

from datetime import datetime

from django.db import transaction

from daybook.feeds.models import Feed
from daybook.history.kinds import What
from daybook.intake import deliveries, parts, repeats, storing
from daybook.intake.deliveries import Arrival, Door
from daybook.intake.repeats import Before, Result
from daybook.intake.storing import Stored
from daybook.kit import translation
from daybook.kit.money import ZERO
from daybook.orders import standings, telling
from daybook.orders.models import Notice, Order
from daybook.sources import source, statuses
from daybook.sources.canonical import schema


def store(
    feed: Feed, told: source.Notice, *, arrival: Arrival, position: int, now: datetime, about: int | None = None
) -> Stored:
    """Store a notice; a repeat of one changes nothing, and the same meant twice counts twice.

    `about`: the order of another feed that it is about. What is told of that tells how its own stands: the same again is
    no second event.
    """
    company, raw = feed.company, arrival.raw
    content = schema.content_of(told.notice)
    with transaction.atomic():
        order = _locked_order(feed, told, now) if about is None else _locked_of_another(feed, about)
        digest = storing.content_hash(content)
        body_hash = deliveries.digest(raw) if raw else digest
        before = Before(
            equals_standing=_says_nothing_new(order, told, digest) if about is None else _was_said(order, digest),
            same_body_unanswered=(order.pk, body_hash) in deliveries.unanswered(company, [order.pk], arrival, now),
        )
        is_new = repeats.judge(before) is Result.ACCEPTED
        notice = (
            _add(order, feed, told, content, digest, raw if order.forgotten_at is None else b"", arrival.door, now)
            if is_new
            else None
        )
        result = Result.ACCEPTED if is_new else Result.UNCHANGED
        delivery = arrival.delivery(company, position, now)
        delivery.feed, delivery.source = feed, feed.name
        delivery.order, delivery.body_hash = order, body_hash
        if order.forgotten_at is not None:
            delivery.raw = b""
        delivery.result, delivery.notice = result.value, notice
        delivery.save()
    return Stored(
        row=order,
        result=result,
        is_unprepared=bool(standings.unprepared(company, [order.pk])),
        body_hash=body_hash,
    )


def _locked_order(feed: Feed, told: source.Notice, now: datetime) -> Order:
    """Return the order that is meant, by id, else by ref; one that was never seen gets a row that waits for it."""
    mine = Order.objects.filter(company=feed.company, feed=feed)
    known = mine.filter(source_id=told.source_id) or mine.filter(ref=told.ref)[:2]
    if len(known) == 1:
        return mine.select_for_update().get(pk=known[0].pk)
    stub = Order(
        company=feed.company,
        feed=feed,
        source_id=told.source_id,
        ref=told.ref,
        external_ref=told.external_ref,
        first_received_at=now,
    )
    Order.objects.bulk_create([stub], ignore_conflicts=True)
    order = mine.select_for_update().filter(source_id=told.source_id).first()
    if order is None:  # its row came in between, and with its order the name that it has now
        return _locked_order(feed, told, now)
    if order.public_id == stub.public_id:
        standings.begin(feed.company, [order.pk], now)
    return order


def _locked_of_another(feed: Feed, about: int) -> Order:
    return Order.objects.select_for_update(of=("self",)).select_related("feed").get(company=feed.company, pk=about)


def _was_said(order: Order, digest: str) -> bool:
    return Notice.objects.filter(company_id=order.company_id, order=order, content_hash=digest).exists()


def _says_nothing_new(order: Order, told: source.Notice, digest: str) -> bool:
    """Tell whether the last word on the order was this very one, and it counts nothing that adds up."""
    if told.notice.shipments or told.notice.cancellations:
        return False
    last = Notice.objects.filter(company_id=order.company_id, order=order).last()
    revision = order.current_revision
    return (
        last is not None
        and last.content_hash == digest
        and (revision is None or last.received_at >= revision.received_at)
    )


def _add(
    order: Order,
    feed: Feed,
    told: source.Notice,
    content: dict[str, object],
    digest: str,
    raw: bytes,
    door: str,
    now: datetime,
) -> Notice:
    meant = statuses.notice_as_meant(told.notice, feed.status_table)
    notice = Notice.objects.create(
        company_id=order.company_id, order=order, content=content, content_hash=digest, raw=raw, received_at=now
    )
    telling.event(order, What.CALLED_BACK, reason=_words(told, order, feed, door), at=now).save()
    order.status = meant.status or order.status
    if meant.dispatched:
        order.dispatched_seen_at = order.dispatched_seen_at or now
    if meant.on_hold is False:
        order.on_hold_since = None
    order.changed_at = now
    order.save(update_fields=["status", "dispatched_seen_at", "on_hold_since", "changed_at"])
    standings.await_preparing(order.company, [order.pk], now)
    return notice


def _words(told: source.Notice, order: Order, feed: Feed, door: str) -> str:
    """Return who told it, and what."""
    words = _said(told.notice, order)
    if feed.pk != order.feed_id:
        sentence = translation.told(f"News of {feed.title_to_store}: {', '.join(words) or 'nothing new'}.")
    elif door == Door.FILE:
        sentence = translation.told(f"A file said: {', '.join(words) or 'nothing new'}.")
    elif door == Door.API:
        sentence = translation.told(f"The API was told: {', '.join(words) or 'nothing new'}.")
    else:
        sentence = translation.told(f"The OMS called back: {', '.join(words) or 'nothing new'}.")
    return sentence[:500]


def _said(notice: schema.NoticeContent, order: Order) -> list[str]:
    words = [translation.told(f"status {notice.status}")] if notice.status else []
    if shipments := len(notice.shipments):
        words.append(translation.told(f"{shipments} {'shipment' if shipments == 1 else 'shipments'}"))
    if gone := len(notice.cancellations):
        words.append(translation.told(f"{gone} {'cancellation' if gone == 1 else 'cancellations'}"))
    unknown = _of_no_line(notice, order)
    if costs := len(notice.costs) - len(unknown):
        words.append(translation.told(f"{costs} {'cost' if costs == 1 else 'costs'}"))
    words += (
        [translation.told(f"what {', '.join(unknown)} cost, and no line of the order is called so")] if unknown else []
    )
    return words


def _of_no_line(notice: schema.NoticeContent, order: Order) -> list[str]:
    """Return of what costs are told that is no line of the order, which is used for nothing."""
    if not notice.costs or order.current_revision is None:
        return []
    content = schema.load_order(order.current_revision.content)
    return [
        each.line for each in notice.costs if not parts.places_of(content, schema.Part(line=each.line, quantity=ZERO))
    ]
