"""People and where they belong. Whoever asks for a company that is not theirs is told that there is none.

PeopleError
|- NotFoundError           no such person, company or membership (for this person)
|- EmailRefusedError       no e-mail address, or somebody has it already
|- PasswordRefusedError    too weak; says why
|- LastOwnerError          a company keeps at least one owner
`- SetupLinkError          the set-up link was used, replaced, or never made
"""

import hashlib
import secrets
from datetime import timedelta

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from daybook.companies.models import Company, CompanySettings, Membership, Person, SetupLink
from daybook.companies.problems import PeopleError
from daybook.kit import clock

SETUP_LINK_LIVES = timedelta(hours=24)


class NotFoundError(PeopleError):
    """There is no such person, company or membership, or none that the asker may see."""


class EmailRefusedError(PeopleError):
    """The e-mail address cannot be used."""


class PasswordRefusedError(PeopleError):
    """The password is too weak."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons


class LastOwnerError(PeopleError):
    """A company would lose its last owner."""


class SetupLinkError(PeopleError):
    """The set-up link does not work (any more)."""


def add_person(email: str, *, password: str | None = None, name: str = "", operator: bool = False) -> Person:
    """Store and return a new person. Raises EmailRefusedError, PasswordRefusedError."""
    try:
        validate_email(email)
    except ValidationError as error:
        raise EmailRefusedError(f"{email!r} is not an e-mail address") from error
    draft = Person(email=email, name=name)
    if password is not None:
        _check_password(password, draft)
    try:
        with transaction.atomic():
            return Person.objects.create_user(email, password, name=name, is_staff=operator, is_superuser=operator)
    except IntegrityError as error:
        raise EmailRefusedError(f"somebody with the e-mail address {email} exists already") from error


def find_person(email: str) -> Person:
    """Return the person with this e-mail address, in any case. Raises NotFoundError."""
    try:
        return Person.objects.get_by_natural_key(email.strip())
    except Person.DoesNotExist as error:
        raise NotFoundError(f"nobody has the e-mail address {email}") from error


def set_password(person: Person, password: str) -> None:
    """Give `person` a new password. Raises PasswordRefusedError."""
    _check_password(password, person)
    person.set_password(password)
    person.save(update_fields=["password"])


def create_company(name: str, *, owner: Person | None = None) -> Company:
    """Store and return a new company with its settings, and its first owner where one is given."""
    with transaction.atomic():
        company = Company.objects.create(name=name)
        CompanySettings.objects.create(company=company)
        if owner:
            join(company, owner, Membership.Role.OWNER)
    return company


def find_company(name_or_id: str) -> Company:
    """Return the company with this public id, or the only one with this name. Raises NotFoundError."""
    by_id = Company.objects.filter(public_id=name_or_id).first()
    if by_id:
        return by_id
    named = list(Company.objects.filter(name__iexact=name_or_id)[:2])
    if not named:
        raise NotFoundError(f"there is no company named {name_or_id!r}; `daybook company list` shows all")
    if len(named) > 1:
        raise NotFoundError(f"several companies are named {name_or_id!r}; use the id that `daybook company list` shows")
    return named[0]


def membership(person: Person, company_public_id: str) -> Membership:
    """Return the place of `person` in a company. Raises NotFoundError alike for none and for somebody else's."""
    try:
        return Membership.objects.select_related("company", "person").get(
            person=person, company__public_id=company_public_id
        )
    except Membership.DoesNotExist as error:
        raise NotFoundError("there is no such company") from error


def join(company: Company, person: Person, role: str) -> Membership:
    """Give `person` a place in `company`, or another role there. Raises LastOwnerError."""
    with transaction.atomic():
        _lock(company)
        if role != Membership.Role.OWNER:
            _refuse_last_owner(company, person)
        place, _ = Membership.objects.update_or_create(company=company, person=person, defaults={"role": role})
    return place


def leave(company: Company, person: Person) -> None:
    """Take the place of `person` in `company` away. Raises LastOwnerError."""
    with transaction.atomic():
        _lock(company)
        _refuse_last_owner(company, person)
        Membership.objects.filter(company=company, person=person).delete()


def create_setup_link() -> str:
    """Return the token of a new set-up link; earlier ones end. Raises SetupLinkError once people exist."""
    with transaction.atomic():
        if Person.objects.exists():
            raise SetupLinkError("people exist already; add more with `daybook person add`")
        SetupLink.objects.filter(used_at=None).delete()
        token = secrets.token_urlsafe(32)
        SetupLink.objects.create(token_hash=_hash(token))
    return token


def setup_link_works(token: str) -> bool:
    """Return whether `token` may still be used to make the first operator's account."""
    young = SetupLink.objects.filter(
        token_hash=_hash(token), used_at=None, created_at__gt=clock.now() - SETUP_LINK_LIVES
    )
    return young.exists() and not Person.objects.exists()


def use_setup_link(token: str, *, email: str, password: str, name: str = "") -> Person:
    """Make the first operator, once. Raises SetupLinkError, EmailRefusedError, PasswordRefusedError."""
    with transaction.atomic():
        link = SetupLink.objects.select_for_update().filter(token_hash=_hash(token)).first()
        if link is None or not setup_link_works(token):
            raise SetupLinkError("this set-up link was used, replaced or has ended; `daybook up` prints a new one")
        person = add_person(email, password=password, name=name, operator=True)
        link.used_at = clock.now()
        link.save(update_fields=["used_at"])
    return person


def _check_password(password: str, person: Person) -> None:
    try:
        password_validation.validate_password(password, person)
    except ValidationError as error:
        raise PasswordRefusedError(error.messages) from error


def _lock(company: Company) -> None:
    """Changes of one company's people go one after another, so that two owners cannot leave at once."""
    Company.objects.select_for_update().get(pk=company.pk)


def _refuse_last_owner(company: Company, person: Person) -> None:
    owners = Membership.objects.filter(company=company, role=Membership.Role.OWNER)
    if owners.filter(person=person).exists() and not owners.exclude(person=person).exists():
        raise LastOwnerError(f"{person.email} is the only owner of {company}; make somebody else an owner first")


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
