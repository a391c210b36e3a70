"""PURE: contacts -> the JSON Xero answers with; see render."""

from collections.abc import Mapping
from datetime import date

import msgspec

from localxero.arithmetic import ZERO
from localxero.books import PAYABLE, Books
from localxero.json_values import Json, given, moment
from localxero.records import Contact

PHONE_TYPES = ("DEFAULT", "DDI", "FAX", "MOBILE")
ADDRESS_TYPES = ("STREET", "POBOX")
_ADDRESS = {"City": "", "Region": "", "PostalCode": "", "Country": ""}
_PHONE = {"PhoneNumber": "", "PhoneAreaCode": "", "PhoneCountryCode": ""}
# What summaryOnly=true leaves out (Xero's page on contacts).
NOT_IN_SUMMARY = (
    "Addresses",
    "ContactGroups",
    "ContactPersons",
    "IsCustomer",
    "IsSupplier",
    "PurchasesDefaultAccountCode",
    "PurchasesTrackingCategories",
    "SalesDefaultAccountCode",
    "SalesTrackingCategories",
)
# What of a contact follows from its sales and bills, and is not shown in a purchase order (seen live in 2026).
NOT_IN_ORDERS = ("IsSupplier", "IsCustomer", "SalesTrackingCategories", "PurchasesTrackingCategories")


def contact(record: Contact, books: Books | None = None) -> Json:
    """Render a contact in full; what follows from its documents only where the books are given."""
    has_files = books is not None and record.contact_id in books.attachments
    return contact_in_document(record, books) | {"HasAttachments": has_files}


def contact_in_document(record: Contact, books: Books | None = None) -> Json:
    """Render a contact as it stands in a document."""
    addresses = {address.address_type: address for address in record.addresses}
    phones = {phone.phone_type: phone for phone in record.phones}
    return {
        "ContactID": record.contact_id,
        **given(ContactNumber=record.contact_number, AccountNumber=record.account_number),
        "ContactStatus": record.status,
        "Name": record.name,
        **given(FirstName=record.first_name, LastName=record.last_name, CompanyNumber=record.company_number),
        "EmailAddress": record.email_address,
        "BankAccountDetails": record.bank_account_details,
        **given(
            TaxNumber=record.tax_number,
            TaxNumberType=record.tax_number_type,
            AccountsReceivableTaxType=record.accounts_receivable_tax_type,
            AccountsPayableTaxType=record.accounts_payable_tax_type,
        ),
        "Addresses": [_row(addresses.get(kind), kind, "AddressType", _ADDRESS) for kind in ADDRESS_TYPES],
        "Phones": [_row(phones.get(kind), kind, "PhoneType", _PHONE) for kind in PHONE_TYPES],
        "UpdatedDateUTC": moment(record.updated_ms),
        "ContactGroups": [],
        "IsSupplier": books is not None and record.contact_id in books.suppliers,
        "IsCustomer": books is not None and record.contact_id in books.customers,
        **_defaults(record),
        "ContactPersons": [msgspec.to_builtins(each) for each in record.persons],
        **given(MergedToContactID=record.merged_to),
        "HasValidationErrors": False,
    }


def _defaults(record: Contact) -> Json:
    """Render what a contact's documents would start with."""
    return {
        **given(
            DefaultCurrency=record.default_currency,
            SalesDefaultAccountCode=record.sales_default_account_code,
            PurchasesDefaultAccountCode=record.purchases_default_account_code,
            SalesDefaultLineAmountType=record.sales_default_line_amount_type,
            PurchasesDefaultLineAmountType=record.purchases_default_line_amount_type,
            XeroNetworkKey=record.xero_network_key,
        ),
        "SalesTrackingCategories": [_given(each) for each in record.sales_tracking],
        "PurchasesTrackingCategories": [_given(each) for each in record.purchases_tracking],
        **({"PaymentTerms": _given(record.payment_terms)} if record.payment_terms else {}),
        **({"BatchPayments": _given(record.batch_payments)} if record.batch_payments else {}),
    }


def _given(record: msgspec.Struct) -> Json:
    """Render a part of a contact without what it does not say."""
    shown = {name: value for name, value in msgspec.to_builtins(record).items() if value is not None}
    return {
        name: {key: each for key, each in value.items() if each is not None} if isinstance(value, dict) else value
        for name, value in shown.items()
    }


def _row(record: msgspec.Struct | None, kind: str, key: str, empty: Mapping[str, str]) -> Json:
    if record is None:
        return {key: kind, **empty}
    told = {name: value for name, value in msgspec.to_builtins(record).items() if value or name in empty}
    return {key: kind, **told}


def contact_in_order(record: Contact) -> Json:
    """Render a contact as it stands in a purchase order."""
    whole = contact_in_document(record)
    for name in NOT_IN_ORDERS:
        del whole[name]
    return whole


def contact_short(record: Contact) -> Json:
    """Render a contact inside a document of a list."""
    return {
        "ContactID": record.contact_id,
        "Name": record.name,
        "Addresses": [],
        "Phones": [],
        "ContactGroups": [],
        "ContactPersons": [],
        "HasValidationErrors": False,
    }


def contact_summary(record: Contact, books: Books | None = None) -> Json:
    """Render a contact for summaryOnly=true."""
    whole = contact(record, books)
    return {name: value for name, value in whole.items() if name not in NOT_IN_SUMMARY}


def balances(contact_id: str, books: Books, today: date) -> Json:
    """Say what a contact owes and is owed, all of it and what is overdue, in the currencies of the documents."""
    sums = {kind: {"Outstanding": ZERO, "Overdue": ZERO} for kind in ("AccountsReceivable", "AccountsPayable")}
    for key in books.invoices_of.get(contact_id, ()):
        each = books.invoices[key]
        if each.status == "AUTHORISED":
            row = sums["AccountsPayable" if each.type == PAYABLE else "AccountsReceivable"]
            row["Outstanding"] += each.amount_due
            row["Overdue"] += each.amount_due if each.due_date and each.due_date < today else ZERO
    return {"Balances": sums}
