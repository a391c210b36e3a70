"""Numbering, sealing and counting what was committed, by one job.

A transaction that began early may commit late: its event is not visible yet when others are numbered, and gets a later
position then. So whoever reads by position, and remembers the last one read, never passes over anything.
"""

import os
from collections.abc import Iterator, Sequence

from django.db import connection, transaction

from daybook.history import chain, tallies
from daybook.history.models import Event, Removed

ALONE = 7_243_003
"""An advisory lock: one numbers at a time, whatever the jobs do."""
BATCH = 500


def seal_all(*, size: int = BATCH) -> int:
    """Number and seal every event that is committed and not numbered yet; return how many. Each batch commits."""
    sealed = 0
    while done := _seal_next(size):
        sealed += done
    return sealed


def stand_alone() -> None:
    """Wait until nobody else numbers events or takes sealed ones away. Wants an open transaction, and lasts as long."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ALONE])


def head() -> tuple[int, str]:
    """Return position and seal of the chain's end, also where its last events went with their company."""
    last = Event.objects.exclude(position=None).order_by("-position").values_list("position", "seal").first()
    gone = Removed.objects.order_by("-last").values_list("last", "seal").first()
    return max((position or 0, seal) for position, seal in (last or (0, chain.GENESIS), gone or (0, chain.GENESIS)))


@transaction.atomic
def _seal_next(size: int) -> int:
    if not Event.objects.filter(position=None).exists():  # most runs end here, without a lock
        return 0
    stand_alone()
    position, before = head()
    events = list(Event.objects.filter(position=None).order_by("id")[:size])
    salts = _salts(len(events))
    for number, event in enumerate(events, start=position + 1):
        said = event.said
        event.position, event.salt = number, b"" if said.is_nothing else next(salts)
        event.digest = chain.digest(said, event.salt)
        event.seal = before = chain.seal(before, event.fixed, event.digest)
    _write(events)
    tallies.add(events)
    return len(events)


def _salts(count: int) -> Iterator[bytes]:
    """The kernel is asked once: each time lets go of the interpreter."""
    drawn = os.urandom(count * chain.SALT_BYTES)
    return (drawn[place : place + chain.SALT_BYTES] for place in range(0, len(drawn), chain.SALT_BYTES))


def _write(events: Sequence[Event]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE history_event SET position = new.position, salt = new.salt, digest = new.digest, seal = new.seal"
            " FROM unnest(%s::bigint[], %s::bigint[], %s::bytea[], %s::text[], %s::text[])"
            " AS new (id, position, salt, digest, seal) WHERE history_event.id = new.id",
            [[getattr(event, name) for event in events] for name in ("id", "position", "salt", "digest", "seal")],
        )
