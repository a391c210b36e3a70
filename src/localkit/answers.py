"""A whole HTTP answer, and the plain ones: JSON, text, a page, a redirect."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.utils import format_datetime
from http import HTTPStatus
from typing import Any

from localkit.json_values import encode

JSON = "application/json; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
HTML = "text/html; charset=utf-8"
PDF = "application/pdf"


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole HTTP answer."""

    status: int
    body: bytes = b""
    content_type: str = TEXT
    headers: tuple[tuple[str, str], ...] = field(default=())

    def with_headers(self, *headers: tuple[str, str]) -> "Answer":
        """Return the same answer with more headers."""
        return replace(self, headers=self.headers + headers)


class StopError(Exception):
    """Carries an answer out of wherever it became clear that there is nothing more to do."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


def json_answer(body: object, status: int = 200) -> Answer:
    """Answer with JSON, decimals written as exact numbers."""
    return Answer(status, encode(body), JSON)


def text(status: int, words: str) -> Answer:
    """Answer in plain text."""
    return Answer(status, words.encode(), TEXT)


def html(page: str, status: int = 200) -> Answer:
    """Answer with a page of ours; it refuses framing, as a page that asks for consent must."""
    return Answer(status, page.encode(), HTML, (("X-Frame-Options", "DENY"),))


def redirect(location: str) -> Answer:
    """Send the browser on."""
    return Answer(302, b"", TEXT, (("Location", location),))


def sent(answer: Answer, at: datetime, start_response: Callable[..., Any]) -> list[bytes]:
    """Give an answer to WSGI, with its date and length."""
    headers = [
        ("Date", format_datetime(at, usegmt=True)),
        ("Content-Type", answer.content_type),
        ("Content-Length", str(len(answer.body))),
        *answer.headers,
    ]
    start_response(f"{answer.status} {HTTPStatus(answer.status).phrase}", headers)
    return [answer.body]
