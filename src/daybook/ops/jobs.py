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
from django.conf import settings
from django.db import connections as databases
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException, NoResult, UniqueViolation
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager

from daybook.alerts import sending as mails
from daybook.alerts import watching as watching_for_people
from daybook.catalog import refresh
from daybook.companies import doors, forgetting
from daybook.connections import calls, credentials, endpoints, home, roster
from daybook.connections.models import Connection
from daybook.ending import deletion
from daybook.history import sealing
from daybook.intake import collecting, curing, files_due, payouts, prepare, pulling, replaying
from daybook.kit import clock
from daybook.ops.postgres import statistics
from daybook.orders import retention as deliveries
from daybook.outbox import arrivals, retention, wake
from daybook.posting import drain as draining
from daybook.posting import sweeping
from daybook.reconciliation import counted, watching
from daybook.reconciliation import resolve as resolving
from daybook.reconciliation import witness as witnessing

P = ParamSpec("P")

log = structlog.get_logger("daybook.jobs")

KEEP_FAILED_HOURS = 30 * 24
PULLED_FOR = 30
"""Seconds that one job asks feeds; the next sweep goes on."""
PREPARED_WITHIN = timedelta(seconds=20)
"""Of being stored; the same process does it, unless it dies."""


def _every(seconds: int) -> str:
    """Return the cron line of so many seconds, at least one of this machine's; its sixth field is seconds."""
    lasting = max(1, round(clock.lasting(seconds)))
    return f"* * * * * */{lasting}" if lasting < 60 else f"*/{lasting // 60} * * * *"


EVERY_5_SECONDS, EVERY_10_SECONDS, EVERY_30_SECONDS, EVERY_5_MINUTES = _every(5), _every(10), _every(30), _every(300)


@app.periodic(cron=EVERY_10_SECONDS)
@app.task(name="ops.retry_stalled", queueing_lock="ops.retry_stalled", pass_context=True)
async def retry_stalled(context: JobContext, timestamp: int) -> None:  # noqa: ARG001  # Procrastinate passes it
    """Start the jobs of dead workers again.

    A worker that is only slow gives no sign of life either: what it ends meanwhile is left alone, and so is this job,
    which runs.
    """
    manager = context.app.job_manager
    stalled_after = context.additional_context["stalled_after"]
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=stalled_after):
        if job.id == context.job.id:
            continue
        try:
            await _retry(manager, job)
        except ConnectorException as error:
            if await _is_doing(manager, job):
                raise
            log.info("job ended meanwhile", job=job.id, task=job.task_name, error=str(error)[:100])
        else:
            log.warning("job of a dead worker", job=job.id, task=job.task_name)


async def _retry(manager: JobManager, job: Job) -> None:
    """Where one like it waits already, the waiting one does the work and the dead one goes: nothing is wrong with it."""
    try:
        await manager.retry_job(job)
    except UniqueViolation:
        await manager.finish_job(job, status=Status.ABORTED, delete_job=True)


async def _is_doing(manager: JobManager, job: Job) -> bool:
    """Tell whether a job runs still; one that ended well is there no more."""
    if job.id is None:
        return False
    try:
        return await manager.get_job_status_async(job.id) is Status.DOING
    except NoResult:
        return False


@app.periodic(cron="17 3 * * *")
@app.task(name="ops.forget_old_jobs", queueing_lock="ops.forget_old_jobs", pass_context=True)
async def forget_old_jobs(context: JobContext, timestamp: int) -> None:  # noqa: ARG001  # Procrastinate passes it
    """Delete what failed long ago; what succeeded is deleted at once."""
    await context.app.job_manager.delete_old_jobs(
        nb_hours=KEEP_FAILED_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
    )


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
    draining.drain(connection_id, endpoints.client())


@app.periodic(cron=EVERY_5_SECONDS)
@app.task(name="posting.sweep", queueing_lock="posting.sweep", lock="posting.sweep")
@job
def sweep(timestamp: int) -> None:  # noqa: ARG001  # Procrastinate passes it
    """Wake every drain that has something to do: what lingered, what a pause or a dead worker left waiting.

    Feeds that are due are asked. Orders whose process died between storing and preparing are prepared first.
    """
    prepare.prepare_overdue(before=clock.now() - PREPARED_WITHIN)
    for connection_id in sweeping.due(clock.now()):
        wake.wake_drain(connection_id)
    pulling.wake_due()


