"""What the history is told of an order."""

from datetime import datetime

from daybook.history.kinds import About, Mover, Subject, What
from daybook.history.models import Event
from daybook.kit import clock
from daybook.orders.models import Order


def about(order: Order) -> About:
    """Return how the history names the order."""
    return About(order.company_id, Subject.ORDER, order.pk)


def event(order: Order, what: What, *, reason: str = "", at: datetime | None = None) -> Event:
    """Return the event, not saved, of something that a sender did, so that many can be added at once."""
    return Event(
        company_id=order.company_id,
        at=at or clock.now(),
        subject_kind=Subject.ORDER,
        subject_id=order.pk,
        what=what,
        mover=Mover.SENDER,
        reason=reason[:500],
    )
