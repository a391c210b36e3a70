"""A wrong Client Secret is found out when it is saved, stays shown, and the right one cures it at once."""

from datetime import timedelta

import pytest

from daybook.connections import credentials, standing, tokens
from daybook.connections.models import Connection, TokenSet
from daybook.connections.standing import Cure
from daybook.kit import clock
from daybook.posting import drain
from daybook.wire.errors import Misconfigured, NotSent
from tests.integration.posting.test_drain import age, states
from tests.world import connected

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def acme(xero):
    return connected(xero, untouched=True)


def row() -> Connection:
    return Connection.objects.get()


def secret_is(secret: str) -> Connection:
    connection = row()
    connection.client_secret = secret
    connection.save()
    return connection


class TestTryingAnApp:
    def test_takes_the_right_one_and_spends_nothing(self, acme):
        before = TokenSet.objects.values().get()
        assert credentials.try_app(acme.connection, client=acme.client) == ""
        assert TokenSet.objects.values().get() == before
        asked = acme.xero.state.journal.entries()[-1]
        assert (asked.path, asked.status) == ("/connect/token", 400)
        later = tokens.current_token(
            acme.connection.pk, now=clock.now(), client=acme.client, at_least=timedelta(hours=1)
        )
        assert later.fingerprint != before["fingerprint"]

    @pytest.mark.parametrize("credential", [{"client_secret": "wrong"}, {"client_id": "unknown"}, {"client_id": ""}])
    def test_names_a_wrong_one_and_rests(self, acme, credential):
        connection = row()
        for name, value in credential.items():
            setattr(connection, name, value)
        connection.save()
        assert "Client" in credentials.try_app(connection, client=acme.client)
        trouble = standing.blocked(row(), clock.now())
        assert (trouble.cure, "press Save" in trouble.words) == (Cure.APP, True)

    def test_learns_nothing_while_xeros_login_is_away(self, acme):
        acme.xero.add_fault("reset_before", path="/connect/token")
        with pytest.raises(NotSent):
            credentials.try_app(acme.connection, client=acme.client)
        assert standing.blocked(row(), clock.now()) is None


class TestAWrongSecret:
    def test_holds_everything_back_and_the_right_one_lets_it_go_at_once(self, acme):
        acme.ready_invoice()
        credentials.try_app(secret_is("wrong"), client=acme.client)
        age(acme.company.id)
        drain.drain(acme.connection.id, acme.client)
        assert states(acme) == {"ready": 1}
        assert credentials.try_app(secret_is("secret"), client=acme.client) == ""
        assert standing.blocked(row(), clock.now()) is None
        drain.drain(acme.connection.id, acme.client)
        assert states(acme) == {"posted": 1}

    def test_replaced_at_xero_is_found_with_the_next_token_and_stays_shown(self, acme):
        secret_is("of last year")
        TokenSet.objects.update(expires_at=clock.now())
        acme.ready_invoice()
        age(acme.company.id)
        drain.drain(acme.connection.id, acme.client)
        assert standing.blocked(row(), clock.now()).cure == Cure.APP
        standing.pause(acme.connection.pk, clock.now() + timedelta(hours=2), "something else")
        Connection.objects.update(paused_until=None)
        assert standing.blocked(row(), clock.now()).cure == Cure.APP
        with pytest.raises(Misconfigured):
            tokens.current_token(acme.connection.pk, now=clock.now(), client=acme.client)

    def test_is_tried_again_before_its_pause_ends_and_may_be_cured_at_xero(self, acme):
        credentials.try_app(secret_is("made at Xero later"), client=acme.client)
        first = row().paused_until
        credentials.try_refused(acme.client)
        assert row().paused_until == first  # not yet
        Connection.objects.update(paused_until=clock.now() + timedelta(minutes=5))
        credentials.try_refused(acme.client)
        assert row().paused_until > clock.now() + timedelta(minutes=14)
        secret_is("secret")
        Connection.objects.update(paused_until=clock.now() + timedelta(minutes=5))
        credentials.try_refused(acme.client)
        assert (row().paused_until, row().pause_cause) == (None, "")

    def test_that_cannot_be_opened_keeps_no_other_from_being_tried(self, acme, xero):
        birch = connected(xero, "Birch", "AU")
        Connection.objects.update(pause_cause="app", paused_until=clock.now() + timedelta(minutes=5))
        Connection.objects.filter(pk=acme.connection.pk).update(client_secret_sealed=b"of another key")
        credentials.try_refused(acme.client)
        birch.connection.refresh_from_db()
        assert (birch.connection.paused_until, birch.connection.pause_cause) == (None, "")

    def test_does_not_end_a_wait_that_xero_named(self, acme):
        credentials.try_app(secret_is("wrong"), client=acme.client)
        at = clock.now() + timedelta(hours=3)
        Connection.objects.update(retry_at=at, paused_until=at)
        credentials.try_app(secret_is("secret"), client=acme.client)
        assert row().paused_until == at
