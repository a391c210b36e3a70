"""PURE: what goes to a ledger and what comes back: values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from daybook.documents.causes import AnyCause, Hold
from daybook.documents.document import Document, Party, Settlement
from daybook.documents.kinds import Kind
from daybook.kit.money import ZERO, Totals
from daybook.wire.asks import Request
from daybook.wire.errors import WireError


@dataclass(frozen=True, slots=True)
class Target:
    """A document there that another one is about: an invoice that a payment pays."""

    kind: Kind
    their_id: str
    version: str = ""
    """What the ledger wants named so that nobody's change is overwritten."""
    lines: tuple[str, ...] = ()
    """Their ids of its lines, in our order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sendable:
    """A document with all that a ledger needs to write it."""

    mark: str
    """The entry's public id: stands in the document there, and tells that it is ours."""
    kind: Kind
    number: str
    document: Document | Settlement
    resolved: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By supply: our key -> theirs, of what is there: item codes in the organisation's own spelling."""
    targets: tuple[Target, ...] = ()
    """What it is about, and behind that what else it needed, as last seen; as `Route.before` has just read it, where that
    asks."""
    given_back: Decimal = ZERO
    """Of a credit note, for `Route.before`: what others of ours that have left, or go before it, give back of the same sale,
    with its tax, as they stand by now; goodwill is none of the sale."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """The document stands there."""

    their_id: str
    their_status: str
    totals: Totals | None
    """As the ledger worked them out; None where the answer lacks them."""
    warnings: tuple[str, ...] = ()
    version: str = ""
    """As `Target` has it."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """The ledger read the document and said no, in these words."""

    words: tuple[str, ...]
    of_the_call: bool = False
    """It said no to the call as a whole and booked nothing: which of several documents is to blame it did not say."""


@dataclass(frozen=True, slots=True)
class NotSent:
    """Nothing of the call was carried out: the documents are ready again."""

    reason: str
    is_halved: bool = False
    """They go again in calls of half the size."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may stand there or not: only a look tells."""

    reason: str


Outcome = Posted | Rejected | NotSent | Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Theirs:
    """A document as the ledger holds it."""

    their_id: str
    """"": it may have been there, and a person may have taken it off again; nobody can tell."""
    number: str
    status: str
    contact_id: str
    currency: str
    reference: str
    totals: Totals | None
    contact_name: str = ""
    paid: Decimal = ZERO
    credited: Decimal = ZERO
    due: Decimal | None = None
    """What is left to pay; None where the ledger does not say, as of purchase orders."""
    updated_at: datetime | None = None
    version: str = ""
    """As `Target` has it."""
    by_tax_type: Mapping[str, Totals] = field(default_factory=dict)
    """What its lines come to, where they were read; under "" what no line bears."""


@dataclass(frozen=True, slots=True)
class Period:
    """Days of documents, both included; None: without that end."""

    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of what stands there."""

    found: Sequence[Theirs]
    is_last: bool


@dataclass(frozen=True, slots=True)
class Settled:
    """What a document was to settle is settled there already, or nothing of it is left: it ends, in these words."""

    words: str


Before = Hold | Target | Settled | None
"""What is said of a document just before its call: why it may not go, what it is about as it stands now, that nothing is
left to do; None: it goes as it is."""


@dataclass(frozen=True, slots=True)
class Sought:
    """A document to be looked for."""

    number: str
    since: datetime
    """When it was first sent, by our clock."""
    is_stubborn: bool = False
    """Sent before and not found then: something older may hold its number, so that a list of changes may not do."""
    target: str = ""
    """Their id of what it is about, where it is known by that."""
    document: Document | Settlement | None = None
    """What it says, where it is known by what it is about."""


@dataclass(frozen=True, slots=True)
class Since:
    """From where on changes are unknown."""

    moment: datetime
    """By the ledger's clock."""
    page: int = 1
    """More than 1 where a page was full of changes of one moment."""


@dataclass(frozen=True, slots=True)
class Changes:
    """One page of what changed, in the order of the changes."""

    found: Sequence[Theirs]
    rest: Since
    """Where to begin next time."""
    is_last: bool
    """Nothing more changed by now."""


@dataclass(frozen=True, slots=True)
class Written:
    """One call, complete but for address and access, and what is in it."""

    ask: Request
    members: Sequence[int]
    """Places, among those offered, of what is in the call, in its order."""
    left: Sequence[int] = ()
    """Places of what found no room: they go with the next one."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Something that documents name and that must be there first: an item."""

    key: str
    """Compared without case."""
    description: str = ""
    party: Party | None = None
    """Of a contact: all that a document says of whom it is for."""


class Recognised(NamedTuple):
    """Why a ledger said no, and what it is about as far as its words say: an account, a currency, a contact, a date."""

    cause: AnyCause
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Access:
    """What a call is dressed with."""

    base: str
    """Address without a path."""
    token: str = field(repr=False)
    organisation: str
    """The ledger's id of it."""


class Taken(NamedTuple):
    """Payments on an account, whoever made them, in the documents' currencies."""

    received: Mapping[str, Decimal]
    """By currency."""
    paid_back: Mapping[str, Decimal]
    bills: Mapping[str, Decimal]
    """What bills were paid with out of it."""


class RemainingCalls(NamedTuple):
    """What is left in a ledger's windows, from an answer; None where not said."""

    day: int | None = None
    minute: int | None = None
    app_minute: int | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """Something in an organisation was changed, a ledger says unasked. A hint: what is true is looked up."""

    organisation: str
    kind: Kind | None
    """None: of a kind that Daybook does not make."""
    their_id: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Heard:
    """What a delivery from a ledger is."""

    is_genuine: bool
    changes: tuple[Changed, ...] = ()


def no_answer(error: WireError, count: int, *, never_left: bool) -> list[Outcome]:
    """Return the outcomes of a call that the wire could not finish."""
    return [NotSent(error.words) if never_left else Unknown(error.words)] * count
