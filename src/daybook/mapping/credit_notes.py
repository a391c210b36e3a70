"""A refund becomes a credit note, or, where the sale is not posted yet, takes its amounts off the invoice."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from daybook.documents.causes import Cause, Held, Hold
from daybook.documents.document import AmountType, CreditNote, Invoice, Line, Lowered
from daybook.documents.line_kinds import LineKind
from daybook.kit.money import ZERO, Totals, decimals, figure, round_to
from daybook.mapping import checks, forms, remainder, splitting, steps
from daybook.mapping.arithmetic import document_totals, line_amount, tax_on
from daybook.mapping.layouts import DESCRIPTION_LIMIT
from daybook.mapping.orders import Order
from daybook.mapping.references import REASONED, reference
from daybook.mapping.refunds import GivenBack
from daybook.mapping.remainder import Left, Piece
from daybook.mapping.rules import MappingRules, ProcessMethod
from daybook.mapping.texts import writable

_SETTINGS = {LineKind.GOODWILL: "Refund", LineKind.EXCESS: "Refund beyond the sale"}


def sale_of(invoice: Invoice, rules: MappingRules, *, fresh: Invoice | Hold | None) -> tuple[Left, ...]:
    """Return the lines of a posted sale with their tax as of then, and which parts of the order they stand for.

    `fresh`: the invoice as the order makes it now: what was posted before either was kept gets both from it where it is
    certainly the same. Raises Held where it is not.
    """
    lines = invoice.lines
    if any(line.tax is None for line in lines):
        lines = _as_of_then(invoice, forms.effective_rates(rules), fresh)
    return remainder.whole(lines, invoice.amount_type, invoice.currency)


def _as_of_then(invoice: Invoice, rates: Mapping[str, Decimal], fresh: Invoice | Hold | None) -> tuple[Line, ...]:
    words = (
        f"{invoice.number} was posted before Daybook kept which of its lines stands for which part of the order, and the "
        "order makes other lines by now. Type in what was given back for each line."
    )
    if not isinstance(fresh, Invoice) or invoice.amount_type is not fresh.amount_type:
        raise Held(Cause.REFUND_UNCLEAR, invoice.number, words)
    pairs = list(zip(invoice.lines, fresh.lines, strict=False))
    is_same = len(invoice.lines) == len(fresh.lines) and all(
        (was.description, was.quantity, line_amount(was), was.tax_type)
        == (now.description, now.quantity, line_amount(now), now.tax_type)
        for was, now in pairs
    )
    if not is_same or any(line.tax_type not in rates for line in invoice.lines):
        raise Held(Cause.REFUND_UNCLEAR, invoice.number, words)
    if document_totals(invoice.lines, invoice.amount_type, rates) != invoice.totals:
        raise Held(Cause.REFUND_UNCLEAR, invoice.number, words)
    return tuple(
        replace(was, of=now.of, tax=now.tax if was.tax_amount is None else was.tax_amount) for was, now in pairs
    )


def kept_by_channel(note: CreditNote) -> Decimal:
    """Return how much of the tax that went back to the customer the sales channel had kept: it is no money of the company's."""
    lines = remainder.whole(note.lines, note.amount_type, note.currency)
    return sum((each.kept - (each.gross if each.takes_tax_off else ZERO) for each in lines), ZERO)


def map_credit_note(
    invoice: Invoice,
    before: Sequence[CreditNote],
    back: GivenBack,
    order: Order,
    rules: MappingRules,
    *,
    number: str,
    today: date,
    fresh: Invoice | Hold | None = None,
) -> CreditNote | Hold:
    """Return the credit note of one refund of a posted sale, or why there is none yet.

    `before`: the other credit notes of the same invoice, oldest first. `today`: dates a refund that names no day.
    """
    try:
        sale = sale_of(invoice, rules, fresh=fresh)
        left = remainder.less_notes(sale, before)
        pieces = splitting.credit(sale, left, back, beside=remainder.beside_the_lines(before))
        return _note(invoice, sale, pieces, back, order, rules, number=number, day=back.day or today)
    except Held as held:
        return held.hold


