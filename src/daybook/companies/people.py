"""People and where they belong. Whoever asks for a company that is not theirs is told that there is none.

PeopleError
|- NotFoundError           no such person, company or membership (for this person)
|- EmailRefusedError       no e-mail address, or somebody has it already
|- PasswordRefusedError    too weak; says why
|- LastOwnerError          a company keeps at least one owner
|- AddressNotProvenError   only an owner of a company said whose address it is; the operator is asked first
|- ClosedError             the company is closed: nothing of it is changed (`closed`)
|- SetupLinkError          the set-up link was used, replaced, or never made
|- InvitationError         see `invitations`
`- AddressChangeError      see `addresses`
"""

from datetime import timedelta

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from daybook.companies import closed, keys, tokens
from daybook.companies.models import (
    ApiKey,
    Company,
    CompanySettings,
    Invitation,
    Membership,
    Person,
    SetupLink,
    canonical_address,
)
from daybook.companies.problems import PeopleError
from daybook.companies.saving import saving_person
from daybook.history import telling
from daybook.history.kinds import About, Subject, What
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


class AddressNotProvenError(PeopleError):
    """Nobody but an owner of a company ever said that the address is this person's."""


class SetupLinkError(PeopleError):
    """The set-up link does not work (any more)."""


def checked_address(email: str) -> str:
    """Return the address in its stored form. Raises EmailRefusedError.

    Letters beyond ASCII are refused: some are taken for others when cases are compared.
    """
    address = canonical_address(email)
    try:
        validate_email(address)
    except ValidationError as error:
        raise EmailRefusedError(f"{email!r} is not an e-mail address") from error
    if not address.isascii():
        raise EmailRefusedError(f"{email!r} holds letters beyond a to z; write its domain in the form xn--...")
    return address


def add_person(
    email: str, *, password: str | None = None, name: str = "", operator: bool = False, is_proven: bool = True
) -> Person:
    """Store and return a new person; `is_proven` unless only an owner of a company says that the address is theirs.

    Raises EmailRefusedError, PasswordRefusedError.
    """
    address = checked_address(email)
    if password is not None:
        check_password(password, Person(email=address, name=name))
    proven_at = clock.now() if is_proven else None
    try:
        with transaction.atomic():
            return Person.objects.create_user(
                address, password, name=name, is_staff=operator, is_superuser=operator, address_proven_at=proven_at
            )
    except IntegrityError as error:
        raise EmailRefusedError(f"somebody with the e-mail address {email} exists already") from error


def find_person(email: str) -> Person:
    """Return the person with this e-mail address, in any case. Raises NotFoundError."""
    try:
        return Person.objects.get_by_natural_key(email)
    except Person.DoesNotExist as error:
        raise NotFoundError(f"nobody has the e-mail address {email}") from error


def find_proven_person(email: str) -> Person:
    """Return the person whose address this is known to be. Raises NotFoundError, AddressNotProvenError."""
    person = find_person(email)
    if person.address_proven_at is None:
        raise AddressNotProvenError(
            f"the account {person.email} was made through a company's invitation that was copied, so nobody knows "
            f"whether the address is theirs. Ask whoever really has it; then `daybook person password {person.email}` "
            "gives the account a password for them, and counts as proof"
        )
    return person


def set_password(person: Person, password: str) -> None:
    """Give `person` a new password, by the operator's word, which proves the address too; sessions end with the old one.

    Raises PasswordRefusedError.
    """
    check_password(password, person)
    person.set_password(password)
    person.address_proven_at = person.address_proven_at or clock.now()
    with saving_person(person, by=None):
        person.save(update_fields=["password", "address_proven_at"])


def prove_address(person: Person) -> None:
    """Note that a link mailed to the person's address was opened."""
    Person.objects.filter(pk=person.pk, address_proven_at=None).update(address_proven_at=clock.now())


def create_company(name: str, *, owner: Person | None = None, by: Person | None = None) -> Company:
    """Store and return a new company with its settings, and its first owner where one is given."""
    with transaction.atomic():
        company = Company.objects.create(name=name)
        CompanySettings.objects.create(company=company)
        telling.tell(About(company.pk, Subject.COMPANY, company.pk), What.MADE, by=by, after={"name": name})
        if owner:
            join(company, owner, Membership.Role.OWNER, by=by)
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


def find_open_company(name_or_id: str) -> Company:
    """Return it where something of it is to be changed. Raises NotFoundError, ClosedError."""
    return closed.refuse(find_company(name_or_id))


