"""Collect the files of a watched place: each is kept before it is taken in, and moved after.

    list -> what is whole -> its bytes, kept and committed | take in what is kept | move what is over

Each step goes by rows, so that a process that dies leaves to the next one what is left of it. No socket is open while
orders are taken in.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from posixpath import join
from typing import Any, NamedTuple

from django.db import connection as database
from django.db.models import QuerySet

from daybook.feeds import places
from daybook.feeds.incoming import IncomingFile, WatchedPlace
from daybook.feeds.models import Feed
from daybook.feeds.places import Afterwards, Kind, Place, Session
from daybook.intake import file_taking, moved_files, settled
from daybook.kit import clock
from daybook.secrets.keyring import CannotOpenError
from daybook.sources.mapped.mapping import SETTING
from daybook.sources.problems import Problem
from daybook.wire import ssh_keys
from daybook.wire.asks import (
    Content,
    FileThere,
    Get,
    List,
    Listing,
    MakeFolder,
    NameTaken,
    Put,
    Rename,
    Renamed,
    TooLarge,
)
from daybook.wire.errors import Full, HostKeyChanged, LoginRefused, NotSent, OutcomeUnknown, Refused, WireError

MOST_AT_ONCE = 20
"""Files of one look; the next look takes the rest."""
BETWEEN, BETWEEN_SERVERS = timedelta(seconds=30), timedelta(minutes=5)
BETWEEN_QUIET_SERVERS, QUIET_AFTER = timedelta(minutes=15), timedelta(days=7)
"""Of a server from which no file came for so long: logging in costs some 16 ms, and there may be a thousand of them."""
SOON, SOON_SERVERS = timedelta(seconds=6), timedelta(seconds=30)
"""Where something lies there that is not settled yet."""
LEASE = timedelta(minutes=10)
REFUSED_BY_THE_PLACE = 3
"""Files that cannot be put aside before one that can: then it is the place that refuses, and it rests."""
FIRST_REST, LONGEST_REST = timedelta(minutes=1), timedelta(hours=1)
_WORDS: dict[type[WireError], str] = {
    NotSent: "The place could not be reached ({}). Daybook tries again; nothing is lost.",
    OutcomeUnknown: "The place gave no clear answer ({}). Daybook looks again before it does anything more.",
    Full: "The disk or quota there is full ({}): files that were taken in cannot be put aside. Have room made; nothing "
    "is taken twice.",
    LoginRefused: "The server does not let Daybook in. SFTP: put the public key below into that user's authorized_keys "
    "there. FTP: correct user and password. Then press Test.",
    HostKeyChanged: "The server shows another key than the confirmed one. Nothing was shown to it. Press Test and compare "
    "both with its operator.",
    Refused: "The place says no ({}): it must be there, and Daybook must be let read, rename and make folders in it.",
}


def due(now: datetime) -> list[int]:
    """Return the feeds whose place is to be looked at, each handed out once; folders with nothing in them are done at once."""
    claimed = _claimed(now)
    idle = [feed_id for feed_id, path, is_calm in claimed if is_calm and path.startswith("/") and _is_empty(path)]
    if idle:
        WatchedPlace.objects.filter(feed_id__in=idle).update(due_at=now + BETWEEN, looked_at=now)
    return [feed_id for feed_id, _, _ in claimed if feed_id not in set(idle)]


_CLAIM = """
    UPDATE feeds_watchedplace place SET due_at = %s FROM feeds_feed feed, companies_company company
    WHERE place.due_at <= %s AND feed.id = place.feed_id AND feed.closed_at IS NULL AND feed.paused_at IS NULL AND company.id = feed.company_id
        AND company.closed_at IS NULL
    RETURNING place.feed_id, place.their_id, place.seen = '{}'::jsonb AND place.problem = '' AND NOT EXISTS (
        SELECT FROM feeds_incomingfile file WHERE file.feed_id = place.feed_id
            AND (file.state = 'kept' OR file.is_watched AND file.moved_at IS NULL)
    )
"""


def _claimed(now: datetime) -> list[tuple[int, str, bool]]:
    with database.cursor() as cursor:
        cursor.execute(_CLAIM, [now + LEASE, now])
        return list(cursor.fetchall())


def _is_empty(path: str) -> bool:
    """Tell whether nothing but folders and names that are no orders' lies in a folder of this machine."""
    place = Place(kind=Kind.FOLDER, path=path)
    try:
        with places.session(Feed(), place) as session:
            listing = _listed(session, place)
    except WireError:
        return False
    chosen = settled.choose(listing.files, {}, marker="", now=0)
    return not (chosen.ready or chosen.waiting or chosen.odd)


