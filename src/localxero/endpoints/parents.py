"""The records that history notes and files hang on, by the resource they are reached under."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from localxero.books import RECEIVABLE, RECEIVABLE_CREDIT, Books
from localxero.endpoints import accounts, contacts, items
from localxero.endpoints.credit_notes import CREDIT_NOTES
from localxero.endpoints.documents import SCOPES, Kind
from localxero.endpoints.invoices import INVOICES
from localxero.endpoints.purchase_orders import PURCHASE_ORDERS

CONTACTS, SETTINGS = ("accounting.contacts",), ("accounting.settings",)


@dataclass(frozen=True, slots=True)
class Parent:
    """A resource: its plural, the scopes that open it, and how one of it is found; None where there is none."""

    plural: str
    scopes: tuple[str, ...]
    find: Callable[[Books, str], str | None]


def _document(kind: Kind[Any, Any], books: Books, key: str) -> str | None:
    record = kind.by_key(books, key)
    return record.document_id if record else None


def _contact(books: Books, key: str) -> str | None:
    record = contacts.by_key(books, key)
    return record.contact_id if record else None


def _item(books: Books, key: str) -> str | None:
    record = items.by_key(books, key)
    return record.item_id if record else None


def _payment(books: Books, key: str) -> str | None:
    return key.lower() if key.lower() in books.payments else None


def _account(books: Books, key: str) -> str | None:
    record = accounts.by_key(books, key)
    return record.account_id if record else None


DOCUMENTS = (
    *(Parent(kind.plural, SCOPES, partial(_document, kind)) for kind in (INVOICES, CREDIT_NOTES, PURCHASE_ORDERS)),
    Parent("Contacts", CONTACTS, _contact),
)
WITH_HISTORY = (
    *DOCUMENTS,
    Parent("Items", (*SCOPES, *SETTINGS), _item),
    Parent("Payments", ("accounting.payments",), _payment),
)
WITH_FILES = (*DOCUMENTS, Parent("Accounts", SETTINGS, _account))


def is_sale(books: Books, record_id: str) -> bool:
    """Tell whether a record is a sales invoice or a customer's credit note, whose files may be shown online."""
    record = books.invoices.get(record_id) or books.credit_notes.get(record_id)
    return record is not None and record.type in {RECEIVABLE, RECEIVABLE_CREDIT}
