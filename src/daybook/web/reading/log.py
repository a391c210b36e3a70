"""The log: everything that people and machines did for a company, newest first, as its page shows it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Model, QuerySet
from django.http import QueryDict
from django.urls import reverse

from daybook.catalog.models import Account
from daybook.companies.models import ApiKey, Company, Membership, Person
from daybook.connections.models import Connection, PostingSettings
from daybook.connections.outgoing import FileFormat, MailAccess
from daybook.connections.places import FileAccess
from daybook.connections.stopping import Why
from daybook.feeds import places
from daybook.feeds.models import Feed
from daybook.history.kinds import Mover, Subject, What
from daybook.history.models import COMMON, Event
from daybook.kit import translation
from daybook.kit.translation import gettext, gettext_noop
from daybook.ledgers.registry import USUAL
from daybook.orders.models import Order
from daybook.outbox import states
from daybook.outbox.models import Entry
from daybook.web import words
from daybook.web.listing import Found, asked_for, in_turn
from daybook.web.reading import naming

PEOPLE, MACHINES = "people", "machines"
SETTINGS = "settings"
GROUPS: Mapping[str, tuple[str, frozenset[str]]] = {
    SETTINGS: (gettext_noop("Settings, people, connections"), frozenset(set(Subject) - set(COMMON))),
    "documents": (gettext_noop("Documents"), frozenset({Subject.ENTRY})),
    "orders": (gettext_noop("Orders"), frozenset({Subject.ORDER})),
}
"""What the log can be narrowed to: what it is called, and what it is about."""
LONGEST = 40
MACHINE_NAMES: Mapping[str, str] = {
    Mover.COMMAND_LINE: gettext_noop("Command line"),
    Mover.SENDER: gettext_noop("The sender of the orders"),
    Mover.DAYBOOK: "Daybook",
    states.Mover.MAPPING: "Daybook",
    states.Mover.POSTING: "Daybook",
    states.Mover.RECONCILIATION: gettext_noop("Daybook, by a look"),
}
_BY_PEOPLE = (Mover.PERSON.value,)
_WHATS = {
    What.SAVED: gettext_noop("Changed"),
    What.RECEIVED: gettext_noop("Received"),
    What.CHANGED: gettext_noop("Came again, with other content"),
    What.IGNORED: gettext_noop("Came again, older than what stands"),
    What.REFUSED: gettext_noop("Came again, against what stands"),
    What.CALLED_BACK: gettext_noop("Told by the sender"),
    What.DATED: gettext_noop("Day of dispatch typed"),
    What.CONSENT_GIVEN: gettext_noop("Consent given"),
    What.CONSENT_LOST: gettext_noop("Consent lost"),
    What.KEPT: gettext_noop("Stayed with the organisation of before"),
    What.LISTED: gettext_noop("Its lists changed there"),
    What.CLOSING: gettext_noop("Is being closed"),
    What.PROVED: gettext_noop("Proof of a period signed"),
    What.RESTORED: gettext_noop("Restored from a backup"),
    What.RESUMED: gettext_noop("Pause ended"),
    What.STOPPED: gettext_noop("Posting stopped"),
    What.LIFTED: gettext_noop("Posting goes on"),
    What.ADOPTED: gettext_noop("Taken up from the ledger"),
    What.ASSIGNED: gettext_noop("Was given to do"),
    What.RELIEVED: gettext_noop("Is no longer to do it"),
    What.JOINED: gettext_noop("Joined"),
    What.ROLE_CHANGED: gettext_noop("Role changed"),
    What.MADE: gettext_noop("Made"),
    What.REVOKED: gettext_noop("Revoked"),
    What.NOTED: gettext_noop("Noted"),
    What.REFUND_TYPED: gettext_noop("Refund typed"),
    What.CONNECTED: gettext_noop("Connected"),
    What.DISCONNECTED: gettext_noop("Disconnected"),
    What.FORGOTTEN: gettext_noop("Forgotten"),
    What.ADDED: gettext_noop("Added"),
    What.CLOSED: gettext_noop("Closed"),
    What.REOPENED: gettext_noop("Reopened"),
    What.EXPORTED: gettext_noop("Exported"),
    What.INVITED: gettext_noop("Invited"),
    What.WITHDRAWN: gettext_noop("Withdrawn"),
    What.DECLINED: gettext_noop("Declined"),
    What.REMOVED: gettext_noop("Removed"),
}
"""What happened, in a few words."""
_SUBJECTS = {
    Subject.COMPANY: gettext_noop("Company"),
    Subject.CONNECTION: gettext_noop("Connection"),
    Subject.FEED: gettext_noop("Feed"),
    Subject.PERSON: gettext_noop("Person"),
    Subject.INVITATION: gettext_noop("Invitation"),
    Subject.KEY: gettext_noop("API key"),
    Subject.ORDER: gettext_noop("Order"),
    Subject.ENTRY: gettext_noop("Document"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One field of what was changed; "" where it was, or is, empty or not told."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing that happened, in words."""

    at: datetime
    who: str
    about: str
    """What it happened to: "Order 1001"."""
    url: str
    """Its page, "" where it has none."""
    what: str
    why: str
    changes: Sequence[Change]
    position: int | None
    """Its place in the chain of seals; None: not sealed yet."""


