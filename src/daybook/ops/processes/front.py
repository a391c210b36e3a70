"""The door of the web process: waitress, with a bound on everything a sender may take of it.

One thread reads and writes all connections and holds none of the threads that answer: a request reaches them only when
it is there whole, and its answer leaves them at once. What waitress lacks is added here: a request is judged by its
head (`intake/door.py`), every phase of a connection has a deadline, bodies lie in memory within a bound, the newest
connection takes the place of the oldest that waits, and pages and the API have threads of their own.
"""

import re
import socket
import time
from collections import Counter
from collections.abc import Callable
from io import BytesIO
from typing import IO, Any

from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import TcpWSGIServer
from waitress.task import ThreadedTaskDispatcher, WSGITask
from waitress.utilities import Error

from daybook.intake import door

PAGE_THREADS = 8
API_THREADS = 4
CONNECTIONS = 512
HEAD_SECONDS = 10
IDLE_SECONDS = 60
"""Between two requests on one connection."""
ANSWER_SECONDS = 30
ANSWER_BYTES_A_SECOND = 16 * 1024
"""Whoever reads more slowly is cut off, after the seconds above."""
LINGER_SECONDS = 5
"""What a sender that was turned away still sends is read and dropped so long: else it would never read why."""
LARGEST_DROPPED = 16 * door.MEGABYTE
BODIES_IN_MEMORY = 128 * door.MEGABYTE
STOP_SECONDS = 30
LARGEST_HEAD = 32 * 1024
LARGEST_ANSWER = 64 * door.MEGABYTE
_TRANSFER_ENCODING = re.compile(rb"(?im)^transfer-encoding[ \t]*:|\bchunked[ \t]*,[ \t]*chunked\b")
BUSY = "Daybook has its hands full of large bodies. Send the same again in a minute."


class Request(HTTPRequestParser):  # type: ignore[misc]  # waitress carries no types
    """A request as it arrives; judged when its head is there.

    The application judges one that is turned away by the same rules, and answers it in its own words, without a body.
    """

    is_turned_away = False
    allowance = door.STRANGER

    path: str

    def __init__(self, adj: Adjustments) -> None:
        super().__init__(adj)
        self.began_at = time.monotonic()

    @property
    def seconds(self) -> int:
        """Return how long it may take from its first byte on."""
        return self.allowance.seconds if self.headers_finished else HEAD_SECONDS

    @property
    def closes(self) -> bool:
        """Return whether nobody can tell where the next request would begin."""
        return bool(self.chunked) or self.content_length > LARGEST_DROPPED or self.headers.get("EXPECT", "") != ""

    def parse_header(self, header_plus: bytes) -> None:
        """Read the head, and judge it. Raises ParsingError."""
        super().parse_header(header_plus)
        self._refuse_two_lengths(header_plus)
        self.path = f"/{self.path.lstrip('/')}"  # as the application will see it: //api/ is no page
        allowance = door.judge(self.command, self.path, self.headers, self.content_length)
        self.is_turned_away = allowance is None
        self.allowance = allowance or door.STRANGER

    def _refuse_two_lengths(self, head: bytes) -> None:
        """A proxy in front could take another length than we do, and what it passes on as one request be two to us.

        RFC 9112, 6.1 and 6.3. Waitress takes `chunked` for what counts, and passes over it in HTTP/1.0.
        """
        said = len(_TRANSFER_ENCODING.findall(head))
        if said and (said > 1 or not self.chunked or "CONTENT_LENGTH" in self.headers):
            raise ParsingError("Content-Length and Transfer-Encoding do not go together")

    def received(self, data: bytes) -> int:
        """Take in bytes; return how many were this request's."""
        consumed: int = super().received(data)
        if self.body_bytes_received > self.allowance.size:  # in chunks: nobody had said how much it would be
            self.is_turned_away = True
            self.headers["CONTENT_LENGTH"] = str(self.body_bytes_received)
        if self.is_turned_away:
            self.completed, self.expect_continue = True, False
        return consumed

    def get_body_stream(self) -> IO[bytes]:
        """Return the body; nothing where it was not read."""
        return BytesIO() if self.is_turned_away else super().get_body_stream()


