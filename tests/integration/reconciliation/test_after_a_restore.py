"""A database is put back to what it was while documents went on being posted: none is doubled, and all are taken up."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import pytest
from click.testing import CliRunner, Result
from django.conf import settings

from daybook.catalog.models import CatalogRead
from daybook.companies import people
from daybook.connections import home, roster, standing, stopping, tokens, whereabouts
from daybook.connections.models import Connection, PostingSettings, TokenSet
from daybook.connections.stopping import Why
from daybook.connections.whereabouts import Home
from daybook.documents.causes import Cause
from daybook.ending import closing
from daybook.history import sealing
from daybook.history.kinds import What
from daybook.history.models import Event, Removed
from daybook.intake.receive import receive
from daybook.kit import clock
from daybook.ledgers import registry
from daybook.ledgers.ledger import Ledger
from daybook.ops.backup import restoring, saving
from daybook.ops.cli import adopting
from daybook.ops.cli.app import daybook
from daybook.outbox import orphans
from daybook.outbox.models import Attempt, Entry
from daybook.reconciliation import witness
from daybook.reconciliation.report import compare_connection
from daybook.wire.errors import NotSent, Paused, Refused, WireError
from localxero import LocalXero
from localxero.testing import running
from tests.integration.posting.test_drain import look, post, states
from tests.integration.posting.test_killed_worker import one_mug
from tests.world import Cast, beyond_the_laws, connected, leave

FORGET = """
DELETE FROM outbox_attemptentry USING outbox_entry WHERE entry_id = outbox_entry.id AND number = 'B1';
DELETE FROM outbox_entry WHERE number = 'B1';
DELETE FROM orders_orderstanding USING orders_order WHERE order_id = orders_order.id AND orders_order.ref = 'B1';
DELETE FROM orders_revision USING orders_order WHERE order_id = orders_order.id AND orders_order.ref = 'B1';
DELETE FROM orders_delivery USING orders_order WHERE order_id = orders_order.id AND orders_order.ref = 'B1';
DELETE FROM orders_order WHERE ref = 'B1';
UPDATE outbox_entry SET state = 'ready', their_id = '', last_attempt_id = NULL, posted_at = NULL WHERE number = 'B2';
"""

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def acme() -> Cast:
    cast = connected(LocalXero(limits="off"), tracked=True, untouched=True)
    assert home.arrive() == ""
    return cast


def send(cast: Cast, *refs: str) -> None:
    for ref in refs:
        receive(cast.company, one_mug(ref))


def put_back(cast: Cast, saved: Path) -> None:
    """The operator restores; then the first process starts."""
    restoring.restore(saved)
    home.arrive()
    cast.connection.refresh_from_db()


def invoices(cast: Cast) -> list[str]:
    return sorted(invoice["InvoiceNumber"] for invoice in cast.invoices())


def stops(cast: Cast) -> set[str]:
    return set(Connection.objects.get(pk=cast.connection.pk).posting_stops)


class TestADatabaseThatWasPutBack:
    @pytest.fixture
    def saved(self, acme: Cast, tmp_path: Path) -> Path:
        """A backup of the middle: of ten orders two are posted, four wait; then all ten are posted."""
        send(acme, "A1", "A2")
        post(acme)
        send(acme, "B1", "B2", "B3", "B4")
        saving.save(tmp_path / "saved.zip")
        send(acme, "C1", "C2", "C3", "C4")
        post(acme)
        assert len(acme.invoices()) == len(acme.purchase_orders()) == 10
        return tmp_path / "saved.zip"

    def test_posts_nothing_and_renews_no_token_before_a_person_said_that_it_is_the_one(self, acme: Cast, saved: Path):
        put_back(acme, saved)
        before = TokenSet.objects.get().fingerprint
        TokenSet.objects.update(expires_at=clock.now())

        assert stops(acme) == {Why.RESTORED}
        post(acme)
        with pytest.raises(Paused):
            tokens.current_token(acme.connection.pk, now=clock.now(), client=acme.client)
        with pytest.raises(Paused):
            witness.adopt(acme.connection, acme.client)

        assert states(acme) == {"posted": 4, "ready": 8}
        assert TokenSet.objects.get().fingerprint == before
        assert len(acme.invoices()) == 10

    def test_takes_up_what_was_posted_since_and_recognises_what_comes_again(self, acme: Cast, saved: Path):
        put_back(acme, saved)

        home.confirm()
        found = witness.adopt(acme.connection, acme.client)

        assert (found.taken_up, found.unknown, found.is_whole) == (8, 8, True)
        assert states(acme) == {"posted": 12}
        assert stops(acme) == set()
        assert Event.objects.get(what=What.ADOPTED).after == {"taken_up": "8", "unknown": "8"}

        send(acme, "C1", "C2", "C3", "C4", "D1")  # the sender sends again what it has no receipt for
        post(acme)
        look(acme)
        post(acme)

        assert states(acme) == {"posted": 22}
        assert invoices(acme) == ["A1", "A2", "B1", "B2", "B3", "B4", "C1", "C2", "C3", "C4", "D1"]
        assert len(acme.purchase_orders()) == 11
        assert not orphans.waiting(acme.connection).exists()
        assert not Connection.objects.get(pk=acme.connection.pk).has_orphans
        report = compare_connection(acme.connection, acme.client)
        assert (report.agrees, report.difference) == (True, 0)

    def test_is_known_as_far_as_its_own_history_goes_whoever_stops_the_rest(self, acme: Cast, saved: Path):
        """The first process died before it had stopped every connection; orders came meanwhile."""
        put_back(acme, saved)
        told = Connection.objects.get().known_until
        Connection.objects.update(posting_stops={}, known_until=None)
        send(acme, "E1")
        home.arrive()
        assert stops(acme) == {Why.RESTORED}
        assert Connection.objects.get().known_until == told < Entry.objects.get(number="E1", kind="invoice").created_at

    def test_says_so_at_each_start_until_a_person_has_said_it(self, acme: Cast, saved: Path):
        put_back(acme, saved)
        assert adopting.doubt() == home.arrive() == home.MOVED
        home.confirm()
        assert adopting.doubt() == home.arrive() == ""
        assert stops(acme) == {Why.RESTORED}

    def test_does_not_go_on_with_an_adoption_that_was_under_way_when_it_was_saved(self, acme: Cast, saved: Path):
        put_back(acme, saved)
        for form in registry.ledger("xero").forms.values():
            CatalogRead.objects.create(
                organisation=acme.connection.organisation,
                resource=f"{form.listed_in}{witness.TAKEN_UP}",
                asked_at=clock.now(),
                read_at=clock.now(),
                whole_at=clock.now(),
            )
        home.confirm()
        found = witness.adopt(acme.connection, acme.client)
        assert (found.taken_up, found.unknown) == (8, 8)

    def test_keeps_a_persons_own_stop(self, acme: Cast, saved: Path):
        put_back(acme, saved)
        home.confirm()
        stopping.stop(acme.connection.pk, Why.PERSON, "the auditors are here")
        witness.adopt(acme.connection, acme.client)
        assert stops(acme) == {Why.PERSON}

    def test_that_an_older_version_saved_is_known_by_its_history(self, acme: Cast, saved: Path):
        restoring.restore(saved)
        Home.objects.all().delete()  # that version kept none
        assert home.arrive() == home.RESTORED
        assert stops(acme) == {Why.RESTORED}

    def test_is_taken_up_by_whoever_comes_next_where_the_first_came_half_of_the_way(
        self, acme: Cast, saved: Path, monkeypatch
    ):
        put_back(acme, saved)
        home.confirm()
        with monkeypatch.context() as patched:
            patched.setitem(registry.LEDGERS, "xero", without_purchase_orders(NotSent("no way there")))
            with pytest.raises(NotSent):
                witness.adopt(acme.connection, acme.client)
        assert (states(acme), stops(acme)) == ({"posted": 8, "ready": 4}, {Why.RESTORED})

        found = witness.adopt(acme.connection, acme.client)

        assert (found.taken_up, found.unknown) == (4, 8)
        assert (states(acme), stops(acme)) == ({"posted": 12}, set())


def without_purchase_orders(error: WireError) -> Ledger:
    """Xero, of which one list cannot be read."""

    def listed(*_of: object) -> NoReturn:
        raise error

    xero = registry.LEDGERS["xero"]
    orders = replace(xero.forms["purchase_order"], changed=listed, newest=listed)
    return replace(xero, forms={**xero.forms, "purchase_order": orders})


class TestWhatStandsThereUnderAnotherNumber:
    def test_waits_for_a_person(self, acme: Cast, tmp_path: Path):
        """A1 was posted as A1-R2 after the backup, in which it waits to be posted as A1."""
        send(acme, "A1")
        saving.save(tmp_path / "saved.zip")
        Entry.objects.update(number="A1-R2")
        for entry in Entry.objects.all():
            entry.document["number"] = "A1-R2"
            entry.public_id = f"{entry.public_id}x"
            entry.document["reference"] = f"[db:{entry.public_id}]"
            entry.save()
        post(acme)
        assert invoices(acme) == ["A1-R2"]

        put_back(acme, tmp_path / "saved.zip")
        home.confirm()
        witness.adopt(acme.connection, acme.client)
        post(acme)

        assert invoices(acme) == ["A1-R2"]
        assert set(Entry.objects.values_list("state", "cause", "subject")) == {
            ("held", Cause.MAY_STAND_THERE, "A1-R2"),
        }


class TestAConnectionThatLedElsewhereMeanwhile:
    def test_still_compares_with_what_was_found_where_it_leads_again(self, acme: Cast, tmp_path: Path):
        """What was found elsewhere and taken off the list there says nothing of what was found here."""
        saving.save(tmp_path / "saved.zip")
        send(acme, "C1")
        post(acme)
        put_back(acme, tmp_path / "saved.zip")
        home.confirm()
        witness.adopt(acme.connection, acme.client)
        row = Connection.objects.get()
        here, row.organisation = row.organisation, roster.organisation_of(row, "another")
        assert row.has_orphans

        orphans.dismiss(row, orphans.waiting(row), people.add_person("ann@acme.example"))
        row.organisation = here

        send(acme, "C1")
        post(acme)
        look(acme)
        post(acme)
        assert (states(acme), invoices(acme)) == ({"posted": 2}, ["C1"])


class TestABookThatWasPutBackByOtherMeans:
    """As with a snapshot of a disk: neither a place nor a marker tells it; only the ledger does."""

    @pytest.fixture
    def behind(self, acme: Cast) -> Cast:
        send(acme, "A1")
        post(acme)
        send(acme, "B1", "B2")
        post(acme)
        beyond_the_laws(FORGET)  # what a snapshot of before knows nothing of
        return acme

    def test_is_told_by_the_ledger_before_a_worker_that_starts_posts_anything(self, behind: Cast):
        assert witness.begin(clock.now()) == 1
        post(behind)
        assert states(behind) == {"posted": 2, "ready": 2}

        witness.run(behind.client, now=clock.now())

        behind.connection.refresh_from_db()
        (stop,) = stopping.standing(behind.connection)
        assert stop.why is Why.RESTORED
        assert "and 3 more that bear Daybook's mark" in stop.reason
        post(behind)
        assert states(behind) == {"posted": 2, "ready": 2}

        found = witness.adopt(behind.connection, behind.client)
        assert (found.taken_up, found.unknown) == (2, 2)
        send(behind, "B1")
        post(behind)
        look(behind)
        assert states(behind) == {"posted": 6}
        assert invoices(behind) == ["A1", "B1", "B2"]


class TestAStart:
    def test_asks_once_and_then_posts(self, acme: Cast):
        send(acme, "A1")
        witness.begin(clock.now())
        post(acme)
        assert states(acme) == {"ready": 2}
        witness.run(acme.client, now=clock.now())
        post(acme)
        assert states(acme) == {"posted": 2}
        assert witness.begin(clock.now()) == 0

    def test_does_not_take_for_a_stranger_what_is_under_way(self, acme: Cast):
        send(acme, "A1")
        post(acme)
        Entry.objects.filter(kind="invoice").update(state="unknown")
        Attempt.objects.update(result="unknown")
        witness.begin(clock.now())
        witness.run(acme.client, now=clock.now())
        assert stops(acme) == set()

    def test_that_is_refused_an_answer_says_so_and_does_not_ask_without_end(self, acme: Cast, monkeypatch):
        send(acme, "A1")
        witness.begin(clock.now())
        with monkeypatch.context() as patched:
            patched.setitem(registry.LEDGERS, "xero", without_purchase_orders(Refused("no such list", 404)))
            witness.run(acme.client, now=clock.now())

        row = Connection.objects.get()
        assert row.is_look_due
        assert witness.due(clock.now()) == []
        said = standing.blocked(row, clock.now())
        assert said is not None
        assert said.title == "Paused"

        standing.resume(row.pk, clock.now())
        witness.run(acme.client, now=clock.now())
        post(acme)
        assert states(acme) == {"posted": 2}

    def test_does_not_ask_a_connection_that_rests(self, acme: Cast):
        witness.begin(clock.now())
        Connection.objects.update(paused_until=clock.now() + witness.AGAIN_AFTER)
        witness.run(acme.client, now=clock.now())
        assert Connection.objects.get().is_look_due


class TestACopy:
    def test_beside_the_original_is_told_by_its_folder(self, acme: Cast):
        assert home.arrive("4711") == ""
        assert home.arrive("4711") == ""
        assert home.arrive("4712") == home.MOVED
        assert stops(acme) == {Why.RESTORED}

    def test_is_told_by_its_marker(self, acme: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(settings, "STATE_FOLDER", str(tmp_path))
        send(acme, "A1")
        sealing.seal_all()
        home.leave_marker()
        (marker,) = tmp_path.glob("daybook-*.json")
        assert json.loads(marker.read_text())["position"] == Event.objects.count()
        assert home.arrive() == ""

        last = Event.objects.count()
        marker.write_text(json.dumps({"position": last + 1}))
        Removed.objects.create(first=last + 1, last=last + 1, seal="a" * 64, certificate="gone")
        assert home.arrive() == ""  # what was last went with its company, which was deleted

        marker.write_text(json.dumps({"position": last + 2}))

        assert home.arrive() == home.BEHIND
        assert not whereabouts.is_sure()

    def test_may_not_end_the_connection_of_the_original(self, acme: Cast):
        home.arrive("4711")
        home.arrive("4712")
        with pytest.raises(Paused):
            witness.calls.disconnect(acme.connection, client=acme.client)
        assert TokenSet.objects.exists()
        assert PostingSettings.objects.exists()


class TestTheCommand:
    @pytest.fixture
    def served(self, settings) -> Iterator[Cast]:
        with running() as xero:
            settings.XERO_API_BASE = settings.XERO_IDENTITY_BASE = settings.XERO_LOGIN_BASE = xero.url
            cast = connected(xero.xero, untouched=True)
            home.arrive()
            yield cast

    def run(self, *options: str, typed: str = "") -> Result:
        return CliRunner().invoke(daybook, ["reconcile", "--adopt", *options], input=typed)

    def test_asks_whether_this_is_the_one_and_then_takes_everything_up(self, served: Cast, tmp_path: Path):
        send(served, "A1")
        saving.save(tmp_path / "saved.zip")
        send(served, "B1")
        post(served)
        restoring.restore(tmp_path / "saved.zip")

        refused = self.run(typed="n\n")
        assert refused.exit_code == 1
        assert "The database was restored from a backup, or copied" in refused.output
        assert states(served) == {"ready": 1}

        done = self.run("--yes")
        assert (done.exit_code, states(served)) == (0, {"posted": 1})
        assert "1 taken up as posted; 1 of orders that are not here or not ready, kept until those come" in done.output
        assert "Nothing is to be taken up" in self.run().output

    def test_asks_nothing_of_a_company_that_is_closed(self, served: Cast):
        closing.begin(served.company)
        closing.finish(served.company, years=7, client=served.client)
        home.arrive("4711")
        home.arrive("4712")
        assert stops(served) == {Why.RESTORED, Why.CLOSED}

        said = self.run("--yes")
        assert (said.exit_code, "Connect it again" in said.output) == (0, False)

        closing.reopen(served.company)
        assert stops(served) == {Why.RESTORED}

    def test_says_which_company_has_to_connect_again_first(self, served: Cast):
        home.stop(served.connection.pk, "", known_until=None)
        served.connection.refresh_from_db()
        leave(served.connection)
        said = self.run()
        assert said.exit_code == 1
        assert "not connected. Connect it again" in said.output
        assert stops(served) == {Why.RESTORED}

    def test_says_so_too_where_it_finds_out_only_now(self, served: Cast):
        home.stop(served.connection.pk, "", known_until=None)
        served.xero.disconnect(served.tenant_id)
        said = self.run()
        assert said.exit_code == 1
        assert "not connected. Connect it again" in said.output
        assert "could not be read" not in said.output
        assert stops(served) == {Why.RESTORED}
