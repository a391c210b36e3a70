"""Order files on a real SFTP server: exactly one for each order, whatever dies, hangs or is collected in between."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import pytest

from daybook.companies.models import Company, Person
from daybook.connections import folders, home, reaching, roster, stopping
from daybook.connections.models import Connection
from daybook.connections.places import FileAccess
from daybook.connections.stopping import Why
from daybook.documents.kinds import Kind
from daybook.documents.order_file import Item, OrderFile
from daybook.intake import prepare
from daybook.intake.receive import receive
from daybook.kit import clock, ids
from daybook.orders.models import Order, OrderStanding, Revision
from daybook.outbox import confirmed, entering, orphans
from daybook.outbox.models import Attempt, Entry
from daybook.posting import drain
from daybook.reconciliation import witness
from daybook.reconciliation.resolve import Patience, resolve
from daybook.wire.http import HttpClient
from localxero import LocalXero
from tests.sftp_server import USER, SftpServer, sftp_server
from tests.world import connected, feed_of

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = Patience(call_timeout=timedelta(seconds=1), look_after=timedelta(seconds=5))


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with sftp_server(tmp_path_factory.mktemp("sftp")) as server:
        yield server


@pytest.fixture
def server(running: SftpServer, settings) -> SftpServer:
    settings.CALL_TIMEOUT_SECONDS = 0.5
    running.reset()
    running.authorized.clear()
    return running


@dataclass
class Sender:
    """Acme, whose orders go to the server as files."""

    company: Company
    connection: Connection
    server: SftpServer
    made: int = 0

    def due(self, count: int = 1, number: str = "") -> list[Entry]:
        return [self._due(number) for _ in range(count)]

    def _due(self, number: str) -> Entry:
        self.made += 1
        source_id = f"{self.made}"
        order = Order.objects.create(
            company=self.company, feed=feed_of(self.company), source_id=source_id, ref=number or f"WEB-{self.made}"
        )
        revision = Revision.objects.create(
            company=self.company, order=order, number=1, content={}, content_hash=hashlib.sha256(b"").hexdigest()
        )
        Order.objects.filter(pk=order.pk).update(
            current_revision=revision, changed_at=clock.now() - timedelta(minutes=1)
        )
        OrderStanding.objects.create(
            company=self.company, order=order, connection=self.connection, standing=Order.Standing.DOCUMENTED
        )
        order.refresh_from_db()
        batch = entering.Batch(company_id=self.company.pk, now=clock.now())
        entry = entering.enter(
            batch,
            order=order,
            kind=Kind.ORDER_FILE,
            generation=1,
            organisation_id=self.connection.organisation.pk,
            identity=self.connection.organisation.identity,
            number=order.ref,
            public_id=ids.public_id(),
            mapped=OrderFile(id=source_id, ref=order.ref, items=(Item(sku="MUG", quantity=Decimal(2)),)),
        )
        entering.save(batch)
        return entry

    def send(self) -> None:
        drain.drain(self.connection.pk, HttpClient(10))

    def go_on(self) -> None:
        """End what rests, as a person's Try now does."""
        Connection.objects.update(paused_until=None)

    def look(self) -> None:
        self.go_on()
        resolve(HttpClient(10), now=clock.now() + timedelta(minutes=10), patience=PATIENCE)

    def states(self) -> list[str]:
        return list(Entry.objects.order_by("id").values_list("state", flat=True))

    def there(self) -> list[str]:
        return sorted(path.name for path in self.server.root.iterdir())

    def pause(self) -> str:
        self.connection.refresh_from_db()
        return self.connection.pause_reason


def on_server(server: SftpServer) -> FileAccess:
    return FileAccess(place="server", host="127.0.0.1", port=server.port, username=USER, path="/")


