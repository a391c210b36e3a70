"""Every test run has its own PostgreSQL, unless DATABASE_URL names one.

This module is imported before any other conftest, and Django is set up here. Workers of pytest-xdist inherit the
environment, so they share the server; each has its own database on it, a copy of one template (`tests/database.py`).
"""

import contextlib
import gc
import getpass
import os
import shutil
import tempfile
import time
from itertools import islice
from pathlib import Path

import django
import pytest
from django.conf import settings as django_settings
from django.db import connection
from hypothesis import HealthCheck, settings
from whitenoise.middleware import WhiteNoiseMiddleware

from daybook.ops.postgres import postgres
from daybook.ops.processes import memory
from tests import database
from tests.chaos import seeds

settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")  # a busy machine is no defect: laws are not timed

QUICK = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "jit": "off",
    "checkpoint_timeout": "1h",
    "max_wal_size": "4GB",
}
"""A test database need not outlive a power cut."""
MEMORY, ENOUGH = Path("/dev/shm"), 4 * 1024**3  # noqa: S108  # a folder of our own in it, as in any TMPDIR
QUICK_HASHER = "django.contrib.auth.hashers.MD5PasswordHasher"
"""Django's own takes a quarter of a second for every password, on purpose."""

SELDOM = 5
"""A test that is drawn runs with one in so many commits, where its mark names no other number."""

_server: postgres.Server | None = None


def _forget_killed_runs() -> None:
    """Stop and delete the databases of test runs that were killed; those in use refuse."""
    long_ago = time.time() - 300
    for folder in _place().glob("dbt-*"):
        with contextlib.suppress(OSError, postgres.PostgresError):
            if folder.stat().st_mtime < long_ago and folder.owner() == getpass.getuser():
                postgres.remove(folder)
                shutil.rmtree(folder, ignore_errors=True)


def _place() -> Path:
    """Where the databases lie: in memory where there is plenty, for they are thrown away."""
    with contextlib.suppress(OSError):
        if shutil.disk_usage(MEMORY).free > ENOUGH:
            return MEMORY
    return Path(tempfile.gettempdir())


def _look_for_static_files_once() -> None:
    """Have the first client's WhiteNoise look for files and read their headers; each further one repeated that."""
    look, found = WhiteNoiseMiddleware.add_files_from_finders, {}

    def look_once(middleware: WhiteNoiseMiddleware) -> None:
        if not found:
            look(middleware)
            found.update(middleware.files)
        middleware.files.update(found)

    WhiteNoiseMiddleware.add_files_from_finders = look_once


def _set_up() -> None:
    global _server  # noqa: PLW0603
    memory.look_seldom_while_starting()
    if "DATABASE_URL" not in os.environ:
        _forget_killed_runs()
        _server = postgres.ensure_running(Path(tempfile.mkdtemp(prefix="dbt-", dir=_place())), settings=QUICK)
        os.environ["DATABASE_URL"] = _server.url
    os.environ.setdefault("DAYBOOK_SECRET_KEY", "of-the-tests-only")
    os.environ.setdefault("DAYBOOK_FILES_REACH_NEIGHBOURS", "yes")  # our servers of files are at 127.0.0.1
    os.environ.setdefault("DAYBOOK_ENCRYPTION_KEYS", "test:" + "A" * 43 + "=")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "daybook.config.settings")
    django.setup()
    django_settings.PASSWORD_HASHERS = [QUICK_HASHER]
    _look_for_static_files_once()
    database.begin_run()


_set_up()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix, django_db_blocker) -> None:
    """Have pytest-django copy the template instead of migrating again for every worker."""
    with django_db_blocker.unblock():
        connection.settings_dict["TEST"]["TEMPLATE"] = database.template()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--every", action="store_true", help="also the tests that this commit does not draw")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if [Path(each).name for each in config.args] == config.getini("testpaths") and not config.getoption("--every"):
        left_out = {item for item in items if item.get_closest_marker("drawn") and not _is_drawn(item)}
        config.hook.pytest_deselected(items=list(left_out))
        items[:] = [item for item in items if item not in left_out]
    _begin_with_the_long(items)


def _is_drawn(item: pytest.Item) -> bool:
    """Tell whether this commit draws a test: of those marked so, about as many as their marks say, or one in five.

    All of a module are drawn that changed lately, or where what a mark says that it `guards` did. Tests of a module that
    share what takes long are drawn all or none, apart for each of its parameters. Where git names no
    commit, or too few to tell what changed, all are.
    """
    place, _, name = item.nodeid.partition("::")
    is_shared, mark = item.get_closest_marker("together"), item.get_closest_marker("drawn")
    if seeds.touches(seeds.changed(), (place, *mark.kwargs.get("guards", ()))):
        return True
    one_in = next(iter(mark.args), SELDOM)
    what = f"{place} {name.partition('[')[2]}" if is_shared else item.nodeid
    return seeds.draws(seeds.drawer(), what, one_in=one_in)


def _begin_with_the_long(items: list[pytest.Item]) -> None:
    """Put the long tests at the heads of the workers' shares, the longest first, so that none is begun at the end.

    pytest-xdist gives each worker an equal part of the list; who is through with its own takes from the others' ends.
    Tests of a module that share what takes long stay together, or each worker would do it anew.
    """
    lumps: dict[str, list[pytest.Item]] = {}
    for item in items:
        if item.get_closest_marker("long"):
            together = item.get_closest_marker("together")
            lumps.setdefault(str(item.path) if together else item.nodeid, []).append(item)
    heads: list[list[pytest.Item]] = [[] for _ in range(int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))]
    for lump in sorted(lumps.values(), key=_seconds, reverse=True):
        min(heads, key=_seconds).extend(lump)
    long = {item for head in heads for item in head}
    others = iter([item for item in items if item not in long])
    left, dealt = len(items), []
    for number, head in enumerate(heads):
        share = left // (len(heads) - number)
        dealt += head + list(islice(others, max(0, share - len(head))))
        left -= share
    items[:] = [*dealt, *others]


def _seconds(items: list[pytest.Item]) -> float:
    """Return how long some long tests take, as their marks say: each, or the first alone of those kept together."""
    alone = {str(item.path) if item.get_closest_marker("together") else item.nodeid: item for item in items}
    return sum(item.get_closest_marker("long").args[0] for item in alone.values())


def pytest_collection_finish() -> None:
    """Spare the garbage collector thousands of modules and tests that stay to the end anyway."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    database.end_run()
    if _server is not None:
        _server.release()
        postgres.remove(_server.folder.data)
        shutil.rmtree(_server.folder.data, ignore_errors=True)
