"""The day book's documents, as the pages show them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec
from django.db.models import F, Q, QuerySet
from django.http import QueryDict

from daybook.catalog.models import TaxRate
from daybook.companies.models import Company
from daybook.connections.models import Organisation
from daybook.documents import stored
from daybook.documents.document import AmountType, Document, Line
from daybook.documents.kinds import SPECS, Paper
from daybook.history.models import Event
from daybook.kit.translation import gettext, gettext_noop
from daybook.ledgers.exchange import Access
from daybook.ledgers.registry import LEDGERS
from daybook.mapping import arithmetic
from daybook.outbox import counting
from daybook.outbox.explanations import explain
from daybook.outbox.models import SETTLED, SOUGHT, Attempt, AttemptEntry, Entry
from daybook.outbox.states import State
from daybook.tables import searching
from daybook.web import words
from daybook.web.listing import COVERED, Found, Sort, asked_for, in_turn, sort_asked, sorted_by
from daybook.web.reading.spans import Span, amount_asked, days_asked
from daybook.web.spreadsheets import headings
from daybook.wire.asks import Request

TODAY, UNDER_WAY, APPROVAL, OPEN = "today", "under_way", "approval", "open"
"""Filters beside the states themselves: posted today, what goes on by itself, what waits for somebody's approval, and
all that is neither posted nor refused."""
STILL_WAITING = (State.HELD, State.READY, State.SENDING, State.UNKNOWN)
DATED, POSTED, SINCE = "date", "posted", "state"
"""What days may be of: the document's date, its posting, or since when it is in its state."""
_TURNS = {DATED: "date", POSTED: "posted_at", SINCE: "state_since"}
FILTERS = ("state", "kind", "connection", "attention", "cause", "q")
"""What may leave few of many, beside days."""
WAITING = [State.HELD, State.REJECTED, State.UNKNOWN]
RETRYABLE = frozenset({State.HELD, State.REJECTED})
LONGEST_SEARCH = 100
NEVER_STORED = gettext_noop("•••• (never stored)")
LONGEST_CAUSE = 40
SECRET = re.compile(r'("(?:access_token|refresh_token|client_secret|authorization)"\s*:\s*)"[^"]*"', re.IGNORECASE)


SORTS: Mapping[str, Sort] = {
    "entered": Sort(called="Entered first", is_rising=True),
    "-date": Sort(called="Latest date first", by="date"),
    "date": Sort(called="Earliest date first", by="date", is_rising=True),
    "-amount": Sort(called="Largest amount first", by="gross"),
    "amount": Sort(called="Smallest amount first", by="gross", is_rising=True),
}
"""By the name in an address; each has an index."""


def found(company: Company, asked: QueryDict, *, today_began: datetime) -> Found[Entry]:
    """Return the company's documents that the filters name, in the turn asked for.

    Filters: state, kind, connection, attention, cause, days, and q.
    """
    everything, sort = Entry.objects.filter(company=company), sort_asked(asked, SORTS)
    listed = _found(company, asked, today_began=today_began)
    if sort is not None and days_asked(asked) and not any(asked.get(name) for name in FILTERS):
        listed = replace(listed, few=COVERED)  # each index of days has what any turn asks
        if sort.by == "gross":
            listed = replace(
                listed, walking=listed.rows
            )  # amounts know nothing of days: of many rows the next ones fit
    return sorted_by(listed, everything, sort)


def _found(company: Company, asked: QueryDict, *, today_began: datetime) -> Found[Entry]:
    span, by, state = days_asked(asked), _by(asked), asked.get("state", "")
    shown, within = _listed(company), _within(Entry.objects.filter(company=company), span, by)
    if state == TODAY:
        within = within.filter(state=State.POSTED, posted_at__gte=today_began)
    rows = _in_state(within, state)
    if asked.get("kind") in SPECS:
        rows = rows.filter(kind=asked["kind"])
    if connection := asked_for(asked, "connection", LONGEST_CAUSE):
        rows = rows.filter(organisation__in=_organisations(company, connection))
    if asked.get("attention"):
        rows = _needing_a_person(rows, state)
    if cause := asked_for(asked, "cause", LONGEST_CAUSE):
        rows = rows.filter(pk__in=_because_of(company, cause))
    turn = "posted_at" if state == TODAY else _TURNS[by] if span else ""
    is_narrowed = any(asked.get(name) for name in FILTERS) or bool(span)
    listed = Found(rows, shown, by=turn, within=within if turn else None, is_narrowed=is_narrowed)
    text = searched(asked)
    if not text:
        return listed
    settled, moving = Q(state__in=SETTLED), Q(state__in=sorted({*State} - set(SETTLED)))
    by_index = searching.saying(rows, company.pk, text, *SOUGHT, held=settled, others=moving)
    walking, amount = searching.walking(rows, text, *SOUGHT), amount_asked(text)
    if amount is not None:
        of_amount = Entry.objects.filter(company=company, gross=amount).values("pk")
        by_index = rows.filter(pk__in=by_index.order_by().values("pk").union(of_amount))
        walking |= rows.filter(gross=amount)
    return replace(listed, rows=by_index, walking=walking)


