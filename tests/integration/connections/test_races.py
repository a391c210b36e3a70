"""Two at once: a person gives consent while a worker refreshes, or while it begins to send."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections as databases
from django.db import transaction

from daybook.connections import consent, roster, tokens
from daybook.connections.models import Connection
from daybook.connections.tokens import Token
from daybook.kit import clock
from daybook.ledgers.xero.oauth import Tokens
from daybook.outbox.models import Entry
from daybook.posting import claiming, ground
from daybook.posting.batching import Batch
from tests.integration.connections.browser import decide
from tests.world import connected

pytestmark = pytest.mark.django_db(transaction=True)

LONG = timedelta(hours=2)


class TestARefreshThatWaitsForAConsent:
    def test_returns_the_new_token_with_the_new_organisation(self, xero):
        acme = connected(xero)
        another = roster.organisation_of(acme.connection, "another")
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
                Connection.objects.filter(id=acme.connection.id).update(organisation=another)
            token = waiting.result()
        assert (token.access_token, token.their_id) == ("new access", "another")


class TestAnotherOrganisationWhileAWorkerBeginsToSend:
    def test_is_connected_before_or_after_but_never_in_between(self, xero, ann):
        acme = connected(xero)
        acme.ready_invoices(2)
        other = xero.tenant_id("AU")
        sender = ground.prepare(acme.connection, acme.client)

        def begin_to_send() -> object:
            try:
                return claiming.claim(acme.connection, sender, Batch("Invoices", 2))
            finally:
                databases.close_all()

        with ThreadPoolExecutor(1) as pool:
            claims = []

            def nothing_yet(connection: Connection) -> bool:
                is_under_way = Entry.objects.filter(company=acme.company, state__in=["sending", "unknown"]).exists()
                claims.append(pool.submit(begin_to_send))
                time.sleep(0.5)
                return is_under_way

            query = decide(xero, consent.begin(acme.connection, ann), other)
            acme.connection.refresh_from_db()
            asked = consent.finish(query, ann, documents_in_flight=lambda _: False, client=acme.client)
            consent.choose(asked, other, ann, documents_in_flight=nothing_yet, client=acme.client)
            assert claims[-1].result() is None
        acme.connection.refresh_from_db()
        assert acme.connection.organisation.their_id == other
        assert set(Entry.objects.values_list("state", flat=True)) == {"ready"}
