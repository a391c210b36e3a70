"""The proof: every order, its documents in the day book and what stands there, laid side by side.

    the ledger's lists, page by page      calls, in no transaction
    our side, in one moment               documents in batches, each laid beside theirs
    what no list showed                   looked for, so that nothing is missing that was posted meanwhile

A document's bodies are read for their tax types and let go; only what differs is kept, unless all is asked for.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import DateField, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Cast, Coalesce

from daybook.catalog.models import TaxRate
from daybook.connections import endpoints
from daybook.connections.models import Connection
from daybook.documents import stored
from daybook.documents.causes import Cause
from daybook.documents.document import AmountType, Document, Settlement
from daybook.documents.kinds import Paper
from daybook.kit.money import Totals
from daybook.kit.translation import gettext
from daybook.ledgers import registry
from daybook.ledgers.exchange import Period, Theirs
from daybook.ledgers.ledger import Form, Statuses
from daybook.orders.models import Order, OrderStanding
from daybook.outbox import orphans
from daybook.outbox.models import Entry
from daybook.outbox.states import State
from daybook.reconciliation import contents, orders_say
from daybook.reconciliation.compare import Row
from daybook.reconciliation.laying import InBook, beside, candidates, is_counted, stranger
from daybook.reconciliation.snapshot import one_moment
from daybook.reconciliation.sums import Key, Sides, Standing, Sum, Sums, There, split_of
from daybook.reconciliation.there import There as Listed
from daybook.reconciliation.there import listed, look_for
from daybook.wire.http import HttpClient

THE_OMS_HOLDS_IT = frozenset({Cause.ON_HOLD, Cause.HAS_ERROR, Cause.ORDER_NOT_RECEIVED})
"""Causes for which an order rightly has no document yet."""
NUMBERLESS = (Cause.NUMBER_TAKEN_IN_DAYBOOK, Cause.REF_UNUSABLE)
"""Why an order may lack one of its two documents."""

ENTRIES_AT_ONCE = 500
"""Documents loaded together."""
ALWAYS = Period()
_NEEDED = (
    "company_id", "organisation_id", "kind", "key", "number", "public_id", "state", "currency", "document", "their_id", "last_attempt_id", "net",
    "tax", "gross", "created_at", "about__their_id", "order__currency", "order__net", "order__tax", "order__gross",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a comparison found for one company."""

    company: str
    ledger: str
    """Its name."""
    rows: Sequence[Row]
    """What differs, or everything, as it was asked for."""
    compared: int
    """Documents."""
    agreeing: int
    sums: Sequence[tuple[Key, Sum]]
    there: Mapping[Standing, There]
    """The ledger's side alone, also by its own status."""
    orders_without_documents: Sequence[tuple[str, str, str]]
    """(ref, standing, cause) of orders of which a document is missing: waiting, held, skipped, cancelled."""

    @property
    def difference(self) -> Decimal:
        """Return the sum of all rows' differences, each in its document's own currency."""
        return sum((row.difference for row in self.rows), Decimal("0.00"))

    @property
    def overlooked(self) -> Sequence[str]:
        """Return the refs of orders that are due and in no document, for a reason that is not the OMS's own."""
        held = (row for row in self.orders_without_documents if row[1] == Order.Standing.HELD)
        return [ref for ref, _, cause in held if cause not in THE_OMS_HOLDS_IT]

    @property
    def agrees(self) -> bool:
        """Return whether every order that is due has its documents, and each stands there once and to the cent."""
        return not self.overlooked and self.agreeing == self.compared

    def said(self, row: Row) -> str:
        """Return what the comparison found of one document, in words."""
        return gettext(row.finding).replace("{ledger}", registry.title(self.ledger))


