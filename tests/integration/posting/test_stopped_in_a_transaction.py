"""A process that is stopped in the middle of a transaction: PostgreSQL ends it, and that is nobody's defect."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import InternalError
from django.db import connection as database

from daybook.connections.models import Connection
from daybook.intake import prepare
from daybook.intake.receive import receive
from daybook.kit import clock
from daybook.orders.models import OrderStanding
from tests.integration.posting.test_drain import age, post, states

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def stopped_before(words: str) -> Iterator[None]:
    """Let this process stand still before the first statement that begins so, longer than PostgreSQL waits."""
    stood: list[bool] = []

    def stand_still(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
        if not stood and sql.startswith(words):
            stood.append(True)
            execute("SET idle_in_transaction_session_timeout = '100ms'", None, False, context)
            time.sleep(0.5)  # not for something to happen: nothing happening is what is tried
        return execute(sql, params, many, context)

    with database.execute_wrapper(stand_still):
        yield
    database.close()
    assert stood


def test_leaves_the_connection_and_its_documents_to_the_next_drain(acme):
    acme.ready_invoice()
    age(acme.company.pk)
    with pytest.raises(InternalError, match="idle-in-transaction"), stopped_before('INSERT INTO "outbox_attempt"'):
        post(acme)
    database.close()
    assert Connection.objects.get().pause_reason == ""
    post(acme)
    assert (len(acme.invoices()), states(acme)) == (1, {"posted": 1})


def test_puts_no_order_aside(acme):
    line = {"id": "1", "sku": "MUG", "quantity": 1, "unit_price": "6.25", "tax_rate": "0.2"}
    order = {"source": "shop", "id": "1", "currency": "GBP", "dispatched": True, "lines": [line]}
    order["dispatched_at"] = "2026-03-05T14:02:11Z"
    with pytest.raises(InternalError, match="idle-in-transaction"), stopped_before('INSERT INTO "outbox_entry"'):
        receive(acme.company, order)
    database.close()
    receive(acme.company, order)  # its sender had no receipt, and sends again
    prepare.prepare_overdue(before=clock.now())
    assert OrderStanding.objects.get().cause == ""
    post(acme)
    assert (len(acme.invoices()), states(acme)) == (1, {"posted": 1})
