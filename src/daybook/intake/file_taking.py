"""Take in a file of orders: kept first, then read, then taken in batch by batch.

    bytes -> kept, committed -> read -> 100 of its orders and how far that is, in one transaction -> ... -> its outcome

Where a process dies, the next one goes on behind the last batch that was committed: nothing is lost, nothing doubled.
The same bytes of the same feed, read in the same way, are taken in once.
"""

import hashlib
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from django.db import transaction

from daybook.companies.models import Person
from daybook.feeds import roster
from daybook.feeds.incoming import MOST_PROBLEMS, PIECE, FilePiece, IncomingFile
from daybook.feeds.models import Feed
from daybook.intake import item_notices, receive
from daybook.intake.deliveries import Arrival, Door
from daybook.intake.receipts import Receipt
from daybook.intake.storing import Result
from daybook.kit import clock
from daybook.sources.canonical.schema import CanonicalOrder
from daybook.sources.problems import NotAnOrderError, Problem
from daybook.sources.source import ItemNotice, Placed, Read, Refusal

LARGEST = 64 * PIECE
"""Bytes of one file."""
MANY = 1_000
"""Orders: of a file with more, all are stored before documents are made of any."""
MOST_ATTEMPTS = 5
"""Without coming further: then the file is refused, so that it does not stand in the way for ever."""
TOO_LARGE = Problem("the file", f"It is larger than {LARGEST // PIECE} MB. Nothing was taken.", "Split it.")
_STUMBLED = Problem(
    "the file",
    f"Daybook stumbled over it {MOST_ATTEMPTS} times. Orders before that place were taken in, the rest was not.",
    "Show the file to whoever runs Daybook: the worker's log says what happened.",
)
_LONGEST = 500

State = IncomingFile.State


def keep(
    feed: Feed,
    name: str,
    content: bytes,
    *,
    modified: int | None = None,
    is_watched: bool = False,
    by: Person | None = None,
    state: State = State.KEPT,
) -> IncomingFile:
    """Keep a file's bytes, committed, before anything else is done with it; the same file as before ends here."""
    digest = hashlib.sha256(content).hexdigest()
    file = IncomingFile(
        company_id=feed.company_id,
        feed=feed,
        name=name[:255],
        size=len(content),
        modified=modified,
        digest=digest,
        reading=reading_of(feed),
        state=state,
        is_watched=is_watched,
        by=by,
    )
    with transaction.atomic():
        Feed.objects.select_for_update().get(company_id=feed.company_id, pk=feed.pk)  # two of the same bytes at once
        if state is State.KEPT and _is_same(file):
            file.state, file.ended_at = State.SAME, clock.now()
        file.save()
        for number, start in enumerate(range(0, len(content), PIECE)):
            piece = content[start : start + PIECE]
            FilePiece.objects.create(company_id=feed.company_id, file=file, number=number, content=piece)
    return file


def keep_upload(feed: Feed, name: str, pieces: Callable[[], Iterable[bytes]], by: Person) -> IncomingFile:
    """Keep an uploaded file, piece by piece, for a person to look at: nothing of it is taken in yet.

    `pieces`: its bytes, from the beginning each time it is called.
    """
    digest, size = hashlib.sha256(), 0
    for piece in pieces():
        digest.update(piece)
        size += len(piece)
    with transaction.atomic():
        file = IncomingFile.objects.create(
            company_id=feed.company_id,
            feed=feed,
            name=name[:255],
            size=size,
            digest=digest.hexdigest(),
            reading=reading_of(feed),
            state=State.SHOWN,
            by=by,
        )
        for number, piece in enumerate(pieces()):
            FilePiece.objects.create(company_id=feed.company_id, file=file, number=number, content=piece)
    return file


def keep_refused(feed: Feed, name: str, size: int, modified: int | None, problem: Problem) -> IncomingFile:
    """Keep that a watched file came that is not even fetched."""
    return IncomingFile.objects.create(
        company_id=feed.company_id,
        feed=feed,
        name=name[:255],
        size=size,
        modified=modified,
        reading=reading_of(feed),
        state=State.REFUSED,
        is_watched=True,
        ended_at=clock.now(),
        problems=_told([problem]),
    )


def begin(file: IncomingFile) -> IncomingFile:
    """Let an uploaded file that a person has looked at be taken in; where it was begun already nothing happens."""
    with transaction.atomic():
        row = _locked(file)
        if row.state == State.SHOWN:
            row.reading = reading_of(row.feed)
            row.state = State.SAME if _is_same(row) else State.KEPT
            row.ended_at = clock.now() if row.state == State.SAME else None
            row.save(update_fields=["state", "reading", "ended_at"])
    return row


def put_aside(file: IncomingFile) -> None:
    """Take nothing of an uploaded file in."""
    mine = IncomingFile.objects.filter(company_id=file.company_id, pk=file.pk, state=State.SHOWN)
    mine.update(state=State.PUT_ASIDE, ended_at=clock.now())