@pytest.fixture
def acme(server: SftpServer) -> Sender:
    """Connected as a person does it: the place, our key at the server, theirs compared, listed."""
    company = Company.objects.create(name="Acme")
    connection = roster.add(company, ledger="files")
    access = reaching.save(connection, on_server(server))
    server.authorized.append(access.public_key.split()[1])
    shown = reaching.check(connection)
    assert shown is not None
    reaching.trust(connection, shown.fingerprint)
    assert reaching.check(connection) is None
    connection.refresh_from_db()
    return Sender(company, connection, server)


class TestConnecting:
    def test_ends_at_a_folder_that_was_listed(self, acme, server):
        assert acme.connection.is_connected
        assert acme.connection.organisation.their_id == f"sftp://127.0.0.1:{server.port}/"
        assert acme.connection.started_at is not None

    def test_shows_and_sends_nothing_to_a_server_that_nobody_has_confirmed(self, server):
        connection = roster.add(Company.objects.create(name="Birch"), ledger="files")
        reaching.save(connection, on_server(server))
        shown = reaching.check(connection)
        assert shown is not None
        assert not Connection.objects.get(pk=connection.pk).is_connected
        with pytest.raises(reaching.ReachError, match="another key by now"):
            reaching.trust(connection, "SHA256:another")

    def test_tells_what_to_do_where_our_key_opens_no_door(self, acme, server):
        server.authorized.clear()
        with pytest.raises(reaching.ReachError, match="public key of the connection settings"):
            reaching.check(acme.connection)

    def test_leaves_a_folder_to_the_company_that_has_it(self, acme, server):
        other = roster.add(Company.objects.create(name="Birch"), ledger="files")
        access = reaching.save(other, on_server(server))
        server.authorized.append(access.public_key.split()[1])
        reaching.trust(other, reaching.check(other).fingerprint)
        with pytest.raises(reaching.ReachError, match="Another connection"):
            reaching.check(other)
        assert not Connection.objects.get(pk=other.pk).is_connected

    def test_asks_nothing_of_a_server_in_the_own_network_unless_that_is_allowed(self, acme, server, settings):
        settings.FILES_REACH_NEIGHBOURS = False
        stranger = roster.add(Company.objects.create(name="Birch"), ledger="files")
        for place in ("server", "ftp"):
            said = FileAccess(place=place, host="169.254.169.254", port=80, username=USER, path="/")
            reaching.save(stranger, said)
            with pytest.raises(reaching.ReachError, match=r"own network.*DAYBOOK_FILES_REACH_NEIGHBOURS"):
                reaching.check(stranger)
        acme.due()
        acme.send()
        assert (acme.states(), acme.there()) == (["ready"], [])
        assert "own network" in acme.pause()
        settings.FILES_REACH_NEIGHBOURS = True
        acme.go_on()
        acme.send()
        assert acme.states() == ["posted"]

    def test_takes_a_folder_of_this_machine_only_below_the_root(self, settings, tmp_path):
        connection = roster.add(Company.objects.create(name="Cedar"), ledger="files")
        settings.FILES_ROOT = str(tmp_path)
        outside = FileAccess(place="folder", path="/etc")
        assert "must lie below" in reaching.problems_of(outside)["path"]
        reaching.save(connection, outside)
        with pytest.raises(reaching.ReachError, match="must be there"):
            reaching.check(connection)
        reaching.save(connection, FileAccess(place="folder", path=str(tmp_path)))
        assert reaching.check(connection) is None


class TestPostingStopped:
    def test_begins_no_file_before_it_is_lifted(self, acme):
        acme.due(2)
        assert stopping.stop(acme.connection.pk, Why.PERSON, "The folder is being moved")
        acme.send()
        assert (acme.states(), acme.there(), Attempt.objects.count()) == (["ready"] * 2, [], 0)
        assert stopping.lift(acme.connection.pk, Why.PERSON)
        acme.send()
        assert (acme.states(), acme.there()) == (["posted"] * 2, ["WEB-1.xml", "WEB-2.xml"])


