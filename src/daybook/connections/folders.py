"""The folder that a connection puts order files into: sessions with it, and what a failure means for the connection."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from django.conf import settings
from django.db.models import F
from django.db.models.functions import Least

from daybook.connections import ssh_keys, standing
from daybook.connections.models import Connection
from daybook.connections.places import FileAccess
from daybook.kit import clock
from daybook.wire import neighbours
from daybook.wire.asks import FileAnswer, FileAsk
from daybook.wire.errors import Full, HostKeyChanged, LoginRefused, NotSent, OutcomeUnknown, Paused, Refused, WireError
from daybook.wire.folder import FolderSession

if TYPE_CHECKING:
    from daybook.wire.ftp import FtpPatience, FtpServer

CONNECT_SECONDS, WHOLE_SECONDS = 15.0, 600.0
CHECK_SECONDS = 12.0
"""How long a person who presses Check waits for an answer at most; what is sent waits for a slow server's as long as
other calls do."""
AWAY_PAUSE = timedelta(minutes=1)
LONGEST_REST = standing.PERSON_PAUSE
"""However often a folder failed: who has mended it waits no longer."""
MOST_COUNTED = 10
NO_ROOT = "Whoever runs Daybook has allowed no folder of its machine (DAYBOOK_FILES_ROOT)."
_LOGIN_REFUSED = (
    "The server does not let Daybook in: put the public key of the connection settings into that user's "
    "authorized_keys there (an FTP server: correct user and password), then press Try now."
)
_ANOTHER_KEY = (
    "The server shows another key than the confirmed one. Nothing was shown or sent to it. Press Check in the "
    "connection settings and compare both with its operator."
)


class NotAllowed(Refused):
    """The server lies where whoever runs Daybook lets no connection reach; nothing was asked there."""


_WORDS: dict[type[WireError], tuple[timedelta, str]] = {
    NotSent: (AWAY_PAUSE, "The folder could not be reached ({}). Nothing was sent."),
    OutcomeUnknown: (AWAY_PAUSE, "The folder gave no clear answer ({}). Daybook looks there first."),
    Full: (standing.DEFECT_PAUSE, "The disk or quota there is full ({}): have room made. Nothing was sent."),
    LoginRefused: (
        standing.PERSON_PAUSE,
        _LOGIN_REFUSED,
    ),
    HostKeyChanged: (
        standing.PERSON_PAUSE,
        _ANOTHER_KEY,
    ),
    NotAllowed: (
        standing.PERSON_PAUSE,
        "The server is in Daybook's own network, which whoever runs Daybook has not allowed ({}). Nothing was sent.",
    ),
    Refused: (standing.PERSON_PAUSE, "The folder says no ({}): it must be there, and Daybook must be let write to it."),
}
_UNFORESEEN = (standing.PERSON_PAUSE, "Something unforeseen happened at the folder ({}).")
_CAUSES = {
    HostKeyChanged: standing.PauseCause.HOST_KEY,
    LoginRefused: standing.PauseCause.PLACE,
    NotAllowed: standing.PauseCause.PLACE,
    Refused: standing.PauseCause.PLACE,
}
_LONGEST_WORDS = 70
"""Of theirs, so that all of it fits into the pause's reason."""


class Session(Protocol):
    """Carries asks to one folder."""

    def ask(self, ask: FileAsk) -> FileAnswer:
        """Carry out one ask, once. Raises a WireError."""


def access_of(connection: Connection) -> FileAccess:
    """Return where the connection puts files; an empty one where nobody has said."""
    return FileAccess.objects.filter(connection=connection).first() or FileAccess(connection=connection)


def check_reach(access: FileAccess) -> None:
    """Raise NotAllowed where the place is a server of Daybook's own network, NotSent where its name is not known.

    Whoever may type an address reads what it answers, as with feeds (`feeds/wires.py`).
    """
    if access.is_remote and not settings.FILES_REACH_NEIGHBOURS and neighbours.leads_to_one(access.host):
        raise NotAllowed("DAYBOOK_FILES_REACH_NEIGHBOURS")


