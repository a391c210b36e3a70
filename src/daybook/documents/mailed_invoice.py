"""PURE: an invoice as its customer reads it: complete, for a page and not for books."""

from dataclasses import dataclass, field
from datetime import date as Day  # noqa: N812 - `MailedInvoice.date` wants the word

from daybook.documents.order_file import Address
from daybook.documents.sale import Sale
from daybook.kit.money import Totals


@dataclass(frozen=True, slots=True, kw_only=True)
class MailedInvoice:
    """One order's invoice, for its customer."""

    number: str
    email: str
    """Whom it is mailed to: one address."""
    customer_name: str = ""
    customer_vat_number: str = ""
    billing_address: Address = field(default_factory=Address)
    shipping_address: Address = field(default_factory=Address)
    order_ref: str = ""
    external_ref: str = ""
    shipping_method: str = ""
    due_date: Day
    currency: str
    """ISO 4217."""
    sale: Sale

    @property
    def date(self) -> Day:
        """Return the day that it is dated."""
        return self.sale.date

    @property
    def contact_name(self) -> str:
        """Return who bought."""
        return self.customer_name

    @property
    def totals(self) -> Totals:
        """Return what it comes to."""
        return Totals(self.sale.net, self.sale.tax, self.sale.gross)

    @property
    def form(self) -> str:
        """Return "": there is one way to write it."""
        return ""
