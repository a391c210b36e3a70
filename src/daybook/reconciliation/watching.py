"""What people did there with posted documents, brought to the day book: a cheap look at what changed since the last.

One list per kind of document, by If-Modified-Since: usually one call that says "nothing". Hourly while something was
posted within two days or waits for somebody's approval, daily up to thirty days, not at all for a company that posts nothing; and when a person asks.
Rows decide when it is due, the job is only a hint. Nothing is sent, and no document is moved.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from django.db import transaction
from django.db.models import Exists, Min, OuterRef, Q, QuerySet

from daybook.catalog.models import CatalogRead
from daybook.connections import calls, endpoints, roster
from daybook.connections.models import Connection
from daybook.documents import beneath
from daybook.documents.kinds import SPECS
from daybook.kit import clock
from daybook.kit.money import ZERO, Totals
from daybook.ledgers.exchange import Changes, Since, Theirs
from daybook.ledgers.ledger import Form, KnownBy, Ledger
from daybook.outbox import queue
from daybook.outbox.models import Entry, EntryNeed
from daybook.outbox.needs import Until
from daybook.outbox.states import State
from daybook.reconciliation import sendings, sightings
from daybook.reconciliation.sightings import Known
from daybook.wire.http import HttpClient

HOURLY_FOR, HOURLY = timedelta(days=2), timedelta(hours=1)
DAILY_FOR, DAILY = timedelta(days=30), timedelta(hours=24)
FIRST_LOOK = timedelta(days=90)
"""So far back a company's first look goes."""
LEAST_CALLS_LEFT = 100
"""Of the day; below it the look waits: what is left belongs to posting and to people."""
DAY = timedelta(hours=24)
MOST_PAGES = 20
"""Of changes in one look; the next look goes on from there."""

log = structlog.get_logger("daybook.reconciliation")


def watch(client: HttpClient, *, now: datetime) -> None:
    """Look there for every connection whose look is due; one organisation's trouble never keeps another waiting."""
    for connection in due(now):
        with calls.apart(connection, "changes not seen", client):
            look_for_changes(connection, client, now=now)


def due(now: datetime) -> list[Connection]:
    """Return the connections that may make calls and whose look is due by what they posted last."""
    mine = Entry.objects.filter(company=OuterRef("company"), organisation=OuterRef("organisation"), state=State.POSTED)
    lately = Exists(mine.filter(posted_at__gt=now - HOURLY_FOR))
    this_month = Exists(mine.filter(posted_at__gt=now - DAILY_FOR))
    an_hour_ago = Exists(mine.filter(posted_at__gt=now - DAILY_FOR, posted_at__lt=now - HOURLY))
    awaited = Exists(
        EntryNeed.objects.filter(
            company=OuterRef("company"), met_at=None, until=Until.AUTHORISED, needed__state=State.POSTED,
            needed__organisation=OuterRef("organisation"), needed__posted_at__gt=now - DAILY_FOR,
        )
    )  # fmt: skip
    is_scarce = Q(day_remaining__lt=LEAST_CALLS_LEFT, limits_read_at__gt=now - DAY)
    return list(
        roster.called()
        .exclude(paused_until__gt=now)
        .exclude(is_scarce)
        .filter(
            Q(lately, looked_at__lt=now - HOURLY)
            | Q(awaited, looked_at__lt=now - HOURLY)
            | Q(this_month, looked_at__lt=now - DAILY)
            | Q(an_hour_ago, looked_at=None)
        )
        .order_by("looked_at", "id")
    )


def look_for_changes(connection: Connection, client: HttpClient, *, now: datetime) -> int:
    """Bring to the day book what changed there since the last look; return how many documents did. Raises WireError.

    Each page is committed with the moment from which the next look begins, so that nothing is lost between them.
    """
    Connection.objects.filter(pk=connection.pk).update(looked_at=now)  # a look that fails is not repeated at once
    count = 0
    for form in endpoints.ledger_of(connection).forms.values():
        since = _since(connection, form)
        for page in pages(connection, client, form, Since(since)) if since else ():
            count += _note(connection, form, page)
    log.info("looked for changes", connection=connection.public_id, documents=count)
    return count


def pages(connection: Connection, client: HttpClient, form: Form, since: Since) -> Iterator[Changes]:
    """Yield page after page of what changed, so many at most. Raises WireError."""
    for _ in range(MOST_PAGES):
        page = calls.carry(connection, form.changed(since, clock.now()), client=client)
        yield page
        if page.is_last:
            return
        since = page.rest


