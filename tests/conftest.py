"""Every test run has its own PostgreSQL, unless DATABASE_URL names one.

This module is imported before any other conftest, and Django is set up here. Workers of pytest-xdist inherit the
environment, so they share the server; pytest-django gives each its own database on it.
"""

import contextlib
import getpass
import os
import shutil
import tempfile
import time
from pathlib import Path

import django
import pytest

from daybook.ops.postgres import postgres

QUICK = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""A test database need not outlive a power cut."""

_server: postgres.Server | None = None


def _forget_killed_runs() -> None:
    """Stop and delete the databases of test runs that were killed; those in use refuse."""
    long_ago = time.time() - 300
    for folder in Path(tempfile.gettempdir()).glob("dbt-*"):
        with contextlib.suppress(OSError, postgres.PostgresError):
            if folder.stat().st_mtime < long_ago and folder.owner() == getpass.getuser():
                postgres.remove(folder)
                shutil.rmtree(folder, ignore_errors=True)


def _set_up() -> None:
    global _server  # noqa: PLW0603
    if "DATABASE_URL" not in os.environ:
        _forget_killed_runs()
        _server = postgres.ensure_running(Path(tempfile.mkdtemp(prefix="dbt-")), settings=QUICK)
        os.environ["DATABASE_URL"] = _server.url
    os.environ.setdefault("DAYBOOK_SECRET_KEY", "of-the-tests-only")
    os.environ.setdefault("DAYBOOK_ENCRYPTION_KEYS", "test:" + "A" * 43 + "=")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "daybook.config.settings")
    django.setup()


_set_up()


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    if _server is not None:
        _server.release()
        postgres.remove(_server.folder.data)
        shutil.rmtree(_server.folder.data, ignore_errors=True)
