"""PURE: what a ledger is to the rest of Daybook: values and functions (docs/decisions/0023).

A ledger is a row of `ledgers.LEDGERS`. It has a `Form` for each kind of document that it takes, a `Route` for each way
that calls go, and the words of its own language nowhere but in its folder.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from daybook.documents.causes import Hold
from daybook.documents.document import Document, Settlement
from daybook.documents.explained import Explanation
from daybook.documents.file_rules import FileRules
from daybook.documents.kinds import Kind, Paper
from daybook.kit.translation import Dated
from daybook.ledgers.consent import Consent
from daybook.ledgers.exchange import (
    Access,
    Before,
    Changes,
    Heard,
    Listed,
    Outcome,
    Period,
    Recognised,
    RemainingCalls,
    Sendable,
    Since,
    Sought,
    Taken,
    Theirs,
    Wanted,
    Written,
)
from daybook.ledgers.foretelling import Foretell
from daybook.ledgers.lists import AccountUse, Contact, Lists
from daybook.ledgers.probing import Probing
from daybook.ledgers.returns import TaxReturn
from daybook.ledgers.talk import Talk as Talk  # noqa: PLC0414 - a part of the port
from daybook.ledgers.terms import Terms
from daybook.wire.asks import Answer, Request
from daybook.wire.errors import WireError


@dataclass(frozen=True, slots=True, kw_only=True)
class Statuses:
    """How a ledger calls the ways that a document may stand there."""

    dead: frozenset[str]
    """It does not count any more; its number may be free again."""
    deleted: str
    """Of the dead, that of what is gone altogether."""
    paid: frozenset[str]
    open_again: frozenset[str]
    """After `paid`: a payment was taken back."""
    done: Mapping[str, Dated]
    """What a person did who brought it to this status: "Approved in {ledger}"."""


class Address(StrEnum):
    """Where a ledger lives; the values end the names of the environment's variables: `<LEDGER>_API_BASE`."""

    API = "API_BASE"
    IDENTITY = "IDENTITY_BASE"
    """Where tokens are."""
    LOGIN = "LOGIN_BASE"
    """Where people let Daybook in."""
    LINK = "LINK_BASE"
    """Where its pages for people are."""

    def variable(self, ledger: str) -> str:
        """Return the environment's variable, and the setting, of a ledger of that name."""
        return f"{ledger.upper()}_{self.value}"


class Wire(StrEnum):
    """How a ledger is reached."""

    CALLS = "calls"
    """HTTP, by its routes."""
    FILES = "files"
    """Files for somebody to collect: it has neither routes nor lists, and each of its forms has a `file`."""
    MAIL = "mail"
    """Mail to people: as files, but for its forms, which have no `file`; and nobody can look what became of one."""


class NamedFile(NamedTuple):
    """A document as a file."""

    name: str
    content: bytes


