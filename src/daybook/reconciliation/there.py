"""What stands in the ledger, for a comparison: listed page by page where its list can tell, else looked for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from daybook.connections import calls
from daybook.connections.models import Connection
from daybook.ledgers.ledger import Form, Period, Sought, Theirs
from daybook.mapping.references import mark_in
from daybook.reconciliation.laying import InBook
from daybook.wire.http import HttpClient

MOST_PAGES = 1000
"""Of one list: a bound, of a million documents."""


@dataclass(slots=True)
class There:
    """Documents of one kind as they stand there, found by id, by number and by the mark in their reference."""

    is_listed: bool
    by_id: dict[str, Theirs] = field(default_factory=dict)
    by_number: dict[str, list[str]] = field(default_factory=dict)
    by_mark: dict[str, list[str]] = field(default_factory=dict)

    def add(self, found: Iterable[Theirs]) -> None:
        """Take documents in."""
        for theirs in found:
            if theirs.their_id in self.by_id:
                continue
            self.by_id[theirs.their_id] = theirs
            self.by_number.setdefault(theirs.number.upper(), []).append(theirs.their_id)
            if mark := mark_in(theirs.reference):
                self.by_mark.setdefault(mark, []).append(theirs.their_id)

    def of(self, ours: InBook) -> list[Theirs]:
        """Return what may be the document: under its id, its number or its mark."""
        keys = [
            *([ours.their_id] if ours.their_id in self.by_id else []),
            *self.by_number.get(ours.number.upper(), []),
            *self.by_mark.get(ours.mark, []),
        ]
        return [self.by_id[key] for key in dict.fromkeys(keys)]


def listed(connection: Connection, client: HttpClient, form: Form, period: Period) -> There:
    """Return what the ledger's list says of the period, read with its lines. Raises WireError."""
    found = There(is_listed=form.listed is not None)
    if form.listed is None:
        return found
    for page in range(1, MOST_PAGES + 1):
        read = calls.carry(connection, form.listed(period, page), client=client)
        found.add(each for each in read.found if mark_in(each.reference))  # others' documents need no room
        if read.is_last:
            break
    return found


def look_for(connection: Connection, client: HttpClient, form: Form, left: Sequence[InBook], there: There) -> None:
    """Look for documents that no list showed: by number, then what was posted by its id. Raises WireError.

    Where there is a list it has all that this app made: one that is not in it was re-dated or lost its reference there,
    or was made by another app of the company's; one that was never sent cannot stand there at all.
    """
    by_number = [ours for ours in left if ours.was_sent and not ours.their_id] if there.is_listed else list(left)
    there.add(
        calls.carry(connection, form.look([Sought(each.number, each.since) for each in by_number]), client=client)
    )
    missing = [each.their_id for each in left if each.their_id and each.their_id not in there.by_id]
    there.add(calls.carry(connection, form.look_by_ids(missing), client=client))
