"""PURE: what can happen, and to what. Words for it are the pages' business."""

from enum import StrEnum
from typing import NamedTuple


class Subject(StrEnum):
    """What something happened to; an event names it by this and the id of its row."""

    ENTRY = "entry"
    """A document in the day book."""
    COMPANY = "company"
    CONNECTION = "connection"
    FEED = "feed"
    ORDER = "order"
    PERSON = "person"
    """As a member of the company."""
    INVITATION = "invitation"
    KEY = "key"
    """An API key."""


class What(StrEnum):
    """What happened."""

    MOVED = "moved"
    """From the old state to the new one; a document that was entered had none before."""
    NOTED = "noted"
    """Something to know about a document that stayed in its state, or an order."""
    RECEIVED = "received"
    CHANGED = "changed"
    """An order came again with other content."""
    IGNORED = "ignored"
    """What came of an order was older than what stands."""
    REFUSED = "refused"
    """What came of an order contradicts what stands."""
    CALLED_BACK = "called_back"
    """The sender told something of an order: its status, a shipment."""
    DATED = "dated"
    """A person said when an order was dispatched, or took that back."""
    REFUND_TYPED = "refund_typed"
    """A person said what was given back of an order, or took that back."""
    SAVED = "saved"
    """Settings: values before and after."""
    CONSENT_GIVEN = "consent_given"
    CONSENT_LOST = "consent_lost"
    CONNECTED = "connected"
    DISCONNECTED = "disconnected"
    KEPT = "kept"
    """A person stayed with the organisation of before, where a consent offered others."""
    LISTED = "listed"
    """The ledger's own lists changed: an account or a rate was archived, deleted, or is there again."""
    FORGOTTEN = "forgotten"
    """Whose an order was."""
    ADDED = "added"
    CLOSED = "closed"
    REOPENED = "reopened"
    CLOSING = "closing"
    """A company, until what is under way is settled; `closed` then says how many documents were left, by state."""
    EXPORTED = "exported"
    """All of a company in one file, with its SHA-256."""
    PROVED = "proved"
    """A proof of a period was signed; `after` says of which days, by which key, and its SHA-256."""
    RESTORED = "restored"
    """All of a company, from a backup: what was posted after that one is in the ledgers and not here."""
    RESUMED = "resumed"
    """A person ended a pause."""
    STOPPED = "stopped"
    """Posting through a connection; `after` says by which cause."""
    LIFTED = "lifted"
    """Such a stop."""
    ADOPTED = "adopted"
    """What an organisation holds and a restored day book did not know was taken up."""
    INVITED = "invited"
    WITHDRAWN = "withdrawn"
    DECLINED = "declined"
    JOINED = "joined"
    ROLE_CHANGED = "role_changed"
    REMOVED = "removed"
    ASSIGNED = "assigned"
    """A person, to what waits for one cause."""
    RELIEVED = "relieved"
    """Of that."""
    MADE = "made"
    REVOKED = "revoked"


class Mover(StrEnum):
    """Who did it, where it was no stage of the pipeline (those are `outbox/states.py: Mover`)."""

    PERSON = "person"
    COMMAND_LINE = "command line"
    SENDER = "sender"
    """Whoever sends the orders of a feed."""
    DAYBOOK = "daybook"
    """By itself, because of what somebody else said: a ledger, or a person who is not logged in."""


class About(NamedTuple):
    """What something happened to, in which company."""

    company_id: int
    kind: Subject
    id: int
