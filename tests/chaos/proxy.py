"""A reverse proxy before the local Xero, in which armed blows strike at the named steps of a call.

It knows neither Daybook nor Xero: requests pass as they are, and what strikes decides by method and path alone.
"""

import hashlib
import http.client
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

from tests.chaos import witness
from tests.chaos.schedule import LATE, Blow, Call, Deed, Step
from tests.chaos.witness import Look, Record, Write

UPSTREAM_SECONDS = 60
HOP_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "host"})
DOCUMENTS = tuple(f"/api.xro/2.0/{name}" for name in ("Invoices", "PurchaseOrders", "CreditNotes", "Payments"))


@dataclass(frozen=True, slots=True)
class Reply:
    """What the local Xero answered, or what stands in its place."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(slots=True)
class Window:
    """For a while, every call below these paths is answered so."""

    until: float
    paths: tuple[str, ...]
    reply: Reply


class CutError(Exception):
    """The connection ends here; `sent` is what still leaves."""

    def __init__(self, sent: bytes = b"") -> None:
        super().__init__("cut")
        self.sent = sent


@dataclass(slots=True)
class Strikes:
    """The blows that wait for calls, and what has struck. Threads of the proxy and the trial share it."""

    at_caller: Callable[[Blow, int], None]
    """Kills or stops the process that calls from this local port."""
    factor: float
    """Seconds of the trial in one of the machine's."""
    armed: list[Blow] = field(default_factory=list)
    passed: dict[int, int] = field(default_factory=dict)
    windows: list[Window] = field(default_factory=list)
    struck: Counter[str] = field(default_factory=Counter)
    record: Record = field(default_factory=Record)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def arm(self, blow: Blow) -> None:
        """Let a blow wait for its call."""
        with self.lock:
            self.armed.append(blow)

    def open_window(self, blow: Blow, paths: tuple[str, ...], reply: Reply) -> None:
        """Answer every call below these paths so, as long as the blow lasts."""
        with self.lock:
            self.windows.append(Window(time.monotonic() + blow.lasts / self.factor, paths, reply))

    def disarm(self) -> list[Blow]:
        """Let nothing strike any more; return what never found its call."""
        with self.lock:
            left, self.armed, self.windows = self.armed, [], []
        return left

    def taken(self, method: str, path: str) -> Blow | None:
        """Return the blow that strikes this call."""
        call = call_of(method, path)
        with self.lock:
            waiting = [each for each in self.armed if each.kind.call is call]
            if not waiting:
                return None
            first = waiting[0]
            seen = self.passed[id(first)] = self.passed.get(id(first), 0) + 1
            if seen <= first.skips:
                return None
            self.armed.remove(first)
            self.struck[first.kind.words] += 1
            return first

    def in_place(self, path: str) -> Reply | None:
        """Return what a window answers in Xero's place."""
        with self.lock:
            self.windows = [each for each in self.windows if each.until > time.monotonic()]
            return next((each.reply for each in self.windows if path.startswith(each.paths)), None)


def call_of(method: str, path: str) -> Call | None:
    """Return which call this is, None where no blow waits for such."""
    if path.startswith("/connect/token"):
        return Call.TOKEN
    if method in {"PUT", "POST"} and path.startswith("/api.xro/"):
        return Call.WRITE
    return Call.LOOK if method == "GET" and path.startswith(DOCUMENTS) else None


