"""Every job of the worker: a name, a lock, and one call inward.

A job is only a hint that something may be due; the rows are the truth (`outbox/wake.py` defers them). Jobs never carry
a back-off: a future job with a lock blocks the ready ones behind it, so "not before" stands on rows, and the sweeps
find what is due.
"""

import structlog
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Status

log = structlog.get_logger("daybook.jobs")

KEEP_FAILED_HOURS = 30 * 24
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


# --- the pipeline's jobs: posting.drain, posting.sweep, reconciliation.resolve, intake.prepare_company, catalog.refresh
