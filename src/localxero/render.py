"""PURE: records -> the JSON Xero answers with, field by field as in its OpenAPI file's examples."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

import msgspec

from localxero.arithmetic import rounded
from localxero.books import PAYABLE, Books
from localxero.clock import instant
from localxero.records import (
    Account,
    Contact,
    Currency,
    Document,
    Invoice,
    Item,
    ItemSide,
    Line,
    PurchaseOrder,
    TaxRate,
)

Json = dict[str, Any]
ZERO_ID = "00000000-0000-0000-0000-000000000000"
PHONE_TYPES = ("DEFAULT", "DDI", "FAX", "MOBILE")
ADDRESS_TYPES = ("STREET", "POBOX")

encode = msgspec.json.Encoder(decimal_format="number").encode


def moment(milliseconds: int) -> str:
    """Write an instant as Xero does: /Date(1573755038314+0000)/."""
    return f"/Date({milliseconds}+0000)/"


def day(value: date) -> str:
    """Write a calendar date as midnight UTC in Xero's form."""
    return moment(int(datetime(value.year, value.month, value.day, tzinfo=UTC).timestamp()) * 1000)


def dated(name: str, value: date | None) -> Json:
    """Write a date twice, as DateString and Date; nothing when there is none."""
    if value is None:
        return {}
    return {f"{name}String": f"{value.isoformat()}T00:00:00", name: day(value)}


def given(**fields: object) -> Json:
    """Keep the fields that have a value; names are already Xero's."""
    return {name: value for name, value in fields.items() if value is not None}