class KnownBy(StrEnum):
    """By what a look tells that a document stands there, so that nothing is sent twice."""

    NUMBER = "number"
    TARGET = "target"
    """By the state of what it is about: a void, an edit, a removal."""
    NOTHING = "nothing"
    """A person settles what is unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One kind of document in one ledger."""

    kind: Kind
    route: str
    listed_in: str
    """The list whose changes show it."""
    number_space: str
    """Forms that name the same one share their numbers there; empty: numbers may be had by several documents."""
    known_by: KnownBy
    number_length: int
    number_alphabet: str
    """A pattern that every character fits."""
    has_draft: bool
    doubt_lasts: timedelta = timedelta(0)
    """After its call ended a look may so long miss what it made; the installation may wait longer."""
    seekable_at_once: int
    """Documents that one look should not exceed."""
    is_sent_anew: bool = False
    """A person may have a posted one sent again: another one of the same order."""
    feature: str = ""
    """Which of the ledger's `scopes` a consent must cover for it; "": none."""
    element: Callable[[Sendable], Mapping[str, Any]]
    look: Callable[[Sequence[Sought]], Talk[list[Theirs]]]
    """What stands there under these numbers, in any status; of other kinds too where they share its space."""
    calls_of_look: Callable[[int], int] | None = None
    """The calls that a look for so many numbers takes where each is stubborn; None: nobody looks before there is one."""
    look_by_ids: Callable[[Sequence[str]], Talk[list[Theirs]]]
    """What stands there under these ids, whatever its number is by now."""
    changed: Callable[[Since, datetime], Talk[Changes]]
    """A page of what changed; the moment is now, where the ledger does not say when it answered."""
    newest: Callable[[datetime | None], Talk[list[Theirs]]]
    """What this app made, the newest first: of what changed since the moment all, as far as some pages reach; without
    one only the newest. One call, as a rule: it tells at a start whether more stands there than is known."""
    link: Callable[[str, str, str], str]
    """Address for people of (base, organisation's short code, their id); "" where it cannot be named."""
    listed: Callable[[Period, int], Talk[Listed]] | None = None
    """A page, from 1, of what is dated so, in any status and with its lines: all that this app made, others' too where
    the list cannot tell. None: it is only looked for by number."""
    file: Callable[[str, Paper, FileRules], NamedFile | Hold | None] | None = None
    """Of a number, what the document says and how the company wants it; only where the wire is files. None: a program of
    the company's own is to be run for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One way that writing calls go; several kinds may share it."""

    name: str
    documents_a_call: int
    write: Callable[[Sequence[Sendable], frozenset[str]], Written]
    """Options are the company's, by name: `allow_backorders`."""
    read: Callable[[Answer, Sequence[Sendable], bool], list[Outcome]]
    """One outcome for each; the flag: it answers a second sending of the same bytes."""
    before: Callable[[Sequence[Sendable]], Talk[list[Before]]] | None = None
    """Asked just before a call, of each. None in the place of all: what is only created needs no look."""
    reads_before: int = 0
    """The calls that `before` takes, as a rule, whatever the call carries."""
    reads_together: Mapping[str, int] = field(default_factory=dict)
    """By kind: instead of those, one call for so many documents of it."""
    is_resent: bool = True
    """Where no answer came the same bytes may go once more. Not where only the key tells the two apart: a first sending
    that arrives after the ledger has forgotten the key would be booked beside the second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """One sort of thing that must be there before the documents that name it."""

    name: str
    route: str
    listed_in: str
    """The list that shows what is there: it is read before anything is made."""
    named_by: str
    """A JSON path: the parts of a stored document that name one."""
    wanted: Callable[[Mapping[str, Any]], Wanted]
    """From such a part."""
    needed: Callable[[Document | Settlement], frozenset[str]]
    """The keys that a document names."""
    documents_a_call: int
    feature: str = ""
    """As `Form` has it: of making what is not there."""
    look: Callable[[Sequence[Wanted]], Talk[list[Contact]]] | None = None
    """Contacts that may be those wanted, in any status; None: its list shows all that there is."""
    looks: Callable[[Sequence[Wanted]], int] | None = None
    """The calls that such a look takes."""
    look_by_ids: Callable[[Sequence[str]], Talk[list[Contact]]] | None = None
    """Contacts of these ids, with what they were merged into."""
    looks_by_ids: Callable[[int], int] | None = None
    """The calls that such a look takes, of so many ids."""
    write: Callable[[Sequence[Wanted], Mapping[str, str]], Written]
    """With the company's accounts by name: `inventory_account`, ..."""
    rename: Callable[[Sequence[tuple[str, Wanted]]], Written] | None = None
    """Gives those that are there, each with the ledger's id of it, the name that is wanted; None: they keep theirs."""
    read: Callable[[Answer, Sequence[Wanted], bool], list[Outcome]]
    """Of a call that makes or renames."""


