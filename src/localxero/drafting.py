"""PURE but for new ids: what was sent + what the books hold -> the record as it would be booked.

A draft is what `rules` judge. Making one refuses nothing but what cannot be read: unknown accounts, items and
contacts are left as None for the rules to speak about.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Generic, TypeVar

from msgspec.structs import asdict

from localxero import arithmetic
from localxero.arithmetic import EXCLUSIVE, NO_TAX, ONE, ZERO, rounded
from localxero.books import PAYABLE, RECEIVABLE, Books
from localxero.records import Account, Contact, Document, Invoice, Item, Line, PurchaseOrder, TaxRate
from localxero.switches import Switches
from localxero.wire import ContactBody, DocumentBody, InvoiceBody, LineBody, PurchaseOrderBody, calendar_date

SALE, PURCHASE = "sale", "purchase"
D_co = TypeVar("D_co", bound=Document, covariant=True)


@dataclass(frozen=True, slots=True)
class Setting:
    """What drafting needs to know besides the body: the books, today, and the request's parameters."""

    books: Books
    switches: Switches
    today: date
    app: str = ""
    now_ms: int = 0
    unitdp: int = 2
    allow_backorders: bool = False


@dataclass(frozen=True, slots=True)
class LineDraft:
    """A line as sent, as it would be booked, and what it refers to."""

    given: LineBody
    line: Line
    account: Account | None
    item: Item | None
    tax_rate: TaxRate | None
    expected_amount: Decimal | None


@dataclass(frozen=True, slots=True)
class DocumentDraft(Generic[D_co]):
    """A document as sent, as it stands in the books (or None), and as it would be booked."""

    setting: Setting
    given: DocumentBody
    before: D_co | None
    after: D_co
    contact: Contact | None
    contact_is_new: bool
    lines: tuple[LineDraft, ...]

    @property
    def books(self) -> Books:
        """Return the books the document is for."""
        return self.setting.books


def invoice_draft(setting: Setting, body: InvoiceBody, before: Invoice | None) -> DocumentDraft[Invoice]:
    """Draft a sales invoice or a bill."""
    kind = (body.type or (before.type if before else "")).upper()
    side = PURCHASE if kind == PAYABLE else SALE
    contact, is_new = _contact(setting.books, body.contact, before, may_create=True)
    lines, common = _common(setting, body, before, contact=contact, side=side, places=setting.unitdp)
    number = body.invoice_number or (before.number if before else "")
    after = Invoice(
        **common,
        document_id=before.document_id if before else setting.books.new_id("invoice"),
        number=number or (setting.books.next_number("INV-") if kind == RECEIVABLE else ""),
        type=kind,
        due_date=calendar_date(body.due_date, "DueDate") or (before.due_date if before else None),
        url=body.url or (before.url if before else None),
        amount_paid=before.amount_paid if before else rounded(ZERO),
        amount_credited=before.amount_credited if before else rounded(ZERO),
    )
    return DocumentDraft(setting, body, before, after, contact, is_new, lines)


def purchase_order_draft(
    setting: Setting, body: PurchaseOrderBody, before: PurchaseOrder | None
) -> DocumentDraft[PurchaseOrder]:
    """Draft a purchase order; unlike an invoice it never creates its contact (xero-rules.md 4.2)."""
    contact, is_new = _contact(setting.books, body.contact, before, may_create=False)
    lines, common = _common(setting, body, before, contact=contact, side=PURCHASE, places=4)
    after = PurchaseOrder(
        **common,
        document_id=before.document_id if before else setting.books.new_id("purchase order"),
        number=body.purchase_order_number or (before.number if before else setting.books.next_number("PO-")),
        delivery_date=calendar_date(body.delivery_date, "DeliveryDate") or (before.delivery_date if before else None),
        expected_arrival_date=calendar_date(body.expected_arrival_date, "ExpectedArrivalDate")
        or (before.expected_arrival_date if before else None),
        delivery_address=body.delivery_address or (before.delivery_address if before else ""),
        attention_to=body.attention_to or (before.attention_to if before else ""),
        telephone=body.telephone or (before.telephone if before else ""),
        delivery_instructions=body.delivery_instructions or (before.delivery_instructions if before else ""),
    )
    return DocumentDraft(setting, body, before, after, contact, is_new, lines)


