"""The worker is killed between every few steps of crediting; afterwards each note and each allocation stands there once."""

from collections.abc import Iterator

import pytest

from daybook.outbox.models import Entry
from daybook.reconciliation.report import compare_connection
from localxero.testing import Running, running
from tests.chaos.seeds import drawn
from tests.integration.credits.shop import look, notes, of_line, opened, order, paid, post, refund, send, settle
from tests.integration.posting.test_killed_worker import Worker, linger_is_over
from tests.world import Cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long(60), pytest.mark.drawn(3)]

STRIDE = 12
"""Steps from one death to the next; where they begin is drawn by the commit, so that each of them has its turn."""
MOST_STEPS = 900


@pytest.fixture
def xero() -> Iterator[Running]:
    with running() as served:
        yield served


@pytest.fixture
def worker(xero: Running) -> Iterator[Worker]:
    started = Worker(xero.url)
    yield started
    started.close()


def recover(cast: Cast) -> None:
    """What the other workers do afterwards: look when it is time, and post what may be posted."""
    for _ in range(3):
        look(cast)
        post(cast)


class TestAWorkerKilledAtAnyStep:
    def test_leaves_every_note_and_every_allocation_there_once(self, xero, worker):
        acme = opened(xero.xero)
        refs, end, step = [], "", 1 + drawn("credits") % STRIDE
        while end != "ended 0":
            refs.append(f"N{step}")
            send(acme, order(refs[-1]))
            settle(acme, 1)
            send(acme, order(refs[-1], refund(lines=[of_line("m", 1)])))
            linger_is_over(acme)
            end = worker.drain(acme.connection.id, killed_at=step)
            step += STRIDE
            assert step < MOST_STEPS, end
            recover(acme)
            made = notes(acme)
            assert sorted(each["CreditNoteNumber"] for each in made) == sorted(f"{ref}-CR1" for ref in refs)
            assert {len(each["Allocations"]) for each in made} == {1}
            assert not Entry.objects.filter(company=acme.company).exclude(state="posted").exists()
        assert len(refs) > 6
        report = compare_connection(acme.connection, acme.client)
        assert not [row for row in report.rows if row.kind == "credit_note" and row.difference]

    def test_leaves_every_refund_paid_out_once(self, xero, worker):
        acme = opened(xero.xero, "Paid", payments=True)
        refs, end, step = [], "", 1 + drawn("refunds") % (2 * STRIDE)
        while end != "ended 0":
            refs.append(f"P{step}")
            whole = paid("62.00", f"ch_{step}")
            send(acme, order(refs[-1], payments=[whole]))
            settle(acme, 2)
            out = paid("12.00", f"re_{step}", at="2026-03-05T10:00:00Z")
            send(acme, order(refs[-1], refund(lines=[of_line("m", 1)], payments=[out]), payments=[whole]))
            linger_is_over(acme)
            end = worker.drain(acme.connection.id, killed_at=step)
            step += 2 * STRIDE
            assert step < MOST_STEPS, end
            recover(acme)
            made = notes(acme)
            assert len(made) == len(refs)
            assert {len(each["Payments"]) for each in made} == {1}
            assert not Entry.objects.filter(company=acme.company).exclude(state="posted").exists()
        assert len(refs) > 2