def _note(
    invoice: Invoice,
    sale: Sequence[Left],
    pieces: Sequence[Piece],
    back: GivenBack,
    order: Order,
    rules: MappingRules,
    *,
    number: str,
    day: date,
) -> CreditNote:
    of_day = max(day, invoice.date)
    dated = checks.first_open(of_day, rules)
    checks.check_order(replace(order, currency=invoice.currency, document_date=dated), rules, number=number)
    pieces = tuple(_taxed(piece, rules, invoice.currency) for piece in pieces)
    totals = remainder.totals(pieces)
    if (
        totals.gross <= 0
    ):  # the net may be below 0 beside goodwill without tax: ledgers ask for the total (xero-rules.md 4.6)
        words = f"It comes to {figure(totals.net)} net and {figure(totals.gross)} gross, and a credit note is above 0."
        raise Held(Cause.REFUND_UNCLEAR, back.id, words)
    note = CreditNote(
        number=number,
        contact_id=invoice.contact_id,
        contact_name=invoice.contact_name,
        party=invoice.party,  # and not the id alone: their contact may have been merged into another since
        date=dated,
        currency=invoice.currency,
        amount_type=invoice.amount_type,
        lines=_moved(tuple(_line(piece, sale, invoice.amount_type, order, rules) for piece in pieces), of_day, dated),
        totals=totals,
        reference=reference(replace(order, document_date=dated), REASONED, number=number, reason=back.reason),
        status=rules.document_status,
        form=f"{invoice.amount_type.value.lower()} lines of {invoice.number}",
        credits=invoice.number,
        places=tuple(piece.place for piece in pieces),
        quantities=tuple(piece.quantity for piece in pieces),
        reason=back.reason,
        currency_rate=invoice.currency_rate,
        moved_from=of_day if dated != of_day else None,
    )
    checks.check_size(note)
    return note


def _moved(lines: tuple[Line, ...], of_day: date, dated: date) -> tuple[Line, ...]:
    """Return the lines, the first of which says of what day they are, where that is in locked books: no day moves silently."""
    if of_day == dated or not lines:
        return lines
    words = f" (of {of_day:%-d %B %Y}, in a period that is locked)"
    first = f"{lines[0].description[: DESCRIPTION_LIMIT - len(words)]}{words}"
    return (replace(lines[0], description=first), *lines[1:])


def _taxed(piece: Piece, rules: MappingRules, currency: str) -> Piece:
    """Return a piece of no line with the tax of the rate that a person chose for its kind; raise Held where none did."""
    if piece.place is not None or piece.undoes is not None:
        return piece
    chosen = rules.line_accounts.get(piece.kind)
    if chosen is None or not chosen.account or not chosen.tax_type or not chosen.is_offered:
        raise Held(Cause.LINE_ACCOUNT_MISSING, piece.kind)
    rate = forms.effective_rates(rules).get(chosen.tax_type)
    if rate is None:
        raise Held(Cause.LINE_ACCOUNT_MISSING, piece.kind)
    step = steps.split_in(currency)
    tax = round_to(tax_on(piece.gross, rate=rate, amount_type=AmountType.INCLUSIVE), step)
    if not piece.is_tax_said:
        return piece._replace(net=piece.gross - tax, tax=tax)
    if abs(piece.tax - tax) > 2 * step:
        words = (
            f"The shop says {figure(piece.tax)} of tax in {figure(piece.gross)}; the tax rate chosen for it makes "
            f"{figure(tax)}."
        )
        raise Held(Cause.REFUND_UNCLEAR, "", words)
    return piece


def _line(piece: Piece, sale: Sequence[Left], amount_type: AmountType, order: Order, rules: MappingRules) -> Line:
    """Return a piece as a line: a net unit price, no discount; the amount itself where no price of four decimals makes it."""
    if piece.undoes is not None:
        back = replace(piece.undoes, description=_fitting(f"Given back before: {piece.undoes.description}"))
        return _priced(back, piece, amount_type, rules)
    if piece.place is None:
        chosen = rules.line_accounts[piece.kind]
        words = piece.words or f"{_SETTINGS[piece.kind]}, order {order.ref}"
        bare = Line(
            description=_fitting(words),
            quantity=Decimal(1),
            unit_amount=ZERO,
            account_code=chosen.account,
            tax_type=chosen.tax_type,
        )
        return _priced(bare, piece, amount_type, rules)
    was = sale[piece.place].line
    bare = replace(was, quantity=piece.quantity or Decimal(1), discount_amount=None, tax_kept=piece.kept, sold=None)
    if not (piece.with_goods or rules.process_method is not ProcessMethod.TRACKED):
        bare = replace(bare, item_code="")
    if not piece.quantity:
        bare = replace(bare, description=_fitting(f"Part refund: {was.description}"))
    return _priced(bare, piece, amount_type, rules)


