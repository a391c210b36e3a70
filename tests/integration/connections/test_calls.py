"""Reading for a connection, and what a failure means for it as a whole."""

from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from daybook.connections import calls, standing
from daybook.connections.models import Connection, TokenSet
from daybook.kit import clock
from daybook.ledgers.exchange import RemainingCalls
from daybook.ledgers.xero import protocol
from daybook.wire.errors import (
    ConsentNeeded,
    Misconfigured,
    NotSent,
    Offline,
    OutcomeUnknown,
    Refused,
    Throttled,
    TokenExpired,
    Unexpected,
)
from daybook.wire.http import HttpClient
from localxero.testing import InProcessTransport
from tests.integration.connections.browser import watched
from tests.world import connected

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
ACCOUNTS = "GET /api.xro/2.0/Accounts"


@pytest.fixture
def acme(xero):
    return connected(xero, untouched=True)


def read(acme, client, path="/Accounts"):
    return calls.ask(acme.connection, protocol.ask(path), client=client)


class TestReading:
    def test_brings_xeros_answer_and_notes_that_xero_answered(self, acme):
        Connection.objects.update(checked_at=None)
        assert read(acme, acme.client).status == 200
        assert Connection.objects.get().checked_at > clock.now() - timedelta(minutes=1)

    def test_counts_the_calls_left(self, acme):
        acme.xero.state.limits.set("starter")
        read(acme, acme.client)
        counted = Connection.objects.get()
        assert (counted.day_remaining, counted.minute_remaining) == (999, 59)

    @pytest.mark.parametrize("kind", ["status_500_before", "reset_before", "reset_after", "truncate_after"])
    def test_is_tried_again_where_no_clear_answer_came(self, acme, kind):
        acme.xero.add_fault(kind, path="/api.xro/2.0/Accounts", times=2)
        with watched(acme.xero) as (client, seen):
            assert read(acme, client).status == 200
        assert seen.paths == [ACCOUNTS] * 3

    def test_gives_up_after_three_tries(self, acme):
        acme.xero.add_fault("reset_before", path="/api.xro/2.0/Accounts")
        with watched(acme.xero) as (client, seen), pytest.raises(OutcomeUnknown):
            read(acme, client)
        assert seen.paths == [ACCOUNTS] * 3

    def test_of_what_is_not_there_is_not_tried_again(self, acme):
        with watched(acme.xero) as (client, seen), pytest.raises(Refused):
            read(acme, client, "/Invoices/00000000-0000-0000-0000-000000000001")
        assert len(seen.paths) == 1

    def test_goes_on_under_a_new_token_after_xero_says_the_old_one_ended(self, acme):
        acme.xero.add_fault("status_401_expired", path="/api.xro/2.0/Accounts", times=1)
        with watched(acme.xero) as (client, seen):
            assert read(acme, client).status == 200
        assert seen.paths == [ACCOUNTS, "POST /connect/token", ACCOUNTS]

    def test_renews_the_token_once_only_where_xero_goes_on_saying_so(self, acme):
        acme.xero.add_fault("status_401_expired", path="/api.xro/2.0/Accounts")
        with watched(acme.xero) as (client, seen), pytest.raises(TokenExpired):
            read(acme, client)
        assert seen.paths == [ACCOUNTS, "POST /connect/token", ACCOUNTS]


class TestALimit:
    def test_pauses_the_connection_for_as_long_as_xero_says(self, acme):
        acme.xero.add_fault("status_429", path="/api.xro/", retry_after=30)
        with pytest.raises(Throttled):
            read(acme, acme.client)
        paused = Connection.objects.get()
        assert timedelta(seconds=28) < paused.paused_until - clock.now() <= timedelta(seconds=31)
        assert "minute" in paused.pause_reason

    def test_of_the_day_never_shortens_a_longer_pause(self, acme):
        far = clock.now() + timedelta(hours=9)
        calls.pause(acme.connection.pk, far, "the day's limit")
        calls.pause(acme.connection.pk, clock.now() + timedelta(minutes=1), "a minute's limit")
        assert Connection.objects.get().paused_until == far

    def test_is_lifted_by_a_person(self, acme):
        calls.pause(acme.connection.pk, clock.now() + timedelta(hours=9), "the day's limit")
        assert calls.resume(acme.connection.pk, clock.now()) is None
        assert Connection.objects.get().paused_until is None


class TestAPause:
    @pytest.mark.parametrize(
        ("error", "seconds", "word"),
        [
            (Throttled("", 429, problem="minute", retry_after=12), 13, "minute"),
            (Throttled("", 429, problem="minute"), 61, "minute"),
            (Throttled("", 429, problem="day", retry_after=66_975), 66_976, "day"),
            (Throttled("", 429, problem="minute", retry_after=4000), 4001, "day"),
            (Throttled("", 429, problem="day"), 3601, "day"),
            (Throttled("", 429, problem="concurrent"), 6, "in hand"),
            (Throttled("", 429, problem="appminute", retry_after=3), 4, "app"),
            (Throttled("", 429, problem="day", retry_after=10**9), 25 * 3600, "day"),
            (Offline("", 503), 300, "offline"),
            (Offline("", 503, retry_after=40), 41, "offline"),
            (NotSent(""), 15, "reached"),
            (OutcomeUnknown(""), 15, "answer"),
            (Misconfigured("The Client Secret is wrong.", 400), 900, "Client Secret"),
            (Unexpected("", 405), 900, "does not know"),
        ],
    )
    def test_is_as_long_as_its_cause_asks(self, error, seconds, word):
        until, reason = standing.pause_for(error, NOW, "Xero")
        assert until == NOW + timedelta(seconds=seconds)
        assert word in reason


