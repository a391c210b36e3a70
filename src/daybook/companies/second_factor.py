"""Who has a second factor, and the operator's way out for somebody who lost it."""

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, Q

from daybook.companies.models import Person


def is_on(person: Person) -> bool:
    """Return whether logging in as `person` takes a code besides the password."""
    return bool(Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).exists())


def lacking(person: str, settings: str) -> Q:
    """Return the condition that somebody has none whose company asks it of everybody, of whom nothing is told it.

    `person`: the look-up of the person's id; `settings`: of the company's settings.
    """
    factors = Authenticator.objects.filter(user=OuterRef(person), type=Authenticator.Type.TOTP)
    return Q(~Exists(factors), **{f"{settings}__require_second_factor": True})


def forget(person: Person) -> bool:
    """Take the second factor and its recovery codes away; return whether there was one."""
    deleted, _ = Authenticator.objects.filter(user=person).delete()
    return bool(deleted)
