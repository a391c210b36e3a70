"""What may be chosen in the settings, what the mapping may rely on, and what a person must put right."""

from decimal import Decimal

import pytest

from daybook.catalog import facts, known, problems, refresh
from daybook.catalog.models import Account, TaxRate
from daybook.companies.models import Company
from daybook.connections import roster
from daybook.connections.models import PostingSettings, TaxMapping
from daybook.mapping.rules import ItemFacts
from tests.world import connected, reach

pytestmark = [pytest.mark.django_db, pytest.mark.drawn]


def codes(accounts) -> list[str]:
    return list(accounts.values_list("code", flat=True))


def fields(connection) -> list[str]:
    return [problem.field for problem in problems.settings_problems(connection)]


@pytest.fixture
def tracked(acme):
    PostingSettings.objects.update(
        process_method="tracked", cogs_account="310", inventory_account="630", purchase_tax_type="INPUT2"
    )
    refresh.refresh(acme.connection, resources=["Items"], client=acme.client)
    return acme


class TestTheAccountsOffered:
    def test_for_sales_are_income_only_and_active(self, acme):
        assert codes(facts.sales_accounts(acme.connection)) == ["200", "260", "270"]

    def test_for_the_cost_of_goods_are_costs(self, acme):
        offered = codes(facts.cogs_accounts(acme.connection))
        assert "310" in offered
        assert {"200", "090", "610", "820", "499"}.isdisjoint(offered)

    def test_for_stock_are_inventory_only(self, acme):
        assert codes(facts.inventory_accounts(acme.connection)) == ["630"]

    def test_have_a_code(self, acme):
        Account.objects.filter(code="260").update(code="")
        assert codes(facts.sales_accounts(acme.connection)) == ["200", "270"]

    def test_are_of_the_organisation_connected_now(self, acme):
        earlier = roster.organisation_of(acme.connection, "an earlier one")
        Account.objects.filter(code="200").update(organisation=earlier)
        assert codes(facts.sales_accounts(acme.connection)) == ["260", "270"]

    def test_of_a_company_that_is_not_connected_are_none(self, acme):
        cedar = Company.objects.create(name="Cedar")
        assert codes(facts.sales_accounts(roster.first(cedar))) == []


class TestPreselection:
    def test_takes_the_usual_codes(self, acme):
        assert facts.preselected(acme.connection) == {
            "sales_account": "200",
            "cogs_account": "310",
            "inventory_account": "630",
        }

    def test_leaves_out_a_code_that_means_something_else_here(self, acme):
        Account.objects.filter(code="200").update(use="debt")
        Account.objects.filter(code="630").delete()
        assert facts.preselected(acme.connection) == {"cogs_account": "310"}

    def test_takes_the_usual_name_where_a_chart_has_numbers_of_its_own(self, acme):
        Account.objects.filter(code="200").update(code="400", name="SALES")
        Account.objects.filter(code="310").update(code="500")
        Account.objects.filter(code="630").update(code="140", name="Inventory of vans")
        assert facts.preselected(acme.connection) == {"sales_account": "400", "cogs_account": "500"}


class TestTaxRates:
    def test_for_sales_and_purchases_differ(self, acme):
        sales = set(facts.sales_tax_rates(acme.connection).values_list("tax_type", flat=True))
        purchases = set(facts.purchase_tax_rates(acme.connection).values_list("tax_type", flat=True))
        assert "OUTPUT2" in sales - purchases
        assert "INPUT2" in purchases - sales

    def test_are_fractions_for_the_mapping_and_active_only(self, acme):
        TaxRate.objects.filter(tax_type="RROUTPUT").update(status="DELETED")
        rates = known.of_connection(acme.connection).effective_rates
        assert rates["OUTPUT2"] == Decimal("0.2")
        assert "RROUTPUT" not in rates


