"""Files of rows: what is read, what is refused with its row and column, and what is never believed."""

import io
import tracemalloc
import zipfile
from dataclasses import replace
from datetime import date

import pytest
from openpyxl import Workbook

from daybook.sources.canonical.schema import CanonicalOrder
from daybook.sources.mapped.mapping import ColumnMapping
from daybook.sources.problems import NotAnOrderError
from daybook.sources.source import Refusal
from daybook.sources.table import offering, packing, reading, workbook

MAPPING = ColumnMapping(
    columns={
        "id": "Order",
        "lines.sku": "SKU",
        "lines.quantity": "Qty",
        "lines.unit_price": "Price",
        "shipping.price": "Ship",
    },
    constants={"currency": "GBP", "lines.tax_rate": "20"},
)
HEAD = "Order,SKU,Qty,Price,Ship\n"


def read(text, mapping=MAPPING):
    body = text if isinstance(text, bytes) else (HEAD + text).encode()
    return list(reading.read_file("o.csv", body, {"mapping": mapping.kept()}).things)


def orders(text, mapping=MAPPING):
    found = [each.read for each in read(text, mapping)]
    assert all(isinstance(each, CanonicalOrder) for each in found), found
    return {each.id: each for each in found}


def refused(text, mapping=MAPPING):
    with pytest.raises(NotAnOrderError) as raised:
        read(text, mapping)
    assert all(each.cure for each in raised.value.problems)
    return raised.value.problems[0]


def book(*rows, sheet="Orders") -> bytes:
    made = Workbook()
    made.active.title = sheet
    for row in rows:
        made.active.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


class TestRows:
    def test_that_share_an_id_are_one_order_wherever_they_stand(self):
        found = orders("A,M,1,2,3\nB,M,1,2,\nA,N,2,4,3\n")
        assert [line.sku for line in found["A"].lines] == ["M", "N"]
        assert str(found["A"].shipping.price) == "3"
        assert found["B"].shipping.price is None

    def test_that_say_two_things_of_one_order_refuse_it(self):
        (placed,) = read("A,M,1,2,3\nA,N,2,4,5\n")
        assert isinstance(placed.read, Refusal)
        assert placed.read.problems[0].field == "row 3, column “Ship”"

    def test_without_lines_of_their_own_add_nothing(self):
        assert len(orders("A,M,1,2,3\nA,,,,\n")["A"].lines) == 1

    def test_each_an_order_where_that_was_said_refuse_what_comes_twice(self):
        (placed,) = read("A,M,1,2,3\nA,N,2,4,3\n", replace(MAPPING, several_rows=False))
        assert "rows have the same order id" in placed.read.problems[0].problem

    def test_without_an_id_belong_to_the_order_above_only_where_that_was_said(self):
        assert refused("A,M,1,2,3\n,N,1,2,\n").field == "row 3, column “Order”"
        assert len(orders("A,M,1,2,3\n,N,1,2,\n", replace(MAPPING, fill_down=True))["A"].lines) == 2

    def test_that_are_short_are_not_passed_over_where_empty_ones_part_the_orders(self):
        assert "2 cells" in refused("A,M,1,2,3\n\nB,M,1,2,3\n\nB,N\n").problem

    def test_below_the_table_are_passed_over_behind_an_empty_one(self):
        words = '\n2,"record(s) downloaded"\nSeller ID : birch\n'
        assert set(orders(f"A,M,1,2,3\nB,M,1,2,3\n{words}")) == {"A", "B"}
        assert refused(f"A,M,1,2,3\nB,M,1,2,3{words}").field == "row 4"
        assert refused(f"A,M,1,2,3\n{words}B,M,1,2,3\n").field == "row 4"
        assert refused("A,M,1,2,3\n\n" + "B,M\n" * 11).field == "row 4"

    def test_that_sum_up_an_order_are_no_lines_where_that_was_said(self):
        where = replace(MAPPING, lines_where="SKU")
        (order,) = orders("A,,3,6,3\nA,M,1,2,\nA,N,2,2,\n", where).values()
        assert ([line.sku for line in order.lines], str(order.shipping.price)) == (["M", "N"], "3")
        assert "“Sku”" in refused("A,M,1,2,3\n", replace(MAPPING, lines_where="Sku")).problem

    def test_that_are_shifted_let_nothing_in(self):
        assert refused("A,M,1,2,3\nB,M,1,2\n").field == "row 3"
        assert refused("A,M,1,2,3,4\n").field == "row 2"

    def test_with_one_bad_cell_refuse_their_own_order_only(self):
        good, bad = read("A,M,1,2,3\nB,M,many,2,3\n")
        assert isinstance(good.read, CanonicalOrder)
        assert bad.read.problems[0].field == "row 3, column “Qty”"

    def test_may_have_blank_ones_between_them_and_empty_cells_behind(self):
        assert set(orders("\nA,M,1,2,3,,\n,,,,\nB,M,1,2,3\n")) == {"A", "B"}

    def test_of_a_whole_lines_price_meet_it_to_the_penny(self):
        whole = replace(MAPPING, columns={**MAPPING.columns, "lines.total": "Price"})
        whole = replace(
            whole, columns={name: column for name, column in whole.columns.items() if name != "lines.unit_price"}
        )
        line = orders("A,M,3,10.00,\n", whole)["A"].lines[0]
        assert round(line.quantity * line.unit_price, 2) == 10

    def test_name_row_and_column_of_what_the_order_may_not_hold(self):
        (placed,) = read("A,M,1,99999999999,3\n")
        assert placed.read.problems[0].field == "row 2, column “Price”"


