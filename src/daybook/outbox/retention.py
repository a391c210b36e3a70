"""Calls hold people's names and prices: their bodies are kept as long as a year's books are open, then only a hash."""

from datetime import datetime, timedelta

from daybook.outbox.models import Attempt
from daybook.outbox.states import IN_FLIGHT

KEPT_FOR = timedelta(days=397)
"""13 months: a financial year, and a month to close it."""
BATCH = 500


def forget_bodies(*, now: datetime) -> int:
    """Empty the requests and answers of calls older than KEPT_FOR; return how many. Their hashes and results stay.

    Those of documents whose outcome nobody knows are kept: what was confirmed of a file stands in its answer.
    """
    forgotten = 0
    old = Attempt.objects.filter(created_at__lt=now - KEPT_FOR).exclude(body=b"", answer=b"")
    old = old.exclude(members__entry__state__in=IN_FLIGHT).order_by("created_at")
    while batch := list(old.values_list("id", flat=True)[:BATCH]):
        forgotten += Attempt.objects.filter(id__in=batch).update(body=b"", answer=b"")
    return forgotten
