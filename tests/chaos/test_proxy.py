"""The proxy passes on what comes, and strikes at the step that a blow names."""

import http.client
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.chaos import proxy
from tests.chaos.proxy import Proxy, Strikes, call_of
from tests.chaos.schedule import KINDS, Blow, Call, Deed, Step

WRITING = ("PUT", "/api.xro/2.0/Invoices")


class Books(ThreadingHTTPServer):
    """Answers every request with what was sent, and keeps it."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Clerk)
        self.booked: list[bytes] = []


class _Clerk(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Books

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.booked.append(body)
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_PUT = do_POST = _serve  # noqa: N815 - as the base names them

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def standing(struck: list[tuple[Blow, int]]) -> Iterator[tuple[Books, Proxy]]:
    books = Books()
    thread = threading.Thread(target=books.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    between = Proxy(books.server_address[1], Strikes(lambda blow, port: struck.append((blow, port)), factor=20))
    try:
        yield books, between
    finally:
        between.close()
        books.shutdown()
        books.server_close()
        thread.join()


@pytest.fixture
def struck() -> list[tuple[Blow, int]]:
    return []


@pytest.fixture
def stage(struck) -> Iterator[tuple[Books, Proxy]]:
    with standing(struck) as both:
        yield both


def blow(deed: Deed, step: Step | None, *, skips: int = 0, lasts: float = 0) -> Blow:
    kind = next(each for each in KINDS if each.deed is deed and each.step is step and each.call in {Call.WRITE, None})
    return Blow(0, kind, 0, lasts, skips)


def send(between: Proxy, method: str = "PUT", path: str = WRITING[1]) -> tuple[int, bytes]:
    """Return status and body; 0 where no whole answer came."""
    connection = http.client.HTTPConnection("127.0.0.1", between.server_address[1], timeout=30)
    try:
        connection.request(method, path, b"a document")
        answer = connection.getresponse()
        return answer.status, answer.read()
    except http.client.IncompleteRead as cut:
        return 0, cut.partial
    except (OSError, http.client.HTTPException):
        return 0, b""
    finally:
        connection.close()


class TestTheProxy:
    def test_passes_on_what_nothing_strikes(self, stage):
        books, between = stage
        assert send(between) == (200, b"a document")
        assert books.booked == [b"a document"]

    def test_loses_an_answer_after_it_was_booked(self, stage):
        books, between = stage
        between.strikes.arm(blow(Deed.LOSE, Step.BOOKED))
        assert send(between) == (0, b"")
        assert books.booked == [b"a document"]
        assert send(between)[0] == 200

    def test_cuts_a_connection_before_anything_is_booked(self, stage):
        books, between = stage
        between.strikes.arm(blow(Deed.LOSE, Step.ASKED))
        assert send(between)[0] == 0
        assert books.booked == []

    def test_cuts_an_answer_in_half(self, stage):
        books, between = stage
        between.strikes.arm(blow(Deed.CUT, Step.BOOKED))
        assert send(between) == (0, b"a doc")
        assert len(books.booked) == 1

    def test_delivers_a_request_twice(self, stage):
        books, between = stage
        between.strikes.arm(blow(Deed.TWICE, Step.ASKED))
        assert send(between)[0] == 200
        assert len(books.booked) == 2

    def test_says_500_with_and_without_a_booking(self, stage):
        books, between = stage
        for step, booked in ((Step.ASKED, 0), (Step.BOOKED, 1)):
            between.strikes.arm(blow(Deed.FAIL, step))
            assert send(between)[0] == 500
            assert len(books.booked) == booked

    def test_strikes_who_called_by_the_port_it_calls_from(self, stage, struck):
        books, between = stage
        killing = blow(Deed.KILL, Step.BOOKED)
        between.strikes.arm(killing)
        assert send(between)[0] == 0
        assert len(books.booked) == 1
        [(what, port)] = struck
        assert what is killing
        assert port > 0

    def test_lets_calls_of_other_kinds_and_those_before_it_pass(self, stage):
        _, between = stage
        between.strikes.arm(blow(Deed.FAIL, Step.ASKED, skips=1))
        assert send(between, "GET", "/api.xro/2.0/Accounts")[0] == 200
        assert send(between)[0] == 200
        assert send(between)[0] == 500

    def test_answers_in_their_place_while_a_window_is_open(self, stage):
        books, between = stage
        between.strikes.open_window(
            blow(Deed.THROTTLE, None, lasts=20), ("/api.xro/",), proxy.throttled("minute", retry_after=20)
        )
        assert send(between)[0] == 429
        assert send(between, "POST", "/connect/token")[0] == 200
        time.sleep(1.1)  # 20 of the trial's seconds
        assert send(between)[0] == 200
        assert len(books.booked) == 2

    def test_lets_nothing_strike_once_it_is_disarmed(self, stage):
        _, between = stage
        between.strikes.arm(blow(Deed.FAIL, Step.ASKED))
        assert [each.kind.deed for each in between.strikes.disarm()] == [Deed.FAIL]
        assert send(between)[0] == 200


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("PUT", "/api.xro/2.0/Invoices?summarizeErrors=false", Call.WRITE),
        ("GET", "/api.xro/2.0/Invoices?InvoiceNumbers=A1", Call.LOOK),
        ("GET", "/api.xro/2.0/Accounts", None),
        ("POST", "/connect/token", Call.TOKEN),
    ],
)
def test_calls_are_told_apart(method, path, expected):
    assert call_of(method, path) is expected


def test_a_client_that_is_gone_stops_nothing(stage):
    _, between = stage
    connection = http.client.HTTPConnection("127.0.0.1", between.server_address[1], timeout=30)
    connection.request("PUT", WRITING[1], b"a document")
    with suppress(OSError):
        connection.close()
    assert send(between)[0] == 200
