"""PURE: when Daybook saw an order undispatched, dispatched and on hold: what no sender says, and what dates documents."""

from datetime import datetime, tzinfo

from daybook.intake.due import Known
from daybook.intake.facts import Facts
from daybook.intake.intents import OrderRow, Received, Stand
from daybook.outbox.states import State
from daybook.sources.canonical import moments


def with_times(stand: Stand, stands: Facts, received: Received, zone: tzinfo, now: datetime) -> OrderRow:
    """Return the order's row with the moments at which it was seen as it is now; `zone`: of the sender's clock."""
    row, content = stand.row, received.order
    if stands.is_dispatched:
        row = _dispatched(row, stand, received, now)
        last = moments.latest(stands.dispatch_moments, zone)
        row = row._replace(dispatched_at=moments.instant(last, zone) if last else None)
    elif content is not None:
        row = row._replace(undispatched_seen_at=row.undispatched_seen_at or now)
    if content is not None:
        ordered_at = moments.instant(content.ordered_at, zone) if content.ordered_at else None
        row = row._replace(ordered_at=ordered_at)
    return row._replace(on_hold_since=_on_hold_since(stand, stands, now))


def _dispatched(row: OrderRow, stand: Stand, received: Received, now: datetime) -> OrderRow:
    if row.dispatched_seen_at is not None:
        return row
    if stand.revision == 1 and not received.told:  # nothing else ever came: what it says was so when it arrived
        return row._replace(dispatched_seen_at=stand.received_at, undispatched_seen_at=None)
    return row._replace(dispatched_seen_at=now)


def _on_hold_since(stand: Stand, stands: Facts, now: datetime) -> datetime | None:
    if not stands.flags.is_on_hold:
        return None
    if stand.row.on_hold_since is not None:
        return stand.row.on_hold_since
    return stands.flags.hold_told_at or stand.revision_received_at or now


def known(stand: Stand, row: OrderRow, received: Received) -> Known:
    """Return what is known of the order beside what was sent."""
    made = [entry.date for entry in stand.entries if entry.state != State.CANCELLED and entry.date is not None]
    return Known(
        received_at=stand.received_at,
        dispatched_seen_at=row.dispatched_seen_at,
        undispatched_seen_at=row.undispatched_seen_at,
        is_called_back=_is_called_back(row, received),
        on_hold_since=row.on_hold_since,
        typed_date=stand.typed_date,
        document_date=made[-1] if made else None,
    )


def _is_called_back(row: OrderRow, received: Received) -> bool:
    seen = row.dispatched_seen_at
    told_at = (each.at for each in received.told if each.notice.dispatched)
    return seen is not None and any(at is not None and at <= seen for at in told_at)
