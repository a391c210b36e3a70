"""PURE but for new ids: the lines of a document as they would be booked; see drafting."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from msgspec import structs

from localxero.books import Books, arithmetic, fold
from localxero.books.arithmetic import CENT, NO_TAX, ONE, ZERO, rounded
from localxero.books.records import Account, Document, Item, Line, TaxRate, Tracking
from localxero.switches import Switches
from localxero.wire import DocumentBody, LineBody, TrackingBody

SALE, PURCHASE = "sale", "purchase"


@dataclass(frozen=True, slots=True)
class Setting:
    """What drafting needs to know besides the body: the books, today, and the request's parameters.

    `person`: who does it by hand on the pages; nobody where an app does it through the API.
    """

    books: Books
    switches: Switches
    today: date
    app: str = ""
    app_name: str = ""
    person: str = ""
    now_ms: int = 0
    unitdp: int = 2
    allow_backorders: bool = False


@dataclass(frozen=True, slots=True)
class LineDraft:
    """A line as sent, as it would be booked, and what it refers to; tracking that is not there is None.

    `is_kept`: it was not sent, and stands as it stood.
    """

    given: LineBody
    line: Line
    account: Account | None
    item: Item | None
    tax_rate: TaxRate | None
    expected_amount: Decimal | None
    tracking: tuple[Tracking | None, ...] = ()
    is_kept: bool = False


@dataclass(frozen=True, slots=True)
class Terms:
    """What all lines of a document share; `is_retaxed` where the kind of their amounts changes."""

    types: str
    side: str
    places: int
    is_retaxed: bool = False
    was_no_tax: bool = False


def line_drafts(
    setting: Setting, body: DocumentBody, before: Document | None, *, types: str, side: str, places: int
) -> tuple[LineDraft, ...]:
    """Draft the lines sent; a change without LineItems keeps the lines it has, to the letter (xero-rules.md 4.2).

    Where only the kind of amounts changes, what tax follows from them is worked out again.
    """
    is_retaxed = before is not None and types != before.line_amount_types
    if before and not body.line_items and not is_retaxed:
        return tuple(_kept(setting.books, line) for line in before.lines)
    had = {line.line_item_id: line for line in before.lines} if before else {}
    sent = body.line_items or [LineBody(line_item_id=key) for key in had]
    was_no_tax = is_retaxed and before is not None and before.line_amount_types == NO_TAX
    terms = Terms(types, side, places, is_retaxed=is_retaxed, was_no_tax=was_no_tax)
    taken = ((each, had.pop(each.line_item_id or "", None)) for each in sent)  # an id that comes twice means one line
    return tuple(_line(setting, each, line, terms) for each, line in taken)


def _kept(books: Books, line: Line) -> LineDraft:
    return LineDraft(
        given=LineBody(line_item_id=line.line_item_id),
        line=line,
        account=books.account(line.account_code) if line.account_code else None,
        item=books.item_coded(line.item_code) if line.item_code else None,
        tax_rate=books.tax_rates.get(line.tax_type) if line.tax_type else None,
        expected_amount=None,
        tracking=line.tracking,
        is_kept=True,
    )


def _line(setting: Setting, sent: LineBody, had: Line | None, terms: Terms) -> LineDraft:
    body = _merged(sent, had, terms) if had else sent
    books, types, side = setting.books, terms.types, terms.side
    item = books.item_coded(body.item_code) if body.item_code else None
    account = _account(books, body, item, side)
    quantity, price = _quantity_and_price(body, item, side, 4 if had and sent.unit_amount is None else terms.places)
    away = setting.switches.negative_halves_round_away
    expected = _expected(body, quantity, price, away=away)
    amount = rounded(body.line_amount) if body.line_amount is not None else expected or rounded(ZERO)
    tracking = _tracking(books, body, had)
    is_text = quantity is None and not amount
    tax_type = None if is_text else _tax_type(books, body, item, account, types=types, side=side)
    tax_rate = books.tax_rates.get(tax_type) if tax_type else None
    line = Line(
        line_item_id=had.line_item_id if had else books.new_id("line"),
        description=body.description or _description(item, side),
        quantity=quantity,
        unit_amount=price,
        line_amount=amount,
        tax_amount=_tax(body, amount, tax_rate, types, setting.switches),
        tax_type=tax_type,
        item_code=item.code if item else body.item_code,
        account_code=account.code if account else body.account_code,
        discount_rate=None if body.discount_rate is None else rounded(body.discount_rate),
        discount_amount=None if body.discount_amount is None else rounded(body.discount_amount),
        tracking=tuple(each for each in tracking if each),
    )
    return LineDraft(body, line, account, item, tax_rate, expected, tracking)


def without_unknown_account(draft: LineDraft) -> LineDraft:
    """Take an account code that nobody knows out of a draft's line."""
    if draft.account or not draft.line.account_code:
        return draft
    return replace(draft, line=structs.replace(draft.line, account_code=None))