@dataclass(slots=True)
class _Tally:
    """What grows while documents are compared."""

    statuses: Statuses
    everything: bool
    sums: Sums = field(default_factory=Sums)
    rows: list[tuple[int, Row]] = field(default_factory=list)
    """With the entry's place."""
    compared: int = 0
    agreeing: int = 0

    def add(self, ours: InBook, there: Sequence[Theirs]) -> None:
        """Lay one document beside what may be it there."""
        there = candidates(ours, there)
        if ours.state == State.CANCELLED and not there:
            return
        row, theirs = beside(ours, there, self.statuses)
        self._count(row, ours.pk)
        counts_there = theirs is not None and is_counted(row, theirs, self.statuses)
        self.sums.add(
            Sides(
                kind=row.kind,
                currency=row.currency,
                split=ours.split,
                orders=ours.said_by_order,
                day_book=None if ours.state == State.CANCELLED else row.entry_totals,
                ledger=theirs.totals if counts_there and theirs else None,
                ledger_split=theirs.by_tax_type if counts_there and theirs else {},
                is_differing=row.differs,
                ledger_status=theirs.status if theirs else "",
            )
        )

    def add_stranger(self, kind: str, theirs: Theirs) -> None:
        """Count a document that bears our mark and that the day book does not know."""
        row = stranger(kind, theirs)
        self._count(row, 0)
        self.sums.add(
            Sides(
                kind=kind,
                currency=row.currency,
                split={},
                orders=None,
                day_book=None,
                ledger=theirs.totals,
                ledger_split=theirs.by_tax_type,
                is_differing=True,
                ledger_status=theirs.status,
            )
        )

    def _count(self, row: Row, place: int) -> None:
        self.compared += 1
        self.agreeing += not row.differs
        if self.everything or row.differs:
            self.rows.append((place, row))


def compare_connection(
    connection: Connection, client: HttpClient, *, period: Period = ALWAYS, everything: bool = True
) -> Report:
    """Read what stands there of one organisation's documents and compare it with the day book and the orders.

    `period`: of documents' days. `everything`: the report keeps what agrees, too; it takes room by then. Raises WireError.
    """
    ledger = endpoints.ledger_of(connection)
    forms = list(ledger.forms.values())
    theirs = {form.kind: listed(connection, client, form, period) for form in forms}
    tally = _Tally(ledger.statuses, everything)
    left: dict[str, list[InBook]] = {form.kind: [] for form in forms}
    with one_moment():
        rates = _rates(connection)
        for form in forms:
            for ours in _ours(_mine(connection, form, period), rates):
                there = theirs[form.kind].of(ours)
                if _may_be_elsewhere(ours, there, theirs[form.kind]):
                    left[form.kind].append(ours)
                else:
                    tally.add(ours, there)
        without = _without_documents(connection, period)
        strangers = [
            (form.kind, each) for form in forms for each in _strangers(connection, theirs[form.kind], ledger.statuses)
        ]
    for form in forms:
        look_for(connection, client, form, left[form.kind], theirs[form.kind])
        for ours in left[form.kind]:
            tally.add(ours, theirs[form.kind].of(ours))
    for kind, each in strangers:
        tally.add_stranger(kind, each)
    return Report(
        company=connection.company.name,
        ledger=connection.ledger,
        rows=[row for _, row in sorted(tally.rows, key=lambda each: each[0])],
        compared=tally.compared,
        agreeing=tally.agreeing,
        sums=tally.sums.rows(),
        there=tally.sums.by_standing,
        orders_without_documents=without,
    )


def _may_be_elsewhere(ours: InBook, there: Sequence[Theirs], list_: Listed) -> bool:
    """Tell whether a look may find what the list did not show."""
    if not list_.is_listed:
        return True
    if ours.their_id:
        return all(each.their_id != ours.their_id for each in there)
    return ours.was_sent and not there


def _mine(connection: Connection, form: Form, period: Period) -> QuerySet[Entry]:
    mine = Entry.objects.filter(
        company_id=connection.company_id, organisation=connection.organisation_id, kind=form.kind
    )
    if period.since:
        mine = mine.filter(date__gte=period.since)
    return (mine.filter(date__lte=period.until) if period.until else mine).order_by("id")


