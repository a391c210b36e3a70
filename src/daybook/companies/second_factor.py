"""Who has a second factor, and the operator's way out for somebody who lost it."""

from allauth.mfa.models import Authenticator

from daybook.companies.models import Person


def is_on(person: Person) -> bool:
    """Return whether logging in as `person` takes a code besides the password."""
    return bool(Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).exists())


def forget(person: Person) -> bool:
    """Take the second factor and its recovery codes away; return whether there was one."""
    deleted, _ = Authenticator.objects.filter(user=person).delete()
    return bool(deleted)
