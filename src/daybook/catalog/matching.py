"""PURE: which of the contacts that stand in a ledger is a customer, or under which name theirs is to be made.

our number on it -> it is theirs, whatever else it says
their e-mail address on exactly one active -> that one
their exact name, and nothing that speaks against it -> that one
nothing of it -> made; in brackets the shop's number of them, where somebody else has the name
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from daybook.documents.causes import Cause, Hold
from daybook.documents.document import Party
from daybook.ledgers.lists import ARCHIVED, Contact

LONGEST_NAME = 255
LONGEST_IN_BRACKETS = 60


@dataclass(frozen=True, slots=True)
class Found:
    """It is there."""

    contact: Contact


@dataclass(frozen=True, slots=True)
class Merged:
    """It is there no more: a person merged it into the one of this id."""

    into: str


@dataclass(frozen=True, slots=True)
class Make:
    """It is not there; by this name it can be."""

    name: str


Match = Found | Merged | Make | Hold


def match(party: Party, there: Sequence[Contact], others: Mapping[str, str]) -> Match:
    """Return who a party is among the contacts that are there.

    `others`: by id of a contact, the key of the customer that it is known to stand for.
    """
    numbered = [each for each in there if _is_same(each.number, party.key)]
    if len(numbered) > 1:
        return Hold(Cause.CONTACT_AMBIGUOUS)
    if numbered:
        return usable(numbered[0])
    active = [each for each in there if each.is_active]
    if mailed := [each for each in active if _is_mailed(party, each)]:
        named = [each for each in mailed if _is_same(each.name, party.name)]
        chosen = mailed if len(mailed) == 1 else named
        return Found(chosen[0]) if len(chosen) == 1 else Hold(Cause.CONTACT_AMBIGUOUS)
    named = [each for each in active if _is_same(each.name, party.name)]
    if not named:
        return Make(party.name)
    mine = [each for each in named if not _is_somebody_else(party, each, others)]
    return Found(mine[0]) if len(mine) == 1 else Make(with_number(party))


def usable(contact: Contact) -> Match:
    """Return what may be done with the contact that is theirs for certain."""
    if contact.is_active:
        return Found(contact)
    if contact.merged_into:
        return Merged(contact.merged_into)
    return Hold(Cause.CONTACT_ARCHIVED if contact.status == ARCHIVED else Cause.CONTACT_UNUSABLE)


def with_number(party: Party) -> str:
    """Return the name with what tells the customer from others of it: always the same."""
    told_by = (party.shop_number or party.email or party.key)[:LONGEST_IN_BRACKETS].strip()
    room = LONGEST_NAME - len(told_by) - len(" ()")
    return f"{party.name[:room].rstrip()} ({told_by})"


def may_rename(party: Party, known_as: str, there: Contact) -> bool:
    """Tell whether a customer's contact may get their new name: we made it, and it is still called as we left it."""
    return there.is_active and _is_same(there.number, party.key) and there.name == known_as


def names(made: Sequence[tuple[Party, str]], taken: Collection[str] = ()) -> Iterator[str]:
    """Yield the name of each contact to be made together: no two have one, whatever their case.

    `taken`: names that others have there.
    """
    used = {name.casefold() for name in taken}
    for party, name in made:
        free = name if name.casefold() not in used else with_number(party)
        used.add(free.casefold())
        yield free


def _is_mailed(party: Party, contact: Contact) -> bool:
    """Tell whether it has their address; two firms may share one of their accountant's, but no VAT number."""
    return (
        bool(party.email) and _is_same(contact.email, party.email) and not _differ(party.vat_number, contact.tax_number)
    )


def _is_somebody_else(party: Party, contact: Contact, others: Mapping[str, str]) -> bool:
    """Tell whether a contact of their name is another's: by its address, its VAT number, or whom it stands for."""
    prefix = party.key[: party.key.find("-") + 1]
    is_anothers = bool(prefix) and contact.number.startswith(prefix)
    known = others.get(contact.contact_id, party.key) != party.key
    return is_anothers or known or _differ(party.email, contact.email) or _differ(party.vat_number, contact.tax_number)


def _differ(ours: str, theirs: str) -> bool:
    """Tell whether both say something, and not the same."""
    return bool(ours and theirs) and not _is_same("".join(ours.split()), "".join(theirs.split()))


def _is_same(one: str, other: str) -> bool:
    """Compare as a ledger does: neither case nor outer and double spaces count."""
    return bool(one) and " ".join(one.split()).casefold() == " ".join(other.split()).casefold()
