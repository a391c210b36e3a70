"""What a ledger refused goes again once its cause is cured there: after a refresh, a Save, and the daily reading.

refused documents -> catalog.cures (read since, and good?) -> prepare anew, once for each cure
"""

from collections.abc import Mapping
from dataclasses import replace

import structlog
from django.db import transaction

from daybook.catalog import cures, customers
from daybook.catalog.cures import Ground, Refused
from daybook.companies.models import Company
from daybook.connections import roster
from daybook.connections.models import Connection
from daybook.documents import stored
from daybook.documents.document import CreditNote, Document
from daybook.intake import prepare
from daybook.intake.rules import load_rules
from daybook.outbox.models import Entry
from daybook.outbox.states import State

MOST_AT_ONCE = 2000

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
    refused = Entry.objects.filter(
        company=connection.company,
        organisation=known.organisation_id,
        state=State.REJECTED,
        cause__in=list(cures.LIST_OF),
    )
    rows = list(refused.order_by("id")[:MOST_AT_ONCE])
    there = customers.known(known.organisation_id, set(filter(None, map(_key_of, rows))))
    known = replace(known, contacts=known.contacts | set(there.values()))
    facts = {entry.pk: cures.fact(_refused(entry, there), known) for entry in rows}
    cured = [entry for entry in rows if _is_cured(entry, facts[entry.pk], known)]
    for entry in cured:
        _send_again(connection, entry, facts[entry.pk])
    if cured:
        log.info("refusals cured", company=connection.company.public_id, documents=len(cured))
    return len(cured)


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
