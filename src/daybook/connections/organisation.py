"""What Xero says of the connected organisation, kept on its row."""

import structlog

from daybook.connections import calls
from daybook.connections.models import Connection, Organisation
from daybook.kit import clock
from daybook.ledgers.xero import elements
from daybook.ledgers.xero.elements import Element
from daybook.wire.asks import Answer
from daybook.wire.errors import Unexpected
from daybook.wire.http import HttpClient

log = structlog.get_logger("daybook.connections")


def read_facts(connection: Connection, *, client: HttpClient | None = None) -> Answer:
    """Read the organisation and store its facts on the row; return the answer. Raises what `calls.read` raises."""
    answer = calls.read(connection, "/Organisation", client=client)
    rows = elements.elements(answer, "Organisations")
    if not rows:
        raise Unexpected("Xero answered without an organisation", answer.status)
    facts = _facts(rows[0])
    if not facts["time_zone"]:
        log.warning("time zone unknown", connection=connection.public_id, zone=elements.text(rows[0], "Timezone"))
        facts["time_zone"] = "UTC"
    # The connection may have moved on to another organisation while Xero was asked.
    still = {"connection__organisation": connection.organisation_id, "connection": connection}
    mine = Organisation.objects.filter(company_id=connection.company_id, pk=connection.facts.pk, **still)
    mine.update(**facts, facts_read_at=clock.now())
    connection.refresh_from_db()
    return answer


def _facts(organisation: Element) -> dict[str, object]:
    """Return the fields of Organisation that /Organisation fills (xero-rules.md 5.7)."""
    locks = [
        locked
        for key in ("PeriodLockDate", "EndOfYearLockDate")
        if (locked := elements.day(organisation, key)) is not None
    ]
    return {
        "name": elements.text(organisation, "Name"),
        "country_code": elements.text(organisation, "CountryCode", longest=2),
        "base_currency": elements.text(organisation, "BaseCurrency", longest=3),
        "time_zone": elements.iana_zone(elements.text(organisation, "Timezone")),
        "short_code": elements.text(organisation, "ShortCode", longest=20),
        "edition": elements.text(organisation, "Edition", longest=20),
        "lock_date": max(locks, default=None),
    }