def found(company: Company, asked: QueryDict, zone: ZoneInfo) -> Found[Event]:
    """Return the company's events that the filters name: group, who, person, since and until (days of `zone`)."""
    shown = Event.objects.filter(company=company)
    rows = shown
    group = asked.get("group", "")
    if group == SETTINGS:
        rows = rows.exclude(subject_kind__in=COMMON)  # as its index has it
    elif group in GROUPS:
        rows = rows.filter(subject_kind__in=sorted(GROUPS[group][1]))
    who = asked.get("who", "")
    if who == PEOPLE:
        rows = rows.filter(mover__in=_BY_PEOPLE)
    elif who == MACHINES:
        rows = rows.exclude(mover__in=_BY_PEOPLE)
    elif (person := _id(who)) is not None:
        rows = rows.filter(person=person)
    since, until = day(asked, "since"), day(asked, "until")
    if since:
        rows = rows.filter(at__gte=datetime.combine(since, time(), zone))
    if until:
        rows = rows.filter(at__lt=datetime.combine(until + timedelta(days=1), time(), zone))
    return Found(rows, shown.select_related("person"), by="at" if since or until else "")


def groups() -> list[tuple[str, str]]:
    """Return what the log can be narrowed to, in words."""
    return [(name, gettext(called)) for name, (called, _) in GROUPS.items()]


def is_filtered(asked: QueryDict) -> bool:
    """Tell whether the page shows less than everything."""
    return any(asked.get(name) for name in ("group", "who", "since", "until"))


def day(asked: QueryDict, name: str) -> date | None:
    """Return the day that a filter names; None where it names none that there is."""
    try:
        return date.fromisoformat(asked_for(asked, name, 10))
    except ValueError:
        return None


def people(company: Company) -> list[Person]:
    """Return whom the log can be narrowed to: who belongs to the company now."""
    rows = Membership.objects.filter(company=company).select_related("person").order_by("person__email")
    return [row.person for row in rows]


def lines(company: Company, events: Sequence[Event]) -> list[Line]:
    """Return events in words, with a fixed number of statements however many they are."""
    names = {kind: _named(company, kind, events) for kind in Subject}
    caused = [event.subject_id for event in events if event.cause and event.subject_kind == Subject.ENTRY]
    rows = Entry.objects.filter(company=company, pk__in=caused).values_list("pk", "organisation__ledger")
    ledgers = dict(rows) if caused else {}
    accounts = _accounts(company, events)
    return [_line(event, names, ledgers.get(event.subject_id, USUAL), accounts) for event in events]


def _accounts(company: Company, events: Iterable[Event]) -> dict[str, str]:
    """Return by the ledger's id what the accounts are called that the events name."""
    told = [{**(event.before or {}), **(event.after or {})} for event in events]
    told += [event.before or {} for event in events]
    wanted = {value for each in told for name, value in each.items() if name.startswith(naming.GATEWAY) and value}
    rows = Account.objects.filter(organisation__company=company, account_id__in=wanted) if wanted else ()
    return {row.account_id: str(row) for row in rows}


def in_file(company: Company, found: Found[Event], most: int, size: int = 1000) -> Iterator[Line]:
    """Yield events in words in their turn, at most so many; a batch at a time, so that memory does not grow."""
    events = in_turn(found, most, size)
    while batch := list(islice(events, size)):
        yield from lines(company, batch)


Named = Mapping[int, tuple[str, str]]
"""By id what something is called, and its page."""


def _line(event: Event, names: Mapping[Subject, Named], ledger: str, accounts: Mapping[str, str]) -> Line:
    subject = Subject(event.subject_kind)
    name, url = names[subject].get(event.subject_id, ("", ""))
    return Line(
        at=event.at,
        who=who(event),
        about=f"{gettext(_SUBJECTS[subject])} {name}".strip(),
        url=url,
        what=_what(event),
        why=words.reason(event.reason, event.cause, {}, ledger=ledger) or _forgotten(event),
        changes=_changes(event.before or {}, event.after or {}, accounts),
        position=event.position,
    )


def _forgotten(event: Event) -> str:
    return gettext("What was said here was forgotten.") if event.link.is_forgotten else ""


