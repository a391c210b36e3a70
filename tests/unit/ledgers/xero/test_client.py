"""What left this machine and what did not: the difference between sending again and looking first."""

import socket
import threading
from collections.abc import Iterator

import httpx2
import pytest

from daybook.wire.asks import Request
from daybook.wire.errors import NotSent, OutcomeUnknown, Unexpected
from daybook.wire.http import HttpClient, shared_client

GET = Request("GET", "https://xero.example/x", {"Authorization": "Bearer secret-token"})


def client_raising(error: Exception) -> HttpClient:
    def answer(request: httpx2.Request) -> httpx2.Response:
        raise error

    return HttpClient(5, httpx2.MockTransport(answer))


@pytest.fixture
def rude_server() -> Iterator[tuple[int, list[bytes]]]:
    """A server that reads a request and closes the connection without a word."""
    heard: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                heard.append(connection.recv(65536))

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield listener.getsockname()[1], heard
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(5)


class TestAnAnswer:
    def test_of_any_status_comes_back_with_lower_case_headers(self):
        def answer(request: httpx2.Request) -> httpx2.Response:
            return httpx2.Response(429, headers={"Retry-After": "7"}, content=b"wait")

        got = HttpClient(5, httpx2.MockTransport(answer)).send(GET)
        assert (got.status, got.headers["retry-after"], got.body) == (429, "7", b"wait")

    def test_that_points_elsewhere_is_not_followed(self):
        def answer(request: httpx2.Request) -> httpx2.Response:
            return httpx2.Response(302, headers={"Location": "https://thief.example/"})

        assert HttpClient(5, httpx2.MockTransport(answer)).send(GET).status == 302

    def test_leaves_no_cookie_for_the_next_company(self):
        cookies: list[str | None] = []

        def answer(request: httpx2.Request) -> httpx2.Response:
            cookies.append(request.headers.get("cookie"))
            return httpx2.Response(200, headers={"Set-Cookie": "session=acme; Path=/"})

        client = HttpClient(5, httpx2.MockTransport(answer))
        client.send(GET)
        client.send(GET)
        assert cookies == [None, None]


class TestARequest:
    def test_goes_out_exactly_as_it_was_written(self):
        seen: list[httpx2.Request] = []

        def answer(request: httpx2.Request) -> httpx2.Response:
            seen.append(request)
            return httpx2.Response(200)

        body = b'{"Invoices":[{"Total":10.10}]}'
        url = "https://xero.example/api.xro/2.0/Invoices?summarizeErrors=false"
        HttpClient(5, httpx2.MockTransport(answer)).send(Request("PUT", url, {"Idempotency-Key": "k"}, body))
        assert (seen[0].method, str(seen[0].url), seen[0].content) == ("PUT", url, body)
        assert seen[0].headers["Idempotency-Key"] == "k"


class TestNothingLeft:
    @pytest.mark.parametrize(
        "error",
        [
            httpx2.ConnectError("name not known"),
            httpx2.ConnectTimeout("no connection"),
            httpx2.PoolTimeout("all busy"),
            httpx2.ProxyError("407"),
        ],
    )
    def test_where_no_connection_stood(self, error):
        with pytest.raises(NotSent):
            client_raising(error).send(GET)

    def test_where_nobody_listens(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        with pytest.raises(NotSent):
            HttpClient(5).send(Request("GET", f"http://127.0.0.1:{port}/", {}))


class TestTheOutcomeIsUnknown:
    @pytest.mark.parametrize(
        "error",
        [
            httpx2.ReadTimeout("silence"),
            httpx2.WriteTimeout("stuck"),
            httpx2.ReadError("reset"),
            httpx2.WriteError("broken pipe"),
            httpx2.RemoteProtocolError("half an answer"),
            httpx2.CloseError("closed"),
            httpx2.DecodingError("not gzip"),
        ],
    )
    def test_where_bytes_may_have_left(self, error):
        with pytest.raises(OutcomeUnknown):
            client_raising(error).send(GET)

    def test_where_the_server_hangs_up_and_the_request_is_sent_once_only(self, rude_server):
        port, heard = rude_server
        with pytest.raises(OutcomeUnknown):
            HttpClient(5).send(Request("PUT", f"http://127.0.0.1:{port}/", {}, b"{}"))
        assert len([request for request in heard if request]) == 1

    def test_where_the_answer_drips_without_end(self):
        class Dripping(httpx2.SyncByteStream):
            def __iter__(self) -> Iterator[bytes]:
                while True:
                    yield b" "
                    threading.Event().wait(0.02)

        client = HttpClient(0.1, httpx2.MockTransport(lambda request: httpx2.Response(200, stream=Dripping())))
        with pytest.raises(OutcomeUnknown, match="did not end"):
            client.send(GET)


class TestAnError:
    def test_never_shows_the_token(self):
        with pytest.raises(OutcomeUnknown) as caught:
            client_raising(httpx2.ReadError("reset", request=httpx2.Request("GET", GET.url, headers=GET.headers))).send(
                GET
            )
        assert "secret-token" not in f"{caught.value}{caught.value!r}{caught.value.__cause__!r}"

    def test_of_a_request_that_is_none_is_our_defect(self):
        with pytest.raises(Unexpected):
            HttpClient(5).send(Request("GET", "gopher://xero.example/", {}))


class TestTheSharedClient:
    def test_is_one_for_the_whole_process(self):
        assert shared_client(60.0) is shared_client(60.0)

    def test_is_not_dropped_with_its_connections_for_one_of_another_patience(self):
        first = shared_client(60.0)
        assert len({shared_client(60.0 + more) for more in range(1, 6)}) == 5
        assert shared_client(60.0) is first
