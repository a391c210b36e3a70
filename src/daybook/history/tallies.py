"""Counting what happened, in the transaction that numbers it: each event counts once, whoever asks and whenever.

Counts only grow, so that whoever reads them now and then can tell how much came in between.
"""

from collections import Counter
from collections.abc import Iterable

from django.db import connection

from daybook.history.models import Event

_ADD = """
    INSERT INTO history_tally AS held (subject_kind, what, state, cause, count)
    SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::bigint[])
    ON CONFLICT (subject_kind, what, state, cause) DO UPDATE SET count = held.count + excluded.count
"""


def add(events: Iterable[Event]) -> None:
    """Count events. Wants the open transaction that numbers them."""
    counted = Counter((event.subject_kind, event.what, event.new_state, event.cause) for event in events)
    names = sorted(counted)
    if not names:  # somebody else has numbered them
        return
    with connection.cursor() as cursor:
        columns = [list(column) for column in zip(*names, strict=True)]
        cursor.execute(_ADD, [*columns, [counted[name] for name in names]])
