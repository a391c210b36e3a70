"""What each organisation of this Xero holds. The books keep records and find them; they refuse nothing (see rules)."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

import msgspec

from localkit.ids import seeded_id
from localxero.books.records import (
    Account,
    Allocation,
    Attachment,
    BrandingTheme,
    Contact,
    CreditNote,
    Currency,
    Invoice,
    Item,
    Note,
    Organisation,
    Payment,
    PurchaseOrder,
    Record,
    StockMove,
    TaxRate,
    TrackingCategory,
)

RECEIVABLE, PAYABLE = "ACCREC", "ACCPAY"
RECEIVABLE_CREDIT, PAYABLE_CREDIT = "ACCRECCREDIT", "ACCPAYCREDIT"


def fold(text: str) -> str:
    """Bring a name, code or number into the form in which Xero compares it: without case, outer and doubled spaces."""
    return " ".join(text.split()).casefold()


class Contents(Record, frozen=True, kw_only=True):
    """A whole set of books as plain records: what a snapshot stores."""

    organisation: Organisation
    accounts: tuple[Account, ...] = ()
    tax_rates: tuple[TaxRate, ...] = ()
    currencies: tuple[Currency, ...] = ()
    contacts: tuple[Contact, ...] = ()
    items: tuple[Item, ...] = ()
    invoices: tuple[Invoice, ...] = ()
    purchase_orders: tuple[PurchaseOrder, ...] = ()
    credit_notes: tuple[CreditNote, ...] = ()
    payments: tuple[Payment, ...] = ()
    allocations: tuple[Allocation, ...] = ()
    tracking_categories: tuple[TrackingCategory, ...] = ()
    branding_themes: tuple[BrandingTheme, ...] = ()
    history: dict[str, tuple[Note, ...]] = msgspec.field(default_factory=dict)
    attachments: dict[str, tuple[Attachment, ...]] = msgspec.field(default_factory=dict)
    emails_sent: dict[str, int] = msgspec.field(default_factory=dict)
    stock_moves: dict[str, tuple[StockMove, ...]] = msgspec.field(default_factory=dict)
    rates: dict[str, Decimal] = msgspec.field(default_factory=dict)
    ids_given: int = 0


class Books:
    """One organisation's books. Hold `lock` over every read or write that must be one step."""

    def __init__(self, contents: Contents) -> None:
        self.lock = threading.RLock()
        self.base_url = "http://localhost"
        self._load(contents)

    def _load(self, contents: Contents) -> None:
        self.organisation = contents.organisation
        self.accounts = {a.account_id: a for a in contents.accounts}
        self._account_by_code = {a.code: a.account_id for a in contents.accounts if a.code}
        self.tax_rates = {t.tax_type: t for t in contents.tax_rates}
        self.currencies = {c.code: c for c in contents.currencies}
        self.rates = dict(contents.rates)
        self.stock_moves = dict(contents.stock_moves)
        self._ids_given = contents.ids_given
        self.contacts: dict[str, Contact] = {}
        self._contact_by_name: dict[str, str] = {}
        self._contact_by_number: dict[str, str] = {}
        self.items: dict[str, Item] = {}
        self._item_by_code: dict[str, str] = {}
        self.invoices: dict[str, Invoice] = {}
        self._invoices_by_number: dict[str, list[str]] = {}
        self._invoices_once_numbered: dict[str, set[str]] = {}
        self.purchase_orders: dict[str, PurchaseOrder] = {}
        self._purchase_orders_by_number: dict[str, list[str]] = {}
        self.credit_notes: dict[str, CreditNote] = {}
        self._credit_notes_by_number: dict[str, list[str]] = {}
        self.payments: dict[str, Payment] = {}
        self.allocations: dict[str, Allocation] = {}
        self._settlements: dict[str, list[str]] = {}
        self.invoices_of: dict[str, dict[str, None]] = {}
        self.customers: set[str] = set()
        self.suppliers: set[str] = set()
        self.tracking_categories = {each.category_id: each for each in contents.tracking_categories}
        self.branding_themes = {each.theme_id: each for each in contents.branding_themes}
        self.history = dict(contents.history)
        self.attachments = dict(contents.attachments)
        self.emails_sent = dict(contents.emails_sent)
        self._put_all(contents)

    def _put_all(self, contents: Contents) -> None:
        for contact in contents.contacts:
            self.put_contact(contact)
        for item in contents.items:
            self.put_item(item)
        for invoice in contents.invoices:
            self.put_invoice(invoice)
        for order in contents.purchase_orders:
            self.put_purchase_order(order)
        for note in contents.credit_notes:
            self.put_credit_note(note)
        for payment in contents.payments:
            self.put_payment(payment)
        for allocation in contents.allocations:
            self.put_allocation(allocation)

    def contents(self) -> Contents:
        """Return everything the books hold."""
        with self.lock:
            return Contents(
                organisation=self.organisation,
                accounts=tuple(self.accounts.values()),
                tax_rates=tuple(self.tax_rates.values()),
                currencies=tuple(self.currencies.values()),
                contacts=tuple(self.contacts.values()),
                items=tuple(self.items.values()),
                invoices=tuple(self.invoices.values()),
                purchase_orders=tuple(self.purchase_orders.values()),
                credit_notes=tuple(self.credit_notes.values()),
                payments=tuple(self.payments.values()),
                allocations=tuple(self.allocations.values()),
                tracking_categories=tuple(self.tracking_categories.values()),
                branding_themes=tuple(self.branding_themes.values()),
                history=dict(self.history),
                attachments=dict(self.attachments),
                emails_sent=dict(self.emails_sent),
                stock_moves=dict(self.stock_moves),
                rates=dict(self.rates),
                ids_given=self._ids_given,
            )

    @contextmanager
    def undone_unless_kept(self) -> Iterator["Keep"]:
        """Give a mark to set when the changes made inside shall stay; otherwise they are undone."""
        before, keep = self.contents(), Keep()
        yield keep
        if not keep.kept:
            self._load(before)

    def new_id(self, kind: str) -> str:
        """Make the next identifier: looks random, but the same for the same organisation and the same history."""
        self._ids_given += 1
        return seeded_id(self.organisation.tenant_id, kind, str(self._ids_given))

    # Accounts, tax, currencies

    def account(self, code: str) -> Account | None:
        """Find an account by code."""
        account_id = self._account_by_code.get(code)
        return self.accounts.get(account_id) if account_id else None

    def put_account(self, account: Account) -> None:
        """Add or replace an account."""
        before = self.accounts.get(account.account_id)
        if before and self._account_by_code.get(before.code) == before.account_id:
            del self._account_by_code[before.code]
        self.accounts[account.account_id] = account
        if account.code:
            self._account_by_code[account.code] = account.account_id

    def remove_account(self, account: Account) -> None:
        """Forget an account."""
        del self.accounts[account.account_id]
        self._account_by_code.pop(account.code, None)

    def system_account(self, kind: str) -> Account | None:
        """Find the account that Xero itself uses for something, such as DEBTORS."""
        return next((each for each in self.accounts.values() if each.system_account == kind), None)

    @property
    def default_theme_id(self) -> str | None:
        """Return the branding theme of documents that name none: the first in order."""
        themes = self.branding_themes.values()
        return min(themes, key=lambda each: each.sort_order).theme_id if themes else None

    def rate(self, currency_code: str) -> Decimal:
        """Return foreign units per unit of the base currency (xero-rules.md 5.3)."""
        if currency_code == self.organisation.base_currency:
            return Decimal(1)
        return self.rates.get(currency_code, Decimal(1))

    # Contacts

    def contact_named(self, name: str) -> Contact | None:
        """Find the active contact of that name."""
        return self.contacts.get(self._contact_by_name.get(fold(name), ""))

    def contact_numbered(self, number: str) -> Contact | None:
        """Find the contact, active or archived, with that ContactNumber."""
        return self.contacts.get(self._contact_by_number.get(fold(number), ""))

    def put_contact(self, contact: Contact) -> None:
        """Add or replace a contact."""
        before = self.contacts.get(contact.contact_id)
        if before:
            _forget(self._contact_by_name, before.name, before.contact_id)
            _forget(self._contact_by_number, before.contact_number, before.contact_id)
        self.contacts[contact.contact_id] = contact
        if contact.status == "ACTIVE":
            self._contact_by_name[fold(contact.name)] = contact.contact_id
        if contact.contact_number:
            self._contact_by_number[fold(contact.contact_number)] = contact.contact_id

    # Items

    def item_coded(self, code: str) -> Item | None:
        """Find an item by code."""
        return self.items.get(self._item_by_code.get(fold(code), ""))

    def put_item(self, item: Item) -> None:
        """Add or replace an item."""
        before = self.items.get(item.item_id)
        if before:
            self._item_by_code.pop(fold(before.code), None)
        self.items[item.item_id] = item
        self._item_by_code[fold(item.code)] = item.item_id

    def remove_item(self, item: Item) -> None:
        """Forget an item."""
        del self.items[item.item_id]
        del self._item_by_code[fold(item.code)]

    # Documents

    def invoices_numbered(self, number: str) -> list[Invoice]:
        """Find invoices and bills by number, oldest first; dead ones too."""
        return [self.invoices[key] for key in self._invoices_by_number.get(fold(number), ())]

    def invoices_once_numbered(self, number: str) -> list[Invoice]:
        """Find invoices and bills that had the number before they were given another."""
        return [self.invoices[key] for key in self._invoices_once_numbered.get(fold(number), ())]

    def put_invoice(self, invoice: Invoice) -> None:
        """Add or replace an invoice."""
        before = self.invoices.get(invoice.document_id)
        if before and before.contact_id != invoice.contact_id:
            self.invoices_of[before.contact_id].pop(before.document_id, None)
        self.invoices[invoice.document_id] = invoice
        (self.suppliers if invoice.type == PAYABLE else self.customers).add(invoice.contact_id)
        self.invoices_of.setdefault(invoice.contact_id, {})[invoice.document_id] = None
        _reindex(self._invoices_by_number, before.number if before else None, invoice.number, invoice.document_id)
        for number in invoice.former_numbers:
            self._invoices_once_numbered.setdefault(fold(number), set()).add(invoice.document_id)

    def purchase_orders_numbered(self, number: str) -> list[PurchaseOrder]:
        """Find purchase orders by number, oldest first; deleted ones too."""
        return [self.purchase_orders[key] for key in self._purchase_orders_by_number.get(fold(number), ())]

    def put_purchase_order(self, order: PurchaseOrder) -> None:
        """Add or replace a purchase order."""
        before = self.purchase_orders.get(order.document_id)
        self.purchase_orders[order.document_id] = order
        _reindex(self._purchase_orders_by_number, before.number if before else None, order.number, order.document_id)

    def credit_notes_numbered(self, number: str) -> list[CreditNote]:
        """Find credit notes by number, oldest first; dead ones too."""
        return [self.credit_notes[key] for key in self._credit_notes_by_number.get(fold(number), ())]

    def put_credit_note(self, note: CreditNote) -> None:
        """Add or replace a credit note."""
        before = self.credit_notes.get(note.document_id)
        self.credit_notes[note.document_id] = note
        _reindex(self._credit_notes_by_number, before.number if before else None, note.number, note.document_id)

    def next_number(self, prefix: str) -> str:
        """Make the number Xero gives when none was sent, from the organisation's invoice settings."""
        taken = {
            "INV-": self._invoices_by_number,
            "PO-": self._purchase_orders_by_number,
            "CN-": self._credit_notes_by_number,
        }[prefix]
        count = len(taken) + 1
        while fold(f"{prefix}{count:04}") in taken:
            count += 1
        return f"{prefix}{count:04}"

    # Payments and allocations

    def put_payment(self, payment: Payment) -> None:
        """Add or replace a payment."""
        if payment.payment_id not in self.payments:
            self._settlements.setdefault(payment.document_id, []).append(payment.payment_id)
        self.payments[payment.payment_id] = payment

    def payments_of(self, document_id: str) -> list[Payment]:
        """Return the payments that stand against a document, oldest first."""
        found = (self.payments.get(key) for key in self._settlements.get(document_id, ()))
        return [each for each in found if each and each.status == "AUTHORISED"]

    def put_allocation(self, allocation: Allocation) -> None:
        """Add an allocation."""
        self.allocations[allocation.allocation_id] = allocation
        for document_id in (allocation.credit_note_id, allocation.invoice_id):
            self._settlements.setdefault(document_id, []).append(allocation.allocation_id)

    def remove_allocation(self, allocation: Allocation) -> None:
        """Forget an allocation."""
        del self.allocations[allocation.allocation_id]
        for document_id in (allocation.credit_note_id, allocation.invoice_id):
            self._settlements[document_id].remove(allocation.allocation_id)

    def allocations_of(self, document_id: str) -> list[Allocation]:
        """Return the allocations of a credit note, or to an invoice, oldest first."""
        return [found for key in self._settlements.get(document_id, ()) if (found := self.allocations.get(key))]

    # What hangs on records

    def note(self, record_id: str, note: Note) -> None:
        """Add a line to a record's history."""
        self.history[record_id] = (*self.history.get(record_id, ()), note)


class Keep:
    """A mark: set `kept` to let changes stay."""

    kept = False


def _forget(index: dict[str, str], key: str | None, record_id: str) -> None:
    """Drop a key from an index unless it has come to mean another record."""
    if index.get(fold(key or "")) == record_id:
        del index[fold(key or "")]


def _reindex(index: dict[str, list[str]], before: str | None, now: str, document_id: str) -> None:
    if before is not None and fold(before) == fold(now):
        return
    if before:
        index[fold(before)].remove(document_id)
    if now:
        index.setdefault(fold(now), []).append(document_id)