class Answer(WSGITask):  # type: ignore[misc]
    """Answers a request; says so where the connection ends because a body was not read."""

    def build_response_header(self) -> bytes:
        """Return the answer's head."""
        if self.request.is_turned_away and self.request.closes:
            self.response_headers.append(("Connection", "close"))
        head: bytes = super().build_response_header()
        return head


class BusyError(Error):  # type: ignore[misc]
    """Too much lies in memory already."""

    code, reason = 503, "Service Unavailable"


class Channel(HTTPChannel):  # type: ignore[misc]
    """One connection, and the deadlines of what it is doing."""

    parser_class = Request
    task_class = Answer
    request: Request | None = None
    sent_continue = False
    to_drop = 0
    """Bytes that are still to come of a body nobody reads."""
    drops_until = 0.0
    lingers = False
    """It ends with the dropping."""
    has_served = False
    answering_since = 0.0
    answer_bytes = 0

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self.idle_since = time.monotonic()
        super().__init__(*arguments, **options)

    def received(self, data: bytes) -> bool:
        """Take in bytes: what is to be dropped, then requests."""
        with self.requests_lock:
            if self.will_close or self.close_when_flushed:
                return False
            while data := self._dropped(data):
                if self.request is None:
                    self.request = Request(self.adj)
                data = data[self.request.received(data) :]
                self._look_at(self.request)
        return True

    def _dropped(self, data: bytes) -> bytes:
        if self.lingers:
            return b""
        dropped = min(self.to_drop, len(data))
        self.to_drop -= dropped
        return data[dropped:]

    def _look_at(self, request: Request) -> None:
        """Hand a whole request on; ask for the body of one that waits to be asked; drop that of one turned away."""
        if request.body_bytes_received > door.LARGEST_OF_STRANGERS and not request.completed:
            self._bound_memory(request)
        if request.expect_continue and request.headers_finished and not self.requests and not self.sent_continue:
            self.send_continue()
        if not request.completed:
            return
        self.sent_continue, self.request = False, None
        if request.is_turned_away:
            self.drops_until = time.monotonic() + (LINGER_SECONDS if request.closes else request.seconds)
            self.lingers = request.closes
            self.to_drop = request.content_length - request.body_bytes_received
        if not request.empty:
            self.requests.append(request)
            if len(self.requests) == 1:
                self.server.add_task(self)

    def _bound_memory(self, request: Request) -> None:
        if self.server.body_bytes() > BODIES_IN_MEMORY:
            request.error, request.completed = BusyError(BUSY), True

    def service(self) -> None:
        """Answer one request; runs in a thread of its pool."""
        super().service()
        self.has_served = True
        self.idle_since = time.monotonic()

    def waits(self) -> bool:
        """Return whether it waits for its sender, and no thread works for it."""
        return not self.requests

    def is_overdue(self, now: float) -> bool:
        """Return whether what it is doing takes too long; `now` in seconds of the monotonic clock."""
        if self.total_outbufs_len:
            self.answering_since = self.answering_since or now
            self.answer_bytes = max(self.answer_bytes, self.total_outbufs_len)
            return now - self.answering_since > ANSWER_SECONDS + self.answer_bytes / ANSWER_BYTES_A_SECOND
        self.answering_since, self.answer_bytes = 0.0, 0
        if self.requests:
            return False
        if self.lingers or self.to_drop:
            return now > self.drops_until
        request = self.request
        if request is not None:
            return now - request.began_at > request.seconds
        return now - self.idle_since > (IDLE_SECONDS if self.has_served else HEAD_SECONDS)


