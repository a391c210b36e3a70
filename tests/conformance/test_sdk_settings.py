"""Xero's own Python SDK over what an organisation has set up: chart, tax rates, currencies, tracking, themes."""

import datetime as dt
from decimal import Decimal

import pytest
from xero_python.accounting import (
    Account,
    Accounts,
    AccountType,
    Currency,
    CurrencyCode,
    LineItemTracking,
    TaxComponent,
    TaxRate,
    TaxRates,
    TrackingCategory,
    TrackingOption,
)
from xero_python.exceptions.http_status_exceptions import NotFoundException

from .documents import NOBODY, invoice, invoices, line

pytestmark = pytest.mark.filterwarnings("ignore")


class TestTheOrganisation:
    def test_says_who_it_is(self, accounting, tenant):
        (own,) = accounting.get_organisations(tenant).organisations
        assert (own.name, own.base_currency, own.short_code) == ("Birch & Bell Ltd", CurrencyCode.GBP, "!bR7cB")
        assert (own.country_code.value, own.version, own.sales_tax_period) == ("GB", "UK", "QUARTERLY")

    def test_shows_its_lock_dates(self, accounting, tenant, xero):
        xero.configure(tenant, period_lock_date=dt.date(2026, 1, 31), end_of_year_lock_date=dt.date(2025, 12, 31))
        (own,) = accounting.get_organisations(tenant).organisations
        assert own.period_lock_date == dt.date(2026, 1, 31)
        assert own.end_of_year_lock_date == dt.date(2025, 12, 31)

    def test_says_whether_it_reminds_customers(self, accounting, tenant, xero):
        assert [each.enabled for each in accounting.get_invoice_reminders(tenant).invoice_reminders] == [False]
        xero.configure(tenant, sends_reminders=True)
        assert [each.enabled for each in accounting.get_invoice_reminders(tenant).invoice_reminders] == [True]

    def test_says_what_its_user_may_do(self, accounting, tenant, xero):
        xero.configure(tenant, not_allowed=("CreateApprovedInvoice",))
        actions = {each.name: each.status for each in accounting.get_organisation_actions(tenant).actions}
        assert actions["CreateApprovedInvoice"] == "NOT-ALLOWED"
        assert actions["CreateDraftInvoice"] == "ALLOWED"


