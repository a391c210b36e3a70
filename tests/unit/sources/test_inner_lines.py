"""Lines of an order that all stand in one cell: what is read of them, and what is not believed."""

from dataclasses import replace
from pathlib import Path

import pytest

from daybook.sources.mapped import pieces
from daybook.sources.mapped.mapping import ColumnMapping
from daybook.sources.problems import NotAnOrderError
from daybook.sources.source import Refusal
from daybook.sources.table import inner_lines
from daybook.sources.table.offering import MATCHING
from daybook.sources.table.source import TABLE

NAMES = ["sku", "quantity"]
EXPORTS = Path(__file__).parent / "exports"


def orders(body, mapping):
    return [each.read for each in MATCHING.top(body, mapping, 100).held.things]


@pytest.mark.parametrize(
    "cell",
    [
        "id:1|sku:M|quantity:2;id:2|sku:P|quantity:1",
        "sku:M|quantity:2|\nsku:P|quantity:1",
        "sku: M, quantity: 2|sku: P, quantity: 1",
        "sku: M; quantity: 2\nsku: P; quantity: 1",
        '[{"sku": "M", "quantity": 2, "more": {"a": 1}}, {"sku": "P", "quantity": "1"}]',
    ],
)
def test_lines_are_read_whatever_parts_them(cell):
    found = [{name: value.strip("|") for name, value in line.items()} for line in inner_lines.read(cell, NAMES)]
    assert found == [{"sku": "M", "quantity": "2"}, {"sku": "P", "quantity": "1"}]


def test_names_of_goods_may_hold_the_signs():
    (line,) = inner_lines.read("name:Mug; large, blue | new|sku:M|quantity:2|meta:Size: L, Text: a;b", ["name", "sku"])
    assert line == {"name": "Mug; large, blue | new", "sku": "M"}


@pytest.mark.parametrize(
    "cell",
    [
        "2 x Mug, 1 x Poster",
        "sku:M|quantity:2|text:my|quantity:9",
        "sku:M|quantity:2;sku:P",
        "sku:M|name:a",
        '[{"sku": "M", "quantity": 2, "quantity": 3}]',
        '[{"sku": "M"',
        '["M"]',
        "[" * 100_000,
    ],
)
def test_what_may_be_read_in_two_ways_or_in_none_is_not_read(cell):
    assert inner_lines.read(cell, NAMES) is None


def test_cells_of_nothing_but_signs_are_done_with_at_once():
    for sign in "|,;\n":
        assert inner_lines.read("sku:M" + sign * 130_000 + "x", NAMES) is None


def test_no_more_is_looked_at_for_a_guess_than_a_person_waits_for():
    cell = "sku:M|quantity:1;" * 1_000
    rows = [{f"L{at}": cell for at in range(400)}] * 200
    assert inner_lines.guess(list(rows[0]), rows[:1])[0] == "L0"
    assert inner_lines.guess(list(rows[0]), rows) == ("", [])
    assert inner_lines.names_of("L0", [cell] * 200) == []


IN_CELLS = ColumnMapping(
    columns={
        "id": "Order",
        "lines.sku": "L1 → sku",
        "lines.quantity": "L1 → quantity",
        "lines.unit_price": "L1 → price",
    },
    constants={"currency": "GBP"},
    lines_in="L1",
)


def test_an_order_is_kept_with_its_cells_where_one_is_in_doubt():
    sure, doubtful = "sku:M|quantity:2|price:5", "sku:P|quantity:1|price:7;quantity:9"
    (refused,) = orders(f"Order,L1,L2\n1,{sure},{doubtful}\n".encode(), IN_CELLS)
    assert "column “L2”" in refused.problems[0].field
    assert "sku, quantity, price" in refused.problems[0].cure
    assert refused.ref == "1"

    settings = {"mapping": IN_CELLS.kept()}
    assert TABLE.reread_of_file(refused.raw, settings) == [refused]
    kept = pieces.load(refused.raw)
    said = pieces.corrected(kept, {("held", 1, ""): "sku:P|quantity:9|price:7"})
    (order,) = TABLE.reread_of_file(said, settings)
    assert [(each.sku, str(each.quantity)) for each in order.lines] == [("M", "2"), ("P", "9")]
    (wrong,) = TABLE.reread_of_file(said.replace(b"quantity:9", b"quantity:nine"), settings)
    assert wrong.problems[0].field == "row 2, line 2, column “L1 → quantity”"
    assert not pieces.load(wrong.raw).held


