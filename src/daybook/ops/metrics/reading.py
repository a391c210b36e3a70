"""Reads all figures with one statement each, whatever the number of companies and documents.

Each goes through an index that holds only what is live, and none touches what was posted, however long the day book
has grown. Documents that need a person are counted by company and not by connection, because the index that answers
without reading their rows knows the company only. What a closed company leaves waits for nobody and is not told.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from daybook.ops.metrics import families
from daybook.ops.metrics.families import Sample

SECONDS = 10
"""No statement of a scrape may take longer."""
HOUR = timedelta(hours=1)
MINUTE_COUNTS, DAY_COUNTS = timedelta(minutes=1), timedelta(days=1)
"""What was left of a window says nothing once the window is over."""
ALIVE = timedelta(seconds=30)
"""A worker gives a sign of life every 10 seconds."""

_READY = """
    SELECT place.ledger, way.public_id, first.count, head.state_since
    FROM connections_organisation place
    JOIN connections_connection way ON way.id = place.connection_id
    JOIN companies_company company ON company.id = place.company_id AND company.closed_at IS NULL
    CROSS JOIN LATERAL (
        SELECT count(*), min(entry.id) AS id FROM outbox_entry entry
        WHERE entry.organisation_id = place.id AND entry.state = 'ready' AND entry.open_needs = 0
    ) first
    JOIN outbox_entry head ON head.id = first.id
"""
_AWAITING = """
    SELECT place.ledger, way.public_id, count(*)
    FROM outbox_entryneed need
    JOIN outbox_entry needed ON needed.id = need.needed_id AND needed.state = 'posted'
    JOIN connections_organisation place ON place.id = needed.organisation_id
    JOIN connections_connection way ON way.id = place.connection_id
    JOIN companies_company company ON company.id = place.company_id AND company.closed_at IS NULL
    JOIN outbox_entry entry ON entry.id = need.entry_id AND entry.state = 'ready'
    WHERE need.met_at IS NULL AND need.until = 'authorised'
    GROUP BY 1, 2
"""
_IN_FLIGHT = """
    SELECT place.ledger, way.public_id, entry.state, count(*), min(entry.state_since)
    FROM outbox_entry entry
    JOIN connections_organisation place ON place.id = entry.organisation_id
    JOIN connections_connection way ON way.id = place.connection_id
    WHERE entry.state IN ('sending', 'unknown')
    GROUP BY 1, 2, 3
"""
_STOPPED = """
    SELECT company.public_id, found.what, found.count
    FROM companies_company company
    CROSS JOIN LATERAL (
        SELECT state AS what, count(*) FROM outbox_entry
        WHERE company_id = company.id AND state IN ('held', 'rejected') GROUP BY state
        UNION ALL
        SELECT 'flagged', count(*) FROM outbox_entry WHERE company_id = company.id AND attention <> ''
        UNION ALL
        SELECT 'order', count(*) FROM orders_orderstanding WHERE company_id = company.id AND standing = 'held'
    ) found
    WHERE found.count > 0 AND company.closed_at IS NULL
"""
_UNPREPARED = "SELECT count(*), min(unprepared_since) FROM orders_orderstanding WHERE unprepared_since IS NOT NULL"
_TALLIES = "SELECT subject_kind, what, state, cause, count FROM history_tally WHERE subject_kind IN ('entry', 'order')"
_CALLS = """
    SELECT place.ledger, way.public_id, call.result, count(*)
    FROM companies_company company
    CROSS JOIN LATERAL (
        SELECT organisation_id, result FROM outbox_attempt WHERE company_id = company.id AND created_at >= %s
    ) call
    JOIN connections_organisation place ON place.id = call.organisation_id
    JOIN connections_connection way ON way.id = place.connection_id
    GROUP BY 1, 2, 3
"""
_CONNECTIONS = """
    SELECT way.ledger, way.public_id, way.status, way.paused_until, way.pause_cause, way.minute_remaining,
        way.day_remaining, way.limits_read_at, token.refreshed_at, token.expires_at,
        ARRAY(SELECT jsonb_object_keys(way.posting_stops))
    FROM connections_connection way LEFT JOIN connections_tokenset token ON token.connection_id = way.id
    WHERE way.closed_at IS NULL AND way.status <> 'not_connected'
"""
_JOBS = """
    SELECT job.task_name, job.status, count(*), min(deferred.at)
    FROM procrastinate_jobs job
    LEFT JOIN LATERAL (
        SELECT min(at) AS at FROM procrastinate_events WHERE job_id = job.id AND type = 'deferred'
    ) deferred ON job.status = 'todo' AND (job.scheduled_at IS NULL OR job.scheduled_at <= %s)
    WHERE job.status IN ('todo', 'doing', 'failed')
    GROUP BY 1, 2
