"""The ledger is the witness: does it hold documents of ours that the day book does not know? Then this one is older.

    begin (a worker starts)  or a consent       the look is due, by a row; nothing is posted before it
    look      one call a kind: the newest that this app made -> all known: posting goes on
                                                             -> one unknown: posting is stopped
    adopt     a person says so: all that changed since is read, what is unknown kept or taken up -> posting goes on

Nobody storms: of many connections those with something to post come first, the others so many at a time.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from daybook.catalog.models import CatalogRead
from daybook.companies.models import Person
from daybook.connections import calls, endpoints, home, roster, stopping, whereabouts
from daybook.connections.models import Connection
from daybook.connections.saving import about
from daybook.connections.stopping import Why
from daybook.documents.causes import Cause
from daybook.history import telling
from daybook.history.kinds import What
from daybook.kit import clock
from daybook.kit.translation import told
from daybook.ledgers.exchange import Changes, Since, Theirs
from daybook.ledgers.ledger import Form, Ledger, Wire
from daybook.mapping import references
from daybook.outbox import orphans, queue, wake
from daybook.outbox.models import Entry
from daybook.outbox.states import MAPPABLE, State
from daybook.reconciliation import resolve
from daybook.tables.outages import is_database_away
from daybook.wire import errors
from daybook.wire.http import HttpClient

AGAIN_AFTER = timedelta(minutes=10)
"""A worker that starts again so soon asks nobody anew."""
CLOCKS_DIFFER_BY = timedelta(minutes=15)
"""At most: ours at a posting, and the ledger's in what it says of the document."""
AT_ONCE = 20
"""Connections in one run."""
MOST_PAGES = 200
"""Of one kind in one adoption; the next one goes on from there."""
GOES_ON_FOR = timedelta(hours=1)
"""So long an adoption that was broken off is gone on with; a later one begins anew, and so does the first one after a person
said that this database posts: the note may be as old as the backup."""
TAKEN_UP = ", adopted"
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)

log = structlog.get_logger("daybook.reconciliation")


def begin(now: datetime) -> int:
    """Have the ledgers asked before anything more is posted, because a worker starts; return how many connections."""
    lately = roster.called().filter(witnessed_at__gt=now - AGAIN_AFTER).values("pk")
    return roster.called().exclude(pk__in=lately).update(is_look_due=True)


def run(client: HttpClient, *, now: datetime) -> bool:
    """Look for some of the connections that are due; return whether there may be more.

    One organisation's trouble never keeps another waiting.
    """
    if not whereabouts.is_sure():
        home.arrive()  # put back, or copied, while we ran
        return False
    found = due(now)
    for connection in found:
        try:
            look(connection, client, now=now)
        except errors.Paused:
            continue
        except errors.WireError as error:
            log.warning("witness not heard", connection=connection.public_id, error=type(error).__name__)
            calls.react(connection.id, _of_all(error), clock.now(), client=client)
        except Exception as error:
            if is_database_away(error):
                raise
            log.exception("witness stumbled", connection=connection.public_id)
            calls.stumble(connection.id, clock.now())
    return len(found) == AT_ONCE


def _of_all(error: errors.WireError) -> errors.WireError:
    """Nothing is posted before a look is answered: one that is refused is said on every page, and not asked without end."""
    return errors.Unexpected(error.words, error.http_status) if isinstance(error, errors.Refused) else error


def due(now: datetime) -> list[Connection]:
    """Return some of the connections that wait for their look, first those with something to post."""
    ready = Entry.objects.filter(company=OuterRef("company"), organisation=OuterRef("organisation"), state=State.READY)
    mine = roster.called().filter(is_look_due=True).exclude(paused_until__gt=now)
    return list(mine.alias(has_ready=Exists(ready)).order_by("-has_ready", "witnessed_at", "id")[:AT_ONCE])


def look(connection: Connection, client: HttpClient, *, now: datetime) -> int:
    """Ask for the newest of each kind; stop posting where one is unknown. Return how many are. Raises WireError."""
    found, since = [], []
    for form in endpoints.ledger_of(connection).forms.values():
        since.append(_newest_known(connection, form))
        found += calls.carry(connection, form.newest(since[-1]), client=client)
    strangers = orphans.unknown(connection.organisation_id or 0, found)
    if strangers:
        known = [each for each in since if each is not None]
        home.stop(connection.pk, _reason(connection, strangers), known_until=min(known) if known else None)
    _notice_given_up(connection, found)
    this = Connection.objects.filter(company=connection.company_id, pk=connection.pk)
    this.update(is_look_due=False, witnessed_at=now)
    if not strangers:
        wake.wake_drain(connection.pk)
    return len(strangers)


def _newest_known(connection: Connection, form: Form) -> datetime | None:
    """Return up to when what was made there is known, by the last that was posted; None where nothing was."""
    posted = _mine(connection).filter(kind=form.kind, state=State.POSTED)
    last = posted.order_by("-posted_at").values_list("posted_at", flat=True).first()
    doubted = _mine(connection).filter(kind=form.kind, **_GIVEN_UP).order_by("last_attempt__created_at")
    first = doubted.values_list("last_attempt__created_at", flat=True).first()
    known = [each for each in (last, first) if each is not None]
    return None if last is None else min(known) - CLOCKS_DIFFER_BY


_GIVEN_UP = {
    "state": State.CANCELLED, "given_up_at__isnull": False, "is_number_free": False, "attention": "",
    "last_attempt__isnull": False,
}  # fmt: skip
"""What a person gave up while nobody could look: it may stand there all the same."""


