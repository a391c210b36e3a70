"""`daybook proof make`: the proof of a company, over all its connections that can be asked."""

from datetime import date

from django.conf import settings

from daybook.companies.models import Company
from daybook.connections import roster
from daybook.ops.processes.stops import Exit, Stop
from daybook.proving import making
from daybook.wire import http


def make(company: Company, since: date, until: date) -> bytes:
    """Return the signed file. Raises WireError, Stop."""
    connected = list(roster.called().filter(company=company).select_related("company", "organisation").order_by("id"))
    if not connected:
        message = f"{company} is connected to nothing that can be asked, so there is nothing to prove"
        raise Stop(message, Exit.NEEDS_A_PERSON)
    client = http.shared_client(settings.CALL_TIMEOUT_SECONDS)
    return making.make(company, connected, since, until, client, by=None)
