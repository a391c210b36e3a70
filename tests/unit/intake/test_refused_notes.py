"""Credit notes that the ledger refused: they go again only changed, or after a cure."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from daybook.documents.causes import Cause
from daybook.documents.kinds import Kind
from daybook.intake.intents import EntryStand, Remap, Stand
from daybook.outbox.states import State
from tests.unit.intake.test_many_refunds import after, planned, posted, refunded
from tests.unit.intake.test_plan import NEW

KEPT_OF_THE_SALE = ("sale_gross", "goodwill_off")


def noted(times: int) -> Stand:
    """A sale that was posted, and so many credit notes of it."""
    sold = posted(after(NEW, planned(refunded(0, is_paid=False), NEW)))
    return after(sold, planned(refunded(times, is_paid=False), sold))


def with_notes(stand: Stand, **said: object) -> Stand:
    entries = (replace(each, **said) if each.kind == Kind.CREDIT_NOTE else each for each in stand.entries)
    return replace(stand, entries=tuple(entries))


def of_an_older_version(entry: EntryStand) -> EntryStand:
    if entry.kind != Kind.CREDIT_NOTE or entry.document is None:
        return entry
    return replace(
        entry, document={name: value for name, value in entry.document.items() if name not in KEPT_OF_THE_SALE}
    )


def upgraded(stand: Stand) -> Stand:
    return replace(stand, entries=tuple(map(of_an_older_version, stand.entries)))


def remapped(stand: Stand, times: int) -> Sequence[int]:
    made = planned(refunded(times, is_paid=False), stand)
    notes = {each.id for each in stand.entries if each.kind == Kind.CREDIT_NOTE}
    return [each.entry for each in made.intents if isinstance(each, Remap) and each.entry in notes]


@pytest.mark.parametrize("times", [1, 6])
def test_stay_as_refused_though_those_beside_them_do_not_go_either(times):
    refused = with_notes(noted(times), state=State.REJECTED, cause=Cause.ACCOUNT_ARCHIVED)
    assert remapped(refused, times) == []


@pytest.mark.parametrize("times", [1, 6])
def test_stay_as_refused_where_an_older_version_kept_nothing_of_their_sale(times):
    refused = with_notes(noted(times), state=State.REJECTED, cause=Cause.ACCOUNT_ARCHIVED)
    assert remapped(upgraded(refused), times) == []


def test_that_wait_learn_of_their_sale():
    waiting = noted(3)
    assert remapped(waiting, 3) == []
    assert len(remapped(upgraded(waiting), 3)) == 3