def _ours(mine: QuerySet[Entry], rates: Mapping[str, Decimal]) -> Iterator[InBook]:
    later = Entry.objects.filter(
        company_id=OuterRef("company_id"),
        organisation=OuterRef("organisation"),
        order=OuterRef("order"),
        kind=OuterRef("kind"),
        key=OuterRef("key"),
        generation__gt=OuterRef("generation"),
    )
    known = (
        mine.select_related("order", "about")
        .only(*_NEEDED)
        .annotate(is_older=Exists(later.exclude(state=State.CANCELLED)))
    )
    entries = list(known[:ENTRIES_AT_ONCE])
    while entries:
        papers = {each.pk: stored.read(each.document, each.kind) if each.document else None for each in entries}
        told = contents.of(entries, papers)
        for entry in entries:
            yield _read(entry, papers[entry.pk], rates, told)
        entries = list(known.filter(id__gt=entries[-1].pk)[:ENTRIES_AT_ONCE])


def _read(entry: Entry, paper: Paper | None, rates: Mapping[str, Decimal], told: contents.Contents) -> InBook:
    order = entry.order
    totals = _totals(order.net, order.tax, order.gross)
    said = told.said(entry, paper, totals)
    return InBook(
        pk=entry.pk,
        number=entry.number,
        mark=entry.public_id,
        kind=entry.kind,
        state=entry.state,
        currency=entry.currency or order.currency,
        their_id=entry.their_id if entry.state == State.POSTED else "",
        totals=_totals(entry.net, entry.tax, entry.gross),
        order_totals=orders_say.said(entry.kind, said),
        split=split_of(paper, rates),
        is_inclusive=isinstance(paper, Document) and paper.amount_type is AmountType.INCLUSIVE,
        since=entry.created_at,
        was_sent=entry.last_attempt_id is not None,
        target=entry.about.their_id if entry.about is not None else "",
        paper=paper if isinstance(paper, Settlement) else None,
        is_newest=not entry.is_older,  # type: ignore[attr-defined]  # annotated
    )


def _rates(connection: Connection) -> dict[str, Decimal]:
    mine = TaxRate.objects.filter(organisation=connection.organisation_id, organisation__company=connection.company_id)
    return {tax_type: rate / 100 for tax_type, rate in mine.values_list("tax_type", "effective_rate")}


def _strangers(connection: Connection, there: Listed, statuses: Statuses) -> Iterator[Theirs]:
    """Yield what bears a mark of ours, counts, and is neither in the day book nor kept until its order comes again."""
    marked = [key for keys in there.by_mark.values() for key in keys]
    for begin in range(0, len(marked), ENTRIES_AT_ONCE):
        some = [there.by_id[key] for key in marked[begin : begin + ENTRIES_AT_ONCE]]
        live = [each for each in some if each.status not in statuses.dead]
        unknown = {each.their_id: each for each in orphans.unknown(connection.organisation.pk, live)}  # type: ignore[union-attr]
        taken = Entry.objects.filter(
            company_id=connection.company_id, organisation=connection.organisation_id, their_id__in=unknown
        )
        known = set(taken.values_list("their_id", flat=True)) if unknown else set()
        yield from (each for their_id, each in unknown.items() if their_id not in known)


def _without_documents(connection: Connection, period: Period) -> list[tuple[str, str, str]]:
    made = Entry.objects.filter(
        company_id=connection.company_id, organisation__connection=connection, order=OuterRef("order")
    )
    numberless = Q(standing=Order.Standing.HELD, cause__in=NUMBERLESS)
    mine = OrderStanding.objects.filter(company_id=connection.company_id, connection=connection)
    orders = within(mine.filter(~Exists(made) | numberless), period).order_by("order")
    return list(orders.values_list("order__ref", "standing", "cause"))


def within(standings: QuerySet[OrderStanding], period: Period) -> QuerySet[OrderStanding]:
    """Return those of orders of these days: of dispatch, or of receipt where no dispatch is known."""
    if period == ALWAYS:
        return standings
    day = Cast(Coalesce(F("order__dispatched_at"), F("order__first_received_at")), DateField())
    found = standings.annotate(day=day)
    found = found.filter(day__gte=period.since) if period.since else found
    return found.filter(day__lte=period.until) if period.until else found


def _totals(net: Decimal | None, tax: Decimal | None, gross: Decimal | None) -> Totals | None:
    return None if net is None or tax is None or gross is None else Totals(net, tax, gross)
