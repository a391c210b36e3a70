"""What orders of before this version say of money is kept in rows as if they came today."""

from importlib import import_module

import pytest
from django.db import connection

from daybook.orders.models import MoneyMoved
from tests.integration.payments.shop import order, paid, send

pytestmark = pytest.mark.django_db(transaction=True)

MOVE = import_module("daybook.orders.migrations.0018_money_of_old_orders").Migration.operations[0]
SAID = ("revision", "refund", "payment", "gateway", "currency", "amount", "fee", "day", "payout", "payout_day")


def rows() -> list[tuple]:
    return list(MoneyMoved.objects.order_by("revision", "refund", "payment").values_list(*SAID))


def test_the_migration_finds_the_same_as_the_intake(acme):
    payout = {"payout": {"id": "po_1", "date": "2026-03-06T10:00:00Z"}, "fee": "0.49"}
    back = {
        "id": "r1",
        "lines": [],
        "payments": [paid("2.00", "re_1", at="2026-03-05"), paid("1.00", "re_2", kind="gift_card")],
    }
    send(
        acme,
        order("A1", paid("5.00", gateway="  Shop   PAY ", **payout), paid("5.00", "gc", kind="gift_card")),
        order("A2", paid("5.00", currency="EUR"), refunds=[back]),
        order("A3", refunds=[{"id": "r2", "adjustments": [{"amounts": {"gross": "1.00"}}]}]),
        order("A4"),
    )
    intake = rows()
    assert len(intake) == 5
    MoneyMoved.objects.all().delete()
    with connection.schema_editor(atomic=False) as editor:
        MOVE.code(None, editor)
        assert rows() == intake
        MOVE.code(None, editor)  # a killed upgrade goes on where it was
    assert rows() == intake