class TestOtherFacts:
    def test_the_rounding_account_is_found_by_its_mark_not_its_code(self, acme):
        Account.objects.filter(code="860").update(code="861")
        assert known.of_connection(acme.connection).rounding_account == "861"
        Account.objects.filter(code="861").delete()
        assert known.of_connection(acme.connection).rounding_account == ""

    def test_currencies_are_those_subscribed_to(self, acme):
        assert facts.currencies(acme.connection) == {"GBP", "EUR", "USD"}

    def test_items_are_found_whatever_their_capitals(self, tracked):
        mug = ItemFacts(is_tracked=True, purchase_price=Decimal("2.1500"))
        assert facts.items(tracked.connection.organisation_id, ["STOCK-MUG", "stock-mug", "NOPE"]) == {
            "STOCK-MUG": mug,
            "stock-mug": mug,
        }

    def test_belong_to_one_company(self, acme, xero):
        birch = connected(xero, "Birch", "AU")
        assert "OUTPUT2" not in known.of_connection(birch.connection).effective_rates
        assert facts.currencies(birch.connection) != facts.currencies(acme.connection)


class TestComplete:
    def test_settings_have_no_problems(self, acme):
        assert problems.settings_problems(acme.connection) == []

    def test_settings_of_a_tracked_company_have_none_either(self, tracked):
        assert problems.settings_problems(tracked.connection) == []


class TestAProblem:
    def test_is_the_missing_connection_before_anything_else(self, acme):
        cedar = Company.objects.create(name="Cedar")
        assert fields(roster.first(cedar)) == ["connection"]

    def test_is_a_chart_that_was_never_read(self, acme):
        reach(acme.connection, "a new organisation")
        assert fields(acme.connection) == ["connection"]

    def test_is_an_edition_that_cannot_invoice(self, acme):
        acme.xero.configure(acme.tenant_id, edition="PARTNER")
        refresh.refresh(acme.connection, resources=["Organisation"], client=acme.client)
        assert fields(acme.connection) == ["connection"]

    def test_is_an_account_archived_since(self, acme):
        Account.objects.filter(code="200").update(status="ARCHIVED")
        (problem,) = problems.settings_problems(acme.connection)
        assert problem.field == "sales_account"
        assert "Sales Account 200" in problem.words

    def test_is_an_account_of_another_kind(self, acme):
        PostingSettings.objects.update(shipping_account="090")
        assert fields(acme.connection) == ["shipping_account"]

    def test_is_everything_nobody_has_chosen_yet(self, acme):
        PostingSettings.objects.all().delete()
        assert fields(acme.connection) == ["sales_account", "contact_name"]

    def test_is_all_that_tracking_needs(self, acme):
        PostingSettings.objects.update(process_method="tracked")
        assert fields(acme.connection) == ["cogs_account", "inventory_account", "purchase_tax_type"]

    def test_is_a_supplier_nobody_found(self, acme):
        PostingSettings.objects.update(supplier_contact_name="Nobody Ltd", supplier_contact_id="")
        assert fields(acme.connection) == ["supplier_contact_name"]

    def test_is_a_tax_rate_gone_since(self, acme):
        TaxMapping.objects.create(connection=acme.connection, rate=Decimal("0.05"), tax_type="RROUTPUT")
        TaxMapping.objects.create(connection=acme.connection, rate=Decimal("0.17"), tax_type="")
        assert fields(acme.connection) == []
        TaxRate.objects.filter(tax_type="RROUTPUT").update(status="DELETED")
        (problem,) = problems.settings_problems(acme.connection)
        assert problem.field == "tax_mapping"
        assert "5 %" in problem.words

    def test_is_a_purchase_tax_that_is_for_sales(self, tracked):
        PostingSettings.objects.update(purchase_tax_type="OUTPUT2")
        assert fields(tracked.connection) == ["purchase_tax_type"]

    def test_is_a_currency_the_organisation_lacks(self, acme):
        PostingSettings.objects.update(default_currency="SEK")
        assert fields(acme.connection) == ["default_currency"]
