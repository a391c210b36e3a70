"""Several senders at the same time, and orders by the thousand."""

import random
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC
from decimal import Decimal

import pytest
from django.db import connection, transaction

from daybook.intake import prepare, storing
from daybook.intake.receive import receive, receive_many
from daybook.kit import clock
from daybook.orders.models import Order, OrderStanding, Revision
from daybook.outbox.models import Entry
from daybook.sources.canonical import schema
from tests.world import feed_of

pytestmark = pytest.mark.django_db(transaction=True)


class TestTheSameOrdersFromFourSendersAtOnce:
    def test_are_kept_once_each_with_one_document(self, acme, order):
        orders = [order(id=str(serial), number=f"N{serial}") for serial in range(150)]

        def send(seed):
            shuffled = random.Random(seed).sample(orders, len(orders))
            try:
                return [receipt.result for receipt in receive_many(acme, shuffled)]
            finally:
                connection.close()

        with ThreadPoolExecutor(4) as pool:
            results = [result for each in pool.map(send, range(4)) for result in each]

        assert results.count("accepted") == 150
        assert results.count("unchanged") == 450
        assert (Order.objects.count(), Revision.objects.count(), Entry.objects.count()) == (150, 150, 150)
        assert not OrderStanding.objects.filter(unprepared_since__isnull=False).exists()


class TestAChangeUnderWay:
    def test_is_seen_by_whoever_waited_for_it(self, acme, order):
        receive(acme, order(status="first"))
        changed = order(status="second")

        def send_again():
            try:
                return receive(acme, changed).result
            finally:
                connection.close()

        with ThreadPoolExecutor(1) as pool:
            with transaction.atomic():
                storing.store(
                    acme,
                    [storing.Incoming(schema.parse_order(changed), feed_of(acme, "shop"))],
                    now=clock.now(),
                    zone=UTC,
                )
                waiting = pool.submit(send_again)
                wait_for_a_lock()
            assert waiting.result() == "unchanged"

    def test_is_what_a_preparation_that_waited_for_it_writes_down(self, acme, order):
        receive(acme, order())
        row = Order.objects.get()
        dearer = order(lines=[{"id": "1", "sku": "MUG", "quantity": 3, "unit_price": "6.25", "tax_rate": "0.2"}])

        def prepare_now():
            try:
                prepare.prepare_orders(acme, [row.pk])
            finally:
                connection.close()

        with ThreadPoolExecutor(1) as pool:
            with transaction.atomic():
                storing.store(
                    acme,
                    [storing.Incoming(schema.parse_order(dearer), feed_of(acme, "shop"))],
                    now=clock.now(),
                    zone=UTC,
                )
                waiting = pool.submit(prepare_now)
                wait_for_a_lock()
            waiting.result()

        assert Entry.objects.get().net == Decimal("22.25")  # with the shipping


def wait_for_a_lock():
    """Return once somebody waits for a row that this test's transaction holds."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    deadline = time.monotonic() + 20
    with connection.cursor() as cursor:
        while time.monotonic() < deadline:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(waiting)
            if cursor.fetchone()[0]:
                return
            time.sleep(0.01)
    raise TimeoutError


class TestAFile:
    def test_with_bad_lines_loses_none_of_the_good_ones(self, acme, order):
        payloads = [
            order(id=str(serial), number=f"N{serial}") if serial % 7 else {"id": serial} for serial in range(120)
        ]
        receipts = list(receive_many(acme, payloads, source="file"))

        assert [receipt.position for receipt in receipts] == list(range(120))
        assert sum(receipt.is_refused for receipt in receipts) == 18
        assert Order.objects.count() == 102

    def test_is_kept_as_far_as_it_was_read(self, acme, order):
        def breaking_off():
            yield from (order(id=str(serial), number=f"N{serial}") for serial in range(130))
            raise ConnectionError

        with pytest.raises(ConnectionError):
            list(receive_many(acme, breaking_off()))

        assert Order.objects.count() == 100