class TestForms:
    def test_quotes_gone_wrong_are_told_with_their_row(self):
        assert "no CSV" in refused('A,"M,1,2,3\nB,M,1,2,3\n').problem
        assert refused('A,M,1,2,3\nB,"M"x,1,2,3\n').field == "row 3"

    def test_quotes_that_are_right_may_hold_anything(self):
        assert orders('A,"M ""x"",\n2",1,2,3\n')["A"].lines[0].sku == 'M "x",\n2'

    def test_a_heading_that_is_gone_is_told(self):
        problem = refused(b"Order,SKU,Quantity,Price,Ship\nA,M,1,2,3\n")
        assert "“Qty”" in problem.problem
        assert "Quantity" in problem.cure

    def test_a_file_of_two_encodings_refuses_the_orders_it_concerns(self):
        body = HEAD.encode() + b"A,caf\xc3\xa9,1,2,3\nB,caf\xe9,1,2,3\n"
        good, bad = read(body)
        assert good.read.lines[0].sku == "café"
        assert "not utf-8 text" in bad.read.problems[0].problem

    def test_an_id_that_cannot_be_read_lets_nothing_in(self):
        refused(HEAD.encode() + b"caf\xe9,M,1,2,3\n")

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
    def test_each_encoding_is_read_as_what_it_is(self, encoding):
        body = f"{HEAD}A,café,1,2,3\n".encode(encoding)
        chosen = {"utf-8-sig": "utf-8"}.get(encoding, encoding)
        assert offering.offer(body).encoding == chosen
        assert orders(body, replace(MAPPING, encoding=chosen))["A"].lines[0].sku == "café"

    @pytest.mark.parametrize("said", ["cp1252", "cp1251", "mac_roman", "utf-16"])
    def test_what_is_utf_8_is_read_so_whatever_the_mapping_says(self, said):
        body, mapping = f"{HEAD}A,café,1,2,3\n".encode(), replace(MAPPING, encoding=said)
        assert orders(body, mapping)["A"].lines[0].sku == "café"
        assert offering.sample(body, mapping).read_as.startswith("It is read as UTF-8, though the mapping says")

    def test_a_few_bytes_of_another_encoding_do_not_spoil_what_is_utf_8(self):
        good = "".join(f"A{n},café,1,2,3\n" for n in range(3)).encode()
        body = HEAD.encode() + good + b"B,caf\xe9,1,2,3\n"
        offered = offering.offer(body)
        shown = offering.sample(body, offered)
        assert (offered.encoding, shown.is_doubtful) == ("utf-8", True)
        assert "1 of its lines are not that, the first in line 5, “B,caf\ufffd,1,2,3”" in shown.read_as

    def test_what_may_be_in_several_encodings_is_shown_with_its_first_letters(self):
        body = f"{HEAD}A,mug,1,2,3\nB,Straße,1,2,3\n".encode("cp1252")
        shown = offering.sample(body, offering.offer(body))
        assert shown.is_doubtful
        assert "Windows, Western Europe (1252)" in shown.read_as
        assert "look at line 3, “B,Straße,1,2,3”" in shown.read_as

    def test_plain_ascii_is_not_talked_of(self):
        body = f"{HEAD}A,mug,1,2,3\n".encode()
        assert offering.sample(body, offering.offer(body)).read_as == ""

    def test_a_million_columns_are_refused(self):
        assert "columns" in refused(b"Order," + b"x," * 1_000_000 + b"\n").problem

    def test_twenty_megabytes_of_nothing_are_refused_soon(self):
        refused(b"x" * 20_000_000)
        refused(HEAD.encode() + b'A,"' + b"y" * 20_000_000)
        refused(b"\n" * 2_000_000)

    def test_more_rows_than_an_order_may_have_refuse_it(self):
        (placed,) = read("".join(f"A,M{at},1,2,3\n" for at in range(1_001)))
        assert "1,001 rows" in placed.read.problems[0].problem

    def test_an_unmatched_feed_is_told_to_match(self):
        with pytest.raises(NotAnOrderError, match="matched"):
            reading.read_file("o.csv", b"a,b\n", {})


