"""Two workers at the same documents: what one has taken, or has sent anew, the other leaves alone."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections as databases
from django.db import transaction

from daybook.connections import endpoints
from daybook.kit import clock
from daybook.ledgers.exchange import Rejected
from daybook.outbox import queue
from daybook.outbox.models import Attempt
from daybook.posting import claiming, ground, settling
from daybook.posting.batching import Batch
from daybook.posting.claiming import Claimed
from tests.integration.posting.test_drain import age, look, post, states
from tests.world import Cast

pytestmark = pytest.mark.django_db(transaction=True)


def claim(cast: Cast) -> Claimed:
    """Let a worker write down a call for one invoice, and stop there."""
    age(cast.company.id)
    return claiming.claim(cast.connection, ground.prepare(cast.connection, cast.client), Batch("Invoices", 1))


def let_go_on(cast: Cast, claimed: Claimed) -> None:
    settling.carry_out(claimed, ground.prepare(cast.connection, cast.client))


class TestTwoThatTakeAtTheSameMoment:
    def test_take_different_documents(self, acme):
        acme.ready_invoices(3)

        def take(most: int) -> set[int]:
            taken = queue.take(
                acme.company.pk, acme.connection.organisation_id, ["invoice"], most=most, now=clock.now()
            )
            return {entry.pk for entry in taken}

        def take_too() -> set[int]:
            try:
                with transaction.atomic():
                    return take(3)
            finally:
                databases.close_all()

        with ThreadPoolExecutor(1) as pool, transaction.atomic():
            first = take(2)
            second = pool.submit(take_too).result(timeout=60)
        assert (len(first), len(second)) == (2, 1)
        assert not first & second


class TestAWorkerThatSlept:
    def test_sends_nothing_a_minute_after_it_was_written_down_and_the_next_drain_does(self, acme):
        acme.ready_invoice()
        claimed = claim(acme)
        claimed.attempt.created_at = clock.now() - timedelta(seconds=61)
        claimed.attempt.save()
        let_go_on(acme, claimed)
        assert (acme.invoices(), states(acme)) == ([], {"ready": 1})
        assert Attempt.objects.get().sent_at is None
        post(acme)
        assert (len(acme.invoices()), states(acme)) == (1, {"posted": 1})

    def test_has_no_say_in_what_others_are_sending_anew(self, acme):
        entry = acme.ready_invoice()
        slept = claim(acme)
        look(acme)
        anew = claim(acme)
        settling.settle(slept.attempt, [entry.pk], [Rejected(("Too late",))], endpoints.ledger_of(acme.connection))
        entry.refresh_from_db()
        assert (entry.state, entry.last_attempt_id) == ("sending", anew.attempt.pk)
        let_go_on(acme, anew)
        entry.refresh_from_db()
        assert (len(acme.invoices()), entry.state, entry.attention) == (1, "posted", "")
