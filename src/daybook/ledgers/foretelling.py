"""PURE: what a ledger's lists tell of documents before they are sent: the port of whatever can be known beforehand."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from daybook.documents.causes import AnyCause
from daybook.documents.kinds import Kind, Paper
from daybook.ledgers.lists import Account, TaxRate


class Foretold(NamedTuple):
    """Why the ledger would refuse a document, and what that is about."""

    cause: AnyCause
    subject: str = ""
    detail: str = ""
    """One plain sentence with the figures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """What a ledger has of an item that it counts."""

    on_hand: Decimal
    value: Decimal = Decimal(0)
    """What all of it cost, in the base currency."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """What is known of an organisation, as last read. A list that was not read is None, and nothing is foretold by it."""

    lock_date: date | None = None
    accounts: Mapping[str, Account] | None = None
    """By code, archived ones too."""
    tax_rates: Mapping[str, TaxRate] | None = None
    """By tax type, whatever their status."""
    currencies: Collection[str] | None = None
    unfit: Mapping[str, Foretold] = field(default_factory=dict)
    """By the contact's id, or by the customer's key, whom no document may name."""
    stock: Mapping[str, Stock | None] | None = None
    """By item code in capitals; None: it is there, and how many is not known. One that is not in it is not there yet."""
    taken: Mapping[tuple[Kind, str], str] = field(default_factory=dict)
    """By kind and number in capitals what has it there, in words; only of numbers that were looked up."""
    approvals_a_month: int | None = None
    """Invoices that may be approved in a month; None: as many as one likes, or nobody knows."""
    approved: Mapping[date, int] = field(default_factory=dict)
    """By the first day of a month how many approved invoices of ours are dated in it; others' are not known."""
    options: Collection[str] = ()
    """The company's for writing calls: `allow_backorders`."""


class Going(NamedTuple):
    """A document that would be sent."""

    kind: Kind
    paper: Paper


Foretell = Callable[[Sequence[Going], Books], list[tuple[Foretold, ...]]]
"""Of documents in the order in which they would go: of each why it would be refused. What is refused takes no stock."""