def bytes_of(file: IncomingFile, most: int | None = None) -> bytes:
    """Return the file's bytes, or the first pieces of them."""
    pieces = FilePiece.objects.filter(company_id=file.company_id, file=file).order_by("number")
    wanted = pieces[: most // PIECE + 1] if most else pieces
    whole = io.BytesIO()  # a list of all pieces would be in memory beside what they make
    for each in wanted.values_list("content", flat=True).iterator(chunk_size=4):
        whole.write(each)
    return whole.getvalue()


def reading_of(feed: Feed) -> str:
    """Return what tells two ways of reading a feed's files apart."""
    said = {name: value for name, value in feed.settings.items() if not name.startswith("place_")}
    return hashlib.sha256(json.dumps([feed.source, said], sort_keys=True, default=str).encode()).hexdigest()


def take_in(file: IncomingFile) -> IncomingFile:
    """Take in what is left of a kept file, and say what became of it. Where another process does so, leave it to that one."""
    feed = Feed.objects.select_related("company").get(company_id=file.company_id, pk=file.feed_id)
    if feed.closed_at is not None or feed.paused_at is not None or feed.company.is_closed or feed.row.files is None:
        return file
    row = _begun(file)
    if row.state != State.KEPT:
        return row
    try:
        held = feed.row.files(row.name, bytes_of(row), feed.settings)
        IncomingFile.objects.filter(company_id=row.company_id, pk=row.pk).update(total=held.total)
        for start, batch in _batches(held.things, row.done):
            if not _take(row, feed, start, batch):
                return _read_again(row)
    except NotAnOrderError as error:
        return _refuse(row, error.problems)
    return _end(row)


def _begun(file: IncomingFile) -> IncomingFile:
    """Note that the file is begun; one over which Daybook has stumbled too often is refused."""
    with transaction.atomic():
        row = _locked(file)
        if row.state != State.KEPT:
            return row
        row.attempts += 1
        if row.attempts > MOST_ATTEMPTS:
            row.state, row.ended_at, row.problems = State.REFUSED, clock.now(), [*row.problems, *_told([_STUMBLED])]
        row.save(update_fields=["attempts", "state", "ended_at", "problems"])
    return row


def _batches(things: Iterator[Placed], done: int) -> Iterator[tuple[int, list[Placed]]]:
    """Yield what is left, with its first position: orders by the hundred, whatever else one by one, in their order."""
    batch: list[Placed] = []
    at = done
    for each in islice(things, done, None):
        is_order = isinstance(each.read, CanonicalOrder | Refusal)
        if batch and (not is_order or len(batch) == receive.BATCH):
            yield at, batch
            at, batch = at + len(batch), []
        batch.append(each)
        if not is_order:
            yield at, batch
            at, batch = at + 1, []
    if batch:
        yield at, batch


@transaction.atomic
def _take(file: IncomingFile, feed: Feed, start: int, batch: Sequence[Placed]) -> bool:
    """Take in a batch, and note how far that is, or neither; False: somebody else went on with the file."""
    row = _locked(file)
    if row.state != State.KEPT or row.done != start:
        return False
    reads = [_named(feed, each.read) for each in batch]
    is_put_off = (row.total or 0) > MANY
    arrival = Arrival(door=Door.FILE, request=row.public_id, is_put_off=is_put_off)
    receipts = receive.take_read(feed, reads, arrival, first=start)
    _count(row, receipts, {start + at: each.place for at, each in enumerate(batch)})
    row.done, row.attempts = start + len(batch), 0
    row.save(update_fields=["done", "attempts", "accepted", "unchanged", "refused", "ignored", "problems"])
    roster.note_received(feed, clock.now())
    return True


def _named(feed: Feed, read: Read | ItemNotice) -> Read:
    return item_notices.named(feed, read) if isinstance(read, ItemNotice) else read


def _count(row: IncomingFile, receipts: Sequence[Receipt], places: dict[int, str]) -> None:
    for receipt in receipts:
        match receipt.result:
            case Result.ACCEPTED:
                row.accepted += 1
            case Result.REFUSED:
                row.refused += 1
                if len(row.problems) < MOST_PROBLEMS:
                    row.problems += _told(receipt.problems, places[receipt.position])
            case Result.IGNORED | Result.WAITING:
                row.ignored += 1
            case _:
                row.unchanged += 1


def _end(file: IncomingFile) -> IncomingFile:
    with transaction.atomic():
        row = _locked(file)
        if row.state == State.KEPT:
            row.state, row.ended_at, row.total = State.TAKEN, clock.now(), row.done
            if row.refused and row.refused == row.done:
                row.state = State.REFUSED
            row.save(update_fields=["state", "ended_at", "total"])
    return row


def _refuse(file: IncomingFile, problems: Iterable[Problem]) -> IncomingFile:
    """Refuse what is left of a file: all of it, unless it was read otherwise when it was begun."""
    with transaction.atomic():
        row = _locked(file)
        if row.state == State.KEPT:
            row.state, row.ended_at = State.REFUSED, clock.now()
            row.problems = [*row.problems, *_told(problems)][:MOST_PROBLEMS]
            row.save(update_fields=["state", "ended_at", "problems"])
    return row


def _is_same(file: IncomingFile) -> bool:
    """Tell whether the same bytes of the same feed were taken in, or are being, read in the same way."""
    alike = IncomingFile.objects.filter(
        company_id=file.company_id, feed_id=file.feed_id, digest=file.digest, reading=file.reading
    )
    return alike.filter(state__in=[State.KEPT, State.TAKEN]).exclude(pk=file.pk).exists()


def _locked(file: IncomingFile) -> IncomingFile:
    mine = IncomingFile.objects.select_for_update(of=("self",)).select_related("feed")
    return mine.get(company_id=file.company_id, pk=file.pk)


def _read_again(file: IncomingFile) -> IncomingFile:
    return IncomingFile.objects.get(company_id=file.company_id, pk=file.pk)


def _told(problems: Iterable[Problem], place: str = "") -> list[dict[str, str]]:
    """Return problems as a file keeps them: free of what PostgreSQL refuses, with the place where they do not name it."""

    def clean(text: str) -> str:
        return text.encode("utf-8", "replace").decode().replace("\x00", "")[:_LONGEST]

    def where(field: str) -> str:
        return field if not place or field.startswith(("row", place)) else f"{place}, {field}".rstrip(", ")

    return [
        {"field": clean(where(each.field)), "problem": clean(each.problem), "cure": clean(each.cure)}
        for each in problems
    ]
