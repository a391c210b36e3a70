"""PURE: one document of the day book, laid beside what may be it in the ledger."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from daybook.documents.document import Settlement
from daybook.documents.kinds import SPECS
from daybook.kit.money import Totals
from daybook.ledgers.exchange import Theirs
from daybook.ledgers.ledger import Statuses
from daybook.mapping.references import mark_in
from daybook.outbox.states import State
from daybook.reconciliation.compare import Finding, Row, judge, without_dead_strangers


@dataclass(frozen=True, slots=True, kw_only=True)
class InBook:
    """A document as the day book has it, and what its order says of it."""

    pk: int
    number: str
    mark: str
    kind: str
    state: str
    currency: str
    their_id: str
    """"" unless it is posted."""
    totals: Totals | None
    order_totals: Totals | None
    split: Mapping[str, Totals] = field(default_factory=dict)
    """Of its lines, by tax type."""
    is_inclusive: bool = False
    """Its lines' amounts hold their tax."""
    since: datetime
    """When it came into the day book."""
    was_sent: bool
    target: str = ""
    """Their id of what it is about."""
    paper: Settlement | None = None
    """What it says, where it is known by what it is about: it has no number there, and its id alone tells it."""
    is_newest: bool
    """Of the documents that were made of the same; what the order says counts once."""

    @property
    def is_posted(self) -> bool:
        """Tell whether it stands there, as far as we know."""
        return self.state == State.POSTED

    @property
    def said_by_order(self) -> Totals | None:
        """Return what counts as the order's word in a sum: that of a document that was made anew or cancelled is none.

        Of what comes after the sale an order may be silent: there its document speaks for it.
        """
        if not self.is_newest or self.state == State.CANCELLED:
            return None
        is_silent = self.order_totals is None and not SPECS[self.kind].is_the_sale
        return self.totals if is_silent else self.order_totals


def candidates(ours: InBook, there: Sequence[Theirs]) -> list[Theirs]:
    """Return what may be the document; anybody may use a cancelled one's number, so there its mark decides."""
    if ours.state != State.CANCELLED:
        return list(there)
    return [theirs for theirs in there if mark_in(theirs.reference) == ours.mark]


def beside(ours: InBook, there: Sequence[Theirs], statuses: Statuses) -> tuple[Row, Theirs | None]:
    """Return what is found of a document, and which one there it is, if any."""
    found = without_dead_strangers(there, statuses, their_id=ours.their_id)
    finding = _finding(ours, found, statuses)
    row = Row(
        number=ours.number,
        kind=ours.kind,
        state=ours.state,
        currency=ours.currency,
        order_totals=ours.order_totals,
        entry_totals=ours.totals,
        their_totals=found[0].totals if found and finding != Finding.VOIDED_THERE else None,
        finding=finding,
        mark=ours.mark,
    )
    if row.finding == Finding.AGREES and row.differs:
        row = replace(row, finding=Finding.ORDER_DIFFERS)
    return row, found[0] if found else None


def is_counted(row: Row, theirs: Theirs, statuses: Statuses) -> bool:
    """Tell whether what stands there is this document, and counts."""
    return row.finding not in {Finding.NOT_YET_POSTED, Finding.ANOTHERS} and theirs.status not in statuses.dead


def stranger(kind: str, theirs: Theirs) -> Row:
    """Return the row of a document that bears a mark of ours and that the day book does not know."""
    return Row(
        number=theirs.number,
        kind=kind,
        state="",
        currency=theirs.currency,
        order_totals=None,
        entry_totals=None,
        their_totals=theirs.totals,
        finding=Finding.NOT_IN_DAY_BOOK,
    )


def _finding(ours: InBook, found: Sequence[Theirs], statuses: Statuses) -> Finding:
    if ours.state == State.CANCELLED:
        return Finding.CANCELLED_BUT_THERE
    if ours.is_posted and len(found) == 1 and found[0].their_id != ours.their_id:
        return Finding.ANOTHERS
    finding = judge(statuses, is_posted=ours.is_posted, expected=ours.totals, found=found)
    if finding != Finding.AGREES:
        return finding
    if ours.paper is None and found[0].number.upper() != ours.number.upper():
        return Finding.RENUMBERED
    return finding if _same_tax_types(ours, found[0]) else Finding.TAX_TYPES_DIFFER


def _same_tax_types(ours: InBook, theirs: Theirs) -> bool:
    """Tell whether the lines' amounts stand at the same tax types, by what lines say themselves: no rate is asked."""
    if not ours.split or not theirs.by_tax_type:
        return True
    place = 2 if ours.is_inclusive else 0
    return _amounts(ours.split, place) == _amounts(theirs.by_tax_type, place)


def _amounts(split: Mapping[str, Totals], place: int) -> dict[str, Decimal]:
    return {tax_type: part[place] for tax_type, part in split.items() if part[place]}
