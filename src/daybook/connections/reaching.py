"""How a connection comes to its folder: said where it is, the server known by its key, listed once, then connected."""

from dataclasses import dataclass

from django.conf import settings
from django.db import IntegrityError, transaction

from daybook.connections import folders, roster, ssh_keys
from daybook.connections.models import Connection
from daybook.connections.places import FileAccess
from daybook.connections.saving import about, saving
from daybook.history import telling
from daybook.history.kinds import What
from daybook.history.telling import Somebody
from daybook.kit import clock
from daybook.wire import folder
from daybook.wire import ssh_keys as keys
from daybook.wire.asks import List
from daybook.wire.errors import HostKeyChanged, Paused, WireError

IN_USE = (
    "This connection puts its files there now. Disconnect it first: what waits then goes to the new place once it is "
    "connected again, and nothing is sent twice."
)
TAKEN = "Another connection puts its files into this folder, or did: what was sent there belongs to that one."
NOT_ABSOLUTE = "Say where the folder is from its root: it begins with / and has no .. in it."
UNFINISHED = "Say first where the folder is, and press Save."


class ReachError(Exception):
    """The folder was not reached; the text says what happened and what to do. What was connected is as it was."""


@dataclass(frozen=True, slots=True)
class KeyShown:
    """The server shows a key that nobody has confirmed; nothing was shown to it."""

    fingerprint: str
    expected: str
    """Of the key that was confirmed before; "" where none was."""


@transaction.atomic
def save(connection: Connection, said: FileAccess) -> FileAccess:
    """Keep where the folder is, with a key pair of the connection's own. Raises ReachError.

    A server's key is confirmed for one address: another one shows its own.
    """
    row = _locked(connection)
    known = folders.access_of(connection)
    if row.organisation_id is not None and known.their_id != said.their_id:
        raise ReachError(IN_USE)
    before, after = (known.place, known.host, known.port), (said.place, said.host, said.port)
    if not known.is_remote or before != after:
        known.host_key = known.shown_key = ""
    if said.password_sealed:
        known.password_sealed = said.password_sealed
    known.place, known.path, known.host = said.place, said.path, said.host
    known.port, known.username = said.port, said.username
    if not known.public_key:
        known.private_key_sealed, known.public_key = ssh_keys.made_for(connection.pk)
    known.save()
    return known


def problems_of(said: FileAccess) -> dict[str, str]:
    """Return what cannot be so of a place, in words by its field; empty where all can."""
    wrong = {}
    if not said.path.startswith("/") or ".." in said.path.split("/") or "\0" in said.path:
        wrong["path"] = NOT_ABSOLUTE
    elif said.is_ftp and not said.path.isprintable():
        wrong["path"] = "It has a sign that cannot be sent to an FTP server."
    elif not said.is_remote and (problem := _not_allowed(said.path)):
        wrong["path"] = problem
    if not 0 < said.port < 65536:
        wrong["port"] = "A port is a number from 1 to 65535; SFTP servers listen on 22."
    if said.is_remote and not said.host:
        wrong["host"] = "Say the server's name or address."
    if said.is_remote and not said.username.strip():
        wrong["username"] = "Say the user to log in as."
    return wrong


def _not_allowed(path: str) -> str:
    if not settings.FILES_ROOT:
        return folders.NO_ROOT
    if not folder.is_below(settings.FILES_ROOT, path):
        return f"It must lie below {settings.FILES_ROOT}, which whoever runs Daybook has allowed, without .. in it."
    return ""


def check(connection: Connection, by: Somebody | None = None) -> KeyShown | None:
    """List the folder, and connect it where that works; a server that is not known yet, or any more, shows its key.

    Raises ReachError.
    """
    access = folders.access_of(connection)
    if not access.path:
        raise ReachError(UNFINISHED)
    if access.is_server and not access.host_key:
        return _shown(access)
    try:
        with folders.session(connection, access, folders.CHECK_SECONDS) as session:
            session.ask(List(access.path))
    except HostKeyChanged as error:
        return _shown_certificate(access, error) if access.is_ftp else _shown(access)
    except Paused as error:
        raise ReachError(str(error)) from error
    except WireError as error:
        raise ReachError(folders.in_words(error)) from error
    folders.works(access)
    place = f"{access.host}{access.path}" if access.is_remote else access.path
    take_up(connection, access.their_id, f"Files in {place}", taken=TAKEN, by=by)
    return None


def trust(connection: Connection, fingerprint: str, by: Somebody | None = None) -> None:
    """Take the key that the server showed last for its own, because a person has compared it. Raises ReachError."""
    access = folders.access_of(connection)
    if not access.shown_key or access.shown_fingerprint != fingerprint:
        raise ReachError("The server shows another key by now: press Check, and compare again.")
    access.host_key, access.shown_key = access.shown_key, ""
    with transaction.atomic(), saving(connection, by):
        access.save(update_fields=["host_key", "shown_key"])


@transaction.atomic
def disconnect(connection: Connection, by: Somebody | None = None) -> None:
    """Put nothing into the folder any more. What was sent, the place and the keys stay; what waits, waits."""
    row = _locked(connection)
    if row.organisation is not None:
        telling.tell(about(row), What.DISCONNECTED, by=by, before={"organisation": row.organisation.name})
    row.last_organisation_id = row.organisation_id or row.last_organisation_id
    row.organisation, row.holds, row.status = None, "", Connection.Status.NOT_CONNECTED
    row.save()
    connection.refresh_from_db()


def _shown(access: FileAccess) -> KeyShown:
    try:
        folders.check_reach(access)
        access.shown_key = keys.fetch_host_key(access.host, access.port, seconds=folders.CHECK_SECONDS)
    except WireError as error:
        raise ReachError(folders.in_words(error)) from error
    access.save(update_fields=["shown_key"])
    expected = keys.fingerprint(access.host_key) if access.host_key else ""
    return KeyShown(keys.fingerprint(access.shown_key), expected)


def _shown_certificate(access: FileAccess, error: HostKeyChanged) -> KeyShown:
    """A certificate that the machine's authorities do not vouch for, or another one than was confirmed."""
    access.shown_key = error.found
    access.save(update_fields=["shown_key"])
    return KeyShown(error.found, access.host_key)


def take_up(connection: Connection, their_id: str, name: str, *, taken: str, by: Somebody | None) -> None:
    """Note that what asks for no consent is reached; from the first time on, orders that come are its own.

    `their_id`, `name`: of the organisation that it is. Raises ReachError, in the words `taken`, where that is another's.
    """
    try:
        with transaction.atomic():
            row = _locked(connection)
            there = roster.organisation_of(row, their_id, name)
            if there.connection_id != row.pk:
                raise ReachError(taken)
            if row.organisation_id != there.pk:
                telling.tell(about(row), What.CONNECTED, by=by, after={"organisation": there.name})
            row.organisation, row.holds = there, there.identity
            row.status, row.status_reason, row.connected_at = Connection.Status.CONNECTED, "", clock.now()
            row.started_at = row.started_at or row.connected_at
            row.paused_until, row.pause_reason, row.pause_cause = None, "", ""
            row.save()
    except IntegrityError as error:
        if "organisation_connected_once" not in str(error):
            raise
        raise ReachError(taken) from error
    connection.refresh_from_db()


def _locked(connection: Connection) -> Connection:
    return Connection.objects.select_for_update().get(company=connection.company_id, pk=connection.pk)
