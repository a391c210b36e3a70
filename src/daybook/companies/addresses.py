"""Another e-mail address for a person: always by a one-time link, always with the person's own consent.

With mail set up the person asks, and the link goes to the new address. Without mail an owner of one of their companies
makes the link and hands it over. Either way it works only for the person whose address changes.
"""

from datetime import timedelta

from django.db import IntegrityError, transaction

from daybook.companies import people, tokens
from daybook.companies.models import AddressChange, Membership, Person
from daybook.companies.problems import PeopleError
from daybook.companies.saving import saving_person
from daybook.kit import clock

LIVES = timedelta(hours=24)
A_DAY = 5
"""So many links a person gets in 24 hours: trying addresses one after another would tell which of them are taken."""


class AddressChangeError(PeopleError):
    """The link cannot be made, or does not work (any more)."""


def begin(person: Person, email: str, by: Person, *, is_mailed: bool) -> str:
    """Return the token of a link that changes the address of `person`; earlier links of theirs end.

    Whether somebody has the address already is not told here. Raises EmailRefusedError, AddressChangeError.
    """
    address, now = people.checked_address(email), clock.now()
    if address == person.email:
        raise AddressChangeError(f"{address} is their address already")
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=person.pk)
        changes = AddressChange.objects.filter(person=person)
        if changes.filter(created_at__gt=now - timedelta(days=1)).count() >= A_DAY:
            raise AddressChangeError(f"{A_DAY} links were made within a day; try again tomorrow")
        changes.filter(ended_at=None).update(ended_at=now)
        token, token_hash = tokens.new()
        AddressChange.objects.create(
            person=person, email=address, made_by=by, is_mailed=is_mailed, token_hash=token_hash, expires_at=now + LIVES
        )
    return token


def find(token: str, person: Person) -> AddressChange:
    """Return the change behind `token` while it works, and only for the person themselves. Raises AddressChangeError."""
    found = AddressChange.objects.filter(
        token_hash=tokens.hashed(token), person=person, ended_at=None, expires_at__gt=clock.now()
    ).first()
    if found is None or not _may_still(found):
        raise AddressChangeError("this link was used or replaced, is older than a day, or is somebody else's")
    return found


def _may_still(change: AddressChange) -> bool:
    """Whoever made the link is the person, or still an owner of a company that the person belongs to."""
    if change.made_by_id == change.person_id:
        return True
    owned = Membership.objects.filter(person=change.made_by_id, role=Membership.Role.OWNER)
    return owned.filter(company__memberships__person=change.person_id).exists()


def finish(token: str, person: Person) -> str:
    """Give `person` the new address, once, and return the old one. Raises AddressChangeError."""
    try:
        with transaction.atomic():
            one = Person.objects.select_for_update().get(pk=person.pk)
            change = find(token, one)
            old, now = one.email, clock.now()
            one.email, one.address_proven_at = change.email, now if change.is_mailed else None
            with saving_person(one, by=person):
                one.save(update_fields=["email", "address_proven_at"])
            AddressChange.objects.filter(pk=change.pk).update(ended_at=now)
    except IntegrityError as error:
        raise AddressChangeError("this address cannot be yours here; ask whoever runs this Daybook") from error
    return old
