"""Several senders at the same time, and orders by the thousand."""

import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from daybook.intake.receive import receive_many
from daybook.orders.models import Order, Revision
from daybook.outbox.models import Entry

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
        assert not Order.objects.filter(unprepared_since__isnull=False).exists()


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
            yield from (order(id=str(serial), number=f"N{serial}") for serial in range(60))
            raise ConnectionError

        with pytest.raises(ConnectionError):
            list(receive_many(acme, breaking_off()))

        assert Order.objects.count() == 50