def test_a_kept_cell_says_why_no_lines_are_read_of_it():
    (refused,) = orders(b"Order,L1\n1,sku:P|quantity:1|price:7;quantity:9\n", IN_CELLS)
    (again,) = TABLE.reread_of_file(refused.raw, {"mapping": {**IN_CELLS.kept(), "lines_in": ""}})
    assert "read no lines within cells" in again.problems[0].problem
    assert again.raw == refused.raw
    (unmatched,) = TABLE.reread_of_file(refused.raw, {})
    assert (unmatched.raw, unmatched.problems[0].field) == (refused.raw, "the file")
    torn = refused.raw.replace(b";quantity:9", "\ufffd".encode())
    (torn_still,) = TABLE.reread_of_file(torn, {"mapping": IN_CELLS.kept()})
    assert "could not be read" in torn_still.problems[0].problem


def test_columns_of_their_own_come_before_lines_within_a_cell():
    body = "Order,L1,L1 → sku,L1 → quantity,L1 → price\n1,,M,2,5\n2,sku:P|quantity:1|price:7,,,\n".encode()
    first, second = orders(body, IN_CELLS)
    assert [(each.sku, str(each.quantity)) for each in (*first.lines, *second.lines)] == [("M", "2"), ("P", "1")]


def test_an_order_of_huge_cells_is_left_in_its_file():
    cell = "sku:P|quantity:1|price:7;quantity:9" + "x" * 100_000
    (refused,) = orders(f"Order,L1,L2,L3\n1,{cell},{cell},{cell}\n".encode(), IN_CELLS)
    assert (refused.ref, refused.raw) == ("1", b"")


def test_no_more_lines_are_read_than_one_order_may_have():
    cell = "|".join(["sku:M;quantity:1;price:5"] * 1_001)
    (refused,) = orders(f"Order,L1,L2\n1,{cell},{cell}\n".encode(), IN_CELLS)
    assert [each.field for each in refused.problems] == ["row 2, column “L1”"]
    assert "more than 1,000 lines" in refused.problems[0].problem


def test_an_empty_cell_holds_no_lines():
    assert inner_lines.read(" ", NAMES) == []


def test_a_price_within_the_cell_is_left_to_a_person_where_it_says_nothing_of_tax():
    body = (EXPORTS / "bigcommerce.csv").read_bytes()
    offered = MATCHING.offer(body)
    assert offered.lines_in == "Product Details"
    assert {name: column for name, column in offered.columns.items() if name.startswith("lines.")} == {
        "lines.sku": "Product Details → Product SKU",
        "lines.description": "Product Details → Product Name",
        "lines.quantity": "Product Details → Product Qty",
    }
    choices = [name for name, _ in MATCHING.sample(body, offered).of_line]
    assert "Product Details → Product Unit Price" in choices
    priced = {**offered.columns, "lines.unit_price_inc_tax": "Product Details → Product Unit Price"}
    first, _ = orders(body, replace(offered, columns=priced))
    assert [(line.sku, str(line.quantity), str(line.unit_price_inc_tax)) for line in first.lines] == [
        ("MUG-1", "2", "9"),
        ("POS-1", "1", "9"),
    ]


def test_a_cell_in_doubt_refuses_its_own_order_and_names_itself():
    body = (EXPORTS / "woocommerce-orders.csv").read_bytes()
    mapping = MATCHING.offer(body)
    good, bad = orders(body.replace(b"id:503|name:Mug|", b"id:503|name:Mug|quantity:7|"), mapping)
    assert len(good.lines) == 2
    assert isinstance(bad, Refusal)
    assert bad.problems[0].field == "row 3, column “line_items”"


def test_a_wrong_amount_within_a_cell_is_told_with_its_line():
    body = (EXPORTS / "woocommerce-orders.csv").read_bytes()
    first, _ = orders(body.replace(b"|total:7.50|", b"|total:seven|"), MATCHING.offer(body))
    assert first.problems[0].field == "row 2, line 2, column “line_items → total”"


def test_a_file_without_the_column_is_refused():
    body = (EXPORTS / "woocommerce-orders.csv").read_bytes()
    with pytest.raises(NotAnOrderError, match="line_items"):
        orders(body.replace(b"line_items,", b"lines,", 1), MATCHING.offer(body))


def test_a_cell_of_many_signs_takes_no_minutes():
    inner_lines.read("a:" * 60_000, NAMES)
    inner_lines.read("sku:M|quantity:1;" * 7_000, NAMES)
    inner_lines.read("x , ; | " * 15_000, NAMES)


def test_one_cell_in_doubt_does_not_hide_what_the_others_hold():
    body = (EXPORTS / "woocommerce-orders.csv").read_bytes()
    sure = MATCHING.offer(body)
    doubtful = body.replace(b"id:503|name:Mug|", b"id:503|name:Mug|quantity:7|")
    rows = doubtful.splitlines()
    more = b"\n".join([rows[0], rows[1], rows[1].replace(b"2101", b"2109", 1), rows[2]]) + b"\n"
    assert MATCHING.offer(more).columns == sure.columns
    assert isinstance(orders(more, MATCHING.offer(more))[-1], Refusal)