class TestA403:
    def test_means_the_organisation_is_gone_where_xero_lists_it_no_more(self, acme):
        acme.xero.disconnect(acme.tenant_id)
        with watched(acme.xero) as (client, seen), pytest.raises(ConsentNeeded):
            read(acme, client)
        stopped = Connection.objects.get()
        assert seen.paths == [ACCOUNTS, "GET /connections"]
        assert stopped.status == Connection.Status.NEEDS_CONSENT
        assert "no longer connected" in stopped.status_reason

    def test_proves_nothing_while_xero_cannot_be_asked_for_its_connections(self, acme):
        acme.xero.disconnect(acme.tenant_id)
        acme.xero.add_fault("status_503", path="/connections")
        with pytest.raises(ConsentNeeded):
            read(acme, acme.client)
        waiting = Connection.objects.get()
        assert waiting.status == Connection.Status.CONNECTED
        assert waiting.paused_until is not None

    def test_means_lost_rights_where_xero_still_lists_the_organisation(self, acme):
        class Refusing(InProcessTransport):
            def handle_request(self, request: httpx2.Request) -> httpx2.Response:
                if request.url.path.startswith("/api.xro/"):
                    return httpx2.Response(403, json={"Title": "Forbidden", "Detail": "AuthenticationUnsuccessful"})
                return super().handle_request(request)

        with pytest.raises(ConsentNeeded):
            read(acme, HttpClient(10, Refusing(acme.xero)))
        assert "lost their rights" in Connection.objects.get().status_reason


class TestReacting:
    def test_to_a_missing_scope_asks_for_consent_at_once(self, acme):
        calls.react(
            acme.connection.pk, ConsentNeeded("AuthorizationUnsuccessful", 401), clock.now(), client=acme.client
        )
        assert "does not cover" in Connection.objects.get().status_reason

    def test_to_an_expired_token_has_it_renewed_next_time(self, acme):
        now = clock.now()
        fingerprint = TokenSet.objects.get().fingerprint
        error = TokenExpired("TokenExpired", 401)
        calls.react(acme.connection.pk, error, now, client=acme.client, fingerprint=fingerprint)
        assert TokenSet.objects.get().expires_at == now

    def test_to_an_old_token_that_expired_leaves_the_new_one_alone(self, acme):
        before = TokenSet.objects.get().expires_at
        error = TokenExpired("TokenExpired", 401)
        calls.react(acme.connection.pk, error, clock.now(), client=acme.client, fingerprint="an older one's")
        assert TokenSet.objects.get().expires_at == before

    def test_to_one_documents_refusal_does_nothing(self, acme):
        before = Connection.objects.values().get()
        calls.react(acme.connection.pk, Refused("no", 400), clock.now(), client=acme.client)
        assert Connection.objects.values().get() == before


class TestDisconnecting:
    def test_tells_xero_and_forgets_the_tokens_but_not_which_organisation_it_was(self, acme):
        Connection.objects.update(link_id=their_id(acme))
        acme.connection.refresh_from_db()
        assert calls.disconnect(acme.connection, client=acme.client)
        left = Connection.objects.get()
        assert (left.status, left.organisation, left.last_organisation.their_id) == (
            "not_connected",
            None,
            acme.tenant_id,
        )
        assert left.facts.name == "Birch & Bell Ltd"
        assert not TokenSet.objects.exists()
        assert acme.xero.state.identity.connections == {}

    def test_is_done_too_where_xero_has_forgotten_already(self, acme):
        Connection.objects.update(link_id=their_id(acme))
        acme.connection.refresh_from_db()
        acme.xero.disconnect(acme.tenant_id)
        assert calls.disconnect(acme.connection, client=acme.client)
        assert not TokenSet.objects.exists()

    def test_keeps_everything_while_xero_gives_no_answer(self, acme):
        Connection.objects.update(link_id=their_id(acme))
        acme.connection.refresh_from_db()
        acme.xero.add_fault("status_503", path="/connections")
        with pytest.raises(Offline):
            calls.disconnect(acme.connection, client=acme.client)
        assert TokenSet.objects.exists()
        assert Connection.objects.get().status == "connected"

    def test_without_a_working_token_forgets_and_says_that_xero_was_not_told(self, acme):
        Connection.objects.update(link_id=their_id(acme))
        acme.connection.refresh_from_db()
        TokenSet.objects.update(expires_at=clock.now())
        acme.xero.clock.advance(61 * 86_400)
        assert not calls.disconnect(acme.connection, client=acme.client)
        assert not TokenSet.objects.exists()


class TestTheRowOfLimits:
    def test_is_left_alone_by_an_answer_that_says_nothing(self, acme):
        before = Connection.objects.values().get()
        calls.record_limits(acme.connection.pk, RemainingCalls(), NOW, is_well=False)
        assert Connection.objects.values().get() == before


def their_id(acme) -> str:
    return next(iter(acme.xero.state.identity.connections.values())).connection_id