class Proxy(ThreadingHTTPServer):
    """Passes calls on to the local Xero at `port`, and lets blows strike on the way."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, strikes: Strikes) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.upstream, self.strikes = port, strikes
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Return its address."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, *_: object) -> None:
        """Say nothing of clients that were killed."""

    def close(self) -> None:
        """Stop serving."""
        self.shutdown()
        self.server_close()
        self._thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 120
    server: Proxy
    told: Reply | None = None
    """What the caller was answered, whole."""
    passed_on: Reply | None = None
    """What Xero answered."""
    passed_at = 0.0
    was_held = False
    is_late = False
    """The request was let go only after its caller had given it up, looked, and perhaps sent anew."""

    def log_message(self, *_: object) -> None:
        """Log nothing."""

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        began, self.told, self.passed_on = time.monotonic(), None, None
        self.was_held = self.is_late = False
        try:
            reply = self._reply(body)
            self._answer(reply)
            self.told = reply
        except CutError as cut:
            self._cut(cut.sent)
        except OSError:  # the client is gone
            self.close_connection = True
        finally:
            self._note(body, began)

    def _reply(self, body: bytes) -> Reply:
        strikes = self.server.strikes
        reply = strikes.in_place(self.path)
        if reply is not None:
            return reply
        blow = strikes.taken(self.command, self.path)
        return self._pass_on(body) if blow is None else self._struck(blow, body)

    def _note(self, body: bytes, began: float) -> None:
        """Write down for the witness what passed: what Xero did, and whether the caller was told of it clearly."""
        resource, record = witness.resource_of(self.path), self.server.strikes.record
        was_seen = self.passed_on is not None and not self.is_late  # what comes late nobody can know of when they look
        ended = self.passed_at if was_seen else began
        if call_of(self.command, self.path) is Call.LOOK:
            if self.told is not None and self.told.status == HTTPStatus.OK:
                record.looks.append(Look(resource, began, time.monotonic(), unquote(self.path).lower()))
        elif resource in witness.WRITTEN and self.command != "GET":
            made = witness.booked_in(self.path, self.passed_on.body) if self.passed_on and was_seen else frozenset()
            record.writes.append(
                Write(
                    resource=resource,
                    key=self.headers.get("Idempotency-Key", ""),
                    digest=hashlib.sha256(body).hexdigest(),
                    numbers=witness.numbers_in(self.path, body),
                    began=began,
                    ended=ended,
                    booked=made,
                    is_clear=self._was_clear(),
                )
            )

    def _was_clear(self) -> bool:
        """Tell whether the caller was told; one that may not have waited for it was not."""
        if self.told is None or self.was_held:
            return False
        return self.told.status == HTTPStatus.OK or self.told.status in witness.TURNED_AWAY

    do_GET = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815 - as the base names them

    def _struck(self, blow: Blow, body: bytes) -> Reply:
        self.is_late = blow.kind.deed is Deed.DELAY and blow.lasts >= LATE[0]
        self.was_held = blow.kind.deed in {Deed.DELAY, Deed.PAUSE}
        if blow.kind.step is Step.ASKED:
            return self._before(blow, body)
        reply = self._pass_on(body)
        if blow.kind.step is Step.ANSWERED:
            self._answer(reply)
            self.server.strikes.at_caller(blow, self.client_address[1])
            raise CutError
        return self._after(blow, reply)

    def _before(self, blow: Blow, body: bytes) -> Reply:
        match blow.kind.deed:
            case Deed.LOSE:
                raise CutError
            case Deed.FAIL:
                return INTERNAL
            case Deed.KILL:
                self._at_caller(blow)
                raise CutError
            case Deed.PAUSE:
                self._at_caller(blow)
            case Deed.DELAY:
                time.sleep(blow.lasts / self.server.strikes.factor)
            case Deed.TWICE:
                self._pass_on(body)
        return self._pass_on(body)

    def _after(self, blow: Blow, reply: Reply) -> Reply:
        match blow.kind.deed:
            case Deed.LOSE:
                raise CutError
            case Deed.CUT:
                raise CutError(_head(reply) + reply.body[: len(reply.body) // 2])
            case Deed.FAIL:
                return INTERNAL
            case Deed.GATEWAY:
                return BAD_GATEWAY
            case Deed.KILL:
                self._at_caller(blow)
                raise CutError
            case Deed.PAUSE:
                self._at_caller(blow)
            case Deed.DELAY:
                time.sleep(blow.lasts / self.server.strikes.factor)
        return reply

    def _at_caller(self, blow: Blow) -> None:
        self.server.strikes.at_caller(blow, self.client_address[1])

    def _pass_on(self, body: bytes) -> Reply:
        upstream = http.client.HTTPConnection("127.0.0.1", self.server.upstream, timeout=UPSTREAM_SECONDS)
        try:
            upstream.request(self.command, self.path, body or None, _passing(self.headers))
            answer = upstream.getresponse()
            reply = Reply(answer.status, tuple(answer.getheaders()), answer.read())
        except (OSError, http.client.HTTPException) as error:
            raise CutError from error
        finally:
            upstream.close()
        self.passed_on, self.passed_at = reply, time.monotonic()
        return reply

    def _answer(self, reply: Reply) -> None:
        self.wfile.write(_head(reply) + reply.body)

    def _cut(self, sent: bytes) -> None:
        """End the connection: in the middle of what is sent, or by a reset."""
        self.close_connection = True
        if sent:
            self.wfile.write(sent)
            return
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()


def _passing(headers: Any) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() not in HOP_BY_HOP}


def _head(reply: Reply) -> bytes:
    lines = [f"HTTP/1.1 {reply.status} {http.client.responses.get(reply.status, 'Unknown')}"]
    lines += [f"{name}: {value}" for name, value in reply.headers if name.lower() not in HOP_BY_HOP]
    lines.append(f"Content-Length: {len(reply.body)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def _said(status: int, body: bytes, headers: Mapping[str, str] | None = None) -> Reply:
    return Reply(status, (("Content-Type", "text/html"), *(headers or {}).items()), body)


INTERNAL = _said(500, b"An error occurred in Xero. Check the API Status page")
BAD_GATEWAY = _said(502, b"<html><head><title>502 Bad Gateway</title></head></html>")
AWAY = _said(503, b"The API is temporarily unavailable")


def throttled(problem: str, retry_after: int | None) -> Reply:
    """Return a 429 as Xero says it."""
    wait = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return _said(429, b"", {"X-Rate-Limit-Problem": problem, **wait})
