"""What a proof says, asked for: our side from the database, in no call; the ledger's side as a comparison reads it."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal

from django.conf import settings
from django.db.models import Case, Count, DateField, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Cast, Coalesce, NullIf
from django.utils import translation

from daybook.catalog.models import TaxRate
from daybook.companies.models import Company
from daybook.connections import endpoints
from daybook.connections.models import Connection
from daybook.documents.kinds import SPECS
from daybook.history import sealing, verifying
from daybook.kit.money import ZERO, Totals, figure
from daybook.kit.money import plain as as_number
from daybook.ledgers import registry
from daybook.ledgers.exchange import Period
from daybook.orders.models import Order, OrderStanding
from daybook.outbox.explanations import explain
from daybook.outbox.models import Entry
from daybook.outbox.states import State
from daybook.proving import boxes, proof
from daybook.reconciliation import money
from daybook.reconciliation.report import Report, compare_connection, within
from daybook.reconciliation.stretches import NONE, Stretch
from daybook.reconciliation.sums import Key
from daybook.reconciliation.sums import Sum as Compared
from daybook.sources.canonical import payouts
from daybook.wire.http import HttpClient

EVENTS_CHECKED = 2_000
"""Of a company's newest ones; `daybook audit verify` walks all."""
MOST_DIFFERING = 500
SALES = [str(kind) for kind, spec in SPECS.items() if spec.is_the_sale]
SETTLED = (State.POSTED, State.CANCELLED)


def in_one_language() -> translation.override:
    """Let what is gathered meanwhile say its reasons in English, whoever asks: it is signed, and compared later on."""
    return translation.override(settings.LANGUAGE_CODE)


def of_company(
    company: Company, connections: list[Connection], since: date, until: date, client: HttpClient, *, now: datetime
) -> proof.Proof:
    """Return the proof of a period; both days are in it. Asks each connection's ledger. Raises WireError."""
    with in_one_language():
        ledgers = tuple(of_ledger(each, since, until, client) for each in connections)
    sealing.seal_all()
    checked = verifying.verify_newest(company.pk, EVENTS_CHECKED)
    position, seal = sealing.head()
    return proof.Proof(
        company=company.name,
        company_id=company.public_id,
        since=since.isoformat(),
        until=until.isoformat(),
        made_at=now.isoformat(timespec="seconds"),
        history=proof.History(position=position, seal=seal, checked=checked.events, broken_at=checked.broken_at),
        ledgers=ledgers,
    )


def of_ledger(connection: Connection, since: date, until: date, client: HttpClient) -> proof.OfLedger:
    """Return what it says of one connection. Raises WireError."""
    report = compare_connection(connection, client, period=Period(since, until), everything=False)
    facts = connection.facts
    return proof.OfLedger(
        connection=connection.public_id,
        ledger=connection.ledger,
        title=registry.title(connection.ledger),
        organisation=facts.name,
        country=facts.country_code,
        lock_date=facts.lock_date.isoformat() if facts.lock_date else "",
        orders=tuple(orders(connection, since, until)),
        day_book=tuple(day_book(connection, since, until)),
        compared=report.compared,
        agreeing=report.agreeing,
        overlooked=len(report.overlooked),
        difference=figure(report.difference),
        sums=tuple(_sums(connection, report)),
        differing=tuple(_differing(report)),
        clearing=tuple(_clearing(connection, since, until)),
        tax_return=_tax_return(connection, report),
    )


def orders(connection: Connection, since: date, until: date) -> Iterator[proof.OrdersOf]:
    """Yield the period's orders by how they stand; those that Daybook writes itself are none."""
    mine = OrderStanding.objects.filter(company_id=connection.company_id, connection=connection)
    mine = within(mine.exclude(order__feed__name=payouts.SOURCE), Period(since, until))
    documented = Order.Standing.DOCUMENTED
    groups = ("standing", "cause", "order__currency")
    rows = mine.order_by().values(*groups).annotate(count=Count("id"), gross=Sum("order__gross"))
    for row in rows.order_by(*groups):
        cause = row["cause"] if row["standing"] != documented else ""
        yield proof.OrdersOf(
            standing=row["standing"],
            cause=cause,
            reason=explain(cause, ledger=connection.ledger).title if cause else "",
            currency=row["order__currency"],
            orders=row["count"],
            gross=figure(row["gross"] or ZERO),
        )


