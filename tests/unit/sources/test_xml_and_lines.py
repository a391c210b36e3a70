"""XML by simple paths, and canonical orders as JSON lines."""

import pytest

from daybook.sources.canonical.schema import CanonicalOrder
from daybook.sources.jsonfile import reading as lines_of_json
from daybook.sources.kornitx import files
from daybook.sources.mapped.mapping import ColumnMapping
from daybook.sources.problems import NotAnOrderError
from daybook.sources.source import NotAnOrder, Notice, Refusal
from daybook.sources.xml import offering, reading

XML = b"""<?xml version="1.0"?><s:sales xmlns:s="urn:x"><s:sale no="A1"><s:money cur="GBP"/><s:rows>
<s:row><s:code>MUG</s:code><s:count>2</s:count><s:each>6.25</s:each></s:row>
<s:row><s:code>BIB</s:code><s:count>1</s:count><s:each>8</s:each></s:row></s:rows></s:sale>
<s:sale no=""><s:rows><s:row><s:count>1</s:count></s:row></s:rows></s:sale></s:sales>"""
MAPPING = ColumnMapping(
    orders_path="sales/sale",
    lines_path="rows/row",
    columns={
        "id": "@no",
        "currency": "money@cur",
        "lines.sku": "code",
        "lines.quantity": "count",
        "lines.unit_price": "each",
    },
)


def read(body, mapping=MAPPING):
    return [each.read for each in reading.read_file("o.xml", body, {"mapping": mapping.kept()}).things]


def test_orders_are_read_by_their_paths_whatever_their_prefixes():
    order, nameless = read(XML)
    assert (order.id, order.currency, [str(line.unit_price) for line in order.lines]) == ("A1", "GBP", ["6.25", "8"])
    assert isinstance(nameless, Refusal)


def test_the_paths_of_a_file_are_offered():
    guess = offering.offer(XML)
    assert (guess.orders_path, guess.lines_path) == ("sales/sale", "rows/row")
    assert ("@no", "@no (A1)") in offering.sample(XML, guess).of_order


@pytest.mark.parametrize(
    "body",
    [
        b'<!DOCTYPE a [<!ENTITY b "b"><!ENTITY c "&b;&b;&b;">]><sales><sale>&c;</sale></sales>',
        b'<!DOCTYPE a SYSTEM "http://example.com/a.dtd"><sales/>',
        b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><sales>&b;</sales>',
        b"<sales><sale></sales>",
        b"<a>" * 100_000,
        b"not xml",
        b"",
        b"<sales/>",
    ],
)
def test_bombs_entities_and_what_is_no_xml_are_refused_in_words(body):
    with pytest.raises(NotAnOrderError) as raised:
        read(body)
    assert raised.value.problems[0].cure


def test_json_lines_lists_and_objects_are_read_each_with_its_place():
    order = b'{"id": "A1", "lines": [{"quantity": 1, "unit_price": 6.25}]}'
    placed = list(lines_of_json.read_file("o", order + b"\n\n{bad\n" + order.replace(b"A1", b""), {}).things)
    assert [each.place for each in placed] == ["line 1", "line 3", "line 4"]
    assert isinstance(placed[0].read, CanonicalOrder)
    assert placed[1].read.problems[0].field == "line 3"
    assert placed[2].read.problems[0].field == "line 4, id"
    assert len(list(lines_of_json.read_file("o", b"[" + order + b"]", {}).things)) == 1
    with pytest.raises(NotAnOrderError):
        lines_of_json.read_file("o", b"[1,", {})


class TestFilesOfKornitX:
    def test_orders_in_rows_need_the_oms_own_id(self):
        body = b"order.id,order.ref,order.currency_code,item.sku,item.quantity,item.unit_sale_price\n7,R7,GBP,MUG,2,6.25\n7,R7,GBP,BIB,1,8\n"
        (placed,) = files.read_file("o.csv", body, {}).things
        assert (placed.read.id, placed.read.number, len(placed.read.lines)) == ("7", "R7", 2)
        assert placed.read.dispatched
        (early,) = files.read_file("o.csv", body, {files.EARLY: True}).things
        assert not early.read.dispatched
        (shared,) = files.read_file(
            "o.csv", body.replace(b"order.id,order.ref", b"order.external_ref,order.x"), {}
        ).things
        assert "external_ref is no key" in shared.read.problems[0].cure

    def test_shipments_and_cancellations_name_their_order(self):
        body = b"shipment.correlation,shipment.tracking,shipment_item.order_item_id,shipment_item.quantity\n7,AB,70,2\n7,AB,71,1\n"
        (placed,) = files.read_file("s.csv", body, {}).things
        assert isinstance(placed.read, Notice)
        assert [part.line for part in placed.read.notice.shipments[0].lines] == ["70", "71"]

    def test_acknowledgements_and_returns_are_nothing_for_the_accounts(self):
        for body in (b"order.id\n7\n", b"<r:returned xmlns:r='u'><r:reference>A</r:reference></r:returned>"):
            (placed,) = files.read_file("a", body, {}).things
            assert isinstance(placed.read, NotAnOrder)

    @pytest.mark.parametrize(
        "body", [b"", b"a,b\n1,2\n", b"<html/>", b"PK\x03\x04", b"\xff\xfe\x00", b"<orders><order>"]
    )
    def test_other_files_are_refused_in_words(self, body):
        with pytest.raises(NotAnOrderError) as raised:
            list(files.read_file("x", body, {}).things)
        assert raised.value.problems[0].cure
