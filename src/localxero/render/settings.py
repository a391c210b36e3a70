"""PURE: what an organisation is set up with -> the JSON Xero answers with; see render."""

from localkit.json_values import Json, given
from localxero.books import Books
from localxero.books.arithmetic import rounded
from localxero.books.records import (
    Account,
    BrandingTheme,
    Currency,
    TaxComponent,
    TaxRate,
    TrackingCategory,
    TrackingOption,
)
from localxero.render.documents import ALONE, WRITTEN, View, attached
from localxero.render.values import day, moment, without_zone

# What an account that names none is reported under (live answers name one always; the others: likely).
REPORTING = {
    "ASSET": ("ASS", "Assets"),
    "EQUITY": ("EQU", "Equity"),
    "EXPENSE": ("EXP", "Expense"),
    "LIABILITY": ("LIA", "Liabilities"),
    "REVENUE": ("REV", "Revenue"),
}


def account(record: Account, books: Books, *, view: View) -> Json:
    """Render an account; what is empty is left out of answers to writes, and of a bank account."""
    is_bank = record.type == "BANK"
    code, name = REPORTING.get(record.klass, ("", ""))
    spare = view is WRITTEN or is_bank
    return {
        "AccountID": record.account_id,
        **given(Code=record.code or None),
        "Name": record.name,
        "Status": record.status,
        "Type": record.type,
        "TaxType": record.tax_type,
        **({} if spare and not record.description else {"Description": record.description}),
        "Class": record.klass,
        **({} if spare and not record.system_account else {"SystemAccount": record.system_account}),
        "EnablePaymentsToAccount": record.enable_payments,
        "ShowInExpenseClaims": record.show_in_expense_claims,
        **given(BankAccountNumber=record.bank_account_number),
        **(
            {"BankAccountType": (record.bank_account_type or "BANK") if is_bank else ""} if is_bank or not spare else {}
        ),
        **given(CurrencyCode=record.currency_code),
        "ReportingCode": record.reporting_code or code,
        "ReportingCodeName": name,
        **({} if view is WRITTEN else {"HasAttachments": record.account_id in books.attachments}),
        **(attached(record.account_id, books, "Accounts") if view is ALONE else {}),
        "UpdatedDateUTC": moment(record.updated_ms),
        "AddToWatchlist": record.add_to_watchlist,
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
            {
                "Name": each.name,
                "Rate": rounded(each.rate, 4),
                "IsCompound": each.is_compound,
                "IsNonRecoverable": each.is_non_recoverable,
            }
            for each in record.components or (TaxComponent(name=record.component, rate=rate),)
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
        "Name": own.name,
        "LegalName": own.legal_name,
        "PaysTax": True,
        "Version": own.version,
        "OrganisationType": own.organisation_type,
        "BaseCurrency": own.base_currency,
        "CountryCode": own.country_code,
        "IsDemoCompany": own.is_demo_company,
        "OrganisationStatus": own.status,
        **given(RegistrationNumber=own.registration_number),
        "TaxNumber": own.tax_number,
        "FinancialYearEndDay": own.financial_year_end_day,
        "FinancialYearEndMonth": own.financial_year_end_month,
        "SalesTaxBasis": own.sales_tax_basis,
        "SalesTaxPeriod": own.sales_tax_period,
        "DefaultSalesTax": "Tax Exclusive",
        "DefaultPurchasesTax": "Tax Exclusive",
        **{name: day(value) for name, value in lock_dates.items() if value},
        "CreatedDateUTC": without_zone(moment(own.created_ms)),
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


def tracking_category(record: TrackingCategory, *, archived: bool = False) -> Json:
    """Render a tracking category; archived options only when asked for."""
    shown = [each for each in record.options if archived or each.status == "ACTIVE"]
    return {
        "Name": record.name,
        "Status": record.status,
        "TrackingCategoryID": record.category_id,
        "Options": [tracking_option(each) for each in shown],
    }


def tracking_option(record: TrackingOption) -> Json:
    """Render an option of a tracking category."""
    return {
        "TrackingOptionID": record.option_id,
        "Name": record.name,
        "Status": record.status,
        "HasValidationErrors": False,
        "IsDeleted": record.status == "DELETED",
        "IsArchived": record.status == "ARCHIVED",
        "IsActive": record.status == "ACTIVE",
    }


def branding_theme(record: BrandingTheme) -> Json:
    """Render a branding theme."""
    return {
        "BrandingThemeID": record.theme_id,
        "Name": record.name,
        "Type": "INVOICE",
        "SortOrder": record.sort_order,
        "CreatedDateUTC": moment(record.created_ms),
    }