class TestWorkbooks:
    ROW = ["A", "M", 2, 6.25, None]

    def test_keep_numbers_and_days_as_typed_whatever_the_habits(self):
        mapping = replace(MAPPING, decimal=",", columns={**MAPPING.columns, "ordered_at": "Day"})
        body = book(["Order", "SKU", "Qty", "Price", "Ship", "Day"], ["A", 700, 2, 8.3, None, date(2026, 11, 20)])
        found = orders(body, mapping)["A"]
        assert (found.lines[0].sku, str(found.lines[0].unit_price), found.ordered_at) == ("700", "8.3", "2026-11-20")

    def test_with_ids_of_more_than_fifteen_digits_have_lost_the_last_ones(self):
        body = book(HEAD.strip().split(","), [12345678901234567, "M", 1, 2, None])
        assert "15 digits" in refused(body).problem

    def test_with_a_formula_whose_value_is_not_there_refuse_its_order(self):
        body = book(HEAD.strip().split(","), ["A", "M", 2, "=3+3", None])
        (placed,) = read(body)
        assert "formula" in placed.read.problems[0].problem

    def test_are_known_by_their_first_bytes_and_by_their_sheet(self):
        body = book(HEAD.strip().split(","), self.ROW, sheet="Sales")
        assert workbook.sheets(body) == ["Sales"]
        assert set(orders(body, replace(MAPPING, sheet="Sales"))) == {"A"}
        assert "no sheet" in refused(body, replace(MAPPING, sheet="Other")).problem

    @pytest.mark.parametrize("body", [b"PK\x03\x04", b"PK\x03\x04" + b"\0" * 500, b"\xd0\xcf\x11\xe0" + b"x" * 600])
    def test_that_are_none_are_refused_in_words(self, body):
        refused(body)

    def test_that_would_unpack_beyond_reason_are_refused_before_they_do(self):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/sharedStrings.xml", b" " * 60_000_000)
        assert len(packed.getvalue()) < 200_000
        assert "more than Daybook reads" in refused(packed.getvalue()).problem

    def test_that_say_to_be_vast_are_read_by_what_they_hold(self):
        body = _changed(
            book(HEAD.strip().split(","), self.ROW), "xl/worksheets/sheet1.xml", b'ref="A1:E2"', b'ref="A1:XFD1048576"'
        )
        assert set(orders(body)) == {"A"}

    def test_with_entities_are_refused(self):
        bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet'
        body = _changed(book(["Order"], ["A"]), "xl/worksheets/sheet1.xml", b"<worksheet", bomb)
        assert "workbook" in refused(body).problem

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-7", "cp037", "latin-1"])
    @pytest.mark.parametrize("before", [0, 400, 1024 * 1024 - 60])
    def test_with_entities_are_refused_in_every_encoding_and_wherever_they_stand(self, encoding, before):
        declared = f'<?xml version="1.0"{" " * min(before, 400)} encoding="{encoding}"?>{" " * before}'
        bomb = '<!DOCTYPE x [<!ENTITY a "9">]>'
        sheet = (
            '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
            '<row r="1"><c t="inlineStr"><is><t>Order</t></is></c></row><row r="2"><c><v>&a;</v></c></row>'
            "</sheetData></worksheet>"
        )
        for written in (
            (declared + bomb + sheet).encode(encoding),
            declared.encode() + (bomb + sheet).encode(encoding),
        ):
            mapping = replace(
                MAPPING, columns={"id": "Order"}, constants={"lines.unit_price": "1", "lines.quantity": "1"}
            )
            body = _replaced(book(["Order"]), "xl/worksheets/sheet1.xml", written)
            assert "cannot be read as a workbook" in refused(body, mapping).problem

    def test_whose_rows_stand_in_disorder_are_refused_as_one_would_be_left_out(self):
        row = b'<row r="1"><c t="inlineStr"><is><t>A</t></is></c></row></sheetData>'
        body = _changed(book(HEAD.strip().split(","), self.ROW), "xl/worksheets/sheet1.xml", b"</sheetData>", row)
        assert "cannot be read as a workbook" in refused(body).problem

    @pytest.mark.parametrize(("letters", "says"), [(20_000_000, "would unpack"), (1_000_000, "a cell of 1,000,000")])
    def test_that_unpack_to_one_huge_cell_are_refused(self, letters, says):
        cell = b"<row r='9'><c t='inlineStr'><is><t>" + b"A" * letters + b"</t></is></c></row></sheetData>"
        body = _changed(book(HEAD.strip().split(",")), "xl/worksheets/sheet1.xml", b"</sheetData>", cell)
        assert says in refused(body).problem

    def test_with_millions_of_empty_columns_is_read_as_far_as_columns_go(self):
        assert "not there" in refused(b"," * 3_000_000).problem


