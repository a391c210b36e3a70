"""Who takes care of what waits for one cause: said by a person, for all to see."""

from collections.abc import Mapping

from django.db import transaction

from daybook.companies.models import Company, Person
from daybook.connections.models import Connection
from daybook.history import telling
from daybook.history.kinds import About, Subject, What
from daybook.kit import clock
from daybook.kit.translation import told
from daybook.outbox.explanations import title_to_store
from daybook.outbox.models import Assignment


@transaction.atomic
def assign(connection: Connection, cause: str, person: Person, *, by: Person, note: str = "") -> None:
    """Give what waits for the cause at the connection to a person of its company, in the place of who had it."""
    said = {"company": connection.company, "person": person, "by": by, "note": note, "at": clock.now()}
    Assignment.objects.update_or_create(connection=connection, cause=cause, defaults=said)
    _tell(connection, cause, person, What.ASSIGNED, by, note)


@transaction.atomic
def relieve(connection: Connection, cause: str, *, by: Person) -> bool:
    """Let nobody be named for it any more; False where nobody was."""
    mine = Assignment.objects.select_for_update(of=("self",)).select_related("person")
    assignment = mine.filter(company=connection.company, connection=connection, cause=cause).first()
    if assignment is None:
        return False
    assignment.delete()
    _tell(connection, cause, assignment.person, What.RELIEVED, by)
    return True


def of_company(company: Company) -> Mapping[tuple[int, str], Assignment]:
    """Return who takes care of what, by connection and cause; nobody who does not belong to the company any more."""
    rows = Assignment.objects.filter(company=company, person__memberships__company=company)
    return {(each.connection_id, each.cause): each for each in rows.select_related("person", "by")}


def _tell(connection: Connection, cause: str, person: Person, what: What, by: Person, note: str = "") -> None:
    title = title_to_store(cause, ledger=connection.ledger)
    reason = told(f"{title}. Note: {note}") if note else f"{title}."
    telling.tell(About(connection.company_id, Subject.PERSON, person.pk), what, by=by, reason=reason)
