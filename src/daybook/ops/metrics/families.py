"""PURE: every metric, what it means and which labels it has. `deploy/` asks for no other, as a test holds.

Labels carry public ids and words of ours, never names of people, companies or customers.
"""

from enum import StrEnum
from typing import NamedTuple


class Sort(StrEnum):
    """What Prometheus may do with it."""

    GAUGE = "gauge"
    COUNTER = "counter"
    """Only grows; its exported name ends in `_total`."""


class Family(NamedTuple):
    """One metric."""

    name: str
    """As it is exported."""
    sort: Sort
    labels: tuple[str, ...]
    means: str


class Sample(NamedTuple):
    """One value of a metric."""

    family: Family
    labels: tuple[str, ...]
    value: float


_CONNECTION = ("ledger", "connection")


def _gauge(name: str, labels: tuple[str, ...], means: str) -> Family:
    return Family(f"daybook_{name}", Sort.GAUGE, labels, means)


def _counter(name: str, labels: tuple[str, ...], means: str) -> Family:
    return Family(f"daybook_{name}_total", Sort.COUNTER, labels, means)


BUILD = _gauge("build_info", ("version",), "The version of the web process that answers; always 1.")
WAITING = _gauge(
    "documents_waiting",
    (*_CONNECTION, "state"),
    "Documents on their way: ready (the backlog), sending, unknown.",
)
WAITING_AGE = _gauge(
    "oldest_document_age_seconds",
    (*_CONNECTION, "state"),
    "Since when the document that is first in line, or longest in flight, has been in its state.",
)
AWAITING = _gauge(
    "documents_awaiting_approval",
    _CONNECTION,
    "Documents that wait until a person approves another one in the ledger: no backlog, and in need of nobody here.",
)
STOPPED = _gauge(
    "documents_needing_a_person", ("company", "state"), "Documents that are held, rejected, or posted and flagged."
)
ORDERS_HELD = _gauge("orders_held", ("company",), "Orders of which no document can be made until a person helps.")
UNPREPARED = _gauge("orders_unprepared", (), "Orders stored, of which nobody has decided yet what becomes of them.")
UNPREPARED_AGE = _gauge("oldest_unprepared_order_age_seconds", (), "How long the oldest of these has waited.")
MOVES = _counter("document_moves", ("state", "cause"), "Documents that came into a state, by the cause where one is.")
INTAKE = _counter("intake", ("what",), "What was told of orders: received, changed, ignored, refused, called_back.")
CALLS = _gauge(
    "writing_calls_last_hour",
    (*_CONNECTION, "result"),
    "Writing calls begun within the last hour, by what came of them.",
)
CALLS_LEFT = _gauge(
    "calls_remaining", (*_CONNECTION, "window"), "Calls left of the minute and of the day, as the ledger last said."
)
CALLS_LEFT_AGE = _gauge("calls_remaining_age_seconds", _CONNECTION, "How long ago the ledger said so.")
UP = _gauge("connection_up", _CONNECTION, "1 while calls may be made through the connection, 0 while it rests.")
PAUSED = _gauge(
    "connection_paused_seconds", (*_CONNECTION, "cause"), "How long a pause still lasts; only while it does."
)
POSTING_STOPPED = _gauge(
    "posting_stopped", (*_CONNECTION, "why"), "1 where posting is stopped, by its cause; only while it is."
)
CONSENT = _gauge("connection_needs_consent", _CONNECTION, "1 where somebody must press Get Access Token again.")
TOKEN_AGE = _gauge("token_age_seconds", _CONNECTION, "How long ago the connection's tokens were renewed.")
TOKEN_LEFT = _gauge("token_expires_seconds", _CONNECTION, "How long the access token is good for; below 0: it is over.")
JOBS = _gauge("jobs", ("task", "status"), "Jobs that wait (todo), run (doing) or failed within 30 days (failed).")
JOB_LAG = _gauge("job_lag_seconds", ("task",), "How long the oldest waiting job of each task has waited for a worker.")
WORKERS = _gauge("workers", (), "Workers that gave a sign of life within 30 seconds.")
UNSEALED = _gauge("history_unsealed_events", (), "Events that the history's chain of seals does not hold yet.")
DATABASE = _gauge("database_size_bytes", (), "What the database takes on its disk.")

FAMILIES = (
    BUILD, WAITING, WAITING_AGE, AWAITING, STOPPED, ORDERS_HELD, UNPREPARED, UNPREPARED_AGE, MOVES, INTAKE, CALLS, CALLS_LEFT,
    CALLS_LEFT_AGE, UP, PAUSED, POSTING_STOPPED, CONSENT, TOKEN_AGE, TOKEN_LEFT, JOBS, JOB_LAG, WORKERS, UNSEALED, DATABASE,
)  # fmt: skip
