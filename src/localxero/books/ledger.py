"""PURE: the books as double entry in the base currency: what Xero would have posted, and its trial balance.

    invoice, bill, credit note    accounts of the lines, tax, rounding     against  debtors or creditors
    payment                       bank                                     against  debtors or creditors
    allocation                    nothing but the gain on differing rates
    stock moved                   inventory                                against  cost of goods sold
    opening stock                 inventory                                against  historical adjustment

Only approved and paid documents post. Whatever cents a rate leaves over go to rounding.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal

import msgspec

from localxero.books import PAYABLE, PAYABLE_CREDIT, RECEIVABLE, RECEIVABLE_CREDIT, Books, stock
from localxero.books.arithmetic import EXACT, ZERO, rounded
from localxero.books.records import CreditNote, Invoice
from localxero.books.stock import StockDocument

Posting = tuple[str, Decimal]
DEBTORS, CREDITORS, TAX, ROUNDING = "DEBTORS", "CREDITORS", "GST", "ROUNDING"
GAINS, HISTORICAL = "REALISEDCURRENCYGAIN", "HISTORICAL"
# What a document does to debtors or creditors: +1 where it raises debtors (a debit), -1 where it raises creditors.
SIGNS = {RECEIVABLE: 1, RECEIVABLE_CREDIT: -1, PAYABLE: -1, PAYABLE_CREDIT: 1}


class Balance(msgspec.Struct, frozen=True, kw_only=True):
    """One account, or one tax type, that something was posted to: base currency, both sides and what is left."""

    code: str
    name: str
    debit: Decimal
    credit: Decimal
    balance: Decimal
    """Debit less credit."""


class Balances(msgspec.Struct, frozen=True, kw_only=True):
    """What an auditor asks of the books: every account posted to, and the tax account again by tax type."""

    accounts: tuple[Balance, ...]
    tax: tuple[Balance, ...]


def trial_balance(books: Books) -> dict[str, Decimal]:
    """Return the balance of every account with one, debits positive, by code; all together are nothing."""
    return {each.code: each.balance for each in balances(books).accounts if each.balance}


def balances(books: Books, number: str = "") -> Balances:
    """Return what stands on each account and tax type, settled ones at 0.00 too, in the order of their codes.

    With a `number` only what that document did, and those numbered after it (1005 and 1005-CR1), in any case: an
    order's own balances. Opening stock is left out then.
    """
    documents = [each for each in _posted(books) if not number or _numbered_after(each.number, number)]
    names = {each.code or each.name: each.name for each in books.accounts.values()}
    rates = {each.tax_type: each.name for each in books.tax_rates.values()}
    posted = [posting for document in documents for posting in _all_of(document, books)]
    if not number:
        posted += _opening_stock(books)
    taxes = [posting for document in documents for posting in _tax(document)]
    return Balances(accounts=_summed(posted, names), tax=_summed(taxes, rates))


def _numbered_after(number: str, first: str) -> bool:
    return f"{number.casefold()}-".startswith(f"{first.casefold()}-")


def _summed(postings: Iterable[Posting], names: dict[str, str]) -> tuple[Balance, ...]:
    debited: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
    credited: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
    for code, amount in postings:
        if amount:
            (debited if amount > 0 else credited)[code] += abs(amount)
    return tuple(
        Balance(
            code=code,
            name=names.get(code, code),
            debit=debited[code],
            credit=credited[code],
            balance=debited[code] - credited[code],
        )
        for code in sorted({*debited, *credited})
    )


def _posted(books: Books) -> Iterator[StockDocument]:
    documents: tuple[StockDocument, ...] = (*books.invoices.values(), *books.credit_notes.values())
    return (each for each in documents if each.status in stock.MOVING and each.type in SIGNS)


def _all_of(document: StockDocument, books: Books) -> Iterator[Posting]:
    yield from _document(document, books)
    yield from _stock(document, books)
    yield from _settled(document, books)


def _opening_stock(books: Books) -> Iterator[Posting]:
    for item in books.items.values():
        if item.opening_cost:
            yield item.inventory_asset_account_code or "", item.opening_cost
            yield _code(books, HISTORICAL), -item.opening_cost


def _tax(document: StockDocument) -> Iterator[Posting]:
    for line in document.lines:
        yield line.tax_type or "", -SIGNS[document.type] * in_base(line.tax_amount, document.currency_rate)


def in_base(amount: Decimal, rate: Decimal) -> Decimal:
    """Turn an amount into the base currency: a rate is foreign units per unit of it (xero-rules.md 5.3)."""
    return rounded(EXACT.divide(amount, rate)) if rate else amount


def _code(books: Books, system_account: str) -> str:
    account = books.system_account(system_account)
    return account.code or account.name if account else system_account


def _control(document: StockDocument, books: Books) -> str:
    return _code(books, DEBTORS if document.type in {RECEIVABLE, RECEIVABLE_CREDIT} else CREDITORS)


def _document(document: StockDocument, books: Books) -> Iterator[Posting]:
    sign, left = SIGNS[document.type], in_base(document.total, document.currency_rate)
    yield _control(document, books), sign * left
    for line in document.lines:
        net = stock.net_in_base(line, document)
        tax = in_base(line.tax_amount, document.currency_rate)
        yield line.account_code or "", -sign * net
        yield _code(books, TAX), -sign * tax
        left -= net + tax
    yield _code(books, ROUNDING), -sign * left


def _stock(document: StockDocument, books: Books) -> Iterator[Posting]:
    """Bring the inventory account to what the stock is worth, less what the document's own lines posted there."""
    for move in books.stock_moves.get(document.document_id, ()):
        item = books.items[move.item_id]
        yield item.inventory_asset_account_code or "", move.cost
        yield item.purchases.cogs_account_code or "", -move.cost
    sign = SIGNS[document.type]
    for line in document.lines:
        sold = books.item_coded(line.item_code) if line.item_code else None
        if sold and sold.is_tracked and line.account_code == sold.inventory_asset_account_code:
            posted = -sign * stock.net_in_base(line, document)
            yield sold.inventory_asset_account_code or "", -posted
            yield sold.purchases.cogs_account_code or "", posted


def _settled(document: StockDocument, books: Books) -> Iterator[Posting]:
    """Post payments at their own rate; debtors and creditors go down at the document's, to nothing at the end."""
    sign, control, gains = SIGNS[document.type], _control(document, books), _code(books, GAINS)
    gone = ZERO
    for payment in books.payments_of(document.document_id):
        before, gone = gone, gone + payment.amount
        released = _released(document, before, gone)
        received = in_base(payment.amount, payment.currency_rate)
        bank = books.accounts[payment.account_id]
        yield bank.code or bank.name, sign * received
        yield control, -sign * released
        yield gains, sign * (released - received)
    for allocation in books.allocations_of(document.document_id):
        before, gone = gone, gone + allocation.amount
        yield control, -sign * _released(document, before, gone)
        yield gains, sign * _released(document, before, gone)


def _released(document: Invoice | CreditNote, before: Decimal, after: Decimal) -> Decimal:
    """Return what of debtors or creditors a settlement takes away; the last one takes all that is left."""
    return in_base(after, document.currency_rate) - in_base(before, document.currency_rate)
