"""PURE: what is given back of a sale, split over the sale's own lines: all credits of a line never exceed it.

    the invoice's lines, less all credits before -> what is left of each -> one refund -> pieces, and what is left then

The credit that takes the last of a line takes what is left of it, net and tax: a line that is credited whole comes to 0
to the cent, and so does its tax type. The tax is that of the sale's own day, as the invoice kept it. What is worked out
is in whole units of the currency, never finer than the cent: a third of 1,000 yen is 333.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from daybook.documents.causes import Cause, Held
from daybook.documents.line_kinds import LineKind
from daybook.kit.money import CENT, ZERO, Totals, figure, plain, round2, round_to
from daybook.mapping.refunds import GivenBack, OfLine, Said
from daybook.mapping.remainder import Left, Piece, clamped, given_beside, in_step, less, sign_of, within

CARRIAGE = "carriage:"


def credit(
    sale: Sequence[Left], left: Sequence[Left], back: GivenBack, *, beside: Sequence[Piece] = ()
) -> tuple[Piece, ...]:
    """Return what one refund gives back, by lines of the sale. Raises Held where its amounts do not add up.

    `sale`: the lines as they were posted; `left`: what earlier credits left of them; `beside`: what these gave back for no
    line. What is given back beyond the sale is a piece of its own.
    """
    if back.is_covered:
        return tuple(_cents_of_cancelled(left, (), back))
    if back.trouble:
        raise Held(Cause.REFUND_UNCLEAR, back.id, back.trouble)
    pieces = _all_left(left, beside, with_goods=True) if back.is_all else _asked(sale, left, back, beside)
    pieces = _meeting_the_money(left, with_kept(sale, left, pieces), back)
    pieces += _cents_of_cancelled(left, pieces, back)
    rest = less(left, pieces)
    _check(left, rest)
    return tuple(pieces)


def with_kept(sale: Sequence[Left], left: Sequence[Left], pieces: Iterable[Piece]) -> list[Piece]:
    """Return the pieces with their share of the tax that the channel keeps; the last of a line takes what is left of it."""
    rest, found = tuple(left), list[Piece]()
    for piece in pieces:
        if piece.place is not None and (whole_tax := sale[piece.place].kept):
            had, net = rest[piece.place], sale[piece.place].net
            share = clamped(round_to(whole_tax * piece.net / net, had.step), had.kept) if net else ZERO
            piece = piece._replace(kept=had.kept if piece.net == had.net else share)  # noqa: PLW2901 - the same piece
        rest = less(rest, [piece])
        found.append(piece)
    return found


def _check(before: Sequence[Left], after: Sequence[Left]) -> None:
    """The law of the sum: no line is ever credited beyond what it came to. A breach is a defect of ours."""
    for had, has in zip(before, after, strict=True):
        sign = sign_of(had)
        if sign * has.gross < 0 or sign * has.net < 0 or (had.tax * sign >= 0 and has.tax * sign < 0):
            raise AssertionError((had, has))


def _asked(sale: Sequence[Left], left: Sequence[Left], back: GivenBack, beside: Sequence[Piece]) -> list[Piece]:
    if back.is_bare:
        return _bare(left, back, beside)
    rest, pieces, excess = tuple(left), list[Piece](), ZERO
    for each in back.lines:
        bare, tax = _without_tax_apart(sale, each.parts, each.said)
        found, beyond = _of_line(sale, rest, replace(each, said=bare), back.id)
        found += taxes_apart(sale, rest, found, tax)
        rest, pieces, excess = less(rest, found), pieces + found, excess + beyond
    if back.carriage.is_anything:
        places = [place for place, one in enumerate(rest) if one.line.of.startswith(CARRIAGE)]
        bare, tax = _without_tax_apart(sale, [rest[place].line.of for place in places], back.carriage)
        found, beyond = _amount(rest, places, bare)
        found += taxes_apart(sale, rest, found, tax)
        rest, pieces, excess = less(rest, found), pieces + found, excess + beyond
    for other in back.others:
        if (amount := _gross(other.said)) is None:
            raise _no_amounts(back.id)
        pieces += [_of_no_line(LineKind.GOODWILL, amount, _tax(other.said), other.reason)] if amount else []
    if excess:
        pieces.append(_of_no_line(LineKind.EXCESS, excess))
    return pieces


def _bare(left: Sequence[Left], back: GivenBack, beside: Sequence[Piece]) -> list[Piece]:
    """Return what a refund gives back that only says how much: all that is left, beyond it, or goodwill."""
    if back.money is None:
        raise _no_amounts(back.id)
    there = sum((each.paid for each in left), ZERO)
    if there and back.money and round2(back.money) == there - given_beside(beside):
        return _all_left(left, beside, with_goods=False)
    if back.money < there or not there:
        kind = LineKind.GOODWILL if there else LineKind.EXCESS
        return [_of_no_line(kind, back.money)] if back.money else []
    pieces = _all_left(left, (), with_goods=False)
    return pieces + ([_of_no_line(LineKind.EXCESS, back.money - there)] if back.money > there else [])


def _no_amounts(refund: str) -> Held:
    return Held(Cause.REFUND_WITHOUT_AMOUNTS, refund)


def _of_no_line(kind: LineKind, gross: Decimal, tax: Decimal | None = None, words: str = "") -> Piece:
    """Return a piece whose tax is still to be worked out, where none is said: the whole of it stands as net."""
    said = round2(tax or ZERO)
    return Piece(None, ZERO, round2(gross) - said, said, kind=kind, words=words, is_tax_said=tax is not None)


def _all_left(left: Sequence[Left], beside: Sequence[Piece], *, with_goods: bool) -> list[Piece]:
    """Return all that is left of the lines, less what was given back for none of them: it was of these after all."""
    pieces = [
        Piece(place, each.quantity, each.net, each.tax, with_goods)
        for place, each in enumerate(left)
        if not each.is_gone
    ]
    return pieces + ([each._replace(net=-each.net, tax=-each.tax) for each in beside] if given_beside(beside) else [])


def _of_line(sale: Sequence[Left], left: Sequence[Left], back: OfLine, refund: str) -> tuple[list[Piece], Decimal]:
    """Return what a refund gives back of one line, or of several that share its name, and what is beyond them."""
    places = [place for place, each in enumerate(left) if each.line.of in back.parts]
    if not places:
        words = f"{back.name} does not stand on the invoice, so nothing can be given back for it."
        raise Held(Cause.REFUND_UNCLEAR, refund, words)
    sold = sum((sale[place].quantity for place in places), ZERO)
    there = sum((left[place].quantity for place in places), ZERO)
    if back.quantity > sold or (back.quantity > there and not back.said.is_anything):
        words = f"It gives back {plain(back.quantity)} x {back.name}; {plain(sold)} were sold, {plain(there)} are left."
        raise Held(Cause.REFUND_UNCLEAR, refund, words)
    if not back.said.is_anything:
        if not back.quantity:
            raise _no_amounts(refund)
        return _by_quantity(sale, left, places, back), ZERO
    pieces, beyond = _amount(left, places, back.said)
    return _with_quantities(left, pieces, min(back.quantity, there), is_returned=back.is_returned), beyond


def _by_quantity(sale: Sequence[Left], left: Sequence[Left], places: Sequence[int], back: OfLine) -> list[Piece]:
    """Return so many of the lines, one after the other; the last of a line takes what is left of it."""
    pieces, wanted = list[Piece](), back.quantity
    for place in places:
        each = left[place]
        taken = min(wanted, each.quantity)
        if not taken:
            continue
        wanted -= taken
        if taken == each.quantity:
            pieces.append(Piece(place, taken, each.net, each.tax, back.is_returned))
            continue
        posted = sale[place]
        count, net_of_all, tax_of_all = posted.line.sold or (posted.quantity, posted.net, posted.tax)
        share = taken / count
        net, tax = in_step(each, net_of_all * share, tax_of_all * share)
        pieces.append(Piece(place, taken, net, tax, back.is_returned))
    return pieces


def _without_tax_apart(sale: Sequence[Left], parts: Sequence[str], said: Said) -> tuple[Said, Decimal | None]:
    """Return an amount of these parts as their own lines bear it, and the tax that stands apart; None: what follows from it."""
    net = sum((each.net for each in sale if each.line.of in parts), ZERO)
    apart = sum((tax for each in sale for part, tax in each.line.taxes_of if part in parts), ZERO)
    kept = sum((each.kept for each in sale if each.line.of in parts), ZERO)
    if not said.is_anything or not (apart or kept):
        return said, None
    if kept:
        return _without_tax_kept(said, net, kept, sale[0].step), None
    gross, own = said.whole, said.net
    if gross is None:
        gross = (own or ZERO) if apart < 0 else None
    if apart < 0:  # the channel keeps it: the line bears it, and another one takes it off again
        return Said(net=gross, tax=ZERO, gross=gross), None
    if own is None and gross is not None:
        own = gross - said.tax if said.tax is not None else round_to(gross * net / (net + apart), sale[0].step)
    return Said(net=own, tax=ZERO, gross=own), None if gross is None or own is None else round2(gross) - round2(own)


def _without_tax_kept(said: Said, net: Decimal, kept: Decimal, step: Decimal) -> Said:
    own, gross = said.net, said.whole
    if own is None and gross is not None:
        own = gross - said.tax if said.tax is not None else round_to(gross * net / (net + kept), step)
    return Said(net=own, tax=ZERO, gross=own)


def taxes_apart(
    sale: Sequence[Left], left: Sequence[Left], pieces: Sequence[Piece], tax: Decimal | None
) -> list[Piece]:
    """Return what goes back of the lines of tax that stand apart, for these pieces of the lines whose tax they are.

    `tax`: how much in all, where it is said; else in proportion. The last of the goods takes what is left of their tax.
    """
    rest = less(left, pieces)
    is_gone = {each.line.of for each in rest if each.is_gone} - {each.line.of for each in rest if not each.is_gone}
    shares: dict[int, Decimal] = {}
    for place, each in enumerate(rest):
        parts = dict(each.line.taxes_of)
        if any(piece.place is not None and sale[piece.place].line.of in parts for piece in pieces):
            own = [_share(sale, piece, parts) for piece in pieces if piece.place is not None]
            shares[place] = (
                each.net if parts.keys() <= is_gone else clamped(round_to(sum(own, ZERO), each.step), each.net)
            )
    if tax is not None and shares and (gap := tax - sum(shares.values(), ZERO)):
        for place in sorted(shares, key=lambda place: -abs(shares[place])):
            meant = clamped(shares[place] + gap, rest[place].net)
            shares[place], gap = meant, gap - (meant - shares[place])
    return [Piece(place, ZERO, amount, ZERO) for place, amount in shares.items() if amount]


def _share(sale: Sequence[Left], piece: Piece, parts: Mapping[str, Decimal]) -> Decimal:
    """Return the tax of a piece, as its part of the order has it."""
    of = sale[piece.place].line.of if piece.place is not None else ""
    net = sum((each.net for each in sale if each.line.of == of), ZERO)
    return parts.get(of, ZERO) * piece.net / net if net else ZERO


def _with_quantities(
    left: Sequence[Left], pieces: Sequence[Piece], quantity: Decimal, *, is_returned: bool
) -> list[Piece]:
    """Return the pieces with how many of their lines they give back."""
    found = []
    for piece in pieces:
        taken = min(quantity, left[piece.place].quantity) if piece.place is not None else ZERO
        quantity -= taken
        found.append(piece._replace(quantity=taken, with_goods=is_returned and bool(taken)))
    return found


def _gross(said: Said) -> Decimal | None:
    """Return what is said with tax; where no tax is said the net is all there is."""
    return said.net if said.whole is None else said.whole


def _tax(said: Said) -> Decimal | None:
    both = said.gross is not None and said.net is not None
    return said.gross - said.net if said.tax is None and both else said.tax  # type: ignore[operator]


def _amount(left: Sequence[Left], places: Sequence[int], said: Said) -> tuple[list[Piece], Decimal]:
    """Return an amount split over these lines as they stand, and what is beyond them."""
    rooms = [(place, left[place]) for place in places if not left[place].is_gone]
    there = Totals(sum((each.net for _, each in rooms), ZERO), sum((each.tax for _, each in rooms), ZERO), ZERO)
    gross, tax = said.whole, said.tax
    if gross is None:
        net = said.net or ZERO
        tax = (
            there.tax if net == there.net else round_to(there.tax * net / there.net, _step(left)) if there.net else ZERO
        )
        gross = net + tax
    gross = round2(gross)
    room = there.net + there.tax
    beyond = max(gross - room, ZERO) if room >= 0 else ZERO
    return _shares(rooms, gross - beyond, None if tax is None else round2(tax)), beyond


def spread(left: Sequence[Left], gross: Decimal) -> tuple[list[Piece], Decimal]:
    """Return an amount for no line, split over all that is left in proportion, and what is beyond it."""
    return _amount(left, range(len(left)), Said(gross=gross))


def _shares(rooms: Sequence[tuple[int, Left]], gross: Decimal, tax: Decimal | None) -> list[Piece]:
    """Return `gross` over the lines in proportion to what is left of them, whole cents, the last taking the rest."""
    pieces = []
    room = sum((each.gross for _, each in rooms), ZERO)
    for number, (place, each) in enumerate(rooms, start=1):
        is_last = number == len(rooms)
        share = gross if is_last else round_to(gross * each.gross / room, each.step) if room else ZERO
        share = clamped(share, each.gross)
        of_tax = (
            None if tax is None else tax if is_last else round_to(tax * share / gross, each.step) if gross else ZERO
        )
        net, own_tax = _split(each, share, of_tax)
        pieces.append(Piece(place, ZERO, net, own_tax))
        gross, room = gross - share, room - each.gross
        tax = None if tax is None else tax - own_tax
    return [piece for piece in pieces if piece.net or piece.tax]


def _split(each: Left, gross: Decimal, tax: Decimal | None) -> tuple[Decimal, Decimal]:
    """Return net and tax of a part of a line: what is left of it where it is the last, else as said or in proportion."""
    if gross == each.gross:
        return each.net, each.tax
    worked_out = round_to(each.tax * gross / each.gross, each.step) if each.gross else ZERO
    wanted = worked_out if tax is None else tax
    return within(each, gross - wanted, wanted)


def _step(left: Sequence[Left]) -> Decimal:
    return left[0].step if left else CENT


def _meeting_the_money(left: Sequence[Left], pieces: list[Piece], back: GivenBack) -> list[Piece]:
    """Return the pieces where they come to the money that moved, by a rounding's cents at most; else raise Held."""
    said = _paid(left, pieces)
    if back.money is None or round2(back.money) == said:
        return pieces
    gap = round2(back.money) - said
    rest = less(left, pieces)
    open_lines = [place for place, each in enumerate(rest) if not each.is_gone]
    roundings = [place for place in open_lines if not rest[place].line.of]
    if open_lines == roundings and sum((rest[place].gross for place in roundings), ZERO) == gap:
        return pieces + [
            Piece(place, rest[place].quantity, rest[place].net, rest[place].tax) for place in roundings
        ]  # the sale's own rounding goes with the last of it
    may_be_rounding = abs(gap) <= _step(left) * len(pieces)
    closed = _by_kept_cents(left, pieces, gap) if may_be_rounding else None
    if closed is None and may_be_rounding and _is_worked_out(back):
        closed = _by_cents(left, pieces, gap)
    if closed is None:
        words = (
            f"Its lines, carriage and adjustments come to {figure(said)}, the money given back to {figure(back.money)}. "
            f"They differ by {figure(abs(gap))}."
        )
        raise Held(Cause.REFUND_DOES_NOT_ADD_UP, back.id, words)
    return closed


