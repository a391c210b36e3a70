"""`daybook dry-run`: a dry run in words and figures for a terminal."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from daybook.companies import people
from daybook.connections import roster
from daybook.kit.money import figure
from daybook.ops.processes.stops import Exit, Stop
from daybook.outbox.explanations import explain
from daybook.rehearsing import running
from daybook.rehearsing.choosing import Asked, Which
from daybook.rehearsing.rehearsal import Fate
from daybook.rehearsing.running import OrderSeen, Run

WORDS = {
    Fate.REFUSED: "would be refused",
    Fate.HELD: "would be held",
    Fate.GOES: "would go",
    Fate.WAITS: "not due yet",
    Fate.STANDS: "posted already",
    Fate.NOTHING: "no document",
}


@dataclass(frozen=True, slots=True)
class Told:
    """What is printed, and whether something of it needs a person."""

    lines: list[str]
    needs_a_person: bool


def told(
    name_or_id: str,
    connection: str,
    *,
    last: int,
    since: datetime | None,
    until: datetime | None,
    feed: str,
    file: str,
) -> Told:
    """Return a dry run in words. Raises Stop, NotFoundError."""
    company = people.find_company(name_or_id)
    there = {each.public_id for each in roster.of_company(company)}
    chosen = connection or roster.first(company).public_id
    if connection and connection not in there:
        raise Stop(f"{company} has no connection {connection!r}: {', '.join(sorted(there))}.", Exit.USAGE)
    made = running.run(company, chosen, _asked(last, since, until, feed, file))
    if made is None:
        raise Stop(f"{company} has no {'file' if file else 'feed'} {file or feed!r}.", Exit.USAGE)
    return Told(list(_lines(made)), bool({Fate.REFUSED, Fate.HELD} & made.fates.keys()))


def _asked(last: int, since: datetime | None, until: datetime | None, feed: str, file: str) -> Asked:
    if file:
        return Asked(which=Which.FILE, name=file)
    if feed:
        return Asked(which=Which.FEED, name=feed)
    if since is not None and until is not None:
        return Asked(which=Which.DAYS, since=since.date(), until=until.date())
    return Asked(count=last)


def _lines(made: Run) -> Iterator[str]:
    yield f"{made.connection.name}, as of {made.at:%Y-%m-%d %H:%M:%S} UTC: {len(made.orders)} orders"
    for each in made.orders:
        yield from _order(made, each)
    for other in made.chosen.not_read:
        yield f"{other.place}: " + " ".join(f"{problem.field} {problem.problem}" for problem in other.problems)
    yield ", ".join(f"{many} {WORDS[fate]}" for fate, many in made.fates.items())
    for change in made.changes:
        name = " ".join(filter(None, (change.place.of, change.place.tax_type, change.place.currency)))
        yield f"{name}: {figure(change.before)} + {figure(change.change)} = {figure(change.after)}"
    for item in made.stock:
        there = "?" if item.before is None else f"{item.before:f}"
        yield f"stock of {item.code}: {there} {item.change:+f}"
    yield f"sending takes about {made.calls.needed} calls; this dry run took none"


def _order(made: Run, seen: OrderSeen) -> Iterator[str]:
    stands = seen.rehearsed.stands
    yield f"{seen.rehearsed.order.ref}: {WORDS[seen.fate]}"
    if not seen.documents and stands.cause:
        yield f"  {explain(stands.cause, stands.subject, stands.detail, ledger=made.connection.ledger).sentence}"
    for entry, each in zip(seen.rehearsed.entries, seen.documents, strict=True):
        amount = f", {figure(entry.gross)} {entry.currency}" if entry.gross is not None else ""
        yield f"  {each.kind.replace('_', ' ')} {each.number}{amount}: {WORDS[each.fate]}"
        for why in each.reasons:
            yield f"    {explain(str(why.cause), why.subject, why.detail, ledger=made.connection.ledger).sentence}"
