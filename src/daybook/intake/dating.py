"""A person says when an order was dispatched: the day dates its documents whatever the OMS says."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from daybook.companies.models import Company, Person
from daybook.history.kinds import What
from daybook.history.telling import as_text, tell
from daybook.intake import prepare, rules
from daybook.kit import clock
from daybook.orders import standings, telling
from daybook.orders.models import Order
from daybook.outbox.models import Entry
from daybook.outbox.states import State
from daybook.sources import statuses
from daybook.sources.canonical import moments, schema

_FIRST_YEAR = 1990


class NotADateError(Exception):
    """The day cannot be that of the dispatch; the message says why to a person."""


def may_be_dated(order: Order) -> bool:
    """Tell whether a day still makes a difference: no document of the order stands in the ledger or may stand there."""
    stands = standings.of_order(order)
    if order.current_revision_id is None or (stands and stands.standing == Order.Standing.CANCELLED):
        return False
    settled = [State.POSTED, State.SENDING, State.UNKNOWN]
    return not Entry.objects.filter(company_id=order.company_id, order=order, state__in=settled).exists()


def date_order(order: Order, day: date | None, person: Person) -> None:
    """Keep the day, or take it away, and look at the order again. Raises NotADateError."""
    company = Company.objects.get(pk=order.company_id)
    _keep(company, order.pk, day, person, rules.of_company(company)[0].timing.zones)
    prepare.prepare_orders(company, [order.pk])


def date_orders(company: Company, order_ids: Sequence[int], day: date, person: Person) -> dict[int, str]:
    """Keep one day for each of these orders, each by itself, and look at them again.

    Return why not, in words, by the id of each order that could not be dated so.
    """
    zones = rules.of_company(company)[0].timing.zones
    refused: dict[int, str] = {}
    for order_id in order_ids:
        try:
            _keep(company, order_id, day, person, zones)
        except NotADateError as error:
            refused[order_id] = str(error)
    prepare.prepare_orders(company, [each for each in order_ids if each not in refused])
    return refused


@transaction.atomic
def _keep(company: Company, order_id: int, day: date | None, person: Person, zones: moments.Zones) -> None:
    mine = Order.objects.select_for_update().get(company=company, pk=order_id)
    if not may_be_dated(mine):
        raise NotADateError("A document of the order was posted or is on its way: correct its date there.")
    if day is not None:
        _check(mine, day, zones)
    before, mine.typed_date = mine.typed_date, day
    mine.save(update_fields=["typed_date"])
    standings.await_preparing(company, [mine.pk], clock.now())
    said = [{"typed_date": as_text(each)} for each in (before, day)]
    tell(telling.about(mine), What.DATED, by=person, before=said[0], after=said[1])


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
