"""Mapped documents as JSON for the day book, and back: exact, amounts as text."""

from typing import Any

import msgspec

from daybook.mapping.documents import Document, Invoice, PurchaseOrder
from daybook.outbox.models import Kind

TYPES: dict[str, type[Document]] = {Kind.INVOICE: Invoice, Kind.PURCHASE_ORDER: PurchaseOrder}


def dump(document: Document) -> dict[str, Any]:
    """Return `document` as plain JSON values; decimals become text, so nothing is lost."""
    plain: dict[str, Any] = msgspec.to_builtins(document, enc_hook=None)
    return plain


def load(plain: object, kind: str) -> Document:
    """Return the document that `dump` wrote. Raises msgspec.ValidationError on anything else."""
    return msgspec.convert(plain, type=TYPES[kind], strict=False)


def read(plain: object, kind: str) -> Document | None:
    """Return the document that `dump` wrote, None where there is none or it is in no form that this version knows."""
    try:
        return load(plain, kind)
    except msgspec.ValidationError:
        return None
