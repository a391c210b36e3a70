"""How a connection stands: its limits, its pauses, and whether the ledger wants a person's consent again.

All of it is rows, so that any worker can go on where another stopped.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

import structlog
from django.db import transaction
from django.db.models import Case, Q, Value, When
from django.db.models.functions import Greatest

from daybook.companies.models import Person
from daybook.connections import windows
from daybook.connections.models import Connection
from daybook.connections.saving import about
from daybook.history import telling
from daybook.history.kinds import Mover, What
from daybook.kit.translation import told
from daybook.ledgers import registry
from daybook.ledgers.exchange import RemainingCalls
from daybook.tables import reading
from daybook.wire.errors import Misconfigured, NotSent, Offline, OutcomeUnknown, Paused, Throttled, WireError

log = structlog.get_logger("daybook.connections")

CONCURRENT_PAUSE = timedelta(seconds=5)
MINUTE_PAUSE = timedelta(minutes=1)
DAY_PAUSE = timedelta(hours=1)
"""Where a ledger names the day's limit and no time; the next call then asks again."""
OFFLINE_PAUSE = timedelta(minutes=5)
UNCLEAR_PAUSE = timedelta(seconds=15)
"""Where the network or the ledger stumbles: no call is wasted on a fault that lasts, none waits long on one that does not."""
PERSON_PAUSE = timedelta(minutes=15)
"""Where a person must act outside Daybook and nothing tells us when they have."""
DEFECT_PAUSE = timedelta(minutes=5)
DEFECT_WORDS = (
    "Daybook stumbled; it tries again by itself. If this stays, tell whoever runs it: its log says over what."
)
LONGEST_MINUTE_WAIT = timedelta(minutes=2)
LONGEST_PAUSE = timedelta(hours=25)

_DEFAULT_WAIT = {"concurrent": CONCURRENT_PAUSE, "day": DAY_PAUSE}
MINUTE_WORDS = "{ledger}'s limit of calls a minute is used up."
_LIMIT_WORDS = {
    "day": "{ledger}'s limit of calls a day is used up for this organisation.",
    "concurrent": "{ledger} has too many calls of this organisation in hand.",
    "appminute": "{ledger}'s limit of calls a minute is used up for this app.",
}

APP_CURE = told("Put the right ones in under Connection settings and press Save; what waits then goes at once.")


UNKNOWN_LEDGER = (
    "It leads to “{}”, which this version of Daybook does not know: a newer version was used before. Nothing is posted "
    "there meanwhile. Tell whoever runs Daybook to install the newer version again."
)


class PauseCause(StrEnum):
    """What made the connection rest."""

    LIMIT = "limit"
    OFFLINE = "offline"
    UNCLEAR = "unclear"
    APP = "app"
    """The ledger's login does not take the Client ID and Client Secret."""
    ACCESS = "access"
    """The ledger refuses the access token it gave a moment ago."""
    DEFECT = "defect"
    HOST_KEY = "host_key"
    """The folder's server shows another key than the confirmed one."""
    PLACE = "place"
    """The folder, or its server, does not let Daybook in."""


class Cure(StrEnum):
    """What a person can do about what blocks a connection."""

    CONSENT = "consent"
    CHOOSE = "choose"
    APP = "app"
    TRY_NOW = "try_now"
    COMPARE_KEYS = "compare_keys"
    PLACE = "place"
    """What is said of the folder, or what its server was told of us."""
    LIFT = "lift"
    """A person stopped it, and a person lets it go on."""
    RECONCILE = "reconcile"
    """What the ledger holds is to be taken up."""
    REOPEN = "reopen"
    FIRST_LOOK = "first_look"
    """A person looks at the first document and approves it."""
    UPDATE = "update"
    """Only whoever runs Daybook can."""


@dataclass(frozen=True, slots=True)
class Blocked:
    """What keeps a connection from its ledger, in words for every page."""

    title: str
    words: str
    cure: Cure
    until: datetime | None = None
    """When it goes on by itself; None: not by itself."""
    try_from: datetime | None = None
    """The ledger itself named this moment: before it not even a person may have a call made; None: at any time."""


_NOTED = """
    SELECT limits_read_at, retry_at, minute_remaining, minute_began_at, day_remaining, day_began_at, calls_a_day, ledger
    FROM connections_connection WHERE id = %s
"""


def record_limits(connection_id: int, left: RemainingCalls, now: datetime, *, is_well: bool) -> None:
    """Store what an answer says of the calls left, and that the far side answered well."""
    noted = _noted(connection_id)
    changes: dict[str, object] = {}
    if left.day is not None:
        changes |= noted.day(left.day, now)
    if left.minute is not None:
        changes |= noted.minute(left.minute, now)
    if changes:
        changes["limits_read_at"] = now
    if is_well:
        changes["checked_at"] = now
    if changes:
        Connection.objects.filter(pk=connection_id).update(**changes)