def _organisations(company: Company, connection: str) -> list[int]:
    """Return the ids of what a connection of the company reaches, or has reached."""
    mine = Organisation.objects.filter(company=company, connection__public_id=connection)
    return list(mine.values_list("pk", flat=True))


def _in_state(rows: QuerySet[Entry], state: str) -> QuerySet[Entry]:
    """Return those of the rows that are in a state, or that one of the filters beside the states names."""
    match state:
        case "under_way":
            return rows.filter(state__in=counting.UNDER_WAY).exclude(counting.AWAITS_APPROVAL)
        case "approval":
            return rows.filter(counting.AWAITS_APPROVAL)
        case "open":
            return rows.filter(state__in=STILL_WAITING)
    return rows.filter(state=state) if state in set(State) else rows


def _by(asked: QueryDict) -> str:
    """Return what the days are of."""
    return str(asked.get("by")) if asked.get("by") in {POSTED, SINCE} else DATED


def _within(rows: QuerySet[Entry], span: Span | None, by: str) -> QuerySet[Entry]:
    """Return those of the rows that the days hold."""
    if span is None:
        return rows
    if by == DATED:
        return rows.filter(date__range=(span.first, span.last))
    field = "posted_at" if by == POSTED else "state_since"
    rows = rows.filter(state=State.POSTED) if by == POSTED else rows
    return rows.filter(**span.moments(field))


def _listed(company: Company) -> QuerySet[Entry]:
    """Return the company's documents, of each what the list shows."""
    own = (
        "public_id",
        "state",
        "kind",
        "number",
        "contact_name",
        "gross",
        "currency",
        "date",
        "attention",
        "open_needs",
    )
    of_order = ("order__public_id", "order__ref", "order__gross", "order__currency")
    others = (*of_order, "organisation__ledger", "about__number")
    rows = Entry.objects.filter(company=company).select_related("order", "organisation", "about").only(*own, *others)
    return rows.alias(awaits=counting.AWAITS_APPROVAL).annotate(awaits_approval=F("awaits"))


FILE_HEAD = (
    *headings("Number", "Kind", "State", "Waits for", "Order", "Shop reference", "Contact", "Date", "Currency"),
    *headings("Net", "Tax", "Gross", "Status there", "Id there", "Posted (UTC)", "Id here"),
)
_IN_FILE = (
    *("public_id", "number", "kind", "state", "cause", "subject", "contact_name", "date", "currency", "net", "tax"),
    *("gross", "their_status", "their_id", "posted_at", "order__ref", "order__external_ref", "organisation__ledger"),
)


def in_file(company: Company, found: Found[Entry], most: int) -> Iterator[tuple[str | Decimal | date | None, ...]]:
    """Yield what a file says of the documents, as `FILE_HEAD` calls it."""
    shown = Entry.objects.filter(company=company).select_related("order", "organisation").only(*_IN_FILE)
    for each in in_turn(replace(found, shown=shown), most):
        why = explain(each.cause, each.subject, ledger=each.organisation.ledger).title if each.cause else ""
        yield (
            *(each.number, words.kind(each.kind), words.state(each.state).text, why, each.order.ref),
            *(each.order.external_ref, each.contact_name, each.date, each.currency, each.net, each.tax, each.gross),
            *(each.their_status, each.their_id, each.posted_at, each.public_id),
        )


def _needing_a_person(rows: QuerySet[Entry], state: str) -> QuerySet[Entry]:
    """Return those of the rows that do; of a state that is asked for only that half which it may be in."""
    if state in RETRYABLE:
        return rows.exclude(counting.FOR_A_CLOSED_CONNECTION)
    if state in {*State, TODAY, UNDER_WAY, APPROVAL}:
        return rows.exclude(attention="")
    return rows.filter(counting.NEEDS_A_PERSON).exclude(counting.FOR_A_CLOSED_CONNECTION)


def _because_of(company: Company, cause: str) -> QuerySet[Any, Any]:
    """Return the ids of the documents that wait for this or are flagged with it, each half by its own index."""
    mine = Entry.objects.filter(company=company)
    return mine.filter(cause=cause, state__in=WAITING).values("pk").union(mine.filter(attention=cause).values("pk"))


