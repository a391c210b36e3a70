"""Write an order's parts as document lines, exclusive or inclusive, each as plainly as its amount allows."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum
from functools import partial

from daybook.documents.document import AmountType, DecidedBy, Line, Tracking
from daybook.kit.money import decimals, plain, round2, round4
from daybook.mapping import discounts
from daybook.mapping.arithmetic import line_amount
from daybook.mapping.posting_rules import TaxShape
from daybook.mapping.pricing import Part, Side
from daybook.mapping.texts import writable

DESCRIPTION_LIMIT = 4000


class Fineness(IntEnum):
    """How plainly a line can be written, the plainest first."""

    CENTS = 0
    FOUR_DECIMALS = 1
    LINE_AMOUNT = 2
    """The price given is too fine for the ledger: the line's amount is sent instead (xero-rules.md 5.2)."""
    WORKED_OUT = 3
    """The price is worked out from the other side."""
    WORKED_OUT_AMOUNT = 4
    """No price of four decimals gives the amount worked out from the other side: the amount itself is sent."""


_FINENESS_IN_WORDS = {
    Fineness.CENTS: "",
    Fineness.FOUR_DECIMALS: ", 4-decimal prices",
    Fineness.LINE_AMOUNT: ", line amounts",
    Fineness.WORKED_OUT: ", prices worked out",
    Fineness.WORKED_OUT_AMOUNT: ", line amounts worked out",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A part together with where it is booked."""

    part: Part
    account_code: str
    tax_type: str
    item_code: str = ""
    tracking: tuple[Tracking, ...] = ()
    tax_shape: TaxShape = TaxShape.IN_RATE
    tax_account: str = ""
    taxes_of: tuple[tuple[str, Decimal], ...] = ()
    """Of a row of tax, as `Line.taxes_of` has it."""
    tax_kept: Decimal = Decimal(0)
    """As `Line.tax_kept` has it."""
    decided_by: DecidedBy = DecidedBy()  # noqa: RUF009 - frozen


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """All rows as lines on one basis."""

    amount_type: AmountType
    lines: tuple[Line, ...]
    rows: tuple[Row, ...]
    fineness: Fineness
    tricks: str = ""

    @property
    def form(self) -> str:
        """How the page names it: "inclusive lines, 4-decimal prices, tax moved by cents"."""
        return f"{self.amount_type.value.lower()} lines{_FINENESS_IN_WORDS[self.fineness]}{self.tricks}"


def lay_out(rows: tuple[Row, ...]) -> list[Layout]:
    """Return the rows as exclusive and as inclusive lines, the plainer first; exclusive where they are equally plain."""
    layouts = [_layout(rows, amount_type) for amount_type in (AmountType.EXCLUSIVE, AmountType.INCLUSIVE)]
    return sorted(layouts, key=lambda layout: layout.fineness)


def _layout(rows: tuple[Row, ...], amount_type: AmountType) -> Layout:
    written = [_write(row, amount_type) for row in rows]
    return Layout(
        amount_type=amount_type,
        lines=tuple(line for line, _ in written),
        rows=rows,
        fineness=max(fineness for _, fineness in written),
    )


def _write(row: Row, amount_type: AmountType) -> tuple[Line, Fineness]:
    """Return one row as a line whose amount is the part's amount on this basis."""
    part = row.part
    side = part.net if amount_type is AmountType.EXCLUSIVE else part.gross
    bare, description = _bare(row), _description(part)
    discount = round2(side.discount) if side.discount else None
    for price, fineness in _prices(part.quantity, side):
        line = bare(description=description, unit_amount=price, discount_amount=discount)
        if line_amount(line) == side.amount and discounts.is_safe(line):
            return line, fineness
    fineness = Fineness.WORKED_OUT_AMOUNT if side.unit is None else Fineness.LINE_AMOUNT
    if side.discount > 0 and side.amount >= 0:
        for price in _prices_after_discount(part.quantity, side):
            line = bare(description=_told(description, part, side), unit_amount=price)
            if line_amount(line) == side.amount:
                return line, fineness
    return _by_amount(bare, part, side), fineness


def _bare(row: Row) -> Callable[..., Line]:
    """Return what makes the row's line of a description and figures."""
    return partial(
        Line,
        quantity=row.part.quantity,
        account_code=row.account_code,
        tax_type=row.tax_type,
        item_code=row.item_code,
        of=row.part.of,
        taxes_of=row.taxes_of,
        tax_kept=row.tax_kept,
        tracking=row.tracking,
        decided_by=row.decided_by,
    )


def _prices(quantity: Decimal, side: Side) -> Iterator[tuple[Decimal, Fineness]]:
    """Yield the unit prices that can be taken for this side, plainest first; none where the quantity is too fine."""
    if decimals(quantity) > 4:
        return
    if side.unit is not None:
        if decimals(side.unit) <= 4:
            yield side.unit, Fineness.CENTS if decimals(side.unit) <= 2 else Fineness.FOUR_DECIMALS
        return
    exact = (side.amount + side.discount) / quantity
    yield round2(exact), Fineness.WORKED_OUT
    yield round4(exact), Fineness.WORKED_OUT


def _prices_after_discount(quantity: Decimal, side: Side) -> Iterator[Decimal]:
    """Yield the unit prices that hold a discount which the ledger's own field cannot, plainest first."""
    if decimals(quantity) <= 4:
        yield round2(side.amount / quantity)
        yield round4(side.amount / quantity)


def _by_amount(bare: Callable[..., Line], part: Part, side: Side) -> Line:
    """Return the line by its amount; the price, where it is too fine, is named in the description instead."""
    quantity = part.quantity if decimals(part.quantity) <= 4 else Decimal(1)
    description = _description(part)
    if side.unit is not None or side.discount or quantity != part.quantity:
        description = _told(description, part, side)
    return bare(description=description, quantity=quantity, unit_amount=None, line_amount=side.amount)


def _told(description: str, part: Part, side: Side) -> str:
    """Return the description with what the line's figures do not show: how many at which price, and what was taken off."""
    words = [plain(part.quantity)]
    if side.unit is not None:
        words.append(f"at {plain(side.unit)}")
    if side.discount:
        words.append(discounts.in_words(side.discount))
    suffix = f" ({' '.join(words)})"
    return description[: DESCRIPTION_LIMIT - len(suffix)] + suffix


def _description(part: Part) -> str:
    return (writable(part.description).strip() or writable(part.sku).strip() or "Item")[:DESCRIPTION_LIMIT]
