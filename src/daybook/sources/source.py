"""PURE: the port of a source: what Daybook must know of a system that orders come from. Each is a row of `SOURCES`.

    bytes at a door -> Message -> is_genuine -> read -> orders, notices, what is no order, refusals

Behind this port nobody learns whose order it was.
"""

import re
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

from daybook.sources.canonical.schema import CanonicalOrder, NoticeContent
from daybook.sources.problems import Problem
from daybook.wire.asks import Ask

if TYPE_CHECKING:
    from daybook.sources.mapped.matching import Matching

T = TypeVar("T")
Talk = Generator[Ask, Any, T]
"""A pure function that yields what to ask, is sent the answer, and returns what it found."""
Secrets = Mapping[str, str]
"""A feed's secrets in plain text, by the name of their field; of a MADE one its SHA-256, hex."""
_MADE_SECRET = re.compile(r"[A-Za-z0-9_-]{12,128}")


class Holds(StrEnum):
    """What a field of a feed is."""

    TEXT = "text"
    LINES = "lines"
    """Several lines of text."""
    FLAG = "flag"
    SECRET = "secret"  # noqa: S105 - a kind of field
    """Typed by a person, kept sealed, never shown again."""
    MADE = "made"
    """A secret that Daybook makes for a door's address. It is shown once; only its hash is kept, sealed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One thing that a person says of a feed: the page of the feed and the command line draw themselves from it."""

    name: str
    label: str
    holds: Holds = Holds.TEXT
    help: str = ""
    missing: str = ""
    """What follows while there is none, in a few words: "No key: every push is refused"."""
    longest: int = 500
    default: str = ""
    """What holds where nothing was typed."""
    to_pull: bool = False
    """Without it nothing is pulled."""
    is_shared: bool = False
    """A secret that a sender shows us: one that redeems a pairing code is given a new one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What reached a feed's address, before anybody knows whose it is."""

    door: str
    body: bytes = b""
    signature: str | None = None
    """Of the door's header; None: it carries none."""
    secret: str = ""
    """The last part of the address, where the door has one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A message about an order that carries no prices, and which order is meant."""

    source_id: str
    ref: str
    external_ref: str
    notice: NoticeContent


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemNotice:
    """What left, or what will not be delivered, by the ids of lines alone: whose they are is asked of the feed's orders."""

    is_cancellation: bool
    items: tuple[tuple[str, Decimal | None], ...]
    """A line's id, and how many; None: all of it."""


@dataclass(frozen=True, slots=True)
class NotAnOrder:
    """Something well-formed that is none of our business: a test ping, a basket. `why` in one sentence."""

    why: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something that cannot be read, with what the sender can put right."""

    problems: tuple[Problem, ...]
    raw: bytes = b""
    """Of a thing in a file: what a person may correct, as `Source.reread_of_file` takes it."""
    ref: str = ""
    """What it calls itself, where that can be read."""


Read = CanonicalOrder | Notice | NotAnOrder | Refusal


@dataclass(frozen=True, slots=True)
class Placed:
    """One thing that a file holds, and where it stands there, for a person: "rows 2 to 4"."""

    place: str
    read: Read | ItemNotice


@dataclass(frozen=True, slots=True)
class Held:
    """What a file holds, in its order, read as it is asked for."""

    things: Iterator[Placed]
    total: int | None = None
    """How many; None: nobody knows before the end."""


ReadFile = Callable[[str, bytes, Mapping[str, Any]], Held]
"""(a file's name, its bytes, the feed's settings) -> what it holds, the same each time.

Raises NotAnOrderError at once where nothing of it can be believed.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """One address of each feed of a source, and what is taken in there."""

    name: str
    title: str
    """Of what comes in here: "Shop push"."""
    label: str
    """What the settings page calls the address."""
    summary: str
    """One line for the API's own page."""
    method: str
    may_be: Callable[[Message], bool]
    """Whether it can be genuine at all, by header and address alone: nothing of its body is read otherwise."""
    is_genuine: Callable[[Message, Secrets], bool]
    why_refused: Callable[[Message, Secrets], str]
    """Why it was not genuine, for the company's people; the sender is told nothing of it."""
    read: Callable[[bytes], Sequence[Read]]
    schema: Mapping[str, Any]
    """JSON Schema of the body, with its title."""
    path: str = ""
    """Behind the feed's address, where it has several doors: "status"."""
    secret: str = ""
    """The MADE field whose secret ends the address; empty: no secret does."""
    header: str = ""
    """The HTTP header that carries a signature."""
    header_help: str = ""
    needs_header: bool = False

    @property
    def pattern(self) -> str:
        """Return what stands behind a feed's address, "{secret}" in the place of one."""
        return "".join(f"/{part}" for part in (self.path, "{secret}" if self.secret else "") if part)

    def secret_in(self, path: str) -> str | None:
        """Return the secret in what stands behind a feed's address; None where that is not this door's."""
        if not self.secret:
            return "" if path.strip("/") == self.path else None
        before, _, secret = path.removesuffix("/").rpartition("/")
        return secret if before.strip("/") == self.path else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """One page of what a shop was asked for, and where to go on: both are stored in one transaction.

    Not more than some hundred things: the rows of all of them are locked until the page is stored.
    """

    read: Sequence[Read]
    cursor: str
    is_last: bool
    raws: Sequence[bytes] = ()
    """The bytes of each thing read, in the same order, as `reread` takes them."""
    names: Sequence[str] = ()
    """What the sender calls each of these things, for `acknowledge`; may repeat, as a file that holds several."""
    access: str = ""
    """Handed to the next page of the same run among the secrets, as ACCESS; stored nowhere."""
    done: int = 0
    total: int = 0
    """How far a backfill has come, in steps of the source's own; 0 of 0: it cannot tell."""