class _Noted(NamedTuple):
    """What the row says of the answers so far."""

    read_at: datetime | None
    retry_at: datetime | None
    minute_remaining: int | None
    minute_began_at: datetime | None
    day_remaining: int | None
    day_began_at: datetime | None
    calls_a_day: int | None
    ledger: str

    def is_minute_used_up(self, now: datetime) -> bool:
        """Tell whether a call would be refused for the limit of a minute."""
        if (
            self.minute_remaining != 0
            or self.read_at is None
            or (self.retry_at and self.read_at < self.retry_at <= now)
        ):
            return False
        return now < windows.ends(self.read_at, self.minute_began_at)

    def minute(self, remaining: int, now: datetime) -> dict[str, object]:
        """Return what an answer changes of the minute."""
        so_far = windows.Noted(self.minute_remaining, self.read_at, self.minute_began_at, self.retry_at)
        return {
            "minute_remaining": windows.left(so_far, remaining),
            "minute_began_at": windows.began(so_far, remaining=remaining, now=now),
        }

    def day(self, remaining: int, now: datetime) -> dict[str, object]:
        """Return what an answer changes of the day; the one of the first answer has begun by then."""
        so_far = windows.Noted(self.day_remaining, self.read_at, self.day_began_at, self.retry_at)
        plans = registry.ledger(self.ledger).terms.calls_a_day
        # a drain that saw the day used up waits an hour: a day that has begun anew is a reason to look again
        anew: dict[str, object] = {"post_at": None} if windows.has_jumped(so_far, remaining) else {}
        return anew | {
            "day_remaining": windows.left(so_far, remaining),
            "day_began_at": windows.began(so_far, remaining=remaining, now=now, length=windows.DAY) or now,
            "calls_a_day": windows.ceiling(self.calls_a_day, so_far, remaining=remaining, plans=plans),
        }


def _noted(connection_id: int) -> _Noted:
    found = reading.ask(_NOTED, [connection_id])
    return _Noted(*found[0]) if found else _Noted(None, None, None, None, None, None, None, registry.USUAL)


def pause(connection_id: int, until: datetime, reason: str, *, cause: str = "") -> None:
    """Let the connection rest until `until`; a longer pause that stands already stays."""
    shorter = Q(paused_until__isnull=True) | Q(paused_until__lt=until)
    app_refused = When(pause_cause=PauseCause.APP, then=Value(PauseCause.APP))
    longer = Connection.objects.filter(shorter, pk=connection_id).update(
        paused_until=until, pause_reason=reason[:200], pause_cause=Case(app_refused, default=Value(cause))
    )
    if longer:
        log.warning("paused", connection=connection_id, until=until.isoformat(timespec="seconds"), reason=reason[:200])


def rest(connection_id: int, error: WireError, now: datetime) -> None:
    """Let the connection rest as long as `error` asks; what the ledger itself named binds people too."""
    ledger = Connection.objects.values_list("ledger", flat=True).get(pk=connection_id)
    until, reason = pause_for(error, now, registry.title(ledger))
    pause(connection_id, until, reason, cause=_cause_of(error))
    if isinstance(error, Throttled | Offline) and error.retry_after is not None:
        mine = Connection.objects.filter(pk=connection_id)
        mine.update(retry_at=Greatest("retry_at", until))  # PostgreSQL's GREATEST passes over NULL


def stumble(connection_id: int, now: datetime) -> None:
    """Let the connection rest after an error of ours that nobody foresaw, so that it is seen and not repeated at once."""
    pause(connection_id, now + DEFECT_PAUSE, DEFECT_WORDS, cause=PauseCause.DEFECT)


@transaction.atomic
def resume(connection_id: int, now: datetime, by: Person | None = None) -> datetime | None:
    """End a pause because a person asks for it; return until when the ledger's own wait (Retry-After) stands all the same.

    That the ledger refuses the app stays known until a token is given again. `by`: who lifts the pause itself; None: it ends
    because something else was asked for.
    """
    row = Connection.objects.select_for_update(no_key=True).get(pk=connection_id)
    if by is not None and row.paused_until is not None and row.paused_until > now:
        telling.tell(about(row), What.RESUMED, by=by, reason=row.pause_reason)
    if row.retry_at is not None and row.retry_at > now:
        row.paused_until = row.retry_at
    else:
        row.paused_until, row.pause_reason = None, ""
        row.minute_remaining = None  # what the last answer left of the minute is no reason to wait any more
        row.post_at = None
        row.pause_cause = row.pause_cause if row.pause_cause == PauseCause.APP else ""
    row.save(update_fields=["paused_until", "pause_reason", "pause_cause", "minute_remaining", "post_at"])
    return row.paused_until


@transaction.atomic
def app_works(connection_id: int, now: datetime) -> None:
    """Note that the ledger's login takes the app's id and secret; a pause because it did not is over."""
    if Connection.objects.filter(pk=connection_id, pause_cause=PauseCause.APP).update(pause_cause=""):
        resume(connection_id, now)