def who(event: Event) -> str:
    """Return who did it, in words."""
    if event.mover != Mover.PERSON:
        return gettext(MACHINE_NAMES.get(event.mover, event.mover.capitalize()))
    return str(event.person) if event.person is not None else gettext("Somebody who left")


def _what(event: Event) -> str:
    if event.what == What.MOVED:
        new = words.state(event.new_state).text
        return (
            f"{words.state(event.old_state).text} → {new}"
            if event.old_state
            else gettext("Entered: {state}").format(state=new)
        )
    return gettext(_WHATS.get(What(event.what), event.what.replace("_", " ").capitalize()))


def _changes(before: Mapping[str, Any], after: Mapping[str, Any], accounts: Mapping[str, str]) -> list[Change]:
    """Return what differs; a field that was empty and is empty says nothing."""
    told = ((name, str(before.get(name, "")), str(after.get(name, ""))) for name in {**before, **after})
    return [
        Change(naming.called(name), *(accounts.get(each) or _value(name, each) for each in (was, became)))
        for name, was, became in told
        if was or became
    ]


def _value(name: str, value: str) -> str:
    """Return a value in words where it is one of ours to choose from: "Clerk" for `clerk`; any other as it is."""
    if value in {"yes", "no"}:
        return gettext(value)
    if name in _SEVERAL:
        return ", ".join(_value(_SEVERAL[name], each) for each in value.split())
    words = str(_CHOICES.get(name, {}).get(value, ""))
    return gettext(words).partition(":")[0] if words else translation.day(value)


def _choices(*models: type[Model]) -> Iterator[tuple[str, Mapping[Any, Any]]]:
    for model in models:
        for field in model._meta.concrete_fields:  # noqa: SLF001 - Django's public name
            if field.choices:
                yield field.name, dict(field.flatchoices)


_SEVERAL = {"scopes": "scope"}
"""Fields of several values: what one of them is called by."""
_CHOICES: Mapping[str, Mapping[Any, Any]] = {
    **dict(_choices(Membership, Connection, Feed, FileAccess, FileFormat, MailAccess, PostingSettings)),
    "scope": dict(ApiKey.Scope.choices),
    "place_kind": places.KINDS,
    "place_afterwards": places.AFTERWARDS,
    "why": {
        Why.PERSON: gettext_noop("A person stopped it"),
        Why.RESTORED: gettext_noop("This day book is older than what was posted"),
        Why.CLOSED: gettext_noop("The company is closed"),
        Why.FIRST_LOOK: gettext_noop("Nobody has looked at a document yet"),
    },
}
"""By field the words of its values, as its own form says them; of what is explained behind a colon only what stands before."""


def _named(company: Company, kind: Subject, events: Iterable[Event]) -> Named:
    wanted = {event.subject_id for event in events if event.subject_kind == kind}
    return _NAMES[kind](company, wanted) if wanted else {}


def _page(name: str, company: Company, *args: str) -> str:
    return reverse(f"web:{name}", args=[company.public_id, *args])


def _rows(model: type[Model], company: Company, ids: set[int]) -> QuerySet[Any]:
    return model._default_manager.filter(company=company, pk__in=ids)  # noqa: SLF001 - Django's way to any model's rows


def _documents(company: Company, ids: set[int]) -> Named:
    rows = _rows(Entry, company, ids).values_list("pk", "number", "public_id")
    return {pk: (number, _page("document", company, public_id)) for pk, number, public_id in rows}


def _orders(company: Company, ids: set[int]) -> Named:
    rows = _rows(Order, company, ids).values_list("pk", "ref", "public_id")
    return {pk: (ref, _page("order", company, public_id)) for pk, ref, public_id in rows}


def _connections(company: Company, ids: set[int]) -> Named:
    rows = _rows(Connection, company, ids).select_related("organisation", "last_organisation")
    return {row.pk: (row.name, _page("connection", company, row.public_id)) for row in rows}


def _feeds(company: Company, ids: set[int]) -> Named:
    return {row.pk: (row.title, "") for row in _rows(Feed, company, ids)}


def _keys(company: Company, ids: set[int]) -> Named:
    return {pk: (name, "") for pk, name in _rows(ApiKey, company, ids).values_list("pk", "name")}


def _people(_company: Company, ids: set[int]) -> Named:
    return {row.pk: (str(row), "") for row in Person.objects.filter(pk__in=ids)}


_NAMES: Mapping[Subject, Callable[[Company, set[int]], Named]] = {
    Subject.ENTRY: _documents,
    Subject.ORDER: _orders,
    Subject.CONNECTION: _connections,
    Subject.FEED: _feeds,
    Subject.KEY: _keys,
    Subject.INVITATION: lambda _company, _ids: {},  # to whom stands on the owners' page
    Subject.PERSON: _people,
    Subject.COMPANY: lambda company, ids: dict.fromkeys(ids, (company.name, "")),
}


def _id(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
