"""The invoice of a whole order, cut into one for each part that leaves: together they are the whole, to the cent (decision 56).

    the whole order's lines, less the parts before -> what is left of each -> one part -> its lines, and what is left then

Of a line of goods a part has its share by quantity; who takes the last of it takes what is left. Carriage, and what else is
charged beside goods, stands on the first part; what is taken off the order is shared by the goods' worth; the last part takes
all that is left, and so the order's own rounding.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from daybook.documents.causes import Cause, Held, Hold
from daybook.documents.document import Invoice, Line
from daybook.kit.money import ZERO, figure, round2, round_to
from daybook.kit.translation import told
from daybook.mapping import credit_notes, forms, remainder, splitting
from daybook.mapping.arithmetic import document_totals, line_amount
from daybook.mapping.remainder import Left, Piece
from daybook.mapping.rules import MappingRules
from daybook.mapping.splitting import CARRIAGE
from daybook.mapping.steps import split_in

_ROUNDED = 2
"""By how many steps (`Left.step`) rounding may part a posted line from its share of the order's line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What leaves together."""

    quantities: Mapping[str, Decimal]
    """How many, by the part of the order that a line stands for (`Line.of`)."""
    is_last: bool = False
    stands: Invoice | None = None
    """As it was posted, or will be: nobody changes it any more."""


def quantities(parts: Iterable[Invoice]) -> dict[str, Decimal]:
    """Return how many of each part of the order these invoices sell."""
    found: dict[str, Decimal] = {}
    for invoice in parts:
        for line in invoice.lines:
            if line.of:
                found[line.of] = found.get(line.of, ZERO) + line.quantity
    return found


def cut(
    whole: Invoice, parts: Sequence[Part], place: int, goods: frozenset[str], rules: MappingRules
) -> Invoice | Hold | None:
    """Return the invoice of one of the parts, or why there is none yet; None where nothing is left for it.

    `whole`: the order's, as it is now, with the number and the days of the part. `goods`: the parts of the order that leave in
    shipments (`Line.of`); all else goes along with them.
    """
    try:
        sale = remainder.whole(whole.lines, whole.amount_type, whole.currency)
        pieces = _pieces(sale, parts[: place + 1], whole, goods)
        most = _ROUNDED * split_in(whole.currency)
        if all(not piece.quantity and abs(piece.gross) <= most for piece in pieces):
            return None  # a cent that rounding left of goods that were cancelled since
        return _invoice(whole, sale, pieces, rules, is_last=parts[place].is_last)
    except Held as held:
        return held.hold


def _pieces(sale: Sequence[Left], parts: Sequence[Part], whole: Invoice, goods: frozenset[str]) -> list[Piece]:
    """Return the pieces of the last of these parts, after those before it."""
    left, pieces = tuple(sale), list[Piece]()
    for number, part in enumerate(parts):
        if part.stands is not None:
            pieces = _standing(sale, left, part.stands, whole)
        elif part.is_last:
            rest = [_all_of(place, each) for place, each in enumerate(left) if each.quantity or not each.is_gone]
            pieces = _with_cents(sale, rest, goods)
        else:
            pieces = _leaving(sale, left, part, goods, is_first=not number)
        if part.stands is None:
            pieces = splitting.with_kept(sale, left, pieces)
        left = remainder.less(left, pieces)
    return pieces


def _all_of(place: int, left: Left) -> Piece:
    return Piece(place, left.quantity, left.net, left.tax)


