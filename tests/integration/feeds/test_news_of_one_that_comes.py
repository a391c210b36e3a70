"""News that come in the very moment in which their order does."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from daybook.intake import receive
from daybook.orders.models import Notice, Order
from daybook.sources.kornitx.source import KORNITX
from localxero import LocalXero
from tests.world import connected, take_from_kornitx

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drawn]


def test_find_it_by_its_ref_where_it_took_its_name_in_between(transactional_db):
    company = connected(LocalXero(limits="off"), "Acme").company
    feed = take_from_kornitx(company, key="key", callback_secret="a-random-secret")
    told = json.dumps({"ref": "K7", "status": "Dispatched"}).encode()

    def elsewhere(work) -> None:
        def done() -> None:
            work()
            connection.close()

        with ThreadPoolExecutor(1) as others:
            others.submit(done).result(timeout=60)

    def comes() -> None:
        Order.objects.create(company=company, feed=feed, source_id="K7", ref="K7")

    def is_named() -> None:
        Order.objects.filter(source_id="K7").update(source_id="7")

    been = []

    def between(execute, sql, parameters, many, context):
        is_meant = sql.startswith('INSERT INTO "orders_order"') and not been
        if is_meant:
            been.append(sql)
            elsewhere(comes)
        result = execute(sql, parameters, many, context)
        if is_meant:
            elsewhere(is_named)
        return result

    with connection.execute_wrapper(between):
        (receipt,) = receive.take(feed, KORNITX.door("callback"), told)
    assert been
    assert str(receipt.result) == "accepted"
    assert Notice.objects.get().order == Order.objects.get(source_id="7")