def _cents_of_cancelled(left: Sequence[Left], pieces: Sequence[Piece], back: GivenBack) -> list[Piece]:
    """Return by how much the money for goods cancelled before leaves less of the sale (below 0: more) than its own rounding.

    Only where rounding parts the two. It is taken off what is left of these goods, else off the largest line.
    """
    told = back.of_cancelled
    gap = ZERO if told is None else told.rest - _paid(left, pieces)
    if told is None or not gap or abs(gap) > _step(left) * told.pieces:
        return []
    rest = less(left, pieces)
    places = [place for place, each in enumerate(rest) if each.line.of and each.gross > max(gap, ZERO)]
    places.sort(key=lambda place: (rest[place].line.of not in told.parts, -rest[place].gross))
    for place in places[:1]:
        each, gross = rest[place], rest[place].gross - gap
        tax = round_to(each.tax * gross / each.gross, each.step)
        return [Piece(place, ZERO, each.net - (gross - tax), each.tax - tax)]
    return []


def _paid(left: Sequence[Left], pieces: Iterable[Piece]) -> Decimal:
    """Return what the customer has back for the pieces: with the tax that the channel keeps."""
    mine = (piece for piece in pieces if piece.place is None or not left[piece.place].takes_tax_off)
    return sum((piece.gross + piece.kept for piece in mine), ZERO)


