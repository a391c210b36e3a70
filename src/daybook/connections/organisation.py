"""What a ledger says of the connected organisation, kept on its row."""

from datetime import datetime

import structlog

from daybook.connections import calls, endpoints
from daybook.connections.models import Connection, Organisation
from daybook.kit import clock
from daybook.ledgers import lists
from daybook.wire.http import HttpClient

UNKNOWN_ZONE = "UTC"

log = structlog.get_logger("daybook.connections")


def read_facts(connection: Connection, *, client: HttpClient | None = None) -> datetime | None:
    """Read the organisation and store its facts on the row; return when it was answered, by the ledger's clock.

    A ledger without lists is not asked. Raises what `calls.carry` raises.
    """
    theirs = endpoints.lists_of(connection)
    if theirs is None:
        return None
    facts, answered_at = calls.carry(connection, theirs.organisation(), client=client)
    if not facts.time_zone:
        log.warning("time zone unknown", connection=connection.public_id, zone=facts.their_time_zone)
    # The connection may have moved on to another organisation while the ledger was asked.
    still = {"connection__organisation": connection.organisation_id, "connection": connection}
    mine = Organisation.objects.filter(company_id=connection.company_id, pk=connection.facts.pk, **still)
    mine.update(**_columns(facts), facts_read_at=clock.now())
    connection.refresh_from_db()
    return answered_at


def read_reminders(connection: Connection, *, client: HttpClient | None = None) -> None:
    """Ask whether the organisation reminds customers of unpaid invoices by itself. Raises what `calls.carry` raises."""
    theirs = endpoints.lists_of(connection)
    if theirs is None or theirs.reminders is None:
        return
    sends = calls.carry(connection, theirs.reminders(), client=client)
    still = {"connection__organisation": connection.organisation_id, "connection": connection}
    mine = Organisation.objects.filter(company_id=connection.company_id, pk=connection.facts.pk, **still)
    mine.update(sends_reminders=sends)


def _columns(facts: lists.Organisation) -> dict[str, object]:
    return {
        "name": facts.name,
        "country_code": facts.country_code,
        "base_currency": facts.base_currency,
        "time_zone": facts.time_zone or UNKNOWN_ZONE,
        "short_code": facts.short_code,
        "edition": facts.edition,
        "can_invoice": facts.can_invoice,
        "lock_date": facts.lock_date,
        "approvals_a_month": facts.approvals_a_month,
    }