def _changed(body: bytes, name: str, old: bytes, new: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        assert name in before.namelist()
        for each in before.namelist():
            content = before.read(each)
            if each == name:
                assert old in content
                content = content.replace(old, new)
            after.writestr(each, content)
    return out.getvalue()


def _replaced(body: bytes, name: str, new: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return _changed(body, name, archive.read(name), new)


class TestRowsThatAreKeptPacked:
    def test_take_no_more_memory_where_they_share_one_long_text(self):
        row = ["x" * workbook.LONGEST_CELL] * 100
        tracemalloc.start()
        try:
            rows = packing.once(lambda: ((number, row) for number in range(1, 21)))
            assert [sum(1 for _ in rows()) for _ in range(2)] == [20, 20]
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert peak < 100 * 1024 * 1024

    def test_are_the_same_after_two_readings_side_by_side(self):
        rows = packing.once(lambda: iter([(1, ["A"]), (2, ["B"])]))
        for one, other in zip(rows(), rows(), strict=True):
            assert one == other
        assert list(rows()) == [(1, ["A"]), (2, ["B"])]


class TestAGuess:
    @pytest.mark.parametrize(
        ("rows", "where"),
        [
            (b"A,Mug,M,2,5\nA,,CAP,1,7\n", ""),
            (b"A,,,3,17\nA,Mug,M,2,5\nA,,CAP,1,7\n", "SKU"),
            (b"A,,,3,17\nA,Mug,M,2,5\nA,Cap,,1,7\n", "Description"),
        ],
    )
    def test_of_rows_that_sum_up_leaves_out_no_line_that_says_what_was_sold(self, rows, where):
        assert offering.offer(b"Order ID,Description,SKU,Quantity,Unit price\n" + rows).lines_where == where

    def test_is_of_headings_signs_and_days(self):
        body = b"Notes about the export\n\nOrder ID;Date;SKU;Qty;Unit price;VAT rate\nA;20.11.2026;M;1;6,25;20\n"
        guess = offering.offer(body)
        assert (guess.delimiter, guess.header_row, guess.decimal, guess.dates) == (";", 3, ",", "dmy")
        assert guess.columns["id"] == "Order ID"
        assert guess.columns["lines.unit_price"] == "Unit price"

    def test_of_a_file_without_headings_calls_columns_by_letters(self):
        guess = offering.offer(b"1001,MUG,2,6.25\n1002,BIB,1,8.00\n")
        assert guess.header_row == 0
        assert reading.headings(reading.rows_of(b"1001,MUG,2,6.25\n", guess), 0) == ["A", "B", "C", "D"]

    @pytest.mark.parametrize(
        ("headings", "below", "named"),
        [
            (b"shop-order-id\tmerchant-order-id\tsku", b"1-1\tM-1\tMUG", "shop-order-id"),
            (b"Sales Record Number,Order Number,SKU", b"7,1-1,MUG\n,,\n2 records", "Order Number"),
        ],
    )
    def test_takes_what_ends_like_an_orders_id_and_what_a_last_row_does_not_say(self, headings, below, named):
        assert offering.offer(headings + b"\n" + below + b"\n").columns["id"] == named

    def test_of_rates_leaves_out_what_says_percent_itself(self):
        assert offering.offer(b"Order ID,Qty,VAT rate\nA,1,0.2\nB,2,20%\n").rates == "fraction"

    def test_tells_two_columns_of_one_name_apart(self):
        rows = reading.rows_of(b"a,a,,b\n", ColumnMapping())
        assert reading.headings(rows, 1) == ["a", "a (2)", "C", "b"]

    def test_of_a_shop_whose_ids_stand_on_first_rows_only_takes_what_stands_on_all(self):
        body = (
            b"Name,Fulfilled at,Currency,Shipping,Lineitem quantity,Lineitem name,Lineitem price,Cancelled at,Id,Shipping Zip\n"
            b"#1001,2026-11-21 09:00:00 +0000,GBP,3.99,2,Mug,12.50,,555,'LS1 1AA\n#1001,,,,1,Plate,10.00,,,\n"
            b"#1002,,GBP,0.00,1,Plate,10.00,2026-11-21 08:00:00 +0000,556,\n"
        )
        found = orders(body, offering.offer(body))
        assert [(len(each.lines), each.dispatched, each.cancelled) for each in found.values()] == [
            (2, True, False),
            (1, False, True),
        ]
        assert found["#1001"].shipping_address.postcode == "LS1 1AA"

    def test_sees_that_each_row_has_a_carriage_of_its_own_and_whoever_says_otherwise_is_told(self):
        body = b"order-id\tsku\tquantity-purchased\titem-price\tshipping-price\nA\tM\t2\t25.00\t3.99\nA\tP\t1\t10.00\t1.50\n"
        guess = offering.offer(body)
        columns = {**guess.columns, "lines.total_inc_tax": "item-price"}
        columns["shipping.price"] = columns.pop("lines.carriage")
        (refusal,) = [each.read for each in read(body, replace(guess, columns=columns))]
        assert "Carriage of the line" in refusal.problems[0].cure
        columns["lines.carriage_inc_tax"] = columns.pop("shipping.price")
        assert str(orders(body, replace(guess, columns=columns))["A"].shipping.price_inc_tax) == "5.49"


class TestRowsOfAWorkbook:
    def test_are_read_as_openpyxl_reads_them_whatever_their_cells_hold(self):
        body = book(["A", None, "a & b"], [], [1, 2.5, True], [date(2026, 11, 20), "=1+1", "x\ny"])
        found = [row for _, row in workbook.of_workbook(body)()]
        assert found[:3] == [["A", "", "a & b"], [], ["\x011", "\x012.5", "yes"]]
        assert found[3] == ["\x022026-11-20", "\x03", "x\ny"]

    @pytest.mark.parametrize(
        ("head", "encoding"),
        [
            ('<!DOCTYPE x [<!ENTITY a "b">]>', "utf-8"),
            ('<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x [<!ENTITY a "b">]>', "utf-16"),
            ('<?xml version="1.0" encoding="cp037"?>', "utf-8"),
        ],
    )
    def test_with_a_document_type_are_refused_however_it_is_written(self, head, encoding):
        sheet = f'{head}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData/></worksheet>'
        made = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(book(["A"]))) as old, zipfile.ZipFile(made, "w") as new:
            for each in old.namelist():
                new.writestr(each, sheet.encode(encoding) if each.startswith("xl/worksheets/") else old.read(each))
        with pytest.raises(NotAnOrderError):
            list(workbook.of_workbook(made.getvalue())())

    def test_are_parsed_once_and_give_the_same_rows_each_time(self):
        rows = workbook.of_workbook(book(*[[f"A{at}", at] for at in range(2_500)]))
        assert list(rows()) == list(rows())
        assert next(rows()) == (1, ["A0", "\x010"])
