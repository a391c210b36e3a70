"""Notes that a version before posted in hundredths of a yen: what is worked out in whole yen by now is no change of them."""

from dataclasses import replace
from decimal import Decimal

import pytest

from daybook.documents import stored
from daybook.documents.causes import Cause
from daybook.documents.document import CreditNote, Settlement
from daybook.intake.intents import Flag, Intent, Received, Stand
from daybook.intake.plan import plan
from daybook.kit.money import ZERO, Totals
from tests.unit.intake.test_many_refunds import MARKS, PAID_BACK, after, posted
from tests.unit.intake.test_plan import NEW, NOW, Plan, an_order

RULES = replace(PAID_BACK, mapping=replace(PAID_BACK.mapping, currencies=frozenset({"JPY"})))
SOLD = {"id": "l1", "sku": "MUG", "quantity": 3, "unit_price": "333.34", "tax_rate": "0"}
BACK = {"id": "r1", "at": "2026-11-19T12:00:00Z", "lines": [{"line": "l1", "quantity": 1}]}


def ordered(*refunds: dict) -> Received:
    return an_order(currency="JPY", lines=[SOLD], refunds=list(refunds))


def planned(received: Received, stand: Stand) -> Plan:
    return plan(received, stand, RULES, NOW, marks=lambda: f"mark{next(MARKS)}")


def noted_over(amount: str) -> Stand:
    """A third of 1,000 yen was given back; the note was posted over so much, and set against the invoice."""
    sold = posted(after(NEW, planned(ordered(), NEW)))
    stand = posted(after(sold, planned(ordered(BACK), sold)))
    gross, entries = Decimal(amount), []
    for entry in stand.entries:
        paper = stored.read(entry.document, entry.kind)
        if isinstance(paper, CreditNote):
            assert paper.totals.gross == 333
            lines = (replace(paper.lines[0], unit_amount=gross),)
            paper = replace(paper, lines=lines, totals=Totals(gross, ZERO, gross))
        elif isinstance(paper, Settlement):
            paper = replace(paper, totals=Totals(gross, ZERO, gross))
        entries.append(entry if paper is None else replace(entry, document=stored.dump(paper)))
    return replace(stand, entries=tuple(entries))


def flags(stand: Stand) -> list[Intent]:
    return [each for each in planned(ordered(BACK), stand).intents if isinstance(each, Flag)]


@pytest.mark.parametrize("amount", ["333", "333.33", "332.67", "333.99"])
def test_less_than_a_yen_for_a_line_is_no_change(amount):
    assert flags(noted_over(amount)) == []


@pytest.mark.parametrize("amount", ["334", "334.01", "331.99"])
def test_a_yen_or_more_is_shown(amount):
    (flag,) = flags(noted_over(amount))
    assert isinstance(flag, Flag)
    assert flag.attention == Cause.CHANGED_AFTER_POSTING
    assert "the order says 333.00 JPY by now" in flag.detail