@app.periodic(cron="* * * * * 30")
@app.task(name="intake.take_waiting", queueing_lock="intake.take_waiting", lock="intake.take_waiting")
@job
def take_waiting(timestamp: int) -> None:  # noqa: ARG001  # Procrastinate passes it
    """Take in what was kept while its feed was paused, and news whose order has come."""
    replaying.take_waiting()


@app.task(name=wake.PULL)
@job
def pull(lane: int) -> None:
    """Ask the feeds that are due for what is new, one after the other; of each lane one runs at a time, by its lock."""
    pulling.pull_due(seconds=PULLED_FOR, lane=lane)


@app.periodic(cron=EVERY_5_SECONDS)
@app.task(name="reconciliation.resolve", queueing_lock="reconciliation.resolve", lock="reconciliation.resolve")
@job
def resolve(timestamp: int) -> None:  # noqa: ARG001  # Procrastinate passes it
    """Look into the ledger for every document whose outcome nobody knows."""
    resolving.resolve(endpoints.client(), now=clock.now(), patience=resolving.patience())


@app.periodic(cron=EVERY_30_SECONDS)
@app.task(name=wake.WITNESS, queueing_lock=wake.WITNESS, lock=wake.WITNESS)
@job
def witness(timestamp: int) -> None:  # noqa: ARG001  # Procrastinate passes it
    """Ask the ledgers, where that is due, whether they hold documents of ours that the day book does not know."""
    if witnessing.run(endpoints.client(), now=clock.now()):
        wake.wake_witness()


@app.periodic(cron=EVERY_5_MINUTES)
@app.task(name="reconciliation.watch", queueing_lock="reconciliation.watch", lock="reconciliation.watch")
@job
def watch(timestamp: int) -> None:  # noqa: ARG001  # Procrastinate passes it
    """Look in the ledger for what people did there with posted documents, wherever such a look is due.

    Apps that the ledger's login refused are tried again first.
    """
    credentials.try_refused(endpoints.client())
    watching.watch(endpoints.client(), now=clock.now())


@app.periodic(cron=EVERY_5_SECONDS)
@app.task(name="history.seal", queueing_lock="history.seal", lock="history.seal")
@job
def seal_history(timestamp: int) -> None:  # noqa: ARG001  # Procrastinate passes it
    """Number and seal what was told to the history since; then the tables have grown too, and the marker is behind."""
    if sealing.seal_all():
        statistics.count_what_outgrew()
        home.leave_marker()


@app.periodic(cron=EVERY_5_MINUTES)
@app.task(name="intake.gather_payouts", queueing_lock="intake.gather_payouts", lock="intake.gather_payouts")
@job
def gather_payouts(timestamp: int) -> None:  # noqa: ARG001  # Procrastinate passes it
    """Have the fees of payouts billed where a company wants it."""
    payouts.gather(clock.now())


@app.periodic(cron=EVERY_5_MINUTES)
@app.task(
    name="reconciliation.count_money", queueing_lock="reconciliation.count_money", lock="reconciliation.count_money"
)
@job
def count_money(timestamp: int) -> None:  # noqa: ARG001  # Procrastinate passes it
    """Count sums of money anew where something changed, so that reports read few rows."""
    counted.count_anew()


@app.task(name=wake.PREPARE_COMPANY)
@job
def prepare_company(company_id: int, cause: str = "") -> None:
    """Look again at the orders of one company that wait for a cure, or for the cure of one cause."""
    prepare.prepare_company(company_id, causes=[cause] if cause else ())
    if not cause:
        curing.cure(company_id)


@app.task(name=wake.READ_LISTS)
@job
def read_lists(connection_id: int, older_than_seconds: int) -> None:
    """Read an organisation's lists again, because a refusal or a Save says that they may have changed."""
    connection = Connection.objects.select_related("organisation").get(pk=connection_id)
    if not connection.is_connected:
        return
    with calls.apart(connection, "lists not read"):
        refresh.refresh(connection, max_age=timedelta(seconds=older_than_seconds), client=endpoints.client())
    wake.wake_prepare(connection.company_id)  # what was read before it failed stays, and may be the cure


@app.periodic(cron=EVERY_5_MINUTES)
@app.task(name="intake.read_again", queueing_lock="intake.read_again", lock="intake.read_again")
@job
def read_again(timestamp: int) -> None:  # noqa: ARG001  # Procrastinate passes it
    """Read lists that a refusal says may have changed and that could not be read just after it."""
    curing.read_again(endpoints.client(), clock.now())


