"""PURE: a set of books as JSON-ready values, for exact comparison."""

from collections.abc import Callable, Mapping
from typing import Any

from localkit.json_values import Json
from localxero.books import Books, ledger
from localxero.render import contacts as render_contacts
from localxero.render import documents as render_documents
from localxero.render import settings as render_settings
from localxero.render import settlements as render_settlements
from localxero.render.documents import LISTED


def books_export(books: Books, *names: str) -> Json:
    """Render a set of books, prices with 4 decimals, in the order they were booked, for exact comparison.

    `names`: only these lists of it; none named: the whole.
    """
    return {name: _RENDERED[name](books) for name in names or _RENDERED}


_RENDERED: Mapping[str, Callable[[Books], Any]] = {
    "Organisation": render_settings.organisation,
    "Invoices": lambda books: [
        render_documents.invoice(each, books, unitdp=4, view=LISTED) for each in books.invoices.values()
    ],
    "PurchaseOrders": lambda books: [
        render_documents.purchase_order(each, books, view=LISTED) for each in books.purchase_orders.values()
    ],
    "CreditNotes": lambda books: [
        render_documents.credit_note(each, books, unitdp=4, view=LISTED) for each in books.credit_notes.values()
    ],
    "Payments": lambda books: [render_settlements.payment(each, books) for each in books.payments.values()],
    "Items": lambda books: [render_documents.item(each, unitdp=4, view=LISTED) for each in books.items.values()],
    "Contacts": lambda books: [render_contacts.contact_in_document(each, books) for each in books.contacts.values()],
    "Accounts": lambda books: [render_settings.account(each, books, view=LISTED) for each in books.accounts.values()],
    "TaxRates": lambda books: [render_settings.tax_rate(each) for each in books.tax_rates.values()],
    "Currencies": lambda books: [render_settings.currency(each) for each in books.currencies.values()],
    "TrackingCategories": lambda books: [
        render_settings.tracking_category(each, archived=True) for each in books.tracking_categories.values()
    ],
    "BrandingThemes": lambda books: [render_settings.branding_theme(each) for each in books.branding_themes.values()],
    "TrialBalance": ledger.trial_balance,
}