def look(feed_id: int) -> None:
    """Look at a feed's place once: keep what is whole, take it in, move it. Whatever goes wrong is noted in words."""
    feed = Feed.objects.select_related("company").filter(pk=feed_id).first()
    watched = WatchedPlace.objects.filter(feed=feed_id).first()
    if feed is None or watched is None or not _is_open(feed):
        return
    place = places.of(feed)
    try:
        found = _look(feed, place, watched)
    except WireError as error:
        _rest(watched, in_words(error))
    except CannotOpenError as error:
        _rest(watched, f"The key or password of the place cannot be opened: {error}"[:500])
    else:
        _calm(watched, place, found, is_quiet=place.is_server and _is_quiet(feed, clock.now()))


def _is_open(feed: Feed) -> bool:
    return feed.closed_at is None and feed.paused_at is None and not feed.company.is_closed


class _Found(NamedTuple):
    """What a look found."""

    problem: str
    """What lies there that a person should see to; "" for nothing."""
    has_more: bool = False
    """More lies there that is whole than one look takes."""


def _look(feed: Feed, place: Place, watched: WatchedPlace) -> _Found:
    if feed.row.matching is not None and not feed.settings.get(SETTING):
        words = (
            "Nobody has matched the columns of its files yet: files are left where they are. Upload one on the page."
        )
        return _Found(words)
    if place.kind is Kind.SFTP and not place.host_key:
        return _Found("Nobody has confirmed the server's key yet: press Test.")
    with places.session(feed, place) as session:
        listing = _listed(session, place)
        _note_gone(feed, listing)
        chosen = settled.choose(listing.files, watched.seen, marker=place.marker, now=int(clock.now().timestamp()))
        taken, later = chosen.ready[:MOST_AT_ONCE], chosen.ready[MOST_AT_ONCE:]
        left = {each: how for each in taken if (how := _keep(session, feed, place, each)) is not None}
        anew = {each.name: _seen_now(each, left.get(each, "")) for each in [*left, *later]}
    watched.seen = {**chosen.waiting, **anew, **_as_seen(watched, later)}
    for file in IncomingFile.objects.filter(
        company_id=feed.company_id, feed=feed, is_watched=True, state=IncomingFile.State.KEPT
    ).order_by("id"):
        file_taking.take_in(file)
    not_moved = _move_all(feed, place, watched)
    held = {how: sorted(name for name, said in watched.seen.items() if said[3] == how) for how in settled.HELD_SECONDS}
    problem = _said(chosen.odd, held[settled.STUCK], held[settled.UNREAD], not_moved)
    return _Found(problem, has_more=bool(later))


def _seen_now(file: FileThere, how: str) -> list[Any]:
    """Return what is remembered of a file until the next look."""
    return [file.size, file.modified, int(clock.now().timestamp()), how]


def _as_seen(watched: WatchedPlace, files: Sequence[FileThere]) -> dict[str, list[Any]]:
    """Return of files that the next look takes how they were seen: they are whole already."""
    return {each.name: watched.seen[each.name] for each in files if each.name in watched.seen}


def _listed(session: Session, place: Place) -> Listing:
    answer = session.ask(List(place.path))
    assert isinstance(answer, Listing)  # noqa: S101 - what List is answered with
    return answer


def _open(feed: Feed) -> "QuerySet[IncomingFile]":
    """Return the files of the place that are not moved yet, the oldest first."""
    mine = IncomingFile.objects.filter(company_id=feed.company_id, feed=feed, is_watched=True, moved_at=None)
    return mine.order_by("id")


def _note_gone(feed: Feed, listing: Listing) -> None:
    """Note of files that are over and lie there no more that they are moved: the answer to that may have been lost."""
    names = {each.name for each in listing.files}
    gone = [file.pk for file in _open(feed) if file.name not in names]
    IncomingFile.objects.filter(company_id=feed.company_id, pk__in=gone).update(moved_at=clock.now())


