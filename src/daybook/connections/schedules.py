"""PURE but for Django's choices: when what goes out by a schedule goes next."""

from datetime import datetime, time, timedelta, tzinfo

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

SUNDAY = 6
_FARTHEST = 33
"""Days ahead: within so many there is one of each kind."""


class Every(TextChoices):
    """How often; the words are those of the OMS's own settings."""

    AT_ONCE = "at_once", _("At once, each as it is due")
    HOURLY = "hourly", _("Hourly")
    DAILY = "daily", _("Daily")
    WEEKLY = "weekly", _("Weekly, on Sunday")
    MONTHLY = "monthly", _("Monthly, on the first")


def next_run(every: str, after: datetime, at: time, zone: tzinfo) -> datetime | None:
    """Return the first moment of a run behind `after`, in UTC's terms; None: there are no runs, all goes at once.

    An hour that a clock is put forward over is run when it is over; one that it has twice is run once, at its first.
    """
    if every == Every.AT_ONCE:
        return None
    if every == Every.HOURLY:
        return after.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    day = after.astimezone(zone).date()
    for ahead in range(_FARTHEST):
        each = day + timedelta(days=ahead)
        is_day = (
            every == Every.DAILY
            or (every == Every.WEEKLY and each.weekday() == SUNDAY)
            or (every == Every.MONTHLY and each.day == 1)
        )
        moment = datetime.combine(each, at, zone).astimezone(after.tzinfo)
        if is_day and moment > after:
            return moment
    raise ValueError(f"no such schedule: {every}")
