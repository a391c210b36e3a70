"""A dry run: everything of it is read in one snapshot in which the database lets nothing be written."""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from math import ceil
from typing import Any

import msgspec

from daybook.catalog import customers, facts
from daybook.companies.models import Company
from daybook.connections import endpoints, roster
from daybook.connections.models import Connection
from daybook.documents import stored
from daybook.documents.document import Document, Party
from daybook.documents.kinds import Kind
from daybook.intake import preview, rehearsal
from daybook.intake.rehearsal import Rehearsed
from daybook.intake.rules import load_rules
from daybook.kit import clock
from daybook.ledgers.foretelling import Books, Foretold, Going
from daybook.ledgers.ledger import Ledger, Wire, kinds_of
from daybook.outbox.models import Entry
from daybook.outbox.states import State
from daybook.posting import forecast, limits, pacing
from daybook.rehearsing import choosing, knowing, sums
from daybook.rehearsing.choosing import Asked, Chosen
from daybook.rehearsing.knowing import Reading
from daybook.rehearsing.rehearsal import Fate, SeenDocument, Why, counted, fate_of_order
from daybook.rehearsing.sums import Change, StockChange


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedUp:
    """What was asked of the ledger on request, and what it answered."""

    taken: Mapping[tuple[Kind, str], str] = field(default_factory=dict)
    """As `Books` has it."""
    unfit: Mapping[str, Foretold] = field(default_factory=dict)
    """By customer, whose contact no document may name."""
    customers: Mapping[str, str] = field(default_factory=dict)
    """By customer, in words, which contact they would be."""
    calls: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSeen:
    """One order of a dry run."""

    rehearsed: Rehearsed
    place: str
    documents: Sequence[SeenDocument]
    """Beside `rehearsed.entries`, in their order."""

    @property
    def fate(self) -> Fate:
        """Return what would become of it."""
        return fate_of_order(self.rehearsed.stands.standing, self.documents)


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """What sending would cost, as far as it is known."""

    needed: int
    left_today: int | None
    """None: the ledger has not said yet, or counts none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What a dry run found, as of one moment."""

    connection: Connection
    at: datetime
    asked: Asked
    chosen: Chosen
    orders: Sequence[OrderSeen]
    left_out: int
    """Orders that came before the connection began."""
    readings: Sequence[Reading]
    changes: Sequence[Change]
    months: tuple[date, date] | None
    """The first and the last day of the months in which the documents are dated; None: nothing would go."""
    stock: Sequence[StockChange]
    calls: Calls
    looked_up: LookedUp | None = None

    @property
    def fates(self) -> dict[Fate, int]:
        """Return how many orders have each fate."""
        return counted(each.fate for each in self.orders)

    @property
    def documents(self) -> dict[Fate, int]:
        """Return how many documents have each fate."""
        return counted(document.fate for each in self.orders for document in each.documents)

    def going(self, *fates: Fate) -> list[Going]:
        """Return what the documents of these fates say, in the order in which they would go."""
        seen = [document for each in self.orders for document in each.documents]
        return [Going(each.kind, each.paper) for each in seen if each.fate in fates and each.paper is not None]


def run(company: Company, connection_id: str, asked: Asked, looked_up: LookedUp | None = None) -> Run | None:
    """Return what would become of the orders asked about; None: the company has no such file or feed.

    `connection_id`: public id of the connection, whose organisation is asked about as last read: no call is made.
    """
    with preview.reading():
        connection = roster.of_company(company).select_related("company", "organisation", "last_organisation")
        mine = connection.get(public_id=connection_id)
        now, rules = clock.now(), load_rules(mine)
        zones = rules.timing.zones
        chosen = choosing.choose(mine, asked, now, sender=zones.sender, documents=zones.documents)
        if chosen is None:
            return None
        found = rehearsal.of_rows(mine, rules, chosen.rows, now)
        return _run(mine, now, asked, chosen, found, looked_up)


