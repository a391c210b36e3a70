"""What the history is told of a document: every move, and what is noted in between."""

from datetime import datetime

from daybook.companies.models import Person
from daybook.history.kinds import Subject, What
from daybook.history.models import Event
from daybook.kit import clock
from daybook.outbox.models import Attempt, Entry
from daybook.outbox.states import Mover


def event(  # noqa: PLR0913 - a move has as many sides
    entry: Entry,
    *,
    old: str,
    new: str,
    mover: Mover,
    reason: str = "",
    cause: str = "",
    attempt: Attempt | None = None,
    person: Person | None = None,
    at: datetime | None = None,
) -> Event:
    """Return the event, not saved, so that many can be added at once. `old`: "" for a document that is new."""
    return Event(
        company_id=entry.company_id,
        at=at or clock.now(),
        subject_kind=Subject.ENTRY,
        subject_id=entry.pk,
        what=What.NOTED if old == new else What.MOVED,
        old_state=old,
        new_state=new,
        mover=mover,
        reason=reason[:500],
        cause=cause,
        attempt_id=attempt.pk if attempt is not None else None,
        person=person,
    )
