"""What is given back by quantity is split in the currency's own unit, or the ledger's where that is coarser: it keeps cents."""

from decimal import Decimal

import pytest

from daybook.outbox.models import Entry
from daybook.reconciliation.report import compare_connection
from localxero import LocalXero
from localxero.testing import signed_in
from tests.integration.credits.shop import notes, of_line, opened, order, paid, refund, send, settle
from tests.integration.payments.shop import map_gateway, read_lists
from tests.world import Cast

pytestmark = pytest.mark.django_db(transaction=True)


def trading_in(xero: LocalXero, currency: str) -> Cast:
    cast = opened(xero, payments=True)
    with signed_in(xero, cast.tenant_id) as client:
        assert client.put("/Currencies", json={"Code": currency}).status_code == 200
        said = {"Code": "615", "Name": "Wallet", "Type": "CURRENT", "EnablePaymentsToAccount": True}
        assert client.put("/Accounts", json=said).status_code == 200
    read_lists(cast)
    map_gateway(cast, "stripe", currency=currency, code="615")
    return cast


def sums(rows: list[dict]) -> tuple[Decimal, ...]:
    return tuple(
        sum((Decimal(str(row[name])) for row in rows), Decimal(0)) for name in ("SubTotal", "TotalTax", "Total")
    )


@pytest.mark.parametrize(
    ("currency", "price", "whole", "backs"),
    [
        ("JPY", {"unit_price_inc_tax": "999"}, "2997", ["999", "999", "999"]),
        ("JPY", {"unit_price": "333.4"}, "1200", ["400", "400", "400"]),
        ("KWD", {"unit_price_inc_tax": "4.00"}, "12.00", ["4.00", "4.00", "4.00"]),
    ],
    ids=["yen with tax", "yen and a fraction", "dinars"],
)
@pytest.mark.parametrize("is_posted", [True, False], ids=["after posting", "two of them before"])
def test_three_times_one_of_three_come_to_the_sale(xero, currency, price, whole, backs, is_posted):
    cast = trading_in(xero, currency)
    mugs = {"id": "m", "sku": "MUG", "description": "Mug", "quantity": 3, "tax_rate": "0.2", **price}
    refunds = [
        refund(f"r{n}", lines=[of_line("m", 1)], payments=[paid(amount, f"rf{n}")]) for n, amount in enumerate(backs)
    ]
    more = {
        "currency": currency,
        "lines": [mugs],
        "shipping": {},
        "totals": {"gross": whole},
        "payments": [paid(whole)],
    }
    for count in (0, 1, 2, 3) if is_posted else (2, 3):
        send(cast, order("Y-1", *refunds[:count], **more))
        settle(cast)
    held = Entry.objects.filter(company=cast.company, state="held")
    assert not held.exists(), [(each.kind, each.cause, each.detail) for each in held]
    sold, back = sums(cast.invoices()), sums(notes(cast))
    assert sold == back
    step = Decimal(1) if currency == "JPY" else Decimal("0.01")
    assert [amount % step for row in (*cast.invoices(), *notes(cast)) for amount in sums([row])] == [0] * 3 * (
        1 + len(notes(cast))
    )
    assert {Decimal(str(each["AmountDue"])) for each in cast.invoices()} == {Decimal(0)}
    assert {Decimal(str(each["RemainingCredit"])) for each in notes(cast)} == {Decimal(0)}
    report = compare_connection(cast.connection, cast.client)
    assert (report.agrees, report.difference) == (True, 0), report.rows
