"""Files on a real SFTP server that hangs, fills up, refuses, breaks off, changes its key, or is collected from at once."""

from dataclasses import replace

import pytest

from daybook.wire.asks import Content, Get, Gone, List, NameTaken, Put, Rename, Renamed, Stored
from daybook.wire.errors import Full, HostKeyChanged, LoginRefused, NotSent, OutcomeUnknown, Refused
from daybook.wire.sftp import PIECE, Patience, Server, SftpSession
from daybook.wire.ssh_keys import fetch_host_key, fingerprint, new_key_pair
from tests.sftp_server import USER, sftp_server

PAIR = new_key_pair()
SHORT = Patience(connect=0.3, answer=0.3)
LONG = Patience(connect=10, answer=10)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with sftp_server(tmp_path_factory.mktemp("sftp")) as running:
        running.authorized.append(PAIR.public.split()[1])
        yield running


@pytest.fixture
def there(server):
    server.reset()
    return server


def address(server, **changes):
    known = {"host": "127.0.0.1", "port": server.port, "username": USER, "host_key": server.host_key}
    return Server(**({**known, "private_key": PAIR.private} | changes))


@pytest.fixture
def session(there):
    with SftpSession(address(there), LONG) as opened:
        yield opened


class TestAServerThatBehaves:
    def test_takes_a_file_and_counts_its_bytes(self, there, session):
        assert session.ask(Put("/a.xml.1.part", b"<orders/>")) == Stored(9)
        assert (there.root / "a.xml.1.part").read_bytes() == b"<orders/>"

    def test_takes_a_file_of_several_pieces(self, there, session):
        content = bytes(range(256)) * 400
        assert session.ask(Put("/a.part", content)) == Stored(102_400)
        assert (there.root / "a.part").read_bytes() == content

    def test_renames(self, there, session):
        session.ask(Put("/a.part", b"x"))
        assert session.ask(Rename("/a.part", "/a.xml")) == Renamed()
        assert [path.name for path in there.root.iterdir()] == ["a.xml"]

    def test_lists_names_sizes_and_times(self, there, session):
        (there.root / "a.xml").write_bytes(b"1234")
        (there.root / "b.xml.part").write_bytes(b"")
        listing = session.ask(List("/"))
        assert {(file.name, file.size) for file in listing.files} == {("a.xml", 4), ("b.xml.part", 0)}
        assert listing.named("a.xml").modified == int((there.root / "a.xml").stat().st_mtime)

    def test_takes_a_password_where_it_knows_no_key(self, there):
        stranger = address(there, private_key=new_key_pair().private, password="correct horse")
        with SftpSession(stranger, LONG) as session:
            assert session.ask(Put("/a", b"x")) == Stored(1)


class TestNamesThatAreTaken:
    def test_are_never_written_over(self, there, session):
        (there.root / "a.xml").write_bytes(b"theirs")
        assert session.ask(Put("/a.xml", b"ours")) == NameTaken()
        assert (there.root / "a.xml").read_bytes() == b"theirs"

    @pytest.mark.parametrize("overwrites", [False, True], ids=["as OpenSSH", "a server whose rename overwrites"])
    def test_are_never_renamed_over(self, there, session, overwrites):
        there.switches.overwrites = overwrites
        (there.root / "a.xml").write_bytes(b"theirs")
        session.ask(Put("/a.part", b"ours"))
        assert session.ask(Rename("/a.part", "/a.xml")) == NameTaken()
        assert (there.root / "a.xml").read_bytes() == b"theirs"
        assert (there.root / "a.part").read_bytes() == b"ours"


class TestAReader:
    def test_that_collects_within_milliseconds_takes_nothing_from_the_answer(self, there, session):
        there.switches.reader = True
        session.ask(Put("/a.part", b"ours"))
        assert session.ask(Rename("/a.part", "/a.xml")) == Renamed()
        assert there.collected == [b"ours"]
        assert session.ask(Rename("/a.part", "/a.xml")) == Gone()

    def test_that_takes_unfinished_files_is_noticed(self, there, session):
        there.switches.greedy_reader = True
        assert session.ask(Put("/a.part", b"ours")) == Gone()


class TestAServerThatRefuses:
    def test_our_key(self, there):
        with (
            SftpSession(address(there, private_key=new_key_pair().private), LONG) as session,
            pytest.raises(LoginRefused),
        ):
            session.ask(List("/"))

    def test_our_password(self, there):
        stranger = address(there, private_key=new_key_pair().private, password="wrong")
        with SftpSession(stranger, LONG) as session, pytest.raises(LoginRefused):
            session.ask(List("/"))

    def test_to_be_written_to(self, there, session):
        there.switches.read_only = True
        with pytest.raises(Refused, match="Permission denied"):
            session.ask(Put("/a.part", b"x"))

    @pytest.mark.parametrize("ask", [List("/nowhere"), Put("/nowhere/a.part", b"x")])
    def test_because_the_folder_is_not_there(self, session, ask):
        with pytest.raises(Refused):
            session.ask(ask)

    def test_and_is_asked_again_over_the_same_connection(self, there, session):
        there.switches.read_only = True
        with pytest.raises(Refused):
            session.ask(Put("/a.part", b"x"))
        there.switches.read_only = False
        assert session.ask(Put("/a.part", b"x")) == Stored(1)