"""
_INSTALLATION = """
    SELECT (SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > %s),
        (SELECT count(*) FROM history_event WHERE position IS NULL),
        pg_database_size(current_database())
"""


def read(now: datetime) -> list[Sample]:
    """Return every value there is now. Raises what the database raises; a statement that takes too long is ended."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{SECONDS}s"])
        return [sample for part in PARTS for sample in part(cursor, now)]


def _ready(cursor: Any, now: datetime) -> Iterator[Sample]:
    cursor.execute(_READY)
    for ledger, way, count, since in cursor.fetchall():
        yield Sample(families.WAITING, (ledger, way, "ready"), count)
        yield Sample(families.WAITING_AGE, (ledger, way, "ready"), _age(since, now))


def _awaiting(cursor: Any, now: datetime) -> Iterator[Sample]:  # noqa: ARG001  # all parts are called alike
    cursor.execute(_AWAITING)
    for ledger, way, count in cursor.fetchall():
        yield Sample(families.AWAITING, (ledger, way), count)


def _in_flight(cursor: Any, now: datetime) -> Iterator[Sample]:
    cursor.execute(_IN_FLIGHT)
    for ledger, way, state, count, since in cursor.fetchall():
        yield Sample(families.WAITING, (ledger, way, state), count)
        yield Sample(families.WAITING_AGE, (ledger, way, state), _age(since, now))


def _stopped(cursor: Any, now: datetime) -> Iterator[Sample]:  # noqa: ARG001  # all parts are called alike
    cursor.execute(_STOPPED)
    for company, what, count in cursor.fetchall():
        if what == "order":
            yield Sample(families.ORDERS_HELD, (company,), count)
        else:
            yield Sample(families.STOPPED, (company, what), count)


def _unprepared(cursor: Any, now: datetime) -> Iterator[Sample]:
    cursor.execute(_UNPREPARED)
    count, since = cursor.fetchone()
    yield Sample(families.UNPREPARED, (), count)
    yield Sample(families.UNPREPARED_AGE, (), _age(since, now) if since else 0)


def _tallies(cursor: Any, now: datetime) -> Iterator[Sample]:  # noqa: ARG001
    cursor.execute(_TALLIES)
    for subject, what, state, cause, count in cursor.fetchall():
        if subject == "order":
            yield Sample(families.INTAKE, (what,), count)
        elif what == "moved":
            yield Sample(families.MOVES, (state, cause), count)


def _calls(cursor: Any, now: datetime) -> Iterator[Sample]:
    cursor.execute(_CALLS, [now - HOUR])
    for ledger, way, result, count in cursor.fetchall():
        yield Sample(families.CALLS, (ledger, way, result), count)


def _connections(cursor: Any, now: datetime) -> Iterator[Sample]:
    cursor.execute(_CONNECTIONS)
    for ledger, way, status, paused, cause, minute, day, read_at, renewed, expires, stops in cursor.fetchall():
        names = (ledger, way)
        rests_for = max(0.0, -_age(paused, now)) if paused else 0.0
        yield Sample(families.UP, names, status == "connected" and not rests_for)
        for why in stops:
            yield Sample(families.POSTING_STOPPED, (*names, why), 1)
        yield Sample(families.CONSENT, names, status == "needs_consent")
        if rests_for:
            yield Sample(families.PAUSED, (*names, cause), rests_for)
        if renewed:
            yield Sample(families.TOKEN_AGE, names, _age(renewed, now))
            yield Sample(families.TOKEN_LEFT, names, -_age(expires, now))
        if read_at:
            yield Sample(families.CALLS_LEFT_AGE, names, _age(read_at, now))
            for window, left, counts in (("minute", minute, MINUTE_COUNTS), ("day", day, DAY_COUNTS)):
                if left is not None and now - read_at < counts:
                    yield Sample(families.CALLS_LEFT, (*names, window), left)


def _jobs(cursor: Any, now: datetime) -> Iterator[Sample]:
    cursor.execute(_JOBS, [now])
    for task, status, count, since in cursor.fetchall():
        yield Sample(families.JOBS, (task, status), count)
        if since:
            yield Sample(families.JOB_LAG, (task,), _age(since, now))


def _installation(cursor: Any, now: datetime) -> Iterator[Sample]:
    cursor.execute(_INSTALLATION, [now - ALIVE])
    for family, value in zip((families.WORKERS, families.UNSEALED, families.DATABASE), cursor.fetchone(), strict=True):
        yield Sample(family, (), value)


def _age(moment: datetime, now: datetime) -> float:
    return (now - moment).total_seconds()


PARTS: tuple[Callable[[Any, datetime], Iterator[Sample]], ...] = (
    _ready, _awaiting, _in_flight, _stopped, _unprepared, _tallies, _calls, _connections, _jobs, _installation,
)  # fmt: skip
