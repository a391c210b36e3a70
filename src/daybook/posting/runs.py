"""What goes out by a schedule: whether a run is due, and when the next one is."""

from datetime import timedelta

from daybook.connections import running
from daybook.connections.models import Connection
from daybook.connections.outgoing import FileFormat, MailAccess
from daybook.connections.schedules import Every
from daybook.kit import clock
from daybook.outbox import queue
from daybook.posting import pacing

LOOKS_AGAIN = timedelta(minutes=2)
"""So long the sweep leaves a connection alone whose next run is later: a hint, as `pacing.rest_until` has it."""
Plan = FileFormat | MailAccess


def is_due(connection: Connection, plan: Plan) -> bool:
    """Tell whether what waits may go now; where it may not, the sweep is told when to come back.

    A run that came while nothing waited is over: what becomes due afterwards goes in the next one.
    """
    if plan.every == Every.AT_ONCE:
        return True
    now = clock.now()
    if plan.next_run_at is None:
        running.plan_next(connection, plan, now)
    elif plan.next_run_at <= now:
        waiting = queue.waiting(connection.company_id, connection.organisation_id, now)
        if waiting.filter(created_at__lte=plan.next_run_at).exists():
            return True
        running.plan_next(connection, plan, now)
    pacing.rest_until(connection, plan.next_run_at, most=LOOKS_AGAIN)
    return False


def is_over(connection: Connection, plan: Plan) -> None:
    """Note that all that was due in a run has gone, or is before a person."""
    if plan.every != Every.AT_ONCE:
        running.plan_next(connection, plan, clock.now())
