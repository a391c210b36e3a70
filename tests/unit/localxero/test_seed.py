from decimal import Decimal

import pytest

from localxero import LocalXero, seed
from localxero.books.ledger import trial_balance
from localxero.testing import signed_in


@pytest.mark.parametrize("country", ["GB", "AU", "US"])
class TestAnOrganisation:
    def test_has_hundreds_of_contacts_and_items(self, xero, country):
        books = xero.books(xero.tenant_id(country))
        assert len(books.contacts) > 300
        assert len(books.items) > 250

    def test_begins_with_balanced_books(self, xero, country):
        books = xero.books(xero.tenant_id(country))
        found = trial_balance(books)
        assert sum(found.values()) == 0
        inventory = next(each.code for each in books.accounts.values() if each.type == "INVENTORY")
        assert found[inventory] == sum(item.total_cost_pool for item in books.items.values())

    def test_has_accounts_and_tax_rates_that_go_together(self, xero, country):
        books = xero.books(xero.tenant_id(country))
        for account in books.accounts.values():
            assert account.klass in books.tax_rates[account.tax_type].applies_to, account
        for item in books.items.values():
            assert books.account(item.sales.account_code).klass == "REVENUE"


def test_the_united_states_tax_sales(xero):
    tenant = xero.tenant_id("US")
    customer = xero.books(tenant).contact_named("Custom Gateway Orders").contact_id
    with signed_in(xero, tenant) as client:
        body = {"Type": "ACCREC", "Contact": {"ContactID": customer}, "LineItems": [{"ItemCode": "MUG-11OZ"}]}
        invoice = client.put("/Invoices", json=body | {"LineItems": [{"ItemCode": "MUG-11OZ", "Quantity": 1}]})
        rate = client.get("/TaxRates/TAX001").json()["TaxRates"][0]
    assert invoice.json()["Invoices"][0]["TotalTax"] == 0.89
    assert rate["EffectiveRate"] == 8.875
    assert [each["Rate"] for each in rate["TaxComponents"]] == [4, 4.5, 0.375]


def test_the_same_seed_is_the_same_books():
    first, second = (LocalXero(limits="off", name="again") for _ in range(2))
    for country in ("GB", "AU", "US"):
        assert first.export(first.tenant_id(country)) == second.export(second.tenant_id(country))
    assert LocalXero(limits="off", name="other").tenant_id("GB") != first.tenant_id("GB")


def test_the_cast_is_where_it_was(xero, gb):
    books = xero.books(gb)
    assert books.contact_named(seed.COMPANY_CONTACT).contact_number == "C0001"
    assert books.contact_named(seed.SUPPLIER_CONTACT).contact_number == "C0002"
    kinds = {code: books.account(code).type for code in ("200", "310", "630", "860")}
    assert kinds == {"200": "REVENUE", "310": "DIRECTCOSTS", "630": "INVENTORY", "860": "CURRLIAB"}
    assert books.item_coded("STOCK-MUG").quantity_on_hand == Decimal(100)
