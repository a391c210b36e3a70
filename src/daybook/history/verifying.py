"""Walking the chain: does everything still stand as it was sealed, and is nothing missing between."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from daybook.history import chain
from daybook.history.models import Event

BATCH = 2000


@dataclass(slots=True, kw_only=True)
class Verdict:
    """What a walk along the chain found."""

    events: int = 0
    """Checked."""
    forgotten: int = 0
    """Of them, those whose values were forgotten."""
    unsealed: int = 0
    """Not numbered yet: the job comes in a few seconds."""
    position: int = 0
    seal: str = chain.GENESIS
    """Of the last event of the chain, to be noted elsewhere: who cuts the end off cannot change that note."""
    broken_at: int = 0
    """0: the chain is whole."""
    faults: list[str] = field(default_factory=list)


def verify(company_id: int | None = None) -> Verdict:
    """Walk the chain to its end or to the first event that is not as it was sealed.

    `company_id`: check the events of this company alone, each against the seal that stands before it.
    """
    verdict = Verdict()
    for event in _numbered():
        if company_id in {None, event.company_id} or event.position != verdict.position + 1:
            _check(event, verdict)
        if verdict.broken_at:
            break
        verdict.position, verdict.seal = event.position or 0, event.seal
    waiting = Event.objects.filter(position=None)
    verdict.unsealed = (waiting.filter(company_id=company_id) if company_id else waiting).count()
    return verdict


def _numbered() -> Iterator[Event]:
    last = 0
    while batch := list(Event.objects.filter(position__gt=last).order_by("position")[:BATCH]):
        yield from batch
        last = batch[-1].position or 0


def _check(event: Event, verdict: Verdict) -> None:
    due = verdict.position + 1
    if event.position != due:
        verdict.broken_at, verdict.faults = due, [f"it is missing: the next one that is there is {event.position}"]
        return
    verdict.events += 1
    verdict.forgotten += event.link.is_forgotten
    if found := chain.faults(event.link, before=verdict.seal):
        verdict.broken_at, verdict.faults = due, [*found, f"it is about {event}"]
