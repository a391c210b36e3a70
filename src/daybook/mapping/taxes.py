"""PURE: several taxes of one line as the one rate and amount that documents are worked out with.

A ledger books a line on one tax rate, whose parts it knows itself (GST and QST are one rate of two components). So the
taxes of a line count as the sum of their rates; a person gives that sum its tax rate as any other. Whoever owes a tax
beside the seller must be asked about: it is no tax of ours.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from decimal import Decimal

from daybook.documents.causes import Cause, Held
from daybook.documents.line_kinds import Liable
from daybook.kit.money import CENT, ZERO, figure, plain, round_to
from daybook.kit.translation import told
from daybook.mapping.orders import LineTax, Order, OrderLine

_SAME_RATE = Decimal("0.000001")
_OWED_BY = {Liable.CHANNEL: told("the sales channel"), Liable.CUSTOMER: told("the customer")}


def check_liable(order: Order, named: Collection[Liable] = ()) -> None:
    """Raise Held where somebody else than the seller owes a tax of the order.

    `named`: of whose taxes the posting rules speak; what these say is found line by line.
    """
    lines = [line for line in order.lines if line.quantity]
    of_lines = [*(line.taxes for line in lines), *(each.taxes for each in order.shipping)]
    taxes = [tax for each in of_lines for tax in each if tax.liable not in {Liable.SELLER, *named}]
    if taxes:
        raise owed_by_others(taxes, told("order"))


def owed_by_others(taxes: Iterable[LineTax], whose: str) -> Held:
    """Return what holds an order of which others owe these taxes."""
    others = [tax for tax in taxes if tax.liable is not Liable.SELLER]
    owed = sorted({_OWED_BY[tax.liable] for tax in others})
    return Held(Cause.TAX_OWED_BY_OTHERS, " and ".join(owed), f"Of the {whose}: {in_words(others)}.")


def as_one(line: OrderLine, number: int | None = None) -> OrderLine:
    """Return the line with the rate and the amount that its taxes make together; raise Held where it says others.

    `number`: how people count the lines; None: it is the carriage.
    """
    if not line.taxes:
        return line
    rate, amount = _sum(tax.rate for tax in line.taxes), _sum(tax.amount for tax in line.taxes)
    what = "The carriage" if number is None else f"Line {number}"
    if _differ(line.tax_rate, rate, _SAME_RATE):
        words = f"{what} bears {percent(line.tax_rate)} as it says, but its taxes are {in_words(line.taxes)}."
        raise Held(Cause.TOTALS_CONTRADICT, line.sku or line.id, words)
    if _differ(line.tax_amount, amount, CENT / 2):
        words = f"{what} has {_amount(line.tax_amount)} of tax as it says, but its taxes are {in_words(line.taxes)}."
        raise Held(Cause.TOTALS_CONTRADICT, line.sku or line.id, words)
    return replace(
        line,
        tax_rate=rate if line.tax_rate is None else line.tax_rate,
        tax_amount=amount if line.tax_amount is None else line.tax_amount,
    )


def shared(taxes: Iterable[LineTax], part: Decimal, step: Decimal) -> tuple[LineTax, ...]:
    """Return the taxes of a part of a line: what its rate does not tell shrinks with it, rounded to `step`."""
    return tuple(
        replace(tax, amount=None if tax.rate is not None or tax.amount is None else round_to(tax.amount * part, step))
        for tax in taxes
    )


def in_words(taxes: Iterable[LineTax]) -> str:
    """Return the taxes as a person reads them: "GST 5 % (0.50) + QST 9.975 % (1.00)"."""
    return " + ".join(_in_words(tax) for tax in taxes)


def percent(rate: Decimal | None) -> str:
    """Return a rate as people say it."""
    return "" if rate is None else f"{plain(rate * 100)} %"


def _in_words(tax: LineTax) -> str:
    amount = "" if tax.amount is None else f"({figure(tax.amount)})"
    return " ".join(filter(None, (tax.name or tax.code or "tax", percent(tax.rate), amount)))


def _amount(amount: Decimal | None) -> str:
    return "" if amount is None else figure(amount)


def _differ(said: Decimal | None, summed: Decimal | None, allowed: Decimal) -> bool:
    return said is not None and summed is not None and abs(said - summed) > allowed


def _sum(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """Return the sum where all are said; None where one is not."""
    said = list(amounts)
    return None if any(each is None for each in said) else sum((each for each in said if each is not None), ZERO)
