"""What is to be expected of a connection's backlog: read here, worked out by `forecast`."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db.models import Count, Max

from daybook.catalog import customers
from daybook.connections import endpoints, roster
from daybook.connections.models import Connection, PostingSettings
from daybook.documents.kinds import SPECS, Kind
from daybook.ledgers.ledger import Ledger, Wire, kinds_of
from daybook.mapping.rules import OF_CUSTOMERS
from daybook.outbox import arrivals, counting
from daybook.outbox.models import Entry
from daybook.outbox.states import State
from daybook.posting import budget, forecast, pacing
from daybook.posting.forecast import Forecast, Queue
from daybook.posting.shelves import CONTACTS

SAMPLE = 500
"""Waiting invoices that are looked at for customers without a known contact."""


def of(connection: Connection, now: datetime) -> Forecast | None:
    """Return it; None where nothing is posted through the connection by calls, or it reaches nothing now.

    Before posting was switched on, and while it is stopped, nobody knows when it goes on: what waits, and the calls
    that it takes, without a moment.
    """
    if not connection.is_connected or endpoints.ledger_of(connection).wire is not Wire.CALLS:
        return None
    ledger, settings = endpoints.ledger_of(connection), roster.posting_of(connection)
    lists = pacing.looks_an_hour(ledger, settings)
    a_day = connection.calls_a_day or settings.app_calls_a_day
    means = forecast.means(pacing.windows_of(connection), ledger.terms, now, lists=lists, a_day=a_day)
    lingers = pacing.linger(connection, ledger, settings).most
    means = replace(means, lingers=lingers, post_within_minutes=settings.post_within_minutes)
    made = forecast.forecast(_queues(connection, ledger, settings, now), means, now)
    unapproved = counting.documents_awaiting_approval(connection.company, connection).count()
    made = replace(made, awaits_approval=unapproved)
    return replace(made, is_in_at=None, points=made.points[:1]) if connection.is_posting_stopped else made


def of_company(connections: Sequence[Connection], now: datetime) -> list[tuple[Connection, Forecast]]:
    """Return those of a company's connections that have one."""
    made = [(each, of(each, now)) for each in connections]
    return [(each, found) for each, found in made if found is not None]


def _queues(connection: Connection, ledger: Ledger, settings: PostingSettings, now: datetime) -> list[Queue]:
    """One for each route by which something waits or usually comes."""
    waiting, newest = _waiting(connection)
    came = arrivals.since(connection.company_id, connection.organisation_id or 0, arrivals.hour_of(now - budget.WEEK))
    queues = []
    for route in ledger.routes.values():
        kinds = kinds_of(ledger, route.name)
        went = pacing.together([came.get(kind, {}) for kind in kinds])
        by_hour = budget.by_custom(went, now=now)
        count = sum(waiting.get(kind, 0) for kind in kinds)
        if count or any(by_hour):
            title = ", ".join(SPECS[kind].title for kind in kinds)
            queues.append(
                Queue(
                    route=route.name,
                    title=title,
                    waiting=count,
                    room=pacing.room(route),
                    calls_a_batch=forecast.calls_a_batch(route, {kind: waiting.get(kind, 0) for kind in kinds}),
                    by_hour=by_hour,
                    came=went,
                    newest=max((newest[kind] for kind in kinds if kind in newest), default=None),
                )
            )
    return [*_customers(connection, ledger, settings, waiting.get(Kind.INVOICE, 0)), *queues]


def _customers(connection: Connection, ledger: Ledger, settings: PostingSettings, invoices: int) -> list[Queue]:
    """Return what customers' contacts take that are not known yet: looked up, and made; told from some of the invoices."""
    supply = ledger.supplies.get(CONTACTS)
    if supply is None or supply.looks is None or settings.contact_per not in OF_CUSTOMERS or not invoices:
        return []
    mine = Entry.objects.filter(
        company_id=connection.company_id, organisation=connection.organisation_id, state=State.READY, kind=Kind.INVOICE
    )
    parties = list(mine.order_by("-id").values_list("document__party", flat=True)[:SAMPLE])
    wanted = {each.key: each for each in map(supply.wanted, filter(None, parties))}
    known = customers.known(connection.organisation_id, wanted)
    unread = [each for key, each in wanted.items() if key not in known]
    if not unread:
        return []
    looks = supply.looks(unread) / len(unread)
    return [
        Queue(
            route=supply.route,
            title="Contacts of new customers",
            waiting=round(invoices * len(unread) / len(parties)),
            room=supply.documents_a_call,
            calls_a_batch=1 + supply.documents_a_call * looks,
            is_supply=True,
        )
    ]


def _waiting(connection: Connection) -> tuple[dict[str, int], dict[str, datetime]]:
    """By kind what waits to be sent, and since when its last one.

    What waits for another document of it counts too, but not what waits for somebody's approval.
    """
    mine = Entry.objects.filter(
        company_id=connection.company_id, organisation=connection.organisation_id, state=State.READY
    ).exclude(counting.AWAITS_APPROVAL)
    rows = list(mine.order_by().values_list("kind").annotate(Count("id"), Max("state_since")))
    return {kind: count for kind, count, _ in rows}, {kind: newest for kind, _, newest in rows}