def _run(
    connection: Connection,
    now: datetime,
    asked: Asked,
    chosen: Chosen,
    found: Sequence[Rehearsed],
    looked_up: LookedUp | None,
) -> Run:
    readings = knowing.readings(connection, now)
    seen = [_seen(each, chosen.places.get(each.order.pk, "")) for each in found]
    waiting = [
        each for order in seen for each in order.documents if each.state == State.READY and each.paper is not None
    ]
    going = [Going(each.kind, each.paper) for each in waiting if each.paper is not None]
    books = _with(knowing.books(connection, going, readings), looked_up)
    ledger = endpoints.ledger_of(connection)
    told = ledger.foretell(going, books) if ledger.foretell is not None else [()] * len(going)
    against = {id(each): why for each, why in zip(waiting, told, strict=True)}
    seen = [
        replace(order, documents=[replace(each, foretold=against.get(id(each), ())) for each in order.documents])
        for order in seen
    ]
    made = Run(
        connection=connection,
        at=now,
        asked=asked,
        chosen=chosen,
        orders=seen,
        left_out=len(chosen.rows.orders) - len(found),
        readings=readings,
        changes=(),
        months=None,
        stock=(),
        calls=Calls(needed=0, left_today=None),
        looked_up=looked_up,
    )
    return _with_sums(made, ledger, books, now)


def _with_sums(made: Run, ledger: Ledger, books: Books, now: datetime) -> Run:
    going = made.going(Fate.GOES)
    months = _months(going)
    before = knowing.before(made.connection, *months) if months else {}
    return replace(
        made,
        changes=sums.changes(before, sums.amounts(going)),
        months=months,
        stock=sums.stock(going, books.stock),
        calls=_calls(made.connection, ledger, going, now),
    )


def _with(books: Books, looked_up: LookedUp | None) -> Books:
    if looked_up is None:
        return books
    return replace(books, taken=looked_up.taken, unfit={**books.unfit, **looked_up.unfit})


def _seen(found: Rehearsed, place: str) -> OrderSeen:
    return OrderSeen(rehearsed=found, place=place, documents=[_document(entry) for entry in found.entries])


def _document(entry: Entry) -> SeenDocument:
    held = Why(cause=entry.cause, subject=entry.subject, detail=entry.detail) if entry.cause else None
    return SeenDocument(
        kind=Kind(entry.kind),
        number=entry.number,
        state=State(entry.state),
        is_new=entry.pk is None,
        paper=stored.read(entry.document, entry.kind) if entry.document else None,
        held=held,
    )


def _months(going: Sequence[Going]) -> tuple[date, date] | None:
    days = [day for each in going if isinstance(day := getattr(each.paper, "date", None), date)]
    if not days:
        return None
    first, last = min(days), max(days)
    return first.replace(day=1), last.replace(day=monthrange(last.year, last.month)[1])


def _calls(connection: Connection, ledger: Ledger, going: Sequence[Going], now: datetime) -> Calls:
    """Return the calls that sending takes in full batches: what is read before, what is written, what must be there first."""
    if ledger.wire is not Wire.CALLS:
        return Calls(needed=0, left_today=None)
    needed = 0
    for route in ledger.routes.values():
        counts: dict[str, int] = {
            kind: sum(each.kind == kind for each in going) for kind in kinds_of(ledger, route.name)
        }
        total = sum(counts.values())
        if total:
            needed += ceil(ceil(total / pacing.room(route)) * forecast.calls_a_batch(route, counts))
    return Calls(
        needed=needed + _supplying(connection, ledger, going),
        left_today=limits.of_day(pacing.windows_of(connection), now),
    )


def _supplying(connection: Connection, ledger: Ledger, going: Sequence[Going]) -> int:
    papers = [each.paper for each in going if isinstance(each.paper, Document)]
    needed = 0
    for supply in ledger.supplies.values():
        keys = {key for paper in papers for key in supply.needed(paper)}
        there = facts.tracked_codes if supply.looks is None else customers.known
        missing = keys - set(there(connection.organisation_id, keys))
        if not missing:
            continue
        parties = [each for each in parties_of(papers).values() if each.key in missing]
        looks = supply.looks([supply.wanted(plain(each)) for each in parties]) if supply.looks is not None else 1
        needed += looks + ceil(len(missing) / supply.documents_a_call)
    return needed


def plain(party: Party) -> dict[str, Any]:
    """Return a customer as a stored document has them."""
    found: dict[str, Any] = msgspec.to_builtins(party)
    return found


def parties_of(papers: Sequence[Document]) -> dict[str, Party]:
    """Return the customers whom documents name, by key."""
    return {each.party.key: each.party for each in papers if each.party is not None}
