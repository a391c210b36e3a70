"""Goods that were cancelled before the invoice, and whose money goes back after it: nothing of what was sold is credited for them."""

from decimal import Decimal

import pytest

from daybook.outbox.models import Entry
from tests.integration.credits.shop import notes, of_line, opened, order, paid, refund, send, settle
from tests.world import Cast

pytestmark = pytest.mark.django_db(transaction=True)
CUP = {
    "id": "m",
    "sku": "MUG",
    "description": "Mug",
    "quantity": 7,
    "unit_price": "7",
    "discount": "3.33",
    "tax_rate": "0.2",
}
HAT = {"id": "c", "sku": "CAP", "description": "Cap", "quantity": 2, "unit_price": "20", "tax_rate": "0"}


def gone(line: str, quantity: int) -> dict:
    return {"lines": [{"line": line, "quantity": quantity}]}


def back(refund_id: str, amount: str, *, day: int = 5, **what: object) -> dict:
    at = f"2026-03-{day:02}T10:00:00Z"
    return refund(refund_id, payments=[paid(amount, f"re_{refund_id}", at=at)], **what) | {"at": at}


@pytest.fixture
def acme(xero) -> Cast:
    return opened(xero, payments=True, untouched=True)


def held(cast: Cast) -> list[tuple[str, str, str]]:
    mine = Entry.objects.filter(company=cast.company, state="held")
    return list(mine.values_list("kind", "cause", "detail"))


@pytest.mark.parametrize("amount", ["39.15", "39.14", "39.16"])
@pytest.mark.parametrize("lines", [[of_line("m", 5)], []], ids=["goods", "money alone"])
def test_a_cent_of_rounding_does_not_make_them_goods_that_were_sold(acme: Cast, amount: str, lines: list[dict]):
    """Five of seven for 54.80: what is left is 15.66, so 39.14 were paid too much, and the shop rounds as it likes."""
    said = {"lines": [CUP], "shipping": None, "payments": [paid("54.80")], "cancellations": [gone("m", 5)]}
    send(acme, order("1001", **said))
    settle(acme)
    send(acme, order("1001", back("r1", amount, lines=lines), **said))
    settle(acme)
    assert notes(acme) == []
    assert all((kind == "payment" and "15.65" in detail) or "15.67" in detail for kind, _, detail in held(acme)), held(
        acme
    )


def test_each_of_two_is_told_of_by_itself(acme: Cast):
    said = {"lines": [CUP, HAT], "shipping": None, "payments": [paid("94.80")]}
    said |= {"cancellations": [gone("c", 1), gone("m", 7)]}
    send(acme, order("1001", **said))
    settle(acme)
    first, second = back("r1", "20.00", lines=[of_line("c", 1)]), back("r2", "54.80", lines=[of_line("m", 7)])
    send(acme, order("1001", first, **said))
    settle(acme)
    assert notes(acme) == []
    send(acme, order("1001", first, second, **said))
    settle(acme)
    assert (notes(acme), held(acme)) == ([], [])
    assert [(each["Total"], each["AmountPaid"]) for each in acme.invoices()] == [(20, 20)]


def test_what_comes_back_of_the_sold_is_credited_though_as_many_were_cancelled_before(acme: Cast):
    """Their money went back without a word of what it was for; and the next refund is of another one."""
    said = {"lines": [HAT], "shipping": None, "payments": [paid("40.00")], "cancellations": [gone("c", 1)]}
    send(acme, order("1001", **said))
    settle(acme)
    first, second = back("r1", "20.00"), back("r2", "20.00", day=9, lines=[of_line("c", 1)])
    for refunds in ([first], [first, second]):
        send(acme, order("1001", *refunds, **said))
        settle(acme, times=4)
    assert [(each["Total"], each["Status"]) for each in notes(acme)] == [(20, "PAID")]
    assert [str(line["AccountCode"]) for line in notes(acme)[0]["LineItems"]] == ["200"]
    assert held(acme) == []
    assert sum(Decimal(str(each["AmountDue"])) for each in acme.invoices()) == 0