def _common(
    setting: Setting, body: DocumentBody, before: Document | None, *, contact: Contact | None, side: str, places: int
) -> tuple[tuple[LineDraft, ...], dict[str, Any]]:
    books = setting.books
    types = body.line_amount_types or (before.line_amount_types if before else EXCLUSIVE)
    lines = _lines(setting, body, before, types=types, side=side, places=places)
    sums = arithmetic.totals(((each.line.line_amount, each.line.tax_amount) for each in lines), types)
    currency = body.currency_code or (before.currency_code if before else None) or _currency(books, contact)
    return lines, {
        "contact_id": contact.contact_id if contact else "",
        "status": (body.status or (before.status if before else "DRAFT")).upper(),
        "date": calendar_date(body.date, "Date") or (before.date if before else setting.today),
        "line_amount_types": types,
        "lines": tuple(each.line for each in lines),
        "currency_code": currency.upper(),
        "currency_rate": _rate(books, body, before, currency.upper()),
        "sub_total": sums.sub_total,
        "total_tax": sums.total_tax,
        "total": sums.total,
        "total_discount": _total_discount(lines),
        "reference": body.reference if body.reference is not None else (before.reference if before else ""),
        "sent_to_contact": _sent(body, before),
        "branding_theme_id": body.branding_theme_id or (before.branding_theme_id if before else None),
        "created_by": before.created_by if before else setting.app,
        "updated_ms": setting.now_ms,
    }


def _sent(body: DocumentBody, before: Document | None) -> bool:
    if body.sent_to_contact is not None and (body.status or (before.status if before else "")) in {
        "AUTHORISED",
        "BILLED",
        "PAID",
    }:
        return body.sent_to_contact
    return before.sent_to_contact if before else False


def _currency(books: Books, contact: Contact | None) -> str:
    return (contact.default_currency if contact else None) or books.organisation.base_currency


def _rate(books: Books, body: DocumentBody, before: Document | None, currency: str) -> Decimal:
    """Take the rate sent, else the one it has, else the day's; the base currency's is 1 (xero-rules.md 5.3)."""
    if currency == books.organisation.base_currency:
        return rounded(ONE, 6)
    if body.currency_rate:
        return rounded(body.currency_rate, 6)
    return before.currency_rate if before else rounded(books.rate(currency), 6)


def _total_discount(lines: tuple[LineDraft, ...]) -> Decimal:
    discounts = (
        arithmetic.discount_of(each.line.quantity, each.line.unit_amount, each.line.line_amount)
        for each in lines
        if each.line.quantity is not None
        and each.line.unit_amount is not None
        and (each.line.discount_rate or each.line.discount_amount)
    )
    return rounded(sum(discounts, ZERO))


# Contacts of documents


def _contact(
    books: Books, body: ContactBody | None, before: Document | None, *, may_create: bool
) -> tuple[Contact | None, bool]:
    """Find the contact meant; an invoice with an unknown Name creates it (xero-rules.md 4.2, likely)."""
    if body is None or not (body.contact_id or body.contact_number or body.name):
        return (books.contacts.get(before.contact_id) if before else None), False
    if body.contact_id:
        return books.contacts.get(body.contact_id.lower()), False
    if body.contact_number and (found := books.contact_numbered(body.contact_number)):
        return found, False
    if body.name and (found := books.contact_named(body.name)):
        return found, False
    if body.name and may_create:
        return Contact(
            contact_id=books.new_id("contact"),
            name=body.name,
            contact_number=body.contact_number,
            email_address=body.email_address or "",
        ), True
    return None, False


# Lines


