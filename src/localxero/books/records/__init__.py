"""What a set of books is made of: immutable records, all money Decimal, named as Xero names them."""

from localxero.books.records.contacts import (
    Address,
    BatchPaymentDetails,
    Contact,
    ContactPerson,
    DefaultTracking,
    PaymentTerm,
    PaymentTerms,
    Phone,
)
from localxero.books.records.documents import (
    Allocation,
    CreditNote,
    Document,
    Invoice,
    Line,
    Payment,
    PurchaseOrder,
    Tracking,
)
from localxero.books.records.hanging import SYSTEM, Attachment, Note
from localxero.books.records.items import Item, ItemSide, StockMove
from localxero.books.records.organisation import (
    EDITIONS,
    PLANS,
    Account,
    BrandingTheme,
    Currency,
    Organisation,
    TaxComponent,
    TaxRate,
    TrackingCategory,
    TrackingOption,
)
from localxero.books.records.record import Record

__all__ = [
    "EDITIONS",
    "PLANS",
    "SYSTEM",
    "Account",
    "Address",
    "Allocation",
    "Attachment",
    "BatchPaymentDetails",
    "BrandingTheme",
    "Contact",
    "ContactPerson",
    "CreditNote",
    "Currency",
    "DefaultTracking",
    "Document",
    "Invoice",
    "Item",
    "ItemSide",
    "Line",
    "Note",
    "Organisation",
    "Payment",
    "PaymentTerm",
    "PaymentTerms",
    "Phone",
    "PurchaseOrder",
    "Record",
    "StockMove",
    "TaxComponent",
    "TaxRate",
    "Tracking",
    "TrackingCategory",
    "TrackingOption",
]