@transaction.atomic
def _notice_given_up(connection: Connection, found: Sequence[Theirs]) -> None:
    """Show to a person what was given up in doubt and stands there after all: nothing is sent, and it is no order's loss."""
    by_mark = {references.mark_in(theirs.reference): theirs for theirs in found}
    for entry in queue.locked(_mine(connection).filter(public_id__in=[mark for mark in by_mark if mark], **_GIVEN_UP)):
        there = by_mark[entry.public_id]
        title = endpoints.ledger_of(connection).title
        what = told(
            "an earlier call turned out to have made {document} in {ledger}", document=there.their_id, ledger=title
        )
        queue.flag(entry, Cause.POSTED_LATE, what)


def _reason(connection: Connection, strangers: Sequence[Theirs]) -> str:
    title, more = endpoints.ledger_of(connection).title, len(strangers) - 1
    if not more:
        return told(
            "{ledger} holds {number}, which bears Daybook's mark, and the day book does not know of it",
            ledger=title,
            number=strangers[0].number,
        )
    return told(
        "{ledger} holds {number} and {count} more that bear Daybook's mark, and the day book does not know of it",
        ledger=title,
        number=strangers[0].number,
        count=more,
    )


@dataclass(frozen=True, slots=True)
class Adopted:
    """What became of what a ledger held."""

    taken_up: int = 0
    """Documents that waited here and are posted now."""
    unknown: int = 0
    """Documents whose orders are not here, or not ready: recognised as soon as they are."""
    is_whole: bool = True
    """All was read; otherwise the next adoption goes on."""


def adopt(
    connection: Connection, client: HttpClient, *, by: Person | None = None, most_pages: int = MOST_PAGES
) -> Adopted:
    """Take up what the ledger holds and let posting go on. `by`: None: the command line. Raises WireError; then ask again.

    Each page is committed by itself: who dies, or has read so many, goes on where it was.
    """
    whereabouts.refuse_elsewhere()
    is_called = endpoints.ledger_of(connection).wire is Wire.CALLS
    taken, is_whole = _adopt_called(connection, client, most_pages) if is_called else _suspect(connection)
    result = Adopted(taken, orphans.waiting(connection).count(), is_whole)
    if is_whole:
        _go_on(connection, result, by)
    return result


def _adopt_called(connection: Connection, client: HttpClient, most_pages: int) -> tuple[int, bool]:
    ledger, taken = endpoints.ledger_of(connection), 0
    begins = (connection.known_until or LONG_AGO) - CLOCKS_DIFFER_BY
    for form in ledger.forms.values():
        lately = max(clock.now() - GOES_ON_FOR, whereabouts.since())
        so_far = _reads(connection).filter(resource=_progress(form), asked_at__gt=lately).first()
        if so_far is not None and so_far.whole_at is not None:
            continue
        is_last, since = False, Since(so_far.read_at if so_far is not None else begins)
        for page in _pages(connection, client, form, since, most_pages):
            taken, is_last = taken + _take_up(connection, form, page, ledger), page.is_last
        if not is_last:
            return taken, False
    return taken, True


def _progress(form: Form) -> str:
    """Name the note of how far an adoption has come with one kind."""
    return f"{form.listed_in}{TAKEN_UP}"


def _reads(connection: Connection) -> QuerySet[CatalogRead]:
    return CatalogRead.objects.filter(organisation=connection.organisation_id)


def _suspect(connection: Connection) -> tuple[int, bool]:
    """What was put into a folder and collected is not seen: what waited in the backup is shown to a person first."""
    with transaction.atomic():
        orphans.suspect(connection, list(queue.locked(_mine(connection).filter(state__in=MAPPABLE))))
    return 0, True


def _pages(connection: Connection, client: HttpClient, form: Form, since: Since, most_pages: int) -> Iterator[Changes]:
    for _ in range(most_pages):
        page = calls.carry(connection, form.changed(since, clock.now()), client=client)
        yield page
        if page.is_last:
            return
        since = page.rest


def _take_up(connection: Connection, form: Form, page: Changes, ledger: Ledger) -> int:
    """Keep what is unknown, and settle what of it waits here as a look does; return how many were settled."""
    strangers, doubted = orphans.unknown(connection.organisation_id or 0, page.found), []
    with transaction.atomic():
        if strangers:
            orphans.keep(connection, form.kind, strangers)
            ready = _mine(connection).filter(kind=form.kind, state=State.READY)
            ready = ready.filter(number__in=[theirs.number for theirs in strangers])
            doubted = orphans.keep_back(connection, list(queue.locked(ready)), ledger)
        for attempt in doubted:
            resolve.settle(attempt, list(attempt.members.values_list("entry_id", flat=True)), strangers, ledger)
        now = clock.now()
        defaults = {"read_at": page.rest.moment, "asked_at": now, "whole_at": now if page.is_last else None}
        CatalogRead.objects.update_or_create(
            organisation=connection.organisation, resource=_progress(form), defaults=defaults
        )
    return len(doubted)


def _mine(connection: Connection) -> QuerySet[Entry]:
    return Entry.objects.filter(company=connection.company_id, organisation=connection.organisation_id)


@transaction.atomic
def _go_on(connection: Connection, result: Adopted, by: Person | None) -> None:
    this = Connection.objects.filter(company=connection.company_id, pk=connection.pk)
    this.update(known_until=None, is_look_due=False, witnessed_at=clock.now())
    _reads(connection).filter(resource__endswith=TAKEN_UP).delete()
    after = {"taken_up": str(result.taken_up), "unknown": str(result.unknown)}
    telling.tell(about(connection), What.ADOPTED, by=by, after=after)
    stopping.lift(connection.pk, Why.RESTORED, by)
    wake.wake_drain(connection.pk)
