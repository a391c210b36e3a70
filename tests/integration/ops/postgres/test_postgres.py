"""The embedded database against real processes that are killed."""

import contextlib
import os
import shutil
import stat
import subprocess
import threading
import time
from pathlib import Path

import psycopg
import pytest

from daybook.ops.postgres import pgfolder, postgres
from tests.integration.ops.ops_processes import Holder, kill_and_wait

pytestmark = pytest.mark.drawn


def answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def number_in(server: postgres.Server) -> int:
    return int(server.folder.process_file.read_text().splitlines()[0])


class TestAServer:
    def test_keeps_what_was_committed(self, data: Path) -> None:
        with postgres.running(data) as server, psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute("CREATE TABLE kept (text text)")
            connection.execute("INSERT INTO kept VALUES ('Ärger')")

        with postgres.running(data) as server, psycopg.connect(server.url) as connection:
            assert connection.execute("SELECT lower(text) FROM kept").fetchone() == ("ärger",)

    def test_is_durable_and_only_reachable_through_its_socket(self, data: Path) -> None:
        with postgres.running(data) as server, psycopg.connect(server.url) as connection:

            def setting(name: str) -> str:
                row = connection.execute("SELECT current_setting(%s)", [name]).fetchone()
                return str(row[0] if row else "")

            assert (setting("fsync"), setting("listen_addresses")) == ("on", "")
            assert int(setting("max_connections")) >= 200
            socket = Path(setting("unix_socket_directories").strip('"'))
            assert stat.S_IMODE(socket.stat().st_mode) == 0o700

    def test_logs_no_value_of_a_row_that_it_refuses(self, data: Path) -> None:
        with postgres.running(data) as server, psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute("CREATE TABLE people (email text UNIQUE)")
            for _ in range(2):
                with contextlib.suppress(psycopg.errors.UniqueViolation):
                    psycopg.ClientCursor(connection).execute("INSERT INTO people VALUES (%s)", ["ann@example.com"])
            said = server.folder.log.read_text()

        assert "people_email_key" in said
        assert "ann@example.com" not in said

    def test_refuses_other_accounts_of_this_machine(self, data: Path) -> None:
        if os.geteuid() != 0:
            pytest.skip("needs root, to become somebody else")
        with postgres.running(data) as server:
            account = server.folder.account
            assert account
            psql = postgres.pgprograms.find().folder / "psql"
            tried = subprocess.run(
                [psql, server.url, "-c", "SELECT 1"], user=account.uid, capture_output=True, text=True, check=False
            )
            assert "Peer authentication failed" in tried.stderr

    def test_of_roots_folder_a_copy_is_refused_and_leaves_it_alone(self, data: Path, tmp_path: Path) -> None:
        if os.geteuid() != 0:
            pytest.skip("only root's databases lie elsewhere than their folder")
        with postgres.running(data) as server:
            copy = tmp_path / "copy"
            shutil.copytree(data, copy)
            with pytest.raises(postgres.PostgresError, match=f"{copy} is a copy of {data}"):
                postgres.ensure_running(copy)
            with pytest.raises(postgres.PostgresError, match="cannot be deleted"):
                postgres.remove(copy)
            assert answers(server.url)

        shutil.rmtree(copy)
        data.rename(copy)
        try:
            with postgres.running(copy) as moved:
                assert answers(moved.url)
        finally:
            copy.rename(data)

    def test_stops_with_its_only_holder(self, data: Path) -> None:
        with postgres.running(data) as server:
            assert answers(server.url)
        assert not answers(server.url)

    def test_ignores_a_second_release(self, data: Path) -> None:
        server = postgres.ensure_running(data)
        server.release()
        server.release()


class TestTwoHolders:
    def test_share_one_server_which_the_last_one_stops(self, data: Path, holders: list[Holder]) -> None:
        holders += [Holder(data), Holder(data)]
        first, second = (holder.url() for holder in holders)
        assert first == second

        holders[0].leave()
        assert answers(first)
        holders[1].leave()
        assert not answers(first)

    def test_started_at_once_start_one_server(self, data: Path) -> None:
        servers: list[postgres.Server] = []
        threads = [threading.Thread(target=lambda: servers.append(postgres.ensure_running(data))) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=120)

        assert len({server.url for server in servers}) == 1
        assert len(servers) == 4
        for server in servers:
            server.release()
        assert not answers(servers[0].url)

    def test_of_whom_one_is_killed_leave_no_server_behind(self, data: Path, holders: list[Holder]) -> None:
        holders += [Holder(data), Holder(data)]
        url = holders[0].url()
        holders[1].url()

        holders[0].kill()
        assert answers(url)
        holders[1].leave()
        assert not answers(url)


