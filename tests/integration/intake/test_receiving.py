"""Orders in: kept once, changed by revisions, and their documents entered in the day book."""

from decimal import Decimal

import pytest

from daybook.intake import receive
from daybook.outbox.models import Entry

pytestmark = pytest.mark.django_db


class TestReceivingAnOrder:
    def test_makes_a_ready_invoice_of_a_dispatched_one(self, acme, order):
        receipt = receive.receive(acme, order())

        entry = Entry.objects.get()
        assert (receipt.result, receipt.outlook.standing) == ("accepted", "documented")
        assert (entry.number, entry.state, entry.kind) == ("DB-ORD-1001", "ready", "invoice")
        assert (entry.net, entry.tax, entry.gross) == (Decimal("24.00"), Decimal("3.20"), Decimal("27.20"))
        assert f"[db:{entry.public_id}]" in entry.document["reference"]
        assert entry.document["url"].endswith(f"/orders/{receipt.order}")
