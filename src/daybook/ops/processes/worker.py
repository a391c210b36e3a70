"""The worker process: Procrastinate takes jobs and runs them in threads."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import structlog
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.utils import connector_params
from procrastinate.exceptions import ConnectorException
from procrastinate.psycopg_connector import PsycopgConnector
from procrastinate.worker import Worker
from psycopg import AsyncConnection

from daybook.ops.processes import memory
from daybook.ops.processes.stops import Exit, Stop

log = structlog.get_logger("daybook.jobs")

HEARTBEAT_SECONDS = 10
STALLED_AFTER_SECONDS = 30
JOBS_AT_ONCE = 8
"""Each holds a connection of the pool (48) at times; a drain has up to 4 calls in flight besides."""

ENDED_ALREADY = "Job was not found"
"""Procrastinate's function in the database says so where a job that is to be ended does not run any more."""

DATABASE_AWAY = "the worker ended because the database was away; start it again"


class WorkerConnector(PsycopgConnector):
    """Takes jobs over its own connections, but defers new ones in Django's transaction.

    Procrastinate's own worker connector would defer them outside: a rolled-back row would leave its job behind.
    """

    def get_sync_connector(self) -> DjangoConnector:
        """Return the connector that `defer()` writes through."""
        return DjangoConnector()


def run(
    *,
    jobs_at_once: int = JOBS_AT_ONCE,
    heartbeat: float = HEARTBEAT_SECONDS,
    stalled_after: float = STALLED_AFTER_SECONDS,
    until_idle: bool = False,
) -> None:
    """Run jobs until SIGTERM or SIGINT (the running ones are finished), or until there is none.

    Raises Stop where it ends although nobody asked it to: Procrastinate gives up when the database is away, and whoever
    started us must see that by the exit code.
    """
    params: dict[str, Any] = connector_params()
    memory.look_seldom()
    with app.replace_connector(WorkerConnector(kwargs=params, configure=_each_by_itself)):
        asyncio.run(
            _work(jobs_at_once=jobs_at_once, heartbeat=heartbeat, stalled_after=stalled_after, until_idle=until_idle)
        )


def note_left_behind(loop: asyncio.AbstractEventLoop, left: dict[str, Any]) -> None:
    """Say in one line that a job was ended elsewhere meanwhile; what else nobody asked for goes the usual way.

    A worker that gave no sign of life for long ends a job that another one has done since. Procrastinate asks nobody
    what came of ending it, so the loop is told when the task is thrown away.
    """
    error, task = left.get("exception"), left.get("future") or left.get("task")
    if isinstance(error, ConnectorException) and ENDED_ALREADY in str(error.__cause__):
        name = task.get_name() if isinstance(task, asyncio.Task) else ""
        log.info("job ended meanwhile", task=name, error=str(error.__cause__).splitlines()[0][:100])
    else:
        loop.default_exception_handler(left)


async def looks_again(go_on: Callable[[], Awaitable[Any]], context: JobContext, worker: Worker) -> Any:
    """Have the worker look for jobs once this one has ended, where others may wait for its lock: nobody tells it of them."""
    task = asyncio.current_task()
    if context.job.lock and task is not None:
        task.add_done_callback(lambda _: worker._new_job_event.set())  # noqa: SLF001  # what a notification of it sets
    return await go_on()


async def _each_by_itself(connection: AsyncConnection[Any]) -> None:
    """Each statement of Procrastinate's is whole: BEGIN and COMMIT around it would be two more for nothing."""
    await connection.set_autocommit(True)


async def _work(*, jobs_at_once: int, heartbeat: float, stalled_after: float, until_idle: bool) -> None:
    # sync jobs run in the loop's default pool of threads, whose own size would depend on the machine
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(jobs_at_once + 1, thread_name_prefix="job"))
    asyncio.get_running_loop().set_exception_handler(note_left_behind)
    async with app.open_async():
        working = asyncio.create_task(
            app.run_worker_async(
                concurrency=jobs_at_once,
                wait=not until_idle,
                update_heartbeat_interval=heartbeat,
                stalled_worker_timeout=stalled_after,
                delete_jobs="successful",
                additional_context={"stalled_after": stalled_after},
                install_signal_handlers=False,
                worker_middleware=[looks_again],
            )
        )
        for each in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(each, working.cancel)  # which ends it in good order
        try:
            await working
        except asyncio.CancelledError:
            return
        except ConnectorException as error:
            raise Stop(DATABASE_AWAY, Exit.ENVIRONMENT) from error
    if not until_idle:
        raise Stop(DATABASE_AWAY, Exit.ENVIRONMENT)
