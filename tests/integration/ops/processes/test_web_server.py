"""`daybook web` over its socket: who is slow, too large or a stranger takes nothing from the others."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

import httpx2
import psycopg
import pytest
from pytest_django import DjangoDbBlocker

from daybook.kit.ids import public_id
from daybook.ops.processes import waiting
from daybook.ops.processes.everything import answers
from tests.database import copied
from tests.ports import free_port

HOST = "127.0.0.1"
KEY = "dbk_" + "x" * 43
SESSION = "sessionid=" + "a" * 32
SIGNATURE = "0" * 64
SLOW = 200


@dataclass
class Web:
    """A running `daybook web`."""

    process: subprocess.Popen[bytes]
    port: int

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def connect(self, sent: bytes = b"") -> socket.socket:
        opened = socket.create_connection((HOST, self.port), timeout=20)
        opened.sendall(sent)
        return opened

    def says(self, opened: socket.socket) -> bytes:
        """Return one answer, whole."""
        said = b""
        while b"\r\n\r\n" not in said:
            said += opened.recv(65536)
        start, _, body = said.partition(b"\r\n\r\n")
        length = re.search(rb"Content-Length: (\d+)", start)
        while length and len(body) < int(length[1]):
            body += opened.recv(65536)
        return start + body


@pytest.fixture(scope="module")
def database(django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """The URL of a database of our own: it goes away under the web process's feet."""
    with django_db_blocker.unblock(), copied(f"web_{public_id()}") as url:
        yield url


@contextlib.contextmanager
def serving(database: str, *options: str) -> Iterator[Web]:
    """Have a web process that ends in good order and without a traceback."""
    port = free_port()
    environ = {**os.environ, "DATABASE_URL": database, "DAYBOOK_PUBLIC_URL": f"http://localhost:{port}"}
    command = [sys.executable, "-m", "daybook", "web", f"--port={port}", "--processes=1", *options]
    process = subprocess.Popen(command, env=environ, stderr=subprocess.PIPE)
    try:
        assert waiting.until(lambda: answers(HOST, port) or process.poll() is not None, seconds=60)
        yield Web(process, port)
    finally:
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=60)
    assert (process.returncode, b"Traceback" in said) == (0, False), said.decode()


@pytest.fixture(scope="module")
def web(database: str) -> Iterator[Web]:
    with serving(database) as process:
        yield process


def head(method: str, path: str, *lines: str, length: int = 0) -> bytes:
    given = "".join(f"{line}\r\n" for line in lines) + (f"Content-Length: {length}\r\n" if length else "")
    return f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n{given}\r\n".encode()


@contextlib.contextmanager
def without(database: str) -> Iterator[None]:
    """Have a database under another name, so that nobody can connect to it."""
    away = f"away_{public_id()}"
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [database])
        admin.execute(f'ALTER DATABASE "{database}" RENAME TO "{away}"')
        try:
            yield
        finally:
            admin.execute(f'ALTER DATABASE "{away}" RENAME TO "{database}"')


class TestWhoIsSlow:
    def test_takes_no_page_and_no_order_from_others(self, web: Web) -> None:
        kinds = [
            b"GET /accounts/login/ HTTP/1.1\r\nHost: loc",
            head("POST", "/accounts/login/", "Content-Type: application/x-www-form-urlencoded", length=5000) + b"a=",
            head("POST", "/c/x/costs/upload/", f"Cookie: {SESSION}", length=9_000_000) + b"a=",
            head("POST", "/api/v1/orders", f"Authorization: Bearer {KEY}", length=8_000_000) + b"[",
            head("POST", "/api/v1/intake/kornitx/x", f"X-CustomGateway-Hmac: {SIGNATURE}", length=8_000_000) + b"{",
            head("GET", "/static/unfold/css/styles.css"),  # and never reads the answer
            b"",
        ]
        with contextlib.ExitStack() as stack:
            for number in range(SLOW):
                stack.enter_context(web.connect(kinds[number % len(kinds)]))
            for path, status in (("/accounts/login/", 200), ("/health", 200), ("/api/v1/orders/x", 401)):
                assert httpx2.get(web.url + path, timeout=20).status_code == status

    def test_makes_room_for_newcomers_when_there_are_too_many(self, web: Web) -> None:
        with contextlib.ExitStack() as stack:
            for _ in range(700):
                stack.enter_context(web.connect(b"GET / HT"))
            assert httpx2.get(f"{web.url}/accounts/login/", timeout=20).status_code == 200

    def test_with_the_head_is_cut_off(self, web: Web) -> None:
        with web.connect(b"GET / HTTP/1.1\r\n") as opened:
            began = time.monotonic()
            assert opened.recv(1) == b""
            assert time.monotonic() - began < 15