class NewAccount(NamedTuple):
    """An account that a person wants in the ledger's chart."""

    code: str
    name: str
    is_owed: bool = False
    """Of one that documents can be paid into: what stands on it is owed to customers; else it is held for us."""
    use: AccountUse = AccountUse.NONE
    """What Daybook books on it; NONE: documents are paid into it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountMaker:
    """How a ledger is asked for one account. No two accounts there share a code, nor a name."""

    route: str
    """Its attempts bear it; no documents go by it."""
    feature: str
    """As `Form` has it."""
    longest_code: int
    longest_name: int
    write: Callable[[NewAccount], Request]
    read: Callable[[Answer, bool], Outcome]
    """The flag: it answers a second sending of the same bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrencyMaker:
    """How a ledger is asked to use one currency more. None that it uses can be added twice."""

    route: str
    """Its attempts bear it; no documents go by it."""
    feature: str
    """As `Form` has it."""
    write: Callable[[str], Request]
    """Of its ISO 4217 code."""
    read: Callable[[Answer, bool], Outcome]
    """The flag: it answers a second sending of the same bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """Everything that a ledger brings. A field without a default is one that every ledger must have."""

    name: str
    """Stored with every organisation."""
    title: str
    """For people."""
    terms: Terms
    wire: Wire = Wire.CALLS
    addresses: Mapping[Address, str] = field(default_factory=dict)
    """Where it lives unless the environment says otherwise: where its wire is calls API and LINK, with a consent all."""
    statuses: Statuses
    forms: Mapping[str, Form]
    """By kind."""
    routes: Mapping[str, Route]
    supplies: Mapping[str, Supply]
    consent: Consent | None
    """None: nobody is asked."""
    scopes: Mapping[str, tuple[str, ...]]
    """What a consent must cover, by feature (`connections/features.py`); empty where there is no consent."""
    scopes_before: tuple[str, ...] = ()
    """What was asked of everybody before scopes followed features: of consents whose scope nobody noted."""
    covers: Callable[[frozenset[str], str], bool] = lambda granted, scope: scope in granted
    """Whether what was granted covers a scope: the right to write may hold the right to read."""
    lists: Lists | None
    """None: it has no lists."""
    why: Callable[[Sequence[str]], Recognised]
    reasons: Mapping[str, Explanation]
    """Words for people, by cause: of those that only this ledger has, or that hold otherwise for it (`documents/words`)."""
    dress: Callable[[Request, Access, str], Request]
    """An ask, complete to the byte; the text is a writing call's key, "" for reads."""
    is_whole: Callable[[Answer], bool]
    """Whether a good answer came to its end; half of one says nothing."""
    failure: Callable[[Answer], WireError | None]
    """What an answer stands for; None: it is one."""
    remaining: Callable[[Answer], RemainingCalls]
    call_id: Callable[[Answer], str]
    """The ledger's own id of a call, for its support; "" where it gives none."""
    hears: Callable[[Mapping[str, str], bytes, str], Heard]
    """Of a delivery's headers, body and the secret agreed."""
    taken_on: Callable[[str, date], Talk[Taken]] | None = None
    """What was paid into an account, by its id, and out of it, until a day; None: it cannot be asked."""
    contact_link: Callable[[str, str, str], str] | None = None
    """Address for people of (base, organisation's short code, their id of a contact); None: its pages have none."""
    account_maker: AccountMaker | None = None
    """None: accounts are made there by people."""
    currency_maker: CurrencyMaker | None = None
    """None: currencies are added there by people."""
    probing: Probing | None = None
    """How it is asked about itself; None: there is nothing to ask."""
    foretell: Foretell | None = None
    """What it would refuse, as far as its lists tell before anything is sent; None: nothing that they tell is known."""
    returns: Mapping[str, TaxReturn] = field(default_factory=dict)
    """By an organisation's country: the return that its tax types lead to, where it is known."""


def number_space(identity: str, form: Form, mark: str = "") -> str:
    """Return within what a number is one document's only, of the organisation of this identity, whoever reaches it.

    Where its ledger has no numbers of its own, each document, known by its mark, is a space by itself.
    """
    return f"{identity}:{form.number_space or mark}"


def kinds_of(ledger: Ledger, route: str) -> list[Kind]:
    """Return the kinds that go by a route."""
    return [form.kind for form in ledger.forms.values() if form.route == route]
