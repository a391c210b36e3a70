"""PURE: what passed between Daybook and Xero, held against the rules by which a document stays single.

The books alone show little: Xero's unique numbers turn most second copies away. So every writing call is looked at:

    a key is never used for two bodies
    what is booked is never sent again under another key
    what is under way is never sent beside it under another key
    what ended without a clear answer is sent under another key only after a look that was answered

Payments, refunds and allocations have no number: a look for one is a reading of what it settles, by id.

Calls are told apart as the attempts were committed: one that a stopped worker lets go late is older than what others
sent meanwhile, and that it leaves is what docs/states.md says of it.
"""

import itertools
import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

NUMBERS = {"Invoices": "InvoiceNumber", "PurchaseOrders": "PurchaseOrderNumber", "CreditNotes": "CreditNoteNumber"}
WRITTEN = frozenset({*NUMBERS, "Payments", "Allocations"})
TURNED_AWAY = frozenset({401, 403, 429})


@dataclass(frozen=True, slots=True)
class Write:
    """One writing call, as it passed."""

    resource: str
    key: str
    digest: str
    numbers: frozenset[str]
    began: float
    ended: float
    booked: frozenset[str] = frozenset()
    is_clear: bool = True
    """Its answer said what became of the documents, or that the call was turned away, and was passed on whole."""


@dataclass(frozen=True, slots=True)
class Look:
    """One reading call that was answered."""

    resource: str
    began: float
    ended: float
    path: str = ""
    """Of a payment or an allocation the document must be named in it that this one settles."""

    def is_for(self, resource: str, number: str) -> bool:
        """Tell whether it would have shown this document."""
        if resource == "Allocations":
            return self.resource == "CreditNotes" and number.partition(" ")[0] in self.path
        return self.resource == resource and (resource != "Payments" or number.partition(" ")[0] in self.path)


@dataclass(slots=True)
class Record:
    """All that passed."""

    writes: list[Write] = field(default_factory=list)
    looks: list[Look] = field(default_factory=list)


def resource_of(path: str) -> str:
    """Return the resource of an accounting path, "" of any other; allocations lie below their credit note."""
    _, is_api, rest = path.partition("/api.xro/2.0/")
    name, *below = rest.partition("?")[0].split("/")
    return ("Allocations" if below[1:] == ["Allocations"] else name) if is_api else ""


def numbers_in(path: str, body: bytes) -> frozenset[str]:
    """Return the documents in a request: by number, or where they have none by what they settle and their reference."""
    return frozenset(name for each in _elements(path, body) if (name := _name(path, each)))


def booked_in(path: str, body: bytes) -> frozenset[str]:
    """Return the documents that an answer says were made, named as in the request."""
    made = (each for each in _elements(path, body) if each.get("StatusAttributeString") != "ERROR")
    booked = (each for each in made if not each.get("HasErrors") and not each.get("ValidationErrors"))
    return frozenset(name for each in booked if (name := _name(path, each)))


def _name(path: str, element: Mapping[str, Any]) -> str:
    resource = resource_of(path)
    if resource in NUMBERS:
        return str(element.get(NUMBERS[resource], "")).upper()
    invoice = str((element.get("Invoice") or {}).get("InvoiceID", ""))
    if resource == "Allocations":
        note = path.partition("/CreditNotes/")[2].partition("/")[0]
        return f"{note} {invoice}".lower()
    settled = invoice or str((element.get("CreditNote") or {}).get("CreditNoteID", ""))
    return f"{settled} {element.get('Reference', '')}".lower() if settled else ""


def _elements(path: str, body: bytes) -> Sequence[Mapping[str, Any]]:
    resource = resource_of(path)
    if resource not in WRITTEN:
        return ()
    try:
        read = json.loads(body)
    except ValueError:
        return ()
    return read.get(resource) or () if isinstance(read, dict) else ()


def breaches(record: Record, committed: Mapping[str, int]) -> list[str]:
    """Return what was against the rules, a sentence for each. `committed`: each key's place in the order of attempts."""
    told = list(_keys_of_two_bodies(record.writes))
    for (resource, number), calls in sorted(_by_document(record.writes).items()):
        looks = [each for each in record.looks if each.is_for(resource, number)]
        pairs = [(a, b) for a, b in itertools.permutations(calls, 2) if _is_newer(b, a, committed)]
        whys = (_breach(first, second, number, looks) for first, second in pairs)
        told += [f"{resource} {number} {why}" for why in whys if why]
    return told


def _keys_of_two_bodies(writes: Sequence[Write]) -> Iterator[str]:
    bodies: dict[str, set[str]] = defaultdict(set)
    for each in writes:
        bodies[each.key].add(each.digest)
    return (f"the key {key} was used for {len(found)} bodies" for key, found in bodies.items() if len(found) > 1)


def _by_document(writes: Sequence[Write]) -> dict[tuple[str, str], list[Write]]:
    found: dict[tuple[str, str], list[Write]] = defaultdict(list)
    for each in writes:
        for number in each.numbers:
            found[each.resource, number].append(each)
    return found


def _is_newer(second: Write, first: Write, committed: Mapping[str, int]) -> bool:
    """Tell whether `second` is of another, later attempt and left later; what is not known is taken to be so."""
    if second.key == first.key or second.began < first.began:
        return False
    return committed.get(second.key, 1) > committed.get(first.key, 0)


def _breach(first: Write, second: Write, number: str, looks: Collection[Look]) -> str:
    if second.began < first.ended:
        return "was sent while another call for it was under way"
    if number in first.booked:
        return "was booked and sent again under another key"
    was_looked_for = any(each.began >= first.ended and each.ended <= second.began for each in looks)
    return "" if first.is_clear or was_looked_for else "was in doubt and sent again without a look"
