"""Where a feed's files are collected from, and how to get in: said by a person, kept among the feed's settings and secrets."""

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from django.conf import settings
from django.db import IntegrityError, transaction

from daybook.companies.models import Company, Person
from daybook.feeds import roster, wires
from daybook.feeds.models import Feed, WatchedPlace
from daybook.feeds.roster import FeedError
from daybook.kit import clock
from daybook.wire import ssh_keys
from daybook.wire.asks import FileAnswer, FileAsk
from daybook.wire.errors import Refused
from daybook.wire.folder import FolderSession, is_below

CONNECT_SECONDS, WHOLE_SECONDS = 15.0, 600.0
TEST_SECONDS = 12.0
"""How long a person who presses Test waits for an answer at most; what is collected waits for a slow server's as long as
other calls do."""
NO_ROOT = "Whoever runs Daybook has allowed no folder of its machine (DAYBOOK_FILES_ROOT)."
NOT_ABSOLUTE = "Say where the folder is from its root: it begins with / and has no .. in it."
IN_USE = "Another feed collects its files there already: one file would be taken twice. Choose another folder."
PRIVATE_KEY, PASSWORD = "place_private_key", "place_password"
_LONGEST = {"host": 100, "username": 100, "path": 200, "marker": 20}


class Kind(StrEnum):
    """What kind of place it is."""

    NOWHERE = ""
    FOLDER = "folder"
    SFTP = "sftp"
    FTPS = "ftps"
    FTPS_IMPLICIT = "ftps_implicit"
    FTP = "ftp"


KINDS = {
    Kind.NOWHERE: "Nowhere: files are uploaded on the page",
    Kind.FOLDER: "A folder of Daybook's own machine",
    Kind.SFTP: "A folder on an SFTP server",
    Kind.FTPS: "A folder on an FTP server, over TLS",
    Kind.FTPS_IMPLICIT: "A folder on an FTP server, over TLS from the first byte",
    Kind.FTP: "A folder on an FTP server, in the open: whoever listens reads the password and the orders",
}
PORTS = {Kind.SFTP: 22, Kind.FTP: 21, Kind.FTPS: 21, Kind.FTPS_IMPLICIT: 990}


class Afterwards(StrEnum):
    """What becomes of a file that is done with."""

    MOVE = "move"
    RENAME = "rename"


