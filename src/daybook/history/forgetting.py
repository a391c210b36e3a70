"""Forgetting what events say, where somebody has a right to that: that something happened stays, and the chain holds."""

from collections.abc import Collection

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from daybook.history.kinds import Subject
from daybook.history.models import Event


@transaction.atomic
def forget(events: QuerySet[Event]) -> int:
    """Take reason, values and salt from events; return of how many. The company is named by whoever chooses them.

    The database lets nobody do that but who says so in the same transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('daybook.forgetting', 'on', true)")
    said = events.exclude(reason="", before=None, after=None)
    forgotten = said.update(reason="", before=None, after=None, salt=b"")
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('daybook.forgetting', '', true)")
    return forgotten


def of_person(person_id: int, names: Collection[str], company_ids: Collection[int]) -> QuerySet[Event]:
    """Return what companies' events say about a person, and what was typed, or told by a ledger, that names them.

    `names`: what they are called: name, address.
    """
    about = Q(subject_kind=Subject.PERSON, subject_id=person_id)
    for name in filter(None, names):
        about |= Q(reason__icontains=name)
    return Event.objects.filter(about, company_id__in=company_ids)


def companies_of_person(person_id: int) -> set[int]:
    """Return the companies that something ever happened in to, or by, a person; people alone go across companies."""
    theirs = Q(subject_kind=Subject.PERSON, subject_id=person_id) | Q(person_id=person_id)
    return set(Event.objects.filter(theirs).order_by().values_list("company_id", flat=True).distinct())