class TestAfterARestore:
    def test_what_waited_in_the_backup_is_shown_to_a_person_before_it_goes(self, acme):
        """The folder does not tell whether it was put there since, and collected."""
        old = acme.due(2)
        home.stop(acme.connection.pk, "restored", known_until=None)
        acme.connection.refresh_from_db()

        assert witness.adopt(acme.connection, HttpClient(10)).unknown == 2
        new = acme.due(1)
        acme.send()

        held = Entry.objects.filter(pk__in=[each.pk for each in old]).values_list("state", "cause")
        assert list(held) == [("held", "may_be_collected")] * 2
        assert acme.there() == [f"{new[0].number}.xml"]
        olive = Person.objects.create(email="olive@acme.example")
        assert orphans.dismiss(acme.connection, orphans.waiting(acme.connection), olive) == 2
        assert not Connection.objects.get(pk=acme.connection.pk).has_orphans

    def test_what_a_person_had_to_help_in_the_backup_may_have_been_put_there_since_as_well(self, acme):
        (old,) = acme.due(1)
        Entry.objects.update(state="held", cause="not_mapped")
        home.stop(acme.connection.pk, "restored", known_until=None)
        acme.connection.refresh_from_db()
        assert witness.adopt(acme.connection, HttpClient(10)).unknown == 1

        Entry.objects.update(state="ready", cause="")  # somebody helps it once more
        acme.send()

        old.refresh_from_db()
        assert (old.state, old.cause, acme.there()) == ("held", "may_be_collected", [])


class TestSending:
    def test_makes_one_file_for_each_order_and_each_is_posted(self, acme, server):
        acme.due(3)
        acme.send()
        assert acme.states() == ["posted"] * 3
        assert acme.there() == ["WEB-1.xml", "WEB-2.xml", "WEB-3.xml"]
        assert b"<sku>MUG</sku>" in (server.root / "WEB-1.xml").read_bytes()
        assert set(Attempt.objects.values_list("result", flat=True)) == {"answered"}

    def test_serves_a_reader_that_takes_each_file_at_once_with_each_order_once(self, acme, server):
        server.switches.reader = True
        acme.due(5)
        acme.send()
        acme.send()
        acme.look()
        assert acme.states() == ["posted"] * 5
        assert (len(server.collected), acme.there()) == (5, [])

    def test_takes_two_orders_of_one_number_for_two(self, acme, server):
        server.switches.reader = True
        acme.due(2, number="SAME")
        acme.send()
        assert acme.states() == ["posted", "posted"]
        assert len(set(server.collected)) == 2

    def test_leaves_a_file_of_our_name_alone_and_asks_a_person(self, acme, server):
        (server.root / "WEB-1.xml").write_bytes(b"theirs")
        (entry, _) = acme.due(2)
        acme.send()
        entry.refresh_from_db()
        assert (entry.state, entry.cause, entry.subject) == ("rejected", "file_name_taken", "WEB-1.xml")
        assert acme.states() == ["rejected", "posted"]
        assert (server.root / "WEB-1.xml").read_bytes() == b"theirs"

    def test_holds_what_xml_cannot_carry(self, acme):
        (entry,) = acme.due()
        Entry.objects.update(document={**entry.document, "customer_name": "A\x01B"})
        acme.send()
        entry.refresh_from_db()
        assert (entry.state, entry.cause, entry.subject) == ("held", "text_unwritable", "customer_name")
        assert acme.there() == []