class FrontDoor(TcpWSGIServer):  # type: ignore[misc]
    """Listens at one socket until it is told to stop."""

    channel_class = Channel
    is_stopping = False
    tidy_at = 0.0

    def __init__(self, application: Callable[..., Any], listening: socket.socket) -> None:
        options = Adjustments(
            sockets=[listening],
            ident=None,
            connection_limit=100_000,  # ours counts, below
            max_request_header_size=LARGEST_HEAD,
            max_request_body_size=door.LARGEST_FILE + door.MEGABYTE,
            inbuf_overflow=door.LARGEST_UPLOAD + 2 * door.MEGABYTE,  # only files of orders go by the disk
            outbuf_overflow=LARGEST_ANSWER,
            outbuf_high_watermark=LARGEST_ANSWER,
            recv_bytes=64 * 1024,
            clear_untrusted_proxy_headers=False,  # config/proxies.py does
            log_socket_errors=False,
        )
        self.pools = {name: ThreadedTaskDispatcher() for name in ("pages", "api", "refusals")}
        for name, threads in (("pages", PAGE_THREADS), ("api", API_THREADS), ("refusals", 1)):
            self.pools[name].set_thread_count(threads)
        address = (listening.family, listening.type, listening.proto, listening.getsockname())
        super().__init__(
            application, {}, _sock=listening, dispatcher=self.pools["pages"], adj=options, sockinfo=address,
            bind_socket=False,
        )  # fmt: skip

    def add_task(self, task: Channel) -> None:
        """Have a request answered by the threads of its kind: a flood of orders leaves the pages theirs."""
        request = task.requests[0]
        kind = "refusals" if request.error else "api" if request.path.startswith("/api/") else "pages"
        self.pools[kind].add_task(task)

    def body_bytes(self) -> int:
        """Return how much of bodies lies in memory."""
        held = [each for channel in self.channels() for each in (channel.request, *channel.requests) if each]
        return sum(request.body_bytes_received for request in held)

    def channels(self) -> list[Channel]:
        """Return the open connections."""
        return list(self.active_channels.values())

    def maintenance(self, now: float) -> None:
        """Do nothing: `tidy` does, where no look at the sockets is under way."""

    def readable(self) -> bool:
        """Return whether a new connection is welcome."""
        return bool(self.accepting) and len(self.active_channels) < CONNECTIONS

    def tidy(self) -> None:
        """Cut off what is overdue; at the limit, the one that has waited longest makes room for the next.

        Call it between two looks at the sockets: in the middle of one, a descriptor closed here could already be a new
        connection's when its old event is read.
        """
        now = time.monotonic()
        if now >= self.tidy_at:
            self.tidy_at = now + 1
            for channel in self.channels():
                if channel.is_overdue(now):
                    channel.handle_close()
        if len(self.active_channels) >= CONNECTIONS and (oldest := self._oldest_waiting()):
            oldest.handle_close()

    def _oldest_waiting(self) -> Channel | None:
        """Return the oldest that waits for its sender, of the address that has most connections."""
        waiting = [channel for channel in self.channels() if channel.waits()]
        addresses = Counter(channel.addr[0] for channel in waiting)
        if not addresses:
            return None
        busiest, _ = addresses.most_common(1)[0]
        return min((each for each in waiting if each.addr[0] == busiest), key=lambda each: each.creation_time)

    def stop(self) -> None:
        """Take no new connection; `run` ends when what has begun is answered. May be called by a signal's handler."""
        self.is_stopping = True
        self.pull_trigger()

    def run(self) -> None:
        """Serve until `stop`."""
        while not self.is_stopping:
            wasyncore.loop(timeout=1, use_poll=True, map=self._map, count=1)
            self.tidy()
        self.accepting = False
        self.del_channel()
        self.socket.close()
        deadline = time.monotonic() + STOP_SECONDS
        while time.monotonic() < deadline and any(
            not each.waits() or each.total_outbufs_len for each in self.channels()
        ):
            wasyncore.loop(timeout=0.1, use_poll=True, map=self._map, count=1)
        for pool in self.pools.values():
            pool.shutdown()
        wasyncore.close_all(self._map)
