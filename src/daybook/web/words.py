"""What states are called on pages, and the colour they are shown in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from daybook.connections.models import Connection
from daybook.documents.kinds import SPECS
from daybook.mapping import forms
from daybook.orders.models import Order
from daybook.outbox.explanations import explain
from daybook.outbox.models import Entry
from daybook.outbox.states import State


@dataclass(frozen=True, slots=True)
class Badge:
    """A short word in a colour, with the longer words that appear on hover."""

    text: str
    tone: str
    """`good`, `bad`, `warn`, `busy` or `calm`."""
    hint: str = ""


STATES: dict[str, Badge] = {
    State.HELD: Badge("Held", "warn", "Daybook's own rules say not yet: something needs a person first"),
    State.READY: Badge("Ready", "busy", "Waits for its turn to be posted"),
    State.SENDING: Badge("Sending", "busy", "On its way right now"),
    State.POSTED: Badge("Posted", "good", "Stands in the ledger"),
    State.REJECTED: Badge("Rejected", "bad", "The ledger said no; its own words are on the document's page"),
    State.UNKNOWN: Badge(
        "Checking", "warn", "Sent without a clear answer; Daybook looks there before it does anything else"
    ),
    State.CANCELLED: Badge("Cancelled", "calm", "Will not be sent"),
}

MORE_STATES = [
    ("under_way", "On their way (all)"),
    ("approval", "Wait for approval"),
    ("today", "Posted today"),
    ("open", "Not posted yet, not refused"),
]
"""Filters beside the states themselves, as the overview counts."""

STANDINGS: dict[str, Badge] = {
    Order.Standing.WAITING: Badge(Order.Standing.WAITING.label, "calm", "Not due yet"),
    Order.Standing.HELD: Badge(Order.Standing.HELD.label, "warn", "Due, but no document can be made of it yet"),
    Order.Standing.DOCUMENTED: Badge(Order.Standing.DOCUMENTED.label, "good", "Its documents are in the day book"),
    Order.Standing.SKIPPED: Badge(Order.Standing.SKIPPED.label, "calm", "Never becomes a document, by rule"),
    Order.Standing.CANCELLED: Badge(Order.Standing.CANCELLED.label, "calm", "Cancelled in the OMS"),
}

DOCUMENT_WAITS = Badge("Needs a person", "warn", "One of its documents is held, was rejected, or asks for a look")
"""Of an order whose documents are in the day book, but not all of them well."""

GIVEN_UP = "given_up"
"""Filter of orders beside the standings: a person said that a document of it shall not be posted."""

CONNECTION: dict[str, Badge] = {
    Connection.Status.NOT_CONNECTED: Badge(Connection.Status.NOT_CONNECTED.label, "warn"),
    Connection.Status.CHOOSING: Badge(Connection.Status.CHOOSING.label, "warn"),
    Connection.Status.CONNECTED: Badge(Connection.Status.CONNECTED.label, "good"),
    Connection.Status.NEEDS_CONSENT: Badge(Connection.Status.NEEDS_CONSENT.label, "bad"),
}


def kind(name: str) -> str:
    """Return what people call one document of a kind; its bare name where this version knows no such kind."""
    return SPECS[name].title if name in SPECS else name


def state(name: str) -> Badge:
    """Return the badge of an entry's state."""
    return STATES.get(name, Badge(name.capitalize() or "New", "calm"))


def standing(name: str) -> Badge:
    """Return the badge of an order's standing."""
    return STANDINGS.get(name, Badge(name.capitalize(), "calm"))


def given_up(person: str, day: date, *, are_others: bool) -> Badge:
    """Return the badge of an order of which a document shall not be posted, because a person said so."""
    what = "One of its documents will not be posted" if are_others else "It will not be posted"
    return Badge(
        "Posted in part" if are_others else "Will not be posted",
        "calm",
        f"{what}: {person or 'somebody who left'} said so on {day:%-d %b %Y}",
    )


def attention(entry: Entry) -> str:
    """Return what a posted document needs, in a few words."""
    return explain(entry.attention, entry.number, ledger=entry.organisation.ledger).title


def at_most(count: int, counted: int) -> str:
    """Return a count that went no further than `counted`: "7", "1,000+"."""
    return f"{counted:,}+" if count > counted else f"{count:,}"


def connection(status: str) -> Badge:
    """Return the badge of a connection's status."""
    return CONNECTION.get(status, Badge(status, "calm"))


_FORMS = {
    "4-decimal prices": "unit prices with up to four decimals",
    "prices worked out": "unit prices worked out from the line's amount",
    "line amounts worked out": "whole amounts of lines instead of unit prices",
    "finer prices": "unit prices with up to four decimals",
    "line amounts": "whole amounts of lines instead of unit prices",
    "tax moved by cents": "the tax of some lines set a cent off the ledger's own, as the order has it",
    "tax as the order rounds it": "the tax of each line as the order rounds it",
    "rounding line": "a rounding line of a few cents",
    forms.LEDGERS_TAX: "tax as the ledger works it out, since the order's own cannot be met",
}


def written_as(form: str) -> str:
    """Return by what means a document meets the order's totals, in words; "" where its lines are simply the order's."""
    means = [_FORMS[trick] for trick in form.split(", ")[1:] if trick in _FORMS]
    return f"So that the totals are the order's own: {', '.join(means)}" if means else ""


def reason(text: str, cause: str, subject_of: Mapping[str, str], *, ledger: str) -> str:
    """Return why a document moved as a person reads it: causes by their titles, how it was mapped left out.

    `subject_of`: what a cause is about where the document still waits for it.
    """
    said = "Written from the order" if text.startswith("mapped: ") else f"{text[:1].upper()}{text[1:]}"
    title = explain(cause, subject_of.get(cause, ""), ledger=ledger).title if cause else ""
    return ": ".join(filter(None, (said, title)))