def _with_cents(sale: Sequence[Left], pieces: Sequence[Piece], goods: frozenset[str]) -> list[Piece]:
    """Return the pieces; what rounding left of goods that have left before stands on others, and on no line of its own.

    Its line would sell again what a part before has sold: cents have no number of goods.
    """
    found = [each for each in pieces if each.quantity or _of(sale, each) not in goods]
    sold = [each for each in found if each.quantity and _of(sale, each) in goods and each.gross > 0]
    if not sold:
        return list(pieces)
    for cents in [each for each in pieces if each not in found]:
        by_tax = [each for each in sold if _tax_type(sale, each) == _tax_type(sale, cents)]
        one = max(by_tax or sold, key=lambda each: each.gross)
        step = sale[one.place or 0].step
        tax = cents.tax if by_tax else round_to(one.tax * cents.gross / one.gross, step)
        more = one._replace(net=one.net + cents.gross - tax, tax=one.tax + tax)
        found, sold = ([more if each is one else each for each in some] for some in (found, sold))
    return found


def _of(sale: Sequence[Left], piece: Piece) -> str:
    return "" if piece.place is None else sale[piece.place].line.of


def _tax_type(sale: Sequence[Left], piece: Piece) -> str:
    return "" if piece.place is None else sale[piece.place].line.tax_type


def _leaving(
    sale: Sequence[Left], left: Sequence[Left], part: Part, goods: frozenset[str], *, is_first: bool
) -> list[Piece]:
    """Return what leaves: so many of the goods, with what goes along with them."""
    pieces, wanted = list[Piece](), dict(part.quantities)
    for place, each in enumerate(left):
        taken = min(wanted.get(each.line.of, ZERO), each.quantity)
        if each.line.of in goods and taken:
            wanted[each.line.of] -= taken
            pieces.append(_share(place, sale[place], each, taken))
    worth = sum((piece.gross for piece in pieces), ZERO)
    there = sum((each.gross for each in left if each.line.of in goods), ZERO)
    for place, each in enumerate(left):
        if not _goes_along(each, goods):
            continue
        if each.gross < 0 and there:
            net, tax = remainder.in_step(each, each.net * worth / there, each.tax * worth / there)
            pieces += [Piece(place, ZERO, net, tax)] if net or tax else []
        elif each.gross >= 0 and is_first:
            pieces.append(_all_of(place, each))
    return pieces + splitting.taxes_apart(sale, left, pieces, None)


def _goes_along(left: Left, goods: frozenset[str]) -> bool:
    """Tell whether it is part of the order without leaving in a shipment; roundings go last, and tax with its parts."""
    is_said = left.line.of and left.line.of not in goods
    return bool(is_said) and not left.line.taxes_of and not (left.is_gone and not left.quantity)


def _share(place: int, sold: Left, left: Left, quantity: Decimal) -> Piece:
    if quantity == left.quantity:
        return _all_of(place, left)
    share = quantity / sold.quantity
    net, tax = remainder.in_step(left, sold.net * share, sold.tax * share)
    return Piece(place, quantity, net, tax)


def _standing(sale: Sequence[Left], left: Sequence[Left], stands: Invoice, whole: Invoice) -> list[Piece]:
    """Return what a part that is posted took; raise Held where the order would not have given it so by now."""
    rows = remainder.whole(stands.lines, stands.amount_type, stands.currency)
    if (stands.currency, stands.amount_type) != (whole.currency, whole.amount_type):
        raise _otherwise(stands, told("is in another currency, or says its prices in another way"))
    pieces, places = list[Piece](), _places(sale)
    for row in rows:
        found = places.get(_name(row.line), [])
        if not found and not _is_sold_by_number(row):
            raise _otherwise(stands, told(f"has no “{row.line.description}”"))
        if not found:
            continue  # all of it was cancelled since, and a credit note gives it back
        place = next((each for each in found if left[each].quantity >= row.quantity), found[0])
        found.remove(place)
        if _is_cancelled_since(left[place], row):
            pieces.append(_all_of(place, left[place])._replace(kept=left[place].kept))
            continue
        _check_same(stands, sale[place], left[place], row)
        pieces.append(Piece(place, min(row.quantity, left[place].quantity), row.net, row.tax, kept=row.kept))
    return pieces


