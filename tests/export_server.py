"""A real HTTP server that answers as the OMS's export API does, with switches for what real ones do to who asks them.

Rows, one an item; a token for client and secret; a filter by status and by time of change; pages. It believes what our
source believes of that interface (docs/kornitx.md).
"""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

CLIENT, SECRET, TOKEN = "exporter", "a secret of the export", "an-access-token"


@dataclass
class Switches:
    """What goes wrong. All off: a server that behaves."""

    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    """Status and headers of the next answers to a question for a page, instead of pages."""
    half: int = 0
    """So many next pages end in the middle, as far as JSON goes; the HTTP answer is whole."""
    cut: int = 0
    """In the middle of so many next pages the line is dropped."""
    between: Callable[[int], None] | None = None
    """Called after each page with its number: what happens to the orders meanwhile."""
    most_rows: int = 1000
    """A page never has more, whatever is asked for."""
    forgets_pages: bool = False
    """It does not know the parameter and always answers the first page."""
    says_last: bool = False
    """Its pages say whether another follows."""
    words: bytes = b""
    """What it answers instead of a page."""


@dataclass
class ExportServer:
    url: str
    rows: list[dict] = field(default_factory=list)
    switches: Switches = field(default_factory=Switches)
    asked: list[dict[str, str]] = field(default_factory=list)
    """The questions for pages, by parameter."""
    logins: int = 0

    def sells(self, number: int, *, changed: str, lines: int = 1, status: int = 8, price: str = "10") -> None:
        """Let the OMS have an order with so many items, changed at that time (UTC, as the vendor writes it)."""
        self.rows = [row for row in self.rows if row["order_id"] != number]
        self.rows += [
            {
                "order_id": number,
                "order_ref": f"K{number}",
                "order_external_ref": f"WEB-{number}",
                "order_status": status,
                "order_status_name": "Dispatched" if status == 8 else "Received",
                "completion_datetime": "2026-03-05 10:00:00",
                "currency_code": "GBP",
                "updated_at": changed,
                "id": number * 100 + at,
                "sku": f"MUG-{at}",
                "quantity": 1,
                "unit_sale_price": price,
                "sale_vat_rate": 0.2,
            }
            for at in range(lines)
        ]

    def page(self, asked: dict[str, str]) -> dict:
        statuses = asked["filter[status:in]"].split(",")
        found = [
            row
            for row in sorted(self.rows, key=lambda row: (row["updated_at"], row["id"]))
            if str(row["order_status"]) in statuses
            and asked.get("filter[updated_at:gte]", "") <= row["updated_at"]
            and (not asked.get("filter[updated_at:lt]") or row["updated_at"] < asked["filter[updated_at:lt]"])
        ]
        size = min(int(asked["page[size]"]), self.switches.most_rows)
        number = 1 if self.switches.forgets_pages else int(asked["page[number]"])
        begin = (number - 1) * size
        page = {"data": found[begin : begin + size]}
        if self.switches.says_last:
            page["links"] = {"next": "more" if begin + size < len(found) else None}
        return page


def _handler(server: ExportServer) -> type[BaseHTTPRequestHandler]:  # noqa: C901 - one switch after the other
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def _say(self, status: int, body: bytes, headers: dict[str, str] | None = None, length: int = 0) -> None:
            self.send_response_only(status)  # without a Date of its own
            self.send_header("Content-Length", str(length or len(body)))
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            server.logins += 1
            if form.get("client_id") != [CLIENT] or form.get("client_secret") != [SECRET]:
                self._say(400, b'{"error":"invalid_client"}')
                return
            self._say(200, json.dumps({"token_type": "Bearer", "expires_in": 3600, "access_token": TOKEN}).encode())

        def do_GET(self) -> None:
            if self.headers.get("Authorization") != f"Bearer {TOKEN}":
                self._say(401, b"{}")
                return
            asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
            server.asked.append(asked)
            switches = server.switches
            if switches.answers:
                status, headers = switches.answers.pop(0)
                self._say(status, b"not now", headers)
                return
            body = switches.words or json.dumps(server.page(asked)).encode()
            if switches.half:
                switches.half -= 1
                body = body[: len(body) // 2]
            if switches.cut:
                switches.cut -= 1
                self._say(200, body[: len(body) // 2], length=len(body))
                self.close_connection = True
                return
            self._say(200, body)
            if switches.between is not None:
                switches.between(int(asked["page[number]"]))

    return Handler


@contextmanager
def running() -> Iterator[ExportServer]:
    """Let one answer on a free port for as long as the block lasts."""
    server = ExportServer("")
    http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(server))
    server.url = f"http://127.0.0.1:{http.server_address[1]}"
    thread = threading.Thread(target=http.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
        thread.join()


def settings_of(server: ExportServer) -> dict[str, str]:
    """What a person types to have this export pulled."""
    return {"export_client_id": CLIENT, "export_base": server.url, "export_token_url": f"{server.url}/token"}
