"""What a page and a PDF say of a proof: what is open is not called done, and taxes bear their names."""

import msgspec
import pytest

from daybook.proving import shown
from daybook.proving.proof import Amounts, Compared, History, InNoBox, OfLedger, OrdersOf, Proof, Return

MONEY = Amounts("10.00", "1.00", "11.00")
EMPTY = OfLedger(
    connection="c", ledger="xero", title="Xero", organisation="Acme", country="AU", lock_date="", orders=(), day_book=(),
    compared=0, agreeing=0, overlooked=0, difference="0.00", sums=(), differing=(), clearing=(), tax_return=None,
)  # fmt: skip


def section(title: str, **said):
    found = Proof(
        company="Acme", company_id="c", since="2026-03-01", until="2026-03-31", made_at="2026-04-01T10:00:00+00:00",
        ledgers=(msgspec.structs.replace(EMPTY, **said),), history=History(position=1, seal="s", checked=1, broken_at=0),
    )  # fmt: skip
    (_, sections), _ = shown.sections(found)
    return {each.title: each for each in sections}[title]


def orders(standing: str) -> OrdersOf:
    return OrdersOf(standing=standing, cause="", reason="", currency="GBP", orders=2, gross="7.50")


@pytest.mark.parametrize(("standing", "is_open"), [("held", True), ("skipped", False), ("documented", False)])
def test_an_order_that_needs_a_person_is_open(standing, is_open):
    open_ = section("Still open", orders=(orders(standing),))

    assert open_.is_good is not is_open
    assert any("2 orders of the period have no document yet" in each for each in open_.sentences) is is_open


def test_what_is_in_no_box_bears_the_name_of_its_tax():
    row = InNoBox(kind="invoice", currency="AUD", tax_type="OUTPUT", status="DRAFT", documents=1, amounts=MONEY, why="")
    named = Compared(
        kind="invoice", currency="AUD", tax_type="OUTPUT", tax="GST on Income, 10%", documents=1, orders=MONEY,
        day_book=MONEY, ledger=MONEY, difference="0.00",
    )  # fmt: skip
    known = Return(title="BAS", currency="AUD", basis="", boxes=(), left_out=(row,))

    assert section("In no box", sums=(named,), tax_return=known).table.rows[0][1] == "GST on Income, 10%"
