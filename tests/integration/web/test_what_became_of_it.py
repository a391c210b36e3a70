"""An accounts person settles a document that was sent, of which nobody can find out any more whether it stands there."""

import pytest
from django.urls import reverse

from daybook.connections.models import Connection
from daybook.outbox.models import Entry
from daybook.outbox.states import State
from tests.integration.posting.test_drain import look, numbers_in_xero
from tests.integration.web.conftest import take_in
from tests.integration.web.test_lists_and_documents import page, post, words

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drawn]


@pytest.fixture
def unknown(acme) -> Entry:
    """Booked there, and the answer was lost."""
    entry = take_in(acme)
    acme.xero.add_fault("reset_after", method="PUT", times=10)
    post(acme)
    entry.refresh_from_db()
    assert entry.state == State.UNKNOWN, (entry.state, entry.detail)
    return entry


@pytest.fixture
def gone(acme, unknown) -> Entry:
    """The organisation asks for consent again, and nobody there can give it."""
    Connection.objects.filter(pk=acme.connection.pk).update(status=Connection.Status.NEEDS_CONSENT)
    return unknown


def settle(client, acme, entry: Entry, **said: str):
    return client.post(page("document-settle", acme, entry.public_id), said, follow=True)


class TestADocumentThatALookWillFind:
    def test_is_no_matter_for_a_person(self, logged_in, acme, unknown):
        client = logged_in("accountant")
        assert "Say what became of it" not in words(client.get(page("document", acme, unknown.public_id)))
        said = words(settle(client, acme, unknown, verdict="given_up"))
        assert "Nobody has to say what became of" in said
        unknown.refresh_from_db()
        assert unknown.state == State.UNKNOWN


class TestADocumentOfAnOrganisationThatIsGone:
    def test_offers_what_a_person_may_say_and_what_it_means(self, logged_in, acme, gone):
        client = logged_in("accountant")
        assert "Say what became of it" in words(client.get(page("document", acme, gone.public_id)))
        said = words(client.get(page("document-settle", acme, gone.public_id)))
        assert "Connect it again, if you can" in said
        assert "its number stays taken" in said
        assert "Daybook sends it again" not in said

    def test_counts_as_posted_where_somebody_saw_it_there(self, logged_in, acme, gone):
        settle(logged_in("accountant"), acme, gone, verdict="stands", their_id="INV-77", note="on paper")
        gone.refresh_from_db()
        assert (gone.state, gone.their_id) == (State.POSTED, "INV-77")
        told = gone.events.last()
        assert (told.new_state, told.mover, told.person is None) == (State.POSTED, "person", False)
        assert "on paper" in told.reason

    def test_asks_by_which_number_it_is_found_there(self, logged_in, acme, gone):
        answer = settle(logged_in("accountant"), acme, gone, verdict="stands")
        assert answer.status_code == 422
        assert "Type the number or id that it has there" in words(answer)
        gone.refresh_from_db()
        assert gone.state == State.UNKNOWN

    @pytest.mark.parametrize("verdict", ["", "missing", "nonsense"])
    def test_is_never_sent_again_by_what_a_form_says(self, logged_in, acme, gone, verdict):
        answer = settle(logged_in("accountant"), acme, gone, verdict=verdict)
        assert answer.status_code == 422
        gone.refresh_from_db()
        assert gone.state == State.UNKNOWN

    def test_is_given_up_with_its_number_taken_and_never_sent(self, logged_in, acme, gone):
        settle(logged_in("accountant"), acme, gone, verdict="given_up", note="sold the company")
        gone.refresh_from_db()
        assert (gone.state, gone.is_number_free) == (State.CANCELLED, False)
        assert gone.given_up_by is not None
        Connection.objects.filter(pk=acme.connection.pk).update(status=Connection.Status.CONNECTED)
        acme.xero.state.faults.clear()
        post(acme)
        assert numbers_in_xero(acme) == [gone.number]

    def test_that_comes_back_is_looked_for_as_ever(self, logged_in, acme, gone):
        Connection.objects.filter(pk=acme.connection.pk).update(status=Connection.Status.CONNECTED)
        acme.xero.state.faults.clear()
        look(acme)
        gone.refresh_from_db()
        assert gone.state == State.POSTED
        assert "Nobody has to say" in words(settle(logged_in("accountant"), acme, gone, verdict="given_up"))

    def test_is_nothing_for_a_viewer_or_another_company(self, logged_in, acme, gone):
        assert settle(logged_in("viewer"), acme, gone, verdict="given_up").status_code == 403
        elsewhere = reverse("web:document-settle", args=["unknowncompany", gone.public_id])
        assert logged_in("accountant").get(elsewhere).status_code == 404
