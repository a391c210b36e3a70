"""PURE: the port of a source: what Daybook must know of a system that orders come from. Each is a row of `SOURCES`.

    bytes at a door -> Message -> is_genuine -> read -> orders, notices, what is no order, refusals

Behind this port nobody learns whose order it was.
"""

import re
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from daybook.sources.canonical.schema import CanonicalOrder, NoticeContent
from daybook.sources.problems import Problem
from daybook.wire.asks import Ask

T = TypeVar("T")
Talk = Generator[Ask, Any, T]
"""A pure function that yields what to ask, is sent the answer, and returns what it found."""
Secrets = Mapping[str, str]
"""A feed's secrets in plain text, by the name of their field; of a MADE one its SHA-256, hex."""
_MADE_SECRET = re.compile(r"[A-Za-z0-9_-]{12,128}")


class Holds(StrEnum):
    """What a field of a feed is."""

    TEXT = "text"
    FLAG = "flag"
    SECRET = "secret"  # noqa: S105 - a kind of field
    """Typed by a person, kept sealed, never shown again."""
    MADE = "made"
    """A secret that Daybook makes for a door's address. It is shown once; only its hash is kept, sealed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One thing that a person says of a feed: the settings page and the command line draw themselves from it."""

    name: str
    label: str
    holds: Holds = Holds.TEXT
    help: str = ""
    missing: str = ""
    """What follows while there is none, in a few words: "No key: every push is refused"."""
    longest: int = 500


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
    """One page of what a shop was asked for, and where to go on: both are stored in one transaction."""

    read: Sequence[Read]
    cursor: str
    is_last: bool


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
    consent: Callable[[Mapping[str, str], str], str] | None = None
    """(settings, address of ours to come back to) -> the shop's page on which a person lets us in."""
    check: Callable[[Mapping[str, str], Secrets], Talk[str]] | None = None
    """Whether the shop lets us in: what is wrong, in words; empty: nothing."""
    pull: Callable[[str, Mapping[str, str], Secrets, datetime], Talk[Pulled]] | None = None
    """(cursor, settings, secrets, now) -> what is new."""
    subscribe: Callable[[str, Mapping[str, str], Secrets], Talk[str]] | None = None
    """Has the shop send to this address of ours; what is wrong, in words."""
    acknowledge: Callable[[str, bool, Secrets], Talk[None]] | None = None
    """(the sender's id of the delivery, whether it was taken), after the commit that stored it."""
    tell: Callable[[CanonicalOrder, Sequence[Mapping[str, str]], Secrets], Talk[str]] | None = None
    """Tells the shop of an order's documents."""

    def door(self, name: str) -> Door:
        """Return one of its doors."""
        return next(each for each in self.doors if each.name == name)

    def field(self, name: str) -> Field | None:
        """Return the field of that name."""
        return next((each for each in self.fields if each.name == name), None)


def secret_has_form(secret: str) -> bool:
    """Tell whether the last part of an address can be a secret that Daybook made."""
    return _MADE_SECRET.fullmatch(secret) is not None