def searched(asked: QueryDict) -> str:
    """Return what a person searches for."""
    return asked_for(asked, "q", LONGEST_SEARCH)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """An attempt as a person reads it."""

    attempt: Attempt
    headers: str
    """As they were sent but for the token, one a line; empty for what is no call."""
    outcome: AttemptEntry
    neighbours: int
    request: str
    answer: str
    request_part: str
    """What the call said of this document alone."""
    answer_part: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One line of the timeline: a move of the document, or a call to the ledger."""

    at: datetime
    move: Event | None = None
    reason: str = ""
    """Why it moved, in words."""
    sending: Sending | None = None


def timeline(entry: Entry) -> list[Step]:
    """Return all that happened to the document, oldest first."""
    ledger, subjects = entry.organisation.ledger, {entry.cause: entry.subject}
    moves = [
        Step(at=move.at, move=move, reason=words.reason(move.reason, move.cause, subjects, ledger=ledger))
        for move in entry.events.select_related("person")
    ]
    sendings = [
        Step(at=sending.attempt.sent_at or sending.attempt.created_at, sending=sending) for sending in _sendings(entry)
    ]
    return sorted([*moves, *sendings], key=lambda step: step.at)


def _sendings(entry: Entry) -> list[Sending]:
    members = (
        AttemptEntry.objects.filter(company=entry.company_id, entry=entry)
        .select_related("attempt__organisation")
        .order_by("-id")[:20]
    )
    return [_sending(member) for member in members]


def _sending(member: AttemptEntry) -> Sending:
    attempt = member.attempt
    return Sending(
        attempt=attempt,
        headers=_headers(attempt),
        outcome=member,
        neighbours=AttemptEntry.objects.filter(company=member.company_id, attempt=attempt).count() - 1,
        request=pretty(attempt.body),
        answer=pretty(attempt.answer),
        request_part=pretty(_element(attempt.body, attempt.resource, member.position)),
        answer_part=pretty(_element(attempt.answer, attempt.resource, member.position)),
    )


def _headers(attempt: Attempt) -> str:
    ledger = LEDGERS.get(attempt.organisation.ledger)
    if ledger is None or not attempt.token_fingerprint:
        return ""
    access = Access(base="", token=gettext(NEVER_STORED), organisation=attempt.organisation.their_id)
    asked = Request(attempt.method, attempt.url, {}, bytes(attempt.body))
    headers = ledger.dress(asked, access, attempt.idempotency_key).headers
    return "\n".join(f"{name}: {value}" for name, value in headers.items())


def _element(body: bytes | memoryview, resource: str, position: int) -> bytes:
    """Return one element of a batch as it was written; empty where the body holds no such list."""
    try:
        parts = msgspec.json.decode(bytes(body), type=dict[str, msgspec.Raw])
        elements = msgspec.json.decode(parts[resource], type=list[msgspec.Raw])
        return bytes(elements[position])
    except (msgspec.DecodeError, KeyError, IndexError):
        return b""


def pretty(body: bytes | memoryview) -> str:
    """Return a body with line breaks, every number as it was sent; secrets masked, should one ever stand in there."""
    raw = bytes(body)
    try:
        text = msgspec.json.format(raw, indent=2).decode()
    except (msgspec.DecodeError, UnicodeDecodeError):
        text = raw.decode("utf-8", "replace")
    return SECRET.sub(r'\1"••••"', text)


def mapped(entry: Entry) -> Paper | None:
    """Return the document as it was mapped; None while it could not be, or where this version cannot read it."""
    return stored.read(entry.document, entry.kind) if entry.document else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownLine:
    """A line of the document as a person reads it."""

    line: Line
    tax_name: str
    """The tax rate as the organisation calls it, as last read; its TaxType where it is not known (any more)."""
    net: Decimal | None
    """None where prices hold tax whose rate is not known."""


def rates(organisation_id: int) -> dict[str, TaxRate]:
    """Return an organisation's tax rates by tax type, as last read."""
    return {rate.tax_type: rate for rate in TaxRate.objects.filter(organisation=organisation_id)}


def lines(entry: Entry, document: Paper | None, known: Mapping[str, TaxRate] | None = None) -> list[ShownLine]:
    """Return the document's lines, each with its tax rate's name and its net amount; none of what books nothing.

    `known`: the organisation's rates, where they are at hand.
    """
    if not isinstance(document, Document):
        return []
    known = rates(entry.organisation_id) if known is None else known
    return [_shown(line, document.amount_type, known.get(line.tax_type)) for line in document.lines]


def _shown(line: Line, amount_type: AmountType, rate: TaxRate | None) -> ShownLine:
    amount = arithmetic.line_amount(line)
    tax = Decimal(0) if amount_type is AmountType.EXCLUSIVE else _tax_within(line, amount, rate)
    return ShownLine(
        line=replace(line, decided_by=words.decided(line.decided_by)),
        tax_name=rate.name if rate else line.tax_type,
        net=None if tax is None else amount - tax,
    )


def _tax_within(line: Line, amount: Decimal, rate: TaxRate | None) -> Decimal | None:
    if line.tax_amount is not None or rate is None:
        return line.tax_amount
    return arithmetic.tax_on(amount, rate=rate.effective_rate / 100, amount_type=AmountType.INCLUSIVE)


def totals(entry: Entry) -> list[dict[str, Any]]:
    """Return net, tax and gross as ours and the ledger's, and whether they differ."""
    return [
        {"name": name, "ours": ours, "theirs": theirs, "differs": theirs is not None and ours != theirs}
        for name, ours, theirs in (
            (gettext("Net"), entry.net, entry.their_net),
            (gettext("Tax"), entry.tax, entry.their_tax),
            (gettext("Gross"), entry.gross, entry.their_gross),
        )
    ]


def siblings(entry: Entry) -> QuerySet[Entry]:
    """Return the other documents of the same order."""
    return Entry.objects.filter(company=entry.company_id, order=entry.order_id).exclude(pk=entry.pk).order_by("id")
