"""Coming home: each process that starts asks whether the database is still where it was, and as far as it was.

    arrive      another place, another folder, or behind its marker -> doubted: every connection is stopped
    confirm     a person says that this is the one: it lives here from now on

A marker is a small file outside of the database that says how far the history had come; where there is a place for one.
"""

import json
import os
from datetime import datetime
from pathlib import Path

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models.functions import Least

from daybook.connections import stopping, whereabouts
from daybook.connections.models import Connection
from daybook.connections.stopping import Why
from daybook.connections.whereabouts import Home
from daybook.history import sealing
from daybook.history.kinds import Mover, What
from daybook.history.models import Event
from daybook.kit import clock
from daybook.kit.ids import public_id

ALONE = 7_243_005
"""An advisory lock: of processes that start at once one comes first."""
MOVED = "The database was restored from a backup, or copied: it is not where it was"
RESTORED = "The database was restored from a backup"
BEHIND = "The database is older than Daybook's marker outside of it: it was put back to an earlier state"

log = structlog.get_logger("daybook.connections")


def arrive(folder: str = "") -> str:
    """Note where the database is, or doubt it and stop every connection; return the doubt in words, "" without one.

    `folder`: what tells an embedded database's folder from a copy of it; "" where that is not known here.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ALONE])
        home = Home.objects.first() or Home(place=whereabouts.place(), folder=folder, doubt=_just_restored())
        home.folder = home.folder or folder
        if not home.doubt or home.pk is None:
            home.doubt, home.known_until = home.doubt or _doubt(home, folder), _last_told()
        home.save()
    if home.doubt:
        _stop_all(home)
    return home.doubt


def confirm() -> None:
    """Let this be the database that posts, because a person says so; what stopped the connections stays, one by one.

    The next process that starts notes the folder.
    """
    Home.objects.update(place=whereabouts.place(), folder="", doubt="", public_id=public_id(), since=clock.now())


def leave_marker() -> None:
    """Write down outside of the database how far its history has come; nothing where there is no place, or a doubt."""
    home = Home.objects.first()
    if home is None or not settings.STATE_FOLDER or not whereabouts.is_sure():
        return
    position = _position()
    if position > _marked(home):
        _write(_marker(home), position)


def _doubt(home: Home, folder: str) -> str:
    if home.place != whereabouts.place() or (folder and home.folder not in {"", folder}):
        return MOVED
    return BEHIND if _marked(home) > _position() else ""


def _just_restored() -> str:
    """The backup is of a version that kept no home: then the last that was told is the restore itself."""
    last = Event.objects.order_by("-id").first()
    return RESTORED if last is not None and last.what == What.RESTORED else ""


def _last_told() -> datetime | None:
    """Return up to when the database knows what was posted: its last event but the restore itself."""
    return Event.objects.exclude(what=What.RESTORED).order_by("-id").values_list("at", flat=True).first()


def _stop_all(home: Home) -> None:
    """Stop all that ever reached an organisation, and keep from when on what stands there may be unknown."""
    reached = Connection.objects.exclude(organisation=None, last_organisation=None)
    going = reached.exclude(posting_stops__has_key=Why.RESTORED.value)
    for connection_id in list(going.order_by("id").values_list("pk", flat=True)):
        stop(connection_id, home.doubt, known_until=home.known_until)


@transaction.atomic
def stop(connection_id: int, reason: str, *, known_until: datetime | None) -> None:
    """Stop posting until what the ledger holds was taken up. `known_until`: what stood there until then is known."""
    if stopping.stop(connection_id, Why.RESTORED, reason, mover=Mover.DAYBOOK):
        this = Connection.objects.filter(pk=connection_id)
        this.update(known_until=Least("known_until", known_until) if known_until else None)


def _position() -> int:
    return sealing.head()[0]  # of events that went with their company, too


def _marker(home: Home) -> Path:
    return Path(settings.STATE_FOLDER) / f"daybook-{home.public_id}.json"


def _marked(home: Home) -> int:
    """Return how far the history had come by the marker; 0 where there is none."""
    if not settings.STATE_FOLDER:
        return 0
    try:
        said = json.loads(_marker(home).read_text())["position"]
    except (OSError, ValueError, KeyError, TypeError):
        return 0
    return said if isinstance(said, int) else 0


def _write(path: Path, position: int) -> None:
    """A marker that cannot be written is no reason to stop anything."""
    draft = path.with_name(f".{path.name}-{os.getpid()}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft.write_text(json.dumps({"position": position}))
        draft.replace(path)
    except OSError as error:
        log.warning("marker not written", folder=str(path.parent), error=error.strerror)