class TestAccounts:
    @pytest.fixture
    def web_sales(self, accounting, tenant):
        new = Account(code="209", name="Web sales", type=AccountType.REVENUE, description="From the shop")
        (made,) = accounting.create_account(tenant, new).accounts
        return made

    def test_are_listed_by_where_and_order(self, accounting, tenant):
        found = accounting.get_accounts(tenant, where='Type=="BANK" AND Status=="ACTIVE"', order="Code DESC").accounts
        codes = [each.code for each in found]
        assert "090" in codes
        assert codes == sorted(codes, reverse=True)
        assert {each.type for each in found} == {AccountType.BANK}

    def test_are_listed_by_what_changed(self, accounting, tenant, xero, web_sales):
        xero.clock.advance(60)
        accounting.update_account(tenant, web_sales.account_id, Accounts(accounts=[Account(name="Shop sales")]))
        since = xero.clock.now() - dt.timedelta(seconds=30)
        assert [each.name for each in accounting.get_accounts(tenant, if_modified_since=since).accounts] == [
            "Shop sales"
        ]

    def test_are_made_read_changed_archived_and_deleted(self, accounting, tenant, web_sales, books):
        key = web_sales.account_id
        assert (web_sales.tax_type, web_sales._class) == ("OUTPUT2", "REVENUE")
        assert accounting.get_account(tenant, key).accounts[0].description == "From the shop"
        for change in (Account(name="Shop sales"), Account(status="ARCHIVED"), Account(status="ACTIVE")):
            accounting.update_account(tenant, key, Accounts(accounts=[change]))
        (held,) = (each for each in books("Accounts") if each["Code"] == "209")
        assert (held["Name"], held["Status"]) == ("Shop sales", "ACTIVE")
        assert accounting.delete_account(tenant, key).accounts[0].status == "DELETED"
        assert [each for each in books("Accounts") if each["Code"] == "209"] == []

    def test_of_banks_have_a_number_and_a_currency(self, accounting, tenant):
        bank = {"bank_account_number": "12-34-56", "currency_code": CurrencyCode.EUR, "bank_account_type": "BANK"}
        new = Account(code="095", name="Euros", type=AccountType.BANK, **bank)
        (made,) = accounting.create_account(tenant, new).accounts
        assert (made.bank_account_number, made.currency_code) == ("12-34-56", CurrencyCode.EUR)

    def test_are_refused_by_exception(self, accounting, tenant, refused, web_sales):
        with refused("Please enter a unique Code.", "Please enter a unique Name."):
            accounting.create_account(tenant, Account(code="209", name="Web sales", type=AccountType.REVENUE))
        with refused("Bank account number must be specified"):
            accounting.create_account(tenant, Account(code="096", name="Dollars", type=AccountType.BANK))

    def test_in_use_or_of_the_system_are_not_deleted(self, accounting, tenant, refused, company):
        accounting.create_invoices(tenant, invoices(invoice(company)))
        keys = {each.code: each.account_id for each in accounting.get_accounts(tenant).accounts}
        with refused("This account cannot be deleted because it is in use"):
            accounting.delete_account(tenant, keys["200"])
        with refused("System accounts cannot be archived, deleted or changed in type"):
            accounting.delete_account(tenant, keys["610"])

    def test_that_are_not_there_are_not_found(self, accounting, tenant):
        with pytest.raises(NotFoundException):
            accounting.get_account(tenant, NOBODY)


class TestTaxRates:
    def city(self, **change):
        parts = [TaxComponent(name="State", rate=Decimal(2)), TaxComponent(name="City", rate=Decimal("0.25"))]
        fields = {"name": "City", "report_tax_type": "OUTPUT", "tax_components": parts}
        return TaxRates(tax_rates=[TaxRate(**(fields | change))])

    def test_are_listed_and_found_by_type(self, accounting, tenant):
        listed = accounting.get_tax_rates(tenant, where='Status=="ACTIVE"', order="Name").tax_rates
        assert [each.name for each in listed] == sorted(each.name for each in listed)
        (vat,) = accounting.get_tax_rate_by_tax_type(tenant, "OUTPUT2").tax_rates
        assert (vat.effective_rate, vat.can_apply_to_revenue, vat.can_apply_to_expenses) == (20, True, False)

    def test_are_made_used_and_deleted(self, accounting, tenant, company, refused):
        (made,) = accounting.create_tax_rates(tenant, self.city()).tax_rates
        assert (made.tax_type, made.effective_rate) == ("TAX001", Decimal("2.25"))
        taxed = invoices(invoice(company, line_items=[line(tax_type="TAX001")]))
        (sold,) = accounting.create_invoices(tenant, taxed).invoices
        assert sold.total_tax == Decimal("2.25")
        gone = TaxRates(tax_rates=[TaxRate(name="City", tax_type="TAX001", status="DELETED")])
        with refused("The tax rate is in use and cannot be deleted"):
            accounting.update_tax_rate(tenant, gone)
        accounting.create_tax_rates(tenant, self.city(name="Town"))
        gone = TaxRates(tax_rates=[TaxRate(name="Town", tax_type="TAX002", status="DELETED")])
        assert accounting.update_tax_rate(tenant, gone).tax_rates[0].status == "DELETED"

    def test_are_refused_by_exception(self, accounting, tenant, refused):
        with refused("A tax rate must have at least one tax component"):
            accounting.create_tax_rates(tenant, self.city(tax_components=None))

    def test_that_are_not_there_are_not_found(self, accounting, tenant):
        with pytest.raises(NotFoundException):
            accounting.get_tax_rate_by_tax_type(tenant, "NOPE")