def look_at_one(entry: Entry, connection: Connection, client: HttpClient) -> bool:
    """Look at one posted document, at one call; return whether something about it had changed. Raises WireError."""
    ledger = endpoints.ledger_of(connection)
    found = calls.carry(connection, ledger.forms[entry.kind].look_by_ids([entry.their_id]), client=client)
    # what is voided or deleted is kept there; where there is none of this id, it is gone altogether
    theirs = found[0] if found else _as_last_seen(entry, status=ledger.statuses.deleted)
    with transaction.atomic():
        fresh = queue.locked(Entry.objects.filter(pk=entry.pk, company_id=entry.company_id, state=State.POSTED)).first()
        return fresh is not None and _sight(fresh, theirs, connection, ledger)


def _since(connection: Connection, form: Form) -> datetime | None:
    """Return from when on changes of this kind are unknown; None where nothing of it was ever posted."""
    posted = Entry.objects.filter(
        company_id=connection.company_id, organisation=connection.organisation_id, kind=form.kind, state=State.POSTED
    )
    first: datetime | None = posted.aggregate(first=Min("posted_at"))["first"]
    if first is None:
        return None
    read = _reads(connection).filter(resource=form.listed_in).values_list("read_at", flat=True).first()
    return read or max(first, clock.now() - FIRST_LOOK) - endpoints.ledger_of(connection).terms.clock_skew


def _reads(connection: Connection) -> QuerySet[CatalogRead]:
    return CatalogRead.objects.filter(organisation=connection.organisation_id)


@transaction.atomic
def _note(connection: Connection, form: Form, page: Changes) -> int:
    by_id = {theirs.their_id: theirs for theirs in page.found}
    ledger = endpoints.ledger_of(connection)
    mine = Entry.objects.filter(
        company_id=connection.company_id,
        organisation=connection.organisation_id,
        kind=form.kind,
        state=State.POSTED,
        their_id__in=list(by_id),
    )
    entries = list(queue.locked(mine.select_related("order", "organisation").prefetch_related("order__standings")))
    count = sum(_sight(entry, by_id[entry.their_id], connection, ledger) for entry in entries)
    CatalogRead.objects.update_or_create(
        organisation=connection.organisation,
        resource=form.listed_in,
        defaults={"read_at": page.rest.moment},
    )
    return count


def _sight(entry: Entry, theirs: Theirs, connection: Connection, ledger: Ledger) -> bool:
    known = _known(entry)
    if ledger.forms[entry.kind].known_by is not KnownBy.NUMBER:
        theirs = replace(theirs, number=entry.number)  # it has none there
    sighting = sightings.judge(known, theirs, ledger, day=_day(theirs.updated_at, connection))
    return queue.observe(
        entry,
        queue.Seen(
            status=theirs.status,
            totals=theirs.totals,
            paid=theirs.paid,
            credited=theirs.credited,
            due=theirs.due,
            updated_at=theirs.updated_at,
            version=theirs.version,
            differs=sighting.differs,
            news=sighting.news,
            attention=sighting.attention,
            detail=sighting.detail,
        ),
        now=clock.now(),
    )


def _known(entry: Entry) -> Known:
    order, is_the_sale = entry.order, SPECS[entry.kind].is_the_sale
    there = entry.organisation.connection_id
    written_from: dict[str, Any] = next(
        (each.written_from for each in order.standings.all() if each.connection_id == there), {}
    )
    about = f"{entry.kind}:{entry.key}" if entry.key else entry.kind
    written = written_from.get(about) or {}
    return Known(
        number=entry.number,
        contact_id=sendings.contact_of(entry),
        currency=entry.currency,
        status=entry.their_status,
        seen=_totals(entry.their_net, entry.their_tax, entry.their_gross),
        expected=Totals(entry.net or ZERO, entry.tax or ZERO, entry.gross or ZERO),
        order=_totals(order.net, order.tax, order.gross) if is_the_sale and not entry.key else None,
        is_order_cancelled=bool(written.get("is_cancelled")),
        paid=entry.their_paid or ZERO,
        credited=entry.their_credited or ZERO,
        attention=entry.attention,
        beneath=beneath.flag(written_from, about),
    )


def _as_last_seen(entry: Entry, *, status: str) -> Theirs:
    known = _known(entry)
    return Theirs(
        their_id=entry.their_id,
        number=known.number,
        status=status,
        contact_id=known.contact_id,
        currency=known.currency,
        reference="",
        totals=known.seen,
        paid=known.paid,
        credited=known.credited,
        due=entry.their_due,
    )


def _day(moment: datetime | None, connection: Connection) -> str:
    return "" if moment is None else f"{moment.astimezone(ZoneInfo(connection.facts.time_zone or 'UTC')):%-d %B %Y}"


def _totals(net: Decimal | None, tax: Decimal | None, gross: Decimal | None) -> Totals | None:
    return None if net is None or tax is None or gross is None else Totals(net, tax, gross)