def _places(sale: Sequence[Left]) -> dict[tuple[str, str], list[int]]:
    """Return where lines stand by what tells them: of several of one part of the order the first is meant first."""
    found: dict[tuple[str, str], list[int]] = {}
    for place, each in enumerate(sale):
        found.setdefault(_name(each.line), []).append(place)
    return found


def _name(line: Line) -> tuple[str, str]:
    return (line.of, "" if line.of else line.description)


def _is_cancelled_since(left: Left, row: Left) -> bool:
    return _is_sold_by_number(left) and row.quantity > left.quantity


def _is_sold_by_number(left: Left) -> bool:
    return bool(left.line.of) and left.gross >= 0 and not left.line.of.startswith(CARRIAGE)


def _check_same(stands: Invoice, sold: Left, left: Left, row: Left) -> None:
    """Raise Held where the order has another price by now, or less than the part took."""
    most = _ROUNDED * sold.step
    if _is_sold_by_number(sold) and sold.quantity and row.quantity and not stands.is_last:
        share = sold.gross * row.quantity / sold.quantity
        if abs(share - row.gross) > most:
            name, now = row.line.description, figure(round2(share))
            raise _otherwise(stands, told(f"has “{name}” at {now}, which was posted at {figure(row.gross)}"))
    if abs(row.gross) > abs(left.gross) + most:
        raise _otherwise(stands, told(f"has only {figure(left.gross)} left for “{row.line.description}”"))


def _otherwise(stands: Invoice, words: str) -> Held:
    return Held(Cause.PART_POSTED_OTHERWISE, stands.number, f"{stands.number} has left, and the order {words} by now.")


def _invoice(
    whole: Invoice, sale: Sequence[Left], pieces: Sequence[Piece], rules: MappingRules, *, is_last: bool
) -> Invoice:
    pieces = sorted(pieces, key=lambda piece: -1 if piece.place is None else piece.place)
    totals = remainder.totals(pieces)
    if totals.gross < 0 or totals.net < 0:
        raise Held(Cause.NEGATIVE_TOTAL, detail=f"This part of the order comes to {figure(totals.gross)}.")
    mine = [_line(sale[piece.place], piece, whole, rules) for piece in pieces if piece.place is not None]
    lines = remainder.with_taxes_left(mine, sale, whole.amount_type, whole.currency)
    made = document_totals(lines, whole.amount_type, forms.effective_rates(rules))
    if made != totals:
        words = f"This part comes to {figure(totals.gross)}; {rules.ledger} would make it {figure(made.gross)}."
        raise Held(Cause.TOTALS_CANNOT_BE_MET, detail=words)
    return replace(
        whole,
        lines=lines,
        totals=totals,
        is_last=is_last,
        form=f"{whole.form}, a part of the order",
        tax_apart=_apart(whole, lines, 1, whole.tax_apart if is_last else None),
        tax_kept=_apart(whole, lines, -1, whole.tax_kept if is_last else None),
    )


def _apart(whole: Invoice, lines: Sequence[Line], sign: int, in_all: Decimal | None) -> Decimal:
    """Return what of the order's tax is among the part's net (1), or kept by the channel (-1); the last has the rest."""
    mine = _lines_of_tax(lines, sign)
    return mine if in_all is None else in_all - (_lines_of_tax(whole.lines, sign) - mine)


def _lines_of_tax(lines: Sequence[Line], sign: int) -> Decimal:
    apart = (line for line in lines if sum((tax for _, tax in line.taxes_of), ZERO) * sign > 0)
    return sum((abs(line_amount(line)) for line in apart), ZERO)


def _line(sold: Left, piece: Piece, whole: Invoice, rules: MappingRules) -> Line:
    if not piece.net and not piece.tax:
        return replace(sold.line, quantity=piece.quantity or sold.line.quantity, tax_kept=piece.kept)
    part = Left(sold.line, piece.quantity, piece.net, piece.tax, piece.kept, sold.step)
    line = credit_notes.less_of_line(sold, part, whole.amount_type, rules)
    assert line is not None  # noqa: S101 - what comes to nothing is above
    return line
