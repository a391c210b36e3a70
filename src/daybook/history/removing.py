"""Taking a deleted company's events out of the history, so that the chain over all others still holds.

What goes leaves the seal of its last event behind, and whose certificate says what it was: the chain is walked over the
gap. The database lets no event go without that (migration 0005).
"""

from collections.abc import Iterable, Iterator

from django.db import connection, transaction

from daybook.history.models import Event, Removed
from daybook.history.sealing import stand_alone

BATCH = 2000


def remove(company_id: int, certificate: str, *, size: int = BATCH) -> int:
    """Delete up to `size` of a company's sealed events, the first ones first; return how many went.

    One transaction. `certificate`: the public id of the one that says what they were.
    """
    with transaction.atomic():
        stand_alone()
        reached = Removed.objects.filter(certificate=certificate).order_by("-last").values_list("last", flat=True)
        mine = Event.objects.filter(company_id=company_id, position__gt=reached.first() or 0)
        sealed = list(mine.order_by("position").values_list("position", "seal")[:size])
        Removed.objects.bulk_create(
            Removed(first=first, last=last, seal=seal, certificate=certificate) for first, last, seal in runs(sealed)
        )
        _delete(company_id, [position for position, _ in sealed])
    return len(sealed)


def runs(sealed: Iterable[tuple[int | None, str]]) -> Iterator[tuple[int, int, str]]:
    """Yield first, last and last seal of each run of positions without a gap. PURE. `sealed`: in order."""
    first = last = 0
    before = ""
    for position, seal in sealed:
        if position is None:
            continue
        if first and position != last + 1:
            yield first, last, before
            first = 0
        first, last, before = first or position, position, seal
    if first:
        yield first, last, before


def _delete(company_id: int, positions: list[int | None]) -> None:
    """The database lets nobody do that but who says so in the same transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('daybook.removing', %s, true)", [str(company_id)])
        cursor.execute(
            "DELETE FROM history_event WHERE company_id = %s AND position = ANY(%s)", [company_id, positions]
        )
        cursor.execute("SELECT set_config('daybook.removing', '', true)")
