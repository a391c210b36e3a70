"""What waits in locked books and can be given another day: so many at once, with what a person consents to."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef

from daybook.documents.causes import Cause
from daybook.documents.kinds import SPECS
from daybook.outbox.models import Entry
from daybook.outbox.states import State
from daybook.web.reading import needs
from daybook.web.reading.needs import Group, Tally

AT_ONCE = 100
"""Orders of which the documents are moved with one consent: each is mapped anew."""
_KINDS = [kind for kind, spec in SPECS.items() if spec.has_its_orders_day]
_SETTLED = (State.POSTED, State.SENDING, State.UNKNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Movable:
    """The oldest of them, as a person is shown them before they say yes."""

    entries: Sequence[Entry]
    left: int
    """Documents beyond these: they are for the next time."""
    sums: Sequence[Tally]
    locked_to: date | None
    """The last locked day, None where nothing is known to be locked any more."""

    @property
    def order_ids(self) -> list[int]:
        """Return whose documents they are, each once."""
        return list(dict.fromkeys(entry.order_id for entry in self.entries))

    @property
    def first_open(self) -> date | None:
        """Return the first day of the open books."""
        return self.locked_to + timedelta(days=1) if self.locked_to else None

    @property
    def seen(self) -> str:
        """Return the SHA-256, hex, of what is shown of them: a yes to it is no yes to anything else."""
        shown = [[each.public_id, each.number, each.subject, str(each.gross)] for each in self.entries]
        return hashlib.sha256(json.dumps(shown).encode()).hexdigest()


def movable(group: Group) -> Movable | None:
    """Return what of a group can be moved to another day; None where that cures nothing of it.

    A day dates an order as a whole: where a document of it stands in the ledger, or may, that is corrected there.
    """
    if group.cause != Cause.PERIOD_LOCKED:
        return None
    settled = Entry.objects.filter(company=group.connection.company_id, order=OuterRef("order"), state__in=_SETTLED)
    rows = needs.stopped(group.connection.company, group.cause, group.connection)
    rows = rows.filter(~Exists(settled), kind__in=_KINDS)
    order_ids = list(rows.order_by("order_id").values_list("order_id", flat=True).distinct()[:AT_ONCE])
    if not order_ids:
        return None
    mine = rows.filter(order__in=order_ids)
    entries = list(mine.select_related("order", "organisation").order_by("order_id", "id"))
    return Movable(
        entries=entries,
        left=rows.count() - len(entries),
        sums=needs.tallies(mine),
        locked_to=group.connection.facts.lock_date,
    )
