"""What clients send: one struct per body, read leniently as Xero does (numbers as strings, unknown fields, nulls).

A missing field and a null are the same here. What cannot be read at all is Xero's PostDataInvalidException
(xero-rules.md 4.4); what can be read but must not be booked is the business of `rules`.

bodies   the structs            reading   from bytes to bodies          dates, errors
"""

from localxero.wire.bodies import (
    AccountBody,
    AccountReference,
    AllocationBody,
    Body,
    ContactBody,
    CreditNoteBody,
    CurrencyBody,
    DocumentBody,
    DocumentReference,
    InvoiceBody,
    ItemBody,
    ItemSideBody,
    LineBody,
    NoteBody,
    PaymentBody,
    PurchaseOrderBody,
    TaxComponentBody,
    TaxRateBody,
    TrackingBody,
    TrackingCategoryBody,
    TrackingOptionBody,
    xero_name,
)
from localxero.wire.dates import calendar_date
from localxero.wire.errors import AS_JSON, NothingSentError, UnreadableError, XmlSentError
from localxero.wire.reading import elements, singular

__all__ = [
    "AS_JSON",
    "AccountBody",
    "AccountReference",
    "AllocationBody",
    "Body",
    "ContactBody",
    "CreditNoteBody",
    "CurrencyBody",
    "DocumentBody",
    "DocumentReference",
    "InvoiceBody",
    "ItemBody",
    "ItemSideBody",
    "LineBody",
    "NoteBody",
    "NothingSentError",
    "PaymentBody",
    "PurchaseOrderBody",
    "TaxComponentBody",
    "TaxRateBody",
    "TrackingBody",
    "TrackingCategoryBody",
    "TrackingOptionBody",
    "UnreadableError",
    "XmlSentError",
    "calendar_date",
    "elements",
    "singular",
    "xero_name",
]