def _keep(session: Session, feed: Feed, place: Place, there: FileThere) -> str | None:
    """Fetch a file and keep it, committed; else return how it is left.

    `UNREAD` where the place refuses it, "" where it is not whole yet, or gone.
    """
    if _open(feed).filter(name=there.name, size=there.size or 0, modified=there.modified).exists():
        return None
    try:
        answer = session.ask(Get(join(place.path, there.name), file_taking.LARGEST))
    except Refused:  # of this file: it must not stand in the way of the others
        return settled.UNREAD
    if isinstance(answer, TooLarge):
        file_taking.keep_refused(feed, there.name, answer.size, there.modified, file_taking.TOO_LARGE)
        return None
    if not isinstance(answer, Content) or len(answer.content) != there.size:
        return ""
    if not answer.content:
        empty = Problem("the file", "The file is empty. Nothing was taken.", "Send it with its orders.")
        file_taking.keep_refused(feed, there.name, 0, there.modified, empty)
        return None
    file_taking.keep(feed, there.name, answer.content, modified=there.modified, is_watched=True)
    return None


def _move_all(feed: Feed, place: Place, watched: WatchedPlace) -> list[str]:
    """Move what is over; return the names that the place refuses to move. Raises WireError.

    Of those that lie there still although it said that they were moved it is noted that they are stuck.
    """
    over = [file for file in _open(feed) if file.is_over]
    if not over:
        return []
    now = clock.now()
    moved: list[IncomingFile] = []
    refused: list[str] = []
    with places.session(feed, place) as session:
        there = {each.name: each for each in _listed(session, place).files}
        for file in over:
            try:
                if _is_the_same(session, place, there.get(file.name), file):
                    _move(session, feed, place, file, now)
            except Refused:
                refused.append(file.name)
                if not moved and len(refused) == REFUSED_BY_THE_PLACE:
                    raise
                continue
            file.moved_at = now  # else somebody has put another file in its place, which is taken next
            file.save(update_fields=["moved_at"])
            moved.append(file)
        there = {each.name: each for each in _listed(session, place).files}
    for file in moved:
        if _lies_there_still(there.get(file.name), file):
            watched.seen[file.name] = _seen_now(there[file.name], settled.STUCK)
    return refused


def _is_the_same(session: Session, place: Place, there: FileThere | None, file: IncomingFile) -> bool:
    """Tell whether what lies there is what was taken in; where the place tells no time of change, by its bytes."""
    if not _lies_there_still(there, file):
        return False
    if file.modified is not None or not file.digest:
        return True
    answer = session.ask(Get(join(place.path, file.name), file_taking.LARGEST))
    return isinstance(answer, Content) and hashlib.sha256(answer.content).hexdigest() == file.digest


def _lies_there_still(there: FileThere | None, file: IncomingFile) -> bool:
    return there is not None and (there.size, there.modified) == (file.size, file.modified)


def _move(session: Session, feed: Feed, place: Place, file: IncomingFile, now: datetime) -> None:
    """Give a file that is over its new name, never another's; a bad one has a text beside it first."""
    folder = join(place.path, moved_files.folder(place, is_bad=file.is_bad))
    if place.afterwards is Afterwards.MOVE:
        session.ask(MakeFolder(folder))
    ended = file.ended_at or now  # the same at each try, so that one that is refused leaves one text behind
    for name in moved_files.names(place, file, ended):
        if file.is_bad and isinstance(_explained(session, folder, name, file), NameTaken):
            continue
        answer = session.ask(Rename(join(place.path, file.name), join(folder, name)))
        if isinstance(answer, Renamed):
            _keep_what_came_between(session, feed, folder, name, file)
        if not isinstance(answer, NameTaken):
            break
    if place.marker:
        marker = f"{file.name}{place.marker}"
        session.ask(Rename(join(place.path, marker), join(folder, moved_files.stamped(marker, ended, file))))


def _keep_what_came_between(session: Session, feed: Feed, folder: str, name: str, file: IncomingFile) -> None:
    """Where somebody wrote over the file in the moment before it was moved, take that one too: it is where it would end."""
    found = session.ask(List(folder))
    there = found.named(name) if isinstance(found, Listing) else None
    if there is None or there.name != name or not file.digest or _is_alike(there, file):
        return
    answer = session.ask(Get(join(folder, name), file_taking.LARGEST))
    if isinstance(answer, Content):
        file_taking.keep(feed, file.name, answer.content)


def _is_alike(there: FileThere, file: IncomingFile) -> bool:
    return there.size in {None, file.size} and there.modified in {None, file.modified}


def _explained(session: Session, folder: str, name: str, file: IncomingFile) -> object:
    """Put a text beside a bad file; one of the same name is another file's, unless it is as long: left by an earlier try."""
    words = moved_files.explanation(file).encode()
    answer = session.ask(Put(join(folder, f"{name}.txt"), words))
    if not isinstance(answer, NameTaken):
        return answer
    found = session.ask(List(folder))
    there = found.named(f"{name}.txt") if isinstance(found, Listing) else None
    return None if there is not None and there.size == len(words) else answer


