"""Tokens are renewed once however many ask, stored before use, and given up for one reason only."""

import threading
from datetime import timedelta

import pytest
from django.db import close_old_connections
from django.db import connection as database

from daybook.connections import tokens
from daybook.connections.models import Connection, TokenSet
from daybook.kit import clock
from daybook.wire.errors import ConsentNeeded, Misconfigured, NotSent, Offline, Throttled
from tests.integration.connections.browser import watched
from tests.world import connected

pytestmark = pytest.mark.django_db(transaction=True)

TOKEN = "POST /connect/token"


@pytest.fixture
def acme(xero):
    return connected(xero, untouched=True)


def end_soon(minutes: float = 1.0) -> None:
    TokenSet.objects.update(expires_at=clock.now() + timedelta(minutes=minutes))


def token_of(acme, client, **options):
    return tokens.current_token(acme.connection.pk, now=clock.now(), client=client, **options)


class TestAFreshToken:
    def test_is_used_as_stored_without_asking_xero(self, acme):
        with watched(acme.xero) as (client, seen):
            token = token_of(acme, client)
        assert seen.paths == []
        assert (token.their_id, token.fingerprint) == (acme.tenant_id, TokenSet.objects.get().fingerprint)

    def test_never_shows_itself(self, acme):
        token = token_of(acme, acme.client)
        assert token.access_token not in repr(token)


class TestATokenAboutToEnd:
    def test_is_renewed_and_both_halves_are_stored(self, acme):
        before = TokenSet.objects.get()
        end_soon()
        token = token_of(acme, acme.client)
        after = TokenSet.objects.get()
        assert token.access_token == after.access_token != before.access_token
        assert after.refresh_token != before.refresh_token
        assert after.expires_at > clock.now() + timedelta(minutes=29)

    def test_is_renewed_once_by_eight_who_ask_at_the_same_time(self, acme):
        end_soon()
        together, found = threading.Barrier(8), []

        def ask(client) -> None:
            together.wait(10)
            try:
                found.append(token_of(acme, client).fingerprint)
            finally:
                close_old_connections()
                database.close()

        with watched(acme.xero) as (client, seen):
            threads = [threading.Thread(target=ask, args=(client,)) for _ in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(30)
        assert seen.paths == [TOKEN]
        assert len(found) == 8
        assert set(found) == {TokenSet.objects.get().fingerprint}

    def test_that_xero_rejected_is_renewed_whatever_the_clock_says(self, acme):
        first = token_of(acme, acme.client)
        second = token_of(acme, acme.client, rejected=first.fingerprint)
        assert second.fingerprint != first.fingerprint

    def test_survives_an_answer_that_was_lost_on_its_way(self, acme):
        end_soon()
        acme.xero.add_fault("reset_after", path="/connect/token", times=1)
        with pytest.raises(NotSent):
            token_of(acme, acme.client)
        assert token_of(acme, acme.client).access_token  # the old refresh token has its half hour of grace


class TestConsentGone:
    def test_stops_the_connection_and_says_what_to_do(self, acme):
        end_soon()
        acme.xero.clock.advance(61 * 86_400)
        with pytest.raises(ConsentNeeded):
            token_of(acme, acme.client)
        stopped = Connection.objects.get()
        assert stopped.status == Connection.Status.NEEDS_CONSENT
        assert "Get Access Token" in stopped.status_reason
        assert stopped.organisation.their_id == acme.tenant_id

    def test_is_not_asked_for_twice(self, acme):
        end_soon()
        acme.xero.clock.advance(61 * 86_400)
        with watched(acme.xero) as (client, seen):
            for _ in range(3):
                with pytest.raises(ConsentNeeded):
                    token_of(acme, client)
        assert seen.paths == [TOKEN]


class TestAnyOtherTrouble:
    @pytest.mark.parametrize(
        ("fault", "expected"),
        [
            ({"kind": "status_503"}, Offline),
            ({"kind": "status_429"}, Throttled),
            ({"kind": "reset_before"}, NotSent),
            ({"kind": "truncate_after"}, NotSent),
        ],
    )
    def test_leaves_the_tokens_and_the_connection_alone(self, acme, fault, expected):
        end_soon()
        before = TokenSet.objects.get()
        acme.xero.add_fault(**fault, path="/connect/token")
        with pytest.raises(expected):
            token_of(acme, acme.client)
        after = TokenSet.objects.get()
        assert (after.fingerprint, after.refresh_token) == (before.fingerprint, before.refresh_token)
        assert Connection.objects.get().status == Connection.Status.CONNECTED

    def test_with_the_apps_secret_is_no_lost_consent(self, acme):
        end_soon()
        acme.connection.client_secret = "rotated in the portal"
        acme.connection.save()
        with pytest.raises(Misconfigured, match="Client Secret"):
            token_of(acme, acme.client)
        assert Connection.objects.get().status == Connection.Status.CONNECTED
        acme.connection.client_secret = "secret"
        acme.connection.save()
        assert token_of(acme, acme.client).access_token


class TestWithoutTokens:
    def test_a_person_is_needed(self, unconnected, xero):
        with watched(xero) as (client, seen), pytest.raises(ConsentNeeded, match="not connected"):
            tokens.current_token(unconnected.pk, now=clock.now(), client=client)
        assert seen.paths == []
