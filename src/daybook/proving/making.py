"""Making a proof: gathered, signed, and told to the history. Nothing of it is stored here but that it was made."""

from datetime import date

from django.db import transaction

from daybook.companies.models import Company
from daybook.connections.models import Connection
from daybook.history import telling
from daybook.history.kinds import About, Subject, What
from daybook.kit import clock
from daybook.proving import gathering, keys, proof, signing
from daybook.wire.http import HttpClient


def make(
    company: Company,
    connections: list[Connection],
    since: date,
    until: date,
    client: HttpClient,
    *,
    by: telling.Somebody | None,
) -> bytes:
    """Return the signed file of a period. `by`: the person; None: the command line. Raises WireError, CannotOpenError."""
    found = proof.plain(gathering.of_company(company, connections, since, until, client, now=clock.now()))
    with transaction.atomic():
        key = keys.current()
        file = signing.signed(found, key.private_key)
        after = {
            "since": found["since"],
            "until": found["until"],
            "sha256": signing.digest(found),
            "key": key.public_key,
        }
        telling.tell(About(company.pk, Subject.COMPANY, company.pk), What.PROVED, by=by, after=after)
    return file
