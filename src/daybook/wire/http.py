"""The one module that opens a socket: a request goes out once, and an answer or one exact error comes back.

Nothing is repeated here and no transport repeats anything: who may send again is decided by the callers. Limits and
refusals are answers too; `protocol.error_in` reads them.
"""

import time
from functools import cache
from http.cookiejar import DefaultCookiePolicy

import httpx2

from daybook.kit import clock
from daybook.wire.asks import Answer, Request
from daybook.wire.errors import NotSent, OutcomeUnknown, Unexpected

CONNECT_SECONDS = 10.0
POOL_SECONDS = 20.0
LARGEST_ANSWER = 64 * 1024 * 1024
"""Bytes; about 30 times the largest list that is asked for. A longer answer is cut off and counts as none."""
LOOPBACK = ("all://localhost", "all://127.0.0.1", "all://[::1]")

# Before a connection stands, nothing has left: name look-up, TCP, TLS, a proxy's refusal, no free connection.
_NOTHING_LEFT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.ProxyError)
_NOT_A_REQUEST = (httpx2.UnsupportedProtocol, httpx2.InvalidURL)


class HttpClient:
    """Sends requests over kept connections; safe to share between threads.

    `timeout_seconds` bounds the wait for an answer and, counted anew, the reading of the whole answer. `transport` replaces
    the network, for tests and for programs that carry a ledger inside themselves.
    """

    def __init__(self, timeout_seconds: float, transport: httpx2.BaseTransport | None = None) -> None:
        self._timeout_seconds = timeout_seconds
        self._client = httpx2.Client(
            transport=transport,
            mounts=dict.fromkeys(LOOPBACK) if transport is None else None,  # a simulated ledger is never behind a proxy
            follow_redirects=False,
            limits=httpx2.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=15),
            headers={"User-Agent": "Daybook"},
        )
        # One client serves all companies: nothing that the ledger says to one may come along with another's request.
        self._client.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))

    def send(self, request: Request, *, timeout_seconds: float | None = None) -> Answer:
        """Send `request` once and return the answer, whatever its status.

        Raises NotSent where nothing left this machine, OutcomeUnknown where anything may have, Unexpected where the
        request is none at all (our defect).
        """
        seconds = clock.lasting(timeout_seconds or self._timeout_seconds)
        try:
            answer = self._client.send(self._outgoing(request, seconds), stream=True)
            try:
                headers = {name.lower(): value for name, value in answer.headers.items()}
                return Answer(answer.status_code, headers, _whole_body(answer, seconds))
            finally:
                answer.close()
        except _NOTHING_LEFT as error:
            raise NotSent(_words(error)) from None  # the cause holds the request, and that holds the token
        except _NOT_A_REQUEST as error:
            raise Unexpected(_words(error)) from None
        except httpx2.HTTPError as error:
            raise OutcomeUnknown(_words(error)) from None

    def _outgoing(self, request: Request, seconds: float) -> httpx2.Request:
        return self._client.build_request(
            request.method,
            request.url,
            headers=dict(request.headers),
            content=request.body or None,
            timeout=httpx2.Timeout(seconds, connect=min(CONNECT_SECONDS, seconds), pool=min(POOL_SECONDS, seconds)),
        )

    def close(self) -> None:
        """Close the kept connections."""
        self._client.close()


@cache
def shared_client(timeout_seconds: float) -> HttpClient:
    """Return this process's client: its threads share the kept connections. None is ever dropped with them open."""
    return HttpClient(timeout_seconds)


def _whole_body(answer: httpx2.Response, seconds: float) -> bytes:
    """Read to the end. The transport's time-out starts anew with each piece, so the sum is bounded here."""
    deadline = time.monotonic() + seconds
    pieces: list[bytes] = []
    length = 0
    for piece in answer.iter_bytes():
        pieces.append(piece)
        length += len(piece)
        if length > LARGEST_ANSWER or time.monotonic() > deadline:
            raise OutcomeUnknown("the answer did not end in time", answer.status_code)
    return b"".join(pieces)


def _words(error: Exception) -> str:
    """Say what the socket said, with the kind of failure; neither holds a header or a body."""
    return f"{type(error).__name__}: {error}"[:500]
