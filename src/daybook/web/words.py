"""What states are called on pages, and the colour they are shown in."""

from dataclasses import dataclass

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
    State.SENDING: Badge("Sending", "busy", "On its way to Xero right now"),
    State.POSTED: Badge("Posted", "good", "Stands in Xero"),
    State.REJECTED: Badge("Rejected", "bad", "Xero said no; its own words are on the document's page"),
    State.UNKNOWN: Badge(
        "Checking", "warn", "Sent without a clear answer; Daybook looks in Xero before it does anything else"
    ),
    State.CANCELLED: Badge("Cancelled", "calm", "Will not be sent"),
}

MORE_STATES = [("under_way", "On their way (all)"), ("today", "Posted today")]
"""Filters beside the states themselves, as the overview counts."""

STANDINGS: dict[str, Badge] = {
    "waiting": Badge("Waiting", "calm", "Not due yet"),
    "held": Badge("Needs a person", "warn", "Due, but no document can be made of it yet"),
    "documented": Badge("In the day book", "good", "Its documents are in the day book"),
    "skipped": Badge("Skipped", "calm", "Never becomes a document, by rule"),
    "cancelled": Badge("Cancelled", "calm", "Cancelled in the OMS"),
}

DOCUMENT_WAITS = Badge("Needs a person", "warn", "One of its documents is held, was rejected, or asks for a look")
"""Of an order whose documents are in the day book, but not all of them well."""

CONNECTION: dict[str, Badge] = {
    "not_connected": Badge("Not connected", "warn"),
    "choosing": Badge("Choose an organisation", "warn"),
    "connected": Badge("Connected", "good"),
    "needs_consent": Badge("Needs consent again", "bad"),
}

KINDS = {"invoice": "Invoice", "purchase_order": "Purchase order"}

ATTENTION: dict[str, str] = {
    "changed_after_posting": "The order changed after it was posted",
    "credit_note_needed": "A credit note is needed",
    "totals_differ": "Xero's totals differ from ours",
    "xero_warned": "Xero warned of something",
    "voided_in_xero": "Voided or deleted in Xero",
    "second_xero_id": "Xero holds this document twice",
}


def state(name: str) -> Badge:
    """Return the badge of an entry's state."""
    return STATES.get(name, Badge(name.capitalize() or "New", "calm"))


def standing(name: str) -> Badge:
    """Return the badge of an order's standing."""
    return STANDINGS.get(name, Badge(name.capitalize(), "calm"))


def attention(name: str) -> str:
    """Return what a posted document needs, in words."""
    return ATTENTION.get(name, name.replace("_", " ").capitalize())


def connection(status: str) -> Badge:
    """Return the badge of a connection's status."""
    return CONNECTION.get(status, Badge(status, "calm"))
