"""Watched places: what is half written is left alone, what is taken is moved, what is bad lies beside its reasons."""

import os
from datetime import timedelta

import pytest

from daybook.companies.models import Company
from daybook.feeds import opening, places, roster
from daybook.feeds.incoming import IncomingFile, WatchedPlace
from daybook.feeds.models import Feed
from daybook.intake import collecting, files_due
from daybook.kit import clock
from daybook.orders.models import Order, Revision
from daybook.wire.errors import Refused
from tests.ftp_server import PASSWORD, USER, certificate, ftp_server
from tests.integration.files_in.conftest import GOOD, MAPPING
from tests.sftp_server import sftp_server

pytestmark = [pytest.mark.django_db, pytest.mark.drawn(3)]
BAD = GOOD.replace(b"MUG,1,6.25", b"MUG,1,6.2.5")


def there(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def write_two(root) -> None:
    """Two files, a.csv and b.csv, of two orders each."""
    for name in (b"a", b"b"):
        (root / f"{name.decode()}.csv").write_bytes(GOOD.replace(b"A1", name).replace(b"A2", b"2" + name))


class TestAFolder:
    def test_gives_its_files_and_finds_them_in_done(self, watched, folder, look):
        (folder / "orders.csv").write_bytes(GOOD)
        look(watched)

        assert there(folder) == ["done/orders.csv"]
        assert Order.objects.count() == 2
        assert IncomingFile.objects.get().moved_at is not None

    def test_is_looked_at_twice_before_a_file_is_taken_for_whole(self, watched, folder, look):
        (folder / "orders.csv").write_bytes(GOOD[:60])
        look(watched, times=1)
        (folder / "orders.csv").write_bytes(GOOD)
        look(watched, times=1)
        assert Order.objects.count() == 0

        look(watched, times=1)
        assert Order.objects.count() == 2

    def test_with_more_files_than_one_look_takes_gives_the_rest_at_once(self, watched, folder, look):
        for number in range(collecting.MOST_AT_ONCE + 5):
            (folder / f"{number}.csv").write_bytes(GOOD.replace(b"A1", b"A1-%d" % number))
        look(watched)
        assert len(there(folder / "done")) == collecting.MOST_AT_ONCE
        assert WatchedPlace.objects.get().due_at <= clock.now()
        look(watched, times=1)
        assert len(there(folder / "done")) == collecting.MOST_AT_ONCE + 5
        assert WatchedPlace.objects.get().due_at > clock.now()

    @pytest.mark.parametrize(
        "name", ["o.csv.part", "o.csv.tmp", ".o.csv", "~$o.csv", "o.csv.complete", "o.csv.filepart"]
    )
    def test_keeps_what_is_half_written_or_done_with(self, watched, folder, look, name):
        (folder / name).write_bytes(GOOD)
        look(watched, times=3)

        assert there(folder) == [name]
        assert IncomingFile.objects.count() == 0

    def test_with_a_marker_gives_a_file_when_its_marker_is_there(self, feed, folder, look):
        places.save(feed, places.tidied({"kind": "folder", "path": str(folder), "marker": ".ready"}))
        (folder / "orders.csv").write_bytes(GOOD)
        look(feed, times=3)
        assert Order.objects.count() == 0

        (folder / "orders.csv.ready").write_bytes(b"")
        look(feed, times=1)
        assert Order.objects.count() == 2
        assert len(there(folder)) == 2
        assert all(name.startswith("done/orders.csv") for name in there(folder))

    def test_keeps_a_bad_file_in_error_beside_a_text_with_row_field_and_cure(self, watched, folder, look):
        (folder / "orders.csv").write_bytes(BAD)
        look(watched)

        assert there(folder) == ["error/orders.csv", "error/orders.csv.txt"]
        text = (folder / "error/orders.csv.txt").read_text()
        assert "1 of 2 orders or messages were not taken in." in text
        assert "row 4, column “Price”" in text
        assert "is not a number. Write it like 12.50" in text
        assert Order.objects.get().source_id == "A1"

    def test_renames_as_kornit_x_does_where_that_is_asked(self, feed, folder, look):
        said = {"kind": "folder", "path": str(folder), "afterwards": "rename"}
        places.save(feed, places.tidied(said))
        (folder / "good.csv").write_bytes(GOOD)
        (folder / "bad.csv").write_bytes(BAD)
        look(feed)

        names = there(folder)
        assert len(names) == 3
        assert any(name.startswith("good.csv.") and name.endswith(".complete") for name in names)
        assert any(name.startswith("bad.csv.") and name.endswith(".error") for name in names)
        look(feed)
        assert there(folder) == names

    def test_takes_the_same_file_once_and_never_overwrites_one_in_done(self, watched, folder, look):
        for _ in range(3):
            (folder / "orders.csv").write_bytes(GOOD)
            look(watched)

        assert len(there(folder)) == 3
        assert (Order.objects.count(), Revision.objects.count()) == (2, 2)
        assert sorted(IncomingFile.objects.values_list("state", flat=True)) == ["same", "same", "taken"]

    def test_does_not_move_what_was_written_over_a_file_that_is_being_taken(self, watched, folder, look, monkeypatch):
        path = folder / "orders.csv"
        path.write_bytes(GOOD)
        newer = GOOD.replace(b"MUG,2", b"MUG,3")
        real = collecting._move_all

        def written_over(*given):
            path.write_bytes(newer)
            os.utime(path, (1, 1))
            monkeypatch.undo()
            return real(*given)

        monkeypatch.setattr(collecting, "_move_all", written_over)
        look(watched)
        look(watched)

        assert Order.objects.get(source_id="A1").current_revision.content["lines"][0]["quantity"] == "3"

    @pytest.mark.parametrize("name", [b"or\nders.csv", b"caf\xe9.csv", b"a\\b.csv"])
    def test_leaves_names_with_tricks_alone_and_says_so(self, watched, folder, look, name):
        with open(os.path.join(os.fsencode(folder), name), "wb") as file:  # noqa: PTH118, PTH123 - bytes
            file.write(GOOD)
        look(watched)

        assert IncomingFile.objects.count() == 0
        assert "is no name" in WatchedPlace.objects.get().problem

    def test_follows_no_link_out_of_it(self, watched, folder, look, tmp_path):
        (tmp_path / "secret.csv").write_bytes(GOOD)
        (folder / "orders.csv").symlink_to(tmp_path / "secret.csv")
        look(watched)
        assert IncomingFile.objects.count() == 0

    def test_of_nothing_says_so_of_an_empty_file(self, watched, folder, look):
        (folder / "orders.csv").write_bytes(b"")
        look(watched)
        assert there(folder) == ["error/orders.csv", "error/orders.csv.txt"]

    def test_is_left_alone_until_somebody_has_matched_the_columns(self, watched, folder, look):
        roster.change_fields(watched, secrets={}, settings={"mapping": {}})
        (folder / "orders.csv").write_bytes(GOOD)
        look(watched)
        assert there(folder) == ["orders.csv"]
        assert "matched the columns" in WatchedPlace.objects.get().problem

    def test_that_is_gone_is_said_in_words_and_rests(self, watched, folder, look):
        folder.rmdir()
        look(watched)
        place = WatchedPlace.objects.get()
        assert "The place says no" in place.problem
        assert place.due_at > clock.now()

    def test_outside_of_what_the_operator_allows_cannot_be_chosen(self, feed, folder):
        for path in ("/etc", f"{folder}/../../etc", "relative"):
            with pytest.raises(roster.FeedError):
                places.tidied({"kind": "folder", "path": path})

    def test_of_another_feed_cannot_be_chosen(self, watched, folder):
        other = opening.add(Company.objects.create(name="Birch"), "table", "sheet", "B-")
        for path in (str(folder), f"{folder}/done"):
            with pytest.raises(roster.FeedError, match="Another feed collects"):
                places.save(other, places.tidied({"kind": "folder", "path": path}))

    def test_is_due_by_its_row_and_nothing_is_due_while_it_is_empty(self, watched, folder):
        assert collecting.due(clock.now()) == []
        WatchedPlace.objects.update(due_at=clock.now(), looked_at=None)
        assert collecting.due(clock.now()) == []
        assert WatchedPlace.objects.get().looked_at is not None
        WatchedPlace.objects.update(due_at=clock.now())
        (folder / "orders.csv").write_bytes(GOOD)
        assert collecting.due(clock.now()) == [watched.pk]
        assert collecting.due(clock.now()) == []  # claimed
        files_due.wake(clock.now())

    def test_of_a_closed_feed_is_not_touched(self, watched, folder, look):
        (folder / "orders.csv").write_bytes(GOOD)
        roster.close(watched)
        look(watched)
        assert there(folder) == ["orders.csv"]
        assert collecting.due(clock.now()) == []


class TestAWorkerThatDies:
    def test_between_any_two_steps_neither_loses_nor_doubles(self, watched, folder, look):
        """Broken off after each statement that writes, as by a killed process; the next look goes on."""
        step, broken = 0, 0
        while True:
            name = f"orders{step}.csv"
            content = GOOD.replace(b"A1", b"P%d" % step).replace(b"A2", b"Q%d" % step)
            (folder / name).write_bytes(content)
            look(watched, times=1)
            if not _broken_off(watched, step, look):
                break
            broken += 1
            WatchedPlace.objects.update(due_at=clock.now())
            look(watched, times=3)
            found = set(Order.objects.values_list("source_id", flat=True))
            assert {f"P{step}", f"Q{step}"} <= found, f"lost at step {step}"
            assert f"done/{name}" in there(folder)
            assert Revision.objects.count() == Order.objects.count() == 2 * (step + 1)
            step += 1
        assert broken > 10


class _Dies:
    def __init__(self, at):
        self.left = at

    def __call__(self, execute, sql, params, many, context):
        if sql.startswith(("INSERT", "UPDATE", "RELEASE")):
            if self.left == 0:
                raise KeyboardInterrupt
            self.left -= 1
        return execute(sql, params, many, context)


def _broken_off(feed, step, look) -> bool:
    from django.db import connection, transaction

    try:
        with connection.execute_wrapper(_Dies(step)):
            look(feed, times=1)
    except KeyboardInterrupt:
        transaction.set_rollback(False)
        return True
    return False


@pytest.fixture
def server(tmp_path):
    root = tmp_path / "server"
    root.mkdir()
    with sftp_server(root) as running:
        yield running


@pytest.fixture
def sftp(feed, server):
    said = {"kind": "sftp", "host": "127.0.0.1", "port": server.port, "username": "daybook", "path": "/"}
    place = places.save(feed, places.tidied(said))
    server.authorized.append(place.public_key.split()[1])
    return feed


def trusted(feed, server):
    assert collecting.test(feed) == ""
    shown = WatchedPlace.objects.get().shown_key
    places.confirm(feed, places.fingerprint_of(shown))
    return feed


class TestAnSftpServer:
    def test_is_known_by_the_key_that_a_person_confirmed_and_gives_its_files(self, sftp, server, look):
        look(sftp)
        assert "Nobody has confirmed" in WatchedPlace.objects.get().problem
        trusted(sftp, server)
        assert WatchedPlace.objects.get().problem == ""
        assert "can be listed" in collecting.test(sftp)
        (server.root / "orders.csv").write_bytes(GOOD)
        look(sftp)

        assert there(server.root) == ["done/orders.csv"]
        assert Order.objects.count() == 2

    def test_is_looked_at_less_often_once_nothing_came_for_a_week(self, sftp, server, look):
        trusted(sftp, server)
        for days, minutes in ((1, 5), (8, 15)):
            Feed.objects.update(opened_at=clock.now() - timedelta(days=days))
            look(sftp, times=1)
            waits = WatchedPlace.objects.get().due_at - clock.now()
            assert timedelta(minutes=minutes - 1) < waits <= timedelta(minutes=minutes)

    def test_never_has_its_private_key_shown(self, sftp):
        assert "PRIVATE" not in str(sftp.settings)
        assert sftp.settings["place_public_key"].startswith("ssh-ed25519 ")

    def test_of_our_own_network_is_not_called_at_all(self, sftp, server, look, settings):
        trusted(sftp, server)
        settings.FEEDS_REACH_NEIGHBOURS = False
        (server.root / "orders.csv").write_bytes(GOOD)
        look(sftp)
        assert there(server.root) == ["orders.csv"]
        assert "Daybook's own network" in WatchedPlace.objects.get(feed=sftp).problem
        with pytest.raises(Refused, match="own network"):
            collecting.test(sftp)

    def test_that_shows_another_key_is_shown_nothing(self, sftp, server, look):
        trusted(sftp, server)
        server.change_host_key()
        (server.root / "orders.csv").write_bytes(GOOD)
        look(sftp)

        assert "another key" in WatchedPlace.objects.get().problem
        assert Order.objects.count() == 0

    @pytest.mark.parametrize("step", ["scandir", "rename"])
    def test_that_hangs_loses_nothing(self, sftp, server, look, settings, step):
        settings.CALL_TIMEOUT_SECONDS = 1
        trusted(sftp, server)
        (server.root / "orders.csv").write_bytes(GOOD)
        server.switches.hangs_in = step
        look(sftp)
        assert WatchedPlace.objects.get().problem

        server.switches.hangs_in = ""
        look(sftp)
        assert Order.objects.count() == Revision.objects.count() == 2
        assert there(server.root) == ["done/orders.csv"]

    def test_that_forgets_to_rename_is_said_and_nothing_is_taken_twice(self, sftp, server, look):
        trusted(sftp, server)
        server.switches.forgets_to_rename = True
        (server.root / "orders.csv").write_bytes(GOOD)
        look(sftp, times=4)

        assert "lies there still" in WatchedPlace.objects.get().problem
        assert Order.objects.count() == Revision.objects.count() == 2
        assert IncomingFile.objects.count() == 1

    def test_that_is_full_keeps_the_file_until_there_is_room(self, sftp, server, look):
        trusted(sftp, server)
        server.switches.room = 10
        (server.root / "orders.csv").write_bytes(BAD)
        look(sftp, times=3)
        assert "full" in WatchedPlace.objects.get().problem
        assert "orders.csv" in there(server.root)

        server.switches.room = None
        look(sftp, times=2)
        assert there(server.root) == ["error/orders.csv", "error/orders.csv.txt"]
        assert IncomingFile.objects.count() == 1

    def test_that_lets_one_file_be_read_by_nobody_gives_the_others_and_names_it(self, sftp, server, look):
        trusted(sftp, server)
        write_two(server.root)
        server.switches.unreadable = "a.csv"
        look(sftp, times=3)
        assert "“a.csv” cannot be read there" in WatchedPlace.objects.get().problem
        assert there(server.root) == ["a.csv", "done/b.csv"]

        server.switches.unreadable = ""
        row = WatchedPlace.objects.get()
        row.seen = {name: [size, modified, since - 300, how] for name, (size, modified, since, how) in row.seen.items()}
        row.save()
        look(sftp)
        assert WatchedPlace.objects.get().problem == ""
        assert (there(server.root), Order.objects.count()) == (["done/a.csv", "done/b.csv"], 4)

    def test_that_lets_one_file_not_be_moved_moves_the_others_and_names_it(self, sftp, server, look):
        trusted(sftp, server)
        write_two(server.root)
        server.switches.unmovable = "a.csv"
        look(sftp, times=3)
        assert "“a.csv” was taken in" in WatchedPlace.objects.get().problem
        assert there(server.root) == ["a.csv", "done/b.csv"]
        assert (Order.objects.count(), IncomingFile.objects.count()) == (4, 2)

        server.switches.unmovable = ""
        look(sftp, times=1)
        assert WatchedPlace.objects.get().problem == ""
        assert (there(server.root), Revision.objects.count()) == (["done/a.csv", "done/b.csv"], 4)

    def test_that_lets_nothing_be_moved_rests_and_takes_nothing_twice(self, sftp, server, look):
        trusted(sftp, server)
        for number in range(collecting.REFUSED_BY_THE_PLACE):
            (server.root / f"{number}.csv").write_bytes(
                GOOD.replace(b"A1", b"1-%d" % number).replace(b"A2", b"2-%d" % number)
            )
        server.switches.unmovable = ".csv"
        look(sftp, times=3)
        place = WatchedPlace.objects.get()
        assert ("The place says no" in place.problem, place.failures) == (True, 2)
        assert (Revision.objects.count(), IncomingFile.objects.count()) == (6, 3)

    def test_that_lets_a_bad_file_not_be_moved_has_one_text_of_it(self, sftp, server, look):
        trusted(sftp, server)
        (server.root / "orders.csv").write_bytes(BAD)
        server.switches.unmovable = "orders.csv"
        look(sftp, times=5)
        assert there(server.root) == ["error/orders.csv.txt", "orders.csv"]
        server.switches.unmovable = ""
        look(sftp, times=1)
        assert there(server.root) == ["error/orders.csv", "error/orders.csv.txt"]

    def test_whose_answer_to_the_renaming_is_lost_is_looked_at_again(self, sftp, server, look):
        trusted(sftp, server)
        server.switches.loses_answer_to_rename = True
        (server.root / "orders.csv").write_bytes(GOOD)
        look(sftp)
        server.switches.loses_answer_to_rename = False
        look(sftp)

        assert IncomingFile.objects.get().moved_at is not None
        assert there(server.root) == ["done/orders.csv"]


@pytest.mark.parametrize("kind", ["ftp", "ftps"])
class TestAnFtpServer:
    def test_gives_its_files_in_the_open_or_over_tls(self, feed, tmp_path, look, kind):
        root = tmp_path / "server"
        root.mkdir()
        secure = certificate(tmp_path) if kind == "ftps" else None
        with ftp_server(root, secure) as server:
            said = {"kind": kind, "host": "localhost", "port": server.port, "username": USER, "path": "/"}
            places.save(feed, places.tidied(said), password=PASSWORD)
            if kind == "ftps":
                assert collecting.test(feed) == ""
                places.confirm(feed, WatchedPlace.objects.get().shown_key)
            assert "can be listed" in collecting.test(feed)
            (root / "orders.csv").write_bytes(GOOD)
            assert collecting.test(feed) == "The place can be listed: 1 file lies there."
            (root / "bad.csv").write_bytes(BAD)
            look(feed, times=3)

            assert there(root) == ["done/orders.csv", "error/bad.csv", "error/bad.csv.txt"]
            assert Order.objects.count() == 2

    def test_that_tells_no_times_is_taken_by_bytes(self, feed, tmp_path, look, kind):
        root = tmp_path / "server"
        root.mkdir()
        secure = certificate(tmp_path) if kind == "ftps" else None
        with ftp_server(root, secure) as server:
            server.switches.without_mlsd = True
            said = {"kind": kind, "host": "localhost", "port": server.port, "username": USER, "path": "/"}
            places.save(feed, places.tidied(said), password=PASSWORD)
            if kind == "ftps":
                collecting.test(feed)
                places.confirm(feed, WatchedPlace.objects.get().shown_key)
            (root / "orders.csv").write_bytes(GOOD)
            look(feed, times=3)
            (root / "orders.csv").write_bytes(GOOD.replace(b"MUG,2", b"MUG,3"))
            look(feed, times=3)

            assert Order.objects.get(source_id="A1").current_revision.content["lines"][0]["quantity"] == "3"


@pytest.fixture
def ftp(feed, tmp_path):
    """Yield an FTP server in the open, of which the feed's files are collected."""
    root = tmp_path / "server"
    root.mkdir()
    with ftp_server(root) as server:
        said = {"kind": "ftp", "host": "localhost", "port": server.port, "username": USER, "path": "/"}
        places.save(feed, places.tidied(said), password=PASSWORD)
        assert "can be listed" in collecting.test(feed)
        (root / "orders.csv").write_bytes(GOOD)
        yield server


class TestAnFtpServerThatMisbehaves:
    @pytest.mark.parametrize("command", ["MLSD", "RETR", "RNTO"])
    def test_by_hanging_is_said_and_loses_nothing(self, feed, ftp, look, settings, command):
        settings.CALL_TIMEOUT_SECONDS = 0.5
        look(feed, times=1)  # seen once: the next look collects
        ftp.switches.hangs_in = command
        look(feed, times=1)
        assert "orders.csv" in there(ftp.root) or command == "RNTO"
        assert WatchedPlace.objects.get().problem

        ftp.switches.hangs_in, settings.CALL_TIMEOUT_SECONDS = "", 20
        look(feed)
        assert Order.objects.count() == Revision.objects.count() == 2
        assert there(ftp.root) == ["done/orders.csv"]
        assert WatchedPlace.objects.get().problem == ""

    def test_by_forgetting_to_rename_is_said_and_nothing_is_taken_twice(self, feed, ftp, look):
        ftp.switches.forgets_to_rename = True
        look(feed, times=4)
        assert "lies there still" in WatchedPlace.objects.get().problem
        assert Order.objects.count() == Revision.objects.count() == 2
        assert IncomingFile.objects.count() == 1

    def test_by_dropping_the_line_after_the_rename_is_looked_at_again(self, feed, ftp, look):
        ftp.switches.breaks_after_rename = True
        look(feed)
        ftp.switches.breaks_after_rename = False
        look(feed)
        assert Order.objects.count() == 2
        assert there(ftp.root) == ["done/orders.csv"]
        assert IncomingFile.objects.get().moved_at is not None


def test_the_settings_of_a_place_are_told_and_its_secrets_are_not(watched, cast):
    from daybook.history.models import Event

    assert MAPPING.kept()
    assert any("place_path" in str(each.after) for each in Event.objects.filter(company=cast.company))