def _lines(
    setting: Setting, body: DocumentBody, before: Document | None, *, types: str, side: str, places: int
) -> tuple[LineDraft, ...]:
    """Draft the lines sent; a change without LineItems keeps the lines it has (xero-rules.md 4.2)."""
    had = {line.line_item_id: line for line in before.lines} if before else {}
    sent = body.line_items
    if before and not sent:
        sent = [LineBody(line_item_id=key) for key in had]
    return tuple(_line(setting, each, had.get(each.line_item_id or ""), types, side, places) for each in sent or ())


def _line(setting: Setting, sent: LineBody, had: Line | None, types: str, side: str, places: int) -> LineDraft:
    body = _merged(sent, had) if had else sent
    books = setting.books
    item = books.item_coded(body.item_code) if body.item_code else None
    account = _account(books, body, item, side)
    quantity, price = _quantity_and_price(body, item, side, places)
    expected = None
    if quantity is not None and price is not None:
        expected = arithmetic.line_amount(
            quantity, price, discount_rate=body.discount_rate, discount_amount=body.discount_amount
        )
    amount = rounded(body.line_amount) if body.line_amount is not None else expected or rounded(ZERO)
    tax_type = _tax_type(body, item, account, types=types, side=side)
    tax_rate = books.tax_rates.get(tax_type) if tax_type else None
    line = Line(
        line_item_id=had.line_item_id if had else books.new_id("line"),
        description=body.description or _description(item, side),
        quantity=quantity,
        unit_amount=price,
        line_amount=amount,
        tax_amount=_tax(body, amount, tax_rate, types),
        tax_type=tax_type,
        item_code=item.code if item else body.item_code,
        account_code=account.code if account else body.account_code,
        discount_rate=None if body.discount_rate is None else rounded(body.discount_rate),
        discount_amount=None if body.discount_amount is None else rounded(body.discount_amount),
    )
    return LineDraft(sent, line, account, item, tax_rate, expected)


def _merged(sent: LineBody, had: Line) -> LineBody:
    """Lay what was sent over the line it changes; amounts that follow from changed ones are not carried over."""
    values = {name: value for name, value in asdict(sent).items() if value is not None}
    priced = values.keys() & {"quantity", "unit_amount", "line_amount", "discount_rate", "discount_amount", "tax_type"}
    old = {name: value for name, value in asdict(had).items() if name in LineBody.__struct_fields__}
    if priced:
        old.pop("tax_amount")
        old.pop("line_amount")
    return LineBody(**(old | values))


def _account(books: Books, body: LineBody, item: Item | None, side: str) -> Account | None:
    """Find the account sent, else the item's: its inventory account where a tracked item is bought (5.5)."""
    if body.account_id:
        return books.accounts.get(body.account_id.lower())
    code = body.account_code
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
    if quantity is None and (price is not None or body.line_amount is not None):
        quantity = ONE
        if price and body.line_amount is not None:
            quantity = arithmetic.EXACT.divide(body.line_amount, price)
    if price is None and quantity is not None and body.line_amount is not None:
        price = arithmetic.unit_amount_of(body.line_amount, quantity, discount_rate=body.discount_rate, places=places)
    return (None if quantity is None else rounded(quantity, 4)), price


def _tax_type(body: LineBody, item: Item | None, account: Account | None, *, types: str, side: str) -> str | None:
    """Take the tax type sent, else the item's, else the account's (xero-rules.md 5.1, the item's: likely)."""
    if types == NO_TAX:
        return "NONE"
    if body.tax_type:
        return body.tax_type
    own = (item.sales if side == SALE else item.purchases).tax_type if item else None
    return own or (account.tax_type if account else None)


def _tax(body: LineBody, amount: Decimal, rate: TaxRate | None, types: str) -> Decimal:
    """Take the TaxAmount sent, within no documented tolerance (xero-rules.md 5.2), else compute it."""
    if types == NO_TAX:
        return rounded(ZERO)
    if body.tax_amount is not None:
        return rounded(body.tax_amount)
    return arithmetic.line_tax(amount, rate.rate if rate else ZERO, types)


def _description(item: Item | None, side: str) -> str | None:
    if item is None:
        return None
    return item.description if side == SALE else item.purchase_description or item.description
