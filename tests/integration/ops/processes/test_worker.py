"""The worker in a process of its own, on the database of this test."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.db import connection, transaction
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.jobs import Job

from daybook.companies.models import Company
from daybook.ops import jobs
from daybook.ops.processes import waiting
from daybook.ops.processes.installation import close_connections

pytestmark = pytest.mark.django_db(transaction=True)

JOBS = """
    import time
    from pathlib import Path
    from procrastinate.contrib.django import app
    from daybook.companies.models import Company
    from django.db import transaction

    @app.task(name="tests.slow")
    def slow(folder: str, seconds: float) -> None:
        (Path(folder) / "begun").touch()
        time.sleep(seconds)
        Company.objects.create(name="made by the slow job")

    @app.task(name="tests.ended_elsewhere", pass_context=True)
    def ended_elsewhere(context, folder: str) -> None:
        import gc
        import threading
        from django.db import connection
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM procrastinate_jobs WHERE id = %s", [context.job.id])
        connection.close()
        threading.Timer(1, lambda: (gc.collect(), (Path(folder) / "thrown away").touch())).start()

    @app.task(name="tests.rolls_back")
    def rolls_back() -> None:
        with transaction.atomic():
            Company.objects.create(name="never there")
            app.configure_task("tests.slow").defer(folder="/nowhere", seconds=0)
            raise ValueError("this goes wrong on purpose")
"""
Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture(autouse=True)
def no_jobs(transactional_db: None) -> None:
    """Forget the jobs of the test before: Django's own clearing leaves Procrastinate's tables alone."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a worker that knows the jobs above."""
    (tmp_path / "jobs_of_the_test.py").write_text(textwrap.dedent(JOBS))
    started: list[subprocess.Popen[str]] = []
    parts = urlsplit(os.environ["DATABASE_URL"])
    url = urlunsplit((*parts[:2], f"/{connection.settings_dict['NAME']}", *parts[3:]))

    def run(*options: str, said_to: Path | None = None) -> subprocess.Popen[str]:
        source = (
            "import sys; from daybook.ops.cli import app; from daybook.ops.processes import installation; "
            "installation.migrations.refuse_other_tables = lambda: __import__('jobs_of_the_test'); "
            "sys.argv[0] = 'daybook'; app.main()"
        )
        path = os.pathsep.join(filter(None, [str(tmp_path), os.environ.get("PYTHONPATH", "")]))
        environ = {**os.environ, "DATABASE_URL": url, "PYTHONPATH": path}
        with contextlib.ExitStack() as opened:
            log = opened.enter_context(said_to.open("w")) if said_to is not None else None
            command = [sys.executable, "-c", source, "worker", *options]
            process = subprocess.Popen(command, env=environ, text=True, stderr=log)
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.wait()


def waits_for(check: Callable[[], bool], seconds: float = 40) -> bool:
    return waiting.until(check, seconds=seconds, every=0.1)


class TestSigterm:
    def test_lets_the_running_job_end(self, start: Start, tmp_path: Path) -> None:
        app.configure_task("tests.slow").defer(folder=str(tmp_path), seconds=2)
        worker = start()
        assert waits_for((tmp_path / "begun").exists)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(timeout=30) == 0
        assert Company.objects.filter(name="made by the slow job").exists()


class TestADatabaseThatGoesAway:
    @pytest.mark.long(80)  # which it waits for: pools knock for so long
    def test_ends_the_worker_with_a_code_that_says_so(self, start: Start, tmp_path: Path) -> None:
        app.configure_task("tests.slow").defer(folder=str(tmp_path), seconds=0)
        worker = start()
        assert waits_for((tmp_path / "begun").exists)
        named = connection.settings_dict["NAME"]
        close_connections()  # a pool that loses its connections goes on knocking, and is tired when we want one
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:  # names another database there
            server.execute(f'ALTER DATABASE "{named}" ALLOW_CONNECTIONS false')
            try:
                server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [named])
                assert worker.wait(timeout=180) == 3
            finally:
                server.execute(f'ALTER DATABASE "{named}" ALLOW_CONNECTIONS true')


