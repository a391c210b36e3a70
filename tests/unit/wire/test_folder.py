"""Files in a folder of this machine: whole or not at all, never over another, and never outside the allowed root."""

import os
import resource
import signal
from pathlib import Path

import pytest

from daybook.wire.asks import Gone, List, NameTaken, Put, Rename, Renamed, Stored
from daybook.wire.errors import Full, NotSent, Refused
from daybook.wire.folder import FolderSession, is_below, look_and_rename, rename_once


@pytest.fixture
def root(tmp_path) -> Path:
    (tmp_path / "allowed" / "acme").mkdir(parents=True)
    return tmp_path / "allowed"


@pytest.fixture
def session(root):
    return FolderSession(str(root))


@pytest.fixture
def acme(root) -> Path:
    return root / "acme"


class TestAFile:
    def test_is_written_with_all_its_bytes_for_owner_and_group(self, acme, session):
        assert session.ask(Put(f"{acme}/a.part", b"<orders/>")) == Stored(9)
        assert (acme / "a.part").read_bytes() == b"<orders/>"
        assert (acme / "a.part").stat().st_mode & 0o777 & ~0o640 == 0

    def test_is_never_written_over(self, acme, session):
        (acme / "a.xml").write_bytes(b"theirs")
        assert session.ask(Put(f"{acme}/a.xml", b"ours")) == NameTaken()
        assert (acme / "a.xml").read_bytes() == b"theirs"

    def test_is_not_left_half_written_on_a_full_disk(self, acme, session):
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
        try:
            with pytest.raises(Full, match="too large"):
                session.ask(Put(f"{acme}/a.part", b"x" * 1000))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
            signal.signal(signal.SIGXFSZ, ignored)
        assert list(acme.iterdir()) == []

    def test_shows_in_the_list_with_size_and_time(self, acme, session):
        (acme / "a.xml").write_bytes(b"1234")
        (acme / "folder").mkdir()
        (acme / "link").symlink_to("/etc/passwd")
        listing = session.ask(List(str(acme)))
        assert {(file.name, file.size) for file in listing.files} == {("a.xml", 4), ("folder", None), ("link", None)}
        assert listing.named("A.XML").modified == int((acme / "a.xml").stat().st_mtime)


@pytest.mark.parametrize("renaming", [rename_once, look_and_rename])
class TestRenaming:
    @pytest.fixture
    def session(self, root, renaming):
        return FolderSession(str(root), renaming)

    def test_gives_the_new_name_and_takes_the_old(self, acme, session):
        (acme / "a.part").write_bytes(b"ours")
        assert session.ask(Rename(f"{acme}/a.part", f"{acme}/a.xml")) == Renamed()
        assert [path.name for path in acme.iterdir()] == ["a.xml"]

    @pytest.mark.parametrize("kind", ["file", "folder", "dangling link"])
    def test_never_overwrites(self, acme, session, kind):
        (acme / "a.part").write_bytes(b"ours")
        if kind == "file":
            (acme / "a.xml").write_bytes(b"theirs")
        elif kind == "folder":
            (acme / "a.xml").mkdir()
        else:
            (acme / "a.xml").symlink_to("nowhere")
        before = (acme / "a.xml").lstat()
        assert session.ask(Rename(f"{acme}/a.part", f"{acme}/a.xml")) == NameTaken()
        assert (acme / "a.xml").lstat().st_ino == before.st_ino
        assert (acme / "a.part").read_bytes() == b"ours"

    def test_tells_that_the_file_is_gone(self, acme, session):
        assert session.ask(Rename(f"{acme}/a.part", f"{acme}/a.xml")) == Gone()


class TestTheRoot:
    @pytest.mark.parametrize(
        "path",
        ["/etc", "{root}/../outside", "{root}/acme/../../outside", "acme", "{root}x", "{root}/acme\0"],
    )
    def test_is_not_left_by_a_path(self, root, session, path):
        outside = path.format(root=root)
        assert not is_below(str(root), outside)
        for ask in (List(outside), Put(f"{outside}/a.part", b"x"), Rename(f"{outside}/a.part", f"{outside}/a.xml")):
            with pytest.raises(Refused):
                session.ask(ask)

    def test_is_not_left_through_a_link(self, root, tmp_path, session):
        (tmp_path / "outside").mkdir()
        (root / "way-out").symlink_to(tmp_path / "outside")
        for ask in (List(f"{root}/way-out"), Put(f"{root}/way-out/a.part", b"x")):
            with pytest.raises(Refused):
                session.ask(ask)
        assert list((tmp_path / "outside").iterdir()) == []

    def test_is_not_left_by_a_file_that_is_a_link(self, acme, tmp_path, session):
        (acme / "a.part").symlink_to(tmp_path / "outside.txt")
        assert session.ask(Put(f"{acme}/a.part", b"x")) == NameTaken()
        assert not (tmp_path / "outside.txt").exists()

    def test_holds_folders_below_and_itself(self, root, acme):
        assert is_below(str(root), str(root))
        assert is_below(str(root), str(acme))


class TestAFolder:
    def test_that_is_not_there_is_refused(self, root, session):
        for ask in (List(f"{root}/birch"), Put(f"{root}/birch/a.part", b"x")):
            with pytest.raises(Refused, match="No such file or directory"):
                session.ask(ask)

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
    def test_that_may_not_be_written_to_is_refused(self, acme, session):
        acme.chmod(0o500)
        with pytest.raises(Refused, match="Permission denied"):
            session.ask(Put(f"{acme}/a.part", b"x"))

    def test_that_cannot_be_opened_for_want_of_descriptors_is_tried_again(self, acme, session):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        used = len(list(Path("/proc/self/fd").iterdir()))
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))
        try:
            with pytest.raises(NotSent):
                session.ask(List(str(acme)))
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        assert len(list(Path("/proc/self/fd").iterdir())) == used
