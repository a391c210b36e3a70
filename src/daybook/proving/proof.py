"""PURE: what a proof says. Amounts are texts, to the last digit; days and moments are ISO 8601; nobody is named."""

from collections.abc import Mapping
from typing import Any

import msgspec

FORM = 1
"""Of these structures; raised when one of them changes its meaning."""


class Amounts(msgspec.Struct, frozen=True):
    """Net, tax and gross."""

    net: str
    tax: str
    gross: str


class OrdersOf(msgspec.Struct, frozen=True, kw_only=True):
    """Orders of the period, by how they stand toward the ledger, and why."""

    standing: str
    cause: str
    reason: str
    """The cause in words; "" where the orders are in the day book."""
    currency: str
    orders: int
    gross: str


class DayBook(msgspec.Struct, frozen=True, kw_only=True):
    """Documents of the day book, dated in the period; without a date yet, of its orders."""

    kind: str
    currency: str
    state: str
    cause: str
    reason: str
    """The cause in words; "" where there is none, and of what is posted."""
    documents: int
    locked: int
    """Of these not posted ones that are dated up to the organisation's lock date."""
    amounts: Amounts


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """One sum over documents, on its sides."""

    kind: str
    currency: str
    tax_type: str
    """"*": all of them together."""
    tax: str
    """The rate as people call it; "" where it is not known."""
    documents: int
    orders: Amounts | None
    """None: orders say nothing of this kind."""
    day_book: Amounts
    ledger: Amounts
    difference: str


class Differing(msgspec.Struct, frozen=True, kw_only=True):
    """A document that differs."""

    kind: str
    number: str
    currency: str
    finding: str
    difference: str


class Clearing(msgspec.Struct, frozen=True, kw_only=True):
    """A clearing account over the period, as the orders say; `posted`: of what moved, what the day book has posted."""

    account: str
    currency: str
    opening: str
    payments: str
    refunds: str
    fees: str
    payouts: str
    closing: str
    moved: str
    posted: str
    unposted: str


class InBox(msgspec.Struct, frozen=True):
    """What the documents contribute to a box."""

    code: str
    title: str
    amount: str


class InNoBox(msgspec.Struct, frozen=True, kw_only=True):
    """Amounts in no box."""

    kind: str
    currency: str
    tax_type: str
    status: str
    documents: int
    amounts: Amounts
    why: str


class Return(msgspec.Struct, frozen=True, kw_only=True):
    """What the documents contribute to a tax return."""

    title: str
    currency: str
    basis: str
    boxes: tuple[InBox, ...]
    left_out: tuple[InNoBox, ...]


class OfLedger(msgspec.Struct, frozen=True, kw_only=True):
    """Everything of one organisation."""

    connection: str
    """Its public id."""
    ledger: str
    title: str
    organisation: str
    country: str
    lock_date: str
    """"": none."""
    orders: tuple[OrdersOf, ...]
    day_book: tuple[DayBook, ...]
    compared: int
    agreeing: int
    overlooked: int
    """Orders that are due and in no document."""
    difference: str
    """All documents' differences, each in its own currency."""
    sums: tuple[Compared, ...]
    differing: tuple[Differing, ...]
    """The first ones, where they are many."""
    clearing: tuple[Clearing, ...]
    tax_return: Return | None
    """None: none is known for the organisation's country."""

    @property
    def agrees(self) -> bool:
        """Return whether all documents agree and none is missing."""
        return self.compared == self.agreeing and not self.overlooked


class History(msgspec.Struct, frozen=True, kw_only=True):
    """The end of the installation's history when the proof was made, and what a look at the company's newest events found."""

    position: int
    seal: str
    checked: int
    broken_at: int
    """0: nothing was changed."""


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """All of it."""

    form: int = FORM
    company: str
    company_id: str
    """Public id."""
    since: str
    until: str
    made_at: str
    history: History
    ledgers: tuple[OfLedger, ...]


def plain(proof: Proof) -> dict[str, Any]:
    """Return it as plain JSON values."""
    written: dict[str, Any] = msgspec.to_builtins(proof)
    return written


def read(says: Mapping[str, Any]) -> Proof | None:
    """Return a proof of plain values; None where another version of Daybook wrote it in another form."""
    try:
        found = msgspec.convert(says, type=Proof)
    except msgspec.ValidationError:
        return None
    return found if found.form == FORM else None
