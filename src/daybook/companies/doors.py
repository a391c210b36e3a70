"""Counts what fails at a door, for all processes together: wrong keys and signatures, by address and by account.

Whoever shows what is right is never counted and never stopped, so that nobody is locked out by a neighbour's failures.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import Any

from django.db import connection

from daybook.companies.models import Attempts


@dataclass(frozen=True, slots=True)
class Limit:
    """So many failures in so long, then the next ones are told to wait."""

    door: str
    most: int
    within: timedelta


KEYS_BY_ADDRESS = Limit("key by address", 30, timedelta(minutes=5))
PUSHES_BY_ADDRESS = Limit("push by address", 120, timedelta(minutes=5))
"""A hosted OMS sends for many companies from one address."""
PAIRINGS_BY_ADDRESS = Limit("pairing by address", 10, timedelta(minutes=30))
"""A code has 40 bits and lives 30 minutes."""
METRICS_BY_ADDRESS = Limit("metrics by address", 30, timedelta(minutes=5))
PUSHES_BY_COMPANY = Limit("push by company", 60, timedelta(minutes=5))

_COUNT = """
    INSERT INTO companies_attempts AS held (door, subject, since, count) VALUES (%(door)s, %(subject)s, %(now)s, 1)
    ON CONFLICT (door, subject) DO UPDATE SET
        since = CASE WHEN held.since <= %(before)s THEN %(now)s ELSE held.since END,
        count = CASE WHEN held.since <= %(before)s THEN 1 ELSE held.count + 1 END
    RETURNING since, count
"""


def note_failure(limit: Limit, subject: str, now: datetime) -> int:
    """Count one failure and return how many seconds to wait, 0 while the limit is not passed.

    `subject` is an address or an account; only a hash of it is kept.
    """
    values: dict[str, Any] = {"door": limit.door, "subject": _hash(subject), "now": now, "before": now - limit.within}
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, values)
        since, count = cursor.fetchone()
    return max(1, round((since + limit.within - now).total_seconds())) if count > limit.most else 0


def place(address: str) -> str:
    """Return what an address counts as: whoever has an IPv6 address has all of its /64."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((found, 64), strict=False)) if found.version == 6 else address


def forget_old(now: datetime) -> None:
    """Delete counts that count no more."""
    Attempts.objects.filter(since__lt=now - timedelta(days=1)).delete()


def _hash(subject: str) -> str:
    return hashlib.sha256(subject.encode("utf-8", "replace")).hexdigest()
