"""How many documents became ready, by the hour: what is expected of the next ones (`posting/budget.py`).

Counted when a document is first claimed, by whoever holds it then: orders that come at the same time would wait for each
other at one row.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import connection

from daybook.outbox.models import Arrivals, Entry
from daybook.tables import reading

KEPT_FOR = timedelta(days=8)
_ADD = """
    INSERT INTO outbox_arrivals (company_id, organisation_id, kind, hour, documents)
    SELECT %s, %s, * FROM unnest(%s::varchar[], %s::timestamptz[], %s::int[])
    ON CONFLICT (organisation_id, kind, hour) DO UPDATE SET documents = outbox_arrivals.documents + EXCLUDED.documents
"""
_FOUND = (
    "SELECT kind, hour, documents FROM outbox_arrivals WHERE organisation_id = %s AND company_id = %s AND hour >= %s"
)


def count(company_id: int, organisation_id: int, entries: Sequence[Entry]) -> None:
    """Count those that go for the first time, in the hour in which they became ready."""
    came = Counter((entry.kind, hour_of(entry.state_since)) for entry in entries if entry.last_attempt_id is None)
    if not came:
        return
    kinds, hours = zip(*sorted(came), strict=True)
    counts = [came[key] for key in sorted(came)]
    with connection.cursor() as cursor:
        cursor.execute(_ADD, [company_id, organisation_id, list(kinds), list(hours), counts])


def since(company_id: int, organisation_id: int, moment: datetime) -> Mapping[str, Mapping[datetime, int]]:
    """Return, by kind and hour, how many came from then on."""
    came: defaultdict[str, dict[datetime, int]] = defaultdict(dict)
    for kind, hour, documents in reading.ask(_FOUND, [organisation_id, company_id, moment]):
        came[kind][hour] = documents
    return came


def forget_old(now: datetime) -> None:
    """Forget what no forecast asks for any more."""
    Arrivals.objects.filter(hour__lt=now - KEPT_FOR).delete()


def hour_of(moment: datetime) -> datetime:
    """Return when its hour began, UTC."""
    return moment.replace(minute=0, second=0, microsecond=0)
