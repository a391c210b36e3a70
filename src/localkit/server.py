"""A threaded HTTP/1.1 server with keep-alive that writes head and body at once and can cut a connection.

An answer in two small writes costs 40 ms of delayed acknowledgement; one write does not. A fault that cuts the
connection arrives here as ConnectionCutError and becomes a real TCP reset.
"""

import socket
import struct
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from io import BytesIO
from socketserver import TCPServer, ThreadingMixIn
from typing import Any, Protocol
from urllib.parse import unquote

from localkit.answers import Answer
from localkit.faults import ConnectionCutError

WSGIApplication = Callable[..., Any]
IDLE_SECONDS = 75
LARGEST_PORT = 65_535
LARGEST_BODY = 11 * 1024 * 1024


class Application(Protocol):
    """A WSGI application that says what it is called and how it refuses a body that is too large."""

    product: str

    def __call__(self, environ: dict[str, Any], start_response: Any, /) -> Iterable[bytes]:
        """Answer a request."""

    def too_large(self) -> Answer:
        """Refuse a body that is too large."""


class Server(ThreadingMixIn, TCPServer):
    """Serves one simulator."""

    daemon_threads = True
    allow_reuse_address = sys.platform != "win32"
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], application: Application) -> None:
        if not 0 <= address[1] <= LARGEST_PORT:
            message = f"{address[1]} is no port: choose one from 1 to {LARGEST_PORT}, or 0 for any that is free"
            raise ValueError(message)
        self.application = application
        super().__init__(address, Handler)

    @property
    def port(self) -> int:
        """Return the port it listens on."""
        return int(self.server_address[1])

    @property
    def url(self) -> str:
        """Return its address as people and redirect URIs write it."""
        return f"http://localhost:{self.port}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Keep quiet about clients that went away."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    timeout = IDLE_SECONDS
    server: Server

    def setup(self) -> None:
        """Send what is written at once."""
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def answer(self) -> None:
        """Answer one request."""
        body = self._body()
        if body is None:
            refused = self.server.application.too_large()
            length = str(len(refused.body))
            head = [("Content-Type", refused.content_type), ("Content-Length", length), ("Connection", "close")]
            self._write("413 Content Too Large", head, refused.body)
            self.close_connection = True
            return
        started: list[Any] = []
        try:
            chunks = self.server.application(
                self._environ(body), lambda status, headers: started.extend((status, headers))
            )
        except ConnectionCutError as cut:
            self._cut(cut)
            return
        status, headers = started
        self._write(status, headers, b"".join(chunks))

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = do_OPTIONS = answer  # noqa: N815 - as the base names them

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the base names it
        """Log nothing: the journal does."""

    def _body(self) -> bytes | None:
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            return self._chunks()
        length = self.headers.get("Content-Length", "0")
        if not length.isdigit() or int(length) > LARGEST_BODY:
            return None
        return self.rfile.read(int(length))

    def _chunks(self) -> bytes | None:
        parts, total = [], 0
        while True:
            size_text = self.rfile.readline(1024).split(b";")[0].strip()
            try:
                size = int(size_text, 16)
            except ValueError:
                return None
            total += size
            if total > LARGEST_BODY:
                return None
            parts.append(self.rfile.read(size))
            self.rfile.readline(1024)
            if size == 0:
                return b"".join(parts)

    def _environ(self, body: bytes) -> dict[str, Any]:
        path, _, query = self.path.partition("?")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote(path, "latin-1"),
            "QUERY_STRING": query,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "SERVER_NAME": "localhost",
            "SERVER_PORT": str(self.server.port),
            "SERVER_PROTOCOL": self.request_version,
            "REMOTE_ADDR": self.client_address[0],
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        for name, value in self.headers.items():
            key = f"HTTP_{name.upper().replace('-', '_')}"
            if key not in {"HTTP_CONTENT_TYPE", "HTTP_CONTENT_LENGTH", "HTTP_TRANSFER_ENCODING"}:
                environ[key] = value
        return environ

    def _write(self, status: str, headers: list[tuple[str, str]], body: bytes) -> None:
        lines = [f"HTTP/1.1 {status}", f"Server: {self.server.application.product}"]
        lines += [f"{name}: {value}" for name, value in headers]
        head = "\r\n".join(lines).encode("latin-1", "replace") + b"\r\n\r\n"
        self.wfile.write(head if self.command == "HEAD" else head + body)

    def _cut(self, cut: ConnectionCutError) -> None:
        """Send what the fault lets through, then end the connection; without anything sent, by a reset."""
        self.close_connection = True
        if cut.sent is not None:
            self.wfile.write(cut.sent)
            return
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()


@contextmanager
def serving(application: Application, *, host: str = "127.0.0.1", port: int = 0) -> Iterator[Server]:
    """Serve an application in a thread for as long as the block lasts; port 0 takes a free one."""
    server = Server((host, port), application)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
