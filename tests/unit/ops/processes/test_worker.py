import asyncio
from concurrent.futures import ThreadPoolExecutor

from procrastinate import App
from procrastinate.testing import InMemoryConnector

from daybook.ops.processes import worker

NEVER = 3_600


def done_by_a_worker_that_is_told_of_nothing(*locks: str) -> list[int]:
    """Run a job with each lock at once, by a worker that neither listens nor looks again by itself."""
    app, done, ended = App(connector=InMemoryConnector()), list[int](), asyncio.Event()

    @app.task(name="one")
    async def one(number: int) -> None:
        await asyncio.sleep(0)
        done.append(number)
        if len(done) == len(locks):
            ended.set()

    async def run() -> None:
        for number, lock in enumerate(locks):
            await app.configure_task("one", lock=lock).defer_async(number=number)
        working = asyncio.create_task(
            app.run_worker_async(
                concurrency=4,
                listen_notify=False,
                fetch_job_polling_interval=NEVER,
                install_signal_handlers=False,
                worker_middleware=[worker.looks_again],
            )
        )
        try:
            await asyncio.wait_for(ended.wait(), timeout=20)
        finally:
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)

    with ThreadPoolExecutor(1) as apart:  # a browser of other tests may have a loop running in this thread
        apart.submit(lambda: asyncio.run(run())).result()
    return done


def test_a_job_that_waits_for_anothers_lock_is_looked_for_when_that_one_ends() -> None:
    assert done_by_a_worker_that_is_told_of_nothing("drain:1", "drain:1", "drain:1") == [0, 1, 2]
