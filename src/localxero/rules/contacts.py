"""What Xero refuses about a contact."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from localkit.rules import Rule
from localxero.books import Books, fold
from localxero.books.records import Contact
from localxero.wire import ContactBody

EMAIL = re.compile(r"[!-?A-~]+@[!-?A-~]+\.[!-?A-~]+")  # printable ASCII but for spaces and @
LONGEST = {"contact_number": 50, "account_number": 50, "company_number": 50, "tax_number": 50, "email_address": 255}
LONGEST_NAME = 255
MOST_PERSONS = 5


@dataclass(frozen=True, slots=True)
class ContactDraft:
    """A contact as sent, as it stands in the books (or None), and as it would be booked."""

    books: Books
    given: ContactBody
    before: Contact | None
    after: Contact


def contact_is_identified(draft: ContactDraft) -> Iterator[str]:
    """Refuse a contact without name, id or number.

    Source: xero-rules.md 4.6, SPEC (sure)
    """
    given = draft.given
    if draft.before is None and not (given.name or given.contact_id or given.contact_number):
        yield (
            "The Contact must contain at least 1 of the following elements to identify the contact: "
            "Name, ContactID, ContactNumber"
        )


def contact_name_is_given(draft: ContactDraft) -> Iterator[str]:
    """Refuse a new contact that has a number and no name.

    Source: GH:waynerobinson/xeroizer#380 (likely)
    """
    if not draft.after.name.strip() and (draft.given.contact_number or draft.given.contact_id):
        yield "Contact Name cannot be empty."


def contact_name_is_well_formed(draft: ContactDraft) -> Iterator[str]:
    """Refuse a name over 255 characters or with angle brackets.

    Source: xero-rules.md 5.6 (likely; wording unsure)
    """
    if len(draft.after.name) > LONGEST_NAME:
        yield "The contact name must not be more than 255 characters."
    if "<" in draft.after.name or ">" in draft.after.name:
        yield "The contact name must not contain < or >."


def contact_name_is_unique(draft: ContactDraft) -> Iterator[str]:
    """Refuse the name of another active contact, whatever the case.

    Source: xero-rules.md 4.2, 4.6, SPEC (sure)
    """
    other = draft.books.contact_named(draft.after.name)
    if other and other.contact_id != draft.after.contact_id and draft.after.status == "ACTIVE":
        yield (
            f"The contact name {draft.after.name} is already assigned to another contact. "
            "The contact name must be unique across all active contacts."
        )


def contact_number_is_unique(draft: ContactDraft) -> Iterator[str]:
    """Refuse the ContactNumber of another contact, archived ones too.

    Source: xero-rules.md 4.6, 5.6 (likely)
    """
    number = draft.after.contact_number
    other = draft.books.contact_numbered(number) if number else None
    if other and other.contact_id != draft.after.contact_id:
        yield "Another contact has this contact number. Please enter a different contact number."


def contact_email_is_valid(draft: ContactDraft) -> Iterator[str]:
    """Refuse an e-mail address that is none, or that has umlauts.

    Source: xero-rules.md 4.6, 5.6, D-HTTP (sure)
    """
    if draft.after.email_address and not EMAIL.fullmatch(draft.after.email_address):
        yield "Email address must be valid."


def contact_fields_fit(draft: ContactDraft) -> Iterator[str]:
    """Refuse fields beyond their caps.

    Source: xero-rules.md 5.6 (sure on the caps; wording unsure)
    """
    for field, longest in LONGEST.items():
        if len(getattr(draft.after, field) or "") > longest:
            yield f"The {field.replace('_', ' ')} must not be more than {longest} characters."


def persons_are_few(draft: ContactDraft) -> Iterator[str]:
    """Refuse a sixth person.

    Source: xero-rules.md 5.6 (sure on the cap; wording not found)
    """
    if len(draft.after.persons) > MOST_PERSONS:
        yield "A contact can have a maximum of 5 contact persons."


def archived_contact_stays(draft: ContactDraft) -> Iterator[str]:
    """Refuse to un-archive a contact through the API.

    Source: xero-rules.md 5.6 (likely; wording unsure)
    """
    if draft.before and draft.before.status == "ARCHIVED" and draft.after.status == "ACTIVE":
        yield "An archived contact cannot be restored through the API."


def contact_status_is_known(draft: ContactDraft) -> Iterator[str]:
    """Refuse a ContactStatus that is none.

    Source: SPEC Contact.ContactStatus (sure; wording unsure)
    """
    if fold(draft.after.status) not in {"active", "archived", "gdprrequest"}:
        yield "The contact status is not valid."


CONTACT_RULES: tuple[Rule[ContactDraft], ...] = (
    contact_is_identified,
    contact_name_is_given,
    contact_name_is_well_formed,
    contact_name_is_unique,
    contact_number_is_unique,
    contact_email_is_valid,
    contact_fields_fit,
    persons_are_few,
    archived_contact_stays,
    contact_status_is_known,
)
# What only the API refuses is open to a person (xero-rules.md 5.6).
RULES_BY_HAND: tuple[Rule[ContactDraft], ...] = tuple(
    each for each in CONTACT_RULES if each is not archived_contact_stays
)
