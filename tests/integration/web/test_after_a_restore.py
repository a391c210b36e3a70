"""What everybody reads after a restore, and what an accountant presses."""

import pytest

from daybook.connections import home
from daybook.connections.models import Connection
from daybook.connections.stopping import Why
from daybook.kit import clock
from daybook.outbox.models import Orphan
from tests.world import Cast

pytestmark = pytest.mark.django_db


def page(cast: Cast, place: str = "") -> str:
    return f"/c/{cast.company.public_id}/{place}"


@pytest.fixture
def behind(acme: Cast) -> Cast:
    """What Xero holds more was seen, and is not taken up yet."""
    home.arrive()
    home.stop(acme.connection.pk, "Xero holds INV-9, which bears Daybook's mark", known_until=clock.now())
    return acme


@pytest.fixture
def orphan(acme: Cast) -> Orphan:
    Connection.objects.update(has_orphans=True)
    return Orphan.objects.create(
        company=acme.company, organisation=acme.connection.organisation, kind="invoice", mark="m", number="INV-9",
        stem="INV-9", their_id="9", gross="12.50", currency="GBP", stood_at=clock.now(),
    )  # fmt: skip


class TestEverybody:
    def test_reads_on_every_page_that_nothing_is_posted_and_why(self, behind: Cast, logged_in):
        browser = logged_in("viewer")
        for place in ("", "orders/", "documents/"):
            text = browser.get(page(behind, place)).content.decode()
            assert "Posting to Xero is stopped" in text
            assert "Xero holds INV-9, which bears Daybook&#x27;s mark" in text
        assert "Take up what Xero holds" not in browser.get(page(behind, "connection/")).content.decode()
        assert browser.post(page(behind, "connection/adopt/")).status_code == 403

    def test_sees_the_documents_whose_orders_are_not_here(self, acme: Cast, orphan: Orphan, logged_in):
        text = logged_in("viewer").get(page(acme, "connection/")).content.decode()
        assert "INV-9" in text
        assert "12.50" in text
        assert "Not one of ours" not in text


class TestAnAccountant:
    def test_takes_up_what_is_there(self, behind: Cast, logged_in):
        browser = logged_in("accountant")
        assert "Take up what Xero holds" in browser.get(page(behind, "connection/")).content.decode()
        answer = browser.post(page(behind, "connection/adopt/"), follow=True)
        assert "0 documents taken up as posted. Posting goes on" in answer.content.decode()
        assert not Connection.objects.get().is_posting_stopped

    def test_cannot_say_that_a_copy_is_the_one_that_posts(self, acme: Cast, logged_in):
        home.arrive("4711")
        home.arrive("4712")
        browser = logged_in("accountant")
        assert "Take up what Xero holds" not in browser.get(page(acme, "connection/")).content.decode()
        answer = browser.post(page(acme, "connection/adopt/"), follow=True)
        assert "whoever runs Daybook must say first" in answer.content.decode()
        assert Why.RESTORED in Connection.objects.get().posting_stops

    def test_takes_off_the_list_what_is_of_no_order(self, acme: Cast, orphan: Orphan, logged_in):
        browser = logged_in("accountant")
        browser.post(page(acme, "connection/dismiss/"), {"which": "nonsense"})
        assert Connection.objects.get().has_orphans
        browser.post(page(acme, "connection/dismiss/"), {"which": str(orphan.pk)})
        assert "INV-9" not in browser.get(page(acme, "connection/")).content.decode().split("messages")[0].replace(
            "taken off", ""
        )
        assert not Connection.objects.get().has_orphans

    def test_of_another_company_does_not_reach_it(self, acme: Cast, birch: Cast, orphan: Orphan, logged_in):
        browser = logged_in("accountant")
        assert browser.post(page(birch, "connection/dismiss/"), {"which": "all"}).status_code == 404
        assert Connection.objects.get(pk=acme.connection.pk).has_orphans
