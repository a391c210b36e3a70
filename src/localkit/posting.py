"""Sends one POST, as a vendor sends webhooks."""

import http.client
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Reply:
    """What a subscriber answered; without a status it did not."""

    status: int | None
    body: bytes = b""
    cookies: bool = False
    seconds: float = 0.0
    reason: str = ""


Send = Callable[[str, dict[str, str], bytes], Reply]


def post(url: str, headers: dict[str, str], body: bytes, *, seconds: float) -> Reply:
    """Send one POST, following nothing; who has not answered after so many seconds has not answered."""
    began = time.monotonic()
    try:
        parts = urlsplit(url)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        connection = kind(parts.hostname or "", parts.port, timeout=seconds)
        try:
            connection.request("POST", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), body, headers)
            answer = connection.getresponse()
            said = answer.read(1024)
        finally:
            connection.close()
    except (OSError, http.client.HTTPException, ValueError) as reason:
        return Reply(None, seconds=time.monotonic() - began, reason=str(reason) or type(reason).__name__)
    cookies = answer.getheader("Set-Cookie") is not None
    return Reply(answer.status, said, cookies, time.monotonic() - began)
