"""What stands in the ledger, for a comparison: listed page by page where its list can tell, else looked for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import QuerySet

from daybook.connections import calls
from daybook.connections.models import Connection
from daybook.documents.kinds import SPECS
from daybook.ledgers.exchange import Period, Sought, Theirs
from daybook.ledgers.ledger import Form, KnownBy
from daybook.mapping.references import mark_in
from daybook.outbox.models import Entry
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
        """Return what may be the document: under its id, its number or its mark; under its id alone where it has neither."""
        if ours.paper is not None and ours.their_id:
            return [self.by_id[ours.their_id]] if ours.their_id in self.by_id else []
        keys = [
            *([ours.their_id] if ours.their_id in self.by_id else []),
            *self.by_number.get(ours.number.upper(), []),
            *self.by_mark.get(ours.mark, []),
        ]
        return [self.by_id[key] for key in dict.fromkeys(keys)]


def listed(connection: Connection, client: HttpClient, form: Form, period: Period) -> There:
    """Return what the ledger's list says of the period, read with its lines. Raises WireError."""
    found = There(is_listed=form.listed is not None)
    is_marked = form.known_by is KnownBy.NUMBER
    if form.listed is None or not _may_be_there(connection, form):
        return found
    for page in range(1, MOST_PAGES + 1):
        read = calls.carry(connection, form.listed(period, page), client=client)
        ours = read.found if is_marked else _of_ours(connection, form, read.found)
        found.add(each for each in ours if mark_in(each.reference) or not is_marked)  # others' documents need no room
        if read.is_last:
            break
    return found


def _may_be_there(connection: Connection, form: Form) -> bool:
    """Tell whether to ask at all: a list that cannot hold anything of ours costs a call for nothing.

    What bears our mark is asked for though the day book has none of it: it may have been restored.
    """
    if form.known_by is KnownBy.NUMBER and not SPECS[form.kind].is_of_payouts:
        return True
    is_billed = SPECS[form.kind].is_of_payouts and connection.gateways.filter(fees_since__isnull=False).exists()
    return is_billed or _mine(connection, form).exists()


def _of_ours(connection: Connection, form: Form, found: Sequence[Theirs]) -> list[Theirs]:
    """Return those that the day book has: nothing but its id tells whose a payment is."""
    mine = _mine(connection, form).filter(their_id__in=[each.their_id for each in found])
    known = set(mine.values_list("their_id", flat=True))
    return [each for each in found if each.their_id in known]


def _mine(connection: Connection, form: Form) -> QuerySet[Entry]:
    return Entry.objects.filter(
        company_id=connection.company_id, organisation=connection.organisation_id, kind=form.kind
    )


def look_for(connection: Connection, client: HttpClient, form: Form, left: Sequence[InBook], there: There) -> None:
    """Look for documents that no list showed: by number, then what was posted by its id. Raises WireError.

    Where there is a list it has all that this app made: one that is not in it was re-dated or lost its reference there,
    or was made by another app of the company's; one that was never sent cannot stand there at all.
    """
    sought = [ours for ours in left if ours.was_sent and not ours.their_id] if there.is_listed else list(left)
    there.add(calls.carry(connection, form.look([_sought(each) for each in sought]), client=client))
    missing = [each.their_id for each in left if each.their_id and each.their_id not in there.by_id]
    there.add(calls.carry(connection, form.look_by_ids(missing), client=client))
    unseen = [each for each in left if each.their_id and each.paper and each.their_id not in there.by_id]
    there.add(calls.carry(connection, form.look([_sought(each) for each in unseen]), client=client))


def _sought(ours: InBook) -> Sought:
    return Sought(ours.number, ours.since, target=ours.target, document=ours.paper)
