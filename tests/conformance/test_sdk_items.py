"""Xero's own Python SDK over items."""

from decimal import Decimal

import pytest
from xero_python.accounting import Item, Items, Purchase
from xero_python.exceptions.http_status_exceptions import NotFoundException

from .documents import invoice, invoices, line

pytestmark = pytest.mark.filterwarnings("ignore")

TAKEN = "Price List Item with Code '{}' already exists"


def items(*each):
    return Items(items=list(each))


@pytest.fixture
def plate(accounting, tenant):
    """An item bought and sold at prices of four decimals."""
    item = Item(
        code="PLATE",
        name="Plate",
        description="A plate",
        purchase_description="A plate, bought",
        sales_details=Purchase(unit_price=Decimal("12.3456"), account_code="200", tax_type="OUTPUT2"),
        purchase_details=Purchase(unit_price=Decimal("5.4321"), account_code="300", tax_type="INPUT2"),
    )
    return accounting.create_items(tenant, items(item), unitdp=4).items[0].item_id


class TestItems:
    def test_keep_prices_of_four_decimals_if_asked(self, accounting, tenant, plate):
        (exact,) = accounting.get_item(tenant, plate, unitdp=4).items
        (short,) = accounting.get_item(tenant, "PLATE").items
        assert (exact.sales_details.unit_price, short.sales_details.unit_price) == (
            Decimal("12.3456"),
            Decimal("12.35"),
        )
        assert (exact.name, exact.is_sold, exact.is_tracked_as_inventory) == ("Plate", True, False)

    def test_are_changed(self, accounting, tenant, plate, books):
        changed = accounting.update_item(tenant, plate, items(Item(code="PLATE", name="Big plate")), unitdp=4).items
        assert changed[0].purchase_details.unit_price == Decimal("5.4321")
        (held,) = (each for each in books("Items") if each["Code"] == "PLATE")
        assert (held["Name"], held["SalesDetails"]["UnitPrice"]) == ("Big plate", Decimal("12.3456"))

    def test_may_be_sent_back_as_they_came(self, accounting, tenant, plate, books):
        before = [each for each in books("Items") if each["Code"] == "PLATE"]
        accounting.update_item(tenant, plate, accounting.get_item(tenant, plate, unitdp=4), unitdp=4)
        assert [each for each in books("Items") if each["Code"] == "PLATE"] == before

    def test_are_changed_and_made_in_one_call(self, accounting, tenant, plate, books):
        both = items(Item(item_id=plate, code="PLATE", name="Dish"), Item(code="BOWL"))
        answer = accounting.update_or_create_items(tenant, both, summarize_errors=False, unitdp=4).items
        assert [each.status_attribute_string for each in answer] == ["OK", "OK"]
        assert [(each["Code"], each.get("Name")) for each in books("Items")][-2:] == [("PLATE", "Dish"), ("BOWL", None)]

    def test_are_deleted_unless_used(self, accounting, tenant, plate, company, refused, books):
        accounting.delete_item(tenant, plate)
        assert [each for each in books("Items") if each["Code"] == "PLATE"] == []
        (mug,) = accounting.get_item(tenant, "MUG-11OZ").items
        accounting.create_invoices(tenant, invoices(invoice(company, line_items=[line(item_code="MUG-11OZ")])))
        with refused("This item cannot be deleted because it has been used in a transaction"):
            accounting.delete_item(tenant, mug.item_id)

    def test_are_tracked_with_two_accounts(self, accounting, tenant):
        tracked = Item(
            code="T-1",
            inventory_asset_account_code="630",
            purchase_details=Purchase(unit_price=Decimal("1.2345"), cogs_account_code="310"),
            sales_details=Purchase(unit_price=Decimal("9.99"), account_code="200"),
        )
        (made,) = accounting.create_items(tenant, items(tracked), summarize_errors=True, unitdp=4).items
        assert (made.is_tracked_as_inventory, made.quantity_on_hand, made.total_cost_pool) == (True, 0, 0)
        assert made.purchase_details.cogs_account_code == "310"


class TestRefusals:
    def test_raise_when_summarised(self, accounting, tenant, plate, refused):
        with refused(TAKEN.format("PLATE")):
            accounting.create_items(tenant, items(Item(code="PLATE"), Item(code="BOWL")), summarize_errors=True)
        sold = Purchase(unit_price=Decimal(1), account_code="090")
        with refused("Account code '090' is not a valid code for this document."):
            accounting.create_items(tenant, items(Item(code="CUP", sales_details=sold)))

    def test_stand_in_each_element_otherwise(self, accounting, tenant, plate):
        batch = items(Item(code="PLATE"), Item(code="BOWL"))
        first, second = accounting.create_items(tenant, batch, summarize_errors=False).items
        assert [each.message for each in first.validation_errors] == [TAKEN.format("PLATE")]
        assert (first.status_attribute_string, second.status_attribute_string) == ("ERROR", "OK")

    def test_of_what_is_not_there_are_404(self, accounting, tenant):
        with pytest.raises(NotFoundException):
            accounting.get_item(tenant, "NOPE")


class TestLists:
    @pytest.mark.parametrize(
        "where", ['Code=="PLATE"', 'Name.Contains("plat")', "SalesDetails.UnitPrice==12.3456 AND IsSold==true"]
    )
    def test_are_filtered(self, accounting, tenant, plate, where):
        assert [each.item_id for each in accounting.get_items(tenant, where=where, unitdp=4).items] == [plate]

    def test_are_ordered(self, accounting, tenant, books):
        codes = [each.code for each in accounting.get_items(tenant, order="Code DESC").items]
        assert codes == sorted((each["Code"] for each in books("Items")), key=str.casefold, reverse=True)

    def test_hold_what_changed(self, accounting, tenant, xero, plate):
        xero.clock.advance(60)
        since = xero.clock.now()
        assert accounting.get_items(tenant, if_modified_since=since).items == []
        accounting.update_item(tenant, plate, items(Item(code="PLATE", name="Dish")))
        assert [each.name for each in accounting.get_items(tenant, if_modified_since=since).items] == ["Dish"]
