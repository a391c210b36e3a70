"""What is kept of calls, and for how long."""

from datetime import timedelta

import pytest

from daybook.kit import clock
from daybook.outbox import retention
from daybook.outbox.models import Attempt
from localxero import LocalXero
from tests.integration.posting.test_drain import post
from tests.world import connected

pytestmark = pytest.mark.django_db(transaction=True)


class TestBodies:
    def test_are_forgotten_after_thirteen_months_and_their_hash_stays(self):
        acme = connected(LocalXero(limits="off"), untouched=True)
        acme.ready_invoice()
        post(acme)
        sent = Attempt.objects.get()
        assert b"InvoiceNumber" in bytes(sent.body)
        assert retention.forget_bodies(now=clock.now() + timedelta(days=396)) == 0
        assert retention.forget_bodies(now=clock.now() + timedelta(days=398)) == 1
        forgotten = Attempt.objects.get()
        assert (bytes(forgotten.body), bytes(forgotten.answer)) == (b"", b"")
        assert (forgotten.body_hash, forgotten.result) == (sent.body_hash, "answered")
        assert len(forgotten.body_hash) == 64
