"""The proof: every order, its documents in the day book and what Xero holds, laid side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q

from daybook.connections.models import Connection
from daybook.documents.causes import HoldCause
from daybook.documents.kinds import Kind
from daybook.kit.money import Totals
from daybook.mapping.references import mark_in
from daybook.orders.models import Order, OrderStanding
from daybook.outbox.models import Entry
from daybook.outbox.states import State
from daybook.reconciliation.compare import Finding, Row, Theirs, judge, without_dead_strangers
from daybook.reconciliation.look import look, look_by_ids
from daybook.wire.http import HttpClient

THE_OMS_HOLDS_IT = frozenset({"on_hold", "has_error", "order_not_received"})
"""Causes for which an order rightly has no document yet."""
NUMBERLESS = (HoldCause.NUMBER_TAKEN_IN_DAYBOOK, HoldCause.REF_UNUSABLE)
"""Why an order may lack one of its two documents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a comparison found for one company."""

    company: str
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
        """Return whether every order that is due has its documents, and each stands in Xero once and to the cent."""
        return not self.overlooked and all(row.finding == Finding.AGREES and not row.difference for row in self.rows)


def compare_connection(connection: Connection, client: HttpClient) -> Report:
    """Read what Xero holds under all numbers of one organisation's documents and compare. Raises WireError.

    Reads 40 invoices a call and 1,000 purchase orders a call, in the organisation that is connected now.
    """
    company = connection.company
    entries = list(
        Entry.objects.filter(company=company, organisation=connection.organisation_id)
        .select_related("order")
        .order_by("kind", "id")
    )
    found = {kind.value: _found(connection, client, kind, entries) for kind in Kind}
    return Report(
        company=company.name,
        rows=[
            _row(entry, there)
            for entry in entries
            if (there := _there(entry, found[entry.kind])) or entry.state != State.CANCELLED
        ],
        orders_without_documents=_without_documents(connection),
    )


def _found(connection: Connection, client: HttpClient, kind: str, entries: Sequence[Entry]) -> dict[str, list[Theirs]]:
    mine = [entry for entry in entries if entry.kind == kind]
    by_number: dict[str, list[Theirs]] = {}
    if mine:
        since = min(entry.created_at for entry in mine)
        for theirs in look(connection, client, kind, [entry.number for entry in mine], since):
            by_number.setdefault(theirs.number.upper(), []).append(theirs)
    missing = {
        entry.their_id: entry.number.upper()
        for entry in mine
        if entry.state == State.POSTED and entry.number.upper() not in by_number
    }
    for theirs in look_by_ids(connection, client, kind, list(missing)):  # renumbered there
        if theirs.their_id in missing:
            by_number[missing[theirs.their_id]] = [theirs]
    return by_number


def _there(entry: Entry, found: Mapping[str, list[Theirs]]) -> list[Theirs]:
    """Return what stands in Xero under a document's number; anybody may use a cancelled one's, so there its mark decides."""
    there = found.get(entry.number.upper(), [])
    if entry.state != State.CANCELLED:
        return there
    return [theirs for theirs in there if mark_in(theirs.reference) == entry.public_id]


def _row(entry: Entry, there: Sequence[Theirs]) -> Row:
    found = without_dead_strangers(there, their_id=entry.their_id if entry.state == State.POSTED else "")
    expected = _totals(entry.net, entry.tax, entry.gross)
    return Row(
        number=entry.number,
        kind=entry.kind,
        state=entry.state,
        currency=entry.currency,
        order_totals=_totals(entry.order.net, entry.order.tax, entry.order.gross),
        entry_totals=expected,
        xero_totals=found[0].totals if found else None,
        finding=_finding(entry, expected, found),
    )


def _finding(entry: Entry, expected: Totals | None, found: Sequence[Theirs]) -> Finding:
    if entry.state == State.CANCELLED:
        return Finding.CANCELLED_BUT_THERE
    is_posted = entry.state == State.POSTED
    if is_posted and len(found) == 1 and found[0].their_id != entry.their_id:
        return Finding.ANOTHERS
    finding = judge(is_posted=is_posted, expected=expected, found=found)
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
