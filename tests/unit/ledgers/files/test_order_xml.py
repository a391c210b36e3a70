"""An order file's bytes: what is read back is the order, and the same order comes to the same bytes."""

# ruff: noqa: DTZ001 - the OMS's clock names no zone

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.documents.causes import Hold
from daybook.documents.order_file import Address, Item, OrderFile
from daybook.ledgers.files.order_xml import order_xml
from daybook.ledgers.files.reasons import FileCause
from tests.unit.ledgers.files.reading import read

MUG = Item(
    id="289907647",
    ref="C3DD35B0E1F",
    external_ref="WEB-100045-1",
    sku="MUG-11OZ-WHT",
    description="Photo mug 11oz",
    quantity=Decimal(2),
    unit_sale_price=Decimal("6.25"),
    unit_sale_price_inc_tax=Decimal("7.50"),
    sale_vat_rate=Decimal("0.20"),
    attributes=(("Gift wrap", "No"),),
)
ORDER = OrderFile(
    id="46140311",
    company_ref_id="20001",
    ref="5F0C11A2B3D44E90",
    external_ref="WEB-100045",
    shipping_address=Address(
        lines=("1 Example Street", "", "", "Leeds", "West Yorkshire"),
        postcode="LS1 1AA",
        country="GB",
        country_code="GB",
    ),
    billing_address=Address(
        company="Example Gifts Ltd", lines=("2 Sample Road", "", "", "York", ""), postcode="YO1 1AA", country="GB"
    ),
    customer_name="Ada Example",
    customer_email="ada@example.com",
    shipping_method="RM24",
    sale_datetime=datetime(2025, 3, 3, 9, 15),
    currency_code="GBP",
    shipping_price=Decimal("3.5"),
    shipping_price_inc_tax=Decimal("4.20"),
    shipping_tax_rate=Decimal("0.2"),
    items=(MUG,),
)
FILE = b"""<?xml version="1.0" encoding="UTF-8"?>
<orders>
   <order>
      <id>46140311</id>
      <company_ref_id>20001</company_ref_id>
      <ref>5F0C11A2B3D44E90</ref>
      <shipping_address_1>1 Example Street</shipping_address_1>
      <shipping_address_2 />
      <shipping_address_3 />
      <shipping_address_4>Leeds</shipping_address_4>
      <shipping_address_5>West Yorkshire</shipping_address_5>
      <shipping_postcode>LS1 1AA</shipping_postcode>
      <shipping_country>GB</shipping_country>
      <shipping_country_code>GB</shipping_country_code>
      <billing_address_1>2 Sample Road</billing_address_1>
      <billing_address_2 />
      <billing_address_3 />
      <billing_address_4>York</billing_address_4>
      <billing_address_5 />
      <billing_postcode>YO1 1AA</billing_postcode>
      <billing_country>GB</billing_country>
      <customer_name>Ada Example</customer_name>
      <external_ref>WEB-100045</external_ref>
      <shipping_method>RM24</shipping_method>
      <customer_email>ada@example.com</customer_email>
      <shipping_company />
      <billing_company>Example Gifts Ltd</billing_company>
      <sale_datetime>2025-03-03 09:15:00</sale_datetime>
      <completion_datetime>0000-00-00 00:00:00</completion_datetime>
      <currency_code>GBP</currency_code>
      <shipping_price>3.5</shipping_price>
      <shipping_price_inc_tax>4.2</shipping_price_inc_tax>
      <shipping_tax_rate>0.2</shipping_tax_rate>
      <items>
         <item>
            <id>289907647</id>
            <ref>C3DD35B0E1F</ref>
            <external_ref>WEB-100045-1</external_ref>
            <sku>MUG-11OZ-WHT</sku>
            <description>Photo mug 11oz</description>
            <quantity>2</quantity>
            <unit_sale_price>6.25</unit_sale_price>
            <unit_sale_price_inc_tax>7.5</unit_sale_price_inc_tax>
            <sale_vat_rate>0.2</sale_vat_rate>
            <assets />
            <attributes>
               <attribute>
                  <name>Gift wrap</name>
                  <value>No</value>
               </attribute>
            </attributes>
         </item>
      </items>
   </order>
</orders>
"""

TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff")
    | st.sampled_from("\t\n\r<>&\"'"),
    max_size=30,
)
AMOUNTS = st.none() | st.decimals(-(10**9), 10**9, places=4)
TIMES = st.none() | st.datetimes(datetime(1990, 1, 1), datetime(2100, 12, 31)).map(lambda at: at.replace(microsecond=0))
ADDRESSES = st.builds(Address, company=TEXTS, lines=st.tuples(*[TEXTS] * 5), postcode=TEXTS, country=TEXTS)
ITEMS = st.builds(
    Item,
    **dict.fromkeys(("id", "ref", "external_ref", "sku", "description"), TEXTS),
    quantity=st.decimals(0, 10**6, places=4),
    **dict.fromkeys(("unit_sale_price", "unit_sale_price_inc_tax", "sale_vat_rate"), AMOUNTS),
    attributes=st.lists(st.tuples(TEXTS, TEXTS), max_size=2).map(tuple),
)
TEXT_FIELDS = ("id", "ref", "company_ref_id", "external_ref", "customer_name", "customer_email", "shipping_method")
ORDERS = st.builds(
    OrderFile,
    **dict.fromkeys((*TEXT_FIELDS, "currency_code"), TEXTS),
    shipping_address=st.builds(replace, ADDRESSES, country_code=TEXTS),
    billing_address=ADDRESSES,
    **dict.fromkeys(("sale_datetime", "completion_datetime"), TIMES),
    **dict.fromkeys(("shipping_price", "shipping_price_inc_tax", "shipping_tax_rate"), AMOUNTS),
    items=st.lists(ITEMS, max_size=3).map(tuple),
)


class TestAnOrderFile:
    def test_has_the_oms_s_own_structure(self):
        assert order_xml(ORDER).decode() == FILE.decode()

    def test_reads_back_as_the_order(self):
        assert read(FILE) == ORDER

    @given(ORDERS)
    def test_any_order_reads_back_as_it_was_and_comes_to_the_same_bytes_again(self, order):
        content = order_xml(order)
        assert read(content) == order
        assert order_xml(read(content)) == content

    @pytest.mark.parametrize(
        ("amount", "written"),
        [("3.50", "3.5"), ("8.00", "8"), ("0", "0"), ("-0.00", "0"), ("1E+3", "1000"), ("0.00000001", "0.00000001")],
    )
    def test_writes_amounts_as_the_oms_does(self, amount, written):
        content = order_xml(replace(ORDER, shipping_price=Decimal(amount)))
        assert f"<shipping_price>{written}</shipping_price>".encode() in content

    def test_leaves_an_element_empty_where_the_order_does_not_say(self):
        content = order_xml(replace(ORDER, shipping_price=None, shipping_address=Address()))
        assert b"<shipping_price />" in content
        assert b"<shipping_address_5 />" in content

    def test_takes_no_sixth_line_of_an_address(self):
        with pytest.raises(ValueError, match="an address of 6 lines"):
            order_xml(replace(ORDER, billing_address=Address(lines=("x",) * 6)))


class TestATextThatXmlCannotCarry:
    @pytest.mark.parametrize("character", ["\x00", "\x0b", "\x1b", "\x1f", "\ufffe", "\uffff", "\ud800"])
    def test_holds_the_order_and_names_the_field(self, character):
        torn = replace(ORDER, items=(replace(MUG, description=f"Photo{character}mug"),))
        assert order_xml(torn) == Hold(FileCause.TEXT_UNWRITABLE, "description")

    @pytest.mark.parametrize("character", ["\t", "\n", "\r", "\x7f", "\x85", "\u2028", "\U0001f381", "\u202e"])
    def test_is_no_other(self, character):
        odd = replace(ORDER, customer_name=f"Ada{character}Example")
        assert read(order_xml(odd)) == odd