def invoice(record: Invoice, books: Books, *, unitdp: int = 2, short: bool = False, lines: bool = True) -> Json:
    """Render a sales invoice or bill; `short` as in lists, with `lines` only where they are paged."""
    return {
        "Type": record.type,
        "InvoiceID": record.document_id,
        "InvoiceNumber": record.number,
        **({} if record.type == PAYABLE else {"Reference": record.reference}),
        **given(Url=record.url, BrandingThemeID=record.branding_theme_id),
        "Payments": [],
        "CreditNotes": [],
        "Prepayments": [],
        "Overpayments": [],
        "AmountDue": record.amount_due,
        "AmountPaid": record.amount_paid,
        "AmountCredited": record.amount_credited,
        **_document(record, books, short=short),
        **dated("DueDate", record.due_date),
        "LineItems": [line(each, unitdp=unitdp) | {"ValidationErrors": []} for each in record.lines] if lines else [],
        "UpdatedDateUTCString": instant(record.updated_ms).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def invoice_summary(record: Invoice, books: Books) -> Json:
    """Render an invoice for summaryOnly=true: no lines, payments, attachments (xero-rules.md 6)."""
    whole = invoice(record, books, short=True, lines=False)
    for name in ("LineItems", "Payments", "CreditNotes", "Prepayments", "Overpayments", "HasAttachments"):
        del whole[name]
    return whole


def purchase_order(record: PurchaseOrder, books: Books, *, short: bool = False) -> Json:
    """Render a purchase order; its prices keep 4 decimals without any parameter (xero-rules.md 5.4)."""
    return {
        "PurchaseOrderID": record.document_id,
        "PurchaseOrderNumber": record.number,
        "Type": "PURCHASEORDER",
        "Reference": record.reference,
        **_document(record, books, short=short),
        **dated("DeliveryDate", record.delivery_date),
        **dated("ExpectedArrivalDate", record.expected_arrival_date),
        "DeliveryAddress": record.delivery_address,
        "AttentionTo": record.attention_to,
        "Telephone": record.telephone,
        "DeliveryInstructions": record.delivery_instructions,
        **given(BrandingThemeID=record.branding_theme_id),
        "LineItems": [line(each, unitdp=4) for each in record.lines],
    }


def _document(record: Document, books: Books, *, short: bool) -> Json:
    who = books.contacts.get(record.contact_id)
    discounted = any(each.discount_rate or each.discount_amount for each in record.lines)
    return {
        "Contact": (contact_short(who) if short else contact(who)) if who else {},
        **dated("Date", record.date),
        "Status": record.status,
        "LineAmountTypes": record.line_amount_types,
        "SubTotal": record.sub_total,
        "TotalTax": record.total_tax,
        "Total": record.total,
        **({"TotalDiscount": record.total_discount} if discounted else {}),
        "IsDiscounted": discounted,
        "CurrencyCode": record.currency_code,
        "CurrencyRate": rounded(record.currency_rate, 6),
        "SentToContact": record.sent_to_contact,
        "HasAttachments": False,
        "HasErrors": False,
        "UpdatedDateUTC": moment(record.updated_ms),
    }


def line(record: Line, *, unitdp: int) -> Json:
    """Render one line item."""
    return {
        **given(ItemCode=record.item_code, Description=record.description),
        **({} if record.unit_amount is None else {"UnitAmount": rounded(record.unit_amount, unitdp)}),
        **given(TaxType=record.tax_type),
        "TaxAmount": record.tax_amount,
        "LineAmount": record.line_amount,
        **given(AccountCode=record.account_code),
        "Tracking": [],
        **given(Quantity=record.quantity, DiscountRate=record.discount_rate, DiscountAmount=record.discount_amount),
        "LineItemID": record.line_item_id,
    }


def contact(record: Contact) -> Json:
    """Render a contact in full."""
    addresses = {address.address_type: address for address in record.addresses}
    phones = {phone.phone_type: phone for phone in record.phones}
    return {
        "ContactID": record.contact_id,
        "ContactStatus": record.status,
        "Name": record.name,
        **given(
            ContactNumber=record.contact_number,
            AccountNumber=record.account_number,
            FirstName=record.first_name,
            LastName=record.last_name,
            CompanyNumber=record.company_number,
            TaxNumber=record.tax_number,
            DefaultCurrency=record.default_currency,
        ),
        "EmailAddress": record.email_address,
        "BankAccountDetails": "",
        "Addresses": [_row(addresses.get(kind), kind, "AddressType", _ADDRESS) for kind in ADDRESS_TYPES],
        "Phones": [_row(phones.get(kind), kind, "PhoneType", _PHONE) for kind in PHONE_TYPES],
        "UpdatedDateUTC": moment(record.updated_ms),
        "ContactGroups": [],
        "IsSupplier": False,
        "IsCustomer": False,
        "SalesTrackingCategories": [],
        "PurchasesTrackingCategories": [],
        "ContactPersons": [],
        "HasAttachments": False,
        "HasValidationErrors": False,
    }


_ADDRESS = {"City": "", "Region": "", "PostalCode": "", "Country": "", "AttentionTo": ""}
_PHONE = {"PhoneNumber": "", "PhoneAreaCode": "", "PhoneCountryCode": ""}


def _row(record: msgspec.Struct | None, kind: str, key: str, empty: Mapping[str, str]) -> Json:
    return {key: kind, **empty} if record is None else msgspec.to_builtins(record)


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


def contact_summary(record: Contact) -> Json:
    """Render a contact for summaryOnly=true."""
    whole = contact(record)
    for name in (
        "Addresses",
        "Phones",
        "ContactGroups",
        "ContactPersons",
        "SalesTrackingCategories",
        "PurchasesTrackingCategories",
    ):
        del whole[name]
    return whole


def item(record: Item, *, unitdp: int = 2) -> Json:
    """Render an item; stock only where it is tracked (xero-openapi: getItem)."""
    stock = (
        {
            "InventoryAssetAccountCode": record.inventory_asset_account_code,
            "TotalCostPool": record.total_cost_pool,
            "QuantityOnHand": record.quantity_on_hand,
        }
        if record.is_tracked
        else {}
    )
    return {
        "ItemID": record.item_id,
        "Code": record.code,
        **given(
            Name=record.name,
            Description=record.description,
            PurchaseDescription=record.purchase_description,
        ),
        "UpdatedDateUTC": moment(record.updated_ms),
        "PurchaseDetails": _side(record.purchases, unitdp) if record.is_purchased else {},
        "SalesDetails": _side(record.sales, unitdp) if record.is_sold else {},
        "IsTrackedAsInventory": record.is_tracked,
        **stock,
        "IsSold": record.is_sold,
        "IsPurchased": record.is_purchased,
    }


def _side(side: ItemSide, unitdp: int) -> Json:
    price = None if side.unit_price is None else rounded(side.unit_price, unitdp)
    return given(
        UnitPrice=price, AccountCode=side.account_code, COGSAccountCode=side.cogs_account_code, TaxType=side.tax_type
    )


def account(record: Account) -> Json:
    """Render an account."""
    return {
        "AccountID": record.account_id,
        **given(Code=record.code or None),
        "Name": record.name,
        "Status": record.status,
        "Type": record.type,
        "TaxType": record.tax_type,
        "Description": record.description,
        "Class": record.klass,
        "SystemAccount": record.system_account,
        "EnablePaymentsToAccount": record.enable_payments,
        "ShowInExpenseClaims": False,
        **given(BankAccountNumber=record.bank_account_number, CurrencyCode=record.currency_code),
        **({"BankAccountType": "BANK"} if record.type == "BANK" else {}),
        "ReportingCode": "",
        "HasAttachments": False,
        "UpdatedDateUTC": moment(record.updated_ms),
        "AddToWatchlist": False,
    }


def tax_rate(record: TaxRate) -> Json:
    """Render a tax rate."""
    rate = rounded(record.rate, 4)
    return {
        "Name": record.name,
        "TaxType": record.tax_type,
        "ReportTaxType": record.report_tax_type or record.tax_type,
        "CanApplyToAssets": "ASSET" in record.applies_to,
        "CanApplyToEquity": "EQUITY" in record.applies_to,
        "CanApplyToExpenses": "EXPENSE" in record.applies_to,
        "CanApplyToLiabilities": "LIABILITY" in record.applies_to,
        "CanApplyToRevenue": "REVENUE" in record.applies_to,
        "DisplayTaxRate": rate,
        "EffectiveRate": rate,
        "Status": record.status,
        "TaxComponents": [
            {"Name": record.component, "Rate": rate, "IsCompound": False, "IsNonRecoverable": False},
        ],
    }


def currency(record: Currency) -> Json:
    """Render a currency."""
    return {"Code": record.code, "Description": record.description}


def organisation(books: Books) -> Json:
    """Render the organisation itself."""
    own = books.organisation
    lock_dates = {"PeriodLockDate": own.period_lock_date, "EndOfYearLockDate": own.end_of_year_lock_date}
    return {
        "APIKey": own.api_key,
        "Name": own.name,
        "LegalName": own.legal_name,
        "PaysTax": True,
        "Version": own.version,
        "OrganisationType": own.organisation_type,
        "BaseCurrency": own.base_currency,
        "CountryCode": own.country_code,
        "IsDemoCompany": own.is_demo_company,
        "OrganisationStatus": own.status,
        "TaxNumber": own.tax_number,
        "FinancialYearEndDay": own.financial_year_end_day,
        "FinancialYearEndMonth": own.financial_year_end_month,
        "SalesTaxBasis": own.sales_tax_basis,
        "SalesTaxPeriod": own.sales_tax_period,
        "DefaultSalesTax": "Tax Exclusive",
        "DefaultPurchasesTax": "Tax Exclusive",
        **{name: day(value) for name, value in lock_dates.items() if value},
        "CreatedDateUTC": moment(own.created_ms),
        "OrganisationEntityType": own.organisation_type,
        "Timezone": own.timezone,
        "ShortCode": own.short_code,
        "OrganisationID": own.tenant_id,
        "Edition": own.edition,
        "Class": own.plan,
        "Addresses": [],
        "Phones": [],
        "ExternalLinks": [],
        "PaymentTerms": {},
    }


def books_export(books: Books) -> Json:
    """Render a whole set of books, prices with 4 decimals, in the order they were booked, for exact comparison."""
    return {
        "Organisation": organisation(books),
        "Invoices": [invoice(each, books, unitdp=4, short=True) for each in books.invoices.values()],
        "PurchaseOrders": [purchase_order(each, books, short=True) for each in books.purchase_orders.values()],
        "Items": [item(each, unitdp=4) for each in books.items.values()],
        "Contacts": [contact(each) for each in books.contacts.values()],
        "Currencies": [currency(each) for each in books.currencies.values()],
    }


def messages(texts: Iterable[str]) -> list[Json]:
    """Render error or warning texts as Xero's list of {"Message": ...}."""
    return [{"Message": text} for text in texts]
