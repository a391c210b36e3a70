"""What shops and an accounts package export: what is guessed of it, and what it makes.

The headings of Magento's grid, BigCommerce, Square's items, PrestaShop and most of Sage 50 are those of public pages;
those of WooCommerce, Magento's items and Square's online orders are written from memory.

`exports/`: WooCommerce (Customer/Order/Coupon Export, a row an item; the REST API's orders as a table), Magento 2 (the grid of
orders; items by their database's names), BigCommerce, Square (item sales; online orders), PrestaShop's webservice, and
invoices as they are exchanged with Sage 50 (docs.zynk.com). The sales are made up.
"""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from daybook.sources.canonical.order import CanonicalOrder
from daybook.sources.mapped.mapping import problems
from daybook.sources.table.offering import MATCHING as TABLES
from daybook.sources.xml.offering import MATCHING as XML

EXPORTS = Path(__file__).parent / "exports"


def guess(name):
    body = (EXPORTS / name).read_bytes()
    return body, (XML if name.endswith(".xml") else TABLES).offer(body)


def made(name, *, columns=(), constants=()):
    """The orders by what is guessed, and by what a person adds to it."""
    body, offered = guess(name)
    mapping = replace(offered, columns={**offered.columns, **dict(columns)}, constants=dict(constants))
    assert problems(mapping, is_xml=name.endswith(".xml")) == []
    matching = XML if name.endswith(".xml") else TABLES
    found = [each.read for each in matching.top(body, mapping, 100).held.things]
    assert all(isinstance(each, CanonicalOrder) for each in found), found
    return {each.id: each for each in found}


def net_of(order):
    return sum((line.unit_price * line.quantity for line in order.lines), Decimal(0))


@pytest.mark.parametrize(
    ("name", "of", "net", "gross", "customer"),
    [
        ("woocommerce-items.csv", "2101", "22.5", "31.8", "Ann Smith"),
        ("woocommerce-rest.csv", "727", "18", "29.35", "John Doe"),
        ("magento-items.csv", "000000123", "22.5", "31.8", "Ann Smith"),
        ("prestashop.xml", "5", "22.5", "31.8", ""),
        ("accounts-invoices.xml", "123", "22.5", None, ""),
    ],
)
def test_what_is_guessed_is_the_order(name, of, net, gross, customer):
    order = made(name)[of]
    assert (net_of(order), len(order.lines)) == (Decimal(net), 2)
    assert order.totals.gross == (Decimal(gross) if gross else None)
    assert order.customer.name == customer
    assert [line.sku for line in order.lines] != ["", ""]
    assert order.ordered_at


def test_names_in_two_columns_are_one_and_last_names_never_stand_behind_whole_ones():
    order = made("magento-items.csv")["000000123"]
    assert (order.customer.name, order.billing_address.name, order.shipping_address.name) == ("Ann Smith",) * 3
    _, offered = guess("bigcommerce.csv")
    assert "customer.last_name" not in offered.columns
    assert offered.columns["billing_address.last_name"] == "Billing Last Name"


def test_what_differs_between_rows_of_one_order_is_of_its_lines():
    _, offered = guess("magento-items.csv")
    assert offered.columns["lines.description"] == "name"
    assert "number" not in offered.columns
    assert (offered.columns["totals.tax"], offered.columns["lines.tax_amount"]) == ("tax_amount", "item_tax_amount")


def test_a_mere_price_beside_a_lines_whole_price_is_left_to_a_person():
    _, offered = guess("woocommerce-rest.csv")
    assert offered.columns["lines.total"] == "line_items.total"
    assert "line_items.price" not in offered.columns.values()


@pytest.mark.parametrize(
    ("name", "columns", "of", "net"),
    [
        ("bigcommerce.csv", {"lines.total": "Subtotal (ex tax)"}, "118", "22.5"),
        ("magento-orders.csv", {"lines.total": "Subtotal"}, "000000123", "22.5"),
    ],
)
def test_an_export_without_lines_becomes_an_order_of_one(name, columns, of, net):
    order = made(name, columns=columns, constants={"lines.quantity": "1", "lines.description": "Goods"})[of]
    assert (net_of(order), [line.description for line in order.lines]) == (Decimal(net), ["Goods"])


def test_sales_at_a_till_are_orders_by_their_transaction():
    orders = made("square-items.csv")
    assert {of: net_of(order) for of, order in orders.items()} == {
        "aB3cD4eF5gH6iJ7k": Decimal("12.5"),
        "zZ9": Decimal(1003),
    }


def test_online_orders_of_a_till_lack_the_price_alone():
    order = made("square-online.csv", columns={"lines.unit_price_inc_tax": "Item Price"})["R123456"]
    assert [str(line.unit_price_inc_tax) for line in order.lines] == ["9", "9"]
    assert (order.totals.gross, order.shipping_address.name) == (Decimal("31.8"), "Ann Smith")


def test_paths_to_orders_and_lines_are_found_below_wrappers_and_beside_addresses():
    found = [
        (offered.orders_path, offered.lines_path)
        for _, offered in map(guess, ("prestashop.xml", "accounts-invoices.xml"))
    ]
    assert found == [
        ("prestashop/orders/order", "associations/order_rows/order_row"),
        ("Company/Invoices/Invoice", "InvoiceItems/Item"),
    ]


def test_a_file_of_one_order_is_the_order():
    body = b"<Order><Id>7</Id><Date>2026-11-02</Date><Items><Item><Sku>M</Sku><Quantity>1</Quantity></Item></Items></Order>"
    offered = XML.offer(body)
    assert (offered.orders_path, offered.lines_path, offered.columns["id"]) == ("Order", "Items/Item", "Id")