def _said(odd: Sequence[str], stuck: Sequence[str], unread: Sequence[str], not_moved: Sequence[str]) -> str:
    words = []
    if unread:
        words.append(
            f"“{unread[0]}” cannot be read there and is left alone; other files are taken in. Let Daybook's user read it: "
            "it must be a plain file."
        )
    if not_moved:
        words.append(
            f"“{not_moved[0]}” was taken in, and the place does not let Daybook put it aside; it is not taken again. Let "
            "Daybook's user rename it, or move it away by hand."
        )
    if stuck:
        words.append(
            f"The place said that {stuck[0]} was moved, and it lies there still. It was taken in once and is not taken "
            "again: move it away by hand, or ask its operator."
        )
    if odd:
        words.append(f"“{odd[0]}” is no name that a file of orders may have; it is left alone. Rename it.")
    return " ".join(words)[:500]


def _is_quiet(feed: Feed, now: datetime) -> bool:
    """Tell whether nothing has come from the feed's place for long."""
    since = now - QUIET_AFTER
    came = IncomingFile.objects.filter(company_id=feed.company_id, feed=feed, came_at__gt=since)
    return feed.opened_at < since and not came.exists()


def _calm(watched: WatchedPlace, place: Place, found: _Found, *, is_quiet: bool) -> None:
    """Note that the place was looked at, and when it is again."""
    now, problem = clock.now(), found.problem
    is_unsettled = any(each[3] not in settled.HELD_SECONDS for each in watched.seen.values())
    soon, later = (SOON_SERVERS, BETWEEN_SERVERS) if place.is_server else (SOON, BETWEEN)
    later = BETWEEN_QUIET_SERVERS if is_quiet else later
    watched.problem_at = (watched.problem_at or now) if problem else None
    watched.problem, watched.failures = problem, 0
    rest = timedelta() if found.has_more else soon if is_unsettled else later
    watched.looked_at, watched.due_at = now, now + rest
    watched.save(update_fields=["problem", "problem_at", "failures", "looked_at", "due_at", "seen"])


def _rest(watched: WatchedPlace, problem: str) -> None:
    """Let a place rest that could not be looked at, longer each time; what was seen there stays known."""
    now = clock.now()
    watched.failures = min(watched.failures + 1, 10)
    watched.problem, watched.problem_at = problem, watched.problem_at or now
    watched.looked_at = now
    watched.due_at = now + min(FIRST_REST * (1 << (watched.failures - 1)), LONGEST_REST)
    watched.save(update_fields=["problem", "problem_at", "failures", "looked_at", "due_at", "seen"])


def in_words(error: WireError) -> str:
    """Return what happened at the place and what to do."""
    words = _WORDS.get(type(error), "Something unforeseen happened at the place ({}).")
    return words.format(" ".join(error.words.split())[:150].rstrip(".") or type(error).__name__)[:500]


def test(feed: Feed) -> str:
    """List the place once and say what was found; "" asks a person to compare the key that the server shows now."""
    place = places.of(feed)
    watched = WatchedPlace.objects.get(company_id=feed.company_id, feed=feed)
    places.check_reach(place)
    if place.kind is Kind.SFTP and not place.host_key:
        return _shown(feed, ssh_keys.fetch_host_key(place.host, place.port, seconds=places.TEST_SECONDS))
    try:
        with places.session(feed, place, places.TEST_SECONDS) as session:
            listing = _listed(session, place)
    except HostKeyChanged as error:
        found = error.found
        if place.kind is Kind.SFTP:
            found = ssh_keys.fetch_host_key(place.host, place.port, seconds=places.TEST_SECONDS)
        return _shown(feed, found)
    chosen = settled.choose(listing.files, {}, marker=place.marker, now=0)
    count = len(chosen.ready) + len(chosen.waiting)
    watched.problem, watched.failures, watched.due_at = "", 0, clock.now()
    watched.save(update_fields=["problem", "failures", "due_at"])
    if not count:
        return "The place can be listed: no file lies there that would be taken."
    if count == 1:
        return "The place can be listed: 1 file lies there."
    return f"The place can be listed: {count} files lie there."


def _shown(feed: Feed, key: str) -> str:
    WatchedPlace.objects.filter(company_id=feed.company_id, feed=feed).update(shown_key=key)
    return ""