AFTERWARDS = {
    Afterwards.MOVE: "Move it to done/, a bad one to error/ beside a text that says what is wrong",
    Afterwards.RENAME: "Rename it where it is: NAME.TIME.complete, a bad one NAME.TIME.error",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What a person said of the place."""

    kind: Kind = Kind.NOWHERE
    host: str = ""
    port: int = 0
    username: str = ""
    path: str = ""
    marker: str = ""
    """What ends the name of the empty file that says of another: it is whole. Empty: a file is, once it grows no more."""
    afterwards: Afterwards = Afterwards.MOVE
    host_key: str = ""
    """The server's public key, or the fingerprint of its certificate, that a person confirmed."""
    public_key: str = ""
    """Ours, one line, for the server's `authorized_keys`."""

    @property
    def is_server(self) -> bool:
        """Return whether it is on a server."""
        return self.kind not in {Kind.NOWHERE, Kind.FOLDER}

    @property
    def their_id(self) -> str:
        """Return what names it in the whole world."""
        if not self.is_server:
            return self.path
        scheme = "sftp" if self.kind is Kind.SFTP else "ftp"
        return f"{scheme}://{self.username}@{self.host}:{self.port}{self.path}"

    def kept(self) -> dict[str, str]:
        """Return plain texts, for a feed's settings."""
        return {f"place_{name}": str(getattr(self, name)) for name in Place.__slots__}


class Session(Protocol):
    """Carries asks to one place."""

    def ask(self, ask: FileAsk) -> FileAnswer:
        """Carry out one ask, once. Raises a WireError."""


def of(feed: Feed) -> Place:
    """Return where the feed's files are collected from."""
    said: dict[str, Any] = {name: feed.settings.get(f"place_{name}", "") for name in Place.__slots__}
    said["kind"], said["port"] = Kind(said["kind"] or ""), int(said["port"] or 0)
    said["afterwards"] = Afterwards(said["afterwards"] or Afterwards.MOVE)
    return Place(**said)


def tidied(said: Mapping[str, Any]) -> Place:
    """Return what was typed in its one form. Raises FeedError where something cannot be so."""
    kind = _one_of(Kind, said.get("kind", ""), "kind")
    texts = {name: str(said.get(name) or "").strip() for name in ("host", "username", "path", "marker")}
    for name, text in texts.items():
        if len(text) > _LONGEST[name] or not text.isprintable():
            raise FeedError(f"At most {_LONGEST[name]} characters that can be printed.", name)
    path = texts["path"].rstrip("/") or ("/" if texts["path"] else "")
    port = int(said.get("port") or PORTS.get(kind, 0))
    place = Place(
        kind=kind,
        host=texts["host"].lower() if kind in PORTS else "",
        port=port if kind in PORTS else 0,
        username=texts["username"] if kind in PORTS else "",
        path=path if kind is not Kind.NOWHERE else "",
        marker=texts["marker"],
        afterwards=_one_of(Afterwards, said.get("afterwards") or Afterwards.MOVE, "afterwards"),
    )
    _check(place)
    return place


def _one_of(choices: Any, text: str, name: str) -> Any:
    try:
        return choices(text)
    except ValueError as error:
        raise FeedError(f"It may be one of: {', '.join(each or '(empty)' for each in choices)}.", name) from error


def _check(place: Place) -> None:
    if place.kind is Kind.NOWHERE:
        return
    if not place.path.startswith("/") or ".." in place.path.split("/"):
        raise FeedError(NOT_ABSOLUTE, "path")
    if place.kind is Kind.FOLDER and (problem := _not_allowed(place.path)):
        raise FeedError(problem, "path")
    if place.is_server and not 0 < place.port < 65536:
        raise FeedError("A port is a number from 1 to 65535.", "port")
    if place.is_server and not place.host:
        raise FeedError("Say the server's name or address.", "host")
    if place.is_server and not place.username:
        raise FeedError("Say the user to log in as.", "username")
    if place.marker and ("/" in place.marker or not place.marker.startswith(".")):
        raise FeedError("A marker is the end of a name, such as .ready", "marker")


def _not_allowed(path: str) -> str:
    if not settings.FILES_ROOT:
        return NO_ROOT
    if not is_below(settings.FILES_ROOT, path):
        return f"It must lie below {settings.FILES_ROOT}, which whoever runs Daybook has allowed, without .. in it."
    return ""


def save(feed: Feed, place: Place, *, password: str | None = None, by: Person | None = None) -> Place:
    """Keep where the feed's files are collected from, with a key pair of its own; None: the password stays.

    A server's key is confirmed for one address: another one shows its own. Raises FeedError.
    """
    known = of(feed)
    is_same_server = (known.kind, known.host, known.port) == (place.kind, place.host, place.port)
    secrets = {} if password is None else {PASSWORD: password}
    said = place.kept() | {"place_host_key": known.host_key if is_same_server else ""}
    said["place_public_key"] = known.public_key
    if place.kind is Kind.SFTP and not known.public_key:
        pair = ssh_keys.new_key_pair(comment=f"daybook-feed-{feed.pk}")
        secrets[PRIVATE_KEY], said["place_public_key"] = pair.private, pair.public
    try:
        with transaction.atomic():
            _watch(feed, place)
            roster.change_fields(feed, secrets=secrets, settings=said, by=by)
    except IntegrityError as error:
        raise FeedError(IN_USE, "path") from error
    feed.refresh_from_db()
    return of(feed)


def _watch(feed: Feed, place: Place) -> None:
    """Have the place looked at from now on, in no folder of another company. Raises FeedError, IntegrityError."""
    Company.objects.select_for_update().get(pk=feed.company_id)
    mine = WatchedPlace.objects.filter(company_id=feed.company_id, feed=feed)
    if place.kind is Kind.NOWHERE:
        mine.delete()
        return
    if place.kind is Kind.FOLDER and _is_anothers(feed, place.path):
        raise FeedError(IN_USE, "path")
    fresh = {"seen": {}, "problem": "", "failures": 0, "due_at": clock.now(), "shown_key": ""}
    if not mine.update(their_id=place.their_id, **fresh):
        WatchedPlace.objects.create(feed=feed, company_id=feed.company_id, their_id=place.their_id, due_at=clock.now())


def _is_anothers(feed: Feed, path: str) -> bool:
    """Tell whether a folder of this machine lies in one that another feed collects from, or holds such a one."""
    others = WatchedPlace.objects.exclude(feed=feed).filter(their_id__startswith="/").values_list("their_id", flat=True)
    return any(is_below(each, path) or is_below(path, each) for each in others)


def confirm(feed: Feed, fingerprint: str, by: Person | None = None) -> None:
    """Take the key that the server showed last for its own, because a person has compared it. Raises FeedError."""
    watched = WatchedPlace.objects.filter(company_id=feed.company_id, feed=feed).first()
    shown = watched.shown_key if watched else ""
    if watched is None or not shown or fingerprint_of(shown) != fingerprint:
        raise FeedError("The server shows another key by now: press Test, and compare again.")
    with transaction.atomic():
        roster.change_fields(feed, secrets={}, settings={"place_host_key": shown}, by=by)
        WatchedPlace.objects.filter(company_id=feed.company_id, feed=feed).update(
            shown_key="", problem="", failures=0, due_at=clock.now()
        )
    feed.refresh_from_db()


def fingerprint_of(key: str) -> str:
    """Return what people compare of a server's key, or of its certificate; "" of none."""
    return key if not key or key.startswith("SHA256:") else ssh_keys.fingerprint(key)


@dataclass(frozen=True, slots=True)
class Secrets:
    """How to get in."""

    private_key: str = field(default="", repr=False)
    password: str = field(default="", repr=False)


def secrets_of(feed: Feed) -> Secrets:
    """Return the key and the password, in plain text. Raises CannotOpenError."""
    found = {name: feed.open_secret(name) for name in (PRIVATE_KEY, PASSWORD) if name in feed.secrets}
    return Secrets(private_key=found.get(PRIVATE_KEY, ""), password=found.get(PASSWORD, ""))


def check_reach(place: Place) -> None:
    """Raise Refused where the place is a server of Daybook's own network, which feeds may not reach."""
    if place.is_server:
        wires.refuse_neighbouring_server(place.host)


@contextmanager
def session(feed: Feed, place: Place, seconds: float | None = None) -> Iterator[Session]:
    """Give a session with the place, left at the end. Raises WireError at its asks.

    `seconds`: for its way there and for each answer; None: as long as other calls wait.
    """
    if place.kind is Kind.FOLDER:
        if not settings.FILES_ROOT:
            raise Refused(NO_ROOT)
        yield FolderSession(settings.FILES_ROOT)
        return
    check_reach(place)
    if place.kind is Kind.SFTP:
        with _sftp(place, secrets_of(feed), seconds) as opened:
            yield opened
    else:
        with _ftp(place, secrets_of(feed), seconds) as opened:
            yield opened


def _sftp(place: Place, secrets: Secrets, seconds: float | None) -> Any:
    from daybook.wire.sftp import Patience, Server, SftpSession  # noqa: PLC0415  # takes a sixth of a process's start

    server = Server(
        host=place.host,
        port=place.port,
        username=place.username,
        host_key=place.host_key,
        private_key=secrets.private_key,
        password=secrets.password,
    )
    return SftpSession(server, Patience(**_patience(seconds)))


def _ftp(place: Place, secrets: Secrets, seconds: float | None) -> Any:
    from daybook.wire.ftp import FtpPatience, FtpSession  # noqa: PLC0415  # most processes never use it

    return FtpSession(ftp_server(place, secrets), FtpPatience(**_patience(seconds)))


def _patience(seconds: float | None) -> dict[str, float]:
    """Return how long the way there and each answer are waited for."""
    most = math.inf if seconds is None else seconds
    waits = {"connect": CONNECT_SECONDS, "answer": float(settings.CALL_TIMEOUT_SECONDS), "whole": WHOLE_SECONDS}
    return {what: clock.lasting(min(wait, most)) for what, wait in waits.items()}


def ftp_server(place: Place, secrets: Secrets) -> Any:
    """Return whom to expect there."""
    from daybook.wire.ftp import FtpServer  # noqa: PLC0415  # most processes never use it

    return FtpServer(
        host=place.host,
        port=place.port,
        username=place.username,
        password=secrets.password,
        security=str(place.kind),
        certificate=place.host_key,
    )
