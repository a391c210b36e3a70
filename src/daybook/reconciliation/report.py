"""The proof: every order, its documents in the day book and what stands there, laid side by side."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.fields.json import KeyTransform

from daybook.connections import calls, endpoints
from daybook.connections.models import Connection
from daybook.documents import stored
from daybook.documents.causes import Cause
from daybook.documents.document import Written
from daybook.documents.kinds import SPECS
from daybook.kit.money import Totals
from daybook.ledgers import registry
from daybook.ledgers.ledger import Form, KnownBy, Sought, Statuses, Theirs
from daybook.mapping.references import mark_in
from daybook.orders.models import Order, OrderStanding
from daybook.outbox.models import Entry
from daybook.outbox.states import State
from daybook.reconciliation.compare import Finding, Row, judge, without_dead_strangers
from daybook.wire.http import HttpClient

THE_OMS_HOLDS_IT = frozenset({Cause.ON_HOLD, Cause.HAS_ERROR, Cause.ORDER_NOT_RECEIVED})
"""Causes for which an order rightly has no document yet."""
NUMBERLESS = (Cause.NUMBER_TAKEN_IN_DAYBOOK, Cause.REF_UNUSABLE)
"""Why an order may lack one of its two documents."""

ENTRIES_AT_ONCE = 1000
"""Documents loaded together."""
_NEEDED = (
    "company_id", "kind", "number", "public_id", "state", "currency", "their_id", "net", "tax", "gross", "created_at",
    "order__net", "order__tax", "order__gross",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a comparison found for one company."""

    company: str
    ledger: str
    """Its name."""
    rows: Sequence[Row]
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
        return not self.overlooked and all(row.finding == Finding.AGREES and not row.difference for row in self.rows)

    def said(self, row: Row) -> str:
        """Return what the comparison found of one document, in words."""
        return row.finding.replace("{ledger}", registry.title(self.ledger))


def compare_connection(connection: Connection, client: HttpClient) -> Report:
    """Read what stands under all numbers of one organisation's documents and compare. Raises WireError.

    Documents are loaded so many at a time, without their bodies.
    """
    ledger = endpoints.ledger_of(connection)
    rows: list[Row] = []
    for form in ledger.forms.values():
        mine = _mine(connection, form)
        found = _found(connection, client, form, mine)
        laid = ((entry, _there(entry, found)) for entry in _in_batches(mine))
        rows += [
            _row(entry, there, ledger.statuses) for entry, there in laid if there or entry.state != State.CANCELLED
        ]
    return Report(
        company=connection.company.name,
        ledger=connection.ledger,
        rows=rows,
        orders_without_documents=_without_documents(connection),
    )


def _mine(connection: Connection, form: Form) -> QuerySet[Entry]:
    mine = Entry.objects.filter(
        company_id=connection.company_id, organisation=connection.organisation_id, kind=form.kind
    )
    return mine.order_by("id")


def _in_batches(mine: QuerySet[Entry]) -> Iterator[Entry]:
    known = mine.select_related("order").only(*_NEEDED).annotate(lowered=KeyTransform("lowered_by", "document"))
    entries = list(known[:ENTRIES_AT_ONCE])
    while entries:
        yield from entries
        entries = list(known.filter(id__gt=entries[-1].pk)[:ENTRIES_AT_ONCE])


def _found(connection: Connection, client: HttpClient, form: Form, mine: QuerySet[Entry]) -> dict[str, list[Theirs]]:
    """Return what stands there by the number that it has in the day book; one look for all, calls are scarce."""
    by_number: dict[str, list[Theirs]] = {}
    for theirs in calls.carry(connection, form.look(_sought(form, mine)), client=client):
        by_number.setdefault(theirs.number.upper(), []).append(theirs)
    posted = mine.filter(state=State.POSTED).values_list("their_id", "number")
    missing = {their_id: number.upper() for their_id, number in posted if number.upper() not in by_number}
    for theirs in calls.carry(connection, form.look_by_ids(list(missing)), client=client):  # renumbered there
        if theirs.their_id in missing:
            by_number[missing[theirs.their_id]] = [theirs]
    return by_number


def _sought(form: Form, mine: QuerySet[Entry]) -> list[Sought]:
    """Return what is looked for; what has no number there by what it is about, and what it says."""
    if form.known_by is KnownBy.NUMBER:
        return [Sought(number, at) for number, at in mine.values_list("number", "created_at")]
    rows = mine.exclude(about=None).values_list("number", "created_at", "about__their_id", "kind", "document")
    found = ((number, at, their_id, stored.read(document, kind)) for number, at, their_id, kind, document in rows)
    return [
        Sought(number, at, target=their_id, document=paper)
        for number, at, their_id, paper in found
        if isinstance(paper, Written)
    ]


def _there(entry: Entry, found: Mapping[str, list[Theirs]]) -> list[Theirs]:
    """Return what stands under a document's number; anybody may use a cancelled one's, so there its mark decides."""
    there = found.get(entry.number.upper(), [])
    if entry.state != State.CANCELLED:
        return there
    return [theirs for theirs in there if mark_in(theirs.reference) == entry.public_id]


def _row(entry: Entry, there: Sequence[Theirs], statuses: Statuses) -> Row:
    found = without_dead_strangers(there, statuses, their_id=entry.their_id if entry.state == State.POSTED else "")
    expected = _totals(entry.net, entry.tax, entry.gross)
    return Row(
        number=entry.number,
        kind=entry.kind,
        state=entry.state,
        currency=entry.currency,
        order_totals=_of_order(entry),
        entry_totals=expected,
        their_totals=found[0].totals if found else None,
        finding=_finding(entry, expected, found, statuses),
    )


def _of_order(entry: Entry) -> Totals | None:
    """Return what the order comes to, less what was given back before its invoice was posted, which the invoice names."""
    whole = _totals(entry.order.net, entry.order.tax, entry.order.gross)
    lowered = getattr(entry, "lowered", None) if SPECS[entry.kind].is_the_sale else None
    if whole is None or not lowered:
        return whole
    off = [sum((Decimal(str(each["totals"][which])) for each in lowered), Decimal(0)) for which in range(3)]
    return Totals(*(was - less for was, less in zip(whole, off, strict=True)))


def _finding(entry: Entry, expected: Totals | None, found: Sequence[Theirs], statuses: Statuses) -> Finding:
    if entry.state == State.CANCELLED:
        return Finding.CANCELLED_BUT_THERE
    is_posted = entry.state == State.POSTED
    if is_posted and len(found) == 1 and found[0].their_id != entry.their_id:
        return Finding.ANOTHERS
    finding = judge(statuses, is_posted=is_posted, expected=expected, found=found)
    is_renumbered = finding == Finding.AGREES and found[0].number.upper() != entry.number.upper()
    return Finding.RENUMBERED if is_renumbered else finding


def _without_documents(connection: Connection) -> list[tuple[str, str, str]]:
    made = Entry.objects.filter(
        company_id=connection.company_id, organisation__connection=connection, order=OuterRef("order")
    )
    numberless = Q(standing=Order.Standing.HELD, cause__in=NUMBERLESS)
    mine = OrderStanding.objects.filter(company_id=connection.company_id, connection=connection)
    orders = mine.filter(~Exists(made) | numberless).order_by("order")
    return list(orders.values_list("order__ref", "standing", "cause"))


def _totals(net: Decimal | None, tax: Decimal | None, gross: Decimal | None) -> Totals | None:
    return None if net is None or tax is None or gross is None else Totals(net, tax, gross)
