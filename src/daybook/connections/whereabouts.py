"""Where this day book lives: by it a database that was restored or copied is told from the one that it was made of.

What PostgreSQL gives to one place only stands in a row of the database itself and goes with every dump and copy of it: the
id of the cluster, of the database, of a table, and the timeline, which a recovery ends. Where the row says another place
than there is, nobody knows which of the two books is the true one: nothing is posted and no token is renewed, for of a
token that was renewed here the other book's is dead (xero-rules.md 1.4). A person says it (`home.py`).
"""

from datetime import UTC, datetime
from functools import cache

from django.db import InternalError, NotSupportedError, ProgrammingError, models, transaction

from daybook.kit import clock
from daybook.kit.ids import public_id
from daybook.tables import reading
from daybook.wire.errors import Paused

IN_THE_CLUSTER = """
    (SELECT oid FROM pg_database WHERE datname = current_database()) || '/' || 'connections_home'::regclass::oid
"""
ANYWHERE = f"""
    (SELECT system_identifier FROM pg_control_system()) || '/' || {IN_THE_CLUSTER}
    || '/' || left(pg_walfile_name(pg_current_wal_lsn()), 8)
"""  # noqa: S608 - ours
DOUBTED = "nobody has said yet whether this database, which was restored or copied, is the one that posts"


class Home(models.Model):
    """Where the day book lives; one row, from the first process on."""

    public_id = models.CharField(max_length=32, default=public_id)
    """Names its marker outside of the database; another one once a person has said that it moved."""
    place = models.CharField(max_length=200)
    """As PostgreSQL names it there."""
    folder = models.CharField(max_length=40, blank=True, default="")
    """Of an embedded database: what the disk calls its folder, and gives no copy of it."""
    since = models.DateTimeField(default=clock.now)
    doubt = models.CharField(max_length=300, blank=True, default="")
    """Why it may not be the one that posts, in words; empty: nothing speaks against it."""

    known_until = models.DateTimeField(null=True)
    """When the last was told before the doubt arose: what was posted until then is known."""

    def __str__(self) -> str:
        return self.place


def place() -> str:
    """Return where the database is now."""
    return str(reading.ask(f"SELECT {_place()}", [])[0][0])


def is_sure() -> bool:
    """Tell whether this is the database that posts, as far as can be told; true where no process has begun yet."""
    found = reading.ask(f"SELECT doubt = '' AND place = {_place()} FROM connections_home", [])  # noqa: S608 - ours
    return all(sure for (sure,) in found)


@cache
def _place() -> str:
    """Return what to ask for. Some hosted servers tell nobody which cluster they are: then only the database's own ids."""
    try:
        with transaction.atomic():
            reading.ask(f"SELECT {ANYWHERE}", [])
    except (ProgrammingError, NotSupportedError, InternalError):
        return IN_THE_CLUSTER
    return ANYWHERE


def since() -> datetime:
    """Return from when on the database lives here, or a person said so; long ago where no process has begun yet."""
    return Home.objects.values_list("since", flat=True).first() or datetime.min.replace(tzinfo=UTC)


def refuse_elsewhere() -> None:
    """Raise Paused unless this is the database that posts."""
    if not is_sure():
        raise Paused(DOUBTED)