@app.periodic(cron=EVERY_5_SECONDS)
@app.task(name="intake.look_for_files", queueing_lock="intake.look_for_files", lock="intake.look_for_files")
@job
def look_for_files(timestamp: int) -> None:  # noqa: ARG001  # Procrastinate passes it
    """Have every watched place looked at that is due, and what was uploaded taken in whose worker died."""
    files_due.wake(clock.now())


@app.task(name=files_due.LOOK)
@job
def look_at_place(feed_id: int) -> None:
    """Collect the files of one feed's place."""
    collecting.look(feed_id)


@app.task(name=files_due.TAKE)
@job
def take_file(file_id: int) -> None:
    """Take in one uploaded file."""
    files_due.take(file_id)


@app.task(name=wake.PREPARE_ORDER)
@job
def prepare_order(order_id: int) -> None:
    """Look again at one order that changed while its document was under way."""
    prepare.prepare(order_id)


@app.periodic(cron="7 * * * * 0")
@app.task(name="intake.look_at_part_shipments", queueing_lock="intake.look_at_part_shipments")
@job
def look_at_part_shipments(timestamp: int) -> None:  # noqa: ARG001  # Procrastinate passes it
    """Show to a person, once an hour, what was dispatched in part and has waited too long for the rest."""
    prepare.wake_part_shipments()


@app.periodic(cron="23 2 * * * 0")
@app.task(name="catalog.refresh", queueing_lock="catalog.refresh", lock="catalog.refresh")
@job
def refresh_catalogs(timestamp: int) -> None:  # noqa: ARG001  # Procrastinate passes it
    """Read every connected organisation's chart, rates, currencies and lock dates again, once a day.

    What was cured in the ledger meanwhile lets its documents go.
    """
    refresh.refresh_all()
    for company_id in roster.reachable().order_by("company").values_list("company_id", flat=True).distinct():
        wake.wake_prepare(company_id)


@app.periodic(cron="29 4 * * * 0")
@app.task(name="companies.forget_old", queueing_lock="companies.forget_old", lock="companies.forget_old")
@job
def forget_old(timestamp: int) -> None:  # noqa: ARG001  # Procrastinate passes it
    """Forget sessions that are over, and one-time links that ended long ago."""
    forgetting.forget_old(now=clock.now())
    mails.forget_old(clock.now())


@app.periodic(cron="* * * * * 40")
@app.task(name="alerts.watch", queueing_lock="alerts.watch", lock="alerts.watch")
@job
def tell_people(timestamp: int) -> None:  # noqa: ARG001  # Procrastinate passes it
    """Mail people what came to need them, warnings and summaries, where this installation sends mail."""
    if settings.MAIL_IS_SET_UP:
        try:
            watching_for_people.watch(clock.now())
        finally:
            mails.send_due(clock.now())  # what is written goes, whatever kept the rest from being written


@app.periodic(cron="41 4 * * * 0")
@app.task(name="outbox.forget_bodies", queueing_lock="outbox.forget_bodies", lock="outbox.forget_bodies")
@job
def forget_bodies(timestamp: int) -> None:  # noqa: ARG001  # Procrastinate passes it
    """Forget the bodies of calls that are older than they need to be kept, and old counts of failures."""
    retention.forget_bodies(now=clock.now())
    doors.forget_old(clock.now())
    arrivals.forget_old(clock.now())


@app.periodic(cron="*/5 * * * *")
@app.task(name="ending.delete_due", queueing_lock="ending.delete_due", lock="ending.delete_due")
@job
def delete_due(timestamp: int) -> None:  # noqa: ARG001  # Procrastinate passes it
    """Delete what closed companies leave whose years are over, with a certificate of what was."""
    deletion.delete_due(clock.now())


@app.periodic(cron="51 4 * * * 0")
@app.task(name="orders.forget_raw", queueing_lock="orders.forget_raw", lock="orders.forget_raw")
@job
def forget_raw(timestamp: int) -> None:  # noqa: ARG001  # Procrastinate passes it
    """Forget the bytes of deliveries that are older than they need to be kept."""
    kept_for = timedelta(days=settings.KEEP_DELIVERIES_DAYS)
    deliveries.forget_raw(now=clock.now(), kept_for=kept_for)
    files_due.forget_bytes(clock.now(), kept_for)
