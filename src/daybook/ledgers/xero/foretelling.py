"""PURE: what Xero would refuse, as far as its lists tell before anything is sent (xero-rules.md 4.6, 5.5, 5.7).

The mapping holds what no document may say; here stands what only the organisation makes wrong: an account that does not
take a tax rate, stock that is not there, a number that somebody has.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from daybook.documents.causes import Cause
from daybook.documents.document import CreditNote, Document, Invoice, Line, Settlement
from daybook.kit.money import ZERO, plain
from daybook.ledgers.foretelling import Books, Foretold, Going
from daybook.ledgers.lists import ACTIVE, Account, TaxRate
from daybook.ledgers.xero.invoices import ALLOW_BACKORDERS
from daybook.ledgers.xero.reasons import XeroCause

APPROVED = "AUTHORISED"
REVENUE, EXPENSE, ASSET, LIABILITY = "REVENUE", "EXPENSE", "ASSET", "LIABILITY"
_CLASSES: Mapping[str, str] = {
    **dict.fromkeys(("REVENUE", "SALES", "OTHERINCOME"), REVENUE),
    **dict.fromkeys(("DIRECTCOSTS", "EXPENSE", "OVERHEADS", "DEPRECIATN", "WAGESEXPENSE"), EXPENSE),
    **dict.fromkeys(("BANK", "CURRENT", "FIXED", "INVENTORY", "NONCURRENT", "PREPAYMENT"), ASSET),
    **dict.fromkeys(("CURRLIAB", "LIABILITY", "TERMLIAB"), LIABILITY),
}
"""Class of an account by its type (xero-rules.md 5.7)."""


def foretell(going: Sequence[Going], books: Books) -> list[tuple[Foretold, ...]]:
    """Return, of each document in the order of their sending, why Xero would refuse it; empty: nothing is known against it."""
    on_hand, approved, told = _on_hand(books), dict(books.approved), []
    for each in going:
        moves = _moves(each.paper)
        why = [*_against(each, books), *_over(each.paper, approved, books), *_short(moves, on_hand, books, each.paper)]
        if not why:
            _take(each.paper, moves, on_hand, approved)
        told.append(tuple(dict.fromkeys(why)))
    return told


def _take(
    paper: object, moves: Mapping[str, Decimal], on_hand: dict[str, Decimal] | None, approved: dict[date, int]
) -> None:
    """Let a document that goes move the stock, and count among the approved ones of its month."""
    if on_hand is not None:
        on_hand |= {code: on_hand.get(code, ZERO) + moved for code, moved in moves.items()}
    if isinstance(paper, Invoice) and paper.status == APPROVED:
        month = paper.date.replace(day=1)
        approved[month] = approved.get(month, 0) + 1


def _over(paper: object, approved: Mapping[date, int], books: Books) -> Iterator[Foretold]:
    """An invoice beyond what the plan lets be approved in a month; what others approve there makes it fewer."""
    if books.approvals_a_month is None or not isinstance(paper, Invoice) or paper.status != APPROVED:
        return
    if approved.get(paper.date.replace(day=1), 0) >= books.approvals_a_month:
        detail = f"{books.approvals_a_month} of {paper.date:%B %Y} would be approved before it."
        yield Foretold(Cause.PLAN_LIMIT_REACHED, "invoices", detail)


def _against(going: Going, books: Books) -> Iterator[Foretold]:
    paper = going.paper
    if not isinstance(paper, Document | Settlement):
        return
    is_moving = isinstance(paper, Settlement) or (isinstance(paper, Invoice | CreditNote) and paper.status == APPROVED)
    if is_moving and books.lock_date is not None and paper.date <= books.lock_date:
        detail = f"The document would be dated {paper.date}; the books are locked up to {books.lock_date}."
        yield Foretold(Cause.PERIOD_LOCKED, str(paper.date), detail)
    if isinstance(paper, Settlement):
        return
    holder = books.taken.get((going.kind, paper.number.upper()))
    if holder is not None:
        yield Foretold(Cause.NUMBER_TAKEN, paper.number, holder)
    who = paper.party.key if paper.party is not None else paper.contact_id
    if who in books.unfit:
        yield books.unfit[who]
    if books.currencies is not None and paper.currency not in books.currencies:
        yield Foretold(Cause.CURRENCY_NOT_SUBSCRIBED, paper.currency)
    for line in paper.lines:
        yield from _of_line(line, books)


def _of_line(line: Line, books: Books) -> Iterator[Foretold]:
    account = books.accounts.get(line.account_code) if books.accounts is not None else None
    rate = books.tax_rates.get(line.tax_type) if books.tax_rates is not None else None
    if line.account_code and books.accounts is not None:
        if account is None:
            yield Foretold(Cause.ACCOUNT_NOT_USABLE, line.account_code)
        elif account.status != ACTIVE:
            yield Foretold(Cause.ACCOUNT_ARCHIVED, line.account_code)
    if line.tax_type and books.tax_rates is not None and (rate is None or rate.status != ACTIVE):
        yield Foretold(Cause.TAX_RATE_INVALID, line.tax_type)
    elif account is not None and rate is not None and not _fits(account, rate):
        subject = f"{line.tax_type} / {line.account_code}"
        yield Foretold(XeroCause.TAX_DOES_NOT_FIT_ACCOUNT, subject, f"{rate.name} on {account.code} {account.name}.")


def _fits(account: Account, rate: TaxRate) -> bool:
    """Tell whether a rate may stand on an account; of a class of which nothing is kept it may, as far as is known."""
    may = {
        REVENUE: rate.applies_to_revenue,
        EXPENSE: rate.applies_to_expenses,
        ASSET: rate.applies_to_assets,
        LIABILITY: rate.applies_to_liabilities,
    }
    return may.get(_CLASSES.get(account.type, "")) is not False


def _on_hand(books: Books) -> dict[str, Decimal] | None:
    """Return how many of each item there are, by its code in capitals; None: nobody has read it."""
    if books.stock is None:
        return None
    return {code: stock.on_hand for code, stock in books.stock.items() if stock is not None}


def _moves(paper: object) -> dict[str, Decimal]:
    """Return by item code in capitals how a document moves stock; only an approved one does (xero-rules.md 5.5)."""
    if not isinstance(paper, Invoice | CreditNote) or paper.status != APPROVED:
        return {}
    sign = 1 if isinstance(paper, CreditNote) else -1
    moves: dict[str, Decimal] = {}
    for line in paper.lines:
        if line.item_code:
            code = line.item_code.upper()
            moves[code] = moves.get(code, ZERO) + sign * line.quantity
    return moves


def _short(
    moves: Mapping[str, Decimal], on_hand: Mapping[str, Decimal] | None, books: Books, paper: object
) -> Iterator[Foretold]:
    if on_hand is None or books.stock is None or ALLOW_BACKORDERS in books.options or not isinstance(paper, Invoice):
        return
    for code, moved in moves.items():
        is_counted = code not in books.stock or books.stock[code] is not None
        there = on_hand.get(code, ZERO)
        if moved < 0 and is_counted and there + moved < 0:
            detail = f"{plain(-moved)} of {code} would be sold, and {plain(there)} would be on hand by then."
            yield Foretold(Cause.STOCK_SHORT, code, detail)
