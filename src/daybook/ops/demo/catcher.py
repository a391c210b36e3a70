"""The demo's mail catcher: it takes every mail, delivers none, and shows them on a page with what is attached.

python -m daybook.ops.demo.catcher SMTP_PORT PAGE_PORT
"""

import html
import socketserver
import sys
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HOST = "127.0.0.1"
MOST_KEPT = 500
LONGEST_LINE, LARGEST = 4096, 40_000_000
"""Bytes of a command, and of a mail."""
SECONDS = 60
_HEAD = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    "<title>Caught mails</title><style>body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;"
    "padding:0 1rem}article{border:1px solid #ccc;border-radius:6px;margin:1rem 0;padding:.5rem 1rem}"
    "pre{white-space:pre-wrap;overflow-wrap:anywhere}</style><h1>Caught mails</h1>"
    "<p>Nothing of this was delivered to anybody. Reload for newer ones.</p>"
)


class Mails:
    """What was caught, the oldest first; the newest are kept."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: list[tuple[int, list[str], EmailMessage]] = []
        self._count = 0

    def keep(self, recipients: list[str], content: bytes) -> None:
        """Keep a mail."""
        read = message_from_bytes(content, policy=policy.default)
        with self._lock:
            self._count += 1
            self._kept = [*self._kept[-MOST_KEPT + 1 :], (self._count, recipients, read)]

    def newest_first(self) -> list[tuple[int, list[str], EmailMessage]]:
        """Return them."""
        with self._lock:
            return list(reversed(self._kept))


class _Catching(socketserver.StreamRequestHandler):
    """As much of SMTP as it takes to be given a mail (RFC 5321)."""

    timeout = SECONDS
    mails: Mails

    def handle(self) -> None:
        self._say("220 the demo's mail catcher")
        recipients: list[str] = []
        while line := self.rfile.readline(LONGEST_LINE):
            command = line.decode(errors="replace").strip()
            match command.upper().partition(" ")[0]:
                case "EHLO" | "HELO" | "MAIL" | "NOOP":
                    self._say("250 OK")
                case "RSET":
                    recipients = []
                    self._say("250 OK")
                case "RCPT":
                    recipients.append(command.partition(":")[2].strip().strip("<>"))
                    self._say("250 OK")
                case "DATA":
                    self._say("354 go on")
                    self.mails.keep(recipients, self._mail())
                    recipients = []
                    self._say("250 caught")
                case "QUIT":
                    self._say("221 goodbye")
                    return
                case _:
                    self._say("502 that is not offered")

    def _mail(self) -> bytes:
        lines: list[bytes] = []
        size = 0
        while (line := self.rfile.readline()) not in {b"", b".\r\n"}:
            size += len(line)
            if size <= LARGEST:
                lines.append(line[1:] if line.startswith(b"..") else line)
        return b"".join(lines)

    def _say(self, words: str) -> None:
        self.wfile.write(words.encode() + b"\r\n")


class _Page(BaseHTTPRequestHandler):
    """The page, and what is attached to the mails on it."""

    mails: Mails

    def do_GET(self) -> None:
        if self.path == "/":
            self._answer(200, "text/html; charset=utf-8", (_HEAD + "".join(self._shown())).encode())
            return
        found = self._attached(self.path)
        if found is None:
            self._answer(404, "text/plain", b"There is no such thing.")
        else:
            self._answer(200, "application/pdf", found)

    def _shown(self) -> list[str]:
        mails = self.mails.newest_first()
        return [_article(*each) for each in mails] or ["<p>None yet.</p>"]

    def _attached(self, path: str) -> bytes | None:
        for number, _, mail in self.mails.newest_first():
            for place, part in enumerate(mail.iter_attachments()):
                if path == f"/{number}/{place}" and part.get_content_type() == "application/pdf":
                    return bytes(part.get_payload(decode=True))
        return None

    def _answer(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - theirs
        """Say nothing."""


def _article(number: int, recipients: list[str], mail: EmailMessage) -> str:
    text = mail.get_body(("plain",))
    attached = "".join(
        f'<li><a href="/{number}/{place}">{html.escape(part.get_filename() or "attached")}</a></li>'
        for place, part in enumerate(mail.iter_attachments())
    )
    said = {"From": mail["From"], "To": mail["To"], "Handed over for": ", ".join(recipients), "Date": mail["Date"]}
    facts = "<br>".join(f"{name}: {html.escape(str(value))}" for name, value in said.items())
    body = html.escape(text.get_content() if text is not None else "")
    return f"<article><h2>{html.escape(str(mail['Subject']))}</h2><p>{facts}</p><pre>{body}</pre><ul>{attached}</ul></article>"


class _Smtp(socketserver.ThreadingTCPServer):
    allow_reuse_address, daemon_threads = True, True


def serve(smtp_port: int, page_port: int) -> None:
    """Catch mails and show them until the process ends."""
    mails = Mails()
    catching = type("Catching", (_Catching,), {"mails": mails})
    page = type("Page", (_Page,), {"mails": mails})
    with _Smtp((HOST, smtp_port), catching) as smtp, ThreadingHTTPServer((HOST, page_port), page) as shown:
        threading.Thread(target=smtp.serve_forever, daemon=True).start()
        shown.serve_forever()


if __name__ == "__main__":
    serve(int(sys.argv[1]), int(sys.argv[2]))
