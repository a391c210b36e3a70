"""Invitations: the one way into a company from its pages. Who is invited decides; who invites learns nothing else.

An invitation names an address. Only the account of that address can accept it, or a new account that is made for it.
What an owner is told is the same whether the address has an account or not.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet

from daybook.companies import people, tokens
from daybook.companies.models import Company, Invitation, Membership, Person
from daybook.companies.problems import PeopleError
from daybook.history import telling
from daybook.history.kinds import About, Mover, Subject, What
from daybook.kit import clock

LIVES = timedelta(days=7)
A_DAY = 50
"""So many a company makes in 24 hours: each may be a mail to a stranger."""


class InvitationError(PeopleError):
    """The invitation cannot be made, or does not work (any more)."""


def invite(company: Company, email: str, role: str, by: Person) -> tuple[Invitation, str]:
    """Store an invitation of `email` and return it with the token of its link; an earlier one of the address ends.

    Raises EmailRefusedError, InvitationError.
    """
    address, now = people.checked_address(email), clock.now()
    with transaction.atomic():
        people.lock(company)
        if Membership.objects.filter(company=company, person__email=address).exists():
            raise InvitationError(f"{address} belongs to {company} already; change the role in the list")
        if Invitation.objects.filter(company=company, created_at__gt=now - timedelta(days=1)).count() >= A_DAY:
            raise InvitationError(f"{company} made {A_DAY} invitations within a day; invite more people tomorrow")
        _end(Invitation.objects.filter(company=company, email=address), Invitation.Answer.WITHDRAWN)
        token, token_hash = tokens.new()
        made = Invitation.objects.create(
            company=company, email=address, role=role, invited_by=by, token_hash=token_hash, expires_at=now + LIVES
        )
        telling.tell(_about(made), What.INVITED, by=by, after={"role": role})
    return made, token


def waiting(company: Company) -> list[Invitation]:
    """Return the invitations of `company` that still work."""
    return list(_working(clock.now()).filter(company=company))


def find(token: str) -> Invitation:
    """Return the invitation behind `token` while it works. Raises InvitationError."""
    found = _working(clock.now()).filter(token_hash=tokens.hashed(token)).first()
    if found is None:
        raise InvitationError("this invitation was answered, withdrawn or replaced, or it is older than 7 days")
    return found


def accept(token: str, person: Person) -> Membership:
    """Give `person` the invited place; a place they have already stays as it is. Raises InvitationError."""
    with transaction.atomic():
        invitation = _find_locked(token)
        if person.email != invitation.email:
            raise InvitationError(f"this invitation is for {invitation.email}, not for {person.email}")
        return _take(invitation, person)


def accept_anew(token: str, *, password: str, name: str = "") -> Membership:
    """Make the account of the invited address, with the password that its holder chose, and give it the place.

    Raises InvitationError, EmailRefusedError where the address has an account, PasswordRefusedError.
    """
    with transaction.atomic():
        invitation = _find_locked(token)
        person = people.add_person(invitation.email, password=password, name=name, is_proven=invitation.is_mailed)
        return _take(invitation, person)


def decline(token: str) -> Invitation:
    """End the invitation by the word of the invited. Raises InvitationError."""
    with transaction.atomic():
        invitation = _find_locked(token)
        _end(Invitation.objects.filter(pk=invitation.pk), Invitation.Answer.DECLINED)
        telling.tell(_about(invitation), What.DECLINED, mover=Mover.DAYBOOK)  # nobody needs an account for it
    return invitation


def withdraw(invitation: Invitation, by: Person | None) -> bool:
    """End an invitation by the word of an owner, or of the command line (None); return whether it was open."""
    with transaction.atomic():
        people.lock(invitation.company)
        was_open = bool(_end(Invitation.objects.filter(pk=invitation.pk), Invitation.Answer.WITHDRAWN))
        if was_open:
            telling.tell(_about(invitation), What.WITHDRAWN, by=by)
    return was_open


def note_mailed(invitation: Invitation) -> None:
    """Remember that the link went to the invited address, and to nobody else."""
    Invitation.objects.filter(pk=invitation.pk).update(is_mailed=True)


def _working(now: datetime) -> QuerySet[Invitation]:
    """Only while who invited may still invite: an owner who left or lost the role takes their invitations along."""
    return Invitation.objects.filter(
        answer=Invitation.Answer.NONE,
        expires_at__gt=now,
        invited_by__memberships__company=F("company"),
        invited_by__memberships__role=Membership.Role.OWNER,
    ).select_related("company", "invited_by")


def _find_locked(token: str) -> Invitation:
    """The company's lock comes first, as wherever its people change; then the invitation is read again."""
    people.lock(find(token).company)
    return find(token)


def _take(invitation: Invitation, person: Person) -> Membership:
    _end(Invitation.objects.filter(pk=invitation.pk), Invitation.Answer.ACCEPTED)
    place = Membership.objects.filter(company=invitation.company, person=person).first()
    return place or people.join(invitation.company, person, invitation.role, by=person)


def _about(invitation: Invitation) -> About:
    """The address stands nowhere in the history: it is somebody's who may never have joined."""
    return About(invitation.company_id, Subject.INVITATION, invitation.pk)


def _end(invitations: QuerySet[Invitation], answer: str) -> int:
    return invitations.filter(answer=Invitation.Answer.NONE).update(answer=answer, answered_at=clock.now())
