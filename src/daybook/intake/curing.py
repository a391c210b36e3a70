"""What a ledger refused goes again once its cause is cured there: after a refresh, a Save, and the daily reading.

refused documents -> catalog.cures (read since, and good?) -> prepare anew, once for each cure

The lists are read just after a refusal. Where they could not be, or had been read a moment before it, that is done again
by itself: after 5 minutes, 10, 20 and so on, for a day; then the daily reading has been.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Max

from daybook.catalog import cures, customers, refresh
from daybook.catalog.cures import Ground, Refused
from daybook.catalog.models import CatalogRead
from daybook.companies.models import Company
from daybook.connections import calls, roster
from daybook.connections.models import Connection
from daybook.documents import stored
from daybook.documents.document import CreditNote, Document
from daybook.intake import prepare
from daybook.intake.rules import load_rules
from daybook.outbox import wake
from daybook.outbox.models import Entry
from daybook.outbox.states import State
from daybook.wire.http import HttpClient

AT_ONCE = 500
"""Refused documents that are read together."""
LOOKS_EACH = timedelta(minutes=5)
"""How often somebody asks which lists are to be read again (`read_again`)."""
LOOKS_FOR = timedelta(days=1)

log = structlog.get_logger("daybook.intake")


def cure(company_id: int) -> int:
    """Send again what the company's organisations refused for a cause that is cured by now; return how many documents.

    A document that is refused again after a cure is not sent again by the same one, unless a list has shown the cause
    as standing in between, or a person asks.
    """
    company = Company.objects.get(pk=company_id)
    return sum(_cure(connection) for connection in roster.of_company(company))


def _cure(connection: Connection) -> int:
    known = cures.ground(connection)
    if known is None:
        return 0
    cured = 0
    for rows in _refused_of(connection, known.organisation_id):
        there = customers.known(known.organisation_id, set(filter(None, map(_key_of, rows))))
        with_theirs = replace(known, contacts=known.contacts | set(there.values()))
        for entry in rows:
            fact = cures.fact(_refused(entry, there), with_theirs)
            if _is_cured(entry, fact, with_theirs):
                _send_again(connection, entry, fact)
                cured += 1
    if cured:
        log.info("refusals cured", company=connection.company.public_id, documents=cured)
    return cured


def _refused_of(connection: Connection, organisation_id: int) -> Iterator[list[Entry]]:
    """Yield what was refused for causes that lists tell of, so many at once: what nothing cures stands in nobody's way."""
    refused = Entry.objects.filter(
        company=connection.company,
        organisation=organisation_id,
        state=State.REJECTED,
        cause__in=list(cures.LIST_OF),
    ).order_by("id")
    last = 0
    while rows := list(refused.filter(pk__gt=last)[:AT_ONCE]):
        yield rows
        last = rows[-1].pk


def read_again(client: HttpClient, now: datetime) -> int:
    """Read the lists that tell of refusals and were not read since, where that is due; return of how many connections.

    One that cannot be read yet is paused as after any call, and read when it is due next: nine times at most.
    """
    due = list(_unread(now))
    for connection, lists in due:
        with calls.apart(connection, "lists not read again", client):
            refresh.refresh(connection, resources=lists, client=client)
        wake.wake_prepare(connection.company_id)  # what was read before it failed stays, and may be the cure
    return len(due)


def _unread(now: datetime) -> Iterator[tuple[Connection, set[str]]]:
    """Yield the connections of whose organisations lists are due, and these."""
    there = {each.organisation_id: each for each in roster.called().exclude(paused_until__gt=now).order_by("id")}
    refused = Entry.objects.filter(
        state=State.REJECTED, cause__in=list(cures.LIST_OF), state_since__gt=now - LOOKS_FOR, organisation__in=there
    )
    newest: dict[tuple[int, str], datetime] = {}
    for organisation, cause, at in refused.values_list("organisation", "cause").annotate(Max("state_since")):
        name = cures.LIST_OF[cause]
        newest[organisation, name] = max(at, newest.get((organisation, name), at))
    reads = CatalogRead.objects.filter(organisation__in={organisation for organisation, _ in newest})
    asked = {
        (organisation, name): at for organisation, name, at in reads.values_list("organisation", "resource", "asked_at")
    }
    lists: dict[int, set[str]] = {}
    for (organisation, name), at in newest.items():
        last = asked.get((organisation, name))
        if (last is None or last <= at) and is_due(now - at):
            lists.setdefault(organisation, set()).add(name)
    yield from ((there[organisation], names) for organisation, names in lists.items())


def is_due(age: timedelta) -> bool:
    """Tell whether a refusal of this age is one of those of which the lists are read again. PURE: twice as long each time."""
    looks = age // LOOKS_EACH
    return looks > 0 and looks & (looks - 1) == 0


def forget(company: Company) -> None:
    """Let a person's Refresh or Save count as a new cure, also where the same one did not help before."""
    Entry.objects.filter(company=company, state=State.REJECTED).exclude(cured_by="").update(cured_by="")


def _is_cured(entry: Entry, fact: str, known: Ground) -> bool:
    """Tell whether the cause is cured by something new; note where it is seen to stand, so that the next cure counts."""
    if (
        not fact
        and entry.cured_by
        and known.read_at.get(cures.LIST_OF[entry.cause], entry.state_since) > entry.state_since
    ):
        Entry.objects.filter(company_id=entry.company_id, pk=entry.pk).update(cured_by="")
    return bool(fact) and fact != entry.cured_by


def _send_again(connection: Connection, entry: Entry, fact: str) -> None:
    company, cured = connection.company, frozenset({entry.cause})
    with transaction.atomic():
        prepare.prepare_orders(company, [entry.order_id], rules=[load_rules(connection)], cured=cured)
        Entry.objects.filter(company=company, pk=entry.pk).update(cured_by=fact)


def _key_of(entry: Entry) -> str:
    """Return whose contact a document of a party goes to; "" for one that names a chosen contact."""
    return str(((entry.document or {}).get("party") or {}).get("key") or "")


def _refused(entry: Entry, there: Mapping[str, str]) -> Refused:
    """`there`: by the key of a customer, the contact that stands for them now."""
    written = stored.read(entry.document, entry.kind)
    booked = written if isinstance(written, Document) else None
    lines = booked.lines if booked is not None else ()
    return Refused(
        cause=entry.cause,
        at=entry.state_since,
        date=entry.date,
        currency=entry.currency,
        contact_id=there.get(_key_of(entry), "") if _key_of(entry) else booked.contact_id if booked is not None else "",
        accounts=frozenset(line.account_code for line in lines if line.account_code),
        tax_types=frozenset(line.tax_type for line in lines),
        items=frozenset(line.item_code for line in lines if line.item_code),
        tracking=frozenset(f"{each.category}: {each.option}" for line in lines for each in line.tracking),
        finds_an_open_day=isinstance(written, CreditNote),
    )