class TestTrouble:
    @pytest.mark.parametrize(
        ("trouble", "words"),
        [
            ({"silent": True}, "could not be reached"),
            ({"hangs_in": "scandir"}, "could not be reached"),
            ({"room": 0}, "disk or quota"),
            ({"read_only": True}, "let write"),
            ({"breaks_in": "write"}, "no clear answer"),
        ],
    )
    def test_before_the_name_is_given_pauses_and_sends_later(self, acme, server, monkeypatch, trouble, words):
        monkeypatch.setattr(folders, "CONNECT_SECONDS", 0.7)
        acme.due(2)
        server.switches.__dict__.update(trouble)
        acme.send()
        assert acme.states() == ["ready", "ready"]
        assert words in acme.pause()
        server.switches.__dict__.update(dict.fromkeys(trouble, False) | ({"room": None} if "room" in trouble else {}))
        acme.send()
        assert acme.states() == ["ready", "ready"], "it rests"
        acme.go_on()
        acme.send()
        assert acme.states() == ["posted", "posted"]
        assert [name for name in acme.there() if name.endswith(".xml")] == ["WEB-1.xml", "WEB-2.xml"]

    def test_that_stays_makes_each_rest_longer_until_a_file_is_there(self, acme, server):
        acme.due()
        server.switches.breaks_in = "write"
        rests = []
        for _ in range(6):
            acme.go_on()
            acme.send()
            acme.connection.refresh_from_db()
            rests.append(round((acme.connection.paused_until - clock.now()) / timedelta(minutes=1)))
        assert rests == [1, 2, 4, 8, 15, 15]
        server.switches.breaks_in = ""
        acme.go_on()
        acme.send()
        assert acme.states() == ["posted"]
        acme.due()
        server.switches.breaks_in = "write"
        acme.send()
        acme.connection.refresh_from_db()
        assert acme.connection.paused_until < clock.now() + timedelta(minutes=1)

    def test_another_host_key_stops_before_anything_is_shown(self, acme, server):
        acme.due()
        server.change_host_key()
        acme.send()
        assert acme.states() == ["ready"]
        assert "another key" in acme.pause()
        acme.go_on()
        shown = reaching.check(acme.connection)
        assert shown.expected != shown.fingerprint
        reaching.trust(acme.connection, shown.fingerprint)
        reaching.check(acme.connection)
        acme.send()
        assert acme.states() == ["posted"]

    @pytest.mark.parametrize("reader", [True, False])
    def test_a_lost_answer_to_the_renaming_is_settled_by_a_look(self, acme, server, reader):
        server.switches.loses_answer_to_rename, server.switches.reader = True, reader
        acme.due()
        acme.send()
        assert acme.states() == ["unknown"]
        server.switches.loses_answer_to_rename = False
        acme.look()
        assert acme.states() == ["posted"]
        acme.send()
        assert len(server.collected) + len(acme.there()) == 1

    def test_a_renaming_that_never_happened_is_made_up_for(self, acme, server):
        acme.due()
        server.switches.breaks_in = "rename"
        acme.send()
        assert acme.states() == ["unknown"]
        server.switches.breaks_in = ""
        acme.look()
        assert (acme.states(), acme.there()) == (["posted"], ["WEB-1.xml"])

    def test_what_was_given_up_meanwhile_is_not_renamed(self, acme, server):
        acme.due()
        server.switches.breaks_in = "rename"
        acme.send()
        attempt = Attempt.objects.get()
        kept = confirmed.kept(attempt)
        assert kept is not None
        assert not confirmed.keep(attempt, kept), "it is over: nobody confirms it any more"


class TestAFolderOfThisMachine:
    @pytest.mark.parametrize("becomes", ["gone", "a link", "a file"])
    def test_that_is_none_any_more_pauses_writes_nowhere_else_and_goes_on(self, settings, tmp_path, becomes):
        settings.FILES_ROOT = str(tmp_path)
        folder, elsewhere = tmp_path / "orders", tmp_path / "elsewhere"
        folder.mkdir()
        elsewhere.mkdir()
        company = Company.objects.create(name="Cedar")
        connection = roster.add(company, ledger="files")
        reaching.save(connection, FileAccess(place="folder", path=str(folder)))
        reaching.check(connection)
        folder.rmdir()
        if becomes == "a link":
            folder.symlink_to(elsewhere)
        elif becomes == "a file":
            folder.touch()
        come(company)
        drain.drain(connection.pk, HttpClient(10))
        connection.refresh_from_db()
        assert "it must be there" in connection.pause_reason
        assert list(elsewhere.iterdir()) == []
        assert Entry.objects.get().state == "ready"
        if becomes != "gone":
            folder.unlink()
        folder.mkdir()
        Connection.objects.update(paused_until=None)
        drain.drain(connection.pk, HttpClient(10))
        assert [path.name for path in folder.iterdir()] == ["7001.xml"]
        assert Entry.objects.get().state == "posted"