@contextmanager
def session(connection: Connection, access: FileAccess, seconds: float = math.inf) -> Iterator[Session]:
    """Give a session with the folder, left at the end. Raises WireError, Paused where the connection rests.

    `seconds`: at most for the way there and for each answer.
    """
    check_reach(access)
    if access.is_ftp:
        from daybook.wire.ftp import FtpSession  # noqa: PLC0415  # as below

        with FtpSession(ftp_server(access), ftp_patience(seconds)) as opened_ftp:
            yield opened_ftp
        return
    if not access.is_server:
        yield _on_this_machine()
        return
    pair = ssh_keys.opened(access.private_key_sealed, access.public_key, connection.pk)
    from daybook.wire.sftp import Patience, Server, SftpSession  # noqa: PLC0415  # takes a sixth of a process's start

    server = Server(
        host=access.host,
        port=access.port,
        username=access.username,
        host_key=access.host_key,
        private_key=pair.private,
    )
    with SftpSession(server, Patience(**_patience(seconds))) as opened:
        yield opened


_SECURITY = {FileAccess.Place.FTP: "ftp", FileAccess.Place.FTPS: "ftps", FileAccess.Place.IMPLICIT: "ftps_implicit"}


def ftp_server(access: FileAccess) -> "FtpServer":
    """Return the FTP server that a place names."""
    from daybook.wire.ftp import FtpServer  # noqa: PLC0415  # as above

    return FtpServer(
        host=access.host,
        port=access.port,
        username=access.username,
        password=access.password,
        security=_SECURITY[FileAccess.Place(access.place)],
        certificate=access.host_key,
    )


def ftp_patience(seconds: float = math.inf) -> "FtpPatience":
    """Return how long FTP servers are waited for."""
    from daybook.wire.ftp import FtpPatience  # noqa: PLC0415  # as above

    return FtpPatience(**_patience(seconds))


def _patience(most: float) -> dict[str, float]:
    waits = {"connect": CONNECT_SECONDS, "answer": float(settings.CALL_TIMEOUT_SECONDS), "whole": WHOLE_SECONDS}
    return {what: clock.lasting(min(wait, most)) for what, wait in waits.items()}


def react(connection_id: int, error: WireError, now: datetime) -> None:
    """Let the connection rest as its folder's failure asks; a pause that stands says nothing new."""
    if isinstance(error, Paused):
        return
    wait, _ = _WORDS.get(type(error), _UNFORESEEN)
    mine = FileAccess.objects.filter(connection=connection_id)
    mine.update(failures=Least(F("failures") + 1, MOST_COUNTED))
    longer = _grown(wait, mine.values_list("failures", flat=True).first() or 1)
    cause = _CAUSES.get(type(error), standing.PauseCause.UNCLEAR)
    standing.pause(connection_id, now + longer, in_words(error), cause=cause)


def works(access: FileAccess) -> None:
    """Note that the folder did what it was asked: after its next failure it rests as after a first one."""
    if access.failures:
        FileAccess.objects.filter(pk=access.pk).update(failures=0)
        access.failures = 0


def _grown(wait: timedelta, failures: int) -> timedelta:
    """Return how long to rest after so many failures in a row: twice as long each time, within bounds."""
    return min(wait * (1 << failures - 1), max(wait, LONGEST_REST))


def in_words(error: WireError) -> str:
    """Return what happened at the folder and what to do."""
    _, words = _WORDS.get(type(error), _UNFORESEEN)
    return words.format(" ".join(error.words.split())[:_LONGEST_WORDS].rstrip(".") or type(error).__name__)


def _on_this_machine() -> Session:
    if not settings.FILES_ROOT:
        raise Refused(NO_ROOT)
    return FolderSession(settings.FILES_ROOT)