ACCESS = "access"
"""Under this name a run's later pages find what `Pulled.access` said."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of something that the sender has a name for, once that is stored for good."""

    name: str
    problems: tuple[Problem, ...] = ()
    """Why some of it was refused; none: all of it was taken."""


@dataclass(frozen=True, slots=True)
class Tested:
    """What a test of a feed found, in words for people."""

    works: Sequence[str] = ()
    wrong: str = ""
    """Empty: nothing."""


class NoPageError(Exception):
    """What a shop answered is no page: cut off, no JSON, not what was asked for. The same is asked again later."""

    def __init__(self, problem: str, cure: str, raw: bytes = b"") -> None:
        super().__init__(problem)
        self.problem, self.cure, self.raw = problem, cure, raw


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A system that orders come from. What a source cannot do is None."""

    name: str
    """Never changes: it stands in rows and addresses."""
    title: str
    about: str = ""
    """When a company needs it, for the settings page."""
    fields: tuple[Field, ...] = ()
    doors: tuple[Door, ...] = ()
    files: ReadFile | None = None
    """How its files are read, which come by upload or from a watched place."""
    reread_of_file: Callable[[bytes, Mapping[str, Any]], Sequence[Read]] | None = None
    """(what a refusal of `files` kept, perhaps corrected by a person, the feed's settings) -> what it is now."""
    matching: "Matching | None" = None
    """Where a person says first which column or path is what (`sources/mapped`)."""
    faults: Callable[[Mapping[str, str]], Mapping[str, str]] | None = None
    """What is wrong with what a person typed into the fields that are no secrets, by field."""
    consent: Callable[[Mapping[str, str], str], str] | None = None
    """(settings, address of ours to come back to) -> the shop's page on which a person lets us in."""
    check: Callable[[Mapping[str, str], Secrets], Talk[str | Tested]] | None = None
    """Whether the shop lets us in: what is wrong, in words, empty: nothing; or what works too."""
    pull: Callable[[str, Mapping[str, str], Secrets, datetime], Talk[Pulled]] | None = None
    """(cursor, settings, secrets, now) -> the next page of what is new. The empty cursor: nothing was asked for before.
    Raises, beside what its asks raise, NoPageError."""
    since: Callable[[datetime, datetime], str] | None = None
    """(from when, now) -> the cursor of `pull` at which a backfill begins; it is over with the page that is the last.
    None: nothing old can be asked for."""
    reread: Callable[[bytes, Mapping[str, str]], Sequence[Read]] | None = None
    """Reads one of `Pulled.raws` again, perhaps corrected by a person; refuses what it cannot read."""
    statuses: Mapping[str, str] = field(default_factory=dict)
    """What its own statuses mean where a feed's table does not say otherwise, for people to read."""
    minutes: int = 15
    """Between two pulls, where a feed does not say."""
    subscribe: Callable[[str, Mapping[str, str], Secrets], Talk[str]] | None = None
    """Has the shop send to this address of ours; what is wrong, in words."""
    acknowledge: Callable[[Taken, Mapping[str, str], Secrets], Talk[None]] | None = None
    """After the commit that stored it; perhaps more than once, so that it must bear being repeated."""
    tell: Callable[[CanonicalOrder, Sequence[Mapping[str, str]], Secrets], Talk[str]] | None = None
    """Tells the shop of an order's documents."""

    def door(self, name: str) -> Door:
        """Return one of its doors."""
        return next(each for each in self.doors if each.name == name)

    def field(self, name: str) -> Field | None:
        """Return the field of that name."""
        return next((each for each in self.fields if each.name == name), None)

    @property
    def is_added(self) -> bool:
        """Tell whether feeds of it are added by a person: it sends to addresses of its own, is asked, or writes files."""
        return bool(self.doors) or self.pull is not None or self.files is not None


def secret_has_form(secret: str) -> bool:
    """Tell whether the last part of an address can be a secret that Daybook made."""
    return _MADE_SECRET.fullmatch(secret) is not None