ORDER = {
    "source": "oms",
    "id": "7001",
    "number": "7001",
    "currency": "GBP",
    "ordered_at": "2026-03-01T09:00:00Z",
    "dispatched": True,
    "dispatched_at": "2026-03-02T09:00:00Z",
    "lines": [{"id": "1", "sku": "MUG", "description": "Mug", "quantity": 2, "unit_price": "6.25", "tax_rate": "0.2"}],
}


def come(company: Company, **changes: object) -> None:
    payload = {**ORDER, **changes}
    receipt = receive(company, {name: value for name, value in payload.items() if value is not None})
    assert not receipt.is_refused, receipt.problems


class TestAnOrder:
    def test_that_is_due_becomes_a_file_and_one_that_is_not_waits(self, acme, server):
        come(acme.company)
        come(acme.company, id="7002", number="7002", dispatched=False, dispatched_at=None)
        acme.send()
        assert (acme.states(), acme.there()) == (["posted"], ["7001.xml"])
        assert b"<unit_sale_price>6.25</unit_sale_price>" in (server.root / "7001.xml").read_bytes()
        standings = OrderStanding.objects.filter(connection=acme.connection).order_by("order")
        assert list(standings.values_list("standing", flat=True)) == ["documented", "waiting"]

    def test_is_held_where_xml_cannot_carry_it_and_goes_when_it_is_corrected(self, acme):
        come(acme.company, customer={"name": "A\x01B"})
        held = Entry.objects.get()
        assert (held.state, held.cause) == ("held", "text_unwritable")
        come(acme.company, customer={"name": "AB"})
        acme.send()
        assert acme.states() == ["posted"]

    def test_that_changes_afterwards_is_shown_and_goes_again_only_when_a_person_says_so(self, acme, server):
        server.switches.reader = True
        come(acme.company)
        acme.send()
        come(acme.company, lines=[{**ORDER["lines"][0], "quantity": 3}])
        acme.send()
        first = Entry.objects.get()
        assert (first.state, first.attention, len(server.collected)) == ("posted", "changed_after_posting", 1)
        person = Person.objects.create_user("jo@example.com")
        assert prepare.send_anew(first, person)
        assert not prepare.send_anew(first, person), "once for each press"
        acme.send()
        second = Entry.objects.get(generation=2)
        assert (second.state, second.number, len(server.collected)) == ("posted", first.number, 2)
        assert b"<quantity>3</quantity>" in server.collected[1]

    def test_goes_to_xero_and_into_the_folder_side_by_side(self, acme, server):
        xero = connected(LocalXero(limits="off"))
        files = roster.add(xero.company, ledger="files")
        reaching.disconnect(acme.connection)
        access = reaching.save(files, on_server(server))
        server.authorized.append(access.public_key.split()[1])
        reaching.trust(files, reaching.check(files).fingerprint)
        reaching.check(files)
        come(xero.company)
        Entry.objects.update(state_since=clock.now() - timedelta(minutes=1))  # it has lingered
        drain.drain(xero.connection.pk, xero.client)
        drain.drain(files.pk, xero.client)
        assert list(Entry.objects.order_by("kind").values_list("kind", "state")) == [
            ("invoice", "posted"),
            ("order_file", "posted"),
        ]
        assert (len(xero.invoices()), acme.there()) == (1, ["7001.xml"])