def pause_in_words(connection_id: int, now: datetime) -> str:
    """Return why no call may be made now and until when, read anew from the row; "" where one may."""
    row = Connection.objects.filter(pk=connection_id, paused_until__gt=now)
    found = row.values_list("paused_until", "pause_reason", "ledger").first()
    if found is None or found[0] is None:
        return ""
    until, reason, ledger = found
    return f"Daybook waits until {until:%H:%M:%S} UTC before it calls {registry.title(ledger)} again: {reason}"


def check(connection_id: int, now: datetime) -> None:
    """Raise Paused where a pause stands, or nothing is left of the minute: no call is made to be told so.

    The last look before every call, because others pause it meanwhile.
    """
    if words := pause_in_words(connection_id, now):
        raise Paused(words)
    noted = _noted(connection_id)
    if noted.is_minute_used_up(now):
        raise Paused(MINUTE_WORDS.format(ledger=registry.title(noted.ledger)))


@transaction.atomic
def mark_needs_consent(connection_id: int, reason: str) -> None:
    """Stop the connection until a person gives consent again; `reason` says what happened and what to do."""
    stopped = Connection.objects.filter(pk=connection_id, status=Connection.Status.CONNECTED).update(
        status=Connection.Status.NEEDS_CONSENT, status_reason=reason
    )
    if stopped:
        mine = Connection.objects.get(pk=connection_id)
        telling.tell(about(mine), What.CONSENT_LOST, mover=Mover.DAYBOOK, reason=reason)
        log.warning("consent lost", connection=connection_id)


def pause_for(error: WireError, now: datetime, ledger: str) -> tuple[datetime, str]:
    """Return until when to rest after `error`, and why in plain words. PURE (xero-rules.md 2.1, 4.5).

    `ledger`: what people call it. A wait that it names is kept; one beyond about two minutes is the day's limit, whatever its name.
    """
    match error:
        case Throttled():
            wait = _DEFAULT_WAIT.get(error.problem, MINUTE_PAUSE)
            if error.retry_after is not None:
                wait = timedelta(seconds=error.retry_after)
            problem = "day" if wait > LONGEST_MINUTE_WAIT else error.problem
            return _until(now, wait), _LIMIT_WORDS.get(problem, MINUTE_WORDS).format(ledger=ledger)
        case Offline() if error.retry_after is not None:
            wait = timedelta(seconds=error.retry_after)
            return _until(
                now, wait
            ), f"{ledger}, or this organisation, is offline for the moment, and said for how long."
        case Offline():
            return now + OFFLINE_PAUSE, f"{ledger}, or this organisation, is offline for the moment."
        case Misconfigured():
            return now + PERSON_PAUSE, f"{error.words} {APP_CURE}"
        case NotSent() | OutcomeUnknown():
            return now + UNCLEAR_PAUSE, f"{ledger} could not be reached, or did not answer."
        case _:
            return now + PERSON_PAUSE, f"{ledger} answered in a way that Daybook does not know."


def blocked(connection: Connection, now: datetime) -> Blocked | None:
    """Return what keeps the connection from its ledger now, for every page of the company; None where nothing does. PURE."""
    if not connection.is_ledger_known:
        return Blocked("Daybook is too old for this connection", UNKNOWN_LEDGER.format(connection.ledger), Cure.UPDATE)
    title = registry.title(connection.ledger)
    if connection.status == Connection.Status.NEEDS_CONSENT:
        return Blocked(f"{title} asks for consent again", connection.status_reason, Cure.CONSENT)
    if connection.status == Connection.Status.CHOOSING:
        return Blocked("Choose an organisation", connection.status_reason, Cure.CHOOSE)
    until = connection.paused_until if connection.paused_until and connection.paused_until > now else None
    if connection.pause_cause == PauseCause.APP:
        words = connection.pause_reason or APP_CURE
        return Blocked(f"{title} does not take the Client ID and Client Secret", words, Cure.APP)
    if until is None or not connection.is_connected:
        return None
    bound = connection.retry_at if connection.retry_at and connection.retry_at > now else None
    why = connection.pause_reason or told(f"{title} asked us to wait.")
    words = f"{why} {told('What waits then goes by itself.')}"
    cure = _CURES.get(connection.pause_cause, Cure.TRY_NOW)
    return Blocked("Paused", words, cure, until=until, try_from=bound)


_CURES = {PauseCause.HOST_KEY.value: Cure.COMPARE_KEYS, PauseCause.PLACE.value: Cure.PLACE}


def _cause_of(error: WireError) -> PauseCause:
    match error:
        case Throttled():
            return PauseCause.LIMIT
        case Offline():
            return PauseCause.OFFLINE
        case Misconfigured():
            return PauseCause.APP
        case _:
            return PauseCause.UNCLEAR


def _until(now: datetime, wait: timedelta) -> datetime:
    """A second more than the ledger says, so as not to knock just before the window opens."""
    return now + min(wait + timedelta(seconds=1), LONGEST_PAUSE)
