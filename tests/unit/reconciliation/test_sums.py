"""Laws of the sums: nothing is lost or made by laying totals over tax types."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from daybook.documents.document import AmountType, Invoice, Line
from daybook.kit.money import Totals
from daybook.reconciliation.sums import ALL, NOTHING, Key, Sides, Sums, laid_over, plus, split_of

AMOUNTS = st.decimals(min_value=-10_000, max_value=10_000, places=2)
TOTALS = st.builds(lambda net, tax: Totals(net, tax, net + tax), AMOUNTS, AMOUNTS)
SPLITS = st.dictionaries(st.sampled_from(["OUTPUT2", "ZERORATEDOUTPUT", "NONE", ""]), TOTALS, max_size=4)
RATES = {"OUTPUT2": Decimal("0.2"), "NONE": Decimal(0)}


def added(parts) -> Totals:
    total = NOTHING
    for part in parts:
        total = plus(total, part)
    return total


@given(TOTALS, SPLITS)
def test_a_total_laid_over_tax_types_comes_to_itself(total, split):
    laid = laid_over(total, split)
    assert added(laid.values()) == total
    assert set(laid) == (set(split) or {""})


@given(SPLITS)
def test_a_split_laid_over_itself_stays(split):
    assert laid_over(added(split.values()), split) == (split or {"": NOTHING})


@given(st.lists(st.tuples(TOTALS, TOTALS, TOTALS, SPLITS, SPLITS), max_size=8))
def test_tax_types_come_to_the_total_on_every_side(documents):
    sums = Sums()
    for order, ours, theirs, split, their_split in documents:
        sums.add(sides(orders=order, day_book=ours, ledger=theirs, split=split, ledger_split=their_split))
    rows = dict(sums.rows())
    if documents:
        total = rows.pop(Key("invoice", "GBP", ALL))
        for side in ("orders", "day_book", "ledger"):
            assert added(getattr(row, side) for row in rows.values()) == getattr(total, side)
        assert total.documents == len(documents)


def test_what_the_ledger_has_at_another_tax_type_is_seen_at_both():
    sums, fifteen = Sums(), Totals(Decimal(15), Decimal(0), Decimal(15))
    sums.add(
        sides(
            orders=fifteen, day_book=fifteen, ledger=fifteen, split={"NONE": fifteen}, ledger_split={"OTHER": fifteen}
        )
    )
    assert {key.tax_type: row.difference for key, row in sums.rows()} == {"NONE": 15, "OTHER": 15, ALL: 0}


def test_orders_say_nothing_of_what_they_do_not_know():
    sums = Sums()
    sums.add(sides(kind="purchase_order", day_book=NOTHING))
    assert [row.orders for _, row in sums.rows()] == [None, None]


class TestSplitting:
    def test_works_out_the_tax_of_each_line(self):
        lines = (line("10.00", "OUTPUT2"), line("5.00", "NONE"), line("0.33", "OUTPUT2"))
        assert split_of(invoice(lines), RATES) == {
            "OUTPUT2": Totals(Decimal("10.33"), Decimal("2.07"), Decimal("12.40")),
            "NONE": Totals(Decimal("5.00"), Decimal("0.00"), Decimal("5.00")),
        }

    def test_takes_the_tax_out_of_inclusive_lines(self):
        lines = (line("12.00", "OUTPUT2"),)
        found = split_of(invoice(lines, AmountType.INCLUSIVE), RATES)
        assert found == {"OUTPUT2": Totals(Decimal("10.00"), Decimal("2.00"), Decimal("12.00"))}

    def test_of_what_has_no_lines_is_empty(self):
        assert split_of(None, RATES) == {}


def sides(**change) -> Sides:
    plain = {"kind": "invoice", "currency": "GBP", "split": {}, "orders": None, "day_book": None, "ledger": None}
    return Sides(**plain | {"ledger_split": {}, "is_differing": False} | change)


def line(price: str, tax_type: str) -> Line:
    return Line(description="Mug", quantity=Decimal(1), unit_amount=Decimal(price), tax_type=tax_type)


def invoice(lines, amount_type=AmountType.EXCLUSIVE) -> Invoice:
    return Invoice(
        number="1", contact_id="c", date=date(2026, 3, 2), due_date=date(2026, 3, 2), currency="GBP",
        amount_type=amount_type, lines=lines, totals=NOTHING, reference="", status="DRAFT",
    )  # fmt: skip