class TestAfterAKill:
    def test_of_the_only_holder_the_next_one_finds_and_stops_the_server(
        self, data: Path, holders: list[Holder]
    ) -> None:
        holders.append(Holder(data))
        url = holders[0].url()
        holders[0].kill()

        with postgres.running(data) as server:
            assert server.url == url
        assert not answers(url)

    def test_of_postgres_itself_the_next_start_recovers(self, data: Path) -> None:
        server = postgres.ensure_running(data)
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS number")
            kill_and_wait(number_in(server))
        server.release()

        with postgres.running(data) as again, psycopg.connect(again.url) as connection:
            assert connection.execute("SELECT count(*) FROM kept").fetchone() == (1000,)

    def test_of_postgres_a_second_holder_starts_it_again(self, data: Path) -> None:
        first = postgres.ensure_running(data)
        kill_and_wait(number_in(first))

        with postgres.running(data) as second:
            assert answers(second.url)
        assert answers(first.url)
        first.release()
        assert not answers(first.url)

    def test_of_a_first_start_half_done_nothing_is_in_the_way(self, data: Path) -> None:
        folder = pgfolder.prepare(data, postgres.pgprograms.find().account)
        folder.make_private(folder.server)
        (folder.server / "draft-abc").mkdir()
        (folder.server / "draft-abc" / "PG_VERSION").write_text("18\n")

        with postgres.running(data) as server:
            assert answers(server.url)
        assert not (folder.server / "draft-abc").exists()

    def test_the_number_of_a_living_stranger_in_the_process_file_does_not_deceive(self, data: Path) -> None:
        server = postgres.ensure_running(data)
        account, file = server.folder.account, server.folder.process_file
        kill_and_wait(number_in(server))
        lines = file.read_text().splitlines(keepends=True)
        server.release()
        stranger = subprocess.Popen(["sleep", "300"], user=account.uid if account else None)
        try:
            file.write_text("".join([f"{stranger.pid}\n", *lines[1:]]))
            with postgres.running(data) as again:
                assert answers(again.url)
                assert number_in(again) != stranger.pid
            assert stranger.poll() is None
        finally:
            stranger.kill()
            stranger.wait()


class TestALongPath:
    def test_has_its_socket_elsewhere_and_keeps_the_place(self, tmp_path: Path) -> None:
        home = tmp_path / ("far-away-" * 12)
        home.mkdir()
        folder = pgfolder.DatabaseFolder(tmp_path, home, None)
        folder.make_private(folder.server)
        socket = folder.socket()
        try:
            assert len(str(socket / pgfolder.SOCKET_NAME)) <= pgfolder.SOCKET_PATH_BYTES
            assert socket.stat().st_mode & 0o777 == 0o700
            assert folder.socket() == socket
        finally:
            socket.rmdir()


class TestRemoving:
    def test_is_refused_while_somebody_uses_it(self, data: Path) -> None:
        with postgres.running(data), pytest.raises(postgres.PostgresError, match="in use"):
            postgres.remove(data)

    def test_leaves_nothing(self, data: Path) -> None:
        with postgres.running(data) as server:
            folder = server.folder
        postgres.remove(data)
        assert not folder.cluster.exists()
        assert folder.home == folder.data or not folder.home.exists()


class TestTroubles:
    def test_of_postgres_are_told_in_its_own_words_and_at_once(self, data: Path) -> None:
        started = time.monotonic()
        with pytest.raises(postgres.PostgresError, match="max_connections"):
            postgres.ensure_running(data, settings={"max_connections": "nonsense"})
        assert time.monotonic() - started < 30

    def test_are_one_sentence(self, data: Path) -> None:
        (data / "not-a-folder").write_text("")
        with pytest.raises(postgres.PostgresError, match="cannot be used"):
            postgres.ensure_running(data / "not-a-folder")
