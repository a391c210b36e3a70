"""A person says when an order was dispatched: the day dates its documents whatever the OMS says."""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from daybook.companies.models import Company, Person
from daybook.intake import prepare, rules
from daybook.kit import clock
from daybook.orders import standings
from daybook.orders.models import Order, OrderNote
from daybook.outbox.models import Entry
from daybook.outbox.states import State
from daybook.sources import statuses
from daybook.sources.canonical import moments, schema

_FIRST_YEAR = 1990


class NotADateError(Exception):
    """The day cannot be that of the dispatch; the message says why to a person."""


def may_be_dated(order: Order) -> bool:
    """Tell whether a day still makes a difference: no document of the order stands in a ledger or may stand there."""
    stands = standings.of_order(order)
    if order.current_revision_id is None or (stands and stands.standing == Order.Standing.CANCELLED):
        return False
    settled = [State.POSTED, State.SENDING, State.UNKNOWN]
    return not Entry.objects.filter(company_id=order.company_id, order=order, state__in=settled).exists()


def date_order(order: Order, day: date | None, person: Person) -> None:
    """Keep the day, or take it away, and look at the order again. Raises NotADateError."""
    company = Company.objects.get(pk=order.company_id)
    zones = rules.of_company(company)[0].timing.zones
    with transaction.atomic():
        mine = Order.objects.select_for_update().get(company=company, pk=order.pk)
        if not may_be_dated(mine):
            raise NotADateError("A document of the order is in the ledger or on its way: correct its date there.")
        if day is not None:
            _check(mine, day, zones)
        mine.typed_date = day
        mine.save(update_fields=["typed_date"])
        standings.await_preparing(company, [mine.pk], clock.now())
        said = f"{person} said that it was dispatched on {day}." if day else f"{person} took the typed day away."
        OrderNote.objects.create(company=company, order=mine, text=said[:500], at=clock.now())
    prepare.prepare_orders(company, [order.pk])


def _check(order: Order, day: date, zones: moments.Zones) -> None:
    if day.year < _FIRST_YEAR:
        raise NotADateError("Check the year.")
    latest = timezone.localdate(clock.now() + rules.FARTHEST_AHEAD, zones.documents)
    if day > latest:
        raise NotADateError(f"The day is more than {rules.FARTHEST_AHEAD // timedelta(days=1)} days ahead.")
    revision, table = order.current_revision, order.feed.status_table
    content = statuses.order_as_meant(schema.load_order(revision.content), table) if revision is not None else None
    ordered = moments.day(content.ordered_at, zones) if content is not None and content.ordered_at else None
    if ordered is not None and day < ordered:
        raise NotADateError(f"The order was made on {ordered}: it cannot have left before.")
