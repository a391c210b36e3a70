"""Connections on the command line: order files come to a server or a folder, and other ledgers beside them."""

import pytest

from daybook.companies import people
from daybook.connections import roster, standing
from daybook.connections.models import Connection
from daybook.connections.places import FileAccess
from daybook.history.kinds import Mover, What
from daybook.history.models import Event
from daybook.kit import clock
from daybook.ops.cli import configuring_connections as configuring
from daybook.ops.processes.stops import Exit, Stop
from daybook.outbox.models import Entry
from daybook.posting import drain
from daybook.wire.http import HttpClient
from tests.integration.posting.test_files import come, on_server
from tests.sftp_server import sftp_server

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drawn]


@pytest.fixture
def server(tmp_path):
    with sftp_server(tmp_path) as running:
        yield running


@pytest.fixture
def company():
    return people.create_company("Acme")


@pytest.fixture
def files(company):
    return configuring.add(company, "files")


def stopped(work, *arguments) -> Stop:
    with pytest.raises(Stop) as caught:
        work(*arguments)
    return caught.value


def on_a_server_that_is_known(files, server) -> str:
    """Say where, hand over our key, compare theirs: its fingerprint."""
    server.authorized.append(configuring.put_into(files, on_server(server)).public_key.split()[1])
    assert stopped(configuring.check, files).exit_code == Exit.NEEDS_A_PERSON
    return configuring.show(files.company, files.public_id)["shown_key"]


class TestOrderFilesOnAServer:
    def test_are_sent_once_its_key_was_compared_and_named(self, company, files, server):
        fingerprint = on_a_server_that_is_known(files, server)
        assert fingerprint in stopped(configuring.check, files).message
        assert "Nothing was trusted" in stopped(configuring.check, files, "SHA256:another").message
        assert not Connection.objects.get(pk=files.pk).is_connected
        configuring.check(files, fingerprint)
        come(company)
        drain.drain(files.pk, HttpClient(10))
        assert [path.name for path in server.root.iterdir()] == ["7001.xml"]
        shown = configuring.show(company, files.public_id)
        assert (shown["stands"], shown["waits"], shown["confirmed_key"]) == ("Connected", "", fingerprint)
        assert shown["public_key"].startswith("ssh-ed25519 ")
        assert "PRIVATE" not in str(shown)
        assert Event.objects.filter(what=What.CONNECTED, mover=Mover.COMMAND_LINE, subject_id=files.pk).exists()

    def test_stop_where_another_key_is_shown_and_both_are_named(self, files, server):
        fingerprint = on_a_server_that_is_known(files, server)
        configuring.check(files, fingerprint)
        server.change_host_key()
        message = stopped(configuring.check, files).message
        new = configuring.show(files.company, files.public_id)["shown_key"]
        assert fingerprint in message
        assert new in message
        assert new != fingerprint
        assert stopped(configuring.check, files, fingerprint).exit_code == Exit.NEEDS_A_PERSON
        configuring.check(files, new)

    def test_say_what_keeps_them_and_go_on_when_told(self, company, files, server):
        configuring.check(files, on_a_server_that_is_known(files, server))
        server.switches.room = 0
        come(company)
        drain.drain(files.pk, HttpClient(10))
        assert "disk or quota" in configuring.show(company, files.public_id)["waits"]
        server.switches.room = None
        assert configuring.resume(files) == "What waits goes out now."
        drain.drain(files.pk, HttpClient(10))
        assert Entry.objects.get().state == "posted"


class TestOrderFilesInAFolder:
    def test_are_sent_below_the_root_only(self, company, files, settings, tmp_path):
        settings.FILES_ROOT = str(tmp_path)
        assert "must lie below" in stopped(configuring.put_into, files, FileAccess(place="folder", path="/etc")).message
        configuring.put_into(files, FileAccess(place="folder", path=f" {tmp_path}/ "))
        configuring.check(files)
        come(company)
        drain.drain(files.pk, HttpClient(10))
        assert [path.name for path in tmp_path.iterdir()] == ["7001.xml"]
        assert configuring.show(company, files.public_id)["folder"] == str(tmp_path)

    def test_stay_where_they_are_until_they_are_disconnected(self, files, settings, tmp_path):
        settings.FILES_ROOT = str(tmp_path)
        (tmp_path / "new").mkdir()
        configuring.put_into(files, FileAccess(place="folder", path=str(tmp_path)))
        configuring.check(files)
        moved = FileAccess(place="folder", path=str(tmp_path / "new"))
        assert "Disconnect it first" in stopped(configuring.put_into, files, moved).message
        configuring.disconnect(files)
        assert configuring.put_into(files, moved).path == str(tmp_path / "new")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"path": "relative"}, "path: "),
        ({"path": "/a/../b"}, "path: "),
        ({"path": "/" + "x" * 200}, "path: "),
        ({"host": ""}, "host: "),
        ({"username": " "}, "username: "),
        ({"port": 0}, "port: "),
        ({"port": 70000}, "port: "),
    ],
)
def test_a_place_that_cannot_be_is_named_by_its_field(files, server, changes, says):
    said = on_server(server)
    for name, value in changes.items():
        setattr(said, name, value)
    refused = stopped(configuring.put_into, files, said)
    assert says in refused.message
    assert refused.exit_code == Exit.USAGE
    assert not FileAccess.objects.exists()


class TestConnections:
    def test_of_a_second_xero_are_added_shown_closed_and_opened(self, company):
        roster.first(company)
        second = configuring.add(company, "xero")
        assert "--connection ID" in stopped(configuring.show, company).message
        assert configuring.show(company, second.public_id)["stands"] == "Not connected"
        configuring.close(second)
        assert second.public_id in {each.public_id for each in roster.closed(company)}
        configuring.reopen(company, second.public_id)
        assert stopped(configuring.reopen, company, second.public_id).exit_code == Exit.USAGE
        assert configuring.show(company, second.public_id)["ledger"] == "xero"

    def test_of_no_known_ledger_are_not_added(self, company):
        assert "there are: " in stopped(configuring.add, company, "sage").message

    def test_that_reach_something_are_not_closed(self, files, settings, tmp_path):
        settings.FILES_ROOT = str(tmp_path)
        configuring.put_into(files, FileAccess(place="folder", path=str(tmp_path)))
        configuring.check(files)
        assert "disconnect it first" in stopped(configuring.close, files).message

    def test_are_not_taken_for_order_files_where_they_are_none(self, company):
        first = roster.first(company)
        assert "none" in stopped(configuring.of_files, company).message
        assert stopped(configuring.of_files, company, first.public_id).exit_code == Exit.USAGE

    def test_that_rest_as_the_ledger_asked_say_until_when(self, company):
        first = roster.first(company)
        until = clock.now().replace(year=clock.now().year + 1)
        Connection.objects.filter(pk=first.pk).update(paused_until=until, retry_at=until)
        standing.pause(first.pk, until, "busy")
        assert f"until {until:%Y-%m-%d}" in configuring.resume(first)
