"""How a connection stands: its limits, its pauses, and whether Xero wants a person's consent again.

All of it is rows, so that any worker can go on where another stopped.
"""

from datetime import datetime, timedelta

import structlog
from django.db.models import Q

from daybook.connections.models import Connection
from daybook.xero import protocol
from daybook.xero.errors import Misconfigured, NotSent, Offline, OutcomeUnknown, Throttled, XeroError
from daybook.xero.protocol import Answer

log = structlog.get_logger("daybook.connections")

CONCURRENT_PAUSE = timedelta(seconds=5)
MINUTE_PAUSE = timedelta(minutes=1)
DAY_PAUSE = timedelta(hours=1)
"""Where Xero names the day's limit and no time; the next call then asks again."""
OFFLINE_PAUSE = timedelta(minutes=5)
UNCLEAR_PAUSE = timedelta(seconds=15)
"""Where the network or Xero stumbles: no call is wasted on a fault that lasts, none waits long on one that does not."""
PERSON_PAUSE = timedelta(minutes=15)
"""Where a person must act outside Daybook and nothing tells us when they have."""
DEFECT_PAUSE = timedelta(minutes=5)
DEFECT_WORDS = (
    "Daybook stumbled; it tries again by itself. If this stays, tell whoever runs it: its log says over what."
)
LONGEST_MINUTE_WAIT = timedelta(minutes=2)
LONGEST_PAUSE = timedelta(hours=25)

_DEFAULT_WAIT = {"concurrent": CONCURRENT_PAUSE, "day": DAY_PAUSE}
_LIMIT_WORDS = {
    "day": "Xero's limit of calls a day is used up for this organisation.",
    "concurrent": "Xero has too many calls of this organisation in hand.",
    "appminute": "Xero's limit of calls a minute is used up for this app.",
}


def record_limits(connection_id: int, answer: Answer, now: datetime) -> None:
    """Store what an answer says of the calls left, and that Xero answered."""
    left = protocol.remaining_calls(answer)
    changes: dict[str, object] = {}
    if left.day is not None:
        changes["day_remaining"] = left.day
    if left.minute is not None:
        changes["minute_remaining"] = left.minute
    if changes:
        changes["limits_read_at"] = now
    if 200 <= answer.status < 400:
        changes["checked_at"] = now
    if changes:
        Connection.objects.filter(pk=connection_id).update(**changes)


def pause(connection_id: int, until: datetime, reason: str) -> None:
    """Let the connection rest until `until`; a longer pause that stands already stays."""
    shorter = Q(paused_until__isnull=True) | Q(paused_until__lt=until)
    if Connection.objects.filter(shorter, pk=connection_id).update(paused_until=until, pause_reason=reason[:200]):
        log.warning("paused", connection=connection_id, until=until.isoformat(timespec="seconds"), reason=reason[:200])


def stumble(connection_id: int, now: datetime) -> None:
    """Let the connection rest after an error of ours that nobody foresaw, so that it is seen and not repeated at once."""
    pause(connection_id, now + DEFECT_PAUSE, DEFECT_WORDS)


def resume(connection_id: int) -> None:
    """End a pause, because a person asks for it."""
    Connection.objects.filter(pk=connection_id).update(paused_until=None, pause_reason="")


def mark_needs_consent(connection_id: int, reason: str) -> None:
    """Stop the connection until a person gives consent again; `reason` says what happened and what to do."""
    if Connection.objects.filter(pk=connection_id, status=Connection.Status.CONNECTED).update(
        status=Connection.Status.NEEDS_CONSENT, status_reason=reason
    ):
        log.warning("consent lost", connection=connection_id)


def pause_for(error: XeroError, now: datetime) -> tuple[datetime, str]:
    """Return until when to rest after `error`, and why in plain words. PURE (xero-rules.md 2.1, 4.5).

    A wait that Xero names is kept; one beyond about two minutes is the day's limit, whatever its name.
    """
    match error:
        case Throttled():
            wait = _DEFAULT_WAIT.get(error.problem, MINUTE_PAUSE)
            if error.retry_after is not None:
                wait = timedelta(seconds=error.retry_after)
            problem = "day" if wait > LONGEST_MINUTE_WAIT else error.problem
            return _until(now, wait), _LIMIT_WORDS.get(problem, "Xero's limit of calls a minute is used up.")
        case Offline():
            return now + OFFLINE_PAUSE, "Xero, or this organisation, is offline for the moment."
        case Misconfigured():
            return now + PERSON_PAUSE, error.words
        case NotSent() | OutcomeUnknown():
            return now + UNCLEAR_PAUSE, "Xero could not be reached, or did not answer."
        case _:
            return now + PERSON_PAUSE, "Xero answered in a way that Daybook does not know."


def _until(now: datetime, wait: timedelta) -> datetime:
    """A second more than Xero says, so as not to knock just before the window opens."""
    return now + min(wait + timedelta(seconds=1), LONGEST_PAUSE)
