"""Two at once: a person gives consent while a worker refreshes, or while it begins to send."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections as databases
from django.db import transaction

from daybook.connections import tokens
from daybook.connections.models import Connection
from daybook.connections.tokens import Token
from daybook.kit import clock
from daybook.xero.oauth import Tokens
from tests.world import connected

pytestmark = pytest.mark.django_db(transaction=True)

LONG = timedelta(hours=2)


class TestARefreshThatWaitsForAConsent:
    def test_returns_the_new_token_with_the_new_organisation(self, xero):
        acme = connected(xero)
        started = threading.Event()

        def refresh() -> Token:
            started.set()
            try:
                return tokens.current_token(acme.connection.id, now=clock.now(), client=acme.client, at_least=LONG / 2)
            finally:
                databases.close_all()

        given = Tokens("new access", "new refresh", clock.now() + LONG, "")
        with ThreadPoolExecutor(1) as pool:
            with transaction.atomic():
                tokens.store(acme.connection, given, now=clock.now())
                waiting = pool.submit(refresh)
                started.wait()
                time.sleep(0.5)
                Connection.objects.filter(id=acme.connection.id).update(tenant_id="another")
            token = waiting.result()
        assert (token.access_token, token.tenant_id) == ("new access", "another")
