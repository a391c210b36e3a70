"""What states are called on pages, and the colour they are shown in."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from daybook.connections.models import Connection
from daybook.documents.document import DecidedBy
from daybook.documents.kinds import SPECS
from daybook.kit.translation import gettext, gettext_noop, ngettext, retold
from daybook.mapping import forms
from daybook.orders.models import Order
from daybook.outbox.explanations import explain
from daybook.outbox.models import Entry
from daybook.outbox.states import State
from daybook.web.language import figures


@dataclass(frozen=True, slots=True)
class Badge:
    """A short word in a colour, with the longer words that appear on hover: in English, and said as they are read."""

    word: str
    tone: str
    """`good`, `bad`, `warn`, `busy` or `calm`."""
    longer: str = ""

    @property
    def text(self) -> str:
        """Return the word in the language of who reads: "Open|a feed" is a word with what it is of."""
        return gettext(self.word).partition("|")[0]

    @property
    def hint(self) -> str:
        """Return the longer words in it."""
        return gettext(self.longer)


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

_MORE_STATES = [
    ("under_way", gettext_noop("On their way (all)")),
    ("approval", gettext_noop("Wait for approval")),
    ("today", gettext_noop("Posted today")),
    ("open", gettext_noop("Not posted yet, not refused")),
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


def more_states() -> list[tuple[str, str]]:
    """Return the filters beside the states themselves, in words."""
    return [(name, gettext(called)) for name, called in _MORE_STATES]


def kind(name: str) -> str:
    """Return what people call one document of a kind; its bare name where this version knows no such kind."""
    return gettext(SPECS[name].title) if name in SPECS else name


def counted(name: str, count: int) -> str:
    """Return so many documents of a kind: "12 invoices"."""
    return f"{figures.figure(f'{count:,}')} {figures.within(called(name, count)) if name in SPECS else name}"


def called(name: str, count: int) -> str:
    """Return how so many documents of a kind are called: "Invoices"."""
    return ngettext(SPECS[name].title, SPECS[name].counted(2), count)


def state(name: str) -> Badge:
    """Return the badge of an entry's state."""
    return STATES.get(name, Badge(name.capitalize() or "New", "calm"))


_THEIRS: Mapping[str, str] = {
    "DRAFT": gettext_noop("a draft there"),
    "SUBMITTED": gettext_noop("waits for approval there"),
    "AUTHORISED": gettext_noop("approved there"),
    "BILLED": gettext_noop("billed there"),
    "PAID": gettext_noop("paid there"),
    "VOIDED": gettext_noop("voided there"),
    "DELETED": gettext_noop("deleted there"),
}
"""What a ledger's own words for a document's status mean, for who reads another language than the ledger speaks."""


def theirs(status: str) -> str:
    """Return a document's status in the ledger's own word, as people find it there, with what it means."""
    word, meaning = status.lower().capitalize(), _THEIRS.get(status, "")
    said = gettext(meaning) if meaning else ""
    return word if said == meaning else f"{word} ({said})"


def standing(name: str) -> Badge:
    """Return the badge of an order's standing."""
    return STANDINGS.get(name, Badge(name.capitalize(), "calm"))


def given_up(person: str, day: date, *, are_others: bool) -> Badge:
    """Return the badge of an order of which a document shall not be posted, because a person said so."""
    if are_others:
        said = gettext("One of its documents will not be posted: {who} said so on {day}")
    else:
        said = gettext("It will not be posted: {who} said so on {day}")
    return Badge(
        gettext_noop("Posted in part" if are_others else "Will not be posted"),
        "calm",
        said.format(who=person or gettext("somebody who left"), day=figures.day(day)),
    )


def field(label: str) -> str:
    """Return what a field is called that files are matched with: "Goes to: line 1"."""
    said = gettext(label)
    return said if said != label else ": ".join(retold(gettext(part)) for part in label.split(": "))


def decided(by: DecidedBy) -> DecidedBy:
    """Return which rule or setting decided a line, with what Daybook calls its settings in the language of who reads."""
    return replace(
        by,
        account=retold(by.account),
        tax_type=retold(by.tax_type),
        item=retold(by.item),
        tracking=retold(by.tracking),
    )


def attention(entry: Entry) -> str:
    """Return what a posted document needs, in a few words."""
    return explain(entry.attention, entry.number, ledger=entry.organisation.ledger).title


def at_most(count: int, counted: int) -> str:
    """Return a count that went no further than `counted`: "7", "1,000+"."""
    return figures.figure(f"{counted:,}+" if count > counted else f"{count:,}")


def connection(status: str) -> Badge:
    """Return the badge of a connection's status."""
    return CONNECTION.get(status, Badge(status, "calm"))


_FORMS = {
    "4-decimal prices": gettext_noop("unit prices with up to four decimals"),
    "prices worked out": gettext_noop("unit prices worked out from the line's amount"),
    "line amounts worked out": gettext_noop("whole amounts of lines instead of unit prices"),
    "finer prices": gettext_noop("unit prices with up to four decimals"),
    "line amounts": gettext_noop("whole amounts of lines instead of unit prices"),
    "tax moved by cents": gettext_noop("the tax of some lines set a cent off the ledger's own, as the order has it"),
    "tax as the order rounds it": gettext_noop("the tax of each line as the order rounds it"),
    "rounding line": gettext_noop("a rounding line of a few cents"),
    forms.LEDGERS_TAX: gettext_noop("tax as the ledger works it out, since the order's own cannot be met"),
}


def written_as(form: str) -> str:
    """Return by what means a document meets the order's totals, in words; "" where its lines are simply the order's."""
    means = [gettext(_FORMS[trick]) for trick in form.split(", ")[1:] if trick in _FORMS]
    return gettext("So that the totals are the order's own: {means}").format(means=", ".join(means)) if means else ""


def _begun(sentence: str) -> str:
    return f"{sentence[:1].upper()}{sentence[1:]}"


def reason(text: str, cause: str, subject_of: Mapping[str, str], *, ledger: str) -> str:
    """Return why a document moved as a person reads it: causes by their titles, how it was mapped left out.

    `subject_of`: what a cause is about where the document still waits for it.
    """
    said = gettext("Written from the order") if text.startswith("mapped: ") else _begun(retold(text))
    title = explain(cause, subject_of.get(cause, ""), ledger=ledger).title if cause else ""
    return ": ".join(filter(None, (said, title)))
