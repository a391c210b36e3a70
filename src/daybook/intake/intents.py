"""PURE: what a plan is made of: how an order stands, what its company decided, and what is to be done about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from daybook.documents.causes import Hold
from daybook.documents.kinds import Kind, Paper
from daybook.intake.due import Timing
from daybook.intake.parts import Told
from daybook.mapping.numbers import Numbering
from daybook.mapping.rules import MappingRules, ProcessMethod
from daybook.outbox.needs import Until
from daybook.outbox.states import State
from daybook.sources.canonical.schema import CanonicalOrder

SAME_WITHIN = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyRules:
    """Everything but the orders that preparing depends on."""

    company_id: int
    connection_id: int
    """The one that the documents are made for."""
    organisation_id: int | None
    """The one that is reached; None: none is connected, or only a newer version knows its ledger."""
    identity: str
    """What names that organisation beyond its company: within it, and a kind, a number is one document's only."""
    obstacle: Hold | None
    """Why no order can become a document there now; None: documents can be made."""
    timing: Timing
    default_currency: str
    """Of orders that name none; may be empty while nothing is connected."""
    is_first: bool = True
    """The company's first connection: its default currency is said of an order that names none, whoever else has one."""
    mapping: MappingRules
    numbering: Mapping[Kind, Numbering]
    """By kind that the connection's ledger takes: what it takes as a number."""
    kept_back: Mapping[Kind, Hold] = field(default_factory=dict)
    """By kind why such a document may not go though it can be made."""
    a_call: Mapping[str, int] = field(default_factory=dict)
    """By kind how many documents a call of the ledger takes; none where it takes no calls."""
    seen_rates: frozenset[Decimal]
    """The tax rates that stand in the company's mapping, decided or not."""
    seen_gateways: frozenset[tuple[str, str]] = frozenset()
    """The gateways, by name and currency, that stand in the connection's list, decided or not."""
    order_pages: str
    """Address of the company's order pages."""

    @property
    def is_tracked(self) -> bool:
        """Tell whether purchase orders are made too."""
        return self.mapping.process_method is ProcessMethod.TRACKED


@dataclass(frozen=True, slots=True)
class Received:
    """All that was received of an order."""

    order: CanonicalOrder | None
    """The content that stands; None: only a callback was ever received."""
    told: tuple[Told, ...] = ()


class OrderRow(NamedTuple):
    """What a plan decides of the order and of its standing; the fields are those of `Order` and `OrderStanding`."""

    standing: str
    cause: str
    subject: str
    detail: str
    ordered_at: datetime | None
    dispatched_at: datetime | None
    dispatched_seen_at: datetime | None
    undispatched_seen_at: datetime | None
    on_hold_since: datetime | None
    currency: str
    net: Decimal | None
    tax: Decimal | None
    gross: Decimal | None
    written_from: Mapping[str, Any]
    unprepared_since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """An order of another feed that has one of an order's names."""

    public_id: str
    ref: str
    feed: str
    """Its feed's name."""
    currency: str
    gross: Decimal | None
    at: datetime
    """When it was ordered, else when it came."""

    def is_like(self, currency: str, gross: Decimal | None, at: datetime) -> bool:
        """Tell whether it may be the same sale: the same total within SAME_WITHIN."""
        is_near = abs(self.at - at) <= SAME_WITHIN
        return is_near and gross is not None and (self.currency, self.gross) == (currency, gross)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryStand:
    """A document of the order, as it stands in the day book; the fields are those of `outbox.models.Entry`."""

    id: int
    public_id: str
    kind: Kind
    key: str = ""
    """Which part of the order it is about; "": the whole order."""
    generation: int
    about: int | None = None
    """The document that it is about; None: it stands by itself."""
    organisation_id: int
    number: str
    is_number_free: bool
    state: State
    cause: str
    subject: str
    detail: str
    document: object
    """As `documents/stored.py` wrote it."""
    date: date | None
    attention: str
    attention_detail: str
    attention_done: Mapping[str, str]
    is_given_up: bool
    """A person said that it shall not be posted."""
    is_settled_there: bool = False
    """Somebody has settled there what it was to settle."""
    may_still_appear: bool
    """A call that once left it in doubt may still reach the ledger: a look proves only its moment."""
    their_status: str = ""
    """How the ledger says that it stands there, as last seen; "" before it is posted."""

    @property
    def ends_for_good(self) -> bool:
        """Return whether none is made in its place, once it is cancelled, unless a person wants it."""
        return self.is_given_up or self.is_settled_there


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """How an order stands toward one connection, before it is planned."""

    public_id: str
    received_at: datetime
    """When it was first received."""
    revision: int | None
    """The number of the content that stands; None: there is none."""
    revision_received_at: datetime | None
    typed_date: date | None
    """The day of dispatch that a person typed."""
    typed_refunds: Mapping[str, Any] = field(default_factory=dict)
    """By refund what a person typed of it (`orders.models.Order.typed_refunds`)."""
    row: OrderRow
    entries: tuple[EntryStand, ...] = ()
    """All its documents that were made for the connection, oldest first."""
    taken: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """By (space, number in capitals) what other documents have: whose it is, in words."""
    met: tuple[Met, ...] = ()
    """Orders of other feeds with one of its names; none once a person said what it is."""
    is_same_sale: bool = False
    """A person said that it is the same sale as an order of another feed."""

    def latest(self, kind: Kind, key: str = "") -> EntryStand | None:
        """Return the newest document of a kind and a part of the order."""
        mine = (each for each in self.entries if each.kind == kind and each.key == key)
        return max(mine, key=lambda each: each.generation, default=None)


@dataclass(frozen=True, slots=True)
class Asked:
    """Why the order is looked at again, beyond what it and the rules say."""

    cured: frozenset[str] = frozenset()
    """Causes of refusals after which the same document is sent again although nothing in it has changed."""
    again: int | None = None
    """The document that a person wants sent again."""
    anew: int | None = None
    """The posted document that a person wants sent once more, as another one."""


NOTHING_ASKED = Asked()


@dataclass(frozen=True, slots=True, kw_only=True)
class Enter:
    """Write a new document into the day book, ready or held."""

    kind: Kind
    key: str = ""
    generation: int
    number: str
    mark: str
    """Its public id, which its reference carries."""
    mapped: Paper | Hold
    about: str = ""
    """The mark of the document that it is about; "": it stands by itself."""
    needs: tuple[tuple[str, Until], ...] = ()
    """By mark how far other documents of the order must have come before it goes."""
    attention: str = ""
    attention_detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remap:
    """Give a waiting document new content under the same number."""

    entry: int
    mapped: Paper | Hold
    is_wanted: bool = False
    """By a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldBack:
    """Hold a waiting document."""

    entry: int
    why: Hold


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdraw:
    """Cancel a document that is not in the ledger."""

    entry: int
    reason: str
    cause: str = ""
    """Why the order is skipped, where it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """Show a document to a person, or take the flag away, without moving it."""

    entry: int
    attention: str
    detail: str


Intent = Enter | Remap | HoldBack | Withdraw | Flag


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to become of one order."""

    intents: tuple[Intent, ...]
    """In the order in which they are to be carried out."""
    row: OrderRow
    """How the order stands afterwards."""
    rates: frozenset[Decimal]
    """The tax rates that it bears."""
    gateways: frozenset[tuple[str, str]] = frozenset()
    """By name and currency those that carried its money, where payments are posted."""
    is_something_ready: bool
    """One of its documents waits for its turn."""
