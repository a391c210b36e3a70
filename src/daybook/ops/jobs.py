"""Every job of the worker: a name, a lock, and one call inward.

A job is only a hint that something may be due; the rows are the truth (`outbox/wake.py` defers them). Jobs never carry
a back-off: a future job with a lock blocks the ready ones behind it, so "not before" stands on rows, and the sweeps
find what is due.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import ParamSpec

import structlog
from django.db import connections as databases
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Status

from daybook.catalog import refresh
from daybook.companies import doors
from daybook.connections import endpoints
from daybook.connections.models import Connection
from daybook.intake import prepare
from daybook.kit import clock
from daybook.outbox import retention, wake
from daybook.posting import poster, sweeping
from daybook.reconciliation import resolve as resolving

P = ParamSpec("P")

log = structlog.get_logger("daybook.jobs")

KEEP_FAILED_HOURS = 30 * 24
PREPARED_WITHIN = timedelta(seconds=20)
"""Of being stored; the same process does it, unless it dies."""
EVERY_5_SECONDS = "* * * * * */5"
EVERY_10_SECONDS = "* * * * * */10"
"""Six fields: the last one is seconds."""


@app.periodic(cron=EVERY_10_SECONDS)
@app.task(name="ops.retry_stalled", queueing_lock="ops.retry_stalled", pass_context=True)
async def retry_stalled(context: JobContext, timestamp: int) -> None:  # noqa: ARG001  # Procrastinate passes it
    """Start the jobs of dead workers again.

    Where one like it waits already, the waiting one does the work and the dead one is closed.
    """
    manager = context.app.job_manager
    stalled_after = context.additional_context["stalled_after"]
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=stalled_after):
        try:
            await manager.retry_job(job)
        except UniqueViolation:
            await manager.finish_job(job, status=Status.FAILED, delete_job=False)
        log.warning("job of a dead worker", job=job.id, task=job.task_name)


@app.periodic(cron="17 3 * * *")
@app.task(name="ops.forget_old_jobs", queueing_lock="ops.forget_old_jobs", pass_context=True)
async def forget_old_jobs(context: JobContext, timestamp: int) -> None:  # noqa: ARG001  # Procrastinate passes it
    """Delete what failed long ago; what succeeded is deleted at once."""
    await context.app.job_manager.delete_old_jobs(
        nb_hours=KEEP_FAILED_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
    )


# --- the pipeline -------------------------------------------------------------------------------------------------


def job(work: Callable[P, None]) -> Callable[P, None]:
    """Give a job's database connection back to the pool when it ends: the thread lives on."""

    @wraps(work)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            work(*args, **kwargs)
        finally:
            databases.close_all()

    return run


@app.task(name=wake.DRAIN)
@job
def drain(connection_id: int) -> None:
    """Post what waits for one connection."""
    poster.drain(connection_id, endpoints.client())


@app.periodic(cron=EVERY_5_SECONDS)
@app.task(name="posting.sweep", queueing_lock="posting.sweep", lock="posting.sweep")
@job
def sweep(timestamp: int) -> None:  # noqa: ARG001  # Procrastinate passes it
    """Wake every drain that has something to do: what lingered, what a pause or a dead worker left waiting.

    Orders whose process died between storing and preparing are prepared first.
    """
    prepare.prepare_overdue(before=clock.now() - PREPARED_WITHIN)
    for connection_id in sweeping.due(clock.now()):
        wake.wake_drain(connection_id)


@app.periodic(cron=EVERY_5_SECONDS)
@app.task(name="reconciliation.resolve", queueing_lock="reconciliation.resolve", lock="reconciliation.resolve")
@job
def resolve(timestamp: int) -> None:  # noqa: ARG001  # Procrastinate passes it
    """Look into Xero for every document whose outcome nobody knows."""
    resolving.resolve(endpoints.client(), now=clock.now(), patience=resolving.patience())


@app.task(name=wake.PREPARE_COMPANY)
@job
def prepare_company(company_id: int, cause: str = "") -> None:
    """Look again at the orders of one company that wait for a cure, or for the cure of one cause."""
    prepare.prepare_company(company_id, causes=[cause] if cause else ())


@app.task(name=wake.PREPARE_ORDER)
@job
def prepare_order(order_id: int) -> None:
    """Look again at one order that changed while its document was under way."""
    prepare.prepare(order_id)


@app.periodic(cron="23 2 * * * 0")
@app.task(name="catalog.refresh", queueing_lock="catalog.refresh", lock="catalog.refresh")
@job
def refresh_catalogs(timestamp: int) -> None:  # noqa: ARG001  # Procrastinate passes it
    """Read every connected organisation's chart, rates, currencies and lock dates again, once a day.

    What was cured in Xero meanwhile lets its documents go.
    """
    refresh.refresh_all()
    for company_id in Connection.objects.filter(status=Connection.Status.CONNECTED).values_list(
        "company_id", flat=True
    ):
        wake.wake_prepare(company_id)


@app.periodic(cron="41 4 * * * 0")
@app.task(name="outbox.forget_bodies", queueing_lock="outbox.forget_bodies", lock="outbox.forget_bodies")
@job
def forget_bodies(timestamp: int) -> None:  # noqa: ARG001  # Procrastinate passes it
    """Forget the bodies of calls that are older than they need to be kept, and old counts of failures."""
    retention.forget_bodies(now=clock.now())
    doors.forget_old(clock.now())