class TestCurrencies:
    def test_are_listed_and_added(self, accounting, tenant):
        assert [each.code.value for each in accounting.get_currencies(tenant).currencies] == ["GBP", "EUR", "USD"]
        accounting.create_currency(tenant, Currency(code=CurrencyCode.SGD, description="Singapore Dollar"))
        listed = accounting.get_currencies(tenant, where='Code!="GBP"', order="Code DESC").currencies
        assert [each.code.value for each in listed] == ["USD", "SGD", "EUR"]


class TestTracking:
    @pytest.fixture
    def region(self, accounting, tenant):
        (found,) = accounting.get_tracking_categories(tenant, where='Name=="Region"').tracking_categories
        return found.tracking_category_id

    def test_categories_are_two_at_most(self, accounting, tenant, refused):
        listed = accounting.get_tracking_categories(tenant, order="Name ASC").tracking_categories
        assert [each.name for each in listed] == ["Channel", "Region"]
        with refused("The maximum number of tracking categories has been reached"):
            accounting.create_tracking_category(tenant, TrackingCategory(name="Season"))

    def test_categories_are_renamed_archived_and_make_room(self, accounting, tenant, region):
        renamed = accounting.update_tracking_category(tenant, region, TrackingCategory(name="Area"))
        assert renamed.tracking_categories[0].name == "Area"
        accounting.update_tracking_category(tenant, region, TrackingCategory(status="ARCHIVED"))
        (left,) = accounting.get_tracking_categories(tenant).tracking_categories
        assert left.name == "Channel"
        every = accounting.get_tracking_categories(tenant, include_archived=True).tracking_categories
        assert {each.name: each.status for each in every} == {"Area": "ARCHIVED", "Channel": "ACTIVE"}
        (made,) = accounting.create_tracking_category(tenant, TrackingCategory(name="Season")).tracking_categories
        assert accounting.get_tracking_category(tenant, made.tracking_category_id).tracking_categories[0].options == []
        gone = accounting.delete_tracking_category(tenant, made.tracking_category_id).tracking_categories
        assert gone[0].status == "DELETED"

    def test_options_are_made_used_renamed_and_deleted(self, accounting, tenant, region, books):
        (made,) = accounting.create_tracking_options(tenant, region, TrackingOption(name="Mars")).options
        key = made.tracking_option_id
        (renamed,) = accounting.update_tracking_options(tenant, region, key, TrackingOption(name="Venus")).options
        assert (renamed.name, renamed.status) == ("Venus", "ACTIVE")
        (gone,) = accounting.delete_tracking_options(tenant, region, key).options
        assert gone.tracking_option_id == key
        held = next(each for each in books("TrackingCategories") if each["Name"] == "Region")
        assert [each["Name"] for each in held["Options"]] == ["North", "South", "East", "West"]

    def test_options_in_use_are_not_deleted(self, accounting, tenant, region, company, refused):
        (made,) = accounting.create_tracking_options(tenant, region, TrackingOption(name="Mars")).options
        tracked = LineItemTracking(tracking_category_id=region, tracking_option_id=made.tracking_option_id)
        draft = invoices(invoice(company, line_items=[line(tracking=[tracked])]))
        (sold,) = accounting.create_invoices(tenant, draft).invoices
        assert sold.line_items[0].tracking[0].option == "Mars"
        with refused("The tracking option is in use and cannot be deleted"):
            accounting.delete_tracking_options(tenant, region, made.tracking_option_id)

    def test_names_are_unique(self, accounting, tenant, region, refused):
        with refused("A tracking option with this name already exists"):
            accounting.create_tracking_options(tenant, region, TrackingOption(name="North"))


class TestBrandingThemes:
    def test_begin_with_the_default(self, accounting, tenant):
        first, *_ = accounting.get_branding_themes(tenant).branding_themes
        (alone,) = accounting.get_branding_theme(tenant, first.branding_theme_id).branding_themes
        assert (alone.name, alone.sort_order) == (first.name, 0)
