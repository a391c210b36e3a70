"""The demo's mail catcher takes what Daybook hands over, and shows it with its PDF."""

import socket
import threading

import httpx2

from daybook.ops.demo import catcher
from daybook.wire.smtp import MailServer, SmtpSession

MAIL = (
    b"Subject: Invoice <1>\r\nFrom: a@example.com\r\nTo: b@example.com\r\nMIME-Version: 1.0\r\n"
    b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\n.Dear Ann\r\n--x\r\n"
    b"Content-Type: application/pdf\r\nContent-Disposition: attachment; filename=1.pdf\r\n\r\n%PDF-1.3\r\n--x--\r\n"
)


def free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as here:
        return here.getsockname()[1]


def test_a_mail_is_taken_and_shown_with_what_is_attached():
    smtp_port, page_port = free(), free()
    threading.Thread(target=catcher.serve, args=(smtp_port, page_port), daemon=True).start()
    url = f"http://127.0.0.1:{page_port}"
    for _ in range(100):
        try:
            assert "None yet." in httpx2.get(url).text
            break
        except httpx2.ConnectError:
            continue
    with SmtpSession(MailServer(host="127.0.0.1", port=smtp_port, security="none")) as smtp:
        smtp.send("a@example.com", "b@example.com", ["c@example.com"], MAIL)
    page = httpx2.get(url).text
    assert "Invoice &lt;1&gt;" in page
    assert ".Dear Ann" in page
    assert "b@example.com, c@example.com" in page
    assert httpx2.get(f"{url}/1/0").content.startswith(b"%PDF")
    assert httpx2.get(f"{url}/1/7").status_code == 404
