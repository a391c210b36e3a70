"""Whether a ledger's login takes a company's Client ID and Client Secret, found out without spending anything.

An invented refresh token is shown. A login looks at who asks before it looks at what is shown (RFC 6749 5.2,
xero-rules.md 1.5): `invalid_client` says that the app is not known so, `invalid_grant` that it is.
"""

from datetime import timedelta

import structlog

from daybook.connections import calls, endpoints, standing, tokens
from daybook.connections.models import Connection
from daybook.connections.standing import PauseCause
from daybook.kit import clock
from daybook.wire.errors import ConsentNeeded, Misconfigured
from daybook.wire.http import HttpClient

INVENTED = "daybook-asks-whether-the-app-is-known"
RETRY_BEFORE_END = timedelta(minutes=6)
"""So long before the pause ends an app that was refused is tried again, so that it never looks well in between."""

log = structlog.get_logger("daybook.connections")


def try_app(connection: Connection, *, client: HttpClient | None = None) -> str:
    """Ask the ledger's login about the stored id and secret; return "" where it takes them, else its refusal in words.

    What follows is written on the connection's row: a refused app rests and says so, one that is taken goes on at
    once. Raises NotSent, Offline, Throttled or Unexpected where nothing was learnt.
    """
    consent = endpoints.consent_of(connection)
    if consent is None:
        return ""  # it asks nobody
    bases = endpoints.bases(endpoints.ledger_of(connection))
    request = consent.refresh(bases, endpoints.app_of(connection), INVENTED)
    now = clock.now()
    try:
        tokens.fetch(consent, request, now=now, client=client or endpoints.client())
    except ConsentNeeded:
        standing.app_works(connection.pk, now)
        return ""
    except Misconfigured as error:
        standing.rest(connection.pk, error, now)
        return error.words
    return ""  # an invented token that is taken: no login does it


def try_refused(client: HttpClient) -> None:
    """Try those apps again that were refused, before their pause ends: their owner may have cured it there."""
    now = clock.now()
    refused = Connection.objects.filter(pause_cause=PauseCause.APP).exclude(client_id="")
    for connection in refused.exclude(paused_until__gt=now + RETRY_BEFORE_END).order_by("id"):
        with calls.apart(connection, "app not tried"):
            try_app(connection, client=client)
