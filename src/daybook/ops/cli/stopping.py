"""Stopping posting through a connection from the command line: posting=off with a reason, and posting=on."""

from daybook.connections import stopping
from daybook.connections.models import Connection
from daybook.connections.stopping import Why
from daybook.ops.cli.configure import YES, Change
from daybook.ops.processes.stops import Exit, Stop
from daybook.outbox import wake

WANTS_REASON = "posting=off: say why with --reason; everybody of the company reads it on every page"

NOT_YET = "Nothing posts by itself yet."
"""Of a connection that reaches nothing so far."""


def change(connection: Connection, one: Change, reason: str) -> bool:
    """Stop posting, or lift what a person's stop was, which counts as approval; return whether anything changed. Raises Stop."""
    wanted = YES.get(one.text.lower())
    if wanted is None:
        raise Stop(f"{one.key}: say on or off, not {one.text!r}", Exit.USAGE)
    if wanted:
        lifted = [stopping.lift(connection.pk, why, reason=reason) for why in (Why.PERSON, Why.FIRST_LOOK)]
        wake.wake_drain(connection.pk)
        return any(lifted)
    if not reason.strip():
        raise Stop(WANTS_REASON, Exit.USAGE)
    if len(reason) > stopping.LONGEST_REASON:
        raise Stop(f"--reason: at most {stopping.LONGEST_REASON} characters", Exit.USAGE)
    return stopping.stop(connection.pk, Why.PERSON, reason)


def left(connection: Connection) -> tuple[str, ...]:
    """Return what stops posting still, once a person's stop was lifted: a sentence for each cause."""
    connection.refresh_from_db(fields=["posting_stops"])
    return tuple(stopping.said(connection))


def shown(connection: Connection) -> str:
    """Return how posting stands, as a setting is shown."""
    if not connection.is_posting_stopped:
        return "on"
    return "off: " + (" ".join(stopping.said(connection)) or NOT_YET)
