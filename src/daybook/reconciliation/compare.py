"""PURE: our documents and theirs, laid side by side."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from daybook.documents.kinds import SPECS
from daybook.kit.money import Totals
from daybook.kit.translation import gettext_noop, told
from daybook.ledgers.exchange import Theirs
from daybook.ledgers.ledger import Statuses
from daybook.mapping.references import mark_in


class Sent(NamedTuple):
    """What one sending of a document named; another one may have named others."""

    contact_id: str
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ours:
    """A document as it may stand there."""

    number: str
    mark: str
    former: frozenset[str] = frozenset()
    """Marks that it bore before a restore, when it was another row of the day book (`outbox/orphans.py`)."""
    sent: frozenset[Sent]
    """By any of its sendings: it may have been mapped anew in between."""


class Verdict(StrEnum):
    """What a look says of one document."""

    OURS = "ours"
    NOT_OURS = "not_ours"
    NOT_THERE = "not_there"
    SEVERAL = "several"
    PERHAPS = "perhaps"
    """It is not there; it may have been."""


def recognise(ours: Ours, found: Iterable[Theirs], *, is_marked: bool = True) -> tuple[Verdict, Theirs | None]:
    """Return whether the document is among those found, and which one it is.

    Not `is_marked`: it bears neither mark nor number there, and what the look gave its number is what it says.

    Ours carries our mark, and the contact and currency of one of its sendings; totals do not decide, a person may have
    edited it. The number is taken where a document has it without being ours.
    """
    same_number = [theirs for theirs in found if theirs.number.upper() == ours.number.upper()]
    mine = [theirs for theirs in same_number if not is_marked or _is_ours(ours, theirs)]
    if len(mine) > 1:
        return Verdict.SEVERAL, None
    if mine:
        return Verdict.OURS if mine[0].their_id else Verdict.PERHAPS, mine[0]
    return (Verdict.NOT_OURS, same_number[0]) if same_number else (Verdict.NOT_THERE, None)


def _is_ours(ours: Ours, theirs: Theirs) -> bool:
    is_marked = mark_in(theirs.reference) in {ours.mark, *ours.former}
    return is_marked and Sent(theirs.contact_id, theirs.currency) in ours.sent


def differs(theirs: Theirs, *, number: str, contact_id: str, currency: str) -> str:
    """Return in what else than amounts a document there is not as we have it, in words; "" where it is the same.

    `contact_id`: "" where it is for a party whose contact was not looked up since it was mapped anew.
    """
    said = []
    if theirs.number.upper() != number.upper():
        said.append(told("Its number there is {number} now.", number=theirs.number or "empty"))
    if theirs.contact_id and contact_id and theirs.contact_id != contact_id:
        said.append(told("Its contact there is {contact} now.", contact=theirs.contact_name or "another one"))
    if theirs.currency and theirs.currency != currency:
        said.append(told("It is in {currency} there.", currency=theirs.currency))
    return " ".join(said)


class Finding(StrEnum):
    """What a comparison of one document says; the ledger's title stands in the place of `{ledger}`."""

    AGREES = "agrees"
    NOT_YET_POSTED = gettext_noop("not yet posted")
    MISSING_THERE = gettext_noop("missing in {ledger}")
    VOIDED_THERE = gettext_noop("voided or deleted in {ledger}")
    TOTALS_DIFFER = gettext_noop("totals differ")
    TAX_TYPES_DIFFER = gettext_noop("other tax types in {ledger}")
    ORDER_DIFFERS = gettext_noop("the order says another amount")
    TWICE_THERE = gettext_noop("twice in {ledger}")
    ANOTHERS = gettext_noop("another document has the number")
    RENUMBERED = gettext_noop("has another number in {ledger}")
    CANCELLED_BUT_THERE = gettext_noop("cancelled, but in {ledger}")
    NOT_IN_DAY_BOOK = gettext_noop("in {ledger}, but not in the day book")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One document on all three sides; None where a side does not have it, or the order is silent of it."""

    number: str
    kind: str
    state: str
    currency: str
    order_totals: Totals | None
    entry_totals: Totals | None
    their_totals: Totals | None
    finding: Finding
    mark: str = ""
    """Its public id; "" where the day book does not have it."""

    @property
    def differs(self) -> bool:
        """Tell whether there is anything to see."""
        return self.finding != Finding.AGREES or bool(self.difference)

    @property
    def difference(self) -> Decimal:
        """Return the largest gap between any two sides, in the document's currency; a missing side counts in full."""
        grosses = [side.gross if side else Decimal(0) for side in self._sides()]
        nets = [side.net if side else Decimal(0) for side in self._sides()]
        return max(max(grosses) - min(grosses), max(nets) - min(nets))

    def _sides(self) -> Sequence[Totals | None]:
        sides = (self.order_totals, self.entry_totals, self.their_totals)
        spec = SPECS[self.kind]
        is_told = spec.is_the_sale or (self.order_totals is not None and not spec.is_of_costs)
        return sides if is_told else sides[1:]


def without_dead_strangers(found: Sequence[Theirs], statuses: Statuses, *, their_id: str) -> list[Theirs]:
    """Leave out what others once had under the number of our posted document `their_id` and have voided or deleted.

    The number was free again when ours was made: such a document is no second one of ours (xero-rules.md 4.2).
    """
    if not their_id:
        return list(found)
    return [theirs for theirs in found if theirs.their_id == their_id or theirs.status not in statuses.dead]


def judge(statuses: Statuses, *, is_posted: bool, expected: Totals | None, found: Sequence[Theirs]) -> Finding:
    """Return what to say of a document that should be there with `expected` totals, given what has its number."""
    if not is_posted:
        return Finding.NOT_YET_POSTED
    if not found:
        return Finding.MISSING_THERE
    if len(found) > 1:
        return Finding.TWICE_THERE
    if found[0].status in statuses.dead:
        return Finding.VOIDED_THERE
    return Finding.AGREES if found[0].totals == expected else Finding.TOTALS_DIFFER
