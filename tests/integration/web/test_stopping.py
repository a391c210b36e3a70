"""Stop posting on the pages: who may, what everybody of the company reads, and what lets it go on."""

import pytest
from django.test import Client

from daybook.connections import stopping
from daybook.connections.models import Connection
from daybook.connections.stopping import Why
from daybook.history.kinds import Mover
from daybook.history.models import Event
from daybook.intake import outlook
from daybook.kit import clock
from daybook.ops.cli import configure, status
from daybook.ops.cli import stopping as commands
from daybook.ops.metrics import reading
from daybook.ops.processes.stops import Stop
from tests.world import Cast

pytestmark = pytest.mark.django_db


def page(cast: Cast, place: str = "") -> str:
    return f"/c/{cast.company.public_id}/{place}"


def stop(browser: Client, cast: Cast, reason: str = "The auditor looks first") -> None:
    answer = browser.post(page(cast, "connection/stop/"), {"reason": reason})
    assert answer.status_code == 302


def is_stopped() -> bool:
    return Connection.objects.get().is_posting_stopped


class TestAnAccountant:
    def test_stops_it_with_a_reason_and_lets_it_go_on(self, acme, logged_in):
        browser = logged_in("accountant")
        stop(browser, acme)
        shown = browser.get(page(acme, "connection/rooms/stop/")).content.decode()
        assert "by accountant@acme.example: The auditor looks first" in shown
        assert browser.post(page(acme, "connection/lift/")).status_code == 302
        assert not is_stopped()
        told = Event.objects.filter(what__in=["stopped", "lifted"]).values_list("what", "person__email", "reason")
        assert list(told) == [
            ("stopped", "accountant@acme.example", "The auditor looks first"),
            ("lifted", "accountant@acme.example", ""),
        ]

    @pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
    def test_stops_nothing_without_a_reason_that_others_can_read(self, acme, logged_in, reason):
        browser = logged_in("accountant")
        stop(browser, acme, reason)
        assert not is_stopped()
        assert "Nothing was stopped" in browser.get(page(acme, "connection/rooms/stop/")).content.decode()

    def test_finds_it_as_it_was_after_try_now_a_save_and_other_causes(self, acme, logged_in):
        browser = logged_in("accountant")
        stopping.stop(acme.connection.pk, Why.RESTORED, "Xero holds more")
        stop(browser, acme)
        browser.post(page(acme, "connection/resume/"), {"back": page(acme)})
        browser.post(page(acme, "connection/app/"), {"client_id": "another", "client_secret": ""})
        assert set(Connection.objects.get().posting_stops) == {"person", "restored"}
        browser.post(page(acme, "connection/lift/"))
        assert set(Connection.objects.get().posting_stops) == {"restored"}


class TestEverybodyElse:
    def test_reads_it_on_every_page_and_a_viewer_changes_nothing(self, acme, logged_in):
        stop(logged_in("owner"), acme)
        viewer = logged_in("viewer")
        for place in ("", "orders/", "documents/", "connection/", "costs/"):
            shown = viewer.get(page(acme, place)).content.decode()
            assert ("Posting to Xero is stopped" in shown, "The auditor looks first" in shown) == (True, True), place
        assert viewer.post(page(acme, "connection/lift/")).status_code == 403
        assert viewer.post(page(acme, "connection/stop/"), {"reason": "me too"}).status_code == 403
        assert is_stopped()

    def test_of_another_company_is_told_that_there_is_no_such_page(self, acme, birch, logged_in):
        assert logged_in("owner").post(page(birch, "connection/stop/"), {"reason": "no"}).status_code == 404


class TestMachines:
    def test_read_it_in_status_metrics_and_of_each_order(self, acme):
        entry = acme.ready_invoice()
        stopping.stop(acme.connection.pk, Why.PERSON, "The auditor looks first")
        read = status.read(clock.now())
        assert "The auditor looks first" in read.companies[0].connections[0].posting_stopped[0]
        assert read.needs_a_person
        samples = [each for each in reading.read(clock.now()) if each.family.name == "daybook_posting_stopped"]
        assert [(each.labels[-1], each.value) for each in samples] == [("person", 1)]
        said = outlook.of_orders(acme.company, [entry.order_id])[entry.order_id]
        assert "posting to Xero is stopped" in said.explanation

    def test_stop_and_lift_it_from_the_command_line(self, acme):
        with pytest.raises(Stop, match="say why"):
            commands.change(acme.connection, configure.parse("posting=off"), "")
        assert commands.change(acme.connection, configure.parse("posting=off"), "Moving house")
        assert commands.shown(Connection.objects.get()).startswith("off: Posting to Xero is stopped")
        stopping.stop(acme.connection.pk, Why.RESTORED, "restored", mover=Mover.DAYBOOK)
        assert commands.change(acme.connection, configure.parse("posting=on"), "")
        [left] = commands.left(acme.connection)  # and says so
        assert "restored" in left
        stopping.lift(acme.connection.pk, Why.RESTORED, mover=Mover.DAYBOOK)
        assert commands.shown(Connection.objects.get()) == "on"
        with pytest.raises(Stop, match="on or off"):
            commands.change(acme.connection, configure.parse("posting=perhaps"), "")