class TestABody:
    @pytest.mark.parametrize(
        ("sent", "status"),
        [
            (head("POST", "/api/v1/orders", length=1000), 401),
            (head("POST", "//api/v1/orders", length=1000), 401),
            (head("POST", "/api/v1/orders", "Authorization: Bearer x", length=1000), 401),
            (head("POST", "/api/v1/orders", f"Authorization: Bearer {KEY}", length=9_000_000), 401),
            (head("POST", "/api/v1/intake/kornitx/x", length=1000), 401),
            (head("POST", "/api/v1/intake/kornitx/x", "X-CustomGateway-Hmac: x", length=1000), 401),
            (head("POST", "/api/v1/intake/kornitx/x", f"X-CustomGateway-Hmac: {SIGNATURE}", length=9_000_000), 413),
            (
                head(
                    "POST", "/api/v1/intake/kornitx/x", f"X-CustomGateway-Hmac: {SIGNATURE}", "Content-Type: text/xml",
                    length=1000,
                ),
                415,
            ),
            (head("PUT", "/api/v1/intake/kornitx/x/status/short", length=1000), 401),
            (head("POST", "/accounts/login/", "Content-Type: multipart/form-data; boundary=x", length=9_000_000), 302),
            (head("POST", "/accounts/login/", "Content-Length: 1", "Content-Length: 2"), 400),
            (head("POST", "/accounts/login/", "Transfer-Encoding: chunked", length=5) + b"0\r\n\r\n", 400),
            (head("POST", "/accounts/login/", "Transfer-Encoding: chunked, chunked") + b"0\r\n\r\n", 400),
            (b"POST /accounts/login/ HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        ],
    )  # fmt: skip
    def test_is_judged_before_it_is_there(self, web: Web, sent: bytes, status: int) -> None:
        with web.connect(sent) as opened:
            assert int(web.says(opened).split()[1]) == status

    def test_in_chunks_without_end_is_refused(self, web: Web) -> None:
        chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
        with web.connect(head("POST", "/accounts/login/", "Transfer-Encoding: chunked") + chunk + chunk) as opened:
            assert web.says(opened).split()[1] in {b"302", b"413"}

    def test_that_nobody_reads_leaves_the_connection_open(self, web: Web) -> None:
        refused = head("POST", "/api/v1/orders", length=70_000)
        with web.connect(refused) as opened:
            assert web.says(opened).startswith(b"HTTP/1.1 401 ")
            opened.sendall(b"x" * 70_000 + refused)
            assert web.says(opened).startswith(b"HTTP/1.1 401 ")

    def test_is_asked_for_where_the_sender_waits_to_be_asked(self, web: Web) -> None:
        with web.connect(head("POST", "/api/v1/orders", "Expect: 100-continue", length=9)) as opened:
            assert b" 401 " in web.says(opened)
        asked = head("POST", "/api/v1/orders", f"Authorization: Bearer {KEY}", "Expect: 100-continue", length=9)
        with web.connect(asked) as opened:
            assert web.says(opened).startswith(b"HTTP/1.1 100 ")


def test_an_answer_to_head_has_no_body(web: Web) -> None:
    with web.connect(head("HEAD", "/accounts/login/") + head("GET", "/health")) as opened:
        said = b""
        while b"ok" not in said:
            said += opened.recv(65536)
    assert b"<html" not in said


def test_a_forged_host_is_answered_400(web: Web) -> None:
    for path in ("/", "/api/v1/orders/x", "/health"):
        assert httpx2.get(web.url + path, headers={"Host": "evil.example"}, timeout=20).status_code == 400


@pytest.mark.drawn
def test_several_processes_share_one_socket(database: str) -> None:
    with serving(database, "--processes=2") as web:
        assert httpx2.get(f"{web.url}/health", timeout=60).json() == {"status": "ok"}


def test_a_database_that_is_gone_is_answered_503_and_is_missed_no_longer_than_it_is_gone(
    web: Web, database: str
) -> None:
    with without(database.rpartition("/")[2]):
        for path in ("/health", f"/setup/{'x' * 43}", "/api/v1/orders/x"):
            began = time.monotonic()
            answer = httpx2.get(web.url + path, headers={"Authorization": f"Bearer {KEY}"}, timeout=20)
            assert (answer.status_code, "Traceback" in answer.text) == (503, False)
            assert time.monotonic() - began < 10
        assert httpx2.get(f"{web.url}/health/live", timeout=20).status_code == 200
        assert httpx2.get(f"{web.url}/health/ready", timeout=20).status_code == 503
    assert waiting.until(lambda: httpx2.get(f"{web.url}/health", timeout=20).status_code == 200, seconds=30)
