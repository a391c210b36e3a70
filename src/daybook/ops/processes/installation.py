"""One installation of Daybook: which database, which keys. Every command that needs them opens it first."""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import click
import django
import platformdirs
import psycopg
from django.conf import settings
from django.db import connections

from daybook.ops.postgres import migrations, postgres
from daybook.ops.processes import keys, presence
from daybook.ops.processes.presence import Presence
from daybook.ops.processes.stops import Exit, Stop

CONNECT_SECONDS = 10


def default_data() -> Path:
    """Return where the embedded database of this user is."""
    return platformdirs.user_data_path("daybook")


@dataclass(frozen=True, slots=True)
class Installation:
    """The database that DATABASE_URL names, or else the embedded one in `data`."""

    data: Path = field(default_factory=default_data)
    keys_file: Path = field(default_factory=keys.default_file)
    is_named: bool = False
    """Somebody typed the folder: one that is not there may be mistyped."""

    def keys(self) -> Mapping[str, str]:
        """Return the keys of the embedded default, made at the first call."""
        return keys.ensure(self.keys_file)

    def make_folder(self) -> None:
        """Make the data folder where it is missing; where somebody typed its name, ask first or say so. Raises Stop."""
        if self.data.is_dir():
            return
        if self.is_named:
            _agree_to_new(self.data)
        try:
            self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            message = f"the data folder {self.data} cannot be made: {error.strerror}. Name another one with --data"
            raise Stop(message, Exit.ENVIRONMENT) from error

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Set Django up on the installation's database, for the length of a block. Raises as `stops` lists."""
        if "DATABASE_URL" in os.environ:
            _set_up_django()
            _refuse_silent_database(os.environ["DATABASE_URL"])
            yield
            return
        self.make_folder()
        for name, value in self.keys().items():
            os.environ.setdefault(name, value)
        os.environ.setdefault("DAYBOOK_STATE_FOLDER", str(self.keys_file.absolute().parent))
        with postgres.running(self.data) as server:
            os.environ["DATABASE_URL"] = server.url
            try:
                _set_up_django()
                yield
            finally:
                close_connections()
                del os.environ["DATABASE_URL"]

    @contextmanager
    def opened_current(self, *, with_any_keys: bool = False) -> Iterator[Presence]:
        """Like `opened`, and the database keeps the tables of this version meanwhile.

        Raises Stop if it has others, and OtherKeysError if what it holds is sealed under other keys than ours. Where it
        was restored or copied, that is said, and nothing is posted (`connections/home.py`).
        """
        is_embedded = "DATABASE_URL" not in os.environ
        with self.opened(), presence.held() as held:
            migrations.refuse_other_tables()
            if not with_any_keys:
                keys.refuse_other_keys()
            _arrive(self.folder_id() if is_embedded else "")
            yield held

    def folder_id(self) -> str:
        """Return what the disk calls the embedded database's folder: a copy of it is another one."""
        return str((self.data / "start.lock").stat().st_ino)


def close_connections() -> None:
    """Give every connection back and close the pools, before the process forks, waits long or ends."""
    for wrapper in connections.all(initialized_only=True):
        wrapper.close()
        close_pool = getattr(wrapper, "close_pool", None)
        if close_pool:
            close_pool()


def _refuse_silent_database(url: str) -> None:
    """Raise Stop at once where Django's pool would try for long."""
    try:
        psycopg.connect(url, connect_timeout=CONNECT_SECONDS, application_name="daybook").close()
    except psycopg.OperationalError as error:
        message = f"the database that DATABASE_URL names cannot be reached: {' '.join(str(error).split())}"
        raise Stop(message, Exit.ENVIRONMENT) from error
    except psycopg.ProgrammingError:
        return  # a form of URL that only Django's reader knows; it will tell


def _arrive(folder: str) -> None:
    from daybook.connections import home  # noqa: PLC0415  # Django is set up only now

    if doubt := home.arrive(folder):
        click.echo(f"NOTE: {doubt}. Nothing is posted: see “After a restore” in docs/operations.md", err=True)


def _agree_to_new(data: Path) -> None:
    """Nobody at a terminal to ask: it is made, and said so loudly, because a mistyped folder looks like lost orders."""
    if not sys.stdin.isatty():
        click.echo(f"NOTE: the data folder {data} was not there. A new, empty one is made.", err=True)
    elif not click.confirm(f"The data folder {data} is not there. Make a new, empty one?", err=True):
        message = f"the data folder {data} is not there; name the right one with --data"
        raise Stop(message, Exit.USAGE)


def _set_up_django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "daybook.config.settings")
    django.setup()
    for name, meant in settings.UNKNOWN_VARIABLES.items():
        hint = f"; did you mean {meant}?" if meant else "; docs/operations.md lists those that there are"
        click.echo(f"NOTE: {name} is no setting of Daybook and does nothing{hint}", err=True)
