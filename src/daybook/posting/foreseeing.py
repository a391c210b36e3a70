"""What is to be expected of a connection's backlog: read here, worked out by `forecast`."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db.models import Count

from daybook.connections import endpoints, roster
from daybook.connections.models import Connection
from daybook.documents.kinds import SPECS
from daybook.ledgers.ledger import Ledger, Wire, kinds_of
from daybook.outbox import arrivals, counting
from daybook.outbox.models import Entry
from daybook.outbox.states import State
from daybook.posting import budget, forecast, pacing
from daybook.posting.forecast import Forecast, Queue


def of(connection: Connection, now: datetime) -> Forecast | None:
    """Return it; None where nothing is posted through the connection by calls, or it reaches nothing now.

    While posting is stopped nobody knows when it goes on: what waits, and the calls that it takes, without a moment.
    """
    if not connection.is_connected or endpoints.ledger_of(connection).wire is not Wire.CALLS:
        return None
    ledger, settings = endpoints.ledger_of(connection), roster.posting_of(connection)
    lists = pacing.looks_an_hour(ledger, settings)
    a_day = connection.calls_a_day or settings.app_calls_a_day
    means = forecast.means(pacing.windows_of(connection), ledger.terms, now, lists=lists, a_day=a_day)
    lingers = pacing.linger(connection, ledger, settings).most
    made = forecast.forecast(_queues(connection, ledger, now), replace(means, lingers=lingers), now)
    unapproved = counting.documents_awaiting_approval(connection.company, connection).count()
    made = replace(made, awaits_approval=unapproved)
    return replace(made, is_in_at=None, points=made.points[:1]) if connection.is_posting_stopped else made


def of_company(connections: Sequence[Connection], now: datetime) -> list[tuple[Connection, Forecast]]:
    """Return those of a company's connections that have one."""
    made = [(each, of(each, now)) for each in connections]
    return [(each, found) for each, found in made if found is not None]


def _queues(connection: Connection, ledger: Ledger, now: datetime) -> list[Queue]:
    """One for each route by which something waits or usually comes."""
    waiting = _waiting(connection)
    came = arrivals.since(connection.company_id, connection.organisation_id or 0, arrivals.hour_of(now - budget.WEEK))
    queues = []
    for route in ledger.routes.values():
        kinds = kinds_of(ledger, route.name)
        by_hour = budget.by_custom(pacing.together([came.get(kind, {}) for kind in kinds]), now=now)
        count = sum(waiting.get(kind, 0) for kind in kinds)
        if count or any(by_hour):
            title = ", ".join(SPECS[kind].title for kind in kinds)
            queues.append(
                Queue(
                    route=route.name,
                    title=title,
                    waiting=count,
                    room=pacing.room(route),
                    calls_a_batch=1 + route.reads_before,
                    by_hour=by_hour,
                )
            )
    return queues


def _waiting(connection: Connection) -> dict[str, int]:
    """By kind what waits to be sent; what waits for another document of it, too, but not for somebody's approval."""
    mine = Entry.objects.filter(
        company_id=connection.company_id, organisation=connection.organisation_id, state=State.READY
    ).exclude(counting.AWAITS_APPROVAL)
    return dict(mine.order_by().values_list("kind").annotate(Count("id")))
