"""PURE: what was sent, and what the books hold. Nothing of Daybook is asked what it thinks it did."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tests.chaos.cast import Account, Paper, Role

DEAD = frozenset({"DELETED", "VOIDED"})
LISTS = {
    "invoice": ("Invoices", "InvoiceNumber"),
    "purchase_order": ("PurchaseOrders", "PurchaseOrderNumber"),
    "credit_note": ("CreditNotes", "CreditNoteNumber"),
}
KINDS = (*LISTS, "payment", "refund", "allocation", "bill", "bill_payment")
MOVED = {"ARCREDITPAYMENT": "refund", "ACCPAYPAYMENT": "bill_payment"}
"""What a payment is that is none on an invoice."""
MARK = "[db:"
SHELF = "shelf"
TAX = "tax "


@dataclass(frozen=True, slots=True)
class Audit:
    """What the comparison found, by number."""

    expected: int
    there: int
    lost: tuple[str, ...] = ()
    double: tuple[str, ...] = ()
    off: tuple[str, ...] = ()
    """Their totals are not those of the order, to the cent."""
    unasked: tuple[str, ...] = ()
    """Made by Daybook, of nothing that was sent."""
    accounts: tuple[str, ...] = ()
    """Where the balance is not what the orders bring to the account, a sentence each."""
    balances: int = 0
    """How many balances were compared."""
    money: Mapping[str, tuple[Decimal, Decimal]] = field(default_factory=dict)
    """By kind: what should stand there, and what does; gross, all currencies together."""

    @property
    def is_well(self) -> bool:
        """Return whether there is nothing to say."""
        return not (self.lost or self.double or self.off or self.unasked or self.accounts)


def papers_in(country: str, books: Mapping[str, Any]) -> list[Paper]:
    """Return what Daybook made in one organisation's books, in any state that counts there."""
    made = [*_documents(country, books), *_bills(country, books)]
    return [*made, *_moved(country, books), *_allocated(country, books)]


def _documents(country: str, books: Mapping[str, Any]) -> Iterator[Paper]:
    for kind, (listed, number) in LISTS.items():
        for element in filter(_is_ours, books[listed]):
            yield Paper(country, kind, element[number], _totals(element))


def _bills(country: str, books: Mapping[str, Any]) -> Iterator[Paper]:
    """A bill has no reference: its first line bears the mark."""
    for element in books["Invoices"]:
        words = (element.get("LineItems") or [{}])[0].get("Description") or ""
        if element.get("Type") == "ACCPAY" and MARK in words and element["Status"] not in DEAD:
            yield Paper(country, "bill", element["InvoiceNumber"], _totals(element))


def _is_ours(element: Mapping[str, Any]) -> bool:
    return MARK in (element.get("Reference") or "") and element.get("Status") not in DEAD


def _moved(country: str, books: Mapping[str, Any]) -> Iterator[Paper]:
    """Nobody else pays or gives back in a trial, so that all that stands there is ours."""
    for element in books["Payments"]:
        if element["Status"] not in DEAD:
            kind = MOVED.get(element["PaymentType"], "payment")
            number = f"{element['Invoice']['InvoiceNumber']}: {element.get('Reference', '')}"
            yield Paper(country, kind, number, (_amount(element), element["Account"].get("Code", "")))


def _allocated(country: str, books: Mapping[str, Any]) -> Iterator[Paper]:
    for note in filter(_is_ours, books["CreditNotes"]):
        for each in note.get("Allocations") or ():
            if not each.get("IsDeleted"):
                number = f"{note['CreditNoteNumber']}: {each['Invoice']['InvoiceNumber']}"
                yield Paper(country, "allocation", number, (_amount(each),))


def _amount(element: Mapping[str, Any]) -> str:
    return f"{Decimal(str(element['Amount'])):.2f}"


def balances_in(role: Role, found: Mapping[str, Any]) -> Counter[Account]:
    """Return in cents what stands on each account, and what was posted by tax type; accounts of the shelf as one."""
    there = Counter[Account]()
    for each in found["accounts"]:
        code = SHELF if each["code"] in role.shelf else each["code"]
        there[role.country, code] += int(Decimal(str(each["balance"])) * 100)
    for each in found["tax"]:
        there[role.country, f"{TAX}{each['code']}"] += int(Decimal(str(each["balance"])) * 100)
    return there


def unbalanced(expected: Counter[Account], found: Counter[Account]) -> tuple[str, ...]:
    """Return where both differ: whatever is named on one side only is 0.00 on the other."""
    return tuple(
        f"{code} ({country}) is {found[country, code] / 100:,.2f}, not {expected[country, code] / 100:,.2f}"
        for country, code in sorted({*expected, *found})
        if expected[country, code] != found[country, code]
    )


def compare(
    expected: Collection[Paper],
    found: Iterable[Paper],
    balances: Counter[Account] | None = None,
    balances_there: Counter[Account] | None = None,
) -> Audit:
    """Lay both sides beside each other."""
    there = list(found)
    wanted = {(each.country, each.kind, each.number.upper()): each for each in expected}
    counted = Counter((each.country, each.kind, each.number.upper()) for each in there)
    return Audit(
        expected=len(wanted),
        there=len(there),
        lost=_named(key for key in wanted if key not in counted),
        double=_named(key for key, count in counted.items() if count > 1),
        off=_named(key for each in there if (key := _key(each)) in wanted and each.totals != wanted[key].totals),
        unasked=_named(key for key in counted if key not in wanted),
        accounts=unbalanced(balances or Counter(), balances_there or Counter()),
        balances=len(balances or ()),
        money={kind: (_money(kind, expected), _money(kind, there)) for kind in KINDS},
    )


def _key(paper: Paper) -> tuple[str, str, str]:
    return paper.country, paper.kind, paper.number.upper()


def _named(keys: Iterable[tuple[str, str, str]]) -> tuple[str, ...]:
    return tuple(sorted(f"{kind} {number} ({country})" for country, kind, number in keys))


def _money(kind: str, papers: Iterable[Paper]) -> Decimal:
    return sum((each.gross for each in papers if each.kind == kind), Decimal(0))


def _totals(element: Mapping[str, Any]) -> tuple[str, str, str]:
    net, tax, gross = (f"{Decimal(str(element[name])):.2f}" for name in ("SubTotal", "TotalTax", "Total"))
    return net, tax, gross