def _by_kept_cents(left: Sequence[Left], pieces: list[Piece], gap: Decimal) -> list[Piece] | None:
    """Return the pieces with the gap on a tax that the channel keeps: no account has it; None where there is none."""
    for index, piece in enumerate(pieces):
        has_room = (
            piece.place is not None
            and piece.kept
            and clamped(piece.kept + gap, left[piece.place].kept) == piece.kept + gap
        )
        if has_room:
            return [*pieces[:index], piece._replace(kept=piece.kept + gap), *pieces[index + 1 :]]
    return None


def _is_worked_out(back: GivenBack) -> bool:
    return any(not each.said.is_anything for each in back.lines)


def _by_cents(left: Sequence[Left], pieces: list[Piece], gap: Decimal) -> list[Piece] | None:
    """Return the pieces with the gap on the largest that has room for it; None where none has."""
    order = sorted(range(len(pieces)), key=lambda index: -abs(pieces[index].gross))
    for index in order:
        piece = pieces[index]
        if piece.place is None:
            continue
        each, gross = left[piece.place], piece.gross + gap
        if gross and clamped(gross, each.gross) == gross:
            net, tax = _split(each, gross, piece.tax)
            return [*pieces[:index], piece._replace(net=net, tax=tax), *pieces[index + 1 :]]
    return None
