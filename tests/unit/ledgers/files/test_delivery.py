"""One order's file over real wires: a folder, and an SFTP server that breaks off; exactly one file comes out of each."""

import pytest

from daybook.documents.causes import Hold
from daybook.ledgers.files.reasons import FileCause
from daybook.ledgers.files.talks import Confirmed, Step, look, publish, send
from daybook.wire.carrying import carry
from daybook.wire.errors import OutcomeUnknown
from daybook.wire.folder import FolderSession
from daybook.wire.sftp import Patience, Server, SftpSession
from daybook.wire.ssh_keys import new_key_pair
from tests.sftp_server import USER, sftp_server

NAME, CONTENT = "WEB-1.xml", b"<orders/>\n"
PAIR = new_key_pair()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with sftp_server(tmp_path_factory.mktemp("sftp")) as running:
        running.authorized.append(PAIR.public.split()[1])
        yield running


@pytest.fixture
def on_server(server):
    server.reset()
    known = Server(
        host="127.0.0.1", port=server.port, username=USER, host_key=server.host_key, private_key=PAIR.private
    )
    with SftpSession(known, Patience(connect=10, answer=0.5)) as session:
        yield session


def step_of(session, folder, confirmed):
    (step,) = carry(look(folder, [(NAME, confirmed)]), session.ask)
    return step


class TestInAFolder:
    def test_an_order_becomes_one_file(self, tmp_path):
        session, folder = FolderSession(str(tmp_path)), str(tmp_path)
        assert step_of(session, folder, None) is Step.SEND
        confirmed = carry(send(folder, NAME, "k3h9", CONTENT), session.ask)
        assert confirmed == Confirmed(NAME, f"{NAME}.k3h9.part", len(CONTENT))
        assert step_of(session, folder, confirmed) is Step.RENAME
        assert carry(publish(folder, confirmed), session.ask) is Step.POSTED
        assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [(NAME, CONTENT)]
        assert step_of(session, folder, confirmed) is Step.POSTED
        (tmp_path / NAME).unlink()
        assert step_of(session, folder, confirmed) is Step.COLLECTED

    def test_a_file_of_our_name_waits_for_a_person(self, tmp_path):
        (tmp_path / NAME).write_bytes(b"theirs")
        held = Hold(FileCause.FILE_NAME_TAKEN, NAME)
        session, folder = FolderSession(str(tmp_path)), str(tmp_path)
        assert step_of(session, folder, None) == held
        confirmed = carry(send(folder, NAME, "k3h9", CONTENT), session.ask)
        assert carry(publish(folder, confirmed), session.ask) == held
        (tmp_path / NAME).unlink()
        assert carry(publish(folder, confirmed), session.ask) is Step.POSTED


class TestOnAServer:
    def test_a_reader_that_collects_within_milliseconds_gets_it_once(self, server, on_server):
        server.switches.reader = True
        confirmed = carry(send("/", NAME, "k3h9", CONTENT), on_server.ask)
        assert carry(publish("/", confirmed), on_server.ask) is Step.POSTED
        assert step_of(on_server, "/", confirmed) is Step.COLLECTED
        assert carry(publish("/", confirmed), on_server.ask) is Step.COLLECTED  # and again is not sent again
        assert server.collected == [CONTENT]

    def test_a_first_step_that_breaks_off_is_begun_anew(self, server, on_server):
        server.switches.hangs_in = "write"
        with pytest.raises(OutcomeUnknown):
            carry(send("/", NAME, "k3h9", CONTENT), on_server.ask)
        server.switches.hangs_in, server.switches.reader = "", True
        assert step_of(on_server, "/", None) is Step.SEND
        confirmed = carry(send("/", NAME, "m4j8", CONTENT), on_server.ask)
        assert carry(publish("/", confirmed), on_server.ask) is Step.POSTED
        assert server.collected == [CONTENT]

    @pytest.mark.parametrize("reader", [False, True], ids=["nobody collects", "collected at once"])
    def test_a_renaming_without_an_answer_is_found_done(self, server, on_server, reader):
        server.switches.loses_answer_to_rename, server.switches.reader = True, reader
        confirmed = carry(send("/", NAME, "k3h9", CONTENT), on_server.ask)
        with pytest.raises(OutcomeUnknown):
            carry(publish("/", confirmed), on_server.ask)
        assert step_of(on_server, "/", confirmed) is (Step.COLLECTED if reader else Step.POSTED)

    def test_a_renaming_that_was_not_done_is_done_once(self, server, on_server):
        server.switches.hangs_in = "rename"
        confirmed = carry(send("/", NAME, "k3h9", CONTENT), on_server.ask)
        with pytest.raises(OutcomeUnknown):
            carry(publish("/", confirmed), on_server.ask)
        server.switches.hangs_in, server.switches.reader = "", True
        assert step_of(on_server, "/", confirmed) is Step.RENAME
        assert carry(publish("/", confirmed), on_server.ask) is Step.POSTED
        assert server.collected == [CONTENT]

    def test_a_reader_that_takes_unfinished_files_is_told_of_and_not_served_twice(self, server, on_server):
        server.switches.greedy_reader = True
        held = carry(send("/", NAME, "k3h9", CONTENT), on_server.ask)
        assert held == Hold(FileCause.PART_FILE_TAKEN, f"{NAME}.k3h9.part")
