"""PURE: what passed between Daybook and Xero, held against the rules by which a document stays single.

The books alone show little: Xero's unique numbers turn most second copies away. So every writing call is looked at:

    a key is never used for two bodies
    what is booked is never sent again under another key
    what is under way is never sent beside it under another key
    what ended without a clear answer is sent under another key only after a look that was answered

Calls are told apart as the attempts were committed: one that a stopped worker lets go late is older than what others
sent meanwhile, and that it leaves is what docs/states.md says of it.
"""

import itertools
import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

NUMBERS = {"Invoices": "InvoiceNumber", "PurchaseOrders": "PurchaseOrderNumber"}
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


@dataclass(slots=True)
class Record:
    """All that passed."""

    writes: list[Write] = field(default_factory=list)
    looks: list[Look] = field(default_factory=list)


def resource_of(path: str) -> str:
    """Return the resource of an accounting path, "" of any other."""
    _, is_api, rest = path.partition("/api.xro/2.0/")
    return rest.partition("?")[0].partition("/")[0] if is_api else ""


def numbers_in(resource: str, body: bytes) -> frozenset[str]:
    """Return the numbers of the documents in a request."""
    return frozenset(element[NUMBERS[resource]].upper() for element in _elements(resource, body))


def booked_in(resource: str, body: bytes) -> frozenset[str]:
    """Return the numbers of the documents that an answer says were made."""
    made = (each for each in _elements(resource, body) if each.get("StatusAttributeString") != "ERROR")
    return frozenset(each[NUMBERS[resource]].upper() for each in made if not each.get("HasErrors"))


def _elements(resource: str, body: bytes) -> Sequence[Mapping[str, str]]:
    if resource not in NUMBERS:
        return ()
    try:
        read = json.loads(body)
    except ValueError:
        return ()
    return [each for each in read.get(resource) or () if NUMBERS[resource] in each]


def breaches(record: Record, committed: Mapping[str, int]) -> list[str]:
    """Return what was against the rules, a sentence for each. `committed`: each key's place in the order of attempts."""
    told = list(_keys_of_two_bodies(record.writes))
    for (resource, number), calls in sorted(_by_document(record.writes).items()):
        looks = [each for each in record.looks if each.resource == resource]
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
