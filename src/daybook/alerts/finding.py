"""What waits for people in all companies at once, and which connections draw near an end: a few statements for all."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from django.db.models import Count, Exists, Max, OuterRef, QuerySet

from daybook.alerts import choices, of_feeds
from daybook.alerts.deciding import APP_REFUSED, CONSENT_LOST, FIRST_LOOK, LAPSES_WITHIN, Key, Outlook, Waiting
from daybook.alerts.models import MailChoice
from daybook.connections import endpoints, roster
from daybook.connections.models import Connection, PostingSettings, TokenSet
from daybook.connections.standing import PauseCause
from daybook.connections.stopping import Why
from daybook.ledgers.registry import LEDGERS
from daybook.orders.models import Order, OrderStanding
from daybook.outbox import approving, counting
from daybook.outbox.models import Entry
from daybook.outbox.states import State
from daybook.posting import limits, pacing

STOPPED = (State.HELD.value, State.REJECTED.value)
FEW_CALLS = 1000
"""A connection with more calls left than this is asked for nothing else: no plan's tenth is more."""


def waiting(now: datetime, companies: Iterable[int] | None = None) -> dict[Key, Waiting]:
    """Return all that waits for a person, by place and cause; in companies of which somebody wants to know.

    `companies`: only in these.
    """
    wanted = _wanted() if companies is None else list(companies)
    found: dict[Key, Waiting] = {}
    at_connections = (*_stopped(wanted), *_flagged(wanted), *_held_orders(wanted), *_without_consent(wanted))
    for each in (*at_connections, *_unapproved(wanted), *of_feeds.waiting(wanted, now)):
        found[each.key] = found[each.key].with_more(each) if each.key in found else each
    return found


def _wanted() -> "QuerySet[MailChoice, int]":
    return choices.reachable().filter(at_once=True).values_list("membership__company", flat=True)


def _stopped(companies: "Iterable[int]") -> Iterator[Waiting]:
    rows = Entry.objects.filter(company__in=companies, state__in=STOPPED).exclude(counting.FOR_A_CLOSED_CONNECTION)
    by = rows.order_by().values_list("company", "organisation__connection", "cause")
    for company, connection, cause, count, newest, at in by.annotate(Count("pk"), Max("pk"), Max("state_since")):
        yield Waiting(
            company_id=company, connection_id=connection, cause=cause, documents=count, newest_id=newest, newest_at=at
        )


def _flagged(companies: "Iterable[int]") -> Iterator[Waiting]:
    by = Entry.objects.filter(company__in=companies).exclude(attention="").order_by()
    grouped = by.values_list("company", "organisation__connection", "attention").annotate(Count("pk"), Max("pk"))
    for company, connection, cause, count, newest in grouped:
        yield Waiting(company_id=company, connection_id=connection, cause=cause, documents=count, newest_id=newest)


def _held_orders(companies: "Iterable[int]") -> Iterator[Waiting]:
    """Those whose documents wait for the same are told by their documents."""
    same = Entry.objects.filter(
        order=OuterRef("order"), organisation__connection=OuterRef("connection"), cause=OuterRef("cause"),
        state__in=STOPPED,
    )  # fmt: skip
    rows = OrderStanding.objects.filter(company__in=companies, standing=Order.Standing.HELD, connection__closed_at=None)
    by = rows.filter(~Exists(same)).order_by().values_list("company", "connection", "cause")
    for company, connection, cause, count, newest in by.annotate(Count("pk"), Max("order")):
        yield Waiting(company_id=company, connection_id=connection, cause=cause, orders=count, newest_id=newest)


def _without_consent(companies: "Iterable[int]") -> Iterator[Waiting]:
    lost = Connection.objects.filter(
        company__in=companies, status=Connection.Status.NEEDS_CONSENT, closed_at=None
    ).values_list("company", "pk")
    for company, connection in lost:
        yield Waiting(company_id=company, connection_id=connection, cause=CONSENT_LOST, documents=1)
    refused = Connection.objects.filter(company__in=companies, pause_cause=PauseCause.APP, closed_at=None)
    for company, connection in refused.values_list("company", "pk"):
        yield Waiting(company_id=company, connection_id=connection, cause=APP_REFUSED, documents=1)


def _unapproved(companies: "Iterable[int]") -> Iterator[Waiting]:
    """One for each connection where documents are ready that nobody has looked at; more of them are no news."""
    ready = Entry.objects.filter(
        company=OuterRef("company"), organisation=OuterRef("organisation"), state=State.READY, open_needs=0
    )
    waits = Connection.objects.filter(
        company__in=companies, status=Connection.Status.CONNECTED, closed_at=None, let_through=[],
        posting_stops__has_key=Why.FIRST_LOOK.value,
    )  # fmt: skip
    for connection in waits.filter(Exists(ready)):
        if approving.is_waited_for(connection):
            yield Waiting(company_id=connection.company_id, connection_id=connection.pk, cause=FIRST_LOOK, documents=1)


def outlooks(now: datetime) -> list[tuple[Connection, Outlook]]:
    """Return the connections that may have to be warned of: few calls are left, or the consent lapses within days."""
    lapsing = _lapsing(now)
    rows = roster.called().filter(company__closed_at=None).select_related("company", "last_organisation")
    scarce = list(rows.filter(day_remaining__lt=FEW_CALLS, limits_read_at__gt=now - timedelta(days=1)))
    others = list(rows.filter(pk__in=lapsing.keys() - {each.pk for each in scarce}))
    plans = PostingSettings.objects.filter(connection__in=scarce).values_list("connection_id", "app_calls_a_day")
    chosen = dict(plans)
    return [(each, _outlook(each, lapsing, chosen.get(each.pk), now)) for each in (*scarce, *others)]


def _lapsing(now: datetime) -> dict[int, datetime]:
    """Return when the consents end that do so within days, by connection; one statement for each ledger that tells."""
    found: dict[int, datetime] = {}
    for ledger in LEDGERS.values():
        lives = ledger.consent.lapses_after if ledger.consent is not None else None
        if lives is None:
            continue
        rows = TokenSet.objects.filter(
            connection__ledger=ledger.name, refreshed_at__lte=now + LAPSES_WITHIN - lives
        ).values_list("connection_id", "refreshed_at")
        found |= {connection: refreshed + lives for connection, refreshed in rows}
    return found


def _outlook(connection: Connection, lapsing: Mapping[int, datetime], plan: int | None, now: datetime) -> Outlook:
    terms = endpoints.ledger_of(connection).terms
    left = limits.of_day(pacing.windows_of(connection), now)
    return Outlook(
        lapses_at=lapsing.get(connection.pk),
        calls_left=None if left is None else left - terms.calls_kept_for_people,
        calls_a_day=connection.calls_a_day or plan or next(iter(terms.calls_a_day), None),
    )
