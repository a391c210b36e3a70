"""What shops and an accounts package export: what is guessed of it, and what it makes.

The headings, the rows above and below a table, and the form of cells with several lines are those of exports that people
have published or that programs which read them name; Magento's items alone are written from memory. The sales are made up.

`exports/`: WooCommerce (Customer/Order/Coupon Export, a row an item and a row an order; Order Export & Order Import with
numbered columns; Advanced Order Export with all cells and with an order's on its first row only; the REST API's orders as a
table), Amazon's order report, TikTok Shop (with a row that explains its columns), Magento 2 (the grid of orders; items by their database's names), BigCommerce, Square (item sales; online orders),
Shopify, Squarespace, Wix, Etsy (items; orders), eBay, Faire, PrestaShop's webservice, and invoices as they are exchanged with
Sage 50 (docs.zynk.com).
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


def test_a_wholesale_order_is_at_the_price_that_the_retailer_pays():
    order = made("faire.csv")["BNGKDZXPDW"]
    assert (net_of(order), len(order.lines), order.customer.company) == (Decimal(84), 2, "The Shop")


def net_of(order):
    return sum((line.unit_price * line.quantity for line in order.lines), Decimal(0))


@pytest.mark.parametrize(
    ("name", "of", "net", "gross", "customer"),
    [
        ("woocommerce-items.csv", "2101", "22.5", "31.8", "Ann Smith"),
        ("woocommerce-rest.csv", "727", "18", "29.35", "John Doe"),
        ("woocommerce-orders.csv", "2101", "22.5", "31.8", "Ann Smith"),
        ("woocommerce-numbered.csv", "2101", "22.5", "31.8", "Ann Smith"),
        ("woocommerce-advanced.csv", "2101", "22.5", "31.8", "Ann Smith"),
        ("woocommerce-advanced-sparse.csv", "2101", "22.5", "31.8", "Ann Smith"),
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


@pytest.mark.parametrize(
    ("name", "of"),
    [
        ("shopify.csv", "#1001"),
        ("squarespace.csv", "00011"),
        ("wix.csv", "10001"),
        ("ebay.csv", "04-10000-00001"),
    ],
)
def test_what_is_guessed_of_prices_with_tax_comes_to_the_total(name, of):
    order = made(name)[of]
    goods = sum((line.unit_price_inc_tax * line.quantity for line in order.lines), Decimal(0))
    assert goods + order.shipping.price_inc_tax == order.totals.gross == Decimal("31.8")
    assert [line.sku[:3] for line in order.lines] in (["MUG", "POS"], ["SQ1", "SQ2"])
    assert (order.customer.name, order.shipping_address.name) == ("Ann Smith", "Ann Smith")
    assert (order.shipping_address.lines[0], order.shipping_address.city) == ("1 High Street", "Leeds")


def test_a_row_that_sums_up_an_order_is_no_line_of_it():
    _, offered = guess("ebay.csv")
    assert (offered.header_row, offered.lines_where) == (2, "Item Title")
    assert set(made("ebay.csv")) == {"04-10000-00001", "04-10000-00002"}


def test_rows_without_an_id_are_guessed_to_be_lines_where_they_look_so():
    assert guess("woocommerce-advanced-sparse.csv")[1].fill_down
    totals = b"Order,SKU,Qty,Price\nA,M,1,2\nB,M,1,2\n,,2,4\n"
    assert not TABLES.offer(totals).fill_down


def test_what_is_left_after_fees_is_not_taken_for_what_is_without_tax():
    for name in ("wix.csv", "etsy-orders.csv"):
        assert not {"Net amount", "Order Net"}.intersection(guess(name)[1].columns.values())


def test_a_heading_that_stands_twice_is_guessed_once():
    assert not any(column.endswith("(2)") for column in guess("wix.csv")[1].columns.values())


def test_an_address_that_is_alone_is_where_the_goods_go():
    found = TABLES.offer(b"Order,SKU,Qty,Price,Address 1,Town,Postcode,Country\nA,M,1,2,1 High Street,Leeds,LS1,GB\n")
    assert [found.columns[f"shipping_address.{each}"] for each in ("line1", "city", "postcode", "country_code")] == [
        "Address 1",
        "Town",
        "Postcode",
        "Country",
    ]


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
        ("etsy-orders.csv", {"lines.total": "Order Value"}, "3001001", "27"),
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
    assert order.shipping.price == Decimal("4.8")
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


def test_an_order_of_ubl_is_guessed_with_its_lines_in_their_wrappers_beside_those_of_the_parties():
    body = b"""<Order xmlns:c="urn:c" xmlns:b="urn:b"><b:ID>34</b:ID><b:IssueDate>2026-11-27</b:IssueDate>
    <b:DocumentCurrencyCode>GBP</b:DocumentCurrencyCode>
    <c:BuyerCustomerParty><c:Party><c:PartyName><b:Name>Buyer Ltd</b:Name></c:PartyName></c:Party></c:BuyerCustomerParty>
    <c:AnticipatedMonetaryTotal><b:PayableAmount currencyID="GBP">15.00</b:PayableAmount></c:AnticipatedMonetaryTotal>
    <c:OrderLine><c:LineItem><b:ID>1</b:ID><b:Quantity unitCode="C62">2</b:Quantity>
    <c:Price><b:PriceAmount currencyID="GBP">6.25</b:PriceAmount></c:Price><c:Item><b:Name>Mug</b:Name>
    <c:SellersItemIdentification><b:ID>MUG</b:ID></c:SellersItemIdentification>
    <c:ClassifiedTaxCategory><b:Percent>20</b:Percent></c:ClassifiedTaxCategory></c:Item></c:LineItem></c:OrderLine></Order>"""
    offered = XML.offer(body)
    assert (offered.orders_path, offered.lines_path) == ("Order", "OrderLine/LineItem")
    assert offered.columns == {
        "id": "ID",
        "ordered_at": "IssueDate",
        "currency": "DocumentCurrencyCode",
        "totals.gross": "AnticipatedMonetaryTotal/PayableAmount",
        "lines.sku": "Item/SellersItemIdentification/ID",
        "lines.description": "Item/Name",
        "lines.quantity": "Quantity",
        "lines.unit_price": "Price/PriceAmount",
        "lines.tax_rate": "Item/ClassifiedTaxCategory/Percent",
    }


def test_a_row_below_the_headings_that_explains_them_is_no_order():
    columns = {
        "lines.unit_price_inc_tax": "SKU Unit Original Price",
        "lines.discount_inc_tax": "SKU Seller Discount",
        "shipping.price_inc_tax": "Shipping Fee After Discount",
    }
    body, offered = guess("tiktok.csv")
    assert {name: offered.columns.get(name) for name in ("lines.sku", "ordered_at", "dispatched_at", "cancelled")} == {
        "lines.sku": "Seller SKU",
        "ordered_at": "Created Time",
        "dispatched_at": "Shipped Time",
        "cancelled": "Cancelled Time",
    }
    mapping = replace(
        offered, columns={**offered.columns, **columns}, constants={"lines.tax_rate": "20", "currency": "GBP"}
    )
    first, second = (each.read for each in TABLES.top(body, mapping, 100).held.things)
    assert (first.id, first.dispatched_at[:10], first.cancelled) == (
        "583870900000000001", "2026-05-11", False,
    )  # fmt: skip
    assert [(str(each.unit_price_inc_tax), str(each.discount_inc_tax)) for each in first.lines] == [
        ("12", "3"),
        ("12", "0"),
    ]
    assert str(first.shipping.price_inc_tax) == "4.8"
    assert (first.shipping_address.name, first.shipping_address.city) == ("Ann Smith", "Leeds")
    assert (second.id, second.cancelled) == ("583870900000000002", True)


def test_a_first_order_that_says_a_number_in_words_is_none_that_explains():
    body = b"Order,Sku,Qty,Price,Date\nA,M,two,5.00,2026-11-20\n"
    mapping = replace(TABLES.offer(body), constants={"currency": "GBP"})
    (refused,) = (each.read for each in TABLES.top(body, mapping, 100).held.things)
    assert "two" in refused.problems[0].problem


def test_a_report_of_a_marketplace_leaves_to_a_person_what_says_nothing_of_tax():
    body, offered = guess("amazon-orders.txt")
    assert [each.field for each in problems(offered)] == ["lines.unit_price"]
    priced = replace(
        offered,
        columns={**offered.columns, "lines.total": "item-price", "lines.discount": "item-promotion-discount"},
    )
    assert not priced.carriage_has_other_basis
    first, second = (each.read for each in TABLES.top(body, priced, 100).held.things)
    said = [(line.sku, str(line.unit_price), str(line.tax_amount), str(line.discount)) for line in first.lines]
    assert said == [("MUG-1", "9.99", "1.2", "2"), ("POS-1", "7.5", "0.45", "0")]
    assert (str(first.shipping.price), first.lines[0].description) == ("4.99", 'Mug 11" white')
    assert len(second.lines) == 1
    columns = {**priced.columns, "lines.total_inc_tax": "item-price"}
    del columns["lines.total"]
    assert replace(priced, columns=columns).carriage_has_other_basis
