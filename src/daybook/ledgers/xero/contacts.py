"""PURE: the contacts of customers: looked up before they are made, told by their ContactNumber (xero-rules.md 5.6, 4.2).

A number is unique among all contacts, archived ones too: a call that was made twice makes no second contact.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

import msgspec

from daybook.documents.causes import Cause
from daybook.documents.document import Document, Party, Settlement
from daybook.ledgers.exchange import Outcome, Rejected, Unknown, Wanted, Written
from daybook.ledgers.ledger import Supply
from daybook.ledgers.lists import Contact
from daybook.ledgers.talk import Talk
from daybook.ledgers.xero import answers, elements, lists, looking, messages, protocol, writing
from daybook.ledgers.xero.writing import Resource
from daybook.wire.asks import Answer

CONTACTS = Resource("Contacts", "ContactID", "ContactNumber", (("summarizeErrors", "false"),))
LONGEST_WHERE = 2000
"""Characters of a filter as they stand in the address, bounded by its length (xero-rules.md 2.2)."""
EMAIL = re.compile(r"[!-?A-~]{1,200}@[!-?A-~]+\.[!-?A-~]+")
"""What Xero takes: no umlauts, no spaces (xero-rules.md 5.6)."""
LONGEST = {"TaxNumber": 50, "AddressLine": 500, "City": 255, "Region": 255, "PostalCode": 50, "Country": 50}
MOST_LINES = 4
_NOT_IN_WHERE = frozenset('"\\')


def wanted(party: Mapping[str, Any]) -> Wanted:
    """Return the contact that the party of a stored document names."""
    said = msgspec.convert(party, type=Party)
    return Wanted(said.key, said.name, said)


def needed(document: Document | Settlement) -> frozenset[str]:
    """Return the key of whom a document is for, where their contact is found or made."""
    return frozenset({document.party.key}) if document.party is not None else frozenset()


def element(contact: Wanted) -> dict[str, Any]:
    """Return the element that creates a contact; `description` is the name, as it was found to be free."""
    party = contact.party or Party(key=contact.key, name=contact.description)
    is_fit = len(party.vat_number) <= LONGEST["TaxNumber"]
    fields = {
        "Name": contact.description,
        "ContactNumber": contact.key,
        "EmailAddress": party.email if EMAIL.fullmatch(party.email) else "",
        "TaxNumber": party.vat_number if is_fit else "",
        "Addresses": list(_addresses(party)),
    }
    return {name: value for name, value in fields.items() if value}


def _addresses(party: Party) -> Iterator[dict[str, str]]:
    """The POBOX address is the one that prints (xero-rules.md 5.6)."""
    first, rest = party.lines[: MOST_LINES - 1], party.lines[MOST_LINES - 1 :]
    lines = [*first, ", ".join(rest)] if rest else first
    said = {f"AddressLine{place}": line[: LONGEST["AddressLine"]] for place, line in enumerate(lines, 1)}
    named = {"City": party.city, "Region": party.region, "PostalCode": party.postcode, "Country": party.country}
    said |= {name: text[: LONGEST[name]] for name, text in named.items() if text}
    if said:
        yield {"AddressType": "POBOX", **said}


def write(contacts: Sequence[Wanted], accounts: Mapping[str, str]) -> Written:  # noqa: ARG001 - as the port says
    """Return the call that creates contacts: PUT, which changes none that is there (xero-rules.md 4.2)."""
    return writing.batch(CONTACTS, [element(each) for each in contacts])


def rename(contacts: Sequence[tuple[str, Wanted]]) -> Written:
    """Return the call that gives contacts other names: what is left out of it stays (xero-rules.md 5.6).

    The number stands there already; it tells in the answer whose element is whose.
    """
    named = [
        {"ContactID": their_id, "ContactNumber": each.key, "Name": each.description} for their_id, each in contacts
    ]
    return writing.batch(CONTACTS, named, method="POST")


def read(answer: Answer, sent: Sequence[Wanted], is_resent: bool) -> list[Outcome]:  # noqa: FBT001 - as the port says
    """Return what became of each contact. One with its number is its own, made by a call whose answer was lost."""
    read_so = answers.read_answer(answer, [each.key for each in sent], CONTACTS, resent=is_resent)
    return [_as_there(each) for each in read_so]


def _as_there(outcome: Outcome) -> Outcome:
    if not isinstance(outcome, Rejected) or outcome.of_the_call:
        return outcome
    causes = {messages.recognise((words,)).cause for words in outcome.words}
    return Unknown("; ".join(outcome.words)) if Cause.CONTACT_NUMBER_TAKEN in causes else outcome


def look(contacts: Sequence[Wanted]) -> Talk[list[Contact]]:
    """Return those that have the number, the e-mail address or the name of one of these, as many a call as fit."""
    found: dict[str, Contact] = {}
    for query in _queries(contacts):
        answer = yield protocol.ask("/Contacts", {**query, "includeArchived": "true", **_PAGE})
        for row in elements.elements(answer, CONTACTS.name):
            contact = lists.read_contact(row)
            found[contact.contact_id] = contact
    return list(found.values())


def looks(contacts: Sequence[Wanted]) -> int:
    """Return the calls that a look for these takes."""
    return sum(1 for _ in _queries(contacts))


def look_by_ids(contact_ids: Sequence[str]) -> Talk[list[Contact]]:
    """Return the contacts of these ids, 40 a call; whole rows, which say what one was merged into (xero-rules.md 5.6)."""
    found: list[Contact] = []
    for begin in range(0, len(contact_ids), looking.NUMBERS_IN_ONE_CALL):
        some = ",".join(contact_ids[begin : begin + looking.NUMBERS_IN_ONE_CALL])
        answer = yield protocol.ask("/Contacts", {"IDs": some, "includeArchived": "true", **_PAGE})
        found += [lists.read_contact(row) for row in elements.elements(answer, CONTACTS.name)]
    return found


_PAGE = {"page": "1", "pageSize": str(looking.PAGE_SIZE)}


def _queries(contacts: Sequence[Wanted]) -> Iterator[dict[str, str]]:
    """Yield the filters that find all of them; a name that a filter cannot hold is searched for by itself."""
    terms: list[str] = []
    for each in contacts:
        own = " OR ".join(_terms(each))
        if terms and len(quote(" OR ".join((*terms, own)))) > LONGEST_WHERE:
            yield {"where": " OR ".join(terms)}
            terms = []
        terms.append(own)
    if terms:
        yield {"where": " OR ".join(terms)}
    for each in contacts:
        if not _NOT_IN_WHERE.isdisjoint(each.description):
            yield {"searchTerm": each.description}


def _terms(contact: Wanted) -> Iterator[str]:
    party = contact.party
    named = {
        "ContactNumber": contact.key,
        "EmailAddress": party.email if party is not None else "",
        "Name": contact.description,
    }
    for field, value in named.items():
        if value and _NOT_IN_WHERE.isdisjoint(value):
            yield f'{field}=="{value}"'


SUPPLY = Supply(
    name="contacts",
    route=CONTACTS.name,
    listed_in=CONTACTS.name,
    named_by='$.party ? (@.key != "")',
    wanted=wanted,
    needed=needed,
    documents_a_call=writing.MAX_ELEMENTS,
    feature="customers",
    look=look,
    looks=looks,
    look_by_ids=look_by_ids,
    looks_by_ids=looking.calls_filtered,
    write=write,
    rename=rename,
    read=read,
)
