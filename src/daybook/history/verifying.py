"""Walking the chain: does everything still stand as it was sealed, and is nothing missing between."""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field

from daybook.history import chain
from daybook.history.models import Event, Removed

BATCH = 2000


@dataclass(slots=True, kw_only=True)
class Verdict:
    """What a walk along the chain found."""

    events: int = 0
    """Checked."""
    forgotten: int = 0
    """Of them, those whose values were forgotten."""
    removed: int = 0
    """Gone with their company; only the seal of each run's last one is known."""
    unsealed: int = 0
    """Not numbered yet: the job comes in a few seconds."""
    position: int = 0
    seal: str = chain.GENESIS
    """Of the last event of the chain, to be noted elsewhere: who cuts the end off cannot change that note."""
    broken_at: int = 0
    """0: the chain is whole."""
    faults: list[str] = field(default_factory=list)


def verify(company_id: int | None = None) -> Verdict:
    """Walk the chain to its end or to the first event that is not as it was sealed, over what went with its company.

    `company_id`: check the events of this company alone, each against the seal that stands before it.
    """
    verdict = Verdict()
    links: list[Iterator[Event | Removed]] = [_numbered(), _removed()]
    for link in heapq.merge(*links, key=_begins):
        if isinstance(link, Removed):
            _pass_over(link, verdict)
        elif company_id in {None, link.company_id} or link.position != verdict.position + 1:
            _check(link, verdict)
        if verdict.broken_at:
            break
        verdict.position, verdict.seal = (link.last if isinstance(link, Removed) else link.position or 0), link.seal
    waiting = Event.objects.filter(position=None)
    verdict.unsealed = (waiting.filter(company_id=company_id) if company_id else waiting).count()
    return verdict


def stands_at(position: int, seal: str) -> bool | None:
    """Return whether the chain has this seal at that position, as somebody noted it before; None: nothing tells.

    Nothing does where it is not sealed yet, or went with its company together with later ones. A chain that was sealed
    anew, or whose end was cut off and grew again, has another seal there.
    """
    found = _seals([position]).get(position)
    return None if found is None else found == seal.strip().lower()


def verify_newest(company_id: int, most: int) -> Verdict:
    """Check the newest sealed events of a company, at most so many, each against the seal that stands before it.

    Where the event before is gone, the next one shows it, whoever's that is; that nothing is missing between is told by
    the positions.
    """
    verdict = Verdict()
    mine = Event.objects.filter(company_id=company_id, position__isnull=False).order_by("-position")
    first = next(iter(mine.values_list("position", flat=True)[most - 1 : most]), None)
    begin = first or next(iter(mine.reverse().values_list("position", flat=True)[:1]), None)
    if begin is None:
        return verdict
    last = begin - 1
    rows = Event.objects.filter(company_id=company_id)
    while batch := list(rows.filter(position__gt=last).order_by("position")[:BATCH]):
        before = _seals([event.position - 1 for event in batch if event.position])
        for event in batch:
            _check_alone(event, before, verdict)
            if verdict.broken_at:
                return verdict
        last = batch[-1].position or 0
        verdict.position, verdict.seal = last, batch[-1].seal
    return verdict


def _seals(positions: list[int]) -> dict[int, str]:
    """Return the seals that stand at these positions: of events, and of what went with its company."""
    found = {
        each.position or 0: each.seal for each in Event.objects.filter(position__in=positions).only("position", "seal")
    }
    gone = dict(Removed.objects.filter(last__in=positions).values_list("last", "seal"))
    return {0: chain.GENESIS, **found, **gone}


def _check_alone(event: Event, before: dict[int, str], verdict: Verdict) -> None:
    position = event.position or 0
    verdict.events += 1
    verdict.forgotten += event.link.is_forgotten
    if (seal := before.get(position - 1)) is None:
        verdict.broken_at, verdict.faults = position - 1, ["it is missing"]
    elif found := chain.faults(event.link, before=seal):
        verdict.broken_at, verdict.faults = position, [*found, f"it is about {event}"]


def _begins(link: Event | Removed) -> int:
    return link.first if isinstance(link, Removed) else link.position or 0


def _numbered() -> Iterator[Event]:
    last = 0
    while batch := list(Event.objects.filter(position__gt=last).order_by("position")[:BATCH]):
        yield from batch
        last = batch[-1].position or 0


def _removed() -> Iterator[Removed]:
    last = 0
    while batch := list(Removed.objects.filter(first__gt=last).order_by("first")[:BATCH]):
        yield from batch
        last = batch[-1].first


def _pass_over(gone: Removed, verdict: Verdict) -> None:
    if gone.first != verdict.position + 1:
        _miss(verdict, gone.first)
    else:
        verdict.removed += gone.count


def _miss(verdict: Verdict, next_one: int | None) -> None:
    verdict.broken_at = verdict.position + 1
    verdict.faults = [f"it is missing: the next one that is there is {next_one}"]


def _check(event: Event, verdict: Verdict) -> None:
    due = verdict.position + 1
    if event.position != due:
        _miss(verdict, event.position)
        return
    verdict.events += 1
    verdict.forgotten += event.link.is_forgotten
    if found := chain.faults(event.link, before=verdict.seal):
        verdict.broken_at, verdict.faults = due, [*found, f"it is about {event}"]
