"""What is known of people, of their log-ins and one-time links, and for how long."""

from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef

from daybook.companies import people, second_factor
from daybook.companies.models import AddressChange, Company, Invitation, Person
from daybook.history import forgetting

LINKS_ARE_KEPT = timedelta(days=90)
"""After they ended: so long a question who was invited by whom can be answered."""
FORGOTTEN = "A person who was forgotten"


def forget_old(now: datetime) -> None:
    """Delete sessions that are over, with the addresses they came from, and links that ended long ago."""
    Session.objects.filter(expire_date__lt=now).delete()
    lives = Session.objects.filter(session_key=OuterRef("session_key"))
    UserSession.objects.filter(~Exists(lives)).delete()
    Invitation.objects.filter(expires_at__lt=now - LINKS_ARE_KEPT).delete()
    AddressChange.objects.filter(expires_at__lt=now - LINKS_ARE_KEPT).delete()


@transaction.atomic
def forget_person(person: Person) -> int:
    """Take a person out of every company and forget who they were; return how many events of the history said it.

    Their id stays, so that what they did is still one person's. API keys they made go on: machines use them. Raises
    LastOwnerError.
    """
    names = [person.email, person.name.strip()]
    for company in Company.objects.filter(memberships__person=person).order_by("pk"):
        people.leave(company, person)
    companies = forgetting.companies_of_person(person.pk)
    forgotten = forgetting.forget(forgetting.of_person(person.pk, names, companies))
    second_factor.forget(person)
    for session in UserSession.objects.filter(user=person):
        Session.objects.filter(session_key=session.session_key).delete()
    for theirs in (UserSession, EmailAddress):
        theirs.objects.filter(user=person).delete()
    Invitation.objects.filter(email=person.email).delete()
    AddressChange.objects.filter(person=person).delete()
    _without_a_name(person)
    return forgotten


def _without_a_name(person: Person) -> None:
    person.email, person.name, person.address_proven_at = f"{person.pk}@forgotten.invalid", FORGOTTEN, None
    person.is_active = person.is_staff = person.is_superuser = False
    person.last_login = None
    person.set_unusable_password()
    person.save()