def day_book(connection: Connection, since: date, until: date) -> Iterator[proof.DayBook]:
    """Yield the period's documents by kind, currency, state and, where they wait or were given up, cause.

    One that could not be made yet has no date: its order's day stands for it, and of a sale the order's amounts.
    """
    lock = connection.facts.lock_date
    locked = ~Q(state__in=SETTLED) & Q(day__lte=lock) if lock else Q(pk=None)
    groups = ("kind", "money", "state", "cause")
    rows = (
        _documents(connection, since, until)
        .order_by()
        .annotate(money=Coalesce(NullIf("currency", Value("")), "order__currency"))
    )
    sums = rows.values(*groups).annotate(
        count=Count("id"),
        locked=Count("id", filter=locked),
        all_net=Sum(_amount("net")),
        all_tax=Sum(_amount("tax")),
        all_gross=Sum(_amount("gross")),
    )
    for row in sums.order_by(*groups):
        cause = row["cause"] if row["state"] != State.POSTED else ""
        yield proof.DayBook(
            kind=row["kind"],
            currency=row["money"],
            state=row["state"],
            cause=cause,
            reason=explain(cause, ledger=connection.ledger).title if cause else "",
            documents=row["count"],
            locked=row["locked"],
            amounts=_amounts(Totals(row["all_net"] or ZERO, row["all_tax"] or ZERO, row["all_gross"] or ZERO)),
        )


def _amount(name: str) -> Coalesce:
    return Coalesce(name, Case(When(kind__in=SALES, then=f"order__{name}")))


def _documents(connection: Connection, since: date, until: date) -> QuerySet[Entry]:
    mine = Entry.objects.filter(company_id=connection.company_id, organisation=connection.organisation_id)
    orders_day = Cast(Coalesce("order__dispatched_at", "order__first_received_at"), DateField())
    return mine.annotate(day=Coalesce("date", orders_day)).filter(day__range=(since, until))


def _sums(connection: Connection, report: Report) -> Iterator[proof.Compared]:
    names = _names(connection)
    for key, each in report.sums:
        yield _sum(key, each, names)


def _sum(key: Key, each: Compared, names: Mapping[str, str]) -> proof.Compared:
    return proof.Compared(
        kind=key.kind,
        currency=key.currency,
        tax_type=key.tax_type,
        tax=names.get(key.tax_type, ""),
        documents=each.documents,
        orders=_amounts(each.orders) if each.orders is not None else None,
        day_book=_amounts(each.day_book),
        ledger=_amounts(each.ledger),
        difference=figure(each.difference),
    )


def _names(connection: Connection) -> dict[str, str]:
    mine = TaxRate.objects.filter(organisation=connection.organisation_id, organisation__company=connection.company_id)
    return {each.tax_type: _with_rate(each.name, f"{as_number(each.effective_rate)}%") for each in mine}


def _with_rate(name: str, rate: str) -> str:
    return name if rate in name else f"{name}, {rate}"


def _differing(report: Report) -> Iterator[proof.Differing]:
    for row in [each for each in report.rows if each.differs][:MOST_DIFFERING]:
        yield proof.Differing(
            kind=row.kind,
            number=row.number,
            currency=row.currency,
            finding=report.said(row),
            difference=figure(row.difference),
        )


def _clearing(connection: Connection, since: date, until: date) -> Iterator[proof.Clearing]:
    for account in money.clearing_accounts(connection):
        for end in money.month_end(connection, account, since, until, items=_none, paid_out=_none):
            amounts = ("opening", "payments", "refunds", "fees", "payouts", "closing", "moved", "posted", "unposted")
            told: dict[str, str] = {name: figure(getattr(end, name)) for name in amounts}
            yield proof.Clearing(account=str(account).strip(), currency=end.currency, **told)


def _none(_currency: str) -> Stretch:
    return NONE


def _tax_return(connection: Connection, report: Report) -> proof.Return | None:
    known = endpoints.ledger_of(connection).returns.get(connection.facts.country_code)
    if known is None:
        return None
    found = boxes.contribution(known, report.there)
    return proof.Return(
        title=known.title,
        currency=known.currency,
        basis=known.basis,
        boxes=tuple(proof.InBox(box.code, box.title, figure(found.boxes[box.code])) for box in known.boxes),
        left_out=tuple(_left_out(each) for each in found.left_out),
    )


def _left_out(each: boxes.LeftOut) -> proof.InNoBox:
    kind, currency, tax_type, status = each.standing
    return proof.InNoBox(
        kind=kind,
        currency=currency,
        tax_type=tax_type,
        status=status,
        documents=each.documents,
        amounts=_amounts(each.totals),
        why=each.why,
    )


def _amounts(totals: Totals) -> proof.Amounts:
    return proof.Amounts(*(figure(Decimal(each)) for each in totals))
