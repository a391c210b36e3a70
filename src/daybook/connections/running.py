"""The plans by which a connection sends things out: read, and moved on to the next run."""

from datetime import datetime
from zoneinfo import ZoneInfo

from daybook.connections import roster, schedules
from daybook.connections.models import Connection
from daybook.connections.outgoing import FileFormat, MailAccess


def format_of(connection: Connection) -> FileFormat:
    """Return what the connection's order files look like and when they go; the defaults where nobody has said."""
    return FileFormat.objects.filter(connection=connection).first() or FileFormat(connection=connection)


def mail_of(connection: Connection) -> MailAccess:
    """Return how the connection mails; the defaults where nobody has said."""
    return MailAccess.objects.filter(connection=connection).first() or MailAccess(connection=connection)


def zone_of(connection: Connection) -> ZoneInfo:
    """Return the zone by whose clock the connection's runs are: that of the OMS."""
    return ZoneInfo(roster.posting_of(connection).order_time_zone or "UTC")


def plan_next(connection: Connection, plan: FileFormat | MailAccess, after: datetime) -> None:
    """Work out, and keep, when the next run is."""
    plan.next_run_at = schedules.next_run(plan.every, after, plan.run_at, zone_of(connection))
    type(plan)._default_manager.filter(pk=connection.pk).update(next_run_at=plan.next_run_at)  # noqa: SLF001  # Django's name
