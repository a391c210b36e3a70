"""A contact and its parts."""

from localxero.books.records.record import Record


class Address(Record, frozen=True, kw_only=True, rename="pascal"):
    """A contact's address."""

    address_type: str
    address_line1: str = ""
    address_line2: str = ""
    address_line3: str = ""
    address_line4: str = ""
    city: str = ""
    region: str = ""
    postal_code: str = ""
    country: str = ""
    attention_to: str = ""


class Phone(Record, frozen=True, kw_only=True, rename="pascal"):
    """A contact's telephone number."""

    phone_type: str
    phone_number: str = ""
    phone_area_code: str = ""
    phone_country_code: str = ""


class ContactPerson(Record, frozen=True, kw_only=True, rename="pascal"):
    """One more person of a contact."""

    first_name: str = ""
    last_name: str = ""
    email_address: str = ""
    include_in_emails: bool = False


class PaymentTerm(Record, frozen=True, kw_only=True, rename="pascal"):
    """When something is to be paid, such as 20 DAYSAFTERBILLDATE."""

    day: int | None = None
    type: str | None = None


class PaymentTerms(Record, frozen=True, kw_only=True, rename="pascal"):
    """When a contact's bills and invoices are to be paid."""

    bills: PaymentTerm | None = None
    sales: PaymentTerm | None = None


class BatchPaymentDetails(Record, frozen=True, kw_only=True, rename="pascal"):
    """How a contact is paid in a batch."""

    bank_account_number: str = ""
    bank_account_name: str = ""
    details: str = ""
    code: str | None = None
    reference: str | None = None


class DefaultTracking(Record, frozen=True, kw_only=True, rename="pascal"):
    """What a contact's lines are tracked by unless told otherwise."""

    tracking_category_name: str | None = None
    tracking_option_name: str | None = None


class Contact(Record, frozen=True, kw_only=True):
    """A customer or supplier. What it sets as defaults is kept and shown; here no document is drafted from it."""

    contact_id: str
    name: str
    status: str = "ACTIVE"
    contact_number: str | None = None
    account_number: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    email_address: str = ""
    tax_number: str | None = None
    company_number: str | None = None
    default_currency: str | None = None
    tax_number_type: str | None = None
    bank_account_details: str = ""
    accounts_receivable_tax_type: str | None = None
    accounts_payable_tax_type: str | None = None
    sales_default_line_amount_type: str | None = None
    purchases_default_line_amount_type: str | None = None
    sales_default_account_code: str | None = None
    purchases_default_account_code: str | None = None
    xero_network_key: str | None = None
    payment_terms: PaymentTerms | None = None
    batch_payments: BatchPaymentDetails | None = None
    sales_tracking: tuple[DefaultTracking, ...] = ()
    purchases_tracking: tuple[DefaultTracking, ...] = ()
    addresses: tuple[Address, ...] = ()
    phones: tuple[Phone, ...] = ()
    persons: tuple[ContactPerson, ...] = ()
    merged_to: str | None = None
    updated_ms: int = 0