class TestAKilledWorker:
    def test_has_its_job_done_by_the_next_one(self, start: Start, tmp_path: Path) -> None:
        app.configure_task("tests.slow", lock="one", queueing_lock="one").defer(folder=str(tmp_path), seconds=1.5)
        worker = start("--heartbeat", "1", "--stalled-after", "3")
        assert waits_for((tmp_path / "begun").exists)
        worker.kill()
        worker.wait()
        app.configure_task("tests.slow", lock="one", queueing_lock="one").defer(folder=str(tmp_path), seconds=0)

        start("--heartbeat", "1", "--stalled-after", "3")
        jobs = ProcrastinateJob.objects.filter(task_name="tests.slow", status__in=["todo", "doing"])
        assert waits_for(lambda: not jobs.exists())
        assert Company.objects.filter(name="made by the slow job").count() == 1
        assert not ProcrastinateJob.objects.filter(status="failed").exists()  # nothing went wrong


class TestAJobThatEndedElsewhereMeanwhile:
    def test_is_said_in_a_line_and_no_exception_is_left_behind(self, start: Start, tmp_path: Path) -> None:
        """A worker that slept for long ends what another one has done since."""
        app.configure_task("tests.ended_elsewhere").defer(folder=str(tmp_path))
        worker = start(said_to=tmp_path / "said")
        assert waits_for((tmp_path / "thrown away").exists)
        worker.terminate()
        worker.wait(timeout=60)
        said = (tmp_path / "said").read_text()
        assert "job ended meanwhile" in said
        assert "never retrieved" not in said


class TestAJobThatIsTakenForADeadOne:
    """On a busy machine a worker's sign of life may come late."""

    @pytest.fixture
    def taken(self) -> Job:
        """A job that runs, of a worker that gave no sign of life for long."""
        job_id = app.configure_task("tests.slow").defer(folder="/nowhere", seconds=0)
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour') RETURNING id"
            )
            worker = cursor.fetchone()[0]
            cursor.execute(
                "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE id = %s", [worker, job_id]
            )
        return Job(id=job_id, lock=None, queueing_lock=None, task_name="tests.slow", queue="default")

    def stalled_jobs_seen_by(self, job: Job) -> None:
        """Run the job that starts them again, as `job`."""

        async def run() -> None:
            opened = app.with_connector(app.connector.get_worker_connector())
            async with opened.open_async():
                context = JobContext(
                    app=opened,
                    job=job,
                    additional_context={"stalled_after": 3},
                    abort_reason=lambda: None,
                    start_timestamp=0,
                )
                await jobs.retry_stalled.func(context, 0)

        with ThreadPoolExecutor(1) as thread:  # beside a browser's tests this one's runs an event loop already
            thread.submit(asyncio.run, run()).result()

    def test_is_not_started_again_by_itself(self, taken: Job) -> None:
        self.stalled_jobs_seen_by(taken)
        assert ProcrastinateJob.objects.get(pk=taken.id).status == "doing"

    def test_is_started_again_by_another(self, taken: Job) -> None:
        self.stalled_jobs_seen_by(taken.evolve(id=0))
        assert ProcrastinateJob.objects.get(pk=taken.id).status == "todo"


class TestAJobThatDefersAnother:
    def test_leaves_none_where_it_rolls_back(self, start: Start) -> None:
        app.configure_task("tests.rolls_back").defer()
        failed = ProcrastinateJob.objects.filter(task_name="tests.rolls_back", status="failed")
        start()
        assert waits_for(failed.exists)
        assert not ProcrastinateJob.objects.filter(task_name="tests.slow").exists()
        assert not Company.objects.exists()

    def test_of_a_page_leaves_none_either(self) -> None:
        with transaction.atomic():
            app.configure_task("tests.slow").defer(folder="/nowhere", seconds=0)
            transaction.set_rollback(True)
        assert not ProcrastinateJob.objects.filter(task_name="tests.slow").exists()