def _expected(body: LineBody, quantity: Decimal | None, price: Decimal | None, *, away: bool) -> Decimal | None:
    if quantity is None or price is None:
        return None
    return arithmetic.line_amount(
        quantity, price, discount_rate=body.discount_rate, discount_amount=body.discount_amount, away=away
    )


def _merged(sent: LineBody, had: Line, terms: Terms) -> LineBody:
    """Lay what was sent over the line it changes; amounts that follow from changed ones are not carried over."""
    values = {name: value for name, value in structs.asdict(sent).items() if value is not None}
    values.setdefault("tracking", None)
    priced = values.keys() & {"quantity", "unit_amount", "line_amount", "discount_rate", "discount_amount", "tax_type"}
    old = {name: value for name, value in structs.asdict(had).items() if name in LineBody.__struct_fields__}
    if values.keys() & {"discount_rate", "discount_amount"}:  # one kind of discount takes the place of the other
        del old["discount_rate"], old["discount_amount"]
    if priced:
        old.pop("line_amount")
    if priced or terms.is_retaxed:
        old.pop("tax_amount")
    if terms.was_no_tax:
        old.pop("tax_type")
    return LineBody(**(old | values))


def _account(books: Books, body: LineBody, item: Item | None, side: str) -> Account | None:
    """Find the account sent, by code before id; else the item's: where a tracked item is bought, its inventory (5.5)."""
    code = body.account_code
    if not code and body.account_id:
        return books.accounts.get(body.account_id.lower())
    if not code and item:
        if side == SALE:
            code = item.sales.account_code
        else:
            code = item.inventory_asset_account_code or item.purchases.account_code
    return books.account(code) if code else None


def _quantity_and_price(
    body: LineBody, item: Item | None, side: str, places: int
) -> tuple[Decimal | None, Decimal | None]:
    """Fill in what was left out of quantity x price = amount (xero-openapi: LineItem.LineAmount)."""
    price = body.unit_amount
    if price is None and body.line_amount is None and item:
        price = (item.sales if side == SALE else item.purchases).unit_price
    price = None if price is None else rounded(price, places)
    quantity = body.quantity
    if quantity is None and (price is not None or body.line_amount):
        quantity = ONE
        if price and body.line_amount is not None:
            quantity = arithmetic.EXACT.divide(body.line_amount, price)
    if price is None and quantity is not None and body.line_amount is not None:
        price = arithmetic.unit_amount_of(body.line_amount, quantity, discount_rate=body.discount_rate, places=places)
    return (None if quantity is None else rounded(quantity, 4)), price


def _tax_type(
    books: Books, body: LineBody, item: Item | None, account: Account | None, *, types: str, side: str
) -> str | None:
    """Take the tax type sent, else the item's, else the account's (xero-rules.md 5.1, the item's: likely).

    Without tax it is the organisation's word for none: BASEXCLUDED in Australia, which has no NONE (unsure).
    """
    if types == NO_TAX:
        return next((each for each in ("NONE", "BASEXCLUDED") if each in books.tax_rates), None)
    if body.tax_type:
        return body.tax_type
    own = (item.sales if side == SALE else item.purchases).tax_type if item else None
    return own or (account.tax_type if account else None)


def _tax(body: LineBody, amount: Decimal, rate: TaxRate | None, types: str, switches: Switches) -> Decimal:
    """Take the TaxAmount sent, within no documented tolerance (xero-rules.md 5.2; a switch), else compute it."""
    if types == NO_TAX:
        return rounded(ZERO)
    away = switches.negative_halves_round_away
    computed = arithmetic.line_tax(amount, rate.rate if rate else ZERO, types, away=away)
    if body.tax_amount is None:
        return computed
    sent = rounded(body.tax_amount)
    return sent if switches.tax_amounts_are_taken_as_sent or abs(sent - computed) <= CENT else computed


def _description(item: Item | None, side: str) -> str | None:
    if item is None:
        return None
    return item.description if side == SALE else item.purchase_description or item.description


def _tracking(books: Books, body: LineBody, had: Line | None) -> tuple[Tracking | None, ...]:
    if body.tracking is None:
        return had.tracking if had else ()
    return tuple(_tracked(books, each) for each in body.tracking if each is not None)


def _tracked(books: Books, sent: TrackingBody) -> Tracking | None:
    """Find category and option by their ids or their names (xero-rules.md 5.7)."""
    for category in books.tracking_categories.values():
        if not _is_meant(sent.tracking_category_id, sent.name, category.category_id, category.name):
            continue
        for option in category.options:
            if (
                option.status == "ACTIVE"
                and category.status == "ACTIVE"
                and _is_meant(sent.tracking_option_id, sent.option, option.option_id, option.name)
            ):
                return Tracking(category_id=category.category_id, option_id=option.option_id)
    return None


def _is_meant(sent_id: str | None, sent_name: str | None, own_id: str, own_name: str) -> bool:
    return sent_id.lower() == own_id if sent_id else fold(sent_name or "") == fold(own_name)
