"""The worker process: Procrastinate takes jobs and runs them in threads."""

import asyncio
import signal
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.utils import connector_params
from procrastinate.exceptions import ConnectorException
from procrastinate.psycopg_connector import PsycopgConnector
from psycopg import AsyncConnection

from daybook.ops.processes import memory
from daybook.ops.processes.stops import Exit, Stop

HEARTBEAT_SECONDS = 10
STALLED_AFTER_SECONDS = 30
JOBS_AT_ONCE = 8
"""Each holds a connection of the pool (48) at times; a drain has up to 5 calls in flight besides."""

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


async def _each_by_itself(connection: AsyncConnection[Any]) -> None:
    """Each statement of Procrastinate's is whole: BEGIN and COMMIT around it would be two more for nothing."""
    await connection.set_autocommit(True)


async def _work(*, jobs_at_once: int, heartbeat: float, stalled_after: float, until_idle: bool) -> None:
    # sync jobs run in the loop's default pool of threads, whose own size would depend on the machine
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(jobs_at_once + 1, thread_name_prefix="job"))
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
