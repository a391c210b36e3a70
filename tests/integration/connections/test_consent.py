"""A person's trip to Xero's consent page and back, on a local Xero that knows codes, secrets and scopes."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from daybook.companies.models import Company, Person
from daybook.connections import consent, failures, stopping
from daybook.connections.models import Connection, Consent, PostingSettings, TokenSet
from daybook.history.models import Event
from daybook.kit import clock
from tests.integration.connections.browser import decide
from tests.world import client_of

pytestmark = pytest.mark.django_db


def nothing_under_way(connection: Connection) -> bool:
    return False


def something_under_way(connection: Connection) -> bool:
    return True


def finish(xero, query, person, *, in_flight=nothing_under_way):
    return consent.finish(query, person, documents_in_flight=in_flight, client=client_of(xero))


def trip(xero, connection, person, *tenants, in_flight=nothing_under_way, **decision):
    """The whole way: Get Access Token, decide, come back."""
    return finish(
        xero, decide(xero, consent.begin(connection, person), *tenants, **decision), person, in_flight=in_flight
    )


@pytest.fixture
def gb(xero):
    return xero.tenant_id("GB")


@pytest.fixture
def au(xero):
    return xero.tenant_id("AU")


class TestAllowing:
    def test_fills_in_everything_the_settings_show_and_saves_it(self, xero, unconnected, ann, gb):
        trip(xero, unconnected, ann, gb)
        saved = Connection.objects.get(pk=unconnected.pk)
        assert saved.status == Connection.Status.CONNECTED
        assert (saved.organisation.their_id, saved.organisation.name) == (gb, "Birch & Bell Ltd")
        assert (saved.facts.country_code, saved.facts.base_currency, saved.facts.time_zone) == (
            "GB",
            "GBP",
            "Europe/London",
        )
        assert (saved.facts.short_code, saved.facts.edition) == ("!bR7cB", "BUSINESS")
        assert saved.connected_at is not None
        assert saved.link_id

    def test_stores_tokens_that_nobody_can_read_from_the_table(self, xero, unconnected, ann, gb):
        trip(xero, unconnected, ann, gb)
        stored = TokenSet.objects.get(connection=unconnected)
        assert len(stored.access_token.split(".")) == 3
        assert stored.access_token.encode() not in bytes(stored.access_token_sealed)
        assert stored.refresh_token.encode() not in bytes(stored.refresh_token_sealed)
        assert stored.expires_at > clock.now() + timedelta(minutes=29)

    def test_leaves_nothing_waiting_on_the_trip(self, xero, unconnected, ann, gb):
        trip(xero, unconnected, ann, gb)
        assert bytes(Consent.objects.get().tokens_sealed) == b""

    def test_keeps_neither_state_nor_verifier_in_the_clear(self, unconnected, ann):
        asked = parse_qs(urlsplit(consent.begin(unconnected, ann)).query)
        stored = Consent.objects.get()
        assert asked["state"][0] not in stored.state_hash
        assert stored.code_verifier.encode() not in bytes(stored.code_verifier_sealed)

    def test_again_of_the_same_organisation_keeps_what_is_known_and_ends_a_pause(self, xero, unconnected, ann, gb):
        trip(xero, unconnected, ann, gb)
        Connection.objects.update(
            status="needs_consent", status_reason="gone", paused_until=clock.now() + timedelta(hours=1)
        )
        trip(xero, Connection.objects.get(), ann, gb, in_flight=something_under_way)
        again = Connection.objects.get()
        assert (again.status, again.status_reason, again.paused_until) == (Connection.Status.CONNECTED, "", None)
        assert again.last_organisation.their_id == gb


class TestSeveralOrganisations:
    def test_are_offered_and_nothing_is_connected_yet(self, xero, unconnected, ann, gb, au):
        connection = trip(xero, unconnected, ann, gb, au)
        assert connection.status == Connection.Status.CHOOSING
        assert {row["name"] for row in connection.offered} == {
            "Birch & Bell Ltd",
            "Southern Print Co Pty Ltd",
        }
        assert connection.organisation is None
        assert not TokenSet.objects.exists()

    def test_become_the_chosen_one(self, xero, unconnected, ann, gb, au):
        connection = trip(xero, unconnected, ann, gb, au)
        consent.choose(connection, au, ann, documents_in_flight=nothing_under_way, client=client_of(xero))
        chosen = Connection.objects.get()
        assert (chosen.status, chosen.organisation.their_id, chosen.facts.base_currency) == ("connected", au, "AUD")
        assert chosen.facts.time_zone == "Australia/Sydney"
        assert chosen.offered == []

    def test_are_no_question_where_one_was_connected_before(self, xero, unconnected, ann, gb, au):
        trip(xero, unconnected, ann, gb)
        assert trip(xero, Connection.objects.get(), ann, au, gb).organisation.their_id == gb

    def test_cannot_be_chosen_from_outside_the_offer(self, xero, unconnected, ann, gb, au):
        connection = trip(xero, unconnected, ann, gb, au)
        with pytest.raises(failures.NotOfferedError):
            consent.choose(connection, "another", ann, documents_in_flight=nothing_under_way, client=client_of(xero))


def change_to(xero, person, tenant: str) -> None:
    """Consent to another organisation than before, and say that it is meant."""
    trip(xero, Connection.objects.get(), person, tenant)
    consent.choose(
        Connection.objects.get(), tenant, person, documents_in_flight=nothing_under_way, client=client_of(xero)
    )


class TestAnotherOrganisationThanBefore:
    def test_waits_while_documents_are_under_way_and_leaves_all_as_it_was(self, xero, unconnected, ann, gb, au):
        trip(xero, unconnected, ann, gb)
        before = TokenSet.objects.get().fingerprint
        with pytest.raises(failures.OtherOrganisationError, match="Birch & Bell"):
            trip(xero, Connection.objects.get(), ann, au, in_flight=something_under_way)
        connection = Connection.objects.get()
        assert (connection.status, connection.organisation.their_id) == ("connected", gb)
        assert TokenSet.objects.get().fingerprint == before

    def test_is_asked_about_and_can_be_declined(self, xero, unconnected, ann, gb, au):
        trip(xero, unconnected, ann, gb)
        token = TokenSet.objects.get().fingerprint
        trip(xero, Connection.objects.get(), ann, au)
        asked = Connection.objects.get()
        assert (asked.status, asked.organisation.their_id) == ("choosing", gb)
        assert "another organisation than before" in asked.status_reason
        assert consent.keep(asked, ann)
        told = Event.objects.latest("id")
        assert (told.what, told.person, told.after) == ("kept", ann, {"organisation": asked.facts.name})
        kept = Connection.objects.get()
        assert (kept.status, kept.organisation.their_id, kept.offered) == ("connected", gb, [])
        assert TokenSet.objects.get().fingerprint == token

    def test_takes_over_facts_and_all_when_nothing_is(self, xero, unconnected, ann, gb, au):
        trip(xero, unconnected, ann, gb)
        change_to(xero, ann, au)
        connection = Connection.objects.get()
        assert (
            connection.organisation.their_id,
            connection.last_organisation.their_id,
            connection.facts.base_currency,
        ) == (au, gb, "AUD")

    def test_wants_a_first_look_of_its_own(self, xero, unconnected, ann, gb, au):
        trip(xero, unconnected, ann, gb)
        trip(xero, Connection.objects.get(), ann, gb)
        assert not Connection.objects.get().is_posting_stopped  # the same again is nothing new
        change_to(xero, ann, au)
        (block,) = stopping.blocks(Connection.objects.get())
        assert block.words.startswith("Nobody has approved a document for Southern Print Co Pty Ltd so far.")

    def test_wants_its_contact_named_anew(self, xero, unconnected, ann, gb, au):
        trip(xero, unconnected, ann, gb)
        PostingSettings.objects.create(connection=unconnected, contact_name="Orders", contact_id="an id of GB")
        trip(xero, Connection.objects.get(), ann, gb)
        assert PostingSettings.objects.get().contact_id == "an id of GB"
        change_to(xero, ann, au)
        assert (PostingSettings.objects.get().contact_name, PostingSettings.objects.get().contact_id) == ("Orders", "")

    def test_never_keeps_the_currency_of_the_first_where_the_second_does_not_answer(
        self, xero, unconnected, ann, gb, au
    ):
        trip(xero, unconnected, ann, gb)
        xero.add_fault("status_503", path="/api.xro/")
        change_to(xero, ann, au)
        connection = Connection.objects.get()
        assert (connection.organisation.their_id, connection.status) == (au, "connected")
        assert (connection.facts.base_currency, connection.facts.name) == ("", "Southern Print Co Pty Ltd")


class TestAnOrganisationOfAnotherCompany:
    def test_is_refused_without_naming_that_company(self, xero, unconnected, ann, gb):
        trip(xero, unconnected, ann, gb)
        birch = Connection.objects.create(company=Company.objects.create(name="Birch"), client_id="client")
        birch.client_secret = "secret"
        birch.save()
        with pytest.raises(failures.OrganisationTakenError) as caught:
            trip(xero, birch, ann, gb)
        assert "Acme" not in str(caught.value)
        assert caught.value.connection.company == birch.company
        birch.refresh_from_db()
        assert (birch.status, birch.organisation) == ("not_connected", None)
        assert not TokenSet.objects.filter(connection=birch).exists()


class TestAState:
    def test_works_once(self, xero, unconnected, ann, gb):
        query = decide(xero, consent.begin(unconnected, ann), gb)
        finish(xero, query, ann)
        with pytest.raises(failures.ReplayedError):
            finish(xero, query, ann)
        assert Connection.objects.get().status == "connected"

    @pytest.mark.parametrize("state", ["", "made-up"])
    def test_that_nobody_was_given_leads_nowhere(self, xero, unconnected, ann, gb, state):
        query = decide(xero, consent.begin(unconnected, ann), gb) | {"state": state}
        with pytest.raises(failures.UnknownTripError):
            finish(xero, query, ann)

    def test_of_another_person_leads_nowhere_and_names_nothing(self, xero, unconnected, ann, gb):
        ben = Person.objects.create_user("ben@birch.example")
        query = decide(xero, consent.begin(unconnected, ann), gb)
        with pytest.raises(failures.SomebodyElsesError) as caught:
            finish(xero, query, ben)
        assert caught.value.connection is None
        finish(xero, query, ann)  # and is still good for the person who began it

    def test_is_good_for_half_an_hour(self, xero, unconnected, ann, gb):
        query = decide(xero, consent.begin(unconnected, ann), gb)
        Consent.objects.update(created_at=clock.now() - timedelta(minutes=31))
        with pytest.raises(failures.TooLateError):
            finish(xero, query, ann)


class TestXeroSaysNo:
    def test_where_the_person_denied(self, xero, unconnected, ann):
        with pytest.raises(failures.ConsentDeniedError, match="not allowed"):
            trip(xero, unconnected, ann, decision="deny")

    def test_where_the_code_is_too_old(self, xero, unconnected, ann, gb):
        query = decide(xero, consent.begin(unconnected, ann), gb)
        xero.clock.advance(301)
        with pytest.raises(failures.CodeOverError, match="http://localhost:8000/xero/callback"):
            finish(xero, query, ann)

    def test_where_the_secret_is_wrong(self, xero, unconnected, ann, gb):
        unconnected.client_secret = "typed badly"
        unconnected.save()
        with pytest.raises(failures.AppRefusedError, match="Client Secret"):
            trip(xero, unconnected, ann, gb)

    def test_where_the_scopes_are_not_the_apps(self, xero, unconnected, ann):
        state = parse_qs(urlsplit(consent.begin(unconnected, ann)).query)["state"][0]
        with pytest.raises(failures.ScopeRefusedError, match="invalid_scope"):
            finish(xero, {"error": "invalid_scope", "state": state}, ann)

    def test_where_its_login_is_down_and_the_next_trip_works(self, xero, unconnected, ann, gb):
        fault = xero.add_fault("status_503", path="/connect/token", times=1)
        with pytest.raises(failures.LedgerSilentError, match="clear answer"):
            trip(xero, unconnected, ann, gb)
        assert fault.struck == 1
        assert trip(xero, unconnected, ann, gb).status == "connected"

    def test_where_no_organisation_came_of_it(self, xero, unconnected, ann, gb):
        query = decide(xero, consent.begin(unconnected, ann), gb)
        xero.disconnect(gb)
        with pytest.raises(failures.NoOrganisationError, match="uncertified"):
            finish(xero, query, ann)

    @pytest.mark.parametrize("error", ["temporarily_unavailable", "server_error", "unauthorized_client", "what_ever"])
    def test_in_each_way_with_words_and_a_place_to_go_back_to(self, xero, unconnected, ann, error):
        state = parse_qs(urlsplit(consent.begin(unconnected, ann)).query)["state"][0]
        with pytest.raises(consent.ConsentError) as caught:
            finish(xero, {"error": error, "state": state}, ann)
        assert len(str(caught.value)) > 40
        assert caught.value.connection.company == unconnected.company


class TestAnAppThatIsNotFilledIn:
    def test_leads_to_no_consent_page(self, unconnected, ann):
        unconnected.client_secret = ""
        unconnected.save()
        with pytest.raises(failures.UnfinishedAppError):
            consent.begin(unconnected, ann)