def _fitting(words: str) -> str:
    return writable(words).strip()[:DESCRIPTION_LIMIT] or "Refund"


def _priced(bare: Line, piece: Piece, amount_type: AmountType, rules: MappingRules) -> Line:
    """Return the line with its amount, and with its tax where the ledger would not work out the same today."""
    amount = piece.net if amount_type is AmountType.EXCLUSIVE else piece.gross
    rate = forms.effective_rates(rules).get(bare.tax_type)
    is_same = rate is not None and tax_on(amount, rate=rate, amount_type=amount_type) == piece.tax
    unit = amount / bare.quantity
    is_fine = decimals(unit) > 4
    return replace(
        bare,
        unit_amount=None if is_fine else unit,
        line_amount=amount if is_fine else None,
        tax_amount=None if is_same else piece.tax,
        tax=piece.tax,
    )


def lowered(invoice: Invoice, refunds: Sequence[GivenBack], order: Order, rules: MappingRules) -> Invoice | Hold | None:
    """Return the invoice of a sale, not posted yet, less what was given back by now; None where nothing of it is left."""
    try:
        return _lowered(invoice, refunds, order, rules)
    except Held as held:
        return held.hold


def _lowered(invoice: Invoice, refunds: Sequence[GivenBack], order: Order, rules: MappingRules) -> Invoice | None:
    sale = remainder.whole(invoice.lines, invoice.amount_type, invoice.currency)
    left, others, taken = sale, list[Piece](), list[Lowered]()
    for back in refunds:
        pieces = tuple(
            _taxed(piece, rules, invoice.currency) for piece in splitting.credit(sale, left, back, beside=others)
        )
        left, others = remainder.less(left, pieces), [*others, *(piece for piece in pieces if piece.place is None)]
        taken.append(Lowered(refund=back.id, totals=remainder.totals(pieces)))
    if not remainder.totals(others).gross and all(each.is_gone for each in left):
        return None
    lines = [less_of_line(was, each, invoice.amount_type, rules) for was, each in zip(sale, left, strict=True)]
    stand = remainder.with_taxes_left(
        [line for line in lines if line is not None], sale, invoice.amount_type, invoice.currency
    )
    negative = [piece._replace(net=-piece.net, tax=-piece.tax) for piece in others]
    beside = tuple(_line(piece, sale, invoice.amount_type, order, rules) for piece in negative)
    off = [sum((each.totals[which] for each in taken), ZERO) for which in range(3)]
    totals = Totals(*(was - less for was, less in zip(invoice.totals, off, strict=True)))
    if totals.gross < 0:  # and not the net, as for a note
        words = f"Less what was given back it comes to {figure(totals.gross)}."
        raise Held(Cause.NEGATIVE_TOTAL, detail=words)
    return replace(
        invoice,
        lines=stand + beside,
        totals=totals,
        lowered_by=tuple(taken),
        form=f"{invoice.form}, less what was given back",
    )


def less_of_line(was: Left, left: Left, amount_type: AmountType, rules: MappingRules) -> Line | None:
    """Return a line of a sale that is not posted yet, less what was given back of it; None where nothing is left."""
    if left == was:
        return was.line
    if left.is_gone:
        return None
    piece = Piece(0, left.quantity, left.net, left.tax)
    amount = left.net if amount_type is AmountType.EXCLUSIVE else left.gross
    count = left.quantity or was.quantity
    sold = was.line.sold or (was.quantity, was.net, was.tax)
    same_price = replace(was.line, quantity=count, discount_amount=None, tax_amount=None, tax_kept=left.kept, sold=sold)
    if was.line.discount_amount is None and left.quantity and line_amount(same_price) == amount:
        rate = forms.effective_rates(rules)[was.line.tax_type]
        own = tax_on(amount, rate=rate, amount_type=amount_type)
        return replace(same_price, tax=left.tax, tax_amount=None if own == left.tax else left.tax)
    return _priced(same_price, piece, amount_type, rules)