class TestAFullDisk:
    def test_is_told_and_leaves_nothing_half_written(self, there, session):
        there.switches.room = 40_000
        with pytest.raises(Full, match="Failure"):
            session.ask(Put("/a.part", b"x" * 100_000))
        assert list(there.root.iterdir()) == []

    def test_that_swallows_bytes_in_silence_is_an_unknown_outcome(self, there, session):
        there.switches.keeps_back = 3
        with pytest.raises(OutcomeUnknown, match="counts 6 of 9 bytes"):
            session.ask(Put("/a.part", b"<orders/>"))
        assert list(there.root.iterdir()) == []


class TestAnotherHostKey:
    def test_is_told_with_both_fingerprints_and_nothing_is_written(self, there):
        confirmed = new_key_pair().public
        with SftpSession(address(there, host_key=confirmed), LONG) as session, pytest.raises(HostKeyChanged) as caught:
            session.ask(Put("/a.part", b"x"))
        assert caught.value.expected == fingerprint(confirmed)
        assert caught.value.found == fingerprint(there.host_key)
        assert list(there.root.iterdir()) == []

    def test_of_another_kind_is_told_too(self, there):
        import asyncssh

        confirmed = asyncssh.generate_private_key("ecdsa-sha2-nistp256").export_public_key().decode()
        with SftpSession(address(there, host_key=confirmed), LONG) as session, pytest.raises(HostKeyChanged):
            session.ask(List("/"))

    def test_is_fetched_for_a_person_to_confirm(self, there):
        shown = fetch_host_key("127.0.0.1", there.port, seconds=10)
        assert shown == there.host_key
        assert fingerprint(shown).startswith("SHA256:")

    def test_shown_from_one_day_to_the_next_is_told(self, tmp_path):
        with sftp_server(tmp_path) as server:
            server.authorized.append(PAIR.public.split()[1])
            with SftpSession(address(server), LONG) as session:
                session.ask(List("/"))
            found = server.change_host_key()
            with SftpSession(address(server), LONG) as session, pytest.raises(HostKeyChanged) as caught:
                session.ask(List("/"))
            assert caught.value.found == fingerprint(found)


class TestAServerThatIsNotReached:
    @pytest.mark.parametrize("host", ["127.0.0.1", "no-such-host.invalid", "..", "x" * 300])
    def test_is_safe_to_try_again(self, there, host):
        away = replace(address(there), host=host, port=1)
        with SftpSession(away, LONG) as session, pytest.raises(NotSent):
            session.ask(Put("/a.part", b"x"))
        with pytest.raises(NotSent):
            fetch_host_key(host, 1, seconds=10)

    def test_because_it_says_nothing(self, there):
        there.switches.silent = True
        with SftpSession(address(there), SHORT) as session, pytest.raises(NotSent, match="No answer in time"):
            session.ask(Put("/a.part", b"x"))
        with pytest.raises(NotSent):
            fetch_host_key("127.0.0.1", there.port, seconds=0.2)


class TestAnAnswerThatDoesNotCome:
    @pytest.mark.parametrize("trouble", ["hangs_in", "breaks_in"])
    @pytest.mark.parametrize(
        ("step", "failure"), [("write", OutcomeUnknown), ("rename", OutcomeUnknown), ("scandir", NotSent)]
    )
    def test_is_named_for_what_to_do_next(self, there, trouble, step, failure):
        (there.root / "old.part").write_bytes(b"x")
        asks = {"write": Put("/a.part", b"x" * 50_000), "rename": Rename("/old.part", "/old.xml"), "scandir": List("/")}
        with SftpSession(address(there), Patience(connect=10, answer=0.3)) as session:
            setattr(there.switches, trouble, step)
            with pytest.raises(failure):
                session.ask(asks[step])
            setattr(there.switches, trouble, "")
            assert session.ask(List("/")).named("old.part") is not None

    def test_as_a_whole_is_waited_for_while_pieces_of_a_file_come(self, there):
        (there.root / "large.csv").write_bytes(b"x" * 10 * PIECE)
        there.switches.slow = 0.1
        for patience, is_given_up in ((Patience(answer=0.5), False), (Patience(answer=0.5, whole=0.6), True)):
            with SftpSession(address(there), patience) as session:
                if is_given_up:
                    with pytest.raises(NotSent):
                        session.ask(Get("/large.csv", 64 * PIECE))
                else:
                    assert session.ask(Get("/large.csv", 64 * PIECE)) == Content(b"x" * 10 * PIECE)

    def test_to_a_renaming_that_was_done_shows_in_the_folder(self, there):
        there.switches.loses_answer_to_rename = True
        with SftpSession(address(there), LONG) as session:
            session.ask(Put("/a.part", b"x"))
            with pytest.raises(OutcomeUnknown):
                session.ask(Rename("/a.part", "/a.xml"))
            assert [file.name for file in session.ask(List("/")).files] == ["a.xml"]


def test_no_secret_shows_in_a_server_s_words(there):
    known = address(there, password="correct horse")
    assert "correct horse" not in repr(known)
    assert "PRIVATE KEY" not in repr(known)
    assert "PRIVATE KEY" not in repr(PAIR)
