"""An order with as many refunds as it may have: what follows its sale is worked out in a moment, whatever became of it."""

import time
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from itertools import count

import pytest

from daybook.documents import stored
from daybook.documents.kinds import Kind
from daybook.intake.intents import Enter, Received, Stand
from daybook.intake.plan import plan
from daybook.mapping.gateways import ClearingAccount, GatewayKey
from daybook.mapping.numbers import Numbering
from daybook.outbox.states import State
from tests.unit.intake.test_plan import NEW, NOW, RULES_OF_ACME, Plan, an_order, kinds
from tests.unit.intake.test_plan import after as carried_out
from tests.unit.mapping.shops import RULES

MOST = 200
SECONDS = 3
"""Of the processor's time; it takes half a second."""
STRIPE = {GatewayKey("", "stripe", "GBP"): ClearingAccount(account="611", name="Stripe")}
FOLLOWING = (Kind.INVOICE, Kind.CREDIT_NOTE, Kind.ALLOCATION, Kind.PAYMENT, Kind.REFUND)
PAID_BACK = replace(
    RULES_OF_ACME,
    mapping=replace(RULES, post_credit_notes=True, post_payments=True, gateways=STRIPE),
    numbering={kind: Numbering(space=kind) for kind in FOLLOWING},
)
SOLD = [
    {"id": f"l{n}", "sku": f"S{n}", "quantity": 60, "unit_price": "10.03", "tax_rate": "0.2"} for n in range(5)
]  # fmt: skip


def refunded(times: int, *, is_paid: bool) -> Received:
    """Five lines of 60, of each one given back in turn: 10.03 and 2.01 of tax."""
    refunds = [
        {
            "id": f"r{n}",
            "at": "2026-11-19T12:00:00Z",
            "lines": [{"line": f"l{n % 5}", "quantity": 1}],
            "payments": [{"id": f"rf{n}", "amount": "12.04", "gateway": "stripe"}] if is_paid else [],
        }
        for n in range(times)
    ]
    payments = [{"id": "ch", "amount": "3610.80", "gateway": "stripe", "at": "2026-11-19T10:00:00Z"}]
    return an_order(lines=SOLD, refunds=refunds, payments=payments if is_paid else [])


MARKS = count(1)


def planned(received: Received, stand: Stand) -> Plan:
    return plan(received, stand, PAID_BACK, NOW, marks=lambda: f"mark{next(MARKS)}")


def after(stand: Stand, made: Plan) -> Stand:
    """How the order stands then, each document about the one that it names."""
    done = carried_out(stand, made)
    ids = {each.public_id: each.id for each in done.entries}
    about = {each.mark: ids.get(each.about) for each in made.intents if isinstance(each, Enter)}
    return replace(done, entries=tuple(replace(e, about=about.get(e.public_id, e.about)) for e in done.entries))


def timed(received: Received, stand: Stand) -> Plan:
    began = time.process_time()
    made = planned(received, stand)
    assert time.process_time() - began < SECONDS
    return made


def posted(stand: Stand) -> Stand:
    return replace(
        stand,
        entries=tuple(replace(each, state=State.POSTED, their_status="AUTHORISED") for each in stand.entries),
    )


@pytest.mark.parametrize("is_paid", [True, False], ids=["paid back", "set against the invoice"])
def test_all_at_once_and_told_again_before_and_after_they_have_left(is_paid):
    sold = posted(after(NEW, planned(refunded(0, is_paid=is_paid), NEW)))
    received = refunded(MOST, is_paid=is_paid)
    made = timed(received, sold)
    settles = Kind.REFUND if is_paid else Kind.ALLOCATION
    assert Counter(each.kind for each in made.intents) == {Kind.CREDIT_NOTE: MOST, settles: MOST}
    assert {each.mapped.totals.gross for each in made.intents} == {Decimal("12.04")}
    assert [each.number for each in made.intents[:MOST]] == [f"A-1-CR{n}" for n in range(1, MOST + 1)]
    stand = after(sold, made)
    assert kinds(timed(received, stand)) == []
    assert kinds(timed(received, posted(stand))) == []


def test_one_by_one_they_come_to_the_same_as_all_at_once():
    sold = posted(after(NEW, planned(refunded(0, is_paid=True), NEW)))
    stand = sold
    for times in range(1, 13):
        stand = after(stand, planned(refunded(times, is_paid=True), stand))
    at_once = after(sold, planned(refunded(12, is_paid=True), sold))
    one, other = ({each.key: _said(each) for each in one.entries} for one in (stand, at_once))
    assert one == other


def _said(entry) -> object:
    paper = stored.read(entry.document, entry.kind)
    return replace(paper, reference="") if entry.kind == Kind.CREDIT_NOTE else paper  # it bears a mark drawn by chance
