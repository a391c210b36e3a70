"""The buttons that ask Xero now: Look in Xero now, Try now, Try again."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from msgspec.structs import replace

from daybook.catalog.models import CatalogRead
from daybook.connections.models import Connection, Organisation
from daybook.kit import clock
from daybook.outbox.models import Entry
from daybook.web.access import zone_of
from daybook.web.templatetags.daybook import moment
from localxero.testing import signed_in
from tests.integration.web.conftest import take_in
from tests.integration.web.test_lists_and_documents import page, post, words

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drawn]


def delete_in_xero(cast, entry: Entry) -> None:
    person = signed_in(cast.xero, cast.tenant_id)
    answer = person.post("/Invoices", json={"Invoices": [{"InvoiceID": entry.their_id, "Status": "DELETED"}]})
    assert answer.status_code == 200


@pytest.fixture
def posted(acme) -> Entry:
    entry = take_in(acme)
    post(acme)
    entry.refresh_from_db()
    return entry


class TestLookInXeroNow:
    @pytest.mark.parametrize("name", ["document-look", "look"])
    def test_shows_what_a_person_did_there(self, logged_in, acme, posted, name):
        delete_in_xero(acme, posted)
        arguments = [posted.public_id] if name == "document-look" else []
        client = logged_in("accountant")
        answer = client.post(page(name, acme, *arguments), follow=True)
        assert "1 document changed there" in words(answer)
        shown = words(client.get(page("document", acme, posted.public_id)))
        assert "Deleted in Xero on" in shown
        assert "Voided or deleted in Xero" in words(client.get(page("overview", acme)))

    def test_says_so_where_nothing_changed_or_xero_is_away(self, logged_in, acme, posted):
        client = logged_in("accountant")
        look = page("document-look", acme, posted.public_id)
        assert "nothing has changed there" in words(client.post(look, follow=True))
        acme.xero.add_fault("organisation_offline")
        assert "Xero could not be looked at" in words(client.post(look, follow=True))

    @pytest.mark.parametrize("name", ["document", "overview"])
    def test_is_offered_to_who_may_press_it(self, logged_in, acme, posted, name):
        shown = page(name, acme, *([posted.public_id] if name == "document" else []))
        assert "Look in Xero now" in words(logged_in("accountant").get(shown))
        assert "Look in Xero now" not in words(logged_in("viewer").get(shown))


class TestTryNow:
    def test_ends_a_pause_of_ours_and_names_the_end_of_xeros(self, logged_in, acme):
        client, later = logged_in("accountant"), clock.now() + timedelta(hours=2)
        Connection.objects.update(paused_until=later, pause_reason="Xero is offline.")
        assert "The pause is over" in words(client.post(page("connection-resume", acme), follow=True))
        assert Connection.objects.get().paused_until is None
        Connection.objects.update(paused_until=later, retry_at=later)
        answer = words(client.post(page("connection-resume", acme), follow=True))
        with timezone.override(zone_of(acme.connection)):
            assert f"asked Daybook to wait until {moment(later)}" in answer
        assert Connection.objects.get().paused_until == later


class TestTryAgain:
    def test_reads_the_lock_date_first(self, logged_in, acme):
        Organisation.objects.update(lock_date=date(2026, 3, 31))
        held = take_in(acme)
        assert (held.state, held.cause) == ("held", "period_locked")
        books = acme.xero.books(acme.tenant_id)
        books.organisation = replace(books.organisation, period_lock_date=None)
        Connection.objects.update(paused_until=None)
        CatalogRead.objects.update(asked_at=clock.now() - timedelta(days=1))
        logged_in("accountant").post(page("document-retry", acme, held.public_id))
        held.refresh_from_db()
        assert held.state == "ready"