def membership(person: Person, company_public_id: str) -> Membership:
    """Return the place of `person` in a company. Raises NotFoundError alike for none and for somebody else's."""
    try:
        return Membership.objects.select_related("company__settings", "person").get(
            person=person, company__public_id=company_public_id
        )
    except Membership.DoesNotExist as error:
        raise NotFoundError("there is no such company") from error


def join(company: Company, person: Person, role: str, *, by: Person | None = None) -> Membership:
    """Give `person` a place in `company`, or another role there. Raises LastOwnerError.

    `by`: who does it, themselves where they were invited; None: the command line.
    """
    with transaction.atomic():
        lock(company)
        if role != Membership.Role.OWNER:
            _refuse_last_owner(company, person)
        before = Membership.objects.filter(company=company, person=person).values_list("role", flat=True).first()
        place, _ = Membership.objects.update_or_create(company=company, person=person, defaults={"role": role})
        if before is None:
            telling.tell(_about(company, person), What.JOINED, by=by, after={"role": role})
        elif before != role:
            what, before_it = What.ROLE_CHANGED, {"role": before}
            telling.tell(_about(company, person), what, by=by, before=before_it, after={"role": role})
    return place


def _about(company: Company, person: Person) -> About:
    return About(company.pk, Subject.PERSON, person.pk)


def leave(company: Company, person: Person, *, revoke_keys: bool = False, by: Person | None = None) -> int:
    """Take the place of `person` in `company` away, and with it the invitations they made.

    Returns how many API keys ended with it: those they made, where `revoke_keys`. Raises LastOwnerError.
    """
    with transaction.atomic():
        lock(company)
        _refuse_last_owner(company, person)
        if Membership.objects.filter(company=company, person=person).delete()[0]:
            telling.tell(_about(company, person), What.REMOVED, by=by)
        theirs = Invitation.objects.filter(company=company, invited_by=person, answer=Invitation.Answer.NONE)
        for invitation_id in list(theirs.values_list("pk", flat=True)):
            telling.tell(About(company.pk, Subject.INVITATION, invitation_id), What.WITHDRAWN, by=by)
        theirs.update(answer=Invitation.Answer.WITHDRAWN, answered_at=clock.now())
        ended = list(live_keys(company, person)) if revoke_keys else []
        for key in ended:
            keys.revoke(key, by)
    return len(ended)


def live_keys(company: Company, person: Person) -> QuerySet[ApiKey]:
    """Return the keys of `company` that `person` made and that still work."""
    return ApiKey.objects.filter(company=company, created_by=person, revoked_at=None)


def create_setup_link() -> str:
    """Return the token of a new set-up link; earlier ones end. Raises SetupLinkError once people exist."""
    with transaction.atomic():
        if Person.objects.exists():
            raise SetupLinkError("people exist already; add more with `daybook person add`")
        SetupLink.objects.filter(used_at=None).delete()
        token, token_hash = tokens.new()
        SetupLink.objects.create(token_hash=token_hash)
    return token


def setup_link_works(token: str) -> bool:
    """Return whether `token` may still be used to make the first operator's account."""
    young = SetupLink.objects.filter(
        token_hash=tokens.hashed(token), used_at=None, created_at__gt=clock.now() - SETUP_LINK_LIVES
    )
    return young.exists() and not Person.objects.exists()


def use_setup_link(token: str, *, email: str, password: str, name: str = "") -> Person:
    """Make the first operator, once. Raises SetupLinkError, EmailRefusedError, PasswordRefusedError."""
    with transaction.atomic():
        link = SetupLink.objects.select_for_update().filter(token_hash=tokens.hashed(token)).first()
        if link is None or not setup_link_works(token):
            raise SetupLinkError("this set-up link was used, replaced or has ended; `daybook up` prints a new one")
        person = add_person(email, password=password, name=name, operator=True)
        link.used_at = clock.now()
        link.save(update_fields=["used_at"])
    return person


def check_password(password: str, person: Person) -> None:
    """Raise PasswordRefusedError where the password is too weak for `person`."""
    try:
        password_validation.validate_password(password, person)
    except ValidationError as error:
        raise PasswordRefusedError(error.messages) from error


def lock(company: Company) -> None:
    """Changes of one company's people go one after another, so that two owners cannot leave at once."""
    Company.objects.select_for_update().get(pk=company.pk)


def _refuse_last_owner(company: Company, person: Person) -> None:
    owners = Membership.objects.filter(company=company, role=Membership.Role.OWNER)
    if owners.filter(person=person).exists() and not owners.exclude(person=person).exists():
        raise LastOwnerError(f"{person.email} is the only owner of {company}; make somebody else an owner first")
