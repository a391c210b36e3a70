"""Nothing posts by itself before a person has approved one document: that one goes, then posting is switched on."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection as database
from django.db import transaction
from django.test import Client

from daybook.companies.models import Company
from daybook.connections import roster, stopping
from daybook.connections.models import Connection
from daybook.connections.stopping import Why
from daybook.history.models import Event
from daybook.kit import clock
from daybook.ops.cli import configure
from daybook.ops.cli import stopping as commands
from daybook.outbox import approving
from daybook.outbox.models import Entry
from daybook.posting import drain as draining
from daybook.posting import sweeping
from tests.integration.intake.test_many_at_once import wait_for_a_lock
from tests.integration.web.conftest import take_in
from tests.world import Cast

pytestmark = pytest.mark.django_db(transaction=True)
LARGER = {"id": "1", "sku": "MUG", "description": "Mug", "quantity": 9, "unit_price": "99.00", "tax_rate": "0.2"}


@pytest.fixture
def new(acme) -> Cast:
    """Acme as a company that was set up just now."""
    Connection.objects.filter(pk=acme.connection.pk).update(posting_stops=stopping.from_the_start())
    return acme


def page(cast: Cast, place: str = "") -> str:
    return f"/c/{cast.company.public_id}/{place}"


def approve(browser: Client, cast: Cast, entry: Entry) -> int:
    """Approve it as it is now."""
    seen = approving.digest(Entry.objects.get(pk=entry.pk))
    return browser.post(page(cast, f"documents/{entry.public_id}/approve/"), {"seen": seen}).status_code


def drain(cast: Cast) -> list[str]:
    """Post all that may go; return the numbers that the books hold."""
    draining.drain(cast.connection.pk, cast.client)
    return sorted(each["InvoiceNumber"] for each in cast.invoices())


class TestTheFirstDocument:
    def test_is_approved_and_goes_alone_and_then_all_goes(self, new, logged_in):
        browser, first, second = logged_in("accountant"), take_in(new, 1001), take_in(new, 1002)
        assert drain(new) == []
        assert sweeping.due(clock.now()) == []
        assert "Look at the first" in browser.get(page(new)).content.decode()
        shown = browser.get(page(new, f"documents/{first.public_id}/")).content.decode()
        assert "Nothing posts by itself yet" in shown
        assert approve(browser, new, first) == approve(browser, new, first) == 302
        assert sweeping.due(clock.now()) == [new.connection.pk]  # found again, should the job be lost
        assert drain(new) == ["ORD-1001"]
        assert (
            Event.objects.filter(subject_kind="entry", subject_id=first.pk, reason__contains="approved it").count() == 1
        )
        assert "Switch posting on" in browser.get(page(new)).content.decode()
        assert "1 document that waits goes" in " ".join(
            browser.get(page(new, "connection/switch-on/")).content.decode().split()
        )
        browser.post(page(new, "connection/switch-on/"))
        assert drain(new) == ["ORD-1001", "ORD-1002"]
        assert "Nothing posts by itself" not in browser.get(page(new)).content.decode()
        second.refresh_from_db()
        assert second.state == "posted"

    def test_that_says_something_else_by_then_does_not_go_unseen(self, new, logged_in):
        browser, first = logged_in("accountant"), take_in(new, 1001)
        approve(browser, new, first)
        take_in(new, 1001, lines=[LARGER])
        assert drain(new) == []
        assert "was not switched on" in browser.post(page(new, "connection/switch-on/"), follow=True).content.decode()
        approve(browser, new, first)
        assert drain(new) == ["ORD-1001"]

    def test_that_says_something_else_than_the_page_that_was_opened_is_looked_at_again(self, new, logged_in):
        browser, first = logged_in("accountant"), take_in(new, 1001)
        address = page(new, f"documents/{first.public_id}/")
        opened = browser.get(address).context["seen"]
        take_in(new, 1001, lines=[LARGER])
        answer = browser.post(f"{address}approve/", {"seen": opened}, follow=True).content.decode()
        assert "It says something else since you opened this page" in answer
        assert drain(new) == []
        now = browser.get(address)
        assert f'name="seen" value="{now.context["seen"]}"' in now.content.decode()
        browser.post(f"{address}approve/", {"seen": now.context["seen"]})
        assert drain(new) == ["ORD-1001"]

    def test_has_to_be_approved_before_posting_is_switched_on(self, new, logged_in):
        take_in(new)
        answer = logged_in("accountant").post(page(new, "connection/switch-on/"), follow=True)
        assert "No document that you approved stands there yet" in answer.content.decode()
        assert drain(new) == []

    def test_waits_again_where_something_else_stopped_posting_meanwhile(self, new, logged_in):
        browser, entry = logged_in("accountant"), take_in(new)
        approve(browser, new, entry)
        stopping.stop(new.connection.pk, Why.PERSON, "The auditor looks first")
        assert drain(new) == []
        approve(browser, new, entry)
        stopping.lift(new.connection.pk, Why.PERSON)
        assert drain(new) == []
        approve(browser, new, entry)
        assert drain(new) == ["ORD-1001"]

    def test_is_approved_by_nobody_who_may_only_look_and_by_no_other_company(self, new, birch, logged_in):
        theirs, ours = take_in(birch), take_in(new)
        assert approve(logged_in("viewer"), new, ours) == 403
        owner = logged_in()
        assert approve(owner, new, theirs) == approve(owner, birch, theirs) == 404
        assert owner.get(page(birch, "connection/switch-on/")).status_code == 404
        assert not Connection.objects.exclude(let_through=[]).exists()

    def test_is_not_locked_while_its_connection_is_waited_for(self, new, logged_in):
        """Others lock the connection and then the document: two who did it the other way would wait for each other."""
        browser, entry = logged_in("accountant"), take_in(new)

        def approve_now() -> int:
            try:
                return approve(browser, new, entry)
            finally:
                database.close()

        with ThreadPoolExecutor(1) as pool:
            with transaction.atomic():
                stopping.locked(new.connection.pk)
                waiting = pool.submit(approve_now)
                wait_for_a_lock()
                assert Entry.objects.select_for_update(nowait=True).get(pk=entry.pk)
            assert waiting.result() == 302
        assert drain(new) == ["ORD-1001"]

    def test_counts_as_approved_by_the_command_line(self, new):
        take_in(new)
        assert commands.shown(Connection.objects.get(pk=new.connection.pk)).startswith(
            "off: Nothing posts by itself yet"
        )
        assert commands.change(new.connection, configure.parse("posting=on"), "")
        assert drain(new) == ["ORD-1001"]


def test_every_new_connection_that_is_posted_to_by_calls_waits_for_it():
    company = Company.objects.create(name="Cedar")
    assert roster.first(company).posting_stops.keys() == {"first_look"}
    assert roster.add(company).posting_stops.keys() == {"first_look"}
    assert roster.add(company, ledger="files").posting_stops == {}
