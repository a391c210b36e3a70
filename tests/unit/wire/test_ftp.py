"""The FTP wire against a real server: each ask once, and what a failure means."""

import logging

import pytest

from daybook.wire.asks import Content, Get, Gone, List, NameTaken, Put, Rename, Renamed, Stored
from daybook.wire.errors import Full, HostKeyChanged, LoginRefused, NotSent, OutcomeUnknown, Refused
from daybook.wire.ftp import FtpPatience, FtpServer, FtpSession, fetch_certificate
from tests.ftp_server import PASSWORD, USER, certificate, ftp_server

logging.getLogger("pyftpdlib").setLevel(logging.CRITICAL)
QUICK = FtpPatience(connect=2, answer=1)
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")


@pytest.fixture
def served(tmp_path):
    root = tmp_path / "root"
    root.mkdir()
    with ftp_server(root) as server:
        yield server


def session(server, **said) -> FtpSession:
    return FtpSession(
        FtpServer(**{"host": "localhost", "port": server.port, "username": USER, "password": PASSWORD, "security": "ftp"} | said), QUICK
    )  # fmt: skip


class TestInTheOpen:
    def test_a_file_is_written_counted_and_renamed(self, served):
        with session(served) as ftp:
            assert ftp.ask(Put("/a.xml.part", b"<a/>\r\n" * 5000)) == Stored(30_000)
            assert [(each.name, each.size) for each in ftp.ask(List("/")).files] == [("a.xml.part", 30_000)]
            assert ftp.ask(Rename("/a.xml.part", "/a.xml")) == Renamed()
            assert ftp.ask(Rename("/a.xml.part", "/b.xml")) == Gone()
        assert (served.root / "a.xml").read_bytes() == b"<a/>\r\n" * 5000

    def test_nothing_is_ever_overwritten(self, served):
        (served.root / "a.xml").write_text("theirs")
        with session(served) as ftp:
            assert ftp.ask(Put("/a.xml", b"ours")) == NameTaken()
            ftp.ask(Put("/a.part", b"ours"))
            assert ftp.ask(Rename("/a.part", "/a.xml")) == NameTaken()
        assert (served.root / "a.xml").read_text() == "theirs"

    def test_a_server_that_lists_names_only_does(self, served):
        served.switches.without_mlsd = True
        with session(served) as ftp:
            assert ftp.ask(List("/")).files == ()
            ftp.ask(Put("/a.part", b"ours"))
            assert [(each.name, each.size) for each in ftp.ask(List("/")).files] == [("a.part", 4)]

    def test_a_file_that_drips_without_end_is_given_up_although_each_piece_is_in_time(self, served):
        (served.root / "a.csv").write_bytes(b"x" * 20_000)
        served.switches.drips = 1_000
        patience = FtpPatience(connect=2, answer=5, whole=1)
        server = FtpServer(host="localhost", port=served.port, username=USER, password=PASSWORD, security="ftp")
        with FtpSession(server, patience) as ftp:
            with pytest.raises(NotSent, match="in time"):
                ftp.ask(Get("/a.csv", 1_000_000))
            served.switches.drips = 0
            assert ftp.ask(Get("/a.csv", 1_000_000)) == Content(b"x" * 20_000)

    def test_a_full_disk_leaves_no_half_file(self, served):
        served.switches.room = 3
        with session(served) as ftp, pytest.raises((Full, OutcomeUnknown)):
            ftp.ask(Put("/a.part", b"ours, and more"))
        assert served.there() == []

    def test_a_wrong_password_is_told_from_a_server_that_is_away(self, served):
        with session(served, password="wrong") as ftp, pytest.raises(LoginRefused):
            ftp.ask(List("/"))
        with session(served, port=1) as ftp, pytest.raises(NotSent):
            ftp.ask(List("/"))

    def test_a_folder_that_is_not_there_is_refused(self, served):
        with session(served) as ftp, pytest.raises(Refused):
            ftp.ask(List("/none"))

    def test_a_lost_answer_to_a_rename_is_unknown_and_the_next_ask_finds_it_done(self, served):
        with session(served) as ftp:
            ftp.ask(Put("/a.part", b"ours"))
            served.switches.breaks_after_rename = True
            with pytest.raises(OutcomeUnknown):
                ftp.ask(Rename("/a.part", "/a.xml"))
            assert [each.name for each in ftp.ask(List("/")).files] == ["a.xml"]

    def test_a_server_that_hangs_is_waited_for_so_long_only(self, served):
        served.switches.hangs_in = "STOR"
        with session(served) as ftp, pytest.raises(OutcomeUnknown, match="No answer in time"):
            ftp.ask(Put("/a.part", b"ours"))


class TestOverTls:
    @pytest.fixture
    def secure(self, tmp_path):
        root = tmp_path / "root"
        root.mkdir()
        with ftp_server(root, certificate(tmp_path)) as server:
            yield server

    def test_a_certificate_that_nobody_vouches_for_is_shown_and_nothing_is_sent(self, secure):
        with session(secure, security="ftps") as ftp, pytest.raises(HostKeyChanged) as shown:
            ftp.ask(List("/"))
        assert shown.value.found.startswith("SHA256:")
        assert shown.value.expected == ""

    def test_the_one_that_a_person_confirmed_is_believed_and_no_other(self, secure):
        server = FtpServer(host="localhost", port=secure.port, username=USER, password=PASSWORD)
        found = fetch_certificate(server, QUICK)
        with session(secure, security="ftps", certificate=found) as ftp:
            assert ftp.ask(Put("/a.part", b"ours")) == Stored(4)
            assert ftp.ask(Rename("/a.part", "/a.xml")) == Renamed()
        with session(secure, security="ftps", certificate="SHA256:another") as ftp, pytest.raises(HostKeyChanged):
            ftp.ask(List("/"))
